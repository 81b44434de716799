//! From a rule to civil times (RFC 5545 section 3.3.10).

use super::clock::{Clock, Units};
use super::days::{first_week, week_start, week_year};
use super::filters::Filters;
use super::rule::{Frequency, Rule};
use super::value::moved;
use super::work::Work;
use crate::Result;
use crate::time::YEARS;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// What of a rule's occurrences is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The first civil time of interest.
    pub(super) from: NaiveDateTime,
    /// The last one.
    pub(super) to: NaiveDateTime,
    /// Whether COUNT counts a DTSTART that the rule does not match: yes for
    /// RRULE, as "DTSTART always counts as the first occurrence".
    pub(super) start_counts: bool,
}

/// A rule with its start, ready to be followed.
pub(super) struct Expansion<'a> {
    rule: &'a Rule,
    start: NaiveDateTime,
    filters: Filters<'a>,
    grid: Grid,
    /// The `BYHOUR`, `BYMINUTE` and `BYSECOND` that each day, hour or minute is
    /// expanded to.
    clock: Clock<'a>,
}

/// How the rule's periods lie: number `n` is `n` intervals after that of DTSTART.
#[derive(Debug, Clone, Copy)]
enum Grid {
    /// Years of whole weeks, where BYWEEKNO makes weeks out of the year.
    WeekYears(i64),
    Years(i64),
    /// Months since year 0.
    Months(i64),
    /// Weeks, days, hours, minutes or seconds, in seconds of civil time.
    Seconds {
        first: i64,
        length: i64,
    },
}

/// What a walk along the rule has met so far.
struct Tally {
    counted: u64,
    met_any: bool,
}

/// Whether a walk goes on.
#[derive(PartialEq)]
enum Walk {
    On,
    Over,
}

impl<'a> Expansion<'a> {
    /// `start` is DTSTART as its clock shows it. In a series of dates, it is a
    /// midnight and `dates` is true: then BYHOUR, BYMINUTE and BYSECOND "MUST be
    /// ignored".
    pub(super) fn new(rule: &'a Rule, start: NaiveDateTime, dates: bool) -> Self {
        let listed = |list: &'a Vec<i32>, start: u32| {
            if dates || list.is_empty() {
                Units::One(start.cast_signed())
            } else {
                Units::Listed(list)
            }
        };
        let clock = Clock {
            hours: listed(&rule.by_hour, start.hour()),
            minutes: listed(&rule.by_minute, start.minute()),
            seconds: listed(&rule.by_second, start.second()),
            nanosecond: start.nanosecond(),
        };
        let civil_second = seconds(start);
        let date = start.date();
        let filters = Filters::new(rule, date);
        let grid = match rule.freq {
            Frequency::Yearly if !rule.by_week_no.is_empty() => {
                Grid::WeekYears(filters.first_week_year(date).into())
            }
            Frequency::Yearly => Grid::Years(date.year().into()),
            Frequency::Monthly => Grid::Months(months(date)),
            Frequency::Weekly => Grid::Seconds {
                first: seconds(week_start(date, rule.week_start).and_time(NaiveTime::MIN)),
                length: 7 * DAY * rule.interval,
            },
            Frequency::Daily => Grid::Seconds {
                first: seconds(date.and_time(NaiveTime::MIN)),
                length: DAY * rule.interval,
            },
            Frequency::Hourly => Grid::Seconds {
                first: civil_second - civil_second.rem_euclid(HOUR),
                length: HOUR * rule.interval,
            },
            Frequency::Minutely => Grid::Seconds {
                first: civil_second - civil_second.rem_euclid(60),
                length: 60 * rule.interval,
            },
            Frequency::Secondly => Grid::Seconds { first: civil_second, length: rule.interval },
        };
        Self { rule, start, filters, grid, clock }
    }

    /// Visits the rule's occurrences that are wanted, in order. Those before
    /// DTSTART are none, and DTSTART itself is one only if the rule matches it.
    ///
    /// Without a COUNT, periods that end before the wanted time are not walked
    /// through but leapt over, and with a COUNT where each has one occurrence.
    pub(super) fn each(
        &self,
        wanted: Wanted,
        work: &mut Work<'_>,
        visit: &mut dyn FnMut(NaiveDateTime) -> Result<()>,
    ) -> Result<()> {
        let (from, to) = (wanted.from.max(self.start), wanted.to.min(last_civil()));
        if from > to {
            return Ok(());
        }
        let wanted = Wanted { from, to, ..wanted };
        let mut tally = Tally { counted: 0, met_any: false };
        let mut n = 0;
        if self.rule.count.is_none() {
            n = self.period_of(wanted.from);
        } else if self.has_one_per_period() {
            n = self.period_of(wanted.from);
            tally = Tally { counted: n.unsigned_abs(), met_any: n > 0 };
        }
        let mut days = Vec::new();
        loop {
            work.step(&self.rule.text)?;
            let Some(begin) = self.period_begin(n) else { return Ok(()) };
            if begin > wanted.to {
                return Ok(());
            }
            if let Some(next) = self.leap(n, begin) {
                n = next;
                continue;
            }
            self.days_of_period(begin, work, &mut days)?;
            if self.walk(&days, &self.clock_of(begin), wanted, &mut tally, work, visit)?
                == Walk::Over
            {
                return Ok(());
            }
            n += 1;
        }
    }

    /// Whether no BYxxx part makes a period have none or several occurrences.
    /// Months and years lack some dates, so that they never qualify.
    fn has_one_per_period(&self) -> bool {
        let rule = self.rule;
        matches!(self.grid, Grid::Seconds { .. })
            && [
                &rule.by_second,
                &rule.by_minute,
                &rule.by_hour,
                &rule.by_month_day,
                &rule.by_year_day,
                &rule.by_week_no,
                &rule.by_month,
                &rule.by_set_pos,
            ]
            .iter()
            .all(|list| list.is_empty())
            && rule.by_day.is_empty()
    }

    /// The period that `civil` is in or, between two, the one before.
    fn period_of(&self, civil: NaiveDateTime) -> i64 {
        let interval = self.rule.interval;
        let n = match self.grid {
            Grid::WeekYears(first) => (i64::from(week_year(civil.date(), self.rule.week_start))
                - first)
                .div_euclid(interval),
            Grid::Years(first) => (i64::from(civil.year()) - first).div_euclid(interval),
            Grid::Months(first) => (months(civil.date()) - first).div_euclid(interval),
            Grid::Seconds { first, length } => (seconds(civil) - first).div_euclid(length),
        };
        n.max(0)
    }

    /// Where a period begins; `None` where it lies beyond all dates.
    fn period_begin(&self, n: i64) -> Option<NaiveDateTime> {
        let at = |first: i64| first.checked_add(n.checked_mul(self.rule.interval)?);
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
        match self.grid {
            Grid::WeekYears(first) => {
                let year = at(first)?.try_into().ok().filter(|year| year <= YEARS.end())?;
                first_week(year, self.rule.week_start).map(midnight)
            }
            Grid::Years(first) => {
                NaiveDate::from_ymd_opt(at(first)?.try_into().ok()?, 1, 1).map(midnight)
            }
            Grid::Months(first) => {
                let month = at(first)?;
                let year = month.div_euclid(12).try_into().ok()?;
                let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
                NaiveDate::from_ymd_opt(year, month, 1).map(midnight)
            }
            Grid::Seconds { first, length } => {
                let second = first.checked_add(n.checked_mul(length)?)?;
                DateTime::from_timestamp(second, 0).map(|utc| utc.naive_utc())
            }
        }
    }

    /// The period to go on with, where this one and those up to it surely have
    /// no occurrence: a rule may name one month and step by seconds.
    fn leap(&self, n: i64, begin: NaiveDateTime) -> Option<i64> {
        let Grid::Seconds { first, length } = self.grid else { return None };
        let freq = self.rule.freq;
        if freq > Frequency::Daily {
            return None;
        }
        let rejects = |finest_affected: Frequency, units: Units<'_>, unit: u32| {
            let Units::Listed(list) = units else { return false };
            freq <= finest_affected && !list.contains(&unit.cast_signed())
        };
        let second = seconds(begin);
        let date = begin.date();
        let next = if !self.filters.month_matches(date) {
            seconds(next_month(date).and_time(NaiveTime::MIN))
        } else if !self.filters.day_matches(date) {
            second - second.rem_euclid(DAY) + DAY
        } else if rejects(Frequency::Hourly, self.clock.hours, begin.hour()) {
            second - second.rem_euclid(HOUR) + HOUR
        } else if rejects(Frequency::Minutely, self.clock.minutes, begin.minute()) {
            second - second.rem_euclid(60) + 60
        } else if rejects(Frequency::Secondly, self.clock.seconds, begin.second()) {
            second + 1
        } else {
            return None;
        };
        Some((n + 1).max((next - first + length - 1).div_euclid(length)))
    }

    /// The days of a period that the rule's day parts allow, in order.
    fn days_of_period(
        &self,
        begin: NaiveDateTime,
        work: &mut Work<'_>,
        days: &mut Vec<NaiveDate>,
    ) -> Result<()> {
        days.clear();
        let first = begin.date();
        let end = match self.grid {
            // The week year that began in December is told by its fourth day.
            Grid::WeekYears(_) => {
                let next = week_year(first, self.rule.week_start) + 1;
                first_week(next, self.rule.week_start).unwrap_or(first)
            }
            Grid::Years(_) => NaiveDate::from_ymd_opt(first.year() + 1, 1, 1).unwrap_or(first),
            Grid::Months(_) => next_month(first),
            Grid::Seconds { .. } if self.rule.freq == Frequency::Weekly => {
                first + TimeDelta::days(7)
            }
            Grid::Seconds { .. } => {
                // `leap` has looked at this day already.
                days.push(first);
                return Ok(());
            }
        };
        let mut day = first;
        while day < end {
            work.step(&self.rule.text)?;
            if !self.filters.month_matches(day) {
                day = next_month(day);
                continue;
            }
            if self.filters.day_matches(day) {
                days.push(day);
            }
            day += TimeDelta::days(1);
        }
        Ok(())
    }

    /// The times of day of a period: a period shorter than a day has its own
    /// hour, minute or second.
    fn clock_of(&self, begin: NaiveDateTime) -> Clock<'_> {
        let own = |coarsest: Frequency, unit: u32, units| {
            if self.rule.freq <= coarsest { Units::One(unit.cast_signed()) } else { units }
        };
        Clock {
            hours: own(Frequency::Hourly, begin.hour(), self.clock.hours),
            minutes: own(Frequency::Minutely, begin.minute(), self.clock.minutes),
            seconds: own(Frequency::Secondly, begin.second(), self.clock.seconds),
            nanosecond: self.clock.nanosecond,
        }
    }

    /// Counts and visits the occurrences of one period.
    fn walk(
        &self,
        days: &[NaiveDate],
        clock: &Clock<'_>,
        wanted: Wanted,
        tally: &mut Tally,
        work: &mut Work<'_>,
        visit: &mut dyn FnMut(NaiveDateTime) -> Result<()>,
    ) -> Result<Walk> {
        let times = clock.len();
        if !self.rule.by_set_pos.is_empty() {
            for index in self.positions(days.len() * times) {
                work.step(&self.rule.text)?;
                let civil = days[index / times].and_time(clock.time(index % times));
                if self.meet(civil, wanted, tally, visit)? == Walk::Over {
                    return Ok(Walk::Over);
                }
            }
            return Ok(Walk::On);
        }
        for &day in days {
            if day > wanted.to.date() {
                return Ok(Walk::Over);
            }
            if day > self.start.date() && day < wanted.from.date() {
                // Nothing of this day is wanted, it is only to be counted.
                if self.count(times as u64, false, wanted, tally) < times as u64 {
                    return Ok(Walk::Over);
                }
                continue;
            }
            for index in 0..times {
                work.step(&self.rule.text)?;
                let civil = day.and_time(clock.time(index));
                if self.meet(civil, wanted, tally, visit)? == Walk::Over {
                    return Ok(Walk::Over);
                }
            }
        }
        Ok(Walk::On)
    }

    /// The indices that BYSETPOS picks out of a period's set of this size.
    fn positions(&self, size: usize) -> Vec<usize> {
        let mut positions: Vec<usize> = self
            .rule
            .by_set_pos
            .iter()
            .filter_map(|&position| {
                let distance = position.unsigned_abs() as usize;
                let index = if position > 0 { distance - 1 } else { size.checked_sub(distance)? };
                (index < size).then_some(index)
            })
            .collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// Takes one occurrence of the rule.
    fn meet(
        &self,
        civil: NaiveDateTime,
        wanted: Wanted,
        tally: &mut Tally,
        visit: &mut dyn FnMut(NaiveDateTime) -> Result<()>,
    ) -> Result<Walk> {
        if civil < self.start {
            return Ok(Walk::On);
        }
        if civil > wanted.to || self.count(1, civil == self.start, wanted, tally) == 0 {
            return Ok(Walk::Over);
        }
        if civil >= wanted.from {
            visit(civil)?;
        }
        Ok(Walk::On)
    }

    /// Counts `times` occurrences in a row; returns how many COUNT allows.
    fn count(&self, times: u64, at_start: bool, wanted: Wanted, tally: &mut Tally) -> u64 {
        if !std::mem::replace(&mut tally.met_any, true) && wanted.start_counts && !at_start {
            tally.counted += 1;
        }
        let left = self.rule.count.map_or(u64::MAX, |count| count.saturating_sub(tally.counted));
        tally.counted = tally.counted.saturating_add(times);
        times.min(left)
    }
}

/// The last civil time that a rule reaches.
fn last_civil() -> NaiveDateTime {
    let after = NaiveDate::from_ymd_opt(YEARS.end() + 1, 1, 1).unwrap_or(NaiveDate::MAX);
    moved(after.and_time(NaiveTime::MIN), TimeDelta::nanoseconds(-1))
}

fn seconds(civil: NaiveDateTime) -> i64 {
    civil.and_utc().timestamp()
}

fn months(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

/// The first day of the next month.
fn next_month(date: NaiveDate) -> NaiveDate {
    let (year, month) =
        if date.month() == 12 { (date.year() + 1, 1) } else { (date.year(), date.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(NaiveDate::MAX)
}
