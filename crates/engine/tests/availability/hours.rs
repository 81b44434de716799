//! Weekly working hours.

use crate::scene::Scene;
use calendar_engine::availability::Reason;

#[test]
fn without_any_row_hours_are_monday_to_friday_nine_to_five() {
    let scene = Scene::new().broker(|broker| broker.slot_duration_minutes = 240);
    for day in ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"] {
        assert_eq!(scene.listed(day), ["09:00", "13:00"], "{day}");
    }
    for day in ["2026-03-07", "2026-03-08"] {
        assert!(scene.listed(day).is_empty(), "{day}");
    }
}

#[test]
fn any_row_at_all_ends_the_default_hours() {
    let mut tuesdays = Scene::new().hours(2, "09:00", "10:00");
    assert!(tuesdays.listed("2026-03-02").is_empty());
    assert_eq!(tuesdays.listed("2026-03-03"), ["09:00"]);

    tuesdays.facts.hours[0].is_active = false;
    assert!(tuesdays.listed("2026-03-02").is_empty());
    assert!(tuesdays.listed("2026-03-03").is_empty());

    let over = Scene::new().hours_within(2, "09:00", "10:00", None, Some("2020-01-01"));
    assert!(over.listed("2026-03-02").is_empty());
    assert!(over.listed("2026-03-03").is_empty());
}

#[test]
fn a_row_applies_to_its_own_weekday() {
    for weekday in 1..=7 {
        let scene = Scene::new().hours(weekday, "09:00", "10:00");
        let expected = [format!("{:02} 09:00", weekday + 1)];
        assert_eq!(scene.listed_between("2026-03-02 00:00", "2026-03-09 00:00"), expected);
    }
}

#[test]
fn both_ends_of_a_validity_are_inclusive() {
    let scene = (1..=7).fold(Scene::new(), |scene, weekday| {
        scene.hours_within(weekday, "09:00", "10:00", Some("2026-03-03"), Some("2026-03-05"))
    });
    let listed = scene.listed_between("2026-03-02 00:00", "2026-03-09 00:00");
    assert_eq!(listed, ["03 09:00", "04 09:00", "05 09:00"]);
}

#[test]
fn one_row_ends_as_the_next_begins() {
    let scene = Scene::new()
        .hours_within(1, "09:00", "11:00", None, Some("2026-03-08"))
        .hours_within(1, "14:00", "16:00", Some("2026-03-09"), None);
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00"]);
    assert_eq!(scene.listed("2026-03-09"), ["14:00", "15:00"]);
}

#[test]
fn rows_apart_are_two_open_times() {
    let scene = Scene::new().hours(1, "13:30", "15:00").hours(1, "09:00", "11:45");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "13:30"]);
    assert_eq!(scene.verdict("2026-03-02 11:00"), Some(Reason::OutsideHours));
    assert_eq!(scene.verdict("2026-03-02 13:00"), Some(Reason::OutsideHours));
}

#[test]
fn rows_that_touch_or_overlap_are_one_open_time() {
    let touching = Scene::new().hours(1, "09:00", "10:15").hours(1, "10:15", "12:00");
    assert_eq!(touching.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
    let overlapping = Scene::new().hours(1, "10:30", "12:15").hours(1, "09:00", "11:00");
    assert_eq!(overlapping.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn a_slot_may_fill_open_time_to_its_end() {
    let scene = Scene::new().hours(1, "22:00", "24:00");
    assert_eq!(scene.listed("2026-03-02"), ["22:00", "23:00"]);
}

#[test]
fn overnight_hours_are_two_rows_that_a_slot_may_span() {
    let scene = Scene::new().hours(1, "22:00", "24:00").hours(2, "00:00", "02:00").broker(|b| {
        b.slot_duration_minutes = 180;
        b.slot_increment_minutes = Some(60);
    });
    assert_eq!(scene.listed_overnight("2026-03-02"), ["02 22:00", "02 23:00"]);
    assert_eq!(scene.verdict("2026-03-03 00:00"), Some(Reason::OutsideHours));
}

#[test]
fn hours_that_end_just_before_midnight_do_not_join_the_next_date() {
    let scene = Scene::new()
        .hours(1, "22:00", "23:59")
        .hours(2, "00:00", "02:00")
        .broker(|b| b.slot_increment_minutes = Some(30));
    let listed = scene.listed_overnight("2026-03-02");
    assert_eq!(listed, ["02 22:00", "02 22:30", "03 00:00", "03 00:30", "03 01:00"]);
}

#[test]
fn hours_are_read_in_the_zone_of_the_broker() {
    let kathmandu = Scene::in_zone("Asia/Kathmandu").hours(2, "09:00", "11:00");
    let slots = kathmandu.slots(kathmandu.between("2026-03-03 00:00", "2026-03-04 00:00"));
    let starts: Vec<_> = slots.iter().map(|slot| slot.start.utc().to_string()).collect();
    assert_eq!(starts, ["2026-03-03 03:15:00", "2026-03-03 04:15:00"]);
}
