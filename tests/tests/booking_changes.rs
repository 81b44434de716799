//! What a booking may become, and the functions that answer instead of raising.

use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, Database, Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};

/// Calls a function of schema `calendar`.
#[track_caller]
fn call(client: &mut Client, function: &str) -> Value {
    fixture::call(client, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

/// Books a slot on Tuesday, and gives the booking's id.
fn booked(client: &mut Client, broker: uuid::Uuid, options: &str) -> String {
    let booking = call(client, &format!("book_calendar_slot('{broker}', {options})"));
    booking["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_pending_booking_is_declined_once_and_its_time_is_free() {
    let Scene { mut client, broker, .. } = Scene::new(&[("requires_confirmation", "true")]);
    let id = booked(&mut client, broker, "'2026-03-03T15:00Z'");
    let declined = call(&mut client, &format!("decline_booking('{id}', '  full ')"));
    assert_eq!(declined["status"], "cancelled");
    assert_eq!(declined["cancel_reason"], "full");
    assert_eq!(declined["declined_at"], "2026-03-02T14:00:00+00:00");
    assert_eq!(call(&mut client, &format!("decline_booking('{id}', 'again')")), declined);
    refused(
        fixture::call(&mut client, &format!("confirm_booking('{id}')")),
        "PT409",
        "wrong_state",
    );
    let id = booked(&mut client, broker, "'2026-03-03T15:00Z'");
    call(&mut client, &format!("confirm_booking('{id}')"));
    let error = refused(
        fixture::call(&mut client, &format!("decline_booking('{id}')")),
        "PT409",
        "wrong_state",
    );
    assert_eq!(detail(&error), json!({"reason": "wrong_state", "status": "confirmed"}));
}

#[test]
fn what_became_of_an_appointment_is_said_from_its_start_on_and_can_be_undone() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let id = booked(&mut client, broker, "'2026-03-03T15:00Z'");
    for function in ["complete_booking", "mark_no_show"] {
        let early = fixture::call(&mut client, &format!("{function}('{id}')"));
        refused(early, "PT409", "wrong_state");
    }
    db.set_now("2026-03-03T15:00:00Z");
    let mut client = db.connect();
    for (function, status) in [
        ("mark_no_show", "no_show"),
        ("mark_no_show", "no_show"),
        ("complete_booking", "completed"),
        ("mark_no_show", "no_show"),
    ] {
        assert_eq!(call(&mut client, &format!("{function}('{id}')"))["status"], status);
    }
    let mut stranger = db.connect_as(Caller::User(uuid::Uuid::nil()));
    let hidden = fixture::call(&mut stranger, &format!("mark_no_show('{id}')"));
    refused(hidden, "PT404", "booking_not_found");
}

#[test]
fn each_change_has_a_twin_that_answers() {
    let Scene { db, mut client, broker } = Scene::new(&[("requires_confirmation", "true")]);
    let id = booked(&mut client, broker, "'2026-03-03T15:00Z', lead_timezone => 'America/Chicago'");
    let other = booked(&mut client, broker, "'2026-03-03T16:00Z'");
    let at = "Tuesday, March 3rd at";
    for (function, status, speech) in [
        (
            format!("try_confirm('{id}')"),
            "confirmed",
            format!("You are booked for {at} 9 AM Central."),
        ),
        (
            format!("try_reschedule('{id}', '2026-03-03T17:00Z', duration_minutes => 60)"),
            "confirmed",
            format!("Your appointment has been moved to {at} 11 AM Central."),
        ),
        (
            format!("try_cancel('{id}', 'ill')"),
            "cancelled",
            format!("Your appointment on {at} 11 AM Central has been cancelled."),
        ),
        (
            format!("try_decline('{other}')"),
            "cancelled",
            format!("The request for {at} 11 AM Eastern has been declined."),
        ),
    ] {
        let answer = call(&mut client, &function);
        assert_eq!(answer["ok"], true, "{function}: {answer:#}");
        assert_eq!(answer["booking"]["status"], status, "{function}");
        assert_eq!(answer["speech"], speech, "{function}");
        assert_eq!(answer["warnings"], json!([]));
    }
    let third = booked(&mut client, broker, "'2026-03-03T15:00Z'");
    for (function, reason) in [
        (format!("try_confirm('{id}')"), "wrong_state"),
        (format!("try_complete('{id}')"), "wrong_state"),
        (format!("try_no_show('{third}')"), "wrong_state"),
        (format!("try_cancel('{}')", uuid::Uuid::nil()), "booking_not_found"),
        ("try_cancel(null)".to_owned(), "invalid"),
        (format!("try_reschedule('{third}', null)"), "invalid"),
        (format!("try_reschedule('{third}', '2026-03-03T03:00Z')"), "outside_hours"),
        (format!("try_reschedule('{third}', '2026-03-01T15:00Z')"), "past"),
    ] {
        let answer = call(&mut client, &function);
        assert_eq!(
            (&answer["ok"], &answer["reason"]),
            (&json!(false), &json!(reason)),
            "{function}"
        );
        assert!(answer["speech"].as_str().unwrap().starts_with("I am sorry, "), "{answer}");
    }
    call(&mut client, &format!("confirm_booking('{third}')"));
    db.set_now("2026-03-03T15:00:00Z");
    let mut client = db.connect();
    assert_eq!(
        call(&mut client, &format!("try_no_show('{third}')"))["booking"]["status"],
        "no_show"
    );
    let done = call(&mut client, &format!("try_complete('{third}')"));
    assert_eq!(done["booking"]["status"], "completed");
}

#[test]
fn what_cannot_be_understood_is_left_out_and_said() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = call(
        &mut client,
        &format!(
            "try_book('{broker}', '2026-03-03T15:00Z', lead_name => ' Lee ', lead_email => 'lee at example',
                 lead_phone => 'anonymous', lead_timezone => 'Mars', notes => ' ')"
        ),
    );
    assert_eq!(answer["ok"], true, "{answer:#}");
    let booking = &answer["booking"];
    assert_eq!(booking["lead_name"], "Lee");
    for left_out in ["lead_email", "lead_phone", "lead_timezone", "notes"] {
        assert_eq!(booking[left_out], Value::Null, "{left_out}");
    }
    let warnings: Vec<_> =
        answer["warnings"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    for (warning, argument) in warnings.iter().zip(["lead_email", "lead_phone", "lead_timezone"]) {
        assert!(warning.starts_with(argument), "{warning}");
    }
    let booked = call(
        &mut client,
        &format!(
            "book_calendar_slot('{broker}', '2026-03-03T16:00Z', lead_email => ' Lee@Example.ORG ',
                 lead_phone => '+1 (212) 555-0100', duration_minutes => 60)"
        ),
    );
    assert_eq!(booked["lead_email"], "lee@example.org");
    assert_eq!(booked["lead_phone"], "+12125550100");
    assert_eq!(booked["slot_end"], "2026-03-03T17:00:00+00:00");
}

#[test]
fn the_channel_is_chosen_by_whom_we_trust() {
    let db = Database::new();
    let user = uuid::Uuid::from_u128(7);
    let columns = [("public_booking", "true"), ("user_id", &user.to_string())];
    let broker = fixture::broker(&mut db.connect(), &columns);
    for (caller, hour, said, channel) in [
        (Caller::Anon, 14, "null", "public"),
        (Caller::Anon, 15, "'voice'", "public"),
        (Caller::User(user), 16, "null", "broker"),
        (Caller::User(user), 17, "' dashboard '", "dashboard"),
        (Caller::Service, 18, "null", "service"),
        (Caller::Service, 19, "''", "service"),
        (Caller::Service, 20, "'voice'", "voice"),
    ] {
        let mut client = db.connect_as(caller);
        let book = format!(
            "book_calendar_slot('{broker}', '2026-03-03T{hour}:00Z', created_by => {said})"
        );
        assert_eq!(call(&mut client, &book)["created_by"], channel, "{caller:?} {said}");
    }
}

#[test]
fn a_reused_key_names_its_booking_for_a_caller_that_may_see_it() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    for (caller, sees) in [(Caller::Service, true), (Caller::Anon, false)] {
        let mut client = db.connect_as(caller);
        let day = if sees { 3 } else { 4 };
        let book = |hour: u32| {
            format!(
                "book_calendar_slot('{broker}', '2026-03-0{day}T{hour}:00Z', idempotency_key => 'k')"
            )
        };
        let first = call(&mut client, &book(15));
        let error =
            refused(fixture::call(&mut client, &book(16)), "PT422", "idempotency_key_reused");
        let said = error.as_db_error().unwrap().detail().unwrap_or_default();
        if sees {
            assert_eq!(detail(&error), json!({"booking_id": first["id"]}));
        } else {
            assert_eq!(said, "");
        }
    }
}
