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
    /// not much longer than the first where `is_flat`.
    pub(crate) fn times(
        what: &'static str,
        [tenth, full]: [Duration; 2],
        limit: Duration,
        is_flat: bool,
        goal: &'static str,
    ) -> Self {
        let ratio = full.as_secs_f64() / tenth.as_secs_f64();
        // Below a millisecond, memory that is far away is the most of it.
        let reached =
            full <= limit && (!is_flat || ratio <= 2.0 || full < Duration::from_millis(1));
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
