//! Half-open intervals of time and their sets.

use crate::time::Instant;

/// `[start, end)`, both in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The first instant inside.
    pub start: Instant,
    /// The first instant after.
    pub end: Instant,
}

impl Interval {
    /// `[start, end)`; empty where `end <= start`.
    pub const fn new(start: Instant, end: Instant) -> Self {
        Self { start, end }
    }

    /// Whether no instant is inside.
    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether some instant is in both. An empty interval overlaps nothing.
    pub fn overlaps(self, other: Self) -> bool {
        !self.intersect(other).is_empty()
    }

    /// Whether all of `other` is inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// What is in both; empty where nothing is.
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// Sorts intervals and joins those that overlap or touch; empty ones vanish.
pub fn merge(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| !interval.is_empty());
    if !intervals.is_sorted() {
        intervals.sort_unstable();
    }
    intervals.dedup_by(|next, kept| {
        let joined = next.start <= kept.end;
        if joined {
            kept.end = kept.end.max(next.end);
        }
        joined
    });
    intervals
}

/// What is in `from` and in none of `holes`. Both must be merged.
pub fn subtract(from: &[Interval], holes: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::with_capacity(from.len() + holes.len());
    let mut first_hole = 0;
    for &interval in from {
        let mut start = interval.start;
        while first_hole < holes.len() && holes[first_hole].end <= start {
            first_hole += 1;
        }
        for hole in &holes[first_hole..] {
            if hole.start >= interval.end {
                break;
            }
            if hole.start > start {
                left.push(Interval::new(start, hole.start));
            }
            start = start.max(hole.end);
        }
        if start < interval.end {
            left.push(Interval::new(start, interval.end));
        }
    }
    left
}

/// The intervals of a merged set that overlap `span`, unclipped.
pub fn overlapping(merged: &[Interval], span: Interval) -> &[Interval] {
    let first = merged.partition_point(|interval| interval.end <= span.start);
    let count = merged[first..].partition_point(|interval| interval.start < span.end);
    &merged[first..first + count]
}

/// The one interval of a merged set that contains `instant`, if any does.
pub fn containing(merged: &[Interval], instant: Instant) -> Option<Interval> {
    let after = merged.partition_point(|interval| interval.start <= instant);
    merged[..after].last().copied().filter(|interval| instant < interval.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(bounds: &[(i64, i64)]) -> Vec<Interval> {
        bounds.iter().map(|&(a, b)| Interval::new(Instant(a), Instant(b))).collect()
    }

    #[test]
    fn merge_joins_overlapping_and_touching_and_drops_empty() {
        assert_eq!(
            merge(set(&[(5, 9), (1, 3), (3, 4), (8, 12), (20, 20), (30, 25)])),
            set(&[(1, 4), (5, 12)])
        );
    }

    #[test]
    fn subtract_splits_trims_and_removes() {
        let from = set(&[(0, 10), (20, 30), (40, 50)]);
        let holes = set(&[(2, 4), (8, 22), (40, 50)]);
        assert_eq!(subtract(&from, &holes), set(&[(0, 2), (4, 8), (22, 30)]));
    }

    #[test]
    fn one_hole_over_two_intervals_cuts_both() {
        assert_eq!(
            subtract(&set(&[(0, 10), (12, 20)]), &set(&[(5, 15)])),
            set(&[(0, 5), (15, 20)])
        );
    }

    #[test]
    fn overlapping_leaves_out_what_only_touches() {
        let merged = set(&[(0, 10), (20, 30), (40, 50), (60, 70)]);
        let span = |start, end| Interval::new(Instant(start), Instant(end));
        assert_eq!(overlapping(&merged, span(10, 40)), &merged[1..2]);
        assert_eq!(overlapping(&merged, span(9, 41)), &merged[..3]);
        assert_eq!(overlapping(&merged, span(22, 24)), &merged[1..2]);
        for nothing in [span(30, 40), span(70, 99), span(-9, 0), span(45, 45)] {
            let found = overlapping(&merged, nothing);
            assert!(found.iter().all(|i| !i.overlaps(nothing)), "{nothing:?}: {found:?}");
        }
        assert_eq!(overlapping(&[], span(0, 9)), []);
    }

    #[test]
    fn containing_is_half_open() {
        let merged = set(&[(0, 10), (20, 30)]);
        assert_eq!(containing(&merged, Instant(10)), None);
        assert_eq!(containing(&merged, Instant(29)), Some(merged[1]));
    }
}
