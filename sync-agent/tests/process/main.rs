//! The program itself, as cron and systemd start it: killed, twice at once, without
//! its database, and with an eye on what it says.

mod gate;
mod world;

use gate::Gate;
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};
use world::World;

/// A request that creates an event at Google.
const CREATES: &str = "POST /calendar/v3/calendars/";

/// A request that lists events.
const LISTS: &str = "GET /calendar/v3/calendars/";

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_agent_that_dies_before_it_has_stored_the_answer_leaves_one_event() {
    let mut world = World::new();
    world.connect();
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
fn what_an_agent_took_and_left_four_hours_ago_is_taken_over() {
    let mut world = World::new();
    world.connect();
    world.foreign("2026-03-04T15:00:00Z");
    let gate = Gate::before(&world.google.server().origin(), LISTS);
    let mut agent = world.agent(&["once"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    agent.kill().unwrap();
    agent.wait().unwrap();
    // It may yet be alive, for all that others know.
    world.succeed(&["once"]);
    assert_eq!(world.one("select count(*) from calendar.events"), "0");
    world.later(4 * 60);
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
    let booking = world.book("2026-03-03T15:00Z");
    let gate = Gate::before(&world.google.server().origin(), CREATES);
    let mut agent = world.agent(&["run"]).env("SYNC_AGENT_GOOGLE_BASE_URL", gate.base()).spawn();
    gate.wait();
    let kill = Command::new("kill").arg("-TERM").arg(agent.id().to_string()).status();
    assert!(kill.unwrap().success());
    gate.open();
    assert_eq!(agent.wait().unwrap().code(), Some(0));
    assert_eq!(world.one("select count(*) from calendar.outbox where done_at is null"), "0");
    assert_eq!(world.booking(&booking), "confirmed");
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
fn a_withdrawn_consent_ends_in_needs_reconnect_and_no_more_requests() {
    let mut world = World::new();
    world.connect();
    world.google.withdraw_consent();
    world.google.expire_access_tokens();
    assert_eq!(world.agent(&["once"]).output().status.code(), Some(1));
    assert_eq!(world.one("select status from calendar.accounts"), "needs_reconnect");
    let asked = world.google.requests().len();
    world.later(120);
    world.succeed(&["once"]);
    assert_eq!(world.google.requests().len(), asked);
    let problem = world.one("select problem from calendar.sync_health");
    assert!(problem.starts_with("connect the account again"), "{problem}");
    world.connect();
    assert_eq!(world.one("select status from calendar.accounts"), "active");
    world.succeed(&["once"]);
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
