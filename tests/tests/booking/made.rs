//! What a booking is.

use crate::support::{booking_at, call, set, text, tuesday, unavailable};
use calendar_tests::{Scene, fixture};
use serde_json::{Value, json};

#[test]
fn a_booking_is_confirmed_and_holds_what_was_said() {
    let Scene { mut client, broker, .. } =
        Scene::new(&[("buffer_before_minutes", "5"), ("buffer_after_minutes", "10")]);
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
        "lead_id": "L1", "lead_name": "Grace", "lead_email": "grace@example.org",
        "lead_phone": "+1212", "lead_timezone": "Europe/Paris", "title": "Viewing",
        "notes": "Ring twice", "created_by": "voice", "idempotency_key": "K1", "sequence": 0,
        "created_at": "2026-03-02T14:00:00+00:00", "cancel_reason": null,
    });
    let stored = fixture::stored(&mut client, &booking);
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&stored[key], value, "{key}");
    }
}

#[test]
fn a_booking_needs_only_broker_and_start() {
    let Scene { mut client, broker, .. } = Scene::new(&[("slot_duration_minutes", "60")]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    assert_eq!(text(&booking["slot_end"]), tuesday("16:00"));
    assert_eq!(booking["created_by"], "service");
    let stored = fixture::stored(&mut client, &booking);
    assert_eq!(stored["calendar_id"], Value::Null, "the broker has no primary calendar");
    let shorter = call(&mut client, &booking_at(broker, "16:00", ", '2026-03-03T16:20Z'"));
    assert_eq!(text(&shorter["slot_end"]), tuesday("16:20"));
}

#[test]
fn a_broker_may_require_confirmation() {
    let Scene { mut client, broker, .. } = Scene::new(&[("requires_confirmation", "true")]);
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
    let Scene { mut client, broker, .. } = Scene::new(&[("buffer_after_minutes", "30")]);
    let booking = call(&mut client, &booking_at(broker, "15:00", ""));
    set(&mut client, "brokers", &broker.to_string(), "buffer_after_minutes = 0");
    // The first booking still keeps its half hour.
    unavailable(&mut client, &booking_at(broker, "15:30", ""), "taken");
    let second = call(&mut client, &booking_at(broker, "16:00", ""));
    assert_eq!(fixture::stored(&mut client, &second)["buffer_after_minutes"], 0);
    let id = text(&booking["id"]);
    let moved = call(&mut client, &format!("reschedule_booking('{id}', '{}')", tuesday("17:00")));
    let moved = fixture::stored(&mut client, &moved);
    assert_eq!(moved["buffer_after_minutes"], 0, "moving is booking anew");
}
