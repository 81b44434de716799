//! What was received while the database was away, in a file, in order.

use crate::database::{self, Database};
use providers::{Version, Written};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;
use std::sync::Mutex;
use uuid::Uuid;

/// A queue of calls that the database is still to get.
#[derive(Debug)]
pub struct Spool {
    connection: Mutex<Connection>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// [`Database::stage_page`].
    StagePage {
        /// The pull.
        lease_id: Uuid,
        /// Order of arrival.
        number: i32,
        /// The page (JSON).
        page: String,
    },
    /// [`Database::finish_pull`].
    FinishPull {
        /// The pull.
        lease_id: Uuid,
        /// How it ended.
        outcome: Value,
    },
    /// [`Database::finish_push`].
    FinishPush {
        /// The push.
        lease_id: Uuid,
        /// The event's id and version; none = there is no event any more.
        written: Option<(String, Option<String>)>,
        /// Where to meet online.
        meeting_link: Option<String>,
        /// Whether somebody deleted the event.
        is_gone: bool,
    },
}

impl Spool {
    /// Opens a spool, or makes it; only its owner may read the file.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // SQLite takes the mode of the file that is there.
            let _ = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        }
        Self::with(Connection::open(path)?)
    }

    /// A spool that ends with the process.
    pub fn in_memory() -> rusqlite::Result<Self> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "pragma journal_mode = wal;
             create table if not exists calls (id integer primary key autoincrement, call text not null)",
        )?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Keeps a call.
    pub fn push(&self, call: &Call) -> rusqlite::Result<()> {
        let call = serde_json::to_string(call).expect("a call is JSON");
        self.connection().execute("insert into calls (call) values (?1)", params![call])?;
        Ok(())
    }

    /// How many calls wait.
    pub fn len(&self) -> rusqlite::Result<i64> {
        self.connection().query_row("select count(*) from calls", [], |row| row.get(0))
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> rusqlite::Result<bool> {
        Ok(self.len()? == 0)
    }

    /// Makes the calls that wait, in order, up to one that finds the database away.
    /// One whose lease another agent has taken over is done: that one brings the same
    /// and more. Gives how many were made.
    pub async fn replay(&self, database: &Database) -> Result<usize, Error> {
        let mut made = 0;
        while let Some((id, call)) = self.first()? {
            match call.make(database).await {
                Ok(()) => made += 1,
                Err(database::Error::LeaseLost) => {}
                Err(away @ database::Error::Away(_)) => return Err(away.into()),
                Err(refused) => tracing::error!(%refused, "what was kept cannot be stored"),
            }
            self.connection().execute("delete from calls where id = ?1", params![id])?;
        }
        Ok(made)
    }

    fn first(&self) -> rusqlite::Result<Option<(i64, Call)>> {
        let sql = "select id, call from calls order by id limit 1";
        let connection = self.connection();
        let found: Option<(i64, String)> =
            connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((id, call)) = found else { return Ok(None) };
        let call = serde_json::from_str(&call).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, e.into())
        })?;
        Ok(Some((id, call)))
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Why calls were not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The file.
    #[error("the spool: {0}")]
    File(#[from] rusqlite::Error),
}

impl From<rusqlite::Error> for crate::Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(format!("it is away, and the spool fails: {error}"))
    }
}

impl Call {
    /// What [`Call::FinishPush`] keeps of an event.
    pub fn finish_push(lease_id: Uuid, written: Option<&Written>, is_gone: bool) -> Self {
        Self::FinishPush {
            lease_id,
            written: written.map(|written| {
                let Version { external_event_id, etag } = &written.version;
                (external_event_id.clone(), etag.clone())
            }),
            meeting_link: written.and_then(|written| written.meeting_link.clone()),
            is_gone,
        }
    }

    /// Makes the call.
    pub async fn make(self, database: &Database) -> database::Result<()> {
        match self {
            Self::StagePage { lease_id, number, page } => {
                database.stage_page(lease_id, number, &page).await
            }
            Self::FinishPull { lease_id, outcome } => {
                database.finish_pull(lease_id, &outcome).await.map(|_| ())
            }
            Self::FinishPush { lease_id, written, meeting_link, is_gone } => {
                let written = written.map(|(external_event_id, etag)| Written {
                    version: Version { external_event_id, etag },
                    meeting_link,
                });
                database.finish_push(lease_id, written.as_ref(), is_gone).await
            }
        }
    }
}
