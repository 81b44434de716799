//! What the agent's metrics measure.

use calendar_tests::Synced;
use calendar_tests::synced::{connect, register, text};
use serde_json::{Value, json};

/// The row of a provider.
fn measured(synced: &mut Synced, provider: &str) -> Value {
    let query = "select to_jsonb(m) from calendar_sync.measure() as m where m.provider = $1";
    synced.agent.query_one(query, &[&provider]).unwrap().get(0)
}

/// Calendars that are in sync, that fail, and that are off.
fn calendars(synced: &mut Synced, provider: &str) -> [i64; 3] {
    let row = measured(synced, provider);
    ["ok", "failing", "off"].map(|state| row[format!("calendars_{state}")].as_i64().unwrap())
}

#[test]
fn every_provider_has_a_row_from_the_start() {
    let mut synced = Synced::not_pulled(&[]);
    let rows = "select string_agg(provider, ' ' order by provider) from calendar_sync.measure()";
    assert_eq!(synced.texts(rows), ["caldav ghl google ics microsoft"]);
    assert_eq!(
        measured(&mut synced, "ics"),
        json!({"provider": "ics", "calendars_ok": 0, "calendars_failing": 0, "calendars_off": 0,
               "calendar_age_seconds_max": 0, "outbox_open": 0, "outbox_oldest_seconds": 0})
    );
}

#[test]
fn calendars_are_counted_by_how_they_do() {
    let mut synced = Synced::not_pulled(&[]);
    assert_eq!(calendars(&mut synced, "caldav"), [0, 1, 0]);
    synced.pull_events(&json!([]));
    assert_eq!(calendars(&mut synced, "caldav"), [1, 0, 0]);
    let broker = synced.broker;
    let account = connect(&mut synced.agent, broker, "google");
    let calendar = register(&mut synced.agent, account, "home");
    assert_eq!(calendars(&mut synced, "google"), [0, 1, 0]);
    let switch = "update calendar.calendars set sync_enabled = false where id = $1";
    synced.admin.execute(switch, &[&calendar]).unwrap();
    assert_eq!(calendars(&mut synced, "google"), [0, 0, 1]);
    // One whose account must be connected again was in sync, and is not any more.
    let refuse =
        "update calendar.accounts set status = 'needs_reconnect' where provider = 'caldav'";
    synced.admin.execute(refuse, &[]).unwrap();
    assert_eq!(calendars(&mut synced, "caldav"), [0, 1, 0]);
    synced.admin.execute(&refuse.replace("needs_reconnect", "paused"), &[]).unwrap();
    assert_eq!(calendars(&mut synced, "caldav"), [0, 0, 1]);
}

#[test]
fn age_is_that_of_what_has_waited_longest() {
    let mut synced = Synced::new(&[]);
    synced.pull_events(&json!([]));
    synced.at("2026-03-02T14:20:00Z");
    assert_eq!(measured(&mut synced, "caldav")["calendar_age_seconds_max"], 1200);
    // One that is pulled less often by setting is not late.
    let slow =
        "update calendar.calendars set sync_interval_minutes = 15 where account_id is not null";
    synced.admin.execute(slow, &[]).unwrap();
    assert_eq!(measured(&mut synced, "caldav")["calendar_age_seconds_max"], 300);
    let off = "update calendar.calendars set sync_enabled = false where account_id is not null";
    synced.admin.execute(off, &[]).unwrap();
    assert_eq!(measured(&mut synced, "caldav")["calendar_age_seconds_max"], 0);
}

#[test]
fn a_booking_counts_until_it_is_at_its_provider() {
    let mut synced = Synced::new(&[]);
    synced.pull_events(&json!([]));
    synced.book("2026-03-03T15:00:00Z");
    let at_once = measured(&mut synced, "caldav");
    assert_eq!(
        (&at_once["outbox_open"], &at_once["outbox_oldest_seconds"]),
        (&json!(1), &json!(0))
    );
    synced.at("2026-03-02T14:10:00Z");
    assert_eq!(measured(&mut synced, "caldav")["outbox_oldest_seconds"], 600);
    let lease = text(&synced.pushes()[0], "lease_id");
    calendar_tests::synced::finish_push(&mut synced.agent, &lease, "event").unwrap();
    let done = measured(&mut synced, "caldav");
    assert_eq!((&done["outbox_open"], &done["outbox_oldest_seconds"]), (&json!(0), &json!(0)));
}
