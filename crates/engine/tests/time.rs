//! Local times, instants and dates: RFC 5545 section 3.3.5 over every zone, and by name where
//! zones hurt.

use calendar_engine::time::{
    CustomZone, Instant, Offsets, Zone, date_of, date_start, local_to_instant, parse_date,
    parse_instant, windows_zone, zone_named,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::collections::BTreeMap;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A time during which a zone keeps one offset; all in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Era {
    start: i64,
    end: i64,
    offset: i64,
}

/// The eras of a zone from 2020 to 2040, told from its offsets alone.
fn eras(tz: Tz) -> Vec<Era> {
    let offset = |second| offset_at(tz, second);
    let (first, last) = (midnight("2020-01-01") - 7 * DAY, midnight("2041-01-01") + 7 * DAY);
    let mut eras = vec![Era { start: first, end: last, offset: offset(first) }];
    // No zone changes twice within this step; were one to, the comparison would tell.
    for step in (first..last).step_by(6 * 3600) {
        let era = eras.last_mut().unwrap();
        if offset(step) != era.offset {
            let (mut before, mut after) = (step - 6 * HOUR, step);
            while after - before > 1 {
                let middle = i64::midpoint(before, after);
                let side = if offset(middle) == era.offset { &mut before } else { &mut after };
                *side = middle;
            }
            era.end = after;
            eras.push(Era { start: after, end: last, offset: offset(after) });
        }
    }
    eras
}

fn offset_at(tz: Tz, second: i64) -> i64 {
    let utc = DateTime::from_timestamp(second, 0).unwrap().naive_utc();
    tz.offset_from_utc_datetime(&utc).fix().local_minus_utc().into()
}

fn midnight(date: &str) -> i64 {
    date.parse::<NaiveDate>().unwrap().and_time(chrono::NaiveTime::MIN).and_utc().timestamp()
}

/// The rule read as it stands, for local times in ascending order. The first
/// era that is not over yet either has the local time, and then for the first
/// time; or it begins later, and then the local time is missing and the offset
/// of the era before counts.
fn assert_follows_rfc_5545(tz: Tz, eras: &[Era], locals: impl Iterator<Item = i64>) {
    let zone = Zone::Iana(tz);
    let mut at = 0;
    for local in locals {
        while local - eras[at].offset >= eras[at].end {
            at += 1;
        }
        let is_missing = local - eras[at].offset < eras[at].start;
        let offset = if is_missing { eras[at - 1].offset } else { eras[at].offset };
        let time = DateTime::from_timestamp(local, 0).unwrap().naive_utc();
        assert_eq!(
            local_to_instant(&zone, time),
            Instant((local - offset) * 1_000_000),
            "{tz} {time}, missing: {is_missing}"
        );
    }
}

/// Every 15 minutes from 2020 to 2040. Zones whose offsets never differ in these
/// years are one zone by many names: of those, one is taken.
#[test]
fn every_quarter_of_an_hour_of_every_zone_follows_rfc_5545() {
    let distinct: BTreeMap<Vec<Era>, Tz> =
        TZ_VARIANTS.into_iter().map(|tz| (eras(tz), tz)).collect();
    let distinct: Vec<_> = distinct.iter().collect();
    assert!(distinct.len() > 50, "only {} zones differ", distinct.len());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for first in 0..threads {
            let mine = distinct.iter().skip(first).step_by(threads);
            scope.spawn(move || {
                for (eras, tz) in mine {
                    let quarters =
                        (midnight("2020-01-01")..midnight("2041-01-01")).step_by(15 * 60);
                    assert_follows_rfc_5545(**tz, eras, quarters);
                }
            });
        }
    });
}

/// Every minute from two hours before to two hours after every change, under
/// every name.
#[test]
fn every_minute_around_every_change_of_every_zone_follows_rfc_5545() {
    let mut changes = 0;
    for tz in TZ_VARIANTS {
        let eras = eras(tz);
        for pair in eras.windows(2) {
            let (before, after) = (pair[0].offset, pair[1].offset);
            let first = pair[1].start + before.min(after) - 2 * HOUR;
            let last = pair[1].start + before.max(after) + 2 * HOUR;
            assert_follows_rfc_5545(tz, &eras, (first..=last).step_by(60));
            changes += 1;
        }
    }
    assert!(changes > 5_000, "only {changes} changes were met");
}

/// In these years no zone drops a date; each begins where the one before ends.
#[test]
fn every_date_of_every_zone_begins_on_itself() {
    for tz in TZ_VARIANTS {
        let zone = Zone::Iana(tz);
        for date in date("2020-01-01").iter_days().take_while(|&d| d < date("2041-01-01")) {
            let start = date_start(&zone, date);
            assert_eq!(date_of(&zone, start), date, "{tz} {date}");
            let just_before = date_of(&zone, start + TimeDelta::microseconds(-1));
            assert!(just_before < date, "{tz} {date}: {just_before}");
        }
    }
}

#[test]
fn a_missing_time_takes_the_offset_before_the_gap() {
    for (name, local, utc) in [
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:30"),
        ("Europe/London", "2026-03-29 01:30", "2026-03-29 01:30"),
        // Half an hour.
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),
        // Two hours.
        ("Antarctica/Troll", "2026-03-29 01:00", "2026-03-29 01:00"),
        ("Antarctica/Troll", "2026-03-29 02:59", "2026-03-29 02:59"),
        // The end of a winter time that is an hour less than the standard time.
        ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22 02:30"),
        ("America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04 03:30"),
        ("Africa/Cairo", "2026-04-24 00:30", "2026-04-23 22:30"),
        ("Asia/Beirut", "2026-03-29 00:30", "2026-03-28 22:30"),
        // A quarter of an hour, once.
        ("Asia/Kathmandu", "1986-01-01 00:10", "1985-12-31 18:40"),
        // A whole day.
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 22:00"),
    ] {
        assert_eq!(shown(&zone(name), local), utc, "{name} {local}");
    }
}

#[test]
fn a_repeated_time_is_its_first_occurrence() {
    for (name, local, utc) in [
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Europe/London", "2026-10-25 01:30", "2026-10-25 00:30"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
        ("Antarctica/Troll", "2026-10-25 01:00", "2026-10-24 23:00"),
        ("Antarctica/Troll", "2026-10-25 02:59", "2026-10-25 00:59"),
        ("Africa/Casablanca", "2026-02-15 02:30", "2026-02-15 01:30"),
        ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18 01:30"),
        ("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30"),
        // Midnight itself comes twice.
        ("America/Havana", "2026-11-01 00:00", "2026-11-01 04:00"),
    ] {
        assert_eq!(shown(&zone(name), local), utc, "{name} {local}");
    }
}

#[test]
fn the_minutes_beside_a_change_are_plain() {
    for (name, local, utc) in [
        ("America/New_York", "2026-03-08 01:59", "2026-03-08 06:59"),
        ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00"),
        ("America/New_York", "2026-11-01 00:59", "2026-11-01 04:59"),
        ("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04 15:30"),
        ("Antarctica/Troll", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("Antarctica/Troll", "2026-10-25 03:00", "2026-10-25 03:00"),
        ("Africa/Casablanca", "2026-02-15 03:00", "2026-02-15 03:00"),
        ("Asia/Kathmandu", "1986-01-01 00:15", "1985-12-31 18:30"),
        ("Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31 18:15"),
        ("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59"),
        ("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00"),
    ] {
        assert_eq!(shown(&zone(name), local), utc, "{name} {local}");
    }
}

#[test]
fn a_date_without_a_midnight_begins_at_its_first_instant() {
    for (name, day, utc) in [
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28 22:00"),
    ] {
        let zone = zone(name);
        let start = date_start(&zone, date(day));
        assert_eq!(start.utc().to_string(), format!("{utc}:00"), "{name}");
        assert_eq!(zone.instant_to_local(start).to_string(), format!("{day} 01:00:00"), "{name}");
        assert_eq!(date_of(&zone, start), date(day), "{name}");
        assert!(date_of(&zone, start.plus_minutes(-1)) < date(day), "{name}");
    }
}

#[test]
fn a_date_that_a_zone_skipped_does_not_exist_and_has_no_length() {
    for (name, day) in [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kiritimati", "1994-12-31"),
        ("Pacific/Kwajalein", "1993-08-21"),
    ] {
        let (zone, day) = (zone(name), date(day));
        let (before, after) = (day - TimeDelta::days(1), day + TimeDelta::days(1));
        assert_eq!(date_start(&zone, day), date_start(&zone, after), "{name}");
        assert_eq!(date_of(&zone, date_start(&zone, after)), after, "{name}");
        assert_eq!(date_of(&zone, date_start(&zone, before)), before, "{name}");
    }
}

#[test]
fn a_zone_given_by_its_changes_follows_the_same_rule() {
    let hours = |hours: i32| hours * 3600;
    let change = |text: &str| Instant::from_utc(time(text));
    let zone = CustomZone::new(
        hours(1),
        vec![(change("2026-10-25 01:00"), hours(1)), (change("2026-03-29 01:00"), hours(2))],
    );
    for (local, utc) in [
        ("2026-03-29 01:59", "2026-03-29 00:59"),
        ("2026-03-29 02:30", "2026-03-29 01:30"),
        ("2026-07-01 12:00", "2026-07-01 10:00"),
        ("2026-10-25 02:30", "2026-10-25 00:30"),
        ("2026-10-25 03:00", "2026-10-25 02:00"),
    ] {
        assert_eq!(shown(&zone, local), utc, "{local}");
    }
}

#[test]
fn times_at_the_ends_of_the_calendar_do_not_overflow() {
    let zone = zone("Pacific/Apia");
    for time in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        zone.instant_to_local(local_to_instant(&zone, time));
    }
    for instant in [Instant(i64::MIN), Instant::MIN, Instant::MAX, Instant(i64::MAX)] {
        zone.instant_to_local(instant);
        instant.plus_minutes(i64::MAX).plus_minutes(i64::MIN);
    }
}

#[test]
fn instants_are_read_with_any_offset() {
    let nine = Some(Instant::from_utc(time("2026-12-01 09:00")));
    for text in [
        "2026-12-01T09:00:00Z",
        "2026-12-01t09:00:00.000z",
        "2026-12-01T09:00Z",
        "2026-12-01T04:00:00-05:00",
        "2026-12-01 14:45:00+05:45",
        "2026-12-01 10:00:00+01",
        "2026-12-01T10:00:00+0100",
    ] {
        assert_eq!(parse_instant(text), nine, "{text}");
    }
    let microsecond = parse_instant("1970-01-01T00:00:00.000001Z");
    assert_eq!(microsecond, Some(Instant(1)));
}

#[test]
fn what_is_no_instant_or_out_of_range_is_refused() {
    for text in [
        "",
        "now",
        "2026-12-01",
        "2026-12-01T09:00:00",
        "2026-13-01T09:00:00Z",
        "2026-02-29T09:00:00Z",
        "2026-12-01T25:00:00Z",
        "2026-12-01T09:00:00+99:99",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+01:00",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "294276-01-01T00:00:00Z",
        "infinity",
        "2026-12-01T09:00:00Z trailing",
    ] {
        assert_eq!(parse_instant(text), None, "{text}");
    }
}

#[test]
fn dates_are_read_in_one_form_only() {
    assert_eq!(parse_date("2028-02-29"), NaiveDate::from_ymd_opt(2028, 2, 29));
    assert_eq!(parse_date("0001-01-01"), NaiveDate::from_ymd_opt(1, 1, 1));
    assert_eq!(parse_date("9999-12-31"), NaiveDate::from_ymd_opt(9999, 12, 31));
    for text in [
        "",
        "2026-02-29",
        "2026-2-01",
        "26-02-01",
        "20260201",
        "0000-01-01",
        "-001-01-01",
        "10000-01-01",
        " 2026-02-01",
        "2026-02-01T00:00:00Z",
    ] {
        assert_eq!(parse_date(text), None, "{text}");
    }
}

/// What a program may write for a zone, and which zone it means.
#[test]
fn zones_are_known_by_every_name_that_programs_write() {
    for (name, meant) in [
        ("America/New_York", "America/New_York"),
        ("AMERICA/NEW_YORK", "America/New_York"),
        ("america/new york", "America/New_York"),
        (" \"Asia/Tokyo\" ", "Asia/Tokyo"),
        ("'Europe/Berlin'", "Europe/Berlin"),
        ("us/pacific", "US/Pacific"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/europe/berlin", "Europe/Berlin"),
        ("/mozilla.org/20050126_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("w. europe standard time", "Europe/Berlin"),
        ("W. Europe Daylight Time", "Europe/Berlin"),
        ("Eastern Standard Time 1", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(utc+01:00) amsterdam, berlin, bern, rome, stockholm, vienna", "Europe/Berlin"),
        ("Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-05:00) Eastern Time (US and Canada)", "America/New_York"),
        ("(UTC-08:00) Pacific Time (US & Canada); Tijuana", "America/Los_Angeles"),
        ("(UTC-08:00) Pacific Standard Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("(UTC+00:00) Dublin, Edinburgh, Lisbon, London", "Europe/London"),
        ("(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "Europe/Kiev"),
        ("(UTC) Coordinated Universal Time", "Etc/UTC"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Calcutta"),
        // The offset of a name is often out of date.
        ("(UTC+02:00) Istanbul", "Europe/Istanbul"),
        // In no table, but a city of IANA with that offset.
        ("(UTC+01:00) Vienna, Oslo", "Europe/Vienna"),
        ("(UTC+01:00) Atlantis", "Etc/GMT-1"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("utc+02", "Etc/GMT-2"),
        ("UTC+02:00", "Etc/GMT-2"),
        ("UTC +2", "Etc/GMT-2"),
        ("GMT+0200", "Etc/GMT-2"),
        ("GMT+0200 (Central European Summer Time)", "Etc/GMT-2"),
        ("(GMT+02:00)", "Etc/GMT-2"),
        ("+02:00", "Etc/GMT-2"),
        ("+0200", "Etc/GMT-2"),
        ("-05", "Etc/GMT+5"),
        ("UTC\u{2212}5", "Etc/GMT+5"),
        ("GMT-8:00", "Etc/GMT+8"),
        ("UTC+14", "Etc/GMT-14"),
        // POSIX counts west.
        ("Etc/GMT-2", "Etc/GMT-2"),
        ("etc/gmt+5", "Etc/GMT+5"),
    ] {
        assert_eq!(zone_named(name).and_then(|zone| zone.name()), Some(meant), "{name:?}");
    }
    for (name, minutes) in [("UTC+5:30", 330), ("-03:30", -210), ("GMT+0545", 345)] {
        let zone = zone_named(name).unwrap();
        assert_eq!(zone.name(), None, "{name}");
        for at in ["2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"] {
            assert_eq!(zone.offset_at(parse_instant(at).unwrap()), minutes * 60, "{name}");
        }
    }
}

#[test]
fn any_other_name_means_no_zone() {
    for name in [
        "",
        " ",
        "Customized Time Zone",
        "tzone://Microsoft/Custom",
        "Mars/Olympus_Mons",
        "Holidays/Cuba",
        "UTC+15",
        "UTC+2:75",
        "UTC+2:5",
        "UTC2",
        "2",
        "+",
        "+-2",
        "+02:00:00",
        "GMT+20000",
        "(UTC+01:00",
        "UTC+０２",
        "Standard Time",
    ] {
        assert_eq!(zone_named(name), None, "{name:?}");
    }
    assert_eq!(zone_named(&"UTC+2 ".repeat(100)), None);
}

#[test]
fn outlooks_display_names_stand_for_windows_names() {
    for line in include_str!("../src/time/outlook_zones.tsv").lines().skip(1) {
        let (name, windows) = line.split_once('\t').unwrap();
        let zone = zone_named(&format!("(UTC+01:00) {name}"));
        let iana = windows_zone(windows).map(|iana| Zone::iana(iana).unwrap());
        assert!(zone.is_some() && zone == iana, "{name}: {zone:?}");
    }
}

#[test]
fn windows_names_stand_for_zones_that_are_known() {
    for (windows, iana) in [
        ("Eastern Standard Time", "America/New_York"),
        ("GMT Standard Time", "Europe/London"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Nepal Standard Time", "Asia/Katmandu"),
        ("Samoa Standard Time", "Pacific/Apia"),
    ] {
        assert_eq!(windows_zone(windows), Some(iana));
    }
    assert_eq!(windows_zone("America/New_York"), None);
    assert_eq!(windows_zone("eastern standard time"), None);
    for line in include_str!("../src/time/windows_zones.tsv").lines().skip(1) {
        let name = line.split('\t').next().unwrap();
        let known = windows_zone(name).map(Zone::iana);
        assert!(known.is_some_and(|zone| zone.is_ok()), "{line}");
    }
}

#[test]
fn an_unknown_zone_is_refused_by_name() {
    for name in ["", "Mars/Olympus_Mons", "america/new_york", "EST5EDT ", "UTC+1"] {
        let error = Zone::iana(name).unwrap_err().to_string();
        assert!(error.contains(&format!("{name:?}")), "{error}");
    }
    let long = Zone::iana(&"é".repeat(1_000_000)).unwrap_err().to_string();
    assert!(long.len() < 500, "{} bytes", long.len());
}

fn zone(name: &str) -> Zone {
    Zone::iana(name).unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

/// The instant of a local time, as the UTC clock shows it.
fn shown(zone: &impl Offsets, local: &str) -> String {
    local_to_instant(zone, time(local)).utc().format("%Y-%m-%d %H:%M").to_string()
}
