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
                "select * from calendar.lease_calendars(calendar.begin_round(), '{max_age}')"
            );
            let mut transaction = agent.transaction().unwrap();
            transaction.query(&lease, &[]).unwrap();
            longest = longest.max(best(20, |_| drop(transaction.query(&lease, &[]).unwrap())));
        }
        longest
    });
    Line::times("lease_calendars", times, Duration::from_millis(3), true, "at most 3 ms, flat")
}

/// The longest that a booking waits while `busy` goes on, and how long that takes.
fn longest_booking(
    data: &Data<'_>,
    now: &str,
    busy: impl FnOnce(&mut Client) + Send,
) -> [Duration; 2] {
    let is_over = AtomicBool::new(false);
    let set_now = format!("set calendar.now = '{now}'");
    thread::scope(|scope| {
        let work = scope.spawn(|| {
            let mut client = data.database.connect();
            client.batch_execute(&set_now).unwrap();
            let took = time(|| busy(&mut client));
            is_over.store(true, Ordering::Relaxed);
            took
        });
        let mut client = data.database.connect();
        client.batch_execute(&set_now).unwrap();
        let book = client
            .prepare(
                "select calendar.try_book(bench.broker($1), date_trunc('day', calendar_private.current_instant())
                                          + interval '15 hours' + $2 * interval '30 minutes')",
            )
            .unwrap();
        let mut longest = Duration::ZERO;
        let mut n = 0;
        while !is_over.load(Ordering::Relaxed) {
            let broker = 1 + n * 37 % data.brokers;
            let took = time(|| drop(client.query(&book, &[&broker, &f64::from(n % 7)]).unwrap()));
            // The first call of a session also plans.
            if n > 0 {
                longest = longest.max(took);
            }
            n += 1;
        }
        [longest, work.join().unwrap()]
    })
}

fn number(client: &mut Client, query: &str) -> i64 {
    client.query_one(query, &[]).unwrap().get(0)
}

fn beside(what: &'static str, [tenth, full]: [[Duration; 2]; 2]) -> Line {
    let goal = "a booking never waits 50 ms";
    let line = Line::times(what, [tenth[0], full[0]], Duration::from_millis(50), false, goal);
    Line { result: format!("{}; all took {:.1?}", line.result, full[1]), ..line }
}

pub(crate) fn booking_beside_the_horizon(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        longest_booking(data, "2026-03-03T15:00:00Z", |client| {
            while number(client, "select calendar.extend_horizon()::bigint") > 0 {}
        })
    });
    beside("the longest booking while extend_horizon moves all on", times)
}

pub(crate) fn booking_beside_pruning(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        longest_booking(data, "2026-03-03T15:00:00Z", |client| {
            while number(client, "select calendar.prune_logs('10 days')") > 0 {}
        })
    });
    beside("the longest booking while prune_logs deletes all that is old", times)
}
