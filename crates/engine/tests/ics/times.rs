//! When events take place whose times are written in odd ways: in another form than
//! DTSTART's, without a zone, or wrong in part.

use crate::support::{parse, zone};
use calendar_engine::Interval;
use calendar_engine::event::{Event, Status, Transparency};
use calendar_engine::ics::{Parsed, custom_zone};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Zone, parse_instant};
use std::sync::Arc;

/// The events of a VCALENDAR with these lines, in a calendar in New York.
fn read(lines: &str) -> Parsed {
    parse(&format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", lines.trim())).unwrap()
}

fn series_zone(master: &Event) -> Zone {
    match (&master.vtimezone, &master.timezone) {
        (Some(text), _) => Zone::Custom(Arc::new(custom_zone(text, &mut || true).unwrap())),
        (None, Some(name)) => zone(name),
        (None, None) => zone("America/New_York"),
    }
}

/// When they take place from 2026-02-01 to 2026-06-01 (UTC), merged as busy time is.
fn busy_of(parsed: &Parsed) -> Vec<String> {
    let new_york = zone("America/New_York");
    let at = |text| parse_instant(text).unwrap();
    let range = Interval::new(at("2026-02-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    let mut ids: Vec<_> = parsed.events.iter().map(|event| &event.external_event_id).collect();
    ids.dedup();
    let mut found = Vec::new();
    for id in ids {
        let family: Vec<_> =
            parsed.events.iter().filter(|event| event.external_event_id == *id).collect();
        let master = family.iter().find(|event| event.recurrence_id.is_none());
        let own_zone = master.map_or(new_york.clone(), |master| series_zone(master));
        let series = Series {
            master: master.map(|event| Master {
                recurrence: event.recurrence.as_ref().map(|r| Recurrence::parse(r).unwrap()),
                duration: event.duration,
                revision: event.revision(),
                ..Master::new(*event, event.span)
            }),
            overrides: family
                .iter()
                .filter(|event| event.recurrence_id.is_some())
                .map(|event| Override {
                    this_and_future: event.this_and_future,
                    cancelled: event.status == Status::Cancelled,
                    duration: event.duration,
                    revision: event.revision(),
                    ..Override::new(*event, event.recurrence_id.unwrap(), event.span)
                })
                .collect(),
            zone: &own_zone,
            calendar_zone: &new_york,
        };
        let occurrences = series.occurrences(range, &mut || true).unwrap();
        let taken = occurrences.into_iter().filter(|occurrence| {
            occurrence.key.transparency == Transparency::Opaque
                && occurrence.key.status != Status::Cancelled
        });
        found.extend(taken.map(|occurrence| occurrence.interval));
    }
    let shown = |interval: Interval| {
        let text = |at: calendar_engine::time::Instant| at.utc().format("%m-%dT%H:%M").to_string();
        format!("{}/{}", text(interval.start), text(interval.end))
    };
    calendar_engine::interval::merge(found).into_iter().map(shown).collect()
}

/// The busy time of one VEVENT with these lines, and how many repairs it took.
fn event(lines: &str) -> (Vec<String>, usize) {
    let parsed = read(&format!("BEGIN:VEVENT\nUID:1\n{}\nEND:VEVENT", lines.trim()));
    assert_eq!(parsed.rejected, [], "{lines}");
    (busy_of(&parsed), parsed.events.iter().map(|event| event.repairs.len()).sum())
}

#[track_caller]
fn assert_event(lines: &str, busy: &[&str], repairs: usize) {
    assert_eq!(event(lines), (busy.iter().map(ToString::to_string).collect(), repairs), "{lines}");
}

/// A series and its overrides, each a VEVENT.
#[track_caller]
fn assert_series(components: &[&str], busy: &[&str]) {
    let vevents = components.iter().map(|lines| {
        if lines.starts_with("BEGIN") {
            lines.to_string()
        } else {
            format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT")
        }
    });
    let parsed = read(&vevents.collect::<Vec<_>>().join("\n"));
    assert_eq!(parsed.rejected, [], "{components:?}");
    assert_eq!(busy_of(&parsed), busy, "{components:#?}");
}

#[test]
fn local_times_without_a_zone_are_by_the_clock_of_dtstart() {
    let start = "DTSTART;TZID=Europe/Berlin:20260302T090000";
    let busy = &["03-02T08:00/03-02T09:00"];
    for end in [
        "DTEND:20260302T100000",
        "DTEND;VALUE=DATE-TIME:20260302T100000",
        "DTEND:20260302T090000Z",
        "DTEND;TZID=Europe/London:20260302T090000",
        "DTEND;TZID=\"Europe/Berlin\":20260302T100000",
    ] {
        assert_event(&format!("{start}\n{end}"), busy, 0);
    }
    // Either of the two may be the one with the zone.
    assert_event("DTSTART:20260302T090000\nDTEND;TZID=Europe/Berlin:20260302T100000", busy, 0);
    assert_event("DTSTART:20260302T080000Z\nDTEND:20260302T090000", busy, 0);
    assert_event(&format!("{start}\nDTEND;VALUE=DATE:20260302"), &["03-02T08:00/03-02T23:00"], 0);
    assert_event(&format!("{start}\nDTEND;VALUE=DATE:20260303"), &["03-02T08:00/03-02T23:00"], 0);
    let weekly = format!("{start}\nDTEND:20260302T100000\nRRULE:FREQ=WEEKLY;COUNT=3");
    assert_event(
        &format!("{weekly}\nEXDATE:20260309T090000\nRDATE:20260310T120000"),
        &["03-02T08:00/03-02T09:00", "03-10T11:00/03-10T12:00", "03-16T08:00/03-16T09:00"],
        0,
    );
    assert_event(
        &format!("{start}\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260310T120000/20260310T123000"),
        &["03-02T08:00/03-02T09:00", "03-10T11:00/03-10T11:30"],
        0,
    );
    assert_event(
        &format!("{start}\nDTEND:20260302T100000\nRRULE:FREQ=DAILY;UNTIL=20260303T090000"),
        &["03-02T08:00/03-02T09:00", "03-03T08:00/03-03T09:00"],
        0,
    );
}

const WEEKLY: &str = "DTSTART;TZID=Europe/Berlin:20260302T090000\n\
    DTEND;TZID=Europe/Berlin:20260302T100000\nRRULE:FREQ=WEEKLY;COUNT=3";

#[test]
fn a_recurrence_id_without_a_zone_is_by_the_clock_of_its_series() {
    let moved = ["03-02T08:00/03-02T09:00", "03-10T08:00/03-10T09:00", "03-16T08:00/03-16T09:00"];
    let to = "DTSTART;TZID=Europe/Berlin:20260310T090000\nDURATION:PT1H";
    for id in [
        "RECURRENCE-ID:20260309T090000",
        "RECURRENCE-ID:20260309T080000Z",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000",
        "RECURRENCE-ID;VALUE=DATE:20260309",
        "RECURRENCE-ID:20260309",
        "RECURRENCE-ID:2026-03-09T09:00:00",
    ] {
        assert_series(&[WEEKLY, &format!("{id}\n{to}")], &moved);
        assert_series(&[&format!("{id}\n{to}"), WEEKLY], &moved);
    }
    // The clock of the series, not that of the override.
    let to = "DTSTART;TZID=Asia/Tokyo:20260310T170000\nDURATION:PT1H";
    assert_series(&[WEEKLY, &format!("RECURRENCE-ID:20260309T090000\n{to}")], &moved);
    let cancelled = "RECURRENCE-ID:20260309T090000\nDTSTART:20260309T090000\nSTATUS:CANCELLED";
    assert_series(&[WEEKLY, cancelled], &["03-02T08:00/03-02T09:00", "03-16T08:00/03-16T09:00"]);
    assert_series(
        &[
            WEEKLY,
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260309T090000\nDTSTART;TZID=Europe/Berlin:20260310T100000\nDURATION:PT1H",
        ],
        &["03-02T08:00/03-02T09:00", "03-10T09:00/03-10T10:00", "03-17T09:00/03-17T10:00"],
    );
    // Of a series in UTC, the clock is UTC.
    let utc = "DTSTART:20260302T080000Z\nDTEND:20260302T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3";
    let to = "DTSTART:20260310T080000Z\nDURATION:PT1H";
    assert_series(&[utc, &format!("RECURRENCE-ID:20260309T080000\n{to}")], &moved);
}

#[test]
fn an_instant_in_a_series_of_dates_is_the_date_that_it_may_be() {
    let day = |date: &str| format!("03-{date}");
    let daily = |until: &str| {
        event(&format!("DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;UNTIL={until}")).0
    };
    let to = |end: &str| vec![format!("{}T04:00/{end}T04:00", day("28"))];
    for (until, end) in [
        ("20260329", "03-30"),
        // A bare date dressed as an instant.
        ("20260329T000000Z", "03-30"),
        // The calendar's own midnight, and the end of its day.
        ("20260329T040000Z", "03-30"),
        ("20260330T035959Z", "03-30"),
        ("20260329T235959Z", "03-30"),
        ("20260329T120000Z", "03-30"),
        // The midnight of the 30th in Berlin, Tokyo, Sydney.
        ("20260329T220000Z", "03-31"),
        ("20260329T150000Z", "03-31"),
        ("20260329T130000Z", "03-31"),
        // Never before the start.
        ("20260327T220000Z", "03-29"),
        ("20260301T000000Z", "03-29"),
        ("20260329T090000", "03-30"),
    ] {
        assert_eq!(daily(until), to(end), "{until}");
    }
    let weekly = "DTSTART;VALUE=DATE:20260330\nRRULE:FREQ=WEEKLY;COUNT=3";
    let without = ["03-30T04:00/03-31T04:00", "04-13T04:00/04-14T04:00"];
    for exception in [
        "EXDATE:20260406T000000Z",
        "EXDATE:20260406T040000Z",
        "EXDATE:20260405T220000Z",
        "EXDATE:20260405T150000Z",
        "EXDATE:20260406T130000Z",
        "EXDATE:20260406T090000",
        "EXDATE;TZID=Asia/Tokyo:20260406T000000",
        "EXDATE;VALUE=DATE:20260406",
        "EXDATE;VALUE=DATE:20260406T000000Z",
    ] {
        assert_event(&format!("{weekly}\n{exception}"), &without, 0);
    }
    assert_event(
        "DTSTART;VALUE=DATE:20260330\nRDATE:20260405T220000Z,20260408T000000Z",
        &["03-30T04:00/03-31T04:00", "04-06T04:00/04-07T04:00", "04-08T04:00/04-09T04:00"],
        0,
    );
    let moved = ["03-30T04:00/03-31T04:00", "04-08T04:00/04-09T04:00", "04-13T04:00/04-14T04:00"];
    for id in [
        "RECURRENCE-ID:20260406T000000Z",
        "RECURRENCE-ID:20260406T040000Z",
        "RECURRENCE-ID:20260405T220000Z",
        "RECURRENCE-ID:20260406T130000Z",
        "RECURRENCE-ID:20260406T000000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20260406T000000",
        "RECURRENCE-ID:20260406",
    ] {
        assert_series(&[weekly, &format!("{id}\nDTSTART;VALUE=DATE:20260408")], &moved);
    }
    // One occurrence becomes an event with times.
    assert_series(
        &[weekly, "RECURRENCE-ID:20260406T000000Z\nDTSTART:20260406T140000Z\nDURATION:PT1H"],
        &["03-30T04:00/03-31T04:00", "04-06T14:00/04-06T15:00", "04-13T04:00/04-14T04:00"],
    );
}

#[test]
fn a_date_in_a_series_with_times_is_its_day() {
    let daily = "DTSTART;TZID=America/New_York:20260302T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    let [second, third, fourth] =
        ["03-03T01:00/03-03T02:00", "03-04T01:00/03-04T02:00", "03-05T01:00/03-05T02:00"];
    assert_event(&format!("{daily};UNTIL=20260304"), &[second, third, fourth], 0);
    assert_event(&format!("{daily};COUNT=3\nEXDATE;VALUE=DATE:20260303"), &[second, fourth], 0);
    assert_event(&format!("{daily};COUNT=1\nRDATE;VALUE=DATE:20260304"), &[second, fourth], 0);
}

/// RFC 5545 section 3.8.5.3.
#[test]
fn a_duration_in_days_is_of_the_calendar_for_all_occurrences() {
    for (lines, busy) in [
        (
            "DTSTART;TZID=America/New_York:20260307T120000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["03-07T17:00/03-08T16:00", "03-14T16:00/03-15T16:00"][..],
        ),
        (
            "DTSTART;TZID=America/New_York:20260228T120000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T16:00"],
        ),
        (
            "DTSTART;TZID=America/New_York:20260301T120000\nDURATION:P1W\nRRULE:FREQ=WEEKLY;INTERVAL=4;COUNT=2",
            &["03-01T17:00/03-08T16:00", "03-29T16:00/04-05T16:00"],
        ),
        (
            "DTSTART;TZID=America/New_York:20260228T120000\nDURATION:P1DT2H\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T19:00", "03-07T17:00/03-08T18:00"],
        ),
        // Exact, as is a DTEND.
        (
            "DTSTART;TZID=America/New_York:20260228T120000\nDURATION:PT24H\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T17:00"],
        ),
        (
            "DTSTART;TZID=America/New_York:20260228T120000\nDTEND;TZID=America/New_York:20260301T120000\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T17:00"],
        ),
        // By RDATE, and by a clock that never changes.
        (
            "DTSTART;TZID=America/New_York:20260228T120000\nDURATION:P1D\nRDATE:20260307T120000",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T16:00"],
        ),
        (
            "DTSTART:20260228T170000Z\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T17:00"],
        ),
        // Floating: by the calendar's clock.
        (
            "DTSTART:20260228T120000\nDURATION:P1D\nRRULE:FREQ=WEEKLY;COUNT=2",
            &["02-28T17:00/03-01T17:00", "03-07T17:00/03-08T16:00"],
        ),
        ("DTSTART;VALUE=DATE:20260307\nDURATION:P2D", &["03-07T05:00/03-09T04:00"]),
    ] {
        assert_event(lines, busy, 0);
    }
    // One that changes all later occurrences.
    assert_series(
        &[
            "DTSTART;TZID=America/New_York:20260221T120000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3",
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260228T120000\nDTSTART;TZID=America/New_York:20260228T120000\nDURATION:P1D",
        ],
        &["02-21T17:00/02-21T18:00", "02-28T17:00/03-01T17:00", "03-07T17:00/03-08T16:00"],
    );
}

#[test]
fn an_end_before_the_start_is_exchanged_with_it() {
    let hour = &["03-02T14:00/03-02T15:00"];
    assert_event("DTSTART:20260302T150000Z\nDTEND:20260302T140000Z", hour, 1);
    assert_event("DTSTART:20260302T150000Z\nDURATION:-PT1H", hour, 1);
    assert_event(
        "DTSTART;VALUE=DATE:20260310\nDTEND;VALUE=DATE:20260308",
        &["03-08T05:00/03-10T04:00"],
        1,
    );
    assert_event(
        "DTSTART;TZID=America/New_York:20260302T100000\nDTEND;TZID=America/New_York:20260302T090000\n\
         RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=America/New_York:20260309T100000",
        &["03-02T14:00/03-02T15:00", "03-16T13:00/03-16T14:00"],
        1,
    );
    assert_series(
        &[
            "DTSTART;TZID=America/New_York:20260302T100000\nDTEND;TZID=America/New_York:20260302T090000\nRRULE:FREQ=WEEKLY;COUNT=2",
            "RECURRENCE-ID;TZID=America/New_York:20260309T100000\nDTSTART:20260310T140000Z\nDTEND:20260310T130000Z",
        ],
        &["03-02T14:00/03-02T15:00", "03-10T13:00/03-10T14:00"],
    );
}

#[test]
fn one_wrong_value_does_not_free_the_time_of_an_event() {
    let start = "DTSTART:20260302T140000Z";
    let hour = "03-02T14:00/03-02T15:00";
    for end in [
        "DTEND:",
        "DTEND:soon",
        "DTEND;VALUE=DATE-TIME:",
        "DTEND:20260230T150000Z",
        "DTEND:2026-03-02T15:00:00Z",
        "DTEND:soon\nDURATION:PT1H",
        "DURATION:",
        "DURATION:an hour",
        "DURATION:P",
        "DURATION:P99999999W",
        "DURATION:T1H",
    ] {
        assert_event(&format!("{start}\n{end}"), &[hour], 1);
    }
    assert_event("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:", &["03-02T05:00/03-03T05:00"], 1);
    let weekly = "03-09T14:00/03-09T15:00";
    for rule in [
        "RRULE:FREQ=WEEKLY;COUNT=0;UNTIL=20260309",
        "RRULE:FREQ=WEEKLY;UNTIL=20260309;BYDAY=MO,",
        "RRULE:FREQ=WEEKLY;INTERVAL=0;COUNT=2",
        "RRULE:FREQ=WEEKLY;FOO=BAR;COUNT=2",
        "RRULE:FREQ=WEEKLY;UNTIL=2026-03-09T14:00:00Z",
        "RRULE:FREQ=WEEKLY;UNTIL=20260309T",
        "RRULE:FREQ=WEEKLY;UNTIL=20260309T990000Z",
        "RDATE:20260309T140000Z,never",
        "RRULE:FREQ=WEEKLY;COUNT=2\nRDATE:never",
        "RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:never",
        "RRULE:FREQ=WEEKLY;COUNT=2\nEXRULE:FREQ=NEVER",
        "RRULE:FREQ=WEEKLY;COUNT=2;BYSETPOS=0",
    ] {
        assert_event(&format!("{start}\nDURATION:PT1H\n{rule}"), &[hour, weekly], 1);
    }
    for alone in ["RRULE:FREQ=FORTNIGHTLY", "RRULE:COUNT=2", "RDATE:never"] {
        assert_event(&format!("{start}\nDURATION:PT1H\n{alone}"), &[hour], 1);
    }
    assert_event("DTSTART:2026-03-02T14:00:00Z\nDURATION:PT1H", &[hour], 1);
    assert_event("DTSTART:20260302T1400Z\nDURATION:PT1H", &[hour], 1);
}

#[test]
fn of_two_descriptions_of_one_occurrence_the_newer_counts() {
    let moved = |to: &str| vec!["03-02T08:00/03-02T09:00".to_owned(), format!("03-{to}")];
    let series =
        "DTSTART;TZID=Europe/Berlin:20260302T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2";
    let by_time =
        "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nDTSTART:20260310T080000Z\nDURATION:PT1H";
    let by_date = "RECURRENCE-ID;VALUE=DATE:20260309\nDTSTART:20260311T080000Z\nDURATION:PT1H";
    let by_utc = "RECURRENCE-ID:20260309T080000Z\nDTSTART:20260312T080000Z\nDURATION:PT1H";
    let with = |text: &str, line: &str| format!("{text}\n{line}");
    for (one, other, to) in [
        (with(by_time, "SEQUENCE:1"), by_date.to_owned(), "10T08:00/03-10T09:00"),
        (by_time.to_owned(), with(by_date, "SEQUENCE:1"), "11T08:00/03-11T09:00"),
        (with(by_time, "SEQUENCE:1"), with(by_utc, "SEQUENCE:2"), "12T08:00/03-12T09:00"),
        (with(by_time, "SEQUENCE:2"), with(by_utc, "SEQUENCE:1"), "10T08:00/03-10T09:00"),
        (
            with(by_time, "LAST-MODIFIED:20260202T000000Z"),
            with(by_date, "LAST-MODIFIED:20260201T000000Z"),
            "10T08:00/03-10T09:00",
        ),
        (
            with(by_time, "LAST-MODIFIED:20260201T000000Z"),
            with(by_date, "LAST-MODIFIED:20260202T000000Z"),
            "11T08:00/03-11T09:00",
        ),
        // The sequence goes before the time.
        (
            with(by_time, "SEQUENCE:1\nLAST-MODIFIED:20260201T000000Z"),
            with(by_date, "LAST-MODIFIED:20260202T000000Z"),
            "10T08:00/03-10T09:00",
        ),
    ] {
        let wanted = moved(to);
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        assert_series(&[series, &one, &other], &wanted);
        assert_series(&[&other, &one, series], &wanted);
    }
}

#[test]
fn an_override_older_than_a_master_without_its_occurrence_is_stale() {
    let first = "03-02T08:00/03-02T09:00";
    let moved = "03-10T08:00/03-10T09:00";
    let original = "03-09T08:00/03-09T09:00";
    let master =
        |rest: &str| format!("DTSTART;TZID=Europe/Berlin:20260302T090000\nDURATION:PT1H\n{rest}");
    let own = |rest: &str| {
        format!(
            "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000\nDTSTART:20260310T080000Z\nDURATION:PT1H\n{rest}"
        )
    };
    let excluded = "RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE;TZID=Europe/Berlin:20260309T090000";
    let shortened = "RRULE:FREQ=WEEKLY;COUNT=1";
    let kept = "RRULE:FREQ=WEEKLY;COUNT=2";
    let (old, new) = ("LAST-MODIFIED:20260101T000000Z", "LAST-MODIFIED:20260102T000000Z");
    for rule in [excluded, shortened, "SUMMARY:no series any more"] {
        for (of_master, of_own) in [
            ("SEQUENCE:1", "SEQUENCE:0"),
            ("SEQUENCE:1", "SUMMARY:no sequence"),
            (new, old),
            ("SEQUENCE:1\nLAST-MODIFIED:20260101T000000Z", new),
        ] {
            assert_series(&[&master(&format!("{rule}\n{of_master}")), &own(of_own)], &[first]);
        }
        // Not older, or of unknown age: its provider knows why.
        for (of_master, of_own) in [
            ("SEQUENCE:1", "SEQUENCE:1"),
            ("SEQUENCE:0", "SEQUENCE:1"),
            (old, new),
            (new, "SUMMARY:x"),
        ] {
            assert_series(
                &[&master(&format!("{rule}\n{of_master}")), &own(of_own)],
                &[first, moved],
            );
        }
    }
    // Older, but still an occurrence of the series.
    assert_series(&[&master(&format!("{kept}\nSEQUENCE:5")), &own("")], &[first, moved]);
    let by_date = own("").replace(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000",
        "RECURRENCE-ID;VALUE=DATE:20260309",
    );
    assert_series(&[&master(&format!("{kept}\nSEQUENCE:5")), &by_date], &[first, moved]);
    assert_series(&[&master(&format!("{excluded}\nSEQUENCE:5")), &by_date], &[first]);
    // A cancelled one that is stale leaves nothing either.
    assert_series(&[&master(&format!("{kept}\nSEQUENCE:5"))], &[first, original]);
}

/// A VTIMEZONE named `tzid`, with the rules of New York or of no changes.
fn vtimezone(tzid: &str, standard: &str, daylight: Option<&str>) -> String {
    let mut text = format!("BEGIN:VTIMEZONE\nTZID:{tzid}\n");
    let from = daylight.unwrap_or(standard);
    let (summer, winter) = match daylight {
        Some(_) => {
            ("RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\n", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\n")
        }
        None => ("", ""),
    };
    text += &format!(
        "BEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:{from}\nTZOFFSETTO:{standard}\n{winter}END:STANDARD\n"
    );
    if let Some(daylight) = daylight {
        text += &format!(
            "BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:{standard}\nTZOFFSETTO:{daylight}\n{summer}END:DAYLIGHT\n"
        );
    }
    text + "END:VTIMEZONE"
}

#[test]
fn the_vtimezone_of_a_stream_counts_more_than_the_name() {
    for (tzid, standard, daylight, hour) in [
        ("EST", "-0500", Some("-0400"), "13"),
        ("MST", "-0700", Some("-0600"), "15"),
        ("HST", "-1000", None, "19"),
        ("Eastern Standard Time", "-0500", Some("-0400"), "13"),
        ("Eastern Standard Time", "-0500", None, "14"),
        ("Pacific Standard Time", "-0800", None, "17"),
        ("Europe/Berlin", "+0530", None, "03"),
        ("America/New_York", "-0500", None, "14"),
        ("UTC+2", "-0500", Some("-0400"), "13"),
        ("Whatever", "-0500", Some("-0400"), "13"),
    ] {
        let definition = vtimezone(tzid, standard, daylight);
        let minutes = if standard == "+0530" { "30" } else { "00" };
        let end = format!("{:02}", hour.parse::<u32>().unwrap() + 1);
        let busy = format!("04-02T{hour}:{minutes}/04-02T{end}:{minutes}");
        let own = format!("DTSTART;TZID={tzid}:20260402T090000\nDTEND;TZID={tzid}:20260402T100000");
        assert_series(&[&definition, &own], &[&busy]);
        // It may come after its events, and be named in another case.
        let own = own.replace(tzid, &tzid.to_lowercase());
        assert_series(&[&own, &definition], &[&busy]);
    }
    // Without a definition, or with one that is of no use, the name counts.
    assert_event(
        "DTSTART;TZID=EST:20260402T090000\nDURATION:PT1H",
        &["04-02T14:00/04-02T15:00"],
        0,
    );
    let broken = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE";
    let own = "DTSTART;TZID=Europe/Berlin:20260402T090000\nDURATION:PT1H";
    assert_series(&[broken, own], &["04-02T07:00/04-02T08:00"]);
    // One that only lists the changes around its event means the zone that it names.
    let excerpt = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n\
        BEGIN:DAYLIGHT\nDTSTART:20250330T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n\
        BEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n\
        END:VTIMEZONE";
    assert_series(&[excerpt, own], &["04-02T07:00/04-02T08:00"]);
}

#[test]
fn zones_without_a_definition_are_known_by_their_names() {
    for (tzid, hour) in [
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "07"),
        ("\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"", "07"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "13"),
        ("w. europe standard time", "07"),
        ("EUROPE/BERLIN", "07"),
        ("UTC+2", "07"),
        ("UTC+02:00", "07"),
        ("\"UTC+02:00\"", "07"),
        ("GMT+0200", "07"),
        ("+02:00", "07"),
        ("-0500", "14"),
        ("Etc/GMT-2", "07"),
        ("tzone://Microsoft/Utc", "09"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "07"),
        // The calendar's own.
        ("Nowhere", "13"),
    ] {
        let end = format!("{:02}", hour.parse::<u32>().unwrap() + 1);
        let busy = format!("04-02T{hour}:00/04-02T{end}:00");
        assert_event(
            &format!("DTSTART;TZID={tzid}:20260402T090000\nDTEND;TZID={tzid}:20260402T100000"),
            &[&busy],
            0,
        );
    }
    assert_event(
        "DTSTART;TZID=UTC+05:30:20260402T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2",
        &["04-02T03:30/04-02T04:30", "04-03T03:30/04-03T04:30"],
        0,
    );
}
