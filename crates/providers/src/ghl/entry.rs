//! An event as GoHighLevel's answers contain it: an appointment or a blocked slot.

use super::member;
use super::time::Time;
use crate::{Malformed, Rejected};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// An entry of a list. A member of any type leaves the rest readable.
pub(super) struct Entry(Map<String, Value>);

/// The entries of a list, one at a time.
pub(super) fn entries(
    body: &[u8],
) -> Result<impl Iterator<Item = Result<Entry, Rejected>>, Malformed> {
    #[derive(Deserialize)]
    struct Answer<'b> {
        // Where there are none, the list can be null, but it is there.
        #[serde(borrow, deserialize_with = "Option::deserialize")]
        events: Option<Vec<&'b RawValue>>,
    }
    let Answer { events } = member(body, "a list of events")?;
    Ok(events.unwrap_or_default().into_iter().filter(|event| event.get() != "null").map(|event| {
        serde_json::from_str(event.get()).map(Entry).map_err(|_| Rejected {
            external_event_id: None,
            reason: "an event must be a JSON object".into(),
        })
    }))
}

impl Entry {
    /// Reads `{"event": …}`.
    pub(super) fn read(body: &[u8]) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        struct Answer {
            event: Map<String, Value>,
        }
        member(body, "an event").map(|Answer { event }| Self(event))
    }

    /// Reads an event that is the whole answer.
    pub(super) fn read_bare(body: &[u8]) -> Result<Self, Malformed> {
        member(body, "an event").map(Self)
    }

    pub(super) fn id(&self) -> Option<String> {
        match self.0.get("id")? {
            Value::String(id) => Some(id.clone()).filter(|id| !id.is_empty()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        }
    }

    /// Its status, in lower case. Lists spell the member as `appoinmentStatus`, too.
    pub(super) fn status(&self) -> Option<String> {
        let status = self.text("appointmentStatus").or_else(|| self.text("appoinmentStatus"));
        status.map(|status| status.trim().to_ascii_lowercase())
    }

    /// A member, if it is text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    /// A member, if it is a point in time.
    pub(super) fn time(&self, key: &str) -> Option<Time> {
        self.0.get(key).and_then(Time::read)
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.0.get("deleted").and_then(Value::as_bool).unwrap_or(false)
    }
}
