//! What staff may do and the public may not.

use crate::support::{booking_at, call, text, unavailable};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use uuid::Uuid;

#[test]
fn staff_may_book_outside_hours_but_never_over_something() {
    let db = Database::new();
    let mut client = db.connect();
    let columns = [
        ("minimum_notice_minutes", "1440"),
        ("booking_horizon_days", "5"),
        ("max_bookings_per_day", "1"),
    ];
    let broker = fixture::broker(&mut client, &columns);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T22:00:00Z", "2026-03-03T23:00:00Z");
    let book =
        |start: &str| format!("book_calendar_slot('{broker}', '{start}', outside_hours => true)");
    let mut client = db.connect_as(Caller::Service);
    // Before the notice is over, in the night, off the grid, a second one on that
    // day, and after the horizon.
    let early = call(&mut client, &book("2026-03-02T13:59Z"));
    assert_eq!(fixture::stored(&mut client, &early)["outside_hours"], true);
    call(&mut client, &book("2026-03-02T14:30Z"));
    call(&mut client, &book("2026-05-03T03:07Z"));
    unavailable(&mut client, &book("2026-03-02T14:45Z"), "taken");
    unavailable(&mut client, &book("2026-03-03T22:30Z"), "taken");
    let audited: i64 = client
        .query_one(
            "select count(*) from calendar.audit_log
              where table_name = 'bookings' and (new_row ->> 'outside_hours')::boolean
                and db_role = 'service_role'",
            &[],
        )
        .unwrap()
        .get(0);
    assert_eq!(audited, 3);
    // It may be moved with the same freedom.
    let id = text(&early["id"]);
    call(&mut client, &format!("reschedule_booking('{id}', '2026-03-01T01:01Z')"));
    client
        .execute("update calendar.brokers set booking_enabled = false where id = $1", &[&broker])
        .unwrap();
    unavailable(&mut client, &book("2026-03-09T03:07Z"), "disabled");
}

#[test]
fn the_public_may_not_book_outside_hours() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    let outside = booking_at(broker, "03:00", ", outside_hours => true");
    for caller in [Caller::Anon, Caller::User(Uuid::from_u128(1))] {
        let mut client = db.connect_as(caller);
        refused(fixture::call(&mut client, &outside), "42501", "not allowed");
        call(
            &mut client,
            &booking_at(broker, if matches!(caller, Caller::Anon) { "15:00" } else { "15:30" }, ""),
        );
    }
}

#[test]
fn the_public_is_held_to_so_many_bookings_an_hour() {
    let db = Database::new();
    let columns = [("public_booking", "true"), ("public_bookings_per_hour", "2")];
    let broker = fixture::broker(&mut db.connect(), &columns);
    call(&mut db.connect_as(Caller::Service), &booking_at(broker, "14:00", ""));
    let mut anon = db.connect_as(Caller::Anon);
    call(&mut anon, &booking_at(broker, "14:30", ""));
    let repeated = booking_at(broker, "15:00", ", lead_id => 'L1', idempotency_key => 'K1'");
    call(&mut anon, &repeated);
    call(&mut anon, &repeated);
    let more = booking_at(broker, "15:30", "");
    refused(fixture::call(&mut anon, &more), "PT429", "rate_limited");
    db.set_now("2026-03-02T15:00:00Z");
    call(&mut db.connect_as(Caller::Anon), &more);
}
