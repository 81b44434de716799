//! An event as Graph sends it.

use super::time::DateTimeTimeZone;
use crate::{Malformed, Owner, lenient, times};
use engine::event::{Event, Status, Transparency, When};
use engine::time::parse_instant;
use serde::Deserialize;
use uuid::Uuid;

/// An event, whole or as the stub of an occurrence. Enumerations are read as text,
/// because Microsoft adds values to them. Members of other types than documented count as
/// missing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire {
    pub(super) id: String,
    #[serde(rename = "@odata.etag", default, deserialize_with = "lenient::value")]
    pub(super) etag: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) series_master_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) original_start: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) subject: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) start: Option<DateTimeTimeZone>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) end: Option<DateTimeTimeZone>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) is_all_day: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) show_as: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) is_cancelled: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) response_status: Option<ResponseStatus>,
    #[serde(default, deserialize_with = "lenient::list")]
    pub(super) attendees: Vec<Attendee>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) last_modified_date_time: Option<String>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) is_online_meeting: Option<bool>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) online_meeting: Option<OnlineMeeting>,
    #[serde(default, deserialize_with = "lenient::value")]
    pub(super) transaction_id: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ResponseStatus {
    pub(super) response: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attendee {
    email_address: EmailAddress,
    status: ResponseStatus,
}

#[derive(Debug, Clone, Deserialize)]
struct EmailAddress {
    address: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnlineMeeting {
    pub(super) join_url: Option<String>,
}

impl Wire {
    /// The event. The owner's zone is that of times whose own zone is not known.
    pub(super) fn event(self, owner: &Owner) -> Result<Event, Malformed> {
        let is_all_day = self.is_all_day.unwrap_or(false);
        let when = |point: &DateTimeTimeZone| match is_all_day {
            // Midnights of one zone, whichever it is: the dates are what counts.
            true => point.date(&owner.zone).map(When::Date),
            false => point.instant(&owner.zone).map(When::At),
        };
        let mut repairs = Vec::new();
        let (start, end) = (self.start.as_ref().and_then(when), self.end.as_ref().and_then(when));
        let span = times::span(start, end, &owner.zone, &mut repairs)?;
        let response = self.response_status.and_then(|status| status.response);
        // Where it does not name an answer, the event may be in another calendar than the one
        // that was invited.
        let response = response.filter(|response| response != "none").or_else(|| {
            let own = self.attendees.into_iter().find(|a| owner.has(&a.email_address.address));
            own.and_then(|attendee| attendee.status.response)
        });
        let response = response.as_deref();
        let show_as = self.show_as.as_deref();
        let is_tentative = show_as == Some("tentative")
            || matches!(response, Some("notResponded" | "tentativelyAccepted"));
        Ok(Event {
            span,
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
            repairs,
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
