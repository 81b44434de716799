//! Idempotency keys and leads: who asks again.

use crate::support::{booking_at, call, count, text, tuesday, unavailable, utc};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Database, Scene, fixture};
use serde_json::json;

#[test]
fn a_key_repeated_with_its_request_gives_the_first_booking() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let key = ", idempotency_key => 'K1'";
    let first = call(&mut client, &booking_at(broker, "15:00", key));
    for (time, options) in [
        ("16:00", ""),
        ("15:00", ", '2026-03-03T15:30Z'"),
        ("15:00", ", lead_id => 'L1'"),
        ("15:00", ", title => 'x'"),
        ("15:00", ", created_by => 'voice'"),
        ("15:00", ", hold_minutes => 5"),
        ("15:00", ", outside_hours => true"),
    ] {
        let result =
            fixture::call(&mut client, &booking_at(broker, time, &format!("{options}{key}")));
        let error = refused(result, "PT422", "idempotency_key_reused");
        assert_eq!(detail(&error)["booking_id"], first["id"], "{options}");
    }
}

#[test]
fn the_same_lead_asking_again_gets_its_booking() {
    let Scene { mut client, broker, .. } = Scene::new(&[("slot_increment_minutes", "30")]);
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
            ", lead_id => 'L2', lead_email => 'grace@example.org', lead_phone => '2222'",
            ", lead_email => 'g@example.org', lead_phone => '3333'",
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let other = fixture::broker(&mut client, &[]);
    let lead = ", lead_id => 'L1', lead_email => 'grace@example.org', lead_phone => '1111'";
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
    call(&mut client, &booking_at(broker, "15:30", ", lead_id => 'L1'"));
    call(&mut client, &booking_at(broker, "16:00", ", lead_id => 'L9'"));
    // The other broker's nearest slots at which this lead is free.
    let free = ["14:30", "14:00", "16:00"].map(utc);
    assert_eq!(unavailable(&mut client, &there, "lead_busy"), free);
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
        ("19:00", ", lead_phone => '4444'"),
        ("20:00", ", lead_id => ''"),
    ] {
        for broker in [broker, other] {
            call(&mut client, &booking_at(broker, time, lead));
        }
    }
}
