//! What cannot be understood.

use crate::support::{blocks, counts, hour, ids, rejected, start, sync, texts};
use calendar_tests::answer::refused;
use calendar_tests::{Database, Scene, fixture};
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn a_malformed_event_is_rejected_by_name_and_the_rest_lands() {
    let (mut client, broker, calendar) = start();
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
    let Scene { mut client, broker, .. } = Scene::new(&[]);
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
    let (mut client, broker, calendar) = start();
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
    let (mut client, _, calendar) = start();
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
    let (mut client, _, calendar) = start();
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
    let (mut client, _, calendar) = start();
    for (batch, words) in [
        (json!(null), "batch must be a JSON object"),
        (json!([]), "batch must be a JSON object"),
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
    refused(result, "22023", "batch must be a JSON object");
}
