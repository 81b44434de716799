//! Changes around a series, and at random.

use crate::support::{
    NEW_YORK, assert_blocks_are_true, assert_busy_is_true, blocks, execute, series, start,
};
use calendar_tests::{Database, fixture, random};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn blocks_follow_a_calendar_to_another_broker() {
    let (mut client, broker, calendar) = start("UTC");
    let other = fixture::broker(&mut client, &[]);
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=DAILY")]));
    client
        .execute("update calendar.calendars set broker_id = $1 where id = $2", &[&other, &calendar])
        .unwrap();
    assert_blocks_are_true(&mut client);
    for broker in [broker, other] {
        assert_busy_is_true(&mut client, broker, "2026-03-03", "2026-04-01");
    }
}

#[test]
fn an_event_that_was_there_before_its_mapping_becomes_a_mirror() {
    let (mut client, broker, calendar) = start("UTC");
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::event(&mut client, calendar, "p7", "2026-03-03T15:00:00Z", "2026-03-03T15:30:00Z");
    assert_eq!(blocks(&mut client, "UTC", "infinity").len(), 1);
    execute(
        &mut client,
        &format!(
            "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
             values ('{}', '{calendar}', 'p7')",
            booking["id"].as_str().unwrap()
        ),
    );
    assert_eq!(blocks(&mut client, "UTC", "infinity"), [""; 0]);
}

fn one_of<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

/// A single event, a series, or an override, with one of a few ids.
fn random_event(rng: &mut Rng) -> Value {
    const RULES: [&str; 7] = [
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
        "RRULE:FREQ=DAILY;INTERVAL=9;COUNT=40\nEXDATE:20260320T100000Z",
        "RRULE:FREQ=YEARLY\nRDATE:20260401T100000Z,20270815T100000Z",
        "RRULE:FREQ=HOURLY;BYHOUR=3,4;UNTIL=20270101T000000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ];
    let day = |rng: &mut Rng| format!("2026-{:02}-{:02}", rng.u32(1..=12), rng.u32(1..=28));
    let first = day(rng);
    let mut event = json!({
        "external_event_id": one_of(rng, &["a", "b", "c", "d", "e", "f"]),
        "status": one_of(rng, &["confirmed", "confirmed", "confirmed", "tentative", "cancelled"]),
        "transparency": one_of(rng, &["opaque", "opaque", "opaque", "transparent"]),
        "timezone": one_of(rng, &["America/New_York", "Europe/London", "Australia/Lord_Howe"]),
        "starts_at": first,
    });
    if rng.u8(..4) > 0 {
        let start: DateTime<Utc> = format!("{first}T10:00:00Z").parse().unwrap();
        let end = start + TimeDelta::hours(one_of(rng, &[0, 1, 13, 23, 74]));
        event["starts_at"] = json!(start.to_rfc3339());
        event["ends_at"] = json!(end.to_rfc3339());
    }
    match rng.u8(..3) {
        0 => event["recurrence"] = json!(one_of(rng, &RULES)),
        1 => {
            event["recurrence_id"] = json!(if rng.bool() {
                day(rng)
            } else {
                format!("{}T{}:00:00Z", day(rng), one_of(rng, &["09", "10", "11"]))
            });
            if rng.u8(..3) == 0 {
                event["recurrence_range"] = json!("THISANDFUTURE");
            }
        }
        _ => {}
    }
    event
}

/// One thing that can happen to a calendar.
fn random_step(client: &mut Client, rng: &mut Rng, calendar: Uuid, now: &mut u32) -> String {
    let events =
        |rng: &mut Rng| (0..rng.usize(1..6)).map(|_| random_event(rng)).collect::<Vec<_>>();
    let batch = match rng.u8(..10) {
        0..=4 => json!({"events": events(rng)}),
        5 => json!({"deleted": [one_of(rng, &["a", "b", "c", "d"])]}),
        6 => json!({"events": events(rng), "full": true, "window_start": "2026-04-01T00:00:00Z",
                    "window_end": "2026-05-01T00:00:00Z"}),
        7 => {
            let change = one_of(
                rng,
                &[
                    "tentative_blocks = not tentative_blocks",
                    "all_day_blocks = not all_day_blocks",
                    "blocks_availability = not blocks_availability",
                    "timezone = 'Asia/Kathmandu'",
                    "timezone = 'America/New_York'",
                ],
            );
            let statement =
                format!("update calendar.calendars set {change} where id = '{calendar}'");
            execute(client, &statement);
            return statement;
        }
        _ => {
            *now += rng.u32(..120);
            execute(
                client,
                &format!(
                    "select set_config('calendar.now', to_char(timestamptz '2026-03-02T14:00Z'
                                + make_interval(days => {now}), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), false);
                     select calendar_sync.extend_horizon()"
                ),
            );
            return format!("{now} days later");
        }
    };
    let answer = fixture::apply_sync(client, calendar, &batch).unwrap();
    assert_eq!(answer.get("rejected"), None, "{batch}");
    batch.to_string()
}

#[test]
fn blocks_are_true_to_events_whatever_happens() {
    let db = Database::new();
    let mut rng = random::generator();
    for _ in 0..8 {
        let mut client = db.connect();
        let broker = fixture::broker(&mut client, &[]);
        let first = fixture::calendar(&mut client, broker, &[("timezone", NEW_YORK)]);
        let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
        let mut now = 0;
        let mut history = Vec::new();
        for _ in 0..30 {
            let calendar = one_of(&mut rng, &[first, second]);
            history.push(random_step(&mut client, &mut rng, calendar, &mut now));
            println!("{}", history.last().unwrap());
            assert_blocks_are_true(&mut client);
        }
        for (start, end) in [("2026-02-20", "2026-12-01"), ("2027-03-01", "2028-02-01")] {
            assert_busy_is_true(&mut client, broker, start, end);
        }
    }
}
