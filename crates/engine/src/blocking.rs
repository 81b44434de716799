//! Which events take their broker's time, and when.

use crate::Interval;
use crate::event::{Status, Transparency};
use crate::time::Instant;

/// What a calendar lets its events do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarPolicy {
    /// Whether its events take time at all.
    pub blocks_availability: bool,
    /// Whether its tentative events do.
    pub tentative_blocks: bool,
    /// Whether its all-day events do.
    pub all_day_blocks: bool,
}

/// What decides whether an event takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its STATUS.
    pub status: Status,
    /// Its TRANSP.
    pub transparency: Transparency,
    /// Whether the calendar's owner declined it.
    pub declined: bool,
    /// Whether it has dates instead of times.
    pub is_all_day: bool,
}

impl CalendarPolicy {
    /// Whether an event takes its broker's time.
    pub fn blocks(self, event: Claim) -> bool {
        self.blocks_availability
            && event.transparency == Transparency::Opaque
            && !event.declined
            && (self.all_day_blocks || !event.is_all_day)
            && match event.status {
                Status::Confirmed => true,
                Status::Tentative => self.tentative_blocks,
                Status::Cancelled => false,
            }
    }
}

/// The longest piece that [`pieces`] leaves: a reader finds all blocks over an
/// instant by looking back no further.
pub const MAX_PIECE_MINUTES: i64 = 24 * 60;

/// `interval` clipped to `range` and cut so that no piece is longer than
/// [`MAX_PIECE_MINUTES`]. Nothing for an interval without length.
pub fn pieces(interval: Interval, range: Interval) -> impl Iterator<Item = Interval> {
    let clipped = interval.intersect(range);
    let next = move |start: Instant| start.plus_minutes(MAX_PIECE_MINUTES);
    std::iter::successors(Some(clipped.start), move |&start| Some(next(start)))
        .take_while(move |&start| start < clipped.end)
        .map(move |start| Interval::new(start, next(start).min(clipped.end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn pieces_cover_the_interval_and_touch() {
        let cut: Vec<_> = pieces(
            Interval::new(Instant(5), Instant(2 * DAY + 9)),
            Interval::new(Instant(7), Instant::MAX),
        )
        .collect();
        assert_eq!(cut.len(), 3);
        assert_eq!(cut[0], Interval::new(Instant(7), Instant(DAY + 7)));
        assert_eq!(cut[2], Interval::new(Instant(2 * DAY + 7), Instant(2 * DAY + 9)));
    }

    #[test]
    fn an_interval_without_length_or_out_of_range_has_no_pieces() {
        let at = |a, b| Interval::new(Instant(a), Instant(b));
        assert_eq!(pieces(at(5, 5), at(0, 10)).count(), 0);
        assert_eq!(pieces(at(5, 9), at(9, 20)).count(), 0);
    }

    #[test]
    fn each_rule_alone_frees_the_time() {
        let policy = CalendarPolicy {
            blocks_availability: true,
            tentative_blocks: true,
            all_day_blocks: true,
        };
        let event = Claim {
            status: Status::Confirmed,
            transparency: Transparency::Opaque,
            declined: false,
            is_all_day: false,
        };
        assert!(policy.blocks(event));
        assert!(policy.blocks(Claim { status: Status::Tentative, ..event }));
        assert!(policy.blocks(Claim { is_all_day: true, ..event }));
        assert!(!policy.blocks(Claim { status: Status::Cancelled, ..event }));
        assert!(!policy.blocks(Claim { transparency: Transparency::Transparent, ..event }));
        assert!(!policy.blocks(Claim { declined: true, ..event }));
        assert!(!CalendarPolicy { blocks_availability: false, ..policy }.blocks(event));
        assert!(
            !CalendarPolicy { tentative_blocks: false, ..policy }
                .blocks(Claim { status: Status::Tentative, ..event })
        );
        assert!(
            !CalendarPolicy { all_day_blocks: false, ..policy }
                .blocks(Claim { is_all_day: true, ..event })
        );
    }
}
