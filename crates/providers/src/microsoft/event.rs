//! An event as Graph sends it.

use super::time::DateTimeTimeZone;
use crate::Malformed;
use chrono::Days;
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency};
use engine::time::{Zone, parse_instant};
use serde::Deserialize;
use uuid::Uuid;

/// An event, whole or as the stub of an occurrence. Enumerations are read as text,
/// because Microsoft adds values to them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire {
    pub(super) id: String,
    #[serde(rename = "@odata.etag")]
    pub(super) etag: Option<String>,
    pub(super) series_master_id: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) start: Option<DateTimeTimeZone>,
    pub(super) end: Option<DateTimeTimeZone>,
    pub(super) is_all_day: Option<bool>,
    pub(super) show_as: Option<String>,
    pub(super) is_cancelled: Option<bool>,
    pub(super) response_status: Option<ResponseStatus>,
    pub(super) last_modified_date_time: Option<String>,
    pub(super) is_online_meeting: Option<bool>,
    pub(super) online_meeting: Option<OnlineMeeting>,
    pub(super) transaction_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ResponseStatus {
    pub(super) response: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnlineMeeting {
    pub(super) join_url: Option<String>,
}

impl Wire {
    /// The event. `otherwise` is the zone of times whose own zone is not known.
    pub(super) fn event(self, otherwise: &Zone) -> Result<Event, Malformed> {
        let response = self.response_status.and_then(|status| status.response);
        let response = response.as_deref();
        let show_as = self.show_as.as_deref();
        let is_tentative = show_as == Some("tentative")
            || matches!(response, Some("notResponded" | "tentativelyAccepted"));
        Ok(Event {
            span: span(
                self.start.as_ref(),
                self.end.as_ref(),
                self.is_all_day.unwrap_or(false),
                otherwise,
            )?,
            external_event_id: self.id,
            recurrence_id: None,
            this_and_future: false,
            title: self.subject,
            status: match self.is_cancelled {
                Some(true) => Status::Cancelled,
                _ if is_tentative => Status::Tentative,
                _ => Status::Confirmed,
            },
            transparency: match show_as {
                Some("free" | "workingElsewhere") => Transparency::Transparent,
                _ => Transparency::Opaque,
            },
            declined: response == Some("declined"),
            recurrence: None,
            timezone: None,
            vtimezone: None,
            duration: None,
            sequence: 0,
            repairs: Vec::new(),
            etag: self.etag,
            updated_at: self.last_modified_date_time.as_deref().and_then(parse_instant),
            // Other programs may use UUIDs too: whether it is a booking's is not known here.
            booking_id: self
                .transaction_id
                .and_then(|id| Uuid::parse_str(&id).ok())
                .map(|id| id.to_string()),
        })
    }
}

pub(super) fn span(
    start: Option<&DateTimeTimeZone>,
    end: Option<&DateTimeTimeZone>,
    is_all_day: bool,
    otherwise: &Zone,
) -> Result<Span, Malformed> {
    let missing =
        |what: &str| Malformed(format!("the event's {what} is missing or is not a valid time"));
    let start = start.ok_or_else(|| missing("start"))?;
    let end = end.ok_or_else(|| missing("end"))?;
    let backwards = || Malformed("the event's end is before its start".into());
    if is_all_day {
        // Midnights of one zone, whichever it is: the dates are what counts.
        let first = start.local().ok_or_else(|| missing("start"))?.date();
        let end = end.local().ok_or_else(|| missing("end"))?.date();
        return match end.signed_duration_since(first).num_days() {
            ..0 => Err(backwards()),
            0 => Ok(Span::Dates(first, first.checked_add_days(Days::new(1)).unwrap_or(first))),
            _ => Ok(Span::Dates(first, end)),
        };
    }
    let start = start.instant(otherwise).ok_or_else(|| missing("start"))?;
    let end = end.instant(otherwise).ok_or_else(|| missing("end"))?;
    if end < start {
        return Err(backwards());
    }
    Ok(Span::Times(Interval::new(start, end)))
}
