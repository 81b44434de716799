//! Events that are changed where others have changed them, too.

use calendar_engine::Interval;
use calendar_engine::event::{Event, Span, Status, When};
use calendar_engine::ics::{Attendee, Edit, Existing, Person, parse};
use calendar_engine::time::{Instant, Zone, parse_instant};

const UID: &str = "bk-1@calendar-ext";

/// As a user's program leaves it.
const SINGLE: &str = "BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//User//EN
X-WR-CALNAME:Work
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:bk-1@calendar-ext
DTSTAMP:20261101T000000Z
LAST-MODIFIED:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261201T100000
DURATION:PT1H
SUMMARY;LANGUAGE=de:Besichtigung
DESCRIPTION:a very long text that is folded because it has more than seventy-fiv
 e octets\\, and a comma
SEQUENCE:4
X-COLOR:red
ATTENDEE;PARTSTAT=ACCEPTED:mailto:lead@example.com
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
TRIGGER:-PT15M
DURATION:PT5M
END:VALARM
END:VEVENT
BEGIN:VTODO
UID:todo
SUMMARY:Mine
END:VTODO
END:VCALENDAR
";

#[test]
fn only_what_is_asked_for_changes() {
    let edit = Edit { span: Some(hours(14)), sequence: 2, ..Edit::default() };
    let text = edited(SINGLE, &edit).unwrap();
    for line in [
        "DTSTART:20261201T140000Z",
        "DTEND:20261201T150000Z",
        "SEQUENCE:5",
        "DTSTAMP:20261120T090000Z",
        "LAST-MODIFIED:20261120T090000Z",
        "SUMMARY;LANGUAGE=de:Besichtigung",
        "X-COLOR:red",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lead@example.com",
        "DESCRIPTION:Reminder",
        "TRIGGER:-PT15M",
        "DURATION:PT5M",
        "X-WR-CALNAME:Work",
        "UID:todo",
        "TZID:Europe/Berlin",
    ] {
        assert!(lines(&text).contains(&line.to_owned()), "{line} is not in\n{text}");
    }
    assert!(!lines(&text).contains(&"DURATION:PT1H".to_owned()), "{text}");
    assert_eq!(lines(&text).iter().filter(|line| line.starts_with("DTEND")).count(), 1);
    assert!(text.contains("octets\\, and a comma"), "{text}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    // A place is added, changed and removed.
    let edit = Edit { location: Some("4 Oak Lane, Albany"), ..Edit::default() };
    let text = edited(SINGLE, &edit).unwrap();
    assert!(lines(&text).contains(&"LOCATION:4 Oak Lane\\, Albany".to_owned()), "{text}");
    let gone = Edit { location: Some(""), ..Edit::default() };
    assert!(!edited(&text, &gone).unwrap().contains("\nLOCATION"));
    // A title alone is nothing that guests must answer again.
    let edit = Edit { summary: Some("Viewing; keys"), ..Edit::default() };
    let text = edited(SINGLE, &edit).unwrap();
    assert!(lines(&text).contains(&"SUMMARY:Viewing\\; keys".to_owned()), "{text}");
    assert!(lines(&text).contains(&"SEQUENCE:4".to_owned()), "{text}");
}

#[test]
fn what_it_already_says_is_no_change() {
    let edit = Edit {
        span: Some(hours(9)),
        status: Some(Status::Confirmed),
        summary: Some("Besichtigung"),
        removed: vec!["other@example.com"],
        ..Edit::default()
    };
    assert_eq!(edited(SINGLE, &edit), None);
}

#[test]
fn guests_come_and_go() {
    let new = Attendee {
        name: Some("New".into()),
        email: "new@example.com".into(),
        rsvp: true,
        invited_by_client: false,
    };
    let edit = Edit {
        added: vec![new],
        removed: vec!["LEAD@example.com"],
        organizer: Some(Person { name: None, email: "me@example.com".into() }),
        description: Some(""),
        ..Edit::default()
    };
    let text = edited(SINGLE, &edit).unwrap();
    let existing = Existing::find(&text, UID, &Zone::UTC).unwrap().unwrap();
    assert_eq!(existing.guests(), ["new@example.com"]);
    assert_eq!(existing.description(), None);
    assert!(lines(&text).contains(&"ORGANIZER:mailto:me@example.com".to_owned()), "{text}");
    let at = |start: &str| lines(&text).iter().position(|line| line.starts_with(start)).unwrap();
    assert!(at("ATTENDEE") < at("BEGIN:VALARM"), "{text}");
}

#[test]
fn an_all_day_event_gets_times() {
    let all_day = SINGLE
        .replace("DTSTART;TZID=Europe/Berlin:20261201T100000", "DTSTART;VALUE=DATE:20261201")
        .replace("\nDURATION:PT1H", "\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE");
    let edit = Edit { span: Some(hours(9)), ..Edit::default() };
    let text = edited(&all_day, &edit).unwrap();
    assert_eq!(events(&text)[0].span, Span::Times(hours(9)));
}

fn series() -> String {
    SINGLE.replace("DURATION:PT1H", "DURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3")
}

#[test]
fn of_a_series_the_first_occurrence_is_meant() {
    let edit = Edit { span: Some(hours(14)), ..Edit::default() };
    let text = edited(&series(), &edit).unwrap();
    let found = events(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].span, Span::Times(hours(9)));
    assert_eq!(found[0].recurrence.as_deref(), Some("RRULE:FREQ=DAILY;COUNT=3"));
    assert_eq!(found[1].recurrence_id, Some(When::At(hours(9).start)));
    assert_eq!(found[1].span, Span::Times(hours(14)));
    assert_eq!(text.matches("BEGIN:VALARM").count(), 2, "its alarm is kept");
    // Again: it is changed in its place.
    let again = edited(&text, &Edit { span: Some(hours(16)), ..Edit::default() }).unwrap();
    let found = events(&again);
    assert_eq!((found.len(), found[1].span), (2, Span::Times(hours(16))));
    assert_eq!(edited(&again, &Edit { span: Some(hours(16)), ..Edit::default() }), None);
}

#[test]
fn of_a_series_the_first_occurrence_is_removed() {
    let moved = edited(&series(), &Edit { span: Some(hours(14)), ..Edit::default() }).unwrap();
    for text in [series(), moved] {
        let existing = Existing::find(&text, UID, &Zone::UTC).unwrap().unwrap();
        let text = existing.remove(stamp()).unwrap();
        let found = events(&text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(lines(&text).contains(&"EXDATE;TZID=Europe/Berlin:20261201T100000".to_owned()));
        // Now it is not there any more.
        assert!(Existing::find(&text, UID, &Zone::UTC).unwrap().is_none());
    }
    let existing = Existing::find(SINGLE, UID, &Zone::UTC).unwrap().unwrap();
    assert_eq!(existing.remove(stamp()), None, "nothing else is in it");
}

#[test]
fn what_its_owner_removed_is_not_there() {
    let excluded = series().replace("RRULE", "EXDATE;TZID=Europe/Berlin:20261201T100000\nRRULE");
    let cancelled = SINGLE.replace("X-COLOR:red", "STATUS:CANCELLED");
    let other = SINGLE.replace("bk-1@", "bk-2@");
    for text in [excluded, cancelled, other] {
        assert!(Existing::find(&text, UID, &Zone::UTC).unwrap().is_none(), "{text}");
    }
}

#[test]
fn what_is_no_stream_is_an_error() {
    for text in ["", "<!DOCTYPE html><p>Sign in</p>", &SINGLE[..400], "BEGIN:VEVENT\nEND:VEVENT\n"]
    {
        assert!(Existing::find(text, UID, &Zone::UTC).is_err(), "{text}");
    }
}

fn edited(text: &str, edit: &Edit<'_>) -> Option<String> {
    Existing::find(text, UID, &Zone::UTC).unwrap().unwrap().edit(edit, stamp())
}

fn events(text: &str) -> Vec<Event> {
    parse(text, &Zone::UTC, &[], &mut || true).unwrap().events
}

fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn hours(hour: u32) -> Interval {
    let at = |hour| parse_instant(&format!("2026-12-01T{hour:02}:00:00Z")).unwrap();
    Interval::new(at(hour), at(hour + 1))
}

fn stamp() -> Instant {
    parse_instant("2026-11-20T09:00:00Z").unwrap()
}
