"""Google: quotas, pages, refusals, and the list of calendars."""

from fakes import js
from support import case, google_world


def throttled(resp, name):
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    w.g.deltas["s1"] = [w.g.ev("b", 12)]
    w.g.token = "s2"
    n = [0]

    def hook(r):
        if r.path.endswith("/events"):
            n[0] += 1
            if n[0] == 1:
                return resp(w.g)
        return "default"

    w.g.hook = hook
    w.once()
    a = w.state()
    st = w.health()
    w.once()
    ok = st[0] == "active" and w.hours() == [9, 12] and n[0] == 2
    g = a + " | " + w.state() + f" listings {n[0]}"
    return ok, g


@case(
    "twentyhq/twenty PR#24096, webhookdb#538, frappe PR#10764",
    "410 fullSyncRequired: full pull in the same round, what was deleted meanwhile is gone",
)
def g04_410():
    w = google_world()
    w.g.events = [w.g.ev("a", 9), w.g.ev("b", 12)]
    w.google()
    w.once()
    w.g.events = [w.g.ev("b", 12), w.g.ev("c", 15)]
    w.g.hook = lambda r: (
        w.g.err(410, "fullSyncRequired", "calendar") if "syncToken" in r.query else "default"
    )
    w.once()
    ok = w.hours() == [12, 15]
    g = w.state()
    return ok, g


@case(
    "KeepSoftwareSimple/compass-calendar#335, phw198/OutlookGoogleCalendarSync#613",
    "403 rateLimitExceeded: waits, one request, account stays active",
)
def g07_403_rate():
    return throttled(lambda g: g.err(403, "rateLimitExceeded", "usageLimits"), "")


@case(
    "alextselegidis/easyappointments#995",
    "403 with status PERMISSION_DENIED and domain usageLimits: waits",
)
def g08_403_perm():
    return throttled(
        lambda g: js(
            {
                "error": {
                    "code": 403,
                    "message": "Quota exceeded for quota group 'default'",
                    "errors": [
                        {
                            "message": "Quota exceeded",
                            "domain": "usageLimits",
                            "reason": "rateLimitExceeded",
                        }
                    ],
                    "status": "PERMISSION_DENIED",
                }
            },
            403,
        ),
        "",
    )


@case(
    "phw198/OutlookGoogleCalendarSync#1589 ('changed the way they are reporting')",
    "403 with details[] RATE_LIMIT_EXCEEDED alone: waits",
)
def g09_403_details():
    return throttled(
        lambda g: js(
            {
                "error": {
                    "code": 403,
                    "message": "Quota",
                    "status": "PERMISSION_DENIED",
                    "details": [
                        {
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "RATE_LIMIT_EXCEEDED",
                        }
                    ],
                }
            },
            403,
        ),
        "",
    )


@case(
    "googleapis/google-api-dotnet-client#220 (502/500 backendError)",
    "502 with an HTML page: told, retried, nothing lost",
)
def g10_502():
    return throttled(lambda g: (502, {"Content-Type": "text/html"}, "<html>Bad Gateway</html>"), "")


@case(
    "googleapis/google-api-nodejs-client#2665, google-api-php-client#2356, google-api-dotnet-client#220",
    "401 authError twice in a row with good tokens (Google's own hiccup): the account is not closed for good",
)
def g11_transient_401():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    w.g.deltas["s1"] = [w.g.ev("b", 12)]
    w.g.token = "s2"
    n = [0]

    def hook(r):
        if r.path.endswith("/events"):
            n[0] += 1
            if n[0] <= 2:
                return w.g.err(401, "authError", message="Invalid Credentials")
        return "default"

    w.g.hook = hook
    w.once()
    a = w.state()
    w.once()
    w.once()
    ok = w.hours() == [9, 12]
    g = a + " | two rounds later: " + w.state()
    return ok, g


@case(
    "karbassi/sync-multiple-google-calendars PR#26, googleapis/google-api-java-client#2568",
    "a calendar shared 'free/busy only' is connected or its absence is told",
)
def g12_freebusy_reader():
    w = google_world()
    w.g.cals.append(
        {
            "id": "boss@example.com",
            "summary": "Boss",
            "timeZone": "UTC",
            "accessRole": "freeBusyReader",
        }
    )
    rank = {"freeBusyReader": 0, "reader": 1, "writer": 2, "owner": 3}
    w.g.hook = lambda r: (
        js(
            {
                "kind": "calendar#calendarList",
                "items": [
                    c
                    for c in w.g.cals
                    if rank[c["accessRole"]] >= rank[r.query.get("minAccessRole", "freeBusyReader")]
                ],
            }
        )
        if r.path.endswith("calendarList")
        else "default"
    )
    w.google()
    n = w.one("select count(*) from calendar.calendars where broker_id = %s", w.broker)
    return n == 2 or "Boss is not connected" in w.last[1], f"calendars {n}; {w.last[1][-200:]}"


@case(
    "kewisch/gdata-provider; ids with # and /",
    "calendar id en.usa#holiday@group.v.calendar.google.com: path encoded, read",
)
def g13_id_hash():
    w = google_world()
    w.g.cals = [
        {
            "id": "en.usa#holiday/x@group.v.calendar.google.com",
            "summary": "H",
            "timeZone": "UTC",
            "accessRole": "reader",
        }
    ]
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    return w.hours() == [9] and bool(w.srv.asked("GET", "%23holiday%2Fx")), w.state()


@case(
    "googleapis paging: STATE and empty pages with nextPageToken",
    "empty page 1 with nextPageToken, page 2 without items key: read to the end; cut at page 3: nothing half-applied",
)
def g14_pages():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("a", 9)]
    st = {"cut": False}

    def hook(r):
        if r.path.endswith("/events") and r.method == "GET":
            p = r.query.get("pageToken")
            if p is None:
                return gg.page([], nextPageToken="2")
            if p == "2":
                return js({"kind": "calendar#events", "nextPageToken": "3"})
            return (500, {}, "") if st["cut"] else gg.page(gg.events, nextSyncToken="s1")
        return "default"

    gg.hook = hook
    w.google()
    w.once()
    a = w.hours()
    w.full_next()
    gg.events = []
    st["cut"] = True
    w.once()
    ok = a == w.hours() == [9] and w.sum["exit"] == 1
    g = w.state()
    return ok, g


@case(
    "google: full list without nextSyncToken",
    "no nextSyncToken at the end: full again next time, correct each time",
)
def g15_no_sync_token():
    w = google_world()
    gg = w.g
    gg.events = [gg.ev("a", 9)]
    gg.hook = lambda r: (
        gg.page(gg.events) if r.path.endswith("/events") and r.method == "GET" else "default"
    )
    w.google()
    w.once()
    gg.events = [gg.ev("b", 12)]
    w.once()
    return w.hours() == [12] and not w.srv.asked("GET", "syncToken"), w.state()


@case(
    "home-assistant/core#181232",
    "an accessRole nobody knows (and writerWithoutPrivateAccess) costs no calendar",
)
def g18_roles():
    w = google_world()
    w.g.cals += [
        {
            "id": "x@example.com",
            "summary": "X",
            "timeZone": "UTC",
            "accessRole": "writerWithoutPrivateAccess",
        },
        {"id": "y@example.com", "summary": "Y", "timeZone": "Mars/Base", "accessRole": "brandNew"},
    ]
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    n = w.one("select count(*) from calendar.calendars where broker_id = %s", w.broker)
    return n == 3 and w.hours() == [9] and w.sum["exit"] == 0, f"calendars {n} {w.state()}"


@case(
    "phw198/OutlookGoogleCalendarSync#613; one broken body of many (Google)",
    "one item of a page that is no event (start missing, number as id): the others are busy, it is told",
)
def g21_bad_item():
    w = google_world()
    gg = w.g
    gg.events = [
        gg.ev("a", 9),
        {"kind": "calendar#event", "id": "x", "status": "confirmed"},
        {"kind": "calendar#event", "id": 7, "status": "confirmed", "start": []},
        gg.ev("b", 12),
    ]
    w.google()
    w.once()
    return w.hours() == [9, 12] and w.sum.get("rejected") == 2, w.state()
