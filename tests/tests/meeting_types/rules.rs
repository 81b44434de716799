//! The one predicate with the rules of a type.

use crate::support::Desk;
use calendar_tests::answer::{detail, refused};
use calendar_tests::fixture;
use serde_json::json;

const TUESDAY: &str = "'2026-03-03T05:00Z', '2026-03-04T05:00Z'";
const OF_TYPE: &str = "meeting_type => 'call'";

#[test]
fn a_type_has_the_lengths_that_it_names() {
    let mut desk = Desk::new(&[]).with(&json!({"durations": [120, 60]}));
    assert_eq!(
        desk.slots(TUESDAY, OF_TYPE).unwrap(),
        ["Tue 09:00", "Tue 11:00", "Tue 13:00", "Tue 15:00"]
    );
    assert_eq!(desk.slots(TUESDAY, "60, meeting_type => 'call'").unwrap().len(), 8);
    let wrong = "duration_minutes must be 120 or 60 for this meeting type, not 30";
    refused(desk.slots(TUESDAY, "30, meeting_type => 'call'"), "22023", wrong);
    let book = desk.book("2026-03-03T16:00Z", "duration_minutes => 30, meeting_type => 'call'");
    refused(book, "22023", wrong);
    let booking = desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    assert_eq!(booking["slot_end"], "2026-03-03T18:00:00+00:00");
    // The broker alone has any length.
    assert_eq!(desk.slots(TUESDAY, "120").unwrap(), ["Tue 09:00", "Tue 13:00", "Tue 15:00"]);
}

#[test]
fn a_type_is_named_by_its_slug_or_its_id() {
    let mut desk = Desk::new(&[]);
    let id = desk.save(&json!({"durations": [60]})).unwrap()["id"].as_str().unwrap().to_owned();
    let by_slug = desk.slots(TUESDAY, "meeting_type => ' call '").unwrap();
    assert_eq!(by_slug.len(), 8);
    assert_eq!(desk.slots(TUESDAY, &format!("meeting_type => '{id}'")).unwrap(), by_slug);
    assert_eq!(desk.slots(TUESDAY, "meeting_type => ''").unwrap().len(), 16, "empty is null");
    let booking = desk.book("2026-03-03T16:00Z", &format!("meeting_type => '{id}'")).unwrap();
    assert_eq!(booking["meeting_type_id"], id.as_str());
}

#[test]
fn a_type_that_is_not_there_or_not_active_is_not_found() {
    let mut desk = Desk::new(&[]).with(&json!({"is_active": false}));
    for name in ["call", "other", "Call", "00000000-0000-4000-8000-000000000000"] {
        let argument = format!("meeting_type => '{name}'");
        refused(desk.slots(TUESDAY, &argument), "PT404", "meeting_type_not_found");
        let book = desk.book("2026-03-03T16:00Z", &argument);
        refused(book, "PT404", "meeting_type_not_found");
        for call in [
            format!("check_availability('{}', 'tomorrow', {argument})", desk.broker),
            format!(
                "explain_slot('{}', '2026-03-03T16:00Z', '2026-03-03T16:30Z', '{name}')",
                desk.broker
            ),
            format!("explain_availability('{}', {argument})", desk.broker),
        ] {
            let answer = fixture::call(&mut desk.client, &call);
            refused(answer, "PT404", "meeting_type_not_found");
        }
        let tried = format!("try_book('{}', '2026-03-03T16:00Z', {argument})", desk.broker);
        let answer = fixture::call(&mut desk.client, &tried).unwrap();
        assert_eq!(answer["reason"], "meeting_type_not_found");
        assert_eq!(answer["ok"], false);
    }
}

#[test]
fn buffers_notice_horizon_and_increment_are_those_of_the_type() {
    let rules = json!({
        "durations": [60], "increment_minutes": 30, "buffer_before_minutes": 30,
        "buffer_after_minutes": 15, "minimum_notice_minutes": 26 * 60, "booking_horizon_days": 2,
    });
    let mut desk = Desk::new(&[("slot_increment_minutes", "60")]).with(&rules);
    desk.book("2026-03-03T18:00Z", "").unwrap_err();
    desk.book("2026-03-03T18:00Z", "duration_minutes => 60").unwrap();
    let window = "'2026-03-02T05:00Z', '2026-03-06T05:00Z'";
    let slots = desk.slots(window, OF_TYPE).unwrap();
    // 26 hours after Monday, 9:00; Tuesday, 13:00 to 14:00 is booked.
    assert_eq!(slots[..4], ["Tue 11:00", "Tue 11:30", "Tue 14:30", "Tue 15:00"]);
    // The horizon is Wednesday, 9:00.
    assert_eq!(slots.last().unwrap(), "Tue 16:00");
    let booking = desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    let stored = "select buffer_before_minutes, buffer_after_minutes from calendar.bookings
                   where id = $1::text::uuid";
    let row = desk.client.query_one(stored, &[&booking["id"].as_str().unwrap()]).unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i32>(1)), (30, 15));
    let refusal = refused(desk.book("2026-03-03T17:00Z", OF_TYPE), "PT409", "slot_unavailable");
    let detail = detail(&refusal);
    assert_eq!(detail["reason"], "taken");
    assert_eq!(detail["alternatives"][0]["slot_start"], "2026-03-03T19:30:00Z");
    assert_eq!(detail["alternatives"][0]["slot_end"], "2026-03-03T20:30:00Z");
}

#[test]
fn a_type_has_its_own_hours_where_it_has_any() {
    let mut desk = Desk::new(&[]).with(&json!({"durations": [60]}));
    let set = format!(
        "select from calendar.set_working_hours('{}',
             '[{{\"weekday\": 2, \"start_local\": \"18:00\", \"end_local\": \"24:00\"}}]', 'call')",
        desk.broker
    );
    desk.client.batch_execute(&set).unwrap();
    let week = "'2026-03-02T05:00Z', '2026-03-09T05:00Z'";
    let evening = ["Tue 18:00", "Tue 19:00", "Tue 20:00", "Tue 21:00", "Tue 22:00", "Tue 23:00"];
    assert_eq!(desk.slots(week, OF_TYPE).unwrap(), evening);
    // To the broker, whose hours these are not, they do not count: it has none, so 9 to 17.
    assert_eq!(desk.slots(TUESDAY, "60").unwrap().len(), 8);
    refused(desk.book("2026-03-03T16:00Z", OF_TYPE), "PT409", "slot_unavailable");
    desk.book("2026-03-03T23:00Z", OF_TYPE).unwrap();
    let clear = format!("select from calendar.set_working_hours('{}', '[]', 'call')", desk.broker);
    desk.client.batch_execute(&clear).unwrap();
    assert_eq!(desk.slots(TUESDAY, OF_TYPE).unwrap().len(), 8);
}

#[test]
fn a_types_daily_limit_counts_its_bookings_and_the_brokers_counts_all() {
    let mut desk =
        Desk::new(&[("max_bookings_per_day", "3")]).with(&json!({"max_bookings_per_day": 1}));
    desk.book("2026-03-03T15:00Z", "").unwrap_err();
    desk.book("2026-03-03T15:00Z", "title => 'of no type'").unwrap();
    assert_eq!(desk.slots(TUESDAY, OF_TYPE).unwrap().len(), 15);
    desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    assert!(desk.slots(TUESDAY, OF_TYPE).unwrap().is_empty());
    let refusal = refused(desk.book("2026-03-03T17:00Z", OF_TYPE), "PT409", "slot_unavailable");
    assert_eq!(detail(&refusal)["reason"], "daily_limit");
    let explain = format!(
        "explain_slot('{}', '2026-03-03T17:00Z', '2026-03-03T17:30Z', 'call')",
        desk.broker
    );
    let explained = fixture::call(&mut desk.client, &explain).unwrap();
    assert_eq!(explained["reason"], "daily_limit");
    assert_eq!(explained["obstacles"].as_array().unwrap().len(), 1, "{explained}");
    desk.book("2026-03-03T17:00Z", "title => 'the third'").unwrap();
    assert!(desk.slots(TUESDAY, "30").unwrap().is_empty());
}

#[test]
fn a_booking_is_moved_and_confirmed_by_the_rules_of_its_type() {
    let mut desk = Desk::new(&[]).with(
        &json!({"durations": [60], "requires_confirmation": true, "max_bookings_per_day": 1}),
    );
    let booking = desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    assert_eq!(booking["status"], "pending");
    let id = booking["id"].as_str().unwrap();
    let moved = format!("reschedule_booking('{id}', '2026-03-03T17:30Z', duration_minutes => 30)");
    refused(fixture::call(&mut desk.client, &moved), "22023", "must be 60 for this meeting type");
    let moved = format!("reschedule_booking('{id}', '2026-03-03T17:30Z')");
    refused(fixture::call(&mut desk.client, &moved), "PT409", "slot_unavailable");
    let moved = format!("reschedule_booking('{id}', '2026-03-03T18:00Z')");
    assert_eq!(fixture::call(&mut desk.client, &moved).unwrap()["status"], "pending");
    // Its length stays, also where the type no longer has it, and where it is no longer active.
    desk.save(&json!({"durations": [30], "is_active": false})).unwrap();
    let moved = format!("reschedule_booking('{id}', '2026-03-04T18:00Z')");
    let answer = fixture::call(&mut desk.client, &moved).unwrap();
    assert_eq!(answer["slot_end"], "2026-03-04T19:00:00+00:00");
    let confirmed = fixture::call(&mut desk.client, &format!("confirm_booking('{id}')")).unwrap();
    assert_eq!(confirmed["status"], "confirmed");
}

#[test]
fn a_booking_outlives_its_type() {
    let mut desk = Desk::new(&[]).with(&json!({}));
    let booking = desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    desk.client.batch_execute("delete from calendar.meeting_types where slug = 'call'").unwrap();
    let id = booking["id"].as_str().unwrap();
    let moved = format!("reschedule_booking('{id}', '2026-03-03T18:00Z')");
    let answer = fixture::call(&mut desk.client, &moved).unwrap();
    assert!(answer["meeting_type_id"].is_null());
}

#[test]
fn a_link_of_the_type_is_where_to_meet() {
    let mut desk = Desk::new(&[])
        .with(&json!({"location_kind": "link", "location": "https://meet.example.org/ada"}));
    let booking = desk.book("2026-03-03T16:00Z", OF_TYPE).unwrap();
    assert_eq!(booking["meeting_link"], "https://meet.example.org/ada");
}
