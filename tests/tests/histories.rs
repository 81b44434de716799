//! Random concurrent histories (`tests/histories`): callers, agents and a broker at the provider work
//! on one database, sessions and servers end in between, and what must hold is checked.
//!
//! `CALENDAR_TEST_HISTORY_MINUTES` (0.6, one history) is how long they take in all; `make
//! test-histories` takes an hour. `CALENDAR_TEST_MODES="single kill"` runs one history in these
//! modes, and `CALENDAR_TEST_SEED` the same operations again; when they happen, the threads decide.

use calendar_tests::peers::{self, PgBouncer};
use calendar_tests::{Cluster, random};
use std::env;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What histories are run in, the first ones also where time is short. `tests/histories/run.py`
/// explains the words.
const MODES: &[&str] = &[
    "single moving",
    "moving kill",
    "single repeatable moving",
    "single serializable",
    "crash moving",
    "bouncer moving",
    "prepared generic moving",
    "simple custom",
    "noindex",
    "noseq moving",
    "jit",
    "parallel",
    "logical moving",
    "nocopies nostrict moving kill",
    "nobrokerdelete single moving",
];

/// How long one history takes at least, and where time is short.
const MINUTES: f64 = 0.4;

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN, CALENDAR_TEST_PYTHON and CALENDAR_TEST_PGBOUNCER"]
fn invariants_hold_in_random_histories() {
    let minutes = env::var("CALENDAR_TEST_HISTORY_MINUTES").ok();
    let minutes: f64 = minutes.map_or(0.6, |text| text.parse().unwrap());
    let seed = random::seed() % 1_000_000_000;
    let only = env::var("CALENDAR_TEST_MODES").ok();
    // The end of a history, in which all is checked, takes as long as a fifth of a minute.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number")]
    let count = ((minutes / (MINUTES + 0.2)) as usize).clamp(1, MODES.len());
    let each = (minutes / f64::from(u32::try_from(count).unwrap()) - 0.2).max(MINUTES);
    let modes: Vec<_> = match &only {
        Some(modes) => vec![modes.as_str()],
        None => MODES[..count].to_vec(),
    };
    let mut found = Vec::new();
    for (n, modes) in (0..).zip(modes) {
        let report = run(seed + n, if only.is_some() { minutes } else { each }, modes);
        println!("{report}");
        if report.lines().any(|line| line.starts_with("FAULT") || line.starts_with("ERROR")) {
            found.push(format!(
                "CALENDAR_TEST_SEED={} CALENDAR_TEST_MODES=\"{modes}\"\n{report}",
                seed + n
            ));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// One history on a server of its own, and its report.
fn run(seed: u64, minutes: f64, modes: &str) -> String {
    let cluster = Cluster::start(&[
        // The order of commits is read from it.
        ("track_commit_timestamp", "on"),
        ("wal_level", "logical"),
        ("deadlock_timeout", "200ms"),
        // Each that is part of a deadlock writes where it waits, and who finds it, also where it is caught.
        ("log_lock_waits", "on"),
    ]);
    let mut arguments: Vec<String> = vec![
        "--port".into(),
        cluster.port().to_string(),
        "--template".into(),
        Cluster::PATTERN.into(),
        "--seed".into(),
        seed.to_string(),
        "--minutes".into(),
        minutes.to_string(),
    ];
    let _bouncers = modes.contains("bouncer").then(|| {
        ["caller", "agent"].map(|who| {
            let bouncer = PgBouncer::start(cluster.port(), &format!("history_{who}"));
            arguments.extend([format!("--{who}-port"), bouncer.port().to_string()]);
            bouncer
        })
    });
    arguments.extend(modes.split_whitespace().map(str::to_owned));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("histories/run.py");
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let report = thread::scope(|scope| {
        if modes.contains("crash") {
            scope.spawn(|| {
                for _ in 0..2 {
                    thread::sleep(Duration::from_secs_f64(minutes * 20.0));
                    cluster.kill();
                    cluster.resume();
                }
            });
        }
        peers::python_file(&script, &arguments)
    });
    format!("{report}{}", deadlocks(&cluster.log()))
}

/// What the server's log says of the last deadlocks: who waited for whom, and where.
fn deadlocks(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let found = (0..lines.len()).filter(|&at| lines[at].contains("detected deadlock"));
    let found: Vec<_> = found.collect();
    let shown = found.iter().rev().take(3).map(|&at| {
        let (before, after) = lines.split_at(at);
        before[at.saturating_sub(120)..].iter().chain(&after[..after.len().min(12)])
    });
    shown.flatten().map(|line| format!("{line:.300}\n")).collect()
}
