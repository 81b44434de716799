//! Rules by chance: every part that RFC 5545 section 3.3.10 allows with their
//! frequency, and starts that they may or may not match.

use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::{self, Display, Formatter};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Freq {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule as its parts, in any order and with repetitions; empty where absent.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) freq: Freq,
    pub(crate) interval: u32,
    pub(crate) week_start: Weekday,
    pub(crate) by_month: Vec<i32>,
    pub(crate) by_week_no: Vec<i32>,
    pub(crate) by_year_day: Vec<i32>,
    pub(crate) by_month_day: Vec<i32>,
    pub(crate) by_day: Vec<(Option<i32>, Weekday)>,
    pub(crate) by_hour: Vec<i32>,
    pub(crate) by_minute: Vec<i32>,
    pub(crate) by_second: Vec<i32>,
    pub(crate) by_set_pos: Vec<i32>,
    pub(crate) count: Option<u32>,
    pub(crate) until: Option<Until>,
}

/// UNTIL as the clocks of the series show it, and as the rule says it.
#[derive(Debug, Clone)]
pub(crate) struct Until {
    pub(crate) civil: NaiveDateTime,
    text: String,
}

/// A rule and its start, in a zone whose clocks never change.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) zone: Zone,
    /// DTSTART; a midnight if it is a DATE.
    pub(crate) start: NaiveDateTime,
    pub(crate) is_date: bool,
    pub(crate) rule: Rule,
}

impl Display for Freq {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_uppercase())
    }
}

impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={};INTERVAL={};WKST={}", self.freq, self.interval, name(self.week_start))?;
        let days = self.by_day.iter();
        let days = days.map(|(nth, day)| match nth {
            Some(nth) => format!("{nth}{}", name(*day)),
            None => name(*day),
        });
        let text = |numbers: &[i32]| numbers.iter().map(i32::to_string).collect();
        let parts: [(&str, Vec<String>); 9] = [
            ("BYMONTH", text(&self.by_month)),
            ("BYWEEKNO", text(&self.by_week_no)),
            ("BYYEARDAY", text(&self.by_year_day)),
            ("BYMONTHDAY", text(&self.by_month_day)),
            ("BYDAY", days.collect()),
            ("BYHOUR", text(&self.by_hour)),
            ("BYMINUTE", text(&self.by_minute)),
            ("BYSECOND", text(&self.by_second)),
            ("BYSETPOS", text(&self.by_set_pos)),
        ];
        for (part, values) in parts.iter().filter(|(_, values)| !values.is_empty()) {
            write!(f, ";{part}={}", values.join(","))?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        if let Some(until) = &self.until {
            write!(f, ";UNTIL={}", until.text)?;
        }
        Ok(())
    }
}

/// `MO` to `SU`.
fn name(day: Weekday) -> String {
    day.to_string()[..2].to_uppercase()
}

pub(crate) const DAYS: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

/// How far to follow a rule that fires rarely, so that all of them take about
/// as long.
pub(crate) fn horizon(freq: Freq) -> TimeDelta {
    TimeDelta::days(match freq {
        Freq::Secondly => 3,
        Freq::Minutely => 40,
        Freq::Hourly => 500,
        Freq::Daily => 2000,
        Freq::Weekly => 4000,
        Freq::Monthly => 6000,
        Freq::Yearly => 12_000,
    })
}

/// Times that are often near the ends of days, months and years.
fn starts() -> impl Strategy<Value = NaiveDateTime> {
    let near = [(1, 1), (2, 29), (3, 1), (4, 30), (12, 29), (12, 31)];
    let day = prop_oneof![
        (1..=366_i64).prop_map(|day| (1, 1, day - 1)),
        (select(near.to_vec()), -4..5_i64).prop_map(|((month, day), off)| (month, day, off)),
    ];
    let second = prop_oneof![
        2 => 0..86_400_u32,
        1 => select(vec![0, 9 * 3600, 86_399, 86_340, 82_800]),
    ];
    (1990..2035, day, second).prop_map(|(year, (month, day, off), second)| {
        let date = NaiveDate::from_ymd_opt(year, month, day)
            .unwrap_or_else(|| NaiveDate::from_ymd_opt(year, month, day - 1).unwrap());
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
        (date + TimeDelta::days(off)).and_time(time)
    })
}

/// Now and then a list, in which what DTSTART has is more likely than others.
fn list<T: Clone + fmt::Debug + 'static>(
    is_allowed: bool,
    any: impl Strategy<Value = T> + 'static,
    own: T,
) -> impl Strategy<Value = Vec<T>> {
    let listed = vec(prop_oneof![2 => any, 1 => Just(own)], 1..5);
    let weight = if is_allowed { 3 } else { 0 };
    prop_oneof![7 => Just(Vec::new()), weight => listed]
}

/// `1` to `last`, or `-last` to `-1`.
fn from_either_end(last: i32) -> impl Strategy<Value = i32> {
    prop_oneof![2 => 1..=last, 1 => -last..=-1]
}

fn intervals(freq: Freq) -> impl Strategy<Value = u32> {
    let most = if freq < Freq::Daily { 100_000 } else { 40_u32 };
    prop_oneof![4 => Just(1_u32), 3 => 2..5_u32, 2 => 5..40_u32, 1 => 1..=most]
}

pub(crate) fn freqs() -> impl Strategy<Value = Freq> {
    prop_oneof![
        1 => Just(Freq::Secondly),
        1 => Just(Freq::Minutely),
        1 => Just(Freq::Hourly),
        2 => Just(Freq::Daily),
        2 => Just(Freq::Weekly),
        3 => Just(Freq::Monthly),
        4 => Just(Freq::Yearly),
    ]
}

/// BYDAY: with numbers where these are allowed.
fn days(
    freq: Freq,
    with_weeks: bool,
    start: NaiveDateTime,
) -> impl Strategy<Value = Vec<(Option<i32>, Weekday)>> {
    let nth = match freq {
        Freq::Monthly => Some(from_either_end(5).boxed()),
        Freq::Yearly if !with_weeks => {
            Some(prop_oneof![from_either_end(5), from_either_end(53)].boxed())
        }
        _ => None,
    };
    let nth = match nth {
        Some(nth) => weighted(0.5, nth).boxed(),
        None => Just(None).boxed(),
    };
    list(true, (nth, select(&DAYS[..])), (None, start.weekday()))
}

prop_compose! {
    fn day_parts(freq: Freq, start: NaiveDateTime)(
        by_week_no in list(freq == Freq::Yearly, from_either_end(53), start.iso_week().week().cast_signed()),
    )(
        by_day in days(freq, !by_week_no.is_empty(), start),
        by_week_no in Just(by_week_no),
        by_month in list(true, 1..=12, start.month().cast_signed()),
        by_year_day in list(
            !(Freq::Daily..=Freq::Monthly).contains(&freq),
            from_either_end(366),
            start.ordinal().cast_signed(),
        ),
        by_month_day in list(freq != Freq::Weekly, from_either_end(31), start.day().cast_signed()),
    ) -> Rule {
        Rule {
            freq,
            interval: 1,
            week_start: Weekday::Mon,
            by_month,
            by_week_no,
            by_year_day,
            by_month_day,
            by_day,
            by_hour: Vec::new(),
            by_minute: Vec::new(),
            by_second: Vec::new(),
            by_set_pos: Vec::new(),
            count: None,
            until: None,
        }
    }
}

prop_compose! {
    pub(crate) fn rules(freq: Freq, start: NaiveDateTime)(
        rule in day_parts(freq, start),
        interval in intervals(freq),
        week_start in select(&DAYS[..]),
        by_hour in list(true, 0..24, start.hour().cast_signed()),
        by_minute in list(true, 0..60, start.minute().cast_signed()),
        by_second in list(true, 0..60, start.second().cast_signed()),
        // A period of a second has only one place.
        by_set_pos in list(true, from_either_end(if freq == Freq::Secondly { 1 } else { 8 }), 1),
        count in weighted(0.3, 1..40_u32),
    ) -> Rule {
        Rule { interval, week_start, by_hour, by_minute, by_second, by_set_pos, count, ..rule }
    }
}

/// UNTIL in any form that the start's form allows, at times before the start.
fn untils(
    zone: Zone,
    start: NaiveDateTime,
    is_date: bool,
    freq: Freq,
) -> impl Strategy<Value = Option<Until>> {
    let seconds = horizon(freq).num_seconds();
    let after = (-seconds / 20..seconds / 2, any::<bool>()).prop_map(|(after, whole_days)| {
        // Whole days after the start are often an occurrence.
        if whole_days { after.div_euclid(86_400) * 86_400 } else { after }
    });
    let until = (after, any::<bool>()).prop_map(move |(after, in_utc)| {
        let civil = start + TimeDelta::seconds(after);
        let (civil, text) = if is_date {
            (civil.date().into(), civil.format("%Y%m%d").to_string())
        } else if in_utc {
            let utc = local_to_instant(&zone, civil).utc();
            (civil, utc.format("%Y%m%dT%H%M%SZ").to_string())
        } else {
            (civil, civil.format("%Y%m%dT%H%M%S").to_string())
        };
        Until { civil, text }
    });
    weighted(0.3, until)
}

/// Rules from `finest` up, with COUNT and UNTIL in one rule as never in a
/// calendar, but allowed here.
pub(crate) fn cases(finest: Freq) -> impl Strategy<Value = Case> {
    let zones = ["UTC", "Asia/Kathmandu", "America/Phoenix"];
    let freqs = freqs().prop_filter("coarser", move |freq| *freq >= finest);
    (freqs, starts(), any::<bool>(), select(zones.to_vec())).prop_flat_map(
        |(freq, start, is_date, zone)| {
            let is_date = is_date && freq >= Freq::Daily;
            let start = if is_date { start.date().into() } else { start };
            let zone = Zone::iana(zone).unwrap();
            (rules(freq, start), untils(zone.clone(), start, is_date, freq)).prop_map(
                move |(rule, until)| Case {
                    zone: zone.clone(),
                    start,
                    is_date,
                    rule: Rule { until, ..rule },
                },
            )
        },
    )
}

impl Case {
    pub(crate) fn instant(&self, civil: NaiveDateTime) -> Instant {
        local_to_instant(&self.zone, civil)
    }

    pub(crate) fn civil(&self, instant: Instant) -> NaiveDateTime {
        self.zone.instant_to_local(instant)
    }
}
