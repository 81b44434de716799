//! What is decided when a message is due: whether it is sent, and what it says.

use crate::support::{Office, TEN, THURSDAY, only};
use calendar_tests::synced::{connect, register, text};
use calendar_tests::{Caller, fixture};
use serde_json::{Value, json};

#[test]
fn a_message_says_all_that_it_takes() {
    let mut office = Office::new(&[("locale", "de"), ("slug", "ada"), ("public_booking", "true")]);
    let id = office.book_for(
        THURSDAY,
        "lead_name => 'Bo', lead_email => 'bo@example.org', lead_timezone => 'Europe/Paris',
         lead_locale => 'fr-CA', title => 'Talk', notes => 'n'",
    );
    let leased = office.lease();
    assert_eq!(leased.len(), 2);
    let lead = only(&leased, "booked email lead");
    assert_eq!(lead["to"], json!({"name": "Bo", "email": "bo@example.org", "phone": null}));
    assert_eq!(
        [&lead["locale"], &lead["timezone"], &lead["other_timezone"]],
        ["fr-CA", "Europe/Paris", "America/New_York"]
    );
    let booking = &lead["booking"];
    assert_eq!(
        [&booking["id"], &booking["start"], &booking["title"], &booking["notes"]],
        [&*id, THURSDAY, "Talk", "n"]
    );
    assert_eq!(lead["manage"]["page"], "ada");
    assert_eq!(lead["manage"]["can_change"], true);
    let token = text(&lead["manage"], "token");
    let own = office.call(&format!("get_own_booking('{token}')"));
    assert_eq!(own["id"], *id);
    // The broker's calendar is nowhere: the message carries the appointment.
    let broker = only(&leased, "booked email broker");
    assert_eq!(
        [&broker["locale"], &broker["timezone"], &broker["other_timezone"]],
        ["de", "America/New_York", "Europe/Paris"]
    );
    assert_eq!(broker["to"]["email"], "ada@example.org");
    assert_eq!(broker["invitation"]["method"], "PUBLISH");
    assert_eq!(broker["manage"], Value::Null);
    assert_eq!(lead["invitation"]["method"], "REQUEST");
    assert_eq!(lead["invitation"]["uid"], format!("bk-{id}@calendar-ext"));
    assert!(text(&lead["invitation"], "ics").contains("SEQUENCE:0"));
    assert_eq!(office.lease(), [0; 0]);
}

#[test]
fn of_several_changes_the_last_is_sent_with_the_time_that_was_read_last() {
    let mut office = Office::new(&[]);
    let id = office.book(THURSDAY);
    assert_eq!(office.send(), ["booked email lead", "booked email broker"]);
    for start in ["2026-03-05T16:00Z", "2026-03-05T17:00Z", "2026-03-05T18:00Z"] {
        office.call(&format!("reschedule_booking('{id}', '{start}')"));
    }
    let leased = office.lease();
    assert_eq!(leased.len(), 2);
    let lead = only(&leased, "rescheduled email lead");
    assert_eq!(lead["previous"]["start"], THURSDAY);
    assert_eq!(lead["booking"]["start"], "2026-03-05T18:00:00Z");
    assert_eq!(lead["booking"]["sequence"], 3);
    let expected = ["skipped revision", "skipped revision", "sending"];
    assert_eq!(office.states("rescheduled", "email")[..3], expected);
}

#[test]
fn what_was_moved_back_before_anyone_read_it_is_not_sent() {
    let mut office = Office::new(&[]);
    let id = office.book(THURSDAY);
    office.send();
    office.call(&format!("reschedule_booking('{id}', '2026-03-05T16:00Z')"));
    office.call(&format!("reschedule_booking('{id}', '{THURSDAY}')"));
    assert_eq!(office.send(), [""; 0]);
    let expected = ["skipped revision", "skipped moved_back"].repeat(2);
    assert_eq!(office.states("rescheduled", "email"), expected);
    // Before the first was read, the last is sent.
    let id = office.book(TEN);
    office.call(&format!("reschedule_booking('{id}', '2026-03-03T16:00Z')"));
    office.call(&format!("reschedule_booking('{id}', '{TEN}')"));
    assert_eq!(office.send(), ["rescheduled email lead", "rescheduled email broker"]);
}

#[test]
fn a_reminder_of_what_was_moved_or_cancelled_is_never_sent() {
    let mut office = Office::new(&[]);
    let moved = office.book(TEN);
    let cancelled = office.book("2026-03-03T17:00Z");
    office.call(&format!("reschedule_booking('{moved}', '{THURSDAY}')"));
    office.call(&format!("cancel_booking('{cancelled}')"));
    office.send();
    office.at("2026-03-03T14:30Z");
    assert_eq!(office.send(), [""; 0]);
    office.at("2026-03-04T15:00Z");
    assert_eq!(office.send(), ["reminder email lead"]);
    office.at("2026-03-05T15:00Z");
    assert_eq!(office.send(), [""; 0]);
    let reminders = office.states("reminder", "email");
    assert_eq!(reminders, ["skipped revision", "skipped not_active", "sent"]);
}

#[test]
fn of_reminders_that_are_late_the_last_is_sent_and_none_after_the_start() {
    let mut office = Office::new(&[("reminder_minutes", "{60,1440}")]);
    office.book(THURSDAY);
    office.book("2026-03-05T16:00Z");
    office.send();
    office.at("2026-03-05T15:30Z");
    assert_eq!(office.send(), ["reminder email lead"]);
    let expected = ["skipped over", "skipped later_reminder", "skipped over", "sent"];
    let mut states = office.states("reminder", "email");
    states.sort_unstable();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(states, sorted);
}

#[test]
fn a_cancellation_is_not_sent_where_the_booking_is_active_again() {
    let mut office = Office::new(&[]);
    let id = office.book(THURSDAY);
    office.send();
    office.call(&format!("cancel_booking('{id}')"));
    office.admin.batch_execute("update calendar.bookings set status = 'confirmed'").unwrap();
    assert_eq!(office.send(), ["booked email lead", "booked email broker"]);
    assert_eq!(office.states("cancelled", "email"), ["skipped active_again"; 2]);
    office.call(&format!("cancel_booking('{id}', 'ill')"));
    let leased = office.lease();
    let lead = only(&leased, "cancelled email lead");
    assert_eq!(lead["booking"]["cancel_reason"], "ill");
    assert_eq!(lead["manage"], Value::Null);
    assert_eq!(lead["invitation"]["method"], "CANCEL");
    assert_eq!(lead["invitation"]["sequence"], 3);
}

#[test]
fn there_is_one_inviter() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let mut agent = office.db.connect_as(Caller::Agent);
    for (provider, invite_by, expected) in [
        ("google", "null", [true, false]),
        ("google", "'email'", [false, true]),
        ("google", "'none'", [false, false]),
        ("caldav", "null", [false, true]),
        ("caldav", "'provider'", [true, false]),
        ("caldav", "'none'", [false, false]),
    ] {
        let forget = format!(
            "delete from calendar.bookings; delete from calendar.accounts;
             update calendar.brokers set invite_by = {invite_by}"
        );
        office.admin.batch_execute(&forget).unwrap();
        let account = connect(&mut agent, broker, provider);
        let calendar = register(&mut agent, account, "main");
        fixture::cover(&mut office.admin, calendar);
        office.book(THURSDAY);
        let invites = [invited_by_provider(&mut office), invited_by_email(&mut office)];
        assert_eq!(invites, expected, "{provider} {invite_by}");
    }
    // Nobody invites to what waits for confirmation; a public caller's lead gets no provider's mail.
    office.set("invite_by", "provider");
    office.admin.batch_execute("delete from calendar.bookings; update calendar.brokers set requires_confirmation = true, public_booking = true").unwrap();
    let id = office.book(THURSDAY);
    assert_eq!([invited_by_provider(&mut office), invited_by_email(&mut office)], [false; 2]);
    office.call(&format!("confirm_booking('{id}')"));
    assert_eq!([invited_by_provider(&mut office), invited_by_email(&mut office)], [true, false]);
    let clear = "delete from calendar.bookings;
                 update calendar.brokers set invite_by = null, requires_confirmation = false";
    office.admin.batch_execute(clear).unwrap();
    let book = format!(
        "select calendar.book_calendar_slot('{broker}', '{THURSDAY}', lead_email => 'bo@example.org')"
    );
    office.db.connect_as(Caller::Anon).batch_execute(&book).unwrap();
    assert_eq!([invited_by_provider(&mut office), invited_by_email(&mut office)], [false, true]);
}

fn invited_by_provider(office: &mut Office) -> bool {
    let query = "select event #>> '{lead,email}' is not null from calendar_sync.lease_pushes()";
    let invites = office.agent.query_one(query, &[]).unwrap().get(0);
    let release =
        "update calendar.outbox set lease_id = null, leased_until = null, leased_at = null";
    office.admin.batch_execute(release).unwrap();
    invites
}

fn invited_by_email(office: &mut Office) -> bool {
    let leased = office.lease();
    for lease in &leased {
        let lease = text(lease, "lease_id");
        office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
    }
    let lead = leased.iter().map(|l| &l["message"]).find(|m| m["recipient"] == "lead").unwrap();
    lead["invitation"]["method"] == "REQUEST"
}

#[test]
fn the_lead_of_a_booking_that_lost_its_time_gets_other_times() {
    let mut office = Office::new(&[("slug", "ada"), ("public_booking", "true")]);
    office.book(TEN);
    office.send();
    let fail = "update calendar.bookings set status = 'failed', cancel_reason = 'conflict'";
    office.admin.batch_execute(fail).unwrap();
    let leased = office.lease();
    let lead = only(&leased, "booking_failed email lead");
    assert_eq!(lead["rebook"]["page"], "ada");
    assert_eq!(lead["rebook"]["alternatives"].as_array().unwrap().len(), 3);
    let sms = only(&leased, "booking_failed sms broker");
    assert_eq!(sms["to"]["phone"], "+15550100");
    assert_eq!(sms["lead"]["phone"], "+15550177");
}

#[test]
fn a_stranger_lets_nobody_be_written_what_it_likes() {
    let mut office = Office::new(&[("public_booking", "true")]);
    let broker = office.broker;
    let book = format!(
        "select calendar.book_calendar_slot('{broker}', '{TEN}', lead_email => 'victim@example.org',
             lead_name => E'Win https://evil.example.com/x now\\u202e', notes => 'Buy <b>pills</b>', title => '<i>t')"
    );
    office.db.connect_as(Caller::Anon).batch_execute(&book).unwrap();
    let leased = office.lease();
    let lead = only(&leased, "booked email lead");
    let name = text(&lead["lead"], "name");
    assert!(
        !name.contains("://") && !name.contains("evil.example") && !name.contains('\u{202e}'),
        "{name}"
    );
    assert_eq!(lead["booking"]["notes"], Value::Null);
    let broker = only(&leased, "booked email broker");
    assert_eq!(broker["booking"]["notes"], "Buy \u{2039}b\u{203a}pills\u{2039}/b\u{203a}");
}

#[test]
fn addresses_are_read_when_a_message_is_sent() {
    let mut office = Office::new(&[]);
    office.book(THURSDAY);
    office.set("email", "new@example.org");
    let leased = office.lease();
    assert_eq!(only(&leased, "booked email broker")["to"]["email"], "new@example.org");
    let id = office.book(TEN);
    office.admin.batch_execute("update calendar.brokers set email = null").unwrap();
    assert_eq!(office.send(), ["booked email lead"]);
    assert_eq!(office.states("booked", "email")[1], "skipped no_address");
    // What is too old would only confuse.
    office.call(&format!("cancel_booking('{id}')"));
    office.at("2026-03-04T14:00Z");
    assert!(!office.send().contains(&"cancelled email lead".to_owned()));
    assert_eq!(office.states("cancelled", "email"), ["skipped too_late"]);
}
