//! What a hand that writes tables directly may do, and what it is told.

use calendar_tests::answer::refused;
use calendar_tests::{Database, fixture};
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
}

#[test]
fn no_digest_that_is_stored_is_of_a_broken_or_unnamed_algorithm() {
    let db = Database::new();
    let mut client = db.connect();
    let weak = "select p.oid::regprocedure::text from pg_proc as p
                 where p.pronamespace in ('calendar'::regnamespace, 'calendar_private'::regnamespace)
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
            r#"{{"broker_id":"{broker}","created_by":"manual","idempotency_key":"k","lead_name":"Zoë","outside_hours":false,"slot_start":1773068400.000000}}"#
        );
        let sha256 = "select encode(sha256(convert_to($1, 'UTF8')), 'hex')";
        let expected: String = client.query_one(sha256, &[&request]).unwrap().get(0);
        assert_eq!(texts(&mut client, digest), [expected], "{zone}");
    }
}
