//! The free slots to offer for a requested time.

use super::{MAX_WINDOW_DAYS, Period};
use crate::Interval;
use crate::time::{Instant, Offsets, Zone};
use chrono::Timelike;

const HOUR_MINUTES: i64 = 60;
const DAY_MINUTES: i64 = 24 * HOUR_MINUTES;

/// A question for a free time.
#[derive(Debug, Clone, Copy)]
pub struct Alternatives<'a> {
    /// The times asked for, the preferred one first, an instant being a window of no length:
    /// `None` for any time; empty for a phrase that was not understood.
    pub wanted: Option<&'a [Interval]>,
    /// The time of the question.
    pub now: Instant,
    /// The alternatives to offer, at most.
    pub most: usize,
    /// The part of the local day that the caller can come at all: other times are offered
    /// only where there are not enough of it.
    pub period: Option<(Period, &'a Zone)>,
}

/// What there is to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The first slot that is as it was asked for.
    pub slot: Option<Interval>,
    /// Other slots, nearest first to what was asked for; of equally near ones those first
    /// that are near what is preferred, then the earlier.
    pub others: Vec<Interval>,
}

impl Alternatives<'_> {
    /// How far around what was asked for to look first, in minutes.
    const REACH_MINUTES: i64 = 7 * DAY_MINUTES;
    /// How far ahead to look first where any time will do, in minutes.
    const SOON_MINUTES: i64 = 14 * DAY_MINUTES;
    /// How far ahead to look at all, in minutes: no slot is listed beyond.
    const COMING_MINUTES: i64 = MAX_WINDOW_DAYS * DAY_MINUTES;
    /// Slots are spread over what was asked for if it is at least so long, in minutes.
    const WIDE_MINUTES: i64 = 12 * HOUR_MINUTES;

    /// Finds what to offer among the slots that `list` lists in a window, in
    /// order: around what was asked for, and where that is not enough to choose
    /// from, in all the time to come.
    pub fn offer<E>(
        &self,
        mut list: impl FnMut(Interval) -> Result<Vec<Interval>, E>,
    ) -> Result<Offer, E> {
        let mut slots = Vec::new();
        for window in self.windows().into_iter().filter(|window| !window.is_empty()) {
            slots = list(window)?;
            if slots.len() > self.most {
                break;
            }
        }
        Ok(self.choose(slots))
    }

    fn wanted(&self) -> &[Interval] {
        self.wanted.unwrap_or_default()
    }

    fn windows(&self) -> [Interval; 2] {
        let ahead = |minutes| Interval::new(self.now, self.now.plus_minutes(minutes));
        let coming = ahead(Self::COMING_MINUTES);
        let first = self.wanted().iter().map(|wanted| wanted.start).min();
        let last = self.wanted().iter().map(|wanted| wanted.end).max();
        let near = match (first, last) {
            (Some(first), Some(last)) => Interval::new(
                first.plus_minutes(-Self::REACH_MINUTES),
                last.plus_minutes(Self::REACH_MINUTES),
            ),
            _ => ahead(Self::SOON_MINUTES),
        };
        [near.intersect(coming), coming]
    }

    fn choose(&self, slots: Vec<Interval>) -> Offer {
        let is_wanted = |slot: &Interval| match self.wanted {
            Some([]) => false,
            _ => self.distance(slot.start).0 == 0,
        };
        let mut wanted: Vec<_> = slots.iter().copied().filter(is_wanted).collect();
        wanted.sort_by_key(|slot| self.distance(slot.start));
        let slot = wanted.first().copied();
        let others = if self.is_wide() && wanted.len() > self.most {
            spread(&wanted, self.most)
        } else {
            let mut others: Vec<_> =
                slots.into_iter().filter(|&other| Some(other) != slot).collect();
            others.sort_by_key(|other| {
                (!self.is_apt(other.start), self.distance(other.start), other.start)
            });
            others.truncate(self.most);
            others
        };
        Offer { slot, others }
    }

    /// Whether there is room for alternatives that differ within what was asked for.
    fn is_wide(&self) -> bool {
        let mut windows = self.wanted().iter().filter(|wanted| !wanted.is_empty());
        let first = windows.next();
        let is_long =
            |window: &Interval| window.start.plus_minutes(Self::WIDE_MINUTES) <= window.end;
        first.is_some_and(is_long) || windows.next().is_some()
    }

    /// Whether a start is in the part of the day that was asked for.
    fn is_apt(&self, start: Instant) -> bool {
        self.period.is_none_or(|(period, zone)| {
            period.hours().contains(&zone.instant_to_local(start).hour())
        })
    }

    /// How far a start lies from what was asked for, 0 inside a window and at an instant;
    /// and the place of what it is nearest to.
    fn distance(&self, start: Instant) -> (i64, usize) {
        let from = |(place, wanted): (usize, &Interval)| {
            let last = wanted.start.0.max(wanted.end.0 - 1);
            ((wanted.start.0 - start.0).max(start.0 - last).max(0), place)
        };
        self.wanted().iter().enumerate().map(from).min().unwrap_or_default()
    }
}

/// `most` slots after the first, from the second on to the last, as evenly as can be.
fn spread(slots: &[Interval], most: usize) -> Vec<Interval> {
    (1..=most).map(|at| slots[at * (slots.len() - 1) / most]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60;

    /// An instant so many minutes after the question.
    fn at(minutes: i64) -> Instant {
        Instant(0).plus_minutes(minutes)
    }

    fn window((from, to): (i64, i64)) -> Interval {
        Interval::new(at(from), at(to))
    }

    fn minutes(at: Instant) -> i64 {
        at.0 / 60_000_000
    }

    /// What is offered of slots at these starts: as asked, and others.
    fn offered(wanted: &[(i64, i64)], most: usize, starts: &[i64]) -> (Option<i64>, Vec<i64>) {
        let wanted: Vec<_> = wanted.iter().copied().map(window).collect();
        offered_for(Some(&wanted), most, starts)
    }

    fn offered_for(
        wanted: Option<&[Interval]>,
        most: usize,
        starts: &[i64],
    ) -> (Option<i64>, Vec<i64>) {
        let list = |within: Interval| {
            let slots = starts.iter().map(|&start| window((start, start + 10)));
            let inside = |slot: &Interval| within.start <= slot.start && slot.end <= within.end;
            Ok::<_, ()>(slots.filter(inside).collect())
        };
        let offer = Alternatives { wanted, now: at(0), most, period: None }.offer(list).unwrap();
        let start = |slot: &Interval| minutes(slot.start);
        (offer.slot.as_ref().map(start), offer.others.iter().map(start).collect())
    }

    #[test]
    fn the_nearest_come_first_and_of_equal_ones_the_earlier() {
        let starts = [0, 10, 20, 30, 40];
        assert_eq!(offered(&[(20, 20)], 5, &starts), (Some(20), vec![10, 30, 0, 40]));
        assert_eq!(offered(&[(11, 11)], 2, &starts), (None, vec![10, 20]));
        assert_eq!(offered(&[(10, 30)], 3, &starts), (Some(10), vec![20, 30, 0]));
        assert_eq!(offered(&[(10, 31)], 3, &starts), (Some(10), vec![20, 30, 40]));
        assert_eq!(offered(&[(40, 40)], 0, &starts), (Some(40), vec![]));
        assert_eq!(offered(&[(0, 0), (30, 30)], 2, &starts), (Some(0), vec![30, 10]));
        assert_eq!(offered(&[], 2, &starts), (None, vec![0, 10]));
        assert_eq!(offered_for(None, 2, &starts), (Some(0), vec![10, 20]));
    }

    #[test]
    fn what_is_said_first_is_offered_first() {
        let starts = [0, 10, 20, 30, 40];
        assert_eq!(offered(&[(30, 30), (0, 0)], 3, &starts), (Some(30), vec![0, 20, 40]));
        assert_eq!(offered(&[(35, 35), (5, 5)], 4, &starts), (None, vec![30, 40, 0, 10]));
        let day = 24 * HOUR;
        let starts = [60, 120, day + 60, day + 120];
        let two = [(day, 2 * day), (0, day)];
        assert_eq!(offered(&two, 3, &starts), (Some(day + 60), vec![day + 120, 60, 120]));
    }

    #[test]
    fn an_evening_is_offered_in_place_of_an_evening() {
        let day = 24 * HOUR;
        let starts = [16 * HOUR, 16 * HOUR + 30, day + 18 * HOUR, 3 * day + 17 * HOUR];
        let wanted = [window((17 * HOUR, 22 * HOUR))];
        let list = |within: Interval| {
            let slots = starts.iter().map(|&start| window((start, start + 10)));
            let inside = |slot: &Interval| within.start <= slot.start && slot.end <= within.end;
            Ok::<_, ()>(slots.filter(inside).collect())
        };
        let period = Some((Period::Evening, &Zone::UTC));
        let question = Alternatives { wanted: Some(&wanted), now: at(0), most: 3, period };
        let offer = question.offer(list).unwrap();
        let others: Vec<_> = offer.others.iter().map(|slot| minutes(slot.start)).collect();
        assert_eq!(others, [day + 18 * HOUR, 3 * day + 17 * HOUR, 16 * HOUR + 30]);
    }

    #[test]
    fn a_window_is_half_open_and_an_instant_is_itself() {
        for (start, is_wanted) in [(9, false), (10, true), (19, true), (20, false), (30, true)] {
            let (slot, others) = offered(&[(10, 20), (30, 30)], 1, &[start]);
            assert_eq!((slot, others.len()), (is_wanted.then_some(start), usize::from(!is_wanted)));
        }
    }

    #[test]
    fn a_wide_window_is_offered_from_end_to_end() {
        let day: Vec<_> = (0..16).map(|half| half * 30).collect();
        // Part of a day: what comes next.
        assert_eq!(offered(&[(0, 8 * HOUR)], 3, &day), (Some(0), vec![30, 60, 90]));
        assert_eq!(offered(&[(0, 24 * HOUR)], 3, &day), (Some(0), vec![150, 300, 450]));
        assert_eq!(offered(&[(0, 24 * HOUR)], 1, &day), (Some(0), vec![450]));
        assert_eq!(offered(&[(0, 24 * HOUR)], 15, &day).1, day[1..]);
        let two = [(0, 2 * HOUR), (4 * HOUR, 6 * HOUR)];
        assert_eq!(offered(&two, 3, &day), (Some(0), vec![60, 240, 330]));
        // Too few inside: those, and the nearest others.
        let few = [0, 600, 30 * HOUR, 40 * HOUR];
        assert_eq!(offered(&[(0, 24 * HOUR)], 3, &few), (Some(0), vec![600, 1800, 2400]));
    }

    #[test]
    fn all_the_time_to_come_is_searched_before_there_is_nothing() {
        let day = 24 * HOUR;
        // Beyond the horizon: the last before it.
        let starts: Vec<_> = (0..60).map(|days| days * day).collect();
        let wanted = (300 * day, 301 * day);
        assert_eq!(offered(&[wanted], 3, &starts), (None, vec![59 * day, 58 * day, 57 * day]));
        let wanted = (900 * day, 900 * day);
        assert_eq!(offered(&[wanted], 1, &starts), (None, vec![59 * day]));
        assert_eq!(offered(&[(-day, -day)], 1, &[300 * day]), (None, vec![300 * day]));
        // None within a fortnight.
        assert_eq!(offered_for(None, 1, &[20 * day, 21 * day]), (Some(20 * day), vec![21 * day]));
        assert_eq!(offered(&[(0, day)], 1, &[]), (None, vec![]));
        assert_eq!(offered(&[(0, day)], 1, &[367 * day]), (None, vec![]));
    }
}
