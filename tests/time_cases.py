"""Reads iCalendar streams as calendar programs with icalendar and recurring-ical-events do.

In: a JSON list of {stream, zone, window}. Out: as long a list of {busy, wrong}: when something
takes time within the window, in UTC, and what in the stream is not in the form of its DTSTART.
"""

import datetime as dt
import json
import re
import sys
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events


def shown(instant):
    return f"{instant.astimezone(dt.timezone.utc):%Y-%m-%dT%H:%M}"


def busy(stream, zone, window):
    zone = ZoneInfo(zone)

    def at(when):
        if not isinstance(when, dt.datetime):
            when = dt.datetime(when.year, when.month, when.day)
        return shown(when if when.tzinfo else when.replace(tzinfo=zone))

    bounds = [dt.datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in window]
    calendar = icalendar.Calendar.from_ical(stream)
    found = [
        (at(event["DTSTART"].dt), at(event["DTEND"].dt))
        for event in recurring_ical_events.of(calendar).between(*bounds)
        if str(event.get("STATUS")) != "CANCELLED" and str(event.get("TRANSP")) != "TRANSPARENT"
    ]
    merged = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        elif start < end:
            merged.append([start, end])
    return ["/".join(interval) for interval in merged]


def properties(event, name):
    return re.findall(rf"^{name}((?:;[^:\r\n]*)?):([^\r\n]*)", event, re.M)


def is_date(parameters, value):
    return "VALUE=DATE" in parameters.replace("VALUE=DATE-TIME", "") or len(value) == 8


def wrong(stream):
    """What is not in the form of DTSTART, or no rule that every reader takes."""
    events = re.findall(r"BEGIN:VEVENT.*?END:VEVENT", stream.replace("\r\n ", ""), re.S)
    uid = lambda event: properties(event, "UID")[0][1]
    starts = {uid(e): is_date(*properties(e, "DTSTART")[0]) for e in events if not properties(e, "RECURRENCE-ID")}
    found = []
    for event in events:
        start = is_date(*properties(event, "DTSTART")[0])
        for _, rule in properties(event, "RRULE"):
            parts = dict(part.split("=", 1) for part in rule.split(";"))
            if not re.fullmatch(r"FREQ=[A-Z0-9=,;+-]+", rule) or {"UNTIL", "COUNT"} <= parts.keys():
                found.append(f"RRULE:{rule}")
            until = parts.get("UNTIL")
            if until and (len(until) == 8) != start or until and not start and until[-1] != "Z":
                found.append(f"UNTIL={until}")
        for name in ("EXDATE", "RDATE"):
            for parameters, values in properties(event, name):
                for value in values.split(","):
                    if "VALUE=PERIOD" not in parameters and is_date(parameters, value) != start:
                        found.append(f"{name}:{value}")
        for parameters, value in properties(event, "RECURRENCE-ID"):
            if is_date(parameters, value) != starts.get(uid(event), is_date(parameters, value)):
                found.append(f"RECURRENCE-ID:{value}")
    return found


answers = []
for question in json.load(sys.stdin):
    try:
        answers.append({"busy": busy(**question), "wrong": wrong(question["stream"])})
    except Exception as error:
        answers.append({"busy": [f"{type(error).__name__}: {error}"], "wrong": []})
json.dump(answers, sys.stdout)
