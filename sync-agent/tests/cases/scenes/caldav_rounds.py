"""CalDAV: tokens, moments without anything, refusals."""

import base64
from datetime import datetime, timedelta

from clock import U
from fakes import Request, vcal, vevent
from support import case, two, caldav_world


@case("sabre-io/dav#1075 (fruux)", "sync token '0' answered 415: everything anew, no loop")
def c15_415():
    w = caldav_world(two(), token="0")
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.token = "0"
    d.hook = lambda r: (415, {}, "") if "sync-collection" in r.text else "default"
    w.once()
    return w.hours() == [9, 12, 15], w.state()


@case(
    "RFC 6578 3.2 / owncloud/core#30820; python-caldav/caldav#461",
    "sync-collection answers 207 without sync-token: falls back to a listing, the change is seen",
)
def c16_no_token_in_answer():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.sync = lambda t: d.ms("".join(d.resp(d.href(n), d.etag(n)) for n in d.items))
    w.once()
    a = w.state()
    w.once()
    return w.hours() == [9, 12, 15], a + " | again: " + w.state()


@case(
    "lennart-k/rustical#251",
    "an up-to-date client is handed token 0: nothing breaks, changes still seen",
)
def c17_token_zero():
    w = caldav_world(two(), ctag=None)
    d = w.d
    w.caldav()
    w.once()
    d.sync = lambda t: (
        d.ms("<d:sync-token>zero</d:sync-token>")
        if t == d.token
        else d.ms(
            "".join(d.resp(d.href(n), d.etag(n)) for n in d.items)
            + f"<d:sync-token>{d.token}</d:sync-token>"
        )
    )
    w.once()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    w.once()
    return w.hours() == [9, 12, 15] and w.sum["exit"] == 0, w.state()


@case(
    "owncloud-archive/apps#238",
    "ctag stays though the sync token moves: the new event is seen at the next pull",
)
def c18_constant_ctag():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.ctag = "c1"
    w.once()
    return w.hours() == [9, 12, 15], w.state()


@case(
    "python-caldav/caldav#183 (Nextcloud)",
    "sync REPORT answered 418 after deletions: everything anew",
)
def c20_418():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.drop("b.ics")
    d.hook = lambda r: (418, {}, "") if "sync-collection" in r.text else "default"
    w.once()
    return w.hours() == [9], w.state()


@case(
    "ridafkih/keeper.sh#643, ecederstrand/exchangelib#662 (Exchange says 401 under load)",
    "one 401 in between (proxy, LDAP, maintenance) does not close the account for good: next round goes on",
)
def c22_one_401():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    n = [0]

    def hook(r):
        n[0] += 1
        return (401, {"WWW-Authenticate": 'Basic realm="x"'}, "") if n[0] == 1 else "default"

    d.hook = hook
    w.once()
    a = w.state()
    w.once()
    w.once()
    ok = w.hours() == [9, 12, 15]
    g = a + " | two rounds later: " + w.state() + f" asked {n[0]}"
    return ok, g


@case(
    "AvengeMedia/dankcalendar#98, ridafkih/keeper.sh#319, PhilflowIO/dav-mcp#74 (Baïkal's default)",
    "a Digest-only server works, or is named as what it is (not 'wrong password')",
)
def c23_digest():
    w = caldav_world(two())
    w.d.hook = lambda r: (
        "default"
        if r.headers.get("authorization", "").startswith("Digest")
        else (
            401,
            {"WWW-Authenticate": 'Digest realm="BaikalDAV",qop="auth",nonce="61b1",opaque="d66"'},
            "",
        )
    )
    return w.caldav() or "igest" in str(w.notes), str(w.notes)


@case(
    "home-assistant/core#129647, kdw2060/hassio-addons#19 (iCloud 403)",
    "403 on everything: fails loudly with 403, keeps what is known, recovers by itself",
)
def c24_403():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.hook = lambda r: (403, {}, "Forbidden")
    w.once()
    a = w.state()
    ok = w.sum["exit"] == 1 and w.hours() == [9, 12] and "403" in str(w.health())
    d.hook = None
    w.once()
    ok = ok and w.hours() == [9, 12, 15]
    g = a + " | after: " + w.state()
    return ok, g


@case(
    "lfos/calcurse#408, nextcloud maintenance",
    "503 with Retry-After as an HTTP date 2 h ahead: not asked again before",
)
def c25_retry_after_date():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    when = (datetime.now(U) + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    d.hook = lambda r: (503, {"Retry-After": when}, "")
    w.once()
    left = w.one(
        "select next_attempt_at - now() from calendar.sync_state where calendar_id = %s", w.cal
    )
    return left > timedelta(hours=1, minutes=50), f"next attempt in {left}; " + w.state()


@case(
    "derekantrican/GAS-ICS-Sync#118",
    "a listing that is empty once deletes nothing; twice in a row does",
)
def c26_empty_once():
    w = caldav_world(two(), token=None)
    d = w.d
    w.caldav()
    w.once()
    keep = dict(d.items)
    d.items = {}
    d.ctag = "x"
    w.once()
    a = w.hours()
    d.items = keep
    d.ctag = "y"
    w.once()
    b = w.hours()
    d.items = {}
    d.ctag = "z"
    w.once()
    w.once()
    c = w.hours()
    return (a, b, c) == ([9, 12], [9, 12], []), f"{a} {b} {c}"


@case(
    "ridafkih/keeper.sh#319",
    "PROPFIND and REPORT redirected (302, relative Location, other path): followed with method and body",
)
def c29_redirects():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    d.hook = lambda r: (
        (302, {"Location": "/new" + r.target}, "")
        if not r.path.startswith("/new")
        else d.default(Request(r.method, r.target[4:], r.headers, r.body))
    )
    w.once()
    return w.hours() == [9, 12, 15], w.state()


@case(
    "home-assistant/core#93117; XiovV/calich#70",
    "the collection is gone (404): events stay, the problem is told, another calendar of the round is pulled",
)
def c32_calendar_gone():
    w = caldav_world(two())
    w.caldav()
    w.once()
    w.d.hook = lambda r: (404, {}, "")
    w.once()
    return w.hours() == [9, 12] and w.sum["exit"] == 1 and "not found" in str(w.health()), w.state()


@case(
    "Purelymail/purelymail-issues#250",
    "a server that refuses sync-collection unless Depth is 0: asked with Depth 0",
)
def c37_depth():
    w = caldav_world(two())
    d = w.d
    d.hook = lambda r: (
        (400, {}, "")
        if "sync-collection" in r.text and r.headers.get("depth") != "0"
        else "default"
    )
    w.caldav()
    w.once()
    d.put_item("c.ics", vcal(vevent("c", 15)))
    w.once()
    return w.hours() == [9, 12, 15] and len(w.srv.asked("REPORT", "calendar-query")) == 1, w.state()


@case(
    "server restored or index rebuilt: sync-collection tells 404 for all (nextcloud/server#36644 kind)",
    "a delta that says all is gone, while the listing still shows it, frees nothing at once",
)
def c43_delta_all_gone():
    w = caldav_world(two())
    d = w.d
    w.caldav()
    w.once()
    d.ctag, d.token = "c9", "t9"
    d.sync = lambda t: d.ms(
        "".join(d.gone_resp(d.href(n)) for n in d.items) + "<d:sync-token>t9</d:sync-token>"
    )
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "non-ASCII names and passwords (caldav clients, Baïkal/SOGo reports)",
    "user name and password with umlauts and a colon: sent as UTF-8 Basic",
)
def c44_umlaut_password():
    w = caldav_world(two())
    seen = []
    w.d.hook = lambda r: (seen.append(r.headers.get("authorization")), "default")[1]
    w.connect(
        "caldav",
        "--url",
        w.srv.url + "/cal/",
        "--username",
        "j\u00f6rg",
        "--password-stdin",
        secret="p\u00e4:ss",
    )
    w.once()
    want = "Basic " + base64.b64encode("j\u00f6rg:p\u00e4:ss".encode()).decode()
    return set(seen) == {want} and w.hours() == [9, 12], w.state()
