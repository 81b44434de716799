//! Series by chance: rules, dates, exceptions and overridden occurrences around
//! days on which the clocks change.

use crate::rules::{Rule, freqs, horizon, rules};
use calendar_engine::Interval;
use calendar_engine::event::{Span, When};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Zones, and years in which their clocks change.
const PLACES: [(&str, i32); 12] = [
    ("America/New_York", 2021),
    ("Europe/London", 2019),
    // Half an hour.
    ("Australia/Lord_Howe", 2022),
    // A day is missing.
    ("Pacific/Apia", 2011),
    // Midnight is missing, and the hour before it is repeated.
    ("America/Sao_Paulo", 2018),
    ("Africa/Cairo", 2023),
    // A quarter of an hour at midnight, once.
    ("Asia/Kathmandu", 1986),
    // For Ramadan, in the middle of summer time.
    ("Africa/Casablanca", 2016),
    // Two hours, and one more change in between.
    ("Antarctica/Troll", 2022),
    ("America/St_Johns", 2010),
    ("Asia/Kolkata", 2020),
    ("UTC", 2020),
];

/// The zone of those dates that have one of their own.
pub(crate) const OTHER_ZONE: &str = "Pacific/Chatham";

/// A series; times are relative to its start, in civil time.
#[derive(Debug, Clone)]
pub(crate) struct RandomSeries {
    pub(crate) zone: Zone,
    /// Whether it is of dates.
    pub(crate) is_date: bool,
    pub(crate) start: NaiveDateTime,
    /// Minutes, or of a series of dates days.
    pub(crate) length: i64,
    /// RRULE and EXRULE lines.
    pub(crate) rules: Vec<String>,
    pub(crate) rdates: Vec<Date>,
    pub(crate) exdates: Vec<Date>,
    pub(crate) changes: Vec<Change>,
}

/// A value of RDATE or EXDATE.
#[derive(Debug, Clone)]
pub(crate) struct Date {
    pub(crate) after: TimeDelta,
    pub(crate) form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Form {
    /// In the series' zone.
    Local,
    Utc,
    OtherZone,
    /// A DATE; in a series of dates every form is one.
    Date,
    /// As long as this many minutes. Of EXDATE, only the start.
    Period(i64),
}

/// An overridden occurrence, or what is taken for one.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) id: Date,
    pub(crate) this_and_future: bool,
    pub(crate) moved: TimeDelta,
    /// Minutes, or days.
    pub(crate) length: i64,
    /// Whether a series of dates gets times here, or one with times a date.
    pub(crate) is_of_other_kind: bool,
    pub(crate) cancelled: bool,
}

/// The days of a year on which the clocks of a zone change, or New Year.
fn change_days(zone: &Zone, year: i32) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let offset = |day: NaiveDate| zone.offset_at(Instant::from_utc(day.into()));
    let mut days: Vec<_> = first
        .iter_days()
        .take(365)
        .filter(|day| offset(*day) != offset(*day + TimeDelta::days(1)))
        .collect();
    days.push(first);
    days
}

fn starts() -> impl Strategy<Value = (Zone, NaiveDateTime)> {
    let days = prop_oneof![2 => -2..=1_i64, 1 => -60..=20_i64];
    (select(&PLACES[..]), any::<prop::sample::Index>(), days, 0..96_i64).prop_map(
        |((name, year), index, days, quarters)| {
            let zone = Zone::iana(name).unwrap();
            let day = *index.get(&change_days(&zone, year)) + TimeDelta::days(days);
            let start = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(quarters * 15);
            (zone, start)
        },
    )
}

/// Days and no minutes, to meet occurrences; or any time.
fn dates(forms: Vec<Form>) -> impl Strategy<Value = Vec<Date>> {
    let minutes = prop_oneof![2 => Just(0_i64), 1 => 0..1440_i64];
    let date = (-3..40_i64, minutes, select(forms)).prop_map(|(days, minutes, form)| Date {
        after: TimeDelta::days(days) + TimeDelta::minutes(minutes),
        form,
    });
    vec(date, 0..4)
}

fn lengths(is_date: bool) -> impl Strategy<Value = i64> {
    if is_date { (1..4_i64).boxed() } else { prop_oneof![0..180_i64, 0..4000_i64].boxed() }
}

fn changes(is_date: bool) -> impl Strategy<Value = Vec<Change>> {
    let moved = prop_oneof![
        1 => Just(TimeDelta::zero()),
        2 => (-200..200_i64).prop_map(TimeDelta::minutes),
        1 => (-20..20_i64).prop_map(TimeDelta::days),
    ];
    let flags = (any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    let change = (dates(vec![Form::Local, Form::Utc, Form::Date]), moved, lengths(is_date), flags);
    let change = change.prop_map(move |(ids, moved, length, flags)| {
        let (this_and_future, is_of_other_kind, cancelled) = flags;
        let id = ids.into_iter().next()?;
        // Dates move by days.
        let moved = if is_date { TimeDelta::days(moved.num_minutes() % 20) } else { moved };
        Some(Change { id, this_and_future, moved, length, is_of_other_kind, cancelled })
    });
    vec(change, 0..5).prop_map(|changes| changes.into_iter().flatten().collect())
}

/// A series with rules made for its start.
pub(crate) fn series_with<S: Strategy<Value = Vec<String>> + 'static>(
    rules: impl Fn(Zone, NaiveDateTime, bool) -> S + 'static,
) -> impl Strategy<Value = RandomSeries> {
    (starts(), prop::bool::weighted(0.3)).prop_flat_map(move |((zone, start), is_date)| {
        let start = if is_date { start.date().into() } else { start };
        let forms = vec![
            Form::Local,
            Form::Utc,
            Form::OtherZone,
            Form::Date,
            Form::Period(50),
            Form::Period(3000),
        ];
        (
            rules(zone.clone(), start, is_date),
            lengths(is_date),
            dates(forms.clone()),
            dates(forms),
            changes(is_date),
        )
            .prop_map(move |(rules, length, rdates, exdates, changes)| RandomSeries {
                zone: zone.clone(),
                is_date,
                start,
                length,
                rules,
                rdates,
                exdates,
                changes,
            })
    })
}

/// A series with any rule, and the time after its start up to which it has few
/// enough occurrences.
pub(crate) fn any_series() -> impl Strategy<Value = (RandomSeries, TimeDelta)> {
    freqs().prop_flat_map(|freq| {
        let lines = move |_, start, _| {
            let line = |name: &'static str| move |rule: Rule| format!("{name}:{rule}");
            (
                vec(rules(freq, start).prop_map(line("RRULE")), 0..3),
                vec(rules(freq, start).prop_map(line("EXRULE")), 0..2),
            )
                .prop_map(|(rules, exceptions)| [rules, exceptions].concat())
        };
        series_with(lines).prop_map(move |series| (series, horizon(freq) / 25))
    })
}

impl RandomSeries {
    pub(crate) fn instant(&self, civil: NaiveDateTime) -> Instant {
        local_to_instant(&self.zone, civil)
    }

    /// As many minutes or days from a civil time on.
    fn span(&self, start: NaiveDateTime, length: i64, is_date: bool) -> Span {
        if is_date {
            Span::Dates(start.date(), start.date() + TimeDelta::days(length.clamp(1, 30)))
        } else {
            let start = self.instant(start);
            Span::Times(Interval::new(start, start.plus_minutes(length)))
        }
    }

    pub(crate) fn master_span(&self) -> Span {
        self.span(self.start, self.length, self.is_date)
    }

    pub(crate) fn change_span(&self, change: &Change) -> Span {
        let start = self.start + change.id.after + change.moved;
        self.span(start, change.length, self.is_date != change.is_of_other_kind)
    }

    fn recurrence_id(&self, change: &Change) -> When {
        let civil = self.start + change.id.after;
        if self.is_date || change.id.form == Form::Date {
            When::Date(civil.date())
        } else {
            When::At(self.instant(civil))
        }
    }

    /// RRULE, EXRULE, RDATE and EXDATE lines; `tzid` is the parameter of local
    /// times, if they have one.
    pub(crate) fn lines(&self, tzid: &str) -> Vec<String> {
        let mut lines = self.rules.clone();
        for (name, dates) in [("RDATE", &self.rdates), ("EXDATE", &self.exdates)] {
            lines.extend(dates.iter().map(|date| self.line(name, date, tzid)));
        }
        lines
    }

    /// The property with one value.
    pub(crate) fn line(&self, name: &str, date: &Date, tzid: &str) -> String {
        let civil = self.start + date.after;
        let local = |civil: NaiveDateTime| civil.format("%Y%m%dT%H%M%S").to_string();
        let utc = local(self.instant(civil).utc());
        match date.form {
            _ if self.is_date => format!("{name};VALUE=DATE:{}", civil.format("%Y%m%d")),
            Form::Local => format!("{name}{tzid}:{}", local(civil)),
            Form::Utc => format!("{name}:{utc}Z"),
            Form::OtherZone => {
                let other = Zone::iana(OTHER_ZONE).unwrap();
                let civil = other.instant_to_local(self.instant(civil));
                format!("{name};TZID={OTHER_ZONE}:{}", local(civil))
            }
            Form::Date => format!("{name};VALUE=DATE:{}", civil.format("%Y%m%d")),
            Form::Period(_) if name != "RDATE" => format!("{name}:{utc}Z"),
            Form::Period(minutes) => format!("{name};VALUE=PERIOD:{utc}Z/PT{minutes}M"),
        }
    }

    /// The master has the key 0, the overrides 1 and so on. `tzid` is as in
    /// [`Self::lines`].
    pub(crate) fn series(&self, tzid: &str) -> Series<'_, usize> {
        let recurrence = Recurrence::parse(&self.lines(tzid).join("\n")).unwrap();
        let overrides = self.changes.iter().enumerate();
        let overrides = overrides.map(|(index, change)| Override {
            this_and_future: change.this_and_future,
            cancelled: change.cancelled,
            ..Override::new(index + 1, self.recurrence_id(change), self.change_span(change))
        });
        Series {
            master: Some(Master {
                recurrence: Some(recurrence),
                ..Master::new(0, self.master_span())
            }),
            overrides: overrides.collect(),
            zone: &self.zone,
            calendar_zone: &self.zone,
        }
    }
}
