//! What becomes of events and bookings when calendars come and go.

use calendar_tests::answer::refused;
use calendar_tests::synced::{connect, finish_pull, finish_push, register, stage, text};
use calendar_tests::{Caller, Database, Synced, fixture};
use serde_json::{Value, json};
use uuid::Uuid;

const TEN: &str = "2026-03-03T15:00:00Z";
const NOON: &str = "2026-03-03T17:00:00Z";

const EVENTS: &str = "select concat_ws(' ', external_event_id, recurrence_id) from calendar.events
                       order by external_event_id, recurrence_id nulls first";

fn change(synced: &mut Synced, function: &str) {
    fixture::call(&mut synced.admin, function).unwrap_or_else(|e| panic!("{function}: {e:?}"));
}

fn disconnect(synced: &mut Synced, more: &str) {
    let call = format!("select calendar.disconnect_account('{}'{more})", synced.account);
    synced.admin.batch_execute(&call).unwrap();
}

/// The times of the day that are taken, as "15:00-15:30".
fn busy(synced: &mut Synced) -> Vec<String> {
    let query = format!(
        "select to_char(b.starts_at, 'HH24:MI-') || to_char(b.ends_at, 'HH24:MI')
           from calendar.get_busy('{}', '2026-03-03T12:00Z', '2026-03-03T23:00Z') as b",
        synced.broker
    );
    synced.texts(&query)
}

/// What is due to be written, as "operation booking external_event_id".
fn due(synced: &mut Synced) -> Vec<String> {
    let pushes = synced.pushes();
    let due = pushes.iter().map(|push| {
        let event = push["external_event_id"].as_str().unwrap_or("new");
        format!("{} {} {event}", text(push, "operation"), text(push, "booking_id"))
    });
    let mut due: Vec<_> = due.collect();
    due.sort();
    due
}

/// A meeting, one that is over, a series that goes on and one that is over.
fn events() -> Value {
    let event = |id: &str, start: &str, recurrence: Value| {
        json!({"external_event_id": id, "starts_at": start, "recurrence": recurrence,
               "ends_at": start.replace(":00:00Z", ":30:00Z")})
    };
    json!([
        event("meeting", NOON, Value::Null),
        event("old", "2026-03-02T10:00:00Z", Value::Null),
        event("daily", "2026-02-27T20:00:00Z", json!("RRULE:FREQ=DAILY;COUNT=9")),
        event("ended", "2026-02-20T20:00:00Z", json!("RRULE:FREQ=DAILY;COUNT=3")),
        {"external_event_id": "daily", "recurrence_id": "2026-02-28T20:00:00Z",
         "starts_at": "2026-02-28T21:00:00Z", "ends_at": "2026-02-28T21:30:00Z"},
    ])
}

#[test]
fn what_is_disconnected_takes_no_more_time_unless_it_is_kept() {
    let mut synced = Synced::new(&[]);
    synced.pull_events(&events());
    assert_eq!(busy(&mut synced), ["17:00-17:30", "20:00-20:30"]);
    // A pull that is under way brings nothing any more.
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &json!({"events": events()})).unwrap();
    disconnect(&mut synced, ", true");
    refused(finish_pull(&mut synced.agent, &lease, &json!({})), "PT409", "lease_lost");
    assert_eq!(busy(&mut synced), ["17:00-17:30", "20:00-20:30"]);
    let problem = "select problem from calendar.sync_health";
    assert_eq!(
        synced.texts(problem),
        ["the account is disconnected: its events take time as they last were"]
    );
    disconnect(&mut synced, "");
    assert_eq!(busy(&mut synced), [""; 0]);
    assert_eq!(synced.texts(EVENTS), ["ended", "old"], "what is over is history");
    assert_eq!(synced.texts(problem), ["the account is disconnected"]);
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    // The agent's word is enough, too.
    let mut synced = Synced::new(&[]);
    synced.pull_events(&events());
    let set = format!("select calendar.set_account_status('{}', 'disconnected')", synced.account);
    synced.agent.batch_execute(&set).unwrap();
    assert_eq!(busy(&mut synced), [""; 0]);
    // And the account itself can go.
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.pull_events(&events());
    synced.admin.batch_execute("delete from calendar.accounts where true").unwrap();
    assert_eq!(busy(&mut synced), ["15:00-15:30"]);
    assert_eq!(synced.booking(&booking, "status"), "confirmed");
}

#[test]
fn an_event_of_what_ended_meanwhile_is_deleted_when_its_account_is_connected_again() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let account = synced.account;
    let set = |synced: &mut Synced, status: &str| {
        let set = format!("select calendar.set_account_status('{account}', '{status}')");
        synced.admin.batch_execute(&set).unwrap();
    };
    set(&mut synced, "disconnected");
    // It is over, but not for a day.
    synced.at("2026-03-03T20:00:00Z");
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert!(synced.pushes().is_empty());
    set(&mut synced, "active");
    let pushes = synced.pushes();
    assert_eq!(pushes.len(), 1, "{pushes:?}");
    assert_eq!(pushes[0]["operation"], "remove");
    assert_eq!(pushes[0]["external_event_id"], "e");
}

#[test]
fn an_event_that_an_attempt_without_an_answer_may_have_written_is_deleted_too() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    assert_eq!(due(&mut synced), [format!("write {booking} new")]);
    synced.at("2026-03-02T14:10:00Z");
    disconnect(&mut synced, "");
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert_eq!(due(&mut synced), [""; 0]);
    assert_eq!(synced.open(), 0);
    assert_eq!(connect(&mut synced.agent, synced.broker, "caldav"), synced.account);
    assert_eq!(due(&mut synced), [format!("remove {booking} new")]);
}

#[test]
fn only_its_broker_the_service_and_the_agent_disconnect_an_account() {
    let mut synced = Synced::new(&[]);
    let user = Uuid::from_u128(7);
    let set = format!("update calendar.brokers set user_id = '{user}' where true");
    synced.admin.batch_execute(&set).unwrap();
    let call = format!("select calendar.disconnect_account('{}')", synced.account);
    refused(synced.db.connect_as(Caller::Anon).batch_execute(&call), "42501", "");
    let mut stranger = synced.db.connect_as(Caller::User(Uuid::from_u128(8)));
    refused(stranger.batch_execute(&call), "PT404", "account_not_found");
    let nothing = format!("select calendar.disconnect_account('{}')", Uuid::nil());
    refused(synced.admin.batch_execute(&nothing), "PT404", "account_not_found");
    // The agent has a command for it.
    for caller in [Caller::User(user), Caller::Service, Caller::Agent] {
        synced.db.connect_as(caller).batch_execute(&call).unwrap();
        assert_eq!(synced.texts("select status from calendar.accounts"), ["disconnected"]);
    }
}

#[test]
fn bookings_are_written_again_when_their_account_is_connected_again() {
    let mut synced = Synced::new(&[]);
    let [stays, moved, ended] = [(TEN, "s"), (NOON, "m"), ("2026-03-03T19:00:00Z", "e")]
        .map(|(start, id)| synced.book_and_push(start, id));
    synced.at("2026-03-02T14:01:00Z");
    disconnect(&mut synced, "");
    change(&mut synced, &format!("reschedule_booking('{moved}', '2026-03-03T18:00:00Z')"));
    change(&mut synced, &format!("cancel_booking('{ended}')"));
    let new = synced.book("2026-03-03T20:00:00Z");
    assert_eq!(due(&mut synced), [""; 0]);
    assert_eq!(synced.open(), 0);
    assert_eq!(connect(&mut synced.agent, synced.broker, "caldav"), synced.account);
    let mut expected = [
        format!("write {stays} s"),
        format!("write {moved} m"),
        format!("remove {ended} e"),
        format!("write {new} new"),
    ];
    expected.sort();
    assert_eq!(due(&mut synced), expected);
}

#[test]
fn bookings_that_were_made_first_are_written_to_the_first_primary_calendar() {
    let db = Database::new();
    let (mut admin, mut agent) = (db.connect(), db.connect_as(Caller::Agent));
    let broker = fixture::broker(&mut admin, &[]);
    let booking = text(&fixture::book(&mut admin, broker, TEN).unwrap(), "id");
    let held = format!("book_calendar_slot('{broker}', '{NOON}', hold_minutes => 5)");
    let held = text(&fixture::call(&mut admin, &held).unwrap(), "id");
    let over = text(&fixture::book(&mut admin, broker, "2026-03-02T15:00:00Z").unwrap(), "id");
    agent.batch_execute("select calendar_sync.lease_pushes()").unwrap();
    admin.batch_execute("set calendar.now = '2026-03-02T16:00:00Z'").unwrap();
    agent
        .batch_execute(
            "reset role; set calendar.now = '2026-03-02T16:00:00Z'; set role calendar_agent",
        )
        .unwrap();
    let account = connect(&mut agent, broker, "caldav");
    let calendar = register(&mut agent, account, "main");
    let mut synced = Synced { db, admin, agent, broker, account, calendar };
    assert_eq!(due(&mut synced), [format!("write {booking} new")]);
    assert_eq!(synced.booking(&over, "calendar_id"), "");
    // A hold goes there once it is a booking.
    assert_eq!(synced.booking(&held, "calendar_id"), synced.calendar.to_string());
}

#[test]
fn a_primary_calendar_of_another_account_gets_what_has_no_event_in_an_active_one() {
    for (status, is_written) in
        [("active", false), ("needs_reconnect", true), ("disconnected", true)]
    {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        let set = format!("select calendar.set_account_status('{}', '{status}')", synced.account);
        synced.agent.batch_execute(&set).unwrap();
        let other = connect(&mut synced.agent, synced.broker, "google");
        let calendar = register(&mut synced.agent, other, "theirs");
        if status != "disconnected" {
            let primary = format!(
                "update calendar.calendars set is_primary = false where is_primary;
                 update calendar.calendars set is_primary = true where id = '{calendar}'"
            );
            synced.admin.batch_execute(&primary).unwrap();
        }
        let pushes = synced.pushes();
        assert_eq!(pushes.len(), usize::from(is_written), "{status}: {pushes:?}");
        if let [push] = &pushes[..] {
            let target = (&push["external_calendar_id"], &push["external_event_id"]);
            assert_eq!(target, (&json!("theirs"), &Value::Null), "{status}");
            finish_push(&mut synced.agent, &text(push, "lease_id"), "new").unwrap();
            let mappings = "select external_event_id from calendar.event_mappings";
            assert_eq!(synced.texts(mappings), ["new"], "{status}");
        }
        let of = synced.booking(&booking, "calendar_id");
        assert_eq!(of == calendar.to_string(), is_written, "{status}");
    }
}

#[test]
fn a_broker_goes_with_all_that_belongs_to_it() {
    let mut synced = Synced::new(&[]);
    synced.book_and_push(TEN, "e");
    let waiting = synced.book_and_push(NOON, "w");
    synced.at("2026-03-02T14:01:00Z");
    let event = |id: &str, start: &str| json!({"external_event_id": id, "starts_at": start, "ends_at": start.replace(":00:00Z", ":30:00Z")});
    let mut copy = event("c", NOON);
    copy["booking_id"] = json!(waiting);
    synced.pull_events(&json!([event("e", TEN), event("w", TEN), copy, event("other", NOON)]));
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &json!({"events": []})).unwrap();
    synced.admin.batch_execute("delete from calendar.brokers where true").unwrap();
    for table in [
        "accounts",
        "bookings",
        "busy_blocks",
        "calendars",
        "event_mappings",
        "events",
        "failure_logs",
        "outbox",
        "sync_pages",
        "sync_state",
    ] {
        assert_eq!(synced.texts(&format!("select 'x' from calendar.{table}")), [""; 0], "{table}");
    }
}
