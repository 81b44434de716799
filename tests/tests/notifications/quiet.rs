//! Quiet hours, in which no SMS goes to a lead.

use crate::support::{LEAD, Office};

const SMS: &str = r#"{"lead": {"email": [], "sms": ["booked", "cancelled", "reminder"]}, "broker": {"email": []}}"#;

/// When the reminders are due, in the clocks of a zone.
fn due(office: &mut Office, zone: &str) -> Vec<String> {
    office.texts(&format!(
        "select to_char(due_at at time zone '{zone}', 'MM-DD HH24:MI') from calendar.notifications
          where kind = 'reminder' order by id"
    ))
}

#[test]
fn a_reminder_comes_before_the_quiet_hours_that_it_would_come_in() {
    let mut office =
        Office::new(&[("notify", SMS), ("reminder_minutes", "{120}"), ("timezone", "UTC")]);
    let zone = format!("{LEAD}, lead_timezone => 'Europe/Berlin', outside_hours => true");
    // 09:00 and 10:00 in Berlin, and 08:59, which would be due a minute too early.
    office.book_for("2026-03-04T08:00Z", &zone);
    office.book_for("2026-03-05T09:00Z", &zone);
    office.book_for("2026-03-06T08:59Z", &zone);
    office.book_for("2026-03-07T22:00Z", &zone);
    office.book_for("2026-03-08T22:01Z", &zone);
    assert_eq!(
        due(&mut office, "Europe/Berlin"),
        ["03-03 20:59", "03-05 08:00", "03-05 20:59", "03-07 20:59", "03-08 20:59"]
    );
}

#[test]
fn the_nights_in_which_the_clocks_change_are_no_exception() {
    let mut office =
        Office::new(&[("notify", SMS), ("reminder_minutes", "{120}"), ("timezone", "UTC")]);
    let zone = format!("{LEAD}, lead_timezone => 'Europe/Berlin', outside_hours => true");
    office.book_for("2026-03-29T07:00Z", &zone);
    office.book_for("2026-10-25T08:00Z", &zone);
    let due = due(&mut office, "Europe/Berlin");
    assert_eq!(due, ["03-28 20:59", "10-24 20:59"]);
}

#[test]
fn hours_are_those_of_the_broker_s_settings() {
    let notify = SMS.replacen('{', r#"{"quiet_from": "12:00", "quiet_until": "14:00", "#, 1);
    let mut office =
        Office::new(&[("notify", &notify), ("reminder_minutes", "{60}"), ("timezone", "UTC")]);
    office.book_for("2026-03-04T14:30Z", &format!("{LEAD}, outside_hours => true"));
    office.book_for("2026-03-04T23:30Z", &format!("{LEAD}, outside_hours => true"));
    office.set(
        "notify",
        &SMS.replacen('{', r#"{"quiet_from": "12:00", "quiet_until": "12:00", "#, 1),
    );
    office.book_for("2026-03-05T04:30Z", &format!("{LEAD}, outside_hours => true"));
    assert_eq!(due(&mut office, "UTC"), ["03-04 11:59", "03-04 22:30", "03-05 03:30"]);
}

#[test]
fn what_happens_at_night_is_said_in_the_morning_unless_that_is_too_late() {
    let mut office =
        Office::new(&[("notify", SMS), ("reminder_minutes", "{}"), ("timezone", "UTC")]);
    let soon = office.book_for("2026-03-03T07:00Z", &format!("{LEAD}, outside_hours => true"));
    let later = office.book_for("2026-03-03T15:00Z", LEAD);
    assert_eq!(office.send(), ["booked sms lead"; 2]);
    office.at("2026-03-02T23:00Z");
    office.call(&format!("cancel_booking('{later}')"));
    assert_eq!(office.send(), [""; 0]);
    office.call(&format!("cancel_booking('{soon}')"));
    assert_eq!(office.send(), ["cancelled sms lead"]);
    office.at("2026-03-03T07:59:59Z");
    assert_eq!(office.send(), [""; 0]);
    office.at("2026-03-03T08:00Z");
    assert_eq!(office.send(), ["cancelled sms lead"]);
}

#[test]
fn a_reminder_that_an_agent_comes_to_at_night_is_not_sent_where_morning_is_too_late() {
    let mut office =
        Office::new(&[("notify", SMS), ("reminder_minutes", "{840}"), ("timezone", "UTC")]);
    office.book_for("2026-03-03T07:30Z", &format!("{LEAD}, outside_hours => true"));
    office.book_for("2026-03-03T09:00Z", LEAD);
    office.send();
    office.at("2026-03-02T22:00Z");
    assert_eq!(office.send(), [""; 0]);
    office.at("2026-03-03T08:10Z");
    assert_eq!(office.send(), ["reminder sms lead"]);
    assert_eq!(office.states("reminder", "sms"), ["skipped quiet_hours", "sent"]);
}

#[test]
fn the_broker_s_business_telephone_has_no_quiet_hours() {
    let mut office = Office::new(&[]);
    office.at("2026-03-03T05:00Z");
    let broker = office.broker;
    office.call(&format!("request_manual_booking('{broker}', 'at noon', 'Zoe', '555')"));
    assert_eq!(office.send(), ["manual_booking email broker", "manual_booking sms broker"]);
}
