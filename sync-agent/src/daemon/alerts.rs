//! What operators hear of: what the database finds to be wrong, and that it is away itself.

use super::Daemon;
use crate::notify::{Outcome, Then};
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

/// The most to wait before a report that the mail server has not taken in is sent again.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

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
        let mut reporter = Reporter::default();
        loop {
            let is_there = self.database.is_connected();
            let send = async |message: &Notification| notifier.send(message).await;
            reporter.look(is_there, Instant::now(), Utc::now(), send).await;
            tokio::time::sleep(LOOKING).await;
        }
    }
}

/// Reports absences until the mail server takes the reports in.
#[derive(Debug, Default)]
struct Reporter {
    absence: Absence,
    /// The last report, as long as it has not been taken in.
    untold: Option<Untold>,
}

#[derive(Debug)]
struct Untold {
    message: Notification,
    /// When it is sent again, and how long to wait after that.
    next: Instant,
    wait: Duration,
}

impl Reporter {
    /// Sends what is to be reported now. What is newer takes the place of what was not taken in.
    async fn look(
        &mut self,
        is_there: bool,
        now: Instant,
        at: DateTime<Utc>,
        send: impl AsyncFnOnce(&Notification) -> Outcome,
    ) {
        match self.absence.seen(is_there, now, at).map(Told::message) {
            Some(Ok(message)) => {
                self.untold = Some(Untold { message, next: now, wait: LOOKING });
            }
            Some(Err(error)) => tracing::warn!(%error, "cannot report that the database is away"),
            None => {}
        }
        let Some(untold) = self.untold.as_mut().filter(|untold| untold.next <= now) else { return };
        let outcome = send(&untold.message).await;
        if let Outcome::Failed { problem, .. } = &outcome {
            tracing::warn!(%problem, "cannot report that the database is away");
        }
        if matches!(outcome, Outcome::Failed { then: Then::Retry(_), .. }) {
            untold.next = now + untold.wait;
            untold.wait = (untold.wait * 2).min(LONGEST_WAIT);
        } else {
            self.untold = None;
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
    use messages::Kind;

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

    #[tokio::test]
    async fn a_report_is_sent_until_it_is_taken_in() {
        let (begun, at) = (Instant::now(), DateTime::<Utc>::UNIX_EPOCH);
        let mut reporter = Reporter::default();
        let mut tried = Vec::new();
        // Without a mail server for the first 10 minutes, and from 59 to 62.
        for second in (0..4200).step_by(10) {
            let after = Duration::from_secs(second);
            reporter
                .look(false, begun + after, at + after, async |message| {
                    tried.push((second, message.id));
                    match second {
                        ..600 | 3540..3720 => Outcome::retry("down"),
                        _ => Outcome::Sent(None),
                    }
                })
                .await;
        }
        let seconds: Vec<_> = tried.iter().map(|(second, _)| *second).collect();
        assert_eq!(seconds, [300, 310, 330, 370, 450, 610, 3600, 3610, 3630, 3670, 3750]);
        // Each attempt has the same Message-ID.
        let mut ids: Vec<_> = tried.into_iter().map(|(_, id)| id).collect();
        ids.dedup();
        assert_eq!(ids.len(), 2);
    }

    #[tokio::test]
    async fn the_newest_report_takes_the_place_of_one_that_was_not_taken_in() {
        let (begun, at) = (Instant::now(), DateTime::<Utc>::UNIX_EPOCH);
        let mut reporter = Reporter::default();
        let mut tried = Vec::new();
        let looks = [(false, 0), (false, 300), (true, 305), (true, 310), (true, 320), (true, 400)];
        for (is_there, second) in looks {
            let after = Duration::from_secs(second);
            reporter
                .look(is_there, begun + after, at + after, async |message| {
                    tried.push((second, message.kind));
                    match second {
                        300 | 305 => Outcome::retry("down"),
                        // Forever: nobody is told.
                        _ => Outcome::never("refused"),
                    }
                })
                .await;
        }
        assert_eq!(tried, [(300, Kind::Alert), (305, Kind::Recovered), (320, Kind::Recovered)]);
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
