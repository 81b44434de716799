//! Calls about how the calendars are in sync.

use super::{Database, Result};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// How the calendars and bookings do at a provider: a row of `calendar_sync.measure`.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The provider.
    pub provider: String,
    /// Calendars that are in sync, that fail, and that are off.
    pub calendars: [i64; 3],
    /// How long ago the calendar that has waited longest was in sync, in seconds.
    pub calendar_age_seconds_max: f64,
    /// Changes of bookings that are not yet at the provider.
    pub outbox_open: i64,
    /// The age of the oldest of them, in seconds.
    pub outbox_oldest_seconds: f64,
}

/// How a calendar is in sync: a row of `calendar.sync_health`.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Health {
    /// The calendar.
    pub calendar_id: Uuid,
    /// Its account.
    pub account_id: Uuid,
    /// The broker's name.
    pub broker_name: String,
    /// The provider.
    pub provider: String,
    /// The calendar's name.
    pub display_name: Option<String>,
    /// active, paused, needs_reconnect or disconnected.
    pub account_status: String,
    /// When it was last known to be as at the provider.
    pub last_success_at: Option<DateTime<Utc>>,
    /// Failed pulls in a row.
    pub failures: i32,
    /// Before when no pull is tried again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Since when it is gone at the provider.
    pub gone_at: Option<DateTime<Utc>>,
    /// How many of its events could not be understood.
    pub rejected: i64,
    /// What is wrong, in plain words.
    pub problem: Option<String>,
    /// Whether no booking is written to its account, because the broker's primary calendar is a
    /// local one.
    pub is_unreached: bool,
    /// Why the deadlines that should be written to it cannot be, in plain words.
    pub obligations_problem: Option<String>,
}

impl Health {
    /// What is wrong with a calendar that should be in step, as a sentence; none = nothing.
    pub fn wrong(&self) -> Option<String> {
        let is_left_alone = matches!(self.account_status.as_str(), "paused" | "disconnected");
        let problem = self.problem.as_ref().filter(|_| !is_left_alone && self.gone_at.is_none())?;
        let name = self.display_name.as_deref().unwrap_or_default();
        Some(format!("{} {name} of {}: {problem}", self.provider, self.broker_name))
    }

    /// That no booking is written to its account, and what to do; none = they are.
    pub fn unreached(&self) -> Option<String> {
        self.is_unreached.then(|| {
            format!(
                "no booking is written to this account, because the broker's primary calendar is a \
                 local one; {} changes that",
                self.set_primary()
            )
        })
    }

    /// The command that has bookings written to it.
    pub fn set_primary(&self) -> String {
        format!("sync-agent set-primary --calendar {}", self.calendar_id)
    }
}

impl Database {
    /// `calendar_sync.measure`: a row for each provider.
    pub async fn measure(&self) -> Result<Vec<Measured>> {
        let rows = self.all("select * from calendar_sync.measure()", &[]).await?;
        let states = ["calendars_ok", "calendars_failing", "calendars_off"];
        Ok(rows
            .iter()
            .map(|row| Measured {
                provider: row.get("provider"),
                calendars: states.map(|state| row.get(state)),
                calendar_age_seconds_max: row.get("calendar_age_seconds_max"),
                outbox_open: row.get("outbox_open"),
                outbox_oldest_seconds: row.get("outbox_oldest_seconds"),
            })
            .collect())
    }

    /// `calendar_sync.sync_report`.
    pub async fn sync_report(&self) -> Result<Vec<Health>> {
        let rows = self.all("select * from calendar_sync.sync_report()", &[]).await?;
        Ok(rows
            .iter()
            .map(|row| Health {
                calendar_id: row.get("calendar_id"),
                account_id: row.get("account_id"),
                broker_name: row.get("broker_name"),
                provider: row.get("provider"),
                display_name: row.get("display_name"),
                account_status: row.get("account_status"),
                last_success_at: row.get("last_success_at"),
                failures: row.get("failures"),
                next_attempt_at: row.get("next_attempt_at"),
                gone_at: row.get("gone_at"),
                rejected: row.get("rejected"),
                problem: row.get("problem"),
                is_unreached: row.get("is_unreached"),
                obligations_problem: row.get("obligations_problem"),
            })
            .collect())
    }
}
