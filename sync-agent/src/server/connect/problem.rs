//! What goes wrong, as a status and a page: in one place.

use crate::database;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a page is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The ticket is unknown, was taken, or has expired.
    NoTicket,
    /// The connection has ended, or is another browser's.
    Ended,
    /// The answer of a provider that no question of this browser is known for.
    NoQuestion,
    /// The form comes from another site.
    Foreign,
    /// Too many requests.
    TooMany,
    /// The database is away.
    Away,
    /// Something else.
    Failed,
}

impl Problem {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::NoTicket | Self::Ended | Self::NoQuestion => StatusCode::NOT_FOUND,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What it says: what happened, and what to do.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::NoTicket => (
                "This link works no longer",
                "It can be used once, within 10 minutes. Nothing was changed. Begin again where you \
                 found it.",
            ),
            Self::Ended => (
                "This page works no longer",
                "It belongs to another browser, or it was begun more than an hour ago. Begin again \
                 from your settings.",
            ),
            Self::NoQuestion => (
                "This answer does not belong here",
                "It was asked for in another browser, more than 10 minutes ago, or it was used \
                 already. Nothing was connected. Begin again from your settings, in this browser.",
            ),
            Self::Foreign => (
                "This form was sent from another site",
                "Nothing was changed. Begin again from your settings.",
            ),
            Self::TooMany => (
                "That was too often",
                "Too many requests came from your network. Nothing was changed. Wait a minute, and \
                 try again.",
            ),
            Self::Away => (
                "This does not work right now",
                "Nothing was changed. Wait a minute, and load this page again.",
            ),
            Self::Failed => (
                "This did not work",
                "It is not your fault. Begin again from your settings; if it happens again, report \
                 it to those who run this service.",
            ),
        }
    }
}

impl From<database::Error> for Problem {
    fn from(error: database::Error) -> Self {
        match &error {
            database::Error::Refused { code, message, .. } if code == "PT404" => {
                match message.as_str() {
                    "ticket_not_found" => Self::NoTicket,
                    "state_not_found" => Self::NoQuestion,
                    _ => Self::Ended,
                }
            }
            error if error.is_passing() => {
                tracing::warn!(%error, "cannot answer a browser");
                Self::Away
            }
            _ => {
                tracing::error!(%error, "cannot answer a browser");
                Self::Failed
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = self.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}
