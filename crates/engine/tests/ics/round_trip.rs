//! What is written is read as the same, and written again as the same text.

use crate::component::{self, component};
use crate::generate::{calendar, hostile_calendar, plain};
use crate::support::{parse, zone};
use calendar_engine::Interval;
use calendar_engine::event::{Event, Span, When};
use calendar_engine::ics::{Calendar, Component, Parsed, write};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::TimeDelta;
use proptest::prelude::*;

fn read(text: &str) -> Parsed {
    let parsed = parse(text).unwrap_or_else(|error| panic!("{error}:\n{text}"));
    assert_eq!(parsed.rejected, [], "{text}");
    parsed
}

fn rewritten(parsed: &Parsed) -> String {
    let components = parsed.events.iter().map(|event| component(event, &Zone::UTC)).collect();
    write(&Calendar { components, ..Default::default() })
}

/// The zone in which a component is written.
fn zone_of(component: &Component) -> Zone {
    let recurs = component.recurrence.is_some() || component.recurrence_id.is_some();
    component.timezone.clone().filter(|_| recurs).unwrap_or(Zone::UTC)
}

/// The span as seconds can tell it, and an iCalendar stream: a series starts at
/// the first occurrence of its local time.
fn span_of(component: &Component) -> Span {
    let Span::Times(Interval { start, end }) = component.span else { return component.span };
    let second = 1_000_000;
    let start = Instant(start.0.div_euclid(second) * second);
    let end = Instant(-(-end.0).div_euclid(second) * second);
    let first = match component.recurrence {
        Some(_) => {
            let zone = zone_of(component);
            local_to_instant(&zone, zone.instant_to_local(start))
        }
        None => start,
    };
    Span::Times(Interval::new(first, end + (first - start)))
}

/// The occurrences of the first two years.
fn occurrences(span: Span, recurrence: Option<&str>, zone: &Zone) -> Vec<Interval> {
    occurrences_with(span, recurrence, &[], zone)
}

/// The same with occurrences of other lengths.
fn occurrences_with(
    span: Span,
    recurrence: Option<&str>,
    own_lengths: &[&Event],
    zone: &Zone,
) -> Vec<Interval> {
    let start = span.interval(zone).start;
    let recurrence = recurrence.map(|lines| Recurrence::parse(lines).unwrap());
    let series = Series {
        master: Some(Master { recurrence, ..Master::new((), span) }),
        overrides: own_lengths
            .iter()
            .map(|event| Override::new((), event.recurrence_id.unwrap(), event.span))
            .collect(),
        zone,
        calendar_zone: zone,
    };
    let range = Interval::new(start, start + TimeDelta::days(731));
    let found = series.occurrences(range, &mut || true).unwrap();
    let mut found: Vec<_> = found.iter().map(|occurrence| occurrence.interval).collect();
    found.sort();
    found
}

/// The events that a calendar's components became, each with the ones that a component made of its
/// occurrences of other lengths.
fn by_component<'e>(events: &'e [Event], calendar: &Calendar) -> Vec<(&'e Event, Vec<&'e Event>)> {
    calendar
        .components
        .iter()
        .map(|component| {
            let uid = plain(&component.uid);
            let (own, others): (Vec<_>, Vec<_>) = events
                .iter()
                .filter(|event| event.external_event_id == uid)
                .partition(|event| event.recurrence_id == component.recurrence_id);
            (own[0], others)
        })
        .collect()
}

fn assert_same(event: &Event, own_lengths: &[&Event], component: &Component, text: &str) {
    assert_eq!(event.external_event_id, plain(&component.uid), "{text}");
    assert_eq!(event.title.as_deref(), component.summary.as_deref().map(plain).as_deref());
    assert_eq!(event.span, span_of(component), "{text}");
    assert_eq!(event.recurrence_id, component.recurrence_id, "{text}");
    assert_eq!(event.this_and_future, component.this_and_future);
    assert_eq!((event.status, event.transparency), (component.status, component.transparency));
    assert_eq!(event.updated_at, component.last_modified);
    assert_eq!(event.recurrence.is_some(), component.recurrence.is_some(), "{text}");
    let zone = zone_of(component);
    let read_zone = component::zone_of(event, &zone);
    assert_eq!(
        occurrences_with(event.span, event.recurrence.as_deref(), own_lengths, &read_zone),
        occurrences(event.span, component.recurrence.as_deref(), &zone),
        "{text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_as_the_same(calendar in calendar()) {
        let text = write(&calendar);
        let events = read(&text).events;
        let read = by_component(&events, &calendar);
        let count: usize = read.iter().map(|(_, own_lengths)| 1 + own_lengths.len()).sum();
        prop_assert_eq!(events.len(), count, "{}", text);
        for ((event, own_lengths), component) in read.iter().zip(&calendar.components) {
            assert_same(event, own_lengths, component, &text);
        }
    }

    #[test]
    fn what_is_read_is_written_as_the_same(mut calendar in calendar()) {
        for component in &mut calendar.components {
            // An override's own zone is not kept where no IANA zone matches it.
            let has_override = component.recurrence_id.is_some()
                || component.recurrence.as_ref().is_some_and(|lines| lines.contains("PERIOD"));
            component.timezone.take_if(|zone| has_override && zone.name().is_none());
        }
        let text = write(&calendar);
        let parsed = read(&text);
        let again = rewritten(&parsed);
        prop_assert_eq!(&again, &text);
        prop_assert_eq!(read(&again), parsed);
    }

    /// No text gets out of the line, the value or the quotes that it stands in.
    #[test]
    fn no_text_adds_a_line_or_a_parameter(calendar in hostile_calendar()) {
        let text = write(&calendar);
        let events = read(&text).events;
        prop_assert_eq!(events.len(), calendar.components.len(), "{}", text);
        for (event, component) in events.iter().zip(&calendar.components) {
            prop_assert_eq!(event.span, component.span);
            prop_assert_eq!(event.title.as_deref().unwrap_or(""), plain(component.summary.as_deref().unwrap_or("")));
        }
        for line in text.split_inclusive("\r\n") {
            let line = line.strip_suffix("\r\n").expect("CRLF");
            prop_assert!(line.len() <= 75, "{}", line);
            prop_assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{:?}", line);
        }
        for line in text.replace("\r\n ", "").lines() {
            let outside: String = line.split('"').step_by(2).collect();
            let head = outside.split(':').next().unwrap();
            let mut names = head.split(';').map(|part| part.split('=').next().unwrap());
            let name = names.next().unwrap();
            prop_assert!(PROPERTIES.contains(&name) || name.starts_with("X-"), "{}", line);
            prop_assert!(names.all(|parameter| PARAMETERS.contains(&parameter)), "{}", line);
        }
        prop_assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), calendar.components.len());
        prop_assert_eq!(text.matches("\r\nUID:").count(), calendar.components.len());
    }

    /// What is found by a fold is what stood there.
    #[test]
    fn long_lines_of_any_text_are_whole_again(summary in "[a-zé☕😀\\\\;,: \t\"]{0,400}") {
        let mut component = Component::new("1", Instant(0), Span::Times(Interval::new(Instant(0), Instant(0))));
        component.summary = Some(format!("x{summary}x"));
        let text = write(&Calendar { components: vec![component], ..Default::default() });
        prop_assert_eq!(read(&text).events[0].title.clone().unwrap(), format!("x{summary}x"));
    }
}

const PROPERTIES: &[&str] = &[
    "BEGIN",
    "VERSION",
    "PRODID",
    "CALSCALE",
    "METHOD",
    "NAME",
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SEQUENCE",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "STATUS",
    "TRANSP",
    "ORGANIZER",
    "ATTENDEE",
    "RRULE",
    "EXDATE",
    "END",
];

const PARAMETERS: &[&str] = &["CN", "ROLE", "PARTSTAT", "RSVP", "SCHEDULE-AGENT", "VALUE"];

fn master(zone_name: &str, start: &str, end: &str, recurrence: &str) -> Component {
    let at = |text: &str| calendar_engine::time::parse_instant(text).unwrap();
    let span = Span::Times(Interval::new(at(start), at(end)));
    let mut component = Component::new("1", Instant(0), span);
    component.timezone = Some(zone(zone_name));
    component.recurrence = Some(recurrence.into());
    component
}

fn lines_of(component: Component, name: &str) -> Vec<String> {
    let text = write(&Calendar { components: vec![component], ..Default::default() });
    let (_, event) = text.split_once("BEGIN:VEVENT").unwrap();
    event.replace("\r\n ", "").lines().filter(|l| l.starts_with(name)).map(str::to_owned).collect()
}

#[test]
fn local_times_of_a_recurrence_get_the_tzid_of_its_start() {
    let lines = "FREQ=DAILY;COUNT=9\nEXDATE:20261202T090000\r\n\
        EXDATE;TZID=Tokyo Standard Time:20261203T230000\nEXDATE;TZID=Nowhere:20261204T090000,20261205T140000Z\n\
        EXDATE:never\nDESCRIPTION:none of them";
    let of = |zone: &str, name: &str| {
        lines_of(master(zone, "2026-12-01T14:00:00Z", "2026-12-01T15:00:00Z", lines), name)
    };
    assert_eq!(of("America/New_York", "RRULE"), ["RRULE:FREQ=DAILY;COUNT=9"]);
    assert_eq!(
        of("America/New_York", "EXDATE"),
        [
            "EXDATE;TZID=America/New_York:20261202T090000,20261203T090000,20261204T090000,20261205T090000",
        ]
    );
    assert_eq!(
        of("UTC", "EXDATE"),
        ["EXDATE:20261202T090000Z,20261203T140000Z,20261204T090000Z,20261205T140000Z"]
    );
    assert_eq!(of("America/New_York", "DESCRIPTION"), [""; 0]);
}

/// On 2026-11-01 in New York, 1:30 comes twice.
#[test]
fn a_series_that_starts_in_the_second_of_two_hours_keeps_its_length() {
    let component = master(
        "America/New_York",
        "2026-11-01T06:30:00Z",
        "2026-11-01T07:15:00Z",
        "RRULE:FREQ=DAILY",
    );
    assert_eq!(
        lines_of(component.clone(), "DTSTART"),
        ["DTSTART;TZID=America/New_York:20261101T013000"]
    );
    assert_eq!(lines_of(component, "DTEND"), ["DTEND:20261101T061500Z"]);
}

#[test]
fn an_override_in_the_second_of_two_hours_stays_there() {
    let mut component =
        master("America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T07:15:00Z", "");
    component.recurrence = None;
    component.recurrence_id = Some(When::At(Instant(0)));
    assert_eq!(lines_of(component.clone(), "DTSTART"), ["DTSTART:20261101T063000Z"]);
    assert_eq!(lines_of(component, "DTEND"), ["DTEND;TZID=America/New_York:20261101T021500"]);
}

#[test]
fn fractions_of_a_second_are_covered() {
    let span = Span::Times(Interval::new(Instant(1_500_000), Instant(2_500_000)));
    let component = Component::new("1", Instant(0), span);
    assert_eq!(lines_of(component.clone(), "DTSTART"), ["DTSTART:19700101T000001Z"]);
    assert_eq!(lines_of(component, "DTEND"), ["DTEND:19700101T000003Z"]);
}

/// A time that is used somewhere has an observance, however early.
#[test]
fn a_vtimezone_begins_before_the_first_time_in_it() {
    let mut early = master(
        "Europe/Berlin",
        "1994-07-01T07:00:00Z",
        "1994-07-01T08:00:00Z",
        "RRULE:FREQ=YEARLY;COUNT=3",
    );
    early.uid = "2".into();
    let late = master(
        "Europe/Berlin",
        "2026-07-01T07:00:00Z",
        "2026-07-01T08:00:00Z",
        "RRULE:FREQ=YEARLY;COUNT=3",
    );
    let text = write(&Calendar { components: vec![late, early], ..Default::default() });
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert!(text.contains("BEGIN:STANDARD\r\nDTSTART:19930101T000000\r\n"), "{text}");
    let unnamed = text.replace("Europe/Berlin", "Somewhere");
    assert_eq!(read(&unnamed).events, read(&text).events);
}

#[test]
fn what_few_readers_follow_is_written_as_dates() {
    let weekly = "RRULE:FREQ=WEEKLY;COUNT=4";
    for (recurrence, written) in [
        // EXRULE.
        (
            "RRULE:FREQ=DAILY;COUNT=6\nEXRULE:FREQ=DAILY;INTERVAL=2",
            &[
                "RRULE:FREQ=DAILY;COUNT=6",
                "EXDATE;TZID=America/New_York:20260302T090000,20260304T090000,20260306T090000",
            ][..],
        ),
        // A second RRULE.
        (
            "RRULE:FREQ=WEEKLY;COUNT=4\nRRULE:FREQ=DAILY;COUNT=2",
            &[weekly, "RDATE;TZID=America/New_York:20260303T090000"],
        ),
        // A second RRULE that alone has DTSTART.
        (
            "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260310T130000Z\nRRULE:FREQ=DAILY;COUNT=1",
            &[
                "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260310T130000Z",
                "RDATE;TZID=America/New_York:20260302T090000",
            ],
        ),
        // PERIODs, one as long as the others, one that is excluded.
        (
            "RRULE:FREQ=WEEKLY;COUNT=4\n\
             RDATE;VALUE=PERIOD:20260305T140000Z/PT1H,20260306T140000Z/PT3H,20260307T140000Z/PT2H\n\
             EXDATE:20260307T140000Z",
            &[
                weekly,
                "RDATE;TZID=America/New_York:20260305T090000,20260306T090000,20260307T090000",
                "EXDATE;TZID=America/New_York:20260307T090000",
                "RECURRENCE-ID;TZID=America/New_York:20260306T090000",
            ],
        ),
    ] {
        let component =
            master("America/New_York", "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", recurrence);
        let before = occurrences(component.span, Some(recurrence), &zone("America/New_York"));
        let text = write(&Calendar { components: vec![component], ..Default::default() });
        let unfolded = text.replace("\r\n ", "");
        let lines: Vec<_> = unfolded
            .lines()
            .filter(|line| {
                ["RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"]
                    .iter()
                    .any(|name| line.starts_with(name) && !line.starts_with("RRULE:FREQ=YEARLY"))
            })
            .collect();
        assert_eq!(lines, written, "{text}");
        let events = read(&text).events;
        let (event, others) = events.split_first().unwrap();
        let others: Vec<_> = others.iter().collect();
        let after = occurrences_with(
            event.span,
            event.recurrence.as_deref(),
            &others,
            &zone("America/New_York"),
        );
        assert_eq!(after, before, "{text}");
    }
}

#[test]
fn an_endless_series_is_written_as_dates_as_far_as_its_calendar_wants() {
    let recurrence = "RRULE:FREQ=WEEKLY\nEXRULE:FREQ=WEEKLY;INTERVAL=2";
    let component = master("UTC", "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z", recurrence);
    let until = calendar_engine::time::parse_instant("2028-03-02T00:00:00Z");
    let text = write(&Calendar { components: vec![component], until, ..Default::default() });
    assert!(text.contains("RRULE:FREQ=WEEKLY\r\n") && !text.contains("EXRULE"), "{text}");
    let unfolded = text.replace("\r\n ", "");
    let exceptions = unfolded.lines().find(|line| line.starts_with("EXDATE")).unwrap();
    assert_eq!(exceptions.matches('Z').count(), 53, "{text}");
}
