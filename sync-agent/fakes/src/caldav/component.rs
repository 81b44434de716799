//! As much of iCalendar as a server must understand.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

/// By how much a local time may differ from UTC, on either side.
const FARTHEST_ZONE: TimeDelta = TimeDelta::hours(15);

/// The UID of the first event.
pub(super) fn uid(ics: &str) -> Option<String> {
    value(ics, "UID").map(|(_, value)| value)
}

/// Whether an event may take place in an interval (UTC). One that repeats always may.
pub(super) fn may_be_within(ics: &str, from: NaiveDateTime, until: NaiveDateTime) -> bool {
    if ["RRULE", "RDATE", "RECURRENCE-ID"].iter().any(|name| value(ics, name).is_some()) {
        return true;
    }
    let Some(start) = time(ics, "DTSTART") else { return true };
    let end = time(ics, "DTEND").unwrap_or(start + TimeDelta::days(1));
    start - FARTHEST_ZONE < until && end + FARTHEST_ZONE > from
}

/// A time of RFC 4791 section 9.9.
pub(super) fn utc(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()
}

fn time(ics: &str, name: &str) -> Option<NaiveDateTime> {
    let (_, value) = value(ics, name)?;
    let local = value.trim_end_matches('Z');
    NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S")
        .ok()
        .or_else(|| NaiveDate::parse_from_str(local, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0))
}

/// The parameters and the value of a property of the first event.
fn value(ics: &str, name: &str) -> Option<(String, String)> {
    let unfolded = ics.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let event = unfolded.lines().skip_while(|line| *line != "BEGIN:VEVENT");
    event.take_while(|line| *line != "END:VEVENT").find_map(|line| {
        let (head, value) = line.split_once(':')?;
        let (own, parameters) = head.split_once(';').unwrap_or((head, ""));
        let is_it = own.eq_ignore_ascii_case(name);
        is_it.then(|| (parameters.to_owned(), value.to_owned()))
    })
}
