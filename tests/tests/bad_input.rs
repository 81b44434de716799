//! Hostile input: what is wrong is refused in words, and nothing takes for ever.

use calendar_tests::answer::{message, refused, sqlstate};
use calendar_tests::{Database, fixture, random};
use postgres::{Client, Error};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What a caller may hear: that an argument is wrong, or any answer of the
/// contract. Never an internal error, an overflow or a violated constraint.
const ALLOWED: [&str; 6] = ["22023", "PT404", "PT409", "PT422", "PT429", "42501"];

fn execute(client: &mut Client, statement: &str) {
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement:.500}: {e:?}"));
}

/// One argument of a function: how it is called, a good value, and bad ones.
struct Argument {
    name: String,
    good: String,
    bad: Vec<&'static str>,
}

/// Every function that callers may call, with its arguments.
fn functions(
    client: &mut Client,
    broker: Uuid,
    calendar: Uuid,
    booking: &str,
) -> Vec<(String, Vec<Argument>)> {
    let rows = client
        .query(
            "select p.proname::text, p.proargnames[1:p.pronargs],
                    (select coalesce(array_agg(t::regtype::text order by n), '{}')
                       from unnest(p.proargtypes::oid[]) with ordinality as a (t, n))
               from pg_proc as p
              where p.pronamespace = 'calendar'::regnamespace
                -- The one is the superuser's; the other takes a body, which `voice` makes bad.
                and p.proname not in ('grant_api_roles', 'retell')
              order by 1",
            &[],
        )
        .unwrap();
    rows.iter()
        .map(|row| {
            let names: Option<Vec<String>> = row.get(1);
            let types: Vec<String> = row.get(2);
            let arguments = names.unwrap_or_default().into_iter().zip(types).map(|(name, kind)| {
                let good = match name.as_str() {
                    "broker_id" => format!("'{broker}'"),
                    "calendar_id" => format!("'{calendar}'"),
                    "booking_id" => format!("'{booking}'"),
                    "slot_start" => "'2026-03-05T15:00Z'".to_owned(),
                    "slot_end" => "'2026-03-05T15:30Z'".to_owned(),
                    "window_start" => "'2026-03-03'".to_owned(),
                    "window_end" | "range_end" => "'2026-03-10'".to_owned(),
                    "range_start" => "'2026-03-09'".to_owned(),
                    "created_by" => "'voice'".to_owned(),
                    "outside_hours" => "false".to_owned(),
                    "first_date" => "'2026-03-03'".to_owned(),
                    "last_date" => "'2026-03-10'".to_owned(),
                    "phrase" | "requested_time" => "'tomorrow at 3'".to_owned(),
                    "timezone" => "'Europe/Berlin'".to_owned(),
                    "batch" => "'{}'".to_owned(),
                    "method" => "'PUBLISH'".to_owned(),
                    "provider" => "'ics'".to_owned(),
                    "status" => "'active'".to_owned(),
                    "settings" | "page" | "outcome" => "'{}'".to_owned(),
                    "rows" | "calendars" => "'[]'".to_owned(),
                    "secret" => "'\\x01'".to_owned(),
                    "key_id" | "channel_id" => "'k'".to_owned(),
                    "page_number" => "0".to_owned(),
                    "round_started_at" => "calendar.begin_round()".to_owned(),
                    "under_way" | "lease_ids" => "'{}'".to_owned(),
                    "max_per_account" => "1".to_owned(),
                    "lease_for" | "keep" => "'1 day'".to_owned(),
                    "max_age" => "'1 hour'".to_owned(),
                    "expires_at" => "'2026-03-09'".to_owned(),
                    "max_calendars" | "max_channels" | "max_pushes" => "1".to_owned(),
                    _ => "null".to_owned(),
                };
                Argument { name, good, bad: bad_values(&kind) }
            });
            (row.get(0), arguments.collect())
        })
        .collect()
}

fn bad_values(kind: &str) -> Vec<&'static str> {
    let mut values = vec!["null"];
    values.extend_from_slice(match kind {
        "timestamp with time zone" => &[
            "'infinity'",
            "'-infinity'",
            "'294276-12-31 23:59:59.999999Z'",
            "'4713-01-01 00:00Z BC'",
            "'0001-01-01 00:00Z'",
            "'0001-01-08 00:00Z'",
            "'9999-12-31 23:59:59.999999Z'",
            "'9999-12-30 00:00Z'",
            "'2026-03-05 15:00:00.000001Z'",
        ],
        "date" => {
            &["'infinity'", "'-infinity'", "'0001-01-01'", "'4713-01-01 BC'", "'5874897-12-31'"]
        }
        "integer" => &["-2147483648", "-1", "0", "1", "2147483647"],
        "integer[]" => {
            &["'{}'", "'{null}'", "'{0}'", "'{2147483647}'", "'{{1,2},{3,4}}'", "'[5:6]={1,2}'"]
        }
        "text" => &["''", "' '", "'é'", "U&'\\0001'", "'''; drop table x; --'", "repeat('é', 400)"],
        "uuid" => &["'00000000-0000-0000-0000-000000000000'"],
        "jsonb" => &["'null'", "'[]'", "'7'", "'{\"events\": 7}'", "'{\"deleted\": [null]}'"],
        _ => &[],
    });
    values
}

/// Arguments of which either may be called wrong, where the two together are: the one
/// that was given, and the one that is named.
const TOGETHER: [(&str, &str); 4] = [
    ("window_start", "window_end"),
    ("range_start", "range_end"),
    ("first_date", "last_date"),
    ("slot_start", "slot_end"),
];

/// Whether a message has a name in it, as a word.
fn names(message: &str, name: &str) -> bool {
    message.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}

/// A broker with a calendar, an event and a booking.
fn world(client: &mut Client) -> (Uuid, Uuid, String) {
    let broker = fixture::broker(client, &[("booking_horizon_days", "3660")]);
    let calendar = fixture::calendar(client, broker, &[]);
    fixture::event(client, calendar, "e", "2026-03-04T15:00:00Z", "2026-03-04T16:00:00Z");
    let booking = fixture::book(client, broker, "2026-03-03T15:00Z").unwrap();
    (broker, calendar, booking["id"].as_str().unwrap().to_owned())
}

/// Calls a function in a transaction that is rolled back, and looks at the error
/// if there is one.
#[track_caller]
fn call(client: &mut Client, call: &str) -> Result<(), Error> {
    let mut transaction = client.transaction().unwrap();
    let result = transaction.batch_execute(&format!("select * from calendar.{call}"));
    transaction.rollback().unwrap();
    if let Err(error) = &result {
        assert!(ALLOWED.contains(&sqlstate(error)), "{call:.500}: {error:?}");
        let message = message(error);
        assert!(message.len() <= 300, "{call:.500}: {message}");
        assert!(message.bytes().all(|b| (b' '..=b'~').contains(&b)), "{call:.500}: {message:?}");
    }
    result
}

// Each argument.

#[test]
fn every_argument_may_have_every_bad_value() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, booking) = world(&mut client);
    let mut unnamed = Vec::new();
    for (function, arguments) in functions(&mut client, broker, calendar, &booking) {
        for at in 0..arguments.len() {
            for bad in &arguments[at].bad {
                let list: Vec<String> = arguments
                    .iter()
                    .enumerate()
                    .map(|(i, a)| {
                        format!("{} => {}", a.name, if i == at { bad } else { a.good.as_str() })
                    })
                    .collect();
                let result = call(&mut client, &format!("{function}({})", list.join(", ")));
                // A wrong argument is called by its name.
                if let Err(error) = result
                    && sqlstate(&error) == "22023"
                {
                    let name = arguments[at].name.as_str();
                    let is_named = names(message(&error), name)
                        || TOGETHER
                            .iter()
                            .any(|(one, other)| *one == name && names(message(&error), other));
                    if !is_named {
                        unnamed.push(format!("{function} {name} => {bad}: {}", message(&error)));
                    }
                }
            }
        }
    }
    assert_eq!(unnamed, [""; 0]);
}

#[test]
fn all_arguments_may_be_bad_at_once() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, booking) = world(&mut client);
    let mut rng = random::generator();
    let functions = functions(&mut client, broker, calendar, &booking);
    for _ in 0..4000 {
        let (function, arguments) = &functions[rng.usize(..functions.len())];
        let list: Vec<String> = arguments
            .iter()
            .map(|a| {
                let bad = a.bad[rng.usize(..a.bad.len())];
                format!("{} => {}", a.name, if rng.bool() { bad } else { a.good.as_str() })
            })
            .collect();
        let _ = call(&mut client, &format!("{function}({})", list.join(", ")));
    }
}

#[test]
fn ten_megabytes_are_no_text_for_an_argument() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, booking) = world(&mut client);
    for (function, arguments) in functions(&mut client, broker, calendar, &booking) {
        for at in 0..arguments.len() {
            if !arguments[at].bad.contains(&"' '") {
                continue;
            }
            for huge in ["repeat('x', 10000000)", "repeat('é' || chr(10), 4000000)"] {
                let list: Vec<String> = arguments
                    .iter()
                    .enumerate()
                    .map(|(i, a)| {
                        format!("{} => {}", a.name, if i == at { huge } else { a.good.as_str() })
                    })
                    .collect();
                let result = call(&mut client, &format!("{function}({})", list.join(", ")));
                let outcome = result.as_ref().map_or_else(sqlstate, |()| "an answer");
                let expected: &[&str] = match function.as_str() {
                    "feed" => &["PT404"],
                    // What is not understood, and what is refused.
                    "check_availability" | "parse_when" | "try_book" => &["22023", "an answer"],
                    _ => &["22023"],
                };
                assert!(
                    expected.contains(&outcome),
                    "{function} {}: {outcome}",
                    arguments[at].name
                );
            }
        }
    }
}

#[test]
fn no_private_function_brings_the_server_down() {
    let db = Database::new();
    let mut client = db.connect();
    let calls: Vec<String> = client
        .query(
            "select format('select * from %s(%s)', p.oid::regproc,
                           (select string_agg('null::' || t::regtype, ', ')
                              from unnest(p.proargtypes::oid[]) as t))
               from pg_proc as p
              where p.pronamespace = 'calendar_private'::regnamespace
                and p.prorettype <> 'trigger'::regtype",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert!(calls.len() > 20);
    for call in calls {
        let _ = client.batch_execute(&call);
        let alive = client.query_one("select 1", &[]);
        assert!(alive.is_ok(), "{call}");
    }
}

// Batches.

#[test]
fn ten_megabytes_in_an_event_are_stored_or_rejected_by_name() {
    let db = Database::new();
    let mut client = db.connect();
    let (_, calendar, _) = world(&mut client);
    let huge = "é\n".repeat(4_000_000);
    let event = |id: &str, key: &str| {
        let mut event = json!({"external_event_id": id, "starts_at": "2026-03-05T15:00:00Z",
                               "ends_at": "2026-03-05T16:00:00Z"});
        event[key] = json!(huge);
        event
    };
    let events = json!([
        event("title", "title"),
        event("raw", "raw"),
        event("etag", "etag"),
        event("timezone", "timezone"),
        event("status", "status"),
        event("starts_at", "starts_at"),
        event("recurrence", "recurrence"),
        event("recurrence_id", "recurrence_id"),
        event("vtimezone", "vtimezone"),
        event("id", "external_event_id"),
    ]);
    let answer = fixture::apply_sync(&mut client, calendar, &json!({"events": events})).unwrap();
    assert_eq!(answer["created"], 7);
    for (key, expected) in [
        ("rejected", &["starts_at", "recurrence"][..]),
        ("repaired", &["status", "recurrence_id", "vtimezone"]),
    ] {
        let items = answer[key].as_array().unwrap();
        let ids: Vec<&str> =
            items.iter().map(|item| item["external_event_id"].as_str().unwrap()).collect();
        for id in expected {
            assert!(ids.contains(id), "{key}: {ids:.200?}");
        }
        for item in items {
            assert!(item["reason"].as_str().unwrap().len() < 600);
        }
    }
}

#[test]
fn deep_json_is_stored_as_it_is() {
    let db = Database::new();
    let mut client = db.connect();
    let (_, calendar, _) = world(&mut client);
    let batch = format!(
        r#"{{"events": [{{"external_event_id": "deep", "starts_at": "2026-03-05T15:00:00Z",
                          "raw": {}{}}},
                        {{"external_event_id": {}{}, "starts_at": "2026-03-05T15:00:00Z"}}]}}"#,
        "[".repeat(500),
        "]".repeat(500),
        "[".repeat(500),
        "]".repeat(500),
    );
    let answer: Value = client
        .query_one("select calendar.apply_sync($1, $2::text::jsonb)", &[&calendar, &batch])
        .unwrap()
        .get(0);
    assert_eq!(answer["created"], 1, "{answer}");
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 1);
}

// Tables.

#[test]
fn wrong_rows_are_impossible() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, booking) = world(&mut client);
    let other = fixture::broker(&mut client, &[]);
    let hours = "calendar.working_hours (broker_id, weekday, start_local, end_local)";
    let slot = "calendar.bookings (broker_id, status, slot_start, slot_end)";
    let event = "calendar.events (calendar_id, external_event_id, starts_at, ends_at)";
    for (state, statement) in [
        (
            "23514",
            format!("update calendar.brokers set timezone = 'Mars/Base' where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set timezone = 'america/new_york' where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set timezone = 'EST5EDT4' where id = '{broker}'"),
        ),
        (
            "23514",
            format!("update calendar.brokers set slot_duration_minutes = 0 where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set slot_increment_minutes = 1441 where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set buffer_before_minutes = -1 where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set minimum_notice_minutes = -1 where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set booking_horizon_days = 0 where id = '{broker}'"),
        ),
        (
            "23514",
            format!("update calendar.brokers set max_bookings_per_day = 0 where id = '{broker}'"),
        ),
        ("23514", format!("update calendar.calendars set timezone = '' where id = '{calendar}'")),
        (
            "23505",
            format!(
                "insert into calendar.calendars (broker_id, timezone, is_primary) values ('{broker}', 'UTC', true)"
            ),
        ),
        (
            "23514",
            format!(
                "insert into calendar.accounts (broker_id, provider) values ('{broker}', 'aol')"
            ),
        ),
        (
            "23514",
            format!(
                "insert into calendar.accounts (broker_id, provider, secret) values ('{broker}', 'ics', 'x')"
            ),
        ),
        ("23514", format!("insert into {hours} values ('{broker}', 0, '09:00', '17:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 8, '09:00', '17:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 1, '17:00', '09:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 1, '09:00', '09:00')")),
        ("23503", format!("insert into {hours} values ('{calendar}', 1, '09:00', '17:00')")),
        (
            "23514",
            format!(
                "insert into {slot} values ('{broker}', 'confirmed', '2026-03-06', '2026-03-05')"
            ),
        ),
        (
            "23514",
            format!("insert into {slot} values ('{broker}', 'maybe', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23514",
            format!("insert into {slot} values ('{broker}', 'held', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23514",
            format!(
                "insert into {slot} values ('{broker}', 'confirmed', '2026-03-05', '2026-03-07')"
            ),
        ),
        (
            "23P01",
            format!(
                "insert into {slot} values ('{broker}', 'pending', '2026-03-03T15:29Z', '2026-03-03T15:40Z')"
            ),
        ),
        (
            "23514",
            format!("insert into {event} values ('{calendar}', 'x', '2026-03-06', '2026-03-05')"),
        ),
        (
            "23514",
            format!("insert into {event} values ('{calendar}', '', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23505",
            format!("insert into {event} values ('{calendar}', 'e', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23503",
            format!("insert into {event} values ('{broker}', 'x', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23503",
            format!(
                "update calendar.bookings set broker_id = '{other}', calendar_id = '{calendar}' where id = '{booking}'"
            ),
        ),
        ("23514", "update calendar.busy_blocks set ends_at = starts_at where true".to_owned()),
        (
            "23514",
            "update calendar.busy_blocks set ends_at = ends_at + interval '2 days' where true"
                .to_owned(),
        ),
    ] {
        let error = client.batch_execute(&statement).expect_err(&statement);
        assert_eq!(sqlstate(&error), state, "{statement}: {error:?}");
    }
    // What looks wrong and is not.
    execute(&mut client, &format!("insert into {hours} values ('{broker}', 7, '00:00', '24:00')"));
    execute(
        &mut client,
        &format!(
            "insert into {slot} values ('{broker}', 'cancelled', '2026-03-03T15:00Z', '2026-03-03T15:30Z')"
        ),
    );
    execute(
        &mut client,
        &format!(
            "insert into {slot} values ('{broker}', 'pending', '2026-03-03T15:30Z', '2026-03-03T16:00Z')"
        ),
    );
}

// Time.

/// Asserts that an operation that would take long is ended within half a second
/// of its time.
#[track_caller]
fn ends_in_time(client: &mut Client, what: &str, statement: &str) {
    const TIMEOUT: Duration = Duration::from_millis(100);
    execute(client, &format!("set statement_timeout = '{}ms'", TIMEOUT.as_millis()));
    let begun = Instant::now();
    let result = client.batch_execute(statement);
    let taken = begun.elapsed();
    execute(client, "reset statement_timeout");
    println!("{what}: {taken:?}");
    let error = result.expect_err(&format!("{what} is too short to be interrupted: {taken:?}"));
    assert_eq!(sqlstate(&error), "57014", "{what}: {error:?}");
    assert!(taken < TIMEOUT + Duration::from_millis(500), "{what}: {taken:?}");
}

#[test]
fn a_statement_timeout_is_obeyed_within_half_a_second() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, _) = world(&mut client);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let event = |n: usize| {
        json!({"external_event_id": format!("e{n}"), "starts_at": "2025-01-01T00:00:00Z",
               "ends_at": "2025-01-01T00:10:00Z", "recurrence": "RRULE:FREQ=HOURLY", "timezone": "Europe/London"})
    };
    let hourly: Vec<Value> = (0..300).map(event).collect();
    let plain = |n: usize| {
        json!({"external_event_id": format!("p{n}"), "starts_at": "2026-04-01T00:00:00Z",
               "ends_at": "2026-04-01T00:10:00Z"})
    };
    let many: Vec<Value> = (0..100_000).map(plain).collect();
    // Two million steps each, in vain.
    let absurd = |n: usize| {
        json!({"external_event_id": format!("a{n}"), "starts_at": "1970-01-01T00:00:00Z",
               "recurrence": "RRULE:FREQ=MINUTELY;BYSETPOS=2;COUNT=9"})
    };
    let absurd: Vec<Value> = (0..1000).map(absurd).collect();
    let dates = vec!["20260401T100000Z"; 60_000].join(",");
    let dated = |n: usize| {
        json!({"external_event_id": format!("d{n}"), "starts_at": "2026-04-01T10:00:00Z",
               "recurrence": format!("RDATE:{dates}")})
    };
    let dated: Vec<Value> = (0..30).map(dated).collect();
    let zoned = |n: usize| {
        json!({"external_event_id": format!("z{n}"), "starts_at": "2026-04-01T10:00:00Z",
               "vtimezone": format!("BEGIN:VTIMEZONE\nTZID:{n}\nBEGIN:STANDARD\nDTSTART:19700101T000000\n\
                    TZOFFSETFROM:+0137\nTZOFFSETTO:+0037\nRRULE:FREQ=YEARLY\nEND:STANDARD\nEND:VTIMEZONE")})
    };
    let zoned: Vec<Value> = (0..30_000).map(zoned).collect();
    execute(&mut client, "create table batches (name text, batch jsonb, ics text)");
    for (name, events) in
        [("hourly", hourly), ("many", many), ("absurd", absurd), ("dated", dated), ("zoned", zoned)]
    {
        let batch = json!({"events": events});
        client.execute("insert into batches values ($1, $2)", &[&name, &batch]).unwrap();
    }
    let vevent =
        "BEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260401T100000Z\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n";
    let ics =
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}END:VCALENDAR\r\n", vevent.repeat(100_000));
    client.execute("insert into batches values ('ics', null, $1)", &[&ics]).unwrap();

    let apply = |name: &str| {
        format!(
            "select calendar.apply_sync('{calendar}', batch) from batches where name = '{name}'"
        )
    };
    for name in ["hourly", "many", "absurd", "dated", "zoned"] {
        ends_in_time(&mut client, name, &apply(name));
    }
    let import =
        format!("select calendar.import_ics('{calendar}', ics) from batches where name = 'ics'");
    ends_in_time(&mut client, "ics", &import);
    execute(&mut client, &apply("hourly"));
    for (what, statement) in [
        (
            "policy",
            format!(
                "update calendar.calendars set tentative_blocks = false where id = '{calendar}'"
            ),
        ),
        (
            "get_busy, derived",
            format!("select calendar.get_busy('{broker}', '2030-01-01', '2030-12-31')"),
        ),
        (
            "slots, derived",
            format!(
                "select calendar.get_available_slots('{broker}', '2030-01-01', '2030-12-31', duration_minutes => 1)"
            ),
        ),
        (
            "export_ics",
            format!("select calendar.export_ics('{broker}', '2026-01-01', '2030-12-31')"),
        ),
        (
            "check_timezones",
            "select * from calendar.check_timezones('2000-01-01', '2020-01-01')".to_owned(),
        ),
        (
            "extend_horizon",
            "set calendar.now = '2027-03-01T00:00:00Z'; select calendar.extend_horizon()"
                .to_owned(),
        ),
    ] {
        ends_in_time(&mut client, what, &statement);
    }
    // And nothing of all this was left behind.
    fixture::slots(&mut client, broker, "2026-03-05", "2026-03-06").unwrap();
}

#[test]
fn an_answer_of_a_year_of_minutes_is_an_answer() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[("booking_horizon_days", "3660")]);
    for weekday in 1..=7 {
        fixture::working_hours(&mut client, broker, weekday, "00:00", "24:00");
    }
    let count: i64 = client
        .query_one(
            "select count(*) from calendar.get_available_slots(
                 $1, '2027-01-01', '2028-01-02', duration_minutes => 1)",
            &[&broker],
        )
        .unwrap()
        .get(0);
    assert_eq!(count, 366 * 24 * 60);
    let result = client
        .query("select calendar.get_available_slots($1, '2027-01-01', '2028-01-03')", &[&broker]);
    refused(result, "22023", "window_end must be at most 366 days");
}

#[test]
fn no_error_shows_a_backtrace() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    // Raised by us, by PostgreSQL below us, and behind pgrx's back.
    client.batch_execute("set statement_timeout = '50ms'").unwrap();
    let slow = format!(
        "select count(*) from generate_series(1, 1000), calendar.get_available_slots('{broker}', '2026-03-05', '2027-03-05', 1)"
    );
    for (state, call) in [
        ("22023", format!("select calendar.get_available_slots('{broker}', max_slots => 0)")),
        ("57014", slow),
        ("PT404", "select calendar.get_available_slots(gen_random_uuid())".to_owned()),
    ] {
        let error = client.batch_execute(&call).unwrap_err();
        assert_eq!(sqlstate(&error), state, "{error:?}");
        assert_eq!(error.as_db_error().unwrap().detail(), None, "{call}");
    }
    // The server's environment asks for them all the same.
    client
        .batch_execute(
            "create temp table environment (value text);
             copy environment from program 'echo $RUST_BACKTRACE'",
        )
        .unwrap();
    let value: String = client.query_one("table environment", &[]).unwrap().get(0);
    assert_eq!(value, "full");
}

#[test]
fn what_is_too_large_to_read_is_refused_before_memory_is_short() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let pid: i32 = client.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    let days = "(select array_agg(1 + n % 7) from generate_series(1, 3000000) as n)";
    let slots = format!(
        "select count(*) from calendar.get_available_slots('{broker}', preferred_days => {days})"
    );
    assert!(client.query_one(&slots, &[]).unwrap().get::<_, i64>(0) > 0);
    let long = "repeat('x', 70000000)";
    for call in [
        format!("select calendar.import_ics('{calendar}', {long})"),
        format!("select calendar.check_availability('{broker}', {long}, timezone => {long})"),
        format!("select calendar.get_available_slots('{broker}', preferred_period => {long})"),
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{broker}', 'block', '2026-03-05', '2026-03-06', {long})"
        ),
    ] {
        let error = client.batch_execute(&call).unwrap_err();
        assert!(["22023", "23514"].contains(&sqlstate(&error)), "{call}: {error:?}");
        assert!(message(&error).len() < 300, "{error:?}");
    }
    // A million busy times are more than an answer takes.
    client
        .batch_execute(&format!(
            "insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
             select '{broker}', '{calendar}', gen_random_uuid(), at, at + interval '1 minute'
               from generate_series(timestamptz '2026-03-03', '2026-03-13', '1 minute') as at,
                    generate_series(1, 70)"
        ))
        .unwrap();
    let slots = format!("select calendar.get_available_slots('{broker}')");
    refused(client.query(&slots, &[]), "54000", "the window must hold at most 1000000 busy times");
    let same: i32 = client.query_one("select pg_backend_pid()", &[]).unwrap().get(0);
    assert_eq!(same, pid);
}
