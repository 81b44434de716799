//! What to say to somebody who has asked for a time.

use super::{When, spoken_instant, spoken_window};
use crate::Interval;
use crate::time::{Instant, Zone};

/// A question for a time, and what was found.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What was asked for: `None` for any time, empty for what was not understood.
    pub wanted: Option<&'a [When]>,
    /// A slot as it was asked for.
    pub slot: Option<Interval>,
    /// Others, nearest first.
    pub alternatives: &'a [Interval],
}

impl Answer<'_> {
    /// The answer in a sentence, in `zone`, at `now`.
    pub fn speech(&self, zone: &Zone, now: Instant) -> String {
        let said = |slot: &Interval| spoken_instant(slot.start, zone, Some(now));
        let others = self.alternatives.iter().map(said).collect::<Vec<_>>().join(", or ");
        match (self.slot, self.wanted) {
            (Some(slot), Some([When::Instant(_)])) => format!("{} is available.", said(&slot)),
            (Some(slot), _) if others.is_empty() => format!("I have {}.", said(&slot)),
            (Some(slot), _) => format!("I have {}, or {others}.", said(&slot)),
            (None, wanted) => {
                let refusal = match wanted {
                    Some([]) => "I did not understand the time".to_owned(),
                    Some([When::Instant(at)]) if *at < now => {
                        format!("{} has passed", spoken_instant(*at, zone, Some(now)))
                    }
                    Some([When::Instant(at)]) => {
                        format!("{} is not available", spoken_instant(*at, zone, Some(now)))
                    }
                    Some([When::Window(window)]) => {
                        format!("nothing is free {}", spoken_window(*window, zone, Some(now)))
                    }
                    _ => "nothing is free then".to_owned(),
                };
                match self.alternatives.len() {
                    0 => format!("I am sorry, {refusal}, and there is no other time to offer."),
                    1 => format!("I am sorry, {refusal}; the nearest time is {others}."),
                    _ => format!("I am sorry, {refusal}; the nearest times are {others}."),
                }
            }
        }
    }
}
