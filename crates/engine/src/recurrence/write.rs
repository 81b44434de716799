//! RRULE, RDATE, EXDATE and EXRULE in the form of RFC 5545.

use super::property::Recurrence;
use super::rule::{ByDay, Frequency, Rule};
use super::value::{End, Value};
use crate::rfc5545::{format_date, format_local, format_utc, weekday_name};
use crate::time::{Zone, local_to_instant};
use chrono::Weekday;
use std::fmt;

/// As lines that [`Recurrence::parse`] reads as the same.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        lines.extend(self.rules.iter().map(|rule| format!("RRULE:{rule}")));
        lines.extend(self.exception_rules.iter().map(|rule| format!("EXRULE:{rule}")));
        add_values(&mut lines, "RDATE", &self.dates);
        for period in &self.periods {
            // A PERIOD starts at a time; the day of a date starts at midnight.
            let start = in_utc_or_local(&period.start);
            let end = match &period.end {
                End::At(value) => in_utc_or_local(value),
                End::After(duration) => duration.to_string(),
            };
            let tzid = tzid(&period.start);
            lines.push(format!("RDATE{tzid};VALUE=PERIOD:{start}/{end}"));
        }
        add_values(&mut lines, "EXDATE", &self.exception_dates);
        f.write_str(&lines.join("\n"))
    }
}

/// One line for all dates, and one for the times of each zone.
fn add_values(lines: &mut Vec<String>, name: &str, values: &[Value]) {
    let mut by_head: Vec<(String, Vec<String>)> = Vec::new();
    for value in values {
        let head = match value {
            Value::Date(_) => format!("{name};VALUE=DATE"),
            value => format!("{name}{}", tzid(value)),
        };
        let text = match value {
            Value::Date(date) => format_date(*date),
            value => in_utc_or_local(value),
        };
        // The times in UTC are lines of their own: a TZID would not be theirs.
        match by_head.iter_mut().find(|(own, texts)| {
            *own == head
                && texts.first().is_some_and(|own| own.ends_with('Z') == text.ends_with('Z'))
        }) {
            Some((_, texts)) => texts.push(text),
            None => by_head.push((head, vec![text])),
        }
    }
    lines.extend(by_head.into_iter().map(|(head, texts)| format!("{head}:{}", texts.join(","))));
}

/// The TZID parameter of a local time in a zone with a name.
fn tzid(value: &Value) -> String {
    match value {
        Value::Local(_, Some(zone)) => {
            zone.name().map(|name| format!(";TZID={name}")).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn in_utc_or_local(value: &Value) -> String {
    match value {
        Value::Date(date) => format_local(date.and_time(chrono::NaiveTime::MIN)),
        Value::Local(local, Some(zone @ Zone::Custom(_))) => {
            format_utc(local_to_instant(zone, *local))
        }
        Value::Local(local, _) => format_local(*local),
        Value::Utc(instant) => format_utc(*instant),
    }
}

/// The value of RRULE.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = match self.freq {
            Frequency::Secondly => "SECONDLY",
            Frequency::Minutely => "MINUTELY",
            Frequency::Hourly => "HOURLY",
            Frequency::Daily => "DAILY",
            Frequency::Weekly => "WEEKLY",
            Frequency::Monthly => "MONTHLY",
            Frequency::Yearly => "YEARLY",
        };
        write!(f, "FREQ={frequency}")?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        match &self.until {
            Some(Value::Date(date)) => write!(f, ";UNTIL={}", format_date(*date))?,
            Some(value) => write!(f, ";UNTIL={}", in_utc_or_local(value))?,
            None => {}
        }
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", weekday_name(self.week_start))?;
        }
        for (name, list) in [
            ("BYMONTH", &self.by_month),
            ("BYWEEKNO", &self.by_week_no),
            ("BYYEARDAY", &self.by_year_day),
            ("BYMONTHDAY", &self.by_month_day),
        ] {
            write_list(f, name, list)?;
        }
        write_list(f, "BYDAY", &self.by_day)?;
        for (name, list) in [
            ("BYHOUR", &self.by_hour),
            ("BYMINUTE", &self.by_minute),
            ("BYSECOND", &self.by_second),
            ("BYSETPOS", &self.by_set_pos),
        ] {
            write_list(f, name, list)?;
        }
        Ok(())
    }
}

fn write_list(f: &mut fmt::Formatter<'_>, name: &str, list: &[impl fmt::Display]) -> fmt::Result {
    let items: Vec<_> = list.iter().map(ToString::to_string).collect();
    if items.is_empty() { Ok(()) } else { write!(f, ";{name}={}", items.join(",")) }
}

/// One element of BYDAY.
impl fmt::Display for ByDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(weekday_name(self.weekday))
    }
}
