//! Who may do what.

use calendar_tests::answer::{refused, sqlstate};
use calendar_tests::{Caller, Database, fixture};
use postgres::{Client, NoTls};
use serde_json::{Value, json};
use uuid::Uuid;

/// The user who is the broker `ours`.
const ADA: Uuid = Uuid::from_u128(0xada);

/// Someone with an account and no broker.
const STRANGER: Uuid = Uuid::from_u128(0x5);

/// What only sync-agent and the service call; `CALENDAR` and `ACCOUNT` stand for ids.
const AGENT_CALLS: [&str; 24] = [
    "check_agent()",
    "check_push(null)",
    "connect_account(null, 'ics')",
    "fail_pull(null, 'x')",
    "fail_push(null, 'x')",
    "finish_channel('CALENDAR', null)",
    "finish_pull(null, '{}')",
    "finish_push(null)",
    "import_brokers('[]')",
    "lease_bookings()",
    "lease_calendars(gen_random_uuid())",
    "lease_channels()",
    "list_accounts()",
    "list_secrets()",
    "prune_logs()",
    "read_secret('ACCOUNT')",
    "register_calendars('ACCOUNT', '[]')",
    "request_resync('CALENDAR')",
    "set_account_status('ACCOUNT', 'paused')",
    "stage_page(null, 0, '{}')",
    "store_secret('ACCOUNT', '\\x01', '2')",
    "sync_report()",
    "wake_calendar('channel', 'secret')",
    "wake_provider_calendar('google', 'primary')",
];

/// Two brokers with a row in every table each; the second takes public bookings.
struct World {
    db: Database<'static>,
    ours: Broker,
    theirs: Broker,
}

struct Broker {
    id: Uuid,
    calendar: Uuid,
    booking: String,
    hours: Uuid,
}

impl World {
    fn new() -> Self {
        let db = Database::new();
        let mut client = db.connect();
        let ours = broker(&mut client, "Charles", &[("user_id", &ADA.to_string())]);
        let theirs = broker(&mut client, "Grace", &[("public_booking", "true")]);
        Self { db, ours, theirs }
    }

    fn connect_as(&self, caller: Caller) -> Client {
        self.db.connect_as(caller)
    }
}

fn broker(client: &mut Client, lead: &str, columns: &[(&str, &str)]) -> Broker {
    let id = fixture::broker(client, columns);
    let text = id.to_string();
    let account = [
        ("broker_id", text.as_str()),
        ("provider", "google"),
        ("secret", "\\x00"),
        ("secret_key_id", "1"),
    ];
    let account = fixture::insert(client, "accounts", &account).to_string();
    let columns = [("account_id", account.as_str()), ("external_calendar_id", "main")];
    let calendar = fixture::calendar(client, id, &columns);
    let mut hours = Uuid::nil();
    for weekday in 1..=5 {
        hours = fixture::working_hours(client, id, weekday, "09:00", "17:00");
    }
    fixture::hours_override(client, id, "block", "2026-03-06T00:00Z", "2026-03-07T00:00Z", &[]);
    let batch = json!({
        "events": [{"external_event_id": "e", "title": "Secret", "starts_at": "2026-03-04T15:00:00Z",
                    "ends_at": "2026-03-04T16:00:00Z"}, {"external_event_id": "malformed"}]
    });
    fixture::apply_sync(client, calendar, &batch).unwrap();
    let booking = fixture::call(
        client,
        &format!(
            "book_calendar_slot('{id}', '2026-03-03T15:00Z', lead_email => '{lead}@example.org',
                                     lead_name => '{lead}', notes => 'Secret')"
        ),
    )
    .unwrap();
    let booking = booking["id"].as_str().unwrap().to_owned();
    let map = "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
               values ($1::text::uuid, $2, 'provider-7')";
    client.execute(map, &[&booking, &calendar]).unwrap();
    let secrets = "select calendar.create_feed($1), calendar.set_retell_key('key', $1),
                          calendar_private.take_turn($1::text, 9, '1 hour')";
    client.execute(secrets, &[&id]).unwrap();
    let watch = "select calendar.finish_channel(l.calendar_id, l.calendar_id::text, null, '2026-03-09Z', 's')
                   from calendar.lease_channels() as l";
    client.execute(watch, &[]).unwrap();
    let stage = "select calendar.stage_page(l.lease_id, 0, '{}')
                   from calendar.lease_calendars(gen_random_uuid(), only_calendar => $1) as l";
    assert_eq!(client.query(stage, &[&calendar]).unwrap().len(), 1);
    Broker { id, calendar, booking, hours }
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[track_caller]
fn forbidden(client: &mut Client, statement: &str) {
    refused(client.batch_execute(statement), "42501", "");
}

/// Tables of the schema on which the role has this privilege, on some column at least.
fn tables(client: &mut Client, role: &str, privilege: &str) -> Vec<String> {
    texts(
        client,
        &format!(
            "select c.relname::text from pg_class as c
              where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r'
                and case when '{privilege}' in ('DELETE', 'TRUNCATE', 'TRIGGER')
                         then has_table_privilege('{role}', c.oid, '{privilege}')
                         else has_any_column_privilege('{role}', c.oid, '{privilege}') end
              order by 1"
        ),
    )
}

/// Functions of both schemas that the role may call.
fn functions(client: &mut Client, role: &str) -> Vec<String> {
    texts(
        client,
        &format!(
            "select p.proname::text from pg_proc as p
               join pg_namespace as n on n.oid = p.pronamespace
              where n.nspname in ('calendar', 'calendar_private')
                and has_schema_privilege('{role}', n.oid, 'USAGE')
                and has_function_privilege('{role}', p.oid, 'EXECUTE')
              order by 1"
        ),
    )
}

// What is granted.

#[test]
fn each_role_may_call_what_it_needs_and_nothing_else() {
    let db = Database::new();
    let mut client = db.connect();
    // Who calls the last two shows a secret.
    assert_eq!(
        functions(&mut client, "anon"),
        ["book_calendar_slot", "check_availability", "feed", "get_available_slots", "retell"]
    );
    assert_eq!(
        functions(&mut client, "authenticated"),
        [
            "book_calendar_slot",
            "booking_ics",
            "cancel_booking",
            "check_availability",
            "confirm_booking",
            "create_feed",
            "create_invitation",
            "explain_slot",
            "export_ics",
            "feed",
            "get_available_slots",
            "get_busy",
            "get_utilisation",
            "parse_when",
            "reschedule_booking",
            "retell",
            "revoke_feed",
            "try_book",
        ]
    );
    // With a few that anyone may call: they decide nothing.
    let shared = [
        "current_instant",
        "is_recurrence",
        "is_stale",
        "is_timezone",
        "jwt_subject",
        "own_broker",
        "restoring",
    ];
    let mut agents: Vec<_> = functions(&mut client, "calendar_agent");
    agents.retain(|name| !shared.contains(&name.as_str()));
    let mut expected =
        ["apply_sync", "booking_ics", "check_timezones", "extend_horizon", "import_ics"]
            .map(str::to_owned)
            .to_vec();
    expected.extend(AGENT_CALLS.map(|call| call.split('(').next().unwrap().to_owned()));
    expected.sort_unstable();
    assert_eq!(agents, expected);
    client.batch_execute("create role nobody_in_particular").unwrap();
    assert_eq!(functions(&mut client, "nobody_in_particular"), [""; 0]);
}

#[test]
fn each_role_may_touch_the_tables_it_needs_and_no_others() {
    let db = Database::new();
    let mut client = db.connect();
    for role in ["anon", "calendar_agent", "public"] {
        for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"] {
            assert_eq!(tables(&mut client, role, privilege), [""; 0], "{role} {privilege}");
        }
    }
    let own = ["availability_overrides", "working_hours"];
    assert_eq!(tables(&mut client, "authenticated", "INSERT"), own);
    assert_eq!(tables(&mut client, "authenticated", "DELETE"), own);
    let settings = ["availability_overrides", "brokers", "calendars", "working_hours"];
    assert_eq!(tables(&mut client, "authenticated", "UPDATE"), settings);
    let managed = ["accounts", "availability_overrides", "brokers", "calendars", "working_hours"];
    assert_eq!(tables(&mut client, "calendar_service", "INSERT"), managed);
    assert_eq!(tables(&mut client, "calendar_service", "DELETE"), managed);
    for (role, count) in [
        ("authenticated", 16),
        ("calendar_service", 20),
        ("service_role", 20),
        ("calendar_definer", 20),
    ] {
        assert_eq!(tables(&mut client, role, "SELECT").len(), count, "{role}");
        assert_eq!(tables(&mut client, role, "TRUNCATE"), [""; 0], "{role}");
        assert_eq!(tables(&mut client, role, "TRIGGER"), [""; 0], "{role}");
    }
    // These are nobody's but the agent's, which has them through its functions.
    let own = tables(&mut client, "authenticated", "SELECT");
    for agents in ["sync_pages", "webhook_channels"] {
        assert!(!own.contains(&agents.to_owned()), "{own:?}");
    }
    for (role, column) in [
        ("authenticated", "secret"),
        ("authenticated", "secret_key_id"),
        ("authenticated", "settings"),
        ("anon", "id"),
    ] {
        let granted = "select has_column_privilege($1, 'calendar.accounts', $2, 'SELECT')";
        assert!(
            !client.query_one(granted, &[&role, &column]).unwrap().get::<_, bool>(0),
            "{role} {column}"
        );
    }
}

#[test]
fn nothing_is_left_to_the_public() {
    let db = Database::new();
    let mut client = db.connect();
    let public = texts(
        &mut client,
        "select p.oid::regprocedure::text
           from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_private'::regnamespace)
            and a.grantee = 0
          order by 1",
    );
    assert_eq!(
        public,
        [
            "calendar_private.current_instant()",
            "calendar_private.is_recurrence(text)",
            "calendar_private.is_stale(timestamp with time zone)",
            "calendar_private.is_timezone(text)",
            "calendar_private.jwt_subject()",
            "calendar_private.own_broker()",
            "calendar_private.restoring()",
        ]
    );
    for (schema, privilege) in
        [("calendar", "USAGE"), ("calendar", "CREATE"), ("calendar_private", "USAGE")]
    {
        let granted = format!("select has_schema_privilege('public', '{schema}', '{privilege}')");
        assert!(
            !client.query_one(&granted, &[]).unwrap().get::<_, bool>(0),
            "{schema} {privilege}"
        );
    }
}

#[test]
fn functions_with_more_rights_than_their_caller_are_safe_from_it() {
    let db = Database::new();
    let mut client = db.connect();
    let unsafe_ones = texts(
        &mut client,
        "select p.oid::regprocedure::text from pg_proc as p join pg_roles as r on r.oid = p.proowner
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_private'::regnamespace)
            and p.prosecdef
            and (r.rolname <> 'calendar_definer'
                 or 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}')))",
    );
    assert_eq!(unsafe_ones, [""; 0]);
    let definer = client
        .query_one(
            "select rolsuper or rolbypassrls or rolcanlogin or rolcreaterole
                    or has_schema_privilege(oid, 'calendar', 'CREATE'),
                    (select count(*) from pg_proc where proowner = r.oid and prosecdef)
               from pg_roles as r where rolname = 'calendar_definer'",
            &[],
        )
        .unwrap();
    assert!(!definer.get::<_, bool>(0));
    assert!(definer.get::<_, i64>(1) > 10);
    // Nor do the others depend on the caller's search_path.
    let unpinned = texts(
        &mut client,
        "select p.oid::regprocedure::text from pg_proc as p join pg_language as l on l.oid = p.prolang
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_private'::regnamespace)
            and l.lanname = 'plpgsql'
            and 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}'))",
    );
    assert_eq!(unpinned, [""; 0]);
}

#[test]
fn every_table_is_under_row_level_security() {
    let db = Database::new();
    let mut client = db.connect();
    let open = texts(
        &mut client,
        "select c.relname::text from pg_class as c
          where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'p')
            and not (c.relrowsecurity
                     and exists (select from pg_policy as p where p.polrelid = c.oid))",
    );
    assert_eq!(open, [""; 0]);
    assert_eq!(tables(&mut client, "postgres", "SELECT").len(), 20);
}

/// The calls with ids of a broker in them.
fn agent_calls(world: &World, calendar: Uuid) -> [String; 24] {
    let account = "select account_id::text from calendar.calendars where id = $1";
    let account = world.db.connect().query_one(account, &[&calendar]).unwrap();
    let account: String = account.get(0);
    AGENT_CALLS.map(|call| {
        let call = call.replace("CALENDAR", &calendar.to_string()).replace("ACCOUNT", &account);
        format!("select calendar.{call}")
    })
}

#[test]
fn only_the_agent_and_the_service_may_call_what_the_agent_calls() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let rows = "select count(*)::text from calendar.sync_pages union all
                select md5(string_agg(a::text, '|' order by a.id)) from calendar.accounts as a union all
                select md5(string_agg(s::text, '|' order by s.calendar_id)) from calendar.sync_state as s";
    let before = texts(&mut superuser, rows);
    for caller in [Caller::Anon, Caller::User(ADA), Caller::User(STRANGER)] {
        let mut client = world.connect_as(caller);
        for statement in agent_calls(&world, world.ours.calendar) {
            forbidden(&mut client, &statement);
        }
    }
    assert_eq!(texts(&mut superuser, rows), before);
    for caller in [Caller::Agent, Caller::Service] {
        let mut client = world.connect_as(caller);
        for statement in agent_calls(&world, world.ours.calendar) {
            if let Err(error) = client.batch_execute(&statement) {
                // A lease or a broker that is not there.
                let state = sqlstate(&error);
                assert!(["PT404", "PT409"].contains(&state), "{caller:?} {statement}: {error:?}");
            }
        }
    }
}

#[test]
fn neither_credentials_nor_how_to_reach_a_provider_can_be_read_by_brokers_or_visitors() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let mark = r#"update calendar.accounts set secret = 'hush-hush', settings = '{"url": "https://hush-hush"}' where true"#;
    superuser.batch_execute(mark).unwrap();
    let hidden = ["hush-hush", "687573682d68757368"];
    let all = texts(
        &mut superuser,
        "select format('select t::text from calendar.%I as t', c.relname) from pg_class as c
          where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'v', 'm')",
    );
    let calls = |id: Uuid| {
        [
            format!(
                "select to_jsonb(x)::text from calendar.explain_slot('{id}', '2026-03-03T15:00Z', '2026-03-03T16:00Z') as x"
            ),
            format!("select calendar.export_ics('{id}', '2026-03-01', '2026-04-01')"),
        ]
    };
    for caller in [Caller::Anon, Caller::User(ADA)] {
        let mut client = world.connect_as(caller);
        for statement in all.iter().cloned().chain(calls(world.ours.id)) {
            match client.query(&statement, &[]) {
                Ok(rows) => {
                    for row in rows {
                        let text: String = row.get(0);
                        let found = hidden.iter().any(|secret| text.contains(secret));
                        assert!(!found, "{caller:?} {statement}: {text}");
                    }
                }
                Err(error) => {
                    assert_eq!(sqlstate(&error), "42501", "{statement}");
                    let words = format!("{error:?}");
                    assert!(!hidden.iter().any(|secret| words.contains(secret)), "{words}");
                }
            }
        }
        for column in ["secret", "settings", "secret_key_id", "secret_version"] {
            for statement in [
                format!("select {column} from calendar.accounts"),
                format!("select 1 from calendar.accounts where {column} is not null"),
                format!("select 1 from calendar.accounts order by {column}"),
                format!("update calendar.accounts set {column} = {column} where true"),
                format!(
                    "update calendar.accounts set status = 'active' where true returning {column}"
                ),
            ] {
                forbidden(&mut client, &statement);
            }
        }
        // Nor by way of the planner's statistics.
        superuser.batch_execute("analyze calendar.accounts").unwrap();
        let statistics = "select s::text from pg_stats as s
                           where s.schemaname = 'calendar' and s.tablename = 'accounts'";
        assert_eq!(texts(&mut client, statistics), [""; 0], "{caller:?}");
    }
}

#[test]
fn health_is_shown_to_whom_the_calendar_belongs() {
    let world = World::new();
    let shown = "select calendar_id::text from calendar.sync_health order by 1";
    forbidden(&mut world.connect_as(Caller::Anon), shown);
    forbidden(&mut world.connect_as(Caller::Agent), shown);
    let ours = [world.ours.calendar.to_string()];
    assert_eq!(texts(&mut world.connect_as(Caller::User(ADA)), shown), ours);
    assert_eq!(texts(&mut world.connect_as(Caller::User(STRANGER)), shown), [""; 0]);
    assert_eq!(texts(&mut world.connect_as(Caller::Service), shown).len(), 2);
    let report = "select calendar_id::text from calendar.sync_report()";
    assert_eq!(texts(&mut world.connect_as(Caller::Agent), report).len(), 2);
}

// anon.

#[test]
fn anon_sees_and_books_slots_of_public_brokers_alone() {
    let world = World::new();
    let mut anon = world.connect_as(Caller::Anon);
    let theirs = world.theirs.id;
    assert_eq!(fixture::slots(&mut anon, theirs, "2026-03-03", "2026-03-04").unwrap().len(), 15);
    let booking = fixture::book(&mut anon, theirs, "2026-03-03T16:00Z").unwrap();
    assert_eq!(booking["status"], "confirmed");
    for unknown in [world.ours.id, Uuid::nil()] {
        refused(
            fixture::slots(&mut anon, unknown, "2026-03-03", "2026-03-04"),
            "PT404",
            "broker_not_found",
        );
        let book = fixture::book(&mut anon, unknown, "2026-03-03T16:00Z");
        refused(book, "PT404", "broker_not_found");
    }
    let id = booking["id"].as_str().unwrap();
    for call in [
        format!("get_busy('{theirs}', '2026-03-03', '2026-03-04')"),
        format!("explain_slot('{theirs}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')"),
        format!("cancel_booking('{id}')"),
        format!("confirm_booking('{id}')"),
        format!("reschedule_booking('{id}', '2026-03-03T17:00Z')"),
        format!("booking_ics('{id}')"),
        format!("export_ics('{theirs}', '2026-03-03', '2026-03-04')"),
        format!("import_ics('{}', '')", world.theirs.calendar),
        format!("apply_sync('{}', '{{}}')", world.theirs.calendar),
        "extend_horizon()".to_owned(),
        "check_timezones()".to_owned(),
        "grant_api_roles()".to_owned(),
    ] {
        forbidden(&mut anon, &format!("select calendar.{call}"));
    }
    for table in ["brokers", "bookings", "busy_blocks", "audit_log"] {
        forbidden(&mut anon, &format!("select from calendar.{table}"));
    }
}

#[test]
fn anon_learns_no_more_of_a_known_lead_than_it_says() {
    let world = World::new();
    let guess = format!(
        "book_calendar_slot('{}', '2026-03-03T15:00Z', lead_email => 'Grace@example.org')",
        world.theirs.id
    );
    let told = fixture::call(&mut world.connect_as(Caller::Anon), &guess).unwrap();
    assert_eq!(told["id"], json!(world.theirs.booking));
    assert_eq!(told["slot_end"], "2026-03-03T15:30:00+00:00");
    for key in ["lead_name", "notes", "meeting_link", "calendar_id", "request_digest"] {
        assert_eq!(told[key], Value::Null, "{key}");
    }
    let told = fixture::call(&mut world.connect_as(Caller::Service), &guess).unwrap();
    assert_eq!((&told["lead_name"], &told["notes"]), (&json!("Grace"), &json!("Secret")));
}

#[test]
fn anon_cannot_make_itself_someone_else() {
    let world = World::new();
    let mut anon = world.connect_as(Caller::Anon);
    let claims = format!(r#"{{"role": "service_role", "sub": "{ADA}"}}"#);
    anon.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
    let slots = fixture::slots(&mut anon, world.ours.id, "2026-03-03", "2026-03-04");
    refused(slots, "PT404", "broker_not_found");
    // Nor with a session of its own, in which it may set whatever it likes.
    let url = world.db.cluster().url_as("authenticator", world.db.name());
    let mut session = Client::connect(&url, NoTls).unwrap();
    session.batch_execute("set role anon").unwrap();
    for setting in ["request.jwt.claims", "request.jwt.claim.sub", "role.claims"] {
        session.execute("select set_config($1, $2, false)", &[&setting, &claims]).unwrap();
    }
    session.batch_execute("set row_security = off").unwrap();
    let slots = fixture::slots(&mut session, world.ours.id, "2026-03-03", "2026-03-04");
    refused(slots, "PT404", "broker_not_found");
}

// authenticated.

#[test]
fn a_broker_reads_its_own_rows_and_no_others() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let mut ada = world.connect_as(Caller::User(ADA));
    let mut stranger = world.connect_as(Caller::User(STRANGER));
    let all = tables(&mut superuser, "authenticated", "SELECT");
    for table in all {
        let (key, of) = match table.as_str() {
            "brokers" => ("id", world.ours.id),
            "events" | "event_mappings" | "sync_state" | "sync_logs" => {
                ("calendar_id", world.ours.calendar)
            }
            _ => ("broker_id", world.ours.id),
        };
        let count = format!(
            "select concat_ws(' ', count({key}), count({key}) filter (where {key} <> '{of}')) from calendar.{table}"
        );
        let there = texts(&mut superuser, &count).remove(0);
        assert!(!there.ends_with(" 0"), "{table} has rows of others");
        let expected = format!(
            "{} 0",
            texts(
                &mut superuser,
                &format!("select count({key})::text from calendar.{table} where {key} = '{of}'")
            )
            .remove(0)
        );
        assert!(!expected.starts_with('0'), "{table} has rows of ours");
        assert_eq!(texts(&mut ada, &count), [expected], "{table}");
        assert_eq!(texts(&mut stranger, &count), ["0 0"], "{table}");
    }
    forbidden(&mut ada, "select secret from calendar.accounts");
}

#[test]
fn a_broker_edits_its_hours_overrides_and_settings() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    let Broker { id, calendar, hours, .. } = world.ours;
    fixture::working_hours(&mut ada, id, 6, "10:00", "12:00");
    fixture::hours_override(&mut ada, id, "open", "2026-03-08T15:00Z", "2026-03-08T16:00Z", &[]);
    let mut change = |statement: &str| {
        assert_eq!(ada.execute(statement, &[]).unwrap(), 1, "{statement}");
    };
    change(&format!("update calendar.working_hours set end_local = '16:00' where id = '{hours}'"));
    change(&format!("delete from calendar.working_hours where id = '{hours}'"));
    change(&format!(
        "update calendar.brokers set buffer_after_minutes = 5, timezone = 'Europe/London' where id = '{id}'"
    ));
    change(&format!(
        "update calendar.calendars set timezone = 'Europe/London', tentative_blocks = false where id = '{calendar}'"
    ));
    change(&format!(
        "update calendar.availability_overrides set reason = 'Leave' where broker_id = '{id}' and kind = 'open'"
    ));
    change(&format!(
        "delete from calendar.availability_overrides where broker_id = '{id}' and kind = 'open'"
    ));
    let log = "select count(*)::text from calendar.audit_log
                where jwt_subject = '00000000-0000-0000-0000-000000000ada' and db_role = 'authenticated'";
    assert_eq!(texts(&mut ada, log), ["6"]);
}

#[test]
fn a_broker_changes_neither_what_is_others_nor_what_is_not_for_it() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    let Broker { id, calendar, hours, .. } = &world.theirs;
    // What it does not see it cannot change.
    for statement in [
        format!("update calendar.working_hours set end_local = '10:00' where id = '{hours}'"),
        format!("delete from calendar.working_hours where broker_id = '{id}'"),
        format!("delete from calendar.availability_overrides where broker_id = '{id}'"),
        format!("update calendar.brokers set booking_enabled = false where id = '{id}'"),
        format!(
            "update calendar.calendars set blocks_availability = false where id = '{calendar}'"
        ),
    ] {
        assert_eq!(ada.execute(&statement, &[]).unwrap(), 0, "{statement}");
    }
    let ours = world.ours.id;
    for statement in [
        format!(
            "insert into calendar.working_hours (broker_id, weekday, start_local, end_local) values ('{id}', 1, '9:00', '10:00')"
        ),
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at) values ('{id}', 'block', '2026-03-03', '2026-03-04')"
        ),
        format!("update calendar.working_hours set broker_id = '{id}' where broker_id = '{ours}'"),
        format!(
            "update calendar.availability_overrides set broker_id = '{id}' where broker_id = '{ours}'"
        ),
        "insert into calendar.brokers (name, timezone) values ('Eve', 'UTC')".to_owned(),
        "delete from calendar.brokers where true".to_owned(),
        format!("update calendar.brokers set user_id = null where id = '{ours}'"),
        format!("update calendar.brokers set overrides_until = 'infinity' where id = '{ours}'"),
        "update calendar.calendars set blocks_until = 'infinity' where true".to_owned(),
        format!("update calendar.calendars set broker_id = '{id}' where true"),
        "update calendar.bookings set status = 'confirmed' where true".to_owned(),
        "delete from calendar.bookings where true".to_owned(),
        "insert into calendar.events (calendar_id) values (null)".to_owned(),
        "delete from calendar.busy_blocks where true".to_owned(),
        "delete from calendar.audit_log where true".to_owned(),
        "update calendar.outbox set done_at = created_at where true".to_owned(),
        format!("select calendar.apply_sync('{}', '{{}}')", world.ours.calendar),
    ] {
        forbidden(&mut ada, &statement);
    }
}

#[test]
fn a_broker_manages_its_own_bookings_and_knows_of_no_others() {
    let world = World::new();
    let mut ada = world.connect_as(Caller::User(ADA));
    for id in [&world.theirs.booking, &Uuid::nil().to_string()] {
        for call in [
            format!("confirm_booking('{id}')"),
            format!("cancel_booking('{id}')"),
            format!("reschedule_booking('{id}', '2026-03-03T17:00Z')"),
        ] {
            refused(fixture::call(&mut ada, &call), "PT404", "booking_not_found");
        }
    }
    let Broker { id, booking, .. } = &world.ours;
    fixture::slots(&mut ada, *id, "2026-03-03", "2026-03-04").unwrap();
    fixture::book(&mut ada, *id, "2026-03-03T16:00Z").unwrap();
    fixture::call(
        &mut ada,
        &format!("book_calendar_slot('{id}', '2026-03-03T02:00Z', outside_hours => true)"),
    )
    .unwrap();
    for call in [
        format!("confirm_booking('{booking}')"),
        format!("reschedule_booking('{booking}', '2026-03-03T17:00Z')"),
        format!("cancel_booking('{booking}')"),
    ] {
        fixture::call(&mut ada, &call).unwrap_or_else(|e| panic!("{call}: {e:?}"));
    }
    for function in ["get_busy", "explain_slot"] {
        let call = |id: Uuid| {
            format!("select calendar.{function}('{id}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')")
        };
        ada.query(&call(*id), &[]).unwrap();
        // A public broker is known to it, though not its time.
        refused(ada.query(&call(world.theirs.id), &[]), "42501", "");
        let mut stranger = world.connect_as(Caller::User(STRANGER));
        refused(stranger.query(&call(*id), &[]), "PT404", "broker_not_found");
    }
    let slots = fixture::slots(&mut ada, world.theirs.id, "2026-03-03", "2026-03-04");
    assert_eq!(slots.unwrap().len(), 15);
}

#[test]
fn a_token_that_names_no_user_gives_no_rights() {
    let world = World::new();
    let mut client = world.connect_as(Caller::User(ADA));
    let ours = world.ours.id;
    for claims in [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        "nonsense".to_owned(),
        format!("\"{ADA}\""),
        format!(r#"{{"sub": ["{ADA}"]}}"#),
        r#"{"sub": null}"#.to_owned(),
        r#"{"sub": ""}"#.to_owned(),
        r#"{"sub": "ada"}"#.to_owned(),
        format!(r#"{{"sub": "{ADA}00"}}"#),
        format!(r#"{{"SUB": "{ADA}"}}"#),
        format!(r#"{{"app": {{"sub": "{ADA}"}}}}"#),
        "[".repeat(100_000),
    ] {
        client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
        refused(fixture::slots(&mut client, ours, "2026-03-03", "2026-03-04"), "PT404", "");
        let brokers = texts(&mut client, "select id::text from calendar.brokers");
        assert_eq!(brokers, [""; 0], "{claims:.100}");
    }
    let claims = format!(r#"{{"aud": ["x"], "sub": "{}"}}"#, ADA.to_string().to_uppercase());
    client.execute("select set_config('request.jwt.claims', $1, false)", &[&claims]).unwrap();
    assert_eq!(texts(&mut client, "select id::text from calendar.brokers"), [ours.to_string()]);
}

// Trusted callers.

#[test]
fn the_service_may_do_everything_for_every_broker() {
    let world = World::new();
    let mut client = world.db.connect();
    client.batch_execute("create role n8n login; grant calendar_service to n8n").unwrap();
    let url = world.db.cluster().url_as("n8n", world.db.name());
    let n8n = Client::connect(&url, NoTls).unwrap();
    for (who, mut client) in [("n8n", n8n), ("service_role", world.connect_as(Caller::Service))] {
        for table in tables(&mut client, "calendar_service", "SELECT") {
            let statement = format!("select 1 from calendar.{table}");
            assert!(client.query(&statement, &[]).unwrap().len() > 1, "{who} {table}");
        }
        let id = fixture::broker(&mut client, &[("name", "New")]);
        let calendar = fixture::calendar(&mut client, id, &[]);
        fixture::working_hours(&mut client, id, 2, "09:00", "17:00");
        fixture::event(&mut client, calendar, "e", "2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z");
        fixture::slots(&mut client, id, "2026-03-03", "2026-03-04").unwrap();
        let booking = fixture::book(&mut client, id, "2026-03-03T16:00Z").unwrap();
        let booking = booking["id"].as_str().unwrap();
        for call in [
            format!("get_busy('{id}', '2026-03-03', '2026-03-04')"),
            format!("explain_slot('{id}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')"),
            format!("export_ics('{id}', '2026-03-03', '2026-03-04')"),
            format!("confirm_booking('{booking}')"),
            format!("booking_ics('{booking}')"),
            format!("reschedule_booking('{booking}', '2026-03-03T17:00Z')"),
            format!("cancel_booking('{booking}')"),
            "extend_horizon()".to_owned(),
            "check_timezones(null, '2026-03-03')".to_owned(),
        ] {
            client
                .query(&format!("select calendar.{call}"), &[])
                .unwrap_or_else(|e| panic!("{who} {call}: {e:?}"));
        }
        let role = texts(
            &mut client,
            "select distinct db_role from calendar.audit_log where broker_id in (select id from calendar.brokers where name = 'New') order by 1",
        );
        assert!(role.contains(&who.to_owned()), "{role:?}");
        for statement in [
            "update calendar.bookings set slot_start = slot_end where true",
            "delete from calendar.bookings where true",
            "update calendar.events set title = '' where true",
            "insert into calendar.busy_blocks select * from calendar.busy_blocks",
            "delete from calendar.audit_log where true",
            "truncate calendar.working_hours",
            "create table calendar.mine ()",
            "select calendar_private.refresh_blocks(null, null)",
            "select calendar.grant_api_roles()",
        ] {
            forbidden(&mut client, statement);
        }
        let statement = format!("delete from calendar.brokers where id = '{id}'");
        assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
    }
}

#[test]
fn the_service_may_write_every_column_but_the_bounds_of_derived_rows() {
    let world = World::new();
    let mut client = world.db.connect();
    let withheld = texts(
        &mut client,
        "select format('%s %s.%s', p.privilege, c.relname, a.attname)
           from pg_class as c
           join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          cross join (values ('INSERT'), ('UPDATE')) as p (privilege)
          where c.relnamespace = 'calendar'::regnamespace
            and has_any_column_privilege('calendar_service', c.oid, 'INSERT')
            and not has_column_privilege('calendar_service', c.oid, a.attnum, p.privilege)
          order by 1",
    );
    let bounds = [
        "brokers.overrides_from",
        "brokers.overrides_until",
        "calendars.blocks_from",
        "calendars.blocks_until",
    ];
    let expected =
        ["INSERT", "UPDATE"].map(|privilege| bounds.map(|bound| format!("{privilege} {bound}")));
    assert_eq!(withheld, expected.concat());
    let mut service = world.connect_as(Caller::Service);
    for statement in [
        "update calendar.calendars set blocks_until = 'infinity' where true",
        "update calendar.brokers set overrides_from = '-infinity' where true",
        "insert into calendar.calendars (broker_id, timezone, blocks_until) values (null, 'UTC', 'infinity')",
    ] {
        forbidden(&mut service, statement);
    }
    service
        .batch_execute("update calendar.calendars set tentative_blocks = false where true")
        .unwrap();
}

#[test]
fn only_functions_give_a_booking_a_status_that_takes_time() {
    let world = World::new();
    let mut client = world.connect_as(Caller::Service);
    let Broker { id, booking, .. } = &world.ours;
    let set = |booking: &str, status: &str| {
        format!("update calendar.bookings set status = '{status}' where id = '{booking}'")
    };
    let wrong = "status must be cancelled, completed, no_show or failed";
    for became in ["completed", "no_show", "failed", "cancelled"] {
        client.batch_execute(&set(booking, became)).unwrap();
        for active in ["held", "pending", "confirmed"] {
            refused(client.batch_execute(&set(booking, active)), "22023", wrong);
        }
    }
    // Not even where somebody else has the time now, which a constraint would tell otherwise.
    let other = fixture::book(&mut client, *id, "2026-03-03T15:00Z").unwrap();
    refused(client.batch_execute(&set(booking, "confirmed")), "22023", wrong);
    // What it has already it may be given.
    client.batch_execute(&set(other["id"].as_str().unwrap(), "confirmed")).unwrap();

    let hold = format!("book_calendar_slot('{id}', '2026-03-03T16:00Z', hold_minutes => 5)");
    let hold = fixture::call(&mut client, &hold).unwrap();
    let hold = hold["id"].as_str().unwrap();
    refused(client.batch_execute(&set(hold, "confirmed")), "22023", wrong);
    fixture::call(&mut client, &format!("confirm_booking('{hold}')")).unwrap();
}

#[test]
fn the_agent_calls_its_functions_and_touches_no_table() {
    let world = World::new();
    let mut agent = world.connect_as(Caller::Agent);
    let Broker { calendar, booking, .. } = &world.ours;
    fixture::event(&mut agent, *calendar, "f", "2026-03-05T15:00:00Z", "2026-03-05T16:00:00Z");
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:g\r\n\
               DTSTAMP:20260301T000000Z\r\nDTSTART:20260305T170000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let import = "select calendar.import_ics($1, $2) ->> 'created'";
    let created: String = agent.query_one(import, &[calendar, &ics]).unwrap().get(0);
    assert_eq!(created, "1");
    let invitation = texts(&mut agent, &format!("select calendar.booking_ics('{booking}')"));
    assert!(invitation[0].contains(booking.as_str()));
    agent.batch_execute("select calendar.extend_horizon()").unwrap();
    agent.batch_execute("select calendar.check_timezones(null, '2026-03-03')").unwrap();
    for statement in [
        "select from calendar.events",
        "select from calendar.accounts",
        "select from calendar.sync_pages",
        "select from calendar.sync_state",
        "select from calendar.webhook_channels",
        "update calendar.outbox set done_at = created_at where true",
        "insert into calendar.events (calendar_id) values (null)",
        "select calendar.get_available_slots(null)",
        "select calendar.book_calendar_slot(null, null)",
        "select calendar.cancel_booking(null)",
        "select calendar_private.parse_events(null, null)",
        "select calendar_private.fail_booking(null, null)",
        "select calendar_private.follow_mirrors(null, null)",
    ] {
        forbidden(&mut agent, statement);
    }
}

#[test]
fn no_setting_of_a_session_keeps_its_bookings_from_the_log() {
    let world = World::new();
    let mut client = world.connect_as(Caller::Service);
    client.batch_execute("set row_security = off").unwrap();
    let before = texts(&mut world.db.connect(), "select count(*)::text from calendar.audit_log");
    // The function's own role is under row security, so that it refuses to go without.
    let result = fixture::book(&mut client, world.ours.id, "2026-03-03T16:00Z");
    let after = texts(&mut world.db.connect(), "select count(*)::text from calendar.audit_log");
    assert_eq!(result.is_ok(), before != after);
    forbidden(&mut client, "set session_replication_role = replica");
    forbidden(&mut client, "alter table calendar.bookings disable trigger all");
}
