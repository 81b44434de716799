//! Calls about accounts, their secrets and their calendars.

use super::{Database, Result};
use providers::RemoteCalendar;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::Json;
use uuid::Uuid;

/// An account, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// google, microsoft, caldav, ics or ghl.
    pub provider: String,
    /// How to reach it (JSON object).
    pub settings: Value,
}

/// An account as the database lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAccount {
    /// How to reach it.
    pub account: Account,
    /// The broker's name.
    pub broker_name: String,
    /// Its name.
    pub display_name: Option<String>,
    /// active, paused, needs_reconnect or disconnected.
    pub status: String,
    /// Why it is not active, in plain words.
    pub problem: Option<String>,
}

/// A secret as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// Ciphertext.
    pub secret: Vec<u8>,
    /// Which key encrypted it.
    pub key_id: String,
    /// The version: a replacement is stored only if the version has not changed.
    pub version: i64,
}

/// A calendar of an account, as registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredCalendar {
    /// Its id here.
    pub calendar_id: Uuid,
    /// The provider's id.
    pub external_calendar_id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Whether bookings are written to it.
    pub is_primary: bool,
    /// Whether it was not known before.
    pub is_new: bool,
}

impl Database {
    /// `calendar_sync.connect_account`.
    pub async fn connect_account(
        &self,
        broker_id: Uuid,
        provider: &str,
        settings: &Value,
        display_name: Option<&str>,
    ) -> Result<Uuid> {
        let sql = "select calendar_sync.connect_account($1, $2, $3, $4)";
        let row = self.one(sql, &[&broker_id, &provider, &Json(settings), &display_name]).await?;
        Ok(row.get(0))
    }

    /// `calendar.import_brokers`.
    pub async fn import_brokers(&self, rows: &Value) -> Result<Value> {
        self.one("select calendar.import_brokers($1)", &[&Json(rows)]).await.map(|row| row.get(0))
    }

    /// `calendar.disconnect_account`.
    pub async fn disconnect_account(&self, account_id: Uuid, keep_events: bool) -> Result<()> {
        let sql = "select calendar.disconnect_account($1, $2)";
        self.one(sql, &[&account_id, &keep_events]).await.map(|_| ())
    }

    /// `calendar.request_sync`.
    pub async fn request_sync(
        &self,
        broker_id: Option<Uuid>,
        calendar_id: Option<Uuid>,
        direction: &str,
    ) -> Result<Value> {
        let sql = "select calendar.request_sync($1, $2, $3)";
        self.one(sql, &[&broker_id, &calendar_id, &direction]).await.map(|row| row.get(0))
    }

    /// `calendar.list_failures`: the newest first.
    pub async fn list_failures(&self, only_open: bool, most: i32) -> Result<Value> {
        let sql = "select calendar.list_failures($1, max_rows => $2)";
        self.one(sql, &[&only_open, &most]).await.map(|row| row.get(0))
    }

    /// `calendar.retry_failure`.
    pub async fn retry_failure(&self, id: i64) -> Result<Value> {
        self.one("select calendar.retry_failure($1)", &[&id]).await.map(|row| row.get(0))
    }

    /// `calendar.dismiss_failure`.
    pub async fn dismiss_failure(&self, id: i64, note: Option<&str>) -> Result<()> {
        self.one("select calendar.dismiss_failure($1, $2)", &[&id, &note]).await.map(|_| ())
    }

    /// `calendar_sync.list_accounts`.
    pub async fn list_accounts(&self) -> Result<Vec<KnownAccount>> {
        let rows = self.all("select * from calendar_sync.list_accounts()", &[]).await?;
        Ok(rows
            .iter()
            .map(|row| KnownAccount {
                account: Account::from(row),
                broker_name: row.get("broker_name"),
                display_name: row.get("display_name"),
                status: row.get("status"),
                problem: row.get("problem"),
            })
            .collect())
    }

    /// `calendar_sync.report_refusal`.
    pub async fn report_refusal(
        &self,
        account_id: Uuid,
        problem: &str,
        lease_id: Uuid,
    ) -> Result<()> {
        let sql = "select calendar_sync.report_refusal($1, $2, $3)";
        self.one(sql, &[&account_id, &problem, &lease_id]).await.map(|_| ())
    }

    /// `calendar_sync.register_calendars`.
    pub async fn register_calendars(
        &self,
        account_id: Uuid,
        calendars: &[RemoteCalendar],
    ) -> Result<Vec<RegisteredCalendar>> {
        let sql = "select * from calendar_sync.register_calendars($1, $2)";
        let rows = self.all(sql, &[&account_id, &Json(calendars)]).await?;
        Ok(rows
            .iter()
            .map(|row| RegisteredCalendar {
                calendar_id: row.get("calendar_id"),
                external_calendar_id: row.get("external_calendar_id"),
                display_name: row.get("display_name"),
                is_primary: row.get("is_primary"),
                is_new: row.get("is_new"),
            })
            .collect())
    }

    /// `calendar_sync.store_secret`. None if another process has replaced the secret first.
    pub async fn store_secret(
        &self,
        account_id: Uuid,
        secret: &[u8],
        key_id: &str,
        replaces: Option<i64>,
    ) -> Result<Option<i64>> {
        let sql = "select calendar_sync.store_secret($1, $2, $3, $4)";
        self.one(sql, &[&account_id, &secret, &key_id, &replaces]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.read_secret`.
    pub async fn read_secret(&self, account_id: Uuid) -> Result<Option<StoredSecret>> {
        let rows = self.all("select * from calendar_sync.read_secret($1)", &[&account_id]).await?;
        Ok(rows.first().map(|row| StoredSecret {
            secret: row.get("secret"),
            key_id: row.get("key_id"),
            version: row.get("version"),
        }))
    }

    /// `calendar_sync.list_secrets`: accounts, key ids and versions.
    pub async fn list_secrets(&self) -> Result<Vec<(Uuid, String, i64)>> {
        let rows = self.all("select * from calendar_sync.list_secrets()", &[]).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }
}

impl From<&Row> for Account {
    fn from(row: &Row) -> Self {
        Self {
            id: row.get("account_id"),
            provider: row.get("provider"),
            settings: row.get("settings"),
        }
    }
}
