//! Dates and times in English, as people say them on the phone and as software
//! that listens writes them down.
//!
//! [`parse_when`] reads, [`spoken_instant`] and [`spoken_window`] say. What is
//! ambiguous means the nearest time to come that makes sense for an appointment:
//!
//! * Without "am", "pm" or a part of the day, 1 to 6 o'clock are in the
//!   afternoon, 7 to 11 before noon and 12 is noon; times from 13:00 and with a
//!   leading zero are as written. "12/01" is December 1st.
//! * A time without a day is the next such time, a day without a year the next
//!   such day. "Tuesday" on a Tuesday is a week later, unless with a time that
//!   is still to come; "this Tuesday" is that day. "Next Tuesday" is the one of
//!   next week; weeks begin on Monday.
//! * A day is a window, of which the past is cut off. "In two weeks" is a day,
//!   "in two hours" an instant.
//! * The morning, afternoon and evening are those of
//!   [`Period`](crate::availability::Period); the night ends at midnight.
//!   Midnight ends the day that it is said with: "Friday at midnight" begins
//!   Saturday.
//! * "Early", "late" and "the middle of": of a week two to four days, of a
//!   month a third. "As soon as possible", "after Monday" and the like end
//!   after 14 days.
//! * Recurring days, such as "weekday mornings", are those of the next seven.
//! * What is excluded, as in "any day but Friday", is cut out of the other windows
//!   that were said, or of the next 14 days.
//! * Public holidays of the United States, Canada and the United Kingdom are known
//!   by name. Where a name means different days, the country of the zone decides.
//! * An abbreviation of a zone is the caller's own if that goes by it; "BST", which
//!   people of several regions use, is understood only then.
//!
//! A time in the past stays in the past; it is never moved forward.

mod answer;
mod clock;
mod cursor;
mod dates;
mod group;
mod holidays;
mod phrase;
mod resolve;
mod spans;
mod speech;
mod tokens;
mod words;
mod written;
mod zones;

pub use answer::Answer;
pub use speech::{spoken_instant, spoken_times, spoken_window, spoken_zone};

use crate::Interval;
use crate::time::{Instant, Offsets, YEARS, Zone, parse_instant, zone_named};
use chrono::Datelike;
use chrono_tz::Tz;
use resolve::Moment;
use words::Token;

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// A time to begin at: "tomorrow at 3".
    Instant(Instant),
    /// A time to lie in, never empty: "tomorrow afternoon".
    Window(Interval),
}

impl When {
    /// Its first instant and its end; the same for an instant.
    pub fn bounds(self) -> (Instant, Instant) {
        match self {
            Self::Instant(instant) => (instant, instant),
            Self::Window(window) => (window.start, window.end),
        }
    }
}

/// Longer phrases are not understood, in bytes.
const LONGEST: usize = 300;

/// What `phrase` means when a caller in `zone` says it at `reference`.
///
/// Several answers, in the order in which they are said, where several are meant:
/// "Tuesday or Wednesday afternoon". None where it is not understood. A zone in the phrase ("3 pm
/// Eastern", "10:00 Europe/Paris") is that of the times said; "tomorrow" stays
/// that of the caller. Everything but ISO 8601 is read word by word. A phrase is
/// not understood where an unknown word is beside a time, a day or a zone,
/// because it may change what they mean; elsewhere unknown words are ignored.
///
/// ```
/// use calendar_engine::spoken::{When, parse_when};
/// use calendar_engine::time::{Zone, parse_instant};
///
/// let zone = Zone::iana("America/Toronto").unwrap();
/// let reference = parse_instant("2026-11-20T10:00:00-05:00").unwrap();
/// let meant = parse_instant("2026-11-24T15:00:00-05:00").unwrap();
/// assert_eq!(parse_when("next Tuesday at 3", &zone, reference), [When::Instant(meant)]);
/// assert_eq!(parse_when("I have no idea", &zone, reference), []);
/// ```
pub fn parse_when(phrase: &str, zone: &Zone, reference: Instant) -> Vec<When> {
    let phrase = phrase.trim();
    if phrase.len() > LONGEST {
        return Vec::new();
    }
    if let Some(instant) = parse_instant(phrase) {
        return vec![When::Instant(instant)];
    }
    understand(phrase, zone, reference).unwrap_or_default()
}

fn understand(phrase: &str, zone: &Zone, reference: Instant) -> Option<Vec<When>> {
    let (phrase, iana) = without_iana_name(phrase);
    let mut tokens = tokens::tokens(&phrase)?;
    let mut named = iana;
    for token in &tokens {
        if let Token::Zone(name) = *token {
            let meant = name.meant(zone)?;
            if named.is_some_and(|named| named != meant) {
                return None;
            }
            named = Some(meant);
        }
    }
    if is_offset_said(&tokens) {
        return None;
    }
    tokens.retain(|token| !matches!(token, Token::Zone(_)));
    let local = zone.instant_to_local(reference);
    let spoken = named.map_or_else(|| zone.clone(), |tz| zones::overridden(zone, tz));
    let moment = YEARS.contains(&local.year()).then_some(Moment {
        now: reference,
        local,
        home: zone,
        zone: &spoken,
    })?;
    resolve::answers(phrase::read(&tokens, &moment)?, &moment)
}

/// The zone that a text names when a caller in `zone` says it: an IANA name, "Eastern time",
/// "EST", "London". `None` where it names none, or several.
///
/// What people say comes before what the IANA database has under the same letters: there, "EST"
/// is a zone without summer time.
pub fn said_zone(said: &str, zone: &Zone) -> Option<Zone> {
    let said = said.trim();
    if said.len() > LONGEST {
        return None;
    }
    let spoken = |said: &str| match tokens::tokens(said)?[..] {
        [Token::Zone(name)] => name.meant(zone),
        _ => None,
    };
    let named = || zone_named(said).filter(|zone| matches!(zone, Zone::Iana(_)));
    let city = || spoken(&format!("{said} time")).map(Zone::Iana);
    spoken(said).map(Zone::Iana).or_else(named).or_else(city)
}

/// Whether something is added to a zone, as in "UTC-5", which is not read.
fn is_offset_said(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|two| matches!(two, [Token::Zone(_), Token::Dash]))
}

/// A phrase without the IANA name of a zone, and that zone.
fn without_iana_name(phrase: &str) -> (String, Option<Tz>) {
    let split = |c: char| c.is_whitespace() || "[](),".contains(c);
    let name = phrase.split(split).find_map(|word| {
        let tz: Tz = word.contains('/').then(|| word.parse().ok())??;
        Some((word, tz))
    });
    match name {
        Some((word, tz)) => (phrase.replace(word, " "), Some(tz)),
        None => (phrase.to_owned(), None),
    }
}
