//! One round: pulls every calendar that is due and writes every booking that waits.

use super::open_account::{Account, Accounts};
use super::pull::{self, pull};
use super::push::{self, push};
use crate::database::{self, CalendarLease, Database, PushLease};
use crate::store::Store;
use crate::{Error, Result};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// Hears how a round goes.
pub trait Progress: Send + Sync {
    /// So many calendars and bookings have been begun, and so many are done.
    fn at(&self, begun: u64, done: u64);
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
    /// Bookings that were written to their providers.
    pub written: u64,
    /// Bookings whose events were taken away there.
    pub removed: u64,
    /// Bookings whose events were searched for and found.
    pub found: u64,
    /// Bookings that failed, for their time had been taken there.
    pub conflicts: u64,
    /// Bookings that were cancelled, for their events had been deleted there.
    pub gone: u64,
    /// Bookings that could not be written yet; they are tried again.
    pub pushes_failed: u64,
}

/// A round.
pub struct Round<'a> {
    store: &'a Store,
    accounts: &'a dyn Accounts,
    progress: &'a dyn Progress,
    concurrency: usize,
    id: Uuid,
    open: Mutex<HashMap<Uuid, Arc<OnceCell<Arc<Account>>>>>,
}

impl<'a> Round<'a> {
    /// A round that does so many things at once.
    pub fn new(
        store: &'a Store,
        accounts: &'a dyn Accounts,
        progress: &'a dyn Progress,
        concurrency: usize,
    ) -> Self {
        let id = Uuid::new_v4();
        Self { store, accounts, progress, concurrency, id, open: Mutex::default() }
    }

    /// Pulls the calendars that were not pulled for as long as `max_age`, then writes
    /// the bookings that wait.
    pub async fn run(&self, max_age: Duration) -> database::Result<Summary> {
        let mut summary = Summary::default();
        self.pulls(max_age, &mut summary).await?;
        self.pushes(&mut summary).await?;
        Ok(summary)
    }

    /// Pulls the calendars that are due.
    pub async fn pulls(&self, max_age: Duration, summary: &mut Summary) -> database::Result<()> {
        let lease = |number| self.database().lease_calendars(self.id, max_age, number, None);
        let results = self.work(lease, |lease| self.pull(lease));
        for outcome in results.await? {
            summary.count_pull(&outcome);
        }
        Ok(())
    }

    /// Writes the bookings that wait.
    pub async fn pushes(&self, summary: &mut Summary) -> database::Result<()> {
        let lease = |number| self.database().lease_pushes(number);
        for outcome in self.work(lease, |lease| self.push(lease)).await? {
            summary.count_push(&outcome);
        }
        Ok(())
    }

    /// Takes work and does it, some at once, until there is no more.
    pub(crate) async fn work<T, O>(
        &self,
        lease: impl AsyncFn(i32) -> database::Result<Vec<T>>,
        work: impl AsyncFn(T) -> O,
    ) -> database::Result<Vec<O>> {
        let mut running = FuturesUnordered::new();
        let mut outcomes = Vec::new();
        let mut is_dry = false;
        let mut begun = 0;
        loop {
            let room = self.concurrency.saturating_sub(running.len());
            if !is_dry && room > 0 {
                // A database that goes away now ends the round once what runs is done.
                match lease(i32::try_from(room).unwrap_or(i32::MAX)).await {
                    Ok(leased) => {
                        is_dry = leased.len() < room;
                        begun += leased.len() as u64;
                        running.extend(leased.into_iter().map(|leased| work(leased)));
                    }
                    Err(error) if running.is_empty() => return Err(error),
                    Err(error) => {
                        tracing::warn!(%error, "cannot lease more work");
                        is_dry = true;
                    }
                }
            }
            self.progress.at(begun, outcomes.len() as u64);
            match running.next().await {
                Some(outcome) => outcomes.push(outcome),
                None if is_dry => return Ok(outcomes),
                None => {}
            }
        }
    }

    async fn pull(&self, lease: CalendarLease) -> pull::Outcome {
        match self.account(&lease.account).await {
            Ok(account) => pull(self.store, &account, &lease).await,
            Err(error) => {
                pull::give_up(self.store, &lease, &error).await;
                pull::Outcome::Failed(error)
            }
        }
    }

    async fn push(&self, lease: PushLease) -> push::Outcome {
        match self.account(&lease.account).await {
            Ok(account) => push(self.store, &account, self.id, &lease).await,
            Err(error) => {
                push::give_up(self.database(), &lease, &error).await;
                push::Outcome::Failed(error)
            }
        }
    }

    /// An account is opened once a round.
    pub(crate) async fn account(&self, account: &database::Account) -> Result<Arc<Account>> {
        let cell = Arc::clone(self.open.lock().await.entry(account.id).or_default());
        let opened = cell.get_or_try_init(async || {
            Ok::<_, Error>(Arc::new(Account::new(self.accounts.open(account).await?)))
        });
        opened.await.cloned()
    }

    pub(crate) fn database(&self) -> &Database {
        self.store.database()
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
