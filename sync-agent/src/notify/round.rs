//! Notifications that are due: lease, send, finish, until nothing is due.

use super::{Notifier, Outcome, Then};
use crate::database::{self, Database, NotificationLease, Share};
use crate::sync::crew::{Crew, Leased};
use crate::sync::round::Pace;
use messages::{Channel, Notification};
use serde::Serialize;
use std::cell::RefCell;
use std::ops::AddAssign;
use uuid::Uuid;

/// What was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Handed over.
    pub sent: u64,
    /// To be tried again.
    pub delayed: u64,
    /// Never to be sent.
    pub failed: u64,
    /// Without anyone to send them to.
    pub skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.delayed += other.delayed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Sends what is due, so many at once, until `pace` says that there is no more and all is done.
/// Calls `turned` from time to time.
pub(crate) async fn notify(
    database: &Database,
    notifier: &Notifier,
    places: usize,
    pace: &mut impl Pace,
    counts: &RefCell<Counts>,
    turned: impl Fn(),
) -> database::Result<()> {
    let channels = notifier.channels();
    let lease = async |share: &Share| database.lease_notifications(share.number, &channels).await;
    let send = async |lease| one(database, notifier, lease).await;
    let done = |sent, _| *counts.borrow_mut() += sent;
    // A mail server bounds how many connections it takes.
    Crew::at_most(places).work(pace, lease, send, done, turned).await
}

impl Leased for NotificationLease {
    fn account_id(&self) -> Option<Uuid> {
        None
    }
}

/// Sends one, and ends its lease.
async fn one(database: &Database, notifier: &Notifier, lease: NotificationLease) -> Counts {
    let kind = lease.message["kind"].as_str().unwrap_or_default().to_owned();
    let outcome = match serde_json::from_value::<Notification>(lease.message) {
        Ok(notification) => {
            if notification.channel == Channel::Sms {
                // From here on, only we know whether it was sent: no caller returns its lease.
                database.keep_lease_to_its_end(lease.lease_id);
            }
            notifier.send(&notification).await
        }
        Err(error) => Outcome::never(format!("the notification cannot be read: {error}")),
    };
    let id = lease.notification_id;
    let mut counts = Counts::default();
    // What came of it: the word in metrics, and whether the database has it.
    let (word, ended) = match &outcome {
        Outcome::Sent(provider_id) => {
            counts.sent = 1;
            let ended = database.finish_notification(lease.lease_id, provider_id.as_deref());
            ("sent", ended.await)
        }
        Outcome::NoAddress => {
            counts.skipped = 1;
            ("skipped", database.skip_notification(lease.lease_id, "no_address").await)
        }
        Outcome::Failed { problem, then } => {
            let (next, retry_after) = match then {
                Then::Retry(after) => ("retry", *after),
                Then::Final => ("final", None),
                Then::Unknown => ("unknown", None),
                Then::Suppress => ("suppress", None),
                Then::Disable => ("disable", None),
            };
            let word = if matches!(then, Then::Retry(_)) {
                counts.delayed = 1;
                "delayed"
            } else {
                counts.failed = 1;
                "failed"
            };
            tracing::warn!(notification = %id, channel = lease.channel, %problem, "not sent");
            (word, database.fail_notification(lease.lease_id, problem, next, retry_after).await)
        }
    };
    notifier.health.metrics().messaged(&kind, &lease.channel, word);
    if let Err(error) = ended {
        // The lease lapses; an e-mail is then sent again under the same Message-ID.
        tracing::warn!(%error, notification = %id, "cannot store what became of a notification");
    }
    counts
}
