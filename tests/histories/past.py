"""What must hold of the whole past: the log of all changes, in the order of the commits."""

import re
from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from common import BASE, MODE, M, T, acknowledged, checks, fault, outcomes
from states import check_change, check_refusals

QUERY = """
    select seq, tbl, op, id, broker, st, ct, vnow, q, depth, old, new, pg_xact_commit_timestamp(xmin)
      from history.changes where tbl in ('bookings', 'brokers', 'busy_blocks')
     order by pg_xact_commit_timestamp(xmin), seq"""
BY_PROVIDER = ("apply_sync", "finish_pull", "finish_look", "import_ics")


def busy_times(rows):
    """When which time was busy: by broker (start, end, since, until, event), and (event, commit) of changes."""
    changes, touched = defaultdict(list), set()
    for _, table, operation, id, broker, _, _, _, _, _, old, new, committed in rows:
        if table == "busy_blocks":
            row = new or old
            changes[(broker, id, row["starts_at"], row["ends_at"])].append((committed, 1 if operation == "INSERT" else -1))
            touched.add((id, committed))
    alive = defaultdict(list)
    for (broker, event, start, end), steps in changes.items():
        count, since, at = 0, None, 0
        while at < len(steps):
            committed, sum = steps[at][0], 0
            while at < len(steps) and steps[at][0] == committed:
                sum += steps[at][1]
                at += 1
            if count <= 0 < count + sum:
                since = committed
            if count > 0 >= count + sum:
                alive[broker].append((T(start), T(end), since, committed, event))
            count += sum
        if count > 0:
            alive[broker].append((T(start), T(end), since, None, event))
    return alive, touched


def is_active(row, now):
    return row["status"] in ("pending", "confirmed") or row["status"] == "held" and T(row["hold_expires_at"]) > now


def check_past(client):
    rows = client.execute(QUERY).fetchall()
    alive, touched = busy_times(rows)
    bookings, brokers, of_broker = {}, {}, defaultdict(set)
    for _, table, operation, id, broker, started, made, now, query, depth, old, new, committed in rows:
        if table == "brokers":
            brokers[id] = new
        if table != "bookings":
            continue
        if operation == "DELETE":
            bookings.pop(id, None)
            of_broker[broker].discard(id)
            continue
        now = T(now) if now else BASE
        times = ("slot_start", "slot_end")
        if is_active(new, now) and (
            old is None or not is_active(old, now) or any(old[key] != new[key] for key in times)
        ):
            others = [bookings[other] for other in of_broker[broker] if other != id]
            # Where a booking makes room, another one follows its event.
            is_by_provider = depth > 1 or any(name in query for name in BY_PROVIDER)
            check_taken(new, brokers.get(broker), others, now, query, is_by_provider)
            if not is_by_provider:
                within = timedelta(seconds=1.5 if "crash" in MODE else 0.05)
                check_events(new, brokers.get(broker), alive[broker], touched, started - within, made, committed, query)
        if depth == 1:
            check_change(query, old, new, now)
        bookings[id] = new
        of_broker[broker].add(id)
    check_acknowledged(rows)
    check_refusals(rows)


def check_taken(new, broker, others, now, query, is_by_provider):
    """A booking begins to take its time."""
    start, end = T(new["slot_start"]), T(new["slot_end"])
    before = broker["buffer_before_minutes"] if broker else 0
    after = broker["buffer_after_minutes"] if broker else 0
    checks["bookings keep apart when made"] += 1

    def day(instant):
        return instant.astimezone(ZoneInfo(broker["timezone"])).date()

    count = 0
    for other in others:
        other_start, other_end = T(other["slot_start"]), T(other["slot_end"])
        if broker and (other["status"] in ("completed", "no_show") or is_active(other, now)):
            count += day(other_start) == day(start)
        if not is_active(other, now):
            continue
        if not (
            start >= other_end + M(max(other["buffer_after_minutes"], before))
            or end <= other_start - M(max(after, other["buffer_before_minutes"]))
        ):
            if is_by_provider:
                # One that was moved by its broker keeps its buffers.
                outcomes["note: moved by the provider within another's buffers"] += 1
            else:
                fault("bookings keep apart when made", (query, new["id"], new["slot_start"], (before, after), other))
    if broker and not is_by_provider:
        limit = broker["max_bookings_per_day"]
        if limit is not None and not new["outside_hours"]:
            checks["daily limit when made"] += 1
            if count >= limit:
                fault("daily limit when made", (query, new["id"], new["slot_start"], count, limit))
        if not broker["booking_enabled"]:
            fault("booked while disabled", (query, new["id"]))


def check_events(new, broker, alive, touched, before, made, committed, query):
    """No event that stood when a booking was made is where the booking is."""
    start, end = T(new["slot_start"]), T(new["slot_end"])
    start -= M(broker["buffer_before_minutes"] if broker else 0)
    end += M(broker["buffer_after_minutes"] if broker else 0)
    checks["no event over a booking when made"] += 1
    for event_start, event_end, since, until, event in alive:
        if (
            since < before
            and (until is None or until > made)
            and until != committed
            # What the booking's own transaction wrote again says nothing.
            and (event, committed) not in touched
            and start < event_end
            and event_start < end
        ):
            about = (query, new["id"], start, end, "made", made, committed, event, event_start, event_end, since, until)
            fault("no event over a booking when made", about)
            return


def comparable(row):
    def value(v):
        return T(v) if isinstance(v, str) and re.match(r"^\d{4}-\d\d-\d\dT", v) else v

    return {key: value(v) for key, v in row.items()}


def check_acknowledged(rows):
    """What callers were told of bookings is true."""
    versions = defaultdict(list)
    for row in rows:
        new = row[11]
        if row[1] == "bookings" and new:
            versions[new["id"]].append(comparable(new))
    by_request, by_key = defaultdict(set), defaultdict(set)
    for action, row, key in acknowledged:
        checks["acknowledged is there"] += 1
        stored = versions.get(row["id"])
        if not stored:
            fault("acknowledged is there", (action, row))
            continue
        checks["returned row = a stored one"] += 1
        # Callers see fewer columns, and a public one even fewer.
        told = {k: v for k, v in comparable(row).items() if v is not None and k in stored[0]}
        if not any(all(version[k] == v for k, v in told.items()) for version in stored):
            unlike = [{k: version[k] for k, v in told.items() if version[k] != v} for version in stored]
            fault("returned row = a stored one", (action, told, "stored instead", unlike))
        if key:
            by_request[key].add(row["id"])
            by_key[key[:3]].add(row["id"])
    for key, ids in by_request.items():
        checks["same key, same booking"] += 1
        if len(ids) > 1:
            fault("same key, same booking", (key, ids))
    for key, ids in by_key.items():
        if len(ids) > 1:
            fault("one key gave two bookings", (key, ids))
