//! An idempotency key has one answer, also where that was a booking that the lead had already.

use calendar_tests::answer::refused;
use calendar_tests::{Database, fixture};
use postgres::{Client, Error};
use serde_json::Value;
use uuid::Uuid;

/// Books a slot of Bo's with a key.
fn book(client: &mut Client, broker: Uuid, hour: u32, key: &str) -> Result<Value, Error> {
    let book = format!(
        "book_calendar_slot('{broker}', '2026-03-03T{hour}:00Z', lead_email => 'bo@example.org', {key})"
    );
    fixture::call(client, &book)
}

#[test]
fn a_key_of_a_booking_that_the_lead_had_is_remembered() {
    // Whether the booking has a key of its own.
    for first in ["title => null", "idempotency_key => 'first'"] {
        let db = Database::new();
        let mut client = db.connect();
        let broker = fixture::broker(&mut client, &[]);
        let booking = book(&mut client, broker, 15, first).unwrap();
        for key in ["second", "third"] {
            let key = format!("idempotency_key => '{key}'");
            assert_eq!(book(&mut client, broker, 15, &key).unwrap()["id"], booking["id"]);
        }
        let cancel = format!("cancel_booking('{}')", booking["id"].as_str().unwrap());
        fixture::call(&mut client, &cancel).unwrap();
        for key in ["second", "third"] {
            let key = format!("idempotency_key => '{key}'");
            let again = book(&mut client, broker, 15, &key).unwrap();
            assert_eq!((&again["id"], &again["status"]), (&booking["id"], &"cancelled".into()));
            let other = book(&mut client, broker, 16, &key);
            refused(other, "PT422", "idempotency_key_reused");
        }
        // A new request makes a new booking.
        let new = book(&mut client, broker, 15, "idempotency_key => 'fourth'").unwrap();
        assert_ne!(new["id"], booking["id"]);
        let again = book(&mut client, broker, 15, "idempotency_key => 'third'").unwrap();
        assert_eq!(again["id"], booking["id"], "the key has its answer, not the lead");
    }
}

#[test]
fn a_key_is_remembered_at_a_stricter_level_or_the_request_is_to_be_repeated() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let mut old = db.connect();
    old.batch_execute("begin isolation level repeatable read; select from calendar.brokers")
        .unwrap();
    let booking = book(&mut client, broker, 15, "title => null").unwrap();
    let key = "idempotency_key => 'second'";
    refused(book(&mut old, broker, 15, key), "40001", "another transaction came first");
    old.batch_execute("rollback").unwrap();
    assert_eq!(book(&mut old, broker, 15, key).unwrap()["id"], booking["id"]);
}
