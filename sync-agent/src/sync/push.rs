//! Writing one booking or obligation to its provider.

use super::open_account::{Account, report_refusal};
use super::pull::{self, Outcome as Pulled, within};
use crate::connector::writing::Search;
use crate::database::{Database, LookEnd, Operation, PushEnd, PushLease};
use crate::store::Store;
use crate::store::spool::Call;
use crate::{Error, Result};
use providers::answers::{Asked, Reaction, reaction};
use providers::{Known, Look, Place};
use std::time::Duration;

/// How many times to ask for the lease of a calendar that another agent is pulling.
const ATTEMPTS: u32 = 40;

/// How long to wait in between.
const PAUSE: Duration = Duration::from_millis(250);

/// How long a push may take in all, with the pull before it.
const LIMIT: Duration = Duration::from_secs(900);

/// How a push went.
#[derive(Debug)]
pub enum Outcome {
    /// The event says what the booking or the obligation says.
    Written,
    /// There is no event of it any more.
    Removed,
    /// The event was searched for and found.
    Found,
    /// The time was taken at the provider meanwhile: the booking has failed.
    Conflict,
    /// The event was deleted at the provider: a booking is cancelled, an obligation has none.
    Gone,
    /// It failed; the database knows, if it can be reached.
    Failed(Error),
}

impl Outcome {
    /// Its name in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Removed => "removed",
            Self::Found => "found",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::Failed(_) => "failed",
        }
    }
}

/// Carries out a leased push, and ends the lease.
pub async fn push(store: &Store, account: &Account, lease: &PushLease) -> Outcome {
    let push = Push { store, account, lease };
    let carry_out = async || match lease.operation {
        Operation::Write => push.write().await,
        Operation::Remove => push.remove().await,
        Operation::Look => push.look().await,
    };
    match account.ask(async || within(LIMIT, carry_out()).await).await {
        Ok(outcome) => outcome,
        Err(error) => {
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
    place: Place,
    known: Known,
    end: LookEnd,
}

impl Push<'_> {
    async fn write(&self) -> Result<Outcome> {
        let PushLease { event, known, .. } = self.lease;
        // An obligation takes no time that could have been taken meanwhile.
        if known.is_none() && event.obligation().is_none() {
            return self.write_first().await;
        }
        match self.write_event().await {
            Err(error) if event.obligation().is_some() => Err(error),
            Err(error) if reaction(Asked::Change, error.answer()) == Reaction::Look => {
                match self.search().await? {
                    Search::Found(found) if self.is_known(&found) => Err(error),
                    // It is in another calendar, under another name, or nowhere.
                    search => self.finish_look(search).await,
                }
            }
            written => written,
        }
    }

    /// Writes a booking of which no event is known.
    async fn write_first(&self) -> Result<Outcome> {
        let PushLease { elsewhere, lease_id, .. } = self.lease;
        // The answer to an earlier write may have been lost, or a backup was restored.
        match self.search().await {
            Ok(Search::Nowhere) => {}
            // It was written, and its user may have deleted it.
            Ok(search) => return self.finish_look(search).await,
            // What an earlier write may have made may have been filed in another calendar.
            Err(error) if !elsewhere.is_empty() => return Err(error),
            Err(error) => refused_to_be_read(error)?,
        }
        self.pull_again().await?;
        if !self.store.database().check_push(*lease_id).await? {
            return Ok(Outcome::Conflict);
        }
        self.write_event().await
    }

    /// Writes into the event that is known, or into a new one.
    async fn write_event(&self) -> Result<Outcome> {
        let PushLease { place, event, known, .. } = self.lease;
        let connector = self.account.enter().await?;
        let written = connector.write(place, event, known.as_ref()).await?;
        drop(connector);
        self.finish(PushEnd::written(self.lease, written)).await?;
        Ok(Outcome::Written)
    }

    /// Stores what a search found. A write is leased again, as what is to be written may depend on
    /// it, unless there is no event any more.
    async fn finish_look(&self, search: Search<Box<Found>>) -> Result<Outcome> {
        let (found, outcome) = match search {
            Search::Found(found) => (Some(found.end), Outcome::Found),
            Search::Nowhere | Search::Excluded => (None, Outcome::Gone),
        };
        self.store.make(Call::FinishLook { lease_id: self.lease.lease_id, found }).await?;
        Ok(outcome)
    }

    /// Whether a search found nothing that was not known.
    fn is_known(&self, found: &Found) -> bool {
        let known = self.lease.known.as_ref().map(|known| &known.version);
        found.end.calendar_id == self.lease.calendar_id && known == Some(&found.known.version)
    }

    async fn remove(&self) -> Result<Outcome> {
        let PushLease { place, event, known, .. } = self.lease;
        // That it is not there proves nothing yet: for a moment, nothing may be there.
        let is_removed = match known {
            Some(known) => self.is_removed(place, known).await?,
            None => false,
        };
        if !is_removed && let Search::Found(found) = self.search().await? {
            let connector = self.account.enter().await?;
            connector.remove(&found.place, event, &found.known).await?;
        }
        self.finish(PushEnd::default()).await?;
        Ok(Outcome::Removed)
    }

    /// Removes the event that is known. False where it must be searched for.
    async fn is_removed(&self, place: &Place, known: &Known) -> Result<bool> {
        let connector = self.account.enter().await?;
        match connector.remove(place, &self.lease.event, known).await {
            Ok(()) => Ok(true),
            Err(error) if reaction(Asked::Remove, error.answer()) == Reaction::Look => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn look(&self) -> Result<Outcome> {
        self.finish_look(self.search().await?).await
    }

    /// Asks the provider where the event is: in its calendar, and in the others of the account.
    async fn search(&self) -> Result<Search<Box<Found>>> {
        let PushLease { place, event, known, elsewhere, .. } = self.lease;
        let others: Vec<Place> = elsewhere.iter().map(|(_, place)| place.clone()).collect();
        let connector = self.account.enter().await?;
        let look = connector.look(place, &others, event, known.as_ref()).await?;
        let (external_calendar_id, version, page) = match look {
            Look::Found { external_calendar_id, version, page } => {
                (external_calendar_id, version, page)
            }
            Look::Nowhere => return Ok(Search::Nowhere),
            Look::Excluded => return Ok(Search::Excluded),
        };
        let Some((calendar_id, place)) = self.lease.calendar(&external_calendar_id) else {
            return Err(Error::Malformed("an event in a calendar that was not searched".into()));
        };
        let found = serde_json::from_str(&page.to_json())
            .map_err(|e| Error::Malformed(format!("an event that is not JSON ({e})")))?;
        Ok(Search::Found(Box::new(Found {
            place: place.clone(),
            end: LookEnd { calendar_id, found, etag: version.etag.clone() },
            known: Known {
                version,
                written: known.as_ref().and_then(|known| known.written.clone()),
            },
        })))
    }

    async fn finish(&self, end: PushEnd) -> Result<()> {
        self.store.make(Call::FinishPush { lease_id: self.lease.lease_id, end }).await
    }

    /// Pulls the calendar once more: the provider may know of something that has come
    /// in between.
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
        match pull::pull_for_push(self.store, self.account, &calendar).await {
            Pulled::Unchanged | Pulled::Landed(_) => Ok(()),
            Pulled::Gone => Err(Error::NotFound("its calendar is gone".into())),
            Pulled::Failed(error) => refused_to_be_read(error),
        }
    }
}

/// Nothing, if the write is to be tried although its calendar could not be read.
fn refused_to_be_read(error: Error) -> Result<()> {
    match reaction(Asked::Check, error.answer()) {
        Reaction::Done => Ok(()),
        Reaction::Wait | Reaction::Look | Reaction::Reduce => Err(error),
    }
}

/// Ends the lease of what failed.
pub async fn give_up(database: &Database, lease: &PushLease, error: &Error) {
    let problem = error.to_string();
    report_refusal(database, lease.account.id, lease.lease_id, error).await;
    let failed = database.fail_push(lease.lease_id, &problem, error.retry_after());
    if let Err(error) = failed.await {
        // The lease lapses by itself.
        tracing::warn!(%error, event = %lease.event.id, "cannot store the failure of a push");
    }
    tracing::warn!(event = %lease.event.id, provider = lease.account.provider, %problem, "push failed");
}
