//! A database that has been in use for years.

use calendar_tests::{Cluster, Database};
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;

/// Brokers that are made in one transaction.
const PORTION: i32 = 250;

/// A database of some size.
pub(crate) struct Data<'c> {
    pub(crate) database: Database<'c>,
    /// How many brokers it has. Each has two calendars, 270 events and 100 bookings.
    pub(crate) brokers: i32,
    /// How many more events the first calendar of broker 1 has.
    pub(crate) more_events: i32,
}

impl<'c> Data<'c> {
    pub(crate) fn new(cluster: &'c Cluster, brokers: i32) -> Self {
        eprintln!("==> filling a database with {brokers} brokers");
        let database = cluster.database();
        let mut client = database.connect();
        client.batch_execute(include_str!("fill.sql")).unwrap();
        let next = AtomicI32::new(1);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut client = database.connect();
                    loop {
                        let first = next.fetch_add(PORTION, Ordering::Relaxed);
                        if first > brokers {
                            return;
                        }
                        let last = (first + PORTION - 1).min(brokers);
                        client.batch_execute(&format!("call bench.fill({first}, {last})")).unwrap();
                    }
                });
            }
        });
        let more_events = brokers * 30;
        client.batch_execute(&format!("call bench.enlarge(1, {more_events})")).unwrap();
        client.batch_execute("vacuum (analyze)").unwrap();
        Self { database, brokers, more_events }
    }
}
