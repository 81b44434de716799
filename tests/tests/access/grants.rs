//! What is granted.

use crate::agent::AGENT_CALLS;
use crate::world::texts;
use calendar_tests::Database;
use postgres::Client;

/// Tables of the schema on which the role has this privilege, on some column at least.
pub(crate) fn tables(client: &mut Client, role: &str, privilege: &str) -> Vec<String> {
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

/// Functions of all three schemas that the role may call; what agents call with its schema.
fn functions(client: &mut Client, role: &str) -> Vec<String> {
    texts(
        client,
        &format!(
            "select case n.nspname when 'calendar_sync' then 'calendar_sync.' else '' end || p.proname from pg_proc as p
               join pg_namespace as n on n.oid = p.pronamespace
              where n.nspname in ('calendar', 'calendar_sync', 'calendar_private')
                and has_schema_privilege('{role}', n.oid, 'USAGE')
                and has_function_privilege('{role}', p.oid, 'EXECUTE')
              order by 1"
        ),
    )
}

#[test]
fn each_role_may_call_what_it_needs_and_nothing_else() {
    let db = Database::new();
    let mut client = db.connect();
    // Some of these want a secret.
    let public = [
        "book_calendar_slot",
        "cancel_own_booking",
        "check_availability",
        "complete_hold",
        "extend_hold",
        "feed",
        "get_available_slots",
        "get_booking_page",
        "get_free_days",
        "get_own_booking",
        "get_page_slots",
        "hold_slot",
        "reschedule_own_booking",
        "retell",
    ];
    assert_eq!(functions(&mut client, "anon"), public);
    assert_eq!(
        functions(&mut client, "authenticated"),
        [
            "add_webhook_endpoint",
            "begin_connection",
            "book_calendar_slot",
            "booking_ics",
            "cancel_booking",
            "cancel_own_booking",
            "check_availability",
            "complete_booking",
            "complete_hold",
            "confirm_booking",
            "create_booking_link",
            "create_feed",
            "create_invitation",
            "decline_booking",
            "disconnect_account",
            "dismiss_failure",
            "explain_availability",
            "explain_slot",
            "export_ics",
            "extend_hold",
            "feed",
            "get_available_slots",
            "get_booking_page",
            "get_busy",
            "get_calendar_log",
            "get_connections",
            "get_free_days",
            "get_overview",
            "get_own_booking",
            "get_page_slots",
            "get_utilisation",
            "hold_slot",
            "list_failures",
            "list_notifications",
            "list_unwritten",
            "list_webhook_endpoints",
            "mark_no_show",
            "parse_when",
            "remove_obligation",
            "remove_webhook_endpoint",
            "request_manual_booking",
            "request_resync",
            "request_sync",
            "reschedule_booking",
            "reschedule_own_booking",
            "retell",
            "retry_failure",
            "revoke_feed",
            "rotate_webhook_secret",
            "save_meeting_type",
            "search_calendars",
            "set_account_status",
            "set_message_settings",
            "set_obligation_calendars",
            "set_overrides",
            "set_primary_calendar",
            "set_working_hours",
            "sync_obligations",
            "try_book",
            "try_cancel",
            "try_complete",
            "try_confirm",
            "try_decline",
            "try_no_show",
            "try_reschedule",
            "upsert_obligation",
            "upsert_obligations",
        ]
    );
    // With a few that anyone may call: they decide nothing.
    let shared = [
        "are_durations",
        "are_reminders",
        "check_booking",
        "check_notify",
        "check_obligation",
        "check_questions",
        "current_instant",
        "is_locale",
        "is_phone",
        "is_recurrence",
        "is_slug",
        "is_stale",
        "is_timezone",
        "is_web_address",
        "jwt_subject",
        "obligations_problem",
        "own_broker",
        "refuse",
        "restoring",
        "serves_all",
        "web_origin",
    ];
    let mut agents: Vec<_> = functions(&mut client, "calendar_agent");
    agents.retain(|name| !shared.contains(&name.as_str()));
    let mut expected = [
        "apply_sync",
        "begin_connection",
        "booking_ics",
        "check_timezones",
        "disconnect_account",
        "calendar_sync.extend_horizon",
        "dismiss_failure",
        "import_ics",
        "list_failures",
        "request_sync",
        "retry_failure",
        "set_primary_calendar",
    ]
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
    let own = ["availability_overrides", "meeting_types", "working_hours"];
    assert_eq!(tables(&mut client, "authenticated", "INSERT"), own);
    assert_eq!(tables(&mut client, "authenticated", "DELETE"), own);
    let settings =
        ["availability_overrides", "brokers", "calendars", "meeting_types", "working_hours"];
    assert_eq!(tables(&mut client, "authenticated", "UPDATE"), settings);
    let managed = [
        "accounts",
        "availability_overrides",
        "brokers",
        "calendars",
        "meeting_types",
        "operators",
        "page_origins",
        "working_hours",
    ];
    assert_eq!(tables(&mut client, "calendar_service", "INSERT"), managed);
    assert_eq!(tables(&mut client, "calendar_service", "DELETE"), managed);
    for (role, count) in [
        ("authenticated", 26),
        ("calendar_service", 36),
        ("service_role", 36),
        ("calendar_definer", 36),
    ] {
        assert_eq!(tables(&mut client, role, "SELECT").len(), count, "{role}");
        assert_eq!(tables(&mut client, role, "TRUNCATE"), [""; 0], "{role}");
        assert_eq!(tables(&mut client, role, "TRIGGER"), [""; 0], "{role}");
    }
    // These are nobody's but the agent's, which has them through its functions.
    let own = tables(&mut client, "authenticated", "SELECT");
    for agents in ["remembered_members", "sync_pages", "webhook_channels"] {
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

/// Of the tables that it may read: a column that is added is either here or granted.
#[test]
fn a_user_reads_every_column_but_secrets_and_the_agents_own() {
    let db = Database::new();
    let hidden = texts(
        &mut db.connect(),
        "select c.relname || '.' || a.attname from pg_class as c join pg_attribute as a on a.attrelid = c.oid
          where c.relnamespace = 'calendar'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            and has_any_column_privilege('authenticated', c.oid, 'SELECT')
            and not has_column_privilege('authenticated', c.oid, a.attnum, 'SELECT')
          order by 1",
    );
    let expected = [
        "accounts.lease_id",
        "accounts.leased_until",
        "accounts.refusals",
        "accounts.refused_at",
        "accounts.secret",
        "accounts.secret_key_id",
        "accounts.secret_version",
        "accounts.settings",
        "booking_links.address_digest",
        "booking_links.token_digest",
        "feeds.token_digest",
        "notifications.lease_id",
        "notifications.token_digest",
        "webhook_endpoints.former_mac_key",
        "webhook_endpoints.mac_key",
    ];
    assert_eq!(hidden, expected);
}

#[test]
fn nothing_is_left_to_the_public() {
    let db = Database::new();
    let mut client = db.connect();
    let public = texts(
        &mut client,
        "select p.oid::regprocedure::text
           from pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as a
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
            and a.grantee = 0
          order by 1",
    );
    assert_eq!(
        public,
        [
            "calendar_private.are_durations(integer[])",
            "calendar_private.are_reminders(integer[],integer)",
            "calendar_private.check_booking(calendar.bookings)",
            "calendar_private.check_notify(jsonb)",
            "calendar_private.check_obligation(calendar.obligations)",
            "calendar_private.check_questions(jsonb)",
            "calendar_private.current_instant()",
            "calendar_private.is_locale(text)",
            "calendar_private.is_phone(text)",
            "calendar_private.is_recurrence(text)",
            "calendar_private.is_slug(text)",
            "calendar_private.is_stale(timestamp with time zone)",
            "calendar_private.is_timezone(text)",
            "calendar_private.is_web_address(text)",
            "calendar_private.jwt_subject()",
            "calendar_private.obligations_problem(text,text,boolean,timestamp with time zone)",
            "calendar_private.own_broker()",
            "calendar_private.refuse(text,text,text,text)",
            "calendar_private.restoring()",
            "calendar_private.serves_all()",
            "calendar_private.web_origin(text)",
        ]
    );
    for (schema, privilege) in [
        ("calendar", "USAGE"),
        ("calendar", "CREATE"),
        ("calendar_sync", "USAGE"),
        ("calendar_private", "USAGE"),
    ] {
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
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
            and p.prosecdef
            and (r.rolname <> case when p.proname in ('call_hook', 'read_hook') then 'calendar_hooks' else 'calendar_definer' end
                 or 'search_path=pg_catalog, pg_temp' <> all (coalesce(p.proconfig, '{}')))",
    );
    assert_eq!(unsafe_ones, [""; 0]);
    let definer = client
        .query_one(
            "select rolsuper or rolbypassrls or rolcanlogin or rolcreaterole
                    or has_schema_privilege(oid, 'calendar', 'CREATE')
                    or has_schema_privilege(oid, 'calendar_sync', 'CREATE'),
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
          where p.pronamespace in ('calendar'::regnamespace, 'calendar_sync'::regnamespace, 'calendar_private'::regnamespace)
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
    assert_eq!(tables(&mut client, "postgres", "SELECT").len(), 36);
}

#[test]
fn a_reader_reads_every_view_and_table_without_secrets_and_writes_nothing() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = calendar_tests::fixture::broker(&mut client, &[]);
    calendar_tests::fixture::calendar(&mut client, broker, &[]);
    let relations = texts(
        &mut client,
        "select c.relname::text from pg_class as c
          where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'v') order by 1",
    );
    let secret = [
        "secret",
        "secret_key_id",
        "mac_key",
        "former_mac_key",
        "token_digest",
        "address_digest",
        "secret_digest",
        "ticket_digest",
        "session_digest",
        "state_digest",
        "verifier",
    ];
    client
        .batch_execute("create role grafana; grant calendar_reader to grafana; set role grafana")
        .unwrap();
    for relation in relations {
        let columns = texts(
            &mut client,
            &format!(
                "select a.attname::text from pg_attribute as a
                  where a.attrelid = 'calendar.{relation}'::regclass and a.attnum > 0 and not a.attisdropped
                    and has_column_privilege(a.attrelid, a.attnum, 'SELECT')"
            ),
        );
        assert!(columns.iter().all(|column| !secret.contains(&column.as_str())), "{relation}");
        let read = format!("select {} from calendar.{relation}", columns.join(", "));
        let rows = client.query(&read, &[]).unwrap_or_else(|e| panic!("{read}: {e:?}"));
        if ["brokers", "calendars", "utilisation_by_day"].contains(&relation.as_str()) {
            assert!(!rows.is_empty(), "{relation}");
        }
    }
    client.batch_execute("reset role").unwrap();
    for privilege in ["INSERT", "UPDATE", "DELETE", "TRUNCATE"] {
        assert_eq!(tables(&mut client, "calendar_reader", privilege), [""; 0], "{privilege}");
    }
}
