//! How often anonymous callers may book.

use calendar_tests::{Caller, Database, Postgrest, fixture};
use serde_json::{Value, json};
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
    let columns = [("public_booking", "true"), ("public_bookings_per_address", "2")];
    let mut admin = db.connect();
    let [first, second] = [(); 2].map(|()| fixture::broker(&mut admin, &columns));
    let postgrest = Postgrest::start(&db);
    let status = |broker, start: &str, address: &str| {
        book(&postgrest, broker, &format!("2026-03-03T{start}Z"), address).status().as_u16()
    };
    assert_eq!(status(first, "15:00", "203.0.113.7"), 200);
    // What is refused for another reason does not count.
    assert_eq!(status(first, "15:00", "203.0.113.7"), 409);
    // What the caller says itself stands before what the proxy has added.
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
    let pruned: i64 = client.query_one("select calendar.prune_logs('1 day')", &[]).unwrap().get(0);
    let left: String = client
        .query_one("select string_agg(subject, ',') from calendar.rate_limits", &[])
        .unwrap()
        .get(0);
    assert_eq!((pruned, left.as_str()), (1, "new"));
}
