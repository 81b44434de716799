//! `make bench`: how fast the extension is, as ratios of medians from one run.
//!
//! Names as arguments select the measurements whose names contain them:
//! `slots`, `statement`, `inside`, `flat`, `throughput`, `roles`, `brokers`, `recurrence`, `clients`,
//! `bookings`, `messages`, `sync`, `phrase`, `page`, `http`.

mod booking;
mod callers;
mod data;
mod measure;
mod pages;
mod pgbench;
mod scale;
mod slots;
mod sync;

use calendar_tests::Cluster;
use data::Data;
use measure::Line;

type Measurement = (&'static str, fn(&Data<'_>) -> Line);

const MEASUREMENTS: [Measurement; 16] = [
    ("slots", slots::against_bare_index_read),
    ("statement", slots::against_one_statement),
    ("inside", slots::inside_against_index_read),
    ("inside flat", slots::inside_against_flat_statement),
    ("throughput", slots::calls_a_minute),
    ("roles", slots::with_changing_role),
    ("recurrence", scale::recurring_against_single),
    ("clients", booking::many_clients_on_one_slot),
    ("bookings", booking::against_bare_insert),
    ("messages", booking::with_messages),
    ("sync", sync::against_plain_insert),
    ("phrase", callers::phrase_against_slots),
    ("page", pages::one_page),
    ("page days", pages::free_days_against_slots),
    ("http", callers::http_against_a_constant),
    // Last, as it fills the memory.
    ("brokers", scale::few_against_many_brokers),
];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let cluster = Cluster::start(&[
        ("shared_buffers", "4GB"),
        ("max_wal_size", "20GB"),
        ("checkpoint_timeout", "1h"),
        ("autovacuum", "off"),
        ("synchronous_commit", "off"),
    ]);
    let database = cluster.database();
    let data = Data::new(&database);
    for (name, measure) in MEASUREMENTS {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            eprintln!("==> measuring {name}");
            let Line { what, result, goal, reached } = measure(&data);
            let mark = if reached { "reached" } else { "MISSED" };
            println!("{mark:8} {what}: {result}; goal: {goal}");
        }
    }
}
