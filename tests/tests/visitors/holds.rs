//! Holds: made, moved, extended, lapsed, completed.

use crate::support::{ELEVEN, Page, TEN, text};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, beside, fixture};
use serde_json::{Value, json};

#[test]
fn a_hold_takes_its_slot_and_shows_no_more_than_it_must() {
    let mut page = Page::new(&[]);
    let held = page.hold(TEN).unwrap();
    let token = text(&held["token"]);
    assert_eq!(token.len(), 64);
    let expected = json!({
        "token": token, "booking": held["booking"], "hold_expires_at": "2026-03-02T14:10:00Z",
        "slot_start": TEN, "slot_end": "2026-03-03T15:30:00Z",
    });
    assert_eq!(held, expected);
    let taken = refused(page.hold(TEN), "PT409", "slot_unavailable");
    assert_eq!(detail(&taken)["reason"], "taken");
    let stored = page.read(&format!("select (to_jsonb(l) || to_jsonb(b))::text from calendar.booking_links as l, calendar.bookings as b where l.token_digest = sha256('{token}')"));
    assert!(!stored.contains(&token), "{stored}");
    // A hold is written to no calendar, and no public function confirms it.
    let confirm = format!("select calendar.confirm_booking('{}')", text(&held["booking"]));
    refused(page.visitor.batch_execute(&confirm), "42501", "");
}

#[test]
fn a_completed_hold_is_a_booking_however_often_it_is_completed() {
    let mut page = Page::new(&[]);
    let token = page.token(TEN);
    let call = format!(
        "complete_hold('{token}', ' Lee ', 'Lee@Example.org', '+1 (212) 555-0100', 'Asia/Kathmandu', 'fr-CA', null, 'Bell 3')"
    );
    let booked = page.call(&call).unwrap();
    let expected = [
        ("status", json!("confirmed")),
        ("lead_name", json!("Lee")),
        ("lead_email", json!("lee@example.org")),
        ("lead_phone", json!("+12125550100")),
        ("lead_timezone", json!("Asia/Kathmandu")),
        ("lead_locale", json!("fr-CA")),
        ("notes", json!("Bell 3")),
        ("page", json!("ada")),
        ("slot_start", json!(TEN)),
        ("duration_minutes", json!(30)),
        ("can_change", json!(true)),
        ("change_until", json!(TEN)),
        ("hold_expires_at", Value::Null),
        ("timezone", json!("America/New_York")),
    ];
    for (key, value) in expected {
        assert_eq!(booked[key], value, "{key}");
    }
    assert!(text(&booked["ics"]).contains("UID:bk-"), "{booked}");
    assert_eq!(page.complete(&token).unwrap(), booked);
    assert_eq!(page.call(&format!("get_own_booking('{token}')")).unwrap(), booked);
    let row = page.read(
        "select concat_ws(' ', created_by, is_public, count(*) over ()) from calendar.bookings",
    );
    assert_eq!(row, "public t 1");
}

#[test]
fn a_hold_is_completed_twice_at_once() {
    let mut page = Page::new(&[]);
    let token = page.token(TEN);
    let call = format!("select calendar.complete_hold('{token}', 'Lee')");
    let mut first = page.db.connect_as(Caller::Anon);
    first.batch_execute(&format!("begin; {call}")).unwrap();
    let outcome =
        beside(&page.db, &mut page.visitor, &call, || first.batch_execute("commit").unwrap());
    assert!(outcome.waited && outcome.result.is_ok(), "{outcome:?}");
    assert_eq!(page.read("select string_agg(status, ' ') from calendar.bookings"), "confirmed");
    assert_eq!(
        page.read(
            "select count(*)::text from calendar.audit_log where new_row ->> 'status' = 'confirmed'"
        ),
        "1"
    );
}

#[test]
fn a_broker_who_confirms_gets_a_pending_booking() {
    let mut page = Page::new(&[("requires_confirmation", "true")]);
    let token = page.token(TEN);
    assert_eq!(page.complete(&token).unwrap()["status"], "pending");
    assert_eq!(page.complete(&token).unwrap()["status"], "pending");
    assert_eq!(page.read("select (confirmed_at is null)::text from calendar.bookings"), "true");
    let decline = "select calendar.decline_booking(id) from calendar.bookings";
    page.admin.batch_execute(decline).unwrap();
    let own = page.call(&format!("get_own_booking('{token}')")).unwrap();
    assert_eq!((&own["status"], &own["is_declined"]), (&json!("cancelled"), &json!(true)));
    refused(page.complete(&token), "PT409", "wrong_state");
}

#[test]
fn what_is_entered_is_checked_by_name_before_it_is_booked() {
    let questions = json!([{"name": "topic", "label": "Topic", "kind": "text", "required": true}]);
    let mut page =
        Page::new(&[]).with(&json!({"slug": "call", "name": "Call", "questions": questions}));
    let held = page.call(&format!("hold_slot('ada/call', '{TEN}')")).unwrap();
    let token = text(&held["token"]);
    for (arguments, message) in [
        ("null", "lead_name must not be null"),
        ("' '", "lead_name must not be null"),
        ("'Lee', 'nobody'", "lead_email"),
        ("'Lee', lead_phone => 'x'", "lead_phone"),
        ("'Lee', lead_timezone => 'Mars'", "lead_timezone"),
        ("'Lee', lead_locale => 'no tag'", "lead_locale"),
        ("'Lee'", "question \"topic\" must be answered"),
        ("'Lee', answers => '{\"x\": 1}'", "\"x\""),
    ] {
        refused(page.call(&format!("complete_hold('{token}', {arguments})")), "22023", message);
    }
    let booked = page
        .call(&format!("complete_hold('{token}', 'Lee', answers => '{{\"topic\": \"A flat\"}}')"))
        .unwrap();
    assert_eq!(booked["answers"], json!({"topic": "A flat"}));
    assert_eq!((&booked["page"], &booked["meeting_type"]), (&json!("ada/call"), &json!("Call")));
}

#[test]
fn a_token_moves_its_hold() {
    let mut page = Page::new(&[]);
    let held = page.hold(TEN).unwrap();
    let token = text(&held["token"]);
    let moved = page.move_hold(&token, ELEVEN).unwrap();
    assert_eq!((&moved["token"], &moved["booking"]), (&held["token"], &held["booking"]));
    assert_eq!(moved["slot_start"], ELEVEN);
    // The slot before is free again, and the other one is not.
    page.hold(TEN).unwrap();
    refused(page.hold(ELEVEN), "PT409", "slot_unavailable");
    // Where the hold cannot move, it stays.
    refused(page.move_hold(&token, TEN), "PT409", "slot_unavailable");
    let own = page.call(&format!("get_own_booking('{token}')")).unwrap();
    assert_eq!((&own["slot_start"], &own["status"]), (&json!(ELEVEN), &json!("held")));
    assert_eq!(page.read("select count(*)::text from calendar.bookings"), "2");
}

#[test]
fn a_token_moves_its_hold_to_another_meeting_type() {
    let mut page = Page::new(&[]).with(&json!({"slug": "call", "name": "Call", "durations": [15]}));
    let token = page.token(TEN);
    let moved = page.call(&format!("hold_slot('ada/call', '{TEN}', token => '{token}')")).unwrap();
    assert_eq!(
        (&moved["token"], &moved["slot_end"]),
        (&json!(token), &json!("2026-03-03T15:15:00Z"))
    );
    assert_eq!(
        page.read("select string_agg(status, ' ' order by status) from calendar.bookings"),
        "cancelled held"
    );
    let booked = page.complete(&token).unwrap();
    assert_eq!(booked["meeting_type"], "Call");
}

#[test]
fn a_hold_is_extended_to_an_hour_in_all() {
    let mut page = Page::new(&[]);
    let token = page.token(TEN);
    for minute in [20, 30, 40, 50] {
        let held = page.call(&format!("extend_hold('{token}')")).unwrap();
        assert_eq!(held["hold_expires_at"], format!("2026-03-02T14:{minute}:00Z"));
        assert_eq!(held["token"], token);
    }
    for _ in 0..2 {
        let held = page.call(&format!("extend_hold('{token}')")).unwrap();
        assert_eq!(held["hold_expires_at"], "2026-03-02T15:00:00Z");
    }
    // Moving it does not begin another hour.
    page.set_now("2026-03-02T14:55:00Z");
    assert_eq!(page.move_hold(&token, ELEVEN).unwrap()["hold_expires_at"], "2026-03-02T15:00:00Z");
    page.set_now("2026-03-02T15:00:00Z");
    refused(page.call(&format!("extend_hold('{token}')")), "PT409", "wrong_state");
    // After it, a hold is another one.
    let held = page.move_hold(&token, ELEVEN).unwrap();
    assert_eq!(held["hold_expires_at"], "2026-03-02T15:10:00Z");
}

#[test]
fn a_lapsed_hold_is_completed_where_its_slot_is_still_free() {
    let mut page = Page::new(&[]);
    let [free, swept, lost] =
        ["15", "16", "17"].map(|hour| page.token(&format!("2026-03-03T{hour}:00:00Z")));
    page.set_now("2026-03-02T14:10:00Z");
    assert_eq!(page.complete(&free).unwrap()["status"], "confirmed");
    // Somebody else's hold has swept this one away, and has gone since.
    let other = page.token("2026-03-03T16:00:00Z");
    let cancelled = page.call(&format!("cancel_own_booking('{other}')")).unwrap();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(page.complete(&swept).unwrap()["status"], "confirmed");
    fixture::book(&mut page.admin, page.broker, "2026-03-03T17:00:00Z").unwrap();
    let error = refused(page.complete(&lost), "PT409", "slot_unavailable");
    assert_eq!(detail(&error)["reason"], "taken");
    assert_eq!(detail(&error)["alternatives"].as_array().unwrap().len(), 3);
    // The token holds one of the alternatives then.
    assert_eq!(page.move_hold(&lost, "2026-03-03T18:00:00Z").unwrap()["token"], lost);
    assert_eq!(page.complete(&lost).unwrap()["status"], "confirmed");
}

#[test]
fn a_key_repeats_a_hold_whose_answer_was_lost() {
    let mut page = Page::new(&[]);
    let call = |start: &str| format!("hold_slot('ada', '{start}', idempotency_key => 'k')");
    let first = page.call(&call(TEN)).unwrap();
    let second = page.call(&call(TEN)).unwrap();
    assert_eq!(first["booking"], second["booking"]);
    let lost = page.call(&format!("get_own_booking('{}')", text(&first["token"])));
    refused(lost, "PT401", "token_unknown");
    assert_eq!(page.complete(&text(&second["token"])).unwrap()["status"], "confirmed");
    refused(page.call(&call(ELEVEN)), "PT422", "idempotency_key_reused");
}

#[test]
fn a_token_is_of_one_broker_and_of_no_booking() {
    let mut page = Page::new(&[]);
    let other = [("slug", "eve"), ("public_booking", "true")];
    fixture::broker(&mut page.admin, &other);
    let token = page.token(TEN);
    let elsewhere = format!("hold_slot('eve', '{TEN}', token => '{token}')");
    refused(page.call(&elsewhere), "PT401", "token_unknown");
    page.complete(&token).unwrap();
    refused(page.move_hold(&token, ELEVEN), "PT409", "wrong_state");
    refused(page.call(&format!("extend_hold('{token}')")), "PT409", "wrong_state");
}
