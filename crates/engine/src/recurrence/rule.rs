//! The value of RRULE and EXRULE: RECUR (RFC 5545 section 3.3.10).

use super::value::Value;
use crate::error::quoted;
use crate::rfc5545::Moment;
use crate::{Error, Result};
use chrono::Weekday;

/// FREQ, from the finest to the coarsest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// One element of BYDAY: every such weekday, or the nth of the period, counted
/// from its end where negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByDay {
    pub(super) nth: Option<i32>,
    pub(super) weekday: Weekday,
}

/// A recurrence rule as written; lists are sorted and free of duplicates.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    /// The rule's text, for messages.
    pub(super) text: String,
    pub(super) freq: Frequency,
    pub(super) interval: i64,
    pub(super) count: Option<u64>,
    pub(super) until: Option<Value>,
    pub(super) week_start: Weekday,
    pub(super) by_second: Vec<i32>,
    pub(super) by_minute: Vec<i32>,
    pub(super) by_hour: Vec<i32>,
    pub(super) by_day: Vec<ByDay>,
    pub(super) by_month_day: Vec<i32>,
    pub(super) by_year_day: Vec<i32>,
    pub(super) by_week_no: Vec<i32>,
    pub(super) by_month: Vec<i32>,
    pub(super) by_set_pos: Vec<i32>,
}

/// The parts of a rule, each of which is allowed once.
const PARTS: [&str; 16] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYSECOND",
    "BYMINUTE",
    "BYHOUR",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "RSCALE",
    "SKIP",
];

impl Rule {
    /// Reads a rule, in any case, with empty parts (a trailing `;`) and `X-`
    /// parts ignored.
    ///
    /// COUNT beside UNTIL is allowed: whichever is reached first ends the rule.
    /// RFC 7529's RSCALE and SKIP are allowed where they change nothing.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut problems = Vec::new();
        let rule = Self::read(text, &mut problems)?;
        problems.into_iter().next().map_or(Ok(rule), Err)
    }

    /// Reads what can be understood of a rule: a part, or an element of a list,
    /// that cannot is left out and is one of `problems`. So a rule lasts for ever
    /// rather than ends, and fires more often rather than less. An error is only
    /// a rule whose frequency or calendar is not known.
    pub(super) fn read(text: &str, problems: &mut Vec<Error>) -> Result<Self> {
        let upper = text.to_ascii_uppercase();
        let mut rule = Self {
            text: text.chars().take(100).collect(),
            freq: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Mon,
            by_second: Vec::new(),
            by_minute: Vec::new(),
            by_hour: Vec::new(),
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_year_day: Vec::new(),
            by_week_no: Vec::new(),
            by_month: Vec::new(),
            by_set_pos: Vec::new(),
        };
        let mut seen = [false; PARTS.len()];
        for part in upper.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                problems.push(wrong(text, part, "NAME=VALUE"));
                continue;
            };
            let (name, value) = (name.trim_end(), value.trim());
            if name.starts_with("X-") {
                continue;
            }
            let Some(known) = PARTS.iter().position(|known| *known == name) else {
                problems.push(wrong(text, name, &format!("one of {}", PARTS.join(", "))));
                continue;
            };
            if std::mem::replace(&mut seen[known], true) {
                problems.push(wrong(text, part, &format!("{name} only once")));
                continue;
            }
            if name == "FREQ" {
                rule.freq = frequency(value).ok_or_else(|| wrong_freq(text, part))?;
            } else if name == "RSCALE" && value != "GREGORIAN" {
                return Err(wrong(text, part, "RSCALE=GREGORIAN"));
            } else if let Err(error) = rule.read_part(text, (part, name, value), problems) {
                problems.push(error);
            }
        }
        if !seen[0] {
            return Err(wrong_freq(text, "no FREQ"));
        }
        Ok(rule)
    }

    /// Reads one part; the elements of a list that are wrong are `problems`.
    fn read_part(
        &mut self,
        text: &str,
        (part, name, value): (&str, &str, &str),
        problems: &mut Vec<Error>,
    ) -> Result<()> {
        let mut list = |low, high, signed| {
            let allowed = || {
                let or = if signed { format!(" or -{high} to -{low}") } else { String::new() };
                format!("whole numbers from {low} to {high}{or}")
            };
            let mut numbers = Vec::new();
            for item in value.split(',') {
                match item.trim().parse::<i32>() {
                    Ok(n) if (low..=high).contains(&n) || signed && (-high..=-low).contains(&n) => {
                        numbers.push(n);
                    }
                    _ => problems.push(wrong(text, &format!("{name}={item}"), &allowed())),
                }
            }
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        match name {
            "INTERVAL" => self.interval = i64::from(positive(text, part, value)?),
            "COUNT" => self.count = Some(u64::from(positive(text, part, value)?)),
            "UNTIL" => match Moment::parse(value) {
                Some(moment) => self.until = Some(Value::new(moment, None)),
                None => {
                    let guess = Moment::guess(value).or_else(|| Moment::guess_date(value));
                    self.until = guess.map(|moment| Value::new(moment, None));
                    problems.push(wrong(text, part, "a date or a date-time"));
                }
            },
            "WKST" => {
                self.week_start =
                    weekday(value).ok_or_else(|| wrong(text, part, "SU, MO, … or SA"))?;
            }
            "BYSECOND" => {
                self.by_second = list(0, 60, false);
                // Clocks without leap seconds show the 60th as the 59th (section 3.3.12).
                self.by_second.iter_mut().for_each(|second| *second = (*second).min(59));
                self.by_second.dedup();
            }
            "BYMINUTE" => self.by_minute = list(0, 59, false),
            "BYHOUR" => self.by_hour = list(0, 23, false),
            "BYDAY" => self.by_day = by_day(text, part, value, problems),
            "BYMONTHDAY" => self.by_month_day = list(1, 31, true),
            "BYYEARDAY" => self.by_year_day = list(1, 366, true),
            "BYWEEKNO" => self.by_week_no = list(1, 53, true),
            "BYMONTH" => self.by_month = list(1, 12, false),
            "BYSETPOS" => self.by_set_pos = list(1, 366, true),
            "SKIP" if value != "OMIT" => return Err(wrong(text, part, "SKIP=OMIT")),
            _ => {}
        }
        Ok(())
    }
}

fn wrong(rule: &str, value: &str, allowed: &str) -> Error {
    Error::invalid(format!("{} in recurrence rule {}: give {allowed}", quoted(value), quoted(rule)))
}

fn wrong_freq(rule: &str, value: &str) -> Error {
    wrong(rule, value, "FREQ=SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY")
}

fn frequency(value: &str) -> Option<Frequency> {
    Some(match value {
        "SECONDLY" => Frequency::Secondly,
        "MINUTELY" => Frequency::Minutely,
        "HOURLY" => Frequency::Hourly,
        "DAILY" => Frequency::Daily,
        "WEEKLY" => Frequency::Weekly,
        "MONTHLY" => Frequency::Monthly,
        "YEARLY" => Frequency::Yearly,
        _ => return None,
    })
}

fn weekday(value: &str) -> Option<Weekday> {
    Some(match value {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

fn positive(rule: &str, part: &str, value: &str) -> Result<u32> {
    let allowed = format!("a whole number from 1 to {}", u32::MAX);
    match value.parse() {
        Ok(number) if number > 0 && !value.starts_with('+') => Ok(number),
        _ => Err(wrong(rule, part, &allowed)),
    }
}

fn by_day(rule: &str, part: &str, value: &str, problems: &mut Vec<Error>) -> Vec<ByDay> {
    let mut list: Vec<ByDay> = Vec::new();
    for item in value.split(',').map(str::trim) {
        let name = item.trim_start_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
        let number = &item[..item.len() - name.len()];
        let nth = match number.parse::<i32>() {
            _ if number.is_empty() => Some(None),
            Ok(n) if n != 0 && n.abs() <= 53 => Some(Some(n)),
            _ => None,
        };
        let (Some(nth), Some(weekday)) = (nth, weekday(name)) else {
            let value = if item.is_empty() { part } else { item };
            let allowed = "BYDAY as SU, MO, … or SA, with 1 to 53 or -53 to -1";
            problems.push(wrong(rule, value, allowed));
            continue;
        };
        let day = ByDay { nth, weekday };
        // Only 7 × 107 are different, so that this search stays short.
        if !list.contains(&day) {
            list.push(day);
        }
    }
    list
}
