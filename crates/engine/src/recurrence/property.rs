//! RRULE, RDATE, EXDATE and EXRULE content lines (RFC 5545 section 3.8.5).

use super::rule::Rule;
use super::value::{Span, Value};
use crate::error::quoted;
use crate::rfc5545::Line;
use crate::time::zone_named;
use crate::{Error, Result};

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
        if lines.len() > MAX_TEXT {
            return Err(Error::invalid(format!(
                "recurrence {} has {} bytes: give at most {MAX_TEXT}",
                quoted(lines),
                lines.len()
            )));
        }
        let mut recurrence = Self::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            recurrence.add_line(line)?;
        }
        Ok(recurrence)
    }

    fn add_line(&mut self, line: &str) -> Result<()> {
        if !line.contains(':') && line.contains('=') {
            self.rules.push(Rule::parse(line)?);
            return Ok(());
        }
        let line = Line::new(line);
        let zone = line.tzid().and_then(zone_named);
        let value = line.value();
        let items = || value.split(',').map(str::trim).filter(|item| !item.is_empty());
        match line.name().to_ascii_uppercase().as_str() {
            "RRULE" => self.rules.push(Rule::parse(value)?),
            "EXRULE" => self.exception_rules.push(Rule::parse(value)?),
            "EXDATE" => {
                for item in items() {
                    // A PERIOD is not allowed here; its start tells what is meant.
                    let start = item.split('/').next().unwrap_or(item);
                    self.exception_dates.push(Value::parse(start, zone.as_ref())?);
                }
            }
            "RDATE" => {
                for item in items() {
                    if line.has_type("PERIOD") || item.contains('/') {
                        self.periods.push(Span::parse(item, zone.as_ref())?);
                    } else {
                        self.dates.push(Value::parse(item, zone.as_ref())?);
                    }
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
