"""GoHighLevel's API and its token endpoint."""

from clock import at

from .server import Hooked, js


class Ghl(Hooked):
    """`events` are the appointments of the calendar, `blocks` the blocked times."""

    def __init__(self, events=None, blocks=None):
        self.events, self.blocks, self.refreshes = list(events or []), list(blocks or []), 0
        self.cal = {
            "id": "gc1",
            "name": "Cal",
            "locationId": "loc1",
            "isActive": True,
            "teamMembers": [{"userId": "u1", "priority": 0.5, "isPrimary": True}],
        }

    def ev(self, id, h, hours=1, day=0, **more):
        text = lambda instant: instant.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        return {
            "id": id,
            "title": id,
            "calendarId": "gc1",
            "locationId": "loc1",
            "contactId": "c1",
            "appointmentStatus": "confirmed",
            "startTime": text(at(h, day=day)),
            "endTime": text(at(h + hours, day=day)),
            **more,
        }

    def default(self, request):
        path, method = request.path, request.method
        if path == "/oauth/token":
            self.refreshes += 1
            return js(
                {
                    "access_token": f"a{self.refreshes}",
                    "token_type": "Bearer",
                    "expires_in": 86399,
                    "refresh_token": f"r{self.refreshes + 1}",
                    "scope": "calendars.readonly",
                    "userType": "Location",
                    "locationId": "loc1",
                }
            )
        if path == "/calendars/":
            return js({"calendars": [self.cal]})
        if path == "/calendars/gc1":
            return js({"calendar": self.cal})
        if path == "/calendars/events" and method == "GET":
            return js({"events": self.events})
        if path == "/calendars/blocked-slots":
            return js({"events": self.blocks})
        if path == "/contacts/upsert":
            return js({"new": True, "contact": {"id": "c9"}})
        if path == "/calendars/events/appointments" and method == "POST":
            return js(self.create(request.json()))
        event = next((e for e in self.events if e["id"] == path.rsplit("/", 1)[1]), None)
        if not event:
            return js({"statusCode": 404, "message": "not found"}, 404)
        if method == "GET":
            return js({"event": event})
        if method == "PUT":
            event.update(request.json())
            return js(event)
        if method == "DELETE":
            self.events.remove(event)
            return js({"succeeded": True})
        return 405, {}, ""

    def create(self, event):
        event = {"id": f"ap{len(self.events)}", **event}
        self.events.append(event)
        return event
