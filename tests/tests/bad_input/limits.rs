//! Time, memory and backtraces.

use crate::support::{execute, world};
use calendar_tests::answer::{message, refused, sqlstate};
use calendar_tests::{Database, Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Asserts that an operation that would take long is ended within half a second
/// of its time.
#[track_caller]
fn ends_in_time(client: &mut Client, what: &str, statement: &str) {
    const TIMEOUT: Duration = Duration::from_millis(100);
    execute(client, &format!("set statement_timeout = '{}ms'", TIMEOUT.as_millis()));
    let begun = Instant::now();
    let result = client.batch_execute(statement);
    let taken = begun.elapsed();
    execute(client, "reset statement_timeout");
    println!("{what}: {taken:?}");
    let error = result.expect_err(&format!("{what} is too short to be interrupted: {taken:?}"));
    assert_eq!(sqlstate(&error), "57014", "{what}: {error:?}");
    assert!(taken < TIMEOUT + Duration::from_millis(500), "{what}: {taken:?}");
}

#[test]
fn a_statement_timeout_is_obeyed_within_half_a_second() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, _) = world(&mut client);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let event = |n: usize| {
        json!({"external_event_id": format!("e{n}"), "starts_at": "2025-01-01T00:00:00Z",
               "ends_at": "2025-01-01T00:10:00Z", "recurrence": "RRULE:FREQ=HOURLY", "timezone": "Europe/London"})
    };
    let hourly: Vec<Value> = (0..300).map(event).collect();
    let plain = |n: usize| {
        json!({"external_event_id": format!("p{n}"), "starts_at": "2026-04-01T00:00:00Z",
               "ends_at": "2026-04-01T00:10:00Z"})
    };
    let many: Vec<Value> = (0..100_000).map(plain).collect();
    // Two million steps each, in vain.
    let absurd = |n: usize| {
        json!({"external_event_id": format!("a{n}"), "starts_at": "1970-01-01T00:00:00Z",
               "recurrence": "RRULE:FREQ=MINUTELY;BYSETPOS=2;COUNT=9"})
    };
    let absurd: Vec<Value> = (0..1000).map(absurd).collect();
    let dates = vec!["20260401T100000Z"; 60_000].join(",");
    let dated = |n: usize| {
        json!({"external_event_id": format!("d{n}"), "starts_at": "2026-04-01T10:00:00Z",
               "recurrence": format!("RDATE:{dates}")})
    };
    let dated: Vec<Value> = (0..30).map(dated).collect();
    let zoned = |n: usize| {
        json!({"external_event_id": format!("z{n}"), "starts_at": "2026-04-01T10:00:00Z",
               "vtimezone": format!("BEGIN:VTIMEZONE\nTZID:{n}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n\
                    TZOFFSETFROM:+0137\nTZOFFSETTO:+0037\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE")})
    };
    let zoned: Vec<Value> = (0..30_000).map(zoned).collect();
    execute(&mut client, "create table batches (name text, batch jsonb, ics text)");
    for (name, events) in
        [("hourly", hourly), ("many", many), ("absurd", absurd), ("dated", dated), ("zoned", zoned)]
    {
        let batch = json!({"events": events});
        client.execute("insert into batches values ($1, $2)", &[&name, &batch]).unwrap();
    }
    let vevent =
        "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260401T100000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n";
    let ics =
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", vevent.repeat(100_000));
    client.execute("insert into batches values ('ics', null, $1)", &[&ics]).unwrap();

    let apply = |name: &str| {
        format!(
            "select calendar.apply_sync('{calendar}', batch) from batches where name = '{name}'"
        )
    };
    for name in ["hourly", "many", "absurd", "dated", "zoned"] {
        ends_in_time(&mut client, name, &apply(name));
    }
    let import =
        format!("select calendar.import_ics('{calendar}', ics) from batches where name = 'ics'");
    ends_in_time(&mut client, "ics", &import);
    execute(&mut client, &apply("hourly"));
    for (what, statement) in [
        (
            "policy",
            format!(
                "update calendar.calendars set tentative_blocks = false where id = '{calendar}'"
            ),
        ),
        (
            "get_busy, derived",
            format!("select calendar.get_busy('{broker}', '2030-01-01', '2030-12-31')"),
        ),
        (
            "slots, derived",
            format!(
                "select calendar.get_available_slots('{broker}', '2030-01-01', '2030-12-31', duration_minutes => 1)"
            ),
        ),
        (
            "export_ics",
            format!("select calendar.export_ics('{broker}', '2026-01-01', '2030-12-31')"),
        ),
        (
            "check_timezones",
            "select * from calendar.check_timezones('2000-01-01', '2020-01-01')".to_owned(),
        ),
        (
            "extend_horizon",
            "set calendar.now = '2027-03-01T00:00:00Z'; select calendar_sync.extend_horizon()"
                .to_owned(),
        ),
    ] {
        ends_in_time(&mut client, what, &statement);
    }
    // And nothing of all this was left behind.
    fixture::slots(&mut client, broker, "2026-03-05", "2026-03-06").unwrap();
}

#[test]
fn an_answer_of_a_year_of_minutes_is_an_answer() {
    let Scene { mut client, broker, .. } = Scene::new(&[("booking_horizon_days", "3660")]);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let count: i64 = client
        .query_one(
            "select count(*) from calendar.get_available_slots(
                 $1, '2027-01-01', '2028-01-02', duration_minutes => 1)",
            &[&broker],
        )
        .unwrap()
        .get(0);
    assert_eq!(count, 366 * 24 * 60);
    let result = client
        .query("select calendar.get_available_slots($1, '2027-01-01', '2028-01-03')", &[&broker]);
    refused(result, "22023", "window_end must be at most 366 days");
}

#[test]
fn no_error_shows_a_backtrace() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    // Raised by us, by PostgreSQL below us, and behind pgrx's back.
    client.batch_execute("set statement_timeout = '50ms'").unwrap();
    let slow = format!(
        "select count(*) from generate_series(1, 1000), calendar.get_available_slots('{broker}', '2026-03-05', '2027-03-05', 1)"
    );
    for (state, call) in [
        ("22023", format!("select calendar.get_available_slots('{broker}', max_slots => 0)")),
        ("57014", slow),
        ("PT404", "select calendar.get_available_slots(gen_random_uuid())".to_owned()),
    ] {
        let error = client.batch_execute(&call).unwrap_err();
        assert_eq!(sqlstate(&error), state, "{error:?}");
        assert_eq!(error.as_db_error().unwrap().detail(), None, "{call}");
    }
    // The server's environment asks for them all the same.
    client
        .batch_execute(
            "create temp table environment (value text);
             copy environment from program 'echo $RUST_BACKTRACE'",
        )
        .unwrap();
    let value: String = client.query_one("table environment", &[]).unwrap().get(0);
    assert_eq!(value, "full");
}

#[test]
fn what_is_too_large_to_read_is_refused_before_memory_is_short() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let pid: i32 = client.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    let days = "(select array_agg(1 + n % 7) from generate_series(1, 3000000) as n)";
    let slots = format!(
        "select count(*) from calendar.get_available_slots('{broker}', preferred_days => {days})"
    );
    assert!(client.query_one(&slots, &[]).unwrap().get::<_, i64>(0) > 0);
    let long = "repeat('x', 70000000)";
    for call in [
        format!("select calendar.import_ics('{calendar}', {long})"),
        format!("select calendar.check_availability('{broker}', {long}, timezone => {long})"),
        format!("select calendar.get_available_slots('{broker}', preferred_period => {long})"),
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{broker}', 'block', '2026-03-05', '2026-03-06', {long})"
        ),
    ] {
        let error = client.batch_execute(&call).unwrap_err();
        assert!(["22023", "23514"].contains(&sqlstate(&error)), "{call}: {error:?}");
        assert!(message(&error).len() < 300, "{error:?}");
    }
    // A million busy times are more than an answer takes.
    client
        .batch_execute(&format!(
            "insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
             select '{broker}', '{calendar}', gen_random_uuid(), at, at + interval '1 minute'
               from generate_series(timestamptz '2026-03-03', '2026-03-13', '1 minute') as at,
                    generate_series(1, 70)"
        ))
        .unwrap();
    let slots = format!("select calendar.get_available_slots('{broker}')");
    refused(client.query(&slots, &[]), "54000", "the window must hold at most 1000000 busy times");
    let same: i32 = client.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    assert_eq!(same, pid);
}
