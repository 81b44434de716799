//! What operators see of all brokers.

use calendar_tests::answer::refused;
use calendar_tests::synced::{connect, register, text};
use calendar_tests::{Caller, Synced, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

const TEN: &str = "2026-03-03T15:00:00Z";
const OPERATOR: Uuid = Uuid::from_u128(9);

fn call(client: &mut Client, call: &str) -> Value {
    fixture::call(client, call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
}

/// A broker whose calendar is up to date, and an operator.
fn office() -> (Synced, Client) {
    let mut synced = Synced::new(&[("email", "ada@example.com")]);
    synced.pull_events(&json!([]));
    let appoint = "insert into calendar.operators (user_id) values ($1)";
    synced.admin.execute(appoint, &[&OPERATOR]).unwrap();
    let operator = synced.db.connect_as(Caller::User(OPERATOR));
    (synced, operator)
}

#[test]
fn all_is_well() {
    let (synced, mut operator) = office();
    let seen = call(&mut operator, "get_overview()");
    for (key, value) in [
        ("brokers", json!(1)),
        ("calendars", json!(1)),
        ("up_to_date", json!(1)),
        ("oldest_success_at", json!("2026-03-02T14:00:00Z")),
        ("bookings_to_write", json!(0)),
        ("oldest_due_at", Value::Null),
        ("failures_today", json!(0)),
        ("open_failures", json!(0)),
        ("wrong", json!(0)),
        ("problems", json!([])),
        ("agents", json!([])),
        ("now", json!("2026-03-02T14:00:00Z")),
    ] {
        assert_eq!(seen[key], value, "{key}");
    }
    let calendars = call(&mut operator, "search_calendars()");
    assert_eq!(calendars[0]["calendar_id"], json!(synced.calendar));
    assert_eq!(call(&mut operator, "list_unwritten()"), json!([]));
    assert_eq!(call(&mut operator, "list_failures()"), json!([]));
}

#[test]
fn what_is_wrong_comes_worst_first_with_what_is_at_stake() {
    let (mut synced, mut operator) = office();
    synced.book(TEN);
    let push = text(&synced.pushes()[0], "lease_id");
    synced
        .agent
        .batch_execute(&format!("select calendar_sync.fail_push('{push}', '503 from the server')"))
        .unwrap();
    let refuse =
        format!("select calendar_sync.report_refusal('{}', 'invalid_grant')", synced.account);
    synced.agent.batch_execute(&refuse).unwrap();
    let bo = fixture::broker(&mut synced.admin, &[("name", "Bo Chen")]);
    let account = connect(&mut synced.agent, bo, "ics");
    let never = register(&mut synced.agent, account, "never");
    let seen = call(&mut operator, "get_overview()");
    let problems = seen["problems"].as_array().unwrap();
    let kinds: Vec<_> = problems.iter().map(|p| text(p, "kind")).collect();
    assert_eq!(kinds, ["reconnect", "behind"]);
    let first = &problems[0];
    assert_eq!((&first["unwritten_bookings"], &first["broker_name"]), (&json!(1), &json!("Ada")));
    assert_eq!(first["problem"], "connect the account again: invalid_grant");
    assert_eq!(problems[1]["calendar_id"], json!(never));
    assert_eq!(
        (&seen["calendars"], &seen["up_to_date"], &seen["wrong"]),
        (&json!(2), &json!(0), &json!(2))
    );
    assert_eq!(
        (&seen["bookings_to_write"], &seen["oldest_due_at"]),
        (&json!(1), &json!("2026-03-02T14:00:00Z"))
    );
    assert_eq!((&seen["failures_today"], &seen["open_failures"]), (&json!(1), &json!(1)));
    assert_eq!(call(&mut operator, "get_overview(1)")["problems"].as_array().unwrap().len(), 1);

    let unwritten = call(&mut operator, "list_unwritten()");
    assert_eq!(unwritten[0]["problem"], "503 from the server");
    assert_eq!(
        (&unwritten[0]["operation"], &unwritten[0]["attempts"]),
        (&json!("create"), &json!(1))
    );
    let failures = call(&mut operator, "list_failures()");
    let id = failures[0]["id"].as_i64().unwrap();
    assert_eq!(
        (&failures[0]["slot_start"], &failures[0]["timezone"]),
        (&json!(TEN), &json!("America/New_York"))
    );
    assert_eq!(call(&mut operator, &format!("list_failures(before_id => {id})")), json!([]));
    call(&mut operator, &format!("dismiss_failure({id})"));
    assert_eq!(call(&mut operator, "list_failures()"), json!([]));
    assert_eq!(
        call(&mut operator, "list_failures(only_open => false)")[0]["resolution"],
        "dismissed"
    );
}

#[test]
fn calendars_are_found_by_name_and_address() {
    let (mut synced, mut operator) = office();
    let bo = fixture::broker(
        &mut synced.admin,
        &[("name", "Bo 100% Chen"), ("email", "bo@example.com")],
    );
    let account = connect(&mut synced.agent, bo, "ics");
    register(&mut synced.agent, account, "team");
    for (search, names) in [
        ("null", "Bo 100% Chen Ada"),
        ("' '", "Bo 100% Chen Ada"),
        ("'BO@'", "Bo 100% Chen"),
        ("'team'", "Bo 100% Chen"),
        ("'0%'", "Bo 100% Chen"),
        ("'%'", "Bo 100% Chen"),
        ("'_'", ""),
        ("'ada'", "Ada"),
        ("null, only_wrong => true", "Bo 100% Chen"),
        ("null, max_rows => 1", "Bo 100% Chen"),
    ] {
        let found = call(&mut operator, &format!("search_calendars({search})"));
        let found: Vec<_> =
            found.as_array().unwrap().iter().map(|c| text(c, "broker_name")).collect();
        assert_eq!(found.join(" "), names, "{search}");
    }
}

#[test]
fn a_calendar_shows_its_pulls_and_what_it_rejected() {
    let (mut synced, mut operator) = office();
    let lease = synced.begin_pull();
    synced
        .agent
        .batch_execute(&format!("select calendar_sync.fail_pull('{lease}', 'away')"))
        .unwrap();
    synced.at("2026-03-02T14:01:00Z");
    let batch = r#"{"events": [{"external_event_id": "x"}]}"#;
    let sync = format!("select calendar.apply_sync('{}', '{batch}')", synced.calendar);
    synced.agent.batch_execute(&sync).unwrap();
    let log = call(&mut operator, &format!("get_calendar_log('{}')", synced.calendar));
    assert_eq!(
        (&log["pulls"][0]["rejected"], &log["pulls"][1]["problem"]),
        (&json!(1), &json!("away"))
    );
    assert_eq!(log["rejected"][0]["external_event_id"], "x");
    let unknown = fixture::call(&mut operator, &format!("get_calendar_log('{}')", Uuid::nil()));
    refused(unknown, "PT404", "calendar_not_found");
}

#[test]
fn nobody_else_sees_what_concerns_all() {
    let (synced, _) = office();
    let mut user = synced.db.connect_as(Caller::User(Uuid::from_u128(7)));
    for function in ["get_overview()", "search_calendars()", "list_unwritten()", "list_failures()"]
    {
        refused(fixture::call(&mut user, function), "42501", "operators");
    }
    let log = fixture::call(&mut user, &format!("get_calendar_log('{}')", synced.calendar));
    refused(log, "PT404", "calendar_not_found");
}
