//! Callers without a token.

use crate::world::{ADA, World, forbidden};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use postgres::{Client, NoTls};
use serde_json::Value;
use uuid::Uuid;

#[test]
fn anon_sees_and_books_slots_of_public_brokers_alone() {
    let world = World::new();
    let mut anon = world.connect_as(Caller::Anon);
    let theirs = world.theirs.id;
    assert_eq!(fixture::slots(&mut anon, theirs, "2026-03-03", "2026-03-04").unwrap().len(), 15);
    let booking = fixture::book(&mut anon, theirs, "2026-03-03T16:00Z").unwrap();
    assert_eq!(booking["status"], "confirmed");
    for unknown in [world.ours.id, Uuid::nil()] {
        refused(
            fixture::slots(&mut anon, unknown, "2026-03-03", "2026-03-04"),
            "PT404",
            "broker_not_found",
        );
        let book = fixture::book(&mut anon, unknown, "2026-03-03T16:00Z");
        refused(book, "PT404", "broker_not_found");
    }
    let id = booking["id"].as_str().unwrap();
    for call in [
        format!("get_busy('{theirs}', '2026-03-03', '2026-03-04')"),
        format!("explain_slot('{theirs}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')"),
        format!("cancel_booking('{id}')"),
        format!("confirm_booking('{id}')"),
        format!("reschedule_booking('{id}', '2026-03-03T17:00Z')"),
        format!("booking_ics('{id}')"),
        format!("export_ics('{theirs}', '2026-03-03', '2026-03-04')"),
        format!("import_ics('{}', '')", world.theirs.calendar),
        format!("apply_sync('{}', '{{}}')", world.theirs.calendar),
        "calendar_sync.extend_horizon()".to_owned(),
        "check_timezones()".to_owned(),
        "grant_api_roles()".to_owned(),
    ] {
        forbidden(&mut anon, &format!("select {}", fixture::qualified(&call)));
    }
    for table in ["brokers", "bookings", "busy_blocks", "audit_log"] {
        forbidden(&mut anon, &format!("select from calendar.{table}"));
    }
}

#[test]
fn anon_learns_no_more_of_its_own_booking_than_it_said() {
    let world = World::new();
    let theirs = world.theirs.id;
    let book = format!(
        "book_calendar_slot('{theirs}', '2026-03-03T16:00Z', lead_email => 'x@example.org', idempotency_key => 'k')"
    );
    let first = fixture::call(&mut world.connect_as(Caller::Anon), &book).unwrap();
    let change = "update calendar.bookings set meeting_link = 'https://example.org/secret'
                   where idempotency_key = 'k'";
    world.db.connect().batch_execute(change).unwrap();
    let told = fixture::call(&mut world.connect_as(Caller::Anon), &book).unwrap();
    for key in ["id", "slot_start", "slot_end", "status", "lead_email"] {
        assert_eq!(told[key], first[key], "{key}");
    }
    for key in ["meeting_link", "calendar_id", "request_digest"] {
        assert_eq!(told[key], Value::Null, "{key}");
    }
}

#[test]
fn anon_cannot_make_itself_someone_else() {
    let world = World::new();
    let mut anon = world.connect_as(Caller::Anon);
    let claims = format!(r#"{{"role": "service_role", "sub": "{ADA}"}}"#);
    anon.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
    let slots = fixture::slots(&mut anon, world.ours.id, "2026-03-03", "2026-03-04");
    refused(slots, "PT404", "broker_not_found");
    // Nor with a session of its own, in which it may set whatever it likes.
    let url = world.db.cluster().url_as("authenticator", world.db.name());
    let mut session = Client::connect(&url, NoTls).unwrap();
    session.batch_execute("set role anon").unwrap();
    for setting in ["request.jwt.claims", "request.jwt.claim.sub", "role.claims"] {
        session.execute("select set_config($1, $2, false)", &[&setting, &claims]).unwrap();
    }
    session.batch_execute("set row_security = off").unwrap();
    let slots = fixture::slots(&mut session, world.ours.id, "2026-03-03", "2026-03-04");
    refused(slots, "PT404", "broker_not_found");
}
