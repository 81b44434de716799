"""Microsoft Graph and its token endpoint."""

import re
from urllib.parse import unquote

from clock import at

from .server import Hooked, js


class Graph(Hooked):
    """`events` stand in the calendar; `deltas` are what changed since the last link."""

    def __init__(self, events=None):
        self.events, self.refreshes, self.deltas, self.n = list(events or []), 0, [], 0
        self.cals = [
            {
                "id": "cal1",
                "name": "Calendar",
                "isDefaultCalendar": True,
                "canEdit": True,
                "allowedOnlineMeetingProviders": [],
            }
        ]

    def ev(self, id, h, hours=1, day=0, **more):
        point = lambda t: {"dateTime": t.strftime("%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"}
        return {
            "id": id,
            "@odata.etag": 'W/"1"',
            "type": "singleInstance",
            "subject": id,
            "showAs": "busy",
            "isCancelled": False,
            "isAllDay": False,
            "responseStatus": {"response": "organizer"},
            "start": point(at(h, day=day)),
            "end": point(at(h + hours, day=day)),
            **more,
        }

    def err(self, status, code, message="m", **headers):
        return js({"error": {"code": code, "message": message}}, status, **headers)

    def __call__(self, request):
        self.base = "http://" + request.headers["host"]
        return super().__call__(request)

    def link(self):
        self.n += 1
        return f"{self.base}/v1.0/me/calendars/cal1/calendarView/delta?$deltatoken=d{self.n}"

    def default(self, request):
        path, method = unquote(request.path), request.method
        if path.endswith("/token"):
            self.refreshes += 1
            return js(
                {
                    "access_token": f"a{self.refreshes}",
                    "expires_in": 3599,
                    "token_type": "Bearer",
                    "refresh_token": f"r{self.refreshes + 1}",
                    "scope": "Calendars.ReadWrite User.Read",
                }
            )
        if path == "/v1.0/me/calendars":
            return js({"value": self.cals})
        if path == "/v1.0/me/calendars/cal1":
            return js(self.cals[0])
        if path.endswith("/calendarView/delta"):
            events = self.deltas if "$deltatoken" in request.query else self.events
            return js({"value": events, "@odata.deltaLink": self.link()})
        if path.endswith("/events"):
            if method == "GET":
                return js({"value": self.find(request.query.get("$filter", ""))})
            if method == "POST":
                return js(self.create(request.json()), 201)
        event = next((e for e in self.events if e["id"] == path.rsplit("/", 1)[1]), None)
        if not event:
            return self.err(404, "ErrorItemNotFound")
        if method == "GET":
            return js(event)
        if method == "PATCH":
            event.update(request.json())
            return js(event)
        if method == "DELETE":
            self.events.remove(event)
            return 204, {}, ""
        return 405, {}, ""

    def find(self, condition):
        """The events whose extended property has the value that the filter names."""
        value = re.search(r"ep/value eq '([^']*)'", condition)
        properties = lambda event: event.get("singleValueExtendedProperties", [])
        return [e for e in self.events if any(x["value"] == value[1] for x in properties(e))]

    def create(self, event):
        id = f"ev{len(self.events)}"
        event = {"id": id, "@odata.etag": 'W/"1"', "type": "singleInstance", **event}
        self.events.append(event)
        return event
