//! Errors of database calls.

/// The result of a database call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a database call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is not valid.
    #[error("DATABASE_URL is not a valid PostgreSQL URL: {0}")]
    Url(String),
    /// The server cannot be reached, or the connection was lost. Nothing was stored.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The server answers, but takes no calls now: it is read-only, full, starting or stopping, or
    /// it does not let the agent in. Nothing was stored.
    #[error("the database does not accept calls now: {0}")]
    Closed(String),
    /// Others kept the call from its end: a lock, a limit of time, another transaction. Nothing was
    /// stored, and the same call may succeed later.
    #[error("the database could not finish a call: {0}")]
    Busy(String),
    /// The lease has passed to another agent.
    #[error("another agent has taken over the lease")]
    LeaseLost,
    /// The database refused the call.
    #[error("the database refused the call: {message}")]
    Refused {
        /// The SQLSTATE.
        code: String,
        /// The server's message.
        message: String,
        /// The DETAIL of the server's message.
        detail: Option<String>,
    },
}

impl Error {
    /// Whether the call may succeed later as it is.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Closed(_) | Self::Busy(_))
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(answer) = error.as_db_error() else {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return Self::Away(cause.unwrap_or_else(|| error.to_string()));
        };
        let code = answer.code().code();
        match code {
            "PT409" if answer.message() == "lease_lost" => Self::LeaseLost,
            // Going down, coming up, or full.
            _ if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
                Self::Closed(answer.message().into())
            }
            // The last of these: read-only.
            "28000" | "28P01" | "3D000" | "25006" => Self::Closed(answer.message().into()),
            "40001" | "40P01" | "55P03" | "57014" => Self::Busy(answer.message().into()),
            _ => Self::Refused {
                code: code.into(),
                message: answer.message().into(),
                detail: answer.detail().map(Into::into),
            },
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        Self::Database(error.to_string())
    }
}
