"""Random concurrent histories, with invariants checked at quiet points (after Jepsen).

Several callers, agents, and a broker at the provider work on one database at once. Prints a line of
figures in JSON, then each fault (what must hold does not) and each error (that no caller should get) with its
first example.

Modes: moving (the clock moves), kill (sessions are cancelled and ended), crash (the server is
killed and started again by the caller of this program), simple and prepared (protocol), generic,
custom, jit, noindex, noseq, parallel (plans), serializable and repeatable (the isolation of all),
nostrict (read committed alone), single (no transaction of several operations: then every deadlock
is ours), bouncer, logical (a replication slot), nobrokerdelete, nocopies (no events that look like
those of bookings).
"""

import json
import random
import threading
import time
import traceback
from datetime import timedelta

import psycopg
from psycopg.pq import TransactionStatus

import agents
import sessions
from common import (
    MODE, NOW, O, admin, checks, error_example, errors, fault_example, faults, operations, outcomes, pause, paused,
    set_clock, stop,
)
from drain import drain
from invariants import check_oracle, check_rebuild, check_tables
from past import check_past
from world import World, new_broker, new_local_calendar, set_up

END_ONE = """
    select {}(pid) from pg_stat_activity
     where usename in ('history_caller', 'history_agent') and datname = current_database()
     order by random() limit 1"""
ENDS = ["pg_cancel_backend", "pg_cancel_backend", "pg_terminate_backend"]


def quiet(threads):
    paused.clear()
    pause.set()
    began = time.monotonic()
    while len(set(paused)) < len(threads) and time.monotonic() - began < 60:
        time.sleep(0.05)


def disturb(client, world, rng, state):
    """What happens beside: the clock, ends of sessions, new brokers."""
    if "moving" in MODE and time.monotonic() - state["tick"] > 0.4:
        state["tick"] = time.monotonic()
        set_clock(client, NOW[0] + timedelta(seconds=rng.choice([5, 20, 40])))
    if "kill" in MODE and rng.random() < 0.25:
        client.execute(END_ONE.format(rng.choice(ENDS)))
    if len(world.brokers) < 4:
        new_broker(client, world, rng)
    if rng.random() < 0.02:
        broker = world.pick(rng)
        if not broker["local"]:
            broker["local"].append(new_local_calendar(client, broker["id"], "UTC"))
    if "logical" in MODE and rng.random() < 0.05:
        client.execute("select count(*) from pg_logical_slot_get_changes('history', null, 20000)")


def connected(client):
    try:
        if client.closed or client.info.transaction_status == TransactionStatus.UNKNOWN:
            return admin()
        if client.info.transaction_status != TransactionStatus.IDLE:
            client.execute("rollback")
    except psycopg.Error:
        pass
    return client


def main():
    began = time.monotonic()
    client = set_up()
    rng = random.Random(O.seed)
    world = World()
    for n in range(4):
        new_broker(client, world, rng, public=n < 2 or None)
    threads = [threading.Thread(target=sessions.work, args=(n, world), daemon=True) for n in range(O.workers)]
    threads += [threading.Thread(target=agents.work, args=(n, world), daemon=True) for n in range(O.agents)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + O.minutes * 60
    between = O.minutes * 20
    next_quiet, state = time.monotonic() + between, {"tick": time.monotonic()}
    while time.monotonic() < end:
        time.sleep(0.1)
        try:
            disturb(client, world, rng, state)
            if time.monotonic() > next_quiet:
                left = end - time.monotonic()
                quiet(threads)
                check_tables(client)
                check_oracle(client, world, rng)
                check_rebuild(client, rng)
                pause.clear()
                end = time.monotonic() + left
                next_quiet = time.monotonic() + between
        except psycopg.Error as error:
            pause.clear()
            if error.sqlstate and error.sqlstate not in sessions.GONE:
                sessions.note_error(error, "main", "read committed", False)
            time.sleep(0.3)
            client = connected(client)
    quiet(threads)
    stop.set()
    pause.clear()
    for thread in threads:
        thread.join(20)
    stop.clear()
    for check in (
        lambda: check_tables(client),
        lambda: check_oracle(client, world, rng),
        lambda: check_rebuild(client, rng),
        lambda: check_past(client),
        lambda: drain(client, world, rng),
        lambda: check_tables(client),
    ):
        try:
            check()
        except Exception:
            errors["a check failed: " + traceback.format_exc()[-1500:]] += 1
            client = connected(client)
    if "logical" in MODE:
        client.execute("select count(*) from pg_logical_slot_get_changes('history', null, null)")
        client.execute("select pg_drop_replication_slot('history')")
    report(time.monotonic() - began)


def report(seconds):
    figures = {
        "seed": O.seed,
        "modes": sorted(MODE),
        "minutes": round(seconds / 60, 1),
        "total": sum(operations.values()),
        "operations": dict(operations.most_common()),
        "outcomes": dict(outcomes),
        "checks": dict(checks),
    }
    print(json.dumps(figures))
    for kind, count in faults.most_common():
        print(f"FAULT {count} x {kind}\n      {fault_example[kind]}")
    for kind, count in errors.most_common():
        print(f"ERROR {count} x {kind}\n      {error_example.get(kind, '')}")


if __name__ == "__main__":
    main()
