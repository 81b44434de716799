//! Writing one booking to its provider.

use super::open_account::{Account, close};
use super::pull::{self, Outcome as Pulled, within};
use crate::database::{Database, LookEnd, Operation, PushEnd, PushLease};
use crate::store::Store;
use crate::store::spool::Call;
use crate::{Error, Result};
use providers::{Known, Look, Place};
use std::time::Duration;
use uuid::Uuid;

/// How many times to ask for the lease of a calendar that another agent is pulling.
const ATTEMPTS: u32 = 40;

/// How long to wait in between.
const PAUSE: Duration = Duration::from_millis(250);

/// How long a push may take in all, with the pull before it.
const LIMIT: Duration = Duration::from_secs(900);

/// How a push went.
#[derive(Debug)]
pub enum Outcome {
    /// The event says what the booking says.
    Written,
    /// There is no event of it any more.
    Removed,
    /// The event was searched for, and the booking follows it.
    Found,
    /// The time was taken at the provider meanwhile: the booking has failed.
    Conflict,
    /// The event was deleted at the provider: the booking is cancelled.
    Gone,
    /// It failed; the database knows, if it can be reached.
    Failed(Error),
}

/// Carries out a leased push, and ends the lease.
pub async fn push(store: &Store, account: &Account, lease: &PushLease) -> Outcome {
    let push = Push { store, account, lease };
    let done = async {
        match lease.operation {
            Operation::Write => push.write().await,
            Operation::Remove => push.remove().await,
            Operation::Look => push.look().await,
        }
    };
    match within(LIMIT, done).await {
        Ok(outcome) => outcome,
        Err(error) => {
            account.notice(&error);
            give_up(store.database(), lease, &error).await;
            Outcome::Failed(error)
        }
    }
}

struct Push<'a> {
    store: &'a Store,
    account: &'a Account,
    lease: &'a PushLease,
}

/// An event that a search found.
struct Found {
    calendar_id: Uuid,
    place: Place,
    known: Known,
    end: LookEnd,
}

impl Push<'_> {
    async fn write(&self) -> Result<Outcome> {
        let PushLease { place, event, known, calendar_id, .. } = self.lease;
        if known.is_none() {
            self.pull_again().await?;
            let may_be_written = self.store.database().check_push(self.lease.lease_id).await?;
            if !may_be_written {
                return Ok(Outcome::Conflict);
            }
        }
        let connector = self.account.enter().await?;
        let written = connector.write(place, event, known.as_ref()).await;
        drop(connector);
        let (written, calendar_id) = match written {
            Ok(written) => (written, *calendar_id),
            Err(Error::NotFound(_)) if known.is_some() => match self.search().await? {
                // It was filed in another calendar, or under another name.
                Some(found) => {
                    let connector = self.account.enter().await?;
                    let written = connector.write(&found.place, event, Some(&found.known)).await?;
                    (written, found.calendar_id)
                }
                None => return self.is_nowhere().await,
            },
            Err(error) => return Err(error),
        };
        self.finish(PushEnd::written(self.lease, written, calendar_id)).await?;
        Ok(Outcome::Written)
    }

    async fn remove(&self) -> Result<Outcome> {
        let PushLease { place, event, known, .. } = self.lease;
        let connector = self.account.enter().await?;
        let removed = connector.remove(place, event, known.as_ref()).await;
        drop(connector);
        match removed {
            Ok(()) => {}
            Err(Error::NotFound(_)) => {
                if let Some(found) = self.search().await? {
                    let connector = self.account.enter().await?;
                    connector.remove(&found.place, event, Some(&found.known)).await?;
                }
            }
            Err(error) => return Err(error),
        }
        self.finish(PushEnd::default()).await?;
        Ok(Outcome::Removed)
    }

    async fn look(&self) -> Result<Outcome> {
        let Some(found) = self.search().await? else { return self.is_nowhere().await };
        let lease_id = self.lease.lease_id;
        self.store.make(Call::FinishLook { lease_id, found: Some(found.end) }).await?;
        Ok(Outcome::Found)
    }

    /// Asks the provider where the event is.
    async fn search(&self) -> Result<Option<Found>> {
        let PushLease { place, event, known, elsewhere, .. } = self.lease;
        let others: Vec<Place> = elsewhere.iter().map(|(_, place)| place.clone()).collect();
        let connector = self.account.enter().await?;
        let look = connector.look(place, &others, event, known.as_ref()).await?;
        let Look::Found { external_calendar_id, version, page } = look else { return Ok(None) };
        let Some((calendar_id, place)) = self.lease.calendar(&external_calendar_id) else {
            return Err(Error::Malformed("an event in a calendar that was not searched".into()));
        };
        let found = serde_json::from_str(&page.to_json())
            .map_err(|e| Error::Malformed(format!("an event that is not JSON ({e})")))?;
        Ok(Some(Found {
            calendar_id,
            place: place.clone(),
            end: LookEnd { calendar_id, found, etag: version.etag.clone() },
            known: Known {
                version,
                written: known.as_ref().and_then(|known| known.written.clone()),
            },
        }))
    }

    async fn is_nowhere(&self) -> Result<Outcome> {
        let lease_id = self.lease.lease_id;
        self.store.make(Call::FinishLook { lease_id, found: None }).await?;
        Ok(Outcome::Gone)
    }

    async fn finish(&self, end: PushEnd) -> Result<()> {
        self.store.make(Call::FinishPush { lease_id: self.lease.lease_id, end }).await
    }

    /// Pulls the calendar once more: the provider may know of something that has come
    /// in between. If the provider refuses to be read, that decides nothing.
    async fn pull_again(&self) -> Result<()> {
        let database = self.store.database();
        let mut attempts = 0;
        let calendar = loop {
            if let Some(calendar) = database.lease_calendar(self.lease.calendar_id).await? {
                break calendar;
            }
            attempts += 1;
            if attempts == ATTEMPTS {
                let reason = "another agent is still pulling the calendar";
                return Err(Error::Interrupted(reason.into()));
            }
            tokio::time::sleep(PAUSE).await;
        };
        match pull::pull(self.store, self.account, &calendar).await {
            Pulled::Unchanged | Pulled::Landed(_) | Pulled::Failed(Error::Refused { .. }) => Ok(()),
            Pulled::Failed(error) => Err(error),
        }
    }
}

/// Ends the lease of what failed.
pub async fn give_up(database: &Database, lease: &PushLease, error: &Error) {
    let problem = error.to_string();
    close(database, lease.account.id, error).await;
    let failed = database.fail_push(lease.lease_id, &problem, error.retry_after());
    if let Err(error) = failed.await {
        // The lease lapses by itself.
        tracing::warn!(%error, event = %lease.event.id, "cannot store the failure of a push");
    }
    tracing::warn!(event = %lease.event.id, provider = lease.account.provider, %problem, "push failed");
}
