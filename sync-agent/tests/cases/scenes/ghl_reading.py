"""GoHighLevel: what is there."""

from datetime import datetime

from clock import at, z
from fakes import js
from support import case, ghl_world, beyond_the_window


def ghl_times(f):
    w = ghl_world()
    e = w.h.ev("a", 9)
    e["startTime"], e["endTime"] = f(at(9)), f(at(10))
    w.h.events = [e, w.h.ev("ok", 12)]
    w.ghl()
    w.once()
    return 9 in w.hours(), w.state() + f" rejected {w.rejected()}"


@case(
    'public notes of a GHL bot: lists give "2026-03-06 14:00:00", no offset',
    "times without offset: taken in the calendar's zone (or all of it busy), never offered",
)
def h01_no_offset_space():
    return ghl_times(lambda t: t.strftime("%Y-%m-%d %H:%M:%S"))


@case(
    "lists in epoch milliseconds (query format of the same API)",
    "startTime as epoch ms number: never offered",
)
def h03_epoch_number():
    return ghl_times(lambda t: int(t.timestamp() * 1000))


@case("offset without colon", '"…T09:00:00+0000": busy')
def h05_offset_no_colon():
    return ghl_times(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S+0000"))


@case(
    "types generated from the API's own spec: CalendarEventDTO.appoinmentStatus",
    "appoinmentStatus cancelled (their spelling in lists): free",
)
def h06_appoinment():
    w = ghl_world()
    e = w.h.ev("a", 9)
    e.pop("appointmentStatus")
    e["appoinmentStatus"] = "cancelled"
    w.h.events = [e]
    w.ghl()
    w.once()
    return w.hours() == [], w.state()


@case(
    "home-assistant/core#181232 (kind: one odd entry costs the whole list); GoHighLevel/highlevel-api-docs#23",
    '"teamMembers": null and name null (event and class calendars): connects and pulls',
)
def h07_null_team():
    w = ghl_world()
    w.h.cal.update(teamMembers=None, name=None)
    w.h.events = [w.h.ev("a", 9)]
    ok = w.ghl()
    g = str(w.notes)
    if ok:
        w.once()
        ok = w.hours() == [9]
        g = w.state()
    return ok, g


@case(
    "empty lists as null", '{"events": null} for no blocked slots: appointments still busy, or loud'
)
def h09_null_events():
    w = ghl_world()
    w.h.events = [w.h.ev("a", 9)]
    w.h.hook = lambda r: (
        js({"events": None, "traceId": "x"}) if r.path == "/calendars/blocked-slots" else "default"
    )
    w.ghl()
    w.once()
    ok = w.hours() == [9]
    g = w.state()
    return ok, g


@case(
    "blocked-slots refuses calendarId for some calendars (422)",
    "422 on one of the block lists does not take the appointments away",
)
def h10_blocks_422():
    w = ghl_world()
    w.h.events = [w.h.ev("a", 9)]
    w.h.hook = lambda r: (
        js(
            {
                "statusCode": 422,
                "message": ["calendarId is not allowed"],
                "error": "Unprocessable Entity",
            },
            422,
        )
        if r.path == "/calendars/blocked-slots" and "calendarId" in r.query
        else "default"
    )
    w.ghl()
    w.once()
    ok = w.hours() == [9]
    g = w.state()
    return ok, g


@case(
    "appointmentStatus values",
    "cancelled, invalid, noshow, deleted free; new, confirmed, showed, active, completed, unknown busy; block slot busy",
)
def h11_statuses():
    w = ghl_world()
    s = [
        "cancelled",
        "invalid",
        "noshow",
        "new",
        "confirmed",
        "showed",
        "active",
        "completed",
        "whatever",
    ]
    w.h.events = [w.h.ev(x, 5 + i, appointmentStatus=x) for i, x in enumerate(s)] + [
        w.h.ev("del", 15, deleted=True)
    ]
    w.h.blocks = [w.h.ev("blk", 17)]
    w.ghl()
    w.once()
    return w.hours() == [8, 9, 10, 11, 12, 13, 17], w.state()


@case(
    "round robin: blocks of team members",
    "a calendar of two users: blocked time of both users is busy nowhere or told; appointments busy",
)
def h12_team_blocks():
    w = ghl_world()
    w.h.cal["teamMembers"] = [{"userId": "u1"}, {"userId": "u2"}]
    w.h.events = [w.h.ev("a", 9)]
    both = [w.h.ev("blk", 12)]
    w.h.hook = lambda r: (
        js({"events": both if r.query.get("userId") in ("u1", "u2") else []})
        if r.path == "/calendars/blocked-slots"
        else "default"
    )
    w.ghl()
    w.once()
    ok = w.hours() == [9, 12]
    g = w.state()
    return ok, g


@case(
    "GHL: lists are asked for by window",
    "GHL: broker with booking_horizon_days 180, an appointment at day 100: not offered, not booked over",
)
def w05_ghl_far():
    w = ghl_world()
    h = w.h
    h.events = [h.ev("far", 9, day=93)]
    ms = lambda e: datetime.fromisoformat(e["startTime"]).timestamp() * 1000
    h.hook = lambda r: (
        js({"events": [e for e in h.events if ms(e) < int(r.query["endTime"])]})
        if r.method == "GET" and r.path == "/calendars/events"
        else "default"
    )
    w.ghl()
    return beyond_the_window(
        w, lambda: sum(e["startTime"][:13] == z(at(9, day=93))[:13] for e in h.events)
    )
