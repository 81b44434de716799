"""Follows recurrence rules with dateutil, in naive local time.

In: a JSON list of {rule, start, first, count, until, limit, end}. Out: as
long a list of the first starts of each series up to `end`, at most `limit`.
"""

import itertools
import json
import sys
from datetime import datetime

from dateutil import rrule

horizon = (9999, 12, 31)


class BeyondHorizon(Exception):
    pass


def bound(name, parts):
    """dateutil follows a rule that matches nothing more up to the year 9999."""
    unbound = getattr(rrule._iterinfo, name)

    def bounded(self, *day):
        if day[:parts] > horizon[:parts]:
            raise BeyondHorizon
        return unbound(self, *day)

    setattr(rrule._iterinfo, name, bounded)


# The days of a period, and how much of a date names the period.
bound("ydayset", 1)
bound("mdayset", 2)
bound("wdayset", 3)
bound("ddayset", 3)


def matches(text, first):
    try:
        yield from rrule.rrulestr(text, dtstart=first)
    except (BeyondHorizon, ValueError):
        # A ValueError is how dateutil says that a rule never matches.
        return


def answer(rule, start, first, count, until, limit, end):
    global horizon
    start, first, until, end = map(datetime.fromisoformat, (start, first, until or end, end))
    horizon = (end.year, end.month, end.day)
    # RFC 5545 section 3.3.10: "The DTSTART property value always counts as the
    # first occurrence". dateutil yields only what the rule matches.
    series = itertools.chain([start], (time for time in matches(rule, first) if time > start))
    series = itertools.islice(series, count)
    series = itertools.takewhile(lambda time: time <= min(until, end), series)
    return [time.isoformat() for time in itertools.islice(series, limit)]


json.dump([answer(**request) for request in json.load(sys.stdin)], sys.stdout)
