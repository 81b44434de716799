//! Dates and times as people say them: a list of phrases with what a person
//! means by each, and what holds for every phrase.

use calendar_engine::Interval;
use calendar_engine::spoken::{
    Answer, When, parse_when, spoken_instant, spoken_times, spoken_window,
};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant, parse_instant};
use chrono::SecondsFormat;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use std::collections::HashSet;

const PHRASES: &str = include_str!("phrases.tsv");

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
    assert!(lines.len() >= 900, "only {} phrases", lines.len());
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
    assert!(wrong.is_empty(), "{} phrases misunderstood:\n{}", wrong.len(), wrong.join("\n"));
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
fn times_are_listed_as_on_the_phone() {
    for (times, said) in [
        (&[][..], ""),
        (&["2026-12-01T09:00-05:00"], "Tuesday, December 1st at 9 AM Eastern"),
        (
            &["2026-12-01T09:00-05:00", "2026-12-01T10:30-05:00", "2026-12-01T14:00-05:00"],
            "Tuesday, December 1st at 9, 10:30 or 2 PM Eastern",
        ),
        (
            &["2026-12-01T10:30-05:00", "2026-12-01T09:00-05:00"],
            "Tuesday, December 1st at 9 or 10:30 AM Eastern",
        ),
        (
            &["2026-12-01T09:00-05:00", "2026-12-01T12:00-05:00"],
            "Tuesday, December 1st at 9 AM or noon Eastern",
        ),
        (
            &["2026-12-01T11:00-05:00", "2026-12-01T12:00-05:00", "2026-12-01T12:30-05:00"],
            "Tuesday, December 1st at 11, noon or 12:30 PM Eastern",
        ),
        // Who hears "7 or 8 PM" thinks of the evening, and "5" is in the afternoon.
        (
            &["2026-12-01T07:00-05:00", "2026-12-01T20:00-05:00"],
            "Tuesday, December 1st at 7 AM or 8 PM Eastern",
        ),
        (
            &["2026-12-01T05:00-05:00", "2026-12-01T09:00-05:00"],
            "Tuesday, December 1st at 5 AM or 9 AM Eastern",
        ),
        (
            &["2026-12-02T14:00-05:00", "2026-12-01T09:00-05:00", "2026-12-02T15:00-05:00"],
            "Tuesday, December 1st at 9 AM, or Wednesday, December 2nd at 2 or 3 PM Eastern",
        ),
        (
            &["2026-12-01T09:00-05:00", "2026-12-02T09:00-05:00", "2026-12-04T09:30-05:00"],
            "Tuesday, December 1st at 9 AM, Wednesday, December 2nd at 9 AM, or Friday, December \
             4th at 9:30 AM Eastern",
        ),
    ] {
        let times: Vec<_> = times.iter().map(|time| at(time)).collect();
        let zone = zone("America/Toronto");
        assert_eq!(spoken_times(&times, &zone, Some(at(REFERENCE))), said);
    }
}

#[test]
fn answers_are_sentences_for_the_phone() {
    let zone = zone("America/Toronto");
    let now = at(REFERENCE);
    let slot = |start: &str| Interval::new(at(start), at(start).plus_minutes(30));
    let near = [slot("2026-12-01T14:30-05:00"), slot("2026-12-01T15:30-05:00")];
    let three = parse_when("December 1st at 3", &zone, now);
    let friday = parse_when("next Friday afternoon", &zone, now);
    let between = parse_when("between Monday and Wednesday", &zone, now);
    let either = parse_when("Monday at 9 or Tuesday at 10", &zone, now);
    let past = parse_when("yesterday at 3", &zone, now);
    let morning = parse_when("yesterday morning", &zone, now);
    for (wanted, free, alternatives, speech) in [
        (
            Some(&three),
            Some(slot("2026-12-01T15:00-05:00")),
            Some(&near[..]),
            "Tuesday, December 1st at 3 PM Eastern is available.",
        ),
        (
            Some(&three),
            None,
            Some(&near[..]),
            "I am sorry, Tuesday, December 1st at 3 PM Eastern is not available; the nearest \
             times are Tuesday, December 1st at 2:30 or 3:30 PM Eastern.",
        ),
        (
            Some(&three),
            None,
            Some(&near[..1]),
            "I am sorry, Tuesday, December 1st at 3 PM Eastern is not available; the nearest time \
             is Tuesday, December 1st at 2:30 PM Eastern.",
        ),
        (
            Some(&three),
            None,
            Some(&[]),
            "I am sorry, Tuesday, December 1st at 3 PM Eastern is not available, and there is no \
             other time to offer.",
        ),
        // None was looked for: whether there is one is not known.
        (
            Some(&three),
            None,
            None,
            "I am sorry, Tuesday, December 1st at 3 PM Eastern is not available.",
        ),
        (
            Some(&friday),
            Some(slot("2026-11-27T12:00-05:00")),
            Some(&near[..1]),
            "I have Friday, November 27th at noon, or Tuesday, December 1st at 2:30 PM Eastern.",
        ),
        (
            Some(&friday),
            None,
            Some(&near[..1]),
            "I am sorry, nothing is available on Friday afternoon, November 27th; the nearest \
             time is Tuesday, December 1st at 2:30 PM Eastern.",
        ),
        (
            Some(&between),
            None,
            None,
            "I am sorry, nothing is available between Monday, November 23rd and Wednesday, \
             November 25th.",
        ),
        (Some(&either), None, None, "I am sorry, none of those times is available."),
        (
            Some(&past),
            None,
            None,
            "I am sorry, Thursday, November 19th 2026 at 3 PM Eastern has passed.",
        ),
        (
            Some(&morning),
            None,
            None,
            "I am sorry, Thursday morning, November 19th 2026 has passed.",
        ),
        (
            Some(&vec![]),
            None,
            Some(&near[..]),
            "I am sorry, I did not understand the time; the next available times are Tuesday, \
             December 1st at 2:30 or 3:30 PM Eastern.",
        ),
        (None, Some(near[0]), None, "I have Tuesday, December 1st at 2:30 PM Eastern."),
        (
            None,
            None,
            Some(&[]),
            "I am sorry, nothing is available, and there is no other time to offer.",
        ),
    ] {
        let wanted = wanted.map(Vec::as_slice);
        let answer = Answer { wanted, slot: free, alternatives, is_synced: true };
        assert_eq!(answer.speech(&zone, now), speech);
    }
}

#[test]
fn what_no_calendar_shows_yet_is_not_said_to_be_taken() {
    let (zone, now) = (zone("America/Toronto"), at(REFERENCE));
    let day = parse_when("next Tuesday", &zone, now);
    let instant = parse_when("Tuesday at 3 PM", &zone, now);
    let both: Vec<_> = [day[0], instant[0]].into();
    let slot = Interval::new(at("2026-12-01T19:30:00Z"), at("2026-12-01T20:00:00Z"));
    for (wanted, alternatives, speech) in [
        (None, None, "I am sorry, I cannot see the calendar yet."),
        (
            Some(&instant[..]),
            Some(&[slot][..]),
            "I am sorry, I cannot see the calendar for Tuesday, November 24th at 3 PM Eastern \
             yet; the nearest time is Tuesday, December 1st at 2:30 PM Eastern.",
        ),
        (Some(&both[..]), None, "I am sorry, I cannot see the calendar for those times yet."),
    ] {
        let answer = Answer { wanted, slot: None, alternatives, is_synced: false };
        assert_eq!(answer.speech(&zone, now), speech);
    }
}

/// An unknown word beside one that says a time may change what it means.
#[test]
fn a_word_that_is_not_known_is_not_passed_over_beside_a_time() {
    let mut wrong = Vec::new();
    for line in PHRASES.lines().filter(|line| !line.starts_with('#')) {
        let [phrase, name, reference, expected] =
            line.split('\t').collect::<Vec<_>>().try_into().expect("four columns");
        let words: Vec<_> = phrase.split(' ').collect();
        let is_instant = parse_instant(phrase).is_some();
        if expected == "nothing" || is_instant {
            continue;
        }
        for at in 0..=words.len() {
            let mut with = words.clone();
            with.insert(at, "frobnicate");
            let with = with.join(" ");
            let answer = written(&parse_when(&with, &zone(name), self::at(reference)));
            if answer != "nothing" && answer != expected {
                wrong.push(format!("{with:?} at {reference}\n  is {answer}\n  not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} phrases misunderstood:\n{}", wrong.len(), wrong.join("\n"));
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
    let distinct: HashSet<_> = answers.iter().collect();
    assert_eq!(distinct.len(), answers.len(), "{phrase:?}: {answers:?}");
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
    fn times_that_are_listed_are_understood(
        start in any_minute(), gaps in prop::collection::vec(1..4000_i64, 0..6), zone in any_zone(),
    ) {
        let mut times = vec![Instant(start.0 - start.0.rem_euclid(900_000_000))];
        for gap in gaps {
            times.push(times[times.len() - 1].plus_minutes(15 * gap));
        }
        // Of two equal local times the first is meant.
        let again = |at: &Instant| local_to_instant(&zone, zone.instant_to_local(*at));
        prop_assume!(times.iter().all(|at| again(at) == *at));
        let reference = times[0].plus_minutes(-90);
        let said = spoken_times(&times, &zone, Some(reference));
        let meant: Vec<_> = times.iter().copied().map(When::Instant).collect();
        prop_assert_eq!(parse_when(&said, &zone, reference), meant, "{}", said);
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
