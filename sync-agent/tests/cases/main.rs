//! What others reported of their synchronisation, played again: scripted servers
//! against the program and a database.
//!
//! The cases are written in Python, in `scenes/`; `run.py` runs them, several at
//! once. `CALENDAR_TEST_ONLY="p01 c04"` runs those whose names begin so, and shows
//! what each of them found.

use calendar_tests::{Cluster, peers};
use serde::Deserialize;
use std::path::Path;
use tempfile::TempDir;

/// What became of a case.
#[derive(Deserialize)]
struct Outcome {
    name: String,
    source: String,
    expected: String,
    passed: bool,
    found: String,
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_others_reported_does_not_happen() {
    let only = std::env::var("CALENDAR_TEST_ONLY").ok();
    let outcomes = run(only.as_deref().unwrap_or_default());
    let mut complaints = Vec::new();
    for Outcome { name, source, expected, passed, found } in &outcomes {
        if only.is_some() {
            println!("{name}: {passed}: {found}");
        }
        if !passed {
            complaints
                .push(format!("{name} ({source})\n    expected: {expected}\n    found: {found}"));
        }
    }
    assert!(!outcomes.is_empty(), "no case is called so");
    assert!(complaints.is_empty(), "of {} cases:\n{}", outcomes.len(), complaints.join("\n"));
}

fn run(only: &str) -> Vec<Outcome> {
    let cluster = Cluster::shared();
    let directory = TempDir::new().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/run.py");
    let server = cluster.url("");
    let mut arguments = vec![
        "--agent",
        env!("CARGO_BIN_EXE_sync-agent"),
        "--server",
        server.trim_end_matches('/'),
        "--template",
        Cluster::PATTERN,
        "--directory",
        directory.path().to_str().unwrap(),
    ];
    arguments.extend(only.split_whitespace());
    let lines = peers::python_file(&script, &arguments);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
