//! Every function, for every caller.

use crate::support::{NOBODY, Subject};
use calendar_tests::postgrest::Answer;
use calendar_tests::{Caller, Database, Postgrest};
use postgres::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A function, whose broker it is called for, with which arguments, and what comes of
/// it: the HTTP status, and the code of an error.
type Row = (&'static str, Whose, fn(&Subject<'_>) -> Value, [&'static str; 4]);

#[derive(Debug, Clone, Copy)]
enum Whose {
    /// A broker that only itself and the service know.
    Private,
    /// A broker with `public_booking`.
    Public,
}
use Whose::{Private, Public};

#[rustfmt::skip]
const MATRIX: &[Row] = &[
    //                                                                  anon         another broker  its own      service_role
    ("get_available_slots", Private, |b| json!({"broker_id": b.id}),  ["404 PT404", "404 PT404",    "200",       "200"]),
    ("get_available_slots", Public,  |b| json!({"broker_id": b.id}),  ["200",       "200",          "200",       "200"]),
    ("get_busy",            Private, window,                          ["401 42501", "404 PT404",    "200",       "200"]),
    ("get_busy",            Public,  window,                          ["401 42501", "403 42501",    "200",       "200"]),
    ("explain_slot",        Private, slot,                            ["401 42501", "404 PT404",    "200",       "200"]),
    ("explain_slot",        Public,  slot,                            ["401 42501", "403 42501",    "200",       "200"]),
    ("book_calendar_slot",  Private, booking,                         ["404 PT404", "404 PT404",    "200",       "200"]),
    ("book_calendar_slot",  Public,  booking,                         ["200",       "200",          "200",       "200"]),
    ("book_calendar_slot",  Private, at_night,                        ["404 PT404", "404 PT404",    "200",       "200"]),
    ("book_calendar_slot",  Public,  at_night,                        ["401 42501", "403 42501",    "200",       "200"]),
    ("confirm_booking",     Private, |b| json!({"booking_id": b.booking()}), ["401 42501", "404 PT404", "200",    "200"]),
    ("confirm_booking",     Public,  |b| json!({"booking_id": b.booking()}), ["401 42501", "404 PT404", "200",    "200"]),
    ("cancel_booking",      Private, |b| json!({"booking_id": b.booking()}), ["401 42501", "404 PT404", "200",    "200"]),
    ("cancel_booking",      Public,  |b| json!({"booking_id": b.booking()}), ["401 42501", "404 PT404", "200",    "200"]),
    ("reschedule_booking",  Private, moved,                           ["401 42501", "404 PT404",    "200",       "200"]),
    ("reschedule_booking",  Public,  moved,                           ["401 42501", "404 PT404",    "200",       "200"]),
    ("booking_ics",         Private, |b| json!({"booking_id": b.booking()}), ["401 42501", "404 PT404", "200",    "200"]),
    ("export_ics",          Private, window,                          ["401 42501", "404 PT404",    "200",       "200"]),
    ("import_ics",          Private, ics,                             ["401 42501", "403 42501",    "403 42501", "200"]),
    ("apply_sync",          Private, batch,                           ["401 42501", "403 42501",    "403 42501", "200"]),
    ("check_timezones",     Private, |_| json!({"range_end": "2026-03-03T00:00Z"}),
                                                                      ["401 42501", "403 42501",    "403 42501", "200"]),
    ("disconnect_account",  Private, |b| json!({"account_id": b.account()}), ["401 42501", "404 PT404", "204",    "204"]),
    ("begin_connection",    Private, |b| json!({"provider": "ics", "broker_id": b.id}),
                                                                      ["401 42501", "404 PT404",    "200",         "200"]),
    ("set_account_status",  Private, |b| json!({"account_id": b.account(), "status": "paused"}),
                                                                      ["401 42501", "403 42501",    "403 42501", "204"]),
    ("set_primary_calendar", Private, |b| json!({"calendar_id": b.calendar}),
                                                                      ["401 42501", "404 PT404",    "204",       "204"]),
    ("get_connections",     Private, |b| json!({"broker_id": b.id}),  ["401 42501", "404 PT404",    "200",       "200"]),
    ("request_sync",        Private, |b| json!({"broker_id": b.id}),  ["401 42501", "404 PT404",    "200",       "200"]),
    ("get_overview",        Private, |_| json!({}),                   ["401 42501", "403 42501",    "403 42501", "200"]),
    ("search_calendars",    Private, |_| json!({}),                   ["401 42501", "403 42501",    "403 42501", "200"]),
    ("list_unwritten",      Private, |_| json!({}),                   ["401 42501", "403 42501",    "403 42501", "200"]),
    ("list_failures",       Private, |_| json!({}),                   ["401 42501", "403 42501",    "403 42501", "200"]),
    ("get_calendar_log",    Private, |b| json!({"calendar_id": b.calendar}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("retry_failure",       Private, |_| json!({"failure_id": 0}),    ["401 42501", "404 PT404",    "404 PT404", "404 PT404"]),
    ("dismiss_failure",     Private, |_| json!({"failure_id": 0}),    ["401 42501", "404 PT404",    "404 PT404", "404 PT404"]),
    ("request_resync",      Private, |b| json!({"calendar_id": b.calendar}),
                                                                      ["401 42501", "403 42501",    "403 42501", "404 PT404"]),
    ("import_brokers",      Private, |_| json!({"rows": []}),
                                                                      ["401 42501", "403 42501",    "403 42501", "200"]),
    ("decline_booking", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "404 PT404",    "409 PT409", "409 PT409"]),
    ("complete_booking", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "404 PT404",    "409 PT409", "409 PT409"]),
    ("mark_no_show", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "404 PT404",    "409 PT409", "409 PT409"]),
    ("try_confirm", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("try_decline", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("try_cancel", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("try_complete", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("try_no_show", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("try_reschedule", Private, moved,                                ["401 42501", "200",          "200",       "200"]),
    ("set_working_hours",   Private, |b| json!({"broker_id": b.id, "hours": []}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("set_overrides",       Private, |b| json!({"broker_id": b.id, "overrides": []}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("save_meeting_type",   Private, |b| json!({"broker_id": b.id, "meeting_type": {"slug": "call", "name": "Call"}}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("set_message_settings", Private, |b| json!({"broker_id": b.id, "settings": {"locale": "fr"}}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("explain_availability", Private, |b| json!({"broker_id": b.id}), ["401 42501", "404 PT404",    "200",       "200"]),
    ("parse_when",          Private, |_| json!({"phrase": "tomorrow at 3", "timezone": "UTC"}),
                                                                      ["401 42501", "200",          "200",       "200"]),
    ("check_availability",  Private, |b| json!({"broker_id": b.id}),  ["404 PT404", "404 PT404",    "200",       "200"]),
    ("check_availability",  Public,  |b| json!({"broker_id": b.id}),  ["200",       "200",          "200",       "200"]),
    ("try_book",            Private, booking,                         ["401 42501", "200",          "200",       "200"]),
    ("get_utilisation",     Private, dates,                           ["401 42501", "404 PT404",    "200",       "200"]),
    ("get_utilisation",     Public,  dates,                           ["401 42501", "403 42501",    "200",       "200"]),
    ("create_feed",         Private, |b| json!({"broker_id": b.id}),  ["401 42501", "404 PT404",    "200",       "200"]),
    ("create_feed",         Public,  |b| json!({"broker_id": b.id}),  ["401 42501", "403 42501",    "200",       "200"]),
    ("create_invitation",   Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("revoke_feed",         Private, |b| json!({"feed_id": b.feed()}), ["401 42501", "404 PT404",   "200",       "200"]),
    ("create_booking_link", Private, |b| json!({"booking_id": b.booking()}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("get_booking_page",    Private, |_| json!({"page": "x"}),        ["404 PT404", "404 PT404",    "404 PT404", "404 PT404"]),
    ("get_free_days",       Private, |_| json!({"page": "x", "month": "2026-03-01", "timezone": "UTC"}),
                                                                      ["404 PT404", "404 PT404",    "404 PT404", "404 PT404"]),
    ("get_page_slots",      Private, |_| json!({"page": "x", "window_start": null, "window_end": null}),
                                                                      ["404 PT404", "404 PT404",    "404 PT404", "404 PT404"]),
    ("hold_slot",           Private, |b| json!({"page": "x", "slot_start": b.slot()}),
                                                                      ["404 PT404", "404 PT404",    "404 PT404", "404 PT404"]),
    ("extend_hold",         Private, token,                           ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("complete_hold",       Private, |_| json!({"token": "x", "lead_name": "Lee"}),
                                                                      ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("get_own_booking",     Private, token,                           ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("reschedule_own_booking", Private, |b| json!({"token": "x", "slot_start": b.slot()}),
                                                                      ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("cancel_own_booking",  Private, token,                           ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("feed",                Private, |_| json!({"token": "x"}),       ["404 PT404", "404 PT404",    "404 PT404", "404 PT404"]),
    ("retell",              Private, |_| json!({}),                   ["401 PT401", "401 PT401",    "401 PT401", "401 PT401"]),
    ("set_retell_key",      Private, |_| json!({"api_key": "a key of 16 bytes"}),   ["401 42501", "403 42501",    "403 42501", "204"]),
    ("request_manual_booking", Private, |b| json!({"broker_id": b.id}), ["401 42501", "404 PT404",  "200",       "200"]),
    ("request_manual_booking", Public,  |b| json!({"broker_id": b.id}), ["401 42501", "403 42501",  "200",       "200"]),
    ("list_notifications",  Private, |b| json!({"broker_id": b.id}),  ["401 42501", "404 PT404",    "200",       "200"]),
    ("add_webhook_endpoint", Private, |b| json!({"broker_id": b.id, "url": "https://x.example.com/"}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("list_webhook_endpoints", Private, |b| json!({"broker_id": b.id}), ["401 42501", "404 PT404",  "200",       "200"]),
    ("rotate_webhook_secret", Private, endpoint,                      ["401 42501", "404 PT404",    "404 PT404", "404 PT404"]),
    ("remove_webhook_endpoint", Private, endpoint,                    ["401 42501", "404 PT404",    "404 PT404", "404 PT404"]),
    ("upsert_obligation", Private, |b| json!({"broker_id": b.id, "external_id": "k", "title": "T", "due_on": "2026-05-01"}),
                                                                      ["401 42501", "404 PT404",    "403 42501", "200"]),
    ("upsert_obligations",  Private, |b| json!({"broker_id": b.id, "obligations": [{"external_id": "k", "title": "T", "due_on": "2026-05-01"}]}),
                                                                      ["401 42501", "404 PT404",    "403 42501", "200"]),
    ("sync_obligations",    Private, |b| json!({"broker_id": b.id}),  ["401 42501", "404 PT404",    "403 42501", "200"]),
    ("remove_obligation",   Private, |b| json!({"broker_id": b.id, "external_id": "k"}),
                                                                      ["401 42501", "404 PT404",    "403 42501", "200"]),
    ("set_obligation_calendars", Private, |b| json!({"broker_id": b.id, "calendar_ids": [b.calendar]}),
                                                                      ["401 42501", "404 PT404",    "200",       "200"]),
    ("add_hook",            Private, hook,                            ["401 42501", "403 42501",    "403 42501", "403 42501"]),
    ("drop_hook",           Private, hook,                            ["401 42501", "403 42501",    "403 42501", "403 42501"]),
    ("grant_api_roles",     Private, |_| json!({}),                   ["401 42501", "403 42501",    "403 42501", "403 42501"]),
];

fn window(b: &Subject<'_>) -> Value {
    json!({"broker_id": b.id, "window_start": "2026-03-03T00:00Z", "window_end": "2026-03-10T00:00Z"})
}

fn dates(b: &Subject<'_>) -> Value {
    json!({"broker_id": b.id, "first_date": "2026-03-02", "last_date": "2026-03-08"})
}

fn slot(b: &Subject<'_>) -> Value {
    json!({"broker_id": b.id, "slot_start": "2026-03-03T15:00Z", "slot_end": "2026-03-03T15:30Z"})
}

fn booking(b: &Subject<'_>) -> Value {
    json!({"broker_id": b.id, "slot_start": b.slot()})
}

/// Each time on a later day.
fn at_night(b: &Subject<'_>) -> Value {
    let count = "select count(*) from calendar.bookings";
    let count: i64 = b.db.connect().query_one(count, &[]).unwrap().get(0);
    let slot_start = format!("2026-03-{:02}T05:00Z", 4 + count);
    json!({"broker_id": b.id, "slot_start": slot_start, "outside_hours": true})
}

fn moved(b: &Subject<'_>) -> Value {
    json!({"booking_id": b.booking(), "slot_start": b.slot()})
}

fn ics(b: &Subject<'_>) -> Value {
    json!({"calendar_id": b.calendar, "ics": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"})
}

fn endpoint(_: &Subject<'_>) -> Value {
    json!({"endpoint_id": Uuid::nil()})
}

fn hook(_: &Subject<'_>) -> Value {
    json!({"event": "booked", "function": "app.note(calendar.booking)"})
}

fn token(_: &Subject<'_>) -> Value {
    json!({"token": "x"})
}

fn batch(b: &Subject<'_>) -> Value {
    json!({"calendar_id": b.calendar, "batch": {"events": []}})
}

#[test]
fn everyone_may_call_what_is_meant_for_them() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let beat =
        "select calendar_sync.heartbeat(gen_random_uuid(), '1', 'https://agent.example.com/')";
    db.connect().batch_execute(beat).unwrap();
    let private = Subject::new(&db, 1, &[]);
    let public = Subject::new(&db, 2, &[("public_booking", "true")]);
    let another = Subject::new(&db, 3, &[]).owner();
    for (function, whose, arguments, expected) in MATRIX {
        let subject = match whose {
            Private => &private,
            Public => &public,
        };
        let callers = [Caller::Anon, another, subject.owner(), Caller::Service];
        let answers = callers.map(|caller| postgrest.call(caller, function, &arguments(subject)));
        let outcomes = answers.each_ref().map(Answer::outcome);
        assert_eq!(outcomes, *expected, "{function} for a {whose:?} broker: {answers:#?}");
    }
    let listed: BTreeSet<String> = MATRIX.iter().map(|(name, ..)| (*name).to_owned()).collect();
    let there = functions(&mut db.connect(), "calendar");
    assert_eq!(listed, there, "every function has its rows above");
}

/// The functions of a schema.
fn functions(client: &mut Client, schema: &str) -> BTreeSet<String> {
    let functions = "select p.proname::text from pg_proc as p
                      where p.pronamespace = $1::text::regnamespace and p.prorettype <> 'trigger'::regtype";
    client.query(functions, &[&schema]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn what_only_the_agent_calls_is_not_there_for_anyone() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let functions = functions(&mut db.connect(), "calendar_sync");
    assert!(functions.len() > 30, "{functions:?}");
    for function in functions {
        for caller in [Caller::Anon, Caller::User(NOBODY), Caller::Service] {
            let answer = postgrest.call(caller, &function, &json!({}));
            assert_eq!(answer.outcome(), "404 PGRST202", "{function} {caller:?}");
        }
    }
}

#[test]
fn postgrest_s_own_description_explains_what_there_is() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let described = |caller| {
        let api = postgrest.get(caller, "").body;
        let paths = api["paths"].as_object().unwrap().clone();
        for (path, methods) in paths.iter().filter(|(path, _)| *path != "/") {
            let method = if path.starts_with("/rpc/") { "post" } else { "get" };
            let summary = methods[method]["summary"].as_str().unwrap_or_default();
            assert!(summary.len() > 15, "{path}: {summary:?}");
            // What callers pass and get, and with which errors.
            let arguments = methods[method]["parameters"][0]["schema"]["properties"].as_object();
            if path.starts_with("/rpc/") && arguments.is_some_and(|arguments| !arguments.is_empty())
            {
                assert!(methods[method]["description"].as_str().is_some(), "{path}");
            }
        }
        let mut names: Vec<_> =
            paths.keys().filter_map(|path| path.strip_prefix("/rpc/")).collect();
        names.sort_unstable();
        names.join(" ")
    };
    // retell takes the whole body, of which there is nothing to describe.
    assert_eq!(
        described(Caller::Anon),
        "book_calendar_slot cancel_own_booking check_availability complete_hold extend_hold feed \
         get_available_slots get_booking_page get_free_days get_own_booking get_page_slots hold_slot \
         reschedule_own_booking retell"
    );
    for function in ["try_book", "parse_when", "create_feed", "explain_slot"] {
        assert!(described(Caller::User(NOBODY)).contains(function), "{function}");
    }
    assert!(described(Caller::Service).contains("apply_sync"));
}
