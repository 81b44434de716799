//! Calls that wait while the database is unavailable, in a file, in order.

use crate::database::{self, Database, LookEnd, PushEnd};
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use uuid::Uuid;

/// Calls to replay once the database is back.
#[derive(Debug)]
pub struct Spool {
    connection: Mutex<Connection>,
    trouble: OnceLock<String>,
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
    ///
    /// A file that this release cannot read as a spool is set aside under another name.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let path = private_file(path)?;
        match Self::over(&path) {
            Ok(spool) => Ok(spool),
            Err(error) if is_unreadable(&error) => {
                let aside = set_aside(&path)?;
                tracing::error!(%error, "the spool was unreadable and was renamed to {}", aside.display());
                private_file(&path)?;
                Ok(Self::over(&path)?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A spool that ends with the process.
    pub fn in_memory() -> Self {
        let connection = memory().expect("SQLite in memory needs nothing that could be absent");
        Self { connection: Mutex::new(connection), trouble: OnceLock::new() }
    }

    fn over(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let connection = prepared(Connection::open_with_flags(path, flags)?)?;
        Ok(Self { connection: Mutex::new(connection), trouble: OnceLock::new() })
    }

    /// Why the file is no longer used; `None` = it is used, or the spool has no file.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.get().map(String::as_str)
    }

    /// Goes on in memory, for a reason.
    pub fn go_on_in_memory(&self, reason: &dyn std::fmt::Display) {
        let reason = reason.to_string();
        tracing::error!(%reason, "the spool cannot be used; until the next start, changes are kept in memory while the database is unavailable");
        if let Ok(memory) = memory() {
            *self.connection() = memory;
        }
        let _ = self.trouble.set(reason);
    }

    /// Keeps a call.
    pub fn push(&self, call: &Call) {
        let call = serde_json::to_string(call).expect("a call is JSON");
        self.use_file(|spool| {
            spool.execute("insert into calls (call) values (?1)", params![call]).map(|_| ())
        });
    }

    /// How many calls wait.
    pub fn len(&self) -> i64 {
        self.count("calls")
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many calls were set aside, because no release that ran here since could read them.
    pub fn set_aside(&self) -> i64 {
        self.count("unreadable_calls")
    }

    /// Makes the waiting calls in order, until the database does not take one now. A call whose
    /// lease has passed to another agent is dropped, because that agent reads the same changes; one
    /// that is refused ends its lease, so that what belongs to it is not half stored. Returns how
    /// many calls were made.
    pub async fn replay(&self, database: &Database) -> database::Result<usize> {
        let mut made = 0;
        while let Some((id, call)) = self.first() {
            match call.clone().make(database).await {
                Ok(()) => made += 1,
                Err(database::Error::LeaseLost) => {}
                Err(passing) if passing.is_passing() => return Err(passing),
                Err(refused) => {
                    tracing::error!(%refused, "the database refused a call from the spool");
                    call.give_up(database, &refused).await?;
                }
            }
            self.use_file(|spool| {
                spool.execute("delete from calls where id = ?1", params![id]).map(|_| ())
            });
        }
        Ok(made)
    }

    /// The first call that can be read. Those that cannot are set aside, so that they do
    /// not hold up the rest.
    fn first(&self) -> Option<(i64, Call)> {
        loop {
            let sql = "select id, cast(call as blob) from calls order by id limit 1";
            let found: Option<(i64, Option<Vec<u8>>)> = self.use_file(|spool| {
                spool.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            });
            let (id, call) = found?;
            match serde_json::from_slice(&call.unwrap_or_default()) {
                Ok(call) => return Some((id, call)),
                Err(problem) => {
                    tracing::error!(id, %problem, "a call in the spool is unreadable and was set aside");
                    self.use_file(|spool| {
                        let both = spool.transaction()?;
                        both.execute(
                            "insert or replace into unreadable_calls
                             select id, coalesce(call, ''), ?2 from calls where id = ?1",
                            params![id, problem.to_string()],
                        )?;
                        both.execute("delete from calls where id = ?1", params![id])?;
                        both.commit()
                    });
                }
            }
        }
    }

    fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) from {table}");
        self.use_file(|spool| spool.query_row(&sql, [], |row| row.get(0)))
    }

    /// Uses the file; in memory from the moment on when it cannot be used.
    fn use_file<T: Default>(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> T {
        let done = work(&mut self.connection());
        done.or_else(|error| {
            self.go_on_in_memory(&error);
            work(&mut self.connection())
        })
        .unwrap_or_default()
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// What waits in a spool's file, and what was set aside there; nothing is created or changed.
pub fn inspect(path: &Path) -> rusqlite::Result<(i64, i64)> {
    if !path.exists() {
        return Ok((0, 0));
    }
    let spool = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let count =
        |table| spool.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0));
    Ok((count("calls")?, count("unreadable_calls")?))
}

fn memory() -> rusqlite::Result<Connection> {
    prepared(Connection::open_in_memory()?)
}

/// Creates what is not there, and finds out whether it can be written.
fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.execute_batch(
        "pragma journal_mode = wal;
         create table if not exists calls (id integer primary key autoincrement, call text not null);
         create table if not exists unreadable_calls
             (id integer primary key, call text not null, problem text not null);
         begin immediate;
         insert into unreadable_calls (id, call, problem) values (-1, '', '');
         delete from unreadable_calls where id = -1;
         delete from calls where id = -1 and call = '';
         commit",
    )?;
    Ok(connection)
}

/// Whether the file is one that SQLite or this release cannot read, rather than one that cannot be
/// used just now.
fn is_unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    // The other is what SQLite says of a table or a column that is not there.
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
        || matches!(error, rusqlite::Error::SqlInputError { .. })
}

/// Renames a file, and what SQLite has put beside it.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let with = |path: &Path, end: &str| PathBuf::from(format!("{}{end}", path.display()));
    let aside = (1..).map(|number| with(path, &format!(".unreadable-{number}")));
    let aside = aside.into_iter().find(|aside| !aside.exists()).unwrap_or_default();
    for end in ["-wal", "-shm"] {
        match std::fs::rename(with(path, end), with(&aside, end)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

/// Why the spool's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened, or is not one that the spool may be in.
    #[error(transparent)]
    Open(#[from] std::io::Error),
    /// What SQLite says.
    #[error(transparent)]
    File(#[from] rusqlite::Error),
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
        // SQLite creates the files beside it with the same mode.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(path)
}

impl Call {
    /// Ends what a refused call belongs to, so that it is done again from the beginning.
    async fn give_up(
        &self,
        database: &Database,
        refused: &database::Error,
    ) -> database::Result<()> {
        let problem = refused.to_string();
        let ended = match self {
            Self::StagePage { lease_id, .. } | Self::FinishPull { lease_id, .. } => {
                database.fail_pull(*lease_id, &problem, None, None).await.map(|_| ())
            }
            Self::FinishPush { lease_id, .. } | Self::FinishLook { lease_id, .. } => {
                database.fail_push(*lease_id, &problem, None).await
            }
        };
        match ended {
            Err(error) if error.is_passing() => Err(error),
            _ => Ok(()),
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
            Self::FinishPush { lease_id, end } => database.finish_push(lease_id, &end).await,
            Self::FinishLook { lease_id, found } => {
                database.finish_look(lease_id, found.as_ref()).await
            }
        }
    }
}
