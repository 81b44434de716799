//! Which bookings are written, and what agents get to know of them.

use crate::support::{MAPPINGS, NOON, TEN, change, only};
use calendar_tests::answer::{detail, refused};
use calendar_tests::synced::{finish_push, register, text};
use calendar_tests::{Caller, Synced, fixture};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::thread;

#[test]
fn a_push_says_what_the_event_is_to_say() {
    let columns = [("email", "ada@example.org"), ("phone", "1"), ("invite_by", "provider")];
    let mut synced = Synced::new(&columns);
    let (broker, calendar, account) = (synced.broker, synced.calendar, synced.account);
    let booking = change(
        &mut synced,
        &format!(
            "book_calendar_slot('{broker}', '{TEN}', lead_name => 'Bo', lead_email => 'bo@example.org', notes => 'n')"
        ),
    );
    let push = only(&mut synced);
    let expected = json!({
        "lease_id": push["lease_id"], "booking_id": booking["id"], "obligation_id": null, "operation": "write",
        "calendar_id": calendar.to_string(), "account_id": account.to_string(), "provider": "caldav",
        "settings": {}, "external_calendar_id": "main", "timezone": "UTC", "external_event_id": null, "etag": null,
        "written": null, "elsewhere": [],
        "event": {
            "kind": "booking", "id": booking["id"], "start": "2026-03-03T15:00:00+00:00", "end": "2026-03-03T15:30:00+00:00",
            "timezone": "America/New_York", "title": "Appointment – Bo", "notes": "n", "place": null, "is_tentative": false,
            "sequence": 0, "lead": {"name": "Bo", "email": "bo@example.org", "phone": null},
            "broker": {"name": "Ada", "email": "ada@example.org", "phone": "1"},
        },
    });
    assert_eq!(push, expected);
    assert!(synced.pushes().is_empty(), "it is leased");
}

#[test]
fn the_place_of_a_meeting_type_is_written() {
    let mut synced = Synced::new(&[]);
    let broker = synced.broker;
    let viewing = r#"{"slug": "viewing", "name": "Viewing", "location_kind": "in_person", "location": "4 Oak Lane, Albany"}"#;
    change(&mut synced, &format!("save_meeting_type('{broker}', '{viewing}')"));
    change(
        &mut synced,
        &format!("book_calendar_slot('{broker}', '{TEN}', meeting_type => 'viewing')"),
    );
    assert_eq!(only(&mut synced)["event"]["place"], "4 Oak Lane, Albany");
}

#[test]
fn a_pending_booking_invites_nobody_until_it_is_confirmed() {
    let columns = [("requires_confirmation", "true"), ("invite_by", "provider")];
    let mut synced = Synced::new(&columns);
    let book = format!(
        "book_calendar_slot('{}', '{TEN}', lead_email => 'bo@example.org', notes => '<b>n</b>')",
        synced.broker
    );
    let booking = text(&change(&mut synced, &book), "id");
    let push = only(&mut synced);
    assert_eq!(push["event"]["is_tentative"], true);
    assert_eq!(push["event"]["lead"]["email"], Value::Null);
    finish_push(&mut synced.agent, &text(&push, "lease_id"), "e").unwrap();
    change(&mut synced, &format!("confirm_booking('{booking}')"));
    let said = &only(&mut synced)["event"];
    assert_eq!(said["lead"]["email"], "bo@example.org");
    assert_eq!(said["notes"], "<b>n</b>", "the service's own words");
}

#[test]
fn what_the_public_says_is_written_plainly_and_invites_nobody() {
    let mut synced = Synced::new(&[("public_booking", "true")]);
    let broker = synced.broker;
    let mut anon = synced.db.connect_as(Caller::Anon);
    let link = "<a href=\"https://example.org\">Bo</a>\u{202e}\u{7}";
    for (start, options) in [
        (TEN, format!("title => '{link}', notes => 'One\nTwo\t{link}'")),
        (NOON, format!("lead_name => '{link}'")),
    ] {
        let book = format!(
            "book_calendar_slot('{broker}', '{start}', lead_email => 'victim@example.org', {options})"
        );
        let booked = fixture::call(&mut anon, &book).unwrap();
        // What it asked for is what is stored.
        assert!(booked["title"] == link || booked["lead_name"] == link, "{booked}");
    }
    let plain = "‹a href=\"https://example.org\"›Bo‹/a›";
    for push in synced.pushes() {
        let said = &push["event"];
        assert_eq!(said["lead"]["email"], Value::Null);
        match &said["notes"] {
            Value::Null => assert_eq!(said["title"], format!("Appointment – {plain}")),
            notes => {
                assert_eq!(said["title"], plain);
                assert_eq!(notes, &json!(format!("One\nTwo\t{plain}")));
            }
        }
        let id = text(&push, "booking_id");
        finish_push(&mut synced.agent, &text(&push, "lease_id"), &id).unwrap();
        // Nor when its broker moves or confirms it later.
        change(
            &mut synced,
            &format!(
                "reschedule_booking('{id}', '2026-03-04T{}Z')",
                &text(&push["event"], "start")[11..16]
            ),
        );
        assert_eq!(only(&mut synced)["event"]["lead"]["email"], Value::Null);
    }
}

#[test]
fn agents_that_come_at_once_share_the_bookings() {
    const AGENTS: usize = 6;
    let mut synced = Synced::new(&[]);
    let (broker, mut bookings) = (synced.broker, Vec::new());
    for start in fixture::slots(&mut synced.admin, broker, "2026-03-03", "2026-03-07")
        .unwrap()
        .iter()
        .take(40)
    {
        bookings.push(synced.book(start));
    }
    // Some have changed since: each is still one push.
    for booking in bookings.iter().step_by(3) {
        let title = format!("update calendar.bookings set title = 'new' where id = '{booking}'");
        synced.admin.batch_execute(&title).unwrap();
    }
    let start = Barrier::new(AGENTS);
    let mut given: Vec<String> = thread::scope(|scope| {
        let agents: Vec<_> = (0..AGENTS)
            .map(|_| {
                let mut client = synced.db.connect_as(Caller::Agent);
                let start = &start;
                scope.spawn(move || {
                    let lease = "select booking_id::text from calendar_sync.lease_pushes(3)";
                    let mut given: Vec<String> = Vec::new();
                    start.wait();
                    loop {
                        let rows = client.query(lease, &[]).unwrap();
                        if rows.is_empty() {
                            return given;
                        }
                        given.extend(rows.iter().map(|row| row.get::<_, String>(0)));
                    }
                })
            })
            .collect();
        agents.into_iter().flat_map(|agent| agent.join().unwrap()).collect()
    });
    given.extend(synced.pushes().iter().map(|push| text(push, "booking_id")));
    given.sort();
    bookings.sort();
    assert_eq!(given, bookings);
}

#[test]
fn a_hold_is_not_pushed_until_it_is_confirmed() {
    let mut synced = Synced::new(&[]);
    let hold = format!("book_calendar_slot('{}', '{TEN}', hold_minutes => 5)", synced.broker);
    let hold = text(&change(&mut synced, &hold), "id");
    assert!(synced.pushes().is_empty());
    assert_eq!(synced.open(), 0);
    change(&mut synced, &format!("confirm_booking('{hold}')"));
    let push = only(&mut synced);
    assert_eq!((&push["booking_id"], &push["operation"]), (&json!(hold), &json!("write")));
}

#[test]
fn what_need_not_be_pushed_does_not_hide_what_is_due() {
    let mut synced = Synced::new(&[]);
    // More than a call for one looks at.
    for n in 0..11 {
        let hold = format!(
            "book_calendar_slot('{}', timestamptz '{TEN}' + {n} * interval '1 day', hold_minutes => 5, outside_hours => true)",
            synced.broker
        );
        change(&mut synced, &hold);
    }
    let booking = synced.book(NOON);
    let lease = "select booking_id::text from calendar_sync.lease_pushes(1)";
    let leased: Vec<String> =
        synced.agent.query(lease, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(leased, [booking]);
    assert_eq!(synced.open(), 1);
}

#[test]
fn what_was_cancelled_before_it_was_pushed_is_never_pushed() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    let hold = format!("book_calendar_slot('{}', '{TEN}', hold_minutes => 5)", synced.broker);
    let hold = text(&change(&mut synced, &hold), "id");
    change(&mut synced, &format!("cancel_booking('{hold}')"));
    assert!(synced.pushes().is_empty());
    assert_eq!(synced.open(), 0);
}

#[test]
fn what_may_have_been_pushed_is_taken_back() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    // The agent wrote it, or did not, and died.
    only(&mut synced);
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert!(synced.pushes().is_empty(), "leased");
    synced.at("2026-03-02T14:01:00Z");
    let push = only(&mut synced);
    assert_eq!((&push["operation"], &push["external_event_id"]), (&json!("remove"), &Value::Null));
    synced
        .agent
        .batch_execute(&format!("select calendar_sync.finish_push('{}')", text(&push, "lease_id")))
        .unwrap();
    assert_eq!(synced.open(), 0);
}

#[test]
fn a_lapsed_push_is_taken_over_and_its_holder_is_told() {
    let mut synced = Synced::new(&[]);
    synced.book(TEN);
    let lost = text(&only(&mut synced), "lease_id");
    synced.at("2026-03-02T14:00:59Z");
    assert!(synced.pushes().is_empty());
    synced.at("2026-03-02T14:01:00Z");
    let taken = text(&only(&mut synced), "lease_id");
    let error = refused(finish_push(&mut synced.agent, &lost, "e"), "PT409", "lease_lost");
    assert_eq!(detail(&error), json!({"reason": "state", "alternatives": []}));
    for call in [
        format!("calendar_sync.check_push('{lost}')"),
        format!("calendar_sync.fail_push('{lost}', 'late')"),
    ] {
        refused(fixture::call(&mut synced.agent, &call), "PT409", "lease_lost");
    }
    finish_push(&mut synced.agent, &taken, "e").unwrap();
    refused(finish_push(&mut synced.agent, &taken, "e"), "PT409", "lease_lost");
}

#[test]
fn what_stands_at_no_provider_is_done_at_once() {
    let mut synced = Synced::new(&[]);
    let admin = &mut synced.admin;
    let (none, local) = (fixture::broker(admin, &[]), fixture::broker(admin, &[]));
    fixture::calendar(admin, local, &[]);
    for broker in [none, local] {
        fixture::book(admin, broker, TEN).unwrap();
    }
    assert!(synced.pushes().is_empty());
    assert_eq!(synced.open(), 0);
}

#[test]
fn an_account_that_rests_keeps_its_bookings_for_later() {
    let mut synced = Synced::new(&[]);
    synced.book(TEN);
    let set = |synced: &mut Synced, status: &str| {
        let set = format!("select calendar.set_account_status('{}', '{status}')", synced.account);
        synced.agent.batch_execute(&set).unwrap();
    };
    set(&mut synced, "paused");
    assert!(synced.pushes().is_empty());
    assert_eq!(synced.open(), 1);
    set(&mut synced, "active");
    only(&mut synced);
    // Not even a push that an agent left lying waits for an account that is gone.
    set(&mut synced, "disconnected");
    synced.at("2026-03-02T14:01:00Z");
    assert!(synced.pushes().is_empty());
    assert_eq!(synced.open(), 0);
}

// Changes.

#[test]
fn several_changes_are_told_at_once() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    synced
        .admin
        .batch_execute(&format!("update calendar.bookings set title = 'T' where id = '{booking}'"))
        .unwrap();
    assert_eq!(synced.open(), 3);
    let push = only(&mut synced);
    assert_eq!(push["event"]["start"], "2026-03-03T17:00:00+00:00");
    assert_eq!(push["event"]["title"], "T");
    finish_push(&mut synced.agent, &text(&push, "lease_id"), "e").unwrap();
    assert_eq!(synced.open(), 0);
    assert!(synced.pushes().is_empty());
}

#[test]
fn a_change_during_a_push_is_told_after_it() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let push = only(&mut synced);
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    assert!(synced.pushes().is_empty(), "one push of a booking at a time");
    finish_push(&mut synced.agent, &text(&push, "lease_id"), "e").unwrap();
    assert_eq!(synced.open(), 1);
    let push = only(&mut synced);
    assert_eq!(push["event"]["start"], "2026-03-03T17:00:00+00:00");
    assert_eq!((&push["external_event_id"], &push["etag"]), (&json!("e"), &json!("v")));

    change(&mut synced, &format!("cancel_booking('{booking}')"));
    finish_push(&mut synced.agent, &text(&push, "lease_id"), "e").unwrap();
    let push = only(&mut synced);
    assert_eq!((&push["operation"], &push["external_event_id"]), (&json!("remove"), &json!("e")));
    synced
        .agent
        .batch_execute(&format!("select calendar_sync.finish_push('{}')", text(&push, "lease_id")))
        .unwrap();
    assert_eq!(synced.texts(MAPPINGS), [""; 0]);
    assert_eq!(synced.open(), 0);
}

#[test]
fn an_event_once_written_stays_where_it_is() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let other = register(&mut synced.agent, synced.account, "other");
    fixture::cover(&mut synced.admin, other);
    synced
        .admin
        .batch_execute(&format!(
            "update calendar.calendars set is_primary = false where true;
         update calendar.calendars set is_primary = true where id = '{other}'"
        ))
        .unwrap();
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    let push = only(&mut synced);
    assert_eq!(push["external_calendar_id"], "main");
    finish_push(&mut synced.agent, &text(&push, "lease_id"), "e").unwrap();
    synced.book(TEN);
    assert_eq!(only(&mut synced)["external_calendar_id"], "other");
}
