//! What the METHOD of a VCALENDAR makes of its events (RFC 5546 section 1.4).

use super::vevent::Version;

/// What a VCALENDAR is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Message {
    /// Its events are what they say: PUBLISH, REQUEST, another method or none.
    #[default]
    State,
    /// Its events are further occurrences of events that are known: ADD.
    Addition,
    /// Its events are cancelled: CANCEL.
    Cancellation,
    /// It speaks of events and describes none: an answer, a proposal, a question.
    Talk,
}

impl Message {
    /// The meaning of a METHOD.
    pub(super) fn of(method: &str) -> Self {
        match method.to_ascii_uppercase().as_str() {
            "ADD" => Self::Addition,
            "CANCEL" => Self::Cancellation,
            "COUNTER" | "DECLINECOUNTER" | "REFRESH" | "REPLY" => Self::Talk,
            _ => Self::State,
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_read_in_any_case() {
        assert_eq!(Message::of("Counter"), Message::Talk);
        assert_eq!(Message::of("cancel"), Message::Cancellation);
        assert_eq!(Message::of("PUBLISH"), Message::State);
        assert_eq!(Message::of("X-OTHER"), Message::State);
    }
}
