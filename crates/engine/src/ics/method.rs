//! What the METHOD of a VCALENDAR makes of its events (RFC 5546 section 1.4).

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
