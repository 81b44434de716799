//! Series and times in few words.

use crate::rules::Case;
use calendar_engine::Interval;
use calendar_engine::event::{Span, When};
use calendar_engine::recurrence::{Master, Occurrence, Override, Recurrence, Series};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use proptest::collection::vec;
use proptest::prelude::*;
use std::ops::RangeInclusive;

/// `1997-09-02 09:00`, `1997-09-02 09:00:30` or a bare date's midnight.
pub(crate) fn civil(text: &str) -> NaiveDateTime {
    ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .unwrap_or_else(|| date(text).into())
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn zone(name: &str) -> Zone {
    Zone::iana(name).unwrap()
}

/// The instant of a clock time in a zone.
#[allow(dead_code)]
pub(crate) fn at(zone: &Zone, text: &str) -> Instant {
    local_to_instant(zone, civil(text))
}

#[allow(dead_code)]
pub(crate) fn utc(text: &str) -> Instant {
    Instant::from_utc(civil(text))
}

/// Both ends as clock times in a zone.
#[allow(dead_code)]
pub(crate) fn between(zone: &Zone, from: &str, to: &str) -> Interval {
    Interval::new(at(zone, from), at(zone, to))
}

pub(crate) fn dates(first: &str, end: &str) -> Span {
    Span::Dates(date(first), date(end))
}

#[allow(dead_code)]
pub(crate) fn times(zone: &Zone, from: &str, to: &str) -> Span {
    Span::Times(between(zone, from, to))
}

/// A series whose master has the key 0, in one zone.
pub(crate) fn series<'a>(zone: &'a Zone, span: Span, lines: &str) -> Series<'a, u32> {
    let recurrence = Some(Recurrence::parse(lines).unwrap());
    Series {
        master: Some(Master { recurrence, ..Master::new(0, span) }),
        overrides: Vec::new(),
        zone,
        calendar_zone: zone,
    }
}

/// An override of one occurrence.
#[allow(dead_code)]
pub(crate) fn single(key: u32, recurrence_id: When, span: Span) -> Override<u32> {
    Override::new(key, recurrence_id, span)
}

pub(crate) fn occurrences(
    series: &Series<'_, u32>,
    range: Interval,
) -> calendar_engine::Result<Vec<Occurrence<u32>>> {
    series.occurrences(range, &mut || true)
}

/// `key@start/end` of every occurrence, in clock times of a zone.
#[allow(dead_code)]
pub(crate) fn told(series: &Series<'_, u32>, zone: &Zone, from: &str, to: &str) -> Vec<String> {
    occurrences(series, between(zone, from, to))
        .unwrap()
        .iter()
        .map(|occurrence| {
            let show =
                |instant| zone.instant_to_local(instant).format("%Y-%m-%d %H:%M").to_string();
            let (start, end) = (show(occurrence.interval.start), show(occurrence.interval.end));
            let end = if end[..10] == start[..10] { &end[11..] } else { &end };
            format!("{}@{start}/{end}", occurrence.key)
        })
        .collect()
}

/// Parts of a stretch of time, the first one the whole.
#[derive(Debug, Clone)]
pub(crate) struct RandomRanges(Vec<(f64, f64)>);

pub(crate) fn random_ranges() -> impl Strategy<Value = RandomRanges> {
    vec((0.0..1.0, 0.0..1.0), 3).prop_map(|mut parts| {
        parts.insert(0, (0.0, 1.0));
        RandomRanges(parts)
    })
}

impl RandomRanges {
    /// In whole seconds.
    pub(crate) fn within(
        &self,
        start: NaiveDateTime,
        end: NaiveDateTime,
    ) -> impl Iterator<Item = RangeInclusive<NaiveDateTime>> {
        let length = (end - start).num_seconds() as f64;
        let at = move |part: f64| start + TimeDelta::seconds((length * part) as i64);
        self.0.iter().map(move |&(a, b)| at(a.min(b))..=at(a.max(b)))
    }

    pub(crate) fn of(&self, start: Instant, end: Instant) -> impl Iterator<Item = Interval> {
        self.within(start.utc(), end.utc()).map(|range| {
            Interval::new(Instant::from_utc(*range.start()), Instant::from_utc(*range.end()))
        })
    }
}

/// The starts of a random series in a range, as its clocks show them.
pub(crate) fn civil_starts(
    case: &Case,
    range: RangeInclusive<NaiveDateTime>,
) -> Result<Vec<NaiveDateTime>, String> {
    let start = case.instant(case.start);
    let span = match case.is_date {
        true => Span::Dates(case.start.date(), case.start.date()),
        false => Span::Times(Interval::new(start, start)),
    };
    let series = series(&case.zone, span, &format!("RRULE:{}", case.rule));
    let (first, last) = range.into_inner();
    let range = Interval::new(case.instant(first), case.instant(last) + TimeDelta::seconds(1));
    let found = occurrences(&series, range).map_err(|error| error.to_string())?;
    Ok(found.iter().map(|found| case.civil(found.interval.start)).collect())
}
