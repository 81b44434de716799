//! The indexes that answers are read by, at a realistic size.

use calendar_tests::{Caller, Database};
use postgres::Client;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

const BROKERS: i32 = 1500;

/// A database with many brokers, and one of them. What is counted is all that
/// happens in it, so that the tests take turns.
struct Crowd {
    db: Database<'static>,
    broker: Uuid,
    calendar: Uuid,
}

static CROWD: LazyLock<Mutex<Crowd>> = LazyLock::new(|| Mutex::new(Crowd::new()));

impl Crowd {
    fn lock() -> MutexGuard<'static, Self> {
        CROWD.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn new() -> Self {
        let db = Database::new();
        let mut client = db.connect();
        client
            .batch_execute(&format!(
                "insert into calendar.brokers (name, timezone, user_id, public_booking)
                 select 'Broker ' || n, 'America/New_York', lpad(n::text, 32, '0')::uuid, true
                   from generate_series(1, {BROKERS}) as n;
                 insert into calendar.accounts (broker_id, provider)
                 select id, 'google' from calendar.brokers;
                 insert into calendar.calendars (broker_id, account_id, external_calendar_id, timezone, is_primary)
                 select broker_id, id, 'main', 'UTC', true from calendar.accounts;
                 insert into calendar.meeting_types (broker_id, slug, name) select id, 'call', 'Call' from calendar.brokers;
                 insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
                 select id, day, '09:00', '17:00' from calendar.brokers, generate_series(1, 5) as day;
                 insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at)
                 select id, 'block', at, at + interval '3 hours' from calendar.brokers,
                        generate_series(timestamptz '2026-03-06', '2026-06-06', '7 days') as at;
                 insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at)
                 select id, 'event ' || to_char(at, 'MMDDHH24'), at, at + interval '1 hour' from calendar.calendars,
                        generate_series(timestamptz '2026-03-02T13:00Z', '2026-06-02', '50 hours') as at;
                 insert into calendar.bookings (broker_id, calendar_id, slot_start, slot_end, status, lead_email, is_public)
                 select broker_id, id, at, at + interval '30 minutes', 'confirmed', id || '@' || to_char(at, 'MMDDHH24'), at > '2026-05-28'
                   from calendar.calendars, generate_series(timestamptz '2026-03-02T12:00Z', '2026-06-02', '120 hours') as at;
                 insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
                 select id, calendar_id, 'bk-' || id from calendar.bookings;
                 insert into calendar.obligations (broker_id, external_id, title, due_on)
                 select id, n, 'Deadline', date '2026-03-02' + n from calendar.brokers, generate_series(1, 20) as n;
                 insert into calendar.obligation_mappings (obligation_id, calendar_id, external_event_id, pushed_sequence, expires_at)
                 select o.id, c.id, 'ob-' || o.id, 0, o.expires_at
                   from calendar.obligations as o join calendar.calendars as c on c.broker_id = o.broker_id;
                 insert into calendar.outbox (broker_id, obligation_id, calendar_id, operation)
                 select o.broker_id, o.id, c.id, 'update'
                   from calendar.obligations as o join calendar.calendars as c on c.broker_id = o.broker_id;
                 insert into calendar.feeds (broker_id, booking_id, token_digest)
                 select broker_id, id, sha256(uuid_send(id)) from calendar.bookings;
                 insert into calendar.booking_links (broker_id, booking_id, token_digest)
                 select broker_id, id, sha256(uuid_send(id)) from calendar.bookings;
                 insert into calendar.connections_begun (broker_id, provider, account_id, connected_account_id, ticket_digest, expires_at)
                 select broker_id, provider, id, id, sha256(uuid_send(id)), '2026-03-03' from calendar.accounts;
                 insert into calendar.oauth_states (state_digest, session_digest, connection_id, broker_id, provider, account_id, verifier, expires_at)
                 select ticket_digest, '', id, broker_id, provider, account_id, '', expires_at from calendar.connections_begun;
                 insert into calendar.webhook_endpoints (broker_id, url, mac_key) select id, 'https://hooks.example.com/', '' from calendar.brokers;
                 insert into calendar.voice_keys (broker_id, mac_key) select id, '' from calendar.brokers;
                 insert into calendar.sync_state (calendar_id, covered_until) select id, 'infinity' from calendar.calendars;
                 insert into calendar.sync_pages (lease_id, page_number, calendar_id, page)
                 select id, n, id, '{{}}' from calendar.calendars, generate_series(0, 2) as n;
                 insert into calendar.remembered_members (calendar_id, external_event_id, etag)
                 select id, n, '1' from calendar.calendars, generate_series(0, 2) as n;
                 insert into calendar.rejected_events (calendar_id, external_event_id, reason)
                 select id, n, 'x' from calendar.calendars, generate_series(0, 2) as n;
                 insert into calendar.webhook_channels (calendar_id) select id from calendar.calendars;
                 insert into calendar.sync_logs (calendar_id, is_full, created, updated, deleted, unchanged, rejected)
                 select id, false, 0, 0, 0, 0, 0 from calendar.calendars, generate_series(1, 20);
                 insert into calendar.failure_logs (broker_id, calendar_id, operation, reason)
                 select broker_id, id, 'apply_sync', 'x' from calendar.calendars, generate_series(1, 20);
                 update calendar.outbox set done_at = created_at where id % 50 > 0;
                 analyze"
            ))
            .unwrap();
        let row = client
            .query_one(
                "select broker_id, id from calendar.calendars order by broker_id limit 1 offset 7",
                &[],
            )
            .unwrap();
        Self { db, broker: row.get(0), calendar: row.get(1) }
    }

    /// Who the broker is.
    fn user(&self) -> Uuid {
        let user = "select user_id from calendar.brokers where id = $1";
        self.db.connect().query_one(user, &[&self.broker]).unwrap().get(0)
    }
}

/// Names of relations, and how often each was scanned.
type Scans = Vec<(String, i64)>;

/// The indexes that a statement used, by name; it must not have read any table as a
/// whole.
#[track_caller]
fn indexes_of(client: &mut Client, superuser: &mut Client, statement: &str) -> BTreeSet<String> {
    let (whole, indexes) = scanned(client, superuser, statement);
    assert!(whole.is_empty(), "{statement} reads all of {whole:?}");
    indexes
}

/// The tables that a statement read as a whole, by name.
#[track_caller]
fn tables_read_whole(
    client: &mut Client,
    superuser: &mut Client,
    statement: &str,
) -> BTreeSet<String> {
    scanned(client, superuser, statement).0
}

/// The tables that a statement read as a whole, and the indexes that it used.
#[track_caller]
fn scanned(
    client: &mut Client,
    superuser: &mut Client,
    statement: &str,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let counts = |superuser: &mut Client| -> (Scans, Scans) {
        let mut read = |query: &str| {
            let rows = superuser.query(query, &[]).unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect::<Scans>()
        };
        (
            read(
                "select relname::text, seq_scan from pg_stat_user_tables where schemaname = 'calendar' order by 1",
            ),
            read(
                "select indexrelname::text, idx_scan from pg_stat_user_indexes where schemaname = 'calendar' order by 1",
            ),
        )
    };
    let flush = "select pg_stat_force_next_flush()";
    client.batch_execute(flush).unwrap();
    // What it has read before must not be counted later.
    superuser.batch_execute(flush).unwrap();
    let before = counts(superuser);
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e:?}"));
    client.batch_execute(flush).unwrap();
    let after = counts(superuser);
    let more = |before: &[(String, i64)], after: &[(String, i64)]| -> BTreeSet<String> {
        before.iter().zip(after).filter(|(b, a)| a.1 > b.1).map(|(b, _)| b.0.clone()).collect()
    };
    (more(&before.0, &after.0), more(&before.1, &after.1))
}

/// Asserts that a statement reads by these indexes, among others.
#[track_caller]
fn reads_by(client: &mut Client, superuser: &mut Client, statement: &str, indexes: &[&str]) {
    let used = indexes_of(client, superuser, statement);
    for index in indexes {
        assert!(used.contains(*index), "{statement} does not use {index} but {used:?}");
    }
}

#[test]
fn availability_is_read_by_index() {
    let crowd = Crowd::lock();
    let broker = crowd.broker;
    let (mut client, mut superuser) = (crowd.db.connect_as(Caller::Service), crowd.db.connect());
    reads_by(
        &mut client,
        &mut superuser,
        &format!("select calendar.get_available_slots('{broker}')"),
        &[
            "brokers_pkey",
            "working_hours_broker_id_idx",
            "override_occurrences_broker_id_starts_at_idx",
            "calendars_broker_id_idx",
            "busy_blocks_broker_id_starts_at_idx",
            "bookings_broker_id_slot_start_idx",
        ],
    );
    reads_by(
        &mut client,
        &mut superuser,
        &format!("select calendar.get_busy('{broker}', '2026-03-03', '2026-03-17')"),
        &["busy_blocks_broker_id_starts_at_idx", "bookings_broker_id_slot_start_idx"],
    );
    // Beyond what is stored.
    reads_by(
        &mut client,
        &mut superuser,
        &format!("select calendar.get_busy('{broker}', '2029-03-03', '2029-03-17')"),
        &["events_external_event_id_key"],
    );
    reads_by(
        &mut client,
        &mut superuser,
        &format!(
            "select calendar.explain_slot('{broker}', '2026-03-03T12:00Z', '2026-03-04T12:00Z')"
        ),
        &["busy_blocks_broker_id_starts_at_idx", "bookings_broker_id_slot_start_idx"],
    );
    reads_by(
        &mut client,
        &mut superuser,
        &format!("select calendar.export_ics('{broker}', '2026-03-03', '2026-04-03')"),
        &[
            "calendars_broker_id_idx",
            "events_external_event_id_key",
            "bookings_broker_id_slot_start_idx",
        ],
    );
}

#[test]
fn bookings_are_made_and_changed_by_index() {
    let crowd = Crowd::lock();
    let broker = crowd.broker;
    let (mut anon, mut superuser) = (crowd.db.connect_as(Caller::Anon), crowd.db.connect());
    reads_by(
        &mut anon,
        &mut superuser,
        &format!(
            "select calendar.book_calendar_slot('{broker}', '2026-03-10T13:00Z', lead_id => 'L', idempotency_key => 'K')"
        ),
        &["brokers_pkey", "bookings_idempotency", "bookings_public_idx", "bookings_no_overlap"],
    );
    let mut global = crowd.db.connect();
    global.batch_execute("set calendar.lead_scope = 'global'").unwrap();
    Caller::Service.assume(&mut global);
    reads_by(
        &mut global,
        &mut superuser,
        &format!(
            "select calendar.book_calendar_slot('{broker}', '2026-03-10T15:00Z', lead_id => 'L')"
        ),
        &["brokers_pkey", "bookings_lead_at_one_place", "bookings_no_overlap"],
    );
    let id: Uuid = superuser
        .query_one("select id from calendar.bookings where idempotency_key = 'K'", &[])
        .unwrap()
        .get(0);
    let mut client = crowd.db.connect_as(Caller::Service);
    for call in [
        format!("confirm_booking('{id}')"),
        format!("booking_ics('{id}')"),
        format!("reschedule_booking('{id}', '2026-03-10T13:30Z')"),
        format!("cancel_booking('{id}')"),
    ] {
        let statement = format!("select calendar.{call}");
        reads_by(&mut client, &mut superuser, &statement, &["bookings_pkey"]);
    }
}

#[test]
fn events_are_written_by_index() {
    let crowd = Crowd::lock();
    let calendar = crowd.calendar;
    let (mut agent, mut superuser) = (crowd.db.connect_as(Caller::Agent), crowd.db.connect());
    let event = |n: u32| {
        json!({"external_event_id": format!("new {n}"), "starts_at": "2026-03-05T15:00:00Z",
               "ends_at": "2026-03-05T16:00:00Z"})
    };
    let batch = json!({"events": [event(1), event(2), {"external_event_id": "event 030502",
                                                       "starts_at": "2026-03-05T02:00:00Z"}],
                       "deleted": ["event 030415", {"external_event_id": "x", "recurrence_id": "2026-03-05"}]});
    let sync = format!("select calendar.apply_sync('{calendar}', '{batch}')");
    let indexes = [
        "calendars_pkey",
        "events_external_event_id_key",
        "event_mappings_pkey",
        "busy_blocks_pkey",
        "sync_state_pkey",
    ];
    reads_by(&mut agent, &mut superuser, &sync, &indexes);
    let full = json!({"full": true, "window_start": "2026-03-10T00:00:00Z", "window_end": "2026-03-11T00:00:00Z"});
    let sync = format!("select calendar.apply_sync('{calendar}', '{full}')");
    reads_by(&mut agent, &mut superuser, &sync, &["events_external_event_id_key"]);
}

#[test]
fn a_broker_reads_its_own_rows_by_index() {
    let crowd = Crowd::lock();
    let user = crowd.user();
    let (mut ada, mut superuser) = (crowd.db.connect_as(Caller::User(user)), crowd.db.connect());
    for (table, index) in [
        ("brokers", "brokers_user_id_key"),
        ("calendars", "calendars_broker_id_idx"),
        ("events", "events_external_event_id_key"),
        ("busy_blocks", "busy_blocks_broker_id_starts_at_idx"),
        ("bookings", "bookings_broker_id_slot_start_idx"),
        ("working_hours", "working_hours_broker_id_idx"),
        ("availability_overrides", "availability_overrides_broker_id_idx"),
        ("override_occurrences", "override_occurrences_broker_id_starts_at_idx"),
        ("outbox", "outbox_broker_id_idx"),
        ("audit_log", "audit_log_broker_id_changed_at_idx"),
        ("failure_logs", "failure_logs_broker_id_logged_at_idx"),
        ("sync_logs", "sync_logs_calendar_id_logged_at_idx"),
        ("sync_state", "sync_state_pkey"),
        ("event_mappings", "event_mappings_pkey"),
        ("obligations", "obligations_broker_id_external_id_key"),
        ("obligation_mappings", "obligation_mappings_event_idx"),
    ] {
        let statement = format!("select * from calendar.{table}");
        reads_by(&mut ada, &mut superuser, &statement, &[index]);
    }
    let today = "select * from calendar.bookings where slot_start >= '2026-03-03' order by slot_start limit 20";
    reads_by(&mut ada, &mut superuser, today, &["bookings_broker_id_slot_start_idx"]);
}

#[test]
fn hours_and_overrides_are_changed_by_index() {
    let crowd = Crowd::lock();
    let user = crowd.user();
    let (mut ada, mut superuser) = (crowd.db.connect_as(Caller::User(user)), crowd.db.connect());
    let broker = crowd.broker;
    for statement in [
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{broker}', 'block', '2026-03-03', '2026-03-04', 'FREQ=WEEKLY')"
        ),
        format!("update calendar.availability_overrides set kind = 'open' where broker_id = '{broker}'"),
        format!("delete from calendar.availability_overrides where broker_id = '{broker}'"),
        format!("update calendar.working_hours set is_active = false where broker_id = '{broker}'"),
        // Another test books there.
        format!("update calendar.working_hours set is_active = true where broker_id = '{broker}'"),
        format!("update calendar.brokers set timezone = 'Europe/London' where id = '{broker}'"),
        "update calendar.calendars set tentative_blocks = false".to_owned(),
    ] {
        indexes_of(&mut ada, &mut superuser, &statement);
    }
}

#[test]
fn what_is_left_to_do_is_found_by_index() {
    let crowd = Crowd::lock();
    let (mut client, mut superuser) = (crowd.db.connect_as(Caller::Service), crowd.db.connect());
    reads_by(
        &mut client,
        &mut superuser,
        "select * from calendar.outbox where done_at is null and next_attempt_at <= '2026-03-03'
          order by next_attempt_at limit 10",
        &["outbox_open_idx"],
    );
}

#[test]
fn deadlines_are_written_and_expire_by_index() {
    let crowd = Crowd::lock();
    let broker = crowd.broker;
    let (mut client, mut superuser) = (crowd.db.connect_as(Caller::Service), crowd.db.connect());
    let item = r#"[{"external_id": "5", "title": "T", "due_on": "2026-05-01"}]"#;
    for call in [
        format!("upsert_obligation('{broker}', '3', 'Changed', '2026-05-01')"),
        format!("upsert_obligations('{broker}', '{item}')"),
        format!("sync_obligations('{broker}')"),
        format!("remove_obligation('{broker}', '4')"),
        format!("set_obligation_calendars('{broker}', '{{}}')"),
    ] {
        indexes_of(&mut client, &mut superuser, &format!("select calendar.{call}"));
    }
    let mut owner = crowd.db.connect();
    owner.batch_execute("set calendar.now = '2026-04-20T00:00:00Z'").unwrap();
    let expire = "select calendar_private.expire_obligations(100, '2026-03-01')";
    let indexes = [
        "obligation_mappings_expires_at_idx",
        "obligations_removed_idx",
        "outbox_obligation_id_idx",
    ];
    reads_by(&mut owner, &mut superuser, expire, &indexes);
}

#[test]
fn an_agent_finds_its_work_by_index() {
    let crowd = Crowd::lock();
    let (mut agent, mut superuser) = (crowd.db.connect_as(Caller::Agent), crowd.db.connect());
    // As agents leave it that come by every few minutes.
    superuser
        .batch_execute(
            "update calendar.outbox set done_at = created_at where done_at is null and id % 5000 > 0;
             analyze calendar.outbox",
        )
        .unwrap();
    // What is due is looked for among all calendars, whose rows are few and small; no table
    // that grows with time may be read as a whole.
    let mut reads = |statement: &str, small: &[&str]| {
        let whole = tables_read_whole(&mut agent, &mut superuser, statement);
        let large: Vec<_> = whole.iter().filter(|table| !small.contains(&table.as_str())).collect();
        assert!(large.is_empty(), "{statement} reads all of {large:?}");
    };
    let calendar = crowd.calendar;
    reads(
        "select calendar_sync.lease_calendars(calendar_sync.begin_round())",
        &["sync_state", "calendars", "accounts"],
    );
    let only = format!(
        "select calendar_sync.lease_calendars(calendar_sync.begin_round(), only_calendar => '{calendar}')"
    );
    reads(&only, &["sync_state", "calendars", "accounts"]);
    reads("select calendar_sync.lease_pushes()", &["calendars", "accounts", "brokers"]);
    reads("select calendar_sync.lease_notifications()", &[]);
    // A booking follows its event.
    let event = json!({"external_event_id": "bk-of-ours", "starts_at": "2026-03-05T15:00:00Z",
                       "ends_at": "2026-03-05T15:30:00Z"});
    let batch = json!({"events": [event], "deleted": ["event 030415", "bk-gone"]});
    reads(&format!("select calendar.apply_sync('{calendar}', '{batch}')"), &[]);
}

#[test]
fn what_goes_takes_its_rows_along_by_index() {
    let crowd = Crowd::lock();
    let (mut client, mut superuser) = (crowd.db.connect_as(Caller::Service), crowd.db.connect());
    let mut used = BTreeSet::new();
    for table in ["bookings", "calendars", "accounts", "brokers"] {
        let last = format!("select max(id::text) from calendar.{table}");
        let id: String = superuser.query_one(&last, &[]).unwrap().get(0);
        let statement = format!("delete from calendar.{table} where id = '{id}'");
        let client = if table == "bookings" { &mut crowd.db.connect() } else { &mut client };
        used.append(&mut indexes_of(client, &mut superuser, &statement));
    }
    for index in [
        "accounts_broker_id_idx",
        "bookings_calendar_id_idx",
        "event_mappings_booking_id_idx",
        "events_booking_id_idx",
        "feeds_booking_id_idx",
        "failure_logs_booking_id_idx",
        "failure_logs_calendar_id_idx",
        "failure_logs_notification_id_idx",
        "outbox_booking_id_idx",
        "override_occurrences_pkey",
    ] {
        assert!(used.contains(index), "{index} is not used but {used:?}");
    }
}
