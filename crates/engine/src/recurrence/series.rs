//! A recurring event with its overridden occurrences (RFC 5545 section 3.8.4.4).

use super::property::Recurrence;
use super::set::{Instance, RecurrenceSet};
use super::value::moved;
use super::work::{MAX_OCCURRENCES, Work, too_many};
use crate::event::{Revision, Span, When};
use crate::rfc5545::Duration;
use crate::time::{Instant, Offsets, Zone, date_of, date_start, local_to_instant};
use crate::{Interval, Result};
use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use std::collections::{HashMap, HashSet};

/// The component of a series that has no RECURRENCE-ID.
#[derive(Debug, Clone, PartialEq)]
pub struct Master<K> {
    /// The key that its occurrences are reported with.
    pub key: K,
    /// DTSTART to DTEND: the first occurrence.
    pub span: Span,
    /// What it recurs by; `None` for a single event.
    pub recurrence: Option<Recurrence>,
    /// How long each occurrence lasts, where that is in days of the calendar
    /// ([`crate::event::Event::duration`]); `None`: as long as the first.
    pub duration: Option<Duration>,
    /// Which version of it this is.
    pub revision: Revision,
}

impl<K> Master<K> {
    /// A single event, of no known version.
    pub fn new(key: K, span: Span) -> Self {
        Self { key, span, recurrence: None, duration: None, revision: Revision::default() }
    }
}

/// A component of a series with a RECURRENCE-ID: it replaces an occurrence.
#[derive(Debug, Clone, PartialEq)]
pub struct Override<K> {
    /// The key that its occurrences are reported with.
    pub key: K,
    /// The original start of the occurrence that it replaces.
    pub recurrence_id: When,
    /// `RANGE=THISANDFUTURE` (RFC 5545 section 3.2.13): it also changes every
    /// later occurrence.
    pub this_and_future: bool,
    /// When it takes place instead.
    pub span: Span,
    /// Whether the occurrence does not take place at all.
    pub cancelled: bool,
    /// As of a [`Master`], for the later occurrences that it changes.
    pub duration: Option<Duration>,
    /// Which version of it this is.
    pub revision: Revision,
}

impl<K> Override<K> {
    /// One for a single occurrence, of no known version.
    pub fn new(key: K, recurrence_id: When, span: Span) -> Self {
        Self {
            key,
            recurrence_id,
            this_and_future: false,
            span,
            cancelled: false,
            duration: None,
            revision: Revision::default(),
        }
    }
}

/// All components with one UID.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<'a, K> {
    /// The component without a RECURRENCE-ID, if it is known.
    pub master: Option<Master<K>>,
    /// Those with one. Of two for the same occurrence the newer counts, or else the
    /// later in this list.
    pub overrides: Vec<Override<K>>,
    /// In whose local time an event with times recurs.
    pub zone: &'a Zone,
    /// In which the dates of all-day events lie.
    pub calendar_zone: &'a Zone,
}

/// One occurrence of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence<K> {
    /// The component whose properties apply to it.
    pub key: K,
    /// When it takes place.
    pub interval: Interval,
}

impl<K: Copy> Series<'_, K> {
    /// Every occurrence that overlaps `range`, and every one of no length whose
    /// start is in it, sorted by start and end.
    ///
    /// * DTSTART is the first occurrence and counts towards COUNT, whether the
    ///   rule matches it or not (RFC 5545 section 3.3.10), unless every rule
    ///   ends before it by UNTIL.
    /// * Every occurrence of an event with times lasts as long as the first in
    ///   elapsed time or, with a [`Master::duration`], as many days of the local
    ///   calendar (section 3.8.5.3); one of an all-day event has as many dates.
    /// * An override takes the place of the occurrence with its recurrence id,
    ///   an EXDATE notwithstanding. Without such an occurrence it takes place
    ///   all the same: its provider knows why. Only one that is older than the
    ///   master is stale then. A DATE as recurrence id in a series with times
    ///   means that local day; an instant in an all-day series the date that it
    ///   may name and that has an occurrence.
    /// * With THISANDFUTURE, later occurrences move by the same difference of
    ///   clock times and get the override's length and key, or are gone if it is
    ///   cancelled; up to the next such override, and unless overridden singly.
    ///
    /// `tick` is called regularly; where it returns false, the result is the
    /// error [`crate::Error::is_interrupted`]. A range with more than
    /// [`MAX_OCCURRENCES`](super::MAX_OCCURRENCES) or a rule that needs more
    /// than [`MAX_WORK`](super::MAX_WORK) steps is an error that names the rule.
    pub fn occurrences(
        &self,
        range: Interval,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Vec<Occurrence<K>>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        if let (Some(Master { key, span, recurrence: None, .. }), []) =
            (&self.master, self.overrides.as_slice())
        {
            // Most events do not recur.
            let interval = span.interval(self.calendar_zone);
            let occurrence = Occurrence { key: *key, interval };
            return Ok(Some(occurrence).filter(|_| is_in(interval, range)).into_iter().collect());
        }
        let none = Recurrence::default();
        let set = self.set(&none);
        let originals = self.originals(&set, tick)?;
        let mut work = Work::new(tick);
        let replaced = self.replacements(&originals, &mut work)?;
        let mut found = Vec::new();
        for &index in replaced.values() {
            work.pause()?;
            let replacement = &self.overrides[index];
            let interval = replacement.span.interval(self.calendar_zone);
            if !replacement.cancelled && is_in(interval, range) {
                found.push(Occurrence { key: replacement.key, interval });
            }
        }
        if let Some(master) = &self.master {
            let stretches = self.stretches(master, &set, &originals, &mut work)?;
            self.add_originals(&set, &stretches, &replaced, range, &mut work, &mut found)?;
        }
        if found.len() > MAX_OCCURRENCES {
            return Err(too_many("of one series"));
        }
        found.sort_by_key(|occurrence| occurrence.interval);
        Ok(found)
    }

    /// Whether each override counts: it is neither stale nor replaced by a newer one.
    ///
    /// `tick` is as in [`Series::occurrences`].
    pub fn override_counts(&self, tick: &mut dyn FnMut() -> bool) -> Result<Vec<bool>> {
        let originals = self.originals(&self.set(&Recurrence::default()), tick)?;
        Ok(originals.iter().map(Option::is_some).collect())
    }

    /// The set of its original occurrences; `none` is used if it has no recurrence.
    fn set<'s>(&'s self, none: &'s Recurrence) -> RecurrenceSet<'s> {
        let master = self.master.as_ref();
        RecurrenceSet {
            recurrence: master.and_then(|master| master.recurrence.as_ref()).unwrap_or(none),
            start: master.map_or(When::At(Instant::MIN), |master| master.span.start()),
            zone: self.zone,
            calendar_zone: self.calendar_zone,
        }
    }

    /// Which override takes place for which occurrence. One for a single
    /// occurrence wins over THISANDFUTURE.
    fn replacements(
        &self,
        originals: &[Option<When>],
        work: &mut Work<'_>,
    ) -> Result<HashMap<When, usize>> {
        let mut replaced = HashMap::with_capacity(self.overrides.len());
        for this_and_future in [true, false] {
            for (index, replacement) in self.overrides.iter().enumerate() {
                work.pause()?;
                if let Some(id) = originals[index]
                    && replacement.this_and_future == this_and_future
                {
                    replaced.insert(id, index);
                }
            }
        }
        Ok(replaced)
    }

    fn add_originals(
        &self,
        set: &RecurrenceSet<'_>,
        stretches: &[Stretch<K>],
        replaced: &HashMap<When, usize>,
        range: Interval,
        work: &mut Work<'_>,
        found: &mut Vec<Occurrence<K>>,
    ) -> Result<()> {
        let mut window = stretches[0].window(self, range);
        for stretch in &stretches[1..] {
            let (from, to) = stretch.window(self, range);
            window = (window.0.min(from), window.1.max(to));
        }
        let days: HashSet<_> = replaced
            .keys()
            .filter_map(|id| match id {
                When::Date(date) => Some(*date),
                When::At(_) => None,
            })
            .collect();
        for instance in set.instances(window, work)? {
            work.pause()?;
            if replaced.contains_key(&instance.id) || days.contains(&instance.civil.date()) {
                continue;
            }
            let after = stretches.partition_point(|stretch| stretch.from <= Some(instance.id));
            // The first stretch has no start, so that every instance is in one.
            let stretch = &stretches[after.max(1) - 1];
            let interval = stretch.interval(self, instance);
            if !stretch.cancelled && is_in(interval, range) {
                found.push(Occurrence { key: stretch.key, interval });
            }
        }
        Ok(())
    }

    /// The master's stretch of the series, then those of THISANDFUTURE.
    fn stretches(
        &self,
        master: &Master<K>,
        set: &RecurrenceSet<'_>,
        originals: &[Option<When>],
        work: &mut Work<'_>,
    ) -> Result<Vec<Stretch<K>>> {
        let mut stretches = vec![Stretch {
            from: None,
            shift: TimeDelta::zero(),
            length: Length::of(master.span, master.duration),
            key: master.key,
            cancelled: false,
        }];
        let start_time = set.civil(master.span.start()).time();
        for (replacement, id) in std::iter::zip(&self.overrides, originals) {
            work.pause()?;
            let Some(mut id) = id.filter(|_| replacement.this_and_future) else { continue };
            let mut original = set.civil(id);
            if let (When::Date(date), Span::Times(_)) = (id, master.span) {
                original = date.and_time(start_time);
                id = When::At(date_start(self.zone, date));
            }
            let moved_to = set.civil(replacement.span.start());
            let shift = match replacement.span {
                Span::Times(_) => moved_to - original,
                Span::Dates(..) => moved_to - original.date().and_time(NaiveTime::MIN),
            };
            stretches.push(Stretch {
                from: Some(id),
                shift,
                length: Length::of(replacement.span, replacement.duration),
                key: replacement.key,
                cancelled: replacement.cancelled,
            });
        }
        // Stable: of two from one start, the later counts.
        stretches.sort_by_key(|stretch| stretch.from);
        Ok(stretches)
    }
}

/// A run of originals that one component's properties apply to.
struct Stretch<K> {
    /// The first original start in it; `None` for the master's.
    from: Option<When>,
    /// How far they are moved, in civil time.
    shift: TimeDelta,
    length: Length,
    key: K,
    cancelled: bool,
}

/// How long an occurrence lasts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// Whole dates.
    Dates(TimeDelta),
    /// Elapsed time.
    Exact(TimeDelta),
    /// Days of the local calendar, then elapsed time.
    Nominal(Duration),
}

impl Length {
    /// An event that ends before it starts is taken to last no time.
    pub(super) fn of(span: Span, duration: Option<Duration>) -> Self {
        let zero = TimeDelta::zero();
        match (span, duration) {
            (Span::Dates(first, end), _) => Self::Dates((end - first).max(zero)),
            (Span::Times(_), Some(nominal)) => Self::Nominal(nominal),
            (Span::Times(interval), None) => Self::Exact((interval.end - interval.start).max(zero)),
        }
    }

    /// The longest that an occurrence of this length can last.
    pub(super) fn longest(self) -> TimeDelta {
        match self {
            Self::Dates(length) | Self::Exact(length) => length,
            Self::Nominal(duration) => duration.longest(),
        }
    }
}

impl<K> Stretch<K> {
    /// The civil starts of the originals that can come to lie in `range`.
    fn window<L>(&self, series: &Series<'_, L>, range: Interval) -> (NaiveDateTime, NaiveDateTime) {
        let (from, to) = match self.length {
            Length::Exact(_) | Length::Nominal(_) => (
                civil_bounds(series.zone, range.start + -self.length.longest()).0,
                civil_bounds(series.zone, range.end).1,
            ),
            Length::Dates(days) => {
                let midnight = |instant: Instant| {
                    date_of(series.calendar_zone, instant).and_time(NaiveTime::MIN)
                };
                // An original with times is moved by its date, so by up to a day
                // more; and a date that its zone skips lies with its neighbour.
                let margin = TimeDelta::days(2);
                (moved(midnight(range.start), -days - margin), moved(midnight(range.end), margin))
            }
        };
        (moved(from, -self.shift), moved(to, -self.shift))
    }

    /// When an original of this stretch takes place.
    fn interval<L>(&self, series: &Series<'_, L>, instance: Instance) -> Interval {
        match self.length {
            Length::Exact(_) | Length::Nominal(_) => {
                let start = match instance.id {
                    When::At(instant) if self.shift.is_zero() => instant,
                    _ => local_to_instant(series.zone, moved(instance.civil, self.shift)),
                };
                let end = match instance.end {
                    Some(end) if self.from.is_none() => end,
                    _ => match self.length {
                        Length::Nominal(duration) => duration.after(start, series.zone),
                        length => start + length.longest(),
                    },
                };
                Interval::new(start, end)
            }
            Length::Dates(days) => {
                let first = moved(instance.civil.date().and_time(NaiveTime::MIN), self.shift);
                let start = date_start(series.calendar_zone, first.date());
                let end = match instance.end {
                    Some(end) if self.from.is_none() => end,
                    _ => date_start(series.calendar_zone, moved(first, days).date()),
                };
                Interval::new(start, end)
            }
        }
    }
}

/// Whether an occurrence is reported: it overlaps the range or, if it has no
/// length, lies in it.
pub(super) fn is_in(interval: Interval, range: Interval) -> bool {
    if interval.is_empty() {
        range.start <= interval.start && interval.start < range.end
    } else {
        interval.overlaps(range)
    }
}

/// The earliest and the latest civil time that is read as `instant`: they
/// differ where the zone's offset changes nearby.
pub(super) fn civil_bounds(zone: &Zone, instant: Instant) -> (NaiveDateTime, NaiveDateTime) {
    let civil = |hours: i64| {
        let offset = zone.offset_at(instant + TimeDelta::hours(hours));
        moved(instant.utc(), TimeDelta::seconds(offset.into()))
    };
    [-48, -24, 24, 48]
        .map(civil)
        .into_iter()
        .fold((civil(0), civil(0)), |(low, high), time| (low.min(time), high.max(time)))
}
