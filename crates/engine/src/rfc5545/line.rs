//! A content line (RFC 5545 section 3.1).

use super::Moment;
use crate::error::quoted;
use std::borrow::Cow;

/// An unfolded content line: a name, parameters and a value.
pub(crate) struct Line<'a>(Cow<'a, str>);

/// The properties whose values hold no colon.
const WITHOUT_COLON: [&str; 9] = [
    "DTSTART",
    "DTEND",
    "DURATION",
    "RECURRENCE-ID",
    "RDATE",
    "EXDATE",
    "RRULE",
    "EXRULE",
    "FREEBUSY",
];

impl<'a> Line<'a> {
    pub(crate) fn new(text: impl Into<Cow<'a, str>>) -> Self {
        Self(text.into())
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The property's name, in the case in which it was written.
    pub(crate) fn name(&self) -> &str {
        self.0.split([':', ';']).next().unwrap_or_default().trim()
    }

    /// Whether it is this property.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    /// The value as written. A date, an offset, a duration or a rule is read
    /// from this, so that nothing the syntax layer would overlook is overlooked.
    pub(crate) fn value(&self) -> &str {
        self.colon().map_or("", |colon| self.0[colon + 1..].trim())
    }

    /// Where the value starts.
    ///
    /// A parameter with a colon must be quoted (section 3.2); Exchange for one
    /// writes `TZID=tzone://Microsoft/Utc:` all the same. Where the value can
    /// hold no colon, it starts after the last one, or where a date starts.
    fn colon(&self) -> Option<usize> {
        let mut quoted = false;
        let mut colons = self.0.char_indices().filter_map(|(index, c)| {
            quoted ^= c == '"';
            (c == ':' && !quoted).then_some(index)
        });
        let first = colons.next();
        // A quote that is never closed hides the colon; the last one is meant.
        let Some(first) = first else { return self.0.rfind(':') };
        if !WITHOUT_COLON.iter().any(|name| self.is(name)) {
            return Some(first);
        }
        let is_date = |colon: &usize| {
            let value = self.0[colon + 1..].split([',', '/']).next().unwrap_or_default();
            Moment::parse(value).or_else(|| Moment::guess(value)).is_some()
        };
        // Without parameters there is nothing else to hold a colon.
        let has_parameters = self.0[..first].contains(';');
        let otherwise = || if has_parameters { self.0.rfind(':') } else { Some(first) };
        std::iter::once(first).chain(colons).find(is_date).or_else(otherwise)
    }

    /// The value of a parameter, without quotes.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let head = &self.0[..self.colon().unwrap_or(self.0.len())];
        let mut quoted = false;
        let parts = head.split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        parts.skip(1).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').trim())
        })
    }

    /// TZID (section 3.2.19).
    pub(crate) fn tzid(&self) -> Option<&str> {
        self.parameter("TZID").filter(|tzid| !tzid.is_empty())
    }

    /// Whether VALUE (section 3.2.20) is this type.
    pub(crate) fn has_type(&self, name: &str) -> bool {
        self.parameter("VALUE").is_some_and(|value| value.eq_ignore_ascii_case(name))
    }

    /// The property and its value, for a message.
    pub(crate) fn shown(&self) -> String {
        format!("{} {}", self.name().to_ascii_uppercase(), quoted(self.value()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_starts_where_it_is_meant_to() {
        for (text, tzid, value) in [
            (
                "DTSTART;TZID=tzone://Microsoft/Utc:20260302",
                Some("tzone://Microsoft/Utc"),
                "20260302",
            ),
            ("DTSTART;TZID=\"UTC+02:00\":20260302T090000", Some("UTC+02:00"), "20260302T090000"),
            (
                "dtstart;tzid=UTC+02:00;VALUE=DATE-TIME: 20260302T090000",
                Some("UTC+02:00"),
                "20260302T090000",
            ),
            (
                "EXDATE;TZID=(UTC+01:00) Rome, Bern:20260302,20260303",
                Some("(UTC+01:00) Rome, Bern"),
                "20260302,20260303",
            ),
            ("RDATE;TZID=A;VALUE=PERIOD:20260302T090000/PT1H", Some("A"), "20260302T090000/PT1H"),
            ("DTSTART;TZID=a:nonsense", Some("a"), "nonsense"),
            ("DTSTART;TZID=\"a:20260302", Some("a"), "20260302"),
            ("DTSTART;TZID=:20260302", None, "20260302"),
            ("SUMMARY:a:b;TZID=c:d", None, "a:b;TZID=c:d"),
            ("DTSTART", None, ""),
        ] {
            let line = Line::new(text);
            assert_eq!((line.tzid(), line.value()), (tzid, value), "{text}");
        }
    }
}
