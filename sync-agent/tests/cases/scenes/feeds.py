"""Feeds."""

import gzip
from datetime import timedelta

from clock import at, zi
from fakes import Web, vcal, vevent
from support import case, feed_world
from world import World


@case(
    "cozy-labs/konnectors#566, nwcell/ics.js#37",
    "no UID at all: both busy, and the same rows at the next fetch",
)
def i02_no_uid():
    e = (
        lambda h: f"BEGIN:VEVENT\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{zi(at(h))}\r\nDTEND:{zi(at(h + 1))}\r\nSUMMARY:x\r\nEND:VEVENT\r\n"
    )
    w = feed_world(vcal(e(9), e(12)))
    a = w.hours()
    w.web.body = vcal(e(9), e(12), e(15))
    w.once()
    return a == [9, 12] and w.hours() == [9, 12, 15], w.state()


@case(
    "cozy-labs/konnectors#235 (Doctolib), ical feeds with new UIDs",
    "UIDs are new at each fetch: never more rows than events, busy stays",
)
def i03_uids_change():
    w = feed_world(vcal(vevent("a1", 9), vevent("b1", 12)))
    n = []
    for k in (2, 3):
        w.web.body = vcal(vevent(f"a{k}", 9), vevent(f"b{k}", 12))
        w.once()
        n.append((w.hours(), len(w.events())))
    ok = n == [([9, 12], 2)] * 2
    return ok, str(n)


@case("Gribadan/RentTools.io#22", "Airbnb: same UID, new dates: old dates free, new busy (all day)")
def i04_airbnb_moved():
    e = (
        lambda d, s: f"BEGIN:VEVENT\r\nDTSTAMP:20260531T010029Z\r\nDTSTART;VALUE=DATE:{at(0, day=d):%Y%m%d}\r\nDTEND;VALUE=DATE:{at(0, day=d + 1):%Y%m%d}\r\nSUMMARY:{s}\r\nUID:x@airbnb.com\r\nEND:VEVENT\r\n"
    )
    w = feed_world(vcal(e(0, "Reserved")))
    a = (w.busy(9), w.busy(9, day=1))
    w.web.body = vcal(e(1, "Reserved"))
    w.once()
    b = (w.busy(9), w.busy(9, day=1))
    return (a, b) == ((True, False), (False, True)), f"{a} {b}"


@case(
    "developeregrem/fewohbee#285",
    "Airbnb (Not available), Booking.com 'CLOSED - Not available', VRBO 'Blocked': busy",
)
def i05_not_available():
    e = (
        lambda d, s: f"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{at(0, day=d):%Y%m%d}\r\nDTEND;VALUE=DATE:{at(0, day=d + 1):%Y%m%d}\r\nSUMMARY:{s}\r\nUID:{d}@x\r\nEND:VEVENT\r\n"
    )
    w = feed_world(
        vcal(e(0, "Airbnb (Not available)"), e(1, "CLOSED - Not available"), e(2, "Blocked"))
    )
    r = [w.busy(9, day=d) for d in range(4)]
    return r == [True, True, True, False], str(r)


@case(
    "derekantrican/GAS-ICS-Sync#118, #261",
    "403, 301 without Location, 200 HTML, 200 empty, cut off in the middle: exit 1, events stay, next good answer counts",
)
def i06_outages():
    w = feed_world(vcal(vevent("a", 9), vevent("b", 12)))
    out = []
    full = vcal(vevent("a", 9), vevent("b", 12))
    for a in [
        (403, {}, "no"),
        (301, {}, ""),
        (200, {"Content-Type": "text/html"}, "<!DOCTYPE html><html>login</html>"),
        (200, {}, ""),
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(full) + full[:150].encode(),
        (500, {}, ""),
        (404, {}, ""),
        (410, {}, ""),
    ]:
        w.web.hook = lambda r, a=a: a
        w.once()
        out.append((w.sum["exit"], w.hours() == [9, 12]))
    w.web.hook = None
    w.web.body = vcal(vevent("a", 9))
    w.once()
    ok = out == [(1, True)] * 8 and w.hours() == [9]
    return ok, f"{out} then {w.sum}"


@case("HolodexNet/Holodex#721", "302 to a login page with 200 HTML: exit 1, events stay")
def i07_login():
    w = feed_world(vcal(vevent("a", 9)))
    w.web.hook = lambda r: (
        (302, {"Location": "/login"}, "")
        if r.path != "/login"
        else (200, {"Content-Type": "text/html"}, "<html>sign in</html>")
    )
    w.once()
    return w.sum["exit"] == 1 and w.hours() == [9], w.state()


@case(
    "libasys/calendarplus#201",
    "a valid calendar with no event once: held back; the next fetch restores",
)
def i08_empty_once():
    w = feed_world(vcal(vevent("a", 9)))
    w.web.body = vcal()
    w.once()
    a = w.hours()
    g = w.state()
    w.web.body = vcal(vevent("a", 9))
    w.once()
    b = w.hours()
    return a == b == [9], f"{a} {b} {g}"


@case(
    "nextcloud/calendar#4966 (503 'too often'), Google secret address 429",
    "429 with Retry-After 3600: left alone for an hour",
)
def i09_429():
    w = feed_world(vcal(vevent("a", 9)))
    w.web.hook = lambda r: (429, {"Retry-After": "3600"}, "")
    w.once()
    left = w.one(
        "select next_attempt_at - now() from calendar.sync_state where calendar_id = %s", w.cal
    )
    n = len(w.srv.log)
    w.once(due=False)
    ok = left > timedelta(minutes=55) and len(w.srv.log) == n and w.hours() == [9]
    return ok, f"left {left}, asked again {len(w.srv.log) - n}"


@case(
    "franc6/ics_calendar (gzip), MagicMirrorOrg/MagicMirror#1400",
    "gzip body without Content-Encoding: read, or refused loudly",
)
def i10_gzip_no_header():
    w = World(Web(gzip.compress(vcal(vevent("a", 9)).encode())))
    c = w.ics()
    g = str(w.notes)
    if c:
        w.once()
        g = w.state()
    ok = c and w.hours() == [9]
    return ok, g


@case("MagicMirrorOrg/MagicMirror#1400", "gzip sent with Content-Encoding: read")
def i11_gzip():
    w = World(Web(gzip.compress(vcal(vevent("a", 9)).encode()), **{"Content-Encoding": "gzip"}))
    w.ics()
    w.once()
    return w.hours() == [9], w.state()


@case(
    "servers that say Content-Encoding: UTF-8 (curl, aiohttp reports)",
    "Content-Encoding: utf-8 on plain text: read",
)
def i12_ce_utf8():
    w = World(Web(vcal(vevent("a", 9)), **{"Content-Encoding": "utf-8"}))
    w.ics()
    w.once()
    return w.hours() == [9], w.state()


@case(
    "home-assistant/core#142122; charset iso-8859-1",
    "Latin-1, UTF-16 with BOM, UTF-8 with BOM, application/octet-stream: read",
)
def i13_charsets():
    t = vcal(vevent("a", 9, summary="Caf\u00e9"))
    out = []
    for b in (t.encode("latin-1"), t.encode("utf-16"), t.encode("utf-8-sig")):
        w = World(Web(b, **{"Content-Type": "application/octet-stream"}))
        w.ics()
        w.once()
        out.append(w.hours())
    return out == [[9]] * 3, str(out)


@case(
    "home-assistant/core#146716 (X-Link), #178736 (REFRESH-INTERVAL:VALUE=…), franc6/ics_calendar#45",
    "odd property lines outside events do not cost the feed",
)
def i14_odd_lines():
    w = feed_world(
        vcal(
            vevent("a", 9),
            head="X-Link: foo\r\nREFRESH-INTERVAL:VALUE=DURATION:PT1H\r\nX-WR-CALNAME\r\nMETHOD:PUBLISH\r\n:empty\r\n",
        )
    )
    return w.hours() == [9], w.state()


@case(
    "mampfes/hacs_waste_collection_schedule#170",
    "HTML comment and blank lines after END:VCALENDAR, PHP warning before BEGIN: read or refused, not half",
)
def i15_junk_around():
    w = feed_world(
        "<br />Warning: x\r\n" + vcal(vevent("a", 9), vevent("b", 12)) + "<!-- cached -->\r\n\r\n"
    )
    return w.hours() == [9, 12] or not w.connected, w.state()


@case(
    "Shelf-nu/shelf.nu PR#2602 (everything restamped at each poll)",
    "only DTSTAMP and LAST-MODIFIED change: unchanged, no row written",
)
def i16_restamped():
    w = feed_world(vcal(vevent("a", 9, extra="LAST-MODIFIED:20261101T000000Z\r\n")))
    w.web.body = w.web.body.replace("20261101T000000Z", "20261127T010101Z")
    w.once()
    return w.sum["unchanged"] == 1, w.state()


@case(
    "ETag flapping behind two backends",
    "ETag differs at each fetch, body the same: unchanged; If-None-Match repeats the last one",
)
def i17_etag_flaps():
    n = [0]

    def h(r):
        n[0] += 1
        return (200, {"ETag": f'W/"{n[0]}"'}, vcal(vevent("a", 9)))

    w = World(h)
    w.ics()
    w.once()
    w.once()
    last = w.srv.log[-1].headers.get("if-none-match")
    return w.sum["unchanged"] == 1 and last == f'W/"{n[0] - 1}"', f"{last} {w.state()}"


@case(
    "nextcloud/calendar#6300, #3049 (stays as first seen)",
    "304 while unchanged, new body later: the change is seen",
)
def i18_304():
    w = World(None)
    st = {"e": '"1"', "b": vcal(vevent("a", 9))}
    w.srv.handler = lambda r: (
        (304, {"ETag": st["e"]}, "")
        if r.headers.get("if-none-match") == st["e"]
        else (200, {"ETag": st["e"]}, st["b"])
    )
    w.ics()
    w.once()
    w.once()
    u = w.sum["unchanged"]
    st.update(e='"2"', b=vcal(vevent("a", 9), vevent("b", 12)))
    w.once()
    return u == 1 and w.hours() == [9, 12], w.state()


@case(
    "kewisch/gdata-provider; webcal to http-only hosts",
    "webcal:// of a host that has plain http alone, where private networks are allowed: read",
)
def i19_webcal():
    w = World(Web(vcal(vevent("a", 9))))
    return w.ics(url=w.srv.url.replace("http:", "webcal:") + "/a.ics"), str(w.notes)


@case(
    "Outlook published feeds (availability only)", "BUSYSTATUS FREE is free, TENTATIVE and OOF busy"
)
def i20_outlook():
    e = lambda u, h, s: vevent(u, h, extra=f"X-MICROSOFT-CDO-BUSYSTATUS:{s}\r\n", summary=s)
    w = feed_world(
        vcal(e("a", 9, "FREE"), e("b", 12, "TENTATIVE"), e("c", 15, "OOF"), e("d", 18, "BUSY"))
    )
    return w.hours() == [12, 15, 18], w.state()


@case(
    "alextselegidis/easyappointments#1765 (Zimbra: METHOD:PUBLISH, TZID in quotes)",
    'DTSTART;TZID="Europe/Berlin": busy at the right hour',
)
def i21_quoted_tzid():
    w = feed_world(
        vcal(
            f'BEGIN:VEVENT\r\nUID:q\r\nDTSTAMP:20260726T150229Z\r\nDTSTART;TZID="Europe/London":{at(9):%Y%m%dT%H%M%S}\r\nDTEND;TZID="Europe/London":{at(10):%Y%m%dT%H%M%S}\r\nSUMMARY:t\r\nEND:VEVENT\r\n'
        )
    )
    return w.hours() in ([9], [8]) and bool(w.hours()), w.state()


@case(
    "home-assistant/core#142122 (Apple, size)",
    "a feed of 21 MB: read, or refused by size with events kept; the calendar says so",
)
def i22_huge():
    w = feed_world(vcal(vevent("a", 9)))
    w.web.body = vcal(
        vevent("a", 9), vevent("b", 12, extra="DESCRIPTION:" + "x" * (21 << 20) + "\r\n")
    )
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "feeds with overrides alone (guests of single occurrences)",
    "RECURRENCE-ID without master: busy",
)
def i23_orphan_override():
    w = feed_world(vcal(vevent("m", 9, extra=f"RECURRENCE-ID:{zi(at(8))}\r\n")))
    return w.hours() == [9], w.state()


@case(
    "ridafkih/keeper.sh#643; feed hosts behind a login proxy",
    "a feed without credentials answers 401 once: read again later",
)
def i24_feed_401_once():
    w = feed_world(vcal(vevent("a", 9)))
    w.web.body = vcal(vevent("a", 9), vevent("b", 12))
    n = [0]

    def hook(r):
        n[0] += 1
        return (401, {}, "") if n[0] == 1 else "default"

    w.web.hook = hook
    w.once()
    a = w.state()
    w.once()
    w.once()
    ok = w.hours() == [9, 12]
    g = a + " | two rounds later: " + w.state()
    return ok, g
