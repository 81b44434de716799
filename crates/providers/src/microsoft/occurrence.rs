//! Occurrences of a series, which a delta contains as bare stubs.

use super::event::{Attendee, ResponseStatus, Wire};
use super::read;
use crate::{Malformed, Owner, Rejected};
use engine::event::Event;

/// An occurrence with only its times and its series.
#[derive(Debug)]
pub struct Occurrence {
    series: String,
    stub: Wire,
}

/// What all occurrences of a series have in common.
#[derive(Debug, Clone, Default)]
pub struct Master {
    subject: Option<String>,
    is_all_day: Option<bool>,
    show_as: Option<String>,
    is_cancelled: Option<bool>,
    response_status: Option<ResponseStatus>,
    attendees: Vec<Attendee>,
}

impl Occurrence {
    pub(super) fn new(series: String, stub: Wire) -> Self {
        Self { series, stub }
    }

    /// The id of its series' master.
    pub fn series(&self) -> &str {
        &self.series
    }

    /// The event, completed from its master. An occurrence whose master is not known
    /// ([`Master::default`]) blocks its time.
    pub fn fill(self, master: &Master, owner: &Owner) -> Result<Event, Rejected> {
        let master = master.clone();
        let stub = self.stub;
        let (id, title) = (stub.id.clone(), stub.subject.clone().or(master.subject.clone()));
        let filled = Wire {
            subject: stub.subject.or(master.subject),
            is_all_day: stub.is_all_day.or(master.is_all_day),
            show_as: stub.show_as.or(master.show_as),
            is_cancelled: stub.is_cancelled.or(master.is_cancelled),
            response_status: stub.response_status.or(master.response_status),
            attendees: if stub.attendees.is_empty() { master.attendees } else { stub.attendees },
            ..stub
        };
        filled
            .event(owner)
            .map_err(|Malformed(reason)| Rejected::new(Some(id), title.as_deref(), &reason))
    }
}

impl Master {
    /// What a master contains for its occurrences; `None` if it is a stub itself.
    pub(super) fn of(wire: Wire) -> Option<Self> {
        wire.show_as.is_some().then_some(Self {
            subject: wire.subject,
            is_all_day: wire.is_all_day,
            show_as: wire.show_as,
            is_cancelled: wire.is_cancelled,
            response_status: wire.response_status,
            attendees: wire.attendees,
        })
    }
}

/// Reads the answer to [`super::Graph::event`] for a series' master.
pub fn read_master(body: &[u8]) -> Result<Master, Malformed> {
    Ok(Master::of(read("the series' master", body)?).unwrap_or_default())
}
