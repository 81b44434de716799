//! Dates and times as people say them: a list of phrases with what a person
//! means by each, and what holds for every phrase.

use calendar_engine::Interval;
use calendar_engine::spoken::{When, parse_when, spoken_instant, spoken_window};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant, parse_instant};
use chrono::SecondsFormat;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

const PHRASES: &str = include_str!("phrases.tsv");

/// Of all phrases, so many in a hundred must be understood rightly.
const WANTED: usize = 98;

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap_or_else(|| panic!("{text:?} is no instant"))
}

fn zone(name: &str) -> Zone {
    Zone::iana(name).unwrap()
}

fn iso(instant: Instant) -> String {
    instant.utc().and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Answers as the list of phrases writes them.
fn written(answers: &[When]) -> String {
    let one = |when: &When| match when {
        When::Instant(instant) => format!("instant {}", iso(*instant)),
        When::Window(window) => format!("window {}/{}", iso(window.start), iso(window.end)),
    };
    let all: Vec<_> = answers.iter().map(one).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(" | ") }
}

#[test]
fn phrases_mean_what_people_mean() {
    let lines: Vec<_> = PHRASES.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.len() >= 320, "only {} phrases", lines.len());
    let wrong: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let [phrase, name, reference, expected] =
                line.split('\t').collect::<Vec<_>>().try_into().expect("four columns");
            let answer = written(&parse_when(phrase, &zone(name), at(reference)));
            (answer != expected).then(|| {
                format!("{phrase:?} in {name} at {reference}\n  means {expected}\n  not   {answer}")
            })
        })
        .collect();
    let right = lines.len() - wrong.len();
    println!("{right} of {} phrases understood", lines.len());
    for line in &wrong {
        println!("{line}");
    }
    assert!(right * 100 >= lines.len() * WANTED, "{} phrases misunderstood", wrong.len());
}

const REFERENCE: &str = "2026-11-20T10:00:00-05:00";

#[test]
fn instants_are_said_as_on_the_phone() {
    for (name, instant, said) in [
        (
            "America/Toronto",
            "2026-12-01T15:30:00-05:00",
            "Tuesday, December 1st at 3:30 PM Eastern",
        ),
        ("US/Eastern", "2026-11-22T12:00:00-05:00", "Sunday, November 22nd at noon Eastern"),
        ("America/Chicago", "2026-11-23T00:00:00-06:00", "Monday, November 23rd at 12 AM Central"),
        (
            "America/Phoenix",
            "2026-12-11T09:05:00-07:00",
            "Friday, December 11th at 9:05 AM Arizona",
        ),
        ("Europe/London", "2026-12-12T09:00:00Z", "Saturday, December 12th at 9 AM London time"),
        ("UTC", "2026-12-13T09:00:00Z", "Sunday, December 13th at 9 AM UTC"),
        (
            "America/Port-au-Prince",
            "2026-12-01T12:30:00-05:00",
            "Tuesday, December 1st at 12:30 PM Port au Prince time",
        ),
        (
            "America/Jamaica",
            "2026-12-01T12:30:00-05:00",
            "Tuesday, December 1st at 12:30 PM Jamaica time",
        ),
        (
            "Pacific/Honolulu",
            "2028-01-03T13:00:00-10:00",
            "Monday, January 3rd 2028 at 1 PM Hawaii",
        ),
        (
            "America/Toronto",
            "2026-11-19T13:00:00-05:00",
            "Thursday, November 19th 2026 at 1 PM Eastern",
        ),
    ] {
        assert_eq!(spoken_instant(at(instant), &zone(name), Some(at(REFERENCE))), said);
    }
    let unasked = spoken_instant(at("2026-12-01T20:00:00Z"), &zone("America/Halifax"), None);
    assert_eq!(unasked, "Tuesday, December 1st 2026 at 4 PM Atlantic");
}

#[test]
fn windows_are_said_as_on_the_phone() {
    let zone = zone("America/Toronto");
    for (phrase, said) in [
        ("Tuesday", "Tuesday, November 24th"),
        ("Tuesday afternoon", "Tuesday afternoon, November 24th"),
        ("Tuesday between 2 and 4", "Tuesday, November 24th between 2 PM and 4 PM Eastern"),
        ("Tuesday after 3", "Tuesday, November 24th after 3 PM Eastern"),
        ("Tuesday before noon", "Tuesday, November 24th before noon Eastern"),
        ("next week", "between Monday, November 23rd and Sunday, November 29th"),
        (
            "before Monday at 9",
            "between Friday, November 20th at 10 AM Eastern and Monday, \
          November 23rd at 9 AM Eastern",
        ),
    ] {
        let reference = at(REFERENCE);
        let [When::Window(window)] = parse_when(phrase, &zone, reference)[..] else {
            panic!("{phrase:?} is a window");
        };
        assert_eq!(spoken_window(window, &zone, Some(reference)), said);
    }
}

#[test]
fn long_input_is_not_understood_and_costs_nothing() {
    let zone = zone("America/Toronto");
    for phrase in ["tomorrow ".repeat(1 << 20), "\u{0}".repeat(10 << 20), "9".repeat(10 << 20)] {
        assert_eq!(parse_when(&phrase, &zone, at(REFERENCE)), []);
    }
}

#[test]
fn every_reference_is_survived() {
    let zone = zone("America/Toronto");
    let ends = [Instant::MIN, Instant::MAX, at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z")];
    for line in PHRASES.lines() {
        for reference in ends {
            let phrase = line.split('\t').next().unwrap_or_default();
            parse_when(phrase, &zone, reference);
            spoken_instant(reference, &zone, Some(reference));
            spoken_window(Interval::new(ends[0], reference), &zone, Some(ends[1]));
        }
    }
}

/// Words of the list of phrases, so that random phrases make some sense.
fn any_phrase() -> impl Strategy<Value = String> {
    let words: Vec<_> = PHRASES
        .lines()
        .flat_map(|line| line.split('\t').next().unwrap_or_default().split(' '))
        .collect();
    prop::collection::vec(prop::sample::select(words), 0..12).prop_map(|words| words.join(" "))
}

fn any_zone() -> impl Strategy<Value = Zone> {
    let names = PHRASES.lines().skip(1).filter_map(|line| line.split('\t').nth(1));
    prop::sample::select(names.collect::<Vec<_>>()).prop_map(zone)
}

/// A whole minute from 1990 to 2090.
fn any_minute() -> impl Strategy<Value = Instant> {
    (10_500_000..63_000_000_i64).prop_map(|minute| Instant(0).plus_minutes(minute))
}

fn assert_sound(phrase: &str, zone: &Zone, reference: Instant) {
    let answers = parse_when(phrase, zone, reference);
    for when in &answers {
        assert!(!matches!(when, When::Window(window) if window.is_empty()), "{phrase:?}: {when:?}");
    }
    let starts = answers.iter().map(|when| match when {
        When::Instant(instant) => *instant,
        When::Window(window) => window.start,
    });
    assert!(starts.is_sorted(), "{phrase:?}: {answers:?}");
    assert!(answers.len() < 200, "{phrase:?}: {} answers", answers.len());
}

/// Failures are kept beside this file, from which a rerun begins.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_panics(phrase in any::<String>(), zone in any_zone(), reference in any::<i64>()) {
        assert_sound(&phrase, &zone, Instant(reference / 4));
    }

    #[test]
    fn nothing_that_resembles_a_phrase_panics(
        phrase in any_phrase(), zone in any_zone(), reference in any_minute(),
    ) {
        assert_sound(&phrase, &zone, reference);
    }

    #[test]
    fn iso_instants_are_themselves(micros in -62_135_000_000_000_000..253_402_000_000_000_000_i64) {
        let instant = Instant(micros);
        let text = instant.utc().and_utc().to_rfc3339();
        prop_assert_eq!(parse_when(&text, &Zone::UTC, Instant(0)), [When::Instant(instant)]);
    }

    #[test]
    fn what_is_said_is_understood(
        instant in any_minute(), reference in any_minute(), near in 0..1_000_000_i64, zone in any_zone(),
    ) {
        for reference in [reference, instant.plus_minutes(-near)] {
            let local = zone.instant_to_local(instant);
            let said = spoken_instant(instant, &zone, Some(reference));
            let meant = When::Instant(local_to_instant(&zone, local));
            prop_assert_eq!(parse_when(&said, &zone, reference), [meant], "{}", said);
        }
    }

    #[test]
    fn windows_that_are_said_are_understood(
        start in any_minute(), quarters in prop_oneof![1..100_i64, 1..3000_i64],
        ahead in 1..500_000_i64, zone in any_zone(),
    ) {
        let window = Interval::new(start, start.plus_minutes(15 * quarters));
        let local = |instant| zone.instant_to_local(instant);
        // Of two equal local times the first is meant.
        prop_assume!([window.start, window.end].map(|at| local_to_instant(&zone, local(at)))
            == [window.start, window.end]);
        let reference = start.plus_minutes(-ahead);
        let said = spoken_window(window, &zone, Some(reference));
        prop_assert_eq!(parse_when(&said, &zone, reference), [When::Window(window)], "{}", said);
    }
}
