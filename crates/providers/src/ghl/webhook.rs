//! Webhooks of marketplace apps.

use super::member;
use crate::Malformed;
use serde::Deserialize;

/// The key by which webhooks are signed (Ed25519), as HighLevel publishes it: base64
/// of its SubjectPublicKeyInfo.
pub const WEBHOOK_KEY: &str = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

/// The header that holds the signature of the body: base64.
pub const SIGNATURE: &str = "x-ghl-signature";

/// The calendar whose appointments have changed according to a webhook's body; `None` if
/// the body is about something else.
pub fn changed_calendar(body: &[u8]) -> Result<Option<String>, Malformed> {
    #[derive(Deserialize)]
    struct Webhook {
        appointment: Option<Appointment>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Appointment {
        calendar_id: Option<String>,
    }
    let Webhook { appointment } = member(body, "a webhook")?;
    Ok(appointment.and_then(|appointment| appointment.calendar_id))
}
