"""Tokens, secrets, and one account beside another."""

import json
import threading
import time

from clock import at
from fakes import Server, Web, js, vcal, vevent
from support import case, google_world, graph_world, ghl_world


@case(
    "pipacs/o2#103, frappe/frappe PR#26266",
    'refresh answer with "refresh_token": "": the old one is kept',
)
def o02_empty_refresh_token():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    seen = []

    def hook(r):
        if r.path == "/token":
            seen.append(r.form.get("refresh_token"))
            return js(
                {
                    "access_token": "a9",
                    "expires_in": 3599,
                    "token_type": "Bearer",
                    "refresh_token": "",
                }
            )
        return "default"

    w.g.hook = hook
    w.once()
    w.once()
    ok = w.hours() == [9] and set(seen) == {"r1"} and w.sum["exit"] == 0
    g = f"sent {seen} {w.state()}"
    return ok, g


@case(
    "SecureAuthCorp/oauth2c PR#119 (login.microsoft.com), ramosbugs/oauth2-rs#151",
    'expires_in as a string "3599" (Microsoft\'s older endpoint does): works',
)
def o03_expires_in_string():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    m.hook = lambda r: (
        js(
            {
                "access_token": "a1",
                "expires_in": "3599",
                "ext_expires_in": "3599",
                "token_type": "Bearer",
                "refresh_token": "r2",
            }
        )
        if r.path.endswith("/token")
        else "default"
    )
    ok = w.microsoft()
    g = str(w.notes)
    if ok:
        w.once()
        ok = w.hours() == [9]
        g = w.state()
    return ok, g


@case(
    "dart-archive/oauth2 PR#109; scope null, no expires_in, token_type 'bearer'",
    "no expires_in, scope null, token_type bearer: works",
)
def o04_sparse_answer():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.g.hook = lambda r: (
        js({"access_token": "a1", "token_type": "bearer", "scope": None, "id_token": "x"})
        if r.path == "/token"
        else "default"
    )
    ok = w.google()
    g = str(w.notes)
    if ok:
        w.once()
        ok = w.hours() == [9]
        g = w.state()
    return ok, g


@case(
    "cloudflare/workers-sdk#15089, editor-code-assistant/eca#462, HQBase/hqbase#41",
    "GHL: single-use refresh token, three agents at once: no token is used twice, nobody is locked out",
)
def o05_three_agents():
    w = ghl_world()
    h = w.h
    h.events = [h.ev("a", 9)]
    used, cur = [], ["r1"]
    lk = threading.Lock()

    def hook(r):
        if r.path == "/oauth/token":
            time.sleep(0.3)
            with lk:
                t = r.form["refresh_token"]
                used.append(t)
                if t != cur[0]:
                    return js(
                        {
                            "error": "invalid_grant",
                            "error_description": "This refresh token is invalid",
                        },
                        400,
                    )
                cur[0] = f"r{len(used) + 1}"
                return js(
                    {
                        "access_token": f"a{len(used)}",
                        "token_type": "Bearer",
                        "expires_in": 86399,
                        "refresh_token": cur[0],
                        "userType": "Location",
                    },
                    201,
                )
        return "default"

    h.hook = hook
    w.ghl(oauth=True)
    for _ in range(3):
        w.once()
    spools = [f"{w.directory}/spool-{k}.sqlite" for k in range(3)]
    for agent in [w.start("once", SYNC_AGENT_SPOOL=spool) for spool in spools]:
        agent.communicate(timeout=60)
    w.once()
    st = w.health()
    return (
        st[0] == "active" and len(set(used)) == len(used) and w.hours() == [9],
        f"used {used} {w.state()}",
    )


@case(
    "different-ai/openwork PR#4524, cal.com outages",
    "token endpoint answers 500 HTML, 429, 503, 400 HTML: account stays active, recovers",
)
def o06_token_outage():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    out = []
    for a in [
        (500, {}, "<html>"),
        (429, {"Retry-After": "1"}, ""),
        (503, {}, ""),
        (400, {"Content-Type": "text/html"}, "<html>Bad request</html>"),
        (200, {"Content-Type": "text/html"}, "<html>captive portal</html>"),
    ]:
        w.g.hook = lambda r, a=a: a if r.path == "/token" else "default"
        w.once()
        out.append((w.sum["exit"], w.health()[0]))
    w.g.hook = None
    w.once()
    ok = out == [(1, "active")] * 5 and w.hours() == [9]
    g = f"{out} {w.state()}"
    return ok, g


@case(
    "betagouv/rdv-service-public#5041 (client secret expired AADSTS7000222)",
    "invalid_client: told as configuration, account stays active, works once the secret is right",
)
def o07_invalid_client():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    m.hook = lambda r: (
        js(
            {
                "error": "invalid_client",
                "error_description": "AADSTS7000222: The provided client secret keys are expired.",
            },
            401,
        )
        if r.path.endswith("/token")
        else "default"
    )
    w.once()
    a = w.state()
    st = w.health()
    m.hook = None
    w.once()
    ok = st[0] == "active" and w.hours() == [9] and "7000222" in a
    return ok, a


@case(
    "betagouv/rdv-service-public#5041 (AADSTS700082 after 90 days)",
    "invalid_grant for good: told 'connect again' with the code, bookings kept, events kept, connect again heals",
)
def o08_revoked():
    w = graph_world()
    m = w.m
    m.events = [m.ev("a", 9)]
    w.microsoft()
    w.once()
    m.hook = lambda r: (
        js(
            {
                "error": "invalid_grant",
                "error_description": "AADSTS700082: The refresh token has expired due to inactivity.",
            },
            400,
        )
        if r.path.endswith("/token")
        else "default"
    )
    w.once()
    h = w.health()
    b = w.book(12)
    w.once()
    st = w.booking(b)
    m.hook = None
    w.microsoft()
    w.once()
    w.once()
    return (
        h[0] == "needs_reconnect"
        and "700082" in str(h)
        and st[0] == "confirmed"
        and 9 in w.hours()
        and any(e.get("transactionId") for e in m.events),
        f"{h} booking {st} then {w.booking(b)} {w.state()}",
    )


@case(
    "twentyhq: granular consent, ACCESS_TOKEN_SCOPE_INSUFFICIENT",
    "403 insufficientPermissions: told to connect again",
)
def o09_scope():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w.once()
    w.g.hook = lambda r: (
        w.g.err(403, "insufficientPermissions", message="Insufficient Permission")
        if r.path.endswith("/events")
        else "default"
    )
    w.once()
    return w.health()[0] == "needs_reconnect" and w.hours() == [9], w.state()


@case(
    "KeepSoftwareSimple: one broken account",
    "one account with a revoked token beside a good one: the good one is pulled in the same round, exit 1",
)
def y01_isolation():
    w = google_world()
    w.g.events = [w.g.ev("a", 9)]
    w.google()
    w2 = Web(vcal(vevent("f", 12)))
    s2 = Server(w2)
    w.connect("ics", "--url", s2.url + "/f.ics")
    w.g.hook = lambda r: js({"error": "invalid_grant"}, 400) if r.path == "/token" else "default"
    w.once()
    # The one that was never read covers nothing.
    ok = 12 in w.hours() and w.sum["pulled"] == 1 and w.sum["exit"] == 1
    g = w.state()
    s2.stop()
    return ok, g


@case(
    "rejected events are offered time: twentyhq/twenty#25648 (no error logged), calcom/cal.diy#29896",
    "a pull that could not understand an event says so in status and doctor, not in a log alone",
)
def y02_rejected_shown():
    w = ghl_world()
    e = w.h.ev("a", 9)
    e["startTime"] = at(9).strftime("%Y-%m-%d %H:%M:%S")
    w.h.events = [e]
    w.ghl()
    w.once()
    name = w.one("select name from calendar.brokers where id = %s", w.broker)
    _, out, _ = w.run("status", "--json")
    _, out2, _ = w.run("doctor")
    row = [x for x in json.loads(out) if x["broker_name"] == name]
    doc = [l for l in out2.splitlines() if name in l]
    return (
        bool(row and row[0]["problem"]) or any("understood" in l or "reject" in l for l in doc),
        f"once exit {w.sum['exit']}, status problem {row and row[0]['problem']}, doctor {doc}, 9 busy {w.busy(9)}",
    )
