//! Which days a rule allows (RFC 5545 section 3.3.10).

use super::days::{
    Place, first_week, in_month, in_year, week_in_year, week_year, weekday_in_month,
    weekday_in_year,
};
use super::rule::{ByDay, Frequency, Rule};
use chrono::{Datelike, NaiveDate};

/// The rule's day parts, completed from DTSTART: "information, not contained in
/// the rule, necessary to determine the various recurrence instance start time
/// and dates are derived from the Start Time".
pub(super) struct Filters<'a> {
    rule: &'a Rule,
    month: Option<u32>,
    month_day: Option<i32>,
    weekday: Option<ByDay>,
    /// What the number of a BYDAY counts in.
    nth_in: NthIn,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum NthIn {
    Month,
    Year,
    /// Numbers are not allowed with this frequency or with BYWEEKNO; they are
    /// ignored, as every weekday blocks more time than none.
    Nothing,
}

impl<'a> Filters<'a> {
    pub(super) fn new(rule: &'a Rule, start: NaiveDate) -> Self {
        let (yearly, monthly) = (rule.freq == Frequency::Yearly, rule.freq == Frequency::Monthly);
        let no_day_parts =
            rule.by_day.is_empty() && rule.by_year_day.is_empty() && rule.by_month_day.is_empty();
        let no_weeks = rule.by_week_no.is_empty();
        // In a yearly rule, BYMONTHDAY alone names no month; it is DTSTART's, as
        // it would be without BYMONTHDAY.
        let needs_month = yearly
            && no_weeks
            && rule.by_month.is_empty()
            && rule.by_day.is_empty()
            && rule.by_year_day.is_empty();
        let needs_month_day = (monthly || yearly && no_weeks) && no_day_parts;
        let needs_weekday = (rule.freq == Frequency::Weekly || yearly && !no_weeks) && no_day_parts;
        let nth_in = match rule.freq {
            Frequency::Monthly => NthIn::Month,
            Frequency::Yearly if !no_weeks => NthIn::Nothing,
            Frequency::Yearly if !rule.by_month.is_empty() => NthIn::Month,
            Frequency::Yearly => NthIn::Year,
            _ => NthIn::Nothing,
        };
        Self {
            rule,
            month: needs_month.then(|| start.month()),
            month_day: needs_month_day.then(|| start.day().cast_signed()),
            weekday: needs_weekday.then(|| ByDay { nth: None, weekday: start.weekday() }),
            nth_in,
        }
    }

    /// The year that INTERVAL counts from in a rule with BYWEEKNO: that of
    /// DTSTART's week, if it still has an occurrence, or else DTSTART's own.
    ///
    /// RFC 5545 does not say what a year of weeks is; this is what libical does.
    pub(super) fn first_week_year(&self, start: NaiveDate) -> i32 {
        let year = week_year(start, self.rule.week_start);
        let end = first_week(year + 1, self.rule.week_start).unwrap_or(start);
        let used = start
            .iter_days()
            .take_while(|day| *day < end)
            .any(|day| self.month_matches(day) && self.day_matches(day));
        if used { year } else { start.year() }
    }

    pub(super) fn month_matches(&self, date: NaiveDate) -> bool {
        let listed = &self.rule.by_month;
        (listed.is_empty() || listed.contains(&date.month().cast_signed()))
            && self.month.is_none_or(|month| month == date.month())
    }

    /// Whether all day parts but BYMONTH allow the date.
    pub(super) fn day_matches(&self, date: NaiveDate) -> bool {
        let rule = self.rule;
        let any = |list: &[i32], place: Place| list.iter().any(|&n| place.is(n));
        self.month_day.is_none_or(|day| day == date.day().cast_signed())
            && self.weekday.is_none_or(|day| self.weekday_matches(day, date))
            && (rule.by_month_day.is_empty() || any(&rule.by_month_day, in_month(date)))
            && (rule.by_year_day.is_empty() || any(&rule.by_year_day, in_year(date)))
            && (rule.by_day.is_empty()
                || rule.by_day.iter().any(|&day| self.weekday_matches(day, date)))
            && (rule.by_week_no.is_empty()
                || any(&rule.by_week_no, week_in_year(date, rule.week_start)))
    }

    fn weekday_matches(&self, day: ByDay, date: NaiveDate) -> bool {
        day.weekday == date.weekday()
            && day.nth.is_none_or(|nth| match self.nth_in {
                NthIn::Month => weekday_in_month(date).is(nth),
                NthIn::Year => weekday_in_year(date).is(nth),
                NthIn::Nothing => true,
            })
    }
}
