//! Dates on which clocks change, and dates that do not exist.

use crate::scene::Scene;
use calendar_engine::availability::Reason;

/// Open on every weekday between two times of day.
fn open_daily(zone: &str, start: &str, end: &str) -> Scene {
    (1..=7).fold(Scene::in_zone(zone), |scene, weekday| scene.hours(weekday, start, end))
}

#[test]
fn the_hour_that_is_skipped_offers_nothing() {
    let scene = open_daily("America/New_York", "00:00", "05:00");
    assert_eq!(scene.listed("2026-03-08"), ["00:00", "01:00", "03:00", "04:00"]);
}

#[test]
fn the_hour_that_is_repeated_is_offered_twice() {
    let scene = open_daily("America/New_York", "00:00", "04:00");
    assert_eq!(scene.listed("2026-11-01"), ["00:00", "01:00", "01:00", "02:00", "03:00"]);
}

#[test]
fn the_grid_counts_elapsed_time() {
    let scene = open_daily("America/New_York", "00:00", "07:00")
        .broker(|broker| broker.slot_increment_minutes = Some(120));
    assert_eq!(scene.listed("2026-03-08"), ["00:00", "03:00", "05:00"]);
    assert_eq!(scene.listed("2026-11-01"), ["00:00", "01:00", "03:00", "05:00"]);
}

#[test]
fn hours_that_begin_in_a_gap_begin_as_much_later() {
    let scene = open_daily("America/New_York", "02:30", "05:30");
    assert_eq!(scene.listed("2026-03-08"), ["03:30", "04:30"]);
}

#[test]
fn hours_that_end_in_a_gap_end_as_much_later() {
    let scene = open_daily("America/New_York", "01:00", "02:30");
    assert_eq!(scene.listed("2026-03-08"), ["01:00"]);
    let half = scene.broker(|broker| broker.slot_duration_minutes = 30);
    assert_eq!(half.listed("2026-03-08"), ["01:00", "01:30", "03:00"]);
}

#[test]
fn hours_within_a_gap_are_moved_and_hours_that_end_with_it_are_lost() {
    let half = |start, end| {
        open_daily("America/New_York", start, end)
            .broker(|broker| broker.slot_duration_minutes = 30)
            .listed("2026-03-08")
    };
    assert_eq!(half("02:10", "02:50"), ["03:10"]);
    // Both ends are the same instant, 3:00; and here the end is before the start.
    assert!(half("02:00", "03:00").is_empty());
    assert!(half("02:30", "03:15").is_empty());
}

#[test]
fn hours_begin_and_end_at_the_first_of_two_repeated_times() {
    let begin = open_daily("America/New_York", "01:30", "03:00");
    assert_eq!(begin.listed("2026-11-01"), ["01:30", "01:30"]);
    let end = open_daily("America/New_York", "00:00", "01:30");
    assert_eq!(end.listed("2026-11-01"), ["00:00"]);
}

#[test]
fn half_an_hour_and_two_hours_change_too() {
    let lord_howe = open_daily("Australia/Lord_Howe", "01:00", "04:00");
    assert_eq!(lord_howe.listed("2026-10-04"), ["01:00", "02:30"]);
    assert_eq!(lord_howe.listed("2026-04-05"), ["01:00", "01:30", "02:30"]);
    let troll = open_daily("Antarctica/Troll", "00:00", "05:00");
    assert_eq!(troll.listed("2026-03-29"), ["00:00", "03:00", "04:00"]);
    let autumn = ["00:00", "01:00", "02:00", "01:00", "02:00", "03:00", "04:00"];
    assert_eq!(troll.listed("2026-10-25"), autumn);
}

#[test]
fn a_winter_time_below_the_standard_time_repeats_and_skips_likewise() {
    let scene = open_daily("Africa/Casablanca", "01:00", "04:00").now("2026-01-01 00:00");
    assert_eq!(scene.listed("2026-02-15"), ["01:00", "02:00", "02:00", "03:00"]);
    assert_eq!(scene.listed("2026-03-22"), ["01:00", "03:00"]);
}

#[test]
fn a_date_without_a_midnight_opens_at_its_first_instant() {
    for (zone, day) in [
        ("America/Sao_Paulo", "2018-11-04"),
        ("Africa/Cairo", "2026-04-24"),
        ("Asia/Beirut", "2026-03-29"),
    ] {
        let scene = open_daily(zone, "00:00", "03:00").now("2018-01-01 00:00");
        let scene = scene.broker(|broker| broker.booking_horizon_days = 10_000);
        assert_eq!(scene.listed(day), ["01:00", "02:00"], "{zone}");
    }
}

#[test]
fn a_slot_may_span_a_midnight_that_is_missing() {
    let scene = Scene::in_zone("Africa/Cairo")
        .hours(4, "23:00", "24:00")
        .hours(5, "00:00", "02:00")
        .broker(|broker| broker.slot_duration_minutes = 120);
    // From 23:00 to 2:00, as the clocks show it.
    assert_eq!(scene.listed_overnight("2026-04-23"), ["23 23:00"]);
}

#[test]
fn the_last_hour_of_a_date_can_come_twice() {
    let scene = open_daily("Africa/Cairo", "22:00", "24:00");
    assert_eq!(scene.listed("2026-10-29"), ["22:00", "23:00", "23:00"]);
}

#[test]
fn a_midnight_can_come_twice_and_the_date_begins_with_the_first() {
    let scene = open_daily("America/Havana", "00:00", "02:00");
    assert_eq!(scene.listed("2026-11-01"), ["00:00", "00:00", "01:00"]);
}

#[test]
fn hours_pushed_past_midnight_offer_no_start_beyond_their_date() {
    // The last hour of this date is missing: 23:30 is 0:30 of the next.
    let scene = |end| {
        Scene::in_zone("America/Scoresbysund").hours(6, "22:00", end).broker(|broker| {
            broker.slot_duration_minutes = 30;
        })
    };
    let around = ("2026-03-28 12:00", "2026-03-29 12:00");
    assert_eq!(scene("23:30").listed_between(around.0, around.1), ["28 22:00", "28 22:30"]);
    assert_eq!(scene("23:30").verdict("2026-03-29 00:00"), Some(Reason::OffGrid));
    // But a slot that starts in time may fill them.
    let long = scene("23:30").broker(|broker| broker.slot_duration_minutes = 90);
    assert_eq!(long.listed_between(around.0, around.1), ["28 22:00"]);
    let longer = scene("23:30").broker(|broker| broker.slot_duration_minutes = 91);
    assert!(longer.listed_between(around.0, around.1).is_empty());
}

#[test]
fn hours_pushed_past_midnight_and_those_of_the_next_date_list_a_slot_once() {
    let scene = Scene::in_zone("America/Scoresbysund")
        .hours(6, "22:00", "23:45")
        .hours(7, "00:00", "01:00")
        .broker(|broker| broker.slot_duration_minutes = 30);
    let listed = scene.listed_between("2026-03-28 12:00", "2026-03-29 12:00");
    assert_eq!(listed, ["28 22:00", "28 22:30", "29 00:00", "29 00:30"]);
}

#[test]
fn a_date_that_does_not_exist_has_no_open_time() {
    let scene = open_daily("Pacific/Apia", "09:00", "11:00").now("2011-12-01 00:00");
    let listed = scene.listed_between("2011-12-29 00:00", "2012-01-01 00:00");
    assert_eq!(listed, ["29 09:00", "29 10:00", "31 09:00", "31 10:00"]);
    let friday = Scene::in_zone("Pacific/Apia").hours(5, "00:00", "24:00").now("2011-12-01 00:00");
    assert!(friday.listed_between("2011-12-29 00:00", "2012-01-01 00:00").is_empty());
}

#[test]
fn a_date_that_does_not_exist_does_not_open_the_next() {
    // Read with the offset before the gap, 10:00 on the 30th would be 10:00 on the 31st.
    let scene = Scene::in_zone("Pacific/Apia")
        .hours(5, "10:00", "11:00")
        .hours(6, "09:00", "10:00")
        .now("2011-12-01 00:00")
        .broker(|broker| broker.slot_duration_minutes = 120);
    assert!(scene.listed("2011-12-31").is_empty());
    assert_eq!(scene.verdict("2011-12-31 09:00"), Some(Reason::OutsideHours));
}

#[test]
fn the_dates_beside_one_that_does_not_exist_touch() {
    let scene = Scene::in_zone("Pacific/Apia")
        .hours(4, "23:00", "24:00")
        .hours(6, "00:00", "01:00")
        .now("2011-12-01 00:00")
        .broker(|broker| {
            broker.slot_duration_minutes = 90;
            broker.slot_increment_minutes = Some(30);
        });
    let listed = scene.listed_between("2011-12-29 00:00", "2012-01-01 00:00");
    assert_eq!(listed, ["29 23:00", "29 23:30"]);
}

#[test]
fn the_daily_limit_counts_both_of_two_repeated_hours() {
    let mut scene = open_daily("America/New_York", "00:00", "04:00")
        .broker(|broker| broker.max_bookings_per_day = Some(2))
        .booking("2026-11-01 01:00", "2026-11-01 01:30");
    assert!(!scene.listed("2026-11-01").is_empty());
    let mut second = scene.facts.bookings[0];
    second.interval.start = second.interval.start.plus_minutes(60);
    second.interval.end = second.interval.end.plus_minutes(60);
    scene.facts.bookings.push(second);
    assert!(scene.listed("2026-11-01").is_empty());
}
