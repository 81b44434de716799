//! `book_calendar_slot`.

use crate::data::Data;
use crate::measure::{Line, median, time};
use calendar_tests::Cluster;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

const CLIENTS: usize = 64;

pub(crate) fn many_clients_on_one_slot(data: &Data<'_>) -> Line {
    const ROUNDS: usize = 20;
    let mut client = data.database.connect();
    let slots: Vec<(uuid::Uuid, std::time::SystemTime)> = data.brokers[..ROUNDS]
        .iter()
        .map(|broker| {
            let first = "select slot_start from calendar.get_available_slots($1) limit 1";
            (*broker, client.query_one(first, &[broker]).unwrap().get(0))
        })
        .collect();
    let barrier = Barrier::new(CLIENTS);
    let answers: Vec<Vec<(bool, Duration)>> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let mut client = data.database.connect();
                let (slots, barrier) = (&slots, &barrier);
                scope.spawn(move || {
                    let book =
                        client.prepare("select (calendar.book_calendar_slot($1, $2)).id").unwrap();
                    let one = |(broker, start): &(uuid::Uuid, std::time::SystemTime)| {
                        barrier.wait();
                        let begin = Instant::now();
                        let answer = client.query(&book, &[broker, start]);
                        let elapsed = begin.elapsed();
                        if let Err(error) = &answer {
                            assert_eq!(calendar_tests::answer::sqlstate(error), "PT409");
                        }
                        (answer.is_ok(), elapsed)
                    };
                    slots.iter().map(one).collect()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let winners = |round: usize| answers.iter().filter(|client| client[round].0).count();
    let one_winner = (0..ROUNDS).all(|round| winners(round) == 1);
    let slowest = |rounds: std::ops::Range<usize>| {
        answers
            .iter()
            .flat_map(|client| &client[rounds.clone()])
            .map(|(_, elapsed)| *elapsed)
            .max()
            .unwrap()
    };
    // A connection's first call loads the library and compiles the functions.
    let (cold, slowest) = (slowest(0..1), slowest(1..ROUNDS));
    let deadlocks: i64 = client
        .query_one("select deadlocks from pg_stat_database where datname = current_database()", &[])
        .unwrap()
        .get(0);
    Line {
        what: "64 clients with warm connections on one slot, 20 rounds",
        result: format!(
            "{} each, {deadlocks} deadlocks, slowest answer {slowest:.0?} ({cold:.0?} where all connections are new)",
            if one_winner { "1 winner" } else { "NOT 1 winner" }
        ),
        goal: "1, 0, below 250 ms",
        reached: one_winner && deadlocks == 0 && slowest < Duration::from_millis(250),
    }
}

/// Bookings of free slots over all brokers, by two clients, against the same
/// rows inserted as they are.
pub(crate) fn against_bare_insert(data: &Data<'_>) -> Line {
    let [ours, bare] = in_turns(
        data,
        [
            ("", "select (calendar.book_calendar_slot($1, $2)).id"),
            (
                "",
                "insert into calendar.bookings (broker_id, slot_start, slot_end, status)
                 values ($1, $2, $2::timestamptz + interval '30 minutes', 'confirmed') returning id",
            ),
        ],
    );
    let rate = |time: Duration| 1.0 / time.as_secs_f64();
    let detail = format!("{:.0} against {:.0} a second", rate(ours), rate(bare));
    let ratio = rate(ours) / rate(bare);
    Line::at_least("bookings a second against a bare insert", ratio, 0.4, "at least 0.4", &detail)
}

/// Bookings with all their rows of notifications and outbox, against bookings without them, both
/// durable, as in production.
pub(crate) fn with_messages(data: &Data<'_>) -> Line {
    data.database
        .connect()
        .batch_execute(
            "update calendar.brokers set email = 'ada@example.org', business_phone = '+15550100',
                    notify = '{\"lead\": {\"sms\": [\"reminder\"]}}'",
        )
        .unwrap();
    let book = "select (calendar.book_calendar_slot(
                    $1, $2, lead_email => 'bo@example.org', lead_phone => '+15550177')).id";
    let enable = "alter table calendar.bookings enable trigger bookings_notified_when_made,
                                                enable trigger bookings_queued_when_made";
    let disable = "alter table calendar.bookings disable trigger bookings_notified_when_made,
                                                 disable trigger bookings_queued_when_made";
    let measure = || in_turns(data, [(enable, book), (disable, book)]);
    let ratio = |[with, without]: [Duration; 2]| with.as_secs_f64() / without.as_secs_f64();
    let in_memory = measure();
    let durable = data.database.cluster().with_settings(&Cluster::DURABLE, measure);
    data.database.connect().batch_execute(enable).unwrap();
    let [with, without] = durable;
    let detail = format!(
        "{with:.0?} against {without:.0?}; {:.2} times where no commit waits for the disk",
        ratio(in_memory)
    );
    Line::at_most(
        "a booking with its notification and outbox rows",
        ratio(durable),
        1.25,
        "at most 1.25 times without them",
        &detail,
    )
}

/// The median time of one booking by each of two statements, each after a statement that
/// prepares the round.
fn in_turns(data: &Data<'_>, kinds: [(&str, &str); 2]) -> [Duration; 2] {
    const ROUNDS: usize = 5;
    let free = "with slot as materialized (
                    select b.id, (select s.slot_start from calendar.get_available_slots(b.id) as s
                                   order by s.slot_start desc offset $1 limit 1) as slot_start
                      from calendar.brokers as b)
                select id, slot_start from slot where slot_start is not null";
    let mut times = [Vec::new(), Vec::new()];
    let mut client = data.database.connect();
    for _ in 0..ROUNDS {
        for (times, (prepare, statement)) in times.iter_mut().zip(kinds) {
            client.batch_execute(prepare).unwrap();
            let rows = client.query(free, &[&0_i64]).unwrap();
            let slots: Vec<(uuid::Uuid, std::time::SystemTime)> =
                rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            let elapsed = time(|| {
                thread::scope(|scope| {
                    for half in slots.chunks(slots.len().div_ceil(2)) {
                        let mut client = data.database.connect();
                        let statement = client.prepare(statement).unwrap();
                        scope.spawn(move || {
                            for (broker, start) in half {
                                client.query(&statement, &[broker, start]).unwrap();
                            }
                        });
                    }
                });
            });
            times.push(elapsed / u32::try_from(slots.len()).unwrap());
        }
    }
    times.map(median)
}
