//! Which event is a booking's own, which is a copy, and what time they take.

use calendar_tests::synced::{finish_push, register, text};
use calendar_tests::{Synced, fixture};
use serde_json::{Value, json};
use uuid::Uuid;

const TEN: &str = "2026-03-03T15:00:00Z";
const ELEVEN: &str = "2026-03-03T16:00:00Z";
const NOON: &str = "2026-03-03T17:00:00Z";

/// A copy of a booking's event, half an hour long.
fn copy(booking: &str, start: &str) -> Value {
    json!({"external_event_id": format!("bk-{booking}@calendar-ext"), "starts_at": start,
           "ends_at": start.replace(":00:00Z", ":30:00Z")})
}

/// A booking that is written, and a feed of the broker with a copy of it.
fn scene() -> (Synced, String, Uuid) {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let feed = register(&mut synced.agent, synced.account, "feed");
    synced.at("2026-03-02T14:01:00Z");
    show(&mut synced, feed, &[copy(&booking, TEN)]);
    (synced, booking, feed)
}

/// What the feed shows now.
fn show(synced: &mut Synced, feed: Uuid, events: &[Value]) {
    fixture::apply_sync(&mut synced.agent, feed, &json!({"events": events, "full": true})).unwrap();
}

fn change(synced: &mut Synced, function: &str) {
    fixture::call(&mut synced.admin, function).unwrap_or_else(|e| panic!("{function}: {e:?}"));
}

/// Ends the push that is due.
fn push(synced: &mut Synced) {
    let pushes = synced.pushes();
    assert_eq!(pushes.len(), 1, "{pushes:?}");
    let lease = text(&pushes[0], "lease_id");
    if pushes[0]["operation"] == "remove" {
        synced
            .agent
            .batch_execute(&format!("select calendar_sync.finish_push('{lease}')"))
            .unwrap();
    } else {
        finish_push(&mut synced.agent, &lease, "e").unwrap();
    }
}

#[test]
fn a_copy_changes_no_booking() {
    let (mut synced, booking, feed) = scene();
    assert_eq!(synced.busy(), ["15:00-15:30"]);
    let blocks = "select 'x' from calendar.busy_blocks";
    assert_eq!(synced.texts(blocks), [""; 0], "the booking takes it");
    let mut cancelled = copy(&booking, TEN);
    cancelled["status"] = json!("cancelled");
    let mut moved = copy(&booking, NOON);
    for events in [vec![moved.clone()], vec![cancelled], vec![]] {
        show(&mut synced, feed, &events);
        assert_eq!(synced.booking(&booking, "status, sequence, problem"), "confirmed 0");
        assert_eq!(synced.open(), 0);
    }
    fixture::apply_sync(&mut synced.agent, feed, &json!({"events": [moved], "deleted": []}))
        .unwrap();
    moved["booking_id"] = json!(booking);
    let gone = json!({"deleted": [moved["external_event_id"]]});
    fixture::apply_sync(&mut synced.agent, feed, &gone).unwrap();
    assert_eq!(synced.booking(&booking, "status, sequence"), "confirmed 0");
    assert_eq!(synced.busy(), ["15:00-15:30"]);
}

#[test]
fn a_booking_follows_its_event_into_the_calendar_that_showed_it_before() {
    let (mut synced, booking, other) = scene();
    let moved = copy(&booking, NOON);
    show(&mut synced, other, std::slice::from_ref(&moved));
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
    let annotate = |synced: &mut Synced, notes: &str| {
        let annotate = format!("update calendar.bookings set notes = '{notes}' where true");
        synced.admin.batch_execute(&annotate).unwrap();
        synced.pushes().remove(0)
    };
    let written = annotate(&mut synced, "Bring the plans");
    let finish = "select calendar_sync.finish_push($1::text::uuid, 'e', 'v', written => $2)";
    synced.agent.execute(finish, &[&text(&written, "lease_id"), &written["event"]]).unwrap();
    // The next write does not find it there.
    let write = text(&annotate(&mut synced, "Bring the keys"), "lease_id");
    let found = json!({"events": [moved], "whole": [moved["external_event_id"]]});
    let finish = "select calendar_sync.finish_look($1::text::uuid, $2, $3)";
    synced.agent.execute(finish, &[&write, &other, &found]).unwrap();
    assert_eq!(synced.busy(), ["17:00-17:30"]);
    // It is due again, there.
    let again = &synced.pushes()[0];
    assert_eq!(
        (text(again, "operation"), text(again, "external_event_id"), text(again, "calendar_id")),
        ("write".to_owned(), text(&moved, "external_event_id"), other.to_string())
    );
}

#[test]
fn a_copy_that_says_more_takes_that_time() {
    let (mut synced, booking, feed) = scene();
    let mut longer = copy(&booking, TEN);
    longer["ends_at"] = json!(NOON);
    show(&mut synced, feed, &[longer]);
    assert_eq!(
        synced.texts("select to_char(starts_at, 'HH24:MI') from calendar.busy_blocks"),
        ["15:30"]
    );
    assert_eq!(synced.busy(), ["15:00-17:00"]);
    show(&mut synced, feed, &[copy(&booking, NOON)]);
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
}

#[test]
fn a_copy_that_is_behind_takes_no_time_for_a_day() {
    for what in ["reschedule_booking('ID', '2026-03-03T17:00:00Z')", "cancel_booking('ID')"] {
        let left = if what.starts_with("cancel") { &[][..] } else { &["17:00-17:30"][..] };
        let (mut synced, booking, feed) = scene();
        synced.pull_events(&json!([{"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"}]));
        change(&mut synced, &what.replace("ID", &booking));
        push(&mut synced);
        assert_eq!(synced.busy(), left, "{what}");
        synced.at("2026-03-03T13:00:00Z");
        show(&mut synced, feed, &[copy(&booking, TEN)]);
        assert_eq!(synced.busy(), left, "{what}");
        // For 24 hours at most.
        synced.at("2026-03-03T14:01:00Z");
        synced.agent.batch_execute("select calendar_sync.extend_horizon()").unwrap();
        let with_copy = [&["15:00-15:30"], left].concat();
        assert_eq!(synced.busy(), with_copy, "{what}");
    }
}

#[test]
fn what_another_calendar_shows_while_the_event_is_searched_for_is_no_copy() {
    let there =
        json!([{"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"}]);
    for is_moved_first in [true, false] {
        let (mut synced, booking, _) = scene();
        synced.pull_events(&there);
        let reschedule = format!("reschedule_booking('{booking}', '{NOON}')");
        if is_moved_first {
            change(&mut synced, &reschedule);
        }
        synced.at("2026-03-02T14:02:00Z");
        synced.pull(&[json!({"deleted": ["e"]})], &json!({"sync_token": "u"}));
        if !is_moved_first {
            change(&mut synced, &reschedule);
        }
        assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
    }
}

/// Its own calendar has not been pulled since.
#[test]
fn an_event_that_was_moved_to_another_calendar_is_no_copy() {
    let (mut synced, booking, other) = scene();
    let mut moved = copy(&booking, TEN);
    moved["external_event_id"] = json!("e");
    moved["booking_id"] = json!(booking);
    show(&mut synced, other, &[moved]);
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
}

#[test]
fn an_event_whose_first_write_was_not_answered_is_no_copy() {
    for what in ["reschedule_booking('ID', '2026-03-03T17:00:00Z')", "cancel_booking('ID')"] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book(TEN);
        // The write was done, but no one knows.
        let lease = text(&synced.pushes()[0], "lease_id");
        let fail = format!("select calendar_sync.fail_push('{lease}', 'the answer was lost')");
        synced.agent.batch_execute(&fail).unwrap();
        synced.at("2026-03-02T14:01:00Z");
        synced.pull_events(&json!([copy(&booking, TEN)]));
        assert_eq!(synced.busy(), ["15:00-15:30"], "{what}");
        change(&mut synced, &what.replace("ID", &booking));
        // It is still at its old time at the provider, unless it is to be deleted.
        let is_moved = what.starts_with("reschedule");
        let busy = if is_moved { &["15:00-15:30", "17:00-17:30"][..] } else { &[][..] };
        assert_eq!(synced.busy(), busy, "{what}");
    }
}

#[test]
fn a_copy_that_changes_afterwards_is_not_merely_behind() {
    let (mut synced, booking, feed) = scene();
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    push(&mut synced);
    let mut renamed = copy(&booking, TEN);
    renamed["title"] = json!("Mine");
    show(&mut synced, feed, &[renamed]);
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
    show(&mut synced, feed, &[copy(&booking, NOON)]);
    assert_eq!(synced.busy(), ["17:00-17:30"], "it has caught up");
    // Behind two moves.
    for (start, taken) in [(TEN, "15:00-15:30"), (ELEVEN, "16:00-16:30")] {
        change(&mut synced, &format!("reschedule_booking('{booking}', '{start}')"));
        push(&mut synced);
        assert_eq!(synced.busy(), [taken]);
    }
}

#[test]
fn a_copy_that_is_first_seen_afterwards_takes_its_time() {
    let (mut synced, booking, feed) = scene();
    show(&mut synced, feed, &[]);
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    push(&mut synced);
    assert_eq!(synced.busy(), [""; 0]);
    show(&mut synced, feed, &[copy(&booking, TEN)]);
    assert_eq!(synced.busy(), ["15:00-15:30"]);
}

#[test]
fn an_event_that_is_put_back_takes_its_time_and_ends_as_any() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let own = copy(&booking, TEN);
    let id = text(&own, "external_event_id");
    let lease = text(&synced.pushes()[0], "lease_id");
    finish_push(&mut synced.agent, &lease, &id).unwrap();
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([own]));
    synced.pull(&[json!({"deleted": [id]})], &json!({}));
    synced.look(None);
    assert_eq!(synced.busy(), [""; 0]);
    synced.pull_events(&json!([own]));
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
    assert_eq!(synced.busy(), ["15:00-15:30"]);
    assert_eq!(synced.open(), 0, "it is not deleted again");
    synced.pull(&[json!({"deleted": [id]})], &json!({}));
    assert_eq!(synced.busy(), [""; 0]);
}

#[test]
fn the_own_event_takes_no_time_while_its_deletion_is_due() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    let own =
        json!({"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"});
    synced.pull_events(&json!([own]));
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert_eq!(synced.busy(), [""; 0]);
    // Whatever it says meanwhile.
    synced.pull_events(
        &json!([{"external_event_id": "e", "starts_at": NOON, "ends_at": "2026-03-03T18:00:00Z"}]),
    );
    assert_eq!(synced.busy(), [""; 0]);
    push(&mut synced);
    assert_eq!(synced.texts("select 'x' from calendar.events"), [""; 0]);

    // Where it is not due any more, the event takes its time.
    let booking = synced.book_and_push(TEN, "e");
    synced.pull_events(&json!([own]));
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    synced
        .admin
        .batch_execute("update calendar.outbox set done_at = now() where done_at is null")
        .unwrap();
    assert_eq!(synced.busy(), ["15:00-15:30"]);
}

#[test]
fn a_booking_rewrites_the_blocks_of_its_own_event_alone() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    let own =
        json!({"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"});
    let other =
        json!({"external_event_id": "o", "starts_at": NOON, "ends_at": "2026-03-03T18:00:00Z"});
    synced.pull_events(&json!([own, other]));
    let rows = "select concat(k.ctid, k.xmin) from calendar.busy_blocks as k
                  join calendar.events as e on e.id = k.event_id where e.external_event_id = 'o'";
    for merged in [false, true] {
        let set = format!("update calendar.calendars set blocks_merged = {merged} where true");
        synced.admin.batch_execute(&set).unwrap();
        let before = synced.texts(rows);
        change(&mut synced, &format!("reschedule_booking('{booking}', '{ELEVEN}')"));
        assert_eq!(synced.busy(), ["15:00-15:30", "16:00-16:30", "17:00-18:00"], "not through yet");
        change(&mut synced, &format!("reschedule_booking('{booking}', '{TEN}')"));
        assert_eq!(synced.busy(), ["15:00-15:30", "17:00-18:00"]);
        assert_eq!(synced.texts(rows), before);
    }
}

#[test]
fn only_the_event_that_the_mapping_names_is_the_bookings_own() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    // In the same calendar, even.
    synced.pull_events(&json!([copy(&booking, NOON)]));
    assert_eq!(synced.booking(&booking, "status, sequence"), "confirmed 0");
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
    let window = json!({"full": true});
    synced.pull(&[json!({"events": [copy(&booking, NOON)]})], &window);
    synced.look(Some(&copy(&booking, NOON)));
    // A look found it there: it is its own from now on.
    assert_eq!(synced.booking(&booking, "to_char(slot_start, 'HH24:MI')"), "17:00");
    assert_eq!(synced.busy(), ["17:00-17:30"]);
}

#[test]
fn what_a_transaction_leaves_to_another_is_not_hidden_from_it() {
    let (mut synced, booking, feed) = scene();
    change(&mut synced, &format!("reschedule_booking('{booking}', '2026-03-03T17:00:00Z')"));
    push(&mut synced);
    synced.at("2026-03-03T14:02:00Z");
    let mut pull = synced.admin.transaction().unwrap();
    let lock = "select from calendar.calendars where id = $1 for no key update";
    pull.execute(lock, &[&feed]).unwrap();
    let mut other = synced.agent.transaction().unwrap();
    other.batch_execute("select calendar_sync.extend_horizon()").unwrap();
    pull.batch_execute("select calendar_sync.extend_horizon()").unwrap();
    pull.commit().unwrap();
    other.commit().unwrap();
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
}
