"""What all modules of the random histories share: options, the simulated clock, and the record."""

import argparse
import re
import threading
from collections import Counter
from datetime import datetime, timedelta, timezone

import psycopg

MODES = """
    moving kill simple prepared generic custom jit noindex noseq parallel serializable repeatable
    single bouncer logical nobrokerdelete nocopies nostrict crash
""".split()


def parse(arguments=None):
    options = argparse.ArgumentParser()
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, required=True)
    # Those of poolers, in mode "bouncer".
    options.add_argument("--caller-port", type=int)
    options.add_argument("--agent-port", type=int)
    options.add_argument("--template", default="pattern")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--minutes", type=float, default=1)
    options.add_argument("--workers", type=int, default=5)
    options.add_argument("--agents", type=int, default=2)
    options.add_argument("modes", nargs="*", choices=[[], *MODES])
    return options.parse_args(arguments)


O = parse()
MODE = set(O.modes)
DATABASE = f"histories_{O.seed}"

U = timezone.utc
# A Monday. Berlin and New York change their clocks within the month.
BASE = datetime(2026, 3, 2, 6, 0, tzinfo=U)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# The instant in calendar.now.
NOW = [BASE]

faults, fault_example = Counter(), {}
errors, error_example = Counter(), {}
checks, operations, outcomes = Counter(), Counter(), Counter()
# What callers were told: (operation, row, what must be the same, key).
acknowledged = []
# Where they were told that its state forbids a change: (operation, booking, began, ended, the simulated present).
refusals = []
lock = threading.Lock()
pause, stop, paused = threading.Event(), threading.Event(), []


def M(minutes):
    return timedelta(minutes=minutes)


def iso(instant):
    return instant.astimezone(U).strftime("%Y-%m-%dT%H:%M:%SZ")


def T(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def fault(kind, example):
    with lock:
        faults[kind] += 1
        fault_example.setdefault(kind, str(example)[:1500])


def admin(database=DATABASE):
    client = psycopg.connect(
        host=O.host, port=O.port, user="postgres", dbname=database, autocommit=True, prepare_threshold=None
    )
    client.execute("set timezone = 'UTC'")
    return client


def set_clock(client, now):
    """Sets the present for all sessions, from their next command on."""
    NOW[0] = now
    # This loads the library, so that the setting is known.
    client.execute("select calendar_private.current_instant()")
    client.execute(f"alter system set calendar.now = '{iso(now)}'")
    client.execute("select pg_reload_conf()")
