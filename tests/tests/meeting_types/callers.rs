//! Who sees and books which types.

use crate::support::Desk;
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use postgres::Client;
use serde_json::json;

const TUESDAY: &str = "'2026-03-03T05:00Z', '2026-03-04T05:00Z'";

fn listed(client: &mut Client, desk: &Desk, further: &str) -> Result<usize, postgres::Error> {
    let arguments = format!("'{}', {TUESDAY}, {further}", desk.broker);
    fixture::local_slots(client, "America/New_York", &arguments).map(|slots| slots.len())
}

#[test]
fn a_type_says_whether_the_public_may_book_it() {
    let desk = Desk::new(&[("public_booking", "true")])
        .with(&json!({"slug": "open"}))
        .with(&json!({"slug": "hidden", "public_booking": false}));
    let mut anon = desk.db.connect_as(Caller::Anon);
    assert_eq!(listed(&mut anon, &desk, "meeting_type => 'open'").unwrap(), 16);
    let hidden = listed(&mut anon, &desk, "meeting_type => 'hidden'");
    refused(hidden, "PT404", "meeting_type_not_found");
    let mut book = |slug: &str, start: &str| {
        let call =
            format!("book_calendar_slot('{}', '{start}', meeting_type => '{slug}')", desk.broker);
        fixture::call(&mut anon, &call)
    };
    refused(book("hidden", "2026-03-03T16:00Z"), "PT404", "meeting_type_not_found");
    assert_eq!(book("open", "2026-03-03T16:00Z").unwrap()["status"], "confirmed");
}

#[test]
fn a_public_type_of_a_broker_who_is_not_public_is_all_that_the_public_sees() {
    let desk =
        Desk::new(&[]).with(&json!({"public_booking": true})).with(&json!({"slug": "other"}));
    let mut anon = desk.db.connect_as(Caller::Anon);
    assert_eq!(listed(&mut anon, &desk, "meeting_type => 'call'").unwrap(), 16);
    for further in ["30", "meeting_type => 'other'", "meeting_type => 'none'"] {
        refused(listed(&mut anon, &desk, further), "PT404", "broker_not_found");
    }
    let book = format!("book_calendar_slot('{}', '2026-03-03T16:00Z')", desk.broker);
    refused(fixture::call(&mut anon, &book), "PT404", "broker_not_found");
    let book = book.replace(')', ", meeting_type => 'call')");
    assert_eq!(fixture::call(&mut anon, &book).unwrap()["status"], "confirmed");
    let book = book.replace("'call'", "'other'").replace("16:00", "17:00");
    refused(fixture::call(&mut anon, &book), "PT404", "broker_not_found");
}

#[test]
fn the_public_may_book_every_length_that_a_type_has() {
    let desk = Desk::new(&[("public_booking", "true"), ("longest_public_slot_minutes", "60")])
        .with(&json!({"durations": [30, 300]}));
    let mut anon = desk.db.connect_as(Caller::Anon);
    assert!(listed(&mut anon, &desk, "300").is_err());
    assert_eq!(listed(&mut anon, &desk, "300, meeting_type => 'call'").unwrap(), 1);
    let book = format!(
        "book_calendar_slot('{}', '2026-03-03T14:00Z', duration_minutes => 300, meeting_type => 'call')",
        desk.broker
    );
    fixture::call(&mut anon, &book).unwrap();
}

#[test]
fn a_broker_edits_its_own_types_and_sees_no_others() {
    let user = uuid::Uuid::from_u128(0xada);
    let desk = Desk::new(&[("user_id", &user.to_string())]).with(&json!({}));
    let mut own = desk.db.connect_as(Caller::User(user));
    let mut other = desk.db.connect_as(Caller::User(uuid::Uuid::from_u128(0xbeef)));
    let count = "select count(*) from calendar.meeting_types";
    assert_eq!(own.query_one(count, &[]).unwrap().get::<_, i64>(0), 1);
    assert_eq!(other.query_one(count, &[]).unwrap().get::<_, i64>(0), 0);
    let save = format!(
        "save_meeting_type('{}', '{{\"slug\": \"call\", \"name\": \"Renamed\"}}')",
        desk.broker
    );
    assert_eq!(fixture::call(&mut own, &save).unwrap()["name"], "Renamed");
    refused(fixture::call(&mut other, &save), "PT404", "broker_not_found");
    let mut anon = desk.db.connect_as(Caller::Anon);
    assert_eq!(fixture::call(&mut anon, &save).unwrap_err().code().unwrap().code(), "42501");
}

#[test]
fn words_are_answered_by_the_rules_of_a_type() {
    let mut desk = Desk::new(&[]).with(&json!({"durations": [120]}));
    let check = format!(
        "check_availability('{}', 'tomorrow at 9:30', meeting_type => 'call')",
        desk.broker
    );
    let answer = fixture::call(&mut desk.client, &check).unwrap();
    assert_eq!(answer["available"], false, "{answer}");
    assert_eq!(answer["alternatives"][0]["slot_start"], "2026-03-03T14:00:00Z");
    assert_eq!(answer["alternatives"][0]["slot_end"], "2026-03-03T16:00:00Z");
    let explain = format!("explain_availability('{}', meeting_type => 'call')", desk.broker);
    let explained = fixture::call(&mut desk.client, &explain).unwrap();
    assert_eq!(explained["slots"], 40, "{explained}");
}

#[test]
fn a_locale_that_is_none_is_refused_or_left_out() {
    let mut desk = Desk::new(&[]);
    let wrong = desk.book("2026-03-03T16:00Z", "lead_locale => 'french, please'");
    refused(wrong, "22023", "lead_locale must be a language tag such as en or fr-CA");
    let tried = format!(
        "try_book('{}', '2026-03-03T16:00Z', lead_locale => 'french, please')",
        desk.broker
    );
    let answer = fixture::call(&mut desk.client, &tried).unwrap();
    assert_eq!(answer["warnings"][0], "lead_locale was left out, because it is not a language tag");
    let booking = desk.book("2026-03-03T17:00Z", "lead_locale => 'fr-CA'").unwrap();
    assert_eq!(booking["lead_locale"], "fr-CA");
}
