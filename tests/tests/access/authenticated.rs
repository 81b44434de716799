//! Callers with a token: brokers, and strangers.

use crate::grants::tables;
use crate::world::{ADA, Broker, STRANGER, World, forbidden, texts};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use uuid::Uuid;

#[test]
fn a_broker_reads_its_own_rows_and_no_others() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let mut ada = world.connect_as(Caller::User(ADA));
    let mut stranger = world.connect_as(Caller::User(STRANGER));
    let all = tables(&mut superuser, "authenticated", "SELECT");
    for table in all {
        // Of no broker: `operators` looks at them.
        if ["agents", "alerts", "operators"].contains(&table.as_str()) {
            continue;
        }
        let (key, of) = match table.as_str() {
            "brokers" => ("id", world.ours.id),
            "events"
            | "event_mappings"
            | "obligation_mappings"
            | "rejected_events"
            | "sync_state"
            | "sync_logs" => ("calendar_id", world.ours.calendar),
            _ => ("broker_id", world.ours.id),
        };
        let count = format!(
            "select concat_ws(' ', count({key}), count({key}) filter (where {key} <> '{of}')) from calendar.{table}"
        );
        let there = texts(&mut superuser, &count).remove(0);
        assert!(!there.ends_with(" 0"), "{table} has rows of others");
        let expected = format!(
            "{} 0",
            texts(
                &mut superuser,
                &format!("select count({key})::text from calendar.{table} where {key} = '{of}'")
            )
            .remove(0)
        );
        assert!(!expected.starts_with('0'), "{table} has rows of ours");
        assert_eq!(texts(&mut ada, &count), [expected], "{table}");
        assert_eq!(texts(&mut stranger, &count), ["0 0"], "{table}");
    }
    forbidden(&mut ada, "select secret from calendar.accounts");
}

#[test]
fn a_broker_edits_its_hours_overrides_and_settings() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    let Broker { id, calendar, hours, .. } = world.ours;
    fixture::working_hours(&mut ada, id, 6, "10:00", "12:00");
    fixture::hours_override(&mut ada, id, "open", "2026-03-08T15:00Z", "2026-03-08T16:00Z", &[]);
    let mut change = |statement: &str| {
        assert_eq!(ada.execute(statement, &[]).unwrap(), 1, "{statement}");
    };
    change(&format!("update calendar.working_hours set end_local = '16:00' where id = '{hours}'"));
    change(&format!("delete from calendar.working_hours where id = '{hours}'"));
    change(&format!(
        "update calendar.brokers set buffer_after_minutes = 5, timezone = 'Europe/London' where id = '{id}'"
    ));
    change(&format!(
        "update calendar.calendars set timezone = 'Europe/London', tentative_blocks = false where id = '{calendar}'"
    ));
    change(&format!(
        "update calendar.availability_overrides set reason = 'Leave' where broker_id = '{id}' and kind = 'open'"
    ));
    change(&format!(
        "delete from calendar.availability_overrides where broker_id = '{id}' and kind = 'open'"
    ));
    let log = "select count(*)::text from calendar.audit_log
                where jwt_subject = '00000000-0000-0000-0000-000000000ada' and db_role = 'authenticated'";
    assert_eq!(texts(&mut ada, log), ["6"]);
}

#[test]
fn a_broker_changes_neither_what_is_others_nor_what_is_not_for_it() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    let Broker { id, calendar, hours, .. } = &world.theirs;
    // What it does not see it cannot change.
    for statement in [
        format!("update calendar.working_hours set end_local = '10:00' where id = '{hours}'"),
        format!("delete from calendar.working_hours where broker_id = '{id}'"),
        format!("delete from calendar.availability_overrides where broker_id = '{id}'"),
        format!("update calendar.brokers set booking_enabled = false where id = '{id}'"),
        format!(
            "update calendar.calendars set blocks_availability = false where id = '{calendar}'"
        ),
    ] {
        assert_eq!(ada.execute(&statement, &[]).unwrap(), 0, "{statement}");
    }
    let ours = world.ours.id;
    for statement in [
        format!(
            "insert into calendar.working_hours (broker_id, weekday, start_local, end_local) values ('{id}', 1, '9:00', '10:00')"
        ),
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at) values ('{id}', 'block', '2026-03-03', '2026-03-04')"
        ),
        format!("update calendar.working_hours set broker_id = '{id}' where broker_id = '{ours}'"),
        format!(
            "update calendar.availability_overrides set broker_id = '{id}' where broker_id = '{ours}'"
        ),
        "insert into calendar.brokers (name, timezone) values ('Eve', 'UTC')".to_owned(),
        "delete from calendar.brokers where true".to_owned(),
        format!("update calendar.brokers set user_id = null where id = '{ours}'"),
        format!("update calendar.brokers set overrides_until = 'infinity' where id = '{ours}'"),
        "update calendar.calendars set blocks_until = 'infinity' where true".to_owned(),
        format!("update calendar.calendars set broker_id = '{id}' where true"),
        "update calendar.bookings set status = 'confirmed' where true".to_owned(),
        "delete from calendar.bookings where true".to_owned(),
        "insert into calendar.events (calendar_id) values (null)".to_owned(),
        "delete from calendar.busy_blocks where true".to_owned(),
        "delete from calendar.audit_log where true".to_owned(),
        "update calendar.outbox set done_at = created_at where true".to_owned(),
        format!("select calendar.apply_sync('{}', '{{}}')", world.ours.calendar),
    ] {
        forbidden(&mut ada, &statement);
    }
}

#[test]
fn a_broker_manages_its_own_bookings_and_knows_of_no_others() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    for id in [&world.theirs.booking, &Uuid::nil().to_string()] {
        for call in [
            format!("confirm_booking('{id}')"),
            format!("cancel_booking('{id}')"),
            format!("reschedule_booking('{id}', '2026-03-03T17:00Z')"),
        ] {
            refused(fixture::call(&mut ada, &call), "PT404", "booking_not_found");
        }
    }
    let Broker { id, booking, .. } = &world.ours;
    fixture::slots(&mut ada, *id, "2026-03-03", "2026-03-04").unwrap();
    fixture::book(&mut ada, *id, "2026-03-03T16:00Z").unwrap();
    fixture::call(
        &mut ada,
        &format!("book_calendar_slot('{id}', '2026-03-03T02:00Z', outside_hours => true)"),
    )
    .unwrap();
    for call in [
        format!("confirm_booking('{booking}')"),
        format!("reschedule_booking('{booking}', '2026-03-03T17:00Z')"),
        format!("cancel_booking('{booking}')"),
    ] {
        fixture::call(&mut ada, &call).unwrap_or_else(|e| panic!("{call}: {e:?}"));
    }
    for function in ["get_busy", "explain_slot"] {
        let call = |id: Uuid| {
            format!("select calendar.{function}('{id}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')")
        };
        ada.query(&call(*id), &[]).unwrap();
        // A public broker is known to it, though not its time.
        refused(ada.query(&call(world.theirs.id), &[]), "42501", "");
        let mut stranger = world.connect_as(Caller::User(STRANGER));
        refused(stranger.query(&call(*id), &[]), "PT404", "broker_not_found");
    }
    let slots = fixture::slots(&mut ada, world.theirs.id, "2026-03-03", "2026-03-04");
    assert_eq!(slots.unwrap().len(), 15);
}

#[test]
fn a_token_that_names_no_user_gives_no_rights() {
    let world = World::new();
    let mut client = world.connect_as(Caller::User(ADA));
    let ours = world.ours.id;
    for claims in [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        "nonsense".to_owned(),
        format!("\"{ADA}\""),
        format!(r#"{{"sub": ["{ADA}"]}}"#),
        r#"{"sub": null}"#.to_owned(),
        r#"{"sub": ""}"#.to_owned(),
        r#"{"sub": "ada"}"#.to_owned(),
        format!(r#"{{"sub": "{ADA}00"}}"#),
        format!(r#"{{"SUB": "{ADA}"}}"#),
        format!(r#"{{"app": {{"sub": "{ADA}"}}}}"#),
        "[".repeat(100_000),
    ] {
        client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
        refused(fixture::slots(&mut client, ours, "2026-03-03", "2026-03-04"), "PT404", "");
        let brokers = texts(&mut client, "select id::text from calendar.brokers");
        assert_eq!(brokers, [""; 0], "{claims:.100}");
    }
    let claims = format!(r#"{{"aud": ["x"], "sub": "{}"}}"#, ADA.to_string().to_uppercase());
    client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
    assert_eq!(texts(&mut client, "select id::text from calendar.brokers"), [ours.to_string()]);
}
