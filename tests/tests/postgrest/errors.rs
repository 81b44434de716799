//! Every error, and what cannot be called.

use crate::support::{NOBODY, Subject};
use calendar_tests::postgrest::{Answer, sign};
use calendar_tests::{Caller, Database, Postgrest, fixture};
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn every_error_has_its_status_and_its_words() {
    let db = Database::new();
    db.set("calendar.lead_scope", "global");
    let postgrest = Postgrest::start(&db);
    let mut admin = db.connect();
    let mut broker = |columns: &[(&str, &str)]| fixture::broker(&mut admin, columns);
    let plain = broker(&[]);
    let public = broker(&[("public_booking", "true"), ("public_bookings_per_hour", "1")]);
    let strict = broker(&[("minimum_notice_minutes", "2880"), ("booking_horizon_days", "4")]);
    let full = broker(&[("max_bookings_per_day", "1")]);
    let closed = broker(&[("booking_enabled", "false")]);
    let at = |broker: Uuid, start: &str| json!({"broker_id": broker, "slot_start": start});
    let with = |mut arguments: Value, key: &str, value: Value| {
        arguments[key] = value;
        arguments
    };
    let service = Caller::Service;
    let book = |arguments: &Value| {
        let answer = postgrest.call(service, "book_calendar_slot", arguments);
        assert_eq!(answer.outcome(), "200", "{answer:?}");
        answer.body["id"].clone()
    };
    const TEN: &str = "2026-03-03T15:00Z";
    const ELEVEN: &str = "2026-03-03T16:00Z";
    let keyed = with(at(plain, TEN), "idempotency_key", json!("key"));
    book(&keyed);
    book(&at(full, TEN));
    book(&with(at(full, "2026-03-05T16:00Z"), "lead_id", json!("lead")));
    let cancelled = json!({"booking_id": book(&at(plain, ELEVEN))});
    assert_eq!(postgrest.call(service, "cancel_booking", &cancelled).outcome(), "200");
    assert_eq!(
        postgrest.call(Caller::Anon, "book_calendar_slot", &at(public, TEN)).outcome(),
        "200"
    );

    #[rustfmt::skip]
    let errors = [
        // caller      function               arguments                             status and code  message                   reason
        (service,      "get_available_slots", json!({"broker_id": NOBODY}),         "404 PT404",     "broker_not_found",       None),
        (service,      "book_calendar_slot",  at(NOBODY, TEN),                      "404 PT404",     "broker_not_found",       None),
        (Caller::Anon, "book_calendar_slot",  at(plain, TEN),                       "404 PT404",     "broker_not_found",       None),
        (service,      "cancel_booking",      json!({"booking_id": NOBODY}),        "404 PT404",     "booking_not_found",      None),
        (service,      "apply_sync",          json!({"calendar_id": NOBODY, "batch": {}}),
                                                                                    "404 PT404",     "calendar_not_found",     None),
        (service,      "book_calendar_slot",  at(plain, TEN),                       "409 PT409",     "slot_unavailable",       Some("taken")),
        (service,      "book_calendar_slot",  at(plain, "2026-03-03T03:00Z"),       "409 PT409",     "slot_unavailable",       Some("outside_hours")),
        (service,      "book_calendar_slot",  at(plain, "2026-03-03T16:10Z"),       "409 PT409",     "slot_unavailable",       Some("off_grid")),
        (service,      "book_calendar_slot",  at(strict, TEN),                      "409 PT409",     "slot_unavailable",       Some("notice")),
        (service,      "book_calendar_slot",  at(strict, "2026-03-09T15:00Z"),      "409 PT409",     "slot_unavailable",       Some("horizon")),
        (service,      "book_calendar_slot",  at(full, ELEVEN),                     "409 PT409",     "slot_unavailable",       Some("daily_limit")),
        (service,      "book_calendar_slot",  at(closed, TEN),                      "409 PT409",     "slot_unavailable",       Some("disabled")),
        (service,      "book_calendar_slot",  with(at(plain, "2026-03-05T16:00Z"), "lead_id", json!("lead")),
                                                                                    "409 PT409",     "slot_unavailable",       Some("lead_busy")),
        (service,      "reschedule_booking",  with(cancelled, "slot_start", json!(TEN)),
                                                                                    "409 PT409",     "wrong_state",            Some("wrong_state")),
        (service,      "book_calendar_slot",  with(keyed, "title", json!("other")), "422 PT422",     "idempotency_key_reused", Some("booking")),
        (service,      "book_calendar_slot",  with(at(plain, ELEVEN), "hold_minutes", json!(61)),
                                                                                    "400 22023",     "hold_minutes must be from 1 to 60, not 61", None),
        (service,      "get_available_slots", json!({"broker_id": plain, "timezone": "Mars/Olympus"}),
                                                                                    "400 22023",     "timezone: ",             None),
        (Caller::Anon, "get_busy",            json!({"broker_id": public, "window_start": TEN, "window_end": ELEVEN}),
                                                                                    "401 42501",     "permission denied",      None),
        (Caller::User(NOBODY), "get_busy",    json!({"broker_id": public, "window_start": TEN, "window_end": ELEVEN}),
                                                                                    "403 42501",     "get_busy is for the broker and for calendar_service", None),
        (Caller::Anon, "book_calendar_slot",  at(public, ELEVEN),                   "429 PT429",     "rate_limited",           Some("wait")),
    ];
    for (caller, function, arguments, outcome, message, reason) in errors {
        let answer = postgrest.call(caller, function, &arguments);
        assert_eq!(answer.outcome(), outcome, "{function} {arguments}: {answer:?}");
        let words = answer.body["message"].as_str().unwrap();
        assert!(words.starts_with(message), "{answer:?}");
        // The message goes into the status line.
        assert!(words.is_ascii() && words.len() <= 100, "{words}");
        match reason {
            Some("wrong_state") => assert_eq!(
                answer.details(),
                json!({"reason": "wrong_state", "status": "cancelled"})
            ),
            Some("wait") => assert_eq!(answer.details(), json!({"retry_after": 3600})),
            Some("booking") => assert!(answer.details()["booking_id"].is_string()),
            Some(reason) => assert_details(&answer, reason),
            None => assert_eq!(answer.body["details"], Value::Null, "{answer:?}"),
        }
    }
}

#[track_caller]
fn assert_details(answer: &Answer, reason: &str) {
    let details = answer.details();
    assert_eq!(details["reason"], reason, "{details}");
    let alternatives = details["alternatives"].as_array().unwrap();
    assert!(alternatives.len() == if reason == "disabled" { 0 } else { 3 }, "{details}");
    for slot in alternatives {
        let keys: Vec<_> = slot.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["slot_end", "slot_start"]);
    }
}

#[test]
fn functions_that_do_not_write_may_be_read() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let public = Subject::new(&db, 1, &[("public_booking", "true")]);
    let path = format!("rpc/get_available_slots?broker_id={}&max_slots=2", public.id);
    let answer = postgrest.get(Caller::Anon, &path);
    let slots = json!([
        {"slot_start": "2026-03-02T14:00:00+00:00", "slot_end": "2026-03-02T14:30:00+00:00"},
        {"slot_start": "2026-03-02T14:30:00+00:00", "slot_end": "2026-03-02T15:00:00+00:00"},
    ]);
    assert_eq!((answer.status, &answer.body), (200, &slots));
    let days = format!("{path}&preferred_days={{3,5}}&window_start=2026-03-03T00:00Z");
    assert_eq!(
        postgrest.get(Caller::Anon, &days).body[0]["slot_start"],
        "2026-03-04T14:00:00+00:00"
    );

    let book =
        format!("rpc/book_calendar_slot?broker_id={}&slot_start={}", public.id, public.slot());
    assert_eq!(postgrest.get(Caller::Anon, &book).outcome(), "405 25006");
    let misspelt = json!({"broker": public.id});
    assert_eq!(
        postgrest.call(Caller::Anon, "get_available_slots", &misspelt).outcome(),
        "404 PGRST202"
    );
}

#[test]
fn a_token_that_is_not_ours_opens_nothing() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let broker = Subject::new(&db, 1, &[]);
    let path = format!("rpc/get_available_slots?broker_id={}", broker.id);
    let forged = sign(&json!({"role": "service_role"}), "a secret that somebody else has made up");
    assert_eq!(postgrest.get_with(Some(forged), &path).outcome(), "401 PGRST301");
    assert_eq!(postgrest.get(Caller::Agent, &path).outcome(), "403 42501");
    assert_eq!(postgrest.get(broker.owner(), &path).outcome(), "200");
    assert_eq!(postgrest.get(Caller::User(NOBODY), &path).outcome(), "404 PT404");
}
