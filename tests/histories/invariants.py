"""What must hold whenever no transaction is open."""

from collections import Counter
from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb

import oracle
from actions import random_slot
from common import NOW, M, U, checks, fault

CHANGES = "('bookings', 'working_hours', 'availability_overrides')"

QUERIES = {
    "busy_blocks = derived from events": """
        with st as (select k.broker_id, k.calendar_id, k.event_id, k.starts_at, k.ends_at, count(*) n
                      from calendar.busy_blocks k group by 1, 2, 3, 4, 5),
             de as (select c.broker_id, c.id, d.event_id, d.starts_at, d.ends_at, count(*) n
                      from calendar.calendars c,
                           lateral calendar_private.derive_blocks(c.id, null, c.blocks_from, c.blocks_until) d
                     where d.problem is null group by 1, 2, 3, 4, 5)
        select 'stored only', x::text from (table st except table de) x
        union all select 'derived only', x::text from (table de except table st) x""",
    "override_occurrences = derived": """
        with st as (select o.broker_id, o.override_id, o.kind, o.starts_at, o.ends_at, count(*) n
                      from calendar.override_occurrences o group by 1, 2, 3, 4, 5),
             de as (select b.id, d.override_id, d.kind, d.starts_at, d.ends_at, count(*) n
                      from calendar.brokers b,
                           lateral calendar_private.derive_override_occurrences(
                               b.id, null, b.overrides_from, b.overrides_until) d
                     group by 1, 2, 3, 4, 5)
        select 'stored only', x::text from (table st except table de) x
        union all select 'derived only', x::text from (table de except table st) x""",
    "no orphans": """
        select 'event', e.id::text from calendar.events e
         where not exists (select from calendar.calendars c where c.id = e.calendar_id)
        union all select 'block', k.event_id::text from calendar.busy_blocks k
         where not exists (select from calendar.events e where e.id = k.event_id)
        union all select 'block of another broker', k.event_id::text
          from calendar.busy_blocks k join calendar.calendars c on c.id = k.calendar_id where c.broker_id <> k.broker_id
        union all select 'outbox of another broker', o.id::text
          from calendar.outbox o join calendar.bookings b on b.id = o.booking_id where b.broker_id <> o.broker_id
        union all select 'pages without lease', p.lease_id::text from calendar.sync_pages p
         where not exists (select from calendar.sync_state s where s.lease_id = p.lease_id)
        union all select 'state', s.calendar_id::text from calendar.sync_state s
         where (s.lease_id is null) <> (s.leased_until is null)
        union all select 'outbox lease', o.id::text from calendar.outbox o
         where (o.lease_id is null) <> (o.leased_until is null)""",
    "mirrors are marked": """
        select m.external_event_id, m.booking_id::text
          from calendar.event_mappings m
          join calendar.events e on e.calendar_id = m.calendar_id and e.external_event_id = m.external_event_id
         where e.booking_id is distinct from m.booking_id""",
    "coverage is spread": """
        select c.id::text, c.covered_until::text || ' is not ' || calendar_private.coverage(c)::text
          from calendar.calendars c where c.covered_until <> calendar_private.coverage(c)""",
    "active bookings do not overlap": """
        select a.id::text, b.id::text
          from calendar.bookings a
          join calendar.bookings b on a.broker_id = b.broker_id and a.id < b.id
           and a.slot_start < b.slot_end and b.slot_start < a.slot_end
         where a.status in ('held', 'pending', 'confirmed') and b.status in ('held', 'pending', 'confirmed')""",
    "audit is complete": f"""
        with h as (select tbl, id, lower(op) op, old, new, count(*) n from history.changes
                    where tbl in {CHANGES} group by 1, 2, 3, 4, 5),
             a as (select table_name, row_id, operation, old_row, new_row, count(*) n from calendar.audit_log
                    where table_name in {CHANGES} group by 1, 2, 3, 4, 5)
        select 'not audited', x::text from (table h except table a) x
        union all select 'audited only', x::text from (table a except table h) x""",
    "outbox has every change, in its transaction": """
        with ch as (select id, xmin::text x, count(*) n from history.changes
                     where tbl = 'bookings'
                       and (op = 'INSERT' or op = 'UPDATE'
                            and (old->'status', old->'slot_start', old->'slot_end', old->'calendar_id', old->'title', old->'notes')
                                is distinct from
                                (new->'status', new->'slot_start', new->'slot_end', new->'calendar_id', new->'title', new->'notes'))
                     group by 1, 2),
             ob as (select (new->>'booking_id')::uuid id, xmin::text x, count(*) n from history.changes
                     where tbl = 'outbox' group by 1, 2)
        select ch.id::text, ch.n || ' changes, ' || coalesce(ob.n, 0)
          from ch left join ob using (id, x) where ob.n is null or ob.n < ch.n""",
    "one booking a key": """
        select broker_id::text, idempotency_key from calendar.bookings
         where idempotency_key is not null group by broker_id, idempotency_key, is_public having count(*) > 1""",
    "history = table": """
        with last as (select distinct on (id) id, op, new from history.changes where tbl = 'bookings' order by id, seq desc)
        select l.id::text, 'differs' from last l left join calendar.bookings b on b.id = l.id
         where (l.op = 'DELETE') <> (b.id is null) or (b.id is not null and to_jsonb(b) <> l.new)
        union all
        select b.id::text, 'no history' from calendar.bookings b where not exists (select from last l where l.id = b.id)""",
}


def check_tables(client):
    for name, query in QUERIES.items():
        rows = client.execute(query).fetchall()
        checks[name] += 1
        if rows:
            fault(name, (len(rows), rows[:3]))


def state_of(client, broker):
    """What the oracle asks for, of one broker."""
    state = client.execute("select to_jsonb(b) from calendar.brokers b where id = %s", (broker,)).fetchone()[0]

    def rows(query, *arguments):
        return client.execute(query, arguments).fetchall()

    def minutes(text):
        return int(text[:2]) * 60 + int(text[3:5])

    hours = rows(
        "select weekday, start_local::text, end_local::text, valid_from, valid_until, is_active"
        " from calendar.working_hours where broker_id = %s",
        broker,
    )
    state["hours"] = [(w, minutes(s), minutes(e), f, u, a) for w, s, e, f, u, a in hours]
    state["overrides"] = rows(
        "select kind, starts_at, ends_at from calendar.override_occurrences"
        " where broker_id = %s and starts_at < '2026-03-20Z'",
        broker,
    )
    state["events"] = rows(
        "select starts_at, ends_at from calendar.busy_blocks where broker_id = %s and starts_at < '2026-03-20Z'",
        broker,
    )
    bookings = rows(
        "select slot_start, slot_end, buffer_before_minutes, buffer_after_minutes,"
        "       status in ('pending', 'confirmed', 'held')"
        "  from calendar.bookings where broker_id = %s"
        "   and (status in ('pending', 'confirmed', 'completed', 'no_show')"
        "        or status = 'held' and hold_expires_at > %s)",
        broker,
        NOW[0],
    )
    keys = ("start", "end", "before", "after", "takes_time")
    state["bookings"] = [dict(zip(keys, row)) for row in bookings]
    calendars = rows(
        "select c.blocks_availability, a.provider, a.status, c.sync_enabled, c.gone_at,"
        "       nullif(s.covered_until, 'infinity'), coalesce(s.covered_until = 'infinity', false)"
        "  from calendar.calendars c"
        "  left join calendar.accounts a on a.id = c.account_id"
        "  left join calendar.sync_state s on s.calendar_id = c.id"
        " where c.broker_id = %s",
        broker,
    )
    keys = ("blocks_availability", "provider", "account_status", "sync_enabled", "gone_at", "covered_until")
    state["calendars"] = [dict(zip(keys, (*row[:5], "infinity" if row[6] else row[5]))) for row in calendars]
    return state


def check_oracle(client, world, rng):
    for broker in list(world.brokers):
        state = state_of(client, broker)
        end = NOW[0] + timedelta(days=5)
        for minutes in (30, 60):
            want = oracle.slots(state, NOW[0], NOW[0], end, minutes)
            rows = client.execute(
                "select slot_start, slot_end from calendar.get_available_slots(%s, %s, %s, %s)",
                (broker, NOW[0], end, minutes),
            ).fetchall()
            listed = [(s.astimezone(U), e.astimezone(U)) for s, e in rows]
            checks["slots = oracle"] += 1
            if want != listed:
                only = [s for s in want if s not in listed][:3], [s for s in listed if s not in want][:3]
                server = client.execute("select calendar_private.current_instant()").fetchone()[0]
                clock = f"clock {NOW[0]}, the server's {server}"
                fault("slots = oracle", (broker, minutes, "oracle only", only[0], "listed only", only[1], clock))
            for slot in rng.sample(listed, min(2, len(listed))):
                checks["listed slots can be booked"] += 1
                error = try_to_book(client, broker, *slot)
                if error:
                    diag = error.diag
                    fault("listed slots can be booked", (broker, slot, diag.message_primary, diag.message_detail))
            start = random_slot(rng)
            slot = start, start + M(minutes)
            if slot not in listed:
                checks["unlisted slots cannot be booked"] += 1
                if try_to_book(client, broker, *slot) is None:
                    fault("unlisted slots cannot be booked", (broker, slot))


def try_to_book(client, broker, start, end):
    """The error, if there is one. Nothing is booked."""
    client.execute("begin")
    try:
        client.execute("select calendar.book_calendar_slot(%s, %s, %s)", (broker, start, end))
    except psycopg.Error as error:
        return error
    finally:
        client.execute("rollback")


OF_NO_BOOKING = """
    e.booking_id is null and e.external_event_id not like 'bk%%'
    and not exists (select from calendar.events m
                     where m.calendar_id = e.calendar_id and m.external_event_id = e.external_event_id
                       and m.booking_id is not null)"""

AS_BATCH = f"""
    select jsonb_agg(jsonb_build_object(
               'external_event_id', e.external_event_id, 'recurrence_id', e.recurrence_id,
               'recurrence_range', case when recurrence_this_and_future then 'THISANDFUTURE' end,
               'starts_at', case when is_all_day then to_jsonb(start_date) else to_jsonb(starts_at) end,
               'ends_at', case when is_all_day then to_jsonb(end_date) else to_jsonb(ends_at) end,
               'is_all_day', is_all_day, 'status', status, 'transparency', transparency, 'declined', declined,
               'recurrence', recurrence, 'timezone', timezone, 'vtimezone', vtimezone))
      from calendar.events e where calendar_id = %s and {OF_NO_BOOKING}"""

BLOCKS = f"""
    select e.external_event_id, e.recurrence_id, k.starts_at, k.ends_at
      from calendar.busy_blocks k join calendar.events e on e.id = k.event_id
     where k.calendar_id = %s and {OF_NO_BOOKING}"""


def check_rebuild(client, rng):
    """The same events written into a fresh calendar of the same policy take the same time."""
    for (calendar,) in client.execute("select id from calendar.calendars order by id").fetchall():
        if rng.random() < 0.5:
            continue
        client.execute("begin")
        try:
            policy = "timezone, blocks_availability, tentative_blocks, all_day_blocks"
            copy = client.execute(
                f"insert into calendar.calendars(broker_id, external_calendar_id, display_name, {policy})"
                f" select broker_id, 'copy', 'c', {policy} from calendar.calendars where id = %s returning id",
                (calendar,),
            ).fetchone()[0]
            client.execute(
                "update calendar.calendars n set blocks_from = o.blocks_from, blocks_until = o.blocks_until"
                "  from calendar.calendars o where n.id = %s and o.id = %s",
                (copy, calendar),
            )
            events = client.execute(AS_BATCH, (calendar,)).fetchone()[0]
            batch = Jsonb({"events": events or []})
            answer = client.execute("select calendar.apply_sync(%s, %s)", (copy, batch)).fetchone()[0]
            stored = Counter(client.execute(BLOCKS, (calendar,)).fetchall())
            fresh = Counter(client.execute(BLOCKS, (copy,)).fetchall())
            checks["busy_blocks = a fresh copy's"] += 1
            if stored != fresh:
                only = list((stored - fresh).items())[:2], list((fresh - stored).items())[:2]
                fault("busy_blocks = a fresh copy's", (calendar, "stored only", only[0], "copy only", only[1], answer))
        finally:
            client.execute("rollback")
