"""What callers do: random operations, each as (name, role, user, statement, arguments, kind)."""

import uuid
from datetime import timedelta

from psycopg.types.json import Jsonb

from common import BASE, M, MODE, NOW, ZONES, iso, lock
from states import TWINS

KINDS = ["block", "open", "replace"]
SERVICE = ("service_role", None)
BROKEN = [
    {"starts_at": "nonsense"},
    {"ends_at": None},
    {"recurrence": "RRULE:FREQ=SECONDLY"},
    {"recurrence": "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
    {"status": "weird"},
    {"timezone": "Mars/X"},
    {"starts_at": 7},
    {"external_event_id": ""},
    {"recurrence_id": "x"},
]


def random_slot(rng):
    return BASE.replace(hour=0) + timedelta(days=rng.choice([0, 0, 1, 2])) + M(15 * rng.randrange(4 * 8, 4 * 18))


def random_event(rng, broker, world):
    start = random_slot(rng)
    event = {
        "external_event_id": f"e{rng.randrange(12)}",
        "title": f"t{rng.randrange(3)}",
        "starts_at": iso(start),
        "ends_at": iso(start + M(rng.choice([0, 15, 30, 60, 120]))),
        "is_all_day": False,
        "status": rng.choice(["confirmed"] * 4 + ["tentative", "cancelled"]),
        "transparency": rng.choice(["opaque"] * 4 + ["transparent"]),
        "etag": str(rng.randrange(1000)),
        "declined": rng.random() < 0.1,
    }
    r = rng.random()
    if r < 0.2:
        exdate = (start + timedelta(days=1)).strftime("%Y%m%dT%H%M%SZ")
        event["recurrence"] = rng.choice(
            [
                "RRULE:FREQ=DAILY;COUNT=4",
                "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=20",
                "RRULE:FREQ=WEEKLY;BYDAY=MO,WE",
                f"RRULE:FREQ=DAILY;COUNT=5\nEXDATE:{exdate}",
            ]
        )
        event["timezone"] = rng.choice(ZONES)
    elif r < 0.35:
        event["recurrence_id"] = iso(start - timedelta(days=rng.randrange(3)))
        event["recurrence_range"] = rng.choice([None, None, "THISANDFUTURE"])
    elif r < 0.42:
        day = BASE.date() + timedelta(days=rng.randrange(3))
        event.update(starts_at=str(day), ends_at=str(day + timedelta(days=1)), is_all_day=True)
    elif r < 0.50:
        event.update(rng.choice([*BROKEN, {"ends_at": iso(start - M(30))}]))
    elif r < 0.60 and "nocopies" not in MODE:
        with lock:
            known = world.bookings[broker["id"]][-20:]
        if known:
            event["external_event_id"] = "bk" + str(rng.choice(known)).replace("-", "")
    return event


def random_action(world, rng, is_one_of_several=False):
    broker = world.pick(rng)
    id = broker["id"]
    who = rng.choices(["service", "owner", "anon"], [6, 3, 1.5])[0]
    role = {"service": "service_role", "owner": "authenticated", "anon": "anon"}[who]
    user = broker["user"] if who == "owner" else None
    with lock:
        known = list(world.bookings[id][-12:])

    def a_booking():
        return rng.choice(known) if known else uuid.uuid4()

    r = rng.random()
    if r < 0.30 or who == "anon" and r < 0.95:
        return book(world, rng, broker, who, role, user)
    if r < 0.54 or who == "anon":
        return change(rng, who, role, user, a_booking())
    if r < 0.64:
        return apply_sync(world, rng, broker)
    if r < 0.72:
        return override(rng, id, role, user)
    if r < 0.79:
        return setting(rng, id, role, user)
    if r < 0.83:
        return hours(rng, id, role, user)
    if r < 0.87:
        calendar = rng.choice((broker["calendars"] + broker["local"]) or [uuid.uuid4()])
        column = rng.choice(["tentative_blocks", "all_day_blocks", "blocks_availability", "timezone"])
        value = rng.choice(ZONES) if column == "timezone" else rng.random() < 0.7
        statement = f"update calendar.calendars set {column} = %(v)s where id = %(c)s"
        return "policy", role, user, statement, {"c": calendar, "v": value}, None
    if r < 0.90 and known:
        columns = rng.choice(["title = %(t)s", "notes = %(t)s", "status = 'cancelled'", "meeting_link = %(t)s"])
        statement = f"update calendar.bookings set {columns} where id = %(i)s and status <> 'failed'"
        arguments = {"i": a_booking(), "t": f"https://t{rng.randrange(99)}.example"}
        return "direct_booking", *SERVICE, statement, arguments, None
    if r < 0.915:
        return "extend_horizon", *SERVICE, "select calendar_sync.extend_horizon()", {}, None
    if r < 0.93 and broker["calendars"]:
        arguments = {"c": rng.choice(broker["calendars"])}
        return "request_resync", *SERVICE, "select calendar.request_resync(%(c)s)", arguments, None
    if r < 0.935 and broker["accounts"]:
        status = rng.choice(["active", "active", "active", "paused", "disconnected"])
        arguments = {"a": rng.choice(broker["accounts"]), "s": status}
        return "account_status", *SERVICE, "select calendar.set_account_status(%(a)s, %(s)s, null)", arguments, None
    if r < 0.941 and not is_one_of_several:
        action = deletion(world, rng, broker)
        if action:
            return action
    if r < 0.95 and broker["local"]:
        return import_ics(rng, broker)
    statement = "select slot_start, slot_end from calendar.get_available_slots(%(b)s, %(s)s, %(e)s)"
    return "slots", role, user, statement, {"b": id, "s": BASE, "e": BASE + timedelta(days=4)}, "slots"


def change(rng, who, role, user, booking):
    """A change of a booking's state or time, or its twin, which is for those who know the broker."""
    function = rng.choices(list(TWINS), [6, 6, 8, 4, 3, 3])[0]
    arguments = {"i": booking}
    if function in ("try_cancel", "try_decline"):
        arguments["reason"] = rng.choice([None, "why"])
    elif function == "try_reschedule":
        arguments["slot_start"] = random_slot(rng)
    is_twin = rng.random() < 0.25 and who != "anon"
    function = function if is_twin else TWINS[function]
    named = ", ".join(["%(i)s", *(f"{key} => %({key})s" for key in arguments if key != "i")])
    statement = f"select to_jsonb(x) from calendar.{function}({named}) x"
    return function, role, user, statement, arguments, "try" if is_twin else "booking"


def book(world, rng, broker, who, role, user):
    id = broker["id"]
    start = random_slot(rng) if rng.random() < 0.9 else BASE + M(rng.randrange(0, 3 * 1440, 5))
    arguments = {"broker_id": id, "slot_start": start}
    if rng.random() < 0.3:
        arguments["slot_end"] = start + M(rng.choice([15, 30, 45, 60]))
    if rng.random() < 0.5:
        arguments["lead_id"] = f"l{rng.randrange(40)}{str(id)[:6]}"
    if rng.random() < 0.25:
        arguments["hold_minutes"] = rng.choice([1, 5, 60])
    if rng.random() < 0.15 and who != "anon":
        arguments["outside_hours"] = True
        if rng.random() < 0.4:
            # It has begun: what became of it can be said.
            arguments["slot_start"] = start = NOW[0].replace(minute=0, second=0) - M(15 * rng.randrange(1, 16))
            arguments.pop("slot_end", None)
    if rng.random() < 0.3:
        arguments["idempotency_key"] = f"k{rng.randrange(30)}"
        with lock:
            some = list(world.keys[-30:])
        if some and rng.random() < 0.5:
            _, _, arguments = rng.choice(some)
            arguments = dict(arguments)
            broker = world.brokers.get(arguments["broker_id"], broker)
            user = broker["user"] if who == "owner" else None
            if rng.random() < 0.3:
                arguments["slot_start"] = random_slot(rng)
        with lock:
            world.keys.append((arguments["broker_id"], arguments["idempotency_key"], dict(arguments)))
    function = "try_book" if rng.random() < 0.15 and who != "anon" else "book_calendar_slot"
    named = ", ".join(f"{key} => %({key})s" for key in arguments)
    statement = f"select to_jsonb(x) from calendar.{function}({named}) x"
    return function, role, user, statement, arguments, "try" if function == "try_book" else "booking"


def apply_sync(world, rng, broker):
    calendar = rng.choice(broker["local"] or [uuid.uuid4()])
    events = [random_event(rng, broker, world) for _ in range(rng.randrange(0, 6))]
    batch = {"events": events, "deleted": [], "full": rng.random() < 0.25}
    if rng.random() < 0.4:
        batch["deleted"] = [f"e{rng.randrange(12)}" for _ in range(rng.randrange(0, 3))]
    if rng.random() < 0.2:
        batch.update(window_start=iso(BASE), window_end=iso(BASE + timedelta(days=3)))
    if batch["full"] and rng.random() < 0.5:
        batch["whole"] = [e["external_event_id"] for e in events[:1] if isinstance(e["external_event_id"], str)]
    arguments = {"c": calendar, "b": Jsonb(batch)}
    return "apply_sync", *SERVICE, "select calendar.apply_sync(%(c)s, %(b)s)", arguments, None


def override(rng, id, role, user):
    n = rng.randrange(4)
    if n == 0:
        start = random_slot(rng)
        arguments = {
            "b": id,
            "k": rng.choice(KINDS),
            "s": start,
            "e": start + M(rng.choice([30, 90, 300])),
            "r": rng.choice([None, None, "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY"]),
        }
        statement = (
            "insert into calendar.availability_overrides(broker_id, kind, starts_at, ends_at, rrule)"
            " values (%(b)s, %(k)s, %(s)s, %(e)s, %(r)s)"
        )
        return "override_insert", role, user, statement, arguments, None
    where = (
        "id = (select id from calendar.availability_overrides where broker_id = %(b)s"
        " order by md5(id::text || %(n)s) limit 1)"
    )
    arguments = {"b": id, "n": str(rng.random()), "k": rng.choice(KINDS), "m": rng.choice([15, 60])}
    if n == 1:
        change = "kind = %(k)s, ends_at = ends_at + %(m)s * interval '1 minute'"
        statement = f"update calendar.availability_overrides set {change} where {where}"
        return "override_update", role, user, statement, arguments, None
    return "override_delete", role, user, f"delete from calendar.availability_overrides where {where}", arguments, None


def setting(rng, id, role, user):
    name, changes, value = rng.choice(
        [
            ("timezone", "timezone = %(v)s", rng.choice(ZONES)),
            ("buffers", "buffer_before_minutes = %(v)s, buffer_after_minutes = %(w)s", rng.choice([0, 10, 30])),
            ("limit", "max_bookings_per_day = %(v)s", rng.choice([None, 2, 6, 8])),
            ("notice", "minimum_notice_minutes = %(v)s", rng.choice([0, 0, 120])),
            ("increment", "slot_increment_minutes = %(v)s", rng.choice([None, 15, 30])),
            ("enabled", "booking_enabled = %(v)s", rng.random() < 0.85),
            ("confirmation", "requires_confirmation = %(v)s", rng.random() < 0.3),
            ("horizon", "booking_horizon_days = %(v)s", rng.choice([2, 60, 60, 90])),
        ]
    )
    arguments = {"b": id, "v": value, **({"w": rng.choice([0, 15])} if name == "buffers" else {})}
    return f"settings_{name}", role, user, f"update calendar.brokers set {changes} where id = %(b)s", arguments, None


def hours(rng, id, role, user):
    weekday = rng.randrange(1, 4)
    if rng.random() < 0.6:
        arguments = {"b": id, "w": weekday, "s": rng.choice(["07:00", "09:00"]), "a": rng.random() < 0.9}
        statement = (
            "update calendar.working_hours set start_local = %(s)s, is_active = %(a)s"
            " where broker_id = %(b)s and weekday = %(w)s"
        )
        return "hours", role, user, statement, arguments, None
    statement = (
        "insert into calendar.working_hours(broker_id, weekday, start_local, end_local)"
        " values (%(b)s, %(w)s, '18:00', '20:00')"
    )
    return "hours_insert", role, user, statement, {"b": id, "w": weekday}, None


def deletion(world, rng, broker):
    r, id = rng.random(), broker["id"]
    if r < 0.08:
        arguments = {"c": rng.choice((broker["calendars"] + broker["local"]) or [uuid.uuid4()]), "_b": id}
        statement = "delete from calendar.calendars where id = %(c)s"
        return "calendar_delete", *SERVICE, statement, arguments, "calendar_delete"
    if r < 0.22 and broker["accounts"]:
        arguments = {"a": rng.choice(broker["accounts"]), "_b": id}
        return "account_delete", *SERVICE, "delete from calendar.accounts where id = %(a)s", arguments, "account_delete"
    if r < 0.40 and "nobrokerdelete" not in MODE and len(world.brokers) > 2:
        return "broker_delete", *SERVICE, "delete from calendar.brokers where id = %(b)s", {"b": id}, "broker_delete"
    return None


def import_ics(rng, broker):
    start = random_slot(rng)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:x",
        "BEGIN:VEVENT",
        f"UID:i{rng.randrange(5)}",
        "DTSTAMP:20260301T000000Z",
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + M(30):%Y%m%dT%H%M%SZ}",
        "SUMMARY:x",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    arguments = {"c": rng.choice(broker["local"]), "i": "\r\n".join(lines)}
    return "import_ics", *SERVICE, "select calendar.import_ics(%(c)s, %(i)s)", arguments, None
