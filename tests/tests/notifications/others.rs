//! Messages about what is no booking's change: requests, connections, delays, alerts.

use crate::support::{Office, TEN, THURSDAY, only};
use calendar_tests::answer::refused;
use calendar_tests::synced::{connect, register};
use calendar_tests::{Caller, fixture};
use serde_json::{Value, json};

/// Gives the broker an account at CalDAV with a primary calendar, of which everything is known.
fn account(office: &mut Office) -> String {
    let account = connect(&mut office.agent, office.broker, "caldav");
    let calendar = register(&mut office.agent, account, "main");
    fixture::cover(&mut office.admin, calendar);
    account.to_string()
}

#[test]
fn a_request_for_a_booking_by_hand_is_recorded_and_reaches_the_broker() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let call = format!(
        "request_manual_booking('{broker}', 'tomorrow at five', 'Zoe', '555 0188', lead_id => 'L7', reason => 'no answer')"
    );
    let answer = office.call(&call);
    assert_eq!(answer["ok"], true);
    assert_eq!(
        answer["speech"],
        "I have passed your request on to Ada, who will contact you to arrange the appointment."
    );
    // The answer was lost.
    assert_eq!(office.call(&call)["failure_id"], answer["failure_id"]);
    let leased = office.lease();
    assert_eq!(leased.len(), 2);
    let sms = only(&leased, "manual_booking sms broker");
    assert_eq!(sms["to"]["phone"], "+15550100");
    assert_eq!(
        sms["lead"],
        json!({"id": "L7", "name": "Zoe", "phone": "555 0188", "email": null, "timezone": null, "locale": null})
    );
    assert_eq!(sms["request"]["requested_time"], "tomorrow at five");
    assert_eq!(sms["request"]["reason"], "no answer");
    let failures = office.call("list_failures()");
    assert_eq!(failures[0]["operation"], "manual_booking");
    // Done before it was sent.
    let answer = office.call(&format!("request_manual_booking('{broker}')"));
    office.call(&format!("dismiss_failure({})", answer["failure_id"]));
    assert_eq!(office.send(), [""; 0]);
    refused(
        fixture::call(&mut office.admin, "request_manual_booking(gen_random_uuid())"),
        "PT404",
        "broker_not_found",
    );
    let mut anon = office.db.connect_as(Caller::Anon);
    refused(fixture::call(&mut anon, &format!("request_manual_booking('{broker}')")), "42501", "");
}

#[test]
fn a_booking_that_is_not_written_for_an_hour_is_reported_once() {
    let mut office = Office::new(&[("reminder_minutes", "{}")]);
    account(&mut office);
    let written = office.book(TEN);
    let push =
        "select calendar_sync.finish_push(lease_id, 'e', 'v') from calendar_sync.lease_pushes()";
    office.agent.batch_execute(push).unwrap();
    let late = office.book(THURSDAY);
    office.send();
    office.at("2026-03-02T14:59Z");
    assert_eq!(office.send(), [""; 0]);
    office.at("2026-03-02T15:00Z");
    let leased = office.lease();
    let shown: Vec<_> = leased.iter().map(|l| crate::support::sent(&l["message"])).collect();
    assert_eq!(
        shown,
        ["unwritten email broker", "unwritten sms broker", "unwritten email operator"]
    );
    let broker = only(&leased, "unwritten email broker");
    assert_eq!(broker["booking"]["id"], *late);
    assert_eq!(
        [&broker["unwritten"]["provider"], &broker["unwritten"]["since"]],
        ["caldav", "2026-03-02T14:00:00Z"]
    );
    assert_eq!(only(&leased, "unwritten email operator")["to"]["email"], Value::Null);
    office.at("2026-03-02T20:00Z");
    office.lease();
    assert_eq!(office.states("unwritten", "sms"), ["failed"]);
    // Written before anyone was told.
    office.call(&format!("cancel_booking('{written}')"));
    office.at("2026-03-02T20:30Z");
    office.send();
    let wait = "update calendar.outbox set created_at = '2026-03-02T19:00Z' where done_at is null";
    office.admin.batch_execute(wait).unwrap();
    let queue = "select calendar_private.queue_unwritten(10)";
    office.admin.batch_execute(queue).unwrap();
    office.admin.batch_execute("update calendar.outbox set done_at = now()").unwrap();
    assert_eq!(office.send(), [""; 0]);
}

#[test]
fn a_booking_of_a_local_calendar_is_written_nowhere_and_not_reported() {
    let mut office = Office::new(&[]);
    fixture::calendar(&mut office.admin, office.broker, &[]);
    office.book(THURSDAY);
    office.send();
    office.at("2026-03-02T17:00Z");
    assert_eq!(office.send(), [""; 0]);
}

#[test]
fn a_refused_account_is_reported_at_once_and_after_3_and_7_days() {
    let mut office = Office::new(&[]);
    let account = account(&mut office);
    let refuse = format!("calendar_sync.report_refusal('{account}', 'password changed')");
    office.agent(&refuse);
    office.agent(&refuse);
    let leased = office.lease();
    let message = only(&leased, "needs_reconnect email broker");
    assert_eq!(message["account"]["problem"], "password changed");
    assert_eq!(message["reported_after_minutes"], 0);
    assert_eq!(message["booking"], Value::Null);
    let lease = leased[0]["lease_id"].as_str().unwrap();
    office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
    office.at("2026-03-05T13:59Z");
    assert_eq!(office.send(), [""; 0]);
    let count = |office: &mut Office| office.states("needs_reconnect", "email").join(" ");
    assert_eq!(count(&mut office), "sent due due");
    office.at("2026-03-05T14:00Z");
    assert_eq!(office.send().last().unwrap(), "needs_reconnect email broker");
    // Connected again: the last one is not needed.
    office.call(&format!("set_account_status('{account}', 'active')"));
    assert_eq!(office.states("needs_reconnect", "email")[2], "skipped resolved");
    // It comes and goes: reported once a day.
    for _ in 0..3 {
        office.call(&format!("set_account_status('{account}', 'needs_reconnect')"));
        office.send();
        office.call(&format!("set_account_status('{account}', 'active')"));
    }
    assert_eq!(
        office.states("needs_reconnect", "email").iter().filter(|s| *s == "sent").count(),
        3
    );
}

#[test]
fn a_calendar_that_cannot_be_read_is_reported_if_that_lasts_for_an_hour() {
    let mut office = Office::new(&[]);
    account(&mut office);
    let fail = |office: &mut Office, failures: i32| {
        let set =
            format!("update calendar.sync_state set failures = {failures}, problem = 'timeout'");
        office.admin.batch_execute(&set).unwrap();
    };
    for failures in 1..=4 {
        fail(&mut office, failures);
    }
    assert_eq!(office.send(), [""; 0]);
    office.at("2026-03-02T15:00Z");
    let leased = office.lease();
    assert_eq!(only(&leased, "sync_failing email broker")["account"]["problem"], "timeout");
    fail(&mut office, 0);
    office.at("2026-03-05T15:00Z");
    assert!(office.send().iter().all(|what| what == "sync_failing email broker"));
    // A short one is not.
    office.at("2026-03-10T15:00Z");
    fail(&mut office, 3);
    fail(&mut office, 0);
    office.at("2026-03-10T16:00Z");
    assert_eq!(office.send(), [""; 0]);
}

#[test]
fn an_alert_is_repeated_less_and_less_often_and_ended_once() {
    let mut office = Office::new(&[]);
    let report = "calendar_sync.report_alert('outbox:behind', 'It is late.')";
    assert_eq!(office.agent(report), true);
    assert_eq!(office.agent(report), false);
    let leased = office.lease();
    let alert = &only(&leased, "alert email operator")["alert"];
    assert_eq!(
        *alert,
        json!({"key": "outbox:behind", "problem": "It is late.", "since": "2026-03-02T14:00:00Z", "until": null})
    );
    let mut reported = Vec::new();
    for hour in 1..=60 {
        office.at(&format!("2026-03-{:02}T{:02}:00Z", 2 + (14 + hour) / 24, (14 + hour) % 24));
        if office.agent(report) == true {
            reported.push(hour);
        }
        office.send();
    }
    assert_eq!(reported, [1, 6, 24]);
    let over = "calendar_sync.report_alert('outbox:behind')";
    assert_eq!(office.agent(over), true);
    assert_eq!(office.agent(over), false);
    let leased = office.lease();
    assert_eq!(only(&leased, "recovered email operator")["alert"]["until"], "2026-03-05T02:00:00Z");
    // It begins again.
    assert_eq!(office.agent(report), true);
    assert_eq!(office.send(), ["alert email operator"]);
    // Over before it was sent.
    assert_eq!(office.agent("calendar_sync.report_alert('x', 'y')"), true);
    assert_eq!(office.agent("calendar_sync.report_alert('x')"), true);
    assert_eq!(office.send(), ["recovered email operator"]);
    refused(office.try_agent("calendar_sync.report_alert(null)"), "22023", "key");
}
