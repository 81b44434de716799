//! Users who may do what the service may.

use crate::world::{ADA, STRANGER, World, forbidden, texts};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use uuid::Uuid;

const OPERATOR: Uuid = Uuid::from_u128(0x0b5e55ed);

fn appoint(world: &World, user: Uuid) {
    let mut service = world.connect_as(Caller::Service);
    service.execute("insert into calendar.operators values ($1)", &[&user]).unwrap();
}

#[test]
fn an_operator_may_do_for_every_broker_what_the_service_may() {
    let world = World::new();
    let mut operator = world.connect_as(Caller::User(OPERATOR));
    let (ours, theirs) = (&world.ours, &world.theirs);
    let busy = format!("get_busy('{}', '2026-03-03', '2026-03-04')", ours.id);
    refused(fixture::call(&mut operator, &busy), "PT404", "broker_not_found");
    appoint(&world, OPERATOR);
    for broker in [ours, theirs] {
        let (id, booking, calendar) = (broker.id, &broker.booking, broker.calendar);
        fixture::slots(&mut operator, id, "2026-03-03", "2026-03-04").unwrap();
        let account = "select account_id::text from calendar.calendars where id = $1";
        let account = world.db.connect().query_one(account, &[&calendar]).unwrap();
        let account: String = account.get(0);
        for call in [
            format!("get_busy('{id}', '2026-03-03', '2026-03-04')"),
            format!("explain_slot('{id}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')"),
            format!("export_ics('{id}', '2026-03-03', '2026-03-04')"),
            format!("book_calendar_slot('{id}', '2026-03-03T02:00Z', outside_hours => true)"),
            format!("confirm_booking('{booking}')"),
            format!("reschedule_booking('{booking}', '2026-03-03T17:00Z')"),
            format!("cancel_booking('{booking}')"),
            format!("set_working_hours('{id}', '[]')"),
            format!("begin_connection('google', account_id => '{account}')"),
            format!("set_primary_calendar('{calendar}')"),
            format!("request_resync('{calendar}')"),
            format!("set_account_status('{account}', 'paused')"),
            format!("disconnect_account('{account}')"),
        ] {
            let call = format!("select {}", fixture::qualified(&call));
            operator.query(&call, &[]).unwrap_or_else(|e| panic!("{call}: {e:?}"));
        }
    }
    let created =
        "select distinct created_by from calendar.bookings where status = 'confirmed' order by 1";
    assert!(texts(&mut world.db.connect(), created).contains(&"service".to_owned()));
    assert!(!texts(&mut operator, "select id::text from calendar.agents").is_empty());
    // Only the service names operators.
    for statement in [
        format!("insert into calendar.operators values ('{STRANGER}')"),
        "delete from calendar.operators where true".to_owned(),
        "insert into calendar.page_origins values ('https://evil.example')".to_owned(),
        "update calendar.agents set public_url = 'https://evil.example/' where true".to_owned(),
        "select calendar_sync.read_secret(null)".to_owned(),
        "select secret from calendar.accounts".to_owned(),
        "select ticket_digest from calendar.connections_begun".to_owned(),
    ] {
        forbidden(&mut operator, &statement);
    }
}

#[test]
fn others_may_not_and_no_longer_once_the_row_is_gone() {
    let world = World::new();
    appoint(&world, OPERATOR);
    let busy = format!("get_busy('{}', '2026-03-03', '2026-03-04')", world.ours.id);
    for user in [STRANGER, Uuid::nil()] {
        let mut client = world.connect_as(Caller::User(user));
        refused(fixture::call(&mut client, &busy), "PT404", "broker_not_found");
        for table in ["agents", "alerts", "operators"] {
            let rows = texts(&mut client, &format!("select 'a' from calendar.{table}"));
            assert_eq!(rows, [""; 0], "{table}");
        }
    }
    // A broker is none: neither for its own calendars nor for those of others.
    let mut ada = world.connect_as(Caller::User(ADA));
    for call in [
        format!("request_resync('{}')", world.ours.calendar),
        format!("set_account_status('{}', 'active')", world.ours.id),
    ] {
        forbidden(&mut ada, &format!("select {}", fixture::qualified(&call)));
    }
    // No claim but "sub" makes an operator, and no role but that of a token.
    let mut anon = world.connect_as(Caller::Anon);
    let claims = format!(r#"{{"sub": "{OPERATOR}"}}"#);
    anon.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
    forbidden(&mut anon, &format!("select {}", fixture::qualified(&busy)));
    let mut operator = world.connect_as(Caller::User(OPERATOR));
    fixture::call(&mut operator, &busy).ok();
    let slots = fixture::slots(&mut operator, world.ours.id, "2026-03-03", "2026-03-04");
    assert!(slots.is_ok());
    let dismiss = "delete from calendar.operators where user_id = $1";
    world.connect_as(Caller::Service).execute(dismiss, &[&OPERATOR]).unwrap();
    let slots = fixture::slots(&mut operator, world.ours.id, "2026-03-03", "2026-03-04");
    refused(slots, "PT404", "broker_not_found");
}
