//! What the pages say of accounts and of errors, in plain words.

use super::provider::Face;
use crate::Error;
use crate::database::Connection;
use chrono::DateTime;
use serde_json::Value;

/// Why an account is to be connected again, and what is at stake.
pub(super) fn stake(connection: &Connection) -> Vec<String> {
    let Some(known) = &connection.account else { return Vec::new() };
    let mut said = Vec::new();
    if let Some(problem) = &known.problem {
        said.push(format!("Why: {problem}."));
    }
    if known.status != "active" {
        if let Some(at) = known.last_success_at.as_deref().and_then(date) {
            said.push(format!("Free times may be wrong since {at}."));
        }
        match known.bookings {
            0 => {}
            1 => said.push("1 upcoming booking is kept up in this account.".into()),
            n => said.push(format!("{n} upcoming bookings are kept up in this account.")),
        }
    }
    said
}

fn date(at: &str) -> Option<String> {
    let at = DateTime::parse_from_rfc3339(at).ok()?.to_utc();
    Some(at.format("%-d %B %Y, %H:%M UTC").to_string())
}

/// An account, by what its settings say.
pub(super) fn account(settings: &Value) -> String {
    let text = |key: &str| settings.get(key).and_then(Value::as_str).unwrap_or_default();
    let calendar = text("calendar");
    match (text("username"), text("location")) {
        ("", "") if calendar.contains('@') && calendar.len() < 100 => calendar.into(),
        // A feed, by its host.
        ("", "") => match calendar.split_once('/') {
            Some((host, _)) if !host.is_empty() => host.into(),
            _ => "another account".into(),
        },
        ("", location) => format!("location {location}"),
        (username, _) => match text("url").split("://").last().and_then(|u| u.split('/').next()) {
            Some(host) if !host.is_empty() => format!("{username} at {host}"),
            _ => username.into(),
        },
    }
}

/// What a provider said about an account that was tried.
pub(super) fn refusal(face: &Face, is_icloud: bool, error: &Error) -> String {
    let name = if is_icloud { "Apple" } else { name(face) };
    match error {
        Error::NeedsReconnect(_) | Error::Refraining(_) if is_icloud => {
            "Apple refused this password. It has four groups of four letters.".into()
        }
        Error::NeedsReconnect(_) | Error::Refraining(_) => match face.key {
            "caldav" => format!("{name} refused this user name or password."),
            "ghl" => format!("{name} refused this token for this location."),
            "ics" => "This address wants a user name and a password.".into(),
            _ => format!("{name} refused the access that was given a moment ago."),
        },
        Error::Refused { status: 401 | 403, .. } => {
            format!("{name} does not let this account read its calendars.")
        }
        Error::NotFound(_) => "There is no calendar at this address.".into(),
        Error::Forbidden(_) => {
            "This address cannot be used: it must begin with https:// and be reachable from the \
             internet."
                .into()
        }
        Error::Throttled { .. } | Error::Unavailable(_) | Error::Interrupted(_) => {
            format!("{name} does not answer right now. Try again in a minute.")
        }
        Error::Misconfigured(_) => {
            format!("{name} does not accept this service. Those who run it must set it up again.")
        }
        Error::Malformed(_) | Error::Unproven(_) | Error::Refused { .. } => {
            format!("{name} answered something that is not a calendar. Check the address.")
        }
        Error::NotGranted(_) | Error::Database(_) => "This did not work. Try again.".into(),
    }
}

/// What a provider is called in a sentence.
pub(super) fn name(face: &Face) -> &'static str {
    match face.key {
        "google" => "Google",
        "microsoft" => "Microsoft",
        "ghl" => "GoHighLevel",
        _ => "The server",
    }
}

/// What a scope lets us do, as the provider's page says it.
pub(super) fn scope(scope: &str) -> String {
    let name = scope.rsplit('/').next().unwrap_or(scope);
    let words = match name {
        "calendar.events" => "view and edit events on your calendars",
        "calendar.calendarlist.readonly" => "see the list of your calendars",
        "Calendars.ReadWrite" => "have full access to your calendars",
        "User.Read" => "sign you in and read your profile",
        _ => return name.into(),
    };
    format!("{words} ({name})")
}
