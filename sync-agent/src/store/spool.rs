//! Calls that wait while the database is unavailable, in a file, in order.

use crate::database::{self, Database, LookEnd, PushEnd};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use uuid::Uuid;

/// Calls to replay once the database is back.
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
        /// How it ended.
        end: PushEnd,
    },
    /// [`Database::finish_look`].
    FinishLook {
        /// The push.
        lease_id: Uuid,
        /// What was found; none = the event is nowhere.
        found: Option<LookEnd>,
    },
}

impl Spool {
    /// Opens a spool, or creates it. Only its owner can read the file (mode 0600), and it
    /// must be a regular file: a symbolic link could name a file of another user.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let path = private_file(path)?;
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        Ok(Self::with(Connection::open_with_flags(path, flags)?)?)
    }

    /// A spool that ends with the process.
    pub fn in_memory() -> rusqlite::Result<Self> {
        Self::with(Connection::open_in_memory()?)
    }

    fn with(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "pragma journal_mode = wal;
             create table if not exists calls (id integer primary key autoincrement, call text not null);
             create table if not exists unreadable_calls
                 (id integer primary key, call text not null, problem text not null)",
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

    /// Makes the waiting calls in order, until the database is unavailable. A call whose lease has
    /// passed to another agent is dropped, because that agent reads the same changes. Returns how
    /// many calls were made.
    pub async fn replay(&self, database: &Database) -> Result<usize, Error> {
        let mut made = 0;
        while let Some((id, call)) = self.first()? {
            match call.make(database).await {
                Ok(()) => made += 1,
                Err(database::Error::LeaseLost) => {}
                Err(away @ database::Error::Away(_)) => return Err(away.into()),
                Err(refused) => {
                    tracing::error!(%refused, "the database refused a call from the spool")
                }
            }
            self.connection().execute("delete from calls where id = ?1", params![id])?;
        }
        Ok(made)
    }

    /// The first call that can be read. Those that cannot are set aside, so that they do
    /// not hold up the rest.
    fn first(&self) -> rusqlite::Result<Option<(i64, Call)>> {
        let sql = "select id, cast(call as blob) from calls order by id limit 1";
        let mut connection = self.connection();
        loop {
            let found: Option<(i64, Vec<u8>)> =
                connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((id, call)) = found else { return Ok(None) };
            match serde_json::from_slice(&call) {
                Ok(call) => return Ok(Some((id, call))),
                Err(problem) => {
                    tracing::error!(id, %problem, "a call in the spool is unreadable and was set aside");
                    let both = connection.transaction()?;
                    both.execute(
                        "insert into unreadable_calls select id, call, ?2 from calls where id = ?1",
                        params![id, problem.to_string()],
                    )?;
                    both.execute("delete from calls where id = ?1", params![id])?;
                    both.commit()?;
                }
            }
        }
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Why the spool cannot be opened, or why calls were not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened, or is not one that the spool may be in.
    #[error(transparent)]
    Open(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The file.
    #[error("the spool: {0}")]
    File(#[from] rusqlite::Error),
}

impl From<rusqlite::Error> for crate::Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(format!(
            "the spool cannot store a call while the database is unavailable: {error}"
        ))
    }
}

/// Makes sure that there is a regular file of ours that only we can read. Returns its path,
/// without links in its directories.
fn private_file(path: &Path) -> std::io::Result<PathBuf> {
    let Some(name) = path.file_name() else {
        return Err(std::io::Error::new(ErrorKind::InvalidInput, "the path names no file"));
    };
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let path = directory.unwrap_or(Path::new(".")).canonicalize()?.join(name);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(&path)
            .map_err(|error| match error.raw_os_error() {
                Some(libc::ELOOP) => {
                    std::io::Error::new(ErrorKind::InvalidInput, "the file is a symbolic link")
                }
                _ => error,
            })?;
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
        }
        // SQLite gives the files beside it the same mode.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(path)
}

impl Call {
    /// Makes the call.
    pub async fn make(self, database: &Database) -> database::Result<()> {
        match self {
            Self::StagePage { lease_id, number, page } => {
                database.stage_page(lease_id, number, &page).await
            }
            Self::FinishPull { lease_id, outcome } => {
                database.finish_pull(lease_id, &outcome).await.map(|_| ())
            }
            Self::FinishPush { lease_id, end } => database.finish_push(lease_id, &end).await,
            Self::FinishLook { lease_id, found } => {
                database.finish_look(lease_id, found.as_ref()).await
            }
        }
    }
}
