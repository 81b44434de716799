//! Whatever happens on both sides and in between, in the end both agree: random bookings, moves,
//! cancellations and edits, answers that are replaced by others or lost, and agents that die
//! halfway.
//!
//! Each history has a seed. `CALENDAR_TEST_CASES` says how many to run with each connector, and
//! `CALENDAR_TEST_PROGRAM_CASES` with the program; `CALENDAR_TEST_SEED` is the first one's seed.
//! The story of one that fails is printed: where two agents work at once, its seed may not repeat it.

mod agent;
mod base;
mod caldav;
mod checks;
mod edits;
mod feed;
mod ghl;
mod google;
mod history;
mod ics;
mod microsoft;
mod occurrences;
mod provider;
mod series;
mod time;
mod trouble;

use agent::Agent;
use base::Base;
use calendar_tests::random;
use history::{History, Stage};
use provider::Provider;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use tokio::runtime::Runtime;

/// Histories of a usual run: 200 in all.
const CASES: u64 = 45;
const FEED_CASES: u64 = 12;
const PROGRAM_CASES: u64 = 2;

/// How many failures are enough.
const ENOUGH: usize = 5;

/// How often a long run says how far it is.
const SAID_AFTER: u64 = 100;

/// A provider, as it begins.
type Start = fn(&Runtime) -> Box<dyn Provider>;

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn google_agrees_in_the_end() {
    agree("google", google::start, true);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn microsoft_agrees_in_the_end() {
    agree("microsoft", microsoft::start, true);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn caldav_agrees_in_the_end() {
    agree("caldav", caldav::start, true);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn ghl_agrees_in_the_end() {
    agree("ghl", ghl::start, true);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_feed_agrees_in_the_end() {
    agree("feed", feed::start, false);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_program_agrees_in_the_end() {
    let cases = cases("CALENDAR_TEST_PROGRAM_CASES", PROGRAM_CASES);
    let starts: [(&str, Start); 4] = [
        ("the program and google", google::start),
        ("the program and microsoft", microsoft::start),
        ("the program and caldav", caldav::start),
        ("the program and ghl", ghl::start),
    ];
    for (name, start) in starts {
        let (runtime, base) = (Agent::runtime(), Base::new());
        let agent = Agent::program();
        run(name, cases, &mut Stage { runtime, base, agent, start, writes: true });
    }
}

/// Runs histories with a connector.
fn agree(name: &str, start: Start, writes: bool) {
    let cases = cases("CALENDAR_TEST_CASES", if writes { CASES } else { FEED_CASES });
    let (runtime, base) = (Agent::runtime(), Base::new());
    let agent = Agent::inside(&runtime, &base);
    run(name, cases, &mut Stage { runtime, base, agent, start, writes });
}

fn cases(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |cases| cases.parse().unwrap())
}

fn run(name: &str, cases: u64, stage: &mut Stage) {
    let first = random::seed();
    let began = Instant::now();
    let mut failures = Vec::new();
    let mut done = 0;
    while done < cases && failures.len() < ENOUGH {
        let seed = first.wrapping_add(done);
        done += 1;
        let mut history = History::new(stage, seed);
        let outcome = catch_unwind(AssertUnwindSafe(|| history.run()));
        let outcome = outcome.unwrap_or_else(|_| Err("it panicked".into()));
        if let Err(what) = outcome {
            println!("{name}, CALENDAR_TEST_SEED={seed}: {what}");
            println!("{}", history.log.join("\n"));
            failures.push(seed);
        }
        if done.is_multiple_of(SAID_AFTER) || done == cases {
            let seconds = began.elapsed().as_secs_f64();
            let rate = done as f64 / seconds;
            println!(
                "{name}: {done} of {cases} histories from seed {first} in {seconds:.1} s, \
                 {rate:.1} a second, {} failed",
                failures.len()
            );
        }
    }
    assert!(failures.is_empty(), "{name}: histories failed, with the seeds {failures:?}");
}
