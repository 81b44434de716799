//! The program itself, as cron and systemd start it: killed, twice at once, without
//! its database, and with an eye on what it says.

mod deadlines;
mod gate;
mod world;

use calendar_tests::peers::PgBouncer;
use gate::Gate;
use serde_json::Value;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use world::World;

/// A request that creates an event at Google.
const CREATES: &str = "POST /calendar/v3/calendars/";

/// A request that lists events.
const LISTS: &str = "GET /calendar/v3/calendars/";

/// How many calendars are leased.
const LEASED: &str = "select count(*) from calendar.sync_state
                       where leased_until > calendar_private.current_instant()";

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_agent_that_dies_before_it_has_stored_the_answer_leaves_one_event() {
    let mut world = World::new();
    world.connect();
    world.succeed(&["once"]);
    let booking = world.book("2026-03-03T15:00Z");
    let gate = Gate::before(&world.google.server().origin(), CREATES);
    let mut agent = world.agent(&["once"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    // The provider has done its work; nobody will hear of it.
    gate.wait();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!(world.events().len(), 1);
    assert_eq!(world.one("select count(*) from calendar.event_mappings"), "0");
    world.later(6);
    world.succeed(&["once"]);
    assert_eq!(world.events().len(), 1, "one event, however often it is written");
    assert_eq!(world.booking(&booking), "confirmed");
    assert_eq!(world.one("select count(*) from calendar.outbox where done_at is null"), "0");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn two_agents_at_once_share_the_work() {
    let mut world = World::new();
    world.connect();
    world.succeed(&["once"]);
    for number in 0..60 {
        world.foreign(&format!("2026-03-{:02}T{:02}:00:00Z", 9 + number / 10, 6 + number % 10));
    }
    for hour in 15..21 {
        world.book(&format!("2026-03-03T{hour}:00Z"));
    }
    let mut agents: Vec<_> = (0..2).map(|_| world.agent(&["--json", "once"]).spawn()).collect();
    for agent in &mut agents {
        // A booking whose calendar the other pulls just now is written later.
        assert!(matches!(agent.wait().unwrap().code(), Some(0 | 1)));
    }
    world.later(61);
    world.succeed(&["once"]);
    let ours = world.events().iter().filter(|id| id.starts_with("bk")).count();
    assert_eq!((world.events().len(), ours), (66, 6));
    assert_eq!(world.one("select count(*) from calendar.events where booking_id is null"), "60");
    let created = world.google.requests();
    let created = created
        .iter()
        .filter(|request| request.starts_with("POST") && request.contains("/events"))
        .count();
    assert_eq!(created, 6, "each was created once");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn what_an_agent_took_and_died_over_is_taken_over_after_a_minute() {
    let mut world = World::new();
    world.connect();
    world.foreign("2026-03-04T15:00:00Z");
    let gate = Gate::before(&world.google.server().origin(), LISTS);
    let mut agent = world.agent(&["once"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    agent.kill().unwrap();
    agent.wait().unwrap();
    // It may yet be alive, for all that others know.
    assert_eq!(world.one(LEASED), "1");
    world.later(1);
    world.succeed(&["once"]);
    assert_eq!(world.one("select count(*) from calendar.events"), "1");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn what_arrives_while_the_database_is_away_is_stored_once_it_is_back() {
    let mut world = World::new();
    world.connect();
    world.succeed(&["once"]);
    world.foreign("2026-03-04T15:00:00Z");
    world.later(10);
    let gate = Gate::before(&world.google.server().origin(), LISTS);
    let mut agent = world.agent(&["run"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    world.db.cluster().kill();
    gate.open();
    let spool = world.spool();
    eventually("the spool holds what has arrived", || {
        let spool = rusqlite::Connection::open(&spool).unwrap();
        let count = "select count(*) from calls";
        spool.query_row(count, [], |row| row.get::<_, i64>(0)).is_ok_and(|calls| calls > 0)
    });
    world.db.cluster().resume();
    world.reconnect();
    eventually("it is stored", || world.one("select count(*) from calendar.events") == "1");
    assert!(agent.try_wait().unwrap().is_none(), "the daemon goes on");
    agent.kill().unwrap();
    agent.wait().unwrap();
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_daemon_that_is_stopped_ends_what_it_has_begun() {
    let mut world = World::new();
    world.connect();
    world.succeed(&["once"]);
    let booking = world.book("2026-03-03T15:00Z");
    let gate = Gate::before(&world.google.server().origin(), CREATES);
    let mut agent = world.agent(&["run"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    signal("-TERM", &agent);
    gate.open();
    assert_eq!(agent.wait().unwrap().code(), Some(0));
    assert_eq!(world.one("select count(*) from calendar.outbox where done_at is null"), "0");
    assert_eq!(world.booking(&booking), "confirmed");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_signal_in_a_pull_gives_the_calendar_back_at_once() {
    for (command, code) in [("once", 1), ("run", 0)] {
        let mut world = World::new();
        world.connect();
        world.foreign("2026-03-04T15:00:00Z");
        let gate = Gate::before(&world.google.server().origin(), LISTS);
        let mut agent =
            world.agent(&[command]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
        gate.wait();
        assert_eq!(world.one(LEASED), "1");
        signal("-TERM", &agent);
        assert_eq!(agent.wait().unwrap().code(), Some(code), "{command}");
        assert_eq!(world.one(LEASED), "0");
        world.succeed(&["once"]);
        assert_eq!(world.one("select count(*) from calendar.events"), "1");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_round_waits_for_what_another_agent_pulls_and_does_not_pull_it_again() {
    let world = World::new();
    world.connect();
    let gate = Gate::before(&world.google.server().origin(), LISTS);
    let mut first = world.agent(&["once"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    let mut second = world.agent(&["once"]).spawn();
    std::thread::sleep(Duration::from_millis(500));
    assert!(second.try_wait().unwrap().is_none(), "it waits");
    gate.open();
    for agent in [&mut first, &mut second] {
        assert_eq!(agent.wait().unwrap().code(), Some(0));
    }
    let asked = world.google.requests();
    let listed = asked.iter().filter(|asked| asked.starts_with(LISTS)).count();
    assert_eq!(listed, 1, "{asked:?}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_configuration_is_read_again_at_a_hangup() {
    let mut world = World::new();
    world.connect();
    let file = world.spool().with_file_name("sync-agent.toml");
    let configure = |text: &str| std::fs::write(&file, text).unwrap();
    configure("max_age_seconds = 86400");
    let mut agent = world.agent(&["--config", file.to_str().unwrap(), "run"]).spawn();
    eventually("it is pulled", || {
        world.one("select count(last_success_at) from calendar.sync_state") == "1"
    });
    world.foreign("2026-03-04T15:00:00Z");
    configure("max_age = 0");
    signal("-HUP", &agent);
    std::thread::sleep(Duration::from_millis(500));
    assert!(agent.try_wait().unwrap().is_none(), "a mistake in the file does not end it");
    assert_eq!(world.one("select count(*) from calendar.events"), "0");
    configure("max_age_seconds = 0");
    signal("-HUP", &agent);
    eventually("it is pulled again", || world.one("select count(*) from calendar.events") == "1");
    signal("-INT", &agent);
    assert_eq!(agent.wait().unwrap().code(), Some(0));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn systemd_hears_that_it_runs_reloads_and_stops() {
    let world = World::new();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut agent =
        world.agent(&["run"]).env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000").spawn();
    let hear = |word: &str| {
        let mut heard = [0; 1024];
        loop {
            let length = socket.recv(&mut heard).unwrap_or_else(|e| panic!("no {word}: {e}"));
            let text = String::from_utf8_lossy(&heard[..length]);
            if text.lines().any(|line| line == word) {
                return;
            }
            // Only what comes again and again may come in between.
            assert_eq!(text.trim(), "WATCHDOG=1", "in place of {word}");
        }
    };
    hear("READY=1");
    hear("WATCHDOG=1");
    hear("WATCHDOG=1");
    signal("-HUP", &agent);
    hear("RELOADING=1");
    hear("READY=1");
    signal("-TERM", &agent);
    hear("STOPPING=1");
    assert!(agent.wait().unwrap().success());
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn once_says_nothing_where_all_is_well_and_nobody_watches() {
    let world = World::new();
    world.connect();
    let said = |arguments: &[&str]| {
        let output = world.agent(arguments).output();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    assert_eq!(said(&["once"]), "");
    assert!(said(&["once", "--verbose"]).starts_with("calendars: "));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_spool_that_cannot_be_used_is_no_reason_to_stop() {
    let world = World::new();
    world.connect();
    for spool in ["/proc/sync-agent/spool.sqlite", "/dev/null/spool.sqlite"] {
        let output = world.agent(&["once"]).env("SYNC_AGENT_SPOOL", spool).output();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("the spool cannot be used") && said.contains(spool), "{said}");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_call_that_another_transaction_came_before_is_made_again() {
    let mut world = World::new();
    world.connect();
    // The first four times.
    let refuse = "
        create sequence public.calls;
        grant usage on sequence public.calls to public;
        create function public.refuse() returns trigger language plpgsql as $$
        begin
            if nextval('public.calls') <= 4 then
                raise exception 'another transaction came first' using errcode = '40001';
            end if;
            return new;
        end
        $$;
        create trigger a_refused before update on calendar.sync_state
            for each row execute function public.refuse();";
    world.db.connect().batch_execute(refuse).unwrap();
    world.foreign("2026-03-04T15:00:00Z");
    world.succeed(&["once"]);
    assert_eq!(world.one("select count(*) from calendar.events"), "1");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PGBOUNCER"]
fn a_pooler_that_changes_sessions_between_transactions_is_no_obstacle() {
    let mut world = World::new();
    let role = "create role pooled login; grant calendar_agent to pooled";
    world.db.connect().batch_execute(role).unwrap();
    let bouncer = PgBouncer::start(world.db.cluster().port(), "pooled");
    world.database_url = bouncer.url(world.db.name());
    world.connect();
    world.foreign("2026-03-04T15:00:00Z");
    // Sessions of the server are used again from the second round on.
    for _ in 0..5 {
        world.succeed(&["once"]);
    }
    assert_eq!(world.one("select count(*) from calendar.events"), "1");
    let booking = world.book("2026-03-03T15:00Z");
    world.succeed(&["once"]);
    assert_eq!(world.events().len(), 2);
    world.succeed(&["status"]);
    world.succeed(&["doctor"]);

    let mut agent = world.agent(&["run"]);
    agent.env("SYNC_AGENT_MAX_AGE_SECONDS", "0").env("SYNC_AGENT_LISTEN", "false");
    let mut agent = agent.spawn();
    world.foreign("2026-03-04T17:00:00Z");
    eventually("it is pulled", || {
        world.one("select count(*) from calendar.events where booking_id is null") == "2"
    });
    world.one(&format!("select status from calendar.cancel_booking('{booking}')"));
    eventually("it is removed", || world.events().len() == 2);
    // The database goes and comes back behind the pooler.
    world.db.cluster().kill();
    world.foreign("2026-03-04T19:00:00Z");
    world.db.cluster().resume();
    world.reconnect();
    eventually("it is pulled after that, too", || {
        world.one("select count(*) from calendar.events where booking_id is null") == "3"
    });
    signal("-TERM", &agent);
    assert_eq!(agent.wait().unwrap().code(), Some(0));
    assert_eq!(world.one(LEASED), "0");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn once_without_a_database_says_so_and_ends_at_once() {
    let world = World::new();
    let mut agent = world.agent(&["once"]);
    agent.env("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none");
    let output = agent.output();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("the database cannot be reached"), "{said}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_withdrawn_consent_is_shown_and_tried_again_now_and_then() {
    let mut world = World::new();
    world.connect();
    world.google.withdraw_consent();
    world.google.expire_access_tokens();
    assert_eq!(world.agent(&["once"]).output().status.code(), Some(1));
    assert_eq!(world.one("select status from calendar.accounts"), "needs_reconnect");
    let asked = world.google.requests().len();
    let output = world.agent(&["once"]).output();
    assert_eq!(output.status.code(), Some(1), "each time, until it is connected again");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("connect the account again"), "{said}");
    assert_eq!(world.google.requests().len(), asked);
    world.later(2);
    assert_eq!(world.agent(&["once"]).output().status.code(), Some(1));
    assert!(world.google.requests().len() > asked);
    let problem = world.one("select problem from calendar.sync_health");
    assert!(problem.starts_with("connect the account again"), "{problem}");
    world.connect();
    assert_eq!(world.one("select status from calendar.accounts"), "active");
    world.succeed(&["once"]);
}

/// Sends a signal.
fn signal(signal: &str, agent: &Child) {
    let kill = Command::new("kill").arg(signal).arg(agent.id().to_string()).status();
    assert!(kill.unwrap().success());
}

/// Waits for what must come about.
#[track_caller]
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_summary_of_once_is_one_json_value() {
    let world = World::new();
    world.connect();
    world.foreign("2026-03-04T15:00:00Z");
    let output = world.agent(&["--json", "once"]).output();
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&summary["pulled"], &summary["created"]), (&1.into(), &1.into()));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_agent_with_pages_signs_on_stays_small_and_signs_off() {
    const MIB: u64 = 1024;
    let mut world = World::new();
    world.connect();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("http://127.0.0.1:{port}");
    let mut agent = world
        .agent(&["run"])
        .env("SYNC_AGENT_HTTP_LISTEN", format!("127.0.0.1:{port}"))
        .env("SYNC_AGENT_HTTP_PUBLIC_URL", format!("{origin}/"))
        .env("SYNC_AGENT_HTTP_PAGES", concat!(env!("CARGO_MANIFEST_DIR"), "/../web"))
        .spawn();
    let seen = "select string_agg(public_url, ' ') from calendar.agents";
    eventually("it is known", || world.one(seen) == format!("{origin}/"));
    let address = world.begin_connection();
    for path in [address.strip_prefix(&origin).unwrap(), "/health", "/calendar.css"] {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let answer = std::io::read_to_string(stream).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{path}: {answer}");
    }
    // What an operator does in a shell, once the pull that the agent began by itself has ended.
    let read = "select count(*)::text from calendar.sync_state
                 where last_success_at is not null and lease_id is null";
    eventually("it is read", || world.one(read) == "1");
    let broker = world.one("select id from calendar.brokers");
    let link = world.agent(&["link", "--broker", &broker, "--provider", "google"]).output();
    let link = String::from_utf8(link.stdout).unwrap();
    assert!(link.starts_with(&format!("{origin}/connect/")), "{link}");
    let sync = world.agent(&["sync", "--broker", &broker]).output();
    let shown = String::from_utf8_lossy(&sync.stdout).into_owned();
    // The agent may have begun already.
    let is_asked_for = [" due", " being read"].iter().any(|state| shown.contains(state));
    assert!(sync.status.success() && is_asked_for, "{sync:?}");
    let again = world.agent(&["sync", "--broker", &broker]).output();
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    std::thread::sleep(Duration::from_secs(3));
    let status = std::fs::read_to_string(format!("/proc/{}/status", agent.id())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    println!("an idle agent with pages: {} MiB", kibibytes / MIB);
    assert!(kibibytes < 64 * MIB, "{resident}");
    let account = world.one("select id from calendar.accounts");
    world.succeed(&["disconnect", "--account", &account]);
    assert_eq!(world.one("select status from calendar.accounts"), "disconnected");
    world.succeed(&["once"]);
    assert_eq!(world.one("select count(secret) from calendar.accounts"), "0");
    let stop = Command::new("kill").arg(agent.id().to_string()).status().unwrap();
    assert!(stop.success() && agent.wait().unwrap().success());
    assert_eq!(world.one(seen), "");
}
