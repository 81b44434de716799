//! Overrides of working hours: `replace`, `open` and `block`.

use crate::scene::Scene;
use calendar_engine::availability::Reason;

/// Monday and Tuesday, 9 to 12.
fn mornings() -> Scene {
    Scene::new().hours(1, "09:00", "12:00").hours(2, "09:00", "12:00")
}

#[test]
fn replace_stands_in_place_of_the_hours_of_its_date() {
    let scene = mornings().replace("2026-03-02 14:00", "2026-03-02 16:00");
    assert_eq!(scene.listed("2026-03-02"), ["14:00", "15:00"]);
    assert_eq!(scene.listed("2026-03-03"), ["09:00", "10:00", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 09:00"), Some(Reason::OutsideHours));
}

#[test]
fn replace_stands_in_place_of_the_default_hours_too() {
    let scene = Scene::new().replace("2026-03-02 14:00", "2026-03-02 16:00");
    assert_eq!(scene.listed("2026-03-02"), ["14:00", "15:00"]);
    assert_eq!(scene.listed("2026-03-03").len(), 8);
}

#[test]
fn replace_opens_a_date_without_hours() {
    let scene = mornings().replace("2026-03-07 10:00", "2026-03-07 12:00");
    assert_eq!(scene.listed("2026-03-07"), ["10:00", "11:00"]);
}

#[test]
fn several_replaces_of_one_date_all_count() {
    let scene = mornings()
        .replace("2026-03-02 18:00", "2026-03-02 19:00")
        .replace("2026-03-02 07:30", "2026-03-02 08:30");
    assert_eq!(scene.listed("2026-03-02"), ["07:30", "18:00"]);
}

#[test]
fn replace_over_midnight_replaces_both_dates() {
    let scene = mornings().replace("2026-03-02 22:00", "2026-03-03 02:00");
    assert!(!scene.listed("2026-03-02").contains(&"09:00".to_owned()));
    assert_eq!(scene.listed("2026-03-03"), ["00:00", "01:00"]);
    let listed = scene.listed_overnight("2026-03-02");
    assert_eq!(listed, ["02 22:00", "02 23:00", "03 00:00", "03 01:00"]);
}

#[test]
fn replace_up_to_midnight_leaves_the_next_date_alone() {
    let scene = mornings().replace("2026-03-02 22:00", "2026-03-03 00:00");
    assert_eq!(scene.listed("2026-03-03"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn open_adds_to_hours_and_to_free_days() {
    let scene = mornings()
        .open("2026-03-02 14:00", "2026-03-02 15:00")
        .open("2026-03-08 20:00", "2026-03-08 21:00");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00", "14:00"]);
    assert_eq!(scene.listed("2026-03-08"), ["20:00"]);
}

#[test]
fn open_adds_to_replace() {
    let scene = mornings()
        .replace("2026-03-02 14:00", "2026-03-02 15:00")
        .open("2026-03-02 18:00", "2026-03-02 19:00");
    assert_eq!(scene.listed("2026-03-02"), ["14:00", "18:00"]);
}

#[test]
fn open_that_touches_hours_is_one_with_them_and_starts_their_grid() {
    let scene = mornings().open("2026-03-02 08:30", "2026-03-02 09:00");
    assert_eq!(scene.listed("2026-03-02"), ["08:30", "09:30", "10:30"]);
    let after = mornings().open("2026-03-02 12:00", "2026-03-02 13:00");
    assert_eq!(after.listed("2026-03-02"), ["09:00", "10:00", "11:00", "12:00"]);
}

#[test]
fn open_over_midnight_starts_a_grid_on_each_date() {
    let scene = mornings().open("2026-03-02 22:30", "2026-03-03 01:30");
    // The slot at 23:30 spans midnight; the next date starts again at 0:00.
    assert_eq!(scene.listed_overnight("2026-03-02")[..3], ["02 22:30", "02 23:30", "03 00:00"]);
    assert_eq!(scene.verdict("2026-03-03 00:30"), Some(Reason::OffGrid));
}

#[test]
fn block_wins_over_hours_open_and_replace() {
    for scene in [
        mornings(),
        mornings().open("2026-03-02 09:00", "2026-03-02 12:00"),
        mornings().replace("2026-03-02 09:00", "2026-03-02 12:00"),
    ] {
        let blocked = scene.block("2026-03-02 10:00", "2026-03-02 11:00");
        assert_eq!(blocked.listed("2026-03-02"), ["09:00", "11:00"]);
        assert_eq!(blocked.verdict("2026-03-02 10:00"), Some(Reason::OutsideHours));
    }
}

#[test]
fn block_removes_starts_and_never_moves_them() {
    let scene = mornings().block("2026-03-02 08:00", "2026-03-02 09:15");
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 09:15"), Some(Reason::OffGrid));
}

#[test]
fn a_slot_does_not_span_a_block() {
    let scene = mornings().block("2026-03-02 10:29", "2026-03-02 10:30");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "11:00"]);
}

#[test]
fn block_over_several_dates_closes_them_all() {
    let scene = mornings().block("2026-03-01 00:00", "2026-03-03 10:00");
    assert!(scene.listed("2026-03-02").is_empty());
    assert_eq!(scene.listed("2026-03-03"), ["10:00", "11:00"]);
}

#[test]
fn buffers_do_not_count_against_blocks() {
    let scene = mornings().block("2026-03-02 09:00", "2026-03-02 10:00").broker(|broker| {
        broker.buffer_before_minutes = 30;
        broker.buffer_after_minutes = 30;
    });
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
}

#[test]
fn an_override_without_length_does_nothing() {
    let scene = mornings()
        .replace("2026-03-02 14:00", "2026-03-02 14:00")
        .open("2026-03-02 14:00", "2026-03-02 14:00")
        .block("2026-03-02 09:30", "2026-03-02 09:30");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
}
