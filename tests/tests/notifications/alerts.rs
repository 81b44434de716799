//! What agents report to operators by themselves.

use crate::support::{Office, TEN};
use calendar_tests::synced::{connect, register};
use calendar_tests::{Database, fixture};
use serde_json::json;
use uuid::Uuid;

/// The conditions that last, with what is wrong.
fn alerts(office: &mut Office) -> Vec<String> {
    office.texts(
        "select key || ' ' || problem from calendar.alerts where ended_at is null order by key",
    )
}

/// An account with a calendar that was in sync just now.
fn account(office: &mut Office, provider: &str) -> String {
    account_of(office, office.broker, provider)
}

/// The same of another broker.
fn another(office: &mut Office, provider: &str) -> String {
    let broker = fixture::broker(&mut office.admin, &[("name", "Cy")]);
    account_of(office, broker, provider)
}

fn account_of(office: &mut Office, broker: Uuid, provider: &str) -> String {
    let account = connect(&mut office.agent, broker, provider);
    let calendar = register(&mut office.agent, account, &format!("main of {account}"));
    fixture::cover(&mut office.admin, calendar);
    let account = account.to_string();
    set(office, &account, "failures = 0, last_success_at = calendar_private.current_instant()");
    account
}

/// Changes the sync state of the calendars of an account.
fn set(office: &mut Office, account: &str, what: &str) {
    let update = format!(
        "update calendar.sync_state set {what}
          where calendar_id in (select id from calendar.calendars where account_id = '{account}')"
    );
    office.admin.batch_execute(&update).unwrap();
}

fn fail(office: &mut Office, account: &str, times: u32) {
    set(office, account, &format!("failures = {times}, problem = 'the server is out of order'"));
}

fn check(office: &mut Office) -> i64 {
    office.agent("calendar_sync.check_alerts()").as_i64().unwrap()
}

#[test]
fn an_account_that_fails_three_times_is_one_alert() {
    let mut office = Office::new(&[]);
    let accounts = [account(&mut office, "google"), another(&mut office, "google")];
    assert_eq!(check(&mut office), 0);
    fail(&mut office, &accounts[0], 2);
    assert_eq!(check(&mut office), 0);
    fail(&mut office, &accounts[0], 3);
    assert_eq!(check(&mut office), 1);
    let wrong = "the google account of Ada fails: the server is out of order";
    assert_eq!(alerts(&mut office), [format!("account:{} {wrong}", accounts[0])]);
    assert_eq!(check(&mut office), 0);
    assert_eq!(office.send(), ["alert email operator"]);
    // It is over, and operators hear of that once.
    fail(&mut office, &accounts[0], 0);
    assert_eq!((check(&mut office), check(&mut office)), (1, 0));
    assert_eq!(office.send(), ["recovered email operator"]);
}

#[test]
fn half_of_a_provider_s_accounts_are_one_alert_not_many() {
    let mut office = Office::new(&[]);
    let accounts = ["caldav"; 4].map(|provider| another(&mut office, provider));
    fail(&mut office, &accounts[0], 3);
    assert_eq!(check(&mut office), 1);
    fail(&mut office, &accounts[1], 7);
    // One begins and one ends.
    assert_eq!(check(&mut office), 2);
    assert_eq!(
        alerts(&mut office),
        ["provider:caldav 2 of 4 accounts at caldav fail; one of them: the server is out of order"]
    );
    for account in &accounts {
        fail(&mut office, account, 0);
    }
    assert_eq!(check(&mut office), 1);
    assert_eq!(alerts(&mut office), [""; 0]);
}

#[test]
fn what_is_a_quarter_of_an_hour_behind_is_an_alert() {
    let mut office = Office::new(&[]);
    let account = account(&mut office, "ghl");
    office.book(TEN);
    office.at("2026-03-02T14:15:00Z");
    assert_eq!(check(&mut office), 0);
    office.at("2026-03-02T14:16:00Z");
    assert_eq!(check(&mut office), 2);
    assert_eq!(
        alerts(&mut office),
        [
            "calendars:ghl a calendar at ghl was last in sync 16 minutes ago",
            "outbox:ghl a booking has waited 16 minutes to be written to ghl"
        ]
    );
    set(&mut office, &account, "last_success_at = calendar_private.current_instant()");
    assert_eq!(check(&mut office), 1);
    // What another reports is left alone.
    office.agent("calendar_sync.report_alert('disk', 'It is full.')");
    office.admin.batch_execute("update calendar.outbox set done_at = now()").unwrap();
    assert_eq!(check(&mut office), 1);
    assert_eq!(alerts(&mut office), ["disk It is full."]);
}

#[test]
fn an_account_that_must_be_connected_again_is_the_broker_s_to_mend() {
    let mut office = Office::new(&[]);
    let account = account(&mut office, "google");
    fail(&mut office, &account, 9);
    let refuse = "update calendar.accounts set status = 'needs_reconnect'";
    office.admin.batch_execute(refuse).unwrap();
    assert_eq!(check(&mut office), 0);
}

#[test]
fn one_agent_at_a_time_checks() {
    let mut office = Office::new(&[]);
    let account = account(&mut office, "google");
    fail(&mut office, &account, 3);
    let db: &Database<'_> = &office.db;
    let mut other = db.connect_as(calendar_tests::Caller::Agent);
    let mut busy = other.transaction().unwrap();
    let check_alerts = "select calendar_sync.check_alerts()";
    let first: i32 = busy.query_one(check_alerts, &[]).unwrap().get(0);
    assert_eq!((first, office.agent("calendar_sync.check_alerts()")), (1, json!(0)));
    busy.commit().unwrap();
    assert_eq!(office.send(), ["alert email operator"]);
}
