//! The recurrence set: DTSTART, RRULE and RDATE without EXRULE and EXDATE
//! (RFC 5545 section 3.8.5).

use super::expansion::{Expansion, Wanted};
use super::property::Recurrence;
use super::rule::Rule;
use super::value::{Value, moved};
use super::work::{MAX_OCCURRENCES, Work, too_many};
use crate::event::When;
use crate::time::{Instant, Offsets, YEARS, Zone, date_start, local_to_instant};
use crate::{Error, Result};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use std::cmp::Reverse;
use std::collections::HashSet;

/// A recurring event's DTSTART and what it recurs by.
pub(super) struct RecurrenceSet<'a> {
    pub(super) recurrence: &'a Recurrence,
    /// DTSTART, exactly.
    pub(super) start: When,
    /// In whose local time an event with times recurs.
    pub(super) zone: &'a Zone,
    /// In which an all-day event's dates lie.
    pub(super) calendar_zone: &'a Zone,
}

/// One member of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Instance {
    /// Its start, and so its RECURRENCE-ID.
    pub(super) id: When,
    /// Its start as its clock shows it; a midnight for a date. In a gap this is
    /// the missing time, of which `id` is the shifted one.
    pub(super) civil: NaiveDateTime,
    /// Its end, if an RDATE specifies it.
    pub(super) end: Option<Instant>,
}

/// The members that EXDATE and EXRULE exclude.
#[derive(Default)]
struct Exceptions {
    ids: HashSet<When>,
    dates: HashSet<NaiveDate>,
    /// By instants in a series of dates: of each, one of these.
    one_of: Vec<Vec<NaiveDate>>,
    /// By EXRULE: times that clocks never showed take away only such.
    civil: HashSet<NaiveDateTime>,
}

impl RecurrenceSet<'_> {
    /// The set's members whose civil start lies in `from ..= to`, or before it
    /// if an RDATE specifies an end that does not; sorted, each start once.
    pub(super) fn instances(
        &self,
        (first, last): (NaiveDateTime, NaiveDateTime),
        work: &mut Work<'_>,
    ) -> Result<Vec<Instance>> {
        // Which date an instant takes away depends on its neighbours.
        let margin = if self.excludes_instants() { TimeDelta::days(2) } else { TimeDelta::zero() };
        let (from, to) = (moved(first, -margin), moved(last, margin));
        let start = self.start_instance();
        let recurrence = self.recurrence;
        let mut found = Vec::new();
        let has_rule = !recurrence.rules.is_empty() || !recurrence.exception_rules.is_empty();
        if has_rule && !YEARS.contains(&start.civil.year()) {
            return Err(Error::invalid(format!(
                "a recurring event starts in the year {}: give a start in the years {} to {}",
                start.civil.year(),
                YEARS.start(),
                YEARS.end()
            )));
        }
        // A series ended before its own start is how some programs delete one.
        // It has no occurrence, although RFC 5545 always counts DTSTART as one.
        let over = !recurrence.rules.is_empty()
            && recurrence.rules.iter().all(|rule| !self.reaches(rule, start));
        if !over && (from..=to).contains(&start.civil) {
            found.push(start);
        }
        for rule in &recurrence.rules {
            self.follow(rule, true, (from, to), work, &mut |instance| {
                if found.len() > MAX_OCCURRENCES {
                    return Err(too_many(&rule.text));
                }
                // Of a series of dates, a rule that fires by the hour names one often.
                if found.last() != Some(&instance) {
                    found.push(instance);
                }
                Ok(())
            })?;
        }
        for period in &recurrence.periods {
            work.pause()?;
            let instance = self.instance_of(&period.start);
            // A date has no clock time that a period could start at: it starts with the day.
            let start = match instance.id {
                When::At(instant) => instant,
                When::Date(date) => date_start(self.calendar_zone, date),
            };
            let end = period.end.instant(start, self.zone).max(start);
            if instance.civil <= to && from <= self.civil(When::At(end)) {
                found.push(Instance { end: Some(end), ..instance });
            }
        }
        for date in &recurrence.dates {
            work.pause()?;
            let instance = self.instance_of(date);
            if (from..=to).contains(&instance.civil) {
                found.push(instance);
            }
        }
        // Of those with one start, the first stays: the one with the latest explicit
        // end, or else with the time that clocks do show and not the missing one.
        found.sort_by_key(|it| (it.id, Reverse(it.end), Reverse(it.civil)));
        found.dedup_by_key(|instance| instance.id);
        if let Some(earliest) = found.iter().map(|instance| instance.civil).min() {
            let mut exceptions = self.exceptions((earliest, to), work)?;
            let members: HashSet<_> = match exceptions.one_of[..] {
                [] => HashSet::new(),
                _ => found.iter().map(|instance| instance.civil.date()).collect(),
            };
            for dates in std::mem::take(&mut exceptions.one_of) {
                exceptions.dates.extend(dates.iter().find(|date| members.contains(date)));
            }
            found.retain(|instance| {
                let is_wanted = first <= instance.civil || instance.end.is_some();
                is_wanted
                    && instance.civil <= last
                    && !exceptions.ids.contains(&instance.id)
                    && !exceptions.dates.contains(&instance.civil.date())
                    && !exceptions.civil.contains(&instance.civil)
            });
        }
        Ok(found)
    }

    /// Whether a series of dates has exceptions that are no dates.
    fn excludes_instants(&self) -> bool {
        let is_instant = |value: &Value| matches!(value, Value::Utc(_));
        self.all_day() && self.recurrence.exception_dates.iter().any(is_instant)
    }

    /// The first civil time of an instant, or of a date its midnight.
    pub(super) fn civil(&self, id: When) -> NaiveDateTime {
        match id {
            When::Date(date) => date.and_time(NaiveTime::MIN),
            When::At(instant) => self.zone.instant_to_local(instant),
        }
    }

    fn start_instance(&self) -> Instance {
        Instance { id: self.start, civil: self.civil(self.start), end: None }
    }

    fn all_day(&self) -> bool {
        matches!(self.start, When::Date(_))
    }

    /// The instance at a civil time. DTSTART stays what it is, even where its
    /// clock time occurs twice and it is the second.
    fn instance_at(&self, civil: NaiveDateTime) -> Instance {
        let start = self.start_instance();
        if self.all_day() {
            let date = civil.date();
            Instance { id: When::Date(date), civil: date.and_time(NaiveTime::MIN), end: None }
        } else if civil == start.civil {
            start
        } else {
            Instance { id: When::At(local_to_instant(self.zone, civil)), civil, end: None }
        }
    }

    /// The instance that an RDATE or EXDATE names. In a series with times, a
    /// bare date means DTSTART's time of day on it.
    fn instance_of(&self, value: &Value) -> Instance {
        if let When::Date(start) = self.start {
            let mut date = value.date(self.calendar_zone);
            if let Value::Utc(_) = value {
                date = date.max(start);
            }
            return self.instance_at(date.and_time(NaiveTime::MIN));
        }
        let instant = match value {
            Value::Date(date) => {
                return self.instance_at(date.and_time(self.start_instance().civil.time()));
            }
            Value::Local(local, None) => return self.instance_at(*local),
            Value::Local(local, Some(zone)) if zone == self.zone => {
                return self.instance_at(*local);
            }
            Value::Local(local, Some(zone)) => local_to_instant(zone, *local),
            Value::Utc(instant) => *instant,
        };
        let id = When::At(instant);
        Instance { id, civil: self.civil(id), end: None }
    }

    /// Visits the instances that one rule generates and its UNTIL allows.
    fn follow(
        &self,
        rule: &Rule,
        start_counts: bool,
        (from, to): (NaiveDateTime, NaiveDateTime),
        work: &mut Work<'_>,
        visit: &mut dyn FnMut(Instance) -> Result<()>,
    ) -> Result<()> {
        let to = match &rule.until {
            Some(until) => to.min(self.latest_civil(until)),
            None => to,
        };
        // A rule that fires by the hour may name a date at any time of it.
        let to = if self.all_day() { moved(to, TimeDelta::days(1)) } else { to };
        let expansion = Expansion::new(rule, self.start_instance().civil, self.all_day());
        expansion.each(Wanted { from, to, start_counts }, work, &mut |civil| {
            let instance = self.instance_at(civil);
            if self.reaches(rule, instance) { visit(instance) } else { Ok(()) }
        })
    }

    /// A civil time that no instance up to this UNTIL, or at this RDATE, comes after.
    fn latest_civil(&self, until: &Value) -> NaiveDateTime {
        let civil = match until {
            Value::Date(date) => date.and_time(NaiveTime::MIN),
            Value::Local(local, _) => *local,
            Value::Utc(instant) => self.zone.instant_to_local(*instant),
        };
        // A date allows its whole day, and no two clocks are two days apart.
        moved(civil, TimeDelta::days(3))
    }

    /// A civil time that no member comes after; `None` where a rule has no UNTIL.
    pub(super) fn last_civil(&self) -> Option<NaiveDateTime> {
        let Recurrence { rules, dates, periods, .. } = self.recurrence;
        let mut last = self.civil(self.start);
        for rule in rules {
            last = last.max(self.latest_civil(rule.until.as_ref()?));
        }
        let dates = dates.iter().chain(periods.iter().map(|period| &period.start));
        Some(dates.map(|date| self.latest_civil(date)).fold(last, NaiveDateTime::max))
    }

    /// Whether the rule's UNTIL allows the instance. It is inclusive, and may
    /// be of another kind than DTSTART: a date allows its whole local day.
    fn reaches(&self, rule: &Rule, instance: Instance) -> bool {
        match (&rule.until, instance.id) {
            (None, _) => true,
            // An instant, whose date is a guess, never ends a series before it starts.
            (Some(Value::Utc(_)), id) if id == self.start && self.all_day() => true,
            (Some(until), When::Date(date)) => date <= until.date(self.calendar_zone),
            (Some(Value::Date(until)), When::At(_)) => instance.civil.date() <= *until,
            (Some(Value::Local(until, _)), When::At(_)) => instance.civil <= *until,
            (Some(Value::Utc(until)), When::At(instant)) => instant <= *until,
        }
    }

    fn exceptions(
        &self,
        window: (NaiveDateTime, NaiveDateTime),
        work: &mut Work<'_>,
    ) -> Result<Exceptions> {
        let mut exceptions = Exceptions::default();
        for value in &self.recurrence.exception_dates {
            work.pause()?;
            match value {
                // On a series with times, a date takes away all of its local day.
                Value::Date(date) => {
                    exceptions.dates.insert(*date);
                }
                Value::Utc(_) if self.all_day() => {
                    exceptions.one_of.push(value.dates(self.calendar_zone));
                }
                value => {
                    exceptions.ids.insert(self.instance_of(value).id);
                }
            }
        }
        for rule in &self.recurrence.exception_rules {
            self.follow(rule, false, window, work, &mut |instance| {
                if exceptions.civil.len() > MAX_OCCURRENCES {
                    return Err(too_many(&rule.text));
                }
                exceptions.civil.insert(instance.civil);
                Ok(())
            })?;
        }
        Ok(exceptions)
    }
}
