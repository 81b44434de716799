//! Times, and how they are reported.

use std::time::{Duration, Instant};

/// What came out: a line of the report.
pub(crate) struct Line {
    pub(crate) what: &'static str,
    pub(crate) result: String,
    pub(crate) goal: &'static str,
    pub(crate) reached: bool,
}

impl Line {
    /// Times in the small and in the large database, of which the second shall be at most `limit`, and
    /// at most three times the first where `is_flat`: what reads everything takes ten times as long.
    pub(crate) fn times(
        what: &'static str,
        [tenth, full]: [Duration; 2],
        limit: Duration,
        is_flat: bool,
        goal: &'static str,
    ) -> Self {
        let ratio = full.as_secs_f64() / tenth.as_secs_f64();
        // Indexes are deeper, and less of them is in the memory that is near.
        let reached = full <= limit && (!is_flat || ratio <= 3.0);
        let result = format!("{full:.2?}, {ratio:.2} times as in a tenth ({tenth:.2?})");
        Self { what, result, goal, reached }
    }
}

/// The shortest of several calls: whatever else the machine does makes them longer.
pub(crate) fn best(calls: u32, mut call: impl FnMut(u32)) -> Duration {
    (0..calls).map(|n| time(|| call(n))).min().unwrap()
}

/// How long something takes.
pub(crate) fn time(body: impl FnOnce()) -> Duration {
    let start = Instant::now();
    body();
    start.elapsed()
}
