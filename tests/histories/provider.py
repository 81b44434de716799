"""A provider that answers correctly: events by id, changes by number."""

import threading
from collections import defaultdict


class ByText(defaultdict):
    def __getitem__(self, key):
        return super().__getitem__(str(key))


class Provider:
    def __init__(self):
        self.lock = threading.RLock()
        self.calendars = ByText(lambda: {"events": {}, "number": 0, "log": []})

    def put(self, calendar, id, event):
        with self.lock:
            c = self.calendars[calendar]
            c["number"] += 1
            c["events"][id] = {**event, "etag": str(c["number"])}
            c["log"].append((c["number"], id))
            return str(c["number"])

    def drop(self, calendar, id):
        with self.lock:
            c = self.calendars[calendar]
            if id in c["events"]:
                c["number"] += 1
                del c["events"][id]
                c["log"].append((c["number"], id))

    def of_booking(self, calendar, booking):
        """The id of the event that says that it is the booking's."""
        with self.lock:
            events = self.calendars[calendar]["events"]
            return next((id for id, event in events.items() if event.get("booking") == str(booking)), None)

    def list(self, calendar, since):
        """Events, ids of what is gone, and the next token."""
        with self.lock:
            c = self.calendars[calendar]
            ids = set(c["events"]) if since is None else {id for n, id in c["log"] if n > int(since)}
            there = [element for id in ids if id in c["events"] for element in form(id, c["events"][id])]
            gone = [id for id in ids if id not in c["events"]] if since is not None else []
            return there, gone, str(c["number"])


def form(id, event):
    """The event and its overrides as elements of a batch."""
    elements = [
        {
            "external_event_id": id,
            "title": event.get("title", "t"),
            "starts_at": event["start"],
            "ends_at": event["end"],
            "is_all_day": False,
            "status": event.get("status", "confirmed"),
            "transparency": "opaque",
            "etag": event["etag"],
            "recurrence": event.get("recurrence"),
            "timezone": event.get("timezone"),
            **({"booking_id": event["booking"]} if event.get("says_booking") else {}),
        }
    ]
    for recurrence_id, start, end in event.get("overrides", []):
        elements.append(
            {
                "external_event_id": id,
                "recurrence_id": recurrence_id,
                "title": "o",
                "starts_at": start,
                "ends_at": end,
                "status": "confirmed",
                "transparency": "opaque",
                "etag": event["etag"],
            }
        )
    return elements


PROVIDER = Provider()
