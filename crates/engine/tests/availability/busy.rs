//! Events, bookings, buffers and the daily limit.

use crate::scene::{Scene, date};
use calendar_engine::availability::{Reason, merged_busy};
use calendar_engine::event::Span;
use calendar_engine::time::Zone;

fn morning() -> Scene {
    Scene::new().hours(1, "09:00", "12:00").hours(2, "09:00", "12:00")
}

/// Slots of half an hour that may start every five minutes.
fn fine() -> Scene {
    Scene::new().hours(1, "09:00", "14:00").broker(|broker| {
        broker.slot_duration_minutes = 30;
        broker.slot_increment_minutes = Some(5);
    })
}

/// The last start of Monday before a time, and the first after.
fn around(scene: &Scene, time: &str) -> (String, String) {
    let listed = scene.listed("2026-03-02");
    let next = listed.partition_point(|start| start.as_str() < time);
    (listed[next - 1].clone(), listed[next].clone())
}

#[test]
fn an_event_takes_what_it_overlaps_and_no_more() {
    let scene = morning().event("2026-03-02 10:00", "2026-03-02 11:00");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "11:00"]);
    assert_eq!(scene.verdict("2026-03-02 10:00"), Some(Reason::Taken));
    let short = morning().event("2026-03-02 09:59", "2026-03-02 10:01");
    assert_eq!(short.listed("2026-03-02"), ["11:00"]);
}

#[test]
fn events_that_overlap_each_other_take_their_union() {
    let scene = morning()
        .event("2026-03-02 09:30", "2026-03-02 10:30")
        .event("2026-03-02 08:00", "2026-03-02 09:45")
        .event("2026-03-02 09:40", "2026-03-02 09:50");
    assert_eq!(scene.listed("2026-03-02"), ["11:00"]);
}

#[test]
fn an_event_without_length_blocks_nothing_even_with_buffers() {
    let scene = morning().event("2026-03-02 10:30", "2026-03-02 10:30").broker(|broker| {
        broker.buffer_before_minutes = 15;
        broker.buffer_after_minutes = 15;
    });
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn an_all_day_event_runs_between_midnights_of_its_calendar() {
    let all_day = |zone: &str| {
        let mut scene = Scene::new();
        let span = Span::Dates(date("2026-03-03"), date("2026-03-04"));
        scene.facts.events.push(span.interval(&Zone::iana(zone).unwrap()));
        scene
    };
    let own = all_day("America/New_York");
    assert_eq!(own.listed("2026-03-02").len(), 8);
    assert!(own.listed("2026-03-03").is_empty());
    assert_eq!(own.listed("2026-03-04").len(), 8);

    // Tuesday in Tokyo is from 10 on Monday to 10 on Tuesday in New York.
    let tokyo = all_day("Asia/Tokyo");
    assert_eq!(tokyo.listed("2026-03-02"), ["09:00"]);
    assert_eq!(tokyo.listed("2026-03-03")[0], "10:00");

    // In Honolulu it is from 5 on Tuesday to 5 on Wednesday.
    let honolulu = all_day("Pacific/Honolulu");
    assert_eq!(honolulu.listed("2026-03-02").len(), 8);
    assert!(honolulu.listed("2026-03-03").is_empty());
    assert_eq!(honolulu.listed("2026-03-04").len(), 8);
}

#[test]
fn an_all_day_event_is_as_long_as_its_date() {
    for (day, next, hours) in [
        ("2026-03-08", "2026-03-09", 23),
        ("2026-03-09", "2026-03-10", 24),
        ("2026-11-01", "2026-11-02", 25),
    ] {
        let zone = Zone::iana("America/New_York").unwrap();
        let interval = Span::Dates(date(day), date(next)).interval(&zone);
        assert_eq!((interval.end - interval.start).num_hours(), hours, "{day}");
    }
}

#[test]
fn buffers_around_a_slot_must_be_free_of_events() {
    let scene = fine().event("2026-03-02 11:00", "2026-03-02 12:00").broker(|broker| {
        broker.buffer_before_minutes = 15;
        broker.buffer_after_minutes = 25;
    });
    // It ends 25 minutes before the event, or starts 15 minutes after it.
    assert_eq!(around(&scene, "11:30"), ("10:05".into(), "12:15".into()));
    assert_eq!(scene.verdict("2026-03-02 12:10"), Some(Reason::Taken));
    assert_eq!(scene.verdict("2026-03-02 10:10"), Some(Reason::Taken));
}

#[test]
fn buffers_may_lie_outside_open_time_and_are_free_there_too() {
    let scene = morning().broker(|broker| {
        broker.buffer_before_minutes = 30;
        broker.buffer_after_minutes = 30;
    });
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
    let late = scene
        .event("2026-03-02 08:00", "2026-03-02 08:31")
        .event("2026-03-02 12:29", "2026-03-02 13:00");
    assert_eq!(late.listed("2026-03-02"), ["10:00"]);
}

#[test]
fn buffers_reach_over_the_ends_of_the_window() {
    let scene = morning().event("2026-03-02 09:00", "2026-03-02 09:50").broker(|broker| {
        broker.buffer_before_minutes = 20;
    });
    let listed = scene.listed_between("2026-03-02 10:00", "2026-03-02 12:00");
    assert_eq!(listed, ["02 11:00"]);
}

#[test]
fn between_two_bookings_the_larger_of_the_facing_buffers_is_enough() {
    let broker_has = |before: i64, after: i64, booked_before: i64, booked_after: i64| {
        let (from, to) = ("2026-03-02 11:00", "2026-03-02 12:00");
        let scene = fine().booking_with_buffers(from, to, booked_before, booked_after);
        let scene = scene.broker(|broker| {
            broker.buffer_before_minutes = before;
            broker.buffer_after_minutes = after;
        });
        around(&scene, "11:30")
    };
    let ends_and_starts = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(broker_has(0, 0, 0, 0), ends_and_starts("10:30", "12:00"));
    assert_eq!(broker_has(10, 20, 0, 0), ends_and_starts("10:10", "12:10"));
    assert_eq!(broker_has(0, 0, 20, 10), ends_and_starts("10:10", "12:10"));
    assert_eq!(broker_has(10, 20, 30, 5), ends_and_starts("10:00", "12:10"));
    assert_eq!(broker_has(10, 20, 5, 30), ends_and_starts("10:10", "12:30"));
    assert_eq!(broker_has(15, 15, 15, 15), ends_and_starts("10:15", "12:15"));
}

#[test]
fn the_longest_buffer_of_a_booking_reaches_into_the_window() {
    let scene = Scene::new().hours(2, "09:00", "12:00").booking_with_buffers(
        "2026-03-02 08:30",
        "2026-03-02 09:30",
        0,
        24 * 60,
    );
    assert_eq!(scene.listed("2026-03-03"), ["10:00", "11:00"]);
}

#[test]
fn a_booking_that_no_longer_blocks_leaves_its_time_free() {
    let scene = morning().completed_booking("2026-03-02 10:00", "2026-03-02 11:00");
    assert_eq!(scene.listed("2026-03-02"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn a_date_with_all_its_bookings_has_no_more_slots() {
    let scene = morning()
        .broker(|broker| broker.max_bookings_per_day = Some(2))
        .booking("2026-03-02 09:00", "2026-03-02 10:00");
    assert_eq!(scene.listed("2026-03-02"), ["10:00", "11:00"]);
    let full = scene.booking("2026-03-02 18:00", "2026-03-02 19:00");
    assert!(full.listed("2026-03-02").is_empty());
    assert_eq!(full.verdict("2026-03-02 10:00"), Some(Reason::DailyLimit));
    assert_eq!(full.listed("2026-03-03"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn a_booking_that_took_place_counts_towards_its_date() {
    let scene = morning()
        .now("2026-03-02 09:00")
        .broker(|broker| broker.max_bookings_per_day = Some(1))
        .completed_booking("2026-03-02 07:00", "2026-03-02 08:00");
    assert!(scene.listed("2026-03-02").is_empty());
}

#[test]
fn the_daily_limit_counts_starts_by_local_date() {
    // 20:00 in New York is the next date in UTC, and runs into the next here.
    let scene = morning()
        .broker(|broker| broker.max_bookings_per_day = Some(1))
        .booking("2026-03-02 20:00", "2026-03-03 02:00");
    assert!(scene.listed("2026-03-02").is_empty());
    assert_eq!(scene.listed("2026-03-03"), ["09:00", "10:00", "11:00"]);
}

#[test]
fn a_slot_over_midnight_belongs_to_the_date_on_which_it_starts() {
    let scene = Scene::new()
        .hours(1, "23:30", "24:00")
        .hours(2, "00:00", "01:00")
        .broker(|broker| broker.max_bookings_per_day = Some(1))
        .booking("2026-03-03 18:00", "2026-03-03 19:00");
    assert_eq!(scene.listed_overnight("2026-03-02"), ["02 23:30"]);
}

#[test]
fn a_limit_of_none_a_day_closes_every_date() {
    let scene = morning().broker(|broker| broker.max_bookings_per_day = Some(0));
    assert!(scene.listed("2026-03-02").is_empty());
}

#[test]
fn a_broker_who_takes_no_bookings_has_no_slots() {
    let scene = morning().broker(|broker| broker.booking_enabled = false);
    assert!(scene.listed("2026-03-02").is_empty());
    assert_eq!(scene.verdict("2026-03-02 09:00"), Some(Reason::Disabled));
}

#[test]
fn busy_time_is_merged_clipped_and_without_buffers() {
    let scene = morning()
        .booking_with_buffers("2026-03-02 10:00", "2026-03-02 11:00", 30, 30)
        .completed_booking("2026-03-02 15:00", "2026-03-02 16:00")
        .booking("2026-03-02 20:00", "2026-03-02 21:00")
        .event("2026-03-02 11:00", "2026-03-02 12:00")
        .event("2026-03-02 08:00", "2026-03-02 09:30")
        .event("2026-03-02 13:00", "2026-03-02 13:00")
        .event("2026-03-02 17:30", "2026-03-02 19:00");
    let window = scene.between("2026-03-02 09:00", "2026-03-02 18:00");
    assert_eq!(
        merged_busy(&scene.facts.events, &scene.facts.bookings, window),
        [
            scene.between("2026-03-02 09:00", "2026-03-02 09:30"),
            scene.between("2026-03-02 10:00", "2026-03-02 12:00"),
            scene.between("2026-03-02 17:30", "2026-03-02 18:00"),
        ]
    );
}
