//! `calendar.booking`: every function returns a booking in the same form.

use calendar_tests::{Caller, Database, fixture};
use postgres::Client;
use serde_json::{Value, json};

/// The fields of `calendar.booking`, in order.
const FIELDS: [&str; 25] = [
    "id",
    "broker_id",
    "status",
    "slot_start",
    "slot_end",
    "timezone",
    "title",
    "notes",
    "lead_id",
    "lead_name",
    "lead_email",
    "lead_phone",
    "lead_timezone",
    "hold_expires_at",
    "meeting_link",
    "cancel_reason",
    "created_by",
    "idempotency_key",
    "problem",
    "declined_at",
    "created_at",
    "updated_at",
    "meeting_type_id",
    "answers",
    "lead_locale",
];

/// Calls a function of schema `calendar`.
fn call(client: &mut Client, function: &str) -> Value {
    fixture::call(client, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

/// A booking without the instants that a change of it moves, and without its status.
fn lasting(mut booking: Value) -> Value {
    for field in ["status", "slot_start", "slot_end", "hold_expires_at", "updated_at"] {
        booking[field] = Value::Null;
    }
    booking
}

#[test]
fn the_type_has_what_callers_want_and_nothing_internal() {
    let db = Database::new();
    let query = "select array_agg(a.attname::text order by a.attnum)
                   from pg_type as t join pg_attribute as a on a.attrelid = t.typrelid
                  where t.oid = 'calendar.booking'::regtype";
    let fields: Vec<String> = db.connect().query_one(query, &[]).unwrap().get(0);
    assert_eq!(fields, FIELDS);
    let unlike = "select coalesce(array_agg(p.proname::text), '{}') from pg_proc as p
                   where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace)
                     and p.prorettype = 'calendar.bookings'::regtype";
    let unlike: Vec<String> = db.connect().query_one(unlike, &[]).unwrap().get(0);
    assert_eq!(unlike, [""; 0]);
}

#[test]
fn every_change_returns_the_same_fields_with_the_same_contents() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    fixture::calendar(&mut client, broker, &[]);
    let book = format!(
        "book_calendar_slot('{broker}', '2026-03-03T15:00Z', hold_minutes => 5, lead_id => 'L',
             lead_name => 'Grace', lead_email => 'grace@example.org', lead_phone => '+12125550100',
             lead_timezone => 'Europe/Paris', title => 'Viewing', notes => 'Ring twice',
             created_by => 'voice', idempotency_key => 'k')"
    );
    let first = call(&mut client, &book);
    let fields: Vec<_> = first.as_object().unwrap().keys().cloned().collect();
    let mut expected = FIELDS.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(fields, expected);
    assert_eq!(first["timezone"], "America/New_York");
    assert_eq!(call(&mut client, &book), first, "a replay is the same");
    let id = first["id"].as_str().unwrap();
    for change in [
        format!("reschedule_booking('{id}', '2026-03-03T16:00Z')"),
        format!("reschedule_booking('{id}', '2026-03-03T16:00Z')"),
        format!("confirm_booking('{id}')"),
        format!("confirm_booking('{id}')"),
    ] {
        let changed = call(&mut client, &change);
        assert_eq!(lasting(changed), lasting(first.clone()), "{change}");
    }
    for _ in 0..2 {
        let mut cancelled = call(&mut client, &format!("cancel_booking('{id}', 'ill')"));
        assert_eq!(cancelled["cancel_reason"], "ill");
        cancelled["cancel_reason"] = Value::Null;
        assert_eq!(lasting(cancelled), lasting(first.clone()));
    }
}

#[test]
fn json_has_the_same_fields_and_writes_utc_in_every_session() {
    let db = Database::new();
    let mut client = db.connect();
    client.batch_execute("set timezone = 'Asia/Tokyo'").unwrap();
    let broker = fixture::broker(&mut client, &[]);
    let slot =
        format!("('{broker}', '2026-03-03T15:00Z', idempotency_key => 'k', hold_minutes => 5)");
    let answer = call(&mut client, &format!("try_book{slot}"));
    let booking = &answer["booking"];
    let mut keys: Vec<_> = booking.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = FIELDS;
    keys.sort_unstable();
    expected.sort_unstable();
    assert_eq!(keys, expected);
    for (field, instant) in [
        ("slot_start", "2026-03-03T15:00:00Z"),
        ("slot_end", "2026-03-03T15:30:00Z"),
        ("hold_expires_at", "2026-03-02T14:05:00Z"),
        ("created_at", "2026-03-02T14:00:00Z"),
        ("updated_at", "2026-03-02T14:00:00Z"),
    ] {
        assert_eq!(booking[field], instant, "{field}");
    }
    assert_eq!(booking["declined_at"], Value::Null);
    let taken = call(&mut client, &format!("try_book('{broker}', '2026-03-03T15:00Z')"));
    assert_eq!(taken["alternatives"][0]["slot_start"], "2026-03-03T14:30:00Z");
    let explained = format!("explain_slot('{broker}', '2026-03-03T15:00Z', '2026-03-03T15:30Z')");
    assert_eq!(call(&mut client, &explained)["obstacles"][0]["starts_at"], "2026-03-03T15:00:00Z");
}

#[test]
fn a_public_caller_s_replay_is_what_it_was_first() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    let mut anon = db.connect_as(Caller::Anon);
    let book = format!(
        "book_calendar_slot('{broker}', '2026-03-03T15:00Z', lead_name => 'Lee', idempotency_key => 'k')"
    );
    // A visitor may call functions, and to_jsonb needs no table.
    let first = call(&mut anon, &book);
    assert_eq!(call(&mut anon, &book), first);
    let private =
        "update calendar.bookings set notes = 'private', meeting_link = 'https://example.org/x'";
    db.connect().batch_execute(private).unwrap();
    assert_eq!(call(&mut anon, &book)["meeting_link"], json!(null), "it learns nothing more");
}
