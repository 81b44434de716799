"""Google's Calendar API and its token endpoint."""

from datetime import datetime
from urllib.parse import unquote

from clock import U, at, z

from .server import Hooked, js

SCOPE = (
    "https://www.googleapis.com/auth/calendar.events"
    " https://www.googleapis.com/auth/calendar.calendarlist.readonly"
)


class Google(Hooked):
    """`events` stand in each calendar; `deltas` are what changed since a token."""

    def __init__(self, events=None):
        self.events, self.refreshes, self.token = list(events or []), 0, "s1"
        self.deltas = {}
        self.cals = [
            {
                "id": "me@example.com",
                "summary": "Me",
                "timeZone": "UTC",
                "accessRole": "owner",
                "primary": True,
            }
        ]

    def ev(self, id, h, hours=1, day=0, **more):
        return {
            "kind": "calendar#event",
            "id": id,
            "etag": '"1"',
            "status": "confirmed",
            "updated": "2026-11-01T00:00:00.000Z",
            "summary": id,
            "start": {"dateTime": z(at(h, day=day))},
            "end": {"dateTime": z(at(h + hours, day=day))},
            "eventType": "default",
            **more,
        }

    def page(self, items, **more):
        return js({"kind": "calendar#events", "items": items, **more})

    def err(self, status, reason, domain="global", message="m", **headers):
        one = {"domain": domain, "reason": reason, "message": message}
        error = {"code": status, "message": message, "errors": [one]}
        return js({"error": error}, status, **headers)

    def default(self, request):
        path, method = unquote(request.path), request.method
        if path == "/token":
            self.refreshes += 1
            token = {"access_token": f"a{self.refreshes}", "expires_in": 3599}
            return js({**token, "token_type": "Bearer", "scope": SCOPE})
        if path.endswith("/users/me/calendarList"):
            return js({"kind": "calendar#calendarList", "items": self.cals})
        if "/users/me/calendarList/" in path:
            conferences = {"allowedConferenceSolutionTypes": []}
            return js({"kind": "calendar#calendarListEntry", "conferenceProperties": conferences})
        if path.endswith("/events"):
            if method == "GET":
                return self.list(request)
            if method == "POST":
                return self.create(request.json())
        event = next((e for e in self.events if e["id"] == path.rsplit("/", 1)[1]), None)
        if not event:
            return self.err(404, "notFound")
        if method == "GET":
            return js({"kind": "calendar#event", **event})
        if method == "PATCH":
            event.update(request.json())
            return js(event)
        if method == "DELETE":
            self.events.remove(event)
            return 204, {}, ""
        return 405, {}, ""

    def list(self, request):
        token = request.query.get("syncToken")
        return self.page(
            self.deltas.get(token, []) if token else self.events, nextSyncToken=self.token
        )

    def create(self, event):
        if any(e["id"] == event["id"] for e in self.events):
            return self.err(409, "duplicate")
        event = {"kind": "calendar#event", "etag": '"1"', "updated": z(datetime.now(U)), **event}
        self.events.append(event)
        return js(event)
