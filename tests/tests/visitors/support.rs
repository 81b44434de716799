//! A broker with a page, and a visitor.

use calendar_tests::{Caller, Database, fixture};
use postgres::{Client, Error};
use serde_json::{Value, json};
use uuid::Uuid;

/// 10:00 and 11:00 in New York.
pub(crate) const TEN: &str = "2026-03-03T15:00:00Z";
pub(crate) const ELEVEN: &str = "2026-03-03T16:00:00Z";

pub(crate) struct Page {
    pub(crate) db: Database<'static>,
    pub(crate) admin: Client,
    pub(crate) visitor: Client,
    pub(crate) broker: Uuid,
}

impl Page {
    /// The public page `ada` of a broker with these columns in addition.
    pub(crate) fn new(columns: &[(&str, &str)]) -> Self {
        let db = Database::new();
        let mut admin = db.connect();
        let mut all = vec![("slug", "ada"), ("public_booking", "true")];
        all.retain(|(name, _)| columns.iter().all(|(own, _)| own != name));
        all.extend_from_slice(columns);
        let broker = fixture::broker(&mut admin, &all);
        let visitor = db.connect_as(Caller::Anon);
        Self { db, admin, visitor, broker }
    }

    /// Saves a meeting type with these keys.
    pub(crate) fn with(mut self, meeting_type: &Value) -> Self {
        let save = "select calendar.save_meeting_type($1, $2)";
        self.admin.execute(save, &[&self.broker, meeting_type]).unwrap();
        self
    }

    /// The visitor calls a function that returns JSON.
    pub(crate) fn call(&mut self, call: &str) -> Result<Value, Error> {
        fixture::call(&mut self.visitor, call)
    }

    pub(crate) fn hold(&mut self, start: &str) -> Result<Value, Error> {
        self.call(&format!("hold_slot('ada', '{start}')"))
    }

    /// Moves the hold of a token.
    pub(crate) fn move_hold(&mut self, token: &str, start: &str) -> Result<Value, Error> {
        self.call(&format!("hold_slot('ada', '{start}', token => '{token}')"))
    }

    /// Holds a slot and returns the token.
    pub(crate) fn token(&mut self, start: &str) -> String {
        text(&self.hold(start).unwrap()["token"])
    }

    pub(crate) fn complete(&mut self, token: &str) -> Result<Value, Error> {
        self.call(&format!("complete_hold('{token}', 'Lee', 'Lee@Example.org')"))
    }

    /// A booking of the visitor's, by its token.
    pub(crate) fn booked(&mut self, start: &str) -> String {
        let token = self.token(start);
        self.complete(&token).unwrap();
        token
    }

    /// The visitor's next calls come from this address.
    pub(crate) fn come_from(&mut self, address: &str) {
        let headers = json!({"x-forwarded-for": address}).to_string();
        let set = "select set_config('request.headers', $1, false)";
        self.visitor.execute(set, &[&headers]).unwrap();
    }

    /// Moves the clock, for new connections.
    pub(crate) fn set_now(&mut self, instant: &str) {
        self.db.set_now(instant);
        self.admin = self.db.connect();
        self.visitor = self.db.connect_as(Caller::Anon);
    }

    /// One text that the administrator reads.
    pub(crate) fn read(&mut self, query: &str) -> String {
        self.admin.query_one(query, &[]).unwrap().get(0)
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}
