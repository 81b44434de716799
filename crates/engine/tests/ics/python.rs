//! Streams against the Python packages icalendar and recurring-ical-events:
//! what we write they read alike, and what calendar programs write occurs at the
//! same times. `scripts/test` runs these tests.

use crate::component::zone_of;
use crate::generate::{OTHER_ZONE, ZONES, calendar, custom_zones, hostile_calendar, plain};
use crate::support::{self, Fixture};
use calendar_engine::event::{Event, Span, Status};
use calendar_engine::ics::{Calendar, Component, decode, write};
use calendar_engine::recurrence::{Master, Override, Recurrence, Series};
use calendar_engine::time::{Instant, Offsets, Zone};
use calendar_engine::{Interval, ics};
use chrono::TimeDelta;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde::Deserialize;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// One stream, the calendar that it is in, and the range of time in question.
struct Question {
    stream: String,
    zone: Zone,
    range: Interval,
    /// Instants at which to tell the offsets of its VTIMEZONEs.
    instants: Vec<Instant>,
}

#[derive(Deserialize)]
struct Answer {
    errors: Vec<String>,
    missing_tzids: Vec<String>,
    events: Vec<BTreeMap<String, serde_json::Value>>,
    occurrences: Vec<(String, i64, i64)>,
    offsets: BTreeMap<String, Vec<i32>>,
}

fn ask(questions: &[Question]) -> Vec<Answer> {
    let python = std::env::var("CALENDAR_TEST_PYTHON")
        .expect("CALENDAR_TEST_PYTHON: the python of scripts/python-venv");
    let requests: Vec<_> = questions
        .iter()
        .map(|question| {
            json!({
                "stream": question.stream,
                "zone": question.zone.name().unwrap(),
                "start": seconds(question.range.start),
                "end": seconds(question.range.end),
                "instants": question.instants.iter().copied().map(seconds).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut oracle = Command::new(python)
        .args(["-c", include_str!("oracle.py")])
        // Only the pinned time zone database.
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = oracle.stdin.take().unwrap();
    stdin.write_all(serde_json::to_string(&requests).unwrap().as_bytes()).unwrap();
    drop(stdin);
    let output = oracle.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn seconds(instant: Instant) -> i64 {
    instant.0.div_euclid(1_000_000)
}

fn day(text: &str) -> Instant {
    Instant::from_utc(text.parse::<chrono::NaiveDate>().unwrap().into())
}

/// The occurrences of all events of a calendar, as [`Answer::occurrences`].
fn occurrences(events: &[Event], calendar_zone: &Zone, range: Interval) -> Vec<(String, i64, i64)> {
    let ids: BTreeSet<&str> = events.iter().map(|event| event.external_event_id.as_str()).collect();
    let mut found = Vec::new();
    for id in ids {
        let (overrides, masters): (Vec<_>, Vec<_>) = events
            .iter()
            .filter(|event| event.external_event_id == id)
            .partition(|event| event.recurrence_id.is_some());
        let master = masters.first().filter(|event| event.status != Status::Cancelled);
        let series = Series {
            master: master.map(|event| Master {
                duration: event.duration,
                revision: event.revision(),
                recurrence: event
                    .recurrence
                    .as_deref()
                    .map(|text| Recurrence::parse(text).unwrap()),
                ..Master::new((), event.span)
            }),
            overrides: overrides
                .iter()
                .map(|event| Override {
                    this_and_future: event.this_and_future,
                    cancelled: event.status == Status::Cancelled,
                    duration: event.duration,
                    revision: event.revision(),
                    ..Override::new((), event.recurrence_id.unwrap(), event.span)
                })
                .collect(),
            zone: &zone_of(masters.first().unwrap_or_else(|| &overrides[0]), calendar_zone),
            calendar_zone,
        };
        for occurrence in series.occurrences(range, &mut || true).unwrap() {
            let Interval { start, end } = occurrence.interval;
            found.push((id.to_owned(), seconds(start), seconds(end)));
        }
    }
    found.sort();
    found
}

/// Where the answer for an event of a fixture is another, and what Python does.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("all_day", "dressed-up", "takes the midnight of a VALUE=DATE for one in UTC"),
    ("all_day", "hours", "does not round the duration of a date up to whole days"),
    ("all_day", "mixed-end", "does not round the end of a date up to a whole day"),
    ("all_day", "outlook-one-day", "does not know Outlook's mark of an all-day event"),
    ("all_day", "same-end", "lets a date end where it starts"),
    ("cancel", "meeting", "does not know METHOD:CANCEL"),
    ("cancel", "series", "does not know METHOD:CANCEL"),
    ("duplicates", "by-last-modified", "tells versions by SEQUENCE only"),
    ("duplicates", "by-place", "tells versions by SEQUENCE only"),
    ("durations", "day-and-hours", "adds hours to the clock's time, against section 3.3.6"),
    ("durations", "exact-day", "adds hours to the clock's time, against section 3.3.6"),
    ("durations", "repeated-hour", "measures from 1:30 to 1:30 on the clock"),
    ("exchange", "exchange-2", "does not know Outlook's mark of an all-day event"),
    ("exchange", "exchange-4", "cannot read a TZID with a colon that is not quoted"),
    ("exchange", "exchange-5", "cannot read a TZID with a colon that is not quoted"),
    ("recurrence_dates", "all-day", "does not take away a date by an EXDATE with a time in UTC"),
    ("recurrence_dates", "empty", "cannot read an empty RRULE"),
    ("recurrence_dates", "exrule", "does not know EXRULE, which RFC 5545 deprecates"),
    ("recurrence_dates", "spaces", "cannot read spaces in a list"),
    ("several_calendars", "second", "does not know METHOD:CANCEL"),
    ("several_calendars", "third", "remembers the VTIMEZONE of another calendar"),
    ("x_wr_timezone", "floating", "takes X-WR-TIMEZONE for the zone of floating times too"),
    ("x_wr_timezone", "lower-case", "knows no zone in lower case"),
];

/// Fixtures that Python cannot read at all, or that have no UIDs to compare by.
const UNREADABLE: &[&str] = &[
    "broken_off",
    "broken_off_in_second",
    "empty",
    "free_busy",
    "malformed",
    "methods",
    "no_uid",
    "rejected",
    "sign_in_page",
];

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn fixtures_occur_at_the_same_times() {
    let range = Interval::new(day("2026-01-01"), day("2029-01-01"));
    let mut fixtures = Fixture::all();
    fixtures.retain(|fixture| !UNREADABLE.contains(&fixture.name.as_str()));
    let questions: Vec<_> = fixtures
        .iter()
        .map(|fixture| Question {
            stream: decode(&fixture.stream).into_owned(),
            zone: fixture.zone(),
            range,
            instants: Vec::new(),
        })
        .collect();
    let mut different = Vec::new();
    for ((fixture, question), answer) in fixtures.iter().zip(&questions).zip(ask(&questions)) {
        let events = fixture.parse(&fixture.stream).unwrap().events;
        let ours = occurrences(&events, &question.zone, range);
        let ids: BTreeSet<_> = ours.iter().chain(&answer.occurrences).map(|(id, ..)| id).collect();
        for id in ids {
            let of = |all: &[(String, i64, i64)]| {
                all.iter()
                    .filter(|(own, ..)| own == id)
                    .map(|(_, a, b)| (*a, *b))
                    .collect::<Vec<_>>()
            };
            if of(&ours) != of(&answer.occurrences) {
                // Shown where the test fails.
                println!("{} {id}: {:?} {:?}", fixture.name, of(&ours), of(&answer.occurrences));
                different.push((fixture.name.as_str(), id.clone()));
            }
        }
    }
    let known: Vec<_> = DIFFERENCES.iter().map(|(name, id, _)| (*name, (*id).to_owned())).collect();
    assert_eq!(different, known);
}

/// Random values, the same ones for one `CALENDAR_TEST_SEED`.
fn samples<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, count: usize) -> Vec<T> {
    let seed = std::env::var("CALENDAR_TEST_SEED")
        .map_or_else(|_| std::process::id(), |seed| seed.parse().expect("CALENDAR_TEST_SEED"));
    println!("CALENDAR_TEST_SEED={seed}");
    let bytes: Vec<u8> = seed.to_le_bytes().into_iter().cycle().take(32).collect();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Whether Python follows the recurrence as we do: its COUNT does not count a DTSTART
/// that the rule does not match, and it compares what the clocks of different zones show, so that
/// an EXDATE excludes an occurrence at another hour, too.
fn is_followed_alike(component: &Component) -> bool {
    let recurrence = component.recurrence.as_deref().unwrap_or_default();
    let has = |name: &str| recurrence.contains(name);
    let compares_clocks = has(&format!("EXDATE;TZID={OTHER_ZONE}")) || has("EXDATE") && has("HOUR");
    let counts_otherwise = has("COUNT") && has("BYDAY");
    !(compares_clocks || counts_otherwise)
}

/// The stream with TZIDs that Python does not know, so that it reads the
/// VTIMEZONEs.
fn with_own_tzids(stream: &str) -> String {
    let names = ZONES.iter().chain(&[OTHER_ZONE]).filter(|name| name.contains('/'));
    names.fold(stream.to_owned(), |text, name| text.replace(name, &name.replace('/', "-")))
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn what_is_written_occurs_at_the_same_times() {
    let calendars = samples(calendar(), 150);
    let mut components: Vec<_> =
        calendars.into_iter().flat_map(|calendar| calendar.components).collect();
    components.retain(is_followed_alike);
    let questions: Vec<_> = components
        .iter()
        .map(|component| {
            let start = component.span.interval(&Zone::UTC).start;
            let calendar = Calendar { components: vec![component.clone()], ..Default::default() };
            Question {
                stream: with_own_tzids(&write(&calendar)),
                zone: Zone::UTC,
                range: Interval::new(start + TimeDelta::days(-2), start + TimeDelta::days(400)),
                instants: Vec::new(),
            }
        })
        .collect();
    let mut compared = 0;
    for ((component, question), answer) in components.iter().zip(&questions).zip(ask(&questions)) {
        let Question { stream, range, .. } = question;
        assert_eq!(answer.errors, [""; 0], "{stream}");
        assert_eq!(answer.missing_tzids, [""; 0], "{stream}");
        // The others are its occurrences of other lengths.
        assert!(answer.events.iter().all(|event| event["UID"] == component.uid), "{stream}");
        assert_eq!(answer.events[0]["SEQUENCE"], component.sequence.to_string(), "{stream}");

        let zones = [component.timezone.clone().unwrap_or(Zone::UTC), support::zone(OTHER_ZONE)];
        // Python shifts a missing local time by the offset after the gap, and
        // measures lengths on the clock: not where one changes nearby.
        let is_steady = |from: Instant, to: Instant| {
            let offset =
                |zone: &Zone, instant, days| zone.offset_at(instant + TimeDelta::days(days));
            zones.iter().all(|zone| offset(zone, from, -1) == offset(zone, to, 1))
        };
        let Interval { start, end } = component.span.interval(&Zone::UTC);
        let comparable = |all: Vec<(String, i64, i64)>| -> BTreeSet<(i64, Option<i64>)> {
            all.into_iter()
                .filter(|(_, from, _)| {
                    let from = Instant(from * 1_000_000);
                    is_steady(from, from + (end - start))
                })
                .map(|(_, from, to)| (from, is_steady(start, end).then_some(to)))
                .collect()
        };
        let parsed = ics::parse(stream, &Zone::UTC, &[], &mut || true).unwrap();
        let ours = comparable(occurrences(&parsed.events, &Zone::UTC, *range));
        let theirs = comparable(answer.occurrences);
        let different: Vec<_> = ours.symmetric_difference(&theirs).collect();
        assert!(different.is_empty(), "{different:?}:\n{stream}");
        compared += ours.len();
    }
    assert!(compared > components.len());
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn written_vtimezones_have_the_offsets_of_their_zones() {
    let iana = ZONES.iter().filter(|name| **name != "UTC").map(|name| support::zone(name));
    let custom = samples(custom_zones(), 30).into_iter().map(|zone| Zone::Custom(Arc::new(zone)));
    let zones: Vec<Zone> = iana.chain(custom).collect();
    let start = day("2019-07-01");
    let instants: Vec<Instant> = (0..2000).map(|n| start + TimeDelta::hours(n * 100)).collect();
    let is_clear = |zone: &Zone, instant: Instant| {
        let offset = |days| zone.offset_at(instant + TimeDelta::days(days));
        offset(-1) == offset(1)
    };
    let questions: Vec<_> = zones
        .iter()
        .map(|zone| {
            let span = Span::Times(Interval::new(start, start));
            let mut component = Component::new("1", start, span);
            component.timezone = Some(zone.clone());
            component.recurrence = Some("RRULE:FREQ=YEARLY;COUNT=2".into());
            Question {
                stream: write(&Calendar { components: vec![component], ..Default::default() }),
                zone: Zone::UTC,
                range: Interval::new(start, start + TimeDelta::days(1)),
                instants: instants
                    .iter()
                    .copied()
                    .filter(|&instant| is_clear(zone, instant))
                    .collect(),
            }
        })
        .collect();
    for ((zone, question), answer) in zones.iter().zip(&questions).zip(ask(&questions)) {
        assert_eq!(answer.errors, [""; 0], "{}", question.stream);
        let ours: Vec<i32> =
            question.instants.iter().map(|&instant| zone.offset_at(instant)).collect();
        let theirs: Vec<_> = answer.offsets.values().collect();
        assert_eq!(theirs, [&ours], "{}", question.stream);
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn hostile_texts_are_texts_elsewhere() {
    let calendars = samples(hostile_calendar(), 100);
    let start = day("2026-12-01");
    let questions: Vec<_> = calendars
        .iter()
        .map(|calendar| Question {
            stream: write(calendar),
            zone: Zone::UTC,
            range: Interval::new(start, start + TimeDelta::days(7)),
            instants: Vec::new(),
        })
        .collect();
    for ((calendar, question), answer) in calendars.iter().zip(&questions).zip(ask(&questions)) {
        assert_eq!(answer.errors, [""; 0], "{}", question.stream);
        assert_eq!(answer.events.len(), calendar.components.len());
        for (event, component) in answer.events.iter().zip(&calendar.components) {
            let text = |name: &str| plain(event[name].as_str().unwrap());
            assert_eq!(text("UID"), plain(&component.uid));
            assert_eq!(text("SUMMARY"), plain(component.summary.as_deref().unwrap()));
            assert_eq!(event["attendees"], 1);
        }
    }
}
