//! Where slots may start.

use crate::scene::Scene;
use calendar_engine::availability::{Grid, Reason};

fn morning() -> Scene {
    Scene::new().hours(1, "09:00", "12:00")
}

#[test]
fn slots_start_a_slot_apart_where_no_increment_is_set() {
    let scene = morning().broker(|broker| broker.slot_duration_minutes = 45);
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "09:45", "10:30", "11:15"]);
}

#[test]
fn slots_start_the_increment_of_the_broker_apart() {
    let scene = morning().broker(|broker| broker.slot_increment_minutes = Some(40));
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "09:40", "10:20", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 10:00"), Some(Reason::OffGrid));
}

#[test]
fn an_increment_longer_than_the_slot_leaves_time_between() {
    let scene = morning().broker(|broker| {
        broker.slot_duration_minutes = 20;
        broker.slot_increment_minutes = Some(60);
    });
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn a_caller_may_coarsen_the_increment() {
    let mut scene = morning().broker(|broker| broker.slot_increment_minutes = Some(20));
    scene.increment_minutes = Some(40);
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "09:40", "10:20", "11:00"]);
    let mut by_duration = morning();
    by_duration.increment_minutes = Some(120);
    assert_eq!(by_duration.listed("2026-03-02"), ["09:00", "11:00"]);
}

#[test]
fn a_caller_may_not_refine_or_shift_the_increment() {
    let broker = morning().broker(|broker| broker.slot_increment_minutes = Some(20)).facts.broker;
    for minutes in [i64::MIN, -20, 0, 1, 10, 30, 50, i64::MAX] {
        let error = Grid::new(&broker, None, Some(minutes)).unwrap_err().to_string();
        assert_eq!(error, format!("increment_minutes must be a multiple of 20, not {minutes}"));
    }
}

#[test]
fn where_the_broker_has_no_increment_the_duration_asked_for_is_it() {
    let broker = morning().facts.broker;
    assert!(Grid::new(&broker, Some(25), Some(50)).is_ok());
    let error = Grid::new(&broker, Some(25), Some(60)).unwrap_err().to_string();
    assert_eq!(error, "increment_minutes must be a multiple of 25, not 60");
}

#[test]
fn a_duration_is_from_a_minute_to_a_day() {
    let broker = morning().facts.broker;
    for minutes in [1, 30, 24 * 60] {
        assert!(Grid::new(&broker, Some(minutes), None).is_ok(), "{minutes}");
    }
    for minutes in [i64::MIN, -30, 0, 24 * 60 + 1, i64::MAX] {
        let error = Grid::new(&broker, Some(minutes), None).unwrap_err().to_string();
        assert_eq!(error, format!("duration_minutes must be from 1 to 1440, not {minutes}"));
    }
}

#[test]
fn the_grid_begins_where_open_time_begins_at_whatever_minute() {
    let scene = Scene::new().hours(1, "09:07", "11:30").hours(1, "14:01", "15:01");
    assert_eq!(scene.listed("2026-03-02"), ["09:07", "10:07", "14:01"]);
}

#[test]
fn the_grid_begins_anew_on_each_date() {
    let scene = Scene::new().hours(1, "21:30", "24:00").hours(2, "00:00", "02:30");
    let listed = scene.listed_overnight("2026-03-02");
    assert_eq!(listed, ["02 21:30", "02 22:30", "02 23:30", "03 00:00", "03 01:00"]);
}

#[test]
fn the_window_does_not_move_the_grid() {
    let listed = morning().listed_between("2026-03-02 09:20", "2026-03-02 12:00");
    assert_eq!(listed, ["02 10:00", "02 11:00"]);
}

#[test]
fn now_and_the_notice_do_not_move_the_grid() {
    let scene = morning().now("2026-03-02 09:05").broker(|b| b.minimum_notice_minutes = 10);
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
}

#[test]
fn events_and_bookings_do_not_move_the_grid() {
    let event = morning().event("2026-03-02 08:00", "2026-03-02 09:15");
    assert_eq!(event.listed("2026-03-02"), ["10:00", "11:00"]);
    let booking = morning().booking("2026-03-02 09:00", "2026-03-02 09:15");
    assert_eq!(booking.listed("2026-03-02"), ["10:00", "11:00"]);
}
