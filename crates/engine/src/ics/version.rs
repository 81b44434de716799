//! What one VEVENT says, and how new it is.

use crate::event::Event;
use crate::time::Instant;

/// What one VEVENT says, and how new it is.
pub(super) struct Version {
    pub(super) event: Event,
    pub(super) age: Age,
}

/// SEQUENCE, LAST-MODIFIED, DTSTAMP: the greater of two versions is the newer one.
pub(super) type Age = (i32, Option<Instant>, Option<Instant>);

impl Version {
    /// This version as an occurrence beside the event with its UID, which it must not
    /// replace.
    pub(super) fn added(mut self) -> Self {
        let start = self.event.span.start();
        if self.event.recurrence.is_some() {
            // A series cannot be an occurrence of another one: it becomes an event.
            let id = &mut self.event.external_event_id;
            *id = format!("{id}+{start}");
        } else {
            self.event.recurrence_id.get_or_insert(start);
        }
        self
    }
}
