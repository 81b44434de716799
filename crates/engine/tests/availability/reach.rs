//! How far facts must be known for the slots of a window to be right.

use crate::scene::Scene;
use calendar_engine::Interval;
use calendar_engine::availability::Reach;

fn reach(scene: &Scene, window: Interval) -> Reach {
    Reach::of(&scene.facts.broker, window)
}

#[test]
fn events_matter_as_far_as_the_buffers_reach() {
    let scene = Scene::new().broker(|broker| {
        broker.buffer_before_minutes = 10;
        broker.buffer_after_minutes = 20;
    });
    let reach = reach(&scene, scene.between("2026-03-02 09:00", "2026-03-02 10:00"));
    assert_eq!(reach.events, scene.between("2026-03-02 08:50", "2026-03-02 10:20"));
}

#[test]
fn overrides_matter_on_all_local_dates_of_the_window_and_on_the_one_before() {
    let scene = Scene::new();
    let one_slot = reach(&scene, scene.between("2026-03-02 09:00", "2026-03-02 10:00"));
    assert_eq!(one_slot.dates, scene.between("2026-03-01 00:00", "2026-03-03 00:00"));
    // 19:00 is the next date in UTC, but not here.
    let evening = reach(&scene, scene.between("2026-03-02 23:59", "2026-03-03 23:59"));
    assert_eq!(evening.dates, scene.between("2026-03-01 00:00", "2026-03-04 00:00"));
}

#[test]
fn bookings_matter_as_far_as_the_longest_buffer_reaches() {
    let scene = Scene::new();
    let reach = reach(&scene, scene.between("2026-03-04 09:00", "2026-03-04 10:00"));
    let longest = scene.between("2026-03-03 09:00", "2026-03-05 10:00");
    assert!(reach.bookings.contains(longest), "{reach:?}");
}

#[test]
fn bookings_matter_on_all_of_a_date_that_is_longer_than_the_longest_buffer() {
    let scene = Scene::new();
    // 25 hours: half past midnight is a day and more before the last half hour.
    let reach = reach(&scene, scene.between("2026-11-01 23:30", "2026-11-02 00:00"));
    let first = scene.between("2026-11-01 00:00", "2026-11-01 00:15");
    assert!(reach.bookings.contains(first), "{reach:?}");
}
