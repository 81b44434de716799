use crate::scene::Scene;
use calendar_engine::availability::{Grid, MeetingType, Reason, WorkingHours, hours_in_force};

fn long_call() -> MeetingType {
    MeetingType { durations: vec![90, 30], ..MeetingType::default() }
}

#[test]
fn a_type_has_its_own_lengths_and_the_first_where_none_is_named() {
    let broker = Scene::new().meeting_type(long_call()).facts.broker;
    assert_eq!(broker.slot_duration_minutes, 90);
    for minutes in [90, 30] {
        assert!(Grid::new(&broker, Some(minutes), None).is_ok(), "{minutes}");
    }
    let error = Grid::new(&broker, Some(60), None).unwrap_err().to_string();
    assert_eq!(error, "duration_minutes must be 90 or 30 for this meeting type, not 60");
}

#[test]
fn what_a_type_leaves_open_is_the_brokers() {
    let scene = Scene::new().broker(|broker| {
        broker.buffer_before_minutes = 15;
        broker.buffer_after_minutes = 10;
        broker.minimum_notice_minutes = 120;
        broker.max_bookings_per_day = Some(4);
    });
    let own = scene.facts.broker.clone();
    let rules =
        MeetingType { buffer_after_minutes: Some(0), max_bookings_per_day: Some(1), ..long_call() };
    let broker = scene.meeting_type(rules).facts.broker;
    assert_eq!(broker.buffer_before_minutes, 15);
    assert_eq!(broker.buffer_after_minutes, 0);
    assert_eq!(broker.minimum_notice_minutes, 120);
    assert_eq!(broker.max_bookings_per_day, Some(4));
    assert_eq!(broker.max_bookings_of_type_per_day, Some(1));
    assert_eq!(broker.booking_horizon_days, own.booking_horizon_days);
    assert_eq!(broker.zone, own.zone);
}

#[test]
fn a_types_daily_limit_counts_its_bookings_alone() {
    let once = MeetingType { max_bookings_per_day: Some(1), ..MeetingType::default() };
    let scene = Scene::new().meeting_type(once).booking("2026-03-02 09:00", "2026-03-02 10:00");
    assert_eq!(scene.verdict("2026-03-02 11:00"), None);
    let scene = scene.booking_of_type("2026-03-02 10:00", "2026-03-02 11:00");
    assert_eq!(scene.verdict("2026-03-02 11:00"), Some(Reason::DailyLimit));
    assert_eq!(scene.verdict("2026-03-03 11:00"), None);
}

#[test]
fn a_type_with_hours_of_its_own_has_those_instead() {
    let row = |weekday| WorkingHours {
        weekday,
        start: 0,
        end: 1,
        valid_from: None,
        valid_until: None,
        is_active: false,
    };
    assert_eq!(hours_in_force(vec![], vec![row(1)]), [row(1)]);
    assert_eq!(hours_in_force(vec![row(2)], vec![row(1)]), [row(2)]);
}
