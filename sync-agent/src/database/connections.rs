//! Calls about accounts that are being connected on the agent's pages, and about the agent itself.

use super::{Database, Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::types::Json;
use uuid::Uuid;

/// What a browser connects.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Connection {
    /// Its id.
    pub id: Uuid,
    /// Whose account it will be.
    pub broker_id: Uuid,
    /// The broker's name.
    pub broker_name: Option<String>,
    /// The broker's address.
    pub broker_email: Option<String>,
    /// google, microsoft, caldav, ics or ghl.
    pub provider: String,
    /// Where the browser goes in the end.
    pub return_to: Option<String>,
    /// The account that was connected.
    pub connected_account_id: Option<Uuid>,
    /// The account that is to be connected again.
    pub account: Option<Reconnected>,
}

/// An account that is to be connected again.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Reconnected {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: Option<String>,
    /// How it is reached.
    pub settings: Value,
    /// active, paused, needs_reconnect or disconnected.
    pub status: String,
    /// Why it is not active.
    pub problem: Option<String>,
    /// When it was last known to match the provider (RFC 3339).
    pub last_success_at: Option<String>,
    /// Its bookings to come.
    pub bookings: i64,
}

/// A question to a user that was answered.
#[derive(Debug)]
pub struct Consent {
    /// What the browser connects.
    pub connection_id: Uuid,
    /// Whose account it will be.
    pub broker_id: Uuid,
    /// google or microsoft.
    pub provider: String,
    /// The account that must be chosen; none = any.
    pub account_id: Option<Uuid>,
    /// The verifier, encrypted.
    pub verifier: Vec<u8>,
}

/// What the calendars of a connected account are for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choices {
    /// The calendars.
    pub calendars: Vec<Choice>,
    /// The calendar of another account that bookings are written to.
    pub primary_elsewhere: Option<String>,
}

/// A calendar of a connected account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Choice {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Whether bookings can be written to it.
    pub is_writable: bool,
    /// Whether bookings are written to it.
    pub is_primary: bool,
    /// Whether its events take time.
    pub blocks: bool,
}

impl Database {
    /// `calendar.begin_connection`: the address of a page.
    pub async fn begin_connection(
        &self,
        provider: &str,
        broker_id: Option<Uuid>,
        account_id: Option<Uuid>,
    ) -> Result<String> {
        let sql = "select calendar.begin_connection($1, $2, $3)";
        self.one(sql, &[&provider, &broker_id, &account_id]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.read_ticket`.
    pub async fn read_ticket(&self, ticket: &[u8]) -> Result<Connection> {
        read(self.one("select calendar_sync.read_ticket($1)", &[&ticket]).await?.get(0))
    }

    /// `calendar_sync.take_ticket`.
    pub async fn take_ticket(&self, ticket: &[u8], session: &[u8]) -> Result<Connection> {
        let sql = "select calendar_sync.take_ticket($1, $2)";
        read(self.one(sql, &[&ticket, &session]).await?.get(0))
    }

    /// `calendar_sync.read_connection`.
    pub async fn read_connection(&self, id: Uuid, session: &[u8]) -> Result<Connection> {
        let sql = "select calendar_sync.read_connection($1, $2)";
        read(self.one(sql, &[&id, &session]).await?.get(0))
    }

    /// `calendar_sync.begin_consent`.
    pub async fn begin_consent(
        &self,
        id: Uuid,
        session: &[u8],
        state: &[u8],
        verifier: &[u8],
        as_another: bool,
    ) -> Result<()> {
        let sql = "select calendar_sync.begin_consent($1, $2, $3, $4, $5)";
        self.one(sql, &[&id, &session, &state, &verifier, &as_another]).await.map(|_| ())
    }

    /// `calendar_sync.take_consent`.
    pub async fn take_consent(&self, state: &[u8], session: &[u8]) -> Result<Consent> {
        let sql = "select * from calendar_sync.take_consent($1, $2)";
        let row = self.one(sql, &[&state, &session]).await?;
        Ok(Consent {
            connection_id: row.get("connection_id"),
            broker_id: row.get("broker_id"),
            provider: row.get("provider"),
            account_id: row.get("account_id"),
            verifier: row.get("verifier"),
        })
    }

    /// `calendar_sync.finish_connection`.
    pub async fn finish_connection(
        &self,
        id: Uuid,
        session: &[u8],
        account_id: Uuid,
    ) -> Result<()> {
        let sql = "select calendar_sync.finish_connection($1, $2, $3)";
        self.one(sql, &[&id, &session, &account_id]).await.map(|_| ())
    }

    /// `calendar_sync.list_choices`.
    pub async fn list_choices(&self, id: Uuid, session: &[u8]) -> Result<Choices> {
        let sql = "select calendar_sync.list_choices($1, $2)";
        read(self.one(sql, &[&id, &session]).await?.get(0))
    }

    /// `calendar_sync.choose_calendars`.
    pub async fn choose_calendars(&self, id: Uuid, session: &[u8], choices: &Value) -> Result<()> {
        let sql = "select calendar_sync.choose_calendars($1, $2, $3)";
        self.one(sql, &[&id, &session, &Json(choices)]).await.map(|_| ())
    }

    /// `calendar_sync.heartbeat`.
    pub async fn heartbeat(
        &self,
        agent_id: Uuid,
        public_url: Option<&str>,
        providers: &[&str],
    ) -> Result<()> {
        let sql = "select calendar_sync.heartbeat($1, $2, $3, $4)";
        let version = env!("CARGO_PKG_VERSION");
        self.one(sql, &[&agent_id, &version, &public_url, &providers]).await.map(|_| ())
    }

    /// `calendar_sync.sign_off`.
    pub async fn sign_off(&self, agent_id: Uuid) -> Result<()> {
        self.one("select calendar_sync.sign_off($1)", &[&agent_id]).await.map(|_| ())
    }
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Refused {
        code: "XX000".into(),
        message: format!("the answer of the database cannot be read: {error}"),
        detail: None,
    })
}
