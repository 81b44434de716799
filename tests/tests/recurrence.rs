//! Recurring events as they come through `apply_sync`: busy blocks are always what
//! the events say, near and far.

use calendar_tests::{Database, fixture, random};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

const NEW_YORK: &str = "America/New_York";

/// A database with a broker and its calendar, in this zone.
fn start(db: &Database<'_>, zone: &str) -> (Client, Uuid, Uuid) {
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", zone)]);
    (client, broker, calendar)
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// When time is taken, by the clocks of a zone, up to a date.
fn blocks(client: &mut Client, zone: &str, until: &str) -> Vec<String> {
    let query = format!(
        "select to_char(starts_at at time zone '{zone}', 'MM-DD HH24:MI')
                || to_char(ends_at at time zone '{zone}', '-HH24:MI')
           from calendar.busy_blocks where starts_at < '{until}' order by starts_at, ends_at"
    );
    texts(client, &query)
}

fn execute(client: &mut Client, statement: &str) {
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e:?}"));
}

/// Asserts that the stored blocks are those that the events would give now, for
/// each event and each calendar.
#[track_caller]
fn assert_blocks_are_true(client: &mut Client) {
    let untrue = texts(
        client,
        "with stored as (
             select k.calendar_id, k.event_id,
                    range_agg(tstzrange(k.starts_at, k.ends_at))
                        * tstzmultirange(tstzrange(c.blocks_from, c.blocks_until)) as busy,
                    bool_and(k.broker_id = c.broker_id) as of_broker
               from calendar.busy_blocks as k join calendar.calendars as c on c.id = k.calendar_id
              group by k.calendar_id, k.event_id, c.blocks_from, c.blocks_until
         ), fresh as (
             select c.id as calendar_id, d.event_id,
                    range_agg(tstzrange(d.starts_at, d.ends_at)) as busy
               from calendar.calendars as c,
                    calendar_private.derive_blocks(c.id, null, c.blocks_from, c.blocks_until) as d
              where d.problem is null
              group by c.id, d.event_id
         )
         select concat_ws(E'\n', event_id, 'stored', stored.busy, 'fresh', fresh.busy)
           from stored full join fresh using (calendar_id, event_id)
          where coalesce(stored.busy, '{}') <> coalesce(fresh.busy, '{}')
             or not stored.of_broker",
    );
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}

/// Asserts that a broker is busy within a window when its events say so.
#[track_caller]
fn assert_busy_is_true(client: &mut Client, broker: Uuid, start: &str, end: &str) {
    let row = client
        .query_one(
            &format!(
                "select (select range_agg(tstzrange(starts_at, ends_at))
                           from calendar.get_busy('{broker}', '{start}', '{end}'))::text,
                        (select range_agg(tstzrange(d.starts_at, d.ends_at))
                           from calendar.calendars as c,
                                calendar_private.derive_blocks(c.id, null, '{start}', '{end}') as d
                          where c.broker_id = '{broker}' and d.problem is null)::text"
            ),
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, Option<&str>>(0), row.get(1), "{start} to {end}");
}

/// A series of half hours from 10:00 on Tuesday, March 3rd, in New York.
fn series(rule: &str) -> Value {
    json!({"external_event_id": "series", "starts_at": "2026-03-03T15:00:00Z",
           "ends_at": "2026-03-03T15:30:00Z", "recurrence": rule, "timezone": NEW_YORK})
}

/// An override of an occurrence of that series.
fn occurrence(recurrence_id: &str, start: &str, end: &str) -> Value {
    json!({"external_event_id": "series", "recurrence_id": recurrence_id, "starts_at": start,
           "ends_at": end})
}

// What a series is.

#[test]
fn a_series_keeps_its_local_time_over_a_change_of_the_clocks() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=WEEKLY;COUNT=3")]));
    let local = ["03-03 10:00-10:30", "03-10 10:00-10:30", "03-17 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    let utc = ["03-03 15:00-15:30", "03-10 14:00-14:30", "03-17 14:00-14:30"];
    assert_eq!(blocks(&mut client, "UTC", "infinity"), utc);
}

#[test]
fn a_floating_series_keeps_the_local_time_of_its_calendar() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "Europe/London");
    let mut floating = series("RRULE:FREQ=WEEKLY;COUNT=5");
    floating["timezone"] = Value::Null;
    fixture::events(&mut client, calendar, &json!([floating]));
    // London's clocks go forward on March 29th.
    let utc = ["15:00", "15:00", "15:00", "15:00", "14:00"];
    let starts =
        "select to_char(starts_at, 'HH24:MI') from calendar.busy_blocks order by starts_at";
    assert_eq!(texts(&mut client, starts), utc);
    execute(&mut client, "update calendar.calendars set timezone = 'America/New_York'");
    assert_eq!(texts(&mut client, starts), ["15:00", "14:00", "14:00", "14:00", "14:00"]);
    assert_blocks_are_true(&mut client);
}

#[test]
fn windows_names_and_unknown_ones_are_zones_too() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "Europe/London");
    for (name, stored, last) in [
        ("Eastern Standard Time", Some(NEW_YORK), "14:00"),
        ("W. Europe Standard Time", Some("Europe/Berlin"), "14:00"),
        ("US Mountain Standard Time", Some("America/Phoenix"), "15:00"),
        // An unknown one is the calendar's.
        ("My Zone", None, "14:00"),
    ] {
        let mut event = series("RRULE:FREQ=WEEKLY;COUNT=5");
        event["timezone"] = json!(name);
        fixture::events(&mut client, calendar, &json!([event]));
        let row = client
            .query_one(
                "select (select timezone::text from calendar.events),
                        (select to_char(max(starts_at), 'HH24:MI') from calendar.busy_blocks)",
                &[],
            )
            .unwrap();
        assert_eq!((row.get::<_, Option<&str>>(0), row.get(1)), (stored, last), "{name}");
    }
}

#[test]
fn a_zone_that_comes_along_is_obeyed() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    // Four and a half hours behind UTC, and three and a half from mid-March on.
    let vtimezone = "BEGIN:VTIMEZONE\r\nTZID:Office\r\n\
        BEGIN:STANDARD\r\nDTSTART:20001115T020000\r\nRRULE:FREQ=YEARLY\r\n\
        TZOFFSETFROM:-0330\r\nTZOFFSETTO:-0430\r\nEND:STANDARD\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:20000315T020000\r\nRRULE:FREQ=YEARLY\r\n\
        TZOFFSETFROM:-0430\r\nTZOFFSETTO:-0330\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
    let event = json!({
        "external_event_id": "series", "starts_at": "2026-03-13T14:30:00Z",
        "ends_at": "2026-03-13T15:00:00Z", "vtimezone": vtimezone, "timezone": "Office",
        "recurrence": "RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260314T100000",
    });
    fixture::events(&mut client, calendar, &json!([event]));
    let utc = ["03-13 14:30-15:00", "03-15 13:30-14:00", "03-16 13:30-14:00"];
    assert_eq!(blocks(&mut client, "UTC", "infinity"), utc);
}

#[test]
fn dates_are_added_and_taken_away() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    let rule = "RRULE:FREQ=DAILY;COUNT=4\r\n\
        EXDATE;TZID=America/New_York:20260304T100000\r\n\
        EXDATE:20260305T150000Z\r\n\
        RDATE;TZID=\"Eastern Standard Time\":20260310T100000,20260311T180000\r\n\
        RDATE;VALUE=PERIOD:20260312T140000Z/PT2H\r\n";
    fixture::events(&mut client, calendar, &json!([series(rule)]));
    let local = [
        "03-03 10:00-10:30",
        "03-06 10:00-10:30",
        "03-10 10:00-10:30",
        "03-11 18:00-18:30",
        "03-12 10:00-12:00",
    ];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn days_recur_from_midnight_to_midnight_of_the_calendar() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, NEW_YORK);
    let weekend = json!({"external_event_id": "weekend", "starts_at": "2026-03-07",
                         "ends_at": "2026-03-09", "recurrence": "RRULE:FREQ=WEEKLY;COUNT=2"});
    fixture::events(&mut client, calendar, &json!([weekend]));
    let busy = "select to_char(starts_at, 'DD HH24:MI') || to_char(ends_at, '-DD HH24:MI')
                  from (select unnest(range_agg(tstzrange(starts_at, ends_at))) as r
                          from calendar.busy_blocks) as x,
                       lateral (select lower(r) as starts_at, upper(r) as ends_at) as y";
    // The clocks go forward in the first of the two nights.
    assert_eq!(texts(&mut client, busy), ["07 05:00-09 04:00", "14 04:00-16 04:00"]);
    execute(&mut client, "update calendar.calendars set timezone = 'Asia/Kathmandu'");
    assert_eq!(texts(&mut client, busy), ["06 18:15-08 18:15", "13 18:15-15 18:15"]);
    assert_blocks_are_true(&mut client);
}

// Overrides of occurrences.

#[test]
fn a_moved_or_cancelled_occurrence_replaces_the_original() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    let mut cancelled =
        occurrence("2026-03-10T14:00:00Z", "2026-03-10T14:00:00Z", "2026-03-10T14:30:00Z");
    cancelled["status"] = json!("cancelled");
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=5"),
        cancelled,
        occurrence("2026-03-17T14:00:00Z", "2026-03-18T20:00:00Z", "2026-03-18T21:00:00Z"),
        // Known by nothing but what it cancels, as some providers have it.
        {"external_event_id": "series", "recurrence_id": "2026-03-24T14:00:00Z", "status": "cancelled"},
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = ["03-03 10:00-10:30", "03-18 16:00-17:00", "03-31 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn an_override_may_come_before_its_master() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    let moved = occurrence("2026-03-10T14:00:00Z", "2026-03-11T20:00:00Z", "2026-03-11T21:00:00Z");
    fixture::events(&mut client, calendar, &json!([moved]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), ["03-11 16:00-17:00"]);
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=WEEKLY;COUNT=2")]));
    let local = ["03-03 10:00-10:30", "03-11 16:00-17:00"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
}

#[test]
fn this_and_future_holds_until_the_next_of_its_kind() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    let from = |id: &str, start: &str, end: &str| {
        let mut event = occurrence(id, start, end);
        event["recurrence_range"] = json!("THISANDFUTURE");
        event
    };
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=7"),
        // From the second on two hours later and twice as long, though the clocks
        // have gone forward.
        from("2026-03-10T14:00:00Z", "2026-03-10T16:00:00Z", "2026-03-10T17:00:00Z"),
        occurrence("2026-03-24T14:00:00Z", "2026-03-24T22:00:00Z", "2026-03-24T22:30:00Z"),
        from("2026-03-31T14:00:00Z", "2026-04-01T14:00:00Z", "2026-04-01T14:15:00Z"),
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = [
        "03-03 10:00-10:30",
        "03-10 12:00-13:00",
        "03-17 12:00-13:00",
        "03-24 18:00-18:30",
        "04-01 10:00-10:15",
        "04-08 10:00-10:15",
        "04-15 10:00-10:15",
    ];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    // Blocks are told by the component that they come from.
    let of_override = "select count(*)::text from calendar.busy_blocks as k
                         join calendar.events as e on e.id = k.event_id
                        where e.recurrence_this_and_future";
    assert_eq!(texts(&mut client, of_override), ["5"]);
    let mut end = from("2026-03-31T14:00:00Z", "2026-03-31T14:00:00Z", "2026-03-31T14:30:00Z");
    end["status"] = json!("cancelled");
    fixture::events(&mut client, calendar, &json!([end]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local[..4]);
}

#[test]
fn each_occurrence_blocks_by_its_own_properties() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
    let with = |day: &str, key: &str, value: Value| {
        let (start, end) = (format!("2026-03-{day}T14:00:00Z"), format!("2026-03-{day}T14:30:00Z"));
        let mut event = occurrence(&start, &start, &end);
        event[key] = value;
        event
    };
    let events = json!([
        series("RRULE:FREQ=WEEKLY;COUNT=5"),
        with("10", "transparency", json!("transparent")),
        with("17", "declined", json!(true)),
        with("24", "status", json!("tentative")),
    ]);
    fixture::events(&mut client, calendar, &events);
    let local = ["03-03 10:00-10:30", "03-24 10:00-10:30", "03-31 10:00-10:30"];
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), local);
    execute(&mut client, "update calendar.calendars set tentative_blocks = false");
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), [local[0], local[2]]);
    // A free series may have a busy occurrence.
    let mut free = series("RRULE:FREQ=WEEKLY;COUNT=5");
    free["transparency"] = json!("transparent");
    let busy = with("10", "transparency", json!("opaque"));
    fixture::events(&mut client, calendar, &json!([free, busy]));
    assert_eq!(blocks(&mut client, NEW_YORK, "infinity"), ["03-10 10:00-10:30"]);
}

// Near and far.

#[test]
fn blocks_are_stored_from_a_month_ago_to_400_days_ahead() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, "UTC");
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
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("booking_horizon_days", "1000")]);
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
    assert_eq!(texts(&mut client, "select calendar.extend_horizon()::text"), ["3"]);
    assert_eq!(answers(&mut client), before);
    assert_blocks_are_true(&mut client);
}

#[test]
fn the_horizon_moves_with_time() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db, NEW_YORK);
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
        assert_eq!(texts(&mut client, "select calendar.extend_horizon()::text"), [moved], "{now}");
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
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db, "UTC");
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
    assert_eq!(texts(&mut client, "select calendar.extend_horizon()::text"), ["3"]);
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

// Whatever happens.

#[test]
fn blocks_follow_a_calendar_to_another_broker() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db, "UTC");
    let other = fixture::broker(&mut client, &[]);
    fixture::events(&mut client, calendar, &json!([series("RRULE:FREQ=DAILY")]));
    client
        .execute("update calendar.calendars set broker_id = $1 where id = $2", &[&other, &calendar])
        .unwrap();
    assert_blocks_are_true(&mut client);
    for broker in [broker, other] {
        assert_busy_is_true(&mut client, broker, "2026-03-03", "2026-04-01");
    }
}

#[test]
fn an_event_that_was_there_before_its_mapping_becomes_a_mirror() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db, "UTC");
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::event(&mut client, calendar, "p7", "2026-03-03T15:00:00Z", "2026-03-03T15:30:00Z");
    assert_eq!(blocks(&mut client, "UTC", "infinity").len(), 1);
    execute(
        &mut client,
        &format!(
            "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
             values ('{}', '{calendar}', 'p7')",
            booking["id"].as_str().unwrap()
        ),
    );
    assert_eq!(blocks(&mut client, "UTC", "infinity"), [""; 0]);
}

fn one_of<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

/// A single event, a series, or an override, with one of a few ids.
fn random_event(rng: &mut Rng) -> Value {
    const RULES: [&str; 7] = [
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TH",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
        "RRULE:FREQ=DAILY;INTERVAL=9;COUNT=40\nEXDATE:20260320T100000Z",
        "RRULE:FREQ=YEARLY\nRDATE:20260401T100000Z,20270815T100000Z",
        "RRULE:FREQ=HOURLY;BYHOUR=3,4;UNTIL=20270101T000000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ];
    let day = |rng: &mut Rng| format!("2026-{:02}-{:02}", rng.u32(1..=12), rng.u32(1..=28));
    let first = day(rng);
    let mut event = json!({
        "external_event_id": one_of(rng, &["a", "b", "c", "d", "e", "f"]),
        "status": one_of(rng, &["confirmed", "confirmed", "confirmed", "tentative", "cancelled"]),
        "transparency": one_of(rng, &["opaque", "opaque", "opaque", "transparent"]),
        "timezone": one_of(rng, &["America/New_York", "Europe/London", "Australia/Lord_Howe"]),
        "starts_at": first,
    });
    if rng.u8(..4) > 0 {
        let start: DateTime<Utc> = format!("{first}T10:00:00Z").parse().unwrap();
        let end = start + TimeDelta::hours(one_of(rng, &[0, 1, 13, 23, 74]));
        event["starts_at"] = json!(start.to_rfc3339());
        event["ends_at"] = json!(end.to_rfc3339());
    }
    match rng.u8(..3) {
        0 => event["recurrence"] = json!(one_of(rng, &RULES)),
        1 => {
            event["recurrence_id"] = json!(if rng.bool() {
                day(rng)
            } else {
                format!("{}T{}:00:00Z", day(rng), one_of(rng, &["09", "10", "11"]))
            });
            if rng.u8(..3) == 0 {
                event["recurrence_range"] = json!("THISANDFUTURE");
            }
        }
        _ => {}
    }
    event
}

/// One thing that can happen to a calendar.
fn random_step(client: &mut Client, rng: &mut Rng, calendar: Uuid, now: &mut u32) -> String {
    let events =
        |rng: &mut Rng| (0..rng.usize(1..6)).map(|_| random_event(rng)).collect::<Vec<_>>();
    let batch = match rng.u8(..10) {
        0..=4 => json!({"events": events(rng)}),
        5 => json!({"deleted": [one_of(rng, &["a", "b", "c", "d"])]}),
        6 => json!({"events": events(rng), "full": true, "window_start": "2026-04-01T00:00:00Z",
                    "window_end": "2026-05-01T00:00:00Z"}),
        7 => {
            let change = one_of(
                rng,
                &[
                    "tentative_blocks = not tentative_blocks",
                    "all_day_blocks = not all_day_blocks",
                    "blocks_availability = not blocks_availability",
                    "timezone = 'Asia/Kathmandu'",
                    "timezone = 'America/New_York'",
                ],
            );
            let statement =
                format!("update calendar.calendars set {change} where id = '{calendar}'");
            execute(client, &statement);
            return statement;
        }
        _ => {
            *now += rng.u32(..120);
            execute(
                client,
                &format!(
                    "select set_config('calendar.now', to_char(timestamptz '2026-03-02T14:00Z'
                                + make_interval(days => {now}), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), false);
                     select calendar.extend_horizon()"
                ),
            );
            return format!("{now} days later");
        }
    };
    let answer = fixture::apply_sync(client, calendar, &batch).unwrap();
    assert_eq!(answer.get("rejected"), None, "{batch}");
    batch.to_string()
}

#[test]
fn blocks_are_true_to_events_whatever_happens() {
    let db = Database::new();
    let mut rng = random::generator();
    for _ in 0..8 {
        let mut client = db.connect();
        let broker = fixture::broker(&mut client, &[]);
        let first = fixture::calendar(&mut client, broker, &[("timezone", NEW_YORK)]);
        let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
        let mut now = 0;
        let mut history = Vec::new();
        for _ in 0..30 {
            let calendar = one_of(&mut rng, &[first, second]);
            history.push(random_step(&mut client, &mut rng, calendar, &mut now));
            println!("{}", history.last().unwrap());
            assert_blocks_are_true(&mut client);
        }
        for (start, end) in [("2026-02-20", "2026-12-01"), ("2027-03-01", "2028-02-01")] {
            assert_busy_is_true(&mut client, broker, start, end);
        }
    }
}
