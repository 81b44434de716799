"""Reads iCalendar streams with icalendar and recurring-ical-events.

In: a JSON list of {stream, zone, start, end, instants}, the last three in
seconds since 1970. Out: as long a list of what is in the stream, when it
occurs, and which offsets its VTIMEZONEs have.
"""

import json
import sys
from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events


def seconds(when, zone):
    """Floating times and dates are those of the calendar's zone."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone)
    return int(when.timestamp())


def answer(stream, zone, start, end, instants):
    # Otherwise a zone of an earlier stream would be taken for one of the same name.
    icalendar.timezone.tzp.use_zoneinfo()
    zone = ZoneInfo(zone)
    found = {"errors": [], "missing_tzids": [], "events": [], "occurrences": [], "offsets": {}}
    for calendar in icalendar.Calendar.from_ical(stream, multiple=True):
        found["missing_tzids"] += sorted(calendar.get_missing_tzids())
        for component in calendar.walk():
            found["errors"] += [f"{component.name}: {error}" for error in component.errors]
        for timezone_component in calendar.timezones:
            tz = timezone_component.to_tz(lookup_tzid=False)
            found["offsets"][timezone_component.tz_name] = [
                int(datetime.fromtimestamp(instant, tz).utcoffset().total_seconds())
                for instant in instants
            ]
        for event in calendar.walk("VEVENT"):
            found["events"].append(
                {name: str(event[name]) for name in ("UID", "SEQUENCE", "SUMMARY") if name in event}
                | {"attendees": len(event.attendees)}
            )
        bounds = [datetime.fromtimestamp(instant, timezone.utc) for instant in (start, end)]
        for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(*bounds):
            if str(event.get("STATUS")).upper() != "CANCELLED":
                times = [seconds(event.start, zone), seconds(event.end, zone)]
                found["occurrences"].append([str(event.get("UID", "")), *times])
    found["occurrences"].sort()
    return found


json.dump([answer(**request) for request in json.load(sys.stdin)], sys.stdout)
