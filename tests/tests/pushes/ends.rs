//! What comes of a push.

use crate::support::{FAILURES, MAPPINGS, NOON, TEN, agent, change, is_free, only};
use calendar_tests::Synced;
use calendar_tests::synced::{finish_push, text};

#[test]
fn a_push_that_is_done_is_noted_down() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let lease = text(&only(&mut synced), "lease_id");
    let finish = format!("select calendar_sync.finish_push('{lease}', 'e', 'v1', 'https://meet')");
    synced.agent.batch_execute(&finish).unwrap();
    let noted = synced.booking(&booking, "status, provider_event_id, meeting_link, sequence");
    assert_eq!(noted, "confirmed e https://meet 0");
    assert_eq!(synced.texts(MAPPINGS), [format!("{booking} e v1")]);
    assert!(synced.pushes().is_empty(), "noting it down is no change");

    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    let lease = text(&only(&mut synced), "lease_id");
    synced
        .agent
        .batch_execute(&format!(
            "select calendar_sync.finish_push('{lease}', 'e', 'v2', 'javascript:alert(1)')"
        ))
        .unwrap();
    // A link that nobody should follow is not stored, and stops nothing.
    assert_eq!(synced.booking(&booking, "meeting_link"), "https://meet");
    assert_eq!(synced.texts(MAPPINGS), [format!("{booking} e v2")]);
}

#[test]
fn a_push_that_was_overtaken_by_a_disconnection_ends_all_the_same() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let lease = text(&only(&mut synced), "lease_id");
    let set = format!("select calendar.set_account_status('{}', 'disconnected')", synced.account);
    synced.agent.batch_execute(&set).unwrap();
    finish_push(&mut synced.agent, &lease, "e").unwrap();
    assert_eq!(synced.booking(&booking, "status, provider_event_id"), "confirmed e");
    assert_eq!(synced.open(), 0);
}

#[test]
fn an_event_that_is_gone_when_it_is_to_be_changed_cancels_its_booking() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    let lease = text(&only(&mut synced), "lease_id");
    synced.agent.batch_execute(&format!("select calendar_sync.finish_look('{lease}')")).unwrap();
    assert_eq!(
        synced.booking(&booking, "status, cancel_reason"),
        "cancelled deleted at the provider"
    );
    assert_eq!(synced.open(), 0);
    assert_eq!(synced.texts(MAPPINGS), [""; 0]);
    assert!(is_free(&mut synced, NOON));
}

#[test]
fn a_push_that_failed_is_tried_again_later_and_later() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    // Of several changes that are told at once, too.
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    let wait = "select extract(epoch from $1::text::timestamptz - calendar_private.current_instant())::float8";
    for (attempt, now) in ["14:00", "16:00", "18:00", "20:00"].into_iter().enumerate() {
        synced.at(&format!("2026-03-02T{now}:00Z"));
        let lease = text(&only(&mut synced), "lease_id");
        let next = agent(&mut synced, &format!("calendar_sync.fail_push('{lease}', 'away')"));
        let wait: f64 = synced.admin.query_one(wait, &[&next.as_str().unwrap()]).unwrap().get(0);
        let longest = f64::from(60_u32 << attempt);
        assert!((longest * 0.9..=longest).contains(&wait), "attempt {attempt}: {wait}");
        assert!(synced.pushes().is_empty());
    }
    let rows =
        "select concat_ws(' ', attempts, last_error, lease_id) from calendar.outbox order by id";
    assert_eq!(synced.texts(rows), ["4 away", "4 away"]);
    assert_eq!(synced.booking(&booking, "status"), "confirmed");

    synced.at("2026-03-02T22:00:00Z");
    let lease = text(&only(&mut synced), "lease_id");
    let next = agent(
        &mut synced,
        &format!("calendar_sync.fail_push('{lease}', 'busy', retry_after => '3 hours')"),
    );
    assert_eq!(next, "2026-03-03T01:00:00+00:00");
    synced.at("2026-03-03T01:00:00Z");
    let lease = text(&only(&mut synced), "lease_id");
    finish_push(&mut synced.agent, &lease, "e").unwrap();
    assert_eq!(
        synced.texts("select last_error from calendar.outbox where last_error is not null"),
        [""; 0]
    );
}

#[test]
fn a_refusal_keeps_the_booking_and_its_time_and_is_recorded_once() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    for now in ["14:00", "14:02", "14:10"] {
        synced.at(&format!("2026-03-02T{now}:00Z"));
        let lease = text(&only(&mut synced), "lease_id");
        agent(&mut synced, &format!("calendar_sync.fail_push('{lease}', 'the server forbids it')"));
        assert_eq!(synced.booking(&booking, "status, problem"), "confirmed the server forbids it");
        assert!(!is_free(&mut synced, TEN));
    }
    assert_eq!(synced.texts(FAILURES), ["push the server forbids it t"]);
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    synced.at("2026-03-02T16:00:00Z");
    let push = only(&mut synced);
    assert_eq!(push["operation"], "remove");
    agent(
        &mut synced,
        &format!("calendar_sync.fail_push('{}', 'still forbidden')", text(&push, "lease_id")),
    );
    assert_eq!(synced.texts(FAILURES)[1], "push still forbidden t");
    assert_eq!(synced.open(), 2, "it is tried again");
    synced.at("2026-03-02T18:00:00Z");
    let lease = text(&only(&mut synced), "lease_id");
    synced.agent.batch_execute(&format!("select calendar_sync.finish_push('{lease}')")).unwrap();
    assert_eq!(synced.booking(&booking, "status, problem"), "cancelled");
    assert_eq!(synced.open(), 0);
}

#[test]
fn what_has_been_over_for_a_day_is_left_alone() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    for (now, open) in [("2026-03-04T15:29:00Z", 1), ("2026-03-04T15:30:00Z", 0)] {
        synced.at(now);
        let pushes = synced.pushes();
        assert_eq!(pushes.len(), open, "{pushes:?}");
        if let [push] = &pushes[..] {
            let lease = text(push, "lease_id");
            agent(&mut synced, &format!("calendar_sync.fail_push('{lease}', 'away', '1 second')"));
        }
        assert_eq!(synced.open(), open);
    }
    assert_eq!(synced.booking(&booking, "status, problem"), "confirmed away");
}
