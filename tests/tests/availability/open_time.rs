//! Open time and the grid.

use crate::support::{TUESDAY, invalid, set, slots, tuesdays};
use calendar_tests::{Database, Scene, fixture};

#[test]
fn a_single_row_of_hours_ends_the_default_even_if_it_is_not_active() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    assert_eq!(slots(&mut client, broker, "'2026-03-04T05:00Z', '2026-03-08'"), [""; 0]);
    client.execute("update calendar.working_hours set is_active = false", &[]).unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY), [""; 0]);
    client.execute("delete from calendar.working_hours", &[]).unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY).len(), 16);
}

#[test]
fn hours_are_valid_on_their_first_and_their_last_date() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let row = fixture::working_hours(&mut client, broker, 2, "09:00", "09:30");
    set(&mut client, "working_hours", row, "valid_from = '2026-03-10', valid_until = '2026-03-24'");
    let dates: Vec<String> = client
        .query(
            "select slot_start::date::text
               from calendar.get_available_slots($1, '2026-03-02', '2026-04-30')",
            &[&broker],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(dates, ["2026-03-10", "2026-03-17", "2026-03-24"]);
}

#[test]
fn a_slot_may_span_midnight_where_hours_touch_there() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    fixture::working_hours(&mut client, broker, 2, "23:00", "24:00");
    fixture::working_hours(&mut client, broker, 3, "00:00", "00:45");
    let hours = "'2026-03-03T12:00Z', '2026-03-04T12:00Z', duration_minutes =>";
    // The grid begins anew on Wednesday, at midnight.
    let half_hours = slots(&mut client, broker, &format!("{hours} 30"));
    assert_eq!(half_hours, ["Tue 23:00", "Tue 23:30", "Wed 00:00"]);
    assert_eq!(slots(&mut client, broker, &format!("{hours} 100")), ["Tue 23:00"]);
    set(&mut client, "brokers", broker, "slot_increment_minutes = 25");
    let offset = slots(&mut client, broker, &format!("{hours} 45"));
    assert_eq!(offset, ["Tue 23:00", "Tue 23:25", "Tue 23:50", "Wed 00:00"]);
}

#[test]
fn a_missing_hour_is_read_with_the_offset_before_it() {
    let db = Database::new();
    let mut client = db.connect();
    // On Sunday the 8th New York's clocks go from 02:00 to 03:00.
    let broker = fixture::broker(&mut client, &[]);
    fixture::working_hours(&mut client, broker, 7, "02:30", "04:30");
    let starts = fixture::slots(&mut client, broker, "2026-03-08", "2026-03-09").unwrap();
    assert_eq!(starts, ["2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"]);
}

#[test]
fn a_repeated_hour_is_its_first_occurrence() {
    let db = Database::new();
    let mut client = db.connect();
    // On Sunday, November 1st, New York's clocks go from 02:00 back to 01:00.
    let broker = fixture::broker(&mut client, &[("slot_duration_minutes", "60")]);
    fixture::working_hours(&mut client, broker, 7, "01:30", "02:30");
    let starts = fixture::slots(&mut client, broker, "2026-11-01", "2026-11-02").unwrap();
    assert_eq!(starts, ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"]);
}

#[test]
fn a_date_that_does_not_exist_has_no_open_time() {
    let db = Database::new();
    db.set_now("2011-12-26T00:00:00Z");
    let mut client = db.connect();
    // Samoa had no Friday, December 30th, in 2011.
    let broker = fixture::broker(&mut client, &[("timezone", "Pacific/Apia")]);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let arguments =
        format!("'{broker}', '2011-12-29T10:00Z', '2011-12-31T10:00Z', duration_minutes => 720");
    let starts = fixture::local_slots(&mut client, "Pacific/Apia", &arguments).unwrap();
    assert_eq!(starts, ["Thu 00:00", "Thu 12:00", "Sat 00:00", "Sat 12:00"]);
}

#[test]
fn the_grid_depends_neither_on_the_window_nor_on_the_zones_of_session_and_caller() {
    let Scene { mut client, broker, .. } = tuesdays(&[("slot_increment_minutes", "50")]);
    let expected = ["Tue 09:00", "Tue 09:50", "Tue 10:40", "Tue 11:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), expected);
    let later = "'2026-03-03T14:07:11Z', '2026-03-04T05:00Z', timezone => 'Asia/Kathmandu'";
    assert_eq!(slots(&mut client, broker, later), expected[1..]);
    client.batch_execute("set timezone = 'Australia/Lord_Howe'").unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY), expected);
}

#[test]
fn the_increment_is_the_brokers_or_the_duration_and_may_only_be_coarsened() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let with = |options: &str| format!("{TUESDAY}, {options}");
    let by_duration = slots(&mut client, broker, &with("duration_minutes => 60"));
    assert_eq!(by_duration, ["Tue 09:00", "Tue 10:00", "Tue 11:00"]);
    let call = |options: &str| format!("get_available_slots('{broker}', {TUESDAY}, {options})");
    let finer = call("increment_minutes => 15");
    invalid(&mut client, &finer, "increment_minutes must be a multiple of 30");

    set(&mut client, "brokers", broker, "slot_increment_minutes = 20");
    let by_broker = slots(&mut client, broker, &with("duration_minutes => 60"));
    assert_eq!(by_broker[..3], ["Tue 09:00", "Tue 09:20", "Tue 09:40"]);
    let coarser = slots(&mut client, broker, &with("increment_minutes => 60"));
    assert_eq!(coarser, ["Tue 09:00", "Tue 10:00", "Tue 11:00"]);
    for wrong in ["30", "0", "-20"] {
        let call = call(&format!("increment_minutes => {wrong}"));
        invalid(&mut client, &call, "increment_minutes must be a multiple of 20");
    }
}
