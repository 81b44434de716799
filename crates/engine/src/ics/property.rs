//! What the syntax layer, the crate `calcard`, makes of a content line: text and
//! the parameters of people.

use crate::rfc5545::Line;
use calcard::common::IanaString;
use calcard::icalendar::{
    ICalendarComponentType, ICalendarParameter, ICalendarParameterName, ICalendarParameterValue,
    ICalendarParticipationStatus, ICalendarValue, Uri,
};
use calcard::{Entry, Parser};

/// A content line, decoded.
pub(super) struct Property {
    params: Vec<ICalendarParameter>,
    values: Vec<ICalendarValue>,
}

impl Property {
    /// Decodes parameters, and TEXT escapes in the value.
    pub(super) fn of(line: &Line<'_>) -> Self {
        let entry = match Parser::new(line.text()).icalendar(ICalendarComponentType::VEvent) {
            Entry::ICalendar(calendar) => {
                calendar.components.into_iter().next().and_then(|c| c.entries.into_iter().next())
            }
            _ => None,
        };
        let (params, values) = entry.map(|entry| (entry.params, entry.values)).unwrap_or_default();
        Self { params, values }
    }

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

    /// EMAIL (RFC 7986 section 6.2).
    pub(super) fn email(&self) -> Option<&str> {
        self.params.iter().find_map(|parameter| match &parameter.value {
            ICalendarParameterValue::Text(text)
                if parameter.name == ICalendarParameterName::Email =>
            {
                Some(text.as_str())
            }
            _ => None,
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
}
