//! What has been pulled, and that no other time is offered.

use calendar_tests::answer::{detail, refused};
use calendar_tests::synced::{connect, finish_pull, lease, register, stage, text};
use calendar_tests::{Synced, fixture};
use serde_json::{Value, json};

const NOW: &str = "2026-03-02T12:00:00Z";
const SLOT: &str = "2026-03-03T15:00Z";

fn scene(columns: &[(&str, &str)]) -> Synced {
    let mut synced = Synced::not_pulled(columns);
    synced.at(NOW);
    synced
}

/// A full pull of the window that the lease names.
fn pull_all(synced: &mut Synced) -> Value {
    let only = format!("calendar_sync.begin_round(), only_calendar => '{}'", synced.calendar);
    let leased = synced.lease(&only).remove(0);
    assert_eq!(leased["sync_token"], Value::Null, "all is to be brought");
    let id = text(&leased, "lease_id");
    let outcome = json!({"full": true, "sync_token": "t", "window_start": leased["window_start"],
                         "window_end": leased["window_end"]});
    stage(&mut synced.agent, &id, 0, &json!({"unchanged": ["e"]})).unwrap();
    finish_pull(&mut synced.agent, &id, &outcome).unwrap();
    leased
}

fn slots(synced: &mut Synced, start: &str, end: &str) -> usize {
    fixture::slots(&mut synced.admin, synced.broker, start, end).unwrap().len()
}

fn is_offered(synced: &mut Synced) -> bool {
    slots(synced, SLOT, "2026-03-03T15:30Z") == 1
}

/// Why a slot cannot be booked, by staff that may book outside hours.
fn reason_for_staff(synced: &mut Synced, start: &str) -> String {
    let call = format!("book_calendar_slot('{}', '{start}', outside_hours => true)", synced.broker);
    let error = refused(fixture::call(&mut synced.admin, &call), "PT409", "slot_unavailable");
    text(&detail(&error), "reason")
}

fn covered_until(synced: &mut Synced) -> Option<String> {
    let query = format!(
        "select to_char(covered_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
           from calendar.sync_state where calendar_id = '{}'",
        synced.calendar
    );
    synced.admin.query_one(&query, &[]).unwrap().get(0)
}

fn due(synced: &mut Synced) -> usize {
    synced.lease("calendar_sync.begin_round(), max_age => '1 hour'").len()
}

#[test]
fn a_calendar_that_was_never_pulled_covers_nothing() {
    let mut synced = scene(&[("booking_horizon_days", "60")]);
    assert!(!is_offered(&mut synced));
    assert_eq!(reason_for_staff(&mut synced, SLOT), "not_synced");
    let refusal = fixture::book(&mut synced.admin, synced.broker, SLOT);
    let refusal = detail(&refused(refusal, "PT409", "slot_unavailable"));
    assert_eq!(refusal, json!({"reason": "not_synced", "alternatives": []}));

    let broker = synced.broker;
    let explain = format!("explain_slot('{broker}', '{SLOT}', '2026-03-03T15:30Z')");
    let explained = fixture::call(&mut synced.admin, &explain).unwrap();
    assert_eq!(explained["bookable"], json!(false));
    assert_eq!(
        explained["obstacles"],
        json!([{"reason": "not_synced", "source": "calendar", "id": synced.calendar,
                "calendar": "main"}])
    );
    for (phrase, speech) in [
        (
            "'tomorrow at 10 am'",
            "I am sorry, I cannot see the calendar for Tuesday, March 3rd at 10 AM Eastern yet, and there is no other time to offer.",
        ),
        ("null", "I am sorry, I cannot see the calendar yet, and there is no other time to offer."),
        (
            "'in 100 days at 10 am'",
            "I am sorry, Wednesday, June 10th at 10 AM Eastern is not available, and there is no other time to offer.",
        ),
    ] {
        let check = format!("check_availability('{broker}', {phrase})");
        let answer = fixture::call(&mut synced.admin, &check).unwrap();
        assert_eq!(answer["speech"], json!(speech));
    }
    let health = "select problem from calendar.sync_health";
    assert_eq!(synced.texts(health), ["not synced yet"]);

    pull_all(&mut synced);
    assert!(is_offered(&mut synced));
    synced.book(SLOT);
}

#[test]
fn a_full_pull_reaches_two_days_beyond_the_horizon() {
    let mut synced = scene(&[("booking_horizon_days", "60"), ("buffer_after_minutes", "30")]);
    pull_all(&mut synced);
    assert_eq!(covered_until(&mut synced).as_deref(), Some("2026-05-03 12:00"));
    // Staff may look beyond the horizon, but not beyond what is known.
    let call = format!(
        "book_calendar_slot('{}', '2026-05-03T11:00Z', outside_hours => true)",
        synced.broker
    );
    fixture::call(&mut synced.admin, &call).unwrap();
    assert_eq!(reason_for_staff(&mut synced, "2026-05-03T11:31Z"), "not_synced");
}

#[test]
fn what_changed_since_does_not_reach_further() {
    let mut synced = scene(&[("booking_horizon_days", "60")]);
    synced.pull_events(&json!([]));
    assert_eq!(covered_until(&mut synced), None);
    pull_all(&mut synced);
    synced.at("2026-03-02T18:00:00Z");
    synced.pull_events(&json!([]));
    assert_eq!(covered_until(&mut synced).as_deref(), Some("2026-05-03 12:00"));
}

#[test]
fn a_longer_horizon_makes_the_calendar_due_for_a_full_pull_at_once() {
    let mut synced = scene(&[("booking_horizon_days", "60")]);
    pull_all(&mut synced);
    assert_eq!(due(&mut synced), 0);
    let lengthen = "update calendar.brokers set booking_horizon_days = 180";
    synced.admin.batch_execute(lengthen).unwrap();
    let (start, end) = ("2026-06-01T13:00Z", "2026-06-01T14:00Z");
    assert_eq!(slots(&mut synced, start, end), 0);
    let call = fixture::book(&mut synced.admin, synced.broker, start);
    let reason = detail(&refused(call, "PT409", "slot_unavailable"));
    assert_eq!(text(&reason, "reason"), "not_synced");
    assert_eq!(due(&mut synced), 1);
    synced.admin.batch_execute("update calendar.sync_state set leased_until = null").unwrap();
    pull_all(&mut synced);
    assert_eq!(slots(&mut synced, start, end), 2);
    // A shorter one asks for nothing, and the token is still good.
    synced.admin.batch_execute("update calendar.brokers set booking_horizon_days = 90").unwrap();
    assert_eq!(due(&mut synced), 0);
    let leased = synced.lease("calendar_sync.begin_round()").remove(0);
    assert_eq!(leased["sync_token"], json!("t"));
}

#[test]
fn a_window_of_its_own_ends_what_is_offered() {
    let mut synced = scene(&[("booking_horizon_days", "60")]);
    synced.admin.batch_execute("update calendar.calendars set sync_future_days = 10").unwrap();
    pull_all(&mut synced);
    assert_eq!(covered_until(&mut synced).as_deref(), Some("2026-03-12 12:00"));
    assert_eq!(slots(&mut synced, "2026-03-11T13:00Z", "2026-03-11T15:00Z"), 4);
    assert_eq!(slots(&mut synced, "2026-03-12T11:00Z", "2026-03-14T00:00Z"), 0);
    synced.admin.batch_execute("update calendar.calendars set sync_future_days = 20").unwrap();
    assert_eq!(due(&mut synced), 1);
}

#[test]
fn a_feed_covers_all_time_once_it_was_pulled() {
    let mut synced = scene(&[]);
    pull_all(&mut synced);
    let account = connect(&mut synced.agent, synced.broker, "ics");
    let feed = register(&mut synced.agent, account, "feed");
    assert!(!is_offered(&mut synced));
    let only = format!("calendar_sync.begin_round(), only_calendar => '{feed}'");
    let leased = lease(&mut synced.agent, &only).remove(0);
    let outcome = json!({"full": true, "sync_token": "t", "window_start": leased["window_start"],
                         "window_end": leased["window_end"]});
    finish_pull(&mut synced.agent, &text(&leased, "lease_id"), &outcome).unwrap();
    assert!(is_offered(&mut synced));
    let query =
        format!("select covered_until::text from calendar.sync_state where calendar_id = '{feed}'");
    assert_eq!(synced.texts(&query), ["infinity"]);
}

#[test]
fn only_blocking_calendars_that_are_kept_in_sync_are_asked() {
    let mut synced = scene(&[]);
    let calendar = fixture::calendar(&mut synced.admin, synced.broker, &[("is_primary", "false")]);
    assert!(!is_offered(&mut synced), "not because of the local one, {calendar}");
    for (without, again) in [
        ("calendars set blocks_availability = false", "calendars set blocks_availability = true"),
        ("calendars set sync_enabled = false", "calendars set sync_enabled = true"),
        ("accounts set status = 'paused'", "accounts set status = 'active'"),
        ("accounts set status = 'disconnected'", "accounts set status = 'needs_reconnect'"),
    ] {
        synced.admin.batch_execute(&format!("update calendar.{without}")).unwrap();
        assert!(is_offered(&mut synced), "{without}");
        synced.admin.batch_execute(&format!("update calendar.{again}")).unwrap();
        assert!(!is_offered(&mut synced), "{again}");
    }
}

#[test]
fn a_calendar_that_is_not_to_be_kept_in_sync_is_not_leased() {
    let mut synced = scene(&[]);
    synced.admin.batch_execute("update calendar.calendars set sync_enabled = false").unwrap();
    assert_eq!(due(&mut synced), 0);
    synced.admin.batch_execute("update calendar.calendars set sync_enabled = true").unwrap();
    assert_eq!(due(&mut synced), 1);
}

#[test]
fn what_was_known_counts_no_more_once_it_is_gone() {
    let disconnect = "update calendar.accounts set status = 'disconnected';
                      update calendar.accounts set status = 'active'";
    for forget in [disconnect, "delete from calendar.events", "truncate calendar.events"] {
        let mut synced = scene(&[]);
        pull_all(&mut synced);
        synced.pull_events(&json!([{"external_event_id": "e", "starts_at": "2026-03-04T15:00Z",
                                    "ends_at": "2026-03-04T16:00Z"}]));
        assert!(is_offered(&mut synced));
        synced.admin.batch_execute(forget).unwrap();
        assert_eq!(covered_until(&mut synced), None, "{forget}");
        assert!(!is_offered(&mut synced), "{forget}");
        pull_all(&mut synced);
        assert!(is_offered(&mut synced), "{forget}");
    }
}

#[test]
fn what_a_pull_deletes_is_still_known() {
    let mut synced = scene(&[]);
    pull_all(&mut synced);
    let event =
        json!([{"external_event_id": "e", "starts_at": SLOT, "ends_at": "2026-03-03T16:00Z"}]);
    synced.pull_events(&event);
    assert!(!is_offered(&mut synced));
    synced.pull(&[json!({"deleted": ["e"]})], &json!({"sync_token": "t"}));
    assert!(is_offered(&mut synced));
    // A resync drops nothing before it has brought everything.
    let resync = format!("select calendar.request_resync('{}')", synced.calendar);
    synced.admin.batch_execute(&resync).unwrap();
    assert!(is_offered(&mut synced));
}
