"""CalDAV: what a server lists, and in what form."""

import re
from datetime import timedelta

from clock import at, zi
from fakes import vcal, vevent
from support import case, two, caldav_world


def bad_bytes(piece):
    items = two()
    items["x.ics"] = vcal(vevent("x", 15, summary="MARK"))
    w = caldav_world(items)
    w.d.mangle = lambda b: b.replace(b"MARK", piece)
    w.caldav()
    w.once()
    h = w.hours()
    return 9 in h and 12 in h, w.state()


@case(
    "twentyhq/twenty#25648",
    "members without getetag are read: 9 and 12 busy (RFC says MUST, but dropping them offers taken time)",
)
def c01_no_getetag():
    w = caldav_world(two())
    d = w.d
    d.listing = lambda: d.ms(
        "".join(
            f"<d:response><d:href>{d.href(n)}</d:href><d:propstat><d:prop><d:getetag/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
            for n in d.items
        )
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case("twentyhq/twenty#25728", "empty getetag elements: 9 and 12 busy")
def c02_empty_getetag():
    w = caldav_world(two())
    d = w.d
    d.listing = lambda: d.ms("".join(d.resp(d.href(n), "<d:getetag/>") for n in d.items))
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "pimutils/vdirsyncer#452, owncloud/core#24041",
    "200 with a whole multistatus: read, or refused loudly; nothing offered silently",
)
def c04_200_for_207():
    w = caldav_world(two())
    w.caldav()
    w.d.hook = lambda r: (
        (200, *w.d.default(r)[1:]) if r.method in ("REPORT", "PROPFIND") else "default"
    )
    w.once()
    return w.hours() == [9, 12], w.state()


@case("pimutils/vdirsyncer#626", "a raw control character in one title: the others are busy")
def c05_control_raw():
    return bad_bytes(b"a\x0bb")


@case("pimutils/vdirsyncer#207", "the same as reference &#x10;: the others are busy")
def c06_control_ref():
    return bad_bytes(b"a&#x10;b")


@case("pimutils/vdirsyncer#626", "NUL as reference &#0;: the others are busy")
def c07_nul_ref():
    return bad_bytes(b"a&#0;b")


@case("pimutils/vdirsyncer#707", "Latin-1 bytes in one body: the others are busy")
def c09_latin1():
    return bad_bytes(b"Caf\xe9")


@case(
    "pimutils/vdirsyncer#506",
    "a surrogate or noncharacter (U+FFFE) in one body: the others are busy",
)
def c11_fffe():
    return bad_bytes("\ufffe".encode())


@case(
    "pimutils/vdirsyncer#214 (DavMail)",
    "multiget says 404 in a propstat for what is there: fetched singly, 9 and 12 busy",
)
def c12_multiget_404():
    w = caldav_world(two())
    d = w.d
    d.multiget = lambda names: d.ms(
        "".join(
            f"<d:response><d:href>{d.href(n)}</d:href><d:propstat><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
            for n in names
        )
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "pimutils/vdirsyncer#214 (variant)",
    "multiget says response/status 404 for what GET gives: not taken for deleted",
)
def c13_multiget_404_status():
    w = caldav_world(two())
    d = w.d
    d.multiget = lambda names: d.ms("".join(d.gone_resp(d.href(n)) for n in names))
    w.caldav()
    w.once()
    return (
        w.hours() == [9, 12] or w.sum["exit"] == 1,
        w.state() + f" GETs {len(w.srv.asked('GET'))}",
    )


@case(
    "twentyhq/twenty#25648 (Kerio)",
    'prefixes a:, b="xml:", status before prop, .eml hrefs, unquoted etags: 9 and 12 busy',
)
def c14_kerio():
    w = caldav_world({k.replace(".ics", ".eml"): v for k, v in two().items()})
    d = w.d

    def ms(inner):
        x = inner.replace("<d:", "<a:").replace("</d:", "</a:")
        x = re.sub(r"(<a:prop>.*?</a:prop>)(<a:status>.*?</a:status>)", r"\2\1", x, flags=re.S)
        return (
            207,
            {"Content-Type": "text/xml"},
            '<?xml version="1.0" encoding="UTF-8"?>\n<a:multistatus xmlns:a="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/" xmlns:b="xml:">'
            + x
            + "</a:multistatus>",
        )

    d.ms = ms
    d.items = {n: (n[0] + "1", i) for n, (_, i) in d.items.items()}
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "calcom/cal.diy#5749 (SOGo), python-caldav/caldav#157",
    "a server whose time-range looks at DTSTART alone leaves old series out of calendar-query: 10 busy all the same (other queries show it)",
)
def c21_time_range_recurring():
    items = two()
    items["s.ics"] = vcal(
        f"BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20200101T000000Z\r\nDTSTART:{zi(at(10) - timedelta(days=700))}\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n"
    )
    w = caldav_world(items)
    d = w.d
    d.hook = lambda r: (
        d.ms("".join(d.resp(d.href(n), d.etag(n)) for n in ("a.ics", "b.ics")))
        if "calendar-query" in r.text
        else "default"
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 10, 12], w.state()


@case(
    "calcom/cal.diy#29896",
    "bodies come without calendar-data and GET gives nothing usable: not silently free",
)
def c27_unreadable_bodies():
    w = caldav_world(two())
    d = w.d
    d.multiget = lambda names: d.ms(
        "".join(d.resp(d.href(n), d.etag(n) + "<c:calendar-data/>") for n in names)
    )
    d.hook = lambda r: (
        (200, {"Content-Type": "text/calendar", "ETag": '"1"'}, "")
        if r.method == "GET"
        else "default"
    )
    w.caldav()
    w.once()
    return w.sum["exit"] == 1 or w.sum.get("rejected", 0) == 2, w.state()


@case(
    "wvrzel/simpleCalDAV#12", "absolute hrefs with a port and other percent-encoding: 9 and 12 busy"
)
def c28_absolute_hrefs():
    w = caldav_world({"a b@x.ics": vcal(vevent("a", 9)), "b+c.ics": vcal(vevent("b", 12))})
    d = w.d
    d.href = lambda n: f"{w.srv.url}/cal/" + n.replace(" ", "%20").replace("@", "%40").replace(
        "+", "%2B"
    )
    d.multiget = lambda names, real=d.multiget: d.ms(
        "".join(d.resp("/cal/" + n.replace(" ", "%20"), d.etag(n) + d.data(n)) for n in names)
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "gggard/AndroidCaldavSyncAdapater#109",
    "CDATA, default namespace, comments, whitespace in href, 'HTTP/1.1 200' without reason: 9 and 12 busy",
)
def c30_cdata():
    w = caldav_world(two())
    d = w.d

    def ms(inner):
        x = re.sub(
            r"<c:calendar-data>(.*?)</c:calendar-data>",
            lambda m: "<c:calendar-data><![CDATA["
            + m[1].replace("&amp;", "&")
            + "]]></c:calendar-data>",
            inner,
            flags=re.S,
        )
        x = (
            x.replace("<d:href>", "<d:href>\n  ")
            .replace("</d:href>", "\n</d:href><!-- c -->")
            .replace(" 200 OK", " 200")
            .replace("<d:", "<")
            .replace("</d:", "</")
        )
        return (
            207,
            {"Content-Type": "text/html"},
            '<?xml version="1.0"?>\n\n<multistatus xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:cs="http://calendarserver.org/ns/">'
            + x
            + "</multistatus>\n\n",
        )

    d.ms = ms
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "pimutils/vdirsyncer#707 (declares an encoding)",
    "an answer declared and written as ISO-8859-1: read, or refused loudly",
)
def c31_latin1_declared():
    items = two()
    items["a.ics"] = items["a.ics"].replace("SUMMARY:a", "SUMMARY:Caf\u00e9")
    w = caldav_world(items)
    w.d.mangle = (
        lambda b: b.decode().replace('encoding="utf-8"', 'encoding="ISO-8859-1"').encode("latin-1")
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "ckulka/baikal-docker#308, aluxnimm/outlookcaldavsynchronizer#151",
    "calendar-query over the whole window answered 504 each time: tried another way (PROPFIND, or shorter windows), or told at least",
)
def c34_query_504():
    w = caldav_world(two())
    w.d.hook = lambda r: (504, {}, "") if "calendar-query" in r.text else "default"
    w.caldav()
    w.once()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "pimutils/vdirsyncer#761 (Apple Calendar Server: number-of-matches-within-limits)",
    "403 number-of-matches-within-limits on the query: listed another way",
)
def c35_matches_limit():
    w = caldav_world(two())
    w.d.hook = lambda r: (
        (403, {}, "<error xmlns='DAV:'><number-of-matches-within-limits/></error>")
        if "calendar-query" in r.text
        else "default"
    )
    w.caldav()
    w.once()
    return w.hours() == [9, 12], w.state()


@case(
    "ridafkih/keeper.sh#461 (Zoho caps multiget)",
    "multiget answers only the first 10 of the members asked: the rest is asked for again",
)
def c36_multiget_cap():
    w = caldav_world({f"e{i}.ics": vcal(vevent(f"e{i}", i)) for i in range(24)})
    d = w.d
    real = d.multiget
    d.multiget = lambda names: real(names[:10])
    w.caldav()
    w.once()
    return len(w.hours()) == 24, w.state() + f" requests {len(w.srv.log)}"


@case(
    "owncloud-archive/calendar#672 (PHP error after the document, status 207)",
    "junk after the root element (a PHP warning): refused loudly, never half",
)
def c38_php_junk():
    w = caldav_world(two())
    w.d.mangle = lambda b: b + b"\n<b>Fatal error</b>:  Class x not found<br />"
    c = w.caldav()
    if c:
        w.once()
    return not c or w.sum["exit"] == 1 or w.hours() == [9, 12], w.state() if c else str(w.notes)


@case(
    "geeksforsocialchange/PlaceCal#2993 (in one CalDAV resource)",
    "a CalDAV resource with two VEVENTs of one UID and no RECURRENCE-ID: both times busy, or rejected by name",
)
def c40_same_uid_in_resource():
    w = caldav_world({"a.ics": vcal(vevent("a", 9), vevent("a", 12))})
    w.caldav()
    w.once()
    ok = w.hours() == [9, 12] or w.sum.get("rejected")
    g = w.state()
    return ok, g


@case(
    "python-caldav (iCloud lists the collection), without slash and resourcetype",
    "the listing names the collection itself as /cal, without slash: nothing rejected, the others read",
)
def c45_collection_no_slash():
    w = caldav_world(two())
    d = w.d
    d.listing = lambda: d.ms(
        d.resp("/cal", '<d:getetag>"c"</d:getetag>')
        + "".join(d.resp(d.href(n), d.etag(n)) for n in d.items)
    )
    d.hook = lambda r: (405, {}, "") if r.method == "GET" and r.path == "/cal" else "default"
    w.caldav()
    w.once()
    ok = w.hours() == [9, 12] and not w.sum.get("rejected")
    g = w.state()
    return ok, g


@case(
    "twentyhq/twenty PR#25728 (versions by getlastmodified, then unknown)",
    "empty ETags, no ctag, no sync token: a meeting moved in place is seen at the next pull",
)
def c46_no_version_at_all():
    w = caldav_world(two(), ctag=None, token=None)
    d = w.d
    d.listing = lambda: d.ms("".join(d.resp(d.href(n), "<d:getetag/>") for n in d.items))
    w.caldav()
    w.once()
    a = w.hours()
    d.items["a.ics"] = ('"2"', vcal(vevent("a", 15)))
    d.ctag = d.token = None
    w.once()
    return a == [9, 12] and w.hours() == [12, 15], f"{a} {w.state()}"
