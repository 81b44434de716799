//! Every function and every error, as callers meet them over HTTP.

use calendar_tests::postgrest::{Answer, sign};
use calendar_tests::{Caller, Database, Postgrest, fixture};
use postgres::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const NOBODY: Uuid = Uuid::nil();

/// A broker, and fresh things of it to call functions with.
struct Subject<'a> {
    db: &'a Database<'static>,
    id: Uuid,
    user: Uuid,
    calendar: Uuid,
}

impl<'a> Subject<'a> {
    fn new(db: &'a Database<'static>, user: u128, columns: &[(&str, &str)]) -> Self {
        let mut client = db.connect();
        let user = Uuid::from_u128(user);
        let user_id = user.to_string();
        let columns = [columns, &[("user_id", user_id.as_str())]].concat();
        let id = fixture::broker(&mut client, &columns);
        let calendar = fixture::calendar(&mut client, id, &[]);
        Self { db, id, user, calendar }
    }

    fn owner(&self) -> Caller {
        Caller::User(self.user)
    }

    /// The start of a free slot.
    fn slot(&self) -> String {
        fixture::slots(&mut self.db.connect(), self.id, "2026-03-03", "2026-05-01").unwrap()[0]
            .clone()
    }

    /// The id of an account.
    fn account(&self) -> Uuid {
        let account = "select calendar_sync.connect_account($1, 'ics')";
        self.db.connect().query_one(account, &[&self.id]).unwrap().get(0)
    }

    /// The id of a new feed.
    fn feed(&self) -> Uuid {
        let feed = "select feed_id from calendar.create_feed($1)";
        self.db.connect().query_one(feed, &[&self.id]).unwrap().get(0)
    }

    /// The id of a new booking.
    fn booking(&self) -> String {
        let booking = fixture::book(&mut self.db.connect(), self.id, &self.slot()).unwrap();
        booking["id"].as_str().unwrap().to_owned()
    }
}

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

#[test]
fn every_error_has_its_status_and_its_words() {
    let db = Database::new();
    db.set("calendar.lead_scope", "global");
    let postgrest = Postgrest::start(&db);
    let mut admin = db.connect();
    let mut broker = |columns: &[(&str, &str)]| fixture::broker(&mut admin, columns);
    let plain = broker(&[]);
    let public = broker(&[("public_booking", "true"), ("public_bookings_per_hour", "1")]);
    let strict = broker(&[("minimum_notice_minutes", "2880"), ("booking_horizon_days", "4")]);
    let full = broker(&[("max_bookings_per_day", "1")]);
    let closed = broker(&[("booking_enabled", "false")]);
    let at = |broker: Uuid, start: &str| json!({"broker_id": broker, "slot_start": start});
    let with = |mut arguments: Value, key: &str, value: Value| {
        arguments[key] = value;
        arguments
    };
    let service = Caller::Service;
    let book = |arguments: &Value| {
        let answer = postgrest.call(service, "book_calendar_slot", arguments);
        assert_eq!(answer.outcome(), "200", "{answer:?}");
        answer.body["id"].clone()
    };
    const TEN: &str = "2026-03-03T15:00Z";
    const ELEVEN: &str = "2026-03-03T16:00Z";
    let keyed = with(at(plain, TEN), "idempotency_key", json!("key"));
    book(&keyed);
    book(&at(full, TEN));
    book(&with(at(full, "2026-03-05T16:00Z"), "lead_id", json!("lead")));
    let cancelled = json!({"booking_id": book(&at(plain, ELEVEN))});
    assert_eq!(postgrest.call(service, "cancel_booking", &cancelled).outcome(), "200");
    assert_eq!(
        postgrest.call(Caller::Anon, "book_calendar_slot", &at(public, TEN)).outcome(),
        "200"
    );

    #[rustfmt::skip]
    let errors = [
        // caller      function               arguments                             status and code  message                   reason
        (service,      "get_available_slots", json!({"broker_id": NOBODY}),         "404 PT404",     "broker_not_found",       None),
        (service,      "book_calendar_slot",  at(NOBODY, TEN),                      "404 PT404",     "broker_not_found",       None),
        (Caller::Anon, "book_calendar_slot",  at(plain, TEN),                       "404 PT404",     "broker_not_found",       None),
        (service,      "cancel_booking",      json!({"booking_id": NOBODY}),        "404 PT404",     "booking_not_found",      None),
        (service,      "apply_sync",          json!({"calendar_id": NOBODY, "batch": {}}),
                                                                                    "404 PT404",     "calendar_not_found",     None),
        (service,      "book_calendar_slot",  at(plain, TEN),                       "409 PT409",     "slot_unavailable",       Some("taken")),
        (service,      "book_calendar_slot",  at(plain, "2026-03-03T03:00Z"),       "409 PT409",     "slot_unavailable",       Some("outside_hours")),
        (service,      "book_calendar_slot",  at(plain, "2026-03-03T16:10Z"),       "409 PT409",     "slot_unavailable",       Some("off_grid")),
        (service,      "book_calendar_slot",  at(strict, TEN),                      "409 PT409",     "slot_unavailable",       Some("notice")),
        (service,      "book_calendar_slot",  at(strict, "2026-03-09T15:00Z"),      "409 PT409",     "slot_unavailable",       Some("horizon")),
        (service,      "book_calendar_slot",  at(full, ELEVEN),                     "409 PT409",     "slot_unavailable",       Some("daily_limit")),
        (service,      "book_calendar_slot",  at(closed, TEN),                      "409 PT409",     "slot_unavailable",       Some("disabled")),
        (service,      "book_calendar_slot",  with(at(plain, "2026-03-05T16:00Z"), "lead_id", json!("lead")),
                                                                                    "409 PT409",     "slot_unavailable",       Some("lead_busy")),
        (service,      "reschedule_booking",  with(cancelled, "slot_start", json!(TEN)),
                                                                                    "409 PT409",     "wrong_state",            Some("wrong_state")),
        (service,      "book_calendar_slot",  with(keyed, "title", json!("other")), "422 PT422",     "idempotency_key_reused", Some("booking")),
        (service,      "book_calendar_slot",  with(at(plain, ELEVEN), "hold_minutes", json!(61)),
                                                                                    "400 22023",     "hold_minutes must be from 1 to 60, not 61", None),
        (service,      "get_available_slots", json!({"broker_id": plain, "timezone": "Mars/Olympus"}),
                                                                                    "400 22023",     "timezone: ",             None),
        (Caller::Anon, "get_busy",            json!({"broker_id": public, "window_start": TEN, "window_end": ELEVEN}),
                                                                                    "401 42501",     "permission denied",      None),
        (Caller::User(NOBODY), "get_busy",    json!({"broker_id": public, "window_start": TEN, "window_end": ELEVEN}),
                                                                                    "403 42501",     "get_busy is for the broker and for calendar_service", None),
        (Caller::Anon, "book_calendar_slot",  at(public, ELEVEN),                   "429 PT429",     "rate_limited",           Some("wait")),
    ];
    for (caller, function, arguments, outcome, message, reason) in errors {
        let answer = postgrest.call(caller, function, &arguments);
        assert_eq!(answer.outcome(), outcome, "{function} {arguments}: {answer:?}");
        let words = answer.body["message"].as_str().unwrap();
        assert!(words.starts_with(message), "{answer:?}");
        // The message goes into the status line.
        assert!(words.is_ascii() && words.len() <= 100, "{words}");
        match reason {
            Some("wrong_state") => assert_eq!(
                answer.details(),
                json!({"reason": "wrong_state", "status": "cancelled"})
            ),
            Some("wait") => assert_eq!(answer.details(), json!({"retry_after": 3600})),
            Some("booking") => assert!(answer.details()["booking_id"].is_string()),
            Some(reason) => assert_details(&answer, reason),
            None => assert_eq!(answer.body["details"], Value::Null, "{answer:?}"),
        }
    }
}

#[track_caller]
fn assert_details(answer: &Answer, reason: &str) {
    let details = answer.details();
    assert_eq!(details["reason"], reason, "{details}");
    let alternatives = details["alternatives"].as_array().unwrap();
    assert!(alternatives.len() == if reason == "disabled" { 0 } else { 3 }, "{details}");
    for slot in alternatives {
        let keys: Vec<_> = slot.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["slot_end", "slot_start"]);
    }
}

#[test]
fn a_broker_edits_its_settings_and_nobody_elses() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    let path = format!("brokers?id=eq.{}", broker.id);
    let first = |caller| {
        let slots = json!({"broker_id": broker.id, "window_start": "2026-03-03T00:00Z"});
        postgrest.call(caller, "get_available_slots", &slots).body[0]["slot_start"].clone()
    };
    assert_eq!(first(broker.owner()), "2026-03-03T14:00:00+00:00");

    let settings = json!({"minimum_notice_minutes": 1560});
    for (caller, outcome) in [
        (Caller::Anon, "401 42501"),
        // Row security leaves nothing to change.
        (another.owner(), "204"),
    ] {
        assert_eq!(postgrest.send("PATCH", caller, &path, &settings).outcome(), outcome);
        assert_eq!(first(Caller::Service), "2026-03-03T14:00:00+00:00");
    }
    let answer = postgrest.send("PATCH", broker.owner(), &path, &settings);
    assert_eq!(answer.outcome(), "204", "{answer:?}");
    assert_eq!(first(Caller::Service), "2026-03-03T16:00:00+00:00");

    let hours =
        json!({"broker_id": broker.id, "weekday": 2, "start_local": "12:00", "end_local": "13:00"});
    for (caller, outcome) in
        [(Caller::Anon, "401 42501"), (another.owner(), "403 42501"), (broker.owner(), "201")]
    {
        assert_eq!(postgrest.send("POST", caller, "working_hours", &hours).outcome(), outcome);
    }
    assert_eq!(first(broker.owner()), "2026-03-03T17:00:00+00:00");

    let identity = json!({"user_id": NOBODY});
    assert_eq!(postgrest.send("PATCH", broker.owner(), &path, &identity).outcome(), "403 42501");
}

#[test]
fn everyone_may_change_what_is_meant_for_them() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    let callers = [Caller::Anon, another.owner(), broker.owner(), Caller::Service];
    let Subject { id, calendar, .. } = broker;
    let own = |table: &str| format!("{table}?broker_id=eq.{id}");
    let this = format!("brokers?id=eq.{id}");
    let lunch = json!({"broker_id": id, "kind": "block", "rrule": "FREQ=DAILY",
        "starts_at": "2026-03-02T17:00Z", "ends_at": "2026-03-02T18:00Z"});
    let event = json!({"calendar_id": calendar, "external_event_id": "x",
        "starts_at": "2026-03-02T17:00Z", "ends_at": "2026-03-02T18:00Z"});
    #[rustfmt::skip]
    let changes = [
        // What row security hides, a change finds no row of: 204.
        //                                                                            anon         another      the broker   service_role
        ("POST",   "availability_overrides".into(), lunch,                           ["401 42501", "403 42501", "201",       "201"]),
        ("PATCH",  own("availability_overrides"), json!({"reason": "lunch"}),        ["401 42501", "204",       "204",       "204"]),
        ("DELETE", own("availability_overrides"), json!({}),                         ["401 42501", "204",       "204",       "204"]),
        ("PATCH",  this.clone(),                  json!({"timezone": "Asia/Tokyo"}), ["401 42501", "204",       "204",       "204"]),
        ("PATCH",  this.clone(),                  json!({"external_id": "7"}),       ["401 42501", "403 42501", "403 42501", "204"]),
        ("PATCH",  own("calendars"),              json!({"tentative_blocks": false}), ["401 42501", "204",      "204",       "204"]),
        ("POST",   "brokers".into(),  json!({"name": "Bo", "timezone": "UTC"}),      ["401 42501", "403 42501", "403 42501", "201"]),
        ("POST",   "events".into(),               event,                             ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("PATCH",  own("bookings"),               json!({"status": "completed"}),    ["401 42501", "403 42501", "403 42501", "204"]),
        ("PATCH",  own("bookings"), json!({"slot_start": "2026-03-03T15:00Z"}),      ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", own("bookings"),               json!({}),                         ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", own("audit_log"),              json!({}),                         ["401 42501", "403 42501", "403 42501", "403 42501"]),
        ("DELETE", this,                          json!({}),                         ["401 42501", "403 42501", "403 42501", "204"]),
    ];
    for (method, path, body, expected) in changes {
        let answers = callers.map(|caller| postgrest.send(method, caller, &path, &body));
        let outcomes = answers.each_ref().map(Answer::outcome);
        assert_eq!(outcomes, expected, "{method} {path} {body}: {answers:#?}");
    }
}

#[test]
fn rows_are_read_by_their_broker_and_the_service() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let (broker, another) = (Subject::new(&db, 1, &[]), Subject::new(&db, 2, &[]));
    broker.booking();
    another.booking();
    let read = |caller, path: &str| {
        let answer = postgrest.get(caller, path);
        let rows = answer.body.as_array().map(|rows| format!(": {}", rows.len()));
        answer.outcome() + &rows.unwrap_or_default()
    };
    #[rustfmt::skip]
    let tables = [
        //                     anon         the broker   service_role
        ("brokers",           ["401 42501", "200: 1",    "200: 2"]),
        ("calendars",         ["401 42501", "200: 1",    "200: 2"]),
        ("bookings",          ["401 42501", "200: 1",    "200: 2"]),
        ("audit_log",         ["401 42501", "200: 1",    "200: 2"]),
        ("accounts",          ["401 42501", "403 42501", "200: 0"]),
        ("accounts?select=id,provider,status",
                              ["401 42501", "200: 0",    "200: 0"]),
        ("outbox",            ["401 42501", "200: 1",    "200: 2"]),
    ];
    for (path, expected) in tables {
        let outcomes =
            [Caller::Anon, broker.owner(), Caller::Service].map(|caller| read(caller, path));
        assert_eq!(outcomes, expected, "{path}");
    }
}

#[test]
fn functions_that_do_not_write_may_be_read() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let public = Subject::new(&db, 1, &[("public_booking", "true")]);
    let path = format!("rpc/get_available_slots?broker_id={}&max_slots=2", public.id);
    let answer = postgrest.get(Caller::Anon, &path);
    let slots = json!([
        {"slot_start": "2026-03-02T14:00:00+00:00", "slot_end": "2026-03-02T14:30:00+00:00"},
        {"slot_start": "2026-03-02T14:30:00+00:00", "slot_end": "2026-03-02T15:00:00+00:00"},
    ]);
    assert_eq!((answer.status, &answer.body), (200, &slots));
    let days = format!("{path}&preferred_days={{3,5}}&window_start=2026-03-03T00:00Z");
    assert_eq!(
        postgrest.get(Caller::Anon, &days).body[0]["slot_start"],
        "2026-03-04T14:00:00+00:00"
    );

    let book =
        format!("rpc/book_calendar_slot?broker_id={}&slot_start={}", public.id, public.slot());
    assert_eq!(postgrest.get(Caller::Anon, &book).outcome(), "405 25006");
    let misspelt = json!({"broker": public.id});
    assert_eq!(
        postgrest.call(Caller::Anon, "get_available_slots", &misspelt).outcome(),
        "404 PGRST202"
    );
}

#[test]
fn a_token_that_is_not_ours_opens_nothing() {
    let db = Database::new();
    let postgrest = Postgrest::start(&db);
    let broker = Subject::new(&db, 1, &[]);
    let path = format!("rpc/get_available_slots?broker_id={}", broker.id);
    let forged = sign(&json!({"role": "service_role"}), "a secret that somebody else has made up");
    assert_eq!(postgrest.get_with(Some(forged), &path).outcome(), "401 PGRST301");
    assert_eq!(postgrest.get(Caller::Agent, &path).outcome(), "403 42501");
    assert_eq!(postgrest.get(broker.owner(), &path).outcome(), "200");
    assert_eq!(postgrest.get(Caller::User(NOBODY), &path).outcome(), "404 PT404");
}
