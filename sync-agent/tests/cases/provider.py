"""The four providers that take bookings, by what they have in common."""

import re
from datetime import datetime

from clock import U
from fakes import js
from support import caldav_world, ghl_world, google_world, graph_world

APPOINTMENTS = "/calendars/events/appointments"


class CalDav:
    name = "caldav"

    def world(self):
        w = caldav_world()
        w.caldav()
        w.once()
        return w

    def is_create(self, r):
        return r.method == "PUT"

    is_change = is_create

    def is_delete(self, r):
        return r.method == "DELETE"

    def is_read(self, r):
        return r.method in ("GET", "PROPFIND", "REPORT")

    def refusal(self, _w, status):
        return status, {}, ""

    def events(self, w):
        return list(w.d.items)

    def starts(self, w):
        times = [re.search(r"DTSTART[^:]*:(\S+)", ics)[1] for _, ics in w.d.items.values()]
        return [datetime.strptime(t, "%Y%m%dT%H%M%SZ").replace(tzinfo=U) for t in times]

    def drop(self, w):
        for name in list(w.d.items):
            w.d.drop(name)


class Api:
    """A provider whose requests and answers are JSON."""

    change = "PATCH"

    def is_create(self, r):
        return r.method == "POST" and r.path.endswith(self.collection)

    def is_change(self, r):
        return r.method == self.change

    def is_delete(self, r):
        return r.method == "DELETE"

    def is_read(self, r):
        return r.method == "GET"

    def events(self, w):
        return w.srv.handler.events

    def starts(self, w):
        return [self.start(event) for event in self.events(w)]

    def start(self, event):
        value = datetime.fromisoformat(event["start"]["dateTime"].replace("Z", "+00:00")[:26])
        return value if value.tzinfo else value.replace(tzinfo=U)

    def drop(self, w):
        self.events(w).clear()


class Google(Api):
    name, collection = "google", "/events"

    def world(self):
        w = google_world()
        w.google()
        w.once()
        return w

    def refusal(self, w, status):
        return w.g.err(status, "refused", message="Refused")

    def drop(self, w):
        ids = [event["id"] for event in w.g.events]
        w.g.events.clear()
        w.g.deltas[w.g.token] = [{"id": id, "status": "cancelled"} for id in ids]
        w.g.token += "+"


class Graph(Api):
    name, collection = "graph", "/events"

    def world(self):
        w = graph_world()
        w.microsoft()
        w.once()
        return w

    def refusal(self, w, status):
        return w.m.err(status, "ErrorRefused")

    def drop(self, w):
        w.m.deltas = [{"@removed": {"reason": "deleted"}, "id": e["id"]} for e in w.m.events]
        w.m.events.clear()


class Ghl(Api):
    name, collection, change = "ghl", APPOINTMENTS, "PUT"

    def world(self):
        w = ghl_world()
        w.ghl()
        w.once()
        return w

    def refusal(self, _w, status):
        return js({"statusCode": status, "message": "refused"}, status)

    def start(self, event):
        return datetime.fromisoformat(event["startTime"].replace("Z", "+00:00"))


PROVIDERS = [CalDav(), Google(), Graph(), Ghl()]
