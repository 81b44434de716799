//! DURATION (RFC 5545 section 3.3.6).

use crate::time::{Instant, Offsets, local_to_instant};
use chrono::TimeDelta;
use std::fmt;

/// A duration: days that the calendar counts, which have 23 or 25 hours where
/// the clocks change, and then exact time. Both have one sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration {
    pub(crate) days: i64,
    pub(crate) seconds: i64,
}

/// More than the calendar has, so that no sum overflows.
const MAX_DAYS: i64 = 4_000_000;

impl Duration {
    /// Reads `P1W`, `P1DT2H`, `PT30M`, `-PT5M` and the like. Parts may be in any
    /// order, weeks beside days, and the `T` absent where nothing else can be
    /// meant, as some programs write them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (sign, text) = match text.strip_prefix('-') {
            Some(text) => (-1, text),
            None => (1, text.strip_prefix('+').unwrap_or(&text)),
        };
        let mut duration = Self { days: 0, seconds: 0 };
        let mut number = None;
        let mut any = false;
        for c in text.strip_prefix('P')?.chars() {
            if let Some(digit) = c.to_digit(10) {
                let so_far: i64 = number.unwrap_or(0);
                number = Some(so_far.checked_mul(10)?.checked_add(i64::from(digit))?);
                continue;
            }
            if c == 'T' && number.is_none() {
                continue;
            }
            let n = number.take()?;
            any = true;
            let (unit, sum) = match c {
                'W' => (7, &mut duration.days),
                'D' => (1, &mut duration.days),
                'H' => (3600, &mut duration.seconds),
                'M' => (60, &mut duration.seconds),
                'S' => (1, &mut duration.seconds),
                _ => return None,
            };
            *sum = sum.checked_add(n.checked_mul(unit)?)?;
        }
        let fits = duration.days <= MAX_DAYS && duration.seconds <= MAX_DAYS * 86_400;
        (any && number.is_none() && fits)
            .then(|| Self { days: sign * duration.days, seconds: sign * duration.seconds })
    }

    /// Whether it depends on the calendar: it has days.
    pub fn is_nominal(self) -> bool {
        self.days != 0
    }

    /// Whether it ends after it starts.
    pub fn is_positive(self) -> bool {
        self.days > 0 || self.seconds > 0
    }

    /// The instant this long after `start`, by the clocks of `zone`.
    pub fn after(self, start: Instant, zone: &impl Offsets) -> Instant {
        let day = match self.days {
            0 => start,
            days => {
                let local = zone.instant_to_local(start);
                let moved = local.checked_add_signed(TimeDelta::days(days));
                moved.map_or(start, |moved| local_to_instant(zone, moved))
            }
        };
        day + TimeDelta::seconds(self.seconds)
    }

    /// The longest that it can last, whatever the clocks do.
    pub(crate) fn longest(self) -> TimeDelta {
        let days = self.days + i64::from(self.is_nominal());
        TimeDelta::days(days) + TimeDelta::seconds(self.seconds)
    }
}

/// In the form of section 3.3.6.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.days.abs(), self.seconds.abs());
        let sign = if self.days < 0 || self.seconds < 0 { "-" } else { "" };
        write!(f, "{sign}P")?;
        if days > 0 || seconds == 0 {
            write!(f, "{days}D")?;
        }
        if seconds > 0 {
            f.write_str("T")?;
        }
        for (count, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')]
        {
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_section_3_3_6_and_as_programs_write_them() {
        let parse = |text| Duration::parse(text).map(|d| (d.days, d.seconds));
        assert_eq!(parse("P15DT5H0M20S"), Some((15, 18_020)));
        assert_eq!(parse("P7W"), Some((49, 0)));
        assert_eq!(parse("-pt15m"), Some((0, -900)));
        assert_eq!(parse("+PT90M"), Some((0, 5400)));
        assert_eq!(parse("P0D"), Some((0, 0)));
        assert_eq!(parse("P1DT1D"), Some((2, 0)));
        assert_eq!(parse("P5H"), Some((0, 18_000)));
        for wrong in ["", "P", "PT", "5H", "PT5", "P99999999999999999999D", "P4000001D", "P1Y"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        for text in ["P15DT5H20S", "P49D", "-PT15M", "P0D", "PT90S", "-P1DT1H", "PT25H"] {
            let duration = Duration::parse(text).unwrap();
            assert_eq!(Duration::parse(&duration.to_string()), Some(duration), "{text}");
        }
        assert_eq!(Duration::parse("P1W").unwrap().to_string(), "P7D");
        assert_eq!(Duration::parse("PT90M").unwrap().to_string(), "PT1H30M");
    }
}
