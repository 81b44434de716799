//! Why a slot is refused, and what is offered instead.

use crate::support::{booking_at, call, count, set, text, unavailable, utc};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Database, Scene, fixture};
use serde_json::json;
use uuid::Uuid;

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
        ("2026-02-24T15:00Z", "past"),
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    call(&mut client, &booking_at(broker, "16:00", ""));
    let offered = unavailable(&mut client, &booking_at(broker, "16:00", ""), "taken");
    assert_eq!(offered, ["15:30", "16:30", "15:00"].map(utc));
    // An hour later on: one of an hour from the grid of hours.
    let hour = booking_at(broker, "16:00", ", '2026-03-03T17:00Z'");
    let offered = unavailable(&mut client, &hour, "taken");
    assert_eq!(offered, ["15:00", "17:00", "14:00"].map(utc));
    let result = fixture::call(&mut client, &hour);
    let detail = detail(&refused(result, "PT409", ""));
    assert_eq!(
        detail["alternatives"][0],
        json!({"slot_start": utc("15:00"), "slot_end": utc("16:00")})
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    fixture::working_hours(&mut client, broker, 2, "09:00", "10:00");
    call(&mut client, &booking_at(broker, "14:00", ""));
    let offered = unavailable(&mut client, &booking_at(broker, "14:00", ""), "taken");
    // The Tuesday before is past; the one after lies within a week.
    assert_eq!(
        offered,
        [utc("14:30"), "2026-03-10T13:00:00Z".to_owned(), "2026-03-10T13:30:00Z".to_owned()]
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
        (at(", duration_minutes => 0"), "duration_minutes must be from 1 to 1440, not 0"),
        (at(", duration_minutes => 1441"), "duration_minutes must be from 1 to 1440, not 1441"),
        (
            at(", slot_end => '2026-03-03T15:30Z', duration_minutes => 31"),
            "duration_minutes must be the minutes",
        ),
        (at(", lead_email => 'nobody'"), "lead_email must be an e-mail address"),
        (at(", lead_email => 'a@b@c'"), "lead_email must be an e-mail address"),
        (at(", lead_email => '@example.org'"), "lead_email must be an e-mail address"),
        (at(", lead_phone => '123'"), "lead_phone must be a telephone number"),
        (at(", lead_phone => '1234567890123456'"), "lead_phone must be a telephone number"),
        (at(", lead_phone => '+12 x'"), "lead_phone must be a telephone number"),
        (
            at(", lead_email => repeat('é', 320) || '@x'"),
            "lead_email must have at most 320 characters",
        ),
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
