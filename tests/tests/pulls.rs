//! Pulls: what of a provider's answer lands, and when the next is tried.

use calendar_tests::answer::refused;
use calendar_tests::synced::{finish_pull, stage, text};
use calendar_tests::{Caller, Synced, fixture};
use serde_json::{Value, json};

/// An hour on a day of March 2026.
fn hour(id: &str, day: u32, hour: u32) -> Value {
    json!({"external_event_id": id, "starts_at": format!("2026-03-{day:02}T{hour:02}:00:00Z"),
           "ends_at": format!("2026-03-{day:02}T{:02}:00:00Z", hour + 1)})
}

fn page(events: &[Value]) -> Value {
    json!({"events": events})
}

fn full(token: &str) -> Value {
    json!({"full": true, "sync_token": token})
}

const EVENTS: &str = "select external_event_id from calendar.events order by 1";
const TOKEN: &str = "select coalesce(sync_token, 'none') from calendar.sync_state";
const PAGES: &str = "select page_number::text from calendar.sync_pages order by 1";
const LOGS: &str = "select concat_ws(' ', case when is_full then 'full' else 'part' end, created, updated, deleted, unchanged, rejected, problem)
                      from calendar.sync_logs order by id";

#[test]
fn pages_land_together_with_the_token() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    let pages = [
        page(&[hour("a", 5, 10), hour("b", 5, 12)]),
        json!({}),
        json!({"events": [hour("c", 5, 14)], "deleted": ["b"], "rejected": [{"external_event_id": "d", "reason": "odd"}]}),
    ];
    for (number, page) in pages.iter().enumerate() {
        stage(&mut synced.agent, &lease, number, page).unwrap();
        assert_eq!(synced.texts(EVENTS), [""; 0]);
        assert_eq!(synced.texts(TOKEN), ["none"]);
    }
    let answer = finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "1"})).unwrap();
    let rejected = json!([{"external_event_id": "d", "reason": "odd"}]);
    assert_eq!(
        answer,
        json!({"created": 3, "updated": 0, "deleted": 1, "unchanged": 0, "rejected": rejected})
    );
    assert_eq!(synced.texts(EVENTS), ["a", "c"]);
    assert_eq!(synced.texts(TOKEN), ["1"]);
    assert_eq!(synced.texts(PAGES), [""; 0]);
    assert_eq!(synced.texts(LOGS), ["part 3 0 1 0 1"]);
    assert_eq!(
        synced.texts("select concat(leased_until, leased_at, lease_id) from calendar.sync_state"),
        [""]
    );
}

#[test]
fn pages_tell_which_events_are_whole() {
    let mut synced = Synced::new(&[]);
    let mut daily = hour("a", 5, 10);
    daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=2");
    let mut moved = hour("a", 6, 12);
    moved["recurrence_id"] = json!("2026-03-06T10:00:00Z");
    for (events, left) in [(vec![daily.clone(), moved], 2), (vec![daily], 1)] {
        let lease = synced.begin_pull();
        let page = json!({"events": events, "whole": ["a"]});
        stage(&mut synced.agent, &lease, 0, &page).unwrap();
        finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "1"})).unwrap();
        assert_eq!(synced.texts(EVENTS).len(), left);
    }
}

#[test]
fn pages_come_in_the_order_of_their_numbers() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    // The same event moved from one page to another while it was being read.
    for (number, event) in [(0, hour("other", 6, 10)), (2, hour("a", 5, 12)), (1, hour("a", 5, 10))]
    {
        stage(&mut synced.agent, &lease, number, &page(&[event])).unwrap();
    }
    finish_pull(&mut synced.agent, &lease, &json!({})).unwrap();
    let starts =
        "select to_char(starts_at, 'HH24') from calendar.events where external_event_id = 'a'";
    assert_eq!(synced.texts(starts), ["12"]);
}

#[test]
fn nothing_lands_of_a_pull_that_is_refused_or_cut_off() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[page(&[hour("a", 5, 10)])], &full("1"));
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &page(&[hour("b", 5, 12)])).unwrap();
    let wrong = json!({"full": true, "sync_token": "2", "window_start": "soon"});
    refused(finish_pull(&mut synced.agent, &lease, &wrong), "22023", "window_start");
    refused(finish_pull(&mut synced.agent, &lease, &json!([])), "22023", "outcome");
    refused(stage(&mut synced.agent, &lease, 1, &json!([])), "22023", "page");
    // The agent dies before it commits.
    {
        let mut dying = synced.db.connect_as(Caller::Agent);
        dying.batch_execute("begin").unwrap();
        finish_pull(&mut dying, &lease, &full("2")).unwrap();
    }
    assert_eq!(synced.texts(EVENTS), ["a"]);
    assert_eq!(synced.texts(TOKEN), ["1"]);
    assert_eq!(synced.texts(LOGS).len(), 1);
    // Its pages are still there for whoever has the lease.
    finish_pull(&mut synced.agent, &lease, &full("2")).unwrap();
    assert_eq!(synced.texts(EVENTS), ["b"]);
    assert_eq!(synced.texts(TOKEN), ["2"]);
}

#[test]
fn pages_and_pulls_may_be_repeated() {
    let mut synced = Synced::new(&[]);
    let (first, second) = (page(&[hour("a", 5, 10)]), page(&[hour("b", 5, 12)]));
    let lease = synced.begin_pull();
    for (number, page) in [(0, &first), (1, &second), (1, &second)] {
        stage(&mut synced.agent, &lease, number, page).unwrap();
    }
    assert_eq!(finish_pull(&mut synced.agent, &lease, &full("1")).unwrap()["created"], 2);
    let versions = "select concat(ctid, xmin) from calendar.events order by 1";
    let before = synced.texts(versions);
    let again = synced.pull(&[first.clone(), second.clone()], &full("1"));
    assert_eq!(again, json!({"created": 0, "updated": 0, "deleted": 0, "unchanged": 2}));
    assert_eq!(synced.texts(versions), before, "nothing was written");

    // A first page is a new start, such as after the provider refused a token.
    let lease = synced.begin_pull();
    for (number, page) in [(0, &first), (1, &second), (0, &first)] {
        stage(&mut synced.agent, &lease, number, page).unwrap();
    }
    assert_eq!(synced.texts(PAGES), ["0"]);
    assert_eq!(finish_pull(&mut synced.agent, &lease, &full("2")).unwrap()["deleted"], 1);
    assert_eq!(synced.texts(EVENTS), ["a"]);
}

#[test]
fn a_provider_with_nothing_new_is_heard() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[page(&[hour("a", 5, 10)])], &full("1"));
    synced.at("2026-03-02T15:00:00Z");
    let answer = synced.pull(&[], &json!({"nothing_new": true}));
    assert_eq!(answer, json!({"created": 0, "updated": 0, "deleted": 0, "unchanged": 0}));
    let state = "select concat_ws(' ', sync_token, to_char(last_success_at, 'HH24'), to_char(last_full_at, 'HH24')) from calendar.sync_state";
    assert_eq!(synced.texts(state), ["1 15 14"]);
    synced.pull(&[], &json!({"nothing_new": true, "sync_token": "2"}));
    assert_eq!(synced.texts(state), ["2 15 14"]);
    assert_eq!(synced.texts(EVENTS), ["a"]);
}

#[test]
fn a_pull_that_changes_nothing_is_counted_and_not_logged() {
    let mut synced = Synced::new(&[]);
    let first = page(&[hour("a", 5, 10)]);
    synced.pull(std::slice::from_ref(&first), &full("1"));
    synced.pull(&[], &json!({"nothing_new": true}));
    synced.pull(&[], &json!({"sync_token": "2"}));
    synced.pull(std::slice::from_ref(&first), &full("3"));
    assert_eq!(synced.texts(LOGS), ["full 1 0 0 0 0"]);
    assert_eq!(synced.texts("select unchanged_pulls::text from calendar.sync_state"), ["3"]);
    assert_eq!(synced.texts(TOKEN), ["3"]);
    synced.pull(&[page(&[hour("a", 5, 11)])], &json!({}));
    assert_eq!(synced.texts(LOGS), ["full 1 0 0 0 0", "part 0 1 0 0 0"]);
    // What is rejected is logged, whatever else happens.
    let rejected = json!({"rejected": [{"external_event_id": "d", "reason": "odd"}]});
    synced.pull(&[rejected], &json!({}));
    assert_eq!(synced.texts(LOGS)[2..], ["part 0 0 0 0 1"]);
    assert_eq!(synced.texts("select unchanged_pulls::text from calendar.sync_state"), ["3"]);
}

/// Its token is a digest of all events, which is the same before an event came and after it went.
#[test]
fn at_gohighlevel_all_is_read_until_a_pull_has_shown_what_we_wrote() {
    for (provider, token) in [("ghl", None), ("caldav", Some("1"))] {
        let mut synced = Synced::new(&[]);
        let set = format!("update calendar.accounts set provider = '{provider}' where true");
        synced.admin.batch_execute(&set).unwrap();
        let window = json!({"full": true, "sync_token": "1", "window_start": "2026-03-01T00:00:00Z",
                            "window_end": "2028-03-01T00:00:00Z"});
        let only = format!("calendar_sync.begin_round(), only_calendar => '{}'", synced.calendar);
        synced.pull(&[page(&[hour("a", 5, 10)])], &window);
        assert_eq!(synced.lease(&only)[0]["sync_token"], json!("1"), "{provider}");
        synced.at("2026-03-02T14:10:00Z");
        synced.book_and_push("2026-03-03T16:00:00Z", "ours");
        assert_eq!(synced.lease(&only)[0]["sync_token"], json!(token), "{provider}");
        synced.at("2026-03-02T14:20:00Z");
        synced.pull(&[page(&[hour("a", 5, 10), hour("ours", 3, 16)])], &window);
        assert_eq!(synced.lease(&only)[0]["sync_token"], json!("1"), "{provider}");
    }
}

#[test]
fn nothing_is_applied_if_a_page_was_lost() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[page(&[hour("a", 5, 10), hour("b", 6, 10)])], &full("1"));
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &page(&[hour("a", 5, 10)])).unwrap();
    let ended = |pages: Value| json!({"full": true, "sync_token": "2", "pages": pages});
    for wrong in [json!(2), json!(0), json!("1"), Value::Null] {
        let result = finish_pull(&mut synced.agent, &lease, &ended(wrong));
        refused(result, "22023", "\"pages\" must be");
    }
    assert_eq!(synced.texts(EVENTS), ["a", "b"]);
    assert_eq!(synced.texts(TOKEN), ["1"]);
    finish_pull(&mut synced.agent, &lease, &ended(json!(1))).unwrap();
    assert_eq!(synced.texts(EVENTS), ["a"]);
}

// A provider that suddenly shows nothing.

#[test]
fn a_calendar_that_is_suddenly_empty_is_looked_at_twice() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[page(&[hour("a", 5, 10), hour("b", 6, 10)])], &full("1"));
    let answer = synced.pull(&[page(&[])], &full("2"));
    assert_eq!(
        answer,
        json!({"created": 0, "updated": 0, "deleted": 0, "unchanged": 0, "held_back": true})
    );
    assert_eq!(synced.texts(EVENTS), ["a", "b"]);
    let problem = "the provider shows no event at all; nothing is deleted until it does so again";
    assert_eq!(synced.texts(LOGS)[1], format!("full 0 0 0 0 0 {problem}"));
    assert_eq!(synced.texts("select problem from calendar.sync_health"), [problem]);
    // Soon, and in full.
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    synced.at("2026-03-02T14:01:00Z");
    let lease = synced.lease("calendar_sync.begin_round()").remove(0);
    assert_eq!(lease["sync_token"], Value::Null);
    let answer = finish_pull(&mut synced.agent, &text(&lease, "lease_id"), &full("3")).unwrap();
    assert_eq!(answer["deleted"], 2);
    assert_eq!(synced.texts(EVENTS), [""; 0]);
    assert_eq!(synced.texts(TOKEN), ["3"]);
    assert_eq!(
        synced.texts("select coalesce(problem, 'none') from calendar.sync_health"),
        ["none"]
    );
}

#[test]
fn an_emptiness_that_passes_is_forgotten() {
    let mut synced = Synced::new(&[]);
    let filled = [page(&[hour("a", 5, 10)])];
    synced.pull(&filled, &full("1"));
    for _ in 0..3 {
        assert_eq!(synced.pull(&[], &full("2"))["held_back"], true);
        assert_eq!(synced.pull(&filled, &full("3"))["unchanged"], 1);
    }
    assert_eq!(synced.texts(EVENTS), ["a"]);
}

#[test]
fn a_series_that_goes_on_is_something_to_lose() {
    let mut synced = Synced::new(&[]);
    let mut series = hour("weekly", 1, 10);
    series["recurrence"] = json!("RRULE:FREQ=WEEKLY");
    synced.pull(&[page(&[series])], &full("1"));
    assert_eq!(synced.pull(&[], &full("2"))["held_back"], true);
    assert_eq!(synced.texts(EVENTS), ["weekly"]);
    assert_eq!(synced.pull(&[], &full("3"))["deleted"], 1);
}

#[test]
fn little_changes_and_calendars_of_the_past_are_not_held_back() {
    let mut synced = Synced::new(&[]);
    assert_eq!(synced.pull(&[], &full("0")).get("held_back"), None, "an empty calendar is empty");
    synced.pull(&[page(&[hour("a", 5, 10)])], &full("1"));
    let answer = synced.pull(&[page(&[])], &json!({"sync_token": "2"}));
    assert_eq!(answer, json!({"created": 0, "updated": 0, "deleted": 0, "unchanged": 0}));
    let answer = synced.pull(&[json!({"deleted": ["a"]})], &json!({"sync_token": "3"}));
    assert_eq!(answer["deleted"], 1, "what is said to be gone is gone");
    // Something that was not understood is not nothing.
    synced.pull(&[page(&[hour("a", 5, 10)])], &full("4"));
    let odd = json!({"rejected": [{"external_event_id": "b", "reason": "odd"}]});
    assert_eq!(synced.pull(&[odd], &full("5"))["deleted"], 1);
    // All that is there is over.
    synced.pull(&[page(&[hour("a", 1, 10), hour("b", 2, 13)])], &full("6"));
    let answer = synced.pull(&[], &full("7"));
    assert_eq!((answer.get("held_back"), &answer["deleted"]), (None, &json!(2)));
}

// Failures.

#[test]
fn failures_put_the_next_pull_off_and_a_success_forgets_them() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[page(&[hour("a", 5, 10)])], &full("1"));
    for failures in 1..=14_u32 {
        let lease = synced.begin_pull();
        stage(&mut synced.agent, &lease, 0, &page(&[hour("b", 5, 12)])).unwrap();
        let next = fixture::call(
            &mut synced.agent,
            &format!("calendar_sync.fail_pull('{lease}', 'away')"),
        )
        .unwrap();
        let longest = f64::from((30_u32 << (failures - 1).min(11)).min(3600));
        let wait = seconds(&mut synced, &next);
        assert!(
            (longest / 2.0..=longest).contains(&wait),
            "failure {failures}: {wait} of {longest}"
        );
        let state = "select concat_ws(' ', sync_token, failures, problem) from calendar.sync_state";
        assert_eq!(synced.texts(state), [format!("1 {failures} away")]);
        assert_eq!(synced.texts(PAGES), [""; 0]);
    }
    assert_eq!(synced.texts(EVENTS), ["a"]);
    assert_eq!(synced.texts(LOGS)[1..], vec!["part 0 0 0 0 0 away"; 14]);
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    synced.at("2026-03-02T15:00:00Z");
    let lease = text(&synced.lease("calendar_sync.begin_round()")[0], "lease_id");
    finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "2"})).unwrap();
    let state =
        "select concat_ws(' ', failures, problem, next_attempt_at) from calendar.sync_state";
    assert_eq!(synced.texts(state), ["0"]);
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
}

#[test]
fn chance_keeps_agents_apart() {
    let mut synced = Synced::new(&[]);
    let waits = "select distinct calendar_private.backoff(20, '1 minute', null)::text from generate_series(1, 20)";
    assert!(synced.texts(waits).len() > 10);
}

#[test]
fn a_provider_is_left_alone_as_long_as_it_asks() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    let next = fixture::call(
        &mut synced.agent,
        &format!("calendar_sync.fail_pull('{lease}', 'busy', '2 hours')"),
    )
    .unwrap();
    assert_eq!(next, "2026-03-02T16:00:00+00:00");
    synced.at("2026-03-02T15:59:59Z");
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    synced.at("2026-03-02T16:00:00Z");
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
    // A wait that is too short to be wise is not.
    synced.at("2026-03-02T17:00:00Z");
    let lease = synced.begin_pull();
    let next = fixture::call(
        &mut synced.agent,
        &format!("calendar_sync.fail_pull('{lease}', 'busy', '1 second')"),
    )
    .unwrap();
    let wait = seconds(&mut synced, &next);
    assert!((30.0..=60.0).contains(&wait), "{wait}");
}

/// From now until an instant.
fn seconds(synced: &mut Synced, instant: &Value) -> f64 {
    let query = "select extract(epoch from $1::text::timestamptz - calendar_private.current_instant())::float8";
    synced.admin.query_one(query, &[&instant.as_str().unwrap()]).unwrap().get(0)
}

const MEMBERS: &str = "select concat_ws(' ', external_event_id, coalesce(etag, 'unknown'))
                         from calendar_sync.list_members($1::text::uuid, $2::text::timestamptz) order by 1";

/// What `list_members` lists of a pull whose window ends then.
fn members(synced: &mut Synced, lease: &str, window_end: &str) -> Vec<String> {
    let rows = synced.agent.query(MEMBERS, &[&lease, &window_end]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn versioned(mut event: Value, etag: &str) -> Value {
    event["etag"] = json!(etag);
    event
}

#[test]
fn what_is_known_is_listed_by_its_version() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    assert_eq!(members(&mut synced, &lease, "2026-05-01Z"), [""; 0], "nothing was read yet");
    let outside = json!([{"external_event_id": "past", "etag": "p"},
                         {"external_event_id": "later", "etag": "l", "occurs_at": "2026-06-01T00:00:00Z"}]);
    let read =
        json!({"events": [versioned(hour("a", 5, 10), "1"), hour("b", 5, 12)], "outside": outside});
    stage(&mut synced.agent, &lease, 0, &read).unwrap();
    let outcome = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    finish_pull(&mut synced.agent, &lease, &outcome).unwrap();
    assert_eq!(synced.texts(EVENTS), ["a", "b"]);

    let lease = synced.begin_pull();
    let known = ["a 1", "b unknown", "later l", "past p"];
    assert_eq!(members(&mut synced, &lease, "2026-05-02Z"), known);
    // The window has reached it.
    assert_eq!(members(&mut synced, &lease, "2026-06-02Z"), ["a 1", "b unknown", "past p"]);

    // What was not read again stays; what is not there any more goes, and is not remembered.
    let same = json!({"unchanged": ["a", "past"]});
    stage(&mut synced.agent, &lease, 0, &same).unwrap();
    let changes = finish_pull(&mut synced.agent, &lease, &outcome).unwrap();
    assert_eq!(changes, json!({"created": 0, "updated": 0, "deleted": 1, "unchanged": 2}));
    assert_eq!(synced.texts(EVENTS), ["a"]);
    let lease = synced.begin_pull();
    assert_eq!(members(&mut synced, &lease, "2026-05-02Z"), ["a 1", "past p"]);

    // It has come into the window, or is an event no more.
    let read = json!({"events": [versioned(hour("past", 6, 10), "2")], "deleted": ["a"]});
    stage(&mut synced.agent, &lease, 0, &read).unwrap();
    finish_pull(&mut synced.agent, &lease, &json!({})).unwrap();
    let lease = synced.begin_pull();
    assert_eq!(members(&mut synced, &lease, "2026-05-02Z"), ["past 2"]);
    refused(
        synced.agent.execute("select calendar_sync.list_members($1::text::uuid, null)", &[&lease]),
        "22023",
        "window_end must not be null",
    );
}

#[test]
fn all_is_read_again_when_it_may_mean_something_else() {
    for change in [
        "select calendar.request_resync(id) from calendar.calendars",
        "update calendar.calendars set timezone = 'Asia/Tokyo'",
        "update calendar.brokers set email = 'other@example.com'",
    ] {
        let mut synced = Synced::new(&[]);
        let lease = synced.begin_pull();
        stage(&mut synced.agent, &lease, 0, &page(&[versioned(hour("a", 5, 10), "1")])).unwrap();
        finish_pull(&mut synced.agent, &lease, &full("1")).unwrap();
        synced.admin.batch_execute(change).unwrap();
        let lease = synced.begin_pull();
        assert_eq!(members(&mut synced, &lease, "2026-05-01Z"), [""; 0], "{change}");
    }
}

/// What lies outside of the window does not make a calendar look less empty.
#[test]
fn a_calendar_with_nothing_in_the_window_is_looked_at_twice() {
    let mut synced = Synced::new(&[]);
    synced.pull_events(&json!([versioned(hour("a", 5, 10), "1")]));
    let outcome = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    let kept =
        [json!({"unchanged": ["far"], "outside": [{"external_event_id": "past", "etag": "p"}]})];
    assert_eq!(synced.pull(&kept, &outcome)["held_back"], true);
    assert_eq!(synced.texts(EVENTS), ["a"]);
    synced.pull(&kept, &outcome);
    assert_eq!(synced.texts(EVENTS), [""; 0]);
    // One that is known to be unchanged is there.
    synced.pull_events(&json!([versioned(hour("a", 5, 10), "1")]));
    assert_eq!(synced.pull(&[json!({"unchanged": ["a"]})], &outcome)["unchanged"], 1);
    assert_eq!(synced.texts(EVENTS), ["a"]);
}
