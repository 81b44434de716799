//! One content line as a property: its name, parameters and value (RFC 5545
//! section 3.1).

use super::shown;
use calcard::common::IanaString;
use calcard::icalendar::{
    ICalendarComponentType, ICalendarParameter, ICalendarParameterName, ICalendarParameterValue,
    ICalendarParticipationStatus, ICalendarValue, ICalendarValueType, Uri,
};
use calcard::{Entry, Parser};
use std::borrow::Cow;

/// An unfolded content line.
pub(super) struct Line<'a>(Cow<'a, str>);

impl<'a> Line<'a> {
    pub(super) fn new(text: Cow<'a, str>) -> Self {
        Self(text)
    }

    /// This line, whose value is one or more dates or date-times.
    ///
    /// A TZID with a colon must be quoted (section 3.2); Exchange for one writes
    /// `TZID=tzone://Microsoft/Utc:` all the same. As no date holds a colon, the
    /// last one is where the value starts.
    pub(super) fn with_quoted_tzid(self) -> Self {
        let quoted = || {
            let (head, value) = self.0.rsplit_once(':')?;
            let start = head.to_ascii_uppercase().find(";TZID=")? + ";TZID=".len();
            let (before, tzid) = head.split_at(start);
            let (tzid, after) = tzid.split_at(tzid.find(';').unwrap_or(tzid.len()));
            let is_broken = tzid.contains(':') && !tzid.contains('"');
            is_broken.then(|| format!("{before}\"{tzid}\"{after}:{value}"))
        };
        quoted().map_or(self, |line| Self(line.into()))
    }

    /// All of it.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// The property's name, in the case in which it was written.
    pub(super) fn name(&self) -> &str {
        self.0.split([':', ';']).next().unwrap_or_default().trim()
    }

    /// The value as written. A date, an offset, a duration or a rule is read
    /// from this, so that nothing the syntax layer would overlook is overlooked.
    pub(super) fn value(&self) -> &str {
        let mut quoted = false;
        let colon = self.0.find(|c| {
            quoted ^= c == '"';
            c == ':' && !quoted
        });
        // A quote that is never closed hides the colon; the last one is meant.
        let colon = colon.or_else(|| self.0.rfind(':'));
        colon.map_or("", |colon| self.0[colon + 1..].trim())
    }

    /// Its parameters, and its value with TEXT escapes resolved.
    pub(super) fn parse(&self) -> Property {
        let entry = match Parser::new(&self.0).icalendar(ICalendarComponentType::VEvent) {
            Entry::ICalendar(calendar) => {
                calendar.components.into_iter().next().and_then(|c| c.entries.into_iter().next())
            }
            _ => None,
        };
        let (params, values) = entry.map(|entry| (entry.params, entry.values)).unwrap_or_default();
        Property { params, values }
    }

    /// The property and its value, for a message.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.name().to_ascii_uppercase(), shown(self.value()))
    }
}

/// What stands in a content line, decoded.
pub(super) struct Property {
    params: Vec<ICalendarParameter>,
    values: Vec<ICalendarValue>,
}

impl Property {
    /// TEXT (section 3.3.11), or the empty string for a value of another type.
    pub(super) fn text(&self) -> &str {
        match self.values.first() {
            Some(ICalendarValue::Text(text)) => text,
            Some(ICalendarValue::Uri(Uri::Location(uri))) => uri,
            Some(ICalendarValue::Status(status)) => status.as_str(),
            Some(ICalendarValue::Transparency(transparency)) => transparency.as_str(),
            _ => "",
        }
    }

    fn text_of(&self, name: &ICalendarParameterName) -> Option<String> {
        let mut texts = self.params.iter().filter(|parameter| parameter.name == *name).filter_map(
            |parameter| match &parameter.value {
                ICalendarParameterValue::Text(text) => Some(text.as_str()),
                _ => None,
            },
        );
        let mut text = texts.next()?.to_owned();
        // An unquoted comma separates values; where there can be one value only it is part of it.
        for more in texts {
            text.push(',');
            text.push_str(more);
        }
        Some(text)
    }

    /// TZID (section 3.2.19).
    pub(super) fn tzid(&self) -> Option<String> {
        self.text_of(&ICalendarParameterName::Tzid).filter(|tzid| !tzid.trim().is_empty())
    }

    /// EMAIL (RFC 7986 section 6.2).
    pub(super) fn email(&self) -> Option<String> {
        self.text_of(&ICalendarParameterName::Email)
    }

    /// Whether VALUE (section 3.2.20) is DATE.
    pub(super) fn is_date(&self) -> bool {
        self.params.iter().any(|parameter| {
            parameter.value == ICalendarParameterValue::Value(ICalendarValueType::Date)
        })
    }

    /// PARTSTAT (section 3.2.12); NEEDS-ACTION where it is absent.
    pub(super) fn partstat(&self) -> ICalendarParticipationStatus {
        let written = self.params.iter().find_map(|parameter| match &parameter.value {
            ICalendarParameterValue::Partstat(partstat) => Some(partstat.clone()),
            _ => None,
        });
        written.unwrap_or(ICalendarParticipationStatus::NeedsAction)
    }

    /// Whether RANGE (section 3.2.13) is THISANDFUTURE.
    pub(super) fn is_this_and_future(&self) -> bool {
        self.params.iter().any(|parameter| {
            parameter.name == ICalendarParameterName::Range
                && parameter.value == ICalendarParameterValue::Bool(true)
        })
    }
}
