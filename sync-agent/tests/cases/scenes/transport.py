"""HTTP beneath all of it."""

import gzip

from fakes import vcal, vevent
from support import case, two, caldav_world


@case(
    "python-caldav, requests: RemoteDisconnected on reused connections",
    "server drops the connection after each answer without saying so: an idempotent request is sent again (RFC 9110 9.2.2)",
)
def x01_silent_close():
    w = caldav_world(two())
    w.srv.closing_silently = True
    w.caldav()
    w.once()
    w.d.put_item("c.ics", vcal(vevent("c", 15)))
    w.once()
    return w.hours() == [9, 12, 15] and w.sum["exit"] == 0, w.state()


@case(
    "gggard/AndroidCaldavSyncAdapater#109 (HTTP/1.0)",
    "HTTP/1.0 answers that end with the connection: read",
)
def x02_http10():
    w = caldav_world(two())
    d = w.d

    def hook(r):
        s, h, b = d.default(r)
        b = b.encode() if isinstance(b, str) else b
        return (
            f"HTTP/1.0 {s} OK\r\n" + "".join(f"{k}: {v}\r\n" for k, v in h.items()) + "\r\n"
        ).encode() + b

    d.hook = hook
    w.caldav()
    w.once()
    ok = w.hours() == [9, 12]
    g = w.state()
    return ok, g


@case("MagicMirrorOrg/MagicMirror#1400", "chunked and gzip answers with trailers: read")
def x03_gzip_chunked():
    w = caldav_world(two())
    d = w.d

    def hook(r):
        s, h, b = d.default(r)
        b = gzip.compress(b.encode() if isinstance(b, str) else b)
        out = (
            b"".join(
                b"%x\r\n%s\r\n" % (len(b[i : i + 50]), b[i : i + 50]) for i in range(0, len(b), 50)
            )
            + b"0\r\nX-T: 1\r\n\r\n"
        )
        return (
            f"HTTP/1.1 {s} OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n"
            + "".join(f"{k}: {v}\r\n" for k, v in h.items())
            + "\r\n"
        ).encode() + out

    d.hook = hook
    w.caldav()
    w.once()
    ok = w.hours() == [9, 12]
    g = w.state()
    return ok, g


@case(
    "cut answers: chunked body without its last chunk",
    "CalDAV and feed bodies cut without the last chunk or before Content-Length: an error, nothing taken for whole",
)
def x04_cut():
    out = []
    for how in ("chunk", "length"):
        w = caldav_world(two())
        d = w.d
        w.caldav()
        w.once()
        d.ctag = d.token = "new"

        def hook(r):
            if "sync-collection" in r.text or "calendar-query" in r.text or "multiget" in r.text:
                b = d.ms("")[2]
                if how == "chunk":
                    return (
                        b"HTTP/1.1 207 X\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n"
                        % (len(b), b)
                    )
                return b"HTTP/1.1 207 X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
                    len(b) + 10,
                    b,
                )
            return "default"

        d.hook = hook
        w.once()
        out.append((w.sum["exit"], w.hours()))
    return out == [(1, [9, 12])] * 2, str(out)
