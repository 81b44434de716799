//! Preferred days and parts of the day.

use crate::scene::Scene;
use calendar_engine::availability::{Period, Weekdays};
use calendar_engine::time::Zone;

/// Open all day, every half hour.
fn all_day() -> Scene {
    let open = (1..=7).fold(Scene::new(), |scene, day| scene.hours(day, "00:00", "24:00"));
    open.broker(|broker| broker.slot_duration_minutes = 30)
}

fn weekdays(days: &[i32]) -> Weekdays {
    let mut weekdays = Weekdays::default();
    assert!(days.iter().all(|&day| weekdays.insert(day)));
    weekdays
}

fn first_and_last(listed: &[String]) -> [&str; 2] {
    [listed.first().unwrap(), listed.last().unwrap()]
}

#[test]
fn each_period_begins_at_its_first_hour_and_ends_before_its_last() {
    for (period, first, last, count) in [
        (Period::Morning, "05:00", "11:30", 14),
        (Period::Afternoon, "12:00", "16:30", 10),
        (Period::Evening, "17:00", "21:30", 10),
    ] {
        let mut scene = all_day();
        scene.preference.period = Some(period);
        let listed = scene.listed("2026-03-02");
        assert_eq!(first_and_last(&listed), [first, last], "{period:?}");
        assert_eq!(listed.len(), count, "{period:?}");
    }
}

#[test]
fn a_slot_counts_by_its_start() {
    let mut scene = all_day().broker(|broker| broker.slot_duration_minutes = 180);
    scene.preference.period = Some(Period::Morning);
    assert_eq!(scene.listed("2026-03-02"), ["06:00", "09:00"]);
}

#[test]
fn periods_have_names() {
    assert_eq!(Period::from_name("morning"), Some(Period::Morning));
    assert_eq!(Period::from_name("afternoon"), Some(Period::Afternoon));
    assert_eq!(Period::from_name("evening"), Some(Period::Evening));
    for name in ["", "night", "Morning", "morning "] {
        assert_eq!(Period::from_name(name), None, "{name:?}");
    }
}

#[test]
fn weekdays_are_numbered_from_one_to_seven() {
    for day in [i32::MIN, -1, 0, 8, 9, i32::MAX] {
        assert!(!Weekdays::default().insert(day), "{day}");
    }
}

#[test]
fn only_preferred_days_are_listed() {
    let mut scene = all_day().broker(|broker| broker.slot_duration_minutes = 24 * 60);
    scene.preference.days = Some(weekdays(&[7, 2]));
    let listed = scene.listed_between("2026-03-02 00:00", "2026-03-11 00:00");
    assert_eq!(listed, ["03 00:00", "08 00:00", "10 00:00"]);
    scene.preference.days = Some(weekdays(&[]));
    assert!(scene.listed_between("2026-03-02 00:00", "2026-03-11 00:00").is_empty());
}

#[test]
fn days_and_periods_are_read_in_the_zone_of_the_caller() {
    let mut scene = all_day();
    scene.preference.zone = Zone::iana("Asia/Kolkata").unwrap();
    scene.preference.period = Some(Period::Morning);
    // 5 to 12 in Kolkata is 18:30 to 1:30 in New York.
    let listed = scene.listed_between("2026-03-02 12:00", "2026-03-03 12:00");
    assert_eq!(first_and_last(&listed), ["02 18:30", "03 01:00"]);

    scene.preference.days = Some(weekdays(&[2]));
    let tuesday = scene.listed_between("2026-03-01 00:00", "2026-03-05 00:00");
    assert_eq!(tuesday, listed);
}

#[test]
fn preferences_filter_and_do_not_move_the_grid() {
    let mut scene = Scene::new().hours(1, "11:20", "15:20");
    scene.preference.period = Some(Period::Afternoon);
    assert_eq!(scene.listed("2026-03-02"), ["12:20", "13:20", "14:20"]);
}

#[test]
fn the_number_of_slots_asked_for_counts_preferred_ones() {
    let mut scene = all_day();
    scene.preference.period = Some(Period::Evening);
    scene.max_slots = 2;
    assert_eq!(scene.listed("2026-03-02"), ["17:00", "17:30"]);
}

#[test]
fn a_slot_that_is_not_preferred_can_still_be_booked() {
    let mut scene = all_day();
    scene.preference.period = Some(Period::Evening);
    assert_eq!(scene.verdict("2026-03-02 09:00"), None);
}
