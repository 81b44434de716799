"""Microsoft: bookings."""

from fakes import js
from support import case, graph_world, refused_once, booked_while, moved_while, cancelled_while


@case(
    "microsoftgraph/msgraph-sdk-php#280 (created all the same)",
    "Graph: ErrorInvalidRecipients though the event was created: no event stays behind for a failed booking",
)
def p09_graph_created_all_the_same():
    w = graph_world()
    m = w.m

    def hook(r):
        if r.method == "POST" and r.path.endswith("/events"):
            if not any(e.get("transactionId") == r.json()["transactionId"] for e in m.events):
                m.default(r)
            return m.err(400, "ErrorInvalidRecipients")
        return "default"

    m.hook = hook
    w.microsoft()
    w.once()
    b = w.book(9, email="jo@x")
    w.once()
    w.once()
    w.once()
    st = w.booking(b)
    return (st[0] == "confirmed") == (len(m.events) == 1) and len(
        m.events
    ) <= 1, f"booking {st}, events at Graph {len(m.events)}, mirror {w.events()}, 9 busy {w.busy(9)}"


@case(
    "microsoftgraph docs: filtered lists may page (empty first page with nextLink)",
    "Graph: insert done, answer lost, search shows its hit on page 2 only, POST repeats as another: one event",
)
def p12_graph_find_pages():
    w = graph_world()
    m = w.m
    n = [0]

    def hook(r):
        if r.method == "POST" and r.path.endswith("/events"):
            n[0] += 1
            if n[0] == 1:
                m.default(r)
                return None
        if r.method == "GET" and r.path.endswith("/events") and "$filter" in r.query:
            if "$skip" in r.query:
                return m.default(r)
            return js({"value": [], "@odata.nextLink": m.base + r.target + "&$skip=1"})
        return "default"

    m.hook = hook
    w.microsoft()
    w.once()
    b = w.book(9)
    w.once()
    w.once()
    ok = len(m.events) == 1
    g = f"events {len(m.events)} {w.booking(b)} {w.state()}"
    return ok, g


@case(
    "O365/python-o365#617; Graph 403 ErrorAccessDenied during mailbox moves",
    "one 403 ErrorAccessDenied on create: tried again",
)
def p18_graph_403_once():
    w = graph_world()
    w.microsoft()
    w.once()
    return refused_once(
        w,
        lambda r: r.method == "POST" and r.path.endswith("/events"),
        w.m.err(403, "ErrorAccessDenied"),
        lambda: len(w.m.events),
    )


@case(
    "microsoftgraph/microsoft-graph-docs#9053 and what follows",
    "Graph: a booking is made while the delta link is answered 400: it is written once that is over, not given up",
)
def p27_graph_booked_while_400():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 12)]
    w.microsoft()
    w.once()
    return booked_while(
        w,
        lambda r: "deltatoken" in r.target,
        lambda r: m.err(400, "BadRequest", "Badly formed token."),
        lambda: len(m.events) - 1,
    )


@case(
    "Graph: 500 though created; msgraph SDK reports",
    "POST creates and answers 500 once: one event, the booking is confirmed",
)
def p36_graph_500_created():
    w = graph_world()
    m = w.m
    w.microsoft()
    w.once()
    b = w.book(9)
    n = [0]

    def hook(r):
        if r.method == "POST" and r.path.endswith("/events"):
            n[0] += 1
            if n[0] == 1:
                m.default(r)
                m.deltas = [m.events[-1]]
                return m.err(500, "ErrorInternalServerError")
        return "default"

    m.hook = hook
    w.once()
    w.once()
    w.once()
    ok = len(m.events) == 1 and w.booking(b)[0] == "confirmed" and w.hours() == [9]
    g = f"events {len(m.events)} {w.booking(b)} {w.state()}"
    return ok, g


@case(
    "O365/python-o365#438, microsoft-graph-docs-contrib#4340 (MailboxNotEnabledForRESTAPI for a while)",
    "Graph: a booking is moved while all is 404 MailboxNotEnabledForRESTAPI: not taken for deleted by the broker",
)
def p39_graph_moved_while_404():
    w = graph_world()
    w.microsoft()
    w.once()
    return moved_while(
        w,
        lambda r: r.path.startswith("/v1.0"),
        w.m.err(404, "MailboxNotEnabledForRESTAPI"),
        lambda: len(w.m.events),
    )


@case(
    "microsoft-graph-docs-contrib#4340",
    "Graph: a booking is cancelled while all is 404 for one round: its event goes later",
)
def p43_graph_cancelled_while_404():
    w = graph_world()
    w.microsoft()
    w.once()
    return cancelled_while(
        w,
        lambda r: r.path.startswith("/v1.0"),
        w.m.err(404, "MailboxNotEnabledForRESTAPI"),
        lambda: len(w.m.events),
    )
