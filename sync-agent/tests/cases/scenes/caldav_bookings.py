"""CalDAV: bookings."""

import re

from clock import at, zi
from fakes import vcal, vevent
from support import case, two, caldav_world, written, refused_once, booked_while


@case(
    "suitenumerique/messages#752; servers that rename (Google, Zoho, Kerio)",
    "the server keeps the PUT under a name of its own: the booking stays, is not counted twice, its event is found again by UID",
)
def p01_renamed():
    w = caldav_world()
    d = w.d

    def hook(r):
        if r.method == "PUT":
            uid = re.search(r"UID:(\S+)", r.text)[1]
            name = f"srv{abs(hash(uid)) % 10**6}.ics"
            had = name in d.items
            d.put_item(name, r.text)
            return (204 if had else 201, {"Location": f"/cal/{name}"}, "")
        return "default"

    d.hook = hook
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    w.full_next()
    w.once()
    w.full_next()
    w.once()
    w.age_mappings()
    w.full_next()
    w.once()
    w.full_next()
    w.once()
    st = w.booking(b)
    return (
        st[0] == "confirmed" and len(d.items) == 1,
        f"booking {st}, PUTs {len(w.srv.asked('PUT'))}, on server {list(d.items)}, events {[(e[0], e[3]) for e in w.events()]} {w.state()}",
    )


@case(
    "nextcloud/server#6657, #14103; bitfireAT 'GET response without ETag'",
    "a server that never tells ETags: a booking is written, moved and cancelled there",
)
def p02_no_etag():
    w = caldav_world()
    d = w.d
    d.etag = lambda n: "<d:getetag/>"

    def hook(r):
        a = d.default(r)
        if r.method == "PUT" and r.headers.get("if-match"):
            return (412, {}, "")
        return (a[0], {k: v for k, v in a[1].items() if k != "ETag"}, a[2])

    d.hook = hook
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    a = w.state()
    w.move(b, 14)
    w.once()
    w.once()
    on = [zi(at(14)) in i for _, i in d.items.values()]
    return (
        on == [True],
        f"after booking: {a} | after the move: server has new time {on}, outbox {w.outbox()[-1:]} {w.state()}",
    )


@case(
    "koreader/koreader#15707 (weak validators), super-productivity#9154",
    "a proxy makes every ETag weak and the server compares strongly: the move is written",
)
def p03_weak_etag():
    w = caldav_world()
    d = w.d

    def hook(r):
        if r.method == "PUT" and (m := r.headers.get("if-match", "")).startswith("W/"):
            return (412, {}, "")
        a = d.default(r)
        return (a[0], {k: ("W/" + v if k == "ETag" else v) for k, v in a[1].items()}, a[2])

    d.hook = hook
    d.etag = lambda n: f"<d:getetag>W/{d.items[n][0]}</d:getetag>"
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    on = [zi(at(14)) in i for _, i in d.items.values()]
    return on == [True], f"server has new time {on}, outbox {w.outbox()[-1:]} {w.state()}"


@case(
    "super-productivity/super-productivity#9240 (Apache -gzip suffix)",
    'GET tells "x-gzip", If-Match wants "x": the move is written',
)
def p04_gzip_suffix():
    w = caldav_world()
    d = w.d

    def hook(r):
        a = d.default(r)
        return (
            a[0],
            {
                k: (
                    v[:-1] + '-gzip"'
                    if k == "ETag"
                    and r.method == "GET"
                    and "gzip" in r.headers.get("accept-encoding", "")
                    else v
                )
                for k, v in a[1].items()
                if not (k == "ETag" and r.method == "PUT")
            },
            a[2],
        )

    d.hook = hook
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    on = [zi(at(14)) in i for _, i in d.items.values()]
    return on == [True], f"server has new time {on}, {w.state()}"


@case(
    "linagora/esn-sabre#408, pimutils/vdirsyncer#153 (Zimbra), bitfireAT/synctools#271 (Open-Xchange)",
    "ORGANIZER that is not the account's own is refused with 403: the booking is written without guests, not given up",
)
def p05_organizer_403():
    w = caldav_world()
    d = w.d
    d.hook = lambda r: (
        (
            403,
            {},
            '<?xml version="1.0"?><d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:allowed-organizer-scheduling-object-resource/></d:error>',
        )
        if r.method == "PUT" and "ORGANIZER" in r.text
        else "default"
    )
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    return written(w, b, len(d.items) == 1)


@case(
    "home-assistant/core#129647 (iCloud: Forbidden, goes through at the third try)",
    "one 403 on PUT: the booking is not given up at once, written in a later round",
)
def p16_caldav_403_once():
    w = caldav_world()
    w.caldav()
    w.once()
    return refused_once(
        w, lambda r: r.method == "PUT", (403, {}, "Forbidden"), lambda: len(w.d.items)
    )


@case(
    "home-assistant/core#129647; one refusal",
    "a cancellation (DELETE) refused 403 once: the event goes in a later round",
)
def p22_delete_403_once():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.cancel(b)
    n = [0]

    def hook(r):
        if r.method == "DELETE":
            n[0] += 1
            if n[0] == 1:
                return (403, {}, "Forbidden")
        return "default"

    d.hook = hook
    w.once()
    w.once()
    w.full_next()
    w.once()
    ok = not d.items and w.hours() == []
    g = f"on the server {len(d.items)}, DELETEs {n[0]}, outbox {w.outbox()[-1:]}, {w.state()}"
    return ok, g


@case(
    "pimutils/vdirsyncer#707 and the like, what follows",
    "while one body is bad, bookings are still written to the calendar",
)
def p25_push_beside_bad_body():
    items = two()
    items["x.ics"] = vcal(vevent("x", 15, summary="MARK"))
    w = caldav_world(items)
    w.d.mangle = lambda b: b.replace(b"MARK", b"a&nbsp;b")
    w.caldav()
    w.once()
    b = w.book(18)
    w.once()
    w.once()
    w.once()
    return (
        len(w.d.items) == 4,
        f"booking {w.booking(b)} PUTs {len(w.srv.asked('PUT'))} outbox {w.outbox()[-1:]} {w.state()}",
    )


@case(
    "calcom/cal.diy#3457, #7278 (own bookings count as conflicts when a calendar is seen twice)",
    "the broker's calendar is connected twice (CalDAV, and its published feed): a booking can be moved by half an hour over its own echo",
)
def p26_echo():
    w = caldav_world()
    d = w.d
    w.db.execute(
        "update calendar.brokers set slot_increment_minutes = 30 where id = %s", (w.broker,)
    )
    d.hook = lambda r: (
        (
            200,
            {"Content-Type": "text/calendar"},
            vcal(
                *[
                    i[i.index("BEGIN:VEVENT") : i.index("END:VCALENDAR")]
                    for _, i in d.items.values()
                ]
            ),
        )
        if r.path == "/mirror.ics"
        else "default"
    )
    w.caldav()
    w.ics("/mirror.ics")
    w.cal = w.one("select id from calendar.calendars where broker_id = %s and is_primary", w.broker)
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    try:
        w.move(b, 9, 30)
        ok = True
        m = "moved"
    except Exception as e:
        ok = False
        m = str(e).splitlines()[:2]
    st = w.booking(b)
    g = f"{m} {st} {w.hours()}"
    return ok, g


@case(
    "HolodexNet/Holodex#721 kind: redirect to a login host",
    "CalDAV: a booking is made while the server redirects to a login page of another host: written once that is over",
)
def p31_caldav_login_redirect():
    w = caldav_world()
    w.caldav()
    w.once()
    return booked_while(
        w,
        lambda r: True,
        lambda r: (302, {"Location": f"http://localhost:{w.srv.port}/login"}, ""),
        lambda: len(w.d.items),
    )


@case(
    "lost answers (CalDAV)",
    "PUT done, connection cut: one event, booking written in the next round",
)
def p33_caldav_lost():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)
    n = [0]

    def hook(r):
        if r.method == "PUT":
            n[0] += 1
            if n[0] == 1:
                d.default(r)
                return None
        return "default"

    d.hook = hook
    w.once()
    w.once()
    ok = (
        w.booking(b)[0] == "confirmed"
        and len(d.items) == 1
        and w.hours() == [9]
        and w.outbox()[-1][1]
    )
    g = f"{w.booking(b)} items {len(d.items)} {w.outbox()} {w.state()}"
    return ok, g


@case(
    "nextcloud/calendar#569 (stored, but 500 for the invitation that could not be sent)",
    "PUT stores and answers 500 each time: the booking stays, its event is its own, a move arrives, a cancellation too",
)
def p34_stored_but_500():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)

    def hook(r):
        if r.method == "PUT":
            a = d.default(r)
            return (500, {}, "mail") if a[0] in (201, 204) else a
        return "default"

    d.hook = hook
    w.once()
    w.once()
    w.once()
    a = (w.booking(b)[0], w.hours(), len(d.items))
    w.move(b, 14)
    w.once()
    w.once()
    m = (w.booking(b)[0], w.hours(), [zi(at(14)) in i for _, i in d.items.values()])
    w.cancel(b)
    w.once()
    w.once()
    e = (len(d.items), w.hours())
    return (
        a == ("confirmed", [9], 1) and m == ("confirmed", [14], [True]) and e == (0, []),
        f"{a} {m} {e} {w.outbox()}",
    )


@case(
    "a broker deletes the event between two pulls, server of kind p01 aside",
    "CalDAV: the broker moves the booking's event by hand to 15: booking follows; deletes it: booking cancelled",
)
def p37_follow():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    ((name, (_, i)),) = d.items.items()
    d.put_item(name, i.replace(zi(at(9)), zi(at(15))).replace(zi(at(10)), zi(at(16))))
    w.once()
    a = (w.booking(b)[1], w.hours())
    d.drop(name)
    w.once()
    w.once()
    return a == (at(15), [15]) and w.booking(b)[0] == "cancelled", f"{a} {w.booking(b)}"


@case(
    "a booking that nobody moves while its calendar is 404 for hours",
    "CalDAV, Graph: calendar 404 for three rounds, no change of ours: bookings and events stay",
)
def p45_404_nothing_moved():
    w = caldav_world()
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    w.d.hook = lambda r: (404, {}, "")
    [w.once() for _ in range(3)]
    a = (w.booking(b)[0], w.hours())
    w.d.hook = None
    w.once()
    ok = a == ("confirmed", [9]) and w.booking(b)[0] == "confirmed"
    g = f"{a} {w.state()}"
    return ok, g


@case(
    "login pages with 200 (HolodexNet/Holodex#721, owncloud-archive/calendar#672 kind)",
    "CalDAV: PUT answered 200 with an HTML sign-in page for one round: not taken for written; the booking is in the calendar in the end",
)
def p46_put_login_page():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)
    d.hook = lambda r: (
        (200, {"Content-Type": "text/html"}, "<!DOCTYPE html><html>Please sign in</html>")
        if r.method in ("PUT", "GET")
        else "default"
    )
    w.once()
    o = w.outbox()[-1:]
    d.hook = None
    w.once()
    w.age_mappings()
    w.full_next()
    w.once()
    w.full_next()
    w.once()
    w.once()
    st = w.booking(b)
    return (
        st[0] == "confirmed" and len(d.items) == 1,
        f"outbox {o}, booking {st}, on the server {len(d.items)}, busy {w.hours()}",
    )


@case(
    "login pages with 200, all methods",
    "CalDAV, whole server a sign-in page with 200 while a booking is moved: it waits, and follows after",
)
def p48_all_login_page():
    w = caldav_world()
    d = w.d
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.move(b, 14)
    d.hook = lambda r: (
        200,
        {"Content-Type": "text/html", "ETag": '"login"'},
        "<!DOCTYPE html><html>Please sign in</html>",
    )
    w.once()
    o = w.outbox()[-1:]
    d.hook = None
    w.once()
    w.once()
    on = [zi(at(14)) in i for _, i in d.items.values()]
    ok = on == [True] and w.booking(b)[0] == "confirmed" and w.booking(b)[1] == at(14)
    g = f"outbox {o}, server has new time {on}, booking {w.booking(b)}, busy {w.hours()}"
    return ok, g
