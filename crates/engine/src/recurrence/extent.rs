//! The time that a series may take, as far as can be said at little cost.

use super::series::{Length, Master, Series};
use super::set::RecurrenceSet;
use crate::Interval;
use crate::time::Instant;

impl<K: Copy> Series<'_, K> {
    /// From the start of the first occurrence to the end of the last, as far as can be
    /// said without following any rule: all time that the series may take.
    pub fn extent(&self, range: Interval) -> Interval {
        let spans = self.overrides.iter().map(|replacement| replacement.span);
        let spans = spans.chain(self.master.as_ref().map(|master| master.span));
        let intervals: Vec<_> = spans.map(|span| span.interval(self.calendar_zone)).collect();
        let start = intervals.iter().map(|interval| interval.start).min();
        let end = intervals.iter().map(|interval| interval.end).max();
        let (Some(mut start), Some(end)) = (start, end) else {
            return Interval::new(range.start, range.start);
        };
        if let Some(Master { recurrence: Some(recurrence), .. }) = &self.master
            && !(recurrence.dates.is_empty() && recurrence.periods.is_empty())
        {
            start = start.min(range.start);
        }
        let moves = self.overrides.iter().any(|replacement| replacement.this_and_future);
        let last = match &self.master {
            Some(Master { span, recurrence: Some(recurrence), duration, .. }) if !moves => {
                let (zone, calendar_zone) = (self.zone, self.calendar_zone);
                let set = RecurrenceSet { recurrence, start: span.start(), zone, calendar_zone };
                let has_ends = !recurrence.periods.is_empty();
                let interval = span.interval(calendar_zone);
                let length = Length::of(*span, *duration).longest();
                let length = length.max(interval.end - interval.start);
                let end = |last| Instant::from_utc(last) + length;
                set.last_civil().filter(|_| !has_ends).map_or(range.end, end)
            }
            Some(Master { recurrence: None, .. }) | None if !moves => end,
            _ => range.end,
        };
        Interval::new(start, end.max(last)).intersect(range)
    }
}
