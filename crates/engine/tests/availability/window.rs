//! The window, the minimum notice and the horizon.

use crate::scene::Scene;
use calendar_engine::Interval;
use calendar_engine::availability::{Reason, Schedule};

fn mornings() -> Scene {
    (1..=7).fold(Scene::new(), |scene, weekday| scene.hours(weekday, "09:00", "12:00"))
}

#[test]
fn a_slot_lies_wholly_inside_the_window() {
    let scene = mornings();
    let listed = |from, to| scene.listed_between(from, to);
    assert_eq!(listed("2026-03-02 09:01", "2026-03-02 11:59"), ["02 10:00"]);
    assert_eq!(listed("2026-03-02 10:00", "2026-03-02 11:00"), ["02 10:00"]);
    assert!(listed("2026-03-02 09:01", "2026-03-02 10:59").is_empty());
}

#[test]
fn a_window_over_several_dates_lists_each_in_order() {
    let listed = mornings().listed_between("2026-03-02 11:00", "2026-03-04 10:00");
    assert_eq!(listed, ["02 11:00", "03 09:00", "03 10:00", "03 11:00", "04 09:00"]);
}

#[test]
fn a_window_without_length_or_backwards_has_no_slots() {
    let scene = mornings();
    for to in ["2026-03-02 09:00", "2026-03-01 09:00", "2020-01-01 00:00"] {
        assert!(scene.listed_between("2026-03-02 09:00", to).is_empty(), "{to}");
    }
}

#[test]
fn a_window_in_the_past_has_no_slots() {
    let scene = mornings().now("2026-03-10 00:00");
    assert!(scene.listed("2026-03-02").is_empty());
    assert_eq!(scene.verdict("2026-03-02 09:00"), Some(Reason::Past));
}

#[test]
fn a_slot_may_start_now_but_not_before() {
    let mut scene = mornings().now("2026-03-02 10:00");
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
    scene.facts.now.0 += 1;
    assert_eq!(scene.listed("2026-03-02"), ["11:00"]);
}

#[test]
fn the_minimum_notice_counts_from_now_and_its_end_is_bookable() {
    let scene =
        mornings().now("2026-03-02 08:30").broker(|broker| broker.minimum_notice_minutes = 90);
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 09:00"), Some(Reason::Notice));
    let later = scene.now("2026-03-02 08:31");
    assert_eq!(later.listed("2026-03-02"), ["11:00"]);
}

#[test]
fn the_horizon_ends_before_its_last_instant() {
    let scene = mornings().now("2026-03-02 10:00").broker(|broker| broker.booking_horizon_days = 1);
    assert_eq!(scene.listed("2026-03-03"), ["09:00"]);
    assert_eq!(scene.verdict("2026-03-03 10:00"), Some(Reason::Horizon));
    // The slot itself may last beyond it.
    let later = scene.now("2026-03-02 10:01");
    assert_eq!(later.listed("2026-03-03"), ["09:00", "10:00"]);
}

#[test]
fn the_horizon_is_elapsed_time_where_the_clocks_change() {
    let scene = mornings().now("2026-03-07 10:00").broker(|broker| broker.booking_horizon_days = 1);
    assert_eq!(scene.listed("2026-03-08"), ["09:00", "10:00"]);
    let autumn = scene.now("2026-10-31 10:00");
    assert!(autumn.listed("2026-11-01").is_empty());
}

#[test]
fn a_horizon_of_no_days_closes_everything() {
    let scene = mornings().broker(|broker| broker.booking_horizon_days = 0);
    assert!(scene.listed("2026-03-02").is_empty());
}

#[test]
fn the_bookable_window_is_what_notice_and_horizon_leave_of_it() {
    let scene = mornings().now("2026-03-02 10:00").broker(|broker| {
        broker.minimum_notice_minutes = 30;
        broker.booking_horizon_days = 1;
    });
    let bookable = |window: Interval| {
        Schedule::bookable_window(&scene.facts.broker, scene.facts.now, window, scene.grid())
    };
    let wide = scene.between("2026-02-01 00:00", "2026-04-01 00:00");
    // The last slot starts just before the horizon and lasts an hour beyond it.
    assert_eq!(bookable(wide), Some(scene.between("2026-03-02 10:30", "2026-03-03 11:00")));
    assert_eq!(bookable(scene.between("2026-03-02 09:00", "2026-03-02 10:30")), None);
    assert_eq!(bookable(scene.between("2026-03-03 11:00", "2026-03-03 12:00")), None);
    let clipped = bookable(wide).unwrap();
    assert_eq!(scene.slots(clipped), scene.slots(wide));
    assert_eq!(scene.slots(wide).len(), 2);
}

#[test]
fn at_most_so_many_slots_as_asked_for_the_earliest() {
    let mut scene = mornings();
    scene.max_slots = 4;
    let listed = scene.listed_between("2026-03-02 10:00", "2026-03-20 00:00");
    assert_eq!(listed, ["02 10:00", "02 11:00", "03 09:00", "03 10:00"]);
    scene.max_slots = 0;
    assert!(scene.listed("2026-03-02").is_empty());
}

#[test]
fn the_caller_can_end_the_work_at_any_date() {
    let scene = mornings();
    let schedule = scene.schedule(scene.between("2026-03-02 00:00", "2026-03-20 00:00"));
    let mut ticks = 0;
    let mut tick = || {
        ticks += 1;
        ticks < 5
    };
    let result = schedule.slots(scene.grid(), &scene.preference, usize::MAX, &mut tick);
    assert!(result.unwrap_err().is_interrupted());
    assert_eq!(ticks, 5);
}
