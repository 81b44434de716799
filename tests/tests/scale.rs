//! What a call reads depends on what it is asked, not on how much there is, nor on what the session
//! has done before.

use calendar_tests::{Caller, Database};
use postgres::Client;
use serde_json::{Value, json};
use std::fmt::Write as _;
use uuid::Uuid;

/// Events of the large calendar.
const EVENTS: i32 = 6000;

/// A database in which one of many calendars has most of the events.
struct Large {
    db: Database<'static>,
    superuser: Client,
    broker: Uuid,
    calendar: Uuid,
}

impl Large {
    fn new() -> Self {
        let db = Database::new();
        let mut superuser = db.connect();
        superuser
            .batch_execute(&format!(
                "insert into calendar.brokers (name, timezone)
                 select 'Broker ' || n, 'America/New_York' from generate_series(1, 300) as n;
                 insert into calendar.accounts (broker_id, provider) select id, 'google' from calendar.brokers;
                 insert into calendar.calendars (broker_id, account_id, external_calendar_id, timezone, is_primary)
                 select broker_id, id, 'main', 'UTC', true from calendar.accounts;
                 insert into calendar.sync_state (calendar_id, covered_until) select id, 'infinity' from calendar.calendars;
                 insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at)
                 select id, 'event ' || n, at, at + interval '1 hour'
                   from calendar.calendars, generate_series(1, 10) as n,
                        lateral (select timestamptz '2026-02-01' + n * interval '1 day') as a (at);
                 insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at)
                 select (select min(id::text)::uuid from calendar.calendars), 'more ' || n, at, at + interval '1 hour'
                   from generate_series(1, {EVENTS}) as n,
                        lateral (select timestamptz '2026-01-01' + n * interval '97 minutes') as a (at);
                 insert into calendar.bookings (broker_id, calendar_id, slot_start, slot_end, status)
                 select broker_id, id, at, at + interval '30 minutes', 'confirmed'
                   from calendar.calendars, generate_series(timestamptz '2026-01-02T12:00Z', '2026-04-02', '120 hours') as at;
                 insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
                 select id, calendar_id, 'bk' || replace(id::text, '-', '') from calendar.bookings;
                 analyze"
            ))
            .unwrap();
        let row = superuser
            .query_one(
                "select broker_id, id from calendar.calendars order by id::text limit 1",
                &[],
            )
            .unwrap();
        let (broker, calendar) = (row.get(0), row.get(1));
        Self { db, superuser, broker, calendar }
    }

    /// How many rows a call reads of the tables that grow with time. Others may be read whole while
    /// they are small.
    fn rows_read(&mut self, client: &mut Client, call: impl FnOnce(&mut Client)) -> i64 {
        let flush = "select pg_stat_force_next_flush()";
        let count = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
                       from pg_stat_user_tables
                      where relname in ('events', 'busy_blocks', 'bookings', 'event_mappings')";
        client.batch_execute(flush).unwrap();
        // What it has read before must not be counted later.
        self.superuser.batch_execute(flush).unwrap();
        let before: i64 = self.superuser.query_one(count, &[]).unwrap().get(0);
        call(client);
        client.batch_execute(flush).unwrap();
        self.superuser.query_one(count, &[]).unwrap().get::<_, i64>(0) - before
    }

    /// Applies a batch, and says how many rows were read for it.
    #[track_caller]
    fn sync(&mut self, agent: &mut Client, batch: &Value) -> i64 {
        let calendar = self.calendar;
        self.rows_read(agent, |agent| {
            let sync = "select calendar.apply_sync($1, $2)";
            let answer: Value = agent.query_one(sync, &[&calendar, batch]).unwrap().get(0);
            assert_ne!(answer, Value::Null);
        })
    }
}

fn event(id: &str, minutes: u32) -> Value {
    json!({"external_event_id": id, "starts_at": "2026-03-05T15:00:00Z",
           "ends_at": format!("2026-03-05T16:{minutes:02}:00Z")})
}

/// An agent whose session is set up so.
fn agent(large: &Large, settings: &str) -> Client {
    let mut agent = large.db.connect();
    agent.batch_execute(settings).unwrap();
    Caller::Agent.assume(&mut agent);
    agent
}

#[test]
fn a_pull_of_one_event_reads_as_much_as_one_event_has() {
    let mut large = Large::new();
    for settings in ["", "set plan_cache_mode = force_custom_plan"] {
        let mut agent = agent(&large, settings);
        let mut most = String::new();
        for call in 1..=10 {
            let changed = large.sync(&mut agent, &json!({"events": [event("event 1", call)]}));
            let known = large.sync(&mut agent, &json!({"events": [event("event 1", call)]}));
            let new =
                large.sync(&mut agent, &json!({"events": [event(&format!("new {call}"), 0)]}));
            let whole = large.sync(
                &mut agent,
                &json!({"events": [event("event 2", call)], "whole": ["event 2"]}),
            );
            let gone = large.sync(&mut agent, &json!({"deleted": [format!("new {call}")]}));
            writeln!(most, "{call}: {changed} {known} {new} {whole} {gone}").unwrap();
            for read in [changed, known, new, whole, gone] {
                assert!(read < 60, "{settings}: so many rows are read:\n{most}");
            }
        }
    }
}

#[test]
fn a_deletion_reads_as_much_as_it_deletes_whatever_went_before() {
    let mut large = Large::new();
    let mut agent = agent(&large, "");
    let ids: Vec<String> = (1..=3000).map(|n| format!("more {n}")).collect();
    large.sync(&mut agent, &json!({"deleted": ids}));
    for call in 1..=10 {
        let read = large.sync(&mut agent, &json!({"deleted": [format!("more {}", 3000 + call)]}));
        assert!(read < 60, "{read} rows are read in call {call}");
    }
}

#[test]
fn a_booking_that_an_event_names_is_found_by_its_key() {
    let mut large = Large::new();
    let booking: Uuid = large
        .superuser
        .query_one(
            "select id from calendar.bookings where broker_id = $1 limit 1",
            &[&large.broker],
        )
        .unwrap()
        .get(0);
    let mut agent = agent(&large, "");
    for (call, id) in [booking.to_string(), "no id".to_owned()].iter().cycle().take(10).enumerate()
    {
        let mut copy = event(&format!("copy {call}"), 0);
        copy["booking_id"] = json!(id);
        let read = large.sync(&mut agent, &json!({"events": [copy]}));
        assert!(read < 100, "{read} rows are read in call {call}");
    }
}

#[test]
fn a_lease_of_calendars_reads_what_it_leases() {
    let db = Database::new();
    let mut superuser = db.connect();
    superuser
        .batch_execute(
            "insert into calendar.brokers (name, timezone) select 'Broker', 'UTC' from generate_series(1, 2000);
             insert into calendar.accounts (broker_id, provider) select id, 'google' from calendar.brokers;
             insert into calendar.calendars (broker_id, account_id, external_calendar_id, timezone)
             select broker_id, id, n, 'UTC' from calendar.accounts, generate_series(1, 2) as n;
             insert into calendar.sync_state (calendar_id, covered_until, last_attempt_at)
             select id, 'infinity', timestamptz '2026-03-02T13:00Z' + random() * interval '50 minutes' from calendar.calendars;
             analyze",
        )
        .unwrap();
    let mut agent = db.connect_as(Caller::Agent);
    let flush = "select pg_stat_force_next_flush()";
    let count = "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint
                   from pg_stat_user_tables where relname in ('sync_state', 'calendars', 'accounts')";
    superuser.batch_execute(flush).unwrap();
    for (max_age, leased) in [("0", 10), ("55 minutes", 10), ("61 minutes", 0)] {
        for call in 1..=10 {
            let before: i64 = superuser.query_one(count, &[]).unwrap().get(0);
            let lease = format!(
                "select * from calendar_sync.lease_calendars(clock_timestamp(), '{max_age}')"
            );
            assert_eq!(agent.query(&lease, &[]).unwrap().len(), leased, "{max_age}");
            agent.batch_execute(flush).unwrap();
            let read = superuser.query_one(count, &[]).unwrap().get::<_, i64>(0) - before;
            assert!(read < 1000, "{max_age}: {read} rows are read in call {call}");
        }
    }
}

#[test]
fn a_list_of_bookings_reads_what_it_shows() {
    let mut large = Large::new();
    let mut service = large.db.connect_as(Caller::Service);
    for list in [
        "select * from calendar.upcoming_bookings order by slot_start limit 20",
        "select * from calendar.bookings order by created_at desc limit 20",
        "select * from calendar.bookings where slot_start >= '2026-03-05' order by slot_start limit 20",
        "select * from calendar.bookings where lead_email = 'ada@example.com'",
        "select * from calendar.bookings where lead_phone = '+15550100'",
    ] {
        let read = large.rows_read(&mut service, |service| service.batch_execute(list).unwrap());
        assert!(read < 100, "{list} reads {read} rows");
    }
}

#[test]
fn conflicts_are_looked_for_booking_by_booking() {
    let large = Large::new();
    let mut service = large.db.connect_as(Caller::Service);
    let plan: Vec<String> = service
        .query("explain select * from calendar.booking_conflicts", &[])
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let plan = plan.join("\n");
    assert!(plan.contains("busy_blocks_broker_id_starts_at_idx"), "{plan}");
    assert!(!plan.contains("Seq Scan on busy_blocks"), "{plan}");
}
