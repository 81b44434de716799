//! Recurrence in the form that RFC 5545 wants and that every reader takes: what was
//! understood, not what was written (sections 3.3.10, 3.8.4.4 and 3.8.5).
//!
//! What a value in another form means is found out by following the series with it and
//! without: only [`crate::recurrence`] decides that.

use super::component::Component;
use crate::Interval;
use crate::event::{Revision, Span, When};
use crate::recurrence::{Master, Override, Recurrence, Series};
use crate::rfc5545::{Line, Moment, Period, PeriodEnd, format_date, format_utc};
use crate::time::{Instant, Offsets, Zone, date_start, local_to_instant, zone_named};
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use std::cell::Cell;

/// What makes a component recur.
#[derive(Default)]
pub(super) struct Recurs {
    /// Whole RRULE and EXRULE lines.
    pub(super) rules: Vec<String>,
    pub(super) dates: Vec<When>,
    /// Values of RDATE that are PERIODs.
    pub(super) periods: Vec<String>,
    pub(super) exception_dates: Vec<When>,
    /// Occurrences whose length is not that of the others: each is to be an override.
    pub(super) own_lengths: Vec<Interval>,
}

/// How much may be followed for one stream, so that writing one is bounded: the steps of
/// about a second. Values beyond are taken as written.
pub(super) struct Budget(Cell<u32>);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(Cell::new(50_000))
    }

    /// Whether so much is left, which then is spent.
    fn take(&self, ticks: usize) -> bool {
        let left = self.0.get().checked_sub(ticks.try_into().unwrap_or(u32::MAX));
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }
}

/// How far a value may be from the occurrence that it names.
const NEAR: TimeDelta = TimeDelta::days(4);

impl Recurs {
    /// The recurrence of a component in the properties in which it was written; what cannot be
    /// read is left out. `overrides` are those of its series.
    pub(super) fn as_understood(
        component: &Component,
        overrides: &[&Component],
        budget: &Budget,
    ) -> Self {
        let mut own = Self::default();
        let Some(text) = component.recurrence.as_deref() else { return own };
        let series = Original::of(component, budget);
        let mut exceptions = Vec::new();
        for line in text.lines().map(str::trim) {
            let is_bare_rule = !line.contains(':') && line.contains('=');
            let line = Line::new(if is_bare_rule { format!("RRULE:{line}") } else { line.into() });
            let name = line.name().to_ascii_uppercase();
            match name.as_str() {
                "RRULE" | "EXRULE" => {
                    let rule = format!("{name}:{}", series.rule(&name, line.value()));
                    if Recurrence::parse(&rule).is_ok() {
                        own.rules.push(rule);
                    }
                }
                "RDATE" => own.add_dates(&line, &series),
                "EXDATE" => exceptions.push(line),
                _ => {}
            }
        }
        own.add_start(&series);
        let members = own.lines(&series);
        for line in exceptions {
            for item in line.value().split(',') {
                own.exception_dates.extend(series.exceptions(&line, item, &members));
            }
        }
        let ids = overrides.iter().filter_map(|own| own.recurrence_id);
        for id in ids.filter(|id| !series.is_own_form(*id)) {
            // Of a day with several occurrences, the override replaces all.
            own.exception_dates.extend(series.replaced(id, &members).into_iter().skip(1));
        }
        own
    }

    /// Adds DTSTART as a date where no rule has it: not all readers show it otherwise.
    pub(super) fn add_start(&mut self, series: &Original<'_>) {
        let (start, near) = (series.span.start(), series.span.interval(series.zone).start);
        let is_of_rule = self.rules.iter().any(|rule| {
            let rule = rule.strip_prefix("RRULE:");
            rule.is_some_and(|rule| series.starts_with(rule))
        });
        let has_others =
            !(self.rules.is_empty() && self.dates.is_empty() && self.periods.is_empty());
        let is_known = is_of_rule || self.dates.contains(&start);
        // An EXRULE is going to be written as EXDATEs, beside which DTSTART is there as well.
        let members = self.lines(series);
        let members: Vec<_> = members.lines().filter(|line| !line.starts_with("EXRULE:")).collect();
        if has_others
            && !is_known
            && series.starts(&members.join("\n"), near, None).contains(&start)
        {
            self.dates.insert(0, start);
        }
    }

    fn add_dates(&mut self, line: &Line<'_>, series: &Original<'_>) {
        for item in line.value().split(',').map(str::trim) {
            match (Period::parse(item), series.is_all_day()) {
                (Some(period), false) => {
                    let Some(When::At(start)) = series.when(line, period.start) else { continue };
                    let end = match period.end {
                        PeriodEnd::At(moment) => match series.when(line, moment) {
                            Some(When::At(end)) => format_utc(end),
                            _ => continue,
                        },
                        PeriodEnd::After(duration) => duration.to_string(),
                    };
                    self.periods.push(format!("{}/{end}", format_utc(start)));
                }
                // An all-day occurrence lasts as long as all others.
                (Some(period), true) => self.dates.extend(series.when(line, period.start)),
                (None, _) => {
                    let moment = Moment::parse(item);
                    self.dates.extend(moment.and_then(|moment| series.when(line, moment)));
                }
            }
        }
    }

    /// All but the exceptions, to be followed.
    pub(super) fn lines(&self, series: &Original<'_>) -> String {
        let mut lines = self.rules.join("\n");
        for (name, values) in
            [("RDATE", series.values(&self.dates)), ("RDATE", self.periods.clone())]
        {
            if !values.is_empty() {
                lines.push_str(&format!("\n{name}:{}", values.join(",")));
            }
        }
        lines
    }
}

/// Whether each override of a series counts.
pub(super) fn override_counts(master: Option<&Component>, overrides: &[&Component]) -> Vec<bool> {
    let Some(master) = master.filter(|_| !overrides.is_empty()) else {
        return vec![true; overrides.len()];
    };
    let zone = master.timezone.as_ref().unwrap_or(&Zone::UTC);
    let revision = |component: &Component| Revision {
        sequence: component.sequence,
        updated_at: component.last_modified,
    };
    let own = |component: &&Component| {
        let id = component.recurrence_id?;
        Some(Override {
            this_and_future: component.this_and_future,
            revision: revision(component),
            ..Override::new((), id, component.span)
        })
    };
    let series = Series {
        master: Some(Master {
            recurrence: master.recurrence.as_deref().and_then(|text| Recurrence::parse(text).ok()),
            revision: revision(master),
            ..Master::new((), master.span)
        }),
        overrides: overrides.iter().filter_map(own).collect(),
        zone,
        calendar_zone: zone,
    };
    series.override_counts(&mut || true).unwrap_or_else(|_| vec![true; overrides.len()])
}

/// RECURRENCE-ID of an override in the form of its master's DTSTART.
pub(super) fn original_start(master: &Component, id: When, budget: &Budget) -> When {
    let series = Original::of(master, budget);
    if series.is_own_form(id) {
        return id;
    }
    let members = Recurs::as_understood(master, &[], budget).lines(&series);
    series.replaced(id, &members).first().copied().unwrap_or_else(|| match (id, master.span) {
        (When::Date(date), Span::Times(_)) => When::At(series.at_start_time(date)),
        (When::At(instant), Span::Dates(..)) => When::Date(series.date(instant)),
        _ => id,
    })
}

/// The first occurrence of a series, by which its others are understood.
pub(super) struct Original<'c> {
    span: Span,
    zone: &'c Zone,
    budget: &'c Budget,
}

impl<'c> Original<'c> {
    pub(super) fn of(component: &'c Component, budget: &'c Budget) -> Self {
        let zone = component.timezone.as_ref().unwrap_or(&Zone::UTC);
        Self { span: component.span, zone, budget }
    }

    pub(super) fn first(&self) -> When {
        self.span.start()
    }

    fn is_all_day(&self) -> bool {
        self.span.is_all_day()
    }

    /// A member of the series by its start.
    pub(super) fn id(&self, start: Instant) -> When {
        if self.is_all_day() { When::Date(self.date(start)) } else { When::At(start) }
    }

    /// When a member starts.
    pub(super) fn instant(&self, id: When) -> Instant {
        match id {
            When::At(instant) => instant,
            When::Date(date) => date_start(self.zone, date),
        }
    }

    /// Whether this is a date as DTSTART is, or a time as it is.
    fn is_own_form(&self, id: When) -> bool {
        matches!(id, When::Date(_)) == self.is_all_day()
    }

    fn date(&self, instant: Instant) -> NaiveDate {
        self.zone.instant_to_local(instant).date()
    }

    /// DTSTART's time of day on a date.
    fn at_start_time(&self, date: NaiveDate) -> Instant {
        let start = self.zone.instant_to_local(self.span.interval(self.zone).start);
        local_to_instant(self.zone, date.and_time(start.time()))
    }

    /// A RDATE or a part of one in DTSTART's form.
    fn when(&self, line: &Line<'_>, moment: Moment) -> Option<When> {
        let named = line.tzid().and_then(zone_named);
        let instant = match moment {
            Moment::Date(date) if self.is_all_day() => return Some(When::Date(date)),
            Moment::Date(date) => return Some(When::At(self.at_start_time(date))),
            Moment::Local(local) if self.is_all_day() => return Some(When::Date(local.date())),
            Moment::Local(local) => local_to_instant(named.as_ref().unwrap_or(self.zone), local),
            Moment::Utc(utc) => Instant::from_utc(utc),
        };
        if !self.is_all_day() {
            return Some(When::At(instant));
        }
        let added = self.starts(&format!("RDATE:{}", format_utc(instant)), instant, None);
        let new = added.into_iter().rfind(|id| *id != self.span.start());
        Some(new.unwrap_or_else(|| When::Date(self.date(instant))))
    }

    /// What an item of EXDATE takes away of the members of a series.
    fn exceptions(&self, line: &Line<'_>, item: &str, members: &str) -> Vec<When> {
        // A PERIOD is not allowed here; its start is meant.
        let item = item.split('/').next().unwrap_or(item);
        let Some(moment) = Moment::parse(item) else { return Vec::new() };
        let near = match moment {
            Moment::Date(date) => self.at_start_time(date),
            Moment::Local(local) | Moment::Utc(local) => Instant::from_utc(local),
        };
        let otherwise = match (moment, self.is_all_day()) {
            (Moment::Date(date), true) => return vec![When::Date(date)],
            (Moment::Local(_) | Moment::Utc(_), false) => {
                return self.when(line, moment).into_iter().collect();
            }
            (Moment::Date(date), false) => When::At(self.at_start_time(date)),
            (Moment::Local(local), true) => When::Date(local.date()),
            (Moment::Utc(utc), true) if line.has_type("DATE") => When::Date(utc.date()),
            (Moment::Utc(utc), true) => When::Date(self.date(Instant::from_utc(utc))),
        };
        let left = self.starts(&format!("{members}\n{}", line_of(line, item)), near, None);
        let mut gone = self.starts(members, near, None);
        gone.retain(|start| !left.contains(start));
        if gone.is_empty() { vec![otherwise] } else { gone }
    }

    /// The members of a series that an override with this id replaces.
    fn replaced(&self, id: When, members: &str) -> Vec<When> {
        let near = match id {
            When::Date(date) => self.at_start_time(date),
            When::At(instant) => instant,
        };
        let left = self.starts(members, near, Some(id));
        let mut replaced = self.starts(members, near, None);
        replaced.retain(|start| !left.contains(start));
        replaced
    }

    /// The occurrences near an instant; none if the series cannot be expanded.
    fn starts(&self, lines: &str, near: Instant, without: Option<When>) -> Vec<When> {
        let range = Interval::new(near + -NEAR, near + NEAR);
        let found = self.occurrences(lines, range, without).unwrap_or_default();
        found.iter().map(|interval| self.id(interval.start)).collect()
    }

    /// The occurrences within a range; `None` if the series cannot be expanded.
    pub(super) fn occurrences(
        &self,
        lines: &str,
        range: Interval,
        without: Option<When>,
    ) -> Option<Vec<Interval>> {
        let overrides = without.map(|recurrence_id| Override {
            cancelled: true,
            ..Override::new((), recurrence_id, self.span)
        });
        if !self.budget.take(lines.len() / 10_000) {
            return None;
        }
        let recurrence = Recurrence::parse(lines).ok()?;
        let series = Series {
            master: Some(Master { recurrence: Some(recurrence), ..Master::new((), self.span) }),
            overrides: overrides.into_iter().collect(),
            zone: self.zone,
            calendar_zone: self.zone,
        };
        let occurrences = series.occurrences(range, &mut || self.budget.take(1)).ok()?;
        Some(occurrences.into_iter().map(|occurrence| occurrence.interval).collect())
    }

    /// Values that need no TZID.
    fn values(&self, dates: &[When]) -> Vec<String> {
        let value = |when: &When| match when {
            When::Date(date) => format_date(*date),
            When::At(instant) => format_utc(*instant),
        };
        dates.iter().map(value).collect()
    }

    /// A rule in the usual spelling; with UNTIL in DTSTART's form, and never beside
    /// COUNT.
    fn rule(&self, name: &str, text: &str) -> String {
        let plain: String =
            text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let plain = plain.to_ascii_uppercase();
        let is_ignored = |part: &&str| {
            part.is_empty() || ["X-", "RSCALE=", "SKIP="].iter().any(|name| part.starts_with(name))
        };
        let mut parts: Vec<&str> = plain.split(';').filter(|part| !is_ignored(part)).collect();
        // FREQ comes first, what ends the rule last.
        let is_end = |part: &str| part.starts_with("UNTIL=") || part.starts_with("COUNT=");
        parts.sort_by_key(|part| (!part.starts_with("FREQ="), is_end(part)));
        let until = parts.iter().find_map(|part| Moment::parse(part.strip_prefix("UNTIL=")?));
        let count = parts.iter().find_map(|part| part.strip_prefix("COUNT=")?.parse().ok());
        let endless = parts.iter().filter(|part| !is_end(part)).copied().collect::<Vec<_>>();
        let endless = endless.join(";");
        // COUNT must not be beside UNTIL, nor where readers do not agree whether it counts a
        // DTSTART that the rule does not match.
        let ends = count.is_some() && (until.is_some() || !self.starts_with(&endless));
        let until = until.map(|until| self.until(until, &endless));
        match (until, count) {
            (None, None) => endless,
            (Some(until), None) => format!("{endless};UNTIL={until}"),
            (None, Some(count)) if name == "EXRULE" || !ends => format!("{endless};COUNT={count}"),
            (until, Some(count)) => self.end(&endless, until.as_deref(), count),
        }
    }

    /// Whether a rule matches DTSTART.
    fn starts_with(&self, rule: &str) -> bool {
        let parts = rule.split(';').filter(|part| !part.starts_with("COUNT="));
        let endless = parts.collect::<Vec<_>>().join(";");
        let start = self.span.interval(self.zone).start;
        let alone = format!("RRULE:FREQ=DAILY;COUNT=1\nEXRULE:{endless}");
        self.starts(&alone, start, None).is_empty()
    }

    /// A rule with one end, where it has two or COUNT alone would be read differently.
    fn end(&self, endless: &str, until: Option<&str>, count: u64) -> String {
        let with_count = format!("{endless};COUNT={count}");
        let with_until = until.map(|until| format!("{endless};UNTIL={until}"));
        let start = self.span.interval(self.zone).start;
        let all = |rule: &str| {
            let series = Series {
                master: Some(Master {
                    recurrence: Recurrence::parse(&format!("RRULE:{rule}")).ok(),
                    ..Master::new((), self.span)
                }),
                overrides: Vec::<Override<()>>::new(),
                zone: self.zone,
                calendar_zone: self.zone,
            };
            series.occurrences(Interval::new(start, Instant::MAX), &mut || self.budget.take(1)).ok()
        };
        let (counted, bounded) = (all(&with_count), with_until.as_deref().and_then(&all));
        match (counted, bounded, with_until) {
            (Some(counted), Some(bounded), Some(with_until)) if bounded.len() <= counted.len() => {
                with_until
            }
            (None, _, Some(with_until)) => with_until,
            (Some(counted), ..) => match counted.last() {
                Some(last) if self.is_all_day() => {
                    format!("{endless};UNTIL={}", format_date(self.date(last.interval.start)))
                }
                Some(last) => format!("{endless};UNTIL={}", format_utc(last.interval.start)),
                None => with_count,
            },
            (None, _, None) => with_count,
        }
    }

    /// UNTIL in DTSTART's form: a DATE, or else in UTC.
    fn until(&self, until: Moment, endless: &str) -> String {
        let local = |local| format_utc(local_to_instant(self.zone, local));
        match (until, self.is_all_day()) {
            (Moment::Date(date), true) => format_date(date),
            (Moment::Local(local), true) => format_date(local.date()),
            (Moment::Utc(utc), true) => {
                let instant = Instant::from_utc(utc);
                let rule = format!("RRULE:{endless};UNTIL={}", format_utc(instant));
                match self.starts(&rule, instant, None).last() {
                    Some(When::Date(last)) => format_date(*last),
                    _ => format_date(self.date(instant)),
                }
            }
            // A date allows its whole day.
            (Moment::Date(date), false) => {
                let end = NaiveTime::MIN - TimeDelta::seconds(1);
                local(date.and_time(end))
            }
            (Moment::Local(time), false) => local(time),
            (Moment::Utc(utc), false) => format_utc(Instant::from_utc(utc)),
        }
    }
}

/// An item of a line as a line of its own.
fn line_of(line: &Line<'_>, item: &str) -> String {
    let head = &line.text()[..line.text().len() - line.value().len()];
    format!("{head}{item}")
}
