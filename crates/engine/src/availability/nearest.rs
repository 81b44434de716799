//! The slots nearest to what was asked for.

use crate::Interval;
use crate::time::Instant;

/// How far a slot's start lies from a time at which it might start: 0 inside a
/// window, and at an instant, which is a window of no length.
fn distance(start: Instant, wanted: Interval) -> i64 {
    let last = wanted.start.0.max(wanted.end.0 - 1);
    (wanted.start.0 - start.0).max(start.0 - last).max(0)
}

/// Whether a slot that starts at `start` is what was asked for.
pub fn is_wanted(start: Instant, wanted: &[Interval]) -> bool {
    wanted.iter().any(|&wanted| distance(start, wanted) == 0)
}

/// The slots nearest to any of the times asked for, nearest first, of equal
/// ones the earlier first.
pub fn nearest(mut slots: Vec<Interval>, wanted: &[Interval], most: usize) -> Vec<Interval> {
    slots.sort_by_key(|slot| {
        let distances = wanted.iter().map(|&wanted| distance(slot.start, wanted));
        (distances.min().unwrap_or_default(), slot.start)
    });
    slots.truncate(most);
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(start: i64) -> Interval {
        Interval::new(Instant(start), Instant(start + 10))
    }

    fn starts(wanted: &[(i64, i64)], most: usize) -> Vec<i64> {
        let wanted: Vec<_> =
            wanted.iter().map(|&(a, b)| Interval::new(Instant(a), Instant(b))).collect();
        let slots = [0, 10, 20, 30, 40].map(slot).to_vec();
        nearest(slots, &wanted, most).iter().map(|slot| slot.start.0).collect()
    }

    #[test]
    fn the_nearest_come_first_and_of_equal_ones_the_earlier() {
        assert_eq!(starts(&[(20, 20)], 5), [20, 10, 30, 0, 40]);
        assert_eq!(starts(&[(11, 11)], 2), [10, 20]);
        assert_eq!(starts(&[(10, 30)], 3), [10, 20, 30]);
        assert_eq!(starts(&[(10, 31)], 3), [10, 20, 30]);
        assert_eq!(starts(&[(0, 10), (40, 50)], 3), [0, 40, 10]);
        assert_eq!(starts(&[], 2), [0, 10]);
    }

    #[test]
    fn a_window_is_half_open_and_an_instant_is_itself() {
        let wanted =
            [Interval::new(Instant(10), Instant(20)), Interval::new(Instant(30), Instant(30))];
        let found = [9, 10, 19, 20, 29, 30, 31].map(|start| is_wanted(Instant(start), &wanted));
        assert_eq!(found, [false, true, true, false, false, true, false]);
    }
}
