//! Times compared in one run.

use std::time::{Duration, Instant};

/// What came out: a line of the report.
pub(crate) struct Line {
    pub(crate) what: &'static str,
    pub(crate) result: String,
    pub(crate) goal: &'static str,
    pub(crate) reached: bool,
}

impl Line {
    /// A ratio that shall be at most `limit`.
    pub(crate) fn at_most(
        what: &'static str,
        ratio: f64,
        limit: f64,
        goal: &'static str,
        detail: &str,
    ) -> Self {
        Self { what, result: format!("{ratio:.2} times ({detail})"), goal, reached: ratio <= limit }
    }

    /// A ratio that shall be at least `limit`.
    pub(crate) fn at_least(
        what: &'static str,
        ratio: f64,
        limit: f64,
        goal: &'static str,
        detail: &str,
    ) -> Self {
        Self { what, result: format!("{ratio:.2} times ({detail})"), goal, reached: ratio >= limit }
    }
}

/// Rounds that each of two things is measured in, in turns, so that whatever
/// else the machine does falls on both.
const ROUNDS: u32 = 15;

/// The median time of one call of each of two things, over rounds of `calls`.
pub(crate) fn pair(
    calls: u32,
    mut one: impl FnMut(u32),
    mut other: impl FnMut(u32),
) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        let range = round * calls..(round + 1) * calls;
        let first = time(|| range.clone().for_each(&mut one));
        let second = time(|| range.for_each(&mut other));
        // The first round warms up.
        if round > 0 {
            times[0].push(first / calls);
            times[1].push(second / calls);
        }
    }
    times.map(median)
}

/// How long something takes.
pub(crate) fn time(body: impl FnOnce()) -> Duration {
    let start = Instant::now();
    body();
    start.elapsed()
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How many times as long `one` takes as `other`.
pub(crate) fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
