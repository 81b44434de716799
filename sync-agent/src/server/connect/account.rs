//! `/connect/at/{id}`: the form for a credential, which is tried before it is stored.

use super::desk::{Desk, Tried, Visit};
use super::page::{AccountForm, Begin};
use super::problem::Problem;
use super::provider::ICLOUD;
use super::ticket::is_set_up;
use super::{cookie, words};
use crate::candidate::Candidate;
use crate::secret::Credential;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use uuid::Uuid;

/// Where iCloud is.
const ICLOUD_URL: &str = "https://caldav.icloud.com/";

/// The longest address, user name and password.
const LONGEST: usize = 2000;

/// Which form to show.
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    server: String,
}

/// What was sent.
#[derive(Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    url: String,
    username: String,
    password: SecretString,
    location: String,
    token: SecretString,
    address: SecretString,
    another: String,
}

impl Default for Sent {
    fn default() -> Self {
        let (none, text) = (SecretString::default, String::new);
        Self {
            url: text(),
            username: text(),
            password: none(),
            location: text(),
            token: none(),
            address: none(),
            another: text(),
        }
    }
}

pub(super) async fn show(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    let head = desk.head(&visit.connection);
    if head.face.has_consent {
        let action = desk.path(&format!("connect/at/{id}/consent"));
        let is_set_up = is_set_up(&desk, head.face.key);
        let page = Begin { head, action: &action, is_set_up };
        return Ok(desk.page(StatusCode::OK, &page, Some(&visit.connection)));
    }
    let mut sent = Sent::known(&visit);
    if which.server == "other" && sent.url == ICLOUD_URL {
        sent.url.clear();
    }
    Ok(form(&desk, &visit, &sent, None, None))
}

pub(super) async fn connect(
    State(desk): State<Desk>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    Form(mut sent): Form<Sent>,
) -> Result<Response, Problem> {
    let visit = desk.visit(id, cookie::of(&desk, &headers).as_deref()).await?;
    for text in [&mut sent.url, &mut sent.username, &mut sent.location] {
        *text = text.trim().to_owned();
    }
    let candidate = match sent.candidate(&visit.connection.provider) {
        Ok(candidate) => candidate,
        Err(problem) => return Ok(form(&desk, &visit, &sent, Some(&problem), None)),
    };
    let known = visit.connection.account.as_ref().filter(|_| sent.another.is_empty());
    match desk.try_account(&visit, candidate, known.map(|known| &known.settings)).await? {
        Tried::Stored => {
            let next = desk.path(&format!("connect/at/{id}/calendars"));
            Ok(Redirect::to(&next).into_response())
        }
        Tried::Another(found) => Ok(form(&desk, &visit, &sent, None, Some(&found))),
        Tried::Failed(error) => {
            let face = desk.head(&visit.connection).face;
            let problem = words::refusal(face, sent.is_icloud(), &error);
            Ok(form(&desk, &visit, &sent, Some(&problem), None))
        }
    }
}

/// The form, with what was sent but the secret.
fn form(
    desk: &Desk,
    visit: &Visit,
    sent: &Sent,
    problem: Option<&str>,
    another: Option<&str>,
) -> Response {
    let status = match problem.or(another) {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let mut head = desk.head(&visit.connection);
    if sent.is_icloud() {
        head.face = &ICLOUD;
    }
    let page = AccountForm {
        head,
        is_icloud: sent.is_icloud(),
        url: &sent.url,
        username: &sent.username,
        location: &sent.location,
        problem,
        another,
    };
    desk.page(status, &page, Some(&visit.connection))
}

impl Sent {
    /// What is known of the account that is to be connected again; iCloud for a new one at a CalDAV server.
    fn known(visit: &Visit) -> Self {
        let settings = visit.connection.account.as_ref().map(|known| &known.settings);
        let text = |key: &str| {
            let value = settings.and_then(|settings| settings.get(key)).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let is_new_caldav = settings.is_none() && visit.connection.provider == "caldav";
        let url = if is_new_caldav { ICLOUD_URL.to_owned() } else { text("url") };
        Self { url, username: text("username"), location: text("location"), ..Self::default() }
    }

    fn is_icloud(&self) -> bool {
        self.url == ICLOUD_URL
    }

    /// The account that the form describes, or what is wrong with it.
    fn candidate(&self, provider: &str) -> Result<Candidate, String> {
        let is_long = |text: &str| text.len() > LONGEST;
        let secret = |secret: &SecretString, what: &str| {
            let text = secret.expose_secret().trim();
            match text.len() {
                0 => Err(format!("Enter {what}.")),
                LONGEST.. => Err(format!("This is too long for {what}.")),
                _ => Ok(SecretString::from(text)),
            }
        };
        if is_long(&self.url) || is_long(&self.username) || is_long(&self.location) {
            return Err("This is too long.".into());
        }
        match provider {
            "caldav" => {
                let url = if self.url.contains("://") {
                    self.url.clone()
                } else {
                    format!("https://{}", self.url)
                };
                let url = Url::parse(&url).ok().filter(Url::has_host).ok_or(
                    "Enter the address of the server, such as https://cloud.example.com/.",
                )?;
                if !url.username().is_empty() || url.password().is_some() {
                    return Err("Enter the address without a user name in it.".into());
                }
                if self.username.is_empty() {
                    return Err("Enter the user name.".into());
                }
                Ok(Candidate::caldav(&url, &self.username, secret(&self.password, "the password")?))
            }
            "ghl" => {
                if self.location.is_empty() {
                    return Err("Enter the id of the location.".into());
                }
                let token = secret(&self.token, "the token")?;
                Ok(Candidate::ghl(&self.location, Credential::Token(token)))
            }
            _ => {
                let address = secret(&self.address, "the secret address")?;
                Candidate::feed(address.expose_secret())
                    .map_err(|_| "Enter an address that begins with https:// or webcal://.".into())
            }
        }
    }
}
