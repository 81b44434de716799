"""Microsoft: what is there."""

from clock import at, z
from fakes import js
from support import case, graph_world, beyond_the_window


@case(
    "microsoftgraph/microsoft-graph-docs#7632, #22197, #1716",
    "occurrence stubs of a series that is showAs free: free; of a busy one: busy; master 404: busy",
)
def m01_stubs():
    w = graph_world()
    m = w.m
    stub = lambda i, h, s: {
        k: v
        for k, v in m.ev(i, h, type="occurrence", seriesMasterId=s).items()
        if k in ("id", "type", "seriesMasterId", "start", "end", "@odata.etag")
    }
    m.events = [stub("o1", 9, "sf"), stub("o2", 12, "sb"), stub("o3", 15, "gone")]
    masters = {
        "sf": m.ev("sf", 1, type="seriesMaster", showAs="free"),
        "sb": m.ev("sb", 1, type="seriesMaster"),
    }
    m.hook = lambda r: (
        js(masters[r.path.rsplit("/", 1)[1]])
        if r.method == "GET" and r.path.rsplit("/", 1)[1] in masters
        else "default"
    )
    w.microsoft()
    w.once()
    return w.hours() == [12, 15], w.state()


@case(
    "microsoftgraph/microsoft-graph-docs#2350, #2839, #2877",
    "410 SyncStateNotFound, 400/404 with syncStateInvalid-like codes on the delta link: everything anew in the same round",
)
def m02_410():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    m.events = [m.ev("b", 12)]
    m.hook = lambda r: m.err(410, "SyncStateNotFound") if "deltatoken" in r.target else "default"
    w.once()
    ok = w.hours() == [12]
    g = w.state()
    return ok, g


@case(
    "microsoftgraph/microsoft-graph-docs#9053 (which code?), 'Badly formed token'",
    "400 on the delta link with another code (ErrorInvalidParameter, BadRequest): the link is given up, everything anew",
)
def m03_400():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    m.events = [m.ev("a", 9), m.ev("b", 12)]
    m.hook = lambda r: (
        m.err(400, "BadRequest", "Badly formed token.") if "deltatoken" in r.target else "default"
    )
    w.once()
    a = w.state()
    w.once()
    w.once()
    ok = w.hours() == [9, 12]
    g = a + " | two rounds later: " + w.state()
    return ok, g


@case(
    "microsoftgraph/microsoft-graph-docs#2162 (nextLink turns SyncStateNotFound)",
    "the second page of a full pull is 410: begun anew, nothing half-applied",
)
def m04_410_nextlink():
    w = graph_world()
    m = w.m
    n = [0]

    def hook(r):
        if r.path.endswith("/delta"):
            n[0] += 1
            if n[0] == 1:
                return js(
                    {
                        "value": [m.ev("x", 18)],
                        "@odata.nextLink": m.base
                        + "/v1.0/me/calendars/cal1/calendarView/delta?$skiptoken=1",
                    }
                )
            if n[0] == 2:
                return m.err(410, "SyncStateNotFound")
        return "default"

    m.hook = hook
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    ok = w.hours() == [9]
    g = w.state()
    return ok, g


@case(
    "microsoftgraph/microsoft-graph-docs#6499",
    "504 UnknownError on the delta: told, events stay, next round goes on with the link",
)
def m05_504():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    m.deltas = [m.ev("b", 12)]
    m.hook = lambda r: m.err(504, "UnknownError", "") if "/delta" in r.path else "default"
    w.once()
    a = (w.sum["exit"], w.hours())
    m.hook = None
    w.once()
    ok = a == (1, [9]) and w.hours() == [9, 12]
    g = f"{a} {w.state()}"
    return ok, g


@case(
    "O365/python-o365#438, OfficeDev/outlook-dev-docs#1031, graph-docs-contrib#4340",
    "404 MailboxNotEnabledForRESTAPI for a while (mailbox moves): events stay, code told, recovers",
)
def m06_mailbox():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    m.hook = lambda r: (
        m.err(404, "MailboxNotEnabledForRESTAPI") if r.path.startswith("/v1.0") else "default"
    )
    w.once()
    h = w.health()
    a = w.hours()
    m.hook = None
    m.deltas = [m.ev("b", 12)]
    w.once()
    ok = a == [9] and "MailboxNotEnabled" in str(h) and w.hours() == [9, 12]
    g = f"{h} {w.state()}"
    return ok, g


@case(
    "phw198/OutlookGoogleCalendarSync#1851, microsoftgraph/msgraph-metadata#598",
    "free, workingElsewhere free; tentative, oof, unknown, a new value busy; cancelled and declined free",
)
def m07_show_as():
    w = graph_world()
    m = w.m
    m.events = [
        m.ev(s, 8 + i, showAs=s)
        for i, s in enumerate(
            ["free", "workingElsewhere", "tentative", "oof", "unknown", "newThing"]
        )
    ] + [m.ev("c", 15, isCancelled=True), m.ev("d", 16, responseStatus={"response": "declined"})]
    w.microsoft()
    w.once()
    return w.hours() == [10, 11, 12, 13], w.state()


@case(
    "phw198/OutlookGoogleCalendarSync#2148, microsoft/botframework-components#1318",
    "start in tzone://Microsoft/Custom: busy in the calendar's zone; all-day event in a Windows zone: that date",
)
def m08_zones():
    w = graph_world()
    m = w.m
    e = m.ev("a", 9)
    e["start"]["timeZone"] = e["end"]["timeZone"] = "tzone://Microsoft/Custom"
    f = m.ev("b", 0, hours=24, day=1, isAllDay=True)
    f["start"]["timeZone"] = f["end"]["timeZone"] = "Pacific Standard Time"
    m.events = [e, f]
    w.microsoft()
    w.once()
    got = [w.hours(), len(w.hours(day=1)), w.hours(day=2)]
    return got == [[9], 24, []], str(got)


@case(
    "graph: @removed for ids never seen, changed reason",
    "@removed of unknown ids, and of a known one with reason changed: known one goes, others ignored",
)
def m09_removed():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9), m.ev("b", 12)]
    w.microsoft()
    w.once()
    m.events = [m.ev("b", 12)]
    m.deltas = [
        {"@removed": {"reason": "deleted"}, "id": "never"},
        {"@removed": {"reason": "changed"}, "id": "a"},
    ]
    w.once()
    return w.hours() == [12] and w.sum["exit"] == 0, w.state()


@case(
    "graph: 429 of the mailbox, Retry-After 2.128; python-o365",
    "429 with a fractional Retry-After in mid-pull: told, nothing half-applied, recovers",
)
def m10_429():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    n = [0]

    def hook(r):
        if r.path.endswith("/delta"):
            n[0] += 1
            if n[0] == 2:
                return m.err(429, "ApplicationThrottled", **{"Retry-After": "2.128"})
            if n[0] == 1:
                return js(
                    {
                        "value": [m.ev("x", 18)],
                        "@odata.nextLink": m.base
                        + "/v1.0/me/calendars/cal1/calendarView/delta?$skiptoken=1",
                    }
                )
        return "default"

    m.hook = hook
    w.once()
    # Before its first whole pull a calendar covers nothing.
    a = (w.sum["exit"], len(w.events()))
    w.once()
    return a == (1, 0) and w.hours() == [9], f"{a} {w.state()}"


@case(
    "O365/python-o365#617 (403 on a shared calendar)",
    "403 ErrorAccessDenied on one of two calendars: the other is pulled, the account stays active",
)
def m11_403_one():
    w = graph_world()
    m = w.m
    m.cals.append({"id": "cal2", "name": "Shared", "isDefaultCalendar": False, "canEdit": False})
    m.events = [m.ev("a", 9)]
    m.hook = lambda r: m.err(403, "ErrorAccessDenied") if "/cal2/" in r.path else "default"
    w.microsoft()
    w.once()
    # The one that was never read covers nothing.
    ok = len(w.events()) == 1 and 9 in w.hours() and w.sum["pulled"] == 1
    return ok and w.health()[0] == "active" and w.sum["exit"] == 1, w.state()


@case(
    "graph mailbox migrations: @removed for all",
    "a Graph delta of tombstones for all events, while a full delta still shows them: nothing freed",
)
def m12_all_removed():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9), m.ev("b", 12)]
    w.microsoft()
    w.once()
    m.deltas = [{"@removed": {"reason": "deleted"}, "id": i} for i in "ab"]
    w.once()
    return w.hours() == [9, 12], w.state()


@case("microsoft-graph-docs#7632 (window of calendarView/delta)", "Graph: the same")
def w03_graph_far():
    w = graph_world()
    m = w.m
    m.events = [m.ev("far", 9, day=93)]
    m.hook = lambda r: (
        js(
            {
                "value": [e for e in m.events if e["start"]["dateTime"] < r.query["endDateTime"]],
                "@odata.deltaLink": m.link(),
            }
        )
        if "endDateTime" in r.query
        else "default"
    )
    w.microsoft()
    return beyond_the_window(
        w, lambda: sum(e["start"]["dateTime"][:13] == z(at(9, day=93))[:13] for e in m.events)
    )
