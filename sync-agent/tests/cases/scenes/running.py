"""The program as cron and systemd run it."""

import os
import pathlib
import signal
import socket
import threading
import time
from urllib.parse import urlsplit

from fakes import Dav, vcal, vevent
from support import caldav_world, case, feed_world, home_world, two
from world import World

KIND = "what operators see"


def feeds(count):
    """That many feeds of one broker, on a server that takes its time."""

    def answer(r):
        time.sleep(0.2)
        return 200, {"Content-Type": "text/calendar"}, vcal(vevent(r.path[1:], 9))

    w = World(answer)
    for n in range(count):
        w.ics(f"/{n}.ics")
    return w


@case(KIND, "once, four times at the same moment: each calendar is read once, all end well")
def s01_four_at_once():
    w = feeds(8)
    w.once()
    w.due()
    w.srv.clear()
    spools = [f"{w.directory}/spool-{n}.sqlite" for n in range(4)]
    agents = [w.start("once", SYNC_AGENT_SPOOL=spool) for spool in spools]
    codes = []
    for agent in agents:
        agent.communicate(timeout=60)
        codes.append(agent.returncode)
    asked = sorted(r.path for r in w.srv.asked("GET"))
    ok = codes == [0] * 4 and asked == sorted(f"/{n}.ics" for n in range(8))
    return ok, f"{codes} {len(asked)} {asked}"


def hanging():
    """An agent in the middle of a pull."""
    w = caldav_world(two())
    w.caldav()
    w.once()
    w.d.put_item("c.ics", vcal(vevent("c", 15)))
    reached, release = threading.Event(), threading.Event()

    def hook(_r):
        reached.set()
        release.wait(30)
        return "default"

    w.d.hook = hook
    w.due()
    agent = w.start("once")
    assert reached.wait(20), "it asks nothing"
    return w, agent, release


@case(KIND, "SIGTERM in a pull: the calendar is given back at once")
def s02_terminated():
    w, agent, release = hanging()
    begun = time.monotonic()
    agent.send_signal(signal.SIGTERM)
    agent.communicate(timeout=30)
    took = time.monotonic() - begun
    leased = w.one("select count(*) from calendar.sync_state where leased_until > now()")
    w.d.hook = None
    release.set()
    w.once()
    ok = took < 10 and leased == 0 and w.hours() == [9, 12, 15]
    return ok, f"{took:.1f} s, {leased} leased, {w.state()}"


@case(KIND, "kill -9 in a pull: the calendar is leased for no more than a minute")
def s03_killed():
    w, agent, release = hanging()
    agent.kill()
    agent.communicate(timeout=30)
    left = w.one("select extract(epoch from max(leased_until - now())) from calendar.sync_state")
    release.set()
    return left is not None and 0 < left <= 60, f"{left} s"


@case(KIND, "a spool that is no spool: set aside, and all goes on")
def s04_spool_of_another_kind():
    w = caldav_world(two())
    w.caldav()
    spool = pathlib.Path(w.env["SYNC_AGENT_SPOOL"])
    for path in spool.parent.glob(spool.name + "*"):
        path.unlink()
    spool.write_bytes(b"this is no database at all, but a text\n" * 200)
    w.once()
    ok = w.hours() == [9, 12] and w.sum["exit"] == 0
    return ok, f"{w.last} {w.state()}"


@case(KIND, "a spool where nothing can be written: works without a spool")
def s05_no_spool():
    w = caldav_world(two())
    w.caldav()
    w.env["SYNC_AGENT_SPOOL"] = "/proc/none/spool.sqlite"
    w.once()
    return w.hours() == [9, 12] and w.sum["exit"] == 0, f"{w.last} {w.state()}"


@case(KIND, "once from cron, all well: silent; --verbose or a failure: not")
def s06_silent():
    w = caldav_world(two())
    w.caldav()
    w.due()
    well = w.run("once")
    w.due()
    verbose = w.run("once", "--verbose")
    w.d.hook = lambda r: (500, {}, "")
    w.due()
    ill = w.run("once")
    ok = well == (0, "", "") and verbose[0] == 0 and any(verbose[1:])
    return ok and ill[0] == 1 and any(ill[1:]), f"{well} {verbose} {ill}"


@case(KIND, "a configuration file with the key that all may read or write: refused or warned of")
def s07_open_secrets():
    w = caldav_world(two())
    w.caldav()
    path = os.path.join(w.directory, "agent.toml")
    key = w.env.pop("SYNC_AGENT_KEY")
    pathlib.Path(path).write_text(f'key = "{key}"\n')
    os.chmod(path, 0o666)
    w.due()
    code, out, err = w.run("--config", path, "once")
    warned = any(word in out + err for word in ("666", "permission", "open to"))
    return warned, f"{code} {out} {err}"


@case(KIND, "a misspelt variable is named")
def s08_misspelt_variable():
    w = caldav_world(two())
    w.caldav()
    w.env["SYNC_AGENT_SPOOOL"] = "/tmp/x"
    w.due()
    code, out, err = w.run("once")
    return "SYNC_AGENT_SPOOOL" in out + err, f"{code} {out} {err}"


@case(KIND, "the database is read only: exit 2 or 1 and a sentence that says so, also from doctor")
def s09_database_read_only():
    w = caldav_world(two())
    w.caldav()
    database = w.one("select current_database()")
    w.db.execute(f'alter database "{database}" set default_transaction_read_only = on')
    code, out, err = w.run("once")
    doctor = w.run("doctor")
    ok = code != 0 and "read" in (out + err) and doctor[0] != 0
    return ok and "lost" not in out + err, f"{code} {out} {err} | {doctor}"


@case(KIND, "a database that takes connections and says nothing: ends within a minute and says so")
def s10_database_silent():
    w = caldav_world(two())
    w.caldav()
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    parts = urlsplit(w.env["DATABASE_URL"])
    w.env["DATABASE_URL"] = parts._replace(netloc=f"postgres@127.0.0.1:{port}").geturl()
    begun = time.monotonic()
    code, out, err = w.run("once", timeout=55)
    silent.close()
    return code == 2 and bool(err), f"{code} {out} {err} {time.monotonic() - begun:.0f} s"


@case(KIND, "rounds that change nothing write no log")
def s11_quiet_rounds():
    w = feed_world(vcal(vevent("a", 9)))
    before = w.one("select count(*) from calendar.sync_logs")
    for _ in range(3):
        w.once()
    after = w.one("select count(*) from calendar.sync_logs")
    return after == before and w.sum["exit"] == 0, f"{before} {after} {w.state()}"


@case(KIND, "one account hangs: the other one of the same round is read at once")
def s12_one_hangs():
    w = caldav_world(two())
    w.caldav()
    other = feed_world(vcal(vevent("f", 18)))
    w.db.execute("update calendar.accounts set status = 'active' where status = 'paused'")
    w.due()
    release = threading.Event()
    w.d.hook = lambda r: (release.wait(20), "default")[1]
    other.web.body = vcal(vevent("f", 21))
    other.due()
    agent = other.start("once")
    begun = time.monotonic()
    while other.hours() != [21] and time.monotonic() - begun < 15:
        time.sleep(0.1)
    took = time.monotonic() - begun
    release.set()
    agent.communicate(timeout=60)
    return took < 5, f"{took:.1f} s {other.hours()}"


def until(so, seconds=30):
    """Whether it comes about."""
    begun = time.monotonic()
    while not (found := so()) and time.monotonic() - begun < seconds:
        time.sleep(0.05)
    return bool(found)


def both_run(*worlds):
    """The daemon, for all of these worlds."""
    worlds[0].db.execute("update calendar.accounts set status = 'active' where status = 'paused'")
    return worlds[-1].start("run", SYNC_AGENT_MAX_AGE_SECONDS="1")


def ended(agent, release):
    release.set()
    agent.send_signal(signal.SIGTERM)
    agent.communicate(timeout=60)


def stuck_world():
    """A world whose calendar has been read."""
    stuck = caldav_world()
    stuck.caldav()
    stuck.once()
    return stuck


def one_push_hangs(stuck, other):
    """The daemon, for two worlds, while it waits for the answer to a push of the first one.

    Returns it, whether it waits, and what ends that.
    """
    reached, release = threading.Event(), threading.Event()

    def hook(r):
        if r.method == "PUT":
            reached.set()
            release.wait(60)
        return "default"

    stuck.d.hook = hook
    agent = both_run(stuck, other)
    stuck.book(9)
    return agent, reached.wait(30), release


@case(KIND, "one push hangs: the next booking, of another account, is written meanwhile")
def s13_one_push_hangs():
    stuck = stuck_world()
    other = caldav_world()
    other.caldav()
    other.once()
    agent, hangs, release = one_push_hangs(stuck, other)
    other.book(10)
    wrote = until(lambda: other.d.items)
    ok = hangs and wrote and not stuck.d.items
    ended(agent, release)
    return ok, f"hangs {hangs}, the other one {len(other.d.items)}"


@case(KIND, "an account with 20 calendars hangs: others are read round after round meanwhile")
def s14_twenty_calendars_hang():
    stuck = home_world(**{f"c{n}": Dav() for n in range(20)})
    stuck.once()
    other = feed_world(vcal(vevent("f", 8)))
    release = threading.Event()
    stuck.home.hook = lambda r: (release.wait(60), "default")[1]
    agent = both_run(stuck, other)
    read = []
    for hour in range(9, 14):
        other.web.body = vcal(vevent("f", hour))
        read.append(until(lambda: other.hours() == [hour]))
    ended(agent, release)
    return all(read), f"{read} {other.hours()}"


@case(KIND, "the database goes away and comes back while a push hangs: the daemon goes on at once")
def s15_database_comes_back():
    stuck = stuck_world()
    other = feed_world(vcal(vevent("f", 8)))
    agent, hangs, release = one_push_hangs(stuck, other)
    database = stuck.one("select current_database()")
    ended_sessions = other.one(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where application_name = 'sync-agent' and datname = %s",
        database,
    )
    other.web.body = vcal(vevent("f", 12))
    read = until(lambda: other.hours() == [12])
    ended(agent, release)
    return hangs and ended_sessions > 0 and read, f"{hangs} {ended_sessions} {read}"
