"""Answers of success that prove nothing, and times that can be read in more than one way."""

import json
from datetime import datetime, timedelta

from clock import at
from fakes import js, vcal, vevent
from provider import CalDav, Ghl, Google, Graph
from support import caldav_world, case, feed_world, first, graph_world

KIND = "the kind of p18, p22: any 2xx counted as written"


def ignored(provider, answer):
    """A move is answered as if it were done, and is not, once."""
    w = provider.world()
    b = w.book(9)
    w.once()
    w.move(b, 14)
    w.srv.handler.hook = first(1, provider.is_change, lambda r: answer(w, r))
    w.once()
    between = (w.booking(b)[:2], w.hours())
    for _ in range(3):
        w.once()
    done = (w.booking(b)[:2], w.hours(), provider.starts(w))
    ok = between[0][1] == at(14) and 14 in between[1]
    return ok and done == (("confirmed", at(14)), [14], [at(14)]), f"{between} {done} {w.outbox()}"


def event(w, request):
    """The event that a request names, as it is."""
    name = request.path.rsplit("/", 1)[1]
    return next(one for one in w.srv.handler.events if one["id"] == name)


@case(KIND, "Google: a PATCH answered 200 with the event as it was: the move arrives later")
def u01_google_old_event():
    return ignored(Google(), lambda w, r: js(event(w, r)))


@case(KIND, "Graph: a PATCH answered 200 with the event as it was: the move arrives later")
def u02_graph_old_event():
    return ignored(Graph(), lambda w, r: js(event(w, r)))


@case(KIND, "GHL: a PUT answered 200 with the appointment as it was: the move arrives later")
def u03_ghl_old_appointment():
    return ignored(Ghl(), lambda w, r: js(event(w, r)))


@case(KIND, "Google: a PATCH answered 200 with another event: the move arrives later")
def u04_google_another_event():
    return ignored(Google(), lambda w, r: js({**event(w, r), "id": "another", **r.json()}))


@case(KIND, "CalDAV: a PUT answered 207 with 507 in it: the move arrives later")
def u05_caldav_multistatus():
    def full(w, r):
        status = "<d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
        return w.d.ms(f"<d:response><d:href>{r.path}</d:href>{status}</d:response>")

    return ignored(CalDav(), full)


@case(KIND, "CalDAV: a DELETE answered 207 with 423 in it: the event goes later")
def u06_caldav_locked_in_multistatus():
    provider = CalDav()
    w = provider.world()
    b = w.book(9)
    w.once()
    w.cancel(b)
    status = "<d:status>HTTP/1.1 423 Locked</d:status>"
    locked = lambda r: w.d.ms(f"<d:response><d:href>{r.path}</d:href>{status}</d:response>")
    w.d.hook = first(1, provider.is_delete, locked)
    for _ in range(3):
        w.once()
    return not w.d.items and not w.hours(), f"{list(w.d.items)} {w.hours()} {w.outbox()}"


@case(
    "the kind of c25: events of one UID without RECURRENCE-ID",
    "a feed has two events of one UID, with one start and two lengths: all of it is busy, or it is told",
)
def u07_one_start_two_lengths():
    w = feed_world(vcal(vevent("a", 9, hours=3), vevent("a", 9)))
    return w.hours() == [9, 10, 11] or w.rejected()[0] > 0, f"{w.state()} {w.rejected()}"


@case("the kind of d09: odd rules", "CalDAV: a COUNT that nobody can read: the series is busy each day")
def u08_unreadable_count():
    series = vevent("a", 9, extra="RRULE:FREQ=DAILY;COUNT=many\r\n")
    w = caldav_world({"a.ics": vcal(series), "b.ics": vcal(vevent("b", 12))})
    w.caldav()
    w.once()
    return (w.hours(), w.hours(day=1)) == ([9, 12], [9]), w.state()


@case("the kind of m20: zones", "Graph: an event in a zone that nobody knows: busy, or told")
def u09_unknown_zone():
    w = graph_world()
    odd = w.m.ev("odd", 9)
    odd["start"]["timeZone"] = odd["end"]["timeZone"] = "Customized Time Zone 1"
    w.m.events = [odd, w.m.ev("plain", 12)]
    w.microsoft()
    w.once()
    hours = w.hours()
    return 12 in hours and (9 in hours or w.sum["exit"] == 1), w.state()


@case(
    "the kind of i10: lists with holes",
    "Google: a page whose list of events is null, with a token: nothing known is freed, later changes are seen",
)
def u10_null_items():
    provider = Google()
    w = provider.world()
    w.g.events.append(w.g.ev("a", 9))
    w.full_next()
    w.once()
    before = w.hours()
    w.g.hook = first(1, lambda r: "syncToken" in r.query, lambda r: w.g.page(None, nextSyncToken="s2"))
    w.once()
    between = w.hours()
    w.g.deltas["s2"] = w.g.deltas["s1"] = [w.g.ev("b", 12)]
    w.once()
    ok = (before, between, w.hours()) == ([9], [9], [9, 12])
    return ok, f"{before} {between} {w.state()}"


def displaced(provider, keys=("start", "end")):
    """A provider creates the event an hour later than it was asked to, and says so, once."""

    def later(r):
        body = r.json()
        for key in keys:
            body[key] = an_hour_later(body[key])
        r.body = json.dumps(body).encode()
        return "default"

    w = provider.world()
    b = w.book(9)
    w.srv.handler.hook = first(1, provider.is_create, later)
    w.once()
    between = (w.booking(b)[:2], w.hours())
    for _ in range(3):
        w.once()
    done = (w.booking(b)[:2], w.hours(), provider.starts(w))
    ok = between[0] == ("confirmed", at(9)) and 9 in between[1]
    return ok and done == (("confirmed", at(9)), [9], [at(9)]), f"{between} {done} {w.outbox()}"


def an_hour_later(value):
    if isinstance(value, dict):
        return {**value, "dateTime": an_hour_later(value["dateTime"])}
    return (datetime.fromisoformat(value.replace("Z", "+00:00")) + timedelta(hours=1)).isoformat()


@case(KIND, "Google: a POST answered with the event an hour later: it is put right, the booking stays")
def u11_google_created_later():
    return displaced(Google())


@case(KIND, "Graph: a POST answered with the event an hour later: it is put right, the booking stays")
def u12_graph_created_later():
    return displaced(Graph())


@case(KIND, "GHL: a POST answered with the appointment an hour later: it is put right, the booking stays")
def u13_ghl_created_later():
    return displaced(Ghl(), ("startTime", "endTime"))
