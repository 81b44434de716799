//! What a broker or an operator sees of connections, and asks for by hand.

use calendar_tests::answer::{detail, refused};
use calendar_tests::synced::{connect, finish_pull, register, text};
use calendar_tests::{Caller, Synced, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

const TEN: &str = "2026-03-03T15:00:00Z";
const USER: Uuid = Uuid::from_u128(7);

fn call(client: &mut Client, call: &str) -> Value {
    fixture::call(client, call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
}

fn owned() -> (Synced, Client) {
    let synced = Synced::new(&[("user_id", &USER.to_string())]);
    let owner = synced.db.connect_as(Caller::User(USER));
    (synced, owner)
}

#[test]
fn a_request_makes_a_calendar_due_and_no_agent_waits() {
    let (mut synced, mut owner) = owned();
    synced.pull_events(&json!([]));
    let round = "calendar_sync.begin_round(), max_age => '5 minutes'";
    synced.at("2026-03-02T14:00:20Z");
    assert!(synced.lease(round).is_empty());
    let asked = call(&mut owner, "request_sync()");
    let calendar = json!({
        "calendar_id": synced.calendar, "display_name": "main", "state": "due", "paused_until": null,
    });
    assert_eq!(asked, json!({"bookings": 0, "obligations": 0, "calendars": [calendar]}));
    assert_eq!(synced.lease(round).len(), 1);
    synced.at("2026-03-02T14:00:40Z");
    synced.db.set_now("2026-03-02T14:00:40Z");
    let mut owner = synced.db.connect_as(Caller::User(USER));
    assert_eq!(call(&mut owner, "request_sync()")["calendars"][0]["state"], "under_way");
}

#[test]
fn a_request_is_heard_once_in_ten_seconds() {
    let (mut synced, mut owner) = owned();
    call(&mut owner, "request_sync()");
    let again = refused(fixture::call(&mut owner, "request_sync()"), "PT429", "rate_limited");
    assert_eq!(detail(&again), json!({"retry_after": 10}));
    // A calendar that is new since is none of those that were asked for.
    register(&mut synced.agent, synced.account, "other");
    call(&mut owner, "request_sync()");
    synced.db.set_now("2026-03-02T14:00:10Z");
    let mut owner = synced.db.connect_as(Caller::User(USER));
    let one = format!("request_sync(calendar_id => '{}')", synced.calendar);
    call(&mut owner, &one);
    refused(fixture::call(&mut owner, &one), "PT429", "rate_limited");
}

#[test]
fn a_failure_is_tried_again_at_once_and_a_pause_is_obeyed() {
    let (mut synced, mut owner) = owned();
    let lease = synced.begin_pull();
    let fail = |lease: &str, pause: &str| {
        format!("select calendar_sync.fail_pull('{lease}', 'away', {pause})")
    };
    synced.agent.batch_execute(&fail(&lease, "null")).unwrap();
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    call(&mut owner, "request_sync(direction => 'from_calendar')");
    let leased = synced.lease("calendar_sync.begin_round()");
    synced.agent.batch_execute(&fail(&text(&leased[0], "lease_id"), "'10 minutes'")).unwrap();
    synced.at("2026-03-02T14:01:00Z");
    synced.db.set_now("2026-03-02T14:01:00Z");
    let mut owner = synced.db.connect_as(Caller::User(USER));
    let asked = &call(&mut owner, "request_sync()")["calendars"][0];
    assert_eq!(
        (&asked["state"], &asked["paused_until"]),
        (&json!("paused"), &json!("2026-03-02T14:10:00Z"))
    );
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    synced.at("2026-03-02T14:10:00Z");
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
}

#[test]
fn bookings_that_wait_are_written_now_unless_the_provider_asked_for_a_pause() {
    for (pause, written) in [("null", 1), ("'10 minutes'", 0)] {
        let (mut synced, mut owner) = owned();
        synced.book(TEN);
        let push = text(&synced.pushes()[0], "lease_id");
        let fail = format!("select calendar_sync.fail_push('{push}', 'away', {pause})");
        synced.agent.batch_execute(&fail).unwrap();
        assert!(synced.pushes().is_empty());
        let asked = call(&mut owner, "request_sync(direction => 'to_calendar')");
        assert_eq!(asked["bookings"], written);
        assert_eq!(synced.pushes().len(), written);
        // Nothing is read for it.
        let due = "select count(*)::text from calendar.sync_state where last_attempt_at is null";
        assert_eq!(synced.texts(due), ["1"]);
    }
}

#[test]
fn what_is_switched_off_says_so() {
    let (mut synced, mut owner) = owned();
    synced.admin.batch_execute("update calendar.calendars set sync_enabled = false").unwrap();
    assert_eq!(call(&mut owner, "request_sync()")["calendars"][0]["state"], "off");
}

#[test]
fn a_request_concerns_ones_own_calendars() {
    let (mut synced, mut owner) = owned();
    let other = fixture::broker(&mut synced.admin, &[]);
    let account = connect(&mut synced.agent, other, "caldav");
    let theirs = register(&mut synced.agent, account, "theirs");
    for call in [
        format!("request_sync('{other}')"),
        format!("request_sync(calendar_id => '{theirs}')"),
        format!("request_sync('{}', '{theirs}')", synced.broker),
        format!("get_connections('{other}')"),
        format!("set_primary_calendar('{theirs}')"),
    ] {
        let error = fixture::call(&mut owner, &call).unwrap_err();
        assert_eq!(error.code().unwrap().code(), "PT404", "{call}");
    }
    let wrong = fixture::call(&mut owner, "request_sync(direction => 'up')");
    refused(wrong, "22023", "direction must be bidirectional, from_calendar or to_calendar");
    let mut service = synced.db.connect_as(Caller::Service);
    refused(fixture::call(&mut service, "request_sync()"), "22023", "broker_id must not be null");
    call(&mut service, &format!("request_sync('{other}')"));
    let mut stranger = synced.db.connect_as(Caller::User(Uuid::from_u128(8)));
    refused(
        fixture::call(&mut stranger, "get_connections()"),
        "22023",
        "broker_id must not be null",
    );
}

#[test]
fn connections_say_what_is_wrong_and_what_is_at_stake() {
    let (mut synced, mut owner) = owned();
    fixture::calendar(
        &mut synced.admin,
        synced.broker,
        &[("is_primary", "false"), ("display_name", "Here")],
    );
    synced.book(TEN);
    let refuse =
        format!("select calendar_sync.report_refusal('{}', 'password is wrong')", synced.account);
    synced.agent.batch_execute(&refuse).unwrap();
    let shown = call(&mut owner, "get_connections()");
    assert_eq!(shown["local_calendars"][0]["display_name"], "Here");
    let account = &shown["accounts"][0];
    for (key, value) in [
        ("status", json!("needs_reconnect")),
        ("problem", json!("password is wrong")),
        ("provider", json!("caldav")),
        ("upcoming_bookings", json!(1)),
        ("unwritten_bookings", json!(1)),
        ("refused_at", json!("2026-03-02T14:00:00Z")),
    ] {
        assert_eq!(account[key], value, "{key}");
    }
    let calendar = &account["calendars"][0];
    assert_eq!(calendar["problem"], "connect the account again: password is wrong");
    assert_eq!((&calendar["is_primary"], &calendar["is_writable"]), (&json!(true), &json!(true)));
    assert!(!shown.to_string().contains("secret"), "{shown}");
}

#[test]
fn a_calendar_has_an_interval_of_its_own() {
    let mut synced = Synced::new(&[]);
    let often = register(&mut synced.agent, synced.account, "often");
    let seldom = register(&mut synced.agent, synced.account, "seldom");
    for (calendar, minutes) in [(often, 1), (seldom, 60)] {
        let set = "update calendar.calendars set sync_interval_minutes = $2 where id = $1";
        synced.admin.execute(set, &[&calendar, &minutes]).unwrap();
        fixture::cover(&mut synced.admin, calendar);
    }
    let due = |synced: &mut Synced, max_age: &str| {
        let round = format!("calendar_sync.begin_round(), max_age => '{max_age}'");
        let leased = synced.lease(&round);
        for pull in &leased {
            let outcome = json!({"nothing_new": true, "sync_token": "t", "pages": 0});
            finish_pull(&mut synced.agent, &text(pull, "lease_id"), &outcome).unwrap();
        }
        let mut names: Vec<_> =
            leased.iter().map(|pull| text(pull, "external_calendar_id")).collect();
        names.sort_unstable();
        names.join(" ")
    };
    assert_eq!(due(&mut synced, "5 minutes"), "main often seldom");
    synced.admin.batch_execute("update calendar.sync_state set pull_ended_at = null").unwrap();
    for (minute, names) in
        [(1, "often"), (2, "often"), (5, "main often"), (59, "main often"), (60, "often seldom")]
    {
        synced.at(&format!("2026-03-02T{}:{:02}:00Z", 14 + minute / 60, minute % 60));
        assert_eq!(due(&mut synced, "5 minutes"), names, "minute {minute}");
        synced.admin.batch_execute("update calendar.sync_state set pull_ended_at = null").unwrap();
    }
    // The agent's interval is one for those that have none.
    synced.at("2026-03-02T15:00:30Z");
    assert_eq!(due(&mut synced, "0"), "main");
    // Within its interval, a calendar is not behind.
    let problems =
        "select display_name from calendar.sync_health where problem is not null order by 1";
    synced.at("2026-03-02T16:10:00Z");
    assert_eq!(synced.texts(problems), ["main", "often"]);
    let error =
        synced.admin.batch_execute("update calendar.calendars set sync_interval_minutes = 0");
    refused(error, "23514", "sync_interval_minutes");
}

#[test]
fn a_failure_is_retried_or_dismissed() {
    let (mut synced, mut owner) = owned();
    let booking = synced.book(TEN);
    let push = text(&synced.pushes()[0], "lease_id");
    synced
        .agent
        .batch_execute(&format!("select calendar_sync.fail_push('{push}', 'no room')"))
        .unwrap();
    let batch = r#"{"events": [{"external_event_id": "x", "starts_at": "nonsense"}]}"#;
    let sync = format!("select calendar.apply_sync('{}', '{batch}')", synced.calendar);
    synced.agent.batch_execute(&sync).unwrap();
    let failures = "select id::text from calendar.failure_logs where resolved_at is null order by booking_id is null";
    let open = synced.texts(failures);
    assert_eq!(open.len(), 2);
    let mut stranger = synced.db.connect_as(Caller::User(Uuid::from_u128(8)));
    let dismiss = format!("dismiss_failure({}, ' known ')", open[1]);
    refused(fixture::call(&mut stranger, &dismiss), "PT404", "failure_not_found");
    fixture::call(&mut owner, &dismiss).unwrap();
    assert!(synced.pushes().is_empty());
    let retried = call(&mut owner, &format!("retry_failure({})", open[0]));
    assert_eq!(retried, json!({"retries": "booking"}));
    assert_eq!(text(&synced.pushes()[0], "booking_id"), booking);
    let noted = "select concat_ws(' ', resolution, resolved_by, note) from calendar.failure_logs order by booking_id is null";
    assert_eq!(synced.texts(noted), [format!("retried {USER}"), format!("dismissed {USER} known")]);
    // What is about a calendar reads the calendar again.
    let retried = call(&mut owner, &format!("retry_failure({})", open[1]));
    assert_eq!(retried, json!({"retries": "calendar"}));
    let full = "select (last_full_at is null)::text from calendar.sync_state";
    assert_eq!(synced.texts(full), ["true"]);
}
