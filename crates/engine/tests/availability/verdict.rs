//! The one predicate: why a slot cannot be booked, and what stands behind it.

use crate::scene::Scene;
use calendar_engine::availability::{Obstacle, Reason, Scope, Source};

/// The slot at nine breaks every rule.
fn hopeless() -> Scene {
    Scene::new()
        .hours(1, "08:30", "12:00")
        .now("2026-03-02 08:00")
        .block("2026-03-02 08:00", "2026-03-02 10:00")
        .event("2026-03-02 09:00", "2026-03-02 09:30")
        .booking("2026-03-02 06:00", "2026-03-02 07:00")
        .covered_until("2026-03-02 09:30")
        .covered_until("2026-03-03 00:00")
        .broker(|broker| {
            broker.booking_enabled = false;
            broker.minimum_notice_minutes = 120;
            broker.booking_horizon_days = 0;
            broker.max_bookings_per_day = Some(1);
        })
}

#[test]
fn what_no_other_time_of_day_would_mend_is_told_first() {
    let mut scene = hopeless();
    let mut told = Vec::new();
    while let Some(reason) = scene.verdict("2026-03-02 09:00") {
        told.push(reason);
        let facts = &mut scene.facts;
        match reason {
            Reason::Disabled => facts.broker.booking_enabled = true,
            Reason::Past => panic!("it lies ahead"),
            Reason::Notice => facts.broker.minimum_notice_minutes = 0,
            Reason::Horizon => facts.broker.booking_horizon_days = 1,
            Reason::NotSynced => facts.covered.truncate(0),
            Reason::OutsideHours => facts.overrides.clear(),
            Reason::OffGrid => facts.broker.slot_increment_minutes = Some(30),
            Reason::Taken => facts.events.clear(),
            Reason::DailyLimit => facts.broker.max_bookings_per_day = Some(2),
        }
        assert!(told.len() <= 8, "{told:?}");
    }
    let words: Vec<_> = told.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(
        words,
        [
            "disabled",
            "notice",
            "horizon",
            "not_synced",
            "outside_hours",
            "off_grid",
            "taken",
            "daily_limit"
        ]
    );
    assert!(scene.listed("2026-03-02").contains(&"09:00".to_owned()));
}

#[test]
fn every_obstacle_is_told_with_the_fact_behind_it() {
    let scene = hopeless();
    let slot = scene.slot("2026-03-02 09:00");
    let told: Vec<_> = scene
        .schedule(slot)
        .obstacles(slot, scene.grid())
        .into_iter()
        .map(|Obstacle { reason, source }| (reason, source))
        .collect();
    assert_eq!(
        told,
        [
            (Reason::Disabled, None),
            (Reason::Notice, None),
            (Reason::Horizon, None),
            (Reason::NotSynced, Some(Source::Calendar(0))),
            (Reason::OutsideHours, Some(Source::Override(0))),
            (Reason::OffGrid, None),
            (Reason::Taken, Some(Source::Event(0))),
            (Reason::DailyLimit, Some(Source::Booking(0))),
        ]
    );
}

#[test]
fn all_events_and_bookings_that_take_a_slot_are_told_and_no_others() {
    let scene = Scene::new()
        .broker(|broker| broker.buffer_after_minutes = 15)
        .event("2026-03-02 08:00", "2026-03-02 09:00")
        .event("2026-03-02 10:10", "2026-03-02 11:00")
        .event("2026-03-02 09:30", "2026-03-02 09:30")
        .event("2026-03-02 10:15", "2026-03-02 11:00")
        .booking("2026-03-02 10:30", "2026-03-02 11:00")
        .booking_with_buffers("2026-03-02 10:30", "2026-03-02 11:00", 31, 0)
        .completed_booking("2026-03-02 09:00", "2026-03-02 10:00");
    let slot = scene.slot("2026-03-02 09:00");
    let told = scene.schedule(slot).obstacles(slot, scene.grid());
    assert!(told.iter().all(|obstacle| obstacle.reason == Reason::Taken), "{told:?}");
    let sources: Vec<_> = told.iter().filter_map(|obstacle| obstacle.source).collect();
    assert_eq!(sources, [Source::Event(1), Source::Booking(1)]);
}

#[test]
fn a_slot_outside_all_hours_has_no_fact_behind_it() {
    let scene = Scene::new()
        .open("2026-03-02 20:00", "2026-03-02 20:30")
        .block("2026-03-02 21:00", "2026-03-02 22:00");
    let slot = scene.slot("2026-03-02 20:00");
    let told = scene.schedule(slot).obstacles(slot, scene.grid());
    assert_eq!(told[0], Obstacle { reason: Reason::OutsideHours, source: None });
}

#[test]
fn a_free_slot_has_no_obstacles() {
    let scene = Scene::new();
    let slot = scene.slot("2026-03-02 09:00");
    assert!(scene.schedule(slot).obstacles(slot, scene.grid()).is_empty());
    assert_eq!(scene.verdict("2026-03-02 09:00"), None);
}

#[test]
fn staff_may_leave_hours_grid_notice_horizon_and_limit_aside() {
    let mut scene = hopeless().broker(|broker| broker.booking_enabled = true);
    scene.facts.events.clear();
    scene.facts.covered.clear();
    assert_eq!(scene.verdict_on("2026-03-02 09:00", Scope::OutsideHours), None);
    assert_eq!(scene.verdict_on("2026-03-01 03:17", Scope::OutsideHours), None);
}

#[test]
fn staff_may_never_take_what_an_event_or_a_booking_has() {
    let scene = Scene::new()
        .event("2026-03-02 22:00", "2026-03-02 22:01")
        .booking("2026-03-02 03:59", "2026-03-02 05:00");
    for start in ["2026-03-02 21:30", "2026-03-02 03:00"] {
        let verdict = scene.verdict_on(start, Scope::OutsideHours);
        assert_eq!(verdict, Some(Reason::Taken), "{start}");
    }
}

#[test]
fn a_slot_and_its_buffer_end_before_the_first_calendar_is_not_known_any_more() {
    let scene = Scene::new()
        .broker(|broker| broker.buffer_after_minutes = 15)
        .covered_until("2026-03-04 00:00")
        .covered_until("2026-03-02 12:15");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 11:00"), None);
    assert_eq!(scene.verdict("2026-03-02 12:00"), Some(Reason::NotSynced));
    for scope in [Scope::Listed, Scope::OutsideHours] {
        assert_eq!(scene.verdict_on("2026-03-03 09:00", scope), Some(Reason::NotSynced));
    }
}

#[test]
fn a_calendar_that_was_never_read_shows_no_free_time() {
    let mut scene = Scene::new();
    scene.facts.covered = vec![calendar_engine::time::Instant(i64::MIN + 1_000_000_000_000)];
    assert!(scene.listed("2026-03-02").is_empty());
    assert_eq!(scene.verdict("2026-03-02 09:00"), Some(Reason::NotSynced));
}
