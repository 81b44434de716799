//! A broker with addresses, and an agent that sends.

use calendar_tests::synced::text;
use calendar_tests::{Caller, Database, Scene, fixture};
use postgres::{Client, Error};
use serde_json::Value;
use uuid::Uuid;

/// Tuesday, ten o'clock in New York; the clock says Monday, nine o'clock.
pub(crate) const TEN: &str = "2026-03-03T15:00:00Z";

/// Thursday of the same week, ten o'clock.
pub(crate) const THURSDAY: &str = "2026-03-05T15:00:00Z";

/// A lead with both addresses.
pub(crate) const LEAD: &str =
    "lead_name => 'Bo', lead_email => 'bo@example.org', lead_phone => '+15550177'";

/// A database with a broker who has an e-mail address and a business telephone.
pub(crate) struct Office {
    pub(crate) db: Database<'static>,
    pub(crate) admin: Client,
    pub(crate) agent: Client,
    pub(crate) broker: Uuid,
}

impl Office {
    /// `columns` are the broker's, in addition.
    pub(crate) fn new(columns: &[(&str, &str)]) -> Self {
        let mut all = vec![("email", "ada@example.org"), ("business_phone", "+15550100")];
        all.extend_from_slice(columns);
        let Scene { db, client, broker } = Scene::new(&all);
        let agent = db.connect_as(Caller::Agent);
        Self { db, admin: client, agent, broker }
    }

    /// Moves the clock.
    pub(crate) fn at(&mut self, instant: &str) {
        let set = format!("set calendar.now = '{instant}'");
        self.admin.batch_execute(&set).unwrap();
        self.agent.batch_execute(&format!("reset role; {set}; set role calendar_agent")).unwrap();
    }

    /// Books a slot for a lead with both addresses.
    #[track_caller]
    pub(crate) fn book(&mut self, start: &str) -> String {
        self.book_for(start, LEAD)
    }

    /// Books a slot; the lead and all else is written in SQL.
    #[track_caller]
    pub(crate) fn book_for(&mut self, start: &str, more: &str) -> String {
        let broker = self.broker;
        let booking = self.call(&format!("book_calendar_slot('{broker}', '{start}', {more})"));
        text(&booking, "id")
    }

    /// Calls a function.
    #[track_caller]
    pub(crate) fn call(&mut self, call: &str) -> Value {
        fixture::call(&mut self.admin, call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
    }

    /// Calls a function as the agent.
    pub(crate) fn try_agent(&mut self, call: &str) -> Result<Value, Error> {
        let query =
            format!("select coalesce(to_jsonb(x), 'null') from {} as x", fixture::qualified(call));
        Ok(self.agent.query_one(&query, &[])?.get(0))
    }

    /// Calls a function as the agent.
    #[track_caller]
    pub(crate) fn agent(&mut self, call: &str) -> Value {
        self.try_agent(call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
    }

    /// Changes the broker's row.
    #[track_caller]
    pub(crate) fn set(&mut self, column: &str, value: &str) {
        let update = format!("update calendar.brokers set {column} = '{value}'");
        self.admin.batch_execute(&update).unwrap();
    }

    /// Leases everything that is due, in the order in which it came.
    #[track_caller]
    pub(crate) fn lease(&mut self) -> Vec<Value> {
        let query = "select to_jsonb(l) from calendar_sync.lease_notifications(1000) as l";
        self.agent.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    }

    /// Leases and hands over everything that is due, as [`sent`] shows it.
    #[track_caller]
    pub(crate) fn send(&mut self) -> Vec<String> {
        let leased = self.lease();
        for lease in &leased {
            let lease_id = text(lease, "lease_id");
            self.agent(&format!("calendar_sync.finish_notification('{lease_id}', 'ok')"));
        }
        leased.iter().map(|lease| sent(&lease["message"])).collect()
    }

    /// Texts of a query, in order.
    #[track_caller]
    pub(crate) fn texts(&mut self, query: &str) -> Vec<String> {
        let rows = self.admin.query(query, &[]).unwrap_or_else(|e| panic!("{query}: {e:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// All rows, as "kind channel recipient revision minutes state reason", in their order.
    #[track_caller]
    pub(crate) fn rows(&mut self) -> Vec<String> {
        self.texts(
            "select concat_ws(' ', kind, channel, recipient, revision, minutes, state, skip_reason)
               from calendar.notifications order by id",
        )
    }

    /// Of the rows of this kind and channel, the state and the reason.
    #[track_caller]
    pub(crate) fn states(&mut self, kind: &str, channel: &str) -> Vec<String> {
        self.texts(&format!(
            "select concat_ws(' ', state, skip_reason) from calendar.notifications
              where kind = '{kind}' and channel = '{channel}' order by recipient, revision, due_at, id"
        ))
    }
}

/// What a message is: "booked email lead".
pub(crate) fn sent(message: &Value) -> String {
    ["kind", "channel", "recipient"].map(|key| text(message, key)).join(" ")
}

/// The one message of this kind to this recipient.
#[track_caller]
pub(crate) fn only<'a>(leased: &'a [Value], what: &str) -> &'a Value {
    let mut found = leased.iter().map(|l| &l["message"]).filter(|m| sent(m) == what);
    let message = found.next().unwrap_or_else(|| panic!("no {what} in {leased:?}"));
    assert!(found.next().is_none(), "{what}");
    message
}
