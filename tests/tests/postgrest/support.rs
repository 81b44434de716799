//! What the functions are called for.

use calendar_tests::{Caller, Database, fixture};
use uuid::Uuid;

pub(crate) const NOBODY: Uuid = Uuid::nil();

/// A broker, and fresh things of it to call functions with.
pub(crate) struct Subject<'a> {
    pub(crate) db: &'a Database<'static>,
    pub(crate) id: Uuid,
    pub(crate) user: Uuid,
    pub(crate) calendar: Uuid,
}

impl<'a> Subject<'a> {
    pub(crate) fn new(db: &'a Database<'static>, user: u128, columns: &[(&str, &str)]) -> Self {
        let mut client = db.connect();
        let user = Uuid::from_u128(user);
        let user_id = user.to_string();
        let columns = [columns, &[("user_id", user_id.as_str())]].concat();
        let id = fixture::broker(&mut client, &columns);
        let calendar = fixture::calendar(&mut client, id, &[]);
        Self { db, id, user, calendar }
    }

    pub(crate) fn owner(&self) -> Caller {
        Caller::User(self.user)
    }

    /// The start of a free slot.
    pub(crate) fn slot(&self) -> String {
        fixture::slots(&mut self.db.connect(), self.id, "2026-03-03", "2026-05-01").unwrap()[0]
            .clone()
    }

    /// The id of an account.
    pub(crate) fn account(&self) -> Uuid {
        let account = "select calendar_sync.connect_account($1, 'ics')";
        self.db.connect().query_one(account, &[&self.id]).unwrap().get(0)
    }

    /// The id of a new feed.
    pub(crate) fn feed(&self) -> Uuid {
        let feed = "select feed_id from calendar.create_feed($1)";
        self.db.connect().query_one(feed, &[&self.id]).unwrap().get(0)
    }

    /// The id of a new booking.
    pub(crate) fn booking(&self) -> String {
        let booking = fixture::book(&mut self.db.connect(), self.id, &self.slot()).unwrap();
        booking["id"].as_str().unwrap().to_owned()
    }
}
