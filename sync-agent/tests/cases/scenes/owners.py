"""What brokers do to the events of bookings, and what must come of it."""

import re
from datetime import timedelta

from clock import at, z, zi
from fakes import vcal, vevent
from provider import PROVIDERS
from support import caldav_world, case

CALDAV, GOOGLE, GRAPH, GHL = PROVIDERS


def booked(w, *hours):
    """Bookings at these hours that are written and read back."""
    bookings = [w.book(h) for h in hours]
    for _ in range(2):
        w.once()
    return bookings


def lines(ics, **values):
    """A stream with other values of some properties."""
    for name, value in values.items():
        ics = re.sub(rf"{name}[:;][^\r]*", f"{name}{value}", ics)
    return ics


def edit_caldav(w, edit, name=None):
    name = name or next(iter(w.d.items))
    w.d.put_item(name, edit(w.d.items[name][1]))


def move_caldav(w, h, name=None, hours=1):
    times = {"DTSTART": f":{zi(at(h))}", "DTEND": f":{zi(at(h + hours))}"}
    edit_caldav(w, lambda ics: lines(ics, **times), name)


def changed_google(w, *events, **values):
    """The user changes events."""
    for event in events:
        event.update(values, etag=f'"{w.g.token}"', updated=z(at(0) - timedelta(days=6)))
    w.g.deltas[w.g.token] = list(events)
    w.g.token += "+"


def google_times(h):
    return {"start": {"dateTime": z(at(h))}, "end": {"dateTime": z(at(h + 1))}}


def changed_graph(w, *events, **values):
    for event in events:
        event.update(values)
        event["@odata.etag"] = event["@odata.etag"][:-1] + 'x"'
    w.m.deltas = list(events)


def graph_times(w, h):
    return {name: w.m.ev("x", h)[name] for name in ("start", "end")}


# Both sides change something.


@case(
    "issue trackers of calendar apps",
    "CalDAV: the user's title, alarm and colour survive a move of ours",
)
def k01_caldav_words_stay():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:x\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n"
    edit_caldav(
        w,
        lambda ics: lines(ics, SUMMARY=":Mine").replace(
            "END:VEVENT", f"COLOR:red\r\n{alarm}END:VEVENT"
        ),
    )
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    ((_, ics),) = w.d.items.values()
    ok = "SUMMARY:Mine" in ics and "TRIGGER:-PT15M" in ics and "COLOR:red" in ics
    return ok and CALDAV.starts(w) == [at(14)] and w.hours() == [14], f"{ics} {w.state()}"


@case("the same", "Google: the user's title, reminders and colour survive a move of ours")
def k02_google_words_stay():
    w = GOOGLE.world()
    (b,) = booked(w, 9)
    (event,) = w.g.events
    reminders = {"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]}
    changed_google(w, event, summary="Mine", colorId="5", reminders=reminders)
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    ok = (event["summary"], event.get("colorId"), event.get("reminders")) == (
        "Mine",
        "5",
        reminders,
    )
    return ok and GOOGLE.starts(w) == [at(14)] and w.hours() == [14], f"{event} {w.state()}"


@case("the same", "Graph: the user's subject, categories and reminder survive a move of ours")
def k03_graph_words_stay():
    w = GRAPH.world()
    (b,) = booked(w, 9)
    (event,) = w.m.events
    changed_graph(w, event, subject="Mine", categories=["Red"], reminderMinutesBeforeStart=5)
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    ok = (event["subject"], event.get("categories")) == ("Mine", ["Red"])
    ok = ok and event.get("reminderMinutesBeforeStart") == 5
    return ok and GRAPH.starts(w) == [at(14)] and w.hours() == [14], f"{event} {w.state()}"


@case("the same", "GoHighLevel: the user's title survives a move of ours")
def k04_ghl_words_stay():
    w = GHL.world()
    (b,) = booked(w, 9)
    (event,) = w.h.events
    event["title"] = "Mine"
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    ok = event["title"] == "Mine" and GHL.starts(w) == [at(14)] and w.hours() == [14]
    return ok, f"{event} {w.state()}"


def moved_and_noted(provider, w, move):
    """The user moves the event while the notes change here."""
    (b,) = booked(w, 9)
    move()
    w.db.execute("update calendar.bookings set notes = 'Bring the keys' where id = %s", (b,))
    for _ in range(3):
        w.once()
    ok = w.booking(b)[1] == at(15) and provider.starts(w) == [at(15)] and w.hours() == [15]
    return ok, f"{w.booking(b)} {provider.starts(w)} {w.outbox()} {w.state()}"


@case("the same", "CalDAV: a move by the user while the notes change here is followed, not undone")
def k05_caldav_moved_and_noted():
    w = CALDAV.world()
    return moved_and_noted(CALDAV, w, lambda: move_caldav(w, 15))


@case("the same", "Google: a move by the user while the notes change here is followed, not undone")
def k06_google_moved_and_noted():
    w = GOOGLE.world()
    return moved_and_noted(GOOGLE, w, lambda: changed_google(w, w.g.events[0], **google_times(15)))


@case("the same", "Graph: a move by the user while the notes change here is followed, not undone")
def k07_graph_moved_and_noted():
    w = GRAPH.world()
    return moved_and_noted(GRAPH, w, lambda: changed_graph(w, w.m.events[0], **graph_times(w, 15)))


@case("the same", "GoHighLevel: a move by the user while the notes change here is followed")
def k08_ghl_moved_and_noted():
    w = GHL.world()
    times = {name: w.h.ev("x", 15)[name] for name in ("startTime", "endTime")}
    return moved_and_noted(GHL, w, lambda: w.h.events[0].update(times))


@case("the same", "CalDAV: both sides move the event: the database's time holds")
def k09_both_move():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    move_caldav(w, 15)
    w.move(b, 14)
    for _ in range(3):
        w.once()
    ok = w.booking(b)[1] == at(14) and CALDAV.starts(w) == [at(14)] and w.hours() == [14]
    return ok, f"{w.booking(b)} {CALDAV.starts(w)} {w.state()}"


def swapped(provider, w, swap):
    """The user swaps two bookings."""
    one, other = booked(w, 9, 11)
    swap()
    for _ in range(3):
        w.once()
    ok = (w.booking(one)[1], w.booking(other)[1]) == (at(11), at(9)) and w.hours() == [9, 11]
    found = f"{w.booking(one)} {w.booking(other)} {provider.starts(w)} {w.outbox()} {w.state()}"
    return ok and provider.starts(w) == [at(11), at(9)], found


@case("the same", "CalDAV: two bookings that the user swaps are swapped")
def k10_caldav_swap():
    w = CALDAV.world()

    def swap():
        by_start = dict(zip(CALDAV.starts(w), list(w.d.items)))
        w.d.items = {
            by_start[at(9)]: w.d.items[by_start[at(9)]],
            by_start[at(11)]: w.d.items[by_start[at(11)]],
        }
        nine, eleven = list(w.d.items)
        move_caldav(w, 11, nine)
        move_caldav(w, 9, eleven)

    return swapped(CALDAV, w, swap)


@case("the same", "Google: two bookings that the user swaps are swapped")
def k11_google_swap():
    w = GOOGLE.world()

    def swap():
        w.g.events.sort(key=lambda e: e["start"]["dateTime"])
        nine, eleven = w.g.events
        nine.update(google_times(11))
        eleven.update(google_times(9))
        changed_google(w, nine, eleven)

    return swapped(GOOGLE, w, swap)


@case(
    "the same",
    "CalDAV: a move by the user onto another booking waits, is told, and is followed later",
)
def k12_moved_onto_another():
    w = CALDAV.world()
    one, other = booked(w, 9, 11)
    name = dict(zip(CALDAV.starts(w), w.d.items))[at(9)]
    move_caldav(w, 11, name)
    w.once()
    w.once()
    between = (w.booking(one)[1], w.problem(one), sorted(CALDAV.starts(w)))
    w.cancel(other)
    for _ in range(3):
        w.once()
    ok = between[0] == at(9) and bool(between[1]) and between[2] == [at(11), at(11)]
    ok = ok and w.booking(one)[1] == at(11) and w.hours() == [11] and CALDAV.starts(w) == [at(11)]
    return ok, f"{between} {w.booking(one)} {CALDAV.starts(w)} {w.outbox()} {w.state()}"


@case("the same", "CalDAV: a hold that is not yet a booking gives way to the user's move")
def k13_hold_gives_way():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    w.one(
        "select id from calendar.book_calendar_slot(%s, %s, lead_name => 'Al',"
        " lead_email => 'al@example.org', hold_minutes => 30)",
        w.broker,
        at(15),
    )
    move_caldav(w, 15)
    w.once()
    w.once()
    ok = w.booking(b)[1] == at(15) and w.hours() == [15]
    return ok, f"{w.booking(b)} {w.state()}"


@case("the same", "CalDAV: a move of ours that meets a new event is written and reported")
def k14_move_meets_event():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    w.move(b, 14)
    w.d.put_item("new.ics", vcal(vevent("new", 14)))
    for _ in range(3):
        w.once()
    ok = w.booking(b)[:2] == ("confirmed", at(14)) and CALDAV.starts(w) == [at(14), at(14)]
    reported = w.one("select count(*) from calendar.booking_conflicts where booking_id = %s", b)
    return (
        ok and reported,
        f"{w.booking(b)} {w.problem(b)} {reported} {CALDAV.starts(w)} {w.state()}",
    )


# What the event of a booking becomes.


@case("the same", "CalDAV: the event of a booking made all-day takes the whole day")
def k15_all_day():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    day = {"DTSTART": f";VALUE=DATE:{at(0):%Y%m%d}", "DTEND": f";VALUE=DATE:{at(24):%Y%m%d}"}
    edit_caldav(w, lambda ics: lines(ics, **day))
    w.once()
    w.once()
    ok = w.hours() == list(range(24)) and w.booking(b)[0] == "confirmed"
    return ok, f"{w.booking(b)} {w.problem(b)} {w.state()}"


@case("the same", "CalDAV: the event of a booking made a series takes time each day")
def k16_series():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    edit_caldav(w, lambda ics: ics.replace("END:VEVENT", "RRULE:FREQ=DAILY;COUNT=3\r\nEND:VEVENT"))
    w.once()
    w.once()
    got = [w.hours(day=day) for day in range(4)]
    w.move(b, 14)
    for _ in range(3):
        w.once()
    moved = [w.hours(day=day) for day in range(4)]
    ok = (got, moved) == ([[9], [9], [9], []], [[14], [9], [9], []])
    return (
        ok and w.booking(b)[:2] == ("confirmed", at(14)),
        f"{got} {moved} {w.booking(b)} {w.d.items}",
    )


@case("the same", "CalDAV: an event that the user deletes and puts back later takes its time")
def k17_put_back():
    w = CALDAV.world()
    (b,) = booked(w, 9)
    ((name, (_, ics)),) = w.d.items.items()
    w.d.drop(name)
    w.once()
    w.once()
    gone = (w.booking(b)[0], w.hours())
    w.d.put_item(name, ics)
    w.once()
    w.once()
    ok = gone == ("cancelled", []) and w.hours() == [9] and w.booking(b)[0] == "cancelled"
    return ok and len(w.d.items) == 1, f"{gone} {w.booking(b)} {w.d.items.keys()} {w.state()}"


@case("the same", "CalDAV without sync tokens: a deletion right after our write is noticed soon")
def k18_deleted_at_once():
    w = caldav_world(token=None)
    w.caldav()
    w.once()
    b = w.book(9)
    w.once()
    w.d.drop(next(iter(w.d.items)))
    w.d.token = None
    for _ in range(3):
        w.once()
    ok = w.booking(b)[0] == "cancelled" and w.hours() == [] and not w.d.items
    return ok, f"{w.booking(b)} {w.d.items.keys()} {w.state()}"


@case(
    "the same",
    "Graph: the user drags the event beyond the window, a tombstone says: the booking follows",
)
def k19_beyond_the_window():
    w = GRAPH.world()
    (b,) = booked(w, 9)
    (event,) = w.m.events
    event.update({name: w.m.ev("x", 9, day=80)[name] for name in ("start", "end")})
    event["@odata.etag"] = 'W/"2"'
    w.m.deltas = [{"@removed": {"reason": "deleted"}, "id": event["id"]}]
    w.once()
    w.m.deltas = []
    w.once()
    w.once()
    ok = w.booking(b)[:2] == ("confirmed", at(9, day=80)) and w.hours() == []
    return ok, f"{w.booking(b)} {w.outbox()} {w.state()}"


@case(
    "the same",
    "Google: a tombstone for a booking's event that is there by its own name ends nothing",
)
def k20_tombstone_alone():
    w = GOOGLE.world()
    (b,) = booked(w, 9)
    w.g.deltas[w.g.token] = [{"id": w.g.events[0]["id"], "status": "cancelled"}]
    w.g.token += "+"
    for _ in range(3):
        w.once()
    ok = w.booking(b)[0] == "confirmed" and w.hours() == [9] and len(w.g.events) == 1
    return ok, f"{w.booking(b)} {w.outbox()} {w.state()}"


@case("the same", "each provider: a deletion by the user cancels the booking and frees its time")
def k21_deleted():
    found = []
    for provider in PROVIDERS:
        w = provider.world()
        (b,) = booked(w, 9)
        provider.drop(w)
        for _ in range(3):
            w.once()
        found.append((w.booking(b)[0], w.hours()))
    return found == [("cancelled", [])] * 4, found


# Other calendars.


@case("the same", "a copy of a booking's event in a subscribed feed that disappears ends nothing")
def k22_copy_goes():
    w = CALDAV.world()
    d = w.d
    shows = [True]

    def copy(r):
        if r.path != "/mirror.ics":
            return "default"
        parts = [i[i.index("BEGIN:VEVENT") : i.index("END:VCALENDAR")] for _, i in d.items.values()]
        return 200, {"Content-Type": "text/calendar"}, vcal(*(parts if shows[0] else []))

    d.hook = copy
    w.ics("/mirror.ics")
    w.once()
    (b,) = booked(w, 9)
    w.once()
    shows[0] = False
    for _ in range(3):
        w.once()
    ok = w.booking(b)[0] == "confirmed" and len(d.items) == 1 and w.hours() == [9]
    return ok, f"{w.booking(b)} {w.outbox()} {w.state()}"


@case(
    "the same",
    "a copy that is behind a move or a cancellation of ours takes no time and undoes nothing",
)
def k23_copy_is_behind():
    w = CALDAV.world()
    d = w.d
    late = [vcal()]
    d.hook = lambda r: (
        (200, {"Content-Type": "text/calendar"}, late[0]) if r.path == "/mirror.ics" else "default"
    )
    w.ics("/mirror.ics")
    w.once()
    (b,) = booked(w, 9)
    late[0] = next(iter(d.items.values()))[1]
    w.once()
    w.move(b, 14)
    w.once()
    w.once()
    moved = (w.booking(b)[1], w.hours(), CALDAV.starts(w))
    w.cancel(b)
    w.once()
    w.once()
    ok = moved == (at(14), [14], [at(14)]) and w.hours() == [] and not d.items
    return ok, f"{moved} {w.booking(b)} {w.state()}"


@case(
    "the same",
    "the broker's first calendar is connected after a booking was made: it is written there",
)
def k24_connected_later():
    w = caldav_world()
    b = w.book(9)
    w.caldav()
    w.once()
    w.once()
    ok = CALDAV.starts(w) == [at(9)] and w.booking(b)[0] == "confirmed" and w.hours() == [9]
    return ok, f"{w.booking(b)} {w.d.items} {w.outbox()} {w.state()}"


@case("the same", "an account that is disconnected blocks no more time, unless its events are kept")
def k25_disconnected():
    found = []
    for keep in (False, True):
        w = caldav_world({"a.ics": vcal(vevent("a", 12))})
        w.caldav()
        w.once()
        account = w.one("select account_id from calendar.calendars where id = %s", w.cal)
        before = w.hours()
        w.db.execute("select calendar.disconnect_account(%s, %s)", (account, keep))
        w.once()
        found.append((before, w.hours(), w.sum["exit"]))
    return found == [([12], [], 0), ([12], [12], 0)], found


@case("the same", "a broker with pulled bookings can be deleted")
def k26_broker_deleted():
    w = CALDAV.world()
    booked(w, 9)
    w.db.execute("delete from calendar.brokers where id = %s", (w.broker,))
    left = w.one("select count(*) from calendar.bookings where broker_id = %s", w.broker)
    w.once()
    return left == 0 and w.sum["exit"] == 0, f"{left} {w.sum}"


@case(
    "the same",
    "a meeting that was made before the first write of a booking at its time ends the booking",
)
def k27_conflict_before_the_first_write():
    w = CALDAV.world()
    b = w.book(9)
    w.d.put_item("a.ics", vcal(vevent("a", 9)))
    w.once()
    w.once()
    ok = w.booking(b)[0] == "failed" and len(w.d.items) == 1 and w.hours() == [9]
    return ok, f"{w.booking(b)} {w.outbox()} {w.state()}"
