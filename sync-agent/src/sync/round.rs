//! One round: pulls every calendar that is due and writes what waits.

use super::crew::{Crew, Leased, Progressed};
use super::open_account::{Account, Accounts, OpenAccounts};
use super::pull::{self, pull};
use super::push::{self, push};
use crate::Result;
use crate::database::{self, CalendarLease, Database, PushLease, Share};
use crate::store::Store;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

pub(crate) use super::crew::Pace;

/// Hears how a round goes.
pub trait Progress: Send + Sync {
    /// So much has been begun, and so much is done.
    fn at(&self, begun: u64, done: u64);

    /// It goes on; called at least every 40 seconds.
    fn turned(&self) {}

    /// The pull of a calendar at a provider has ended.
    fn pulled(&self, _provider: &str, _outcome: &pull::Outcome, _took: Duration) {}

    /// A write to a provider has ended.
    fn pushed(&self, _provider: &str, _outcome: &push::Outcome) {}
}

/// Hears nothing.
impl Progress for () {
    fn at(&self, _begun: u64, _done: u64) {}
}

/// What came of a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Calendars that brought changes.
    pub pulled: u64,
    /// Calendars that had nothing new.
    pub unchanged: u64,
    /// Calendars that failed.
    pub pulls_failed: u64,
    /// Events that were created here.
    pub created: u64,
    /// Events that were updated here.
    pub updated: u64,
    /// Events that were deleted here.
    pub deleted: u64,
    /// Events that could not be understood.
    pub rejected: u64,
    /// Bookings and deadlines that were written to their providers.
    pub written: u64,
    /// Bookings and deadlines whose events were taken away there.
    pub removed: u64,
    /// Bookings and deadlines whose events were searched for and found.
    pub found: u64,
    /// Bookings that failed, for their time had been taken there.
    pub conflicts: u64,
    /// Bookings that were cancelled, for their events had been deleted there, and deadlines
    /// without an event for the same reason.
    pub gone: u64,
    /// Bookings and deadlines that could not be written yet; they are tried again.
    pub pushes_failed: u64,
}

/// How long a round waits for what other agents have leased: as long as the lease of one lasts
/// that has died.
const WAIT: Duration = Duration::from_secs(65);

/// How often it looks again while it waits, and while work of its own goes on.
const LOOK: Duration = Duration::from_millis(250);
const TURN: Duration = Duration::from_secs(1);

/// A round.
pub struct Round<'a> {
    store: &'a Store,
    accounts: &'a dyn Accounts,
    progress: &'a dyn Progress,
    concurrency: usize,
    open: OpenAccounts,
}

impl<'a> Round<'a> {
    /// A round that does so many things at once.
    pub fn new(
        store: &'a Store,
        accounts: &'a dyn Accounts,
        progress: &'a dyn Progress,
        concurrency: usize,
    ) -> Self {
        Self { store, accounts, progress, concurrency, open: OpenAccounts::default() }
    }

    /// Pulls the calendars that were not pulled for as long as `max_age`, then writes
    /// what waits.
    pub async fn run(&self, max_age: Duration) -> database::Result<Summary> {
        self.run_since(self.database().begin_round().await?, max_age).await
    }

    /// [`Self::run`] of a round that began earlier, by [`Database::begin_round`]'s clock. Ends when
    /// other agents are done, too, unless that takes longer than the lease of one that has died.
    pub async fn run_since(
        &self,
        started: DateTime<Utc>,
        max_age: Duration,
    ) -> database::Result<Summary> {
        let summary = RefCell::default();
        let mut pace = Once::new(self, started);
        self.pulls(&Cell::new(started), max_age, &mut pace, &summary).await?;
        self.pushes(&mut Once::new(self, started), &summary).await?;
        Ok(summary.into_inner())
    }

    /// Pulls the calendars that are due.
    pub(crate) async fn pulls(
        &self,
        started: &Cell<DateTime<Utc>>,
        max_age: Duration,
        pace: &mut impl Pace,
        summary: &RefCell<Summary>,
    ) -> database::Result<()> {
        let lease = async |share: &Share| {
            self.database().lease_calendars(started.get(), max_age, share).await
        };
        let count = |outcome| summary.borrow_mut().count_pull(&outcome);
        self.work(pace, lease, |lease| self.pull(lease), count).await
    }

    /// Writes what waits.
    pub(crate) async fn pushes(
        &self,
        pace: &mut impl Pace,
        summary: &RefCell<Summary>,
    ) -> database::Result<()> {
        let lease = async |share: &Share| self.database().lease_pushes(share).await;
        let count = |outcome| summary.borrow_mut().count_push(&outcome);
        self.work(pace, lease, |lease| self.push(lease), count).await
    }

    /// Takes work and does it, some at once, until there is no more.
    pub(crate) async fn work<T: Leased, O>(
        &self,
        pace: &mut impl Pace,
        lease: impl AsyncFn(&Share) -> database::Result<Vec<T>>,
        work: impl AsyncFn(T) -> O,
        mut done: impl FnMut(O),
    ) -> database::Result<()> {
        let done = |outcome, progress: Progressed| {
            done(outcome);
            self.progress.at(progress.begun, progress.done);
        };
        let turned = || self.progress.turned();
        Crew::new(self.concurrency).work(pace, lease, work, done, turned).await
    }

    async fn pull(&self, lease: CalendarLease) -> pull::Outcome {
        let begun = Instant::now();
        let outcome = match self.account(&lease.account).await {
            Ok(account) => pull(self.store, &account, &lease).await,
            Err(error) => pull::give_up(self.store, &lease, error, Some(false)).await,
        };
        self.progress.pulled(&lease.account.provider, &outcome, begun.elapsed());
        outcome
    }

    async fn push(&self, lease: PushLease) -> push::Outcome {
        let outcome = match self.account(&lease.account).await {
            Ok(account) => push(self.store, &account, &lease).await,
            Err(error) => {
                push::give_up(self.database(), &lease, &error).await;
                push::Outcome::Failed(error)
            }
        };
        self.progress.pushed(&lease.account.provider, &outcome);
        outcome
    }

    pub(crate) async fn account(&self, account: &database::Account) -> Result<Arc<Account>> {
        self.open.get(self.accounts, account).await
    }

    pub(crate) async fn revoke(&self, account: &database::Account) -> Result<()> {
        self.accounts.revoke(account).await
    }

    pub(crate) fn database(&self) -> &Database {
        self.store.database()
    }
}

/// The pace of a round that ends.
struct Once<'a> {
    store: &'a Store,
    started: DateTime<Utc>,
    begun: Instant,
}

impl<'a> Once<'a> {
    fn new(round: &'a Round<'_>, started: DateTime<Utc>) -> Self {
        Self { store: round.store, started, begun: Instant::now() }
    }
}

impl Pace for Once<'_> {
    async fn wait(&mut self, found: database::Result<()>, is_idle: bool) -> database::Result<bool> {
        if let Err(error) = found {
            if is_idle {
                return Err(error);
            }
            tracing::warn!(%error, "cannot lease more work");
        }
        if !is_idle {
            tokio::time::sleep(TURN).await;
            return Ok(true);
        }
        // What waits in the spool keeps its leases: to wait for these would be in vain.
        if !self.store.spool().is_empty() && self.store.replay().await.is_err() {
            return Ok(false);
        }
        let database = self.store.database();
        if self.begun.elapsed() > WAIT || database.count_awaited(self.started).await? == 0 {
            return Ok(false);
        }
        tokio::time::sleep(LOOK).await;
        Ok(true)
    }
}

/// The pace of work that ends when there is no more.
pub(crate) struct UntilDry;

impl Pace for UntilDry {
    async fn wait(&mut self, found: database::Result<()>, is_idle: bool) -> database::Result<bool> {
        match found {
            Ok(()) if !is_idle => std::future::pending().await,
            found => found.map(|()| false),
        }
    }
}

impl Summary {
    /// Whether something failed.
    pub fn has_failures(&self) -> bool {
        self.pulls_failed + self.pushes_failed > 0
    }

    fn count_pull(&mut self, outcome: &pull::Outcome) {
        match outcome {
            pull::Outcome::Unchanged => self.unchanged += 1,
            pull::Outcome::Gone => {}
            pull::Outcome::Failed(_) => self.pulls_failed += 1,
            pull::Outcome::Landed(changes) => {
                self.pulled += 1;
                let count = |key| {
                    changes.as_ref().and_then(|changes| changes.get(key)).and_then(Value::as_u64)
                };
                self.created += count("created").unwrap_or(0);
                self.updated += count("updated").unwrap_or(0);
                self.deleted += count("deleted").unwrap_or(0);
                let rejected = changes.as_ref().and_then(|changes| changes.get("rejected"));
                self.rejected +=
                    rejected.and_then(Value::as_array).map_or(0, |rejected| rejected.len() as u64);
            }
        }
    }

    fn count_push(&mut self, outcome: &push::Outcome) {
        match outcome {
            push::Outcome::Written => self.written += 1,
            push::Outcome::Removed => self.removed += 1,
            push::Outcome::Found => self.found += 1,
            push::Outcome::Conflict => self.conflicts += 1,
            push::Outcome::Gone => self.gone += 1,
            push::Outcome::Failed(_) => self.pushes_failed += 1,
        }
    }
}
