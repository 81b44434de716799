//! An arena of clients at each isolation level.

use calendar_tests::{Caller, Database, answer, fixture};
use postgres::{Client, Error};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Barrier;
use std::thread;
use uuid::Uuid;

pub(crate) const LEVELS: [&str; 3] = ["read committed", "repeatable read", "serializable"];

/// A Tuesday on which the brokers of these tests are open from 14:00 to 22:00 UTC.
pub(crate) const DAY: &str = "2026-03-03";

/// A database, and the isolation level at which its clients work.
pub(crate) struct Arena {
    pub(crate) db: Database<'static>,
    pub(crate) level: &'static str,
}

impl Arena {
    /// Runs a test at each isolation level, each time in a new database, and looks
    /// at what the clients left behind.
    pub(crate) fn each(mut test: impl FnMut(&Self)) {
        for level in LEVELS {
            println!("isolation level {level}");
            let arena = Self { db: Database::new(), level };
            test(&arena);
            arena.assert_sound();
        }
    }

    pub(crate) fn clients(&self, count: usize) -> Vec<Client> {
        let client = |_| {
            let mut client = self.db.connect_as(Caller::Service);
            let level = format!("set default_transaction_isolation = '{}'", self.level);
            client.batch_execute(&level).unwrap();
            client
        };
        (0..count).map(client).collect()
    }

    /// Repeats what the isolation level refuses, as its clients are asked to.
    pub(crate) fn insist<T>(&self, mut attempt: impl FnMut() -> Outcome<T>) -> Outcome<T> {
        loop {
            match attempt() {
                Err(reason) if self.level != LEVELS[0] && reason.starts_with("40001") => {}
                outcome => return outcome,
            }
        }
    }

    /// Books the n-th slot while another client changes a booking: of bookings for one broker,
    /// PostgreSQL refuses only such ones, and only at SERIALIZABLE.
    pub(crate) fn book_beside_change(
        &self,
        client: &mut Client,
        broker: Uuid,
        n: usize,
    ) -> Outcome {
        match self.level {
            "serializable" => self.insist(|| book(client, broker, n)),
            _ => book(client, broker, n),
        }
    }

    pub(crate) fn reschedule(&self, client: &mut Client, booking: &str, n: usize) -> Outcome {
        let function = format!("reschedule_booking('{booking}', '{}')", slot(n));
        self.insist(|| outcome(fixture::call(client, &function)))
    }

    pub(crate) fn confirm(&self, client: &mut Client, booking: &str) -> Outcome {
        self.insist(|| outcome(fixture::call(client, &format!("confirm_booking('{booking}')"))))
    }

    pub(crate) fn cancel(&self, client: &mut Client, booking: &str) -> Outcome {
        self.insist(|| outcome(fixture::call(client, &format!("cancel_booking('{booking}')"))))
    }

    /// A booking for a test to start with.
    pub(crate) fn booked(&self, broker: Uuid, n: usize) -> String {
        book(&mut self.db.connect(), broker, n).unwrap()
    }

    /// No two bookings that take their broker's time overlap, and each one has the
    /// outbox row and the audit row of its making.
    pub(crate) fn assert_sound(&self) {
        let row = self.db.connect().query_one(
            "select (select count(*)
                       from calendar.bookings as a join calendar.bookings as b
                         on a.broker_id = b.broker_id and a.id < b.id
                        and a.slot_start < b.slot_end and b.slot_start < a.slot_end
                      where a.status in ('held', 'pending', 'confirmed')
                        and b.status in ('held', 'pending', 'confirmed')),
                    (select count(*) from calendar.bookings as b
                      where (select count(*) from calendar.outbox as o
                              where o.booking_id = b.id and o.operation = 'create') <> 1
                         or (select count(*) from calendar.audit_log as a
                              where a.row_id = b.id and a.operation = 'insert') <> 1)",
            &[],
        );
        let row = row.unwrap();
        assert_eq!(row.get::<_, i64>(0), 0, "bookings overlap");
        assert_eq!(row.get::<_, i64>(1), 0, "a booking lacks its outbox or audit row");
    }
}

/// Lets every client do its part at the same moment; gives what each got.
pub(crate) fn race<T: Send>(
    clients: &mut [Client],
    part: impl Fn(usize, &mut Client) -> T + Sync,
) -> Vec<T> {
    let start = Barrier::new(clients.len());
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|(at, client)| {
                let (start, part) = (&start, &part);
                scope.spawn(move || {
                    start.wait();
                    part(at, client)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A booking's id, or why there is none: the reason of a PT409, else the error.
pub(crate) type Outcome<T = String> = Result<T, String>;

pub(crate) fn outcome(result: Result<Value, Error>) -> Outcome {
    match result {
        Ok(booking) => Ok(booking["id"].as_str().unwrap().to_owned()),
        Err(error) if answer::sqlstate(&error) == "PT409" => {
            Err(answer::detail(&error)["reason"].as_str().unwrap().to_owned())
        }
        Err(error) => Err(format!("{} {}", answer::sqlstate(&error), answer::message(&error))),
    }
}

/// Asserts how often each reason was given; "ok" stands for a booking.
#[track_caller]
pub(crate) fn assert_tally(outcomes: &[Outcome], expected: &[(&str, usize)]) {
    let mut tally = BTreeMap::new();
    for outcome in outcomes {
        *tally.entry(outcome.as_ref().map_or_else(String::as_str, |_| "ok")).or_insert(0) += 1;
    }
    let expected: BTreeMap<_, _> = expected.iter().copied().filter(|(_, n)| *n > 0).collect();
    assert_eq!(tally, expected);
}

/// The n-th slot of 30 minutes of the day, 16 in all.
pub(crate) fn slot(n: usize) -> String {
    format!("{DAY} {:02}:{:02}Z", 14 + n / 2, n % 2 * 30)
}

/// Books the n-th slot.
pub(crate) fn book(client: &mut Client, broker: Uuid, n: usize) -> Outcome {
    outcome(fixture::book(client, broker, &slot(n)))
}

/// Books the n-th slot with further arguments.
pub(crate) fn book_with(client: &mut Client, broker: Uuid, n: usize, arguments: &str) -> Outcome {
    let function = format!("book_calendar_slot('{broker}', '{}', {arguments})", slot(n));
    outcome(fixture::call(client, &function))
}

pub(crate) fn taken() -> Outcome {
    Err("taken".to_owned())
}
