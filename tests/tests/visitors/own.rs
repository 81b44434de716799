//! A visitor's own booking: seen, moved and cancelled with its token.

use crate::support::{ELEVEN, Page, TEN, text};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, fixture};
use serde_json::json;

#[test]
fn a_lead_moves_and_cancels_until_it_is_too_late() {
    let mut page = Page::new(&[("change_until_minutes", "60")]);
    let token = page.booked(TEN);
    let moved = page.call(&format!("reschedule_own_booking('{token}', '{ELEVEN}')")).unwrap();
    assert_eq!((&moved["slot_start"], &moved["change_until"]), (&json!(ELEVEN), &json!(TEN)));
    let taken = page.booked(TEN);
    let error = refused(
        page.call(&format!("reschedule_own_booking('{token}', '{TEN}')")),
        "PT409",
        "slot_unavailable",
    );
    assert_eq!(detail(&error)["reason"], "taken");

    page.set_now("2026-03-03T14:59:59Z");
    assert_eq!(page.call(&format!("get_own_booking('{token}')")).unwrap()["can_change"], true);
    let calls = [
        "reschedule_own_booking('TOKEN', '2026-03-03T18:00Z')",
        "cancel_own_booking('TOKEN', 'ill')",
    ];
    let late = |error| {
        let error = refused(error, "PT409", "wrong_state");
        assert_eq!(detail(&error)["reason"], "too_late");
    };
    for call in calls {
        late(page.call(&call.replace("TOKEN", &taken)));
    }
    page.set_now("2026-03-03T15:00:00Z");
    assert_eq!(page.call(&format!("get_own_booking('{token}')")).unwrap()["can_change"], false);
    for call in calls {
        late(page.call(&call.replace("TOKEN", &token)));
    }
}

#[test]
fn a_meeting_type_has_an_end_of_changes_of_its_own() {
    let mut page = Page::new(&[("change_until_minutes", "60")])
        .with(&json!({"slug": "call", "name": "Call", "change_until_minutes": 0}));
    let held = page.call(&format!("hold_slot('ada/call', '{TEN}')")).unwrap();
    let token = text(&held["token"]);
    page.complete(&token).unwrap();
    page.set_now("2026-03-03T14:59:00Z");
    let cancelled = page.call(&format!("cancel_own_booking('{token}', 'ill')")).unwrap();
    assert_eq!(
        (&cancelled["status"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("ill"))
    );
    let again = page.call(&format!("cancel_own_booking('{token}')")).unwrap();
    assert_eq!(again["cancel_reason"], "ill");
    refused(
        page.call(&format!("reschedule_own_booking('{token}', '{ELEVEN}')")),
        "PT409",
        "wrong_state",
    );
}

#[test]
fn a_token_is_valid_until_its_booking_has_been_over_for_a_day() {
    let mut page = Page::new(&[]);
    let token = page.booked(TEN);
    page.set_now("2026-03-04T15:29:59Z");
    page.call(&format!("get_own_booking('{token}')")).unwrap();
    page.set_now("2026-03-04T15:30:00Z");
    for call in [
        "get_own_booking('TOKEN')",
        "complete_hold('TOKEN', 'Lee')",
        "extend_hold('TOKEN')",
        "reschedule_own_booking('TOKEN', '2026-03-05T15:00Z')",
        "cancel_own_booking('TOKEN')",
        "hold_slot('ada', '2026-03-05T15:00Z', token => 'TOKEN')",
    ] {
        refused(page.call(&call.replace("TOKEN", &token)), "PT401", "token_unknown");
    }
}

#[test]
fn a_guessed_token_is_unknown() {
    let mut page = Page::new(&[]);
    page.booked(TEN);
    let digest = page.read("select encode(token_digest, 'hex') from calendar.booking_links");
    let long = "a".repeat(100_000);
    for token in ["x", &"0".repeat(64), &digest, &long] {
        refused(page.call(&format!("get_own_booking('{token}')")), "PT401", "token_unknown");
        refused(page.call(&format!("cancel_own_booking('{token}')")), "PT401", "token_unknown");
    }
    for token in ["null", "''", "' '"] {
        let call = format!("get_own_booking({token})");
        refused(page.call(&call), "22023", "token must not be null");
    }
}

#[test]
fn a_booking_made_elsewhere_gets_a_token() {
    let mut page = Page::new(&[("change_until_minutes", "60")]);
    // At 03:00 in New York.
    let book = format!(
        "book_calendar_slot('{}', '2026-03-04T08:00Z', outside_hours => true)",
        page.broker
    );
    let booking = fixture::call(&mut page.admin, &book).unwrap();
    let id = text(&booking["id"]);
    let link = format!("select calendar.create_booking_link('{id}')");
    refused(page.visitor.batch_execute(&link), "42501", "");
    let mut stranger = page.db.connect_as(Caller::User(uuid::Uuid::from_u128(7)));
    refused(stranger.batch_execute(&link), "PT404", "booking_not_found");
    let token: String = page.admin.query_one(&link, &[]).unwrap().get(0);
    assert_eq!(page.call(&format!("get_own_booking('{token}')")).unwrap()["id"], id);
    // Its lead moves it by the rules of the page.
    let early = page.call(&format!("reschedule_own_booking('{token}', '2026-03-04T09:00Z')"));
    assert_eq!(detail(&refused(early, "PT409", "slot_unavailable"))["reason"], "outside_hours");
    page.call(&format!("reschedule_own_booking('{token}', '{TEN}')")).unwrap();
}

#[test]
fn its_calendar_file_says_where_to_meet() {
    let mut page = Page::new(&[]).with(&json!({
        "slug": "call", "name": "Call", "location_kind": "in_person", "location": "1 Main St, Room 2",
    }));
    let held = page.call(&format!("hold_slot('ada/call', '{TEN}')")).unwrap();
    let booked = page.complete(&text(&held["token"])).unwrap();
    let line = r"LOCATION:1 Main St\, Room 2";
    assert!(text(&booked["ics"]).contains(line), "{booked}");
    let export =
        "select calendar.export_ics(id, '2026-03-03Z', '2026-03-04Z') from calendar.brokers";
    assert!(page.read(export).contains(line));
}

#[test]
fn a_visitor_reads_no_table() {
    let mut page = Page::new(&[]);
    page.booked(TEN);
    for table in ["booking_links", "bookings", "brokers", "meeting_types"] {
        let read = format!("select * from calendar.{table}");
        refused(page.visitor.batch_execute(&read), "42501", table);
    }
}
