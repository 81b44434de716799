//! What is known at the provider or here before a booking is written.

use crate::support::{FAILURES, NOON, TEN, agent, change, is_free, only};
use calendar_tests::answer::refused;
use calendar_tests::synced::{finish_push, register, text};
use calendar_tests::{Synced, fixture};
use serde_json::json;

/// The user may have moved the event before we knew of it.
#[test]
fn an_event_that_an_earlier_attempt_may_have_written_is_looked_for_elsewhere() {
    let mut synced = Synced::new(&[]);
    let account = synced.account;
    synced.book(TEN);
    register(&mut synced.agent, account, "other");
    let first = only(&mut synced);
    assert_eq!(first["elsewhere"], json!([]));
    let lease = text(&first, "lease_id");
    agent(&mut synced, &format!("calendar_sync.fail_push('{lease}', 'the answer was lost')"));
    // A calendar that cannot be searched must not hold it up for ever.
    for (hour, is_searched) in (16..=21).zip([true, true, true, true, true, false]) {
        synced.at(&format!("2026-03-02T{hour}:00:00Z"));
        let again = only(&mut synced);
        let elsewhere = again["elsewhere"].as_array().unwrap();
        let names = elsewhere.iter().map(|calendar| &calendar["external_calendar_id"]);
        assert_eq!(names.collect::<Vec<_>>(), vec!["other"; usize::from(is_searched)]);
        let lease = text(&again, "lease_id");
        agent(&mut synced, &format!("calendar_sync.fail_push('{lease}', 'it cannot be read')"));
    }
}

#[test]
fn a_time_that_was_taken_meanwhile_fails_the_booking() {
    let mut synced =
        Synced::new(&[("buffer_before_minutes", "15"), ("buffer_after_minutes", "15")]);
    let booking = synced.book(TEN);
    let lease = text(&only(&mut synced), "lease_id");
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(true));
    // Within its buffers, where nothing could be booked; and what takes no time.
    synced.pull_events(&json!([
        {"external_event_id": "before", "starts_at": "2026-03-03T14:00:00Z", "ends_at": TEN},
        {"external_event_id": "after", "starts_at": "2026-03-03T15:30:00Z", "ends_at": "2026-03-03T16:00:00Z"},
        {"external_event_id": "free", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z", "transparency": "transparent"},
    ]));
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(true));
    synced.pull_events(&json!([{"external_event_id": "over", "starts_at": "2026-03-03T15:29:00Z",
                                "ends_at": "2026-03-03T15:45:00Z"}]));
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(false));
    assert_eq!(synced.booking(&booking, "status, cancel_reason"), "failed conflict");
    assert_eq!(synced.texts(FAILURES), ["push conflict t"]);
    refused(finish_push(&mut synced.agent, &lease, "e"), "PT409", "lease_lost");
    synced.pull(&[json!({"deleted": ["over", "before", "after"]})], &json!({}));
    assert!(is_free(&mut synced, TEN));
}

#[test]
fn an_event_of_any_calendar_that_blocks_is_a_conflict() {
    let mut synced = Synced::new(&[]);
    let other = register(&mut synced.agent, synced.account, "other");
    let event = json!({"events": [{"external_event_id": "x", "starts_at": TEN, "ends_at": NOON}]});
    let policy = |synced: &mut Synced, blocks: bool| {
        let set = format!(
            "update calendar.calendars set blocks_availability = {blocks} where id = '{other}'"
        );
        synced.admin.batch_execute(&set).unwrap();
    };
    policy(&mut synced, false);
    fixture::apply_sync(&mut synced.agent, other, &event).unwrap();
    synced.book(TEN);
    let lease = text(&only(&mut synced), "lease_id");
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(true));
    policy(&mut synced, true);
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(false));
}

#[test]
fn the_event_of_the_booking_itself_is_no_conflict() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    // It was written, but the answer was lost; the pull before the next attempt brings it.
    only(&mut synced);
    synced.at("2026-03-02T14:01:00Z");
    let lease = text(&only(&mut synced), "lease_id");
    synced.pull_events(&json!([
        {"external_event_id": "e", "booking_id": booking, "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"},
        {"external_event_id": format!("bk-{booking}@calendar-ext.ics"), "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"},
    ]));
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(true));
    finish_push(&mut synced.agent, &lease, "e").unwrap();
    assert_eq!(synced.booking(&booking, "status"), "confirmed");
}

#[test]
fn a_conflict_is_seen_beyond_what_is_stored() {
    let mut synced = Synced::new(&[("booking_horizon_days", "800")]);
    let far = "2027-06-01T15:00:00Z";
    let booking = synced.book(far);
    let lease = text(&only(&mut synced), "lease_id");
    let mut series = json!({"external_event_id": "weekly", "starts_at": "2026-03-04T15:00:00Z",
                            "ends_at": "2026-03-04T16:00:00Z", "recurrence": "RRULE:FREQ=WEEKLY"});
    synced.pull_events(&json!([series]));
    let stored = format!("select 'x' from calendar.busy_blocks where ends_at > '{far}'");
    assert_eq!(synced.texts(&stored), [""; 0]);
    assert_eq!(
        agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")),
        json!(true),
        "on Wednesdays"
    );
    series["starts_at"] = json!("2026-03-03T15:00:00Z");
    series["ends_at"] = json!("2026-03-03T16:00:00Z");
    synced.pull_events(&json!([series]));
    assert_eq!(
        agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")),
        json!(false),
        "on Tuesdays"
    );
    assert_eq!(synced.booking(&booking, "status, cancel_reason"), "failed conflict");
}

#[test]
fn a_booking_that_is_no_longer_wanted_must_not_be_written() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let lease = text(&only(&mut synced), "lease_id");
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert_eq!(agent(&mut synced, &format!("calendar_sync.check_push('{lease}')")), json!(false));
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
    assert_eq!(synced.texts(FAILURES), [""; 0]);
}
