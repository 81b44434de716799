"""Sessions of callers, and which errors they may get."""

import json
import random
import time
import uuid

import psycopg
from psycopg.pq import TransactionStatus

from actions import random_action
from common import (
    DATABASE, MODE, NOW, O, UUID, acknowledged, checks, error_example, errors, fault, lock, operations, outcomes, pause,
    paused, refusals, stop,
)
from states import CHANGES, REASONS, TWINS, check_answer, present

# Section 4 of the contract. What is not here must not reach a caller.
NAMED = {"PT404", "PT409", "PT422", "PT429", "22023", "42501", "57014", "55P03"}
GONE = {"57P01", "57P02", "57P03"}
# What a function that tries answers instead of raising it.
ANSWERED = {"PT404", "PT409", "PT422", "PT429", "22023", "42501"}
# Statements of the caller's own: PostgreSQL itself answers them.
PLAIN = ("settings", "policy", "override", "hours", "direct")
DELETIONS = ("calendar_delete", "account_delete", "broker_delete")
STATES = ("confirm", "cancel", "reschedule", "decline", "complete", "mark")


def is_allowed(error, action, level, is_one_of_several):
    state = error.sqlstate
    message = error.diag.message_primary or ""
    if action.startswith("try_") and state in ANSWERED:
        return False
    if state == "PT409":
        of_slots = action.split("_")[0] not in ("apply", "finish", "import", "fail", "stage")
        return (
            message == "slot_unavailable" and of_slots
            or message == "wrong_state" and action.startswith(STATES)
            or message == "lease_lost" and not action.startswith(STATES)
        )
    if state == "57014":
        return "user request" in message or "statement timeout" in message
    if state == "40001":
        # "Another transaction came first" is for those that see an old snapshot, who hold other locks
        # already or meet one who does, and whose own statement has a lock already when it asks us.
        return (
            level != "read committed" or bool(MODE & {"serializable", "repeatable"})
            or "single" not in MODE or action in DELETIONS or action == "direct_booking"
        )
    if state == "40P01":
        return "single" not in MODE and (is_one_of_several or action.startswith(PLAIN) or action in DELETIONS)
    if state == "23503":
        # Of a broker that was deleted meanwhile.
        return action in ("override_insert", "hours_insert") and "_broker_id_fkey" in message
    return state in NAMED


def note_error(error, action, level, is_one_of_several):
    state = error.sqlstate
    message = UUID.sub("<id>", (error.diag.message_primary if error.diag else None) or str(error))[:160]
    if state is None or state in GONE or state.startswith("08"):
        outcomes["connection"] += 1
        return "gone"
    outcomes[state] += 1
    if not is_allowed(error, action, level, is_one_of_several):
        several = ", several operations" if is_one_of_several else ""
        kind = f"error {state} from {action} [{level}{several}]: {message}"
        with lock:
            errors[kind] += 1
            error_example.setdefault(kind, (error.diag.context or "")[:600] if error.diag else "")
    return state


class Session:
    def __init__(self, user="history_caller"):
        self.user, self.client = user, None

    def connection(self):
        while not stop.is_set():
            try:
                if self.client is None or self.client.closed:
                    self.client = self.connect()
                return self.client
            except psycopg.Error:
                self.client = None
                time.sleep(0.2)
        return None

    def connect(self):
        options = {"prepare_threshold": 5}
        if "prepared" in MODE:
            options["prepare_threshold"] = 0
        elif MODE & {"simple", "bouncer"}:
            options["prepare_threshold"] = None
        if "simple" in MODE:
            options["cursor_factory"] = psycopg.ClientCursor
        port = O.port
        if "bouncer" in MODE:
            port = O.agent_port if self.user == "history_agent" else O.caller_port
        return psycopg.connect(host=O.host, port=port, user=self.user, dbname=DATABASE, autocommit=True, **options)

    def drop(self):
        try:
            self.client.close()
        except Exception:
            pass
        self.client = None


def call(client, role, user, statement, arguments):
    """One operation with its role set as PostgREST does, in the session's transaction if there is one."""
    claims = json.dumps({"sub": user, "role": role}) if user else ""
    is_local = "bouncer" in MODE
    client.execute(
        "select set_config('role', %s, %s), set_config('request.jwt.claims', %s, %s)", (role, is_local, claims, is_local)
    )
    cursor = client.execute(statement, arguments)
    return cursor.fetchall() if cursor.description else cursor.rowcount


def landed(world, action, role, arguments, kind, rows):
    """Notes what a caller was told and what is committed."""
    if kind == "booking" and rows and rows[0][0]:
        row = rows[0][0]
        key = None
        if arguments.get("idempotency_key"):
            digest = json.dumps(arguments, default=str, sort_keys=True)
            key = (arguments["broker_id"], arguments["idempotency_key"], role == "anon", digest)
        check_answer(action, role, arguments, row)
        note(world, action, row, key)
    elif kind == "try" and rows and rows[0][0].get("ok"):
        check_answer(action, role, arguments, rows[0][0]["booking"])
        note(world, action, rows[0][0]["booking"], None)
    elif kind == "try" and action in TWINS:
        checks["a twin says why not"] += 1
        if not rows or rows[0][0].get("ok") is not False or rows[0][0].get("reason") not in REASONS:
            fault("a twin says why not", (action, arguments, rows))
    elif kind == "slots" and sorted(set(rows)) != rows:
        fault("slots not in order or twice", rows[:5])
    elif kind in DELETIONS:
        id = arguments.get("_b") or arguments.get("b")
        with lock:
            broker = world.brokers.get(id)
            if kind == "broker_delete":
                world.brokers.pop(id, None)
            elif broker and kind == "account_delete":
                broker["accounts"], broker["calendars"] = [], []
            elif broker:
                for which in ("calendars", "local"):
                    broker[which] = [c for c in broker[which] if c != arguments["c"]]


def note(world, action, row, key):
    with lock:
        known = world.bookings[uuid.UUID(row["broker_id"])] if "broker_id" in row else []
        if row["id"] not in known:
            known.append(row["id"])
        acknowledged.append((action, row, key))


def wait_while_paused(name):
    if pause.is_set():
        with lock:
            paused.append(name)
        while pause.is_set() and not stop.is_set():
            time.sleep(0.02)


def work(number, world):
    """One caller, until the end."""
    rng = random.Random(O.seed * 1000 + number)
    session = Session()
    strict = 0 if "nostrict" in MODE else 1.2
    while not stop.is_set():
        wait_while_paused(number)
        client = session.connection()
        if client is None:
            return
        level = rng.choices(["read committed", "repeatable read", "serializable"], [7, strict, strict])[0]
        if "serializable" in MODE:
            level = "serializable"
        if "repeatable" in MODE:
            level = "repeatable read"
        several = rng.choices([False, True], [7, 0 if "single" in MODE else 3])[0]
        try:
            transact(client, world, rng, level, several)
        except psycopg.Error as error:
            if not (error.sqlstate is None or error.sqlstate in GONE):
                note_error(error, "control", level, False)
            session.drop()
    if session.client:
        session.client.close()


def transact(client, world, rng, level, several):
    limited = rng.random() < 0.06 and "bouncer" not in MODE
    limits = "select set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false)"
    if limited:
        client.execute(limits, (rng.choice(["0", "3ms", "20ms"]), rng.choice(["0", "15ms", "60ms"])))
    is_plain = not several and level == "read committed" and "bouncer" not in MODE
    done, is_fine = [], True
    if not is_plain:
        client.execute("begin isolation level " + level)
    for _ in range(rng.randrange(2, 5) if several else 1):
        action, role, user, statement, arguments, kind = random_action(world, rng, several)
        operations[action] += 1
        has_savepoint = not is_plain and rng.random() < 0.4
        began, now = present(), NOW[0]
        try:
            if has_savepoint:
                client.execute("savepoint s")
            rows = call(client, role, user, statement, arguments)
            if has_savepoint and rng.random() < 0.3:
                client.execute("rollback to savepoint s")
            else:
                done.append((action, role, arguments, kind, rows))
                if is_plain and action in TWINS and rows[0][0].get("reason") == "wrong_state":
                    refusals.append((action, arguments["i"], began, present(), now))
            if not is_plain and rng.random() < 0.1:
                time.sleep(rng.random() * 0.05)
        except psycopg.Error as error:
            if note_error(error, action, level, several) == "gone":
                raise
            if is_plain:
                if action in CHANGES and error.diag.message_primary == "wrong_state":
                    refusals.append((action, arguments["i"], began, present(), now))
                break
            if not has_savepoint or client.info.transaction_status == TransactionStatus.UNKNOWN:
                is_fine = False
                break
            client.execute("rollback to savepoint s")
    if not is_plain:
        if not is_fine or rng.random() < 0.12:
            client.execute("rollback")
            done = []
        else:
            try:
                client.execute("commit")
            except psycopg.Error as error:
                done = []
                if note_error(error, "commit", level, True) == "gone":
                    raise
    for one in done:
        landed(world, *one)
    outcomes["ok"] += len(done)
    if limited:
        client.execute(limits, ("0", "0"))
