"""Measures sync-agent with many feeds and with a large one; scripts/bench-agent starts the database.

Usage: bench_feeds.py PSQL URL AGENT DIRECTORY

Prints each figure beside its goal: the first and the second round of 1,000 feeds with
20 events each, the rows that the second one writes, four rounds at once, and the
memory for a feed of 100,000 events.
"""

import json
import pathlib
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench_agent import MIB, environment_of, line, measured, new_key

FEEDS, EVENTS, LARGE = 1_000, 20, 100_000
START = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0)


def feed(name, events):
    """A stream of about 200 octets for each event."""
    parts = ["BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//bench//EN\r\n"]
    for number in range(events):
        start = START + timedelta(minutes=15 + 107 * number % (55 * 1440))
        parts.append(
            f"BEGIN:VEVENT\r\nUID:{name}-{number}@bench.example.com\r\nDTSTAMP:20260101T000000Z\r\n"
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{start + timedelta(minutes=30):%Y%m%dT%H%M%SZ}\r\n"
            f"SUMMARY:Meeting {number} of {name}\r\nEND:VEVENT\r\n")
    parts.append("END:VCALENDAR\r\n")
    return "".join(parts).encode()


class Feeds(BaseHTTPRequestHandler):
    """/NAME/EVENTS.ics, with an ETag."""

    protocol_version = "HTTP/1.1"
    asked = []
    made = {}

    def do_GET(self):
        Feeds.asked.append(self.path)
        name, events = self.path.strip("/").removesuffix(".ics").split("/")
        if self.path not in Feeds.made:
            Feeds.made[self.path] = feed(name, int(events))
        body, mark = Feeds.made[self.path], f'"{name}"'
        is_known = self.headers["If-None-Match"] == mark
        self.send_response(304 if is_known else 200)
        self.send_header("ETag", mark)
        if not is_known:
            self.send_header("Content-Type", "text/calendar")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not is_known:
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def main(psql, url, agent, directory):
    directory = pathlib.Path(directory)

    def sql(statement, database=url):
        arguments = [psql, "-XqAt", "--dbname", database, "-v", "ON_ERROR_STOP=1", "-c", statement]
        return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()

    sql("create database feeds")
    url = url.rsplit("/", 1)[0] + "/feeds"
    sql("create extension calendar_ext cascade", url)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"

    def environment(name):
        return environment_of(url, key, directory / f"spool-{name}.sqlite")

    def once():
        return measured([agent, "--json", "once"], environment("feeds"))

    def written():
        sql("select pg_stat_force_next_flush()", url)
        time.sleep(1.5)
        rows = sql("select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_user_tables where schemaname = 'calendar'", url)
        return {name: int(count) for name, count in (row.split("|") for row in rows.splitlines())}

    key = new_key()
    print(f"==> connecting {FEEDS} feeds", file=sys.stderr)
    brokers = directory / "brokers.csv"
    brokers.write_text("name,timezone,email,provider,url\n" + "".join(
        f"Broker {n},UTC,b{n}@example.com,ics,{origin}/feed{n}/{EVENTS}.ics\n" for n in range(FEEDS)))
    measured([agent, "import", str(brokers)], environment("feeds"))

    print("==> first round", file=sys.stderr)
    output, wall, cpu, memory = once()
    assert json.loads(output)["created"] == FEEDS * EVENTS, output
    line(f"first round of {FEEDS} feeds of {EVENTS} events",
         f"{wall:.1f} s, {cpu:.1f} s of it CPU of the agent, {memory / MIB:.0f} MiB", "below 30 s", wall < 30)
    before = written()
    output, wall, cpu, _ = once()
    rows = {name: count - before.get(name, 0) for name, count in written().items()}
    rows = {name: count for name, count in rows.items() if count}
    assert json.loads(output)["unchanged"] == FEEDS, output
    line("second round, nothing changed", f"{wall:.2f} s, {cpu:.2f} s of it CPU of the agent", "below 5 s", wall < 5)
    line("rows written by it", f"{rows}", "sync state alone", set(rows) == {"sync_state"})

    del Feeds.asked[:]
    begun = time.monotonic()
    agents = [subprocess.Popen([agent, "once"], env=environment(name)) for name in range(4)]
    codes = [child.wait() for child in agents]
    together = time.monotonic() - begun
    line("four rounds at once", f"{together:.2f} s, {len(Feeds.asked)} pulls, exit codes {codes}",
         f"{FEEDS} pulls, about as fast as one", len(Feeds.asked) == FEEDS and codes == [0] * 4)

    print(f"==> a feed of {LARGE} events", file=sys.stderr)
    sql("update calendar.accounts set status = 'paused'", url)
    broker = sql("insert into calendar.brokers (name, timezone) values ('large', 'UTC') returning id", url)
    address = f"{origin}/large/{LARGE}.ics"
    measured([agent, "connect", "ics", "--broker", broker, "--url", address], environment("feeds"))
    output, wall, cpu, memory = once()
    assert json.loads(output)["created"] == LARGE, output
    size = len(Feeds.made[f"/large/{LARGE}.ics"])
    line(f"memory for a feed of {LARGE} events, {size / 1e6:.0f} MB",
         f"{memory / 1e6:.0f} MB ({wall:.0f} s)", "below 256 MB", memory < 256e6)


if __name__ == "__main__":
    main(*sys.argv[1:])
