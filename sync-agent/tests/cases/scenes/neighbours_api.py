"""Google, Microsoft, GoHighLevel and feeds: what stands beside the cases of the other files."""

from urllib.parse import unquote

from clock import at
from fakes import js, vcal, vevent
from provider import APPOINTMENTS, PROVIDERS
from support import booked_while, cancelled_while, case, feed_world, first, ghl_world
from support import google_world, graph_world, moved_while, written

CALDAV, GOOGLE, GRAPH, GHL = PROVIDERS
KIND = "the kinds of the other cases"


@case(KIND, "several events of one UID with different starts and no RECURRENCE-ID: all busy")
def j01_one_uid():
    w = feed_world(vcal(vevent("a", 9), vevent("a", 12), vevent("a", 15)))
    before = w.hours()
    w.web.body = vcal(vevent("a", 9), vevent("a", 18))
    w.once()
    return (before, w.hours()) == ([9, 12, 15], [9, 18]), f"{before} {w.state()}"


def ghl_time(write):
    event = ghl_world().h.ev("a", 9)
    w = ghl_world()
    event["startTime"], event["endTime"] = write(at(9)), write(at(10))
    w.h.events = [event, w.h.ev("ok", 12)]
    w.ghl()
    w.once()
    return w.hours() == [9, 12], f"{w.rejected()} {w.state()}"


@case(KIND, "GoHighLevel: times without offset, with a T: busy at that time of the calendar")
def j02_ghl_no_offset():
    return ghl_time(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S"))


@case(KIND, "GoHighLevel: times in epoch milliseconds as text: busy")
def j03_ghl_epoch_text():
    return ghl_time(lambda t: str(int(t.timestamp() * 1000)))


@case(KIND, "GoHighLevel: times with fractions and Z: busy")
def j04_ghl_fractions():
    return ghl_time(lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.000Z"))


@case(KIND, "Graph: a delta link refused with any other 4xx is given up, everything is read anew")
def j05_graph_link():
    found = []
    for status in (400, 403, 404, 422):
        w = graph_world()
        w.m.events = [w.m.ev("a", 9)]
        w.microsoft()
        w.once()
        w.m.events = [w.m.ev("b", 12)]
        w.m.hook = lambda r: w.m.err(status, "ErrorOdd") if "deltatoken" in r.target else "default"
        w.once()
        w.once()
        found.append((status, w.hours()))
    return all(hours == [12] for _, hours in found), found


@case(KIND, "Google: one calendar of two is not shared any more (404, 403): the other is pulled")
def j06_google_one_unshared():
    found = []
    for status, reason in ((404, "notFound"), (403, "forbidden")):
        w = google_world()
        w.g.cals.append({"id": "team@example.com", "summary": "T", "accessRole": "reader"})
        w.g.events = [w.g.ev("a", 9)]
        w.google()
        w.once()
        w.g.deltas["s1"], w.g.token = [w.g.ev("b", 12)], "s2"
        w.g.hook = lambda r: w.g.err(status, reason) if "/team@" in unquote(r.path) else "default"
        w.once()
        found.append((w.hours(), w.health()[0], w.sum["exit"]))
    return found == [([9, 12], "active", 1)] * 2, found


@case(KIND, "invalid_grant once: the account is not closed, the next round goes on")
def j07_invalid_grant_once():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.g.hook = first(1, lambda r: r.path == "/token", js({"error": "invalid_grant"}, 400))
    w.once()
    then = (w.sum["exit"], w.health()[0])
    w.once()
    w.once()
    ok = then[1] == "active" and w.hours() == [9] and w.sum["exit"] == 0
    return ok, f"{then} {w.state()}"


@case(KIND, "an account that is refused for good: exit 1 and why, in each round")
def j08_refused_for_good():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    w.g.hook = lambda r: js({"error": "invalid_grant"}, 400) if r.path == "/token" else "default"
    exits = []
    for _ in range(4):
        w.once()
        exits.append(w.sum["exit"])
    later = w.once(due=False)["exit"]
    said = w.run("once")
    ok = exits == [1] * 4 and later == 1 and w.health()[0] == "needs_reconnect"
    return ok and said[0] == 1 and bool(said[1] + said[2]), f"{exits} {later} {said} {w.state()}"


@case(
    KIND, "an event that could not be understood: exit 1, sync_health counts it and has a sentence"
)
def j09_rejected():
    w = google_world()
    w.g.events = [w.g.ev("a", 9), {"kind": "calendar#event", "id": "x", "status": "confirmed"}]
    w.google()
    w.once()
    first_exit = w.sum["exit"]
    w.once()
    rejected, problem = w.db.execute(
        "select rejected, problem from calendar.sync_health where broker_id = %s", (w.broker,)
    ).fetchone()
    ok = (first_exit, w.sum["exit"]) == (1, 1) and rejected == 1 and bool(problem)
    return ok and w.hours() == [9], f"{first_exit} {rejected} {problem} {w.state()}"


@case(
    KIND, "Graph: ErrorInvalidRecipients, nothing created: the booking is written without the guest"
)
def j10_graph_recipients():
    w = graph_world()
    m = w.m
    m.hook = lambda r: (
        m.err(400, "ErrorInvalidRecipients")
        if r.method == "POST" and r.path.endswith("/events") and r.json().get("attendees")
        else "default"
    )
    w.microsoft()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    ok, found = written(w, b, len(m.events) == 1)
    return ok and bool(w.problem(b)), f"{found} {w.problem(b)}"


@case(KIND, "Google: the guest is refused when the booking is moved: the move arrives all the same")
def j11_google_guest_at_the_move():
    w = google_world()
    w.google()
    w.once()
    b = w.book(9)
    w.once()
    w.g.hook = lambda r: (
        w.g.err(403, "forbidden", message="Cannot invite") if "attendees" in r.text else "default"
    )
    w.move(b, 14)
    for _ in range(3):
        w.once()
    ok = GOOGLE.starts(w) == [at(14)] and w.hours() == [14]
    return ok, f"{w.booking(b)} {w.problem(b)} {w.outbox()} {w.state()}"


@case(
    KIND, "GoHighLevel: the title is refused whatever it says: the booking is written with another"
)
def j12_ghl_title():
    w = ghl_world()
    w.h.hook = lambda r: (
        js({"statusCode": 422, "message": ["title must be shorter than 20 characters"]}, 422)
        if r.path == APPOINTMENTS and r.method == "POST" and len(r.json().get("title") or "") > 20
        else "default"
    )
    w.ghl()
    w.once()
    b = w.book(9, title="Viewing of the house at the old mill")
    for _ in range(3):
        w.once()
    return written(w, b, len(w.h.events) == 1)


@case(KIND, "Google: every calendar is 404 while a booking is cancelled: its event goes later")
def j13_google_cancelled_while_404():
    w = GOOGLE.world()
    gone = w.g.err(404, "notFound", message="Not Found")
    return cancelled_while(w, lambda r: "/calendars/" in r.path, gone, lambda: len(w.g.events))


@case(KIND, "GoHighLevel: all is 404 while a booking is moved: it waits, and follows after")
def j14_ghl_moved_while_404():
    w = GHL.world()
    return moved_while(w, lambda r: True, js({"message": "x"}, 404), lambda: len(w.h.events))


@case(KIND, "GoHighLevel: all is 404 while a booking is cancelled: its appointment goes later")
def j15_ghl_cancelled_while_404():
    w = GHL.world()
    return cancelled_while(w, lambda r: True, js({"message": "x"}, 404), lambda: len(w.h.events))


@case(KIND, "the token endpoint is a login page, 400 or 500 while a booking is made: written later")
def j16_booked_while_no_token():
    answers = [(200, {"Content-Type": "text/html"}, "<html>"), (400, {}, "<html>"), (500, {}, "")]
    found = []
    for answer in answers:
        w = GRAPH.world()
        events = w.m.events
        found.append(
            booked_while(
                w, lambda r: r.path.endswith("/token"), lambda r: answer, lambda: len(events)
            )
        )
    return all(ok for ok, _ in found), found


@case(
    KIND,
    "the user files a booking's event in another calendar at Google: the booking stays and follows",
)
def j17_google_filed_elsewhere():
    w = google_world()
    g = w.g
    other = []
    g.cals.append({"id": "other@example.com", "summary": "O", "accessRole": "owner"})
    main = g.default

    def by_calendar(r):
        if "/other@" not in unquote(r.path):
            return main(r)
        g.events, kept = other, g.events
        try:
            return main(r)
        finally:
            g.events = kept

    g.default = by_calendar
    w.google()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    event = g.events.pop()
    other.append(event)
    g.deltas[g.token] = [{"id": event["id"], "status": "cancelled"}]
    g.token += "+"
    w.full_next()
    for _ in range(3):
        w.once()
    filed = (w.booking(b)[0], w.hours(), len(g.events), len(other))
    w.move(b, 14)
    for _ in range(2):
        w.once()
    starts = [GOOGLE.start(event) for event in other]
    ok = filed == ("confirmed", [9], 0, 1) and starts == [at(14)] and not g.events
    return ok and w.hours() == [14], f"{filed} {starts} {w.problem(b)} {w.outbox()} {w.state()}"


@case(
    KIND, "a throttled provider (429 with Retry-After) is left alone, and the booking written later"
)
def j18_throttled_write():
    w = GRAPH.world()
    refusal = w.m.err(429, "ApplicationThrottled", **{"Retry-After": "120"})
    w.m.hook = first(1, GRAPH.is_create, refusal)
    b = w.book(9)
    w.once()
    left = w.one(
        "select next_attempt_at - now() from calendar.outbox where booking_id = %s"
        " order by id desc limit 1",
        b,
    )
    w.once()
    ok = left and left.total_seconds() > 100 and len(w.m.events) == 1
    return ok, f"{left} {w.booking(b)} {w.outbox()}"
