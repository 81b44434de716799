//! Housekeeping is done in portions, so that nothing waits for it for long.

use calendar_tests::{Caller, Database, fixture};
use postgres::Client;

/// What a query returns: one number.
fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}")).get(0)
}

#[test]
fn the_horizon_moves_on_in_portions_and_writes_only_what_is_new() {
    let db = Database::new();
    let mut client = db.connect();
    client
        .batch_execute(
            "insert into calendar.brokers (name, timezone)
             select 'Broker ' || n, 'America/New_York' from generate_series(1, 60) as n;
             insert into calendar.calendars (broker_id, timezone) select id, 'UTC' from calendar.brokers;
             insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             select id, 'block', '2026-03-03T15:00Z', '2026-03-03T17:00Z', 'FREQ=DAILY' from calendar.brokers",
        )
        .unwrap();
    let count = "select count(*) from calendar.override_occurrences";
    let before = number(&mut client, count);
    client.batch_execute("create table public.there as select ctid as place, * from calendar.override_occurrences").unwrap();
    db.set_now("2026-03-05T14:00:00Z");
    let mut client = db.connect();
    let mut moved = Vec::new();
    while moved.last() != Some(&0) {
        moved.push(number(&mut client, "select calendar_sync.extend_horizon(25)::bigint"));
    }
    assert_eq!(moved.iter().sum::<i64>(), 120, "{moved:?}");
    assert!(moved.iter().all(|&portion| portion <= 25), "{moved:?}");
    assert_eq!(number(&mut client, count), before + 3 * 60);
    let kept = "select count(*) from public.there as t join calendar.override_occurrences as o
                    on o.ctid = t.place and (o.override_id, o.starts_at, o.ends_at) = (t.override_id, t.starts_at, t.ends_at)";
    assert_eq!(number(&mut client, kept), before);
    for wrong in ["0", "10001"] {
        let error = client
            .query(&format!("select calendar_sync.extend_horizon({wrong})"), &[])
            .unwrap_err();
        let message = format!("most must be from 1 to 10000, not {wrong}");
        assert_eq!(error.as_db_error().unwrap().message(), message);
    }
}

#[test]
fn logs_are_pruned_in_portions_and_lapsed_holds_with_them() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    client
        .execute(
            "insert into calendar.sync_logs (calendar_id, logged_at, is_full, created, updated, deleted, unchanged, rejected)
             select $1, timestamptz '2026-01-01Z' + n * interval '1 minute', false, 1, 0, 0, 0, 0
               from generate_series(1, 25) as n",
            &[&calendar],
        )
        .unwrap();
    let mut service = db.connect_as(Caller::Service);
    for (start, hold) in
        [("2026-03-03T15:00Z", 5), ("2026-03-03T16:00Z", 5), ("2026-03-03T17:00Z", 60)]
    {
        let book = format!("book_calendar_slot('{broker}', '{start}', hold_minutes => {hold})");
        let id = fixture::call(&mut service, &book).unwrap()["id"].as_str().unwrap().to_owned();
        if hold == 60 {
            fixture::call(&mut service, &format!("confirm_booking('{id}')")).unwrap();
        }
    }
    // One of them makes way for a booking.
    db.set_now("2026-03-02T14:10:00Z");
    fixture::call(
        &mut db.connect_as(Caller::Service),
        &format!("book_calendar_slot('{broker}', '2026-03-03T15:00Z')"),
    )
    .unwrap();
    let prune = |client: &mut Client, keep_holds: &str| {
        number(
            client,
            &format!("select calendar_sync.prune_logs('30 days', '9000 days', {keep_holds}, 10)"),
        )
    };
    let mut agent = db.connect_as(Caller::Agent);
    assert_eq!([(); 4].map(|()| prune(&mut agent, "'1 day'")), [10, 10, 5, 0]);
    let bookings = "select count(*) from calendar.bookings";
    db.set_now("2026-03-10T14:00:00Z");
    let mut agent = db.connect_as(Caller::Agent);
    assert_eq!(prune(&mut agent, "null"), 0);
    assert_eq!(prune(&mut agent, "'8 days'"), 0);
    assert_eq!(number(&mut client, bookings), 4);
    assert_eq!(prune(&mut agent, "'1 day'"), 2);
    assert_eq!(number(&mut client, bookings), 2);
    for (arguments, message) in [
        ("keep_holds => '23 hours'", "keep_holds must be at least 1 day, or null"),
        ("most => 0", "most must be from 1 to 1000000, not 0"),
    ] {
        let error =
            agent.query(&format!("select calendar_sync.prune_logs({arguments})"), &[]).unwrap_err();
        assert_eq!(error.as_db_error().unwrap().message(), message);
    }
}
