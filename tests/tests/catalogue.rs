//! What holds for every function that callers call, by going through the catalogue: a
//! function that has no example here fails.

use calendar_tests::{Database, fixture, synced};
use postgres::Client;

/// An example of each function of a caller: arguments by name, in SQL. `BROKER`,
/// `BOOKING`, `PENDING`, `PAST`, `FEED`, `LOCAL`, `ACCOUNT` and of a broker whose calendar an agent
/// keeps in sync, `SYNCED`, `PULL` and `PUSH`, stand for ids.
const EXAMPLES: &[(&str, &str)] = &[
    ("add_hook", "event => 'cancelled', function => 'app.ignore(calendar.booking)'"),
    ("add_webhook_endpoint", "url => 'https://hooks.example.com/', broker_id => 'BROKER'"),
    ("begin_connection", "provider => 'ics', broker_id => 'BROKER'"),
    ("book_calendar_slot", "broker_id => 'BROKER', slot_start => '2026-03-04T15:00Z'"),
    ("booking_ics", "booking_id => 'BOOKING'"),
    ("cancel_booking", "booking_id => 'BOOKING'"),
    ("check_availability", "broker_id => 'BROKER', requested_time => 'tomorrow at 11'"),
    ("check_timezones", "range_start => '2026-01-01 00:00Z', range_end => '2026-02-01 00:00Z'"),
    ("complete_booking", "booking_id => 'PAST'"),
    ("confirm_booking", "booking_id => 'PENDING'"),
    ("create_feed", "broker_id => 'BROKER'"),
    ("create_invitation", "booking_id => 'BOOKING'"),
    ("decline_booking", "booking_id => 'PENDING'"),
    ("disconnect_account", "account_id => 'ACCOUNT'"),
    ("drop_hook", "event => 'failed', function => 'app.ignore(calendar.booking)'"),
    ("explain_availability", "broker_id => 'BROKER'"),
    (
        "explain_slot",
        "broker_id => 'BROKER', slot_start => '2026-03-04T15:00Z', slot_end => '2026-03-04T15:30Z'",
    ),
    (
        "export_ics",
        "broker_id => 'BROKER', window_start => '2026-03-01 00:00Z', window_end => '2026-04-01 00:00Z'",
    ),
    ("apply_sync", "calendar_id => 'LOCAL', batch => '{}'"),
    ("import_brokers", "rows => '[]'"),
    ("import_ics", r"calendar_id => 'LOCAL', ics => E'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'"),
    ("dismiss_failure", "failure_id => FAILURE"),
    ("get_calendar_log", "calendar_id => 'SYNCED'"),
    ("get_overview", ""),
    ("list_failures", ""),
    ("list_notifications", "broker_id => 'BROKER'"),
    ("list_unwritten", ""),
    ("list_webhook_endpoints", "broker_id => 'BROKER'"),
    ("remove_webhook_endpoint", "endpoint_id => 'ENDPOINT'"),
    ("request_manual_booking", "broker_id => 'BROKER', requested_time => 'tomorrow at 3'"),
    ("rotate_webhook_secret", "endpoint_id => 'ENDPOINT'"),
    ("search_calendars", ""),
    ("get_connections", "broker_id => 'BROKER'"),
    ("request_sync", "broker_id => 'BROKER'"),
    ("retry_failure", "failure_id => FAILURE"),
    ("request_resync", "calendar_id => 'SYNCED'"),
    ("set_account_status", "account_id => 'ACCOUNT', status => 'paused'"),
    ("set_primary_calendar", "calendar_id => 'LOCAL'"),
    ("set_obligation_calendars", "broker_id => 'BROKER'"),
    ("sync_obligations", "broker_id => 'BROKER'"),
    ("remove_obligation", "broker_id => 'BROKER', external_id => 'vat'"),
    (
        "upsert_obligation",
        "broker_id => 'BROKER', external_id => 'k', title => 'T', due_on => '2026-05-01'",
    ),
    ("upsert_obligations", "broker_id => 'BROKER', obligations => '[]'"),
    (
        "calendar_sync.begin_consent",
        r"connection_id => 'CONNECTION', session_digest => sha256('cookie'), state_digest => sha256('s'), verifier => '\x01'",
    ),
    ("calendar_sync.begin_round", ""),
    ("calendar_sync.check_agent", ""),
    ("calendar_sync.check_push", "lease_id => 'PUSH'"),
    (
        "calendar_sync.choose_calendars",
        "connection_id => 'CONNECTION', session_digest => sha256('cookie'), choices => '{}'",
    ),
    ("calendar_sync.connect_account", "broker_id => 'BROKER', provider => 'ics'"),
    ("calendar_sync.count_awaited", "round_started_at => '2026-03-02 14:00Z'"),
    ("calendar_sync.check_alerts", ""),
    ("calendar_sync.end_channel", "lease_id => '00000000-0000-0000-0000-000000000000'"),
    ("calendar_sync.extend_horizon", ""),
    ("calendar_sync.fail_notification", "lease_id => 'MESSAGE', problem => 'away'"),
    ("calendar_sync.fail_pull", "lease_id => 'PULL', problem => 'away'"),
    ("calendar_sync.fail_push", "lease_id => 'PUSH', problem => 'away'"),
    (
        "calendar_sync.finish_channel",
        "calendar_id => 'SYNCED', channel_id => 'c', resource_id => 'r', expires_at => '2026-03-09Z', secret => 's'",
    ),
    (
        "calendar_sync.finish_connection",
        "connection_id => 'CONNECTION', session_digest => sha256('cookie'), account_id => 'ACCOUNT'",
    ),
    ("calendar_sync.finish_look", "lease_id => 'PUSH'"),
    ("calendar_sync.finish_notification", "lease_id => 'MESSAGE'"),
    ("calendar_sync.finish_pull", "lease_id => 'PULL', outcome => '{}'"),
    ("calendar_sync.finish_push", "lease_id => 'PUSH', external_event_id => 'e'"),
    ("calendar_sync.forget_secret", "lease_id => '00000000-0000-0000-0000-000000000000'"),
    ("calendar_sync.heartbeat", "agent_id => 'ACCOUNT', version => '1'"),
    ("calendar_sync.lease_accounts_to_end", ""),
    ("calendar_sync.lease_account", "account_id => 'ACCOUNT'"),
    ("calendar_sync.lease_calendars", "round_started_at => '2026-03-02 14:00Z'"),
    ("calendar_sync.lease_channels", ""),
    ("calendar_sync.lease_channels_to_end", ""),
    ("calendar_sync.lease_notifications", ""),
    ("calendar_sync.lease_pushes", ""),
    ("calendar_sync.list_accounts", ""),
    (
        "calendar_sync.list_choices",
        "connection_id => 'CONNECTION', session_digest => sha256('cookie')",
    ),
    ("calendar_sync.list_members", "lease_id => 'PULL', window_end => '2026-03-09 00:00Z'"),
    ("calendar_sync.list_secrets", ""),
    ("calendar_sync.measure", ""),
    ("calendar_sync.prune_logs", ""),
    (
        "calendar_sync.read_connection",
        "connection_id => 'CONNECTION', session_digest => sha256('cookie')",
    ),
    ("calendar_sync.read_ticket", "ticket_digest => sha256('TICKET')"),
    ("calendar_sync.read_secret", "account_id => 'ACCOUNT'"),
    ("calendar_sync.register_calendars", "account_id => 'ACCOUNT', calendars => '[]'"),
    ("calendar_sync.release_leases", "lease_ids => '{}'"),
    ("calendar_sync.renew_leases", "lease_ids => '{}'"),
    ("calendar_sync.report_alert", "key => 'outbox:behind', problem => 'It is late.'"),
    (
        "calendar_sync.report_delivery",
        "notification_id => '00000000-0000-0000-0000-000000000000', provider_id => 'SM1', status => 'delivered'",
    ),
    ("calendar_sync.report_opt_out", "phone => '+15550199'"),
    ("calendar_sync.report_refusal", "account_id => 'ACCOUNT', problem => 'no'"),
    ("calendar_sync.sign_off", "agent_id => 'ACCOUNT'"),
    ("calendar_sync.skip_notification", "lease_id => 'MESSAGE', reason => 'no_address'"),
    ("calendar_sync.stage_page", "lease_id => 'PULL', page_number => 0, page => '{}'"),
    ("calendar_sync.store_secret", r"account_id => 'ACCOUNT', secret => '\x01', key_id => 'k'"),
    ("calendar_sync.sync_report", ""),
    (
        "calendar_sync.take_consent",
        "state_digest => sha256('TICKET'), session_digest => sha256('cookie')",
    ),
    (
        "calendar_sync.take_ticket",
        "ticket_digest => sha256('TICKET'), session_digest => sha256('cookie')",
    ),
    ("calendar_sync.unsubscribe", "token => 'x'"),
    ("calendar_sync.wake_calendar", "channel_id => 'c', secret => 's'"),
    ("calendar_sync.wake_provider_calendar", "provider => 'ghl', external_calendar_id => 'c'"),
    ("cancel_own_booking", "token => 'OWNED'"),
    ("complete_hold", "token => 'TOKEN', lead_name => 'Lee'"),
    ("create_booking_link", "booking_id => 'BOOKING'"),
    ("extend_hold", "token => 'TOKEN'"),
    ("feed", "token => 'x'"),
    ("get_booking_page", "page => 'ada'"),
    ("get_free_days", "page => 'ada', month => '2026-03-01', timezone => 'UTC'"),
    ("get_own_booking", "token => 'OWNED'"),
    (
        "get_page_slots",
        "page => 'ada', window_start => '2026-03-03 00:00Z', window_end => '2026-03-06 00:00Z'",
    ),
    ("hold_slot", "page => 'ada', slot_start => '2026-03-06T16:00Z'"),
    ("reschedule_own_booking", "token => 'OWNED', slot_start => '2026-03-04T16:00Z'"),
    ("get_available_slots", "broker_id => 'BROKER'"),
    (
        "get_busy",
        "broker_id => 'BROKER', window_start => '2026-03-01 00:00Z', window_end => '2026-04-01 00:00Z'",
    ),
    (
        "get_utilisation",
        "broker_id => 'BROKER', first_date => '2026-03-01', last_date => '2026-03-10'",
    ),
    ("grant_api_roles", ""),
    ("mark_no_show", "booking_id => 'PAST'"),
    ("parse_when", "phrase => 'tomorrow at 3', timezone => 'UTC'"),
    ("reschedule_booking", "booking_id => 'BOOKING', slot_start => '2026-03-04T15:00Z'"),
    ("revoke_feed", "feed_id => 'FEED'"),
    (
        "save_meeting_type",
        "broker_id => 'BROKER', meeting_type => '{\"slug\":\"call\",\"name\":\"Call\"}'",
    ),
    ("set_message_settings", "broker_id => 'BROKER', settings => '{\"locale\":\"fr\"}'"),
    ("set_overrides", "broker_id => 'BROKER', overrides => '[]'"),
    ("set_retell_key", "api_key => 'sixteen letters!'"),
    ("set_working_hours", "broker_id => 'BROKER', hours => '[]'"),
    ("try_book", "broker_id => 'BROKER', slot_start => '2026-03-04T15:00Z'"),
    ("try_cancel", "booking_id => 'BOOKING'"),
    ("try_complete", "booking_id => 'PAST'"),
    ("try_confirm", "booking_id => 'PENDING'"),
    ("try_decline", "booking_id => 'PENDING'"),
    ("try_no_show", "booking_id => 'PAST'"),
    ("try_reschedule", "booking_id => 'BOOKING', slot_start => '2026-03-04T15:00Z'"),
];

/// What a signature alone opens: `voice` holds it.
const OTHERS: [&str; 1] = ["retell"];

/// Examples that are refused all the same: nobody knows the token, and no channel is to be ended.
const REFUSED: [&str; 3] = ["feed", "calendar_sync.end_channel", "calendar_sync.forget_secret"];

/// Arguments for which null does not mean the default, but never.
const NULL_IS_NEVER: [&str; 2] =
    ["calendar_sync.prune_logs.keep_audit", "calendar_sync.prune_logs.keep_holds"];

/// Texts that mean something although they are empty, or are refused for it.
const NOT_NULL_BUT_EMPTY: [&str; 1] = ["set_retell_key.api_key"];

/// One argument of a function, as the catalogue has it.
struct Argument {
    function: String,
    name: String,
    kind: String,
    is_optional: bool,
}

fn arguments(client: &mut Client) -> Vec<Argument> {
    let query = "select replace(p.pronamespace::regnamespace || '.' || p.proname, 'calendar.', ''), a.name, format_type(a.type, null),
                        a.place > p.pronargs - p.pronargdefaults
                   from pg_proc as p
                  cross join unnest(p.proargnames[1:p.pronargs], p.proargtypes::oid[])
                        with ordinality as a (name, type, place)
                  where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace) and a.name is not null
                  order by 1, a.place";
    let rows = client.query(query, &[]).unwrap();
    let argument = |row: &postgres::Row| Argument {
        function: row.get(0),
        name: row.get(1),
        kind: row.get(2),
        is_optional: row.get(3),
    };
    rows.iter().map(argument).collect()
}

struct Catalogue {
    client: Client,
    ids: Vec<(&'static str, String)>,
}

impl Catalogue {
    fn new() -> Self {
        let db = Database::new();
        let mut client = db.connect();
        let page = [("slug", "ada"), ("public_booking", "true")];
        let broker = fixture::broker(&mut client, &page);
        let save = r#"select calendar.save_meeting_type($1, '{"slug": "call", "name": "Call"}')"#;
        client.execute(save, &[&broker]).unwrap();
        fixture::messages(&mut client, broker);
        let calendar = fixture::calendar(&mut client, broker, &[]).to_string();
        let owner = broker.to_string();
        let columns = [("broker_id", owner.as_str()), ("provider", "ics")];
        let account = fixture::insert(&mut client, "accounts", &columns).to_string();
        let book = |client: &mut Client, start: &str| {
            let booking = fixture::book(client, broker, start).unwrap();
            booking["id"].as_str().unwrap().to_owned()
        };
        let booking = book(&mut client, "2026-03-05T15:00Z");
        let pending = book(&mut client, "2026-03-05T17:00Z");
        let past = book(&mut client, "2026-03-02T14:00Z");
        let set = format!("update calendar.bookings set status = 'pending' where id = '{pending}'");
        client.batch_execute(&set).unwrap();
        let feed = "select feed_id::text from calendar.create_feed($1)";
        let feed = client.query_one(feed, &[&broker]).unwrap().get(0);
        let hold = "select calendar.hold_slot('ada/call', '2026-03-06T15:00Z') ->> 'token'";
        let token = client.query_one(hold, &[]).unwrap().get(0);
        let link = format!("select calendar.create_booking_link('{booking}')");
        let owned = client.query_one(&link, &[]).unwrap().get(0);
        let failure = "insert into calendar.failure_logs (broker_id, operation, reason)
                       values ($1, 'push', 'away') returning id::text";
        let failure = client.query_one(failure, &[&broker]).unwrap().get(0);
        let other = fixture::broker(&mut client, &[]);
        let google = synced::connect(&mut client, other, "google");
        let synced = synced::register(&mut client, google, "main");
        fixture::cover(&mut client, synced);
        fixture::book(&mut client, other, "2026-03-05T15:00Z").unwrap();
        let only = format!("calendar_sync.begin_round(), only_calendar => '{synced}'");
        let pull = synced::text(&synced::lease(&mut client, &only)[0], "lease_id");
        let push = "select lease_id::text from calendar_sync.lease_pushes()";
        let push = client.query_one(push, &[]).unwrap().get(0);
        let message = "select lease_id::text from calendar_sync.lease_notifications(1)";
        let message = client.query_one(message, &[]).unwrap().get(0);
        let endpoint = "select id::text from calendar.webhook_endpoints";
        let endpoint = client.query_one(endpoint, &[]).unwrap().get(0);
        client.batch_execute("select calendar_sync.lease_channels()").unwrap();
        let store = format!("select calendar_sync.store_secret('{account}', 'secret', 'key')");
        client.batch_execute(&store).unwrap();
        let mut address = || {
            fixture::connection(&mut client, broker);
            let begin = "select calendar.begin_connection('ics', $1)";
            let address: String = client.query_one(begin, &[&broker]).unwrap().get(0);
            address.rsplit('/').next().unwrap().to_owned()
        };
        let ticket = address();
        let connection = "select connection_id::text from calendar.oauth_states limit 1";
        let connection = client.query_one(connection, &[]).unwrap().get(0);
        let state = format!("update calendar.oauth_states set state_digest = sha256('{ticket}')");
        client.batch_execute(&state).unwrap();
        let ids = vec![
            ("TICKET", ticket),
            ("CONNECTION", connection),
            ("LOCAL", calendar),
            ("SYNCED", synced.to_string()),
            ("PULL", pull),
            ("MESSAGE", message),
            ("ENDPOINT", endpoint),
            ("PUSH", push),
            ("BROKER", broker.to_string()),
            ("BOOKING", booking),
            ("PENDING", pending),
            ("PAST", past),
            ("FEED", feed),
            ("ACCOUNT", account),
            ("FAILURE", failure),
            ("TOKEN", token),
            ("OWNED", owned),
        ];
        Self { client, ids }
    }

    /// The example of a function, with `argument` put in place of what it has or added.
    fn example(&self, function: &str, argument: Option<(&str, &str)>) -> String {
        let (_, example) = EXAMPLES.iter().find(|(name, _)| *name == function).unwrap();
        let mut parts: Vec<String> = example.split(", ").map(str::to_owned).collect();
        parts.retain(|part| !part.is_empty());
        if let Some((name, value)) = argument {
            parts.retain(|part| !part.starts_with(&format!("{name} =>")));
            parts.push(format!("{name} => {value}"));
        }
        let mut call = format!("{function}({})", parts.join(", "));
        for (name, id) in &self.ids {
            call = call.replace(name, id);
        }
        call
    }

    /// What comes of a call, without what differs each time; nothing of it lasts.
    fn outcome(&mut self, call: &str) -> String {
        let query = format!(
            "select regexp_replace(coalesce(jsonb_agg(to_jsonb(x)), '[]')::text,
                        '[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|[A-Za-z0-9_-]{{43,94}}|.failure_id.: [0-9]+', 'ID', 'g')
               from {} as x",
            fixture::qualified(call)
        );
        let mut transaction = self.client.transaction().unwrap();
        // Delays are random.
        transaction.batch_execute("select setseed(0.5)").unwrap();
        let outcome = match transaction.query_one(&query, &[]) {
            Ok(row) => row.get(0),
            Err(error) => {
                let error = error.as_db_error().unwrap_or_else(|| panic!("{call}: {error:?}"));
                let detail = error.detail().filter(|_| error.message() == "import_refused");
                format!(
                    "{} {} {}",
                    error.code().code(),
                    error.message(),
                    detail.unwrap_or_default()
                )
            }
        };
        transaction.rollback().unwrap();
        outcome
    }
}

#[test]
fn every_function_has_an_example_that_succeeds() {
    let mut catalogue = Catalogue::new();
    let query = "select distinct replace(pronamespace::regnamespace || '.' || proname, 'calendar.', '') from pg_proc
                  where pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace) order by 1";
    let functions: Vec<String> =
        catalogue.client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    for function in &functions {
        let has_example = EXAMPLES.iter().any(|(name, _)| name == function);
        assert!(has_example != OTHERS.contains(&function.as_str()), "{function} has no example");
    }
    for (function, _) in EXAMPLES {
        assert!(functions.iter().any(|name| name == function), "{function} does not exist");
        let call = catalogue.example(function, None);
        let outcome = catalogue.outcome(&call);
        let succeeds = outcome.starts_with('[') && !outcome.contains("\"ok\": false");
        assert!(succeeds != REFUSED.contains(function), "{call}: {outcome}");
    }
}

#[test]
fn null_is_every_optional_argument_s_default_and_an_empty_text_is_null() {
    let mut catalogue = Catalogue::new();
    let mut unlike = Vec::new();
    for argument in arguments(&mut catalogue.client) {
        let Argument { function, name, kind, is_optional } = argument;
        if !EXAMPLES.iter().any(|(example, _)| *example == function) || name.is_empty() {
            continue;
        }
        let is_given = EXAMPLES
            .iter()
            .any(|(example, all)| *example == function && all.contains(&format!("{name} =>")));
        let null = catalogue.example(&function, Some((&name, "null")));
        let null = catalogue.outcome(&null);
        let is_default = !NULL_IS_NEVER.contains(&format!("{function}.{name}").as_str());
        if is_optional && !is_given && is_default {
            let absent = catalogue.example(&function, None);
            let absent = catalogue.outcome(&absent);
            if null != absent {
                unlike.push(format!("{function}.{name} null: {null}, absent: {absent}"));
            }
        }
        if kind != "text" || NOT_NULL_BUT_EMPTY.contains(&format!("{function}.{name}").as_str()) {
            continue;
        }
        for empty in ["''", "'  '"] {
            let call = catalogue.example(&function, Some((&name, empty)));
            let outcome = catalogue.outcome(&call);
            if outcome != null {
                unlike.push(format!("{function}.{name} {empty}: {outcome}, null: {null}"));
            }
        }
    }
    assert!(unlike.is_empty(), "{unlike:#?}");
}

#[test]
fn a_length_has_two_ends_and_one_of_two_is_enough() {
    let mut catalogue = Catalogue::new();
    let mut wrong = Vec::new();
    for Argument { function, name, .. } in arguments(&mut catalogue.client) {
        if name != "duration_minutes" {
            continue;
        }
        for (minutes, is_allowed) in [("0", false), ("1", true), ("1440", true), ("1441", false)] {
            let call = catalogue.example(&function, Some((&name, minutes)));
            let outcome = catalogue.outcome(&call);
            let is_refused = outcome.contains("duration_minutes must be");
            if is_refused == is_allowed {
                wrong.push(format!("{call}: {outcome}"));
            }
        }
        if ["book_calendar_slot", "try_book", "reschedule_booking", "try_reschedule"]
            .contains(&function.as_str())
        {
            let call = catalogue.example(&function, Some((&name, "60")));
            let both = call.replace(
                "duration_minutes => 60",
                "duration_minutes => 60, slot_end => '2026-03-04T16:00Z'",
            );
            assert_eq!(catalogue.outcome(&both), catalogue.outcome(&call), "{both}");
            let unlike = both.replace("T16:00Z", "T15:45Z");
            assert!(catalogue.outcome(&unlike).contains("duration_minutes must be the minutes"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_text_of_any_length_is_refused_by_name_or_not_found() {
    let mut catalogue = Catalogue::new();
    let mut wrong = Vec::new();
    for Argument { function, name, kind, .. } in arguments(&mut catalogue.client) {
        if kind != "text" || !EXAMPLES.iter().any(|(example, _)| *example == function) {
            continue;
        }
        let call = catalogue.example(&function, Some((&name, "repeat('x', 200000)")));
        let outcome = catalogue.outcome(&call);
        let is_understood = ["phrase", "requested_time"].contains(&name.as_str());
        let is_left_out = outcome.contains("\"warnings\": [\"");
        let is_refused = outcome.contains(&format!("{name} must"))
            || outcome.contains("_not_found")
            || outcome.contains("token_unknown");
        // A zone is looked up, and its error shows its beginning.
        let is_shown = outcome.starts_with("22023") && outcome.contains(&name);
        if !(is_understood || is_left_out || is_refused || is_shown) {
            wrong.push(format!(
                "{function}.{name}: {}",
                outcome.chars().take(200).collect::<String>()
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Wrong keys below the first level: the argument, JSON with the key `evnts`, and what else the
/// message names.
const BELOW: &[(&str, &str, &str)] = &[
    ("apply_sync.batch", r#"{"deleted": [{"external_event_id": "e", "evnts": 1}]}"#, "deleted"),
    (
        "apply_sync.batch",
        r#"{"rejected": [{"external_event_id": "e", "reason": "r", "evnts": 1}]}"#,
        "rejected",
    ),
    (
        "apply_sync.batch",
        r#"{"outside": [{"external_event_id": "e", "etag": "v", "evnts": 1}]}"#,
        "outside",
    ),
    (
        "import_brokers.rows",
        r#"[{"name": "Ada", "timezone": "UTC", "hours": [{"weekday": 1, "start_local": "09:00", "end_local": "10:00", "evnts": 1}]}]"#,
        "hours",
    ),
];

#[test]
fn an_unknown_key_of_a_json_argument_is_refused_by_name() {
    let mut catalogue = Catalogue::new();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for Argument { function, name, kind, .. } in arguments(&mut catalogue.client) {
        if !["json", "jsonb"].contains(&kind.as_str()) || OTHERS.contains(&function.as_str()) {
            continue;
        }
        let argument = format!("{function}.{name}");
        let (_, example) = EXAMPLES.iter().find(|(known, _)| *known == function).unwrap();
        let key = if example.contains(&format!("{name} => '[")) {
            r#"[{"evnts": 1}]"#
        } else {
            r#"{"evnts": 1}"#
        };
        let below = BELOW.iter().filter(|(other, ..)| *other == argument);
        for (json, named) in std::iter::once((key, name.as_str()))
            .chain(below.map(|(_, json, named)| (*json, *named)))
        {
            let mut call = catalogue.example(&function, Some((&name, &format!("'{json}'"))));
            if name == "answers" && function != "complete_hold" {
                call.pop();
                call += ", meeting_type => 'call')";
            }
            let outcome = catalogue.outcome(&call);
            let is_refused =
                outcome.starts_with("22023") || outcome.contains(r#""reason": "invalid""#);
            let is_named = outcome.contains("evnts")
                && (outcome.contains(named) || outcome.contains("import_refused"));
            if !(is_refused && is_named) {
                wrong.push(format!("{argument} {json}: {outcome}"));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried > 11, "{tried}");
    // One of an event, whose time is taken all the same.
    let batch =
        r#"{"events": [{"external_event_id": "e", "starts_at": "2026-03-06T15:00Z", "evnts": 1}]}"#;
    let call = catalogue.example("apply_sync", Some(("batch", &format!("'{batch}'"))));
    let outcome = catalogue.outcome(&call);
    assert!(outcome.contains(r#""created": 1"#) && outcome.contains("evnts"), "{outcome}");
}

#[test]
fn an_instant_without_an_offset_is_refused_by_name() {
    let mut catalogue = Catalogue::new();
    let mut wrong = Vec::new();
    for (function, argument, json, named) in [
        ("apply_sync", "batch", r#"{"window_start": "AT"}"#, "22023 batch: \"window_start\""),
        ("apply_sync", "batch", r#"{"window_end": "AT"}"#, "22023 batch: \"window_end\""),
        (
            "apply_sync",
            "batch",
            r#"{"outside": [{"external_event_id": "e", "etag": "v", "occurs_at": "AT"}]}"#,
            "22023 batch: \"outside\"",
        ),
        (
            "apply_sync",
            "batch",
            r#"{"deleted": [{"external_event_id": "e", "recurrence_id": "AT"}]}"#,
            "recurrence_id",
        ),
        (
            "apply_sync",
            "batch",
            r#"{"events": [{"external_event_id": "e", "starts_at": "AT"}]}"#,
            "starts_at must be an instant",
        ),
        (
            "apply_sync",
            "batch",
            r#"{"events": [{"external_event_id": "e", "starts_at": "ATZ", "ends_at": "AT"}]}"#,
            "ends_at must be an instant",
        ),
        (
            "apply_sync",
            "batch",
            r#"{"events": [{"external_event_id": "e", "starts_at": "ATZ", "updated_at": "AT"}]}"#,
            "updated_at must be an instant",
        ),
        ("calendar_sync.finish_pull", "outcome", r#"{"window_start": "AT"}"#, "\"window_start\""),
        (
            "calendar_sync.finish_push",
            "written",
            r#"{"start": "AT"}"#,
            "written must have instants",
        ),
        ("calendar_sync.finish_push", "written", r#"{"end": "AT"}"#, "written must have instants"),
        (
            "calendar_sync.finish_look",
            "found",
            r#"{"events": [{"external_event_id": "e", "starts_at": "AT"}], "window_end": "AT"}"#,
            "22023 found: \"window_end\"",
        ),
    ] {
        let json = json.replace("AT", "2026-03-06T15:00:00");
        let call = catalogue.example(function, Some((argument, &format!("'{json}'"))));
        let outcome = catalogue.outcome(&call);
        if !outcome.contains(named) {
            wrong.push(format!("{function} {json}: {outcome}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
