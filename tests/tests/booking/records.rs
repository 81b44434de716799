//! What goes with a booking: outbox, audit, notifications, messages.

use crate::support::{booking_at, call, count, set, text, tuesday};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, Scene, fixture};
use postgres::fallible_iterator::FallibleIterator;
use std::thread::sleep;
use std::time::Duration;
use uuid::Uuid;

#[test]
fn every_change_writes_outbox_and_audit_rows_in_its_transaction() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let account = [("broker_id", &*broker.to_string()), ("provider", "google")];
    let account = fixture::insert(&mut client, "accounts", &account).to_string();
    let columns = [("account_id", &*account), ("external_calendar_id", "main")];
    let calendar = fixture::calendar(&mut client, broker, &columns);
    fixture::cover(&mut client, calendar);
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
    // Not of each of many changes, as each would wait for all others.
    for _ in 0..3 {
        call(&mut client, &format!("reschedule_booking('{id}', '2026-03-04T15:00Z')"));
        call(&mut client, &format!("reschedule_booking('{id}', '2026-03-03T15:00Z')"));
    }
    while heard(200).is_some() {}
    call(&mut client, &format!("cancel_booking('{id}')"));
    assert_eq!(heard(10_000), Some(id.to_string()));
    // Nor of what no agent is to do.
    sleep(Duration::from_millis(150));
    let hold = format!("book_calendar_slot('{broker}', '2026-03-03T16:00Z', hold_minutes => 5)");
    call(&mut client, &hold);
    let local = fixture::broker(&mut client, &[]);
    fixture::calendar(&mut client, local, &[]);
    fixture::book(&mut client, local, "2026-03-03T15:00Z").unwrap();
    assert_eq!(heard(200), None);
}

#[test]
fn every_refusal_is_short_ascii_without_personal_data() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
