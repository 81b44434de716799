"""A broker, a server of theirs, a database, and the program."""

import json
import subprocess
import uuid
from datetime import timedelta

import psycopg

from clock import U, at
from fakes import Server

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class Setting:
    """What all worlds of a case have in common; run.py sets it."""

    agent = database = directory = None
    worlds = []


class World:
    """One broker in UTC, open all day, and what `handler` answers as the provider."""

    def __init__(self, handler):
        self.srv = Server(handler)
        self.directory = Setting.directory
        self.db = psycopg.connect(Setting.database, autocommit=True)
        self.db.execute("set timezone = 'UTC'")
        # A case has one world at a time.
        self.db.execute("update calendar.accounts set status = 'paused' where status <> 'disconnected'")
        self.broker = self.one(
            "insert into calendar.brokers"
            " (name, email, timezone, slot_duration_minutes, minimum_notice_minutes, invite_by)"
            " values (%s, %s, 'UTC', 60, 0, 'provider') returning id",
            "t" + uuid.uuid4().hex[:6],
            f"broker{uuid.uuid4().hex[:6]}@example.com",
        )
        self.db.execute(
            "insert into calendar.working_hours (broker_id, weekday, start_local, end_local)"
            " select %s, weekday, '00:00', '24:00' from generate_series(1, 7) weekday",
            (self.broker,),
        )
        url = self.srv.url
        self.env = {
            "DATABASE_URL": Setting.database + "?options=-c%20role%3Dcalendar_agent",
            "SYNC_AGENT_KEY": KEY,
            "SYNC_AGENT_ALLOW_PRIVATE_NETWORKS": "true",
            "SYNC_AGENT_SPOOL": f"{self.directory}/spool{self.srv.port}.sqlite",
            "SYNC_AGENT_GOOGLE_BASE_URL": url + "/calendar/v3/",
            "SYNC_AGENT_GOOGLE_TOKEN_URL": url + "/token",
            "SYNC_AGENT_GOOGLE_CLIENT_ID": "cid",
            "SYNC_AGENT_GOOGLE_CLIENT_SECRET": "cs",
            "SYNC_AGENT_MICROSOFT_BASE_URL": url + "/v1.0",
            "SYNC_AGENT_MICROSOFT_LOGIN_URL": url + "/",
            "SYNC_AGENT_MICROSOFT_CLIENT_ID": "cid",
            "SYNC_AGENT_GHL_BASE_URL": url,
            "SYNC_AGENT_GHL_CLIENT_ID": "cid",
            "SYNC_AGENT_GHL_CLIENT_SECRET": "cs",
        }
        self.notes = []
        Setting.worlds.append(self)

    # The database.

    def one(self, query, *values):
        """The first value of the first row."""
        row = self.db.execute(query, values or None).fetchone()
        return row and row[0]

    # The program.

    def run(self, *args, stdin="", timeout=60):
        done = subprocess.run(
            [Setting.agent, *args],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.env,
            timeout=timeout,
        )
        self.last = (done.returncode, done.stdout.strip(), done.stderr.strip())
        return self.last

    def start(self, *args, **env):
        """The program, on its own from here on."""
        return subprocess.Popen(
            [Setting.agent, *args],
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def connect(self, kind, *args, secret="pw"):
        arguments = ["connect", kind, "--broker", str(self.broker), *args]
        code, out, err = self.run(*arguments, stdin=secret)
        self.connected = code == 0
        if code:
            self.notes.append(f"connect: exit {code}: {err.splitlines()[-1] if err else out}")
        self.cal = self.one(
            "select id from calendar.calendars where broker_id = %s order by is_primary desc limit 1",
            self.broker,
        )
        return self.connected

    def caldav(self, path="/cal/"):
        url = self.srv.url + path
        return self.connect("caldav", "--url", url, "--username", "alice", "--password-stdin")

    def ics(self, path="/a.ics", url=None):
        return self.connect("ics", "--url", url or self.srv.url + path)

    def google(self):
        return self.connect("google", "--refresh-token-stdin", secret="r1")

    def microsoft(self):
        return self.connect("microsoft", "--refresh-token-stdin", secret="r1")

    def ghl(self, oauth=False):
        how, secret = ("--refresh-token-stdin", "r1") if oauth else ("--token-stdin", "pit-1")
        return self.connect("ghl", "--location", "loc1", how, secret=secret)

    def due(self):
        """Makes all that waits due."""
        self.db.execute(
            "update calendar.sync_state set next_attempt_at = null where calendar_id in"
            " (select id from calendar.calendars where broker_id = %s)",
            (self.broker,),
        )
        self.db.execute(
            "update calendar.outbox set next_attempt_at = now()"
            " where done_at is null and next_attempt_at is not null"
        )

    def once(self, due=True, **more):
        """A round; of what is due, or of all."""
        if due:
            self.due()
        code, out, err = self.run("once", "--json", **more)
        try:
            self.sum = json.loads(out)
        except ValueError:
            self.sum = {"error": err[-300:]}
        self.sum["exit"] = code
        return self.sum

    def full_next(self):
        """The next pull brings everything."""
        self.db.execute(
            "update calendar.sync_state set last_full_at = null, sync_token = null"
            " where calendar_id = %s",
            (self.cal,),
        )

    # What is offered.

    def busy(self, h, day=0, mins=60):
        """Whether the time from an hour of a day on is not offered."""
        start = at(h, day=day)
        return not self.one(
            "select true from calendar.get_available_slots(broker_id => %s, window_start => %s,"
            " window_end => %s, duration_minutes => %s, increment_minutes => %s)",
            self.broker,
            start,
            start + timedelta(minutes=mins),
            mins,
            mins,
        )

    def hours(self, day=0):
        """The hours of a day that are not offered."""
        rows = self.db.execute(
            "select slot_start from calendar.get_available_slots(broker_id => %s,"
            " window_start => %s, window_end => %s, duration_minutes => 60,"
            " increment_minutes => 60, max_slots => 50)",
            (self.broker, at(0, day=day), at(24, day=day)),
        ).fetchall()
        return sorted(set(range(24)) - {start.astimezone(U).hour for (start,) in rows})

    # What is known.

    def events(self):
        return self.db.execute(
            "select external_event_id, starts_at, status, booking_id from calendar.events"
            " where calendar_id = %s order by starts_at",
            (self.cal,),
        ).fetchall()

    def health(self):
        return self.db.execute(
            "select account_status, problem, failures from calendar.sync_health"
            " where broker_id = %s limit 1",
            (self.broker,),
        ).fetchone()

    def rejected(self):
        return self.db.execute(
            "select rejected, problem from calendar.sync_logs where calendar_id = %s"
            " order by id desc limit 1",
            (self.cal,),
        ).fetchone()

    def state(self):
        """How the last round went, what is not offered, and what the operator sees."""
        said = {name: value for name, value in self.sum.items() if value and name != "exit"}
        notes = f" {self.notes}" if self.notes else ""
        return f"exit {self.sum['exit']} {said} busy {self.hours()} health {self.health()}{notes}"

    # Bookings.

    def book(self, h, day=0, email="jo@example.org", name="Jo Smith", title="Viewing", phone=None):
        return self.one(
            "select id from calendar.book_calendar_slot(%s, %s, lead_id => %s, lead_name => %s,"
            " lead_email => %s, lead_phone => %s, title => %s, created_by => 'test')",
            self.broker,
            at(h, day=day),
            uuid.uuid4().hex,
            name,
            email,
            phone,
            title,
        )

    def move(self, booking, h, m=0, day=0):
        start = at(h, m, day=day)
        self.db.execute("select calendar.reschedule_booking(%s, %s)", (booking, start))

    def cancel(self, booking):
        self.db.execute("select calendar.cancel_booking(%s, 'x')", (booking,))

    def booking(self, booking):
        return self.db.execute(
            "select status::text, slot_start, cancel_reason from calendar.bookings where id = %s",
            (booking,),
        ).fetchone()

    def problem(self, booking):
        return self.one("select problem from calendar.bookings where id = %s", booking)

    def outbox(self):
        return self.db.execute(
            "select last_error, done_at is not null, attempts from calendar.outbox where booking_id"
            " in (select id from calendar.bookings where broker_id = %s) order by id",
            (self.broker,),
        ).fetchall()

    def age_mappings(self):
        """An hour passes since the last write."""
        stamps = self.db.execute(
            "select column_name from information_schema.columns where table_schema = 'calendar'"
            " and table_name = 'event_mappings' and data_type like 'timestamp%'"
        ).fetchall()
        for (name,) in stamps:
            self.db.execute(
                f"update calendar.event_mappings set {name} = {name} - interval '1 hour'"
            )

    def close(self):
        self.srv.stop()
        self.db.close()
