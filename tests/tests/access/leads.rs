//! What callers learn about the appointments of a lead that they name, and what they
//! can do to them.

use crate::world::{ADA, STRANGER, World};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

/// What the service says of Grace.
const GRACE: &str = "lead_id => 'grace', lead_name => 'Grace', lead_email => 'grace@example.org',
                     lead_phone => '+1 212 555 0100'";

/// Ways to name her, and to name a lead whom nobody knows.
const GUESSES: [(&str, &str); 5] = [
    ("lead_id => 'grace'", "lead_id => 'nobody'"),
    ("lead_email => 'Grace@Example.org'", "lead_email => 'nobody@example.org'"),
    ("lead_phone => '12125550100'", "lead_phone => '12125550199'"),
    ("idempotency_key => 'grace-1'", "idempotency_key => 'nobody-1'"),
    (
        GRACE,
        "lead_id => 'nobody', lead_name => 'No Body', lead_email => 'nobody@example.org', lead_phone => '9999'",
    ),
];

/// With a booking of Grace at 17:00 with the broker `ours`, and one at 18:00 with `theirs`.
fn world(scope: &str) -> World {
    let world = World::new();
    world.db.set("calendar.lead_scope", scope);
    let mut service = world.connect_as(Caller::Service);
    for (broker, start) in [(world.ours.id, "17:00"), (world.theirs.id, "18:00")] {
        let key = "idempotency_key => 'grace-1'";
        let book = format!("book_calendar_slot('{broker}', '2026-03-03T{start}Z', {GRACE}, {key})");
        fixture::call(&mut service, &book).unwrap();
    }
    world
}

/// What an attempt is answered, without what the caller said itself; it leaves no trace.
fn answer(client: &mut Client, broker: Uuid, start: &str, options: &str) -> Value {
    client.batch_execute("begin").unwrap();
    let book = format!("book_calendar_slot('{broker}', '2026-03-03T{start}Z', {options})");
    let answer = match fixture::call(client, &book) {
        Ok(booking) => json!({"status": booking["status"], "start": booking["slot_start"],
                              "at": booking["created_at"], "link": booking["meeting_link"]}),
        Err(error) if error.code().unwrap().code() == "PT409" => detail(&error),
        Err(error) => json!(error.as_db_error().unwrap().message()),
    };
    client.batch_execute("rollback").unwrap();
    answer
}

#[test]
fn no_answer_to_the_public_depends_on_what_is_known_of_a_lead() {
    for scope in ["broker", "global"] {
        let world = world(scope);
        for caller in [Caller::Anon, Caller::User(STRANGER), Caller::User(ADA)] {
            let mut client = world.connect_as(caller);
            // Free; where she is with another broker; where she is with this one.
            for (start, status) in [("16:00", "confirmed"), ("17:00", "confirmed"), ("18:00", "")] {
                for (known, unknown) in GUESSES {
                    let told = answer(&mut client, world.theirs.id, start, known);
                    assert_eq!(
                        told,
                        answer(&mut client, world.theirs.id, start, unknown),
                        "{known}"
                    );
                    match status {
                        "" => assert_eq!(told["reason"], "taken", "{told}"),
                        status => assert_eq!(told["status"], status, "{told}"),
                    }
                }
            }
        }
    }
}

/// So no answer to the public can take longer where a lead is known.
#[test]
fn the_public_makes_no_search_for_a_lead() {
    let world = world("global");
    let scans = |caller: Caller| -> i64 {
        let mut client = world.connect_as(caller);
        client.batch_execute("begin").unwrap();
        let book =
            format!("book_calendar_slot('{}', '2026-03-03T16:00Z', {GRACE})", world.theirs.id);
        fixture::call(&mut client, &book).unwrap();
        let scans = "select pg_stat_get_xact_numscans(oid) from pg_class where relname = 'bookings_lead_at_one_place'";
        client.query_one(scans, &[]).unwrap().get(0)
    };
    assert_eq!((scans(Caller::Anon), scans(Caller::User(STRANGER))), (0, 0));
    assert!(scans(Caller::Service) > 0);
}

#[test]
fn what_the_public_says_of_a_lead_affects_nobody_else() {
    for scope in ["broker", "global"] {
        let world = world(scope);
        let mut anon = world.connect_as(Caller::Anon);
        let mut service = world.connect_as(Caller::Service);
        let at = |broker: Uuid, start: &str, options: &str| {
            format!("book_calendar_slot('{broker}', '2026-03-04T{start}Z', {GRACE}{options})")
        };
        let key = ", idempotency_key => 'grace-2'";
        let squatted = fixture::call(&mut anon, &at(world.theirs.id, "17:00", key)).unwrap();
        // A stranger's booking is not hers, she is free elsewhere, and her key is unused.
        let refusal = fixture::call(&mut service, &at(world.theirs.id, "17:00", ""));
        assert_eq!(detail(&refused(refusal, "PT409", ""))["reason"], "taken", "{scope}");
        fixture::call(&mut service, &at(world.ours.id, "17:00", "")).unwrap();
        let hers = fixture::call(&mut service, &at(world.theirs.id, "18:00", key)).unwrap();
        assert_ne!(hers["id"], squatted["id"]);
        let mine = fixture::call(&mut anon, &at(world.theirs.id, "17:00", key)).unwrap();
        assert_eq!(mine["id"], squatted["id"]);
        refused(
            fixture::call(&mut anon, &at(world.theirs.id, "18:00", key)),
            "PT422",
            "idempotency_key_reused",
        );
    }
}

#[test]
fn a_broker_does_not_learn_when_a_lead_is_with_another() {
    let world = world("global");
    let mut owner = world.connect_as(Caller::User(ADA));
    let ours = world.ours.id;
    let book =
        |start: &str| format!("book_calendar_slot('{ours}', '2026-03-03T{start}Z', {GRACE})");
    // The service is refused what the broker may do: it sees both.
    let refusal = fixture::call(&mut world.connect_as(Caller::Service), &book("18:00"));
    assert_eq!(detail(&refused(refusal, "PT409", ""))["reason"], "lead_busy");
    let booked = fixture::call(&mut owner, &book("18:00")).unwrap();
    fixture::call(&mut owner, &format!("cancel_booking('{}')", booked["id"].as_str().unwrap()))
        .unwrap();
    // Nor by moving the booking that the service made.
    let hers: String = owner
        .query_one(
            "select id::text from calendar.bookings where slot_start = '2026-03-03T17:00Z'",
            &[],
        )
        .unwrap()
        .get(0);
    fixture::call(&mut owner, &format!("reschedule_booking('{hers}', '2026-03-03T18:00Z')"))
        .unwrap();
    // Nor by reviving a hold.
    let hold =
        format!("book_calendar_slot('{ours}', '2026-03-05T18:00Z', {GRACE}, hold_minutes => 1)");
    let hold = fixture::call(&mut world.connect_as(Caller::Service), &hold).unwrap();
    world.db.set_now("2026-03-02T14:01:00Z");
    let elsewhere =
        format!("book_calendar_slot('{}', '2026-03-05T18:00Z', {GRACE})", world.theirs.id);
    fixture::call(&mut world.connect_as(Caller::Service), &elsewhere).unwrap();
    let confirm = format!("confirm_booking('{}')", hold["id"].as_str().unwrap());
    let refusal = fixture::call(&mut world.connect_as(Caller::Service), &confirm);
    assert_eq!(detail(&refused(refusal, "PT409", ""))["reason"], "lead_busy");
    fixture::call(&mut world.connect_as(Caller::User(ADA)), &confirm).unwrap();
}

#[test]
fn only_a_superuser_says_how_far_a_lead_is_one() {
    let world = World::new();
    let slots = format!("select calendar.get_available_slots('{}')", world.theirs.id);
    for caller in [Caller::Anon, Caller::User(ADA), Caller::Service, Caller::Agent] {
        // Before the library is loaded, which knows the setting, and afterwards.
        let mut client = world.connect_as(caller);
        client.batch_execute("set calendar.lead_scope = 'global'; reset role").unwrap();
        client.batch_execute(&slots).unwrap();
        let scope: String = client.query_one("show calendar.lead_scope", &[]).unwrap().get(0);
        assert_eq!(scope, "broker", "{caller:?}");
        caller.assume(&mut client);
        refused(client.batch_execute("set calendar.lead_scope = 'global'"), "42501", "");
    }
    let mut admin = world.db.connect();
    admin.batch_execute(&slots).unwrap();
    refused(admin.batch_execute("set calendar.lead_scope = 'all'"), "22023", "calendar.lead_scope");
}

#[test]
fn nobody_resets_the_count_of_attempts() {
    let world = World::new();
    for caller in [Caller::Anon, Caller::User(ADA), Caller::Service, Caller::Agent] {
        let mut client = world.connect_as(caller);
        for touch in ["nextval(s)", "setval(s, 1)", "currval(s)", "pg_sequence_last_value(s)"] {
            let touch = format!(
                "select {touch} from (select oid::regclass as s from pg_class where relname = 'attempts_7') as x"
            );
            // The last one shows nothing where it is not refused.
            match client.query_one(&touch, &[]) {
                Ok(row) => assert_eq!(row.get::<_, Option<i64>>(0), None, "{touch}"),
                Err(error) => assert_eq!(error.code().unwrap().code(), "42501", "{touch}"),
            }
        }
        let read = client.batch_execute("select from calendar_private.attempts_7");
        refused(read, "42501", "");
    }
}
