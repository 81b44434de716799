//! What is written when a booking is made or changed.

use super::Preferences;
use crate::time::{Instant, Offsets};
use chrono::TimeDelta;

/// Who can be reached, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "four facts, each by itself")]
pub struct Addresses {
    /// Whether the lead has an e-mail address.
    pub lead_email: bool,
    /// Whether the lead has a telephone number.
    pub lead_sms: bool,
    /// Whether the broker has an e-mail address.
    pub broker_email: bool,
    /// Whether the broker has a business telephone number.
    pub broker_sms: bool,
}

/// What happened to a booking.
#[derive(Debug, Clone, Copy)]
pub struct BookingChange<'a> {
    /// booked, requested, confirmed, declined, rescheduled, cancelled or booking_failed.
    pub kind: &'a str,
    /// When.
    pub at: Instant,
    /// When a confirmed booking begins; no other is reminded of.
    pub confirmed_start: Option<Instant>,
}

/// A message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notification<'a> {
    /// The change's, or reminder.
    pub kind: &'a str,
    /// email or sms.
    pub channel: &'static str,
    /// lead or broker.
    pub recipient: &'static str,
    /// Of a reminder, how long before the booking it is due.
    pub minutes: Option<i32>,
    /// When it is due.
    pub due_at: Instant,
}

/// Who has booked just now needs no reminder.
const TOO_SOON: TimeDelta = TimeDelta::minutes(10);

/// The messages about a change, and the reminders that come with it. `zone` is the lead's.
pub fn of_booking<'a>(
    change: BookingChange<'a>,
    addresses: Addresses,
    preferences: Preferences<'_>,
    reminder_minutes: &[i32],
    zone: &impl Offsets,
) -> Vec<Notification<'a>> {
    let Addresses { lead_email, lead_sms, broker_email, broker_sms } = addresses;
    let reached = [
        ("lead", "email", lead_email),
        ("lead", "sms", lead_sms),
        ("broker", "email", broker_email),
        ("broker", "sms", broker_sms),
    ];
    let mut notifications = Vec::new();
    for (recipient, channel, _) in reached.into_iter().filter(|&(.., is_reached)| is_reached) {
        if preferences.want(recipient, channel, change.kind) {
            let (kind, due_at) = (change.kind, change.at);
            notifications.push(Notification { kind, channel, recipient, minutes: None, due_at });
        }
        let Some(start) = change.confirmed_start else { continue };
        let kind = "reminder";
        if !preferences.want(recipient, channel, kind) {
            continue;
        }
        for &before in reminder_minutes {
            let mut due_at = start.plus_minutes(-i64::from(before));
            if (recipient, channel) == ("lead", "sms") {
                due_at = preferences.quiet_hours().before(zone, due_at);
            }
            if due_at >= change.at + TOO_SOON {
                let minutes = Some(before);
                notifications.push(Notification { kind, channel, recipient, minutes, due_at });
            }
        }
    }
    notifications
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Zone, parse_instant};
    use serde_json::json;

    #[test]
    fn a_booking_is_told_at_once_and_its_lead_is_reminded() {
        let at = |text: &str| parse_instant(text).unwrap();
        let notify = json!({"lead": {"sms": ["reminder"]}});
        let list = |confirmed_start: Option<&str>| {
            let change = BookingChange {
                kind: "booked",
                at: at("2026-03-02T14:00:00Z"),
                confirmed_start: confirmed_start.map(at),
            };
            let addresses = Addresses {
                lead_email: true,
                lead_sms: true,
                broker_email: true,
                broker_sms: false,
            };
            let listed = of_booking(change, addresses, Preferences(&notify), &[1440], &Zone::UTC);
            let shown = |one: Notification<'_>| {
                let due_at = one.due_at.utc().format("%dT%H:%M");
                format!("{} {} {} {due_at}", one.kind, one.recipient, one.channel)
            };
            listed.into_iter().map(shown).collect::<Vec<_>>()
        };
        let at_once = ["booked lead email 02T14:00", "booked broker email 02T14:00"];
        // The SMS not at night.
        assert_eq!(
            list(Some("2026-03-05T22:00:00Z")),
            [at_once[0], "reminder lead email 04T22:00", "reminder lead sms 04T20:59", at_once[1]]
        );
        assert_eq!(list(Some("2026-03-03T14:05:00Z")), at_once);
        assert_eq!(list(None), at_once);
    }
}
