//! Subscriptions and their notifications.

use super::read;
use super::request::{Graph, Made, utc};
use crate::{Channel, Malformed, Watch};
use chrono::TimeDelta;
use engine::time::{Instant, parse_instant};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// The requested lifetime of a subscription: the longest that every version of the
/// documentation allows.
const LIFETIME: TimeDelta = TimeDelta::minutes(4230);

impl Graph {
    /// Subscribes to a calendar's changes. Before Graph answers, it expects an
    /// answer from the address: see [`handshake`].
    pub fn subscribe(&self, calendar: &str, watch: &Watch) -> Made {
        let body = json!({
            "changeType": "created,updated,deleted",
            "notificationUrl": watch.address.as_str(),
            "lifecycleNotificationUrl": watch.address.as_str(),
            "resource": format!("/me/calendars/{calendar}/events"),
            "expirationDateTime": ends(watch.now),
            "clientState": watch.secret,
        });
        self.send(Method::POST, &["subscriptions"], &body)
    }

    /// Extends a subscription.
    pub fn prolong(&self, id: &str, now: Instant) -> Made {
        let body = json!({"expirationDateTime": ends(now)});
        self.send(Method::PATCH, &["subscriptions", id], &body)
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, id: &str) -> Made {
        self.send(Method::DELETE, &["subscriptions", id], &Value::Null)
    }
}

fn ends(now: Instant) -> String {
    utc(now + LIFETIME)
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id and its end.
    pub channel: Channel,
    /// The address for its notifications.
    pub address: Option<String>,
}

/// Reads the answer to [`Graph::subscribe`] or [`Graph::prolong`].
pub fn read_subscription(body: &[u8]) -> Result<Subscription, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        id: String,
        expiration_date_time: String,
        notification_url: Option<String>,
    }
    let answer: Answer = read("the subscription", body)?;
    let expires_at = parse_instant(&answer.expiration_date_time)
        .ok_or_else(|| Malformed("the subscription has no end".into()))?;
    let channel = Channel { id: answer.id, resource_id: None, expires_at };
    Ok(Subscription { channel, address: answer.notification_url })
}

/// The text that an address must return before Graph sends notifications there, from the
/// query of Graph's request; `None` if the request is a notification.
pub fn handshake(query: &str) -> Option<String> {
    let mut parameters = url::form_urlencoded::parse(query.as_bytes());
    parameters.find(|(key, _)| key == "validationToken").map(|(_, token)| token.into_owned())
}

/// One notification.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Notification {
    /// The subscription.
    pub subscription_id: String,
    /// The secret that its subscriber has set.
    pub secret: String,
    /// Whether it is about the subscription itself, which must be renewed or created
    /// again.
    pub is_ending: bool,
}

/// Reads the notifications of a request's body; those without a secret are left out.
pub fn read_notifications(body: &[u8]) -> Result<Vec<Notification>, Malformed> {
    #[derive(Deserialize)]
    struct Body {
        value: Vec<Value>,
    }
    let Body { value } = read("the notification", body)?;
    Ok(value.iter().filter_map(notification).collect())
}

fn notification(value: &Value) -> Option<Notification> {
    let event = value["lifecycleEvent"].as_str();
    Some(Notification {
        subscription_id: value["subscriptionId"].as_str()?.to_owned(),
        secret: value["clientState"].as_str()?.to_owned(),
        // Otherwise events have changed, or notifications of that were "missed".
        is_ending: matches!(event, Some("reauthorizationRequired" | "subscriptionRemoved")),
    })
}
