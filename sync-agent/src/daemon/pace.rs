//! When a daemon looks for work, and how it complains.

use super::Daemon;
use crate::database::{self, Database};
use crate::health::{Health, Part};
use crate::sync::round::Pace;
use chrono::{DateTime, Utc};
use std::cell::Cell;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often to look for what is due, where no notification says so: a pooler may keep them back.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// How often to look for messages. No notification says that one is due where no provider is to be
/// written to, and an e-mail is to be handed over within a second of its booking.
pub(super) const MESSAGES_TICK: Duration = Duration::from_millis(500);

/// Bookings and notifications often come in twos and threes.
const GATHER: Duration = Duration::from_millis(100);

/// How often the same problem is logged.
const REPEAT: Duration = Duration::from_secs(300);

/// The pace of a daemon: it looks whenever it is woken, and at each tick.
pub(super) struct Endless<'a> {
    database: &'a Database,
    health: &'a Health,
    woken: &'a Notify,
    started: Option<&'a Cell<DateTime<Utc>>>,
    pub(super) stop: Option<&'a CancellationToken>,
    pub(super) tick: Duration,
    complaint: Complaint,
}

impl<'a> Endless<'a> {
    pub(super) fn new(
        daemon: &'a Daemon<'_>,
        woken: &'a Notify,
        started: Option<&'a Cell<DateTime<Utc>>>,
    ) -> Self {
        let (database, health) = (&daemon.database, &*daemon.settings.health);
        let complaint = Complaint::default();
        Self { database, health, woken, started, stop: None, tick: TICK, complaint }
    }

    async fn rest(&self) {
        tokio::select! {
            () = tokio::time::sleep(self.tick) => {}
            () = self.woken.notified() => tokio::time::sleep(GATHER).await,
        }
    }
}

impl Pace for Endless<'_> {
    async fn wait(&mut self, found: database::Result<()>, _: bool) -> database::Result<bool> {
        self.health.called(Part::Database, found.as_ref().err().map(ToString::to_string));
        match found {
            Ok(()) => self.complaint.is_over(),
            Err(error) => self.complaint.about(&error),
        }
        match self.stop {
            Some(stop) if stop.run_until_cancelled(self.rest()).await.is_none() => {
                return Ok(false);
            }
            Some(_) => {}
            None => self.rest().await,
        }
        // What is due again is pulled again.
        if let Some(started) = self.started
            && let Ok(now) = self.database.begin_round().await
        {
            started.set(now);
        }
        Ok(true)
    }
}

/// A problem that is logged when it is new, and from time to time while it lasts.
#[derive(Debug, Default)]
pub(super) struct Complaint(Option<(String, Instant)>);

impl Complaint {
    pub(super) fn about(&mut self, error: &database::Error) {
        let text = error.to_string();
        match &self.0 {
            Some((told, at)) if *told == text && at.elapsed() < REPEAT => {}
            _ => {
                tracing::warn!("{text}");
                self.0 = Some((text, Instant::now()));
            }
        }
    }

    pub(super) fn is_over(&mut self) {
        if self.0.take().is_some() {
            tracing::info!("the database takes calls again");
        }
    }
}
