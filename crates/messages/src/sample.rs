//! Notifications of every kind with sample data, to try templates with.

use crate::notification::{Kind, Notification};
use serde_json::{Value, json};

/// A notification of each kind to each recipient in a language: once with everything that may be
/// known, once with as little as may be.
pub fn samples(locale: &str) -> Vec<Notification> {
    let mut samples = Vec::new();
    for kind in Kind::ALL {
        for recipient in kind.recipients() {
            for is_full in [true, false] {
                let mut sample = if is_full { full() } else { least() };
                sample["kind"] = kind.name().into();
                sample["recipient"] = recipient.name().into();
                sample["locale"] = locale.into();
                if without_booking(kind) {
                    sample["booking"] = Value::Null;
                }
                samples.extend(serde_json::from_value(sample));
            }
        }
    }
    samples
}

fn without_booking(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ManualBooking
            | Kind::NeedsReconnect
            | Kind::SyncFailing
            | Kind::Alert
            | Kind::Recovered
    )
}

fn full() -> Value {
    json!({
        "id": "01980000-0000-7000-8000-000000000001",
        "channel": "email",
        "to": {"name": "Zoë Example", "email": "zoe@example.com", "phone": "+15005550006"},
        "timezone": "America/Toronto",
        "other_timezone": "Europe/Paris",
        "created_at": "2026-11-20T15:00:00Z",
        "broker": {"name": "Ada Brooks", "email": "ada@example.com", "phone": "+15005550001"},
        "lead": {"id": "L-1", "name": "Zoë Example", "email": "zoe@example.com",
                 "phone": "+15005550006"},
        "booking": {
            "id": "01980000-0000-7000-8000-000000000002",
            "start": "2026-12-01T19:30:00Z", "end": "2026-12-01T20:00:00Z",
            "title": "First call", "has_title": true,
            "notes": "I come by car.\nIs there a place to park?",
            "location": "12 Main Street", "meeting_link": "https://meet.example.com/abc",
            "cancel_reason": "I am ill."
        },
        "previous": {"start": "2026-11-30T19:30:00Z", "end": "2026-11-30T20:00:00Z"},
        "manage": {"token": "0".repeat(64), "can_change": true},
        "rebook": {"page": "ada-brooks", "alternatives": [
            {"start": "2026-12-01T20:00:00Z", "end": "2026-12-01T20:30:00Z"},
            {"start": "2026-12-02T19:30:00Z", "end": "2026-12-02T20:00:00Z"}]},
        "unsubscribe": "0".repeat(64),
        "account": {"provider": "google", "display_name": "ada@example.com",
                    "problem": "the credential was refused"},
        "unwritten": {"provider": "google", "problem": "the provider is unavailable"},
        "request": {"requested_time": "Tuesday at 3", "reason": "no slot is free"},
        "alert": {"key": "database", "problem": "The database has not answered for 5 minutes.",
                  "since": "2026-11-20T14:55:00Z"}
    })
}

fn least() -> Value {
    json!({
        "id": "01980000-0000-7000-8000-000000000001",
        "channel": "email",
        "timezone": "Etc/UTC",
        "created_at": "2026-11-20T15:00:00Z",
        "broker": {"name": "Ada Brooks"},
        "booking": {
            "id": "01980000-0000-7000-8000-000000000002",
            "start": "2026-12-01T19:30:00Z", "end": "2026-12-01T20:00:00Z",
            "has_title": false
        },
        "account": {"provider": "caldav"},
        "alert": {"key": "database"}
    })
}
