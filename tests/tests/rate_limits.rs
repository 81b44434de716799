//! How often anonymous callers may book.

use calendar_tests::answer::{refused, sqlstate};
use calendar_tests::{Caller, Database, Postgrest, fixture};
use postgres::Client;
use serde_json::{Value, json};
use std::sync::Barrier;
use std::thread;
use ureq::http::Response;
use uuid::Uuid;

fn book(postgrest: &Postgrest, broker: Uuid, start: &str, address: &str) -> Response<String> {
    let body = json!({"broker_id": broker, "slot_start": start}).to_string();
    let mut headers = vec![("Content-Type", "application/json")];
    if !address.is_empty() {
        headers.push(("X-Forwarded-For", address));
    }
    postgrest.exchange("POST", "rpc/book_calendar_slot", &headers, &body)
}

#[test]
fn an_address_is_held_to_so_many_bookings_an_hour_of_all_brokers() {
    let db = Database::new();
    let columns = [("public_booking", "true"), ("public_bookings_per_address", "3")];
    let mut admin = db.connect();
    let [first, second] = [(); 2].map(|()| fixture::broker(&mut admin, &columns));
    let postgrest = Postgrest::start(&db);
    let status = |broker, start: &str, address: &str| {
        book(&postgrest, broker, &format!("2026-03-03T{start}Z"), address).status().as_u16()
    };
    assert_eq!(status(first, "15:00", "203.0.113.7"), 200);
    // What is refused for another reason counts, although it is rolled back.
    assert_eq!(status(first, "15:00", "203.0.113.7"), 409);
    // What the caller says itself comes before what the proxy has added.
    assert_eq!(status(second, "15:00", "198.51.100.1, 203.0.113.7"), 200);
    let refused = book(&postgrest, first, "2026-03-03T16:00Z", "203.0.113.7");
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "3600");
    let error: Value = serde_json::from_str(refused.body()).unwrap();
    assert_eq!((&error["code"], &error["message"]), (&json!("PT429"), &json!("rate_limited")));
    // Others are not held up, nor is who comes by no proxy.
    assert_eq!(status(first, "16:00", "203.0.113.8"), 200);
    assert_eq!(status(first, "17:00", ""), 200);
    // Nor the service, whose address is that of a server.
    let mut service = db.connect_as(Caller::Service);
    fixture::book(&mut service, first, "2026-03-03T18:00Z").unwrap();

    db.set_now("2026-03-02T15:00:00Z");
    admin.batch_execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'authenticator'").unwrap();
    let postgrest = Postgrest::start(&db);
    assert_eq!(book(&postgrest, first, "2026-03-03T20:00Z", "203.0.113.7").status(), 200);
}

#[test]
fn the_header_that_holds_the_address_is_a_setting() {
    let db = Database::new();
    let columns = [("public_booking", "true"), ("public_bookings_per_address", "1")];
    let broker = fixture::broker(&mut db.connect(), &columns);
    db.connect()
        .batch_execute(&format!(
            "alter database {} set calendar.client_address_header = 'cf-connecting-ip'",
            db.name()
        ))
        .unwrap();
    let postgrest = Postgrest::start(&db);
    let status = |start: &str, address: &str| {
        let body = json!({"broker_id": broker, "slot_start": format!("2026-03-03T{start}Z")});
        let headers = [
            ("Content-Type", "application/json"),
            ("CF-Connecting-IP", address),
            ("X-Forwarded-For", "192.0.2.1"),
        ];
        postgrest
            .exchange("POST", "rpc/book_calendar_slot", &headers, &body.to_string())
            .status()
            .as_u16()
    };
    assert_eq!(status("15:00", "203.0.113.7"), 200);
    assert_eq!(status("16:00", "203.0.113.7"), 429);
    assert_eq!(status("16:00", "203.0.113.8"), 200);
    let mut anon = db.connect_as(Caller::Anon);
    let slots = format!("select calendar.get_available_slots('{broker}')");
    anon.batch_execute(&slots).unwrap();
    let refused = anon.batch_execute("set calendar.client_address_header = 'x'").unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "42501");
}

/// Books by SQL, as a visitor that comes from an address; gives the SQLSTATE of a refusal.
fn attempt(anon: &mut Client, broker: Uuid, start: &str, address: &str, options: &str) -> String {
    let headers = json!({"x-forwarded-for": address}).to_string();
    anon.execute("select set_config('request.headers', $1, false)", &[&headers]).unwrap();
    let book = format!("book_calendar_slot('{broker}', '2026-03-03T{start}Z'{options})");
    match fixture::call(anon, &book) {
        Ok(_) => "booked".to_owned(),
        Err(error) => sqlstate(&error).to_owned(),
    }
}

fn public(db: &Database<'_>, columns: &[(&str, &str)]) -> Uuid {
    fixture::broker(&mut db.connect(), &[&[("public_booking", "true")], columns].concat())
}

#[test]
fn a_refused_attempt_counts_and_a_repeated_one_does_not() {
    let db = Database::new();
    let broker = public(&db, &[("public_bookings_per_address", "4")]);
    let mut anon = db.connect_as(Caller::Anon);
    let mut attempt =
        |start: &str, options: &str| attempt(&mut anon, broker, start, "203.0.113.7", options);
    let key = ", idempotency_key => 'k'";
    assert_eq!(attempt("15:00", key), "booked");
    for _ in 0..9 {
        assert_eq!(attempt("15:00", key), "booked");
    }
    assert_eq!(attempt("15:00", ""), "PT409");
    assert_eq!(attempt("03:00", ""), "PT409");
    assert_eq!(attempt("16:00", key), "PT422");
    // The limit comes before every other answer but the caller's own booking.
    for _ in 0..3 {
        assert_eq!(attempt("16:00", ""), "PT429");
        assert_eq!(attempt("16:00", key), "PT429");
        assert_eq!(attempt("15:00", ""), "PT429");
    }
    assert_eq!(attempt("15:00", key), "booked");
    // The count lasts an hour from the first attempt, to the minute.
    for (now, outcome) in [("2026-03-02T14:59:59Z", "PT429"), ("2026-03-02T15:00:00Z", "booked")] {
        db.set_now(now);
        let mut anon = db.connect_as(Caller::Anon);
        assert_eq!(self::attempt(&mut anon, broker, "16:00", "203.0.113.7", ""), outcome);
    }
}

#[test]
fn attempts_at_the_same_time_are_each_counted() {
    let db = Database::new();
    let broker = public(&db, &[("public_bookings_per_address", "5")]);
    let mut clients = [(); 8].map(|()| db.connect_as(Caller::Anon));
    let start = Barrier::new(clients.len());
    let outcomes: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter_mut()
            .map(|client| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    [(); 5].map(|()| attempt(client, broker, "03:00", "203.0.113.7", ""))
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let passed = outcomes.iter().filter(|outcome| *outcome == "PT409").count();
    assert_eq!((passed, outcomes.len()), (5, 40), "{outcomes:?}");
}

#[test]
fn other_addresses_never_use_up_what_an_address_may() {
    let db = Database::new();
    let broker = public(&db, &[("public_bookings_per_address", "2")]);
    let mut anon = db.connect_as(Caller::Anon);
    for network in 0..150 {
        let address = format!("2001:db8:0:{network:x}::1");
        for (n, outcome) in ["PT409", "PT409", "PT429"].into_iter().enumerate() {
            assert_eq!(attempt(&mut anon, broker, "03:00", &address, ""), outcome, "{address} {n}");
        }
    }
}

#[test]
fn one_address_never_has_all_that_a_broker_allows_to_the_public() {
    let db = Database::new();
    for (most, theirs) in [("10", 5), ("3", 2), ("2", 1)] {
        let broker = public(&db, &[("public_bookings_per_hour", most)]);
        let mut anon = db.connect_as(Caller::Anon);
        let starts = ["14:00", "14:30", "15:00", "15:30", "16:00", "16:30", "17:00"];
        let booked = starts.into_iter().filter(|start| {
            attempt(&mut anon, broker, start, &format!("192.0.2.{most}"), "") == "booked"
        });
        assert_eq!(booked.count(), theirs, "{most}");
        assert_eq!(
            attempt(&mut anon, broker, "18:00", &format!("198.51.100.{most}"), ""),
            "booked"
        );
    }
}

#[test]
fn an_address_is_known_in_all_its_forms() {
    let db = Database::new();
    let mut client = db.connect();
    let mut address = |header: &str| -> Option<String> {
        let headers = json!({"x-forwarded-for": header}).to_string();
        let query = "select calendar_private.client_address() from set_config('request.headers', $1, false)";
        client.query_one(query, &[&headers]).unwrap().get(0)
    };
    let long = format!("{}, 192.0.2.1", "9".repeat(100_000));
    for (headers, expected) in [
        (
            &[
                "192.0.2.1",
                "192.0.2.1:5678",
                " 192.0.2.1 ",
                "198.51.100.1, 192.0.2.1",
                "198.51.100.1,192.0.2.1:1, ,,",
                "\"192.0.2.1:80\"",
                "::ffff:192.0.2.1",
                "[::FFFF:192.0.2.1]:80",
                long.as_str(),
            ][..],
            Some("192.0.2.1"),
        ),
        (
            &[
                "2001:db8:1:2::1",
                "2001:DB8:1:2:ffff:ffff:ffff:ffff",
                "[2001:db8:1:2::9]",
                "[2001:db8:1:2::9]:443",
                "2001:db8:1:2::9%eth0",
            ],
            Some("2001:db8:1:2::/64"),
        ),
        (&["::1", "[::1]:80"], Some("::/64")),
        (&["Unknown", "unknown"], Some("unknown")),
        (&["", " ", ",", "\"\"", ", ,"], None),
    ] {
        for header in headers {
            assert_eq!(address(header).as_deref(), expected, "{:.80}", header);
        }
    }
    // Whatever a header says, the subject of a count stays short.
    assert_eq!(address(&"x".repeat(100_000)).map(|text| text.len()), Some(100));
    for header in ["192.0.2.999", "1.2.3.4/8", "[::1", "]", ":", "::", "%", "1:2", "\u{1}x\u{7f}"] {
        address(header);
    }
    for headers in ["", "{}", "[]", "null", r#"{"x-forwarded-for": {"a": 1}}"#] {
        let query = "select calendar_private.client_address() from set_config('request.headers', $1, false)";
        client.query_one(query, &[&headers]).unwrap();
    }
}

#[test]
fn the_public_asks_for_and_books_slots_of_a_bounded_length() {
    let db = Database::new();
    let default = public(&db, &[]);
    let longer = public(&db, &[("slot_duration_minutes", "300")]);
    let shorter = public(&db, &[("longest_public_slot_minutes", "60")]);
    let mut anon = db.connect_as(Caller::Anon);
    let mut service = db.connect_as(Caller::Service);
    for (broker, most) in [(default, 240), (longer, 300), (shorter, 60)] {
        let slot = |minutes: i32| {
            let end = format!("timestamptz '2026-03-03T14:00Z' + interval '{minutes} minutes'");
            format!("book_calendar_slot('{broker}', '2026-03-03T14:00Z', {end})")
        };
        let words = format!("at most {most} minutes after slot_start for public callers");
        refused(fixture::call(&mut anon, &slot(most + 1)), "22023", &words);
        let words = format!("duration_minutes must be from 1 to {most} for public callers");
        for ask in
            ["get_available_slots($1, duration_minutes => $2)", "check_availability($1, null, $2)"]
        {
            let ask = format!("select from calendar.{ask}");
            refused(anon.query(&ask, &[&broker, &(most + 1)]), "22023", &words);
            anon.query(&ask, &[&broker, &most]).unwrap();
            service.query(&ask, &[&broker, &(most + 1)]).unwrap();
        }
        fixture::call(&mut anon, &slot(most)).unwrap();
    }
    let hold = format!("book_calendar_slot('{default}', '2026-03-04T14:00Z', hold_minutes => 5)");
    refused(
        fixture::call(&mut anon, &hold),
        "22023",
        "hold_minutes must be null for public callers",
    );
}

#[test]
fn old_counts_are_pruned() {
    let db = Database::new();
    let mut client = db.connect();
    client
        .batch_execute(
            "insert into calendar.rate_limits values
                 ('old', '2026-03-01T13:59Z', 1), ('new', '2026-03-01T14:01Z', 1)",
        )
        .unwrap();
    let pruned: i64 =
        client.query_one("select calendar_sync.prune_logs('1 day')", &[]).unwrap().get(0);
    let left: String = client
        .query_one("select string_agg(subject, ',') from calendar.rate_limits", &[])
        .unwrap()
        .get(0);
    assert_eq!((pruned, left.as_str()), (1, "new"));
}
