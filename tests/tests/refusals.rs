//! What becomes of an account whose credential its provider refuses.

use calendar_tests::answer::refused;
use calendar_tests::synced::{finish_pull, finish_push, text};
use calendar_tests::{Synced, fixture};
use postgres::Error;
use serde_json::json;

const NOW: &str = "2026-03-02T12:00:00Z";
const SLOT: &str = "2026-03-03T15:00Z";

fn scene() -> Synced {
    let mut synced = Synced::new(&[]);
    synced.at(NOW);
    synced
}

/// Reports a refusal, and gives when the account is tried next, as clocks show it.
fn report(synced: &mut Synced, lease: Option<&str>) -> Result<String, Error> {
    let report = "select to_char(calendar_sync.report_refusal($1, 'no', $2::text::uuid)
                                 at time zone 'UTC', 'HH24:MI')";
    Ok(synced.agent.query_one(report, &[&synced.account, &lease])?.get(0))
}

fn account(synced: &mut Synced) -> String {
    let query = "select concat_ws(' ', status, refusals, problem) from calendar.accounts";
    synced.texts(query).remove(0)
}

/// Leases the calendar, is refused, and ends the pull; gives when it is tried next.
fn pull_refused(synced: &mut Synced) -> String {
    let lease = synced.begin_pull();
    report(synced, Some(&lease)).unwrap();
    let fail = "select calendar_sync.fail_pull($1::text::uuid, 'refused')";
    synced.agent.execute(fail, &[&lease]).unwrap();
    let next = "select to_char(next_attempt_at at time zone 'UTC', 'HH24:MI')
                  from calendar.sync_state";
    synced.texts(next).remove(0)
}

#[test]
fn it_is_shown_and_tried_again_after_1_5_and_15_minutes_then_hourly() {
    let mut synced = scene();
    for (now, next) in [
        ("12:00", "12:01"),
        ("12:01", "12:06"),
        ("12:06", "12:21"),
        ("12:21", "13:21"),
        ("13:21", "14:21"),
    ] {
        synced.at(&format!("2026-03-02T{now}:00Z"));
        assert_eq!(pull_refused(&mut synced), next);
        assert!(account(&mut synced).starts_with("needs_reconnect "), "{now}");
        assert!(synced.lease("calendar_sync.begin_round()").is_empty(), "{now}");
    }
    assert_eq!(account(&mut synced), "needs_reconnect 5 no");
    synced.at("2026-03-02T14:21:00Z");
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
}

#[test]
fn a_pull_or_a_push_that_succeeds_ends_it() {
    let mut synced = scene();
    pull_refused(&mut synced);
    let lease = synced.begin_pull();
    finish_pull(&mut synced.agent, &lease, &json!({"nothing_new": true})).unwrap();
    assert_eq!(account(&mut synced), "active 0");

    synced.at("2026-03-02T12:10:00Z");
    synced.book(SLOT);
    let pushes = synced.pushes();
    report(&mut synced, None).unwrap();
    assert_eq!(account(&mut synced), "needs_reconnect 1 no");
    finish_push(&mut synced.agent, &text(&pushes[0], "lease_id"), "e").unwrap();
    assert_eq!(account(&mut synced), "active 0");
}

#[test]
fn what_was_under_way_when_it_was_refused_does_not_count_again() {
    let mut synced = scene();
    let lease = synced.begin_pull();
    synced.book(SLOT);
    let push = text(&synced.pushes()[0], "lease_id");
    synced.at("2026-03-02T12:00:10Z");
    assert_eq!(report(&mut synced, Some(&lease)).unwrap(), "12:01");
    synced.at("2026-03-02T12:00:40Z");
    assert_eq!(report(&mut synced, Some(&push)).unwrap(), "12:01");
    assert_eq!(account(&mut synced), "needs_reconnect 1 no");
    let fail = "select calendar_sync.fail_push($1::text::uuid, 'refused')::text";
    let next: String = synced.agent.query_one(fail, &[&push]).unwrap().get(0);
    assert!(next.starts_with("2026-03-02 12:01:10"), "{next}");
}

#[test]
fn bookings_wait_with_the_calendars() {
    let mut synced = scene();
    synced.book(SLOT);
    report(&mut synced, None).unwrap();
    assert!(synced.pushes().is_empty());
    synced.at("2026-03-02T12:01:00Z");
    assert_eq!(synced.pushes().len(), 1, "it is tried all the same");
}

#[test]
fn connecting_again_forgets_it() {
    let mut synced = scene();
    pull_refused(&mut synced);
    let connect = "select calendar_sync.connect_account($1, 'caldav')";
    synced.agent.execute(connect, &[&synced.broker]).unwrap();
    assert_eq!(account(&mut synced), "active 0");
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
}

#[test]
fn an_account_that_rests_stays_at_rest() {
    let mut synced = scene();
    synced.admin.batch_execute("update calendar.accounts set status = 'paused'").unwrap();
    let next: Option<String> = synced
        .agent
        .query_one("select calendar_sync.report_refusal($1, 'no')::text", &[&synced.account])
        .unwrap()
        .get(0);
    assert_eq!((next, account(&mut synced).as_str()), (None, "paused 0"));
    let unknown = "calendar_sync.report_refusal('00000000-0000-0000-0000-000000000000', 'no')";
    refused(fixture::call(&mut synced.agent, unknown), "PT404", "account_not_found");
}
