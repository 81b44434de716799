//! The database, through `calendar_ext`'s functions alone.

mod accounts;
mod channels;
mod error;
mod health;
mod pool;
mod pulls;
mod pushes;

pub use accounts::{Account, KnownAccount, RegisteredCalendar, StoredSecret};
pub use channels::ChannelLease;
pub use error::{Error, Result};
pub use health::Health;
pub use pool::Pool;
pub use pulls::{CalendarLease, outcome};
pub use pushes::{LookEnd, Operation, PushEnd, PushLease};

use crate::net::tls;
use chrono::{DateTime, Utc};
use engine::time::Instant;
use providers::Place;
use serde_json::Value;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What is sent as `application_name`.
const NAME: &str = "sync-agent";

/// A connection. Calls may be made at the same time; they are pipelined.
#[derive(Debug, Clone)]
pub struct Database {
    client: Arc<Connection>,
}

/// Whose a connection is.
#[derive(Debug)]
enum Connection {
    /// The agent's own.
    Own(Client),
    /// A [`Pool`]'s, which gets it back.
    Pooled(deadpool_postgres::Object),
}

/// What arrives by NOTIFY: the channel.
pub type Notifications = mpsc::UnboundedReceiver<String>;

impl Database {
    /// Connects. Also returns the notifications that [`Self::listen`] subscribes to.
    pub async fn connect(url: &str) -> Result<(Self, Notifications)> {
        let (config, tls) = parse(url)?;
        let (client, mut connection) = config.connect(tls).await?;
        let (sender, notifications) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                match std::future::poll_fn(|context| connection.poll_message(context)).await {
                    Some(Ok(AsyncMessage::Notification(note))) => {
                        let _ = sender.send(note.channel().to_owned());
                    }
                    Some(Ok(_)) => {}
                    // Pending calls receive the error themselves.
                    Some(Err(_)) | None => return,
                }
            }
        });
        Ok((Self { client: Arc::new(Connection::Own(client)) }, notifications))
    }

    /// Listens for changed bookings and for calendars whose provider has reported a change.
    pub async fn listen(&self) -> Result<()> {
        Ok(self.client.batch_execute("listen calendar_outbox; listen calendar_pull").await?)
    }

    /// `calendar.check_agent`.
    pub async fn check_agent(&self) -> Result<Value> {
        self.one("select calendar.check_agent()", &[]).await.map(|row| row.get(0))
    }

    /// `calendar.extend_horizon` and `calendar.prune_logs`.
    pub async fn renew(&self) -> Result<()> {
        self.one("select calendar.extend_horizon(), calendar.prune_logs()", &[]).await.map(|_| ())
    }

    /// Makes what follows one transaction, up to [`Self::commit`]; for commands,
    /// which make their calls one after another.
    pub async fn begin(&self) -> Result<()> {
        Ok(self.client.batch_execute("begin").await?)
    }

    /// Ends what [`Self::begin`] began.
    pub async fn commit(&self) -> Result<()> {
        Ok(self.client.batch_execute("commit").await?)
    }

    async fn one(&self, sql: &str, arguments: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        Ok(self.client.query_one(sql, arguments).await?)
    }

    async fn all(&self, sql: &str, arguments: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        Ok(self.client.query(sql, arguments).await?)
    }
}

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        match self {
            Self::Own(client) => client,
            Self::Pooled(client) => client,
        }
    }
}

/// How to connect, from a URL with libpq's meanings of `sslmode`.
fn parse(url: &str) -> Result<(Config, MakeRustlsConnect)> {
    let (url, trust) = tls::split(url);
    let tls = tls::client(&trust).map_err(|e| Error::Url(e.to_string()))?;
    let mut config: Config = url.parse().map_err(|e: tokio_postgres::Error| {
        Error::Url(e.into_source().map_or_else(|| "it cannot be parsed".into(), |e| e.to_string()))
    })?;
    config.application_name(NAME).connect_timeout(CONNECT_TIMEOUT);
    Ok((config, MakeRustlsConnect::new(tls)))
}

fn place(row: &Row) -> Place {
    Place { external_calendar_id: row.get("external_calendar_id"), timezone: row.get("timezone") }
}

fn instant(at: DateTime<Utc>) -> Instant {
    Instant(at.timestamp_micros())
}
