//! Events as iCalendar streams, as a user's program writes them.

use crate::provider::Seen;
use crate::time::{self, Span};
use chrono::{DateTime, Utc};
use engine::ics::parse;
use engine::time::Zone;
use providers::OwnEvent;

/// A stream with these VEVENTs.
pub(crate) fn stream(vevents: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//A user//EN\r\n{vevents}END:VCALENDAR\r\n")
}

/// A VEVENT with further lines.
pub(crate) fn vevent(uid: &str, title: &str, (start, end): Span, further: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:{title}\r\n\
         DTSTART:{}\r\nDTEND:{}\r\n{further}END:VEVENT\r\n",
        basic(start),
        basic(end)
    )
}

/// The event of a member, and what its user has made of it.
pub(crate) fn seen(member: &str, ics: &str) -> Seen {
    let zone = Zone::iana("America/New_York").unwrap();
    let parsed = parse(ics, &zone, &[], &mut || true).unwrap();
    let event = &parsed.events[0];
    let interval = event.span.interval(&zone);
    let at = |at: engine::time::Instant| DateTime::from_timestamp_micros(at.0).unwrap();
    let lines = unfolded(ics);
    let value = |name: &str| {
        let line = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().to_owned()
    };
    Seen {
        booking: OwnEvent::id_in(&value("UID")),
        remarks: vec![value("SUMMARY"), value("DESCRIPTION"), value("TRIGGER")],
        ..Seen::single(member, (at(interval.start), at(interval.end)))
    }
}

/// The stream in which the event has another time.
pub(crate) fn shifted(ics: &str, (start, end): Span) -> String {
    let times = [format!("DTSTART:{}", basic(start)), format!("DTEND:{}", basic(end))];
    rewritten(ics, &["DTSTART", "DTEND", "DURATION"], &times)
}

/// The stream in which the event takes whole days.
pub(crate) fn all_day(ics: &str, days: Span) -> String {
    let [start, end] = time::dates(days).map(|date| date.replace('-', ""));
    let times = [format!("DTSTART;VALUE=DATE:{start}"), format!("DTEND;VALUE=DATE:{end}")];
    rewritten(ics, &["DTSTART", "DTEND", "DURATION"], &times)
}

/// The stream in which the event has another title, other notes and another alarm.
pub(crate) fn remarked(ics: &str, [title, notes, trigger]: [&str; 3]) -> String {
    let mut lines = unfolded(ics);
    if let Some(begin) = lines.iter().position(|line| line == "BEGIN:VALARM") {
        let end = lines.iter().position(|line| line == "END:VALARM").unwrap();
        lines.drain(begin..=end);
    }
    let alarm = ["BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:alarm"].map(str::to_owned);
    let mut added = vec![format!("SUMMARY:{title}"), format!("DESCRIPTION:{notes}")];
    added.extend(alarm);
    added.extend([format!("TRIGGER:{trigger}"), "END:VALARM".into()]);
    rewritten(&lines.join("\r\n"), &["SUMMARY", "DESCRIPTION"], &added)
}

/// The stream without these properties of the event, and with these lines at its end.
pub(crate) fn rewritten(ics: &str, without: &[&str], with: &[String]) -> String {
    let mut text = String::new();
    let mut depth = 0;
    for line in unfolded(ics) {
        let name = line.split([':', ';']).next().unwrap_or_default();
        match line.as_str() {
            "END:VEVENT" => with.iter().for_each(|line| text += &format!("{line}\r\n")),
            _ if depth == 2 && without.contains(&name) => continue,
            _ => {}
        }
        depth += i32::from(name == "BEGIN") - i32::from(name == "END");
        text += &format!("{line}\r\n");
    }
    text
}

pub(crate) fn unfolded(ics: &str) -> Vec<String> {
    ics.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

/// An instant as iCalendar writes it.
pub(crate) fn basic(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}
