//! What a hand that writes tables directly may do, and what it is told.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use postgres::Client;
use serde_json::json;
use uuid::Uuid;

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// A broker with a calendar that has been synced and has a weekly event; a booking,
/// an override and hours.
fn world(client: &mut Client) -> (Uuid, Uuid) {
    let broker = fixture::broker(client, &[]);
    let calendar = fixture::calendar(client, broker, &[]);
    let weekly = json!({"external_event_id": "weekly", "starts_at": "2026-03-03T15:00:00Z",
                        "ends_at": "2026-03-03T16:00:00Z", "recurrence": "RRULE:FREQ=WEEKLY;COUNT=9"});
    let batch = json!({"events": [weekly], "sync_token": "next", "full": true});
    fixture::apply_sync(client, calendar, &batch).unwrap();
    fixture::book(client, broker, "2026-03-04T15:00Z").unwrap();
    fixture::hours_override(client, broker, "block", "2026-03-05T15:00Z", "2026-03-05T16:00Z", &[]);
    fixture::working_hours(client, broker, 1, "09:00", "17:00");
    (broker, calendar)
}

#[test]
fn what_is_derived_goes_with_what_it_is_derived_from() {
    let counts = "select concat_ws(' ', (select count(*) from calendar.events), (select count(*) from calendar.busy_blocks),
                         (select count(*) from calendar.override_occurrences), (select count(*) from calendar.bookings))";
    for (truncate, left) in [
        ("events", "0 0 1 1"),
        ("calendars cascade", "0 0 1 0"),
        ("availability_overrides cascade", "1 9 0 1"),
        ("bookings cascade", "0 0 1 0"),
        ("brokers cascade", "0 0 0 0"),
        ("accounts cascade", "0 0 1 0"),
        ("working_hours", "1 9 1 1"),
    ] {
        let db = Database::new();
        let mut client = db.connect();
        let (broker, _) = world(&mut client);
        assert_eq!(texts(&mut client, counts), ["1 9 1 1"]);
        client.batch_execute(&format!("truncate calendar.{truncate}")).unwrap();
        assert_eq!(texts(&mut client, counts), [left], "{truncate}");
        let busy = format!(
            "select starts_at::text from calendar.get_busy('{broker}', '2026-03-03', '2026-03-04')"
        );
        if !truncate.starts_with("brokers") {
            let free = left.starts_with('0');
            assert_eq!(texts(&mut client, &busy).is_empty(), free, "{truncate}");
        }
    }
}

/// What has gone is at the provider still, and no list of changes would bring it.
#[test]
fn events_that_were_truncated_are_asked_for_again() {
    let db = Database::new();
    let mut client = db.connect();
    world(&mut client);
    let state = "select concat_ws(' ', sync_token, last_full_at is null) from calendar.sync_state";
    assert_eq!(texts(&mut client, state), ["next f"]);
    client.batch_execute("truncate calendar.events").unwrap();
    assert_eq!(texts(&mut client, state), ["t"]);
}

/// As an upgrade adds them. A body that was parsed when its function was made has the columns that a
/// table had then: PostgreSQL refuses others in a row that it takes, and fails where it returns one.
#[test]
fn every_table_can_get_a_column() {
    let db = Database::new();
    let mut client = db.connect();
    let parsed = "select p.oid::regprocedure::text from pg_proc as p
                   where p.prosqlbody is not null and p.pronamespace::regnamespace::text like 'calendar%'
                     and exists (select from pg_type as t join pg_class as c on c.oid = t.typrelid and c.relkind = 'r'
                                  where t.oid = p.prorettype or t.oid = any (p.proargtypes))";
    assert_eq!(texts(&mut client, parsed), [""; 0]);
    let tables = "select c.relname::text from pg_class as c
                   where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r'";
    for table in texts(&mut client, tables) {
        let change =
            format!("alter table calendar.{table} add column more text not null default 'x'");
        client.batch_execute(&change).unwrap_or_else(|e| panic!("{change}: {e:?}"));
    }
}

#[test]
fn a_meeting_link_is_one_that_may_be_shown() {
    let db = Database::new();
    let mut client = db.connect();
    world(&mut client);
    let set = "update calendar.bookings set meeting_link = $1 where true";
    for good in [
        "https://meet.example.org/abc?x=1#y",
        "HTTP://example.org",
        "https://user@example.org:8443/j/9?pwd=%20a",
        "https://[2001:db8::1]/x",
        "https://über.example/é",
    ] {
        client.execute(set, &[&good]).unwrap_or_else(|e| panic!("{good}: {e:?}"));
    }
    let long = format!("https://example.org/{}", "x".repeat(2000));
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "",
        "https://",
        "https:///x",
        "//example.org",
        "ftp://example.org",
        " https://example.org",
        "https://example.org/a b",
        "https://example.org/\n",
        "https://example.org/\">x",
        "tel:+15551234567",
        &long,
    ] {
        refused(client.execute(set, &[&bad]), "23514", "meeting_link");
    }
    client.execute(set, &[&None::<&str>]).unwrap();
    // The service edits these directly.
    Caller::Service.assume(&mut client);
    for (column, most) in [("title", 500), ("notes", 10_000)] {
        let set = format!("update calendar.bookings set {column} = $1 where true");
        let told = format!("{column} must be of at most {most} characters");
        refused(client.execute(&set, &[&"é".repeat(most + 1)]), "23514", &told);
        client.execute(&set, &[&"é".repeat(most)]).unwrap();
        client.execute(&set, &[&None::<&str>]).unwrap();
    }
}

#[test]
fn no_digest_that_is_stored_is_of_a_broken_or_unnamed_algorithm() {
    let db = Database::new();
    let mut client = db.connect();
    let weak = "select p.oid::regprocedure::text from pg_proc as p
                 where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
                   and pg_get_functiondef(p.oid) ~ '\\m(md5|sha224)\\s*\\('";
    assert_eq!(texts(&mut client, weak), [""; 0]);
    let (broker, _) = world(&mut client);
    for zone in ["UTC", "Asia/Tokyo"] {
        client.batch_execute(&format!("set timezone = '{zone}'")).unwrap();
        let book = format!(
            "select calendar.book_calendar_slot('{broker}', '2026-03-09T15:00Z', lead_name => 'Zoë', idempotency_key => 'k')"
        );
        client.batch_execute(&book).unwrap();
        let digest = "select request_digest from calendar.bookings where idempotency_key = 'k'";
        let request = format!(
            r#"{{"broker_id":"{broker}","created_by":"service","idempotency_key":"k","lead_name":"Zoë","outside_hours":false,"slot_start":1773068400.000000}}"#
        );
        let sha256 = "select encode(sha256(convert_to($1, 'UTF8')), 'hex')";
        let expected: String = client.query_one(sha256, &[&request]).unwrap().get(0);
        assert_eq!(texts(&mut client, digest), [expected], "{zone}");
    }
}

/// What the constraints of a table forbid is said by column, value and rule.
#[test]
fn a_value_that_no_row_may_have_is_named_with_its_column() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar) = world(&mut client);
    let zone = |column: &str, value: &str| {
        format!("{column} must be an IANA time zone such as America/New_York, not {value}")
    };
    let from = |column: &str, range: &str, value: i32| {
        format!("{column} must be from {range}, not {value}")
    };
    let hours = |values: &str| {
        format!(
            "insert into calendar.working_hours (broker_id, weekday, start_local, end_local, valid_from, valid_until) values ('{broker}', {values})"
        )
    };
    let set = |what: &str| format!("update calendar.{what} where true");
    let over = |values: &str| {
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule) values ('{broker}', {values})"
        )
    };
    for (statement, message) in [
        (set("brokers set timezone = 'Mars/Base'"), zone("timezone", "\"Mars/Base\"")),
        (set("brokers set timezone = ''"), zone("timezone", "\"\"")),
        (set("brokers set timezone = 'Zürich'"), zone("timezone", "\"Z?rich\"")),
        (set("brokers set timezone = repeat('x', 200)"), zone("timezone", &format!("\"{}...\"", "x".repeat(80)))),
        (set("calendars set timezone = 'EST5EDT4'"), zone("timezone", "\"EST5EDT4\"")),
        (set("events set timezone = 'W. Europe'"), zone("timezone", "\"W. Europe\"")),
        (set("bookings set lead_timezone = 'here'"), zone("lead_timezone", "\"here\"")),
        (set("brokers set slot_duration_minutes = 0"), from("slot_duration_minutes", "1 to 1440", 0)),
        (set("brokers set slot_increment_minutes = -1"), from("slot_increment_minutes", "1 to 1440", -1)),
        (set("brokers set buffer_before_minutes = 1441"), from("buffer_before_minutes", "0 to 1440", 1441)),
        (set("brokers set buffer_after_minutes = -5"), from("buffer_after_minutes", "0 to 1440", -5)),
        (set("brokers set booking_horizon_days = 3661"), from("booking_horizon_days", "1 to 3660", 3661)),
        (set("brokers set max_bookings_per_day = 0"), "max_bookings_per_day must be at least 1, not 0".into()),
        (set("calendars set sync_past_days = -1"), from("sync_past_days", "0 to 3660", -1)),
        (hours("8, '09:00', '17:00', null, null"), "weekday must be from 1 (Monday) to 7 (Sunday), not 8".into()),
        (hours("1, '22:00', '06:00', null, null"), "end_local must be after start_local, not \"22:00:00 to 06:00:00\"".into()),
        (
            hours("1, '09:00', '17:00', '2026-03-02', '2026-03-01'"),
            "valid_until must be valid_from or later, not \"2026-03-02 to 2026-03-01\"".into(),
        ),
        (over("'shut', '2026-03-03', '2026-03-04', null"), "kind must be block, open or replace, not \"shut\"".into()),
        (over("'block', '2026-03-04', '2026-03-03', null"), "ends_at must be after starts_at, not \"2026-03-04".into()),
        (over("'block', '2026-03-04', 'infinity', null"), "ends_at must be before the year 9900, not \"infinity\"".into()),
        (
            format!("insert into calendar.accounts (broker_id, provider) values ('{broker}', 'aol')"),
            "provider must be google, microsoft, caldav, ics or ghl, not \"aol\"".into(),
        ),
        (set("bookings set meeting_link = 'javascript:x'"), "meeting_link must be an http or https address of at most 2000 characters, not \"javascript:x\"".into()),
        (
            format!("insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, status) values ('{calendar}', 'e', '2026-03-03', '2026-03-03', 'maybe')"),
            "status must be confirmed, tentative or cancelled, not \"maybe\"".into(),
        ),
    ] {
        let error = refused(client.batch_execute(&statement), "23514", &message);
        let error = error.as_db_error().unwrap();
        assert_eq!(error.column(), message.split(' ').next(), "{statement}");
    }
    let overnight = client.batch_execute(&hours("1, '22:00', '06:00', null, null")).unwrap_err();
    assert!(overnight.as_db_error().unwrap().hint().unwrap().contains("two rows"));
    // What may be null may be null.
    for nulls in [
        "brokers set slot_increment_minutes = null, max_bookings_per_day = null",
        "bookings set lead_timezone = null",
        "events set timezone = null",
    ] {
        client.batch_execute(&set(nulls)).unwrap();
    }
    client.batch_execute(&hours("1, '09:00', '24:00', null, '2026-03-01'")).unwrap();
}

/// No table that people write has a constraint that could only be named.
#[test]
fn every_constraint_of_a_table_that_people_write_says_what_it_wants() {
    let db = Database::new();
    let silent = "select c.conname || ': ' || pg_get_constraintdef(c.oid) from pg_constraint as c
         where c.contype = 'c' and c.conrelid::regclass::text in ('calendar.brokers', 'calendar.calendars',
               'calendar.accounts', 'calendar.working_hours', 'calendar.availability_overrides', 'calendar.bookings', 'calendar.events')
           and pg_get_constraintdef(c.oid) !~ 'calendar_private.(refuse|is_recurrence|check_booking|check_notify)'
           -- The bounds of derived rows are written by functions alone.
           and pg_get_constraintdef(c.oid) !~ '(overrides|blocks)_from < '";
    assert_eq!(texts(&mut db.connect(), silent), [""; 0]);
    let domains = "select t.oid::regtype::text from pg_type as t join pg_constraint as c on c.contypid = t.oid
                    where t.typnamespace::regnamespace::text like 'calendar%'";
    assert_eq!(texts(&mut db.connect(), domains), [""; 0]);
}
