//! The data set: 1,000 brokers, each with two calendars of 500 busy blocks in a
//! year, 20 recurring events, 50 bookings, weekly hours and a few overrides.

use calendar_tests::Database;
use postgres::Client;
use std::thread;
use uuid::Uuid;

/// The brokers of the data set.
pub(crate) const BROKERS: i32 = 1_000;

/// The data set in its database.
pub(crate) struct Data<'d> {
    pub(crate) database: &'d Database<'d>,
    pub(crate) brokers: Vec<Uuid>,
}

impl<'d> Data<'d> {
    pub(crate) fn new(database: &'d Database<'d>) -> Self {
        let mut client = database.connect();
        client.batch_execute(include_str!("data.sql")).unwrap();
        eprintln!("==> making {BROKERS} brokers with 1,000 busy blocks each");
        client.execute("call bench.make_brokers(1, $1)", &[&BROKERS]).unwrap();
        thread::scope(|scope| {
            for half in [1..=BROKERS / 2, BROKERS / 2 + 1..=BROKERS] {
                scope.spawn(move || {
                    let fill =
                        format!("call bench.fill_calendars({}, {})", half.start(), half.end());
                    database.connect().batch_execute(&fill).unwrap();
                });
            }
        });
        client.batch_execute("vacuum (analyze)").unwrap();
        let brokers = brokers(&mut client, BROKERS);
        Self { database, brokers }
    }

    /// A broker for the n-th call: neighbours in time are none in the index.
    pub(crate) fn broker(&self, n: u32) -> &Uuid {
        &self.brokers[n as usize * 7919 % self.brokers.len()]
    }
}

/// The ids of the first `count` brokers.
pub(crate) fn brokers(client: &mut Client, count: i32) -> Vec<Uuid> {
    let ids = "select bench.broker(i) from generate_series(1, $1) as i";
    client.query(ids, &[&count]).unwrap().iter().map(|row| row.get(0)).collect()
}
