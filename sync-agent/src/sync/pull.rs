//! Pulling one calendar.

use super::open_account::{Account, report_refusal};
use crate::connector::{Pages, Versions};
use crate::database::{self, CalendarLease, outcome};
use crate::store::Store;
use crate::store::spool::Call;
use crate::{Error, Result};
use async_trait::async_trait;
use engine::time::Instant;
use providers::Page;
use providers::Pulled;
use providers::answers::Answer;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// How a pull went.
#[derive(Debug)]
pub enum Outcome {
    /// The provider had nothing new.
    Unchanged,
    /// What it brought has landed, and this is what it changed; none = it waits in
    /// the spool.
    Landed(Option<Value>),
    /// The calendar is gone at the provider: there is nothing to pull.
    Gone,
    /// It failed; the database knows, if it can be reached.
    Failed(Error),
}

impl Outcome {
    /// Its name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Landed(_) => "changed",
            Self::Gone => "gone",
            Self::Failed(_) => "failed",
        }
    }
}

/// How long a pull may take in all.
const LIMIT: Duration = Duration::from_secs(900);

/// Pulls a calendar that a round has leased, and ends the lease.
pub async fn pull(store: &Store, account: &Account, lease: &CalendarLease) -> Outcome {
    match read(store, account, lease).await {
        Ok(outcome) => outcome,
        Err(error) => {
            let is_missing = is_missing(account, lease, &error).await;
            give_up(store, lease, error, Some(is_missing)).await
        }
    }
}

/// Pulls a leased calendar because a booking is to be written to it, and ends the lease.
pub async fn pull_for_push(store: &Store, account: &Account, lease: &CalendarLease) -> Outcome {
    match read(store, account, lease).await {
        Ok(outcome) => outcome,
        Err(error) => give_up(store, lease, error, None).await,
    }
}

async fn read(store: &Store, account: &Account, lease: &CalendarLease) -> Result<Outcome> {
    account.ask(async || within(LIMIT, bring(store, account, lease)).await).await
}

/// Whether a calendar that was not found is gone.
async fn is_missing(account: &Account, lease: &CalendarLease, error: &Error) -> bool {
    let is_gone = error.answer() == Answer::Gone;
    let id = &lease.pull.calendar.external_calendar_id;
    let lacks = async { account.enter().await?.lacks(id).await };
    is_gone && lacks.await.unwrap_or(false)
}

async fn bring(store: &Store, account: &Account, lease: &CalendarLease) -> Result<Outcome> {
    let connector = account.enter().await?;
    let mut staged =
        Staged { store, lease_id: lease.lease_id, window_end: lease.pull.window.end, next: 0 };
    let pulled = connector.pull(&lease.pull, &mut staged).await?;
    drop(connector);
    let outcome = outcome(&pulled, staged.next);
    let changes = store.finish_pull(lease.lease_id, outcome).await?;
    Ok(match pulled {
        Pulled::Unchanged { .. } => Outcome::Unchanged,
        Pulled::Changes { .. } | Pulled::Everything { .. } => Outcome::Landed(changes),
    })
}

/// What may take so long in all, however often the provider answers in between.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        let minutes = limit.as_secs() / 60;
        Err(Error::Unavailable(format!("the work took longer than {minutes} minutes")))
    })
}

/// Ends the lease of what failed; `is_missing` as `calendar_sync.fail_pull` takes it.
pub async fn give_up(
    store: &Store,
    lease: &CalendarLease,
    error: Error,
    is_missing: Option<bool>,
) -> Outcome {
    let database = store.database();
    let problem = error.to_string();
    report_refusal(database, lease.account.id, lease.lease_id, &error).await;
    let failed = database.fail_pull(lease.lease_id, &problem, error.retry_after(), is_missing);
    match failed.await {
        Ok(None) => return Outcome::Gone,
        Ok(Some(_)) => {}
        // The lease lapses by itself.
        Err(error) => {
            tracing::warn!(%error, calendar = %lease.calendar_id, "cannot store the failure of a pull");
        }
    }
    tracing::warn!(calendar = %lease.calendar_id, provider = lease.account.provider, %problem, "pull failed");
    Outcome::Failed(error)
}

/// Passes pages on as they arrive.
struct Staged<'a> {
    store: &'a Store,
    lease_id: Uuid,
    window_end: Instant,
    next: i32,
}

#[async_trait]
impl Pages for Staged<'_> {
    async fn page(&mut self, page: Page) -> Result<()> {
        if page.is_empty() && self.next > 0 {
            return Ok(());
        }
        let number = self.next;
        self.next += 1;
        let page = page.to_json();
        self.store.make(Call::StagePage { lease_id: self.lease_id, number, page }).await
    }

    async fn restart(&mut self) -> Result<()> {
        // Page 0 makes a new start.
        self.next = 0;
        let page = Page::default().to_json();
        self.store.make(Call::StagePage { lease_id: self.lease_id, number: 0, page }).await?;
        self.next = 1;
        Ok(())
    }

    async fn known(&mut self) -> Result<Versions> {
        match self.store.database().list_members(self.lease_id, self.window_end).await {
            // Then everything is read.
            Err(database::Error::Away(_)) => Ok(Versions::new()),
            known => Ok(known?.into_iter().collect()),
        }
    }
}
