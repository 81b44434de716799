//! Leases of pulls, pushes, channels and credentials, and what keeps them.

use super::{Database, Result};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How often leases are renewed, which last 60 seconds.
const RENEWAL: Duration = Duration::from_secs(20);

/// What to lease.
#[derive(Debug, Clone, Default)]
pub struct Share {
    /// How many at most.
    pub number: usize,
    /// The accounts of what is under way, an entry for each calendar or booking.
    pub under_way: Vec<Uuid>,
    /// How many of one account may be under way with those leased now.
    pub max_per_account: usize,
}

/// What is leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leased {
    /// A push: what it changes at a provider cannot be taken back.
    Push,
    /// Another.
    Other,
}

/// The leases of this process that have not ended.
#[derive(Debug, Default)]
pub(super) struct Leases(Mutex<HashMap<Uuid, Leased>>);

impl Database {
    /// `calendar_sync.begin_round`.
    pub async fn begin_round(&self) -> Result<DateTime<Utc>> {
        self.one("select calendar_sync.begin_round()", &[]).await.map(|row| row.get(0))
    }

    /// `calendar_sync.count_awaited`.
    pub async fn count_awaited(&self, round_started_at: DateTime<Utc>) -> Result<i64> {
        let sql = "select calendar_sync.count_awaited($1)";
        self.one(sql, &[&round_started_at]).await.map(|row| row.get(0))
    }

    /// Renews the leases of this process, for as long as it is polled.
    pub async fn keep_leases(&self) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let held = self.leases.all(|_| true);
            if held.is_empty() {
                continue;
            }
            match self.renew_leases(&held).await {
                // The holder of a lost lease learns of it when it ends that lease.
                Ok(kept) => self.leases.forget(held.iter().filter(|id| !kept.contains(id))),
                Err(error) => tracing::warn!(%error, "cannot renew leases"),
            }
        }
    }

    /// Releases the leases of this process that have not ended.
    pub async fn give_back_leases(&self) -> Result<()> {
        self.give_back(self.leases.all(|_| true)).await
    }

    /// [`Self::give_back_leases`] but those of pushes.
    pub async fn give_back_pulls(&self) -> Result<()> {
        self.give_back(self.leases.all(|leased| leased != Leased::Push)).await
    }

    async fn give_back(&self, held: Vec<Uuid>) -> Result<()> {
        if !held.is_empty() {
            self.release_leases(&held).await?;
        }
        Ok(())
    }

    /// `calendar_sync.lease_account`; none = another agent has it.
    pub async fn lease_account(&self, account_id: Uuid) -> Result<Option<Uuid>> {
        let row = self.one("select calendar_sync.lease_account($1)", &[&account_id]).await?;
        let lease: Option<Uuid> = row.get(0);
        self.hold(Leased::Other, lease);
        Ok(lease)
    }

    /// `calendar_sync.renew_leases`.
    pub async fn renew_leases(&self, lease_ids: &[Uuid]) -> Result<Vec<Uuid>> {
        let rows = self.all("select calendar_sync.renew_leases($1)", &[&lease_ids]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Keeps a lease for as long, and no longer: so that what failed rests.
    pub async fn leave_leased(&self, lease_id: Uuid, rest: Duration) -> Result<()> {
        self.ended(lease_id);
        let sql = "select calendar_sync.renew_leases($1, make_interval(secs => $2))";
        self.all(sql, &[&vec![lease_id], &rest.as_secs_f64()]).await.map(|_| ())
    }

    /// `calendar_sync.release_leases`.
    pub async fn release_leases(&self, lease_ids: &[Uuid]) -> Result<()> {
        self.leases.forget(lease_ids);
        self.one("select calendar_sync.release_leases($1)", &[&lease_ids]).await.map(|_| ())
    }

    /// Leases that are to be renewed from now on.
    pub(super) fn hold(&self, leased: Leased, leases: impl IntoIterator<Item = Uuid>) {
        self.leases.held().extend(leases.into_iter().map(|lease| (lease, leased)));
    }

    /// A lease that is not to be renewed any more.
    pub(super) fn ended(&self, lease_id: Uuid) {
        self.leases.forget(&[lease_id]);
    }
}

impl Leases {
    fn all(&self, of: impl Fn(Leased) -> bool) -> Vec<Uuid> {
        self.held().iter().filter(|(_, leased)| of(**leased)).map(|(id, _)| *id).collect()
    }

    fn forget<'a>(&self, leases: impl IntoIterator<Item = &'a Uuid>) {
        let mut held = self.held();
        for lease in leases {
            held.remove(lease);
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Uuid, Leased>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number as PostgreSQL's integer.
pub(crate) fn integer(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
