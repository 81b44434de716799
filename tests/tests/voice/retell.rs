//! Retell's functions.

use calendar_tests::{Caller, Database, Postgrest, fixture};
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use uuid::Uuid;

/// A broker, its agent's key, and PostgREST in front.
struct Retell {
    db: Database<'static>,
    postgrest: Postgrest,
    broker: Uuid,
}

/// The present, in milliseconds.
const NOW_MS: i64 = 1_772_460_000_000;

impl Retell {
    fn new(columns: &[(&str, &str)]) -> Self {
        let db = Database::new();
        let mut admin = db.connect();
        let broker = fixture::broker(&mut admin, columns);
        admin.batch_execute("select calendar.set_retell_key('key_of_the_tests')").unwrap();
        let postgrest = Postgrest::start(&db);
        Self { db, postgrest, broker }
    }

    fn call(&self, body: &str) -> (u16, Value) {
        self.call_signed(body, &signature("key_of_the_tests", body, NOW_MS))
    }

    fn call_signed(&self, body: &str, signature: &str) -> (u16, Value) {
        let headers = [("Content-Type", "application/json"), ("X-Retell-Signature", signature)];
        let answer = self.postgrest.exchange("POST", "rpc/retell", &headers, body);
        (answer.status().as_u16(), serde_json::from_str(answer.body()).unwrap())
    }

    /// A body in Retell's own spelling, with spaces that a parser would lose.
    fn body(&self, name: &str, args: &Value) -> String {
        let call = json!({"call_id": "c1", "direction": "inbound", "from_number": "+12125550100",
                          "metadata": {"broker_id": self.broker}});
        format!(r#"{{"name": "{name}",  "args": {args}, "call":{call}}}"#)
    }
}

/// As OpenSSL signs, not as we check.
fn signature(key: &str, body: &str, at: i64) -> String {
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-r", "-hmac", key])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut openssl.stdin.take().unwrap(), format!("{body}{at}").as_bytes())
        .unwrap();
    let output = String::from_utf8(openssl.wait_with_output().unwrap().stdout).unwrap();
    format!("v={at},d={}", &output[..64])
}

#[test]
fn a_signature_is_as_retell_makes_it() {
    let body = r#"{"name":"book","args":{"x":1},"call":{}}"#;
    assert_eq!(
        signature("key_test", body, 1_700_000_000_000),
        "v=1700000000000,d=1a5de3ae65a67cdce508f4c6fccc523a6fdd1722557800dad11b0fafb03a92d1"
    );
}

#[test]
fn only_what_is_signed_just_now_is_answered() {
    let retell = Retell::new(&[]);
    let body = retell.body("check_availability", &json!({"requested_time": "tomorrow at 3"}));
    let sign = |key: &str, at: i64| signature(key, &body, at);
    let good = sign("key_of_the_tests", NOW_MS);
    assert_eq!(retell.call_signed(&body, &good).0, 200);
    assert_eq!(retell.call_signed(&body, &good.to_uppercase().replace("V=", "v=")).0, 200);
    let minutes = 60_000;
    assert_eq!(retell.call_signed(&body, &sign("key_of_the_tests", NOW_MS - 5 * minutes)).0, 200);
    let cases = [
        (sign("key_of_the_testz", NOW_MS), "signature_wrong"),
        (sign("key_of_the_tests", NOW_MS - 5 * minutes - 1), "signature_expired"),
        (sign("key_of_the_tests", NOW_MS + 5 * minutes + 1), "signature_expired"),
        (good.replace("v=17", "v=18"), "signature_expired"),
        (format!("{good}0"), "signature_missing"),
        (good[..40].to_owned(), "signature_missing"),
        (String::new(), "signature_missing"),
    ];
    for (signature, message) in cases {
        let (status, answer) = retell.call_signed(&body, &signature);
        assert_eq!((status, &answer["message"]), (401, &json!(message)), "{signature}");
    }
    // Not a byte may differ.
    for other in [body.replace("  ", " "), body.replace("at 3", "at 4"), format!("{body} ")] {
        assert_eq!(retell.call_signed(&other, &good).1["message"], "signature_wrong", "{other}");
    }
    // A broker's own key counts for it, and the others' no more.
    let mut admin = retell.db.connect();
    admin
        .execute("select calendar.set_retell_key('own key of 20 bytes', $1)", &[&retell.broker])
        .unwrap();
    assert_eq!(retell.call_signed(&body, &good).0, 401);
    assert_eq!(retell.call_signed(&body, &sign("own key of 20 bytes", NOW_MS)).0, 200);
    admin.execute("select calendar.set_retell_key(null, $1)", &[&retell.broker]).unwrap();
    assert_eq!(retell.call_signed(&body, &good).0, 200);
    admin.batch_execute("select calendar.set_retell_key(null)").unwrap();
    assert_eq!(retell.call_signed(&body, &good).0, 401);
}

#[test]
fn retell_asks_and_books_in_both_forms() {
    let retell = Retell::new(&[]);
    let (status, answer) = retell.call(&retell.body(
        "check_availability",
        &json!({"requested_time": "tomorrow at 3", "duration_minutes": "60"}),
    ));
    assert_eq!((status, &answer["available"]), (200, &json!(true)), "{answer:#}");
    assert_eq!(answer["slot"]["slot_end"], "2026-03-03T21:00:00Z");

    let book = retell
        .body("book_appointment", &json!({"slot_start": "tomorrow at 3", "lead_name": "Lee"}));
    let (_, first) = retell.call(&book);
    assert_eq!(first["ok"], true, "{first:#}");
    assert_eq!(first["booking"]["slot_start"], "2026-03-03T20:00:00Z");
    assert_eq!(first["booking"]["lead_phone"], "+12125550100");
    assert_eq!(first["booking"]["created_by"], "voice");
    assert_eq!(first["speech"], "You are booked for Tuesday, March 3rd at 3 PM Eastern.");
    let (_, again) = retell.call(&book);
    assert_eq!(again["booking"]["id"], first["booking"]["id"]);

    // The arguments alone.
    let ask = json!({"broker_id": retell.broker, "requested_time": "2026-03-03T15:00:00-05:00"})
        .to_string();
    let (_, answer) = retell.call(&ask);
    assert_eq!(answer["available"], false, "{answer:#}");
    assert_eq!(answer["alternatives"].as_array().unwrap().len(), 3);
    let book = json!({"broker_id": retell.broker, "slot_start": "2026-03-03T15:00:00-05:00", "lead_name": "Kim"});
    let (status, taken) = retell.call(&book.to_string());
    assert_eq!((status, &taken["reason"]), (200, &json!("taken")), "{taken:#}");
    assert_eq!(taken["alternatives"].as_array().unwrap().len(), 3);

    // Two callers who say the same and no more are not told that both have it.
    let book =
        json!({"broker_id": retell.broker, "slot_start": "2026-03-04T15:00:00-05:00"}).to_string();
    assert_eq!(retell.call(&book).1["ok"], true);
    assert_eq!(retell.call(&book).1["reason"], "taken");

    // What a language model makes of it.
    let vague =
        retell.body("book_slot", &json!({"slot_start": "sometime next week", "timezone": "EST?"}));
    assert_eq!(retell.call(&vague).1["reason"], "not_understood");
    let broker = retell.broker.to_string();
    let lost = retell.body("book_slot", &json!({})).replace(&broker, "the broker");
    assert_eq!(retell.call(&lost).0, 404);
    for body in ["[1]", "null", "7", "{", "", r#"{"args": {"requested_time": "\u0000"}}"#] {
        assert_eq!(retell.call(body).0, 400, "{body}");
    }
    // Arguments of any kind, none of which may be more than not understood.
    let wrong = json!({"broker_id": retell.broker, "requested_time": ["x"], "duration_minutes": -1e9,
                       "timezone": {}, "lead_email": 7});
    for name in ["check_availability", "book_slot"] {
        let (status, answer) = retell.call(&retell.body(name, &wrong));
        assert_eq!(status, 200, "{answer:#}");
    }
    let (status, answer) =
        retell.call(&retell.body(
            "book_slot",
            &json!({"slot_start": "tomorrow at 4", "lead_name": "x".repeat(9999)}),
        ));
    assert_eq!((status, &answer["reason"]), (200, &json!("invalid")), "{answer:#}");
}

#[test]
fn what_is_too_large_is_refused_before_any_work() {
    let retell = Retell::new(&[]);
    let padding = |bytes: usize| {
        retell.body("check_availability", &json!({"requested_time": "x".repeat(bytes)}))
    };
    // A long call's transcripts are no reason to refuse it, an endless phrase only not understood.
    let (status, answer) = retell.call(&padding(900_000));
    assert_eq!((status, &answer["understood"]), (200, &json!(false)));
    let body = padding(1_100_000);
    let (status, answer) = retell.call(&body);
    assert_eq!((status, &answer["code"]), (400, &json!("22023")));
    assert_eq!(answer["message"], "the body must have at most 1048576 bytes");
    // Without the form of a signature, the body is not looked at.
    for signature in ["", "v=1,d=1", &"v=".repeat(4000), &signature("key_of_the_tests", &body, 0)] {
        assert_eq!(retell.call_signed(&body, signature).0, 401);
    }
    let feed = |token: &str| {
        let path = format!("rpc/feed?token={token}");
        retell.postgrest.exchange("GET", &path, &[("If-None-Match", &"\"x\",".repeat(4000))], "")
    };
    assert_eq!(feed(&"a".repeat(5000)).status(), 404);
    let made = "select token from calendar.create_feed($1)";
    let token: String = retell.db.connect().query_one(made, &[&retell.broker]).unwrap().get(0);
    assert_eq!(feed(&token).status(), 200);
}

#[test]
fn who_telephones_learns_nothing_of_a_lead_s_other_appointments() {
    let retell = Retell::new(&[]);
    retell.db.set("calendar.lead_scope", "global");
    let mut service = retell.db.connect_as(Caller::Service);
    let other = fixture::broker(&mut service, &[]);
    let book = format!("book_calendar_slot('{other}', '2026-03-03T20:00Z', lead_id => 'L')");
    fixture::call(&mut service, &book).unwrap();
    let postgrest = Postgrest::start(&retell.db);
    let retell = Retell { postgrest, ..retell };
    let body = retell.body("book_slot", &json!({"slot_start": "tomorrow at 3", "lead_id": "L"}));
    let (_, booked) = retell.call(&body);
    assert_eq!(booked["ok"], true, "{booked:#}");
}

#[test]
fn an_agent_that_calls_too_often_is_told_when_to_come_again() {
    let retell = Retell::new(&[("voice_calls_per_minute", "2")]);
    let body = retell.body("check_availability", &json!({}));
    for _ in 0..2 {
        assert_eq!(retell.call(&body).0, 200);
    }
    let signature = signature("key_of_the_tests", &body, NOW_MS);
    let headers =
        [("Content-Type", "application/json"), ("X-Retell-Signature", signature.as_str())];
    let answer = retell.postgrest.exchange("POST", "rpc/retell", &headers, &body);
    assert_eq!(answer.status(), 429, "{answer:?}");
    assert_eq!(answer.headers()["retry-after"], "60");
    let error: Value = serde_json::from_str(answer.body()).unwrap();
    assert_eq!((&error["code"], &error["message"]), (&json!("PT429"), &json!("rate_limited")));
}

#[test]
fn the_key_cannot_be_read_from_the_database() {
    let retell = Retell::new(&[]);
    let mut service = retell.db.connect_as(Caller::Service);
    let denied = service.query("select mac_key from calendar.voice_keys", &[]).unwrap_err();
    assert_eq!(denied.code().unwrap().code(), "42501");
    let mut admin = retell.db.connect();
    let kept: Vec<u8> =
        admin.query_one("select mac_key from calendar.voice_keys", &[]).unwrap().get(0);
    assert!(!kept.windows(4).any(|bytes| bytes == b"key_"));
}

#[test]
fn what_a_function_does_is_told_by_its_exact_name_or_by_its_action() {
    let retell = Retell::new(&[]);
    let count = |retell: &Retell| -> i64 {
        let count = "select count(*) from calendar.bookings";
        retell.db.connect().query_one(count, &[]).unwrap().get(0)
    };
    let slot = json!({"slot_start": "tomorrow at 3"});
    for name in ["check_bookable_times", "facebook", "book ", "BOOKING", "cancel"] {
        let (status, answer) = retell.call(&retell.body(name, &slot));
        if name == "book " || name == "cancel" {
            assert_eq!(status, 200, "{name}: {answer:#}");
            continue;
        }
        assert_eq!((status, &answer["code"]), (400, &json!("22023")), "{name}: {answer:#}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains("book_appointment, find_bookings"), "{message}");
        assert!(message.ends_with(&format!("not \"{}\"", name.to_lowercase())), "{message}");
    }
    assert_eq!(count(&retell), 1, "\"book \" booked, with a blank too many");
    let by_action = json!({"action": "check", "requested_time": "tomorrow at 4"});
    let (_, answer) = retell.call(&retell.body("my_own_name", &by_action));
    assert_eq!(answer["available"], true, "{answer:#}");
    assert_eq!(count(&retell), 1);
}

#[test]
fn what_cannot_be_booked_is_passed_on_to_the_broker() {
    let retell = Retell::new(&[("email", "ada@example.org")]);
    let wish =
        json!({"requested_time": "some evening", "lead_name": "Kim", "reason": "no time suits"});
    for name in ["request_manual_booking", "my_own_name"] {
        let mut wish = wish.clone();
        wish["action"] = json!("request");
        let (_, answer) = retell.call(&retell.body(name, &wish));
        assert_eq!((&answer["ok"], &answer["warnings"]), (&json!(true), &json!([])), "{answer:#}");
        assert!(answer["speech"].as_str().unwrap().contains("Ada"), "{answer:#}");
    }
    // The same wish, so one message.
    let told = "select concat_ws(' ', f.reason, f.detail #>> '{lead,phone}', n.channel)
                  from calendar.notifications as n join calendar.failure_logs as f on f.id::text = n.subject";
    let rows = retell.db.connect().query(told, &[]).unwrap();
    let told: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(told, ["no time suits +12125550100 email"]);
}

#[test]
fn bookings_are_found_moved_and_cancelled_by_whose_number_calls() {
    let retell = Retell::new(&[]);
    let ask = |name: &str, arguments: Value| retell.call(&retell.body(name, &arguments)).1;
    assert_eq!(ask("find_bookings", json!({}))["bookings"], json!([]));
    assert_eq!(ask("cancel_booking", json!({}))["reason"], "booking_not_found");
    let first =
        ask("book_slot", json!({"slot_start": "tomorrow at 3", "duration_minutes": "an hour"}));
    assert_eq!(first["booking"]["slot_end"], "2026-03-03T21:00:00Z", "{first:#}");
    // Somebody else's booking is not found by saying that person's number.
    let mut admin = retell.db.connect();
    let other = format!(
        "book_calendar_slot('{}', '2026-03-03T15:00Z', lead_phone => '+12125550199')",
        retell.broker
    );
    let other = fixture::call(&mut admin, &other).unwrap();
    let found = ask("find_bookings", json!({"lead_phone": "+12125550199"}));
    assert_eq!(found["bookings"].as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!(found["bookings"][0]["id"], first["booking"]["id"]);
    assert_eq!(found["speech"], "You have an appointment on Tuesday, March 3rd at 3 PM Eastern.");
    let moved = ask("reschedule_booking", json!({"slot_start": "Wednesday at 11 AM"}));
    assert_eq!(moved["booking"]["slot_start"], "2026-03-04T16:00:00Z", "{moved:#}");
    ask("book_slot", json!({"slot_start": "Thursday at 11 AM"}));
    let several = ask("cancel_booking", json!({}));
    assert_eq!(several["reason"], "several_bookings", "{several:#}");
    let id = &first["booking"]["id"];
    let cancelled = ask("cancel_booking", json!({"booking_id": id, "reason": "ill"}));
    assert_eq!(cancelled["booking"]["cancel_reason"], "ill", "{cancelled:#}");
    let known = ask("cancel_booking", json!({"booking_id": other["id"]}));
    assert_eq!(known["ok"], true, "who knows the id may cancel: {known:#}");
}

#[test]
fn a_length_or_a_zone_is_understood_or_asked_for_again() {
    let retell = Retell::new(&[]);
    for (arguments, speech) in [
        (json!({"duration_minutes": "a while"}), "I am sorry, how long should the appointment be?"),
        (json!({"duration_minutes": "0"}), "I am sorry, how long should the appointment be?"),
        (json!({"timezone": "Mars"}), "I am sorry, which city are you in, for the time zone?"),
    ] {
        for name in ["check_availability", "book_slot"] {
            let (status, answer) = retell.call(&retell.body(name, &arguments));
            assert_eq!((status, &answer["reason"]), (200, &json!("not_understood")), "{answer:#}");
            assert_eq!(answer["speech"], speech);
            assert!(answer["message"].as_str().unwrap().contains(" must "), "{answer:#}");
        }
    }
    for (said, zone) in [
        ("Eastern time", "America/New_York"),
        ("pacific", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("London", "Europe/London"),
        ("the UK", "Europe/London"),
        ("europe/paris", "Europe/Paris"),
        ("Romance Standard Time", "Europe/Paris"),
        ("", "America/New_York"),
    ] {
        let question = json!({"requested_time": "tomorrow at 3 PM", "timezone": said});
        let (_, answer) = retell.call(&retell.body("check_availability", &question));
        assert_eq!(answer["timezone"], zone, "{said}: {answer:#}");
    }
    let mut client = retell.db.connect();
    for (words, minutes) in [
        ("45", Some(45)),
        (" 30 minutes ", Some(30)),
        ("an hour", Some(60)),
        ("One Hour", Some(60)),
        ("half an hour", Some(30)),
        ("an hour and a half", Some(90)),
        ("1.5 hours", Some(90)),
        ("forty-five minutes", Some(45)),
        ("2h", Some(120)),
        ("1440", Some(1440)),
        ("1441", None),
        ("0", None),
        ("two days", None),
        ("", None),
    ] {
        let query = "select calendar_private.minutes_or_null($1)";
        let read: Option<i32> = client.query_one(query, &[&words]).unwrap().get(0);
        assert_eq!(read, minutes, "{words:?}");
    }
}

#[test]
fn an_argument_that_no_function_has_is_left_out_and_named() {
    let retell = Retell::new(&[]);
    let question = json!({"slot_start": "tomorrow at 3 PM", "lead_mail": "a@b.example",
                          "execution_message": "One moment."});
    for name in ["check_availability", "book_slot", "find_bookings"] {
        let (_, answer) = retell.call(&retell.body(name, &question));
        let expected = "\"lead_mail\" was left out, because there is no such argument";
        assert_eq!(answer["warnings"], json!([expected]), "{name}: {answer:#}");
    }
}

#[test]
fn a_key_of_retell_has_at_least_sixteen_characters() {
    let db = Database::new();
    let mut client = db.connect();
    for key in ["", "   ", "fifteen-letters", "   fifteen-letters   "] {
        let error = client.execute("select calendar.set_retell_key($1)", &[&key]).unwrap_err();
        let message = calendar_tests::answer::message(&error).to_owned();
        assert!(message.starts_with("api_key must have at least 16 characters"), "{message}");
    }
    client.execute("select calendar.set_retell_key($1)", &[&"sixteen-letters!"]).unwrap();
}
