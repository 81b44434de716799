//! How the agent does: whether its loops turn, and what came of the last real calls.

pub use crate::part::Part;

use crate::metrics::Metrics;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a loop may take for a turn.
const TURN: Duration = Duration::from_secs(60);

/// So many failures in a row, and a part is down.
const DOWN: u32 = 3;

/// How something does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should.
    Ok,
    /// Something failed, and something else works.
    Degraded,
    /// It does not work.
    Down,
}

/// A status, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// How it does.
    pub status: Status,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What the last call that failed reported; none = it did not fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How the agent does.
#[derive(Debug)]
pub struct Health {
    begun: DateTime<Utc>,
    loops: Mutex<BTreeMap<&'static str, Turn>>,
    parts: Mutex<BTreeMap<Part, Calls>>,
    metrics: Metrics,
}

/// The last turn of a loop.
#[derive(Debug, Clone, Copy)]
struct Turn {
    /// Since when it turns without a pause.
    since: DateTime<Utc>,
    last: DateTime<Utc>,
    at: Instant,
}

#[derive(Debug)]
struct Calls {
    failures: u32,
    state: State,
}

impl Default for Health {
    fn default() -> Self {
        Self {
            begun: Utc::now(),
            loops: Mutex::default(),
            parts: Mutex::default(),
            metrics: Metrics::default(),
        }
    }
}

impl Health {
    /// What is counted and measured.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// A loop has turned.
    pub fn turned(&self, name: &'static str) {
        let (now, at) = (Utc::now(), Instant::now());
        let mut loops = lock(&self.loops);
        let turn = loops.entry(name).or_insert(Turn { since: now, last: now, at });
        if turn.at.elapsed() > TURN {
            turn.since = now;
        }
        (turn.last, turn.at) = (now, at);
    }

    /// A call has ended: none = as it should.
    pub fn called(&self, part: Part, problem: Option<String>) {
        let mut parts = lock(&self.parts);
        let calls = parts.entry(part).or_insert_with(|| Calls { failures: 0, state: self.idle() });
        calls.failures = if problem.is_some() { calls.failures.saturating_add(1) } else { 0 };
        let status = match calls.failures {
            0 => Status::Ok,
            DOWN.. => Status::Down,
            _ => Status::Degraded,
        };
        if status != calls.state.status {
            calls.state.since = Utc::now();
        }
        calls.state = State { status, problem, since: calls.state.since };
    }

    /// How a part does, by the last real calls.
    pub fn part(&self, part: Part) -> State {
        lock(&self.parts).get(&part).map_or_else(|| self.idle(), |calls| calls.state.clone())
    }

    /// Whether the loops turn.
    pub fn loops(&self) -> State {
        let loops = lock(&self.loops);
        let late = loops.iter().find(|(_, turn)| turn.at.elapsed() > TURN);
        match late {
            Some((name, turn)) => State {
                status: Status::Down,
                since: turn.last,
                problem: Some(format!("the loop {name} has not turned since {}", turn.last)),
            },
            None => State {
                since: loops.values().map(|turn| turn.since).max().unwrap_or(self.begun),
                ..self.idle()
            },
        }
    }

    /// How the agent does: down if a loop does not turn, degraded if a part is not well.
    pub fn whole(&self) -> State {
        let loops = self.loops();
        if loops.status != Status::Ok {
            return loops;
        }
        let parts = Part::ALL.map(|part| (part, self.part(part)));
        let worst = parts.into_iter().filter(|(_, state)| state.status != Status::Ok);
        match worst.max_by_key(|(_, state)| state.status) {
            Some((part, state)) => {
                let problem = state.problem.unwrap_or_default();
                let problem = Some(format!("{}: {problem}", part.name()));
                State { status: Status::Degraded, since: state.since, problem }
            }
            None => loops,
        }
    }

    fn idle(&self) -> State {
        State { status: Status::Ok, since: self.begun, problem: None }
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
