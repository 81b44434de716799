//! Tables that callers read and change.

use crate::support::{NOBODY, Subject};
use calendar_tests::postgrest::Answer;
use calendar_tests::{Caller, Database, Postgrest};
use serde_json::json;

#[test]
fn a_broker_edits_its_settings_and_nobody_elses() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    let path = format!("brokers?id=eq.{}", broker.id);
    let first = |caller| {
        let slots = json!({"broker_id": broker.id, "window_start": "2026-03-03T00:00Z"});
        postgrest.call(caller, "get_available_slots", &slots).body[0]["slot_start"].clone()
    };
    assert_eq!(first(broker.owner()), "2026-03-03T14:00:00+00:00");

    let settings = json!({"minimum_notice_minutes": 1560});
    for (caller, outcome) in [
        (Caller::Anon, "401 42501"),
        // Row security leaves nothing to change.
        (another.owner(), "204"),
    ] {
        assert_eq!(postgrest.send("PATCH", caller, &path, &settings).outcome(), outcome);
        assert_eq!(first(Caller::Service), "2026-03-03T14:00:00+00:00");
    }
    let answer = postgrest.send("PATCH", broker.owner(), &path, &settings);
    assert_eq!(answer.outcome(), "204", "{answer:?}");
    assert_eq!(first(Caller::Service), "2026-03-03T16:00:00+00:00");

    let hours =
        json!({"broker_id": broker.id, "weekday": 2, "start_local": "12:00", "end_local": "13:00"});
    for (caller, outcome) in
        [(Caller::Anon, "401 42501"), (another.owner(), "403 42501"), (broker.owner(), "201")]
    {
        assert_eq!(postgrest.send("POST", caller, "working_hours", &hours).outcome(), outcome);
    }
    assert_eq!(first(broker.owner()), "2026-03-03T17:00:00+00:00");

    let identity = json!({"user_id": NOBODY});
    assert_eq!(postgrest.send("PATCH", broker.owner(), &path, &identity).outcome(), "403 42501");
}

#[test]
fn everyone_may_change_what_is_meant_for_them() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    let callers = [Caller::Anon, another.owner(), broker.owner(), Caller::Service];
    let Subject { id, calendar, .. } = broker;
    let own = |table: &str| format!("{table}?broker_id=eq.{id}");
    let this = format!("brokers?id=eq.{id}");
    let lunch = json!({"broker_id": id, "kind": "block", "rrule": "FREQ=DAILY",
        "starts_at": "2026-03-02T17:00Z", "ends_at": "2026-03-02T18:00Z"});
    let event = json!({"calendar_id": calendar, "external_event_id": "x",
        "starts_at": "2026-03-02T17:00Z", "ends_at": "2026-03-02T18:00Z"});
    #[rustfmt::skip]
    let changes = [
        // What row security hides, a change finds no row of: 204.
        //                                                                            anon         another      the broker   service_role
        ("POST",   "availability_overrides".into(), lunch,                           ["401 42501", "403 42501", "201",       "201"]),
        ("PATCH",  own("availability_overrides"), json!({"reason": "lunch"}),        ["401 42501", "204",       "204",       "204"]),
        ("DELETE", own("availability_overrides"), json!({}),                         ["401 42501", "204",       "204",       "204"]),
        ("PATCH",  this.clone(),                  json!({"timezone": "Asia/Tokyo"}), ["401 42501", "204",       "204",       "204"]),
        ("PATCH",  this.clone(),                  json!({"external_id": "7"}),       ["401 42501", "403 42501", "403 42501", "204"]),
        ("PATCH",  own("calendars"),              json!({"tentative_blocks": false}), ["401 42501", "204",      "204",       "204"]),
        ("POST",   "brokers".into(),  json!({"name": "Bo", "timezone": "UTC"}),      ["401 42501", "403 42501", "403 42501", "201"]),
        ("POST",   "events".into(),               event,                             ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("PATCH",  own("bookings"),               json!({"status": "completed"}),    ["401 42501", "403 42501", "403 42501", "204"]),
        ("PATCH",  own("bookings"), json!({"slot_start": "2026-03-03T15:00Z"}),      ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", own("bookings"),               json!({}),                         ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", own("audit_log"),              json!({}),                         ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", this,                          json!({}),                         ["401 42501", "403 42501", "403 42501", "204"]),
    ];
    for (method, path, body, expected) in changes {
        let answers = callers.map(|caller| postgrest.send(method, caller, &path, &body));
        let outcomes = answers.each_ref().map(Answer::outcome);
        assert_eq!(outcomes, expected, "{method} {path} {body}: {answers:#?}");
    }
}

#[test]
fn rows_are_read_by_their_broker_and_the_service() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    broker.booking();
    another.booking();
    let read = |caller, path: &str| {
        let answer = postgrest.get(caller, path);
        let rows = answer.body.as_array().map(|rows| format!(": {}", rows.len()));
        answer.outcome() + &rows.unwrap_or_default()
    };
    #[rustfmt::skip]
    let tables = [
        //                     anon         the broker   service_role
        ("brokers",           ["401 42501", "200: 1",    "200: 2"]),
        ("calendars",         ["401 42501", "200: 1",    "200: 2"]),
        ("bookings",          ["401 42501", "200: 1",    "200: 2"]),
        ("audit_log",         ["401 42501", "200: 1",    "200: 2"]),
        ("accounts",          ["401 42501", "403 42501", "200: 0"]),
        ("accounts?select=id,provider,status",
                              ["401 42501", "200: 0",    "200: 0"]),
        ("outbox",            ["401 42501", "200: 1",    "200: 2"]),
    ];
    for (path, expected) in tables {
        let outcomes =
            [Caller::Anon, broker.owner(), Caller::Service].map(|caller| read(caller, path));
        assert_eq!(outcomes, expected, "{path}");
    }
}
