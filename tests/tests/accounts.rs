//! Accounts, their credentials and calendars, and how well all of it goes.

use calendar_tests::answer::{detail, refused};
use calendar_tests::synced::{finish_pull, finish_push, register, text};
use calendar_tests::{Caller, Database, Scene, Synced, fixture};
use postgres::Client;
use serde_json::{Value, json};
use std::thread;
use uuid::Uuid;

#[track_caller]
fn agent(synced: &mut Synced, call: &str) -> Value {
    fixture::call(&mut synced.agent, call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
}

#[track_caller]
fn run(synced: &mut Synced, call: &str) {
    synced
        .agent
        .batch_execute(&format!("select {}", fixture::qualified(call)))
        .unwrap_or_else(|e| panic!("{call}: {e:?}"));
}

const ACCOUNTS: &str = "select concat_ws(' ', provider, status, display_name, settings, problem)
                          from calendar.accounts order by provider, settings";

// Connecting.

#[test]
fn an_account_is_connected_once_and_made_active_again() {
    let mut synced = Synced::new(&[]);
    let broker = synced.broker;
    let settings = r#"{"url": "https://dav", "username": "ada"}"#;
    let call = format!("calendar_sync.connect_account('{broker}', 'caldav', '{settings}', 'Ada')");
    let first = agent(&mut synced, &call);
    assert_eq!(agent(&mut synced, &call), first);
    // The keys of an object have no order.
    let same = r#"{"username": "ada", "url": "https://dav"}"#;
    assert_eq!(
        agent(
            &mut synced,
            &format!("calendar_sync.connect_account('{broker}', 'caldav', '{same}')")
        ),
        first
    );
    let account = text(&json!({"id": first}), "id");
    let calendar = register(&mut synced.agent, account.parse().unwrap(), "c");
    let only = format!("calendar_sync.begin_round(), only_calendar => '{calendar}'");
    let lease = text(&synced.lease(&only)[0], "lease_id");
    run(&mut synced, &format!("calendar_sync.fail_pull('{lease}', 'no')"));
    run(
        &mut synced,
        &format!("set_account_status('{account}', 'needs_reconnect', 'invalid_grant')"),
    );
    assert_eq!(agent(&mut synced, &call), first);
    let rows = [
        "caldav active {}".to_owned(),
        r#"caldav active Ada {"url": "https://dav", "username": "ada"}"#.to_owned(),
    ];
    let mut stored = synced.texts(ACCOUNTS);
    stored.sort_by_key(String::len);
    assert_eq!(stored, rows);
    // It is tried at once.
    let due = synced.lease("calendar_sync.begin_round()");
    assert!(due.iter().any(|lease| lease["calendar_id"] == json!(calendar.to_string())), "{due:?}");
    assert_ne!(
        agent(
            &mut synced,
            &format!("calendar_sync.connect_account('{broker}', 'ics', '{settings}')")
        ),
        first
    );
}

#[test]
fn what_cannot_be_connected_is_refused() {
    let mut synced = Synced::new(&[]);
    let (broker, account) = (synced.broker, synced.account);
    let nobody = Uuid::nil();
    for (call, state, words) in [
        (format!("calendar_sync.connect_account('{nobody}', 'ics')"), "PT404", "broker_not_found"),
        (
            format!("calendar_sync.connect_account('{broker}', 'outlook')"),
            "22023",
            "provider must be",
        ),
        (format!("calendar_sync.connect_account('{broker}', null)"), "22023", "provider must be"),
        (
            format!("calendar_sync.connect_account('{broker}', 'ics', '[]')"),
            "22023",
            "settings must be",
        ),
        (format!("calendar_sync.store_secret('{nobody}', 'x', '1')"), "PT404", "account_not_found"),
        (format!("calendar_sync.store_secret('{account}', null, '1')"), "22023", "secret"),
        (format!("set_account_status('{nobody}', 'active')"), "PT404", "account_not_found"),
        (format!("set_account_status('{account}', 'sleepy')"), "22023", "status must be"),
        (
            format!("calendar_sync.register_calendars('{nobody}', '[]')"),
            "PT404",
            "account_not_found",
        ),
        (
            format!("calendar_sync.register_calendars('{account}', '{{}}')"),
            "22023",
            "calendars must be",
        ),
        ("calendar_sync.prune_logs('23 hours')".into(), "22023", "keep must be"),
        ("calendar_sync.prune_logs('30 days', '23 hours')".into(), "22023", "keep_audit must be"),
        ("import_brokers('{}')".into(), "22023", "rows must be"),
    ] {
        let statement = format!("select {}", fixture::qualified(&call));
        refused(synced.agent.batch_execute(&statement), state, words);
    }
}

// Credentials.

#[test]
fn a_credential_comes_back_as_it_was_stored() {
    let mut synced = Synced::new(&[]);
    let account = synced.account;
    let read = "select concat_ws(' ', encode(secret, 'hex'), key_id, version) from calendar_sync.read_secret($1)";
    let list =
        "select concat_ws(' ', account_id, key_id, version) from calendar_sync.list_secrets()";
    assert!(synced.agent.query(read, &[&account]).unwrap().is_empty());
    assert!(synced.agent.query(list, &[]).unwrap().is_empty());
    assert_eq!(
        agent(&mut synced, &format!("calendar_sync.store_secret('{account}', '\\x00ff', 'k1')")),
        1
    );
    let told: String = synced.agent.query_one(read, &[&account]).unwrap().get(0);
    assert_eq!(told, "00ff k1 1");
    assert_eq!(
        agent(&mut synced, &format!("calendar_sync.store_secret('{account}', '\\x01', 'k2', 1)")),
        2
    );
    let listed: String = synced.agent.query_one(list, &[]).unwrap().get(0);
    assert_eq!(listed, format!("{account} k2 2"));
}

#[test]
fn of_two_that_renew_a_credential_one_prevails() {
    for _ in 0..20 {
        let synced = Synced::new(&[]);
        let store = format!("select calendar_sync.store_secret('{}', $1, 'k', 0)", synced.account);
        let answers: Vec<(u8, Option<i64>)> = thread::scope(|scope| {
            let agents: Vec<_> = [1_u8, 2, 3]
                .map(|secret| {
                    let mut client = synced.db.connect_as(Caller::Agent);
                    let store = &store;
                    scope.spawn(move || {
                        (secret, client.query_one(store, &[&vec![secret]]).unwrap().get(0))
                    })
                })
                .into();
            agents.into_iter().map(|agent| agent.join().unwrap()).collect()
        });
        let winners: Vec<_> = answers.iter().filter(|(_, version)| version.is_some()).collect();
        assert_eq!(winners.len(), 1, "{answers:?}");
        assert_eq!(winners[0].1, Some(1));
        let stored: Vec<u8> = synced
            .db
            .connect()
            .query_one("select secret from calendar.accounts", &[])
            .unwrap()
            .get(0);
        assert_eq!(stored, [winners[0].0], "the others wrote nothing");
    }
}

// Calendars.

/// The calendars of the broker: their ids, names, zones, and a star for the primary one.
const CALENDARS: &str = "select concat_ws(' ', external_calendar_id, display_name, timezone, case when is_primary then '*' end)
                           from calendar.calendars order by external_calendar_id collate \"C\"";

fn told(client: &mut Client, account: Uuid, calendars: &Value) -> Vec<String> {
    let query = "select concat_ws(' ', external_calendar_id, is_primary, is_new)
                   from calendar_sync.register_calendars($1, $2) order by external_calendar_id collate \"C\"";
    client.query(query, &[&account, calendars]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// A broker in New York with an account and no calendar.
fn without_calendars() -> (Database<'static>, Client, Uuid, Uuid) {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let account = calendar_tests::synced::connect(&mut client, broker, "google");
    (db, client, broker, account)
}

#[test]
fn bookings_go_to_the_first_calendar_that_can_be_written_to() {
    for (calendars, primary) in [
        (
            json!([{"external_calendar_id": "a", "is_writable": true}, {"external_calendar_id": "b", "is_writable": true, "is_primary": true}]),
            Some("b"),
        ),
        (
            json!([{"external_calendar_id": "b", "is_writable": true}, {"external_calendar_id": "a", "is_writable": true}]),
            Some("a"),
        ),
        (
            json!([{"external_calendar_id": "a", "is_writable": false, "is_primary": true}, {"external_calendar_id": "b", "is_writable": true}]),
            Some("b"),
        ),
        (json!([{"external_calendar_id": "a", "is_primary": true}]), None),
        (json!([]), None),
    ] {
        let (_db, mut client, _, account) = without_calendars();
        told(&mut client, account, &calendars);
        let query = "select external_calendar_id from calendar.calendars where is_primary";
        let row = client.query_opt(query, &[]).unwrap();
        let chosen: Option<String> = row.map(|row| row.get(0));
        assert_eq!(chosen.as_deref(), primary, "{calendars}");
    }
}

#[test]
fn known_calendars_keep_their_settings() {
    let (_db, mut client, broker, account) = without_calendars();
    let calendars = json!([
        {"external_calendar_id": "a", "display_name": "Work", "timezone": "Europe/London", "is_writable": true},
        {"external_calendar_id": "b", "display_name": "Home", "timezone": "Mars/Olympus", "is_writable": true},
        {"display_name": "without an id"},
    ]);
    assert_eq!(told(&mut client, account, &calendars), ["a t t", "b f t"]);
    let stored = |client: &mut Client| -> Vec<String> {
        client.query(CALENDARS, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    assert_eq!(stored(&mut client), ["a Work Europe/London *", "b Home America/New_York"]);
    client
        .batch_execute("update calendar.calendars set blocks_availability = false where true")
        .unwrap();
    let again = json!([{"external_calendar_id": "b", "display_name": "House", "timezone": "UTC", "is_writable": true, "is_primary": true},
                       {"external_calendar_id": "c", "is_writable": true, "is_primary": true}]);
    assert_eq!(told(&mut client, account, &again), ["b f f", "c f t"]);
    assert_eq!(
        stored(&mut client),
        ["a Work Europe/London *", "b House America/New_York", "c America/New_York"]
    );
    let open = "select count(*) from calendar.calendars where blocks_availability";
    assert_eq!(client.query_one(open, &[]).unwrap().get::<_, i64>(0), 1, "c alone");
    // Another account of the broker does not take over.
    let other = calendar_tests::synced::connect(&mut client, broker, "caldav");
    assert_eq!(
        told(&mut client, other, &json!([{"external_calendar_id": "a", "is_writable": true}])),
        ["a f t"]
    );
}

// Importing.

#[test]
fn brokers_are_imported_with_hours_and_accounts() {
    let mut synced = Synced::new(&[("name", "Known"), ("email", "Known@example.org")]);
    let rows = json!([
        {"line": 2, "external_id": "7", "name": "Bo", "email": "bo@example.org", "phone": "1", "timezone": "Europe/London",
         "hours": [{"weekday": 1, "start_local": "09:00", "end_local": "24:00"}],
         "provider": "ics", "settings": {"url": "https://feed"}, "display_name": "Feed"},
        {"line": 3, "name": "Other", "email": "known@example.org", "timezone": "UTC", "provider": "google"},
        {"line": 4, "external_id": "7", "timezone": "UTC", "provider": "caldav"},
        {"line": 5, "name": "Cy", "timezone": "UTC"},
    ]);
    let import = "select calendar.import_brokers($1)";
    let answer: Value = synced.agent.query_one(import, &[&rows]).unwrap().get(0);
    let news: Vec<_> = answer
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].clone(), row["is_new"].clone()))
        .collect();
    assert_eq!(
        news,
        [
            (json!(2), json!(true)),
            (json!(3), json!(false)),
            (json!(4), json!(false)),
            (json!(5), json!(true))
        ]
    );
    assert_eq!(answer[1]["broker_id"], json!(synced.broker.to_string()));
    assert_eq!(answer[2]["broker_id"], answer[0]["broker_id"]);
    assert_eq!(answer[3]["account_id"], Value::Null);
    let brokers = "select concat_ws(' ', b.external_id, b.name, b.email, b.phone, b.timezone, string_agg(a.provider, '+' order by a.provider))
                     from calendar.brokers as b left join calendar.accounts as a on a.broker_id = b.id group by b.id order by b.name";
    assert_eq!(
        synced.texts(brokers),
        [
            "7 Bo bo@example.org 1 Europe/London caldav+ics",
            "Cy UTC",
            "Known Known@example.org America/New_York caldav+google"
        ]
    );
    let hours = "select concat_ws(' ', b.name, weekday, start_local, end_local) from calendar.working_hours join calendar.brokers as b on b.id = broker_id";
    assert_eq!(synced.texts(hours), ["Bo 1 09:00:00 24:00:00"]);
}

#[test]
fn an_import_is_all_or_nothing_and_names_the_line() {
    let mut synced = Synced::new(&[]);
    let good =
        json!({"line": 2, "external_id": "7", "name": "Bo", "timezone": "UTC", "provider": "ics"});
    let import = "select calendar.import_brokers($1)";
    for (key, value, problem) in [
        (
            "timezone",
            json!("Mars/Olympus"),
            r#"timezone must be an IANA time zone such as America/New_York, not "Mars/Olympus""#,
        ),
        (
            "timezone",
            Value::Null,
            "timezone must be an IANA time zone such as America/New_York, not null",
        ),
        ("timezone", json!(1), "timezone must be a text, not 1"),
        ("name", Value::Null, "name must not be empty"),
        ("name", json!(" "), "name must not be empty"),
        ("name", json!({"first": "Cy"}), "name must be a text, not"),
        ("phone", json!("1".repeat(41)), "phone must have at most 40 characters"),
        ("surname", json!("Cy"), r#""surname" is not a column of this import"#),
        (
            "provider",
            json!("outlook"),
            r#"provider must be google, microsoft, caldav, ics or ghl, not "outlook""#,
        ),
        ("settings", json!("text"), "settings must be"),
        (
            "hours",
            json!([{"weekday": 8, "start_local": "09:00", "end_local": "10:00"}]),
            "weekday must be from 1 (Monday) to 7 (Sunday), not 8",
        ),
        (
            "hours",
            json!([{"weekday": 1, "start_local": "22:00", "end_local": "06:00"}]),
            r#"end_local must be after start_local, not "22:00:00 to 06:00:00". Hours over midnight are two rows"#,
        ),
        (
            "hours",
            json!([{"weekday": 1, "start_local": "noon", "end_local": "13:00"}]),
            r#"start_local must be a time such as 09:00, not "noon""#,
        ),
        (
            "hours",
            json!([{"weekday": 1, "start_local": "09:00", "end_local": "24:30"}]),
            r#"end_local must be a time such as 17:00, not "24:30""#,
        ),
        (
            "hours",
            json!([{"weekday": "Monday"}]),
            r#"weekday must be from 1 (Monday) to 7 (Sunday), not "Monday""#,
        ),
        ("hours", json!([7]), r#"hours must hold {"weekday", "start_local", "end_local"}, not 7"#),
        ("hours", json!("always"), "hours must be a JSON array, not"),
    ] {
        let mut bad = json!({"line": 3, "external_id": "8", "name": "Cy", "timezone": "UTC", "provider": "ics"});
        bad[key] = value;
        let answer = synced.agent.query_one(import, &[&json!([good, bad])]);
        let error = refused(answer.map(|_| ()), "22023", "import_refused");
        let detail = detail(&error);
        assert_eq!(detail["line"], 3, "{bad}");
        assert!(text(&detail, "problem").starts_with(problem), "{bad}: {detail}");
        assert_eq!(synced.texts("select name from calendar.brokers"), ["Ada"], "{bad}");
    }
    // What helps on the way again: mending the line.
    synced.agent.query_one(import, &[&json!([good])]).unwrap();
    assert_eq!(synced.texts("select name from calendar.brokers order by 1"), ["Ada", "Bo"]);
}

// How it goes.

/// The problem that the view and the report tell of the calendar.
fn problem(synced: &mut Synced) -> String {
    let row = "select coalesce(problem, 'none') from";
    let told = synced.texts(&format!("{row} calendar.sync_health")).remove(0);
    let report = format!("{row} calendar_sync.sync_report()");
    let report: String = synced.agent.query_one(&report, &[]).unwrap().get(0);
    assert_eq!(told, report);
    told
}

#[test]
fn health_is_told_in_plain_words() {
    let mut synced = Synced::new(&[]);
    let (account, calendar) = (synced.account, synced.calendar);
    assert_eq!(problem(&mut synced), "not synced yet");
    // An agent that dies at the first pull is no success.
    let lease = synced.begin_pull();
    assert_eq!(problem(&mut synced), "not synced yet");
    run(&mut synced, &format!("calendar_sync.fail_pull('{lease}', 'the server is away')"));
    assert_eq!(problem(&mut synced), "the server is away");
    synced.pull(&[], &json!({"full": true}));
    assert_eq!(problem(&mut synced), "none");
    run(&mut synced, &format!("request_resync('{calendar}')"));
    assert_eq!(problem(&mut synced), "none", "it has been synced");
    synced.at("2026-03-02T14:15:00Z");
    assert_eq!(problem(&mut synced), "none");
    synced.at("2026-03-02T14:15:01Z");
    assert_eq!(problem(&mut synced), "no agent has come by for a while");
    for (status, why, told) in [
        ("needs_reconnect", "null", "connect the account again"),
        ("needs_reconnect", "'invalid_grant'", "connect the account again: invalid_grant"),
        ("paused", "null", "the account is paused"),
        ("disconnected", "null", "the account is disconnected"),
    ] {
        run(&mut synced, &format!("set_account_status('{account}', '{status}', {why})"));
        assert_eq!(problem(&mut synced), told);
    }
}

#[test]
fn health_has_the_numbers() {
    let mut synced = Synced::new(&[("name", "Ada")]);
    synced.pull(&[], &json!({"full": true}));
    let other = register(&mut synced.agent, synced.account, "other");
    synced.at("2026-03-02T14:10:00Z");
    for _ in 0..2 {
        let lease = synced.begin_pull();
        run(&mut synced, &format!("calendar_sync.fail_pull('{lease}', 'away', '2 hours')"));
    }
    let health = "select to_jsonb(h) from calendar_sync.sync_report() as h";
    let rows: Vec<Value> =
        synced.agent.query(health, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(
        rows[0],
        json!({
            "calendar_id": synced.calendar.to_string(), "account_id": synced.account.to_string(),
            "broker_id": synced.broker.to_string(), "broker_name": "Ada", "provider": "caldav", "display_name": "main",
            "account_status": "active", "last_success_at": "2026-03-02T14:00:00+00:00",
            "last_attempt_at": "2026-03-02T14:10:00+00:00", "drift": "00:10:00", "failures": 2,
            "next_attempt_at": "2026-03-02T16:10:00+00:00", "problem": "away",
            "covered_until": "infinity", "is_unreached": false, "gone_at": null, "rejected": 0,
            "obligations_problem": null,
        })
    );
    assert_eq!(
        (&rows[1]["calendar_id"], &rows[1]["failures"]),
        (&json!(other.to_string()), &json!(0))
    );
}

#[test]
fn an_agent_can_look_at_the_server() {
    let mut synced = Synced::new(&[]);
    synced.book("2026-03-03T15:00Z");
    let told = agent(&mut synced, "calendar_sync.check_agent()");
    assert_eq!(
        (&told["accounts"], &told["waiting"], &told["is_in_recovery"], &told["is_read_only"]),
        (&json!(1), &json!(1), &json!(false), &json!(false))
    );
    let version =
        synced.texts("select extversion from pg_extension where extname = 'calendar_ext'");
    assert_eq!(told["extension_version"], version[0]);
    let usage = told["notification_queue_usage"].as_f64().unwrap();
    assert!((0.0..1.0).contains(&usage), "{usage}");
    for key in ["now", "postgres", "iana_version"] {
        assert!(!text(&told, key).is_empty(), "{key}");
    }
}

// Old rows.

#[test]
fn old_logs_go_and_what_is_to_be_done_or_known_stays() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[json!({"rejected": [{"external_event_id": "x", "reason": "odd"}]})], &json!({}));
    synced.book_and_push("2026-03-30T15:00Z", "e");
    synced.book("2026-03-31T15:00Z");
    synced.at("2026-03-10T14:00:00Z");
    let event = json!({"external_event_id": "z", "starts_at": "2026-03-20T10:00:00Z",
                       "ends_at": "2026-03-20T11:00:00Z"});
    synced.pull(&[json!({"events": [event]})], &json!({}));
    let push = text(&synced.pushes()[0], "lease_id");
    synced.book("2026-03-31T16:00Z");
    let counts = "select concat_ws(' ', (select count(*) from calendar.sync_logs), (select count(*) from calendar.outbox),
                         (select count(*) from calendar.outbox where done_at is null), (select count(*) from calendar.failure_logs),
                         (select count(*) from calendar.audit_log where operation = 'insert'))";
    assert_eq!(synced.texts(counts), ["2 3 2 1 3"]);
    synced.at("2026-04-01T14:00:00Z");
    assert_eq!(agent(&mut synced, "calendar_sync.prune_logs('31 days')"), 0);
    assert_eq!(agent(&mut synced, "calendar_sync.prune_logs()"), 0, "30 days, to the minute");
    synced.at("2026-04-01T14:00:01Z");
    assert_eq!(agent(&mut synced, "calendar_sync.prune_logs()"), 3);
    assert_eq!(synced.texts(counts), ["1 2 2 0 3"]);
    finish_push(&mut synced.agent, &push, "f").unwrap();
    let lease = synced.begin_pull();
    finish_pull(&mut synced.agent, &lease, &json!({"nothing_new": true})).unwrap();
    // What was changed by whom is kept for longer.
    let audited = "select count(*)::text from calendar.audit_log";
    let all = synced.texts(audited);
    synced.at("2027-04-06T14:00:00Z");
    agent(&mut synced, "calendar_sync.prune_logs('30 days', null)");
    agent(&mut synced, "calendar_sync.prune_logs('30 days', '400 days')");
    assert_eq!(synced.texts(audited), all);
    synced.at("2027-06-01T14:00:00Z");
    agent(&mut synced, "calendar_sync.prune_logs()");
    assert_eq!(synced.texts(audited), ["0"]);
}
