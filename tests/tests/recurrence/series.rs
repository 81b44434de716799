//! What a series is.

use crate::support::{NEW_YORK, assert_blocks_are_true, blocks, execute, series, start, texts};
use calendar_tests::fixture;
use serde_json::{Value, json};

#[test]
fn a_series_keeps_its_local_time_over_a_change_of_the_clocks() {
    let (mut client, _, calendar) = start("UTC");
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=WEEKLY;COUNT=3")]));
    let local = ["03-03 10:00-10:30", "03-10 10:00-10:30", "03-17 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    let utc = ["03-03 15:00-15:30", "03-10 14:00-14:30", "03-17 14:00-14:30"];
    assert_eq!(blocks(&mut client, "UTC", "infinity"), utc);
}

#[test]
fn a_floating_series_keeps_the_local_time_of_its_calendar() {
    let (mut client, _, calendar) = start("Europe/London");
    let mut floating = series("RRULE:FREQ=WEEKLY;COUNT=5");
    floating["timezone"] = Value::Null;
    fixture::events(&mut client, calendar, &json!([floating]));
    // London's clocks go forward on March 29th.
    let utc = ["15:00", "15:00", "15:00", "15:00", "14:00"];
    let starts =
        "select to_char(starts_at, 'HH24:MI') from calendar.busy_blocks order by starts_at";
    assert_eq!(texts(&mut client, starts), utc);
    execute(&mut client, "update calendar.calendars set timezone = 'America/New_York'");
    assert_eq!(texts(&mut client, starts), ["15:00", "14:00", "14:00", "14:00", "14:00"]);
    assert_blocks_are_true(&mut client);
}

#[test]
fn windows_names_and_unknown_ones_are_zones_too() {
    let (mut client, _, calendar) = start("Europe/London");
    for (name, stored, last) in [
        ("Eastern Standard Time", Some(NEW_YORK), "14:00"),
        ("W. Europe Standard Time", Some("Europe/Berlin"), "14:00"),
        ("US Mountain Standard Time", Some("America/Phoenix"), "15:00"),
        // An unknown one is the calendar's.
        ("My Zone", None, "14:00"),
    ] {
        let mut event = series("RRULE:FREQ=WEEKLY;COUNT=5");
        event["timezone"] = json!(name);
        fixture::events(&mut client, calendar, &json!([event]));
        let row = client
            .query_one(
                "select (select timezone::text from calendar.events),
                        (select to_char(max(starts_at), 'HH24:MI') from calendar.busy_blocks)",
                &[],
            )
            .unwrap();
        assert_eq!((row.get::<_, Option<&str>>(0), row.get(1)), (stored, last), "{name}");
    }
}

#[test]
fn a_zone_that_comes_along_is_obeyed() {
    let (mut client, _, calendar) = start("UTC");
    // Four and a half hours behind UTC, and three and a half from mid-March on.
    let vtimezone = "BEGIN:VTIMEZONE\r\nTZID:Office\r\n\
        BEGIN:STANDARD\r\nDTSTART:20001115T020000\r\nRRULE:FREQ=YEARLY\r\n\
        TZOFFSETFROM:-0330\r\nTZOFFSETTO:-0430\r\nEND:STANDARD\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:20000315T020000\r\nRRULE:FREQ=YEARLY\r\n\
        TZOFFSETFROM:-0430\r\nTZOFFSETTO:-0330\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
    let event = json!({
        "external_event_id": "series", "starts_at": "2026-03-13T14:30:00Z",
        "ends_at": "2026-03-13T15:00:00Z", "vtimezone": vtimezone, "timezone": "Office",
        "recurrence": "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260314T100000",
    });
    fixture::events(&mut client, calendar, &json!([event]));
    let utc = ["03-13 14:30-15:00", "03-15 13:30-14:00", "03-16 13:30-14:00"];
    assert_eq!(blocks(&mut client, "UTC", "infinity"), utc);
}

#[test]
fn dates_are_added_and_taken_away() {
    let (mut client, _, calendar) = start("UTC");
    let rule = "RRULE:FREQ=DAILY;COUNT=4\r\n\
        EXDATE;TZID=America/New_York:20260304T100000\r\n\
        EXDATE:20260305T150000Z\r\n\
        RDATE;TZID=\"Eastern Standard Time\":20260310T100000,20260311T180000\r\n\
        RDATE;VALUE=PERIOD:20260312T140000Z/PT2H\r\n";
    fixture::events(&mut client, calendar, &json!([series(rule)]));
    let local = [
        "03-03 10:00-10:30",
        "03-06 10:00-10:30",
        "03-10 10:00-10:30",
        "03-11 18:00-18:30",
        "03-12 10:00-12:00",
    ];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn days_recur_from_midnight_to_midnight_of_the_calendar() {
    let (mut client, _, calendar) = start(NEW_YORK);
    let weekend = json!({"external_event_id": "weekend", "starts_at": "2026-03-07",
                         "ends_at": "2026-03-09", "recurrence": "RRULE:FREQ=WEEKLY;COUNT=2"});
    fixture::events(&mut client, calendar, &json!([weekend]));
    let busy = "select to_char(starts_at, 'DD HH24:MI') || to_char(ends_at, '-DD HH24:MI')
                  from (select unnest(range_agg(tstzrange(starts_at, ends_at))) as r
                          from calendar.busy_blocks) as x,
                       lateral (select lower(r) as starts_at, upper(r) as ends_at) as y";
    // The clocks go forward in the first of the two nights.
    assert_eq!(texts(&mut client, busy), ["07 05:00-09 04:00", "14 04:00-16 04:00"]);
    execute(&mut client, "update calendar.calendars set timezone = 'Asia/Kathmandu'");
    assert_eq!(texts(&mut client, busy), ["06 18:15-08 18:15", "13 18:15-15 18:15"]);
    assert_blocks_are_true(&mut client);
}
