//! A page is a struct with a template.

use super::desk::Desk;
use super::provider::Face;
use crate::database::{Choices, Connection};
use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

/// What every page of a connection says.
pub(super) struct Head<'a> {
    /// The path of the public URL.
    pub(super) base: &'a str,
    /// What is connected.
    pub(super) connection: &'a Connection,
    /// The provider.
    pub(super) face: &'static Face,
    /// Why the account is to be connected again, and what is at stake.
    pub(super) stake: Vec<String>,
}

/// `GET /connect/{ticket}`, and the same without a ticket.
#[derive(Template)]
#[template(path = "connect/begin.html")]
pub(super) struct Begin<'a> {
    pub(super) head: Head<'a>,
    /// Where the button leads.
    pub(super) action: &'a str,
    /// Whether the agent can ask the provider.
    pub(super) is_set_up: bool,
}

/// The form for a credential.
#[derive(Template)]
#[template(path = "connect/account.html")]
pub(super) struct AccountForm<'a> {
    pub(super) head: Head<'a>,
    pub(super) is_icloud: bool,
    pub(super) url: &'a str,
    pub(super) username: &'a str,
    pub(super) location: &'a str,
    /// What is wrong with what was sent.
    pub(super) problem: Option<&'a str>,
    /// The account that was sent instead of the one that is to be connected again.
    pub(super) another: Option<&'a str>,
}

/// What came of a question to a provider: with a button to ask again.
#[derive(Template)]
#[template(path = "connect/again.html")]
pub(super) struct Again<'a> {
    pub(super) head: Head<'a>,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// Whether the account that was chosen may be added as another one.
    pub(super) another: bool,
}

/// The choice of calendars.
#[derive(Template)]
#[template(path = "connect/calendars.html")]
pub(super) struct Calendars<'a> {
    pub(super) head: Head<'a>,
    pub(super) choices: &'a Choices,
    pub(super) problem: Option<&'a str>,
}

/// A page that only says something.
#[derive(Template)]
#[template(path = "connect/message.html")]
pub(super) struct Message<'a> {
    pub(super) base: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// A link: where it leads, and its words.
    pub(super) action: Option<(&'a str, &'a str)>,
}

impl Desk {
    pub(super) fn head<'a>(&'a self, connection: &'a Connection) -> Head<'a> {
        Head {
            base: self.public_url.path(),
            connection,
            face: Face::of(&connection.provider),
            stake: super::words::stake(connection),
        }
    }

    /// An answer with a page. Its forms may lead to `connection`'s provider, and back to where it
    /// began.
    pub(super) fn page(
        &self,
        status: StatusCode,
        page: &impl Template,
        connection: Option<&Connection>,
    ) -> Response {
        let Ok(text) = page.render() else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let origin = |url: &Url| url.origin().ascii_serialization();
        let provider = connection
            .and_then(|connection| self.application(&connection.provider))
            .and_then(|application| application.server.authorize_url.as_ref().map(origin));
        let back = connection
            .and_then(|connection| connection.return_to.as_deref())
            .and_then(|url| Url::parse(url).ok().as_ref().map(origin));
        // A redirect after a form counts as the form's (Content Security Policy Level 3).
        let targets: Vec<_> = provider.into_iter().chain(back).collect();
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {}; frame-ancestors 'none'; \
             base-uri 'none'",
            targets.join(" ")
        );
        let policy = HeaderValue::try_from(policy);
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (
                header::CONTENT_SECURITY_POLICY,
                policy.unwrap_or(HeaderValue::from_static("default-src 'none'")),
            ),
        ];
        (status, headers, text).into_response()
    }
}

/// Nothing here is kept, and no address of a page goes elsewhere. Without a referrer, browsers would
/// not say in `Origin` that a form is ours.
pub(super) async fn no_store(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    answer
}

impl Head<'_> {
    /// The broker's name.
    fn name(&self) -> &str {
        self.connection.broker_name.as_deref().unwrap_or("this broker")
    }

    /// The provider in a sentence.
    fn short(&self) -> &'static str {
        super::words::name(self.face)
    }

    /// The account that is to be connected again.
    fn account(&self) -> Option<String> {
        let known = self.connection.account.as_ref()?;
        Some(known.name.clone().unwrap_or_else(|| super::words::account(&known.settings)))
    }
}

impl Begin<'_> {
    fn base(&self) -> &str {
        self.head.base
    }
}

impl AccountForm<'_> {
    fn base(&self) -> &str {
        self.head.base
    }
}

impl Again<'_> {
    fn base(&self) -> &str {
        self.head.base
    }
}

impl Calendars<'_> {
    fn base(&self) -> &str {
        self.head.base
    }
}

impl Message<'_> {
    fn base(&self) -> &str {
        self.base
    }
}
