//! RRULE, RDATE, EXDATE and EXRULE content lines (RFC 5545 section 3.8.5).

use super::rule::Rule;
use super::shown;
use super::value::{Period, Value};
use crate::time::{Zone, windows_zone};
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
    pub(super) periods: Vec<Period>,
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
                shown(lines),
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
        let Some(Line { name, value_type, zone, value }) = Line::split(line) else {
            if !line.contains(':') && line.contains('=') {
                self.rules.push(Rule::parse(line)?);
                return Ok(());
            }
            return Err(wrong_line(line));
        };
        let items = || value.split(',').map(str::trim).filter(|item| !item.is_empty());
        match name.as_str() {
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
                    if value_type.as_deref() == Some("PERIOD") || item.contains('/') {
                        self.periods.push(Period::parse(item, zone.as_ref())?);
                    } else {
                        self.dates.push(Value::parse(item, zone.as_ref())?);
                    }
                }
            }
            _ => return Err(wrong_line(line)),
        }
        Ok(())
    }
}

fn wrong_line(line: &str) -> Error {
    Error::invalid(format!(
        "not a recurrence property: {}: give RRULE, RDATE, EXDATE or EXRULE",
        shown(line)
    ))
}

/// One content line (RFC 5545 section 3.1).
struct Line<'a> {
    name: String,
    /// The VALUE parameter, in upper case.
    value_type: Option<String>,
    /// The zone of the TZID parameter, where it is known.
    zone: Option<Zone>,
    value: &'a str,
}

impl<'a> Line<'a> {
    fn split(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        // A colon inside a quoted parameter is part of it.
        let colon = line.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut parts = head.split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let name = parts.next()?.trim().to_ascii_uppercase();
        let (mut value_type, mut zone) = (None, None);
        for parameter in parts {
            let Some((key, text)) = parameter.split_once('=') else { continue };
            let text = text.trim().trim_matches('"');
            if key.trim().eq_ignore_ascii_case("VALUE") {
                value_type = Some(text.to_ascii_uppercase());
            } else if key.trim().eq_ignore_ascii_case("TZID") {
                zone = Zone::iana(text)
                    .or_else(|error| windows_zone(text).map_or(Err(error), Zone::iana))
                    .ok();
            }
        }
        Some(Self { name, value_type, zone, value })
    }
}
