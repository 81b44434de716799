"""What the scenes share: the list of cases, worlds by provider, and what often happens."""

from fakes import Dav, Ghl, Google, Graph, Home, Web, vcal, vevent
from world import World

CASES = {}


def case(source, expected):
    """A case: where it was reported, and what must come of it.

    Its function gives whether that came about, and what was found.
    """

    def add(function):
        assert function.__name__ not in CASES, function.__name__
        CASES[function.__name__] = (source, expected, function)
        return function

    return add


def two():
    """Members of a calendar: an event at 9 and one at 12."""
    return {"a.ics": vcal(vevent("a", 9)), "b.ics": vcal(vevent("b", 12))}


def caldav_world(items=(), **more):
    """A CalDAV server whose calendar has these members, by name."""
    w = World(Dav({name: (f'"{name}"', ics) for name, ics in dict(items).items()}, **more))
    w.d = w.srv.handler
    return w


def home_world(*, hidden=(), read_only=(), **calendars):
    """A CalDAV server with several calendars, by name; it is connected as a whole."""
    w = World(Home(**calendars))
    w.home = w.srv.handler
    w.home.hidden = {f"/home/{name}/" for name in hidden}
    w.home.read_only = {f"/home/{name}/" for name in read_only}
    w.caldav("/")
    return w


def google_world(*events):
    w = World(Google(events))
    w.g = w.srv.handler
    return w


def graph_world(*events):
    w = World(Graph(events))
    w.m = w.srv.handler
    return w


def ghl_world(*events):
    w = World(Ghl(events))
    w.h = w.srv.handler
    return w


def feed_world(body, **headers):
    """A feed that is connected and read."""
    w = World(Web(body, **headers))
    w.web = w.srv.handler
    w.ics()
    w.once()
    return w


def written(w, b, there):
    """The booking is active, and its event there."""
    status = w.booking(b)
    found = f"booking {status}, at the provider: {there}, {w.outbox()[-1:]}, 9 busy: {w.busy(9)}"
    return status[0] == "confirmed" and bool(there), found


def first(n, match, answer):
    """A hook that answers the first n requests that match otherwise.

    `answer` is an answer, or a function of the request that gives one.
    """
    left = [n]

    def hook(request):
        if match(request) and left[0]:
            left[0] -= 1
            return answer(request) if callable(answer) else answer
        return "default"

    return hook


def always(match, answer):
    """A hook that answers all requests that match otherwise."""
    return first(-1, match, answer)


def refused_once(w, match, answer, events):
    """The first write of a booking is refused; then all is well."""
    asked = len(w.srv.log)
    w.srv.handler.hook = first(1, match, answer)
    b = w.book(9)
    w.once()
    then = w.booking(b)
    w.once()
    w.once()
    after = w.booking(b)
    writes = len([r for r in w.srv.log[asked:] if match(r)])
    return (
        after[0] == "confirmed" and events() == 1,
        f"after the refusal {then}, two rounds later {after}, at the provider {events()},"
        f" writes {writes}, 9 busy {w.busy(9)}",
    )


def booked_while(w, match, answer, events, rounds=1):
    """A booking is made while reading the calendar is refused; then all is well again."""
    w.srv.handler.hook = always(match, answer)
    b = w.book(9)
    for _ in range(rounds):
        w.once()
    then = w.booking(b)
    w.srv.handler.hook = None
    w.once()
    w.once()
    after = w.booking(b)
    return (
        after[0] == "confirmed" and events() == 1,
        f"while it lasts {then}, after {after}, at the provider {events()}, 9 busy {w.busy(9)}",
    )


def moved_while(w, match, answer, there):
    """A written booking is moved while the provider refuses for a round; then all is well."""
    b = w.book(9)
    w.once()
    assert there() == 1, "not written"
    w.move(b, 14)
    w.srv.handler.hook = always(match, answer)
    w.once()
    then = w.booking(b)
    w.srv.handler.hook = None
    w.once()
    w.once()
    after = w.booking(b)
    return (
        after[0] == "confirmed" and there() == 1,
        f"while it lasts {then}, after {after}, at the provider {there()}, busy {w.hours()}",
    )


def cancelled_while(w, match, answer, there):
    """A written booking is cancelled while the provider refuses for a round; then all is well."""
    b = w.book(9)
    w.once()
    assert there() == 1, "not written"
    w.cancel(b)
    w.srv.handler.hook = always(match, answer)
    w.once()
    w.srv.handler.hook = None
    w.once()
    w.full_next()
    w.once()
    w.once()
    return (
        there() == 0,
        f"at the provider {there()}, {w.outbox()[-1:]}, busy {w.hours()}, events {len(w.events())}",
    )


def beyond_the_window(w, there):
    """The broker takes bookings 180 days ahead and has a meeting at day 100."""
    w.db.execute(
        "update calendar.brokers set booking_horizon_days = 180 where id = %s", (w.broker,)
    )
    w.once()
    offered = not w.busy(9, day=93)
    status = None
    if offered:
        b = w.book(9, day=93)
        w.once()
        w.once()
        status = w.booking(b)[0]
    window = w.db.execute(
        "select sync_past_days, sync_future_days from calendar.calendars where id = %s", (w.cal,)
    ).fetchone()
    return (
        not offered,
        f"offered {offered}, booking {status}, events at that time at the provider {there()},"
        f" window {window}",
    )
