//! Functions of an application that are called inside a booking's transaction.

use calendar_tests::answer::{message, refused, sqlstate};
use calendar_tests::{Caller, Scene, fixture};
use postgres::Client;
use serde_json::Value;
use uuid::Uuid;

const EXAMPLE: &str = include_str!("../../examples/hooks/hooks.sql");

/// A hook that logs; `body` is what it does in addition.
fn hook(client: &mut Client, name: &str, body: &str) {
    let create = format!(
        "create schema if not exists app;
         grant usage on schema app to calendar_hooks;
         create table if not exists app.log (id bigint generated always as identity, what text, role text);
         create or replace function app.{name}(booking calendar.booking) returns void
             language plpgsql security definer set search_path = pg_catalog, pg_temp
         as $$ begin insert into app.log (what, role) values (booking.status, current_user); {body} end $$"
    );
    client.batch_execute(&create).unwrap();
}

fn add(client: &mut Client, event: &str, function: &str) -> Result<Value, postgres::Error> {
    fixture::call(client, &format!("add_hook('{event}', '{function}')"))
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn book(client: &mut Client, broker: Uuid, more: &str) -> Result<String, postgres::Error> {
    let booking = fixture::call(client, &format!("book_calendar_slot('{broker}', {more})"))?;
    Ok(booking["id"].as_str().unwrap().to_owned())
}

#[test]
fn the_example_keeps_an_application_s_tables_true() {
    let Scene { db, mut client, broker } = Scene::new(&[("public_booking", "true")]);
    client.batch_execute(EXAMPLE).unwrap();
    let mut call = |call: String| {
        fixture::call(&mut client, &call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
    };
    let first =
        book(&mut db.connect_as(Caller::Anon), broker, "'2026-03-03T15:00Z', lead_id => 'L1'")
            .unwrap();
    call(format!("reschedule_booking('{first}', '2026-03-03T16:00Z', '2026-03-03T17:00Z')"));
    let second =
        book(&mut db.connect_as(Caller::Service), broker, "'2026-03-03T18:00Z', lead_id => 'L2'")
            .unwrap();
    call(format!("cancel_booking('{second}')"));
    let held = book(&mut db.connect(), broker, "'2026-03-03T19:00Z', hold_minutes => 5").unwrap();
    call(format!("cancel_booking('{held}')"));
    client.batch_execute("update calendar.brokers set requires_confirmation = true").unwrap();
    let asked = book(&mut db.connect(), broker, "'2026-03-04T15:00Z', lead_id => 'L3'").unwrap();
    let confirm = format!("confirm_booking('{asked}')");
    fixture::call(&mut db.connect_as(Caller::Service), &confirm).unwrap();
    client.batch_execute("set calendar.now = '2026-03-03T17:00Z'").unwrap();
    fixture::call(&mut client, &format!("complete_booking('{first}')")).unwrap();
    let interactions = "select concat_ws(' ', lead_id, event, to_char(slot_start at time zone 'UTC', 'DD HH24:MI'))
                          from app.interactions order by id";
    assert_eq!(
        texts(&mut client, interactions),
        [
            "L1 booked 03 15:00",
            "L1 rescheduled 03 16:00",
            "L2 booked 03 18:00",
            "L2 cancelled 03 18:00",
            "L3 booked 04 15:00",
            "L3 confirmed 04 15:00",
            "L1 completed 03 16:00",
        ]
    );
    let billing = "select concat_ws(' ', b.lead_id, e.status, e.minutes, e.amount)
                     from app.billing_events as e join calendar.bookings as b on b.id = e.booking_id order by 1";
    assert_eq!(
        texts(&mut client, billing),
        ["L1 due 60 120.00", "L2 void 30 0.00", "L3 planned 30 0.00"]
    );
    // A booking that does not come about leaves nothing behind.
    let mut transaction = client.transaction().unwrap();
    transaction
        .execute("select calendar.book_calendar_slot($1, '2026-03-05T15:00Z')", &[&broker])
        .unwrap();
    transaction.rollback().unwrap();
    assert_eq!(texts(&mut client, interactions).len(), 7);
}

#[test]
fn an_error_of_a_hook_refuses_the_booking() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    for (raise, state) in [
        ("raise exception 'no more today' using errcode = 'PT402';", "PT402"),
        ("raise exception 'no more today' using errcode = 'PT409';", "P0001"),
        (
            "raise exception 'no more today' using errcode = '23505', constraint = 'bookings_no_overlap';",
            "P0001",
        ),
        (
            "raise exception 'no more today' using errcode = '23P01', constraint = 'bookings_no_overlap';",
            "P0001",
        ),
    ] {
        hook(&mut client, "refuse", raise);
        add(&mut client, "booked", "app.refuse(calendar.booking)").unwrap();
        let error = book(&mut client, broker, "'2026-03-03T15:00Z'").unwrap_err();
        assert_eq!((sqlstate(&error), message(&error)), (state, "no more today"));
        assert_eq!(texts(&mut client, "select id::text from calendar.bookings"), [""; 0]);
        assert_eq!(texts(&mut client, "select what from app.log"), [""; 0]);
    }
    let dropped =
        fixture::call(&mut client, "drop_hook('booked', 'app.refuse(calendar.booking)')").unwrap();
    assert_eq!(dropped, true);
    let dropped =
        fixture::call(&mut client, "drop_hook('booked', 'app.refuse(calendar.booking)')").unwrap();
    assert_eq!(dropped, false);
    book(&mut client, broker, "'2026-03-03T15:00Z'").unwrap();
}

#[test]
fn a_hook_has_the_rights_of_its_owner_whatever_becomes_of_it() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    hook(&mut client, "log", "");
    client
        .batch_execute(
            "create role app_author; grant usage, create on schema app to app_author; grant usage on schema calendar to app_author;
             alter table app.log owner to app_author; alter function app.log(calendar.booking) owner to app_author",
        )
        .unwrap();
    add(&mut client, "booked", "app.log(calendar.booking)").unwrap();
    let mut service = db.connect_as(Caller::Service);
    book(&mut service, broker, "'2026-03-03T15:00Z'").unwrap();
    assert_eq!(texts(&mut client, "select role from app.log"), ["app_author"]);
    // Its owner makes it run with the rights of whoever calls it.
    let spy = "create or replace function app.log(booking calendar.booking) returns void language plpgsql security invoker
               as $$ begin delete from calendar.audit_log; end $$";
    client.batch_execute(&format!("set role app_author; {spy}; reset role")).unwrap();
    let error = book(&mut service, broker, "'2026-03-03T16:00Z'").unwrap_err();
    refused(Err::<(), _>(error), "55000", "must be security definer");
    client.batch_execute("drop function app.log(calendar.booking)").unwrap();
    let error = book(&mut service, broker, "'2026-03-03T16:00Z'").unwrap_err();
    refused(Err::<(), _>(error), "55000", "does not exist");
    fixture::call(&mut client, "drop_hook('booked', 'app.log(calendar.booking)')").unwrap();
    book(&mut service, broker, "'2026-03-03T16:00Z'").unwrap();
    // Even called by its caller's role, it may do nothing.
    let rights = "select has_table_privilege('calendar_hooks', c.oid, 'select, insert, update, delete')::text
                    from pg_class as c where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r'";
    assert!(texts(&mut client, rights).iter().all(|has| has == "false"));
}

#[test]
fn only_functions_that_are_safe_to_call_can_be_hooks() {
    let Scene { mut client, .. } = Scene::new(&[]);
    hook(&mut client, "good", "");
    client
        .batch_execute(
            "create function app.invoker(booking calendar.booking) returns void language sql return null;
             create function app.ours(booking calendar.booking) returns void language sql security definer return null;
             alter function app.ours(calendar.booking) owner to calendar_definer;
             create function app.text(booking text) returns void language sql security definer return null;
             create function app.rows(booking calendar.booking) returns setof integer language sql security definer begin atomic select 1; end;
             create function app.closed(booking calendar.booking) returns void language sql security definer return null;
             revoke execute on function app.closed(calendar.booking) from public;
             create schema hidden;
             create function hidden.good(booking calendar.booking) returns void language sql security definer return null",
        )
        .unwrap();
    for (function, word) in [
        ("app.invoker(calendar.booking)", "security definer"),
        ("app.ours(calendar.booking)", "must not belong to calendar_definer"),
        ("app.text(text)", "calendar.booking"),
        ("app.rows(calendar.booking)", "one value"),
        ("app.closed(calendar.booking)", "calendar_hooks may call"),
        ("hidden.good(calendar.booking)", "calendar_hooks may call"),
        ("app.nowhere(calendar.booking)", "does not exist"),
        ("nowhere.good(calendar.booking)", "does not exist"),
        ("app.good(calendar.nothing)", "does not exist"),
        ("good(calendar.booking)", "with its schema"),
        ("app.good", "with its schema"),
        ("app.good(calendar.booking); drop table app.log", "with its schema"),
        ("", "with its schema"),
    ] {
        refused(add(&mut client, "booked", function), "22023", word);
    }
    refused(add(&mut client, "held", "app.good(calendar.booking)"), "22023", "event");
    add(&mut client, "booked", " app.good( calendar.booking ) ").unwrap();
    add(&mut client, "booked", "app.good(calendar.booking)").unwrap();
    assert_eq!(
        texts(&mut client, "select function from calendar.hooks"),
        ["app.good(calendar.booking)"]
    );
}

#[test]
fn hooks_are_for_superusers_and_the_owner_of_the_database() {
    let Scene { db, mut client, .. } = Scene::new(&[]);
    hook(&mut client, "good", "");
    for caller in [Caller::Anon, Caller::User(Uuid::nil()), Caller::Agent, Caller::Service] {
        let mut client = db.connect_as(caller);
        for call in ["add_hook", "drop_hook"] {
            let call = format!("{call}('booked', 'app.good(calendar.booking)')");
            refused(fixture::call(&mut client, &call), "42501", "");
        }
        assert!(client.batch_execute("insert into calendar.hooks values ('booked', 'x')").is_err());
    }
    let own = format!(
        "create role app_owner; grant calendar_service to app_owner; alter database {} owner to app_owner; set role app_owner",
        db.name()
    );
    client.batch_execute(&own).unwrap();
    add(&mut client, "booked", "app.good(calendar.booking)").unwrap();
    fixture::call(&mut client, "drop_hook('booked', 'app.good(calendar.booking)')").unwrap();
}
