//! What operators hear of: what the database finds to be wrong, and that it is away itself.

use super::Daemon;
use crate::notify::Outcome;
use chrono::{DateTime, Utc};
use messages::Notification;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How often the database is asked to look for what is wrong.
const CHECKING: Duration = Duration::from_secs(60);

/// How often to look whether the database is there.
const LOOKING: Duration = Duration::from_secs(10);

/// When the absence of the database is reported, counted from its beginning.
const REPORTS: [Duration; 4] = [
    Duration::from_secs(300),
    Duration::from_secs(3600),
    Duration::from_secs(6 * 3600),
    Duration::from_secs(24 * 3600),
];

impl Daemon<'_> {
    /// Has the database report what fails and what is behind, and what is over.
    pub(super) async fn alerts(&self) {
        loop {
            // Other loops say what is wrong with the database.
            if let Ok(1..) = self.database.check_alerts().await {
                self.notify.notify_one();
            }
            tokio::time::sleep(CHECKING).await;
        }
    }

    /// Reports that the database is away, which the database cannot.
    pub(super) async fn absences(&self) {
        let Some(notifier) = &self.settings.notifier else { return };
        let mut absence = Absence::default();
        loop {
            let told = absence.seen(self.database.is_connected(), Instant::now(), Utc::now());
            if let Some(told) = told {
                let outcome = match told.message() {
                    Ok(message) => notifier.send(&message).await,
                    Err(error) => Outcome::never(error.to_string()),
                };
                if let Outcome::Failed { problem, .. } = outcome {
                    tracing::warn!(%problem, "cannot report that the database is away");
                }
            }
            tokio::time::sleep(LOOKING).await;
        }
    }
}

/// How long the database has been away, and how often that was reported.
#[derive(Debug, Default)]
struct Absence {
    since: Option<(Instant, DateTime<Utc>)>,
    reports: usize,
}

/// What is reported of an absence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    since: DateTime<Utc>,
    /// When it was over; none = it is not.
    until: Option<DateTime<Utc>>,
}

impl Absence {
    /// What is to be reported now.
    fn seen(&mut self, is_there: bool, now: Instant, at: DateTime<Utc>) -> Option<Told> {
        if is_there {
            let (_, since) = self.since.take()?;
            let was_reported = std::mem::take(&mut self.reports) > 0;
            return was_reported.then_some(Told { since, until: Some(at) });
        }
        let (begun, since) = *self.since.get_or_insert((now, at));
        let due = *REPORTS.get(self.reports)?;
        if now - begun < due {
            return None;
        }
        self.reports += 1;
        Some(Told { since, until: None })
    }
}

impl Told {
    fn message(self) -> serde_json::Result<Notification> {
        let host = host();
        serde_json::from_value(json!({
            "id": Uuid::new_v4(),
            "kind": if self.until.is_some() { "recovered" } else { "alert" },
            "channel": "email",
            "recipient": "operator",
            "locale": "en",
            "timezone": "UTC",
            "created_at": self.until.unwrap_or(self.since),
            "alert": {
                "key": format!("database:{host}"),
                "problem": format!(
                    "sync-agent on {host} does not reach the database: no calendar is read, and no \
                     booking is written to a provider"
                ),
                "since": self.since,
                "until": self.until,
            },
        }))
    }
}

/// The name of this machine.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    match name.trim() {
        "" => "this machine".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn an_absence_is_reported_less_and_less_often_and_ended_once() {
        let (begun, at) = (Instant::now(), DateTime::<Utc>::UNIX_EPOCH);
        let mut absence = Absence::default();
        let mut reported = Vec::new();
        for minute in 0..3000 {
            if absence.seen(false, begun + minute * MINUTE, at + minute * MINUTE).is_some() {
                reported.push(minute);
            }
        }
        assert_eq!(reported, [5, 60, 360, 1440]);
        let over = at + 3000 * MINUTE;
        let told = absence.seen(true, begun + 3000 * MINUTE, over);
        assert_eq!(told, Some(Told { since: at, until: Some(over) }));
        assert_eq!(absence.seen(true, begun + 3001 * MINUTE, over), None);
        // A short one is not reported, nor that it is over.
        assert_eq!(absence.seen(false, begun + 3002 * MINUTE, over), None);
        assert_eq!(absence.seen(true, begun + 3003 * MINUTE, over), None);
        assert_eq!(absence.seen(false, begun + 3004 * MINUTE, over), None);
        assert!(absence.seen(false, begun + 3009 * MINUTE, over).is_some());
    }

    #[test]
    fn it_is_a_message_that_can_be_rendered() {
        let (since, until) = (DateTime::<Utc>::UNIX_EPOCH, Some(DateTime::<Utc>::UNIX_EPOCH));
        let templates = messages::Templates::built_in().unwrap();
        for until in [None, until] {
            let message = Told { since, until }.message().unwrap();
            let email = templates.email(&message, &messages::Links::default()).unwrap();
            assert!(email.text.contains("does not reach the database"), "{}", email.text);
        }
    }
}
