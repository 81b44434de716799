"""Google: what is there."""

from clock import at, z, zi
from support import case, google_world, beyond_the_window


@case(
    "phw198/OutlookGoogleCalendarSync#2332, #84, #115",
    "exception of a series whose master is not visible: busy at its own time",
)
def g01_orphan_exception():
    w = google_world()
    e = w.g.ev(
        "m_20261201T080000Z", 9, recurringEventId="m", originalStartTime={"dateTime": z(at(8))}
    )
    w.g.events = [e]
    w.google()
    w.once()
    return w.hours() == [9], w.state()


@case(
    "phw198/OutlookGoogleCalendarSync#2332",
    "two exceptions on page 1, the master on page 2: moved ones at their new times, cancelled one free",
)
def g02_exception_first():
    w = google_world()
    gg = w.g
    m = gg.ev("m", 9, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])
    x1 = gg.ev(
        "m_1", 14, day=1, recurringEventId="m", originalStartTime={"dateTime": z(at(9, day=1))}
    )
    x2 = {
        "id": "m_2",
        "kind": "calendar#event",
        "status": "cancelled",
        "recurringEventId": "m",
        "originalStartTime": {"dateTime": z(at(9, day=2))},
    }
    gg.hook = lambda r: (
        (
            gg.page([x1, x2], nextPageToken="p2")
            if "pageToken" not in r.query
            else gg.page([m], nextSyncToken="s1")
        )
        if r.path.endswith("/events") and r.method == "GET"
        else "default"
    )
    w.google()
    w.once()
    got = [w.hours(day=d) for d in range(3)]
    return got == [[9], [14], []], str(got)


@case(
    "receptron/mulmoclaude PR#2182, googleapis: cancelled tombstones",
    "delta: a series deleted ({id, status} alone): all its occurrences free",
)
def g03_series_deleted():
    w = google_world()
    w.g.events = [w.g.ev("m", 9, recurrence=["RRULE:FREQ=DAILY;COUNT=3"])]
    w.google()
    w.once()
    w.g.deltas["s1"] = [{"id": "m", "status": "cancelled"}]
    w.g.token = "s2"
    w.once()
    got = [w.hours(day=d) for d in range(3)]
    return got == [[], [], []], str(got)


@case(
    "thunderbird/appointment#363, ki4hrg/Meeter#98",
    "workingLocation and birthday free; outOfOffice, focusTime, fromGmail, an unknown type busy",
)
def g05_event_types():
    w = google_world()
    w.g.events = [
        w.g.ev(t, 8 + i, eventType=t)
        for i, t in enumerate(
            [
                "workingLocation",
                "birthday",
                "outOfOffice",
                "focusTime",
                "fromGmail",
                "appointmentScheduleNew",
            ]
        )
    ]
    w.google()
    w.once()
    return w.hours() == [10, 11, 12, 13], w.state()


@case(
    "calcom/cal.diy#5539; self answers",
    "declined by self and transparent: free; declined by another guest, needsAction: busy",
)
def g06_answers():
    w = google_world()
    a = lambda s, **k: [{"self": True, "responseStatus": s}]
    w.g.events = [
        w.g.ev("d", 8, attendees=a("declined")),
        w.g.ev("t", 9, transparency="transparent"),
        w.g.ev("n", 10, attendees=a("needsAction")),
        w.g.ev("o", 11, attendees=[{"responseStatus": "declined"}]),
        w.g.ev("y", 12, attendeesOmitted=True, attendees=[]),
    ]
    w.google()
    w.once()
    return w.hours() == [10, 11, 12], w.state()


@case(
    "twentyhq/twenty#24095 (deleted events come back)",
    "one id twice in a delta, older state last: the newer 'updated' wins",
)
def g16_order():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("a", 9)]
    w.google()
    w.once()
    gg.deltas["s1"] = [
        gg.ev("a", 15, updated="2026-11-20T10:00:00Z"),
        gg.ev("a", 12, updated="2026-11-20T09:00:00Z"),
    ]
    gg.token = "s2"
    w.once()
    return w.hours() == [15], w.state()


@case(
    "google: recurring meeting moved out of the window / this-and-following split",
    "series split: master gets UNTIL, a new series m_R… begins: both busy, none twice",
)
def g17_split():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("m", 9, recurrence=["RRULE:FREQ=DAILY;COUNT=4"])]
    w.google()
    w.once()
    gg.deltas["s1"] = [
        gg.ev(
            "m",
            9,
            updated="2026-11-20T09:00:00Z",
            recurrence=[f"RRULE:FREQ=DAILY;UNTIL={zi(at(8, 59, day=2))}"],
        ),
        gg.ev(
            f"m_R{zi(at(9, day=2))}",
            11,
            day=2,
            updated="2026-11-20T09:00:00Z",
            recurrence=["RRULE:FREQ=DAILY;COUNT=2"],
        ),
    ]
    gg.token = "s2"
    w.once()
    got = [w.hours(day=d) for d in range(4)]
    return got == [[9], [9], [11], [11]], str(got)


@case(
    "phw198/OutlookGoogleCalendarSync#969, #350",
    "whole series moved by an hour, its exception reset (cancelled at the old time): every day at the new time",
)
def g19_series_moved():
    w = google_world()
    gg = w.g
    x = gg.ev(
        "m_1", 14, day=1, recurringEventId="m", originalStartTime={"dateTime": z(at(9, day=1))}
    )
    gg.events = [gg.ev("m", 9, recurrence=["RRULE:FREQ=DAILY;COUNT=3"]), x]
    w.google()
    w.once()
    a = [w.hours(day=d) for d in range(3)]
    gg.deltas["s1"] = [
        gg.ev("m", 10, updated="2026-11-20T09:00:00Z", recurrence=["RRULE:FREQ=DAILY;COUNT=3"]),
        {
            "id": "m_1",
            "status": "cancelled",
            "recurringEventId": "m",
            "originalStartTime": {"dateTime": z(at(9, day=1))},
        },
    ]
    gg.token = "s2"
    w.once()
    b = [w.hours(day=d) for d in range(3)]
    return (a, b) == ([[9], [14], [9]], [[10], [10], [10]]), f"{a} {b}"


@case("phw198/OutlookGoogleCalendarSync#84", "an orphan exception is cancelled in a delta: free")
def g20_orphan_cancelled():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("m_1", 9, recurringEventId="m", originalStartTime={"dateTime": z(at(8))})]
    w.google()
    w.once()
    a = w.hours()
    gg.deltas["s1"] = [
        {
            "id": "m_1",
            "status": "cancelled",
            "recurringEventId": "m",
            "originalStartTime": {"dateTime": z(at(8))},
        }
    ]
    gg.token = "s2"
    w.once()
    return a == [9] and w.hours() == [], f"{a} {w.state()}"


@case(
    "microsoft-graph-docs: frozen windows; receptron/mulmoclaude PR#2182 (timeMin/timeMax)",
    "Google: broker with booking_horizon_days 180, a meeting at day 100: not offered, not booked over",
)
def w01_google_far():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("far", 9, day=93)]
    gg.hook = lambda r: (
        gg.page(
            [e for e in gg.events if e["start"]["dateTime"] < r.query["timeMax"]],
            nextSyncToken="s1",
        )
        if "timeMax" in r.query
        else "default"
    )
    w.google()
    return beyond_the_window(
        w, lambda: sum(e["start"]["dateTime"][:13] == z(at(9, day=93))[:13] for e in gg.events)
    )
