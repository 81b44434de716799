//! Secret addresses for calendar programs.

use calendar_tests::{Caller, Database, Population, Postgrest, fixture, peers};
use postgres::Client;
use serde_json::{Value, json};
use ureq::http::Response;
use uuid::Uuid;

fn make(client: &mut Client, call: &str) -> (Uuid, String) {
    let row =
        client.query_one(&format!("select feed_id, token from calendar.{call}"), &[]).unwrap();
    (row.get(0), row.get(1))
}

fn get(postgrest: &Postgrest, token: &str, headers: &[(&str, &str)]) -> Response<String> {
    postgrest.exchange("GET", &format!("rpc/feed?token={token}"), headers, "")
}

/// What Python's icalendar reads: of each event its SUMMARY, DTSTART, STATUS and SEQUENCE.
fn read(stream: &str) -> Vec<Value> {
    const SCRIPT: &str = "
import icalendar, json, sys
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
told = [[str(event.get('SUMMARY')), event.decoded('DTSTART').isoformat(), str(event.get('STATUS')),
         int(event.get('SEQUENCE', 0))] for event in calendar.walk('VEVENT')]
assert not any(component.errors for component in calendar.walk())
print(json.dumps([str(calendar.get('METHOD')), sorted(told)]))
";
    let told: Value = serde_json::from_str(&peers::python(SCRIPT, stream)).unwrap();
    told.as_array().unwrap().clone()
}

#[test]
fn a_broker_s_calendar_is_read_by_another_parser() {
    let db = Database::new();
    let population = Population::of(&db);
    let postgrest = Postgrest::start(&db);
    let mut client = db.connect();
    let (_, token) = make(&mut client, &format!("create_feed('{}')", population.broker));
    assert_eq!(token.len(), 64);
    for accept in ["*/*", "text/calendar", "application/json", "text/html, */*;q=0.1"] {
        let answer = get(&postgrest, &token, &[("Accept", accept)]);
        assert_eq!(answer.status(), 200, "{accept}: {answer:?}");
        assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(answer.headers()["cache-control"], "private, max-age=300");
        assert!(answer.body().starts_with("BEGIN:VCALENDAR\r\n"), "{answer:?}");
    }
    let exported: String = client
        .query_one(
            "select calendar.export_ics($1, calendar_private.current_instant() - interval '31 days',
                                        calendar_private.current_instant() + interval '400 days')",
            &[&population.broker],
        )
        .unwrap()
        .get(0);
    let answer = get(&postgrest, &token, &[]);
    let events = read(answer.body());
    assert_eq!(events, read(&exported));
    assert!(events[1].as_array().unwrap().len() > 5, "{events:?}");
}

#[test]
fn a_program_that_has_seen_it_gets_no_more_than_that() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let (_, token) = make(&mut client, &format!("create_feed('{broker}')"));
    let etag = |answer: &Response<String>| answer.headers()["etag"].to_str().unwrap().to_owned();
    let first = etag(&get(&postgrest, &token, &[]));
    let same = get(&postgrest, &token, &[("If-None-Match", &format!("\"x\", {first}"))]);
    assert_eq!((same.status().as_u16(), same.body().as_str()), (304, ""));
    assert_eq!(etag(&same), first);
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let changed = get(&postgrest, &token, &[("If-None-Match", &first)]);
    assert_eq!(changed.status(), 200);
    assert_ne!(etag(&changed), first);
    assert_eq!(etag(&get(&postgrest, &token, &[])), etag(&changed));
}

#[test]
fn an_invitation_follows_its_booking() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("email", "ada@example.com")]);
    let booking = fixture::call(
        &mut client,
        &format!("book_calendar_slot('{broker}', '2026-03-03T15:00Z', title => 'Viewing', lead_email => 'lee@example.com')"),
    )
    .unwrap();
    fixture::book(&mut client, broker, "2026-03-03T16:00Z").unwrap();
    let id = booking["id"].as_str().unwrap();
    let (_, token) = make(&mut client, &format!("create_invitation('{id}')"));
    let shown = || read(get(&postgrest, &token, &[]).body());
    let event = |start: &str, status: &str, sequence: u32| {
        vec![json!("PUBLISH"), json!([["Viewing", start, status, sequence]])]
    };
    assert_eq!(shown(), event("2026-03-03T15:00:00+00:00", "CONFIRMED", 0));
    client
        .batch_execute(&format!("select calendar.reschedule_booking('{id}', '2026-03-04T15:00Z')"))
        .unwrap();
    assert_eq!(shown(), event("2026-03-04T15:00:00+00:00", "CONFIRMED", 1));
    client.batch_execute(&format!("select calendar.cancel_booking('{id}')")).unwrap();
    assert_eq!(shown(), event("2026-03-04T15:00:00+00:00", "CANCELLED", 2));
}

#[test]
fn a_feed_ends_when_it_is_revoked_and_is_nobody_else_s_to_revoke() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let owner = Uuid::from_u128(1);
    let broker = fixture::broker(&mut db.connect(), &[("user_id", &owner.to_string())]);
    let mut own = db.connect_as(Caller::User(owner));
    let (feed, token) = make(&mut own, &format!("create_feed('{broker}')"));
    let (_, other) = make(&mut own, &format!("create_feed('{broker}')"));
    assert_ne!(token, other);
    let revoke = format!("select calendar.revoke_feed('{feed}')");
    let mut stranger = db.connect_as(Caller::User(Uuid::from_u128(2)));
    let refused = stranger.query_one(&revoke, &[]).unwrap_err();
    assert_eq!(refused.code().unwrap().code(), "PT404");
    assert_eq!(get(&postgrest, &token, &[]).status(), 200);
    let was_in_force = |own: &mut Client| -> bool { own.query_one(&revoke, &[]).unwrap().get(0) };
    assert!(was_in_force(&mut own));
    assert!(!was_in_force(&mut own));
    for gone in [token.as_str(), "x", "", &"f".repeat(64)] {
        let answer = get(&postgrest, gone, &[]);
        assert_eq!(answer.status(), 404, "{gone}");
        assert!(answer.body().contains("feed_not_found"), "{answer:?}");
    }
    assert_eq!(get(&postgrest, &other, &[]).status(), 200);
    // Who reads the table cannot read the calendar.
    let kept: Vec<u8> = db
        .connect()
        .query_one("select string_agg(token_digest, '') from calendar.feeds", &[])
        .unwrap()
        .get(0);
    assert!(!String::from_utf8_lossy(&kept).contains(&other[..8]));
    let rows: i64 = own.query_one("select count(id) from calendar.feeds", &[]).unwrap().get(0);
    assert_eq!(rows, 2);
    let denied = own.query("select token_digest from calendar.feeds", &[]).unwrap_err();
    assert_eq!(denied.code().unwrap().code(), "42501");
}
