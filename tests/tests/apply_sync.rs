//! `apply_sync`: how events enter.

use calendar_tests::answer::refused;
use calendar_tests::{Database, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

/// A database with one broker and its calendar, in UTC.
fn start(db: &Database<'_>) -> (Client, Uuid, Uuid) {
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    (client, broker, calendar)
}

#[track_caller]
fn sync(client: &mut Client, calendar: Uuid, batch: &Value) -> Value {
    fixture::apply_sync(client, calendar, batch).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Created, updated, deleted, unchanged.
fn counts(answer: &Value) -> [u64; 4] {
    ["created", "updated", "deleted", "unchanged"]
        .map(|key| answer[key].as_u64().unwrap_or_else(|| panic!("{answer} has no {key}")))
}

/// An hour on a day of March 2026.
fn hour(id: &str, day: u32, hour: u32) -> Value {
    json!({"external_event_id": id, "starts_at": format!("2026-03-{day:02}T{hour:02}:00:00Z"),
           "ends_at": format!("2026-03-{day:02}T{:02}:00:00Z", hour + 1)})
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// What is stored of each event: its id, and its recurrence id if it has one.
fn ids(client: &mut Client) -> Vec<String> {
    let query = "select concat_ws(' ', external_event_id, recurrence_id)
                   from calendar.events order by 1";
    texts(client, query)
}

/// When time is taken.
fn blocks(client: &mut Client) -> Vec<String> {
    let query = "select to_char(starts_at, 'DD HH24:MI-') || to_char(ends_at, 'HH24:MI')
                   from calendar.busy_blocks order by starts_at, ends_at";
    texts(client, query)
}

/// Every version of a row there is.
fn row_versions(client: &mut Client) -> Vec<String> {
    let query = "select concat('event ', ctid, ' ', xmin) from calendar.events
                 union all
                 select concat('block ', ctid, ' ', xmin) from calendar.busy_blocks order by 1";
    texts(client, query)
}

/// The ids of rejected events, and the reasons.
fn rejected(answer: &Value) -> Vec<(&str, &str)> {
    let rejected = answer.get("rejected").and_then(Value::as_array);
    rejected
        .into_iter()
        .flatten()
        .map(|item| {
            (
                item["external_event_id"].as_str().unwrap_or("?"),
                item["reason"].as_str().unwrap_or("?"),
            )
        })
        .collect()
}

// What a batch does.

#[test]
fn events_are_created_updated_deleted_and_left_alone() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let first = json!({"events": [hour("a", 3, 10), hour("b", 3, 12), hour("c", 3, 14)]});
    assert_eq!(counts(&sync(&mut client, calendar, &first)), [3, 0, 0, 0]);
    let second = json!({"events": [hour("b", 4, 12), hour("c", 3, 14), hour("d", 3, 16)],
                        "deleted": ["a", "never heard of"]});
    assert_eq!(counts(&sync(&mut client, calendar, &second)), [1, 1, 1, 1]);
    assert_eq!(ids(&mut client), ["b", "c", "d"]);
    assert_eq!(blocks(&mut client), ["03 14:00-15:00", "03 16:00-17:00", "04 12:00-13:00"]);
}

#[test]
fn all_that_is_said_of_an_event_is_stored() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let raw = json!({"any": ["thing", 1.50, {"at": null}]});
    let event = json!({
        "external_event_id": "é 1", "title": "Viewing\n\"quoted\"", "status": "tentative",
        "starts_at": "2026-03-03T10:00:00.5+02:00", "ends_at": "2026-03-03T09:30:00Z",
        "transparency": "transparent", "declined": true, "recurrence": "RRULE:FREQ=DAILY;COUNT=2",
        "timezone": "Europe/Berlin", "etag": "W/\"7\"", "updated_at": "2026-03-01T00:00:00Z",
        "raw": raw,
    });
    sync(&mut client, calendar, &json!({"events": [event]}));
    let stored: Value =
        client.query_one("select to_jsonb(e) from calendar.events as e", &[]).unwrap().get(0);
    let expected = json!({
        "calendar_id": calendar.to_string(), "external_event_id": "é 1", "recurrence_id": null,
        "title": "Viewing\n\"quoted\"", "starts_at": "2026-03-03T08:00:00.5+00:00",
        "ends_at": "2026-03-03T09:30:00+00:00", "is_all_day": false, "start_date": null,
        "status": "tentative", "transparency": "transparent", "declined": true,
        "recurrence": "RRULE:FREQ=DAILY;COUNT=2", "timezone": "Europe/Berlin", "etag": "W/\"7\"",
        "provider_updated_at": "2026-03-01T00:00:00+00:00", "raw": raw, "booking_id": null,
        "last_seen_at": "2026-03-02T14:00:00+00:00", "vtimezone": null, "duration": null,
        "sequence": 0,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&stored[key], value, "{key}");
    }
}

#[test]
fn little_needs_to_be_said() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    fixture::events(
        &mut client,
        calendar,
        &json!([
            {"external_event_id": "a day", "starts_at": "2026-03-03"},
            {"external_event_id": "two", "starts_at": "2026-03-05", "ends_at": "2026-03-07"},
            {"external_event_id": "no end", "starts_at": "2026-03-04T10:00:00Z"},
            {"external_event_id": "nulls", "starts_at": "2026-03-04T12:00:00Z",
             "ends_at": "2026-03-04T13:00:00Z", "status": null, "transparency": null,
             "declined": null, "recurrence": null, "recurrence_id": null, "timezone": null,
             "title": null, "is_all_day": null, "etag": null, "updated_at": null, "raw": null,
             "of no interest": 1},
        ]),
    );
    let days = ["03 00:00-00:00", "04 12:00-13:00", "05 00:00-00:00", "06 00:00-00:00"];
    assert_eq!(blocks(&mut client), days);
}

#[test]
fn the_same_batch_again_writes_no_event() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let mut weekly = hour("weekly", 3, 10);
    weekly["recurrence"] = json!("RRULE:FREQ=WEEKLY\r\nEXDATE:20260310T100000Z");
    weekly["raw"] = json!({"b": 1, "a": [2.0, 1e3]});
    let moved = json!({"external_event_id": "weekly", "recurrence_id": "2026-03-17T10:00:00Z",
                       "starts_at": "2026-03-17T15:00:00Z", "ends_at": "2026-03-17T16:00:00Z"});
    let leave = json!({"external_event_id": "leave", "starts_at": "2026-03-20"});
    for batch in [
        json!({"events": [weekly, moved, leave], "deleted": ["x"], "sync_token": "1"}),
        json!({"events": [weekly, moved, leave], "full": true,
               "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-04-01T00:00:00Z"}),
    ] {
        sync(&mut client, calendar, &batch);
        let before = row_versions(&mut client);
        assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, 3]);
        assert_eq!(row_versions(&mut client), before);
    }
}

#[test]
fn a_change_of_any_kind_is_an_update() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let mut event = hour("a", 3, 10);
    sync(&mut client, calendar, &json!({"events": [event]}));
    for (key, value) in [
        ("title", json!("Viewing")),
        ("ends_at", json!("2026-03-03T10:30:00Z")),
        ("status", json!("tentative")),
        ("transparency", json!("transparent")),
        ("declined", json!(true)),
        ("recurrence", json!("RRULE:FREQ=DAILY")),
        ("timezone", json!("Europe/Berlin")),
        ("etag", json!("2")),
        ("updated_at", json!("2026-03-02T00:00:00Z")),
        ("raw", json!({})),
        ("title", Value::Null),
    ] {
        event[key] = value;
        let answer = sync(&mut client, calendar, &json!({"events": [event]}));
        assert_eq!(counts(&answer), [0, 1, 0, 0], "{key}");
    }
}

#[test]
fn calendars_do_not_share_ids() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10)]}));
    sync(&mut client, second, &json!({"events": [hour("a", 3, 12)]}));
    sync(&mut client, second, &json!({"events": [], "full": true}));
    assert_eq!(blocks(&mut client), ["03 10:00-11:00"]);
}

#[test]
fn of_two_with_one_id_the_last_updated_counts_or_else_the_later() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let mut newer = hour("a", 3, 10);
    newer["updated_at"] = json!("2026-03-01T12:00:00+01:00");
    let mut older = hour("a", 3, 12);
    older["updated_at"] = json!("2026-03-01T10:00:00Z");
    let batch = json!({"events": [newer, older, hour("b", 3, 14), hour("b", 3, 16)]});
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [2, 0, 0, 0]);
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "03 16:00-17:00"]);
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, 2]);
}

#[test]
fn an_occurrence_is_the_same_in_every_notation_of_its_instant() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let at = |id: &str| json!({"external_event_id": "a", "recurrence_id": id, "starts_at": "2026-03-03T18:00:00Z"});
    sync(&mut client, calendar, &json!({"events": [at("2026-03-03T10:00:00Z")]}));
    let again = at("2026-03-03T11:00:00.000+01:00");
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"events": [again]})))[3], 1);
    let delete = json!({"deleted": [{"external_event_id": "a",
                                     "recurrence_id": "2026-03-03 05:00:00-05:00"}]});
    assert_eq!(counts(&sync(&mut client, calendar, &delete)), [0, 0, 1, 0]);
}

// Deletions.

#[test]
fn deleting_an_id_takes_its_overrides_along_and_deleting_an_override_restores_the_original() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let mut daily = hour("daily", 3, 10);
    daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=2");
    let moved = json!({"external_event_id": "daily", "recurrence_id": "2026-03-04T10:00:00Z",
                       "starts_at": "2026-03-04T12:00:00Z", "ends_at": "2026-03-04T13:00:00Z"});
    sync(&mut client, calendar, &json!({"events": [daily, moved]}));
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "04 12:00-13:00"]);
    let restore = json!({"deleted": [{"external_event_id": "daily",
                                      "recurrence_id": "2026-03-04T10:00:00Z"}]});
    assert_eq!(counts(&sync(&mut client, calendar, &restore)), [0, 0, 1, 0]);
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "04 10:00-11:00"]);
    sync(&mut client, calendar, &json!({"events": [moved]}));
    let delete = json!({"deleted": [{"external_event_id": "daily", "recurrence_id": null}]});
    assert_eq!(counts(&sync(&mut client, calendar, &delete)), [0, 0, 2, 0]);
    assert_eq!(blocks(&mut client), [""; 0]);
}

#[test]
fn an_event_that_is_told_whole_loses_the_overrides_that_are_not_told() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let daily = |id: &str| {
        let mut daily = hour(id, 3, 10);
        daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=3");
        daily
    };
    let moved = |id: &str, day: u32| {
        let mut moved = hour(id, day, 12);
        moved["recurrence_id"] = json!(format!("2026-03-{day:02}T10:00:00Z"));
        moved
    };
    let all =
        json!({"events": [daily("a"), moved("a", 3), moved("a", 4), daily("b"), moved("b", 3)]});
    assert_eq!(counts(&sync(&mut client, calendar, &all)), [5, 0, 0, 0]);
    // One of the overrides of "a" is no more; of "b" only the master is told.
    let fewer =
        json!({"events": [daily("a"), moved("a", 4), daily("b")], "whole": ["a", "unknown"]});
    assert_eq!(counts(&sync(&mut client, calendar, &fewer)), [0, 0, 1, 3]);
    assert_eq!(ids(&mut client), ["a", "a 2026-03-04T10:00:00Z", "b", "b 2026-03-03T10:00:00Z"]);
    assert_eq!(counts(&sync(&mut client, calendar, &fewer)), [0, 0, 0, 3]);
    // What was refused is not gone.
    let mut bad = moved("a", 4);
    bad["starts_at"] = json!("?");
    let refused = json!({"events": [daily("a"), bad], "whole": ["a"]});
    assert_eq!(counts(&sync(&mut client, calendar, &refused)), [0, 0, 0, 1]);
    assert_eq!(ids(&mut client).len(), 4);
}

#[test]
fn a_full_batch_replaces_what_lies_in_its_window() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let recurring = |id: &str, rule: &str| {
        let mut event = hour(id, 1, 10);
        event["recurrence"] = json!(rule);
        event
    };
    let over = |id: &str, start: &str, end: &str| json!({"external_event_id": id, "starts_at": start, "ends_at": end});
    let events = json!([
        hour("before", 9, 22),
        over("into", "2026-03-09T23:00:00Z", "2026-03-10T01:00:00Z"),
        hour("inside, kept", 10, 10),
        hour("inside, gone", 11, 10),
        over("across", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"),
        hour("after", 12, 0),
        recurring("weekly, outside", "RRULE:FREQ=WEEKLY;COUNT=2"),
        recurring("daily, inside", "RRULE:FREQ=DAILY"),
        over("no length", "2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z"),
        over("transparent", "2026-03-10T00:00:00Z", "2026-03-10T01:00:00Z"),
    ]);
    fixture::events(&mut client, calendar, &events);
    let full = json!({"events": [hour("inside, kept", 10, 10), hour("new", 10, 15)], "full": true,
                      "window_start": "2026-03-10T00:00:00Z", "window_end": "2026-03-12T00:00:00Z"});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [1, 0, 6, 1]);
    assert_eq!(ids(&mut client), ["after", "before", "inside, kept", "new", "weekly, outside"]);
}

#[test]
fn a_full_batch_without_a_window_replaces_everything() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10), hour("b", 3, 10)]}));
    let full = json!({"events": [hour("b", 3, 10)], "full": true});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [0, 0, 1, 1]);
    // A batch that is not full says nothing of what it lacks.
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"events": []}))), [0, 0, 0, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"full": true}))), [0, 0, 1, 0]);
}

#[test]
fn a_full_batch_says_all_there_is_to_say_of_the_series_in_it() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let mut daily = hour("daily", 3, 10);
    daily["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=30");
    let moved = |day: u32| {
        json!({"external_event_id": "daily", "recurrence_id": format!("2026-03-{day:02}T10:00:00Z"),
               "starts_at": format!("2026-03-{day:02}T12:00:00Z"),
               "ends_at": format!("2026-03-{day:02}T13:00:00Z")})
    };
    sync(&mut client, calendar, &json!({"events": [daily, moved(4), moved(25)]}));
    // An override outside of the window goes too: its provider did not send it.
    let full = json!({"events": [daily, moved(5)], "full": true,
                      "window_start": "2026-03-02T00:00:00Z", "window_end": "2026-03-09T00:00:00Z"});
    assert_eq!(counts(&sync(&mut client, calendar, &full)), [1, 0, 2, 1]);
    assert_eq!(ids(&mut client), ["daily", "daily 2026-03-05T10:00:00Z"]);
}

// What cannot be understood.

#[test]
fn a_malformed_event_is_rejected_by_name_and_the_rest_lands() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let with = |id: &str, key: &str, value: Value| {
        let mut event = hour(id, 3, 10);
        event[key] = value;
        event
    };
    let long = "x".repeat(2001);
    let wrong = [
        (with("no start", "starts_at", Value::Null), "starts_at must not be null"),
        (with("word", "starts_at", json!("tomorrow")), "starts_at must be an instant"),
        (with("local", "starts_at", json!("2026-03-03T10:00:00")), "starts_at must be an instant"),
        (with("february", "starts_at", json!("2026-02-30T10:00:00Z")), "starts_at must be"),
        (with("number", "starts_at", json!(7)), "starts_at must be a string or null, not 7"),
        (with("", "title", json!("no id")), "external_event_id must have 1 to 2000 bytes"),
        (with(&long, "title", json!("long id")), "external_event_id must have 1 to 2000 bytes"),
        (json!(7), "an event must be a JSON object, not 7"),
        (json!(null), "an event must be a JSON object, not null"),
        (json!({"external_event_id": ["a"]}), "external_event_id must be a string"),
    ];
    let mut events: Vec<Value> = wrong.iter().map(|(event, _)| event.clone()).collect();
    events.insert(5, hour("good", 4, 10));
    events.push(hour("good too", 4, 12));
    let answer = sync(&mut client, calendar, &json!({"events": events, "sync_token": "next"}));
    assert_eq!(counts(&answer), [2, 0, 0, 0]);
    assert_eq!(ids(&mut client), ["good", "good too"]);
    let rejected = rejected(&answer);
    assert_eq!(rejected.len(), wrong.len());
    for ((event, words), (id, reason)) in wrong.iter().zip(&rejected) {
        assert_eq!(event["external_event_id"].as_str().unwrap_or("?"), *id, "{event}");
        assert!(reason.contains(words), "{event}: {reason}");
    }

    let recorded = client
        .query(
            "select external_event_id, reason from calendar.failure_logs
              where broker_id = $1 and calendar_id = $2 and operation = 'apply_sync'
              order by id",
            &[&broker, &calendar],
        )
        .unwrap();
    assert_eq!(recorded.len(), rejected.len());
    for (row, (id, reason)) in recorded.iter().zip(&rejected) {
        // No longer than an id may be.
        let id: String = id.chars().take(2000).collect();
        assert_eq!(row.get::<_, Option<&str>>(0).unwrap_or("?"), id);
        assert_eq!(row.get::<_, &str>(1), *reason);
    }
    let log = "select concat_ws(' ', created, rejected) from calendar.sync_logs";
    assert_eq!(texts(&mut client, log), [format!("2 {}", rejected.len())]);
}

#[test]
fn a_batch_of_nonsense_fills_no_log_and_no_terminal() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let wrong = |n: usize| json!({"external_event_id": format!("e{n}"), "starts_at": "soon"});
    let evil = "\u{1b}[2Jall is well\r\n\u{202e}txt.exe\u{2066}";
    let mut events: Vec<Value> = (0..250).map(wrong).collect();
    events[1]["external_event_id"] = json!(format!("id{evil}"));
    let rejected = json!([{"external_event_id": "first", "reason": evil.repeat(1000)}]);
    let answer = sync(&mut client, calendar, &json!({"events": events, "rejected": rejected}));
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 251);
    let logged = "select reason from calendar.failure_logs order by id";
    let logged = texts(&mut client, logged);
    assert_eq!(logged.len(), 101);
    assert_eq!(logged[100], "151 more events of the same batch failed");
    assert!(logged.iter().all(|reason| reason.len() <= 1000));
    let counted = "select rejected::text from calendar.sync_logs";
    assert_eq!(texts(&mut client, counted), ["251"]);
    let hidden = "select count(*)::text from calendar.failure_logs as f
         where f::text ~ '[\\u0001-\\u001F\\u007F-\\u009F\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]'";
    assert_eq!(texts(&mut client, hidden), ["0"]);
    let id =
        "select external_event_id from calendar.failure_logs where external_event_id like 'id%'";
    assert_eq!(texts(&mut client, id), ["id [2Jall is well txt.exe"]);
}

/// One wrong value does not offer a busy hour: what can be understood of an event's time
/// takes time, and the rest is recorded once.
#[test]
fn an_event_with_a_wrong_value_takes_time_and_is_recorded() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let with = |id: &str, key: &str, value: Value| {
        let mut event = hour(id, 3, 10);
        event[key] = value;
        event
    };
    let odd = [
        (with("backwards", "ends_at", json!("2026-03-03T09:00:00Z")), "before starts_at"),
        (with("infinite", "ends_at", json!("infinity")), "ends_at must be an instant"),
        (with("far", "ends_at", json!("294276-01-01T00:00:00Z")), "ends_at must be an instant"),
        (with("status", "status", json!("maybe")), "confirmed, tentative or cancelled"),
        (with("transparency", "transparency", json!("glass")), "opaque or transparent"),
        (with("rule", "recurrence", json!("RRULE:FREQ=SOMETIMES")), "FREQ"),
        (with("count", "recurrence", json!("RRULE:FREQ=YEARLY;COUNT=0")), "COUNT=0"),
        (with("no rule", "recurrence", json!("hello")), "RRULE"),
        (with("which", "recurrence_id", json!("the second")), "is not a valid recurrence_id"),
        (with("range", "recurrence_range", json!("THISANDPRIOR")), "recurrence_range"),
        (with("updated", "updated_at", json!("yesterday")), "updated_at must be an instant"),
        (with("vtimezone", "vtimezone", json!("no zone")), "VTIMEZONE"),
        (with("type", "title", json!(7)), "title must be a string or null, not 7"),
    ];
    let mut events: Vec<Value> = odd.iter().map(|(event, _)| event.clone()).collect();
    let mut both = with("both", "recurrence", json!("RRULE:FREQ=DAILY"));
    both["recurrence_id"] = json!("2026-03-03T10:00:00Z");
    events.push(both);
    let batch = json!({"events": events});
    let answer = sync(&mut client, calendar, &batch);
    assert_eq!(answer.get("rejected"), None, "{answer}");
    assert_eq!(counts(&answer), [events.len() as u64, 0, 0, 0]);
    let repaired = answer["repaired"].as_array().unwrap();
    assert_eq!(repaired.len(), events.len());
    for (event, words) in &odd {
        let own = repaired.iter().find(|r| r["external_event_id"] == event["external_event_id"]);
        let reason = own.unwrap()["reason"].as_str().unwrap();
        assert!(reason.contains(words), "{event}: {reason}");
    }
    let busy = "select count(distinct event_id)::text || ' from ' || min(starts_at)::text from calendar.busy_blocks
                 where starts_at < '2026-03-04Z'";
    assert_eq!(texts(&mut client, busy), ["14 from 2026-03-03 09:00:00+00"]);
    // The same again writes nothing down once more.
    assert_eq!(sync(&mut client, calendar, &batch).get("repaired"), None);
    let recorded: i64 = client
        .query_one(
            "select count(*) from calendar.failure_logs
              where broker_id = $1 and calendar_id = $2 and operation = 'repair'",
            &[&broker, &calendar],
        )
        .unwrap()
        .get(0);
    assert_eq!(recorded, events.len() as i64);
    let log = "select rejected::text from calendar.sync_logs";
    assert_eq!(texts(&mut client, log), ["0"]);
}

#[test]
fn what_is_known_of_a_rejected_event_stays() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let events = json!([hour("a", 3, 10), hour("b", 3, 12), hour("c", 3, 14)]);
    sync(&mut client, calendar, &json!({"events": events}));
    let mut malformed = hour("a", 3, 11);
    malformed["starts_at"] = json!("soon");
    let mut mistyped = hour("b", 3, 13);
    mistyped["starts_at"] = json!(7);
    let full = json!({"events": [malformed, mistyped], "full": true});
    let answer = sync(&mut client, calendar, &full);
    assert_eq!(counts(&answer), [0, 0, 1, 0]);
    assert_eq!(blocks(&mut client), ["03 10:00-11:00", "03 12:00-13:00"]);
}

#[test]
fn a_series_that_recurs_too_often_is_rejected_by_name() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let with_rule = |id: &str, day: &str, rule: &str| {
        json!({"external_event_id": id, "starts_at": format!("{day}T10:00:00Z"),
               "ends_at": format!("{day}T10:00:01Z"), "recurrence": rule})
    };
    let dates: Vec<String> = (0..20_001)
        .map(|n| {
            format!(
                "2026{:02}{:02}T{:02}{:02}00Z",
                n / 6000 + 4,
                n / 240 % 25 + 1,
                n / 10 % 24,
                n % 10
            )
        })
        .collect();
    let events = json!([
        with_rule("secondly", "2026-03-03", "RRULE:FREQ=SECONDLY"),
        with_rule("minutely", "2026-03-03", "RRULE:FREQ=MINUTELY"),
        with_rule("long ago", "1970-01-01", "RRULE:FREQ=SECONDLY;COUNT=4000000000"),
        with_rule("one day", "2031-03-03", "RRULE:FREQ=SECONDLY"),
        with_rule("dates", "2026-03-03", &format!("RDATE:{}", dates.join(","))),
        with_rule("over", "1970-01-01", "RRULE:FREQ=SECONDLY;UNTIL=19700101T100500Z"),
        with_rule("never", "2026-03-03", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        with_rule("hourly", "2026-03-03", "RRULE:FREQ=HOURLY;COUNT=3"),
    ]);
    let answer = sync(&mut client, calendar, &json!({"events": events, "sync_token": "1"}));
    let (ids, reasons): (Vec<_>, Vec<_>) = rejected(&answer).into_iter().unzip();
    assert_eq!(ids, ["secondly", "minutely", "long ago", "one day", "dates"]);
    assert!(reasons[0].contains("FREQ=SECONDLY") && reasons[0].contains("20000"), "{}", reasons[0]);
    assert_eq!(counts(&answer), [3, 0, 0, 0]);
    // DTSTART counts though the rule never fires.
    assert_eq!(blocks(&mut client).len(), 1 + 3);
}

#[test]
fn a_batch_of_another_form_is_refused_as_a_whole() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    for (batch, words) in [
        (json!(null), "batch: must be a JSON object"),
        (json!([]), "batch: must be a JSON object"),
        (json!({"events": {}}), "\"events\" must be an array"),
        (json!({"events": null}), "\"events\" must be an array"),
        (json!({"deleted": "a"}), "\"deleted\" must be an array"),
        (json!({"deleted": [7]}), "\"deleted\" must hold ids"),
        (json!({"deleted": [{"recurrence_id": "2026-03-03"}]}), "\"deleted\" must hold ids"),
        (json!({"whole": "a"}), "\"whole\" must be an array"),
        (json!({"whole": [7]}), "\"whole\" must hold ids"),
        (json!({"full": "yes"}), "\"full\" must be true or false"),
        (json!({"sync_token": 7}), "\"sync_token\" must be a string or null"),
        (json!({"window_start": "2026-03-03"}), "\"window_start\" must be an instant"),
        (json!({"window_end": "infinity"}), "\"window_end\" must be an instant"),
        (json!({"window_end": 7}), "\"window_end\" must be an instant"),
        (json!({"deleted": [{"external_event_id": "a", "recurrence_id": "?"}]}), "recurrence_id"),
    ] {
        let mut batch = batch;
        if batch.is_object() && batch.get("events").is_none() {
            batch["events"] = json!([hour("a", 3, 10)]);
        }
        refused(fixture::apply_sync(&mut client, calendar, &batch), "22023", words);
    }
    assert_eq!(ids(&mut client), [""; 0]);
    assert_eq!(texts(&mut client, "select id::text from calendar.sync_logs"), [""; 0]);
}

#[test]
fn an_unknown_calendar_is_not_found() {
    let db = Database::new();
    let mut client = db.connect();
    let result = fixture::apply_sync(&mut client, Uuid::nil(), &json!({"events": []}));
    refused(result, "PT404", "calendar_not_found");
    let result = client.query("select calendar.apply_sync(null, '{}')", &[]);
    refused(result, "22023", "calendar_id must not be null");
    let result = client.query("select calendar.apply_sync($1, null)", &[&Uuid::nil()]);
    refused(result, "22023", "batch: must be a JSON object");
}

// One transaction.

#[test]
fn events_token_and_log_land_together_or_not_at_all() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let batch = json!({"events": [hour("a", 3, 10)], "sync_token": "1", "full": true});
    let state = |client: &mut Client| {
        texts(
            client,
            "select concat_ws(' ', (select count(*) from calendar.events),
                              (select count(*) from calendar.busy_blocks),
                              (select count(*) from calendar.sync_logs),
                              (select sync_token from calendar.sync_state),
                              (select last_success_at = last_full_at from calendar.sync_state))",
        )
        .remove(0)
    };
    let mut transaction = client.transaction().unwrap();
    transaction.query("select calendar.apply_sync($1, $2)", &[&calendar, &batch]).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(state(&mut client), "0 0 0");
    sync(&mut client, calendar, &batch);
    assert_eq!(state(&mut client), "1 1 1 1 t");
    let token = |value: Value| json!({"events": [hour("b", 3, 12)], "sync_token": value});
    db.set_now("2026-03-02T14:05:00Z");
    let mut client = db.connect();
    sync(&mut client, calendar, &token(json!("2")));
    assert_eq!(state(&mut client), "2 2 2 2 f");
    // Without a word about it the token stays; null ends it.
    sync(&mut client, calendar, &json!({"events": []}));
    assert_eq!(state(&mut client), "2 2 2 2 f");
    sync(&mut client, calendar, &token(Value::Null));
    assert_eq!(state(&mut client), "2 2 2 f");
}

#[test]
fn the_log_tells_what_each_batch_did() {
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10), hour("b", 3, 12)]}));
    let second = json!({"events": [hour("b", 3, 13), {"external_event_id": "c"}],
                        "deleted": ["a"], "full": true});
    sync(&mut client, calendar, &second);
    let log = "select concat_ws(' ', is_full, created, updated, deleted, unchanged, rejected,
                                to_char(logged_at, 'YYYY-MM-DD HH24:MI'))
                 from calendar.sync_logs order by id";
    assert_eq!(
        texts(&mut client, log),
        ["f 2 0 0 0 0 2026-03-02 14:00", "t 0 1 1 0 1 2026-03-02 14:00"]
    );
}

// Mirrors of bookings.

#[test]
fn an_event_that_mirrors_a_booking_knows_it() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let other = fixture::broker(&mut client, &[]);
    let mut booked = |broker: Uuid, start: &str| {
        let booking = fixture::book(&mut client, broker, start).unwrap();
        booking["id"].as_str().unwrap().to_owned()
    };
    let ours = booked(broker, "2026-03-03T15:00Z");
    let foreign = booked(other, "2026-03-03T15:00Z");
    let batch = json!({"events": [
        hour(&format!("bk-{ours}@calendar-ext"), 3, 15),
        hour(&format!("bk-{foreign}@calendar-ext"), 3, 17),
        hour(&format!("bk-{}@calendar-ext", Uuid::nil()), 3, 18),
        hour("bk-not-a-uuid@calendar-ext", 3, 19),
        hour(&format!("x-bk-{ours}@calendar-ext"), 3, 20),
    ]});
    sync(&mut client, calendar, &batch);
    let mirrors = "select booking_id::text from calendar.events where booking_id is not null";
    assert_eq!(texts(&mut client, mirrors), std::slice::from_ref(&ours));
    // It lasts longer than the booking.
    let taken =
        ["03 15:30-16:00", "03 17:00-18:00", "03 18:00-19:00", "03 19:00-20:00", "03 20:00-21:00"];
    assert_eq!(blocks(&mut client), taken);
    assert_eq!(counts(&sync(&mut client, calendar, &batch))[3], 5);
    // When the booking is gone for good, what is left is an event like others.
    client.execute("delete from calendar.bookings where id::text = $1", &[&ours]).unwrap();
    assert_eq!(blocks(&mut client)[0], "03 15:00-16:00");
}

#[test]
fn an_event_known_by_its_mapping_is_a_mirror() {
    let db = Database::new();
    let (mut client, broker, calendar) = start(&db);
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let booking = booking["id"].as_str().unwrap();
    let map = "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
               values ($1::text::uuid, $2, 'provider-7')";
    client.execute(map, &[&booking, &calendar]).unwrap();
    sync(&mut client, calendar, &json!({"events": [hour("provider-7", 3, 15)]}));
    assert_eq!(blocks(&mut client), ["03 15:30-16:00"]);
    // In another calendar the same id is another event.
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    sync(&mut client, second, &json!({"events": [hour("provider-7", 3, 15)]}));
    assert_eq!(blocks(&mut client), ["03 15:00-16:00", "03 15:30-16:00"]);
}

// Size.

#[test]
fn a_hundred_thousand_events_land_in_one_batch() {
    const EVENTS: usize = 100_000;
    let db = Database::new();
    let (mut client, _, calendar) = start(&db);
    let event = |n: usize| {
        let (day, minute) = (n % 28 + 1, n / 28 % 1439);
        let at =
            |minute: usize| format!("2026-04-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60);
        let mut event = json!({"external_event_id": format!("event {n}"), "title": "Meeting",
                               "starts_at": at(minute), "ends_at": at(minute + 1)});
        // As many malformed ones as a broken provider sends.
        if n.is_multiple_of(100) {
            event["starts_at"] = json!("maybe");
        }
        event
    };
    let batch = json!({"events": (0..EVENTS).map(event).collect::<Vec<_>>(), "full": true,
                       "window_start": "2026-01-01T00:00:00Z", "window_end": "2027-01-01T00:00:00Z"});
    client.batch_execute("set statement_timeout = '120s'").unwrap();
    let fine = (EVENTS - EVENTS / 100) as u64;
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [fine, 0, 0, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, fine]);
    let half: Vec<_> = (0..EVENTS / 2).map(|n| format!("event {n}")).collect();
    let deleted = json!({"deleted": half});
    assert_eq!(counts(&sync(&mut client, calendar, &deleted)), [0, 0, fine / 2, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"full": true}))), [0, 0, fine / 2, 0]);
}
