//! Each argument of each function, and all at once.

use crate::support::{call, world};
use calendar_tests::answer::{message, sqlstate};
use calendar_tests::{Database, random};
use postgres::Client;
use uuid::Uuid;

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
            "select replace(p.pronamespace::regnamespace || '.' || p.proname, 'calendar.', ''), p.proargnames[1:p.pronargs],
                    (select coalesce(array_agg(t::regtype::text order by n), '{}')
                       from unnest(p.proargtypes::oid[]) with ordinality as a (t, n))
               from pg_proc as p
              where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace)
                -- The one is the superuser's; the other takes a body, which `voice` makes bad.
                and p.proname not in ('grant_api_roles', 'retell')
              order by 1",
            &[],
        )
        .unwrap();
    let link = format!("select calendar.create_booking_link('{booking}')");
    let token: String = client.query_one(&link, &[]).unwrap().get(0);
    let endpoint = "select (calendar.add_webhook_endpoint('https://hooks.example.com/') ->> 'id')";
    let endpoint: String = client.query_one(endpoint, &[]).unwrap().get(0);
    let hold = "select calendar.hold_slot('ada', '2026-03-06T15:00Z') ->> 'token'";
    let hold: String = client.query_one(hold, &[]).unwrap().get(0);
    rows.iter()
        .map(|row| {
            let function: String = row.get(0);
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
                    "status" if function.contains("obligation") => "'pending'".to_owned(),
                    "external_id" | "title" => "'k'".to_owned(),
                    "due_on" => "'2026-05-01'".to_owned(),
                    "status" => "'active'".to_owned(),
                    "page" if kind == "text" => "'ada'".to_owned(),
                    "month" => "'2026-03-01'".to_owned(),
                    "token" if function.contains("hold") => format!("'{hold}'"),
                    "token" => format!("'{token}'"),
                    "lead_name" => "'Lee'".to_owned(),
                    "reason" if function.contains("skip_notification") => "'no_address'".to_owned(),
                    "outcome" if kind == "text" => "'final'".to_owned(),
                    "settings" | "page" | "outcome" => "'{}'".to_owned(),
                    "rows" | "calendars" | "hours" | "overrides" | "obligations" => {
                        "'[]'".to_owned()
                    }
                    "secret" => "'\\x01'".to_owned(),
                    "key_id" | "channel_id" => "'k'".to_owned(),
                    "agent_id" => format!("'{broker}'"),
                    "version" => "'1'".to_owned(),
                    "ticket_digest" | "session_digest" | "state_digest" => "sha256('x')".to_owned(),
                    "failure_id" => "1".to_owned(),
                    "page_number" => "0".to_owned(),
                    "round_started_at" => "calendar_sync.begin_round()".to_owned(),
                    "under_way" | "lease_ids" => "'{}'".to_owned(),
                    "max_per_account" => "1".to_owned(),
                    "lease_for" | "keep" => "'1 day'".to_owned(),
                    "max_age" => "'1 hour'".to_owned(),
                    "expires_at" => "'2026-03-09'".to_owned(),
                    "max_calendars" | "max_channels" | "max_pushes" | "max_notifications" => {
                        "1".to_owned()
                    }
                    "channels" => "'{email}'".to_owned(),
                    "url" => "'https://hooks.example.com/'".to_owned(),
                    "endpoint_id" => format!("'{endpoint}'"),
                    "event" => "'failed'".to_owned(),
                    "function" => "'app.ignore(calendar.booking)'".to_owned(),
                    "phone" => "'5550100'".to_owned(),
                    "key" => "'k'".to_owned(),
                    _ => "null".to_owned(),
                };
                Argument { name, good, bad: bad_values(&kind) }
            });
            let arguments = arguments.collect();
            (function, arguments)
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
fn a_length_from_the_last_instant_of_all_is_refused_by_name() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, _, booking) = world(&mut client);
    let last = "'294276-12-31 23:59:59.999999Z', '2026-03-05 15:00Z', duration_minutes => 1";
    for function in [
        format!("book_calendar_slot('{broker}', {last})"),
        format!("reschedule_booking('{booking}', {last})"),
    ] {
        let error = call(&mut client, &function).unwrap_err();
        assert_eq!(sqlstate(&error), "22023", "{function}");
        assert!(message(&error).starts_with("slot_start must be a finite instant"), "{error:?}");
    }
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
                    "calendar_sync.unsubscribe" => &["22023"],
                    // No secret, page or type has such a name.
                    _ if arguments[at].name == "token" => &["PT401"],
                    _ if arguments[at].name == "page" => &["22023", "PT404"],
                    _ if arguments[at].name == "meeting_type" => &["22023", "PT404", "an answer"],
                    // What is not understood, and what is refused.
                    "check_availability" | "parse_when" => &["22023", "an answer"],
                    twin if twin.starts_with("try_") => &["22023", "an answer"],
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
