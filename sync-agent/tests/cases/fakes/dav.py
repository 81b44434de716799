"""A CalDAV server with one calendar, and what stands in it."""

import re
from urllib.parse import unquote

from clock import at, zi

from .server import Hooked

NAMESPACES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    ' xmlns:cs="http://calendarserver.org/ns/"'
)


def vevent(uid, h, hours=1, day=0, extra="", summary=None):
    """An event from an hour of the day on."""
    return (
        f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\n"
        f"DTSTART:{zi(at(h, day=day))}\r\nDTEND:{zi(at(h + hours, day=day))}\r\n"
        f"SUMMARY:{summary or uid}\r\n{extra}END:VEVENT\r\n"
    )


def vcal(*events, head=""):
    """A stream with these events."""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\n"
        + head
        + "".join(events)
        + "END:VCALENDAR\r\n"
    )


class Dav(Hooked):
    """The calendar is at `base`; `items` are its members: name -> (ETag, stream)."""

    def __init__(self, items=None, base="/cal/", ctag="c1", token="t1"):
        self.items = dict(items or {})
        self.base, self.ctag, self.token = base, ctag, token
        self.gone, self.changed = [], []
        # Changes the bytes of each answer in XML.
        self.mangle = None
        self.n = 0

    def put_item(self, name, ics, etag=None):
        self._step()
        self.items[name] = (etag or f'"e{self.n}"', ics)
        self.changed.append(name)

    def drop(self, name):
        self._step()
        self.items.pop(name)
        self.gone.append(name)

    def _step(self):
        self.n += 1
        self.ctag, self.token = f"c{self.n + 1}", f"t{self.n + 1}"

    def href(self, name):
        return self.base + name

    @staticmethod
    def esc(text):
        return text.replace("&", "&amp;").replace("<", "&lt;")

    def ms(self, inner):
        body = (
            f'<?xml version="1.0" encoding="utf-8"?><d:multistatus {NAMESPACES}>'
            f"{inner}</d:multistatus>"
        ).encode()
        headers = {"Content-Type": "application/xml; charset=utf-8"}
        return 207, headers, self.mangle(body) if self.mangle else body

    def resp(self, href, props):
        return (
            f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{props}</d:prop>"
            "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        )

    def gone_resp(self, href):
        return (
            f"<d:response><d:href>{href}</d:href>"
            "<d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
        )

    def etag(self, name):
        return f"<d:getetag>{self.esc(self.items[name][0])}</d:getetag>"

    def data(self, name):
        return f"<c:calendar-data>{self.esc(self.items[name][1])}</c:calendar-data>"

    def state(self):
        ctag = f"<cs:getctag>{self.ctag}</cs:getctag>" if self.ctag else ""
        return ctag + (f"<d:sync-token>{self.token}</d:sync-token>" if self.token else "")

    def listing(self):
        return self.ms("".join(self.resp(self.href(n), self.etag(n)) for n in self.items))

    def sync(self, token):
        now = f"<d:sync-token>{self.token}</d:sync-token>"
        if token == self.token:
            return self.ms(now)
        there = [n for n in dict.fromkeys(self.changed) if n in self.items]
        changed = "".join(self.resp(self.href(n), self.etag(n)) for n in there)
        gone = "".join(self.gone_resp(self.href(n)) for n in self.gone)
        return self.ms(changed + gone + now)

    def multiget(self, names):
        return self.ms("".join(self._member(name) for name in names))

    def _member(self, name):
        if name not in self.items:
            return self.gone_resp(self.href(name))
        return self.resp(self.href(name), self.etag(name) + self.data(name))

    def default(self, request):
        name = unquote(request.path.rsplit("/", 1)[1])
        answer = getattr(self, f"_{request.method.lower()}", None)
        return answer(request, name) if answer else (405, {}, "")

    def _propfind(self, request, _name):
        if request.path.rstrip("/") != self.base.rstrip("/"):
            return 404, {}, ""
        if "getctag" in request.text:
            return self.ms(self.resp(self.base, self.state()))
        if "getetag" in request.text:
            return self.listing()
        about = (
            "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            "<d:displayname>Cal</d:displayname>"
            "<d:current-user-privilege-set><d:privilege><d:all/></d:privilege>"
            "</d:current-user-privilege-set>"
        )
        return self.ms(self.resp(self.base, about))

    def _report(self, request, _name):
        if "sync-collection" in request.text:
            return self.sync(re.search(r"sync-token>([^<]*)<", request.text)[1])
        if "calendar-query" in request.text:
            return self.listing()
        hrefs = re.findall(r"<[a-z]+:href>([^<]+)</", request.text)
        return self.multiget([unquote(href.rsplit("/", 1)[1]) for href in hrefs])

    def _get(self, _request, name):
        if name not in self.items:
            return 404, {}, ""
        etag, ics = self.items[name]
        return 200, {"Content-Type": "text/calendar", **({"ETag": etag} if etag else {})}, ics

    def _put(self, request, name):
        have = self.items.get(name)
        if request.headers.get("if-none-match") == "*" and have:
            return 412, {}, ""
        match = request.headers.get("if-match")
        if match and (not have or have[0] != match):
            return 412, {}, ""
        self.put_item(name, request.text)
        return 204 if have else 201, {"ETag": self.items[name][0]}, ""

    def _delete(self, _request, name):
        if name not in self.items:
            return 404, {}, ""
        self.drop(name)
        return 204, {}, ""


class Home(Hooked):
    """A server whose user has several calendars: path -> Dav. Connect to its root."""

    ADDRESS = "me@example.com"
    PRINCIPAL = "<d:current-user-principal><d:href>/me/</d:href></d:current-user-principal>"

    def __init__(self, **calendars):
        self.calendars = {f"/home/{name}/": dav for name, dav in calendars.items()}
        for path, dav in self.calendars.items():
            dav.base = path
        # The calendars that the list leaves out; those that may only be read.
        self.hidden, self.read_only = set(), set()

    def default(self, request):
        for path, dav in self.calendars.items():
            if request.path.startswith(path) and path not in self.hidden:
                if "current-user-principal" in request.text:
                    return dav.ms(dav.resp(path, self._about(path) + self.PRINCIPAL))
                return dav(request)
        if request.method != "PROPFIND" or request.path not in ("/", "/me/", "/home/"):
            return 404, {}, ""
        dav = Dav()
        if request.path == "/home/" and request.headers.get("depth") == "1":
            shown = [path for path in self.calendars if path not in self.hidden]
            return dav.ms("".join(dav.resp(path, self._about(path)) for path in shown))
        home = "<c:calendar-home-set><d:href>/home/</d:href></c:calendar-home-set>"
        addresses = (
            "<c:calendar-user-address-set><d:href>/me/</d:href>"
            f"<d:href>mailto:{self.ADDRESS}</d:href></c:calendar-user-address-set>"
        )
        collection = "<d:resourcetype><d:collection/></d:resourcetype>"
        return dav.ms(dav.resp(request.path, self.PRINCIPAL + home + addresses + collection))

    def _about(self, path):
        may = "read" if path in self.read_only else "all"
        return (
            "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"
            f"<d:displayname>{path}</d:displayname><d:current-user-privilege-set>"
            f"<d:privilege><d:{may}/></d:privilege></d:current-user-privilege-set>"
        )
