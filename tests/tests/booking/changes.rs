//! Cancelling and rescheduling.

use crate::support::{booking_at, call, count, set, text, tuesday, unavailable, wrong_state};
use calendar_tests::{Database, Scene, fixture};
use serde_json::json;

#[test]
fn cancelling_frees_the_slot_and_twice_is_once() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    let id = text(&booking["id"]);
    let cancelled = call(&mut client, &format!("cancel_booking('{id}', 'Ill')"));
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("Ill"))
    );
    assert_eq!(fixture::stored(&mut client, &cancelled)["sequence"], 1);
    let rows = ["outbox", "audit_log"].map(|table| count(&mut client, table));
    assert_eq!(call(&mut client, &format!("cancel_booking('{id}', 'Bored')")), cancelled);
    assert_eq!(rows, ["outbox", "audit_log"].map(|table| count(&mut client, table)));
    call(&mut client, &booking_at(broker, "15:00", ""));
    wrong_state(&mut client, &format!("confirm_booking('{id}')"), "cancelled");
}

#[test]
fn what_is_over_is_neither_cancelled_nor_confirmed_nor_moved() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    for (time, status) in
        [("15:00", "completed"), ("16:00", "no_show"), ("17:00", "failed"), ("18:00", "cancelled")]
    {
        let id = text(&call(&mut client, &booking_at(broker, time, ""))["id"]);
        set(&mut client, "bookings", &id, &format!("status = '{status}'"));
        let reschedule = format!("reschedule_booking('{id}', '{}')", tuesday("20:00"));
        wrong_state(&mut client, &reschedule, status);
        wrong_state(&mut client, &format!("confirm_booking('{id}')"), status);
        if status != "cancelled" {
            wrong_state(&mut client, &format!("cancel_booking('{id}')"), status);
        }
    }
    let held = call(&mut client, &booking_at(broker, "19:00", ", hold_minutes => 1"));
    db.set_now("2026-03-02T14:01:00Z");
    let reschedule = format!("reschedule_booking('{}', '{}')", text(&held["id"]), tuesday("20:00"));
    wrong_state(&mut db.connect(), &reschedule, "held");
}

#[test]
fn rescheduling_keeps_the_booking_and_its_length() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
    assert_eq!(fixture::stored(&mut client, &moved)["sequence"], 1);
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let id = text(&call(&mut client, &booking_at(broker, "15:00", ""))["id"]);
    call(&mut client, &booking_at(broker, "16:00", ""));
    for (start, reason) in [
        ("2026-03-03T16:00Z", "taken"),
        ("2026-03-03T16:10Z", "off_grid"),
        ("2026-03-03T23:00Z", "outside_hours"),
        ("2026-03-02T13:30Z", "past"),
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
