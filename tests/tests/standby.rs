//! A physical standby answers what the primary answers, and writes nothing.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Cluster, Database, Population, fixture};
use postgres::Client;
use std::sync::LazyLock;
use std::thread::sleep;
use std::time::Duration;
use uuid::Uuid;

static STANDBY: LazyLock<Cluster> = LazyLock::new(|| Cluster::shared().standby());

/// A connection to a database at the standby, once all is there that is committed at
/// the primary.
fn standby(db: &Database<'_>) -> Client {
    LazyLock::force(&STANDBY);
    let end = "select pg_current_wal_flush_lsn()::text";
    let end: String = db.connect().query_one(end, &[]).unwrap().get(0);
    let mut postgres = STANDBY.connect("postgres");
    let reached = "select pg_last_wal_replay_lsn() >= $1::text::pg_lsn";
    for _ in 0..600 {
        if postgres.query_one(reached, &[&end]).unwrap().get(0) {
            return STANDBY.connect(db.name());
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the standby does not catch up; its log:\n{}", STANDBY.log());
}

/// What every reading function says of a broker.
fn answers(client: &mut Client, broker: Uuid) -> Vec<String> {
    let rows = client.query(
        "select s::text from calendar.get_available_slots($1) as s
         union all
         select s::text from calendar.get_available_slots($1, '2026-03-01Z', '2026-06-01Z', 45, 90,
             array[1, 3], 'afternoon', 'Asia/Kathmandu', 20) as s
         union all
         select s::text from calendar.get_available_slots($1, '2027-06-01Z', '2027-06-08Z') as s
         union all
         select b::text from calendar.get_busy($1, '2026-01-01Z', '2026-12-31Z') as b
         union all
         select calendar.explain_slot($1, t, t + interval '1 hour')::text
           from generate_series(timestamptz '2026-03-02Z', '2026-03-16Z', '30 minutes') as t
         union all
         select calendar.check_availability($1, phrase)::text
           from unnest(array[null, 'next Tuesday afternoon', 'tomorrow at 3']) as phrase
         union all
         select u::text from calendar.get_utilisation($1, '2026-03-02', '2026-03-15') as u
         union all
         select w::text from calendar.parse_when('Friday between 2 and 4', 'Europe/Berlin') as w
         union all
         select z::text from calendar.check_timezones('2026-01-01Z', '2026-02-01Z') as z",
        &[&broker],
    );
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_standby_answers_like_the_primary() {
    let db = Database::new();
    let Population { broker, other, .. } = Population::of(&db);
    let (mut there, mut here) = (db.connect(), standby(&db));
    for broker in [broker, other] {
        let said = answers(&mut here, broker);
        assert!(said.len() > 700, "{said:?}");
        assert_eq!(said, answers(&mut there, broker));
    }

    let week = ("2026-03-16", "2026-03-20");
    let free = &fixture::slots(&mut here, broker, week.0, week.1).unwrap()[0];
    fixture::book(&mut there, broker, free).unwrap();
    let mut here = standby(&db);
    assert_eq!(answers(&mut here, broker), answers(&mut there, broker));
    assert!(!fixture::slots(&mut here, broker, week.0, week.1).unwrap().contains(free));
}

#[test]
fn a_standby_serves_feeds() {
    let db = Database::new();
    let Population { broker, .. } = Population::of(&db);
    let make = "select token from calendar.create_feed($1)";
    let token: String = db.connect().query_one(make, &[&broker]).unwrap().get(0);
    let feed = "select convert_from(calendar.feed($1)::bytea, 'UTF8')";
    let stream: String = standby(&db).query_one(feed, &[&token]).unwrap().get(0);
    assert!(stream.starts_with("BEGIN:VCALENDAR\r\n"), "{stream}");
}

#[test]
fn a_standby_refuses_to_write() {
    let db = Database::new();
    let Population { broker, calendar, booking, .. } = Population::of(&db);
    let mut here = standby(&db);
    for write in [
        format!("book_calendar_slot('{broker}', '2026-03-16T13:00Z')"),
        format!("confirm_booking('{booking}')"),
        format!("cancel_booking('{booking}')"),
        format!("reschedule_booking('{booking}', '2026-03-16T13:00Z')"),
        format!("apply_sync('{calendar}', '{{}}')"),
        "calendar_sync.extend_horizon()".to_owned(),
        format!("create_feed('{broker}')"),
    ] {
        refused(fixture::call(&mut here, &write), "25006", "read-only transaction");
    }
}

#[test]
fn a_standby_tells_callers_apart() {
    let db = Database::new();
    let Population { broker, user, other, .. } = Population::of(&db);
    let slots = |caller: Caller, broker| {
        let mut here = standby(&db);
        caller.assume(&mut here);
        fixture::slots(&mut here, broker, "2026-03-02", "2026-03-16")
    };
    for caller in [Caller::Anon, Caller::User(other)] {
        refused(slots(caller, broker), "PT404", "broker_not_found");
        assert!(!slots(caller, other).unwrap().is_empty());
    }
    for caller in [Caller::User(user), Caller::Service] {
        assert!(!slots(caller, broker).unwrap().is_empty());
    }
}
