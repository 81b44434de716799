//! The sentences for a caller that has asked for a time.

use super::{When, spoken_instant, spoken_times, spoken_window};
use crate::Interval;
use crate::time::{Instant, Zone};

/// A question for a time, and what was found.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What was asked for: `None` for any time, empty for what was not understood.
    pub wanted: Option<&'a [When]>,
    /// A slot as it was asked for.
    pub slot: Option<Interval>,
    /// Other slots; `None` where none were looked for.
    pub alternatives: Option<&'a [Interval]>,
    /// Whether the events of the time asked for are known.
    pub is_synced: bool,
}

impl Answer<'_> {
    /// The answer in a sentence, in `zone`, at `now`.
    pub fn speech(&self, zone: &Zone, now: Instant) -> String {
        let instant = |at: Instant| spoken_instant(at, zone, Some(now));
        let others = self.alternatives.unwrap_or_default().iter().map(|slot| slot.start);
        if let Some(slot) = self.slot {
            return match self.wanted {
                Some([When::Instant(_)]) => format!("{} is available.", instant(slot.start)),
                _ => {
                    let all: Vec<_> = [slot.start].into_iter().chain(others).collect();
                    format!("I have {}.", spoken_times(&all, zone, Some(now)))
                }
            };
        }
        let others: Vec<_> = others.collect();
        let refusal = self.refusal(zone, now);
        let found = spoken_times(&others, zone, Some(now));
        let near = match self.wanted {
            None | Some([]) => "next available",
            Some(_) => "nearest",
        };
        match (self.alternatives, others.len()) {
            (None, _) => format!("I am sorry, {refusal}."),
            (_, 0) => format!("I am sorry, {refusal}, and there is no other time to offer."),
            (_, 1) => format!("I am sorry, {refusal}; the {near} time is {found}."),
            _ => format!("I am sorry, {refusal}; the {near} times are {found}."),
        }
    }

    /// Why there is no slot, as a clause.
    fn refusal(&self, zone: &Zone, now: Instant) -> String {
        let said = |when: When| match when {
            When::Instant(at) => spoken_instant(at, zone, Some(now)),
            When::Window(window) => spoken_window(window, zone, Some(now)),
        };
        match self.wanted {
            None if !self.is_synced => "I cannot see the calendar yet".to_owned(),
            None => "nothing is available".to_owned(),
            Some([]) => "I did not understand the time".to_owned(),
            Some(&[when]) if is_past(when, now) => format!("{} has passed", said(when)),
            Some(&[when]) if !self.is_synced => {
                format!("I cannot see the calendar for {} yet", said(when))
            }
            Some(&[when @ When::Instant(_)]) => format!("{} is not available", said(when)),
            Some(&[when]) => {
                let window = said(when);
                let on = if window.starts_with("between") { "" } else { "on " };
                format!("nothing is available {on}{window}")
            }
            Some(whens) if whens.iter().all(|&when| is_past(when, now)) => {
                "those times have passed".to_owned()
            }
            Some(_) if !self.is_synced => {
                "I cannot see the calendar for those times yet".to_owned()
            }
            Some(_) => "none of those times is available".to_owned(),
        }
    }
}

fn is_past(when: When, now: Instant) -> bool {
    match when {
        When::Instant(at) => at < now,
        When::Window(window) => window.end <= now,
    }
}
