//! Near and far.

use crate::support::{
    NEW_YORK, assert_blocks_are_true, assert_busy_is_true, execute, occurrence, series, start,
    texts,
};
use calendar_tests::{Scene, fixture};
use postgres::Client;
use serde_json::json;

#[test]
fn blocks_are_stored_from_a_month_ago_to_400_days_ahead() {
    let (mut client, _, calendar) = start("UTC");
    let mut daily = series("RRULE:FREQ=DAILY");
    daily["starts_at"] = json!("2020-01-01T15:00:00Z");
    daily["ends_at"] = json!("2020-01-01T15:30:00Z");
    fixture::events(&mut client, calendar, &json!([daily]));
    let extent = "select concat_ws(' ', count(*), min(starts_at)::date, max(ends_at)::date)
                    from calendar.busy_blocks";
    assert_eq!(texts(&mut client, extent), ["431 2026-01-30 2027-04-05"]);
    assert_blocks_are_true(&mut client);
}

#[test]
fn beyond_what_is_stored_the_answer_is_the_same() {
    let Scene { db, mut client, broker } = Scene::new(&[("booking_horizon_days", "1000")]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", NEW_YORK)]);
    let second = fixture::calendar(
        &mut client,
        broker,
        &[("is_primary", "false"), ("all_day_blocks", "false")],
    );
    let moved = occurrence("2027-06-01T14:00:00Z", "2027-06-02T15:00:00Z", "2027-06-02T17:00:00Z");
    let holiday = json!({"external_event_id": "holiday", "starts_at": "2026-07-03",
                         "recurrence": "RRULE:FREQ=YEARLY"});
    let lunch = json!({"external_event_id": "lunch", "starts_at": "2026-03-02T17:00:00Z",
                       "ends_at": "2026-03-02T18:00:00Z", "timezone": "Europe/London",
                       "recurrence": "RRULE:FREQ=DAILY"});
    let events = json!([series("RRULE:FREQ=WEEKLY"), moved, holiday]);
    fixture::events(&mut client, calendar, &events);
    fixture::events(&mut client, second, &json!([lunch, holiday]));
    // The last of these ends in the middle of the stored time, the others beyond.
    let windows = [
        ("2027-05-28", "2027-07-10"),
        ("2027-03-20", "2027-04-20"),
        ("2027-04-06T14:00Z", "2027-04-06T14:01Z"),
        ("2026-01-20", "2026-02-05"),
        ("2025-06-01", "2026-05-01"),
    ];
    let answers = |client: &mut Client| -> Vec<String> {
        windows
            .map(|(start, end)| {
                let query = format!(
                    "select concat(
                         (select string_agg(b::text, ' ') from calendar.get_busy('{broker}', '{start}', '{end}') as b),
                         (select string_agg(s::text, ' ')
                            from calendar.get_available_slots('{broker}', '{start}', '{end}') as s
                           where s.slot_start > '2026-09-01'))"
                );
                texts(client, &query).remove(0)
            })
            .to_vec()
    };
    let before = answers(&mut client);
    for (start, end) in windows {
        assert_busy_is_true(&mut client, broker, start, end);
    }
    assert!(before[0].contains("2027-06-02 15:00:00+00"), "{}", before[0]);
    db.set_now("2026-09-01T00:00:00Z");
    let mut client = db.connect();
    assert_eq!(texts(&mut client, "select calendar_sync.extend_horizon()::text"), ["3"]);
    assert_eq!(answers(&mut client), before);
    assert_blocks_are_true(&mut client);
}

#[test]
fn the_horizon_moves_with_time() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", NEW_YORK)]);
    let trip = json!({"external_event_id": "trip", "starts_at": "2027-03-20T00:00:00Z",
                      "ends_at": "2027-04-20T00:00:00Z"});
    let events = json!([series("RRULE:FREQ=DAILY"), trip]);
    fixture::events(&mut client, calendar, &events);
    // Half a day later, a day later, a month later, long after the job should have run, and never back.
    for (now, moved) in [
        ("2026-03-02T14:00:00Z", "0"),
        ("2026-03-03T02:00:00Z", "0"),
        ("2026-03-03T14:00:00Z", "2"),
        ("2026-03-03T14:00:00Z", "0"),
        ("2026-04-03T14:00:00Z", "2"),
        ("2029-01-01T00:00:00Z", "2"),
        ("2028-01-01T00:00:00Z", "0"),
    ] {
        db.set_now(now);
        let mut client = db.connect();
        assert_eq!(
            texts(&mut client, "select calendar_sync.extend_horizon()::text"),
            [moved],
            "{now}"
        );
        assert_blocks_are_true(&mut client);
        let extent = texts(
            &mut client,
            "select concat_ws(' ', blocks_from::date, blocks_until::date) from calendar.calendars",
        );
        if now.starts_with("2029") {
            assert_eq!(extent, ["2027-11-28 2030-02-05"]);
        }
    }
    let twice = "select starts_at::text from calendar.busy_blocks
                  group by event_id, starts_at having count(*) > 1";
    assert_eq!(texts(&mut client, twice), [""; 0]);
    // What is over for more than 400 days is not stored any more.
    let oldest = "select (min(ends_at) > '2027-11-27')::text from calendar.busy_blocks";
    assert_eq!(texts(&mut client, oldest), ["true"]);
}

#[test]
fn a_series_that_cannot_be_expanded_holds_up_no_other() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    for calendar in [calendar, second] {
        fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=DAILY")]));
    }
    // apply_sync would not let them in.
    execute(
        &mut client,
        "insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, recurrence)
         select id, 'later', timestamptz '2027-05-01', timestamptz '2027-05-02', 'RRULE:FREQ=SECONDLY' from calendar.calendars
         union all
         select id, 'now', '2026-05-01', '2026-05-02', 'RRULE:FREQ=SECONDLY' from calendar.calendars",
    );
    let failures = "select concat_ws(' ', operation, external_event_id, count(*))
                      from calendar.failure_logs group by operation, external_event_id order by 1";
    assert_eq!(texts(&mut client, failures), ["derive_blocks now 2"]);
    db.set_now("2027-04-01T00:00:00Z");
    let mut client = db.connect();
    assert_eq!(texts(&mut client, "select calendar_sync.extend_horizon()::text"), ["3"]);
    assert_eq!(texts(&mut client, failures), ["derive_blocks later 2", "derive_blocks now 4"]);
    let stored = "select count(distinct calendar_id)::text from calendar.busy_blocks
                   where starts_at > '2028-04-01'";
    assert_eq!(texts(&mut client, stored), ["2"]);
    assert_blocks_are_true(&mut client);
    assert_busy_is_true(&mut client, broker, "2028-06-01", "2028-07-01");
    fixture::slots(&mut client, broker, "2027-05-01", "2027-06-01").unwrap();
    // A full batch that lacks them removes them.
    for calendar in [calendar, second] {
        let full = json!({"events": [series("RRULE:FREQ=DAILY")], "full": true,
                          "window_start": "2027-06-01T00:00:00Z", "window_end": "2027-06-02T00:00:00Z"});
        let answer = fixture::apply_sync(&mut client, calendar, &full).unwrap();
        assert_eq!(answer["deleted"], 2, "{answer}");
    }
}
