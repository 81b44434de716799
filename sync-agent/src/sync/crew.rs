//! Leased work, some of it at once, of which no account takes more than its share. Pulls, pushes and
//! messages are done by it.

use crate::database::{
    self, CalendarLease, ChannelLease, EndingAccount, EndingLease, PushLease, Share,
};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;

/// How long work keeps its place. What takes longer waits for a provider, and does not keep others
/// from starting.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it says that it goes on, while everything takes long.
const TURN: Duration = Duration::from_secs(10);

/// How many times the places is the most that is under way, with what waits for slow providers.
const MOST: usize = 8;

/// Work that was leased.
pub(crate) trait Leased {
    /// The account that it is for, which takes its share alone; none = it is for no account.
    fn account_id(&self) -> Option<Uuid>;
}

/// When to look for more work.
pub(crate) trait Pace {
    /// Called with what looking has brought: `Ok` if there was less than there was room for.
    /// Returns when it is worthwhile to look again, or false if it is not any more. `is_idle` says
    /// that nothing is under way. It is dropped as soon as some work ends, and asked again later.
    async fn wait(&mut self, found: database::Result<()>, is_idle: bool) -> database::Result<bool>;
}

/// Those who work.
#[derive(Debug)]
pub(crate) struct Crew {
    places: usize,
    /// How much is taken and waits for a place or is at one, for each place.
    ahead: usize,
    patience: Duration,
}

impl Crew {
    /// So many places. As many again wait for one, so that none is empty while more is looked for,
    /// and what takes long leaves its own.
    pub(crate) fn new(places: usize) -> Self {
        Self { places: places.max(1), ahead: 2, patience: PATIENCE }
    }

    /// So many places, and never more at once, whatever it takes.
    pub(crate) fn at_most(places: usize) -> Self {
        Self { places: places.max(1), ahead: 1, patience: Duration::MAX }
    }

    /// Takes work and does it until `pace` says that there is no more, and all is done. Calls
    /// `turned` from time to time meanwhile.
    pub(crate) async fn work<T: Leased, O>(
        &self,
        pace: &mut impl Pace,
        lease: impl AsyncFn(&Share) -> database::Result<Vec<T>>,
        work: impl AsyncFn(T) -> O,
        mut done: impl FnMut(O, Progressed),
        turned: impl Fn(),
    ) -> database::Result<()> {
        let places = Semaphore::new(self.places);
        let (slow, slowed) = (Cell::new(0_usize), Notify::new());
        let one = async |leased: T| {
            let account = leased.account_id();
            let place = places.acquire().await;
            let mut work = pin!(work(leased));
            let outcome = tokio::select! {
                outcome = &mut work => outcome,
                () = tokio::time::sleep(self.patience) => {
                    drop(place);
                    slow.set(slow.get() + 1);
                    slowed.notify_one();
                    let outcome = work.await;
                    slow.set(slow.get() - 1);
                    outcome
                }
            };
            (account, outcome)
        };
        let mut running = FuturesUnordered::new();
        let mut under_way: Vec<Uuid> = Vec::new();
        let mut progress = Progressed::default();
        let mut is_over = false;
        loop {
            turned();
            let busy = running.len() - slow.get();
            let taken = self.ahead * self.places;
            let room =
                taken.saturating_sub(busy).min((MOST * self.places).saturating_sub(running.len()));
            let mut found = None;
            // A call for a few at a time costs as much as one for many.
            if !is_over && room >= taken.div_ceil(2) {
                let share = Share {
                    number: room,
                    under_way: under_way.clone(),
                    // A slow account leaves half of the places to others.
                    max_per_account: (self.places / 2).max(1),
                };
                let mut leasing = pin!(lease(&share));
                // What runs goes on meanwhile.
                let leased = loop {
                    tokio::select! {
                        leased = &mut leasing => break leased,
                        Some((account, outcome)) = running.next() => {
                            end(&mut under_way, account);
                            progress.done += 1;
                            done(outcome, progress);
                        }
                    }
                };
                match leased {
                    Ok(leased) => {
                        found = (leased.len() < room).then_some(Ok(()));
                        progress.begun += leased.len() as u64;
                        under_way.extend(leased.iter().filter_map(Leased::account_id));
                        running.extend(leased.into_iter().map(&one));
                    }
                    Err(error) => found = Some(Err(error)),
                }
            }
            let is_idle = running.is_empty();
            if is_over && is_idle {
                return Ok(());
            }
            tokio::select! {
                Some((account, outcome)) = running.next() => {
                    end(&mut under_way, account);
                    progress.done += 1;
                    done(outcome, progress);
                }
                () = slowed.notified() => {}
                () = tokio::time::sleep(TURN) => {}
                more = async {
                    match found {
                        Some(found) => pace.wait(found, is_idle).await,
                        None => std::future::pending().await,
                    }
                } => is_over = !more?,
            }
        }
    }
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Progressed {
    /// What has been begun.
    pub(crate) begun: u64,
    /// What of it has ended.
    pub(crate) done: u64,
}

fn end(under_way: &mut Vec<Uuid>, account: Option<Uuid>) {
    if let Some(at) = under_way.iter().position(|id| Some(*id) == account) {
        under_way.swap_remove(at);
    }
}

impl Leased for CalendarLease {
    fn account_id(&self) -> Option<Uuid> {
        Some(self.account.id)
    }
}

impl Leased for PushLease {
    fn account_id(&self) -> Option<Uuid> {
        Some(self.account.id)
    }
}

impl Leased for EndingLease {
    fn account_id(&self) -> Option<Uuid> {
        Some(self.account.id)
    }
}

impl Leased for EndingAccount {
    fn account_id(&self) -> Option<Uuid> {
        Some(self.account.id)
    }
}

impl Leased for ChannelLease {
    fn account_id(&self) -> Option<Uuid> {
        Some(self.account.id)
    }
}
