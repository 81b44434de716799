//! Holds: kept, confirmed, lapsed.

use crate::support::{booking_at, call, count, text, tuesday, unavailable, utc};
use calendar_tests::{Scene, fixture};
use serde_json::Value;

#[test]
fn a_hold_keeps_its_slot_until_it_lapses_by_itself() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
    let Scene { db, mut client, broker } = Scene::new(&[("minimum_notice_minutes", "60")]);
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
    assert_eq!(offered[0], utc("21:00"), "its hold has lapsed too");

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
    let Scene { db, mut client, broker } = Scene::new(&[("slot_increment_minutes", "10")]);
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
