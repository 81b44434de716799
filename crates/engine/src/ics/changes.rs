//! Where a zone changes its offset.

use crate::time::{Instant, Offsets};
use chrono::TimeDelta;

/// The first instant, to the second, with another offset than at `before`; at
/// `after` the offset must differ.
pub(super) fn change_between(zone: &impl Offsets, before: Instant, after: Instant) -> Instant {
    let old = zone.offset_at(before);
    let (mut low, mut high) = (before.0.div_euclid(SECOND), after.0.div_euclid(SECOND));
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if zone.offset_at(Instant(middle * SECOND)) == old {
            low = middle;
        } else {
            high = middle;
        }
    }
    Instant(high * SECOND)
}

/// Microseconds.
const SECOND: i64 = 1_000_000;

/// All changes of offset from `first` to `end`. Offsets that last for less than
/// a week, which no zone has had since 1970, may be overlooked.
pub(super) fn changes_between(zone: &impl Offsets, first: Instant, end: Instant) -> Vec<Instant> {
    let mut changes = Vec::new();
    let (mut at, mut offset) = (first, zone.offset_at(first));
    while at < end {
        let next = at + TimeDelta::weeks(1);
        let next_offset = zone.offset_at(next);
        if next_offset != offset {
            changes.push(change_between(zone, at, next));
        }
        (at, offset) = (next, next_offset);
    }
    changes
}
