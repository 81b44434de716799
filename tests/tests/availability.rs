//! `get_available_slots` and `get_busy` through SQL: the rules of availability.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use postgres::{Client, NoTls};
use serde_json::json;
use uuid::Uuid;

/// A whole local day of New York, five hours behind UTC.
const TUESDAY: &str = "'2026-03-03T05:00Z', '2026-03-04T05:00Z'";

/// What New York's clocks show at the start of each slot of a broker.
fn slots(client: &mut Client, broker: Uuid, arguments: &str) -> Vec<String> {
    fixture::local_slots(client, "America/New_York", &format!("'{broker}', {arguments}")).unwrap()
}

/// A broker whose only hours are Tuesdays from 09:00 to 12:00 in New York, so
/// that its Tuesday can be written out: slots at 9:00, 9:30, … 11:30.
fn tuesday_broker(client: &mut Client, columns: &[(&str, &str)]) -> Uuid {
    let broker = fixture::broker(client, columns);
    fixture::working_hours(client, broker, 2, "09:00", "12:00");
    broker
}

fn set(client: &mut Client, table: &str, id: Uuid, assignment: &str) {
    let statement = format!("update calendar.{table} set {assignment} where id = '{id}'");
    assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
}

/// Refused with 22023; the message holds these words.
#[track_caller]
fn invalid(client: &mut Client, call: &str, words: &str) {
    refused(client.query(&format!("select * from calendar.{call}"), &[]), "22023", words);
}

// Window, notice and horizon.

#[test]
fn a_broker_without_hours_works_from_nine_to_five() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let slots = fixture::slots(&mut client, broker, "2026-03-03", "2026-03-04").unwrap();
    assert_eq!(slots.len(), 16);
    assert_eq!(slots[0], "2026-03-03T14:00:00Z");
}

#[test]
fn the_window_is_the_next_fourteen_days_where_none_is_given() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let row = client
        .query_one(
            "select count(*), min(slot_start) = '2026-03-02T14:00Z',
                    max(slot_end) = '2026-03-16T14:00Z'
               from calendar.get_available_slots($1)",
            &[&broker],
        )
        .unwrap();
    // Ten working days of 16 slots, then the clocks go forward and Monday the 16th
    // has an hour until 14 days are over.
    assert_eq!((row.get(0), row.get(1), row.get(2)), (162_i64, true, true));
}

#[test]
fn a_window_without_a_start_begins_now_and_one_without_an_end_lasts_fourteen_days() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    let until = slots(&mut client, broker, "window_end => '2026-03-03T15:00Z'");
    assert_eq!(until, ["Tue 09:00", "Tue 09:30"]);
    let from = slots(&mut client, broker, "window_start => '2026-03-03T16:30Z'");
    assert_eq!(from.len(), 1 + 6 + 6);
    assert_eq!(slots(&mut client, broker, "window_end => '2026-03-01'"), [""; 0]);
}

#[test]
fn a_slot_lies_wholly_inside_the_window() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    let window = "'2026-03-03T14:01Z', '2026-03-03T15:59Z'";
    assert_eq!(slots(&mut client, broker, window), ["Tue 09:30", "Tue 10:00"]);
}

#[test]
fn a_window_has_at_most_366_days_and_does_not_run_backwards() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    for function in ["get_available_slots", "get_busy"] {
        let call = |window: &str| format!("{function}('{broker}', {window})");
        let longest = "'2026-03-02', timestamptz '2026-03-02' + interval '366 days'";
        client.query(&format!("select * from calendar.{}", call(longest)), &[]).unwrap();
        let longer = format!("{longest} + interval '1 microsecond'");
        invalid(&mut client, &call(&longer), "window_end must be at most 366 days after");
        invalid(&mut client, &call("'2026-03-03', '2026-03-02'"), "window_end must not be before");
        invalid(&mut client, &call("'infinity', '2026-03-02'"), "window_start must be a finite");
        invalid(&mut client, &call("'2026-03-02', 'infinity'"), "window_end must be a finite");
    }
}

#[test]
fn a_slot_may_start_at_the_very_end_of_the_notice() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[("minimum_notice_minutes", "1470")]);
    assert_eq!(slots(&mut client, broker, TUESDAY)[0], "Tue 09:30");
    set(&mut client, "brokers", broker, "minimum_notice_minutes = 1471");
    assert_eq!(slots(&mut client, broker, TUESDAY)[0], "Tue 10:00");
}

#[test]
fn a_slot_starts_before_the_horizon_and_may_end_after_it() {
    let db = Database::new();
    db.set_now("2026-03-02T15:00:01Z");
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[("booking_horizon_days", "1")]);
    let until_ten = ["Tue 09:00", "Tue 09:30", "Tue 10:00"];
    assert_eq!(slots(&mut client, broker, TUESDAY), until_ten);
    db.set_now("2026-03-02T15:00:00Z");
    assert_eq!(slots(&mut db.connect(), broker, TUESDAY), until_ten[..2]);
}

#[test]
fn the_past_has_no_slots() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    assert_eq!(slots(&mut client, broker, "'2026-02-23', '2026-02-28'"), [""; 0]);
    let today = slots(&mut client, broker, "'2026-03-02', '2026-03-03'");
    assert_eq!((today.len(), today[0].as_str()), (16, "Mon 09:00"));
    db.set_now("2026-03-02T14:00:01Z");
    assert_eq!(slots(&mut db.connect(), broker, "'2026-03-02', '2026-03-03'")[0], "Mon 09:30");
}

// Open time and the grid.

#[test]
fn a_single_row_of_hours_ends_the_default_even_if_it_is_not_active() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    assert_eq!(slots(&mut client, broker, "'2026-03-04T05:00Z', '2026-03-08'"), [""; 0]);
    client.execute("update calendar.working_hours set is_active = false", &[]).unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY), [""; 0]);
    client.execute("delete from calendar.working_hours", &[]).unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY).len(), 16);
}

#[test]
fn hours_are_valid_on_their_first_and_their_last_date() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let row = fixture::working_hours(&mut client, broker, 2, "09:00", "09:30");
    set(&mut client, "working_hours", row, "valid_from = '2026-03-10', valid_until = '2026-03-24'");
    let dates: Vec<String> = client
        .query(
            "select slot_start::date::text
               from calendar.get_available_slots($1, '2026-03-02', '2026-04-30')",
            &[&broker],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(dates, ["2026-03-10", "2026-03-17", "2026-03-24"]);
}

#[test]
fn a_slot_may_span_midnight_where_hours_touch_there() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    fixture::working_hours(&mut client, broker, 2, "23:00", "24:00");
    fixture::working_hours(&mut client, broker, 3, "00:00", "00:45");
    let hours = "'2026-03-03T12:00Z', '2026-03-04T12:00Z', duration_minutes =>";
    // The grid begins anew on Wednesday, at midnight.
    let half_hours = slots(&mut client, broker, &format!("{hours} 30"));
    assert_eq!(half_hours, ["Tue 23:00", "Tue 23:30", "Wed 00:00"]);
    assert_eq!(slots(&mut client, broker, &format!("{hours} 100")), ["Tue 23:00"]);
    set(&mut client, "brokers", broker, "slot_increment_minutes = 25");
    let offset = slots(&mut client, broker, &format!("{hours} 45"));
    assert_eq!(offset, ["Tue 23:00", "Tue 23:25", "Tue 23:50", "Wed 00:00"]);
}

#[test]
fn a_missing_hour_is_read_with_the_offset_before_it() {
    let db = Database::new();
    let mut client = db.connect();
    // On Sunday the 8th New York's clocks go from 02:00 to 03:00.
    let broker = fixture::broker(&mut client, &[]);
    fixture::working_hours(&mut client, broker, 7, "02:30", "04:30");
    let starts = fixture::slots(&mut client, broker, "2026-03-08", "2026-03-09").unwrap();
    assert_eq!(starts, ["2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"]);
}

#[test]
fn a_repeated_hour_is_its_first_occurrence() {
    let db = Database::new();
    let mut client = db.connect();
    // On Sunday, November 1st, New York's clocks go from 02:00 back to 01:00.
    let broker = fixture::broker(&mut client, &[("slot_duration_minutes", "60")]);
    fixture::working_hours(&mut client, broker, 7, "01:30", "02:30");
    let starts = fixture::slots(&mut client, broker, "2026-11-01", "2026-11-02").unwrap();
    assert_eq!(starts, ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"]);
}

#[test]
fn a_date_that_does_not_exist_has_no_open_time() {
    let db = Database::new();
    db.set_now("2011-12-26T00:00:00Z");
    let mut client = db.connect();
    // Samoa had no Friday, December 30th, in 2011.
    let broker = fixture::broker(&mut client, &[("timezone", "Pacific/Apia")]);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let arguments =
        format!("'{broker}', '2011-12-29T10:00Z', '2011-12-31T10:00Z', duration_minutes => 720");
    let starts = fixture::local_slots(&mut client, "Pacific/Apia", &arguments).unwrap();
    assert_eq!(starts, ["Thu 00:00", "Thu 12:00", "Sat 00:00", "Sat 12:00"]);
}

#[test]
fn the_grid_depends_neither_on_the_window_nor_on_the_zones_of_session_and_caller() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[("slot_increment_minutes", "50")]);
    let expected = ["Tue 09:00", "Tue 09:50", "Tue 10:40", "Tue 11:30"];
    assert_eq!(slots(&mut client, broker, TUESDAY), expected);
    let later = "'2026-03-03T14:07:11Z', '2026-03-04T05:00Z', timezone => 'Asia/Kathmandu'";
    assert_eq!(slots(&mut client, broker, later), expected[1..]);
    client.batch_execute("set timezone = 'Australia/Lord_Howe'").unwrap();
    assert_eq!(slots(&mut client, broker, TUESDAY), expected);
}

#[test]
fn the_increment_is_the_brokers_or_the_duration_and_may_only_be_coarsened() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    let with = |options: &str| format!("{TUESDAY}, {options}");
    let by_duration = slots(&mut client, broker, &with("duration_minutes => 60"));
    assert_eq!(by_duration, ["Tue 09:00", "Tue 10:00", "Tue 11:00"]);
    let call = |options: &str| format!("get_available_slots('{broker}', {TUESDAY}, {options})");
    let finer = call("increment_minutes => 15");
    invalid(&mut client, &finer, "increment_minutes must be a multiple of 30");

    set(&mut client, "brokers", broker, "slot_increment_minutes = 20");
    let by_broker = slots(&mut client, broker, &with("duration_minutes => 60"));
    assert_eq!(by_broker[..3], ["Tue 09:00", "Tue 09:20", "Tue 09:40"]);
    let coarser = slots(&mut client, broker, &with("increment_minutes => 60"));
    assert_eq!(coarser, ["Tue 09:00", "Tue 10:00", "Tue 11:00"]);
    for wrong in ["30", "0", "-20"] {
        let call = call(&format!("increment_minutes => {wrong}"));
        invalid(&mut client, &call, "increment_minutes must be a multiple of 20");
    }
}

// What takes time.

#[test]
fn busy_time_removes_slots_and_never_moves_them() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T14:30:00Z", "2026-03-03T16:30:00Z");
    assert_eq!(slots(&mut client, broker, TUESDAY), ["Tue 09:00", "Tue 11:30"]);
}

#[test]
fn an_event_blocks_unless_cancelled_transparent_declined_or_without_length() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "trip", "2026-03-02T16:00:00Z", "2026-03-06T21:00:00Z");
    let week = slots(&mut client, broker, "'2026-03-02T14:00Z', '2026-03-07T05:00Z'");
    assert_eq!(week.join(" "), "Mon 09:00 Mon 09:30 Mon 10:00 Mon 10:30 Fri 16:00 Fri 16:30");
}

#[test]
fn bookings_take_time_by_their_status() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(
        &mut client,
        &[("buffer_before_minutes", "15"), ("buffer_after_minutes", "5")],
    );
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(
        &mut client,
        &[("buffer_before_minutes", "10"), ("buffer_after_minutes", "40")],
    );
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("max_bookings_per_day", "2")]);
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

// Preferences and other arguments.

#[test]
fn preferences_filter_by_local_start_in_the_callers_zone() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("slot_duration_minutes", "240")]);
    fixture::working_hours(&mut client, broker, 2, "04:00", "24:00");
    fixture::working_hours(&mut client, broker, 3, "00:00", "24:00");
    let window = "'2026-03-03T05:00Z', '2026-03-05T05:00Z'";
    let mut with = |options: &str| slots(&mut client, broker, &format!("{window}, {options}"));
    assert_eq!(with("preferred_period => 'morning'"), ["Tue 08:00", "Wed 08:00"]);
    assert_eq!(
        with("preferred_period => 'afternoon'").join(" "),
        "Tue 12:00 Tue 16:00 Wed 12:00 Wed 16:00"
    );
    assert_eq!(with("preferred_period => 'evening'"), ["Tue 20:00", "Wed 20:00"]);
    let tuesday = "Tue 04:00 Tue 08:00 Tue 12:00 Tue 16:00 Tue 20:00";
    assert_eq!(with("preferred_days => '{2}'").join(" "), tuesday);
    assert_eq!(with("preferred_days => '{2,3}'").len(), 11);
    assert_eq!(with("preferred_days => '{1,7}'"), [""; 0]);
    // In London it is Wednesday five hours earlier, and 9:00 at 04:00.
    let in_london = "preferred_days => '{3}', preferred_period => 'morning',
                     timezone => 'Europe/London'";
    assert_eq!(with(in_london), ["Wed 00:00", "Wed 04:00"]);
}

#[test]
fn max_slots_gives_the_first_that_are_preferred() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, &[]);
    let first = slots(&mut client, broker, &format!("{TUESDAY}, max_slots => 2"));
    assert_eq!(first, ["Tue 09:00", "Tue 09:30"]);
    let preferred = "max_slots => 2, preferred_period => 'afternoon', timezone => 'Europe/London'";
    let first = slots(&mut client, broker, &format!("{TUESDAY}, {preferred}"));
    assert_eq!(first, ["Tue 09:00", "Tue 09:30"]);
}

#[test]
fn null_is_the_default_of_every_argument_but_the_broker() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let nulls = "null, null, null, null, null, null, null, null";
    let all = slots(&mut client, broker, nulls);
    assert_eq!(all, slots(&mut client, broker, "null"));
    assert_eq!(all.len(), 162);
    let call = "get_available_slots(null)";
    invalid(&mut client, call, "broker_id must not be null");
}

#[test]
fn a_wrong_argument_is_named_with_what_is_allowed() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    for (option, words) in [
        ("duration_minutes => 0", "duration_minutes must be from 1 to 1440, not 0"),
        ("duration_minutes => 1441", "duration_minutes must be from 1 to 1440, not 1441"),
        ("duration_minutes => -2147483648", "duration_minutes must be from 1 to 1440"),
        ("preferred_days => '{0}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_days => '{8}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_days => '{1,null}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_period => 'noon'", "preferred_period must be morning, afternoon or evening"),
        ("preferred_period => ''", "preferred_period must be morning, afternoon or evening"),
        ("timezone => 'Mars/Base'", "timezone: unknown time zone \"Mars/Base\""),
        ("timezone => ''", "timezone: unknown time zone"),
        ("max_slots => 0", "max_slots must be at least 1, not 0"),
    ] {
        invalid(&mut client, &format!("get_available_slots('{broker}', {option})"), words);
    }
}

#[test]
fn an_unknown_broker_is_not_found() {
    let db = Database::new();
    let mut client = db.connect();
    let nobody = Uuid::nil();
    for call in [
        format!("get_available_slots('{nobody}')"),
        format!("get_busy('{nobody}', '2026-03-02', '2026-03-03')"),
    ] {
        let result = client.query(&format!("select * from calendar.{call}"), &[]);
        refused(result, "PT404", "broker_not_found");
    }
}

#[test]
fn a_broker_that_takes_no_bookings_has_no_slots() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("booking_enabled", "false")]);
    assert_eq!(slots(&mut client, broker, "null"), [""; 0]);
}

#[test]
fn one_query_may_ask_for_many_brokers() {
    let db = Database::new();
    let mut client = db.connect();
    for zone in ["America/New_York", "Europe/London", "Asia/Kathmandu"] {
        fixture::broker(&mut client, &[("timezone", zone)]);
    }
    let starts: Vec<String> = client
        .query(
            "select to_char(min(s.slot_start) at time zone b.timezone, 'HH24:MI')
               from calendar.brokers as b,
                    calendar.get_available_slots(b.id, '2026-03-04T00:00Z') as s
              group by b.id, b.timezone order by b.timezone",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(starts, ["09:00", "09:00", "09:00"].map(str::to_owned));
}

// get_busy.

#[test]
fn busy_time_is_merged_clipped_and_without_buffers() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(
        &mut client,
        &[("buffer_before_minutes", "15"), ("buffer_after_minutes", "15")],
    );
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let quiet = [("is_primary", "false"), ("blocks_availability", "false")];
    let quiet = fixture::calendar(&mut client, broker, &quiet);
    let at = |time: &str| format!("2026-03-03T{time}:00Z");
    for (id, start, end) in
        [("a", "10:00", "14:30"), ("b", "14:00", "14:45"), ("c", "17:00", "23:00")]
    {
        fixture::event(&mut client, calendar, id, &at(start), &at(end));
    }
    fixture::event(&mut client, quiet, "d", &at("10:00"), &at("23:00"));
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::call(
        &mut client,
        &format!("book_calendar_slot('{broker}', '2026-03-03T16:00Z', hold_minutes => 5)"),
    )
    .unwrap();
    let busy = |client: &mut Client| -> Vec<String> {
        let query = "select to_char(starts_at, 'HH24:MI-') || to_char(ends_at, 'HH24:MI')
                       from calendar.get_busy($1, '2026-03-03T12:00Z', '2026-03-03T20:00Z')";
        client.query(query, &[&broker]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let expected = ["12:00-14:45", "15:00-15:30", "16:00-16:30", "17:00-20:00"];
    assert_eq!(busy(&mut client), expected);
    db.set_now("2026-03-02T14:05:00Z");
    let after_the_hold = ["12:00-14:45", "15:00-15:30", "17:00-20:00"];
    assert_eq!(busy(&mut db.connect()), after_the_hold);
}

#[test]
fn get_busy_needs_all_its_arguments() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    for (arguments, words) in [
        ("null, '2026-03-02', '2026-03-03'".to_owned(), "broker_id must not be null"),
        (format!("'{broker}', null, '2026-03-03'"), "window_start must not be null"),
        (format!("'{broker}', '2026-03-02', null"), "window_end must not be null"),
    ] {
        invalid(&mut client, &format!("get_busy({arguments})"), words);
    }
}

// Reading only.

#[test]
fn reading_needs_no_transaction_id_and_a_read_only_transaction_is_enough() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T14:30:00Z", "2026-03-03T16:30:00Z");
    for mode in ["read write", "read only"] {
        let mut transaction = client.transaction().unwrap();
        transaction.batch_execute(&format!("set transaction {mode}")).unwrap();
        for call in [
            format!("get_available_slots('{broker}')"),
            // Beyond what is stored, blocks are derived.
            format!("get_available_slots('{broker}', '2027-02-01', '2027-09-01')"),
            format!("get_busy('{broker}', '2026-03-02', '2026-03-09')"),
            format!("explain_slot('{broker}', '2026-03-03T15:00Z', '2026-03-03T15:30Z')"),
            "check_timezones(null, timestamptz '2026-03-03')".to_owned(),
        ] {
            transaction.query(&format!("select * from calendar.{call}"), &[]).unwrap();
        }
        let id: Option<String> = transaction
            .query_one("select pg_current_xact_id_if_assigned()::text", &[])
            .unwrap()
            .get(0);
        assert_eq!(id, None, "{mode}");
        transaction.commit().unwrap();
    }
    let volatility: Vec<String> = client
        .query(
            "select distinct provolatile::text from pg_proc
              where oid::regproc::text in
                    ('calendar.get_available_slots', 'calendar.get_busy', 'calendar.explain_slot')",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(volatility, ["s"]);
}

// The clock.

#[test]
fn the_clock_is_the_superusers_alone() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    let first = |client: &mut Client| slots(client, broker, "max_slots => 1");
    let mut client = db.connect_as(Caller::Anon);
    assert_eq!(first(&mut client), ["Mon 09:00"]);
    let refusal = client.batch_execute("set calendar.now = '2026-03-04T14:00:00Z'");
    refused(refusal, "42501", "calendar.now");

    // Nor does it help to be quicker than the library, which declares the setting.
    let url = db.cluster().url_as("authenticator", db.name());
    let mut client = Client::connect(&url, NoTls).unwrap();
    client.batch_execute("set role anon; set calendar.now = '2026-03-04T14:00:00Z'").unwrap();
    assert_eq!(first(&mut client), ["Mon 09:00"]);
    let mut superuser = db.connect();
    superuser.batch_execute("set calendar.now = '2026-03-04T14:00:00Z'").unwrap();
    assert_eq!(first(&mut superuser), ["Wed 09:00"]);
}

#[test]
fn the_clock_is_the_real_one_where_the_setting_is_empty_and_must_be_an_instant() {
    let db = Database::new();
    let mut client = db.connect();
    let now = "select calendar_private.current_instant() = statement_timestamp()";
    client.batch_execute("set calendar.now = ''").unwrap();
    let is_real: bool = client.query_one(now, &[]).unwrap().get(0);
    assert!(is_real);
    for wrong in ["tomorrow", "2026-03-02", "2026-03-02T14:00", "infinity"] {
        client.batch_execute(&format!("set calendar.now = '{wrong}'")).unwrap();
        refused(client.query(now, &[]), "22023", "calendar.now must be empty or an instant");
    }
}
