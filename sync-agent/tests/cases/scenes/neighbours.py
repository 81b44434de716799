"""CalDAV: what stands beside the cases of the other files."""

import re

from clock import at, zi
from fakes import Dav, Home, vcal, vevent
from support import caldav_world, case, first, home_world, two
from world import World

KIND = "the kinds of the other CalDAV cases"


@case(KIND, "members with empty ETags and a getlastmodified: a meeting moved in place is seen")
def n01_last_modified():
    w = caldav_world(two(), ctag=None, token=None)
    d = w.d
    at_second = {"a.ics": 1, "b.ics": 1}
    when = lambda n: f"Sun, 01 Nov 2026 10:00:0{at_second[n]} GMT"
    d.listing = lambda: d.ms(
        "".join(
            d.resp(d.href(n), f"<d:getetag/><d:getlastmodified>{when(n)}</d:getlastmodified>")
            for n in d.items
        )
    )
    w.caldav()
    w.once()
    before = w.hours()
    d.items["a.ics"] = ('"2"', vcal(vevent("a", 15)))
    at_second["a.ics"] = 2
    w.once()
    return (before, w.hours()) == ([9, 12], [12, 15]), f"{before} {w.state()}"


def one_bad_body(piece):
    w = caldav_world({**two(), "x.ics": vcal(vevent("x", 15, summary="MARK"))})
    w.d.mangle = lambda body: body.replace(b"MARK", piece)
    w.caldav()
    w.once()
    b = w.book(18)
    w.once()
    w.once()
    hours = w.hours()
    ok = {9, 12, 18} <= set(hours) and w.booking(b)[0] == "confirmed" and len(w.d.items) == 4
    return ok, f"{w.booking(b)} {list(w.d.items)} {w.state()}"


@case(KIND, "an entity of HTML in one title: the others are busy, bookings are written")
def n02_nbsp():
    return one_bad_body(b"a&nbsp;b")


@case(KIND, "a bare < in one title: the others are busy, bookings are written")
def n03_bare_less_than():
    return one_bad_body(b"a < b")


@case(KIND, "a bare & in one title: the others are busy, bookings are written")
def n04_bare_ampersand():
    return one_bad_body(b"Smith & Sons")


@case(KIND, "one member makes each multiget that names it 504: the others are busy, and it is told")
def n05_multiget_504():
    w = caldav_world({f"e{h}.ics": vcal(vevent(f"e{h}", h)) for h in range(8)})
    d = w.d
    d.hook = lambda r: (
        (504, {}, "")
        if "multiget" in r.text and "e3.ics" in r.text or r.method == "GET" and "e3" in r.path
        else "default"
    )
    w.caldav()
    w.once()
    ok = set(w.hours()) >= {0, 1, 2, 4, 5, 6, 7} and w.sum["exit"] == 1
    return ok, f"{w.state()} requests {len(w.srv.log)}"


@case(KIND, "the listing shows a member that multiget denies, and GET gives: it is busy")
def n06_denied_by_multiget():
    w = caldav_world(two())
    d = w.d
    real = d._member
    d._member = lambda name: d.gone_resp(d.href(name)) if name == "a.ics" else real(name)
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(KIND, "sync-collection says nothing while the ctag moves: the change is seen")
def n07_sync_says_nothing():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.sync = lambda token: d.ms(f"<d:sync-token>{token}</d:sync-token>")
    d.token = "t1"
    w.once()
    w.once()
    return w.hours() == [9, 12, 15], w.state()


@case(KIND, "a member whose name has a question mark, a hash and a percent sign: read")
def n08_odd_name():
    w = caldav_world({"a?b.ics": vcal(vevent("a", 9)), "c#d%.ics": vcal(vevent("b", 12))})
    d = w.d
    escape = lambda n: n.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    d.href = lambda n: d.base + escape(n)
    w.caldav()
    w.once()
    d.put_item("a?b.ics", vcal(vevent("a", 15)))
    w.once()
    return w.hours() == [12, 15], w.state()


@case(KIND, "an invitation that the account's own address declined takes no time")
def n09_declined():
    who = lambda address, answer: f"ATTENDEE;PARTSTAT={answer}:mailto:{address}\r\n"
    boss = "ORGANIZER:mailto:boss@example.com\r\n"
    no = vevent("no", 9, extra=boss + who(Home.ADDRESS.upper(), "DECLINED"))
    yes = vevent("yes", 12, extra=boss + who(Home.ADDRESS, "ACCEPTED"))
    other = vevent("other", 15, extra=boss + who("else@example.com", "DECLINED"))
    w = home_world(work=Dav({n: (f'"{n}"', vcal(e)) for n, e in zip("abc", (no, yes, other))}))
    w.once()
    return w.hours() == [12, 15], w.state()


def gone(w, name):
    """One of the calendars answers 404 from here on, and the list lacks it."""
    w.home.hidden.add(f"/home/{name}/")


@case(KIND, "a calendar deleted at the server: blocks until the second round, then no more, exit 0")
def n10_calendar_deleted():
    work = Dav({"a": ('"a"', vcal(vevent("a", 9)))})
    w = home_world(work=work, private=Dav({"b": ('"b"', vcal(vevent("b", 12)))}))
    w.once()
    gone(w, "private")
    w.once()
    then = (w.sum["exit"], w.hours())
    w.once()
    w.once()
    after = (w.sum["exit"], w.hours())
    w.home.hidden.clear()
    w.db.execute("update calendar.sync_state set next_attempt_at = null")
    w.once()
    w.once()
    ok = then == (1, [9, 12]) and after == (0, [9]) and w.hours() == [9, 12]
    return ok, f"{then} {after} {w.state()}"


@case(KIND, "all calendars and the list itself are 404 for three rounds: everything blocks on")
def n11_all_404():
    w = home_world(work=Dav({"a": ('"a"', vcal(vevent("a", 9)))}))
    w.once()
    w.home.hook = lambda r: (404, {}, "")
    for _ in range(3):
        w.once()
    during = (w.sum["exit"], w.hours())
    w.home.hook = None
    w.once()
    ok = during == (1, [9]) and (w.sum["exit"], w.hours()) == (0, [9])
    return ok, f"{during} {w.state()}"


@case(
    KIND,
    "the user files a booking's event in another calendar: it is followed there, and moved there",
)
def n12_filed_elsewhere():
    work, private = Dav(), Dav()
    w = home_world(work=work, private=private)
    for is_primary, name in ((False, "private"), (True, "work")):
        w.db.execute(
            "update calendar.calendars set is_primary = %s where external_calendar_id like %s",
            (is_primary, f"%/{name}/"),
        )
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    ((name, (_, ics)),) = work.items.items()
    work.drop(name)
    private.put_item("filed.ics", ics)
    w.once()
    w.once()
    filed = (w.booking(b)[0], w.hours(), len(work.items), len(private.items))
    w.move(b, 14)
    w.once()
    w.once()
    moved = [zi(at(14)) in ics for _, ics in private.items.values()]
    ok = filed == ("confirmed", [9], 0, 1) and moved == [True] and not work.items
    return ok and w.hours() == [14], f"{filed} {moved} {w.booking(b)} {w.problem(b)} {w.state()}"


@case(KIND, "a calendar that can only be read is never primary, though it is the first")
def n13_read_only():
    w = home_world(read_only=["a"], a=Dav(), b=Dav())
    primary = w.one(
        "select external_calendar_id from calendar.calendars where broker_id = %s and is_primary",
        w.broker,
    )
    return str(primary).endswith("/home/b/"), f"{primary} {w.notes}"


@case(KIND, "a URL that is refused connects nothing else in silence")
def n14_refused_url():
    w = World(Home(work=Dav()))
    w.home = w.srv.handler
    w.home.hook = lambda r: (403, {}, "") if r.path.startswith("/shared/") else "default"
    connected = w.caldav("/shared/team/")
    return not connected, f"{connected} {w.notes} {w.last}"


@case(KIND, "a time-range that forgets what is far: a meeting at day 100 is not offered")
def n15_far():
    w = caldav_world({"far.ics": vcal(vevent("far", 9, day=93))})
    d = w.d

    def hook(r):
        end = re.search(r'time-range [^>]*end="(\d+T\d+)Z?"', r.text)
        if "calendar-query" in r.text and end and end[1] < zi(at(9, day=93)):
            return d.ms("")
        return "default"

    d.hook = hook
    w.db.execute(
        "update calendar.brokers set booking_horizon_days = 180 where id = %s", (w.broker,)
    )
    w.caldav()
    w.once()
    offered = not w.busy(9, day=93)
    return not offered and not w.busy(12, day=93), f"{offered} {w.state()}"


@case(
    KIND,
    "a PUT with guests is answered 500 each time: the booking is written without them, and says so",
)
def n16_guest_500():
    w = caldav_world()
    d = w.d
    d.hook = lambda r: (500, {}, "") if r.method == "PUT" and "ATTENDEE" in r.text else "default"
    w.caldav()
    w.once()
    b = w.book(9)
    for _ in range(3):
        w.once()
    ok = len(d.items) == 1 and w.booking(b)[0] == "confirmed" and bool(w.problem(b))
    return ok, f"{w.booking(b)} {w.problem(b)} {w.outbox()} {w.state()}"


@case(KIND, "a calendar that was never pulled covers nothing: no time is offered until it is")
def n17_never_pulled():
    w = caldav_world(two())
    d = w.d
    d.hook = lambda r: (503, {}, "") if r.method == "REPORT" or "getetag" in r.text else "default"
    w.caldav()
    w.once()
    before = w.hours()
    d.hook = None
    w.once()
    return (before, w.hours()) == (list(range(24)), [9, 12]), f"{before} {w.state()}"


@case(
    KIND, "a page that the database refuses for a moment: no event is lost, the next round is whole"
)
def n18_page_refused():
    w = caldav_world({f"e{n}.ics": vcal(vevent(f"e{n}", n % 24, day=n // 24)) for n in range(150)})
    w.caldav()
    w.once()
    before = len(w.events())
    w.db.execute(
        "create sequence refused;"
        " create function refuse() returns trigger language plpgsql security definer as"
        " $$ begin if nextval('public.refused') <= 2 then"
        " raise exception 'canceling statement due to lock timeout' using errcode = '55P03';"
        " end if; return new; end $$;"
        " create trigger refuse before insert on calendar.sync_pages"
        " for each row execute function refuse()"
    )
    w.full_next()
    w.d.put_item("new.ics", vcal(vevent("new", 9, day=8)))
    w.once()
    between = len(w.events())
    w.once()
    w.once()
    ok = before == 150 and between >= 150 and len(w.events()) == 151 and w.sum["exit"] == 0
    return ok, f"{before} {between} {len(w.events())} {w.state()}"


@case(KIND, "one calendar of an account is refused with 401 while the account lists it: not the account")
def n20_one_calendar_refused():
    w = home_world(a=Dav(two()), b=Dav({"c.ics": vcal(vevent("c", 15))}))
    w.once()
    w.db.execute(
        "update calendar.sync_state set next_attempt_at = now() + interval '1 day'"
        " where calendar_id in (select id from calendar.calendars where broker_id = %s"
        " and external_calendar_id like '%%/b/')",
        (w.broker,),
    )
    refused = (401, {"WWW-Authenticate": 'Basic realm="x"'}, "")
    w.home.hook = lambda r: (
        refused
        if r.path.startswith("/home/a/") and "current-user-principal" not in r.text
        else "default"
    )
    for _ in range(2):
        w.run("once")
        w.db.execute(
            "update calendar.sync_state set next_attempt_at = null"
            " where calendar_id in (select id from calendar.calendars where broker_id = %s"
            " and external_calendar_id like '%%/a/')",
            (w.broker,),
        )
    code, _, problem = w.run("once")
    status = w.one("select status from calendar.accounts where broker_id = %s", w.broker)
    return status == "active" and code == 1 and "401" in problem, f"{status} {code} {problem}"


@case(KIND, "the password is refused twice: shown; accepted again: all goes on by itself")
def n19_refused_twice():
    w = caldav_world(two())
    w.caldav()
    w.once()
    w.d.put_item("c.ics", vcal(vevent("c", 15)))
    w.d.hook = first(1000, lambda r: True, (401, {"WWW-Authenticate": 'Basic realm="x"'}, ""))
    w.once()
    one = w.health()[0]
    w.once()
    two_ = w.health()[0]
    w.d.hook = None
    w.db.execute("update calendar.sync_state set next_attempt_at = null")
    w.once()
    w.once()
    # A round may try twice.
    ok = two_ == "needs_reconnect" and w.health()[0] == "active"
    return ok and w.hours() == [9, 12, 15], f"{one} {two_} {w.state()}"
