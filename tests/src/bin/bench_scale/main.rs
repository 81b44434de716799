//! `make bench-scale`: what a call takes after years, in a database of 10,000 brokers, 20,000 calendars,
//! 3 million events and 1 million bookings, and in one of a tenth of that.
//!
//! The first argument may be the size in percent; others select the measurements whose names contain them:
//! `pull`, `deletion`, `beside`, `horizon`, `lease`, `pushes`, `lists`, `conflicts`, `scrape`, `export`, `prune`, `plans`,
//! `bookings`, `sessions`.

mod agent;
mod data;
mod load;
mod measure;
mod plans;
mod reading;
mod syncing;

use calendar_tests::Cluster;
use data::Data;
use measure::Line;
use std::time::Instant;

type Measurement = (&'static str, fn(&Data<'_>, &Data<'_>) -> Line);

const MEASUREMENTS: [Measurement; 17] = [
    ("pull", syncing::pull_of_one_event),
    ("pull with jit", syncing::pull_with_jit),
    ("pull large", syncing::pull_into_a_large_calendar),
    ("deletion", syncing::deletion_after_a_large_one),
    ("lease", agent::lease_of_calendars),
    ("pushes", agent::lease_of_pushes),
    ("lists", reading::lists),
    ("conflicts", reading::conflicts),
    ("scrape", reading::scrape),
    ("export", reading::export),
    ("plans", plans::rows_read_for_one),
    ("slots", reading::slots),
    ("bookings", load::bookings_a_second),
    ("sessions", load::sessions),
    ("beside", agent::booking_beside_a_pull),
    ("horizon", agent::booking_beside_the_horizon),
    ("prune", agent::booking_beside_pruning),
];

fn main() {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let percent: Option<i32> = wanted.first().and_then(|size| size.parse().ok());
    if percent.is_some() {
        wanted.remove(0);
    }
    let percent = percent.unwrap_or(100);
    let cluster = Cluster::start(&[
        ("shared_buffers", "2GB"),
        ("max_wal_size", "4GB"),
        ("checkpoint_timeout", "1h"),
        ("autovacuum", "off"),
        ("synchronous_commit", "off"),
    ]);
    let start = Instant::now();
    let tenth = Data::new(&cluster, percent * 10);
    let full = Data::new(&cluster, percent * 100);
    let seconds = start.elapsed().as_secs();
    let size = "select pg_size_pretty(pg_database_size(current_database()))";
    let size: String = full.database.connect().query_one(size, &[]).unwrap().get(0);
    println!("filled in {seconds} s; the large one has {size}");
    for (name, measure) in MEASUREMENTS {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            eprintln!("==> measuring {name}");
            let Line { what, result, goal, reached } = measure(&tenth, &full);
            let mark = if reached { "reached" } else { "MISSED" };
            println!("{mark:8} {what}: {result}; goal: {goal}");
        }
    }
}
