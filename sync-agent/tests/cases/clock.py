"""The days that the cases are about: a week from now on."""

from datetime import datetime, timedelta, timezone

U = timezone.utc
DAY = (datetime.now(U) + timedelta(days=7)).replace(hour=0, minute=0, second=0, microsecond=0)


def at(h, m=0, day=0):
    """An hour of the first of these days, or of a later one."""
    return DAY + timedelta(days=day, hours=h, minutes=m)


def z(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def zi(instant):
    """As iCalendar writes it."""
    return instant.strftime("%Y%m%dT%H%M%SZ")
