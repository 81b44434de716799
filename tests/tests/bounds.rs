//! How many rows hostile calendars make, and that no busy time is offered for it.

use calendar_tests::{Database, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

fn start(db: &Database<'_>) -> (Client, Uuid, Uuid) {
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", "UTC")]);
    (client, broker, calendar)
}

/// A series from March 3rd on, `n` minutes after midnight.
fn series(id: &str, n: usize, minutes: usize, rule: &str) -> Value {
    let time =
        |n: usize| format!("2026-03-{:02}T{:02}:{:02}:00Z", 3 + n / 1440, n / 60 % 24, n % 60);
    json!({"external_event_id": id, "starts_at": time(n), "ends_at": time(n + minutes),
           "recurrence": format!("RRULE:{rule}")})
}

fn count(client: &mut Client, rows: &str) -> i64 {
    client.query_one(&format!("select count(*) from {rows}"), &[]).unwrap().get(0)
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// What get_busy answers about a window, as text.
fn busy(client: &mut Client, broker: Uuid, start: &str, end: &str) -> Vec<String> {
    let query = format!(
        "select to_char(starts_at, 'MM-DD HH24:MI') || to_char(ends_at, '/MM-DD HH24:MI')
           from calendar.get_busy('{broker}', '{start}', '{end}')"
    );
    texts(client, &query)
}

const FAILURES: &str = "select concat_ws(' ', operation, external_event_id, reason)
                          from calendar.failure_logs order by id";

const MERGED: &str = "select blocks_merged::text from calendar.calendars";

#[test]
fn an_event_whose_occurrences_overlap_is_stored_merged() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let mut year = series("year", 0, 0, "FREQ=HOURLY");
    year["ends_at"] = json!("2027-03-03T00:00:00Z");
    let events = json!([year, series("minutely", 0, 60, "FREQ=MINUTELY;UNTIL=20260331T000000Z")]);
    let answer = fixture::apply_sync(&mut client, calendar, &json!({"events": events})).unwrap();
    assert_eq!((&answer["created"], answer.get("rejected")), (&json!(2), None), "{answer}");
    assert!(count(&mut client, "calendar.busy_blocks") < 500);
    assert_eq!(busy(&mut client, broker, "2026-03-01", "2026-06-01"), ["03-03 00:00/06-01 00:00"]);
    // The same beyond what is stored.
    assert_eq!(busy(&mut client, broker, "2027-06-01", "2027-07-01"), ["06-01 00:00/07-01 00:00"]);
    assert_eq!(texts(&mut client, FAILURES), [""; 0]);
    let deleted = json!({"deleted": ["year", "minutely"]});
    fixture::apply_sync(&mut client, calendar, &deleted).unwrap();
    assert_eq!(count(&mut client, "calendar.busy_blocks"), 0);
}

#[test]
fn a_calendar_with_too_many_blocks_is_stored_merged_and_says_so() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    fixture::event(&mut client, calendar, "own", "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z");
    // 13,000 rows each, and 2.6 million together.
    let many: Vec<_> = (0..200)
        .map(|n| series(&format!("e{n:03}"), n % 5, 5, "FREQ=MINUTELY;INTERVAL=45"))
        .collect();
    let answer = fixture::apply_sync(&mut client, calendar, &json!({"events": many})).unwrap();
    assert_eq!(answer["created"], 200, "{answer}");
    let rows = count(&mut client, "calendar.busy_blocks");
    assert!(rows <= 100_000, "{rows}");
    assert_eq!(texts(&mut client, MERGED), ["true"]);
    let failures = texts(&mut client, FAILURES);
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert!(
        failures[0].starts_with("derive_blocks e") && failures[0].contains("more than 100000"),
        "{failures:?}"
    );
    // Merged, not made longer: the events lie within nine minutes every three quarters of an hour.
    assert_eq!(
        busy(&mut client, broker, "2026-03-02T09:00Z", "2026-03-03T01:00Z"),
        ["03-02 10:00/03-02 11:00", "03-03 00:00/03-03 00:09", "03-03 00:45/03-03 00:54"]
    );
    // Changes of single events are seen, also where their time was stored as another's.
    let moved = json!({"external_event_id": "own", "starts_at": "2026-03-02T12:00:00Z",
                       "ends_at": "2026-03-02T13:00:00Z"});
    let deleted: Vec<_> = (0..200).filter(|n| n % 5 == 0).map(|n| format!("e{n:03}")).collect();
    let batch = json!({"events": [moved], "deleted": deleted});
    fixture::apply_sync(&mut client, calendar, &batch).unwrap();
    assert_eq!(
        busy(&mut client, broker, "2026-03-02T09:00Z", "2026-03-03T01:00Z"),
        ["03-02 12:00/03-02 13:00", "03-03 00:01/03-03 00:09", "03-03 00:46/03-03 00:54"]
    );
    db.set_now("2026-03-20T00:00:00Z");
    let mut client = db.connect();
    assert_eq!(texts(&mut client, "select calendar_sync.extend_horizon()::text"), ["2"]);
    assert_eq!(
        busy(&mut client, broker, "2027-04-20T09:00Z", "2027-04-20T10:00Z"),
        ["04-20 09:01/04-20 09:09", "04-20 09:46/04-20 09:54"]
    );
    assert!(count(&mut client, "calendar.busy_blocks") <= 100_000);
    // With the cause gone, each block is that of its event again.
    let left: Vec<_> = (0..200).filter(|n| n % 50 > 1).map(|n| format!("e{n:03}")).collect();
    fixture::apply_sync(&mut client, calendar, &json!({"deleted": left})).unwrap();
    assert_eq!(texts(&mut client, MERGED), ["false"]);
    let untrue = "calendar.busy_blocks as k join calendar.events as e on e.id = k.event_id
                   where k.starts_at < e.starts_at or date_trunc('minute', k.starts_at) <> k.starts_at
                      or extract(minute from k.starts_at - e.starts_at)::integer % 15 <> 0";
    assert_eq!(count(&mut client, untrue), 0);
    let events = "(select distinct event_id from calendar.busy_blocks) as k";
    assert_eq!(count(&mut client, events), count(&mut client, "calendar.events"));
}

#[test]
fn small_batches_add_up_to_too_many_as_well() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    // Long single events: each is cut into 400 rows.
    for batch in 0..3 {
        let events: Vec<_> = (0..100)
            .map(|n| {
                json!({"external_event_id": format!("{batch} {n}"),
                       "starts_at": format!("2026-03-03T00:{:02}:00Z", n % 60),
                       "ends_at": "2030-01-01T00:00:00Z"})
            })
            .collect();
        fixture::apply_sync(&mut client, calendar, &json!({"events": events})).unwrap();
    }
    assert_eq!(texts(&mut client, MERGED), ["true"]);
    assert!(count(&mut client, "calendar.busy_blocks") < 500);
    assert_eq!(busy(&mut client, broker, "2026-03-01", "2026-06-01"), ["03-03 00:00/06-01 00:00"]);
}

#[test]
fn a_series_that_cannot_be_followed_takes_the_time_that_it_may_take() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    // apply_sync would not let them in.
    client
        .batch_execute(&format!(
            "insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, recurrence) values
             ('{calendar}', 'ends', '2026-03-03T10:00Z', '2026-03-03T10:00:00.5Z', 'RRULE:FREQ=SECONDLY;UNTIL=20260310T100000Z'),
             ('{calendar}', 'other', '2026-03-20T10:00Z', '2026-03-20T11:00Z', 'RRULE:FREQ=DAILY;COUNT=2')"
        ))
        .unwrap();
    assert_eq!(
        busy(&mut client, broker, "2026-03-01", "2026-04-01"),
        ["03-03 10:00/03-13 10:00", "03-20 10:00/03-20 11:00", "03-21 10:00/03-21 11:00"]
    );
    let failures = texts(&mut client, FAILURES);
    assert!(failures[0].starts_with("derive_blocks ends recurrence"), "{failures:?}");
}
