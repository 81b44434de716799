//! What a TZID and a VTIMEZONE mean, and which VTIMEZONEs are written.

use crate::support::{events_of, zone};
use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::ics::{Calendar, Component, custom_zone, resolve_zone, write};
use calendar_engine::time::{Instant, Offsets, Zone};
use chrono::NaiveDate;

/// A VTIMEZONE named X of these parts, each as kind, DTSTART, TZOFFSETFROM,
/// TZOFFSETTO and a further line.
fn vtimezone(parts: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut text = "BEGIN:VTIMEZONE\r\nTZID:X\r\n".to_owned();
    for (kind, start, from, to, line) in parts {
        text += &format!(
            "BEGIN:{kind}\r\nDTSTART:{start}\r\nTZOFFSETFROM:{from}\r\nTZOFFSETTO:{to}\r\n{line}\r\nEND:{kind}\r\n"
        );
    }
    text + "END:VTIMEZONE\r\n"
}

const SUMMER: &str = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU";
const WINTER: &str = "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU";

/// Central European time from some year on, up to some time.
fn central_europe(year: i32, until: &str) -> String {
    vtimezone(&[
        ("DAYLIGHT", &format!("{year}0301T020000"), "+0100", "+0200", &format!("{SUMMER}{until}")),
        ("STANDARD", &format!("{year}1001T030000"), "+0200", "+0100", &format!("{WINTER}{until}")),
    ])
}

fn at(text: &str) -> Instant {
    calendar_engine::time::parse_instant(text).unwrap()
}

/// A name is that of its own rules only where no definition says otherwise.
#[test]
fn definitions_go_before_names() {
    let berlin = central_europe(1970, "");
    for (tzid, alone) in [
        ("America/New_York", Some("America/New_York")),
        ("america/new_york", Some("America/New_York")),
        (" \"Asia/Tokyo\" ", Some("Asia/Tokyo")),
        ("Eastern Standard Time", Some("America/New_York")),
        ("/freeassociation.sourceforge.net/Europe/Paris", Some("Europe/Paris")),
        ("tzone://Microsoft/Utc", Some("UTC")),
        ("(UTC-05:00) Eastern Time (US & Canada)", Some("America/New_York")),
        ("Customized Time Zone", None),
        ("Holidays/Cuba", None),
        ("", None),
    ] {
        assert_eq!(resolve_zone(tzid, None), alone.map(zone), "{tzid:?}");
        assert_eq!(resolve_zone(tzid, Some("")), alone.map(zone), "{tzid:?}");
        // Of several zones with these offsets, the one that is named.
        let defined = if tzid.ends_with("Paris") { "Europe/Paris" } else { "Europe/Berlin" };
        assert_eq!(resolve_zone(tzid, Some(&berlin)), Some(zone(defined)), "{tzid:?}");
    }
}

#[test]
fn a_definition_is_taken_for_the_zone_with_the_same_offsets() {
    let resolved = |text: &str| resolve_zone("X", Some(text)).unwrap();
    assert_eq!(resolved(&central_europe(1601, "")), zone("Europe/Berlin"));
    // A location is a hint, unless the offsets are others.
    let at_home =
        central_europe(1970, "").replace("TZID:X", "TZID:X\r\nX-LIC-LOCATION:Europe/Oslo");
    assert_eq!(resolved(&at_home), zone("Europe/Oslo"));
    let elsewhere = at_home.replace("Europe/Oslo", "Asia/Tokyo");
    assert_eq!(resolved(&elsewhere), zone("Europe/Berlin"));
    let fixed =
        |offset| resolved(&vtimezone(&[("STANDARD", "16010101T000000", offset, offset, "")]));
    assert_eq!(fixed("+0000"), Zone::UTC);
    assert_eq!(fixed("-0500"), zone("Etc/GMT+5"));
    assert_eq!(fixed("+0545"), zone("Asia/Kathmandu"));
}

/// Of several zones alike, the calendar's own is meant.
#[test]
fn the_calendars_own_zone_is_preferred() {
    let text = vtimezone(&[
        ("DAYLIGHT", "16010311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"),
        ("STANDARD", "16011104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"),
    ]);
    let stream = format!(
        "BEGIN:VCALENDAR\r\n{text}BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=X:20261201T090000\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    for name in ["America/Toronto", "America/New_York", "America/Detroit"] {
        let parsed = calendar_engine::ics::parse(&stream, &zone(name), &[], &mut || true).unwrap();
        assert_eq!(parsed.events[0].timezone.as_deref(), Some(name));
    }
}

#[test]
fn a_definition_that_begins_late_is_not_taken_for_a_zone_without_changes() {
    for year in [2030, 2036, 2037, 2050, 2090] {
        let resolved = resolve_zone("X", Some(&central_europe(year, "")));
        assert_eq!(resolved, Some(zone("Europe/Berlin")), "{year}");
    }
    // Rules are followed up to 2100 only.
    for year in [2099, 2101, 9999] {
        let resolved = resolve_zone("X", Some(&central_europe(year, "")));
        assert!(matches!(resolved, Some(Zone::Custom(_))), "{year}: {resolved:?}");
    }
}

#[test]
fn rules_end_by_until_in_utc_and_the_last_offset_stays() {
    // The changes of 2030 are at 01:00 UTC on March 31 and October 27.
    let custom =
        custom_zone(&central_europe(2020, ";UNTIL=20300331T010000Z"), &mut || true).unwrap();
    assert_eq!(custom.offset_at(at("2019-07-01T00:00:00Z")), 3600);
    assert_eq!(custom.offset_at(at("2029-07-01T00:00:00Z")), 7200);
    assert_eq!(custom.offset_at(at("2029-12-01T00:00:00Z")), 3600);
    assert_eq!(custom.offset_at(at("2030-03-31T00:59:59Z")), 3600);
    assert_eq!(custom.offset_at(at("2030-03-31T01:00:00Z")), 7200);
    assert_eq!(custom.offset_at(at("2035-01-01T00:00:00Z")), 7200);
    let custom =
        custom_zone(&central_europe(2020, ";UNTIL=20300331T005959Z"), &mut || true).unwrap();
    assert_eq!(custom.offset_at(at("2035-01-01T00:00:00Z")), 3600);
    let custom = custom_zone(&central_europe(2020, ""), &mut || true).unwrap();
    assert_eq!(custom.offset_at(at("2100-07-01T00:00:00Z")), 7200);
}

#[test]
fn single_changes_are_told_by_rdate() {
    let text = vtimezone(&[
        ("STANDARD", "20200101T000000", "+0100", "+0100", ""),
        (
            "DAYLIGHT",
            "20210301T000000",
            "+0100",
            "+0230",
            "RDATE:20220301T000000,20230301T000000\r\nRDATE:20240301T000000",
        ),
        ("STANDARD", "20210901T000000", "+0230", "+0100", "RDATE:20220901T000000"),
    ]);
    let custom = custom_zone(&text, &mut || true).unwrap();
    for (time, minutes) in [
        ("2021-02-28T22:59:59Z", 60),
        ("2021-02-28T23:00:00Z", 150),
        ("2021-08-31T21:29:59Z", 150),
        ("2021-08-31T21:30:00Z", 60),
        ("2022-06-01T00:00:00Z", 150),
        ("2022-12-01T00:00:00Z", 60),
        ("2023-12-01T00:00:00Z", 150),
        ("2025-12-01T00:00:00Z", 150),
    ] {
        assert_eq!(custom.offset_at(at(time)), minutes * 60, "{time}");
    }
}

#[test]
fn a_wrong_definition_is_an_error_that_names_what_is_wrong() {
    let standard = |lines: &str| {
        let text = format!(
            "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\n{lines}\nEND:STANDARD\nEND:VTIMEZONE"
        );
        custom_zone(&text, &mut || true).unwrap_err().to_string()
    };
    assert_eq!(
        custom_zone("", &mut || true).unwrap_err().to_string(),
        "VTIMEZONE \"\" has no STANDARD or DAYLIGHT part"
    );
    assert_eq!(
        standard("TZOFFSETFROM:+0100\nTZOFFSETTO:+0100"),
        "VTIMEZONE: an observance has no DTSTART"
    );
    assert_eq!(
        standard("DTSTART:20200101T000000\nTZOFFSETTO:+0100"),
        "VTIMEZONE: an observance has no TZOFFSETFROM"
    );
    assert_eq!(standard("TZOFFSETFROM:+2500"), "VTIMEZONE: TZOFFSETFROM \"+2500\" is not allowed");
    assert_eq!(
        standard("RRULE:FREQ=SECONDLY"),
        "VTIMEZONE: RRULE \"FREQ=SECONDLY\" is not allowed"
    );
    assert_eq!(standard("DTSTART:now"), "VTIMEZONE: DTSTART \"now\" is not allowed");
}

#[test]
fn a_definition_has_a_bound() {
    let of = |count: usize, line: &str| {
        let parts = vec![("STANDARD", "20200101T000000", "+0100", "+0200", line); count];
        custom_zone(&vtimezone(&parts), &mut || true).map(|_| ()).map_err(|error| error.to_string())
    };
    let never = "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30";
    assert_eq!(of(250, never), Ok(()));
    assert_eq!(of(251, never), Err("VTIMEZONE \"X\" has more than 250 rules".into()));
    assert_eq!(of(5000, ""), Ok(()));
    assert_eq!(of(5001, ""), Err("VTIMEZONE \"X\" has more than 5000 changes".into()));
    let often = "RRULE:FREQ=YEARLY;BYDAY=MO,TU";
    assert_eq!(of(1, often), Err("VTIMEZONE \"X\" has more than 5000 changes".into()));
    let daily = "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU";
    assert!(of(1, daily).unwrap_err().contains("yields more than 20000 occurrences"));
}

/// Such a definition counts as none, not as an error: its event is not lost.
#[test]
fn an_event_with_a_wrong_definition_is_in_the_calendars_zone() {
    let events = events_of(&[
        "BEGIN:VTIMEZONE",
        "TZID:X",
        "BEGIN:STANDARD",
        "DTSTART:20200101T000000",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART;TZID=X:20261201T090000",
        "END:VEVENT",
    ])
    .unwrap();
    assert_eq!(events[0].span.interval(&Zone::UTC).start, at("2026-12-01T14:00:00Z"));
    assert_eq!(events[0].timezone, None);
}

/// Where a zone changes with the year, two observances would begin at once, and
/// readers could take either.
#[test]
fn no_two_observances_begin_at_the_same_time() {
    for (name, year) in
        [("Asia/Kathmandu", 1986), ("Africa/Monrovia", 1972), ("Asia/Singapore", 1982)]
    {
        let new_year = NaiveDate::from_ymd_opt(year + 1, 7, 1).unwrap();
        let start = Instant::from_utc(new_year.into());
        let mut component = Component::new("1", start, Span::Times(Interval::new(start, start)));
        component.timezone = Some(zone(name));
        component.recurrence = Some("RRULE:FREQ=YEARLY".into());
        let text = write(&Calendar { components: vec![component], ..Default::default() });
        let (definition, _) = text.split_once("END:VTIMEZONE").unwrap();
        let mut onsets: Vec<_> =
            definition.lines().filter(|line| line.starts_with("DTSTART")).collect();
        onsets.sort_unstable();
        let count = onsets.len();
        onsets.dedup();
        assert_eq!(onsets.len(), count, "{text}");
    }
}
