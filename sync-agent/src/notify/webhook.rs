//! Webhooks, signed by Standard Webhooks.

use super::{Outcome, Then};
use crate::config::Config;
use crate::net::http::{Http, Limits};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{SecondsFormat, Utc};
use engine::mac::MacKey;
use messages::Notification;
use providers::standard_webhook::{Answer, Webhook, answer, body, request};
use serde_json::json;
use std::time::Duration;
use url::Url;
use uuid::Uuid;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The largest answer, which is not looked at.
const MAX_ANSWER: usize = 1 << 20;

/// Sends webhooks.
pub struct Caller {
    http: Http,
}

impl Caller {
    /// Reaches public addresses alone, unless private ones are allowed.
    pub fn new(config: &Config) -> crate::Result<Self> {
        let limits = Limits {
            allow_private_networks: config.allow_private_networks,
            max_body: MAX_ANSWER,
            max_pause: TIMEOUT,
            max_time: TIMEOUT,
        };
        Ok(Self { http: Http::through(limits, config.proxy.as_ref())? })
    }

    /// Sends a notification. Each attempt has the same id.
    pub async fn send(&self, notification: &Notification) -> Outcome {
        let Some(webhook) = &notification.webhook else { return Outcome::NoAddress };
        let keys = webhook.keys.iter().map(|key| MacKey::from_bytes(&STANDARD.decode(key).ok()?));
        let (Ok(url), Some(keys)) = (Url::parse(&webhook.url), keys.collect::<Option<Vec<_>>>())
        else {
            return Outcome::never("the endpoint's address or key is not valid");
        };
        let at = notification.created_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let body = body(&webhook.event, &at, &webhook.data);
        let id = format!("msg_{}", notification.id.simple());
        self.call(&Webhook { url: &url, id: &id, keys: &keys, body: &body }).await
    }

    /// Sends a webhook to try things out.
    pub async fn send_test(&self, url: &Url, secret: &[u8]) -> Outcome {
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = body("test", &now, &json!({"message": "sent by sync-agent notify test"}));
        let id = format!("msg_{}", Uuid::new_v4().simple());
        let keys = [MacKey::new(secret)];
        self.call(&Webhook { url, id: &id, keys: &keys, body: &body }).await
    }

    async fn call(&self, webhook: &Webhook<'_>) -> Outcome {
        let Some(request) = request(webhook, Utc::now().timestamp()) else {
            return Outcome::never("the endpoint's address is not valid");
        };
        match self.http.send(request).await {
            Ok(got) => match answer(got.status(), got.headers()) {
                Answer::Received => Outcome::Sent(Some(got.status().as_u16().to_string())),
                Answer::Later { problem, retry_after } => {
                    Outcome::Failed { problem, then: Then::Retry(retry_after) }
                }
                Answer::Gone => Outcome::Failed {
                    problem: "the receiver wants no more webhooks (410)".into(),
                    then: Then::Disable,
                },
            },
            // Also an address that is internal now: it may have been public before.
            Err(error) => Outcome::retry(error.to_string()),
        }
    }
}
