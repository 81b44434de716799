//! What is particular to Microsoft.

mod account;
mod pulls;
mod writes;

use crate::support::{self, client, instant, token, window};
use async_trait::async_trait;
use engine::event::Event;
use http::{Request, StatusCode};
use provider_fakes::microsoft::Microsoft as Server;
use providers::{Page, Pulled};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use sync_agent::connector::microsoft::Microsoft;
use sync_agent::net::authorized::{AccessTokens, Authorized};
use sync_agent::{Error, Result};

/// Tokens that are renewed, as by the agent's own account.
struct Renewing {
    url: String,
    pair: Mutex<(String, String)>,
}

impl Renewing {
    fn pair(&self) -> (String, String) {
        self.pair.lock().unwrap().clone()
    }
}

#[async_trait]
impl AccessTokens for Renewing {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.pair().0.into())
    }

    async fn instead_of(&self, _refused: &SecretString) -> Result<SecretString> {
        let form = format!("client_id=id&grant_type=refresh_token&refresh_token={}", self.pair().1);
        let request = Request::post(&self.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let answer = client().send(request.unwrap()).await?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        if answer.status() != StatusCode::OK {
            return Err(Error::NeedsReconnect(text("error")));
        }
        *self.pair.lock().unwrap() = (text("access_token"), text("refresh_token"));
        self.access_token().await
    }
}

pub(crate) async fn start() -> (Server, Microsoft) {
    let server = Server::start(0).await.unwrap();
    let graph = connector(&server, Arc::new(SecretString::from(server.access_token())));
    (server, graph)
}

fn connector(server: &Server, tokens: Arc<dyn AccessTokens>) -> Microsoft {
    Microsoft::new(Authorized::new(client(), tokens), server.base().parse().unwrap())
}

/// Lets requests be answered as ever.
fn pass(server: &Server, requests: usize) {
    for _ in 0..requests {
        server.server().faults().pass();
    }
}

async fn pull(graph: &Microsoft, calendar: &str, token: Option<String>) -> (Pulled, Page) {
    let (pulled, received) = support::pull(graph, calendar, token).await;
    assert!(received.fullest <= 50, "{} events in one page", received.fullest);
    (pulled, received.page)
}

/// What a pull of everything in the window gives, with the token of another.
fn everything(pulled: &Pulled) -> Pulled {
    let token = token(pulled);
    assert!(token.is_some());
    Pulled::Everything { token, window: Some(window()) }
}

fn bookings(page: &Page) -> Vec<Option<String>> {
    page.events.iter().map(|event: &Event| event.booking_id.clone()).collect()
}

fn is_malformed(error: &Error) -> bool {
    matches!(error, Error::Malformed(_))
}

fn is_unavailable(error: &Error) -> bool {
    matches!(error, Error::Unavailable(_))
}

fn is_throttled(error: &Error) -> bool {
    matches!(error, Error::Throttled { .. })
}

/// For half an hour.
fn event(subject: &str, start: &str) -> Value {
    let end = instant(&format!("{start}Z")).plus_minutes(30).utc().format("%FT%T").to_string();
    json!({"subject": subject, "start": point(start), "end": point(&end)})
}

fn daily(subject: &str, count: u32) -> Value {
    let mut event = event(subject, "2026-12-07T15:00:00");
    event["recurrence"] = json!({
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-12-07", "numberOfOccurrences": count},
    });
    event
}

fn point(at: &str) -> Value {
    json!({"dateTime": at, "timeZone": "UTC"})
}
