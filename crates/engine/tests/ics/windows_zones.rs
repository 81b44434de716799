//! Windows zone names, as Outlook writes them in TZID.

use crate::support::events_of;
use calendar_engine::ics::resolve_zone;
use calendar_engine::time::{Zone, windows_zone};

/// Every name and its IANA zone, by CLDR's `windowsZones.xml`.
fn names() -> Vec<(&'static str, &'static str)> {
    include_str!("../../src/time/windows_zones.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once('\t').unwrap())
        .collect()
}

/// What a TZID means: `UTC` is a name of both kinds, and IANA's goes first.
fn meant<'a>(windows: &'a str, iana: &'a str) -> &'a str {
    if windows == "UTC" { windows } else { iana }
}

#[test]
fn every_windows_name_resolves_to_its_iana_zone() {
    for (windows, iana) in names() {
        assert_eq!(windows_zone(windows), Some(iana));
        let zone = Zone::iana(meant(windows, iana)).unwrap();
        assert_eq!(resolve_zone(windows, None), Some(zone), "{windows}");
    }
    assert_eq!(names().len(), 142);
    assert_eq!(windows_zone("Nowhere Standard Time"), None);
}

#[test]
fn a_tzid_may_be_any_of_them_quoted_or_not() {
    for (windows, iana) in names() {
        for quote in ["", "\""] {
            let start = format!("DTSTART;TZID={quote}{windows}{quote}:20261201T090000");
            let events = events_of(&["BEGIN:VEVENT", "UID:1", &start, "END:VEVENT"]).unwrap();
            assert_eq!(events[0].timezone.as_deref(), Some(meant(windows, iana)), "{start}");
        }
    }
}
