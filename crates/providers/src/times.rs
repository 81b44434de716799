//! When an event takes place, where its provider does not keep to its own documentation.
//!
//! Only the start decides whether an event can be understood. An end that is wrong is guessed, so
//! that too much time is blocked rather than too little, and the guess is one of
//! [`engine::event::Event::repairs`].

use crate::Malformed;
use chrono::{Days, NaiveDate, TimeDelta};
use engine::Interval;
use engine::event::{Span, When};
use engine::time::{YEARS, Zone, date_of, date_start, parse_date};

/// How long an event lasts whose end cannot be understood: as long as calendar programs make a new
/// one.
const OTHERWISE: TimeDelta = TimeDelta::hours(1);

/// The time of an event. Dates beside times are those of `zone`.
pub(crate) fn span(
    start: Option<When>,
    end: Option<When>,
    zone: &Zone,
    repairs: &mut Vec<String>,
) -> Result<Span, Malformed> {
    let start = start.ok_or_else(|| Malformed("the start is missing or is not valid".into()))?;
    let Some(end) = end else {
        repairs.push("the end is missing or is not valid: it was guessed".into());
        return match start {
            When::Date(first) => dates(first, first),
            When::At(start) => Ok(Span::Times(Interval::new(start, start + OTHERWISE))),
        };
    };
    let is_backwards = |repairs: &mut Vec<String>, is_backwards| {
        if is_backwards {
            repairs.push("the end is before the start: they were exchanged".into());
        }
    };
    match (start, end) {
        (When::Date(first), When::Date(end)) => {
            is_backwards(repairs, end < first);
            dates(first.min(end), first.max(end))
        }
        (start, end) => {
            let begin = match start {
                When::Date(first) => date_start(zone, first),
                When::At(start) => start,
            };
            let end = match end {
                When::At(end) => end,
                // The date of the start is the last one, which is meant to be whole.
                When::Date(end) if end == date_of(zone, begin) => date_start(zone, after(end)?),
                When::Date(end) => date_start(zone, end),
            };
            is_backwards(repairs, end < begin);
            Ok(Span::Times(Interval::new(begin.min(end), begin.max(end))))
        }
    }
}

/// The time of an event of which only the start counts.
pub(crate) fn moment(at: When) -> Result<Span, Malformed> {
    match at {
        When::Date(date) => dates(date, date),
        When::At(instant) => Ok(Span::Times(Interval::new(instant, instant))),
    }
}

/// A date as such, in its usual form or with a time of day that does not count.
pub(crate) fn date(text: &str) -> Option<NaiveDate> {
    text.trim().split(['T', ' ']).next().and_then(parse_date)
}

/// From one date up to another; one day where they are the same, which is a common way to write it.
fn dates(first: NaiveDate, end: NaiveDate) -> Result<Span, Malformed> {
    Ok(Span::Dates(first, if end == first { after(first)? } else { end }))
}

fn after(date: NaiveDate) -> Result<NaiveDate, Malformed> {
    use chrono::Datelike;
    let next = date.checked_add_days(Days::new(1)).filter(|next| YEARS.contains(&next.year()));
    next.ok_or_else(|| Malformed("the date is out of range".into()))
}
