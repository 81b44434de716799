//! Writing one booking to its provider.

use super::open_account::{Account, close};
use super::pull::{self, Outcome as Pulled};
use crate::database::{Database, PushLease};
use crate::store::Store;
use crate::store::spool::Call;
use crate::{Error, Result};
use providers::Written;
use std::time::Duration;
use uuid::Uuid;

/// How many times to ask for the lease of a calendar that another agent is pulling.
const ATTEMPTS: u32 = 40;

/// How long to wait in between.
const PAUSE: Duration = Duration::from_millis(250);

/// How a push went.
#[derive(Debug)]
pub enum Outcome {
    /// The event says what the booking says.
    Written,
    /// There is no event of it any more.
    Removed,
    /// The time was taken at the provider meanwhile: the booking has failed.
    Conflict,
    /// The event was deleted at the provider: the booking is cancelled.
    Gone,
    /// It failed; the database knows, if it can be reached.
    Failed(Error),
}

/// Writes a leased booking, and ends the lease.
pub async fn push(store: &Store, account: &Account, round: Uuid, lease: &PushLease) -> Outcome {
    match write(store, account, round, lease).await {
        Ok(outcome) => outcome,
        Err(error) => {
            account.notice(&error);
            give_up(store.database(), lease, &error).await;
            Outcome::Failed(error)
        }
    }
}

async fn write(
    store: &Store,
    account: &Account,
    round: Uuid,
    lease: &PushLease,
) -> Result<Outcome> {
    let end = |written: Option<&Written>, is_gone| {
        store.make(Call::finish_push(lease.lease_id, written, is_gone))
    };
    if !lease.is_wanted {
        let connector = account.enter().await?;
        connector.remove(&lease.place, &lease.event, lease.known.as_ref()).await?;
        end(None, false).await?;
        return Ok(Outcome::Removed);
    }
    if lease.known.is_none() {
        look_again(store, account, round, lease).await?;
        let may_be_written = store.database().check_push(lease.lease_id).await?;
        if !may_be_written {
            return Ok(Outcome::Conflict);
        }
    }
    let connector = account.enter().await?;
    match connector.write(&lease.place, &lease.event, lease.known.as_ref()).await {
        Ok(written) => {
            end(Some(&written), false).await?;
            Ok(Outcome::Written)
        }
        Err(Error::NotFound(_)) if lease.known.is_some() => {
            end(None, true).await?;
            Ok(Outcome::Gone)
        }
        Err(error) => Err(error),
    }
}

/// Pulls the calendar once more: the provider may know of something that has come
/// in between.
async fn look_again(
    store: &Store,
    account: &Account,
    round: Uuid,
    lease: &PushLease,
) -> Result<()> {
    let only = Some(lease.calendar_id);
    let mut attempts = 0;
    let calendar = loop {
        let leased = store.database().lease_calendars(round, Duration::ZERO, 1, only).await?;
        if let Some(calendar) = leased.into_iter().next() {
            break calendar;
        }
        attempts += 1;
        if attempts == ATTEMPTS {
            return Err(Error::Interrupted("another agent is still pulling the calendar".into()));
        }
        tokio::time::sleep(PAUSE).await;
    };
    match pull::pull(store, account, &calendar).await {
        Pulled::Unchanged | Pulled::Landed(_) => Ok(()),
        Pulled::Failed(error) => Err(error),
    }
}

/// Ends the lease of what failed.
pub async fn give_up(database: &Database, lease: &PushLease, error: &Error) {
    let problem = error.to_string();
    let is_final = matches!(error, Error::Refused { .. } | Error::Forbidden(_));
    close(database, lease.account.id, error).await;
    let failed = database.fail_push(lease.lease_id, &problem, is_final, error.retry_after());
    if let Err(error) = failed.await {
        // The lease lapses by itself.
        tracing::warn!(%error, event = %lease.event.id, "cannot store the failure of a push");
    }
    tracing::warn!(event = %lease.event.id, provider = lease.account.provider, %problem, is_final, "push failed");
}
