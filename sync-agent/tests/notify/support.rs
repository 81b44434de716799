//! Notifications and configurations to try senders with.

use messages::Notification;
use serde_json::{Value, json};
use std::collections::HashMap;
use sync_agent::config::Config;
use tokio::runtime::Runtime;

pub(crate) const ID: &str = "01980000-0000-7000-8000-000000000001";

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn config(variables: &[(&str, &str)]) -> Config {
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Config::load(None, |name| variables.get(name).map(|&value| value.into())).unwrap()
}

/// A configuration for a mail server on this machine, with others' settings in their place.
pub(crate) fn mail(port: u16, more: &[(&str, &str)]) -> Config {
    let port = port.to_string();
    let mut variables = vec![
        ("SYNC_AGENT_SMTP_HOST", "127.0.0.1"),
        ("SYNC_AGENT_SMTP_PORT", &port),
        ("SYNC_AGENT_SMTP_TLS", "none"),
        ("SYNC_AGENT_SMTP_FROM", "Bookings <bookings@example.com>"),
        ("SYNC_AGENT_HTTP_PUBLIC_URL", "https://agent.example.com/calendar"),
    ];
    variables.extend(more);
    config(&variables)
}

pub(crate) fn notification(change: impl FnOnce(&mut Value)) -> Notification {
    let mut document = json!({
        "id": ID, "kind": "booked", "channel": "email", "recipient": "lead",
        "to": {"name": "Zoë Müller", "email": "zoe@example.com", "phone": "+15005550006"},
        "locale": "en", "timezone": "America/Toronto", "other_timezone": null,
        "created_at": "2026-11-20T15:00:00Z",
        "broker": {"name": "Ada Brooks", "email": "ada@example.com", "phone": null},
        "lead": {"id": null, "name": "Zoë Müller", "email": "zoe@example.com", "phone": null},
        "booking": {
            "id": "01980000-0000-7000-8000-000000000002",
            "start": "2026-12-01T19:30:00Z", "end": "2026-12-01T20:00:00Z",
            "title": "First call", "has_title": true, "notes": null, "location": null,
            "meeting_link": null, "cancel_reason": null
        },
        "previous": null, "manage": null, "rebook": null, "invitation": null, "unsubscribe": null,
        "account": null, "unwritten": null, "request": null, "alert": null, "webhook": null
    });
    change(&mut document);
    serde_json::from_value(document).unwrap()
}
