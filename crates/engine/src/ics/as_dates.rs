//! What few readers follow, as dates that all of them do: EXRULE, which RFC 5545 leaves out, a second
//! RRULE, which section 3.8.5.3 advises against, and RDATEs that have a length of their own.

use super::component::Component;
use super::conform::{Budget, Original, Recurs};
use crate::Interval;
use crate::event::When;
use crate::time::Instant;
use chrono::TimeDelta;
use std::collections::{HashMap, HashSet};

/// How far an endless series is followed from its start where its calendar does not say.
const FOLLOWED: TimeDelta = TimeDelta::days(20 * 366);

/// How far it is followed in any case.
const AT_LEAST: TimeDelta = TimeDelta::days(366);

/// The most dates that one series gets. One with more is written as it is.
const MOST: usize = 10_000;

impl Recurs {
    /// The recurrence of a component, as it is to be written. `overrides` are those of its series,
    /// and `until` is [`super::Calendar::until`].
    pub(super) fn of(
        component: &Component,
        overrides: &[&Component],
        until: Option<Instant>,
        budget: &Budget,
    ) -> Self {
        let mut own = Self::as_understood(component, overrides, budget);
        own.write_as_dates(&Original::of(component, budget), until);
        let is_replaced = |id| {
            own.exception_dates.contains(&id)
                || overrides.iter().any(|own| own.recurrence_id == Some(id))
        };
        let mut own_lengths = std::mem::take(&mut own.own_lengths);
        own_lengths.retain(|interval| !is_replaced(When::At(interval.start)));
        Self { own_lengths, ..own }
    }

    /// Keeps the first RRULE, and writes what else the series has as dates: all of it, or up to
    /// `until` where it has no end.
    fn write_as_dates(&mut self, series: &Original<'_>, until: Option<Instant>) {
        let kept = self.rules.iter().find(|rule| rule.starts_with("RRULE:")).cloned();
        if self.rules.len() == usize::from(kept.is_some()) && self.periods.is_empty() {
            return;
        }
        let start = series.instant(series.first());
        let end = until.unwrap_or(start + FOLLOWED).max(start + AT_LEAST);
        let range = Interval::new(Instant::MIN, end);
        let kept: Vec<String> = kept.into_iter().collect();
        let follow = |lines: &str| series.occurrences(lines, range, None);
        let (Some(all), Some(by_rule)) = (follow(&self.lines(series)), follow(&kept.join("\n")))
        else {
            return;
        };
        let ids = |found: &[Interval]| found.iter().map(|own| series.id(own.start)).collect();
        let (wanted, by_rule): (Vec<When>, Vec<When>) = (ids(&all), ids(&by_rule));
        let (is_wanted, is_by_rule): (HashSet<_>, HashSet<_>) =
            (wanted.iter().copied().collect(), by_rule.iter().copied().collect());
        let mut dates = self.dates.clone();
        // An excluded DTSTART stays, as it does where an EXDATE excludes it.
        dates.retain(|id| {
            is_wanted.contains(id) || *id == series.first() || series.instant(*id) >= end
        });
        let known: HashSet<_> = dates.iter().copied().collect();
        dates.extend(wanted.iter().filter(|id| !is_by_rule.contains(id) && !known.contains(id)));
        let gone: Vec<_> = by_rule.into_iter().filter(|id| !is_wanted.contains(id)).collect();
        if dates.len() + gone.len() > MOST {
            return;
        }
        let plain = Self { rules: kept, dates, ..Self::default() };
        let Some(usual) = follow(&plain.lines(series)) else { return };
        let usual: HashMap<_, _> = usual.iter().map(|own| (own.start, own.end)).collect();
        let has_own_length =
            |own: &&Interval| usual.get(&own.start).is_some_and(|end| *end != own.end);
        let own_lengths = all.iter().filter(has_own_length).copied().collect();
        *self = Self {
            exception_dates: std::mem::take(&mut self.exception_dates),
            own_lengths,
            ..plain
        };
        self.exception_dates.extend(gone);
        // The rule that had DTSTART may be one of those that became dates.
        self.add_start(series);
    }
}
