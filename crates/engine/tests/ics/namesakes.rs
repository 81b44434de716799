//! Several events of one UID without RECURRENCE-ID.

use calendar_engine::ics::{Parsed, parse, parse_feed, parse_resource};
use calendar_engine::time::{Zone, parse_instant};

/// Events of the UID "a" on a day of December 2026, with a SEQUENCE.
fn stream(events: &[(u32, u32)]) -> String {
    let events: String = events
        .iter()
        .map(|(day, sequence)| {
            format!(
                "BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261101T000000Z\r\nSEQUENCE:{sequence}\r\n\
                 DTSTART:202612{day:02}T090000Z\r\nDTEND:202612{day:02}T100000Z\r\nEND:VEVENT\r\n"
            )
        })
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\n{events}END:VCALENDAR\r\n")
}

/// The days on which something takes place.
fn days(parsed: &Parsed) -> Vec<String> {
    let starts = parsed.events.iter().map(|event| event.span.start().to_string());
    let mut days: Vec<_> = starts.map(|start| start[8..10].to_owned()).collect();
    days.sort();
    days
}

#[test]
fn of_a_feed_those_that_are_equally_old_all_take_place() {
    let zone = Zone::iana("UTC").unwrap();
    let equal = stream(&[(1, 0), (2, 0), (3, 0)]);
    assert_eq!(days(&parse_feed(&equal, &zone, &[], &mut || true).unwrap()), ["01", "02", "03"]);
    assert_eq!(days(&parse(&equal, &zone, &[], &mut || true).unwrap()), ["03"]);
    // A newer version replaces the older one; a resource has no older one.
    let newer = stream(&[(1, 1), (2, 0)]);
    assert_eq!(days(&parse_feed(&newer, &zone, &[], &mut || true).unwrap()), ["01"]);
    assert_eq!(days(&parse_resource(&newer, &zone, &[], &mut || true).unwrap()), ["01", "02"]);
}

#[test]
fn of_those_that_start_together_the_longest_takes_place() {
    let zone = Zone::iana("UTC").unwrap();
    let short = stream(&[(1, 0)]);
    let long = short.replace("T100000Z", "T120000Z");
    let both = |first: &str, second: &str| {
        let event = |text: &str| text[text.find("BEGIN:VEVENT").unwrap()..].to_owned();
        first.replace("END:VCALENDAR\r\n", &event(second))
    };
    for text in [both(&short, &long), both(&long, &short)] {
        for read in [parse_feed, parse_resource] {
            let parsed = read(&text, &zone, &[], &mut || true).unwrap();
            let ends: Vec<_> = parsed.events.iter().map(|e| e.span.interval(&zone).end).collect();
            assert_eq!(ends, [parse_instant("2026-12-01T12:00:00Z").unwrap()]);
        }
    }
}
