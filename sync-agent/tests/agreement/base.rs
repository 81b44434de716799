//! The database of many histories, and its clock.

use calendar_tests::{Database, fixture};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::types::ToSql;
use postgres::{Client, Error, Row, Statement};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// One clock for all sessions, that runs as the real one does from the time that the history has
/// set. What C functions ask for is the time when their session last began something: they only
/// tell the past from the future. Connections are kept: a new one would have to compile every
/// function first.
const CLOCK: &str = r#"
create schema harness;
create table harness.clock (now timestamptz not null, at timestamptz not null);
insert into harness.clock values ('2026-03-02T14:00:00Z', clock_timestamp());
create or replace function calendar_private.current_instant() returns timestamptz
    language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp
as $$
begin
    -- Not in SQL, which would be planned with each call.
    return (select c.now + (statement_timestamp() - c.at) from harness.clock as c);
end
$$;
create or replace function calendar_sync.begin_round() returns timestamptz
    language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('calendar.now',
        to_char(calendar_private.current_instant() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), false);
    return clock_timestamp();
end
$$;
-- Their own owner may not move the clock.
alter function calendar_private.current_instant() owner to current_user;
alter function calendar_sync.begin_round() owner to current_user;
"#;

/// Histories after which what was deleted is cleared away.
const CLEARED_AFTER: u32 = 100;

/// The arguments of a statement.
pub(crate) type Arguments<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A database that many histories use, one after another.
pub(crate) struct Base {
    db: Database<'static>,
    admin: Client,
    /// Clears away what was. Whoever switches triggers off forgets all plans.
    cleaner: Client,
    /// By their texts: they are parsed and planned once.
    statements: HashMap<String, Statement>,
    tables: Vec<String>,
    histories: u32,
    now: DateTime<Utc>,
}

impl Base {
    pub(crate) fn new() -> Self {
        let db = Database::new();
        // Statements are short, and what a crash would lose is of no interest.
        db.set("synchronous_commit", "off");
        db.set("jit", "off");
        // Plans are the same, and are made once.
        db.set("plan_cache_mode", "force_generic_plan");
        let (mut admin, cleaner) = (db.connect(), db.connect());
        admin.batch_execute(CLOCK).unwrap();
        // Each of its looks at a table has every session plan anew.
        admin.batch_execute("alter system set autovacuum = off").unwrap();
        admin.batch_execute("select pg_reload_conf()").unwrap();
        let tables = admin.query(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'calendar'",
            &[],
        );
        let tables = tables.unwrap().iter().map(|row| row.get(0)).collect();
        let now = calendar_tests::NOW.parse().unwrap();
        Self { db, admin, cleaner, statements: HashMap::new(), tables, histories: 0, now }
    }

    /// How the agent connects.
    pub(crate) fn url(&self) -> String {
        format!("{}?options=-c%20role%3Dcalendar_agent", self.db.url())
    }

    /// Begins a history: forgets the last one. Returns its broker.
    pub(crate) fn begin(&mut self) -> Uuid {
        self.histories += 1;
        let clear = if self.histories.is_multiple_of(CLEARED_AFTER) {
            format!("truncate {};", self.tables.join(", "))
        } else {
            // Without triggers.
            let delete = |table: &String| format!("delete from {table};");
            let deletes: String = self.tables.iter().map(delete).collect();
            format!("begin; set local session_replication_role = replica; {deletes} commit;")
        };
        self.cleaner.batch_execute(&clear).unwrap();
        self.now = calendar_tests::NOW.parse().unwrap();
        self.tell_the_time();
        fixture::broker(&mut self.admin, &[("email", "broker@example.com")])
    }

    /// An account of the broker's with these calendars, made without the program. Bookings are
    /// written to the first.
    pub(crate) fn connect(&mut self, broker: Uuid, provider: &str, calendars: &[String]) {
        let connect = "select calendar_sync.connect_account($1, $2)";
        let account: Uuid = self.query_one(connect, &[&broker, &provider]).unwrap().get(0);
        let told = |(place, calendar): (usize, &String)| {
            json!({"external_calendar_id": calendar, "display_name": format!("calendar {place}"),
                   "timezone": "America/New_York", "is_writable": provider != "ics",
                   "is_primary": place == 0})
        };
        let told: Value = calendars.iter().enumerate().map(told).collect();
        let register = "select calendar_id from calendar_sync.register_calendars($1, $2)";
        self.query(register, &[&account, &told]).unwrap();
    }

    /// Time passes.
    pub(crate) fn later(&mut self, by: TimeDelta) {
        self.now += by;
        self.tell_the_time();
    }

    /// Waits until what a killed program has sent is done.
    pub(crate) fn wait_for_others(&mut self) {
        let others = "select exists (select from pg_stat_activity
             where datname = current_database() and application_name = 'sync-agent')";
        while self.query_one(others, &[]).unwrap().get(0) {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Has connections of other programs begin with the present time.
    pub(crate) fn tell_others_the_time(&self) {
        self.db.set_now(&self.now.to_rfc3339());
    }

    fn tell_the_time(&mut self) {
        let now = self.now;
        self.execute("update harness.clock set now = $1, at = clock_timestamp()", &[&now]).unwrap();
        self.execute("select calendar_sync.begin_round()", &[]).unwrap();
    }

    /// The rows of a statement.
    pub(crate) fn query(&mut self, sql: &str, arguments: Arguments<'_>) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql);
        self.admin.query(&statement, arguments)
    }

    /// The row of a statement.
    pub(crate) fn query_one(&mut self, sql: &str, arguments: Arguments<'_>) -> Result<Row, Error> {
        let statement = self.prepared(sql);
        self.admin.query_one(&statement, arguments)
    }

    /// Executes a statement for what it does.
    pub(crate) fn execute(&mut self, sql: &str, arguments: Arguments<'_>) -> Result<u64, Error> {
        let statement = self.prepared(sql);
        self.admin.execute(&statement, arguments)
    }

    fn prepared(&mut self, sql: &str) -> Statement {
        if let Some(statement) = self.statements.get(sql) {
            return statement.clone();
        }
        let statement = self.admin.prepare(sql).unwrap();
        self.statements.insert(sql.to_owned(), statement.clone());
        statement
    }
}
