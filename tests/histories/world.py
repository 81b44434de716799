"""The database, its brokers, and the log of every change."""

import uuid
from collections import defaultdict

import psycopg
from psycopg.types.json import Jsonb

from common import BASE, DATABASE, MODE, O, ZONES, admin, lock, set_clock

LOG = """
create schema history;
-- depth: of triggers. What a trigger of ours changes is deeper than what a caller does.
create table history.changes(
    seq bigserial primary key, tbl text, op text, id uuid, broker uuid, st timestamptz, ct timestamptz,
    vnow text, q text, depth int, old jsonb, new jsonb);
create function history.log() returns trigger language plpgsql security definer set timezone = 'UTC' as $$
declare
    o jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    n jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    r jsonb := coalesce(n, o);
begin
    insert into history.changes(tbl, op, id, broker, st, ct, vnow, q, depth, old, new)
    values (tg_table_name, tg_op,
            (case tg_table_name when 'outbox' then r->>'booking_id' when 'busy_blocks' then r->>'event_id' else r->>'id' end)::uuid,
            (case when tg_table_name = 'brokers' then r->>'id' else r->>'broker_id' end)::uuid,
            statement_timestamp(), clock_timestamp(), current_setting('calendar.now', true),
            left(current_query(), 200), pg_trigger_depth(), o, n);
    return null;
end $$;
create trigger aa_history after insert or update or delete on calendar.bookings for each row execute function history.log();
create trigger zz_history after insert or update or delete on calendar.brokers for each row execute function history.log();
create trigger zz_history after insert or update or delete on calendar.working_hours for each row execute function history.log();
create trigger zz_history after insert or update or delete on calendar.availability_overrides for each row execute function history.log();
create trigger zz_history after insert on calendar.outbox for each row execute function history.log();
create trigger zz_history_i after insert on calendar.busy_blocks for each row
    when (new.starts_at < '2026-03-08Z' and new.ends_at > '2026-03-01Z') execute function history.log();
create trigger zz_history_d after delete on calendar.busy_blocks for each row
    when (old.starts_at < '2026-03-08Z' and old.ends_at > '2026-03-01Z') execute function history.log();
grant usage on schema history to public;
"""

SETTINGS = {
    "generic": ["plan_cache_mode = force_generic_plan"],
    "custom": ["plan_cache_mode = force_custom_plan"],
    "noindex": ["enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off"],
    "noseq": ["enable_seqscan = off"],
    "serializable": ["default_transaction_isolation = serializable"],
    "repeatable": ["default_transaction_isolation = 'repeatable read'"],
    "jit": [
        "jit = on",
        "jit_above_cost = 300",
        "jit_optimize_above_cost = 20000",
        "jit_inline_above_cost = 20000",
    ],
    "parallel": [
        "debug_parallel_query = on",
        "force_parallel_mode = on",
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "min_parallel_index_scan_size = 0",
    ],
}


class World:
    def __init__(self):
        self.brokers = {}
        # Ids of bookings, by broker.
        self.bookings = defaultdict(list)
        # (broker, key, arguments)
        self.keys = []

    def pick(self, rng):
        with lock:
            return self.brokers[rng.choice(list(self.brokers))]


def set_up():
    client = admin("postgres")
    client.execute(f'drop database if exists "{DATABASE}" with (force)')
    client.execute(f'create database "{DATABASE}" template "{O.template}"')
    for role in ("history_caller login noinherit", "history_agent login"):
        client.execute(f"do $$ begin create role {role}; exception when duplicate_object then null; end $$")
    for mode in MODE & set(SETTINGS):
        for setting in SETTINGS[mode]:
            try:
                client.execute(f'alter database "{DATABASE}" set {setting}')
            except psycopg.errors.UndefinedObject:
                pass  # Of another major.
    if "crash" not in MODE:
        # A commit is then seen within moments of its timestamp.
        client.execute(f'alter database "{DATABASE}" set synchronous_commit = off')
    client.close()
    client = admin()
    client.execute("grant anon, authenticated, service_role, calendar_agent, calendar_service to history_caller")
    client.execute("grant calendar_agent to history_agent")
    client.execute(LOG)
    if "logical" in MODE:
        client.execute("select pg_create_logical_replication_slot('history', 'test_decoding')")
    set_clock(client, BASE)
    client.close()
    return admin()


def new_broker(client, world, rng, public=None):
    user = str(uuid.uuid4())

    def one(statement, *arguments):
        return client.execute(statement, arguments).fetchone()[0]

    broker = one(
        "insert into calendar.brokers"
        " (name, timezone, user_id, slot_duration_minutes, slot_increment_minutes, buffer_before_minutes,"
        "  buffer_after_minutes, max_bookings_per_day, public_booking, requires_confirmation,"
        "  public_bookings_per_hour, public_bookings_per_address, external_id, email)"
        " values ('b', %s, %s, 30, %s, %s, %s, %s, %s, %s, 1000, 1000, %s, 'b@example.org') returning id",
        rng.choice(ZONES),
        user,
        rng.choice([None, 15, 30]),
        rng.choice([0, 0, 10]),
        rng.choice([0, 0, 15]),
        rng.choice([None, 6]),
        rng.random() < 0.6 if public is None else public,
        rng.random() < 0.2,
        user,
    )
    info = {"id": broker, "user": user, "calendars": [], "accounts": [], "local": []}
    for weekday in range(1, 7):
        client.execute(
            "insert into calendar.working_hours(broker_id, weekday, start_local, end_local)"
            " values (%s, %s, '08:00', '18:00')",
            (broker, weekday),
        )
    if rng.random() < 0.8:
        account = one(
            "insert into calendar.accounts(broker_id, provider, settings) values (%s, %s, %s) returning id",
            broker,
            rng.choice(["google", "microsoft", "caldav", "ghl"]),
            Jsonb({"u": user}),
        )
        info["accounts"].append(account)
        for n in range(rng.choice([1, 2])):
            info["calendars"].append(
                one(
                    "insert into calendar.calendars"
                    " (broker_id, account_id, external_calendar_id, display_name, timezone, is_primary)"
                    " values (%s, %s, %s, 'c', %s, %s) returning id",
                    broker,
                    account,
                    f"c{n}",
                    rng.choice(ZONES),
                    n == 0,
                )
            )
    info["local"].append(new_local_calendar(client, broker, rng.choice(ZONES)))
    with lock:
        world.brokers[broker] = info


def new_local_calendar(client, broker, zone):
    return client.execute(
        "insert into calendar.calendars(broker_id, external_calendar_id, display_name, timezone)"
        " values (%s, %s, 'l', %s) returning id",
        (broker, uuid.uuid4().hex, zone),
    ).fetchone()[0]
