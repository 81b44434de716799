"""One refusal of each kind to a write, a move and a deletion, at each provider."""

from clock import at
from provider import PROVIDERS
from support import case, first

LOGIN = (200, {"Content-Type": "text/html"}, "<!DOCTYPE html><html>Please sign in</html>")
PROXY = (403, {"Content-Type": "text/html"}, "<html>Access denied by the proxy</html>")

REFUSALS = {
    **{str(status): status for status in (400, 401, 403, 404, 405, 409, 410, 412, 423, 500)},
    "proxy": PROXY,
    "login": LOGIN,
    "silence": None,
}
# By provider, for the sake of time: what was reported of one, and a few of the others'.
CHOSEN = {
    "caldav": "403 404 405 409 410 412 423 500 proxy login silence",
    "google": "400 401 403 404 409 410 412 423 login silence",
    "graph": "400 403 404 409 412 423 500 login",
    "ghl": "400 401 403 404 409 422 proxy login",
}


def refused(provider, answer):
    """A booking is written, moved and cancelled; each time the first try is refused."""
    w = provider.world()
    if isinstance(answer, int):
        answer = provider.refusal(w, answer)
    found = []

    def step(is_meant, booked, there):
        w.srv.handler.hook = first(1, is_meant, answer)
        w.once()
        between = (w.booking(b)[:2], w.hours())
        w.once()
        w.once()
        done = (w.booking(b)[:2], w.hours(), provider.starts(w))
        found.append((between, done))
        taken = [h for h in booked if h not in between[1]]
        return not taken and done[1:] == (booked, [at(h) for h in there])

    b = w.book(9)
    ok = step(provider.is_create, [9], [9]) and w.booking(b)[0] == "confirmed"
    w.move(b, 14)
    ok = step(provider.is_change, [14], [14]) and ok and w.booking(b)[1] == at(14)
    w.cancel(b)
    ok = step(provider.is_delete, [], []) and ok and w.booking(b)[0] == "cancelled"
    return ok and not w.problem(b), f"{found} {w.problem(b)} {w.outbox()} {w.state()}"


def add(provider, name):
    answer = REFUSALS.get(name, int(name) if name.isdigit() else None)

    def scene():
        return refused(provider, answer)

    scene.__name__ = f"r_{provider.name}_{name}"
    case(
        "the kind of p16, p18, p20, p22, p46",
        f"{provider.name}: a write, a move and a deletion that are answered {name} once happen",
    )(scene)


for one in PROVIDERS:
    for name in CHOSEN[one.name].split():
        add(one, name)
