//! Window, notice and horizon.

use crate::support::{TUESDAY, invalid, set, slots, tuesday_broker, tuesdays};
use calendar_tests::{Database, Scene, fixture};

#[test]
fn a_broker_without_hours_works_from_nine_to_five() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let slots = fixture::slots(&mut client, broker, "2026-03-03", "2026-03-04").unwrap();
    assert_eq!(slots.len(), 16);
    assert_eq!(slots[0], "2026-03-03T14:00:00Z");
}

#[test]
fn the_window_is_the_next_fourteen_days_where_none_is_given() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let row = client
        .query_one(
            "select count(*), min(slot_start) = '2026-03-02T14:00Z',
                    max(slot_end) = '2026-03-16T14:00Z'
               from calendar.get_available_slots($1)",
            &[&broker],
        )
        .unwrap();
    // Ten working days of 16 slots, then the clocks go forward and Monday the 16th
    // has an hour until 14 days are over.
    assert_eq!((row.get(0), row.get(1), row.get(2)), (162_i64, true, true));
}

#[test]
fn a_window_without_a_start_begins_now_and_one_without_an_end_lasts_fourteen_days() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let until = slots(&mut client, broker, "window_end => '2026-03-03T15:00Z'");
    assert_eq!(until, ["Tue 09:00", "Tue 09:30"]);
    let from = slots(&mut client, broker, "window_start => '2026-03-03T16:30Z'");
    assert_eq!(from.len(), 1 + 6 + 6);
    assert_eq!(slots(&mut client, broker, "window_end => '2026-03-01'"), [""; 0]);
}

#[test]
fn a_slot_lies_wholly_inside_the_window() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let window = "'2026-03-03T14:01Z', '2026-03-03T15:59Z'";
    assert_eq!(slots(&mut client, broker, window), ["Tue 09:30", "Tue 10:00"]);
}

#[test]
fn a_window_has_at_most_366_days_and_does_not_run_backwards() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    for function in ["get_available_slots", "get_busy"] {
        let call = |window: &str| format!("{function}('{broker}', {window})");
        let longest = "'2026-03-02', timestamptz '2026-03-02' + interval '366 days'";
        client.query(&format!("select * from calendar.{}", call(longest)), &[]).unwrap();
        let longer = format!("{longest} + interval '1 microsecond'");
        invalid(&mut client, &call(&longer), "window_end must be at most 366 days after");
        invalid(&mut client, &call("'2026-03-03', '2026-03-02'"), "window_end must not be before");
        invalid(&mut client, &call("'infinity', '2026-03-02'"), "window_start must be a finite");
        invalid(&mut client, &call("'2026-03-02', 'infinity'"), "window_end must be a finite");
    }
}

#[test]
fn a_slot_may_start_at_the_very_end_of_the_notice() {
    let Scene { mut client, broker, .. } = tuesdays(&[("minimum_notice_minutes", "1470")]);
    assert_eq!(slots(&mut client, broker, TUESDAY)[0], "Tue 09:30");
    set(&mut client, "brokers", broker, "minimum_notice_minutes = 1471");
    assert_eq!(slots(&mut client, broker, TUESDAY)[0], "Tue 10:00");
}

#[test]
fn a_slot_starts_before_the_horizon_and_may_end_after_it() {
    let db = Database::new();
    db.set_now("2026-03-02T15:00:01Z");
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[("booking_horizon_days", "1")]);
    let until_ten = ["Tue 09:00", "Tue 09:30", "Tue 10:00"];
    assert_eq!(slots(&mut client, broker, TUESDAY), until_ten);
    db.set_now("2026-03-02T15:00:00Z");
    assert_eq!(slots(&mut db.connect(), broker, TUESDAY), until_ten[..2]);
}

#[test]
fn the_past_has_no_slots() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    assert_eq!(slots(&mut client, broker, "'2026-02-23', '2026-02-28'"), [""; 0]);
    let today = slots(&mut client, broker, "'2026-03-02', '2026-03-03'");
    assert_eq!((today.len(), today[0].as_str()), (16, "Mon 09:00"));
    db.set_now("2026-03-02T14:00:01Z");
    assert_eq!(slots(&mut db.connect(), broker, "'2026-03-02', '2026-03-03'")[0], "Mon 09:30");
}
