//! Phrases, and answers to read out.

use calendar_tests::{Caller, Database, Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

fn check(client: &mut Client, arguments: &str) -> Value {
    let query = format!("select calendar.check_availability({arguments})");
    client.query_one(&query, &[]).unwrap_or_else(|e| panic!("{arguments}: {e:?}")).get(0)
}

fn try_book(client: &mut Client, arguments: &str) -> Value {
    let query = format!("select calendar.try_book({arguments})");
    client.query_one(&query, &[]).unwrap_or_else(|e| panic!("{arguments}: {e:?}")).get(0)
}

fn starts(slots: &Value) -> Vec<&str> {
    slots.as_array().unwrap().iter().map(|slot| slot["slot_start"].as_str().unwrap()).collect()
}

#[test]
fn phrases_are_read_in_their_zone_from_a_reference_or_now() {
    let db = Database::new();
    let mut client = db.connect();
    let mut read = |arguments: &str| -> Vec<String> {
        let query = format!(
            "select concat_ws(' ', kind, to_json(starts_at at time zone 'UTC') #>> '{{}}', to_json(ends_at at time zone 'UTC') #>> '{{}}')
               from calendar.parse_when({arguments})"
        );
        client.query(&query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    // It is Monday, nine o'clock in New York.
    assert_eq!(
        read("'tomorrow at half past nine', 'America/New_York'"),
        ["instant 2026-03-03T14:30:00"]
    );
    assert_eq!(read("'tomorrow at half past nine', 'Asia/Tokyo'"), ["instant 2026-03-03T00:30:00"]);
    assert_eq!(
        read("'tomorrow afternoon', 'UTC', '2026-11-20T10:00Z'"),
        ["window 2026-11-21T12:00:00 2026-11-21T17:00:00"]
    );
    assert_eq!(read("'hello', 'UTC'"), [""; 0]);
    assert_eq!(read("null, 'UTC'"), [""; 0]);
    let refused =
        client.query("select calendar.parse_when('now', 'Mars/Olympus')", &[]).unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "22023");
}

#[test]
fn an_instant_is_free_or_has_neighbours() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = check(&mut client, &format!("'{broker}', 'tomorrow at 3:30'"));
    assert_eq!(answer["available"], true);
    assert_eq!(answer["understood"], true);
    assert_eq!(answer["requested_time"], "2026-03-03T20:30:00Z");
    assert_eq!(answer["slot"]["slot_start"], "2026-03-03T20:30:00Z");
    assert_eq!(answer["slot"]["slot_end"], "2026-03-03T21:00:00Z");
    assert_eq!(answer["slot"]["spoken"], "Tuesday, March 3rd at 3:30 PM Eastern");
    assert_eq!(answer["timezone"], "America/New_York");
    assert_eq!(answer["now"], "2026-03-02T14:00:00Z");
    assert_eq!(answer["speech"], "Tuesday, March 3rd at 3:30 PM Eastern is available.");

    fixture::book(&mut client, broker, "2026-03-03T20:30Z").unwrap();
    let answer = check(
        &mut client,
        &format!("'{broker}', '2026-03-03T15:30:00-05:00', max_alternatives => 2"),
    );
    assert_eq!(answer["available"], false);
    assert_eq!(answer["slot"], Value::Null);
    let near = ["2026-03-03T20:00:00Z", "2026-03-03T21:00:00Z"];
    assert_eq!(starts(&answer["alternatives"]), near);
    assert_eq!(
        answer["speech"],
        "I am sorry, Tuesday, March 3rd at 3:30 PM Eastern is not available; the nearest times are \
         Tuesday, March 3rd at 3 or 4 PM Eastern."
    );
    // Off the grid, at night, on a weekend, in the past: never an exception.
    for phrase in ["tomorrow at 10:10", "tonight at 11 pm", "Saturday at noon", "yesterday at 10"] {
        let answer = check(&mut client, &format!("'{broker}', '{phrase}'"));
        assert_eq!(
            (&answer["available"], &answer["understood"]),
            (&json!(false), &json!(true)),
            "{phrase}"
        );
        assert_eq!(answer["alternatives"].as_array().unwrap().len(), 3, "{phrase}: {answer:#}");
    }
}

#[test]
fn what_is_said_first_is_offered_first() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = check(&mut client, &format!("'{broker}', 'Friday at 3 or tomorrow at 10'"));
    assert_eq!(answer["slot"]["slot_start"], "2026-03-06T20:00:00Z");
    let next = ["2026-03-03T15:00:00Z", "2026-03-06T19:30:00Z", "2026-03-06T20:30:00Z"];
    assert_eq!(starts(&answer["alternatives"]), next);
    // What is preferred is taken, and the other is not.
    fixture::book(&mut client, broker, "2026-03-06T20:00Z").unwrap();
    let answer = check(&mut client, &format!("'{broker}', 'Friday at 3 or tomorrow at 10'"));
    assert_eq!(answer["slot"]["slot_start"], "2026-03-03T15:00:00Z");
    // Days that are said together are no preference.
    let answer = check(&mut client, &format!("'{broker}', 'tomorrow or Wednesday at 2 or 3'"));
    assert_eq!(answer["slot"]["slot_start"], "2026-03-03T19:00:00Z");
    // Rows are in order of time.
    let sql =
        "select starts_at::text from calendar.parse_when('Friday at 3 or tomorrow at 10', 'UTC')";
    let rows = client.query(sql, &[]).unwrap();
    let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.is_sorted(), "{rows:?}");
}

#[test]
fn a_window_offers_what_is_in_it_first() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = check(&mut client, &format!("'{broker}', 'Wednesday afternoon', 60"));
    assert_eq!(answer["requested_time"], Value::Null);
    assert_eq!(
        answer["requested_windows"],
        json!([{"starts_at": "2026-03-04T17:00:00Z", "ends_at": "2026-03-04T22:00:00Z"}])
    );
    assert_eq!(answer["slot"]["slot_start"], "2026-03-04T17:00:00Z");
    assert_eq!(answer["slot"]["slot_end"], "2026-03-04T18:00:00Z");
    let next = ["2026-03-04T18:00:00Z", "2026-03-04T19:00:00Z", "2026-03-04T20:00:00Z"];
    assert_eq!(starts(&answer["alternatives"]), next);
    // Nothing there: the nearest outside.
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-04T17:00Z",
        "2026-03-04T22:00Z",
        &[],
    );
    let answer = check(&mut client, &format!("'{broker}', 'Wednesday afternoon', 60"));
    assert_eq!(answer["available"], false);
    assert_eq!(starts(&answer["alternatives"])[0], "2026-03-04T16:00:00Z");
    // Nothing within weeks: the first there is.
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-02T00:00Z",
        "2026-06-01T00:00Z",
        &[],
    );
    let answer = check(&mut client, &format!("'{broker}', 'Wednesday afternoon'"));
    assert_eq!(starts(&answer["alternatives"])[0], "2026-06-01T13:00:00Z");
}

#[test]
fn a_wide_window_is_offered_from_end_to_end() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = check(&mut client, &format!("'{broker}', 'next week', 60"));
    assert_eq!(answer["slot"]["slot_start"], "2026-03-09T13:00:00Z");
    let days: Vec<_> = starts(&answer["alternatives"]).iter().map(|start| &start[..10]).collect();
    assert_eq!(days, ["2026-03-10", "2026-03-12", "2026-03-13"]);
    let answer = check(&mut client, &format!("'{broker}', 'tomorrow', 60"));
    assert_eq!(
        answer["speech"], "I have Tuesday, March 3rd at 9, 11, 1 or 4 PM Eastern.",
        "{answer:#}"
    );
}

#[test]
fn there_is_no_other_time_only_where_there_is_none() {
    let Scene { mut client, broker, .. } = Scene::new(&[("booking_horizon_days", "3")]);
    // Beyond the horizon: the last before it.
    for phrase in ["in three weeks at 10", "next year", "2031-03-04T10:00Z"] {
        let answer = check(&mut client, &format!("'{broker}', '{phrase}'"));
        let last = ["2026-03-04T21:30:00Z", "2026-03-04T21:00:00Z"];
        assert_eq!(starts(&answer["alternatives"])[..2], last, "{phrase}: {answer:#}");
        let refused = try_book(&mut client, &format!("'{broker}', '2031-03-04T15:00Z'"));
        assert_eq!(starts(&refused["alternatives"])[..2], last, "{refused:#}");
    }
    let unasked = check(&mut client, &format!("'{broker}', 'Sunday at 3', max_alternatives => 0"));
    assert_eq!(
        unasked["speech"],
        "I am sorry, Sunday, March 8th at 3 PM Eastern is not available."
    );
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-02T00:00Z",
        "2026-04-01T00:00Z",
        &[],
    );
    let answer = check(&mut client, &format!("'{broker}', 'Tuesday at 3'"));
    assert_eq!(
        answer["speech"],
        "I am sorry, Tuesday, March 3rd at 3 PM Eastern is not available, and there is no other \
         time to offer."
    );
}

#[test]
fn after_work_is_answered_with_times_after_work() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    fixture::working_hours(&mut client, broker, 2, "09:00", "17:00");
    fixture::working_hours(&mut client, broker, 4, "17:00", "18:00");
    let answer = check(&mut client, &format!("'{broker}', 'tomorrow after work'"));
    // Thursday at 5 and 5:30; and then, as there is no other evening, Tuesday at 4:30.
    let expected = ["2026-03-05T22:00:00Z", "2026-03-05T22:30:00Z", "2026-03-03T21:30:00Z"];
    assert_eq!(starts(&answer["alternatives"]), expected, "{answer:#}");
}

/// Full for longer than the week around what was asked for.
#[test]
fn a_refused_booking_offers_what_is_free_later() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    fixture::hours_override(
        &mut client,
        broker,
        "block",
        "2026-03-02T00:00Z",
        "2026-04-01T00:00Z",
        &[],
    );
    let refused = try_book(&mut client, &format!("'{broker}', '2026-03-03T15:00Z'"));
    let answer = check(&mut client, &format!("'{broker}', '2026-03-03T15:00Z'"));
    assert_eq!(starts(&refused["alternatives"])[0], "2026-04-01T13:00:00Z");
    assert_eq!(starts(&refused["alternatives"]), starts(&answer["alternatives"]));
}

#[test]
fn what_is_not_understood_is_an_answer() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let answer = check(&mut client, &format!("'{broker}', 'how is the weather'"));
    assert_eq!((&answer["available"], &answer["understood"]), (&json!(false), &json!(false)));
    assert_eq!(starts(&answer["alternatives"])[0], "2026-03-02T14:00:00Z");
    let any = check(&mut client, &format!("'{broker}'"));
    assert_eq!((&any["available"], &any["understood"]), (&json!(true), &json!(true)));
    assert_eq!(any["slot"]["slot_start"], "2026-03-02T14:00:00Z");
    client
        .execute("update calendar.brokers set booking_enabled = false where id = $1", &[&broker])
        .unwrap();
    let none = check(&mut client, &format!("'{broker}', 'tomorrow'"));
    assert_eq!((&none["available"], &none["alternatives"]), (&json!(false), &json!([])));
    for (arguments, message) in [
        (format!("'{broker}', null, 0"), "duration_minutes must be"),
        (format!("'{broker}', null, null, 'EST5'"), "timezone: "),
        (format!("'{broker}', max_alternatives => 51"), "max_alternatives must be 0 to 50, not 51"),
    ] {
        let query = format!("select calendar.check_availability({arguments})");
        let error = client.query_one(&query, &[]).unwrap_err();
        let error = error.as_db_error().unwrap();
        assert!(error.code().code() == "22023" && error.message().starts_with(message), "{error}");
    }
}

#[test]
fn an_answer_says_how_fresh_it_is() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let fresh = |client: &mut Client| {
        let answer = check(client, &format!("'{broker}'"));
        (answer["synced_at"].clone(), answer["stale"].clone())
    };
    // No calendar at a provider: there is nothing to be behind of.
    fixture::calendar(&mut client, broker, &[]);
    assert_eq!(fresh(&mut client), (Value::Null, json!(false)));
    let account: Uuid = client
        .query_one("select calendar_sync.connect_account($1, 'ics')", &[&broker])
        .unwrap()
        .get(0);
    let account = account.to_string();
    let columns =
        [("account_id", account.as_str()), ("external_calendar_id", "x"), ("is_primary", "false")];
    let calendar = fixture::calendar(&mut client, broker, &columns);
    assert_eq!(fresh(&mut client), (Value::Null, json!(true)));
    for (at, stale) in [("2026-03-02T13:46Z", false), ("2026-03-02T13:44Z", true)] {
        client
            .batch_execute(&format!(
                "insert into calendar.sync_state (calendar_id, last_success_at, covered_until) values ('{calendar}', '{at}', 'infinity')
                 on conflict (calendar_id) do update set last_success_at = excluded.last_success_at"
            ))
            .unwrap();
        let (synced_at, is_stale) = fresh(&mut client);
        assert_eq!(is_stale, stale, "{at}");
        assert!(synced_at.as_str().unwrap().starts_with(&at[..16]), "{synced_at}");
        let problem: Option<String> =
            client.query_one("select problem from calendar.sync_health", &[]).unwrap().get(0);
        assert_eq!(problem.is_some(), stale, "{problem:?}");
    }
}

#[test]
fn a_refused_booking_is_an_answer() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let lead = "lead_name => 'Lee', lead_email => 'lee@example.com'";
    let first = try_book(&mut client, &format!("'{broker}', '2026-03-03T15:00Z', {lead}"));
    assert_eq!(first["ok"], true, "{first:#}");
    assert_eq!(first["speech"], "You are booked for Tuesday, March 3rd at 10 AM Eastern.");
    // A call that is repeated.
    let again = try_book(&mut client, &format!("'{broker}', '2026-03-03T15:00Z', {lead}"));
    assert_eq!(again["booking"]["id"], first["booking"]["id"]);

    let taken =
        try_book(&mut client, &format!("'{broker}', '2026-03-03T15:00Z', lead_id => 'another'"));
    assert_eq!((&taken["ok"], &taken["reason"]), (&json!(false), &json!("taken")));
    let near = ["2026-03-03T14:30:00Z", "2026-03-03T15:30:00Z", "2026-03-03T14:00:00Z"];
    assert_eq!(starts(&taken["alternatives"]), near);
    assert_eq!(taken["alternatives"][0]["spoken"], "Tuesday, March 3rd at 9:30 AM Eastern");

    let key = "idempotency_key => 'k'";
    let held = try_book(
        &mut client,
        &format!("'{broker}', '2026-03-04T15:00Z', {key}, hold_minutes => 5"),
    );
    assert_eq!(held["speech"], "Wednesday, March 4th at 10 AM Eastern is held for you.");
    let id = held["booking"]["id"].as_str().unwrap();
    client.batch_execute(&format!("select calendar.cancel_booking('{id}')")).unwrap();
    let cases = [
        // The first booking is no more: it must not be told that it is booked.
        (format!("'{broker}', '2026-03-04T15:00Z', {key}, hold_minutes => 5"), "wrong_state"),
        (format!("'{broker}', '2026-03-04T16:00Z', {key}"), "idempotency_key_reused"),
        (format!("'{broker}', '2026-03-04T16:00Z', hold_minutes => 99"), "invalid"),
        (format!("'{broker}', null"), "invalid"),
        (format!("'{}', '2026-03-04T16:00Z'", Uuid::nil()), "broker_not_found"),
        ("null, '2026-03-04T16:00Z'".to_owned(), "broker_not_found"),
        (format!("'{broker}', '2026-03-04T03:00Z'"), "outside_hours"),
    ];
    for (arguments, reason) in cases {
        let answer = try_book(&mut client, &arguments);
        assert_eq!(
            (&answer["ok"], &answer["reason"]),
            (&json!(false), &json!(reason)),
            "{arguments}"
        );
        assert!(!answer["speech"].as_str().unwrap().is_empty());
    }
    let count: i64 =
        client.query_one("select count(*) from calendar.bookings", &[]).unwrap().get(0);
    assert_eq!(count, 2);
}

#[test]
fn who_may_not_book_is_told_so_and_no_more() {
    let db = Database::new();
    let mut admin = db.connect();
    let owner = Uuid::from_u128(7);
    let broker = fixture::broker(&mut admin, &[("user_id", &owner.to_string())]);
    let public = fixture::broker(&mut admin, &[("public_booking", "true")]);
    let mut another = db.connect_as(Caller::User(Uuid::from_u128(8)));
    let answer = try_book(&mut another, &format!("'{broker}', '2026-03-03T15:00Z'"));
    assert_eq!(answer["reason"], "broker_not_found");
    let at_night = format!("'{public}', '2026-03-03T03:00Z', outside_hours => true");
    assert_eq!(try_book(&mut another, &at_night)["reason"], "not_allowed");
    let mut own = db.connect_as(Caller::User(owner));
    let answer =
        try_book(&mut own, &format!("'{broker}', '2026-03-03T03:00Z', outside_hours => true"));
    assert_eq!(answer["ok"], true, "{answer:#}");
}
