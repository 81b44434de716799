//! The database, through `calendar_ext`'s functions alone.

mod accounts;
mod call;
mod channels;
mod connections;
mod ending;
mod error;
mod health;
mod leases;
mod link;
mod notifications;
mod pool;
mod pulls;
mod pushes;

pub use accounts::{Account, KnownAccount, RegisteredCalendar, StoredSecret};
pub use channels::{ChannelLease, EndingLease};
pub use connections::{Choice, Choices, Connection, Consent, Reconnected};
pub use ending::EndingAccount;
pub use error::{Error, Result};
pub use health::{Health, Measured};
pub use leases::Share;
pub(crate) use leases::integer;
pub use link::{Notice, Notifications};
pub use notifications::NotificationLease;
pub use pool::Pool;
pub use pulls::{CalendarLease, outcome};
pub use pushes::{LookEnd, Operation, PushEnd, PushLease};

use self::leases::Leases;
use self::link::Link;
use chrono::{DateTime, Utc};
use engine::time::Instant;
use providers::Place;
use serde_json::Value;
use std::sync::Arc;
use tokio_postgres::Row;

/// The database, over a connection that can be made again. Calls may be made at the same time;
/// they are pipelined.
#[derive(Debug, Clone)]
pub struct Database {
    link: Arc<Link>,
    leases: Arc<Leases>,
}

/// How long old rows of logs are kept, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// Of `sync_logs` and `failure_logs`, and what is done of `outbox`.
    pub logs_days: u32,
    /// Of `audit_log`; none = without end.
    pub audit_days: Option<u32>,
    /// Of holds that have lapsed; none = without end.
    pub holds_days: Option<u32>,
}

impl Database {
    /// Connects. Also returns what arrives by NOTIFY once [`Self::listen`] has been called.
    pub async fn connect(url: &str) -> Result<(Self, Notifications)> {
        let (link, notifications) = Link::open(url).await?;
        Ok((Self::over(link), notifications))
    }

    /// A database that [`Self::reconnect`] connects to.
    pub fn offline(url: &str) -> Result<(Self, Notifications)> {
        let (link, notifications) = Link::closed(url)?;
        Ok((Self::over(link), notifications))
    }

    /// Makes the connection again, if it was lost. What listened must listen again.
    pub async fn reconnect(&self) -> Result<()> {
        self.link.open_again().await
    }

    /// Whether there is a connection, as far as is known.
    pub fn is_connected(&self) -> bool {
        self.link.client().is_ok()
    }

    /// Listens for changed bookings and for calendars whose provider has reported a change.
    pub async fn listen(&self) -> Result<()> {
        self.batch("listen calendar_outbox; listen calendar_pull").await
    }

    /// `calendar_sync.check_agent`.
    pub async fn check_agent(&self) -> Result<Value> {
        self.one("select calendar_sync.check_agent()", &[]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.extend_horizon` and `calendar_sync.prune_logs`, portion by portion until nothing is left
    /// to do.
    pub async fn renew(&self, keep: &Keep) -> Result<()> {
        let extend = "select calendar_sync.extend_horizon()::bigint";
        while self.one_long(extend, &[]).await?.get::<_, i64>(0) > 0 {}
        let prune =
            "select calendar_sync.prune_logs(make_interval(days => $1), make_interval(days => $2),
                                                make_interval(days => $3))";
        let days = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
        let logs = days(keep.logs_days);
        let (audit, holds) = (keep.audit_days.map(days), keep.holds_days.map(days));
        while self.one_long(prune, &[&logs, &audit, &holds]).await?.get::<_, i64>(0) > 0 {}
        Ok(())
    }

    /// Makes what follows one transaction, up to [`Self::commit`]; for commands,
    /// which make their calls one after another.
    pub async fn begin(&self) -> Result<()> {
        self.batch(&call::begin_several()).await?;
        self.link.set_in_transaction(true);
        Ok(())
    }

    /// Ends what [`Self::begin`] began.
    pub async fn commit(&self) -> Result<()> {
        self.link.set_in_transaction(false);
        self.batch("commit").await
    }

    /// Undoes what followed [`Self::begin`].
    pub async fn rollback(&self) -> Result<()> {
        self.link.set_in_transaction(false);
        self.batch("rollback").await
    }

    fn over(link: Link) -> Self {
        Self { link: Arc::new(link), leases: Arc::default() }
    }
}

fn place(row: &Row) -> Place {
    Place { external_calendar_id: row.get("external_calendar_id"), timezone: row.get("timezone") }
}

fn instant(at: DateTime<Utc>) -> Instant {
    Instant(at.timestamp_micros())
}
