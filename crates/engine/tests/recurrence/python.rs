//! Questions to an independent implementation in Python, and random values to
//! ask it about.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::io::Write;
use std::process::{Command, Stdio};

/// Has a script answer questions: it reads a JSON list and writes as long a one.
pub(crate) fn ask<Q: Serialize, A: DeserializeOwned>(script: &str, questions: &[Q]) -> Vec<A> {
    let python = std::env::var("CALENDAR_TEST_PYTHON")
        .expect("CALENDAR_TEST_PYTHON: the python of scripts/python-venv");
    let mut python = Command::new(python)
        .args(["-c", script])
        // Only the pinned time zone database.
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(questions).unwrap()).unwrap();
    drop(stdin);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers: Vec<A> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), questions.len());
    answers
}

/// `CALENDAR_TEST_CASES` random values or as many as given, the same ones for
/// one `CALENDAR_TEST_SEED`.
pub(crate) fn samples<T: Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text}")))
    };
    let seed: u32 = number("CALENDAR_TEST_SEED").unwrap_or_else(std::process::id);
    println!("CALENDAR_TEST_SEED={seed}");
    let count = number("CALENDAR_TEST_CASES").map_or(count, |count| count as usize);
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}
