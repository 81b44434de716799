//! Messages that were not sent: what is shown of them, and what comes of a retry and a dismissal.

use crate::support::{Office, THURSDAY, only, sent};
use calendar_tests::answer::refused;
use calendar_tests::synced::text;
use calendar_tests::{Caller, Outcome, beside, fixture};
use serde_json::{Value, json};

const SMS: &str = r#"{"lead": {"sms": ["booked"]}}"#;

/// Ends the attempt to send this message.
#[track_caller]
fn fail(office: &mut Office, what: &str, outcome: &str) {
    let leased = office.lease();
    let lease = leased.iter().find(|l| sent(&l["message"]) == what);
    let lease = text(lease.unwrap_or_else(|| panic!("no {what} in {leased:?}")), "lease_id");
    office.agent(&format!("calendar_sync.fail_notification('{lease}', 'refused', '{outcome}')"));
}

/// The failures that are open, the newest first.
#[track_caller]
fn open(office: &mut Office) -> Vec<Value> {
    office.call("list_failures()").as_array().unwrap().clone()
}

#[track_caller]
fn retry(office: &mut Office, failure: &Value) -> String {
    let id = failure["id"].to_string();
    text(&office.call(&format!("retry_failure({id})")), "retries")
}

/// How often this message is leased in the three days from a day of March, an attempt failing each time.
#[track_caller]
fn attempts(office: &mut Office, what: &str, day: u32) -> usize {
    let mut attempts = 0;
    for hour in 0..72 {
        office.at(&format!("2026-03-{:02}T{:02}:00:00Z", day + hour / 24, hour % 24));
        for lease in office.lease() {
            if sent(&lease["message"]) == what {
                attempts += 1;
            }
            let lease = text(&lease, "lease_id");
            let end = format!("calendar_sync.fail_notification('{lease}', 'full', 'retry')");
            office.agent(&end);
        }
    }
    attempts
}

#[test]
fn what_was_not_sent_is_sent_again_with_its_usual_attempts() {
    let mut office = Office::new(&[]);
    office.book("2026-03-20T15:00Z");
    fail(&mut office, "booked email lead", "final");
    let failures = open(&mut office);
    let [failure] = &failures[..] else { panic!("{failures:?}") };
    let message = office.call("list_notifications(state => 'failed')")[0].clone();
    assert_eq!(
        failure["message"],
        json!({"id": message["id"], "kind": "booked", "channel": "email", "recipient": "lead"})
    );
    assert_eq!(message["failure_id"], failure["id"]);
    assert_eq!(
        [&failure["operation"], &failure["reason"], &failure["broker_name"]],
        ["message", "refused", "Ada"]
    );
    assert_eq!(failure["slot_start"], "2026-03-20T15:00:00Z");
    assert_eq!(office.call("get_overview()")["open_failures"], 1);
    assert_eq!(retry(&mut office, failure), "message");
    assert_eq!(open(&mut office), [Value::Null; 0]);
    let messages = office.call("list_notifications()");
    assert!(messages.as_array().unwrap().iter().all(|m| m["failure_id"] == Value::Null));
    let leased = office.lease();
    let again = only(&leased, "booked email lead");
    assert_eq!([&again["id"], &again["created_at"]], [&message["id"], &message["due_at"]]);
    let lease = leased.iter().find(|l| l["message"] == *again).unwrap();
    assert_eq!(lease["attempts"], 1);
    let lease = text(lease, "lease_id");
    office.agent(&format!("calendar_sync.finish_notification('{lease}')"));
    // What has been sent stays so.
    assert_eq!(retry(&mut office, failure), "nothing");
    assert_eq!(office.states("booked", "email")[1], "sent");
    // The time that it is tried for has passed: it begins again.
    office.book("2026-03-20T17:00Z");
    let first = attempts(&mut office, "booked email lead", 3);
    let failures = open(&mut office);
    assert!(failures.iter().all(|f| f["reason"] == "full"), "{failures:?}");
    let lead = failures.iter().find(|f| f["message"]["recipient"] == "lead").unwrap();
    office.at("2026-03-06T00:00Z");
    assert_eq!(retry(&mut office, lead), "message");
    let second = attempts(&mut office, "booked email lead", 6);
    assert!(first > 30 && second > 30, "{first} {second}");
    assert_eq!(open(&mut office).len(), failures.len());
}

#[test]
fn what_must_not_be_sent_any_more_is_not_retried() {
    let mut office = Office::new(&[("notify", SMS)]);
    let booking = office.book(THURSDAY);
    fail(&mut office, "booked email lead", "final");
    office.at("2026-03-02T14:02Z");
    fail(&mut office, "booked email broker", "suppress");
    let failures = open(&mut office);
    let of = |recipient: &str| {
        failures
            .iter()
            .find(|f| f["message"]["recipient"] == recipient && f["message"]["channel"] == "email")
            .unwrap()
            .clone()
    };
    // Its address is suppressed.
    assert_eq!(retry(&mut office, &of("broker")), "nothing");
    // The booking has moved since.
    office.call(&format!("reschedule_booking('{booking}', '2026-03-05T17:00Z')"));
    assert_eq!(retry(&mut office, &of("lead")), "nothing");
    assert_eq!(office.states("booked", "email"), ["failed", "failed"]);
    // It is over.
    office.book("2026-03-05T19:00Z");
    fail(&mut office, "booked email lead", "final");
    let failure = open(&mut office)[0].clone();
    office.at("2026-03-06T14:00Z");
    assert_eq!(retry(&mut office, &failure), "nothing");
}

#[test]
fn an_sms_is_retried_only_if_it_was_certainly_not_sent() {
    let mut office = Office::new(&[("notify", SMS)]);
    let sms = "booked sms lead";
    for (hour, outcome, expected) in
        [(15, "final", "message"), (16, "unknown", "nothing"), (17, "suppress", "nothing")]
    {
        office.book(&format!("2026-03-05T{hour}:00Z"));
        fail(&mut office, sms, outcome);
        let failure = open(&mut office)[0].clone();
        assert_eq!(retry(&mut office, &failure), expected, "{outcome}");
        if expected == "message" {
            // It may have been sent this time; what is known of the first does not count.
            fail(&mut office, sms, "unknown");
            let second = open(&mut office)[0].clone();
            for one in [failure, second] {
                assert_eq!(retry(&mut office, &one), "nothing");
            }
        }
    }
    office.agent("calendar_sync.report_opt_out('+15550177', false)");
    // Its agent ended while it was sent.
    office.book("2026-03-05T18:00Z");
    only(&office.lease(), sms);
    office.at("2026-03-02T14:05Z");
    office.lease();
    let failure = open(&mut office)[0].clone();
    assert!(text(&failure, "reason").contains("agent ended"), "{failure}");
    assert_eq!(retry(&mut office, &failure), "nothing");
    // It was sent, but not delivered.
    office.book("2026-03-05T19:00Z");
    let leased = office.lease();
    let lease = leased.iter().find(|l| sent(&l["message"]) == sms).unwrap();
    let (lease, id) = (text(lease, "lease_id"), text(lease, "notification_id"));
    let report =
        format!("calendar_sync.report_delivery('{id}', 'SM', 'undelivered', 'unknown number')");
    office.agent(&report);
    office.agent(&format!("calendar_sync.finish_notification('{lease}', 'SM')"));
    office.agent(&report);
    let failure = open(&mut office)[0].clone();
    assert_eq!(failure["reason"], "unknown number");
    assert_eq!(retry(&mut office, &failure), "nothing");
    assert_eq!(office.states("booked", "sms"), ["failed"; 5]);
    assert_eq!(open(&mut office), [Value::Null; 0]);
}

#[test]
fn a_delivery_to_an_endpoint_that_was_disabled_is_retried_once_it_is_enabled() {
    let mut office = Office::new(&[]);
    let broker = office.broker;
    let add = format!("add_webhook_endpoint('https://hooks.example.com/in', '{broker}')");
    let endpoint = text(&office.call(&add), "id");
    office.book("2026-03-20T15:00Z");
    fail(&mut office, "booked webhook broker", "disable");
    let failure = open(&mut office)[0].clone();
    assert_eq!(retry(&mut office, &failure), "nothing");
    office.call(&format!("rotate_webhook_secret('{endpoint}')"));
    assert_eq!(retry(&mut office, &failure), "message");
    assert!(office.send().contains(&"booked webhook broker".to_owned()));
    // With the endpoint, what was to be sent there is gone.
    office.book("2026-03-20T16:00Z");
    fail(&mut office, "booked webhook broker", "final");
    office.call(&format!("remove_webhook_endpoint('{endpoint}')"));
    assert_eq!(open(&mut office), [Value::Null; 0]);
}

#[test]
fn what_is_dismissed_is_not_wrong_any_more_and_not_sent() {
    let user = "00000000-0000-0000-0000-000000000ada";
    let mut office = Office::new(&[("user_id", user)]);
    office.book(THURSDAY);
    fail(&mut office, "booked email lead", "final");
    let failure = open(&mut office)[0]["id"].to_string();
    let dismiss = format!("dismiss_failure({failure}, 'called them')");
    let mut stranger = office.db.connect_as(Caller::User(uuid::Uuid::from_u128(8)));
    for call in [&dismiss, &format!("retry_failure({failure})")] {
        refused(fixture::call(&mut stranger, call), "PT404", "failure_not_found");
    }
    let mut owner = office.db.connect_as(Caller::User(user.parse().unwrap()));
    fixture::call(&mut owner, &dismiss).unwrap();
    assert_eq!(open(&mut office), [Value::Null; 0]);
    assert_eq!(office.call("get_overview()")["open_failures"], 0);
    office.at("2026-03-02T15:00Z");
    assert!(!office.send().contains(&"booked email lead".to_owned()));
    assert_eq!(office.states("booked", "email")[1], "failed");
}

#[test]
fn an_alert_that_was_not_sent_is_the_operators_alone() {
    let user = "00000000-0000-0000-0000-000000000ada";
    let mut office = Office::new(&[("user_id", user)]);
    office.agent("calendar_sync.report_alert('outbox:behind', 'a booking has waited')");
    fail(&mut office, "alert email operator", "final");
    let failure = open(&mut office)[0].clone();
    assert_eq!([&failure["broker_id"], &failure["broker_name"]], [&Value::Null; 2]);
    let id = failure["id"].to_string();
    let mut owner = office.db.connect_as(Caller::User(user.parse().unwrap()));
    let call = format!("retry_failure({id})");
    refused(fixture::call(&mut owner, &call), "PT404", "failure_not_found");
    assert_eq!(owner.query("select from calendar.failure_logs", &[]).unwrap().len(), 0);
    assert_eq!(retry(&mut office, &failure), "message");
    assert_eq!(office.send(), ["alert email operator"]);
}

#[test]
fn a_retry_beside_a_deletion_waits_for_it() {
    for table in ["bookings", "brokers", "notifications"] {
        let mut office = Office::new(&[]);
        office.book(THURSDAY);
        fail(&mut office, "booked email lead", "final");
        let id = open(&mut office)[0]["id"].to_string();
        let retry = format!("select calendar.retry_failure({id})");
        for (first, second) in [
            (format!("delete from calendar.{table}"), retry.clone()),
            (retry.clone(), format!("delete from calendar.{table}")),
        ] {
            let mut open = office.db.connect();
            open.batch_execute(&format!("begin; {first}")).unwrap();
            let mut other = office.db.connect();
            let roll_back = first.starts_with("delete");
            let done = beside(&office.db, &mut other, &second, || {
                open.batch_execute(if roll_back { "rollback" } else { "commit" }).unwrap();
            });
            assert_eq!(done, Outcome::AFTERWARDS, "{first}; {second}");
        }
        assert_eq!(office.rows(), [""; 0], "{table}");
    }
}
