//! What is written in a booking's transaction.

use crate::support::{LEAD, Office, TEN, THURSDAY};
use calendar_tests::synced::text;
use calendar_tests::{Caller, fixture};

const ALL: &str = r#"{"lead": {"sms": ["booked", "requested", "confirmed", "declined", "rescheduled", "cancelled", "booking_failed", "reminder"]},
                      "broker": {"sms": ["booked"]}}"#;

#[test]
fn a_booking_is_reported_to_both_and_its_lead_reminded() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    let expected =
        ["booked email lead 0 due", "reminder email lead 0 1440 due", "booked email broker 0 due"];
    assert_eq!(office.rows(), expected);
    // With the booking or not at all.
    let mut transaction = office.admin.transaction().unwrap();
    let book = "select calendar.book_calendar_slot($1, '2026-03-05T17:00Z')";
    transaction.execute(book, &[&office.broker]).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(office.rows().len(), 3);
}

#[test]
fn channels_are_those_that_are_asked_for_and_have_an_address() {
    let mut office = Office::new(&[("notify", ALL), ("reminder_minutes", "{60,1440}")]);
    office.book(THURSDAY);
    let expected = [
        "booked email lead 0 due",
        "reminder email lead 0 60 due",
        "reminder email lead 0 1440 due",
        "booked sms lead 0 due",
        "reminder sms lead 0 60 due",
        "reminder sms lead 0 1440 due",
        "booked email broker 0 due",
        "booked sms broker 0 due",
    ];
    assert_eq!(office.rows(), expected);
    office.set("notify", r#"{"lead": {"email": []}, "broker": {"email": ["reminder"]}}"#);
    office.book_for("2026-03-05T17:00Z", "lead_email => 'bo@example.org'");
    assert_eq!(
        office.rows()[8..],
        ["reminder email broker 0 60 due", "reminder email broker 0 1440 due"]
    );
    office.admin.batch_execute("update calendar.brokers set email = null").unwrap();
    office.book_for("2026-03-05T19:00Z", "lead_email => 'bo@example.org'");
    assert_eq!(office.rows().len(), 10);
}

#[test]
fn a_held_slot_is_reported_to_nobody_until_it_is_booked() {
    let mut office = Office::new(&[]);
    let id = office.book_for(THURSDAY, &format!("{LEAD}, hold_minutes => 5"));
    office.call(&format!("reschedule_booking('{id}', '2026-03-05T16:00Z')"));
    assert_eq!(office.rows(), [""; 0]);
    office.call(&format!("confirm_booking('{id}')"));
    let booked =
        ["booked email lead 2 due", "reminder email lead 2 1440 due", "booked email broker 2 due"];
    assert_eq!(office.rows(), booked);
    let id = office.book_for(TEN, &format!("{LEAD}, hold_minutes => 5"));
    office.call(&format!("cancel_booking('{id}')"));
    assert_eq!(office.rows(), booked);
    // One that has lapsed, was swept away, and is confirmed after all.
    let id = office.book_for("2026-03-03T16:00Z", &format!("{LEAD}, hold_minutes => 5"));
    let sweep = format!(
        "update calendar.bookings set status = 'cancelled', cancel_reason = 'hold_expired' where id = '{id}'"
    );
    office.admin.batch_execute(&sweep).unwrap();
    office.call(&format!("confirm_booking('{id}')"));
    assert_eq!(office.rows()[3..4], ["booked email lead 2 due"]);
}

#[test]
fn what_waits_for_confirmation_is_requested_then_confirmed_or_declined() {
    let mut office = Office::new(&[("requires_confirmation", "true")]);
    let id = office.book(THURSDAY);
    assert_eq!(office.rows(), ["requested email lead 0 due", "requested email broker 0 due"]);
    office.call(&format!("confirm_booking('{id}')"));
    let expected = [
        "confirmed email lead 1 due",
        "reminder email lead 1 1440 due",
        "confirmed email broker 1 due",
    ];
    assert_eq!(office.rows()[2..], expected);
    let id = office.book("2026-03-05T17:00Z");
    office.call(&format!("decline_booking('{id}', 'ill')"));
    assert_eq!(office.rows()[7..], ["declined email lead 1 due", "declined email broker 1 due"]);
    let id = office.book("2026-03-05T19:00Z");
    office.call(&format!("cancel_booking('{id}')"));
    assert_eq!(office.rows()[11..], ["cancelled email lead 1 due", "cancelled email broker 1 due"]);
}

#[test]
fn a_move_says_the_time_before_and_is_reminded_of_again() {
    let mut office = Office::new(&[]);
    let id = office.book(THURSDAY);
    office.call(&format!("reschedule_booking('{id}', '2026-03-06T15:00Z')"));
    let expected = [
        "rescheduled email lead 1 due",
        "reminder email lead 1 1440 due",
        "rescheduled email broker 1 due",
    ];
    assert_eq!(office.rows()[3..], expected);
    let previous = "select distinct lower(previous_slot)::text from calendar.notifications where kind = 'rescheduled'";
    assert_eq!(office.texts(previous), ["2026-03-05 15:00:00+00"]);
    // Nothing else is reported.
    office
        .admin
        .batch_execute("update calendar.bookings set notes = 'n', meeting_link = 'https://x.org'")
        .unwrap();
    office.call(&format!("reschedule_booking('{id}', '2026-03-06T15:00Z')"));
    assert_eq!(office.rows().len(), 6);
    office.at("2026-03-06T16:00Z");
    office.call(&format!("complete_booking('{id}')"));
    office.call(&format!("mark_no_show('{id}')"));
    assert_eq!(office.rows().len(), 6);
}

#[test]
fn a_reminder_that_would_come_at_once_is_not_written() {
    let mut office = Office::new(&[("reminder_minutes", "{1440,60,50,49}")]);
    // An hour from now.
    office.book("2026-03-02T15:00Z");
    assert_eq!(
        office.rows()[1..3],
        ["reminder email lead 0 50 due", "reminder email lead 0 49 due"]
    );
    assert_eq!(office.rows().len(), 4);
    for wrong in ["{5}", "{60,60}", "{1,2,3,4,5,6}", "{40321}", "{{60}}{{70}}"] {
        let set = format!("update calendar.brokers set reminder_minutes = '{wrong}'");
        assert!(office.admin.batch_execute(&set).is_err(), "{wrong}");
    }
    office.set("reminder_minutes", "{}");
    office.book(TEN);
    assert_eq!(office.rows().len(), 6);
}

#[test]
fn what_is_deleted_is_reported_to_nobody() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    let broker = office.broker;
    office.call(&format!("request_manual_booking('{broker}', 'soon')"));
    assert_eq!(office.rows().len(), 5);
    office.admin.batch_execute("delete from calendar.bookings").unwrap();
    assert_eq!(office.rows().len(), 2);
    office.admin.batch_execute("delete from calendar.brokers").unwrap();
    assert_eq!(office.rows(), [""; 0]);
}

#[test]
fn settings_are_refused_by_name() {
    let mut office = Office::new(&[]);
    for (notify, words) in [
        (r#"{"leed": {}}"#, "leed"),
        (r#"{"lead": {"post": []}}"#, "post"),
        (r#"{"lead": {"sms": ["bookd"]}}"#, "bookd"),
        (r#"{"lead": {"sms": ["needs_reconnect"]}}"#, "needs_reconnect"),
        (r#"{"lead": []}"#, "lead"),
        (r#"{"quiet_from": "25:00"}"#, "25:00"),
        (r#"[]"#, "object"),
    ] {
        let set = "update calendar.brokers set notify = $1::text::jsonb";
        let error = office.admin.execute(set, &[&notify]).unwrap_err();
        let message = calendar_tests::answer::message(&error);
        assert!(message.starts_with("notify") && message.contains(words), "{message}");
    }
    for (column, wrong) in
        [("business_phone", "call me"), ("locale", "English"), ("invite_by", "fax")]
    {
        let set = format!("update calendar.brokers set {column} = '{wrong}'");
        let error = office.admin.batch_execute(&set).unwrap_err();
        assert!(calendar_tests::answer::message(&error).starts_with(column), "{error:?}");
    }
}

#[test]
fn brokers_see_their_own_messages_alone() {
    let mut office = Office::new(&[("user_id", "00000000-0000-0000-0000-000000000ada")]);
    let other = fixture::broker(&mut office.admin, &[("email", "eve@example.org")]);
    office.book(THURSDAY);
    fixture::book(&mut office.admin, other, THURSDAY).unwrap();
    let ada = "00000000-0000-0000-0000-000000000ada".parse().unwrap();
    let mut user = office.db.connect_as(Caller::User(ada));
    let count = |client: &mut postgres::Client, query: &str| -> i64 {
        client.query_one(query, &[]).unwrap().get(0)
    };
    assert_eq!(count(&mut user, "select count(id) from calendar.notifications"), 3);
    let listed =
        fixture::call(&mut user, &format!("list_notifications('{}')", office.broker)).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert_eq!(text(&listed[0], "state"), "due");
    assert!(fixture::call(&mut user, &format!("list_notifications('{other}')")).is_err());
    assert!(fixture::call(&mut user, "list_notifications()").is_err());
    let all = office.call("list_notifications(max_rows => 2)");
    assert_eq!(all.as_array().unwrap().len(), 2);
    let before = text(&all[1], "id");
    let rest = office.call(&format!("list_notifications(before_id => '{before}')"));
    assert_eq!(rest.as_array().unwrap().len(), 2);
}
