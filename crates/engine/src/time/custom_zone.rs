//! A zone given as a list of changes of its offset.

use super::{Instant, Offsets};

/// A zone that a calendar defined with a VTIMEZONE (RFC 5545 section 3.6.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomZone {
    first_offset: i32,
    changes: Vec<(Instant, i32)>,
}

impl CustomZone {
    /// A zone with `first_offset` seconds east of UTC until the first of
    /// `changes`, each an instant and the offset from then on.
    pub fn new(first_offset: i32, mut changes: Vec<(Instant, i32)>) -> Self {
        changes.sort_by_key(|&(instant, _)| instant);
        Self { first_offset, changes }
    }

    /// When its offset changes, in order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = Instant> {
        self.changes.iter().map(|&(change, _)| change)
    }
}

impl Offsets for CustomZone {
    fn offset_at(&self, instant: Instant) -> i32 {
        let past = self.changes.partition_point(|&(change, _)| change <= instant);
        self.changes[..past].last().map_or(self.first_offset, |&(_, offset)| offset)
    }
}
