//! Why a call failed.

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none.
    #[error("DATABASE_URL is no PostgreSQL URL: {0}")]
    Url(String),
    /// The server cannot be reached, or went away: what was to be stored is not.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// Another agent has taken over what was leased.
    #[error("another agent has taken over")]
    LeaseLost,
    /// A function refuses.
    #[error("the database refuses: {message}")]
    Refused {
        /// The SQLSTATE.
        code: String,
        /// In its words.
        message: String,
        /// Its DETAIL.
        detail: Option<String>,
    },
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(told) = error.as_db_error() else {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            return Self::Away(cause.unwrap_or_else(|| error.to_string()));
        };
        let code = told.code().code();
        match code {
            "PT409" if told.message() == "lease_lost" => Self::LeaseLost,
            // The server is going down, coming up, full, or taken over by another.
            _ if code.starts_with("57P") || code.starts_with("08") || code.starts_with("53") => {
                Self::Away(told.message().into())
            }
            _ if matches!(code, "28000" | "28P01" | "3D000" | "25006") => {
                Self::Away(told.message().into())
            }
            _ => Self::Refused {
                code: code.into(),
                message: told.message().into(),
                detail: told.detail().map(Into::into),
            },
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        Self::Database(error.to_string())
    }
}
