//! RRULE, RDATE, EXDATE and EXRULE content lines (RFC 5545 section 3.8.5).

use super::rule::Rule;
use super::value::{Span, Value, moved};
use crate::error::quoted;
use crate::rfc5545::Line;
use crate::time::zone_named;
use crate::{Error, Result};
use chrono::TimeDelta;

/// The longest text of [`Recurrence::parse`], in bytes: some 60 000 dates.
pub const MAX_TEXT: usize = 1 << 20;

/// What makes an event recur: its RRULE, RDATE, EXDATE and EXRULE properties
/// (RFC 5545 section 3.8.5, RFC 2445 section 4.8.5.2).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recurrence {
    pub(super) rules: Vec<Rule>,
    pub(super) exception_rules: Vec<Rule>,
    pub(super) dates: Vec<Value>,
    pub(super) periods: Vec<Span>,
    pub(super) exception_dates: Vec<Value>,
}

impl Recurrence {
    /// Reads unfolded lines, separated by `\n` or `\r\n`; blank ones are
    /// ignored, names are read in any case. A line with no property name, such
    /// as `FREQ=DAILY`, is an RRULE. An unknown TZID means the series' zone.
    ///
    /// The error names the value that is not allowed.
    pub fn parse(lines: &str) -> Result<Self> {
        let (recurrence, problems) = Self::read(lines)?;
        problems.into_iter().next().map_or(Ok(recurrence), Err)
    }

    /// Reads what can be understood of such lines, and what cannot. An error is
    /// only text of more than [`MAX_TEXT`] bytes.
    ///
    /// What cannot be understood of a rule is left out of it, so that it rather
    /// blocks too much time than too little; a rule with no known frequency is
    /// left out as a whole, and so is a date that is not one.
    pub fn read(lines: &str) -> Result<(Self, Vec<Error>)> {
        if lines.len() > MAX_TEXT {
            return Err(Error::invalid(format!(
                "recurrence {} has {} bytes: give at most {MAX_TEXT}",
                quoted(lines),
                lines.len()
            )));
        }
        let mut recurrence = Self::default();
        let mut problems = Vec::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Err(error) = recurrence.add_line(line, &mut problems) {
                problems.push(error);
            }
        }
        Ok((recurrence, problems))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This with every date and time moved by local time; dates by whole days only.
    pub(crate) fn moved(mut self, by: TimeDelta) -> Self {
        let periods = self.periods.iter_mut().map(|period| &mut period.start);
        for value in self.dates.iter_mut().chain(&mut self.exception_dates).chain(periods) {
            match value {
                Value::Date(date) if by == TimeDelta::days(by.num_days()) => {
                    *date = date.checked_add_signed(by).unwrap_or(*date);
                }
                Value::Date(_) => {}
                Value::Local(local, _) => *local = moved(*local, by),
                Value::Utc(instant) => *instant = *instant + by,
            }
        }
        self
    }

    fn add_line(&mut self, line: &str, problems: &mut Vec<Error>) -> Result<()> {
        if !line.contains(':') && line.contains('=') {
            self.rules.push(Rule::read(line, problems)?);
            return Ok(());
        }
        let line = Line::new(line);
        let zone = line.tzid().and_then(zone_named);
        let value = line.value();
        let has_periods = line.has_type("PERIOD");
        let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
        match line.name().to_ascii_uppercase().as_str() {
            "RRULE" => self.rules.push(Rule::read(value, problems)?),
            "EXRULE" => {
                // A rule that fires more often than it is written would free time.
                self.exception_rules.push(Rule::parse(value)?);
            }
            "EXDATE" => {
                for item in items {
                    // A PERIOD is not allowed here; its start tells what is meant.
                    let start = item.split('/').next().unwrap_or(item);
                    match Value::parse(start, zone.as_ref()) {
                        Ok(value) => self.exception_dates.push(value),
                        Err(error) => problems.push(error),
                    }
                }
            }
            "RDATE" => {
                for item in items {
                    let is_period = has_periods || item.contains('/');
                    let added = if is_period {
                        Span::parse(item, zone.as_ref()).map(|period| self.periods.push(period))
                    } else {
                        Value::parse(item, zone.as_ref()).map(|value| self.dates.push(value))
                    };
                    problems.extend(added.err());
                }
            }
            _ => return Err(wrong_line(line.text())),
        }
        Ok(())
    }
}

fn wrong_line(line: &str) -> Error {
    Error::invalid(format!(
        "{} is not a recurrence property: give RRULE, RDATE, EXDATE or EXRULE",
        quoted(line)
    ))
}
