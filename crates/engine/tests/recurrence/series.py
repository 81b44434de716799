"""Finds the occurrences of series with recurring-ical-events.

In: a JSON list of {stream, zone, start, end}, the last two in seconds since
1970. Out: as long a list of lists of [summary, start, end], of the occurrences
that overlap that range and are not cancelled.
"""

import json
import sys
from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events


def seconds(when, zone):
    """Dates are those of the zone."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time(), zone)
    return int(when.timestamp())


def answer(stream, zone, start, end):
    zone = ZoneInfo(zone)
    bounds = [datetime.fromtimestamp(second, timezone.utc) for second in (start, end)]
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(stream)).between(*bounds)
    return [
        [str(event["SUMMARY"]), seconds(event.start, zone), seconds(event.end, zone)]
        for event in events
        if event.get("STATUS") != "CANCELLED"
    ]


json.dump([answer(**request) for request in json.load(sys.stdin)], sys.stdout)
