//! What takes time.

use crate::support::{TUESDAY, set, slots, tuesday_broker, tuesdays};
use calendar_tests::{Scene, fixture};
use serde_json::json;

#[test]
fn busy_time_removes_slots_and_never_moves_them() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T14:10:00Z", "2026-03-03T14:20:00Z");
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-03T15:10:00Z",
        "2026-03-03T15:20:00Z",
        &[],
    );
    fixture::book(&mut client, broker, "2026-03-03T16:00Z").unwrap();
    let left = ["Tue 09:30", "Tue 10:30", "Tue 11:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), left);
}

#[test]
fn intervals_are_half_open() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T14:30:00Z", "2026-03-03T16:30:00Z");
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 09:00", "Tue 11:30"]);
}

#[test]
fn an_event_blocks_unless_cancelled_transparent_declined_or_without_length() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let at = |id: &str, start: &str, end: &str| {
        json!({"external_event_id": id, "starts_at": format!("2026-03-03T{start}:00Z"),
               "ends_at": format!("2026-03-03T{end}:00Z")})
    };
    let mut events = vec![
        at("cancelled", "14:00", "14:30"),
        at("transparent", "14:30", "15:00"),
        at("declined", "15:00", "15:30"),
        at("no length", "15:45", "15:45"),
        at("tentative", "16:00", "16:30"),
        at("plain", "16:30", "17:00"),
    ];
    events[0]["status"] = json!("cancelled");
    events[1]["transparency"] = json!("transparent");
    events[2]["declined"] = json!(true);
    events[4]["status"] = json!("tentative");
    fixture::events(&mut client, calendar, &json!(events));
    let free = ["Tue 09:00", "Tue 09:30", "Tue 10:00", "Tue 10:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), free);
}

#[test]
fn a_change_of_a_calendars_policy_counts_at_once() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", "America/New_York")]);
    fixture::events(
        &mut client,
        calendar,
        &json!([
            {"external_event_id": "plain", "starts_at": "2026-03-03T14:00:00Z",
             "ends_at": "2026-03-03T15:00:00Z"},
            {"external_event_id": "tentative", "status": "tentative",
             "starts_at": "2026-03-03T15:00:00Z", "ends_at": "2026-03-03T16:00:00Z"},
            {"external_event_id": "leave", "starts_at": "2026-03-03", "ends_at": "2026-03-04"},
        ]),
    );
    let mut free_after = |assignment: &str| {
        set(&mut client, "calendars", calendar, assignment);
        slots(&mut client, broker, TUESDAY).len()
    };
    assert_eq!(free_after("tentative_blocks = true"), 0);
    assert_eq!(free_after("all_day_blocks = false"), 2);
    assert_eq!(free_after("tentative_blocks = false"), 4);
    assert_eq!(free_after("blocks_availability = false"), 6);
    assert_eq!(free_after("tentative_blocks = true, blocks_availability = true"), 2);
    assert_eq!(free_after("all_day_blocks = true"), 0);
}

#[test]
fn an_all_day_event_lasts_from_midnight_to_midnight_in_its_calendars_zone() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", "Asia/Tokyo")]);
    // Wednesday in Tokyo is Tuesday 10:00 to Wednesday 10:00 in New York.
    let leave = json!([{"external_event_id": "leave", "starts_at": "2026-03-04",
                        "ends_at": "2026-03-05", "is_all_day": true}]);
    fixture::events(&mut client, calendar, &leave);
    let window = "'2026-03-03T14:00Z', '2026-03-04T15:30Z'";
    assert_eq!(slots(&mut client, broker, window), ["Tue 09:00", "Tue 09:30", "Wed 10:00"]);
    set(&mut client, "calendars", calendar, "timezone = 'America/New_York'");
    assert_eq!(slots(&mut client, broker, window).len(), 16);
    assert_eq!(slots(&mut client, broker, "'2026-03-04T05:00Z', '2026-03-05T05:00Z'"), [""; 0]);
}

#[test]
fn the_events_of_all_the_brokers_calendars_count_and_no_others() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let other = tuesday_broker(&mut client, &[]);
    let primary = fixture::calendar(&mut client, broker, &[]);
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    let foreign = fixture::calendar(&mut client, other, &[]);
    for (calendar, hour) in [(primary, 14), (second, 15), (foreign, 16)] {
        let at = |minute| format!("2026-03-03T{hour}:{minute}:00Z");
        fixture::event(&mut client, calendar, "same id", &at("00"), &at("30"));
    }
    let free = slots(&mut client, broker, TUESDAY);
    assert_eq!(free, ["Tue 09:30", "Tue 10:30", "Tue 11:00", "Tue 11:30"]);
    assert_eq!(slots(&mut client, other, TUESDAY).len(), 5);
}

#[test]
fn an_event_longer_than_a_day_blocks_all_of_its_time() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "trip", "2026-03-02T16:00:00Z", "2026-03-06T21:00:00Z");
    let week = slots(&mut client, broker, "'2026-03-02T14:00Z', '2026-03-07T05:00Z'");
    assert_eq!(week.join(" "), "Mon 09:00 Mon 09:30 Mon 10:00 Mon 10:30 Fri 16:00 Fri 16:30");
}

#[test]
fn bookings_take_time_by_their_status() {
    let Scene { db, mut client, broker } = tuesdays(&[]);
    let mut with = |status: &str, start: &str| {
        let columns = [
            ("broker_id", broker.to_string()),
            ("status", status.to_owned()),
            ("slot_start", format!("2026-03-03T{start}Z")),
            ("slot_end", format!("2026-03-03T{start}:30Z")),
            ("hold_expires_at", "2026-03-02T14:00:01Z".to_owned()),
        ];
        let columns: Vec<_> = columns.iter().map(|(n, v)| (*n, v.as_str())).collect();
        fixture::insert(&mut client, "bookings", &columns);
    };
    let start_of = |status: &str| match status {
        "pending" => "14:00",
        "confirmed" => "14:30",
        "held" => "15:00",
        "cancelled" => "15:30",
        "failed" => "16:00",
        _ => "16:30",
    };
    for status in ["pending", "confirmed", "held", "cancelled", "failed", "completed", "no_show"] {
        with(status, start_of(status));
    }
    let free = ["Tue 10:30", "Tue 11:00", "Tue 11:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), free);
    // The hold lapses by itself.
    db.set_now("2026-03-02T14:00:01Z");
    assert_eq!(slots(&mut db.connect(), broker, TUESDAY)[0], "Tue 10:00");
}

#[test]
fn the_mirror_of_a_booking_neither_counts_twice_nor_outlives_it() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let booking = fixture::book(&mut client, broker, "2026-03-03T14:30Z").unwrap();
    let booking = booking["id"].as_str().unwrap();
    let (start, end) = ("2026-03-03T14:30:00Z", "2026-03-03T15:00:00Z");
    fixture::event(&mut client, calendar, &format!("bk-{booking}@calendar"), start, end);
    // A provider that gives its own id is known by the mapping.
    client
        .execute(
            "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
             values ($1::text::uuid, $2, 'provider-7')",
            &[&booking, &calendar],
        )
        .unwrap();
    fixture::event(&mut client, calendar, "provider-7", start, end);
    assert_eq!(slots(&mut client, broker, TUESDAY).len(), 5);
    fixture::call(&mut client, &format!("cancel_booking('{booking}')")).unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY).len(), 6);
}

#[test]
fn buffers_keep_events_away_on_both_sides() {
    let Scene { mut client, broker, .. } =
        tuesdays(&[("buffer_before_minutes", "15"), ("buffer_after_minutes", "5")]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T15:05:00Z", "2026-03-03T15:45:00Z");
    // 9:30 to 10:00 leaves 5 minutes; 11:00 has had 15.
    let free = ["Tue 09:00", "Tue 09:30", "Tue 11:00", "Tue 11:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), free);
    set(&mut client, "brokers", broker, "buffer_before_minutes = 16, buffer_after_minutes = 6");
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 09:00", "Tue 11:30"]);
}

#[test]
fn between_two_bookings_the_larger_of_the_facing_buffers_is_kept() {
    let Scene { mut client, broker, .. } =
        tuesdays(&[("buffer_before_minutes", "10"), ("buffer_after_minutes", "40")]);
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    // The booking keeps 40 minutes after it and 10 before it. A slot before it needs
    // 40 itself, one after it 10: the larger is 40 on both sides.
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 11:30"]);
    // What the booking carries stays; what a new slot needs is the broker's of today.
    set(&mut client, "brokers", broker, "buffer_after_minutes = 0");
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 09:00", "Tue 11:30"]);
    set(&mut client, "brokers", broker, "buffer_before_minutes = 61");
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 09:00"]);
}

#[test]
fn the_daily_limit_counts_the_bookings_of_a_local_date() {
    let Scene { mut client, broker, .. } = Scene::new(&[("max_bookings_per_day", "2")]);
    fixture::working_hours(&mut client, broker, 2, "22:00", "24:00");
    fixture::working_hours(&mut client, broker, 3, "00:00", "01:00");
    let night = "'2026-03-04T02:00Z', '2026-03-04T12:00Z'";
    fixture::book(&mut client, broker, "2026-03-04T03:00Z").unwrap();
    // Wednesday in New York, though the same date in UTC.
    fixture::book(&mut client, broker, "2026-03-04T05:00Z").unwrap();
    let free = ["Tue 22:30", "Tue 23:00", "Tue 23:30", "Wed 00:30"];
    assert_eq!(slots(&mut client, broker, night), free);
    let second = fixture::book(&mut client, broker, "2026-03-04T04:30Z").unwrap();
    assert_eq!(slots(&mut client, broker, night), ["Wed 00:30"]);
    let cancel = format!("cancel_booking({})", second["id"].to_string().replace('"', "'"));
    fixture::call(&mut client, &cancel).unwrap();
    assert_eq!(slots(&mut client, broker, night), free);
}
