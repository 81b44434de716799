"""Measures sync-agent; scripts/bench-agent starts the database.

Usage: bench_agent.py PSQL URL AGENT DIRECTORY

Prints each figure beside its goal: the cost of a first sync of 100 calendars with
500 events each, the time of a second sync and the rows that it writes, how soon a
changed event counts, the memory for 50,000 events in one calendar, and the size of
the program.
"""

import base64
import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

CALENDARS, EVENTS, LARGE = 100, 500, 50_000
MIB = 1 << 20
START = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)


def ics(uid, start):
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "BEGIN:VEVENT", f"UID:{uid}",
        "DTSTAMP:20260101T000000Z", f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
        f"DTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}", f"SUMMARY:Meeting {uid}",
        "DESCRIPTION:What it is about", "END:VEVENT", "END:VCALENDAR", "",
    ]
    return "\r\n".join(lines)


def fill(root, user, calendar, events):
    """Writes a calendar as Radicale stores it."""
    directory = root / "collection-root" / user / calendar
    directory.mkdir(parents=True)
    (directory / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR", "D:displayname": calendar}))
    for number in range(events):
        start = START + timedelta(minutes=15 + 107 * number % (55 * 1440))
        (directory / f"event-{number}.ics").write_text(ics(f"event-{number}", start), newline="")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def new_key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


def environment_of(url, key, spool):
    """What an agent is started with."""
    return os.environ | {
        "DATABASE_URL": url,
        "SYNC_AGENT_KEY": key,
        "SYNC_AGENT_SPOOL": str(spool),
        "SYNC_AGENT_ALLOW_PRIVATE_NETWORKS": "true",
        "SYNC_AGENT_LOG_LEVEL": "warn",
    }


def measured(arguments, environment, stdin=None):
    """Runs a program; returns its output, wall time, CPU time and largest resident set."""
    begun = time.monotonic()
    child = subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    child.stdin.write((stdin or "").encode())
    child.stdin.close()
    output = child.stdout.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    if child.returncode:
        sys.exit(f"{' '.join(arguments)} exits with {child.returncode}: {output}")
    return output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def ask(base, method, path, user, body, kind="application/xml"):
    """Sends a request as a user; all users have the same password. Returns the body of the answer."""
    headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:secret".encode()).decode(),
               "Content-Type": kind, "Depth": "0"}
    request = urllib.request.Request(base + path, data=body.encode(), method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def state(base, path, user, prop):
    """Asks the server for a property that shows whether a calendar has changed."""
    return ask(base, "PROPFIND", path, user, f'<propfind xmlns="DAV:"><prop>{prop}</prop></propfind>')


def bare_requests(base, calendars):
    """Seconds that the server takes to answer, for all calendars, whether each has changed."""
    begun = time.monotonic()
    for url in calendars.splitlines():
        answer = state(base, urllib.parse.urlparse(url).path, "many",
                       '<getctag xmlns="http://calendarserver.org/ns/"/>')
        if b"<CS:getctag>" not in answer:
            sys.exit(f"{url}: {answer}")
    return time.monotonic() - begun


def line(what, figure, goal, is_reached):
    print(f"{'reached' if is_reached else 'MISSED '}  {what}: {figure}; goal: {goal}", flush=True)


def main(psql, url, agent, directory):
    directory = pathlib.Path(directory)
    root = directory / "radicale"
    print(f"==> making {CALENDARS} calendars of {EVENTS} events, and one of {LARGE}", file=sys.stderr)
    for number in range(CALENDARS):
        fill(root, "many", f"calendar-{number}", EVENTS)
    fill(root, "large", "calendar", LARGE)

    def sql(statement):
        arguments = [psql, "-XqAt", "--dbname", url, "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()

    port = free_port()
    users = directory / "users"
    users.write_text("many:secret\nlarge:secret\n")
    log = directory / "requests.log"
    server = subprocess.Popen(
        [sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}",
         "--server-max-connections", "20", "--auth-type", "htpasswd", "--auth-delay", "0",
         "--auth-htpasswd-filename", str(users), "--auth-htpasswd-encryption", "plain",
         "--storage-filesystem-folder", str(root), "--logging-level", "info"],
        stderr=log.open("wb"))
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        sql("create extension calendar_ext cascade")
        environment = environment_of(url, new_key(), directory / "spool.sqlite")

        def connect(user):
            broker = sql(f"insert into calendar.brokers (name, timezone) values ('{user}', 'UTC') returning id")
            measured([agent, "connect", "caldav", "--broker", broker, "--url", base,
                      "--username", user, "--password-stdin"], environment, "secret\n")
            return broker

        def once():
            return measured([agent, "--json", "once"], environment)

        def requests():
            return log.read_text().count(" request for ")

        def written():
            """Rows written to each table so far."""
            sql("select pg_stat_force_next_flush()")
            time.sleep(1.5)
            rows = sql("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_user_tables where schemaname = 'calendar'")
            return {name: int(count) for name, count in (row.split("|") for row in rows.splitlines())}

        broker = connect("many")
        print("==> first sync", file=sys.stderr)
        output, wall, cpu, memory = once()
        assert json.loads(output)["created"] == CALENDARS * EVENTS, output
        line(f"first sync of {CALENDARS} × {EVENTS} events, CPU of the agent",
             f"{cpu / wall:.1%} of wall ({cpu:.1f} s of {wall:.1f} s)", "below 25 %", cpu < wall / 4)
        line("memory meanwhile", f"{memory / MIB:.1f} MiB", "below 64 MiB", memory < 64 * MIB)

        # Files that the server wrote may no longer be in memory: read each once.
        calendars = sql("select external_calendar_id from calendar.calendars")
        bare_requests(base, calendars)
        asked, rows = requests(), written()
        output, wall, cpu, memory = once()
        asked = requests() - asked
        rows = {name: count - rows.get(name, 0) for name, count in written().items()}
        rows = {name: count for name, count in rows.items() if count}
        runs = [(output, wall, cpu)] + [once()[:3] for _ in range(4)]
        assert all(json.loads(output)["unchanged"] == CALENDARS for output, _, _ in runs), runs
        walls = sorted(wall for _, wall, _ in runs)
        line("second sync, nothing changed, median of five",
             f"{walls[2]:.2f} s ({walls[0]:.2f} to {walls[4]:.2f}), {cpu:.2f} s of it CPU of the agent",
             "below 3 s", walls[2] < 3)
        line("requests of it", f"{asked}", f"{CALENDARS}", asked == CALENDARS)
        line("rows written by it", f"{rows}", "sync state alone", set(rows) == {"sync_state"})

        bare = bare_requests(base, calendars)
        print(f"         the same requests one by one, without an agent: {bare:.2f} s", flush=True)

        moment = START + timedelta(days=3, hours=2)
        moment -= timedelta(days=max(0, moment.isoweekday() - 5))
        ask(base, "PUT", "/many/calendar-7/event-1.ics", "many", ics("event-1", moment), "text/calendar")
        once()
        blocks = sql(f"select count(*) from calendar.get_busy('{broker}', '{moment.isoformat()}', '{(moment + timedelta(minutes=30)).isoformat()}')")
        line("a changed event counts in the same run", "yes" if blocks == "1" else "no", "yes", blocks == "1")

        print("==> a large calendar, which the server reads for the first time", file=sys.stderr)
        state(base, "/large/calendar/", "large", "<sync-token/>")
        connect("large")
        print("==> the first sync of it", file=sys.stderr)
        output, wall, cpu, memory = once()
        assert json.loads(output)["created"] == LARGE, output
        line(f"memory for a calendar of {LARGE} events", f"{memory / MIB:.1f} MiB ({wall:.0f} s)",
             "below 64 MiB", memory < 64 * MIB)

        stripped = directory / "sync-agent"
        subprocess.run(["strip", "-o", stripped, agent], check=True)
        size = stripped.stat().st_size
        line("size of the program, stripped", f"{size / 1e6:.1f} MB", "below 20 MB", size < 20e6)
        needed = subprocess.run(["readelf", "-d", agent], check=True, capture_output=True, text=True).stdout
        has_openssl = "libssl" in needed or "libcrypto" in needed
        line("OpenSSL in it", "yes" if has_openssl else "no", "no", not has_openssl)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
