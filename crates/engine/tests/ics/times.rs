//! When events take place whose times are written in odd ways: in another form than
//! DTSTART's, without a zone, or wrong in part.

use crate::busy::{assert_event, assert_series, event};

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
