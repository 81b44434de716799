//! A broker whose calendar stands at a provider, and an agent that keeps the two in step.

use crate::{Caller, Database, fixture};
use postgres::{Client, Error};
use serde_json::{Value, json};
use uuid::Uuid;

/// A database with one broker, its account at a provider, and the account's calendar,
/// which is the broker's primary one. All its events are known.
pub struct Synced {
    /// The database.
    pub db: Database<'static>,
    /// A superuser's connection.
    pub admin: Client,
    /// An agent's connection.
    pub agent: Client,
    /// The broker.
    pub broker: Uuid,
    /// The account.
    pub account: Uuid,
    /// The calendar.
    pub calendar: Uuid,
}

impl Synced {
    /// One at CalDAV; `columns` are the broker's.
    ///
    /// # Panics
    /// When a call is refused.
    pub fn new(columns: &[(&str, &str)]) -> Self {
        let mut synced = Self::not_pulled(columns);
        fixture::cover(&mut synced.admin, synced.calendar);
        synced
    }

    /// The same before the first pull: no time is offered.
    ///
    /// # Panics
    /// When a call is refused.
    pub fn not_pulled(columns: &[(&str, &str)]) -> Self {
        let db = Database::new();
        let (mut admin, mut agent) = (db.connect(), db.connect_as(Caller::Agent));
        let broker = fixture::broker(&mut admin, columns);
        let account = connect(&mut agent, broker, "caldav");
        let calendar = register(&mut agent, account, "main");
        Self { db, admin, agent, broker, account, calendar }
    }

    /// Moves the clock of both connections.
    ///
    /// # Panics
    /// When that is refused.
    pub fn at(&mut self, instant: &str) {
        let set = format!("set calendar.now = '{instant}'");
        self.admin.batch_execute(&set).unwrap();
        self.agent.batch_execute(&format!("reset role; {set}; set role calendar_agent")).unwrap();
    }

    /// Leases calendars; the arguments are written in SQL.
    ///
    /// # Panics
    /// When the call is refused.
    pub fn lease(&mut self, arguments: &str) -> Vec<Value> {
        lease(&mut self.agent, arguments)
    }

    /// Begins a pull of the calendar, whether it is due or not, and gives the lease.
    ///
    /// # Panics
    /// When another pull is under way.
    pub fn begin_pull(&mut self) -> String {
        let only = format!("calendar_sync.begin_round(), only_calendar => '{}'", self.calendar);
        let leased = self.lease(&only);
        assert_eq!(leased.len(), 1, "{leased:?}");
        text(&leased[0], "lease_id")
    }

    /// A whole pull of the calendar that brings these pages.
    ///
    /// # Panics
    /// When a call is refused.
    pub fn pull(&mut self, pages: &[Value], outcome: &Value) -> Value {
        let lease = self.begin_pull();
        for (number, page) in pages.iter().enumerate() {
            stage(&mut self.agent, &lease, number, page).unwrap();
        }
        finish_pull(&mut self.agent, &lease, outcome).unwrap()
    }

    /// A pull that brings these events, as a change since the last.
    ///
    /// # Panics
    /// When a call is refused.
    pub fn pull_events(&mut self, events: &Value) -> Value {
        self.pull(&[json!({"events": events})], &json!({"sync_token": "t"}))
    }

    /// Books a slot of the broker.
    ///
    /// # Panics
    /// When it is refused.
    pub fn book(&mut self, start: &str) -> String {
        text(&fixture::book(&mut self.admin, self.broker, start).unwrap(), "id")
    }

    /// A booking that stands at the provider as this event.
    ///
    /// # Panics
    /// When a call is refused.
    pub fn book_and_push(&mut self, start: &str, event_id: &str) -> String {
        let booking = self.book(start);
        let pushes = self.pushes();
        assert_eq!(pushes.len(), 1, "{pushes:?}");
        finish_push(&mut self.agent, &text(&pushes[0], "lease_id"), event_id).unwrap();
        booking
    }

    /// Leases bookings that are to be pushed.
    ///
    /// # Panics
    /// When the call is refused.
    pub fn pushes(&mut self) -> Vec<Value> {
        let rows =
            self.agent.query("select to_jsonb(l) from calendar_sync.lease_pushes() as l", &[]);
        rows.unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Ends the one look that is due: what was found, or nothing.
    ///
    /// # Panics
    /// When another push than one look is due, or the call is refused.
    pub fn look(&mut self, found: Option<&Value>) {
        let pushes = self.pushes();
        assert_eq!(pushes.len(), 1, "{pushes:?}");
        assert_eq!(pushes[0]["operation"], "look");
        let found = found.map(|event| json!({"events": [event]}));
        let finish = "select calendar_sync.finish_look($1::text::uuid, found => $2)";
        let lease = text(&pushes[0], "lease_id");
        self.agent.execute(finish, &[&lease, &found]).unwrap();
    }

    /// Columns of a booking, joined by spaces.
    ///
    /// # Panics
    /// When there is no such booking.
    pub fn booking(&mut self, id: &str, columns: &str) -> String {
        let query =
            format!("select concat_ws(' ', {columns}) from calendar.bookings where id = '{id}'");
        self.texts(&query).remove(0)
    }

    /// The times of 3 March 2026, from noon (UTC) on, that are taken, as "15:00-15:30".
    ///
    /// # Panics
    /// When the question is refused.
    pub fn busy(&mut self) -> Vec<String> {
        let query = format!(
            "select to_char(b.starts_at, 'HH24:MI-') || to_char(b.ends_at, 'HH24:MI')
               from calendar.get_busy('{}', '2026-03-03T12:00Z', '2026-03-03T23:00Z') as b",
            self.broker
        );
        self.texts(&query)
    }

    /// Texts that the superuser reads.
    ///
    /// # Panics
    /// When the query is refused.
    pub fn texts(&mut self, query: &str) -> Vec<String> {
        let rows = self.admin.query(query, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Outbox rows that are still to be done.
    ///
    /// # Panics
    /// When they cannot be read.
    pub fn open(&mut self) -> usize {
        self.texts("select id::text from calendar.outbox where done_at is null").len()
    }
}

/// A text of a JSON object.
///
/// # Panics
/// When there is none.
pub fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap_or_else(|| panic!("{object} has no {key}")).to_owned()
}

/// Calls `connect_account`.
///
/// # Panics
/// When it is refused.
pub fn connect(client: &mut Client, broker: Uuid, provider: &str) -> Uuid {
    let connect = "select calendar_sync.connect_account($1, $2)";
    client.query_one(connect, &[&broker, &provider]).unwrap().get(0)
}

/// Makes a calendar of an account through `register_calendars`, one that can be written to.
///
/// # Panics
/// When it is refused.
pub fn register(client: &mut Client, account: Uuid, external_id: &str) -> Uuid {
    let told = json!([{"external_calendar_id": external_id, "display_name": external_id,
                       "timezone": "UTC", "is_writable": true}]);
    let register = "select calendar_id from calendar_sync.register_calendars($1, $2)";
    client.query_one(register, &[&account, &told]).unwrap().get(0)
}

/// Leases calendars; the arguments are written in SQL.
///
/// # Panics
/// When the call is refused.
pub fn lease(client: &mut Client, arguments: &str) -> Vec<Value> {
    let query = format!("select to_jsonb(l) from calendar_sync.lease_calendars({arguments}) as l");
    client.query(&query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// Calls `stage_page`.
pub fn stage(client: &mut Client, lease: &str, number: usize, page: &Value) -> Result<u64, Error> {
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    client.execute(
        "select calendar_sync.stage_page($1::text::uuid, $2, $3)",
        &[&lease, &number, page],
    )
}

/// Calls `finish_pull`.
pub fn finish_pull(client: &mut Client, lease: &str, outcome: &Value) -> Result<Value, Error> {
    let finish = "select calendar_sync.finish_pull($1::text::uuid, $2)";
    Ok(client.query_one(finish, &[&lease, outcome])?.get(0))
}

/// Calls `finish_push` with the event that was written.
pub fn finish_push(client: &mut Client, lease: &str, event_id: &str) -> Result<u64, Error> {
    client
        .execute("select calendar_sync.finish_push($1::text::uuid, $2, 'v')", &[&lease, &event_id])
}
