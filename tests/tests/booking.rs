//! `book_calendar_slot`, `confirm_booking`, `cancel_booking` and
//! `reschedule_booking`, by one caller at a time.

use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, Database, fixture};
use postgres::Client;
use postgres::fallible_iterator::FallibleIterator;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Calls a function that gives a booking; arguments are written in SQL.
#[track_caller]
fn call(client: &mut Client, function: &str) -> Value {
    fixture::call(client, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

/// Asserts a refusal with PT409 for this reason, and gives the starts of the
/// alternatives.
#[track_caller]
fn unavailable(client: &mut Client, function: &str, reason: &str) -> Vec<String> {
    let result = fixture::call(client, function);
    let detail = detail(&refused(result, "PT409", "slot_unavailable"));
    assert_eq!(detail["reason"], reason, "{function}");
    assert_eq!(detail.as_object().unwrap().len(), 2, "{detail}");
    detail["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| text(&slot["slot_start"]))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Tuesday in New York, where 10:00 is 15:00 UTC.
fn tuesday(time: &str) -> String {
    format!("2026-03-03T{time}:00+00:00")
}

/// `book_calendar_slot` on Tuesday, with options in SQL.
fn booking_at(broker: Uuid, time: &str, options: &str) -> String {
    format!("book_calendar_slot('{broker}', '{}'{options})", tuesday(time))
}

fn count(client: &mut Client, table: &str) -> i64 {
    client.query_one(&format!("select count(*) from calendar.{table}"), &[]).unwrap().get(0)
}

fn set(client: &mut Client, table: &str, id: &str, assignment: &str) {
    let statement = format!("update calendar.{table} set {assignment} where id = '{id}'");
    assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
}

// What a booking is.

#[test]
fn a_booking_is_confirmed_and_holds_what_was_said() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(
        &mut client,
        &[("buffer_before_minutes", "5"), ("buffer_after_minutes", "10")],
    );
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    let booking = call(
        &mut client,
        &booking_at(
            broker,
            "15:00",
            ", lead_id => 'L1', lead_name => 'Grace', lead_email => 'Grace@Example.org',
               lead_phone => '+1 212', lead_timezone => 'Europe/Paris', title => 'Viewing',
               notes => 'Ring twice', created_by => 'voice', idempotency_key => 'K1'",
        ),
    );
    let expected = json!({
        "broker_id": broker.to_string(), "calendar_id": calendar.to_string(), "status": "confirmed",
        "slot_start": tuesday("15:00"), "slot_end": tuesday("15:30"), "hold_expires_at": null,
        "buffer_before_minutes": 5, "buffer_after_minutes": 10, "outside_hours": false,
        "lead_id": "L1", "lead_name": "Grace", "lead_email": "Grace@Example.org",
        "lead_phone": "+1 212", "lead_timezone": "Europe/Paris", "title": "Viewing",
        "notes": "Ring twice", "created_by": "voice", "idempotency_key": "K1", "sequence": 0,
        "created_at": "2026-03-02T14:00:00+00:00", "cancel_reason": null,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&booking[key], value, "{key}");
    }
}

#[test]
fn a_booking_needs_only_broker_and_start() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("slot_duration_minutes", "60")]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    assert_eq!(text(&booking["slot_end"]), tuesday("16:00"));
    assert_eq!(booking["created_by"], "manual");
    assert_eq!(booking["calendar_id"], Value::Null, "the broker has no primary calendar");
    let shorter = call(&mut client, &booking_at(broker, "16:00", ", '2026-03-03T16:20Z'"));
    assert_eq!(text(&shorter["slot_end"]), tuesday("16:20"));
}

#[test]
fn a_broker_may_require_confirmation() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("requires_confirmation", "true")]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    assert_eq!(booking["status"], "pending");
    unavailable(&mut client, &booking_at(broker, "15:00", ""), "taken");
    let confirm = format!("confirm_booking('{}')", text(&booking["id"]));
    assert_eq!(call(&mut client, &confirm)["status"], "confirmed");
    let held = call(&mut client, &booking_at(broker, "16:00", ", hold_minutes => 5"));
    assert_eq!(held["status"], "held");
}

#[test]
fn buffers_are_those_of_the_broker_when_booked() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("buffer_after_minutes", "30")]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    set(&mut client, "brokers", &broker.to_string(), "buffer_after_minutes = 0");
    // The first booking still keeps its half hour.
    unavailable(&mut client, &booking_at(broker, "15:30", ""), "taken");
    assert_eq!(call(&mut client, &booking_at(broker, "16:00", ""))["buffer_after_minutes"], 0);
    let id = text(&booking["id"]);
    let moved = call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("17:00")));
    assert_eq!(moved["buffer_after_minutes"], 0, "moving is booking anew");
}

// Why a slot is refused.

#[test]
fn every_reason_is_told() {
    let db = Database::new();
    let mut client = db.connect();
    let columns = [
        ("minimum_notice_minutes", "60"),
        ("booking_horizon_days", "10"),
        ("max_bookings_per_day", "1"),
    ];
    let broker = fixture::broker(&mut client, &columns);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-04T15:00:00Z", "2026-03-04T15:30:00Z");
    call(&mut client, &booking_at(broker, "15:00", ""));
    for (start, reason) in [
        ("2026-03-02T14:30Z", "notice"),
        ("2026-02-24T15:00Z", "notice"),
        ("2026-03-12T18:00Z", "horizon"),
        ("2026-03-04T13:30Z", "outside_hours"),
        ("2026-03-07T15:00Z", "outside_hours"),
        ("2026-03-04T16:10Z", "off_grid"),
        ("2026-03-04T15:00Z", "taken"),
        ("2026-03-03T15:00Z", "taken"),
        ("2026-03-03T16:00Z", "daily_limit"),
    ] {
        unavailable(&mut client, &format!("book_calendar_slot('{broker}', '{start}')"), reason);
    }
    set(&mut client, "brokers", &broker.to_string(), "booking_enabled = false");
    let none = unavailable(&mut client, &booking_at(broker, "16:00", ""), "disabled");
    assert_eq!(none, [""; 0]);
    assert_eq!(count(&mut client, "bookings"), 1);
}

#[test]
fn the_nearest_three_free_slots_of_that_length_are_offered_nearest_first() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    call(&mut client, &booking_at(broker, "16:00", ""));
    let offered = unavailable(&mut client, &booking_at(broker, "16:00", ""), "taken");
    assert_eq!(offered, ["15:30", "16:30", "15:00"].map(tuesday));
    // An hour later on: one of an hour from the grid of hours.
    let hour = booking_at(broker, "16:00", ", '2026-03-03T17:00Z'");
    let offered = unavailable(&mut client, &hour, "taken");
    assert_eq!(offered, ["15:00", "17:00", "14:00"].map(tuesday));
    let result = fixture::call(&mut client, &hour);
    let detail = detail(&refused(result, "PT409", ""));
    assert_eq!(
        detail["alternatives"][0],
        json!({"slot_start": tuesday("15:00"), "slot_end": tuesday("16:00")})
    );
    // Each can be booked.
    let alternative = text(&detail["alternatives"][1]["slot_start"]);
    call(
        &mut client,
        &format!("book_calendar_slot('{broker}', '{alternative}', '2026-03-03T18:00Z')"),
    );
}

#[test]
fn alternatives_may_be_fewer_than_three_or_none() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    fixture::working_hours(&mut client, broker, 2, "09:00", "10:00");
    call(&mut client, &booking_at(broker, "14:00", ""));
    let offered = unavailable(&mut client, &booking_at(broker, "14:00", ""), "taken");
    // The Tuesday before is past; the one after lies within a week.
    assert_eq!(
        offered,
        [
            tuesday("14:30"),
            "2026-03-10T13:00:00+00:00".to_owned(),
            "2026-03-10T13:30:00+00:00".to_owned()
        ]
    );
    let far = format!("book_calendar_slot('{broker}', '2026-06-05T13:00Z')");
    assert_eq!(unavailable(&mut client, &far, "outside_hours").len(), 3);
    set(&mut client, "brokers", &broker.to_string(), "booking_horizon_days = 1");
    assert_eq!(unavailable(&mut client, &far, "horizon"), [""; 0]);
}

#[test]
fn unknown_brokers_and_bookings_are_not_found() {
    let db = Database::new();
    let mut client = db.connect();
    let nobody = Uuid::nil();
    for (function, message) in [
        (format!("book_calendar_slot('{nobody}', '2026-03-03T15:00Z')"), "broker_not_found"),
        (format!("confirm_booking('{nobody}')"), "booking_not_found"),
        (format!("cancel_booking('{nobody}')"), "booking_not_found"),
        (format!("reschedule_booking('{nobody}', '2026-03-03T15:00Z')"), "booking_not_found"),
    ] {
        let error = refused(fixture::call(&mut client, &function), "PT404", message);
        assert_eq!(error.as_db_error().unwrap().message(), message);
    }
}

#[test]
fn a_wrong_argument_is_named_with_what_is_allowed() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let booked = call(&mut client, &booking_at(broker, "20:00", ""));
    let booked = text(&booked["id"]);
    let at = |options: &str| booking_at(broker, "15:00", options);
    for (function, words) in [
        ("book_calendar_slot(null, '2026-03-03')".to_owned(), "broker_id must not be null"),
        (format!("book_calendar_slot('{broker}', null)"), "slot_start must not be null"),
        (format!("book_calendar_slot('{broker}', 'infinity')"), "slot_start must be a finite"),
        (at(", 'infinity'"), "slot_end must be a finite"),
        (at(", '2026-03-03T15:00Z'"), "slot_end must lie 1 to 1440 whole minutes after slot_start"),
        (at(", '2026-03-03T14:00Z'"), "slot_end must lie 1 to 1440 whole minutes after slot_start"),
        (at(", '2026-03-03T15:00:30Z'"), "slot_end must lie 1 to 1440 whole minutes"),
        (at(", '2026-03-04T15:01Z'"), "slot_end must lie 1 to 1440 whole minutes"),
        (at(", hold_minutes => 0"), "hold_minutes must be from 1 to 60, not 0"),
        (at(", hold_minutes => 61"), "hold_minutes must be from 1 to 60, not 61"),
        (at(", lead_timezone => 'Mars/Base'"), "lead_timezone must be an IANA time zone"),
        (at(", created_by => null"), "created_by must not be empty"),
        (at(", created_by => ''"), "created_by must not be empty"),
        (at(", idempotency_key => ''"), "idempotency_key must not be empty"),
        (at(", outside_hours => null"), "outside_hours must be true or false"),
        (at(", lead_phone => repeat('1', 41)"), "lead_phone must have at most 40 characters"),
        (at(", lead_email => repeat('é', 321)"), "lead_email must have at most 320 characters"),
        (at(", notes => repeat('x', 10001)"), "notes must have at most 10000 characters"),
        (at(", title => repeat('x', 501)"), "title must have at most 500 characters"),
        ("confirm_booking(null)".to_owned(), "booking_id must not be null"),
        ("cancel_booking(null)".to_owned(), "booking_id must not be null"),
        (format!("cancel_booking('{booked}', repeat('x', 1001))"), "reason must have at most 1000"),
        ("reschedule_booking(null, '2026-03-03')".to_owned(), "booking_id must not be null"),
        (format!("reschedule_booking('{booked}', null)"), "slot_start must not be null"),
        (format!("reschedule_booking('{booked}', 'infinity')"), "slot_start must be a finite"),
        (
            format!("reschedule_booking('{booked}', '2026-03-03T15:00Z', '2026-03-03T14:00Z')"),
            "slot_end must lie 1 to 1440 whole minutes",
        ),
    ] {
        refused(fixture::call(&mut client, &function), "22023", words);
    }
    assert_eq!(count(&mut client, "bookings"), 1);
}

// Holds.

#[test]
fn a_hold_keeps_its_slot_until_it_lapses_by_itself() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let held = call(&mut client, &booking_at(broker, "15:00", ", hold_minutes => 5"));
    assert_eq!(held["status"], "held");
    assert_eq!(held["hold_expires_at"], "2026-03-02T14:05:00+00:00");
    unavailable(&mut client, &booking_at(broker, "15:00", ""), "taken");
    db.set_now("2026-03-02T14:04:59.999999Z");
    unavailable(&mut db.connect(), &booking_at(broker, "15:00", ""), "taken");
    db.set_now("2026-03-02T14:05:00Z");
    let mut client = db.connect();
    let second = call(&mut client, &booking_at(broker, "15:00", ""));
    assert_ne!(second["id"], held["id"]);
    let row = client
        .query_one(
            "select status, cancel_reason from calendar.bookings where id = $1::text::uuid",
            &[&text(&held["id"])],
        )
        .unwrap();
    assert_eq!((row.get(0), row.get(1)), ("cancelled", "hold_expired"));
}

#[test]
fn a_hold_can_be_confirmed_in_time_and_twice() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let held = call(&mut client, &booking_at(broker, "15:00", ", hold_minutes => 60"));
    let confirm = format!("confirm_booking('{}')", text(&held["id"]));
    let confirmed = call(&mut client, &confirm);
    assert_eq!(confirmed["status"], "confirmed");
    assert_eq!(confirmed["hold_expires_at"], Value::Null);
    let rows = count(&mut client, "audit_log");
    assert_eq!(call(&mut client, &confirm), confirmed);
    assert_eq!(count(&mut client, "audit_log"), rows);
}

#[test]
fn a_lapsed_hold_is_confirmed_if_its_slot_is_still_free() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("minimum_notice_minutes", "60")]);
    let mut hold = |time: &str| {
        text(&call(&mut client, &booking_at(broker, time, ", hold_minutes => 1"))["id"])
    };
    let [free, taken, late, given_away] =
        [hold("20:00"), hold("20:30"), hold("15:00"), hold("21:00")];
    db.set_now("2026-03-02T14:01:00Z");
    let mut client = db.connect();
    let confirm = |id: &str| format!("confirm_booking('{id}')");
    assert_eq!(call(&mut client, &confirm(&free))["status"], "confirmed");

    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T20:40:00Z", "2026-03-03T20:50:00Z");
    let offered = unavailable(&mut client, &confirm(&taken), "taken");
    assert_eq!(offered[0], tuesday("21:00"), "its hold has lapsed too");

    // Somebody books it, which ends the hold, and cancels.
    let other = call(&mut client, &booking_at(broker, "21:00", ""));
    unavailable(&mut client, &confirm(&given_away), "taken");
    call(&mut client, &format!("cancel_booking('{}')", text(&other["id"])));
    assert_eq!(call(&mut client, &confirm(&given_away))["cancel_reason"], Value::Null);

    db.set_now("2026-03-03T14:30:00Z");
    unavailable(&mut db.connect(), &confirm(&late), "notice");
}

#[test]
fn a_lapsed_hold_stands_in_nobodys_way() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("slot_increment_minutes", "10")]);
    let other = fixture::broker(&mut client, &[]);
    call(&mut client, &booking_at(broker, "15:00", ", lead_id => 'L1', hold_minutes => 1"));
    call(&mut client, &booking_at(broker, "15:30", ", hold_minutes => 1"));
    let booked = call(&mut client, &booking_at(broker, "17:00", ""));
    db.set_now("2026-03-02T14:01:00Z");
    let mut client = db.connect();
    // The lead may go elsewhere, and a booking may move onto both.
    call(&mut client, &booking_at(other, "15:00", ", lead_id => 'L1'"));
    let id = text(&booked["id"]);
    call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("15:10")));
}

// Idempotency and leads.

#[test]
fn a_key_repeated_with_its_request_gives_the_first_booking() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let other = fixture::broker(&mut client, &[]);
    let request = ", title => 'Viewing', idempotency_key => 'K1'";
    let first = call(&mut client, &booking_at(broker, "15:00", request));
    let rows = ["bookings", "outbox", "audit_log"].map(|table| count(&mut client, table));
    assert_eq!(call(&mut client, &booking_at(broker, "15:00", request)), first);
    assert_eq!(rows, ["bookings", "outbox", "audit_log"].map(|table| count(&mut client, table)));
    // A key is the broker's.
    call(&mut client, &booking_at(other, "15:00", request));
    // Nor does the session's zone make it another request.
    client.batch_execute("set timezone = 'Asia/Tokyo'").unwrap();
    assert_eq!(call(&mut client, &booking_at(broker, "15:00", request))["id"], first["id"]);
    // What became of the booking makes no difference.
    call(&mut client, &format!("cancel_booking('{}')", text(&first["id"])));
    let again = call(&mut client, &booking_at(broker, "15:00", request));
    assert_eq!((&again["id"], &again["status"]), (&first["id"], &json!("cancelled")));
}

#[test]
fn a_key_repeated_with_another_request_is_refused() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let key = ", idempotency_key => 'K1'";
    call(&mut client, &booking_at(broker, "15:00", key));
    for (time, options) in [
        ("16:00", ""),
        ("15:00", ", '2026-03-03T15:30Z'"),
        ("15:00", ", lead_id => 'L1'"),
        ("15:00", ", title => ''"),
        ("15:00", ", created_by => 'voice'"),
        ("15:00", ", hold_minutes => 5"),
        ("15:00", ", outside_hours => true"),
    ] {
        let result =
            fixture::call(&mut client, &booking_at(broker, time, &format!("{options}{key}")));
        let error = refused(result, "PT422", "idempotency_key_reused");
        assert_eq!(error.as_db_error().unwrap().detail(), None, "{options}");
    }
}

#[test]
fn the_same_lead_asking_again_gets_its_booking() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("slot_increment_minutes", "30")]);
    let id = "lead_id => 'L1'";
    let email = "lead_email => 'grace@example.org'";
    let phone = "lead_phone => '+1 (212) 555-0100'";
    for (lead, again) in [
        (id.to_owned(), "lead_id => 'L1', lead_name => 'Grace', title => 'Viewing'"),
        (email.to_owned(), "lead_email => ' Grace@Example.ORG'"),
        (phone.to_owned(), "lead_phone => '1.212.555.0100', hold_minutes => 5"),
        // Where one has no lead_id, the address decides, or else the number.
        (format!("{id}, {email}"), email),
        (format!("{email}, {phone}"), "lead_id => 'L9', lead_phone => '+12125550100'"),
        (format!("{id}, {email}"), "lead_id => 'L1', lead_email => 'another@example.org'"),
    ] {
        let first = call(&mut client, &booking_at(broker, "15:00", &format!(", {lead}")));
        let again = call(&mut client, &booking_at(broker, "15:00", &format!(", {again}")));
        assert_eq!(first, again, "{lead}");
        let longer = format!(", {lead}, slot_end => '{}'", tuesday("16:00"));
        unavailable(&mut client, &booking_at(broker, "15:00", &longer), "taken");
        for another in [
            "",
            ", lead_id => 'L2', lead_email => 'grace@example.org', lead_phone => '2'",
            ", lead_email => 'g@example.org', lead_phone => 'none'",
            ", lead_id => '', lead_email => ' ', lead_phone => '-'",
        ] {
            // Two lead_ids that differ are two leads, whatever else is equal.
            if lead.contains(id) || !another.contains("grace") {
                unavailable(&mut client, &booking_at(broker, "15:00", another), "taken");
            }
        }
        // Only active bookings count.
        call(&mut client, &format!("cancel_booking('{}')", text(&first["id"])));
        let second = call(&mut client, &booking_at(broker, "15:00", &format!(", {lead}")));
        assert_ne!(first["id"], second["id"]);
        call(&mut client, &format!("cancel_booking('{}')", text(&second["id"])));
    }
}

#[test]
fn a_lead_is_one_within_a_broker_alone() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let other = fixture::broker(&mut client, &[]);
    let lead = ", lead_id => 'L1', lead_email => 'grace@example.org', lead_phone => '1'";
    let here = call(&mut client, &booking_at(broker, "15:00", lead));
    let there = call(&mut client, &booking_at(other, "16:00", lead));
    call(
        &mut client,
        &format!("reschedule_booking('{}', '{}')", text(&there["id"]), tuesday("15:00")),
    );
    let again = call(&mut client, &booking_at(other, "15:00", lead));
    assert_eq!(again["id"], there["id"]);
    assert_ne!(again["id"], here["id"]);
}

#[test]
fn a_global_lead_cannot_be_at_two_places() {
    let db = Database::new();
    db.set("calendar.lead_scope", "global");
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let other = fixture::broker(&mut client, &[]);
    let here = call(&mut client, &booking_at(broker, "15:00", ", lead_id => 'L1'"));
    let there = booking_at(other, "15:00", ", lead_id => 'L1'");
    // The other broker's own slots are offered, that one included: another lead may have it.
    assert_eq!(unavailable(&mut client, &there, "lead_busy").len(), 3);
    let later = call(&mut client, &booking_at(other, "16:00", ", lead_id => 'L1'"));
    let later = text(&later["id"]);
    let onto = format!("reschedule_booking('{later}', '{}')", tuesday("15:00"));
    unavailable(&mut client, &onto, "lead_busy");
    call(&mut client, &format!("cancel_booking('{}')", text(&here["id"])));
    call(&mut client, &onto);
    // A hold that has lapsed is nowhere, also elsewhere, and is confirmed if it can be again.
    let hold =
        call(&mut client, &booking_at(broker, "17:00", ", lead_id => 'L2', hold_minutes => 1"));
    let confirm = format!("confirm_booking('{}')", text(&hold["id"]));
    db.set_now("2026-03-02T14:01:00Z");
    let mut client = db.connect();
    let elsewhere = call(&mut client, &booking_at(other, "17:00", ", lead_id => 'L2'"));
    unavailable(&mut client, &confirm, "lead_busy");
    call(&mut client, &format!("cancel_booking('{}')", text(&elsewhere["id"])));
    call(&mut client, &confirm);
    unavailable(&mut client, &booking_at(other, "17:00", ", lead_id => 'L2'"), "lead_busy");
    // An address or a number is not enough.
    for (time, lead) in [
        ("18:00", ", lead_email => 'grace@example.org'"),
        ("19:00", ", lead_phone => '3'"),
        ("20:00", ", lead_id => ''"),
    ] {
        for broker in [broker, other] {
            call(&mut client, &booking_at(broker, time, lead));
        }
    }
}

// Cancelling and rescheduling.

#[test]
fn cancelling_frees_the_slot_and_twice_is_once() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    let id = text(&booking["id"]);
    let cancelled = call(&mut client, &format!("cancel_booking('{id}', 'Ill')"));
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("Ill"))
    );
    assert_eq!(cancelled["sequence"], 1);
    let rows = ["outbox", "audit_log"].map(|table| count(&mut client, table));
    assert_eq!(call(&mut client, &format!("cancel_booking('{id}', 'Bored')")), cancelled);
    assert_eq!(rows, ["outbox", "audit_log"].map(|table| count(&mut client, table)));
    call(&mut client, &booking_at(broker, "15:00", ""));
    unavailable(&mut client, &format!("confirm_booking('{id}')"), "state");
}

#[test]
fn what_is_over_is_neither_cancelled_nor_confirmed_nor_moved() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    for (time, status) in
        [("15:00", "completed"), ("16:00", "no_show"), ("17:00", "failed"), ("18:00", "cancelled")]
    {
        let id = text(&call(&mut client, &booking_at(broker, time, ""))["id"]);
        set(&mut client, "bookings", &id, &format!("status = '{status}'"));
        let reschedule = format!("reschedule_booking('{id}', '{}')", tuesday("20:00"));
        assert_eq!(unavailable(&mut client, &reschedule, "state").len(), 3);
        unavailable(&mut client, &format!("confirm_booking('{id}')"), "state");
        if status != "cancelled" {
            unavailable(&mut client, &format!("cancel_booking('{id}')"), "state");
        }
    }
    let held = call(&mut client, &booking_at(broker, "19:00", ", hold_minutes => 1"));
    db.set_now("2026-03-02T14:01:00Z");
    let reschedule = format!("reschedule_booking('{}', '{}')", text(&held["id"]), tuesday("20:00"));
    unavailable(&mut db.connect(), &reschedule, "state");
}

#[test]
fn rescheduling_keeps_the_booking_and_its_length() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let booking =
        call(&mut client, &booking_at(broker, "15:00", ", '2026-03-03T16:00Z', lead_id => 'L1'"));
    let id = text(&booking["id"]);
    let moved = call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("18:00")));
    for key in ["id", "broker_id", "lead_id", "status", "created_at"] {
        assert_eq!(moved[key], booking[key], "{key}");
    }
    assert_eq!(
        (text(&moved["slot_start"]), text(&moved["slot_end"])),
        (tuesday("18:00"), tuesday("19:00"))
    );
    assert_eq!(moved["sequence"], 1);
    call(&mut client, &booking_at(broker, "15:00", ""));
    let rows = count(&mut client, "outbox");
    let same = call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("18:00")));
    assert_eq!(same, moved);
    assert_eq!(count(&mut client, "outbox"), rows, "nothing changed");
    let shorter =
        format!("reschedule_booking('{id}', '{}', '{}')", tuesday("18:00"), tuesday("18:30"));
    assert_eq!(text(&call(&mut client, &shorter)["slot_end"]), tuesday("18:30"));
}

#[test]
fn a_booking_is_not_in_its_own_way() {
    let db = Database::new();
    let mut client = db.connect();
    let columns = [
        ("slot_increment_minutes", "10"),
        ("buffer_before_minutes", "30"),
        ("max_bookings_per_day", "1"),
    ];
    let broker = fixture::broker(&mut client, &columns);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    let id = text(&booking["id"]);
    let moved = call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("15:10")));
    assert_eq!(text(&moved["slot_end"]), tuesday("15:40"));
}

#[test]
fn rescheduling_obeys_the_rules_of_booking() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let id = text(&call(&mut client, &booking_at(broker, "15:00", ""))["id"]);
    call(&mut client, &booking_at(broker, "16:00", ""));
    for (start, reason) in [
        ("2026-03-03T16:00Z", "taken"),
        ("2026-03-03T16:10Z", "off_grid"),
        ("2026-03-03T23:00Z", "outside_hours"),
        ("2026-03-02T13:30Z", "notice"),
        ("2027-06-01T15:00Z", "horizon"),
    ] {
        unavailable(&mut client, &format!("reschedule_booking('{id}', '{start}')"), reason);
    }
    let unmoved: bool = client
        .query_one(
            "select slot_start = '2026-03-03T15:00Z' from calendar.bookings where id = $1::text::uuid",
            &[&id],
        )
        .unwrap()
        .get(0);
    assert!(unmoved);
}

// Staff.

#[test]
fn staff_may_book_outside_hours_but_never_over_something() {
    let db = Database::new();
    let mut client = db.connect();
    let columns = [
        ("minimum_notice_minutes", "1440"),
        ("booking_horizon_days", "5"),
        ("max_bookings_per_day", "1"),
    ];
    let broker = fixture::broker(&mut client, &columns);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T22:00:00Z", "2026-03-03T23:00:00Z");
    let book =
        |start: &str| format!("book_calendar_slot('{broker}', '{start}', outside_hours => true)");
    let mut client = db.connect_as(Caller::Service);
    // Before the notice is over, in the night, off the grid, a second one on that
    // day, and after the horizon.
    let early = call(&mut client, &book("2026-03-02T13:59Z"));
    assert_eq!(early["outside_hours"], true);
    call(&mut client, &book("2026-03-02T14:30Z"));
    call(&mut client, &book("2026-05-03T03:07Z"));
    unavailable(&mut client, &book("2026-03-02T14:45Z"), "taken");
    unavailable(&mut client, &book("2026-03-03T22:30Z"), "taken");
    let audited: i64 = client
        .query_one(
            "select count(*) from calendar.audit_log
              where table_name = 'bookings' and (new_row ->> 'outside_hours')::boolean
                and db_role = 'service_role'",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(audited, 3);
    // It may be moved with the same freedom.
    let id = text(&early["id"]);
    call(&mut client, &format!("reschedule_booking('{id}', '2026-03-01T01:01Z')"));
    client
        .execute("update calendar.brokers set booking_enabled = false where id = $1", &[&broker])
        .unwrap();
    unavailable(&mut client, &book("2026-03-09T03:07Z"), "disabled");
}

#[test]
fn the_public_may_not_book_outside_hours() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    let outside = booking_at(broker, "03:00", ", outside_hours => true");
    for caller in [Caller::Anon, Caller::User(Uuid::from_u128(1))] {
        let mut client = db.connect_as(caller);
        refused(fixture::call(&mut client, &outside), "42501", "not allowed");
        call(
            &mut client,
            &booking_at(broker, if matches!(caller, Caller::Anon) { "15:00" } else { "15:30" }, ""),
        );
    }
}

#[test]
fn the_public_is_held_to_so_many_bookings_an_hour() {
    let db = Database::new();
    let columns = [("public_booking", "true"), ("public_bookings_per_hour", "2")];
    let broker = fixture::broker(&mut db.connect(), &columns);
    call(&mut db.connect_as(Caller::Service), &booking_at(broker, "14:00", ""));
    let mut anon = db.connect_as(Caller::Anon);
    call(&mut anon, &booking_at(broker, "14:30", ""));
    let repeated = booking_at(broker, "15:00", ", lead_id => 'L1', idempotency_key => 'K1'");
    call(&mut anon, &repeated);
    call(&mut anon, &repeated);
    let more = booking_at(broker, "15:30", "");
    refused(fixture::call(&mut anon, &more), "PT429", "rate_limited");
    db.set_now("2026-03-02T15:00:00Z");
    call(&mut db.connect_as(Caller::Anon), &more);
}

// What goes with a booking.

#[test]
fn every_change_writes_outbox_and_audit_rows_in_its_transaction() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let mut transaction = client.transaction().unwrap();
    transaction
        .query_one("select calendar.book_calendar_slot($1, '2026-03-03T15:00Z')", &[&broker])
        .unwrap();
    transaction.rollback().unwrap();
    assert_eq!(["outbox", "audit_log"].map(|table| count(&mut client, table)), [0, 0]);

    let booking = call(&mut client, &booking_at(broker, "15:00", ", hold_minutes => 5"));
    let id = text(&booking["id"]);
    call(&mut client, &format!("confirm_booking('{id}')"));
    call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("16:00")));
    call(&mut client, &format!("cancel_booking('{id}', 'Ill')"));
    let outbox: Vec<(String, Uuid, Uuid, Uuid)> = client
        .query(
            "select operation, booking_id, broker_id, calendar_id from calendar.outbox order by id",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect();
    let id = id.parse().unwrap();
    let operations = ["create", "update", "update", "delete"];
    assert_eq!(outbox, operations.map(|o| (o.to_owned(), id, broker, calendar)));
    let audit: Vec<String> = client
        .query(
            "select concat_ws(' ', operation, row_id = $1, broker_id = $2, db_role,
                              old_row ->> 'status', new_row ->> 'status', new_row ->> 'slot_start')
               from calendar.audit_log where table_name = 'bookings' order by id",
            &[&id, &broker],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(
        audit,
        [
            "insert t t postgres held 2026-03-03T15:00:00+00:00",
            "update t t postgres held confirmed 2026-03-03T15:00:00+00:00",
            "update t t postgres confirmed confirmed 2026-03-03T16:00:00+00:00",
            "update t t postgres confirmed cancelled 2026-03-03T16:00:00+00:00",
        ]
    );
}

#[test]
fn what_staff_says_of_an_appointment_is_written_on_but_not_what_the_agent_notes() {
    let db = Database::new();
    let mut client = db.connect_as(Caller::Service);
    let broker = fixture::broker(&mut client, &[]);
    let id = text(&call(&mut client, &booking_at(broker, "15:00", ""))["id"]);
    set(&mut client, "bookings", &id, "meeting_link = 'https://example.org/join'");
    assert_eq!(count(&mut client, "outbox"), 1);
    set(&mut client, "bookings", &id, "title = 'Second viewing'");
    set(&mut client, "bookings", &id, "status = 'no_show'");
    set(&mut client, "bookings", &id, "status = 'no_show'");
    assert_eq!(count(&mut client, "outbox"), 3);
    assert_eq!(count(&mut client, "audit_log"), 5);
    // Its time is for the functions alone.
    let moved = client.execute("update calendar.bookings set slot_end = slot_end where true", &[]);
    refused(moved, "42501", "bookings");
}

#[test]
fn listeners_hear_of_a_change_when_it_is_committed() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let mut listener = db.connect();
    listener.batch_execute("listen calendar_outbox").unwrap();
    let mut heard = |wait: u64| -> Option<String> {
        let mut notifications = listener.notifications();
        let mut within = notifications.timeout_iter(Duration::from_millis(wait));
        within.next().unwrap().map(|notification| notification.payload().to_owned())
    };
    let mut transaction = client.transaction().unwrap();
    let id: Uuid = transaction
        .query_one(
            "select id from calendar.book_calendar_slot($1, '2026-03-03T15:00Z')",
            &[&broker],
        )
        .unwrap()
        .get(0);
    assert_eq!(heard(50), None);
    transaction.commit().unwrap();
    assert_eq!(heard(10_000), Some(id.to_string()));
    call(&mut client, &format!("cancel_booking('{id}')"));
    assert_eq!(heard(10_000), Some(id.to_string()));
}

#[test]
fn every_refusal_is_short_ascii_without_personal_data() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let lead = ", lead_id => 'L1', lead_name => 'Grâce', lead_email => 'grace@example.org'";
    call(&mut client, &booking_at(broker, "15:00", lead));
    for options in [
        ", lead_name => 'Grâce'",
        ", lead_timezone => 'Grâce'",
        ", lead_phone => repeat('Grâce', 20)",
        ", '2026-03-03T15:00:30Z', lead_name => 'Grâce'",
    ] {
        let error = fixture::call(&mut client, &booking_at(broker, "15:00", options)).unwrap_err();
        let message = error.as_db_error().unwrap().message();
        assert!(message.is_ascii() && message.len() < 100, "{message}");
        assert!(!message.contains("Gr"), "{message}");
    }
}
