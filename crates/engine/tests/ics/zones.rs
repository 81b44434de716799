//! In which zones events take place.

use crate::busy::{assert_event, assert_series};

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
