//! A broker with a meeting type.

use calendar_tests::{Database, fixture};
use postgres::{Client, Error};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) struct Desk {
    pub(crate) db: Database<'static>,
    pub(crate) client: Client,
    pub(crate) broker: Uuid,
}

impl Desk {
    /// A broker with these columns and no meeting type.
    pub(crate) fn new(columns: &[(&str, &str)]) -> Self {
        let db = Database::new();
        let mut client = db.connect();
        let broker = fixture::broker(&mut client, columns);
        Self { db, client, broker }
    }

    /// Saves the meeting type `call` with these keys beside its slug and name.
    pub(crate) fn with(mut self, keys: &Value) -> Self {
        self.save(keys).unwrap();
        self
    }

    /// As [`Desk::with`], and returns the row.
    pub(crate) fn save(&mut self, keys: &Value) -> Result<Value, Error> {
        let mut given = json!({"slug": "call", "name": "A call"});
        given.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        let save = "select to_jsonb(calendar.save_meeting_type($1, $2))";
        Ok(self.client.query_one(save, &[&self.broker, &given])?.get(0))
    }

    /// The starts of the slots of a window, as `Tue 09:00` in New York; further arguments in SQL.
    pub(crate) fn slots(&mut self, window: &str, further: &str) -> Result<Vec<String>, Error> {
        let arguments = format!("'{}', {window}, {further}", self.broker);
        fixture::local_slots(&mut self.client, "America/New_York", &arguments)
    }

    /// Books a slot; further arguments in SQL.
    pub(crate) fn book(&mut self, start: &str, further: &str) -> Result<Value, Error> {
        let call = format!("book_calendar_slot('{}', '{start}', {further})", self.broker);
        fixture::call(&mut self.client, &call)
    }
}
