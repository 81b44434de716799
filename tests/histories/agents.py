"""Agents, as sync-agent works, and the broker at the provider."""

import random
import uuid
from datetime import timedelta

import psycopg
from psycopg.types.json import Jsonb

from actions import random_slot
from common import M, MODE, O, fault, iso, operations, stop
from provider import PROVIDER, form
from sessions import GONE, Session, note_error, wait_while_paused

# Where the functions of agents are.
SCHEMA = "calendar_sync"


def person(world, rng):
    """The broker at the provider: own appointments, moves and deletions of ours."""
    broker = world.pick(rng)
    if not broker["calendars"]:
        return
    calendar = rng.choice(broker["calendars"])
    start = random_slot(rng)
    with PROVIDER.lock:
        events = PROVIDER.calendars[calendar]["events"]
        ours = [id for id in events if events[id].get("booking")]
        r = rng.random()
        if ours and r < 0.18:
            id = rng.choice(ours)
            PROVIDER.put(calendar, id, {**events[id], "start": iso(start), "end": iso(start + M(30))})
        elif ours and r < 0.26:
            PROVIDER.drop(calendar, rng.choice(ours))
        elif r < 0.38 and events:
            PROVIDER.drop(calendar, rng.choice(list(events)))
        else:
            event = {
                "start": iso(start),
                "end": iso(start + M(rng.choice([15, 30, 60]))),
                "status": rng.choice(["confirmed", "confirmed", "tentative"]),
            }
            if rng.random() < 0.2:
                event.update(recurrence="RRULE:FREQ=DAILY;COUNT=4", timezone="Europe/Berlin")
                if rng.random() < 0.5:
                    original = start + timedelta(days=1)
                    event["overrides"] = [(iso(original), iso(original + M(120)), iso(original + M(180)))]
            PROVIDER.put(calendar, f"u{rng.randrange(8)}", event)


def ask(client, function, *arguments, columns=False):
    """Calls a function of the agent: its rows as JSON, or the error."""
    operations[function] += 1
    marks = ", ".join(["%s"] * len(arguments))
    what = "to_jsonb(x)" if columns else "x"
    try:
        rows = client.execute(f"select {what} from {SCHEMA}.{function}({marks}) x", arguments).fetchall()
        return [row[0] for row in rows]
    except psycopg.Error as error:
        if note_error(error, function, "read committed", False) == "gone":
            raise
        return error


def begin_round(client):
    began = ask(client, "begin_round")
    return None if isinstance(began, Exception) else began[0]


def lease_calendars(client, round, limit, only=None):
    if round is None:
        return []
    rows = ask(client, "lease_calendars", round, "0", limit, "2 minutes", only, columns=True)
    return [] if isinstance(rows, Exception) else rows


def lease_pushes(client, limit):
    rows = ask(client, "lease_pushes", limit, "2 minutes", columns=True)
    return [] if isinstance(rows, Exception) else rows


def pull(client, row, rng, misbehaves=True):
    lease, calendar, token = row["lease_id"], row["calendar_id"], row["sync_token"]
    if misbehaves and rng.random() < 0.06:
        return  # It died.
    if misbehaves and rng.random() < 0.06:
        ask(client, "fail_pull", lease, "x")
        return
    events, gone, token_after = PROVIDER.list(calendar, token)
    for n in range(2):
        page = Jsonb({"events": events[n::2], "deleted": gone[n::2]})
        if isinstance(ask(client, "stage_page", lease, n, page), Exception):
            return
    outcome = {"sync_token": token_after, "full": token is None, "pages": 2}
    if token is None:
        outcome.update(window_start=row["window_start"], window_end=row["window_end"])
    is_done = not isinstance(ask(client, "finish_pull", lease, Jsonb(outcome)), Exception)
    if is_done and misbehaves and rng.random() < 0.08:
        if not isinstance(ask(client, "finish_pull", lease, Jsonb(outcome)), Exception):
            fault("finish_pull is accepted twice", lease)


def push(client, row, rng, misbehaves=True):
    lease, booking, calendar = row["lease_id"], row["event"], row["calendar_id"]
    known = row["external_event_id"]
    if misbehaves and rng.random() < 0.05:
        return  # It died.
    if misbehaves and rng.random() < 0.05:
        ask(client, "fail_push", lease, "x", "1 second")
        return
    # As providers are: ids that the client chooses; ids of the server, with the booking's id in the
    # event or without.
    style = uuid.UUID(calendar).int % 3
    found = PROVIDER.of_booking(calendar, row["booking_id"])
    id = known or found
    if id is None:
        id = f"srv{uuid.uuid4().hex[:10]}" if style else "bk" + row["booking_id"].replace("-", "")
    if row["operation"] == "remove":
        if found:
            PROVIDER.drop(calendar, found)
        ask(client, "finish_push", lease)
        return
    if row["operation"] == "look":
        look(client, lease, calendar, found)
        return
    if known is None:
        rows = lease_calendars(client, begin_round(client), 1, calendar)
        if not rows:
            ask(client, "fail_push", lease, "busy", "1 second")
            return
        pull(client, rows[0], rng, False)
        answer = ask(client, "check_push", lease)
        if isinstance(answer, Exception) or not answer[0]:
            return
    with PROVIDER.lock:
        events = PROVIDER.calendars[calendar]["events"]
        is_there = known is None or known in events
        if is_there:
            event = {
                **events.get(id, {}),
                "start": booking["start"],
                "end": booking["end"],
                "title": booking["title"],
                "booking": row["booking_id"],
                "says_booking": style == 1,
            }
            etag = PROVIDER.put(calendar, id, event)
    if not is_there:
        look(client, lease, calendar, found)
        return
    if misbehaves and rng.random() < 0.04:
        return  # It died after writing.
    arguments = (lease, id, etag, None, Jsonb(booking))
    is_done = not isinstance(ask(client, "finish_push", *arguments), Exception)
    if is_done and misbehaves and rng.random() < 0.06:
        if not isinstance(ask(client, "finish_push", *arguments), Exception):
            fault("finish_push is accepted twice", lease)


def look(client, lease, calendar, found):
    with PROVIDER.lock:
        event = PROVIDER.calendars[calendar]["events"].get(found)
        batch = Jsonb({"events": form(found, event)}) if event else None
        etag = event["etag"] if event else None
    ask(client, "finish_look", lease, None, batch, etag)


def work(number, world):
    """One agent, until the end."""
    rng = random.Random(O.seed * 1000 + 100 + number)
    session = Session("history_agent")
    while not stop.is_set():
        wait_while_paused(100 + number)
        client = session.connection()
        if client is None:
            return
        try:
            # As sync-agent does, whatever the database's default is.
            if "bouncer" not in MODE:
                client.execute("set default_transaction_isolation = 'read committed'")
            for _ in range(3):
                person(world, rng)
            for row in lease_calendars(client, begin_round(client), 2):
                pull(client, row, rng)
            for row in lease_pushes(client, rng.choice([1, 4])):
                push(client, row, rng)
            if rng.random() < 0.03:
                ask(client, "extend_horizon")
        except psycopg.Error as error:
            if not (error.sqlstate is None or error.sqlstate in GONE):
                note_error(error, "agent control", "read committed", False)
            session.drop()
    if session.client:
        session.client.close()
