//! Two sessions, one of which waits for the other.

use crate::{Database, answer};
use postgres::Client;
use std::thread;
use std::time::{Duration, Instant};

/// How a statement ended that ran beside another transaction.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it had to wait for a lock.
    pub waited: bool,
    /// The SQLSTATE and the message of its error.
    pub result: Result<(), String>,
}

/// Runs a statement in a second session, and `then` as soon as it waits for a lock or has ended.
///
/// # Panics
/// When the statement does neither within 20 seconds.
pub fn beside(db: &Database, second: &mut Client, statement: &str, then: impl FnOnce()) -> Outcome {
    let pid: i32 = second.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    let mut watcher = db.connect();
    thread::scope(|scope| {
        let running = scope.spawn(|| second.batch_execute(statement));
        let begun = Instant::now();
        let waits = "select exists (select from pg_stat_activity
                                     where pid = $1 and wait_event_type = 'Lock')";
        let waited = loop {
            if running.is_finished() {
                break false;
            } else if watcher.query_one(waits, &[&pid]).unwrap().get(0) {
                break true;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "it neither ends nor waits");
            thread::sleep(Duration::from_millis(5));
        };
        then();
        let result = running.join().unwrap();
        let error = |e| format!("{} {}", answer::sqlstate(&e), answer::message(&e));
        Outcome { waited, result: result.map_err(error) }
    })
}

impl Outcome {
    /// It went through at once.
    pub const AT_ONCE: Self = Self { waited: false, result: Ok(()) };
    /// It went through after the other transaction.
    pub const AFTERWARDS: Self = Self { waited: true, result: Ok(()) };

    /// It is to be repeated, which was known at once.
    pub fn came_first() -> Self {
        Self { waited: false, result: Err("40001 another transaction came first".to_owned()) }
    }
}
