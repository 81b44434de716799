//! What agents do beside bookings.

use crate::data::Data;
use crate::measure::{Line, best, time};
use crate::syncing::agent;
use postgres::Client;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub(crate) fn lease_of_calendars(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut agent = agent(data, "");
        let mut longest = Duration::ZERO;
        // All are due, some are due, none is.
        for max_age in ["0", "4 minutes", "1 day"] {
            let lease = format!(
                "select * from calendar_sync.lease_calendars(calendar_sync.begin_round(), '{max_age}')"
            );
            let mut transaction = agent.transaction().unwrap();
            transaction.query(&lease, &[]).unwrap();
            longest = longest.max(best(20, |_| drop(transaction.query(&lease, &[]).unwrap())));
        }
        longest
    });
    Line::times("lease_calendars", times, Duration::from_millis(3), true, "at most 3 ms, flat")
}

/// Where 4,500 bookings wait to be written, after an outage, and none is noted as done.
pub(crate) fn lease_of_pushes(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut superuser = data.database.connect();
        superuser
            .batch_execute(
                "begin;
                 insert into calendar.outbox (broker_id, booking_id, calendar_id, operation)
                 select b.broker_id, b.id, b.calendar_id, 'update'
                   from calendar.bookings as b
                  where b.status = 'confirmed' and b.slot_start > calendar_private.current_instant()
                  limit 4500",
            )
            .unwrap();
        let lease = "select * from calendar_sync.lease_pushes()";
        superuser.query(lease, &[]).unwrap();
        let least = best(20, |_| drop(superuser.query(lease, &[]).unwrap()));
        superuser.batch_execute("rollback").unwrap();
        least
    });
    let what = "lease_pushes where up to 4,500 bookings wait";
    Line::times(what, times, Duration::from_millis(50), false, "at most 50 ms")
}

/// How long a booking may wait.
const WAIT: &str = "50ms";

/// Makes bookings of `broker(0)`, `broker(1)`, … while `busy` goes on. Returns the longest of them, how
/// long `busy` took, and how many bookings waited for a lock for longer than [`WAIT`].
fn bookings_beside(
    data: &Data<'_>,
    broker: impl Fn(i32) -> i32,
    busy: impl FnOnce(&mut Client) + Send,
) -> (Duration, Duration, usize) {
    let cluster = data.database.cluster();
    let waits = || cluster.log().matches("still waiting for").count();
    let before = waits();
    let is_over = AtomicBool::new(false);
    let set_now = "set calendar.now = '2026-03-03T15:00:00Z'";
    // A server's log says which session still waits after that time.
    let log = [("deadlock_timeout", WAIT), ("log_lock_waits", "on")];
    let book_beside = || {
        thread::scope(|scope| {
            let work = scope.spawn(|| {
                let mut client = data.database.connect();
                client.batch_execute(set_now).unwrap();
                let took = time(|| busy(&mut client));
                is_over.store(true, Ordering::Relaxed);
                took
            });
            let mut client = data.database.connect();
            client.batch_execute(set_now).unwrap();
            let book = client
            .prepare(
                "select calendar.try_book(bench.broker($1), date_trunc('day', calendar_private.current_instant())
                                          + interval '15 hours' + $2 * interval '30 minutes')",
            )
            .unwrap();
            let mut longest = Duration::ZERO;
            let mut n = 0;
            while !is_over.load(Ordering::Relaxed) {
                let slot = f64::from(n % 7);
                let took = time(|| drop(client.query(&book, &[&broker(n), &slot]).unwrap()));
                // The first call of a session also plans.
                if n > 0 {
                    longest = longest.max(took);
                }
                n += 1;
            }
            (longest, work.join().unwrap())
        })
    };
    let (longest, took) = cluster.with_settings(&log, book_beside);
    (longest, took, waits() - before)
}

fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).unwrap().get(0)
}

/// Bookings beside a function that is called until it returns 0.
fn beside(what: &'static str, function: &str, full: &Data<'_>) -> Line {
    let call = format!("select calendar_sync.{function}::bigint");
    line(
        what,
        bookings_beside(
            full,
            |n| 1 + n * 37 % full.brokers,
            |client| while number(client, &call) > 0 {},
        ),
    )
}

fn line(what: &'static str, (longest, took, waits): (Duration, Duration, usize)) -> Line {
    Line {
        what,
        result: format!(
            "{waits} waited for a lock for so long; the longest took {longest:.1?}, all {took:.1?}"
        ),
        goal: "no booking waits 50 ms",
        reached: waits == 0,
    }
}

pub(crate) fn booking_beside_the_horizon(_: &Data<'_>, full: &Data<'_>) -> Line {
    beside("bookings while extend_horizon moves all on", "extend_horizon()", full)
}

pub(crate) fn booking_beside_pruning(_: &Data<'_>, full: &Data<'_>) -> Line {
    beside("bookings while prune_logs deletes all that is old", "prune_logs('10 days')", full)
}

/// A pull that brings 3,000 events and moves two bookings, beside bookings of the same broker.
pub(crate) fn booking_beside_a_pull(_: &Data<'_>, full: &Data<'_>) -> Line {
    let pull = "select calendar.apply_sync(bench.calendar(11, 1), jsonb_build_object('events', (
        select jsonb_agg(jsonb_build_object('external_event_id', e.id, 'starts_at', e.at, 'ends_at', e.at + interval '10 minutes'))
          from (select 'batch ' || k, timestamptz '2026-03-05T00:00Z' + k * interval '13 minutes'
                  from generate_series(1, 3000) as k
                union all
                select 'bk' || replace(b.id::text, '-', ''), b.slot_start + interval '3 hours'
                  from calendar.bookings as b where b.id in (bench.booking(11, 99), bench.booking(11, 100))) as e (id, at))))";
    let pulled = bookings_beside(full, |_| 11, |client| client.batch_execute(pull).unwrap());
    line("bookings of a broker while a pull of 3,000 events is applied", pulled)
}
