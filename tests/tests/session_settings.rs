//! Whatever a session has set, it is told the same and leaves the same behind.

use calendar_tests::synced::finish_push;
use calendar_tests::{Synced, fixture};
use postgres::Client;
use serde_json::json;

/// What callers, roles and databases set.
const SETTINGS: [&str; 5] = [
    "set timezone = 'Asia/Kolkata'",
    "set timezone = 'America/New_York'; set datestyle = 'SQL, DMY'; set intervalstyle = 'sql_standard'",
    "set timezone = 'Pacific/Apia'; set datestyle = 'German'; set bytea_output = 'escape'",
    "set extra_float_digits = -15; set array_nulls = off; set transform_null_equals = on;
     set quote_all_identifiers = on; set backslash_quote = off; set escape_string_warning = on",
    "set default_transaction_isolation = 'serializable'; set search_path = ''; set jit = off;
     set enable_indexscan = off; set enable_hashjoin = off; set enable_nestloop = off",
];

/// What a session is told, in a form of which its settings are no part; `B` stands for the broker,
/// `K` for a booking.
const ASKED: [&str; 9] = [
    "select concat_ws(' ', extract(epoch from slot_start)::bigint, extract(epoch from slot_end)::bigint)
       from calendar.get_available_slots('B', '2026-03-05Z', '2026-03-19Z', preferred_period => 'morning')",
    "select concat_ws(' ', extract(epoch from starts_at)::bigint, extract(epoch from ends_at)::bigint)
       from calendar.get_busy('B', '2026-03-02Z', '2026-04-02Z')",
    "select concat_ws(' ', x ->> 'speech', extract(epoch from (x ->> 'requested_time')::timestamptz)::bigint,
                           x -> 'alternatives' -> 0 ->> 'spoken')
       from calendar.check_availability('B', 'next Tuesday at 10 am') as x",
    "select concat_ws(' ', kind, extract(epoch from starts_at)::bigint, extract(epoch from ends_at)::bigint)
       from calendar.parse_when('the day after tomorrow between 2 and 4', 'Europe/London') as x",
    "select to_jsonb(x)::text from calendar.get_utilisation('B', '2026-03-02', '2026-03-20') as x",
    "select o ->> 'source' || coalesce(o ->> 'title', '')
       from calendar.explain_slot('B', '2026-03-10 14:00Z', '2026-03-10 15:00Z') as x,
            jsonb_array_elements(x -> 'obstacles') as o",
    "select calendar.export_ics('B', '2026-03-01Z', '2026-04-01Z')",
    "select calendar.booking_ics('K', 'REQUEST')",
    "select to_jsonb(x)::text from calendar.utilisation_by_day as x order by 1",
];

/// What is left behind.
const LEFT: [&str; 8] = [
    "bookings",
    "events",
    "busy_blocks",
    "override_occurrences",
    "outbox",
    "audit_log",
    "failure_logs",
    "sync_logs",
];

/// Texts of a query, without ids and digests of them, which are never the same.
fn texts(client: &mut Client, query: &str) -> Vec<String> {
    let rows = client.query(query, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}"));
    let id = "[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}";
    let mask = format!("select regexp_replace($1, '{id}', 'ID', 'g')");
    rows.iter()
        .map(|row| client.query_one(&mask, &[&row.get::<_, String>(0)]).unwrap().get(0))
        .collect()
}

/// Does everything in a session with such settings; gives what it was told and what it left.
fn told_and_left(settings: &str) -> Vec<(String, Vec<String>)> {
    let mut synced = Synced::new(&[("email", "ada@example.org")]);
    let mut neutral = synced.db.connect();
    synced
        .agent
        .batch_execute(&format!("reset role; {settings}; set role calendar_agent"))
        .unwrap();
    synced.admin.batch_execute(settings).unwrap();

    let (admin, broker) = (&mut synced.admin, synced.broker);
    fixture::working_hours(admin, broker, 2, "09:00", "17:00");
    fixture::working_hours(admin, broker, 4, "10:00", "18:30");
    let weekly = [("rrule", "FREQ=WEEKLY;UNTIL=20260401T000000Z")];
    fixture::hours_override(
        admin,
        broker,
        "block",
        "2026-03-05 16:00Z",
        "2026-03-05 17:00Z",
        &weekly,
    );
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z",
                        "window_end": "2026-05-01T00:00:00Z", "sync_token": "1"});
    let events = json!([
        {"external_event_id": "series", "title": "Weekly", "starts_at": "2026-03-03T15:00:00+01:00",
         "ends_at": "2026-03-03T16:00:00+01:00", "timezone": "America/New_York",
         "recurrence": "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=America/New_York:20260317T090000"},
        {"external_event_id": "series", "recurrence_id": "2026-03-10T13:00:00Z", "title": "Moved",
         "starts_at": "2026-03-10T14:00:00Z", "ends_at": "2026-03-10T15:00:00Z"},
        {"external_event_id": "leave", "starts_at": "2026-03-12", "ends_at": "2026-03-13", "is_all_day": true},
        {"external_event_id": "odd", "starts_at": "12.03.2026", "ends_at": "13.03.2026"},
    ]);
    synced.pull(&[json!({"events": events})], &window);
    let booking = synced.book("2026-03-05T18:00:00Z");
    let push = synced.pushes().remove(0);
    assert_eq!(push["event"]["timezone"], "America/New_York");
    finish_push(&mut synced.agent, push["lease_id"].as_str().unwrap(), "e").unwrap();
    let key = format!(
        "book_calendar_slot('{}', '2026-03-05T19:00Z', lead_email => 'l@example.org', idempotency_key => 'K')",
        synced.broker
    );
    let keyed = fixture::call(&mut synced.admin, &key).unwrap();
    assert_eq!(fixture::call(&mut neutral, &key).unwrap()["id"], keyed["id"], "{settings}");
    let moved = format!("reschedule_booking('{booking}', '2026-03-05T20:00Z')");
    fixture::call(&mut synced.admin, &moved).unwrap();

    let asked = ASKED.map(|query| {
        let broker = format!("'{}'", synced.broker);
        let query = query.replace("'B'", &broker).replace("'K'", &format!("'{booking}'"));
        texts(&mut synced.admin, &query)
    });
    let left = LEFT.map(|table| {
        let row = format!("select (to_jsonb(x) - 'id')::text from calendar.{table} as x");
        let mut rows = texts(&mut neutral, &row);
        rows.sort_unstable();
        rows
    });
    let names = ASKED.iter().chain(&LEFT).map(|name| (*name).to_owned());
    names.zip(asked.into_iter().chain(left)).collect()
}

#[test]
fn no_setting_changes_what_is_said_or_stored() {
    let usual = told_and_left("set timezone = 'UTC'");
    for (what, texts) in &usual {
        assert!(!texts.is_empty(), "{what}");
    }
    for settings in SETTINGS {
        for (other, usual) in told_and_left(settings).iter().zip(&usual) {
            assert_eq!(other, usual, "{settings}");
        }
    }
}
