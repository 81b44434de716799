//! Locks are taken in one order (DESIGN.md, "Locks"): no two transactions wait for each other, and
//! no error of PostgreSQL's own making reaches a caller.

use calendar_tests::synced::{finish_pull, finish_push, lease, stage, text};
use calendar_tests::{Caller, Outcome, Synced, beside};
use postgres::Client;
use serde_json::json;

const TEN: &str = "2026-03-03T15:00:00Z";
const ELEVEN: &str = "2026-03-03T16:00:00Z";

/// Another connection of the service, in a transaction in which it has done this.
fn having(synced: &Synced, statement: &str) -> Client {
    let mut client = synced.db.connect_as(Caller::Service);
    client.batch_execute(&format!("begin; {statement}")).unwrap_or_else(|e| panic!("{e:?}"));
    client
}

/// Runs a statement of the service beside an open transaction, which commits once it waits.
fn beside_open(synced: &Synced, mut open: Client, statement: &str) -> Outcome {
    let mut second = synced.db.connect_as(Caller::Service);
    beside(&synced.db, &mut second, statement, || open.batch_execute("commit").unwrap())
}

fn book(synced: &Synced, start: &str) -> String {
    format!("select calendar.book_calendar_slot('{}', '{start}')", synced.broker)
}

/// Holds the broker without having changed anything.
fn holding_the_broker(synced: &Synced) -> Client {
    let mut client = synced.db.connect();
    let hold = "begin; select from calendar.brokers for no key update";
    client.batch_execute(hold).unwrap();
    client
}

#[test]
fn a_booking_waits_for_a_deletion_of_its_calendar() {
    for deletion in ["calendars", "accounts"] {
        let mut synced = Synced::new(&[]);
        let open = having(&synced, &format!("delete from calendar.{deletion}"));
        assert_eq!(beside_open(&synced, open, &book(&synced, TEN)), Outcome::AFTERWARDS);
        let bookings = "select concat_ws(' ', status, calendar_id) from calendar.bookings";
        assert_eq!(synced.texts(bookings), ["confirmed"], "{deletion}");
    }
}

#[test]
fn a_deletion_of_a_calendar_waits_for_a_booking() {
    for deletion in ["calendars", "accounts"] {
        let mut synced = Synced::new(&[]);
        let open = having(&synced, &book(&synced, TEN));
        let delete = format!("delete from calendar.{deletion}");
        assert_eq!(beside_open(&synced, open, &delete), Outcome::AFTERWARDS);
        let bookings = "select concat_ws(' ', status, calendar_id) from calendar.bookings";
        assert_eq!(synced.texts(bookings), ["confirmed"], "{deletion}");
    }
}

#[test]
fn a_booking_at_a_stricter_level_beside_a_deletion_is_to_be_repeated() {
    let synced = Synced::new(&[]);
    let mut open = having(&synced, "");
    open.batch_execute(
        "rollback; begin isolation level repeatable read; select 1 from calendar.brokers",
    )
    .unwrap();
    synced.db.connect().batch_execute("delete from calendar.accounts").unwrap();
    let error = open.batch_execute(&book(&synced, TEN)).unwrap_err();
    assert_eq!(error.code().unwrap().code(), "40001");
}

#[test]
fn a_broker_is_deleted_only_where_nobody_is_at_work() {
    let mut synced = Synced::new(&[]);
    let delete = "delete from calendar.brokers";
    let event =
        json!({"events": [{"external_event_id": "1", "starts_at": TEN, "ends_at": ELEVEN}]});
    let sync = format!("select calendar.apply_sync('{}', '{event}')", synced.calendar);
    let open = having(&synced, &sync);
    assert_eq!(beside_open(&synced, open, delete), Outcome::came_first());
    // A booking of it waits, and there is no broker any more.
    let open = having(&synced, delete);
    let outcome = beside_open(&synced, open, &book(&synced, ELEVEN));
    assert_eq!(outcome.result, Err("PT404 broker_not_found".to_owned()));
    assert!(synced.texts("select name::text from calendar.brokers").is_empty());
}

#[test]
fn a_cancellation_beside_a_pull_of_its_event() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let event =
        json!({"external_event_id": "e", "starts_at": ELEVEN, "ends_at": "2026-03-03T16:30:00Z"});
    let sync = format!(
        "select calendar.apply_sync('{}', '{}')",
        synced.calendar,
        json!({"events": [event]})
    );
    // The pull has written the event and waits for the broker.
    let mut open = holding_the_broker(&synced);
    let mut second = synced.db.connect_as(Caller::Service);
    let outcome = beside(&synced.db, &mut second, &sync, || {
        let cancel = format!("select calendar.cancel_booking('{booking}'); commit");
        open.batch_execute(&cancel).unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
}

#[test]
fn a_longer_horizon_beside_the_end_of_a_pull() {
    let mut synced = Synced::new(&[("booking_horizon_days", "30")]);
    synced.book_and_push(TEN, "e");
    let lease = synced.begin_pull();
    let event =
        json!({"external_event_id": "e", "starts_at": ELEVEN, "ends_at": "2026-03-03T16:30:00Z"});
    stage(&mut synced.agent, &lease, 0, &json!({"events": [event]})).unwrap();
    let mut open = holding_the_broker(&synced);
    let finish =
        format!("select calendar_sync.finish_pull('{lease}', '{{\"sync_token\": \"t\"}}')");
    let outcome = beside(&synced.db, &mut synced.agent, &finish, || {
        open.batch_execute("update calendar.brokers set booking_horizon_days = 90; commit")
            .unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
}

#[test]
fn a_disconnection_beside_the_end_of_a_pull() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &json!({"events": []})).unwrap();
    let account = synced.account;
    let refused = format!("select calendar_sync.report_refusal('{account}', 'no')");
    synced.agent.batch_execute(&refused).unwrap();
    let mut open = synced.db.connect();
    open.batch_execute("begin; update calendar.accounts set display_name = 'a'").unwrap();
    let finish =
        format!("select calendar_sync.finish_pull('{lease}', '{{\"sync_token\": \"t\"}}')");
    let outcome = beside(&synced.db, &mut synced.agent, &finish, || {
        let disconnect = format!("select calendar.disconnect_account('{account}'); commit");
        open.batch_execute(&disconnect).unwrap();
    });
    assert_eq!(outcome, Outcome::AT_ONCE);
}

#[test]
fn a_disconnection_beside_a_longer_horizon() {
    let mut synced = Synced::new(&[("booking_horizon_days", "30")]);
    synced.book_and_push(TEN, "e");
    let mut open = holding_the_broker(&synced);
    let mut second = synced.db.connect_as(Caller::Service);
    let disconnect = format!("select calendar.disconnect_account('{}')", synced.account);
    let outcome = beside(&synced.db, &mut second, &disconnect, || {
        // It makes the calendars due for a pull: their states come after the broker.
        open.batch_execute("update calendar.brokers set booking_horizon_days = 90; commit")
            .unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
}

#[test]
fn a_disconnection_leaves_no_page_that_is_staged_beside_it() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    synced.agent.batch_execute("begin").unwrap();
    stage(&mut synced.agent, &lease, 0, &json!({"events": []})).unwrap();
    let disconnect = format!("select calendar.disconnect_account('{}')", synced.account);
    let mut second = synced.db.connect_as(Caller::Service);
    let outcome = beside(&synced.db, &mut second, &disconnect, || {
        synced.agent.batch_execute("commit").unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
    assert_eq!(synced.texts("select lease_id::text from calendar.sync_pages"), [""; 0]);
}

#[test]
fn who_changes_a_booking_by_hand_does_not_wait_for_its_broker() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let mut open = holding_the_broker(&synced);
    let mut second = synced.db.connect_as(Caller::Service);
    let cancel = "update calendar.bookings set status = 'cancelled'";
    let outcome = beside(&synced.db, &mut second, cancel, || {
        let cancel = format!("select calendar.cancel_booking('{booking}'); commit");
        open.batch_execute(&cancel).unwrap();
    });
    assert_eq!(outcome, Outcome::came_first());
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
}

#[test]
fn a_pull_beside_the_end_of_a_push_finds_whose_event_it_is() {
    let event =
        json!({"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z"});
    let pulled = json!({"events": [event]});
    let whose = "select coalesce(booking_id::text, 'nobody') from calendar.events";
    for pull_is_first in [false, true] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book(TEN);
        let push = text(&synced.pushes()[0], "lease_id");
        let sync = format!("select calendar.apply_sync('{}', '{pulled}')", synced.calendar);
        let outcome = if pull_is_first {
            let open = having(&synced, &sync);
            beside_open(
                &synced,
                open,
                &format!("select calendar_sync.finish_push('{push}', 'e', 'v')"),
            )
        } else {
            synced.agent.batch_execute("begin").unwrap();
            finish_push(&mut synced.agent, &push, "e").unwrap();
            let mut second = synced.db.connect_as(Caller::Service);
            beside(&synced.db, &mut second, &sync, || synced.agent.batch_execute("commit").unwrap())
        };
        assert_eq!(outcome, Outcome::AFTERWARDS);
        assert_eq!(synced.texts(whose), [booking.as_str()], "pull first: {pull_is_first}");
    }
}

#[test]
fn a_cancellation_is_not_done_while_another_agent_writes_the_booking() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    synced.agent.batch_execute("begin").unwrap();
    let push = text(&synced.pushes()[0], "lease_id");
    synced.admin.batch_execute(&format!("select calendar.cancel_booking('{booking}')")).unwrap();
    let mut other = synced.db.connect_as(Caller::Agent);
    let lease = "select calendar_sync.lease_pushes()";
    let outcome =
        beside(&synced.db, &mut other, lease, || synced.agent.batch_execute("commit").unwrap());
    assert_eq!(outcome, Outcome::AT_ONCE);
    // The event is written, and is to be deleted.
    finish_push(&mut synced.agent, &push, "e").unwrap();
    let pushes = synced.pushes();
    assert_eq!(pushes.len(), 1, "{pushes:?}");
    assert_eq!(pushes[0]["operation"], "remove");
}

#[test]
fn calendars_that_are_deleted_do_not_end_a_round() {
    let mut synced = Synced::new(&[]);
    let account = synced.account;
    synced.admin.batch_execute("delete from calendar.sync_state").unwrap();
    let open = having(&synced, &format!("delete from calendar.accounts where id = '{account}'"));
    let mut open = open;
    let mut second = synced.db.connect_as(Caller::Agent);
    let all = "select calendar_sync.lease_calendars(calendar_sync.begin_round())";
    let outcome = beside(&synced.db, &mut second, all, || open.batch_execute("commit").unwrap());
    assert_eq!(outcome.result, Ok(()));
    assert!(lease(&mut second, "calendar_sync.begin_round()").is_empty());
}

#[test]
fn the_end_of_a_pull_whose_lease_lapsed_meanwhile_is_refused() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &json!({"events": []})).unwrap();
    let mut open = synced.db.connect();
    let lapse = "begin; select from calendar.calendars for no key update;
                 update calendar.sync_state set lease_id = gen_random_uuid()";
    open.batch_execute(lapse).unwrap();
    let finish =
        format!("select calendar_sync.finish_pull('{lease}', '{{\"sync_token\": \"t\"}}')");
    let outcome =
        beside(&synced.db, &mut synced.agent, &finish, || open.batch_execute("commit").unwrap());
    assert_eq!(outcome.result, Err("PT409 lease_lost".to_owned()));
    let again = finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "t"}));
    assert!(again.is_err());
}

#[test]
fn an_account_that_was_paused_after_its_disconnection_has_its_bookings_written() {
    let mut synced = Synced::new(&[]);
    synced.book(TEN);
    let account = synced.account;
    for status in ["disconnected", "paused"] {
        let set = format!("select calendar.set_account_status('{account}', '{status}')");
        synced.admin.batch_execute(&set).unwrap();
        assert!(synced.pushes().is_empty());
    }
    let set = format!("select calendar.set_account_status('{account}', 'active')");
    synced.admin.batch_execute(&set).unwrap();
    assert_eq!(synced.pushes().len(), 1);
}

#[test]
fn a_longer_horizon_locks_no_calendar_after_its_broker() {
    let mut synced = Synced::new(&[("booking_horizon_days", "30")]);
    synced.admin.batch_execute("delete from calendar.sync_state").unwrap();
    let _open = having(&synced, "update calendar.brokers set booking_horizon_days = 90");
    let delete = "begin; select from calendar.calendars for update nowait";
    synced.db.connect().batch_execute(delete).unwrap();
}

#[test]
fn a_push_that_failed_locks_no_calendar_after_its_broker() {
    let mut synced = Synced::new(&[]);
    synced.book(TEN);
    let lease = text(&synced.pushes()[0], "lease_id");
    let fail = format!("begin; select calendar_sync.fail_push('{lease}', 'busy')");
    synced.agent.batch_execute(&fail).unwrap();
    let delete = "begin; select from calendar.calendars for update nowait";
    synced.db.connect().batch_execute(delete).unwrap();
    synced.agent.batch_execute("commit").unwrap();
    let failures = "select reason from calendar.failure_logs";
    assert_eq!(synced.texts(failures), ["busy"]);
    synced.admin.batch_execute("delete from calendar.calendars where true").unwrap();
    assert_eq!(synced.texts(failures), [""; 0]);
}

/// A batch with an event of a booking and this many others.
fn batch(count: usize) -> serde_json::Value {
    let own =
        json!({"external_event_id": "e", "starts_at": ELEVEN, "ends_at": "2026-03-03T16:30:00Z"});
    let other = |n| {
        json!({"external_event_id": format!("{n}"), "starts_at": "2026-04-03T16:00:00Z",
               "ends_at": "2026-04-03T17:00:00Z", "recurrence": "RRULE:FREQ=WEEKLY", "timezone": "UTC"})
    };
    let events: Vec<_> = std::iter::once(own).chain((0..count).map(other)).collect();
    json!({"events": events})
}

#[test]
fn a_batch_is_parsed_before_anything_is_locked() {
    let synced = Synced::new(&[]);
    let parse =
        "create or replace function calendar_private.parse_events(calendar_id uuid, events text)
        returns setof calendar_private.parsed_event language plpgsql stable strict as
        $$ begin raise exception 'parsed'; end $$";
    synced.db.connect().batch_execute(parse).unwrap();
    let _open = having(&synced, "update calendar.calendars set display_name = 'a'");
    let sync = format!("select calendar.apply_sync('{}', '{}')", synced.calendar, batch(1));
    let mut second = synced.db.connect_as(Caller::Service);
    let outcome = beside(&synced.db, &mut second, &sync, || {});
    assert_eq!(outcome, Outcome { waited: false, result: Err("P0001 parsed".to_owned()) });
}

#[test]
fn a_pull_holds_the_broker_at_its_end_alone() {
    let mut synced = Synced::new(&[]);
    synced.book_and_push(TEN, "e");
    let mut open = holding_the_broker(&synced);
    let sync = format!("select calendar.apply_sync('{}', '{}')", synced.calendar, batch(300));
    let mut second = synced.db.connect_as(Caller::Service);
    // Otherwise a booking of the broker would wait until all of it is written.
    let written = "select string_agg(distinct l.relation::regclass::text, ' ')
                     from pg_locks as l join pg_stat_activity as a using (pid)
                    where a.wait_event_type = 'Lock' and l.mode = 'RowExclusiveLock'
                      and l.relation in ('calendar.events'::regclass, 'calendar.busy_blocks'::regclass)";
    let mut watcher = synced.db.connect();
    let outcome = beside(&synced.db, &mut second, &sync, || {
        let written: String = watcher.query_one(written, &[]).unwrap().get(0);
        assert_eq!(written, "calendar.busy_blocks calendar.events");
        open.batch_execute("commit").unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
}

#[test]
fn a_cancellation_beside_a_deletion_of_the_calendar_of_its_event() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.pull_events(&json!([{"external_event_id": "e", "starts_at": TEN, "ends_at": ELEVEN}]));
    let mut open = holding_the_broker(&synced);
    let mut second = synced.db.connect_as(Caller::Service);
    // It has the calendar and waits for the broker.
    let outcome = beside(&synced.db, &mut second, "delete from calendar.calendars", || {
        let cancel = format!("select calendar.cancel_booking('{booking}'); commit");
        open.batch_execute(&cancel).unwrap();
    });
    assert_eq!(outcome, Outcome::AFTERWARDS);
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
}
