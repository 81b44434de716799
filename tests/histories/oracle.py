"""A slow model of availability (section 3 of the contract), written without looking at ours.

It goes through every candidate of every date and asks each rule in turn.
"""

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
ONE_DAY = timedelta(days=1)
# ISO weekdays, minutes of the day, valid from and until, active.
USUAL_HOURS = [(weekday, 9 * 60, 17 * 60, None, None, True) for weekday in range(1, 6)]


def instant(day, minutes, zone):
    """A local time as an instant: RFC 5545, section 3.3.5. 1440 minutes are the next midnight."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    # fold=0: the offset before a gap, the first of two.
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def exists(day, zone):
    noon = datetime.combine(day, time(12), zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day


def merged(intervals):
    result = []
    for start, end in sorted(i for i in intervals if i[0] < i[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def open_of_date(state, day, zone):
    """The intervals that are open on a date, before blocks; each starts a grid."""
    if not exists(day, zone):
        return []
    start, end = instant(day, 0, zone), instant(day, 1440, zone)

    def on_date(kind):
        overrides = [(max(s, start), min(e, end)) for k, s, e in state["overrides"] if k == kind]
        return [i for i in overrides if i[0] < i[1]]

    hours = state["hours"] or USUAL_HOURS
    usual = [
        (instant(day, opens, zone), instant(day, closes, zone))
        for weekday, opens, closes, valid_from, valid_until, active in hours
        if active
        and weekday == day.isoweekday()
        and (valid_from is None or valid_from <= day)
        and (valid_until is None or day <= valid_until)
    ]
    return merged((on_date("replace") or usual) + on_date("open"))


def covered_until(state):
    """The end of what is known of all calendars (section 6.1); None = all time."""
    ends = [
        calendar["covered_until"] or datetime.min.replace(tzinfo=UTC)
        for calendar in state["calendars"]
        if calendar["blocks_availability"]
        and calendar["provider"] is not None
        and calendar["account_status"] not in ("paused", "disconnected")
        and calendar["sync_enabled"]
        and calendar["gone_at"] is None
        and calendar["covered_until"] != "infinity"
    ]
    return min(ends, default=None)


def slots(state, now, window_start, window_end, minutes):
    """The free slots within a window, in order."""
    if not state["booking_enabled"]:
        return []
    zone = ZoneInfo(state["timezone"])
    length = timedelta(minutes=minutes)
    step = timedelta(minutes=state["slot_increment_minutes"] or minutes)
    before = timedelta(minutes=state["buffer_before_minutes"])
    after = timedelta(minutes=state["buffer_after_minutes"])
    first, last = window_start.astimezone(zone).date() - 2 * ONE_DAY, window_end.astimezone(zone).date() + 2 * ONE_DAY
    days = [first + n * ONE_DAY for n in range((last - first).days + 1)]
    grids = {day: open_of_date(state, day, zone) for day in days}
    opened = merged(interval for intervals in grids.values() for interval in intervals)
    blocks = [(s, e) for kind, s, e in state["overrides"] if kind == "block"]
    known_until = covered_until(state)
    limit = state["max_bookings_per_day"]
    found = []
    for day in days:
        if limit is not None:
            taken = sum(b["start"].astimezone(zone).date() == day for b in state["bookings"])
        for interval_start, interval_end in grids[day]:
            start = interval_start
            while start < min(interval_end, instant(day, 1440, zone)):
                end = start + length
                if (
                    window_start <= start
                    and end <= window_end
                    and start >= now + timedelta(minutes=state["minimum_notice_minutes"])
                    and start < now + timedelta(days=state["booking_horizon_days"])
                    and any(s <= start and end <= e for s, e in opened)
                    and not any(start < e and s < end for s, e in blocks)
                    and not any(start - before < e and s < end + after for s, e in state["events"])
                    and all(is_apart(start, end, before, after, b) for b in state["bookings"] if b["takes_time"])
                    and (limit is None or taken < limit)
                    and (known_until is None or end + after <= known_until)
                ):
                    found.append((start, end))
                start += step
    return sorted(found)


def is_apart(start, end, before, after, booking):
    gap_before = max(timedelta(minutes=booking["after"]), before)
    gap_after = max(after, timedelta(minutes=booking["before"]))
    return start >= booking["end"] + gap_before or end + gap_after <= booking["start"]
