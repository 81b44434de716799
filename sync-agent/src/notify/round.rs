//! Notifications that are due: lease, send, finish, until nothing is due.

use super::{Notifier, Outcome, Then};
use crate::database::{self, Database, NotificationLease};
use crate::sync::round::Pace;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use messages::{Channel, Notification};
use serde::Serialize;
use std::cell::RefCell;
use std::ops::AddAssign;
use std::time::Duration;

/// How often it says that it goes on, while everything takes long.
const TURN: Duration = Duration::from_secs(10);

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
    let places = places.max(1);
    let mut running = FuturesUnordered::new();
    let mut is_over = false;
    loop {
        turned();
        let room = places - running.len().min(places);
        let mut found = None;
        // A call for a few at a time costs as much as one for many.
        if !is_over && room > places / 2 {
            match database.lease_notifications(room, &channels).await {
                Ok(leased) => {
                    found = (leased.len() < room).then_some(Ok(()));
                    running.extend(leased.into_iter().map(|lease| one(database, notifier, lease)));
                }
                Err(error) => found = Some(Err(error)),
            }
        }
        let is_idle = running.is_empty();
        if is_over && is_idle {
            return Ok(());
        }
        tokio::select! {
            Some(done) = running.next() => *counts.borrow_mut() += done,
            more = async {
                match found {
                    Some(found) => pace.wait(found, is_idle).await,
                    None => std::future::pending().await,
                }
            } => is_over = !more?,
            () = tokio::time::sleep(TURN) => {}
        }
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
