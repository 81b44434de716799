"""Measures what sync-agent sends; scripts/bench-agent starts the database.

Usage: bench_messages.py PSQL URL AGENT DIRECTORY

Prints each figure beside its goal: how many e-mails an agent hands over in a second and
its memory meanwhile, the time from a booking to its e-mail with a daemon, and the time of
one scrape of /metrics with 1,000 calendars. The mail server is aiosmtpd, or any server
without encryption at 127.0.0.1 whose port is SYNC_AGENT_SMTP_PORT.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

from aiosmtpd.controller import Controller

from bench_agent import MIB, environment_of, free_port, line, measured, new_key

BROKERS, BOOKINGS, CALENDARS, SINGLE, SCRAPES = 100, 10, 1_000, 20, 200


class Sink:
    """Takes in every e-mail."""

    async def handle_DATA(self, *_):
        return "250 OK"


def wait_for(what, is_there):
    for _ in range(600):
        if is_there():
            return
        time.sleep(0.05)
    sys.exit(f"{what} does not happen")


def main(psql, url, agent, directory):
    directory = pathlib.Path(directory)

    def sql(statement, database):
        arguments = [psql, "-XqAt", "--dbname", database, "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()

    sql("create database messages", url)
    url = url.rsplit("/", 1)[0] + "/messages"
    sql("create extension calendar_ext cascade", url)
    server = None
    if "SYNC_AGENT_SMTP_PORT" not in os.environ:
        server = Controller(Sink(), hostname="127.0.0.1", port=free_port())
        server.start()
    port = os.environ.get("SYNC_AGENT_SMTP_PORT") or str(server.port)
    internal = free_port()
    environment = environment_of(url, new_key(), directory / "spool-messages.sqlite") | {
        "SYNC_AGENT_SMTP_HOST": "127.0.0.1",
        "SYNC_AGENT_SMTP_PORT": port,
        "SYNC_AGENT_SMTP_TLS": "none",
        "SYNC_AGENT_SMTP_FROM": "Bookings <bookings@example.com>",
        "SYNC_AGENT_HTTP_LISTEN": f"127.0.0.1:{free_port()}",
        "SYNC_AGENT_HTTP_INTERNAL_LISTEN": f"127.0.0.1:{internal}",
    }
    print(f"==> {BROKERS * BOOKINGS} bookings", file=sys.stderr)
    sql(f"""insert into calendar.brokers (name, timezone, email)
            select 'Broker ' || n, 'America/New_York', 'b' || n || '@example.com' from generate_series(1, {BROKERS}) as n""", url)

    def book(brokers, times, name):
        sql(f"""select count(*)
                  from (select id from calendar.brokers order by name limit {brokers}) as b
                 cross join lateral (
                       select slot_start
                         from calendar.get_available_slots(b.id, now() + interval '7 days', now() + interval '14 days')
                        order by slot_start limit {times}) as s
                 cross join lateral calendar.book_calendar_slot(
                       b.id, s.slot_start, lead_name => '{name}', lead_email => '{name}@example.com')""", url)

    book(BROKERS, BOOKINGS, "lead")
    output, wall, cpu, memory = measured([agent, "--json", "once"], environment)
    sent = json.loads(output)["messages"]["sent"]
    line(f"{sent} e-mails handed over by one agent", f"{sent / wall:.0f} a second, {cpu:.1f} s of CPU in {wall:.1f} s",
         "at least 100 a second", sent >= BROKERS * BOOKINGS and sent / wall >= 100)
    line("memory meanwhile", f"{memory / MIB:.1f} MiB", "below 64 MiB", memory < 64 * MIB)

    # Switched off, so that no provider is asked and their brokers can be booked.
    sql(f"""with account as (
                insert into calendar.accounts (broker_id, provider, status, settings)
                select id, 'google', 'paused', '{{}}' from calendar.brokers returning id, broker_id)
            insert into calendar.calendars (broker_id, account_id, timezone, external_calendar_id, sync_enabled)
            select a.broker_id, a.id, 'UTC', n::text, false
              from account as a cross join generate_series(1, {CALENDARS // BROKERS}) as n""", url)
    daemon = subprocess.Popen([agent, "run"], env=environment)
    try:
        metrics = f"http://127.0.0.1:{internal}/metrics"
        wait_for("the first measurement", lambda: is_measured(metrics))
        for number in range(SINGLE):
            name = f"single{number}"
            book(1, 1, name)
            wait_for("an e-mail", lambda: sql(
                f"""select n.sent_at is not null from calendar.notifications as n
                      join calendar.bookings as b on b.id = n.booking_id
                     where b.lead_name = '{name}' and n.recipient = 'lead' and n.kind = 'booked'""", url) == "t")
        worst = sql("""select max(extract(epoch from n.sent_at - b.created_at) * 1000)::integer
                         from calendar.notifications as n join calendar.bookings as b on b.id = n.booking_id
                        where b.lead_name like 'single%' and n.recipient = 'lead' and n.kind = 'booked'""", url)
        line(f"from a booking to its e-mail, the longest of {SINGLE}", f"{worst} ms", "below 1,000 ms", int(worst) < 1000)
        scrapes = []
        for _ in range(SCRAPES):
            begun = time.monotonic()
            text = urllib.request.urlopen(metrics).read().decode()
            scrapes.append((time.monotonic() - begun) * 1000)
        series = sum(not row.startswith("#") for row in text.splitlines())
        scrapes.sort()
        line(f"one scrape of {series} series with {CALENDARS} calendars, median and longest of {SCRAPES}",
             f"{scrapes[SCRAPES // 2]:.1f} and {scrapes[-1]:.1f} ms", "below 20 ms", scrapes[-1] < 20)
        peak = pathlib.Path(f"/proc/{daemon.pid}/status").read_text().split("VmHWM:")[1].split()[0]
        line("memory of the daemon", f"{int(peak) / 1024:.1f} MiB", "below 64 MiB", int(peak) < 64 * 1024)
    finally:
        daemon.terminate()
        daemon.wait()
        if server:
            server.stop()


def is_measured(metrics):
    """Whether the agent has counted the calendars."""
    try:
        text = urllib.request.urlopen(metrics).read().decode()
    except OSError:
        return False
    counted = sum(float(row.rsplit(" ", 1)[1]) for row in text.splitlines() if row.startswith("calendar_agent_calendars{"))
    return counted >= CALENDARS


if __name__ == "__main__":
    main(*sys.argv[1:])
