//! An open account: limits how many requests run at once, and pauses after rate limits.

use crate::connector::Connector;
use crate::database::{self, Database};
use crate::{Error, Result};
use async_trait::async_trait;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::time::Instant;
use uuid::Uuid;

/// How long to wait after a rate limit without Retry-After.
const PAUSE: Duration = Duration::from_secs(30);

/// How long a credential rests after a first refusal: a server under load has recovered by then.
const AGAIN: Duration = Duration::from_secs(2);

/// Opens accounts.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// What reaches an account, with its credential.
    async fn open(&self, account: &database::Account) -> Result<Arc<dyn Connector>>;

    /// Ends the consent of an account's credential, where the provider lets us.
    async fn revoke(&self, _account: &database::Account) -> Result<()> {
        Ok(())
    }

    /// How long to wait before a refused credential is tried once more.
    fn patience(&self) -> Duration {
        AGAIN
    }
}

/// An account at a provider, shared by all who use it.
pub struct Account {
    connector: Arc<dyn Connector>,
    permits: Semaphore,
    state: Mutex<State>,
    opened: Instant,
    /// How long to wait after a first refusal.
    patience: Duration,
}

enum State {
    Open,
    /// The provider accepts requests again at this time.
    Throttled(Instant),
    /// The provider refused the credential once.
    Doubted,
    /// The provider refused the credential twice, the last time then, for this reason.
    Refused(Instant, String),
}

/// How long an account stays open that nothing is asked of, and how long nothing more is asked after
/// a refusal: its credential may have been replaced.
const IDLE: Duration = Duration::from_secs(10);

/// The accounts that are open.
#[derive(Debug, Default)]
pub struct OpenAccounts(tokio::sync::Mutex<HashMap<Uuid, Arc<OnceCell<Arc<Account>>>>>);

impl OpenAccounts {
    /// An account, opened now if it is not open.
    pub async fn get(
        &self,
        accounts: &dyn Accounts,
        account: &database::Account,
    ) -> Result<Arc<Account>> {
        let cell = {
            let mut open = self.0.lock().await;
            let cell = open.entry(account.id).or_default();
            if cell
                .get()
                .is_some_and(|account| Arc::strong_count(account) == 1 && account.is_outdated())
            {
                *cell = Arc::default();
            }
            Arc::clone(cell)
        };
        let opened = cell.get_or_try_init(async || {
            Ok::<_, Error>(Arc::new(Account::new(
                accounts.open(account).await?,
                accounts.patience(),
            )))
        });
        opened.await.cloned()
    }
}

/// The right to ask an account now.
pub struct Entered<'a> {
    connector: &'a dyn Connector,
    _permit: SemaphorePermit<'a>,
}

impl Account {
    /// An account that is reached by a connector. `patience` is how long it waits before it tries a
    /// refused credential once more.
    pub fn new(connector: Arc<dyn Connector>, patience: Duration) -> Self {
        let permits = Semaphore::new(connector.at_once());
        let (state, opened) = (Mutex::new(State::Open), Instant::now());
        Self { connector, permits, state, opened, patience }
    }

    /// Waits until a request may be sent. Fails if the account is rate-limited, or its credential was
    /// refused a moment ago.
    pub async fn enter(&self) -> Result<Entered<'_>> {
        let permit = self.permits.acquire().await;
        let _permit = permit.map_err(|e| Error::Interrupted(e.to_string()))?;
        match &*self.state() {
            State::Throttled(until) if *until > Instant::now() => {
                Err(Error::Throttled { status: 429, retry_after: Some(*until - Instant::now()) })
            }
            State::Refused(_, reason) => Err(Error::Refraining(reason.clone())),
            State::Open | State::Doubted | State::Throttled(_) => {
                Ok(Entered { connector: self.connector.as_ref(), _permit })
            }
        }
    }

    /// What comes of work at the provider. A credential that is refused is tried once more, because
    /// a refusal is often temporary. If it is refused again while the account lists its calendars, the
    /// refusal may concern the calendar alone ([`Connector::refuses_single_calendars`]).
    pub async fn ask<T>(&self, mut work: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        let mut done = work().await;
        if matches!(done, Err(Error::NeedsReconnect(_))) && self.doubt() {
            tokio::time::sleep(self.patience).await;
            done = work().await;
            if matches!(done, Err(Error::NeedsReconnect(_))) && self.lists().await {
                self.trust();
            }
        }
        done.inspect(|_| self.trust()).map_err(|error| self.judge(error))
    }

    /// Whether the account lists its calendars with a credential that one of them refuses.
    async fn lists(&self) -> bool {
        let listed = async { self.enter().await?.calendars().await };
        self.connector.refuses_single_calendars() && listed.await.is_ok()
    }

    /// Remembers a first refusal. False if it is not the first.
    fn doubt(&self) -> bool {
        let mut state = self.state();
        let is_first = matches!(*state, State::Open);
        if is_first {
            *state = State::Doubted;
        }
        is_first
    }

    fn trust(&self) {
        let mut state = self.state();
        if matches!(*state, State::Doubted) {
            *state = State::Open;
        }
    }

    /// What an error means beside what other work has found, which is remembered.
    fn judge(&self, error: Error) -> Error {
        let mut state = self.state();
        match (error, &*state) {
            // Other work has succeeded since the first refusal: this one concerns the calendar.
            (Error::NeedsReconnect(reason), State::Open) => Error::Refused { status: 401, reason },
            (Error::NeedsReconnect(reason), State::Doubted) => {
                *state = State::Refused(Instant::now(), reason.clone());
                Error::NeedsReconnect(reason)
            }
            (error, _) => {
                drop(state);
                self.notice(&error);
                error
            }
        }
    }

    /// Remembers a rate limit, so that the next requests are not sent.
    pub fn notice(&self, error: &Error) {
        let mut state = self.state();
        if let (Error::Throttled { retry_after, .. }, State::Open | State::Doubted) =
            (error, &*state)
        {
            *state = State::Throttled(Instant::now() + retry_after.unwrap_or(PAUSE));
        }
    }

    /// Whether it must be opened again before its next use.
    fn is_outdated(&self) -> bool {
        match &*self.state() {
            State::Throttled(until) => *until <= Instant::now(),
            State::Refused(at, _) => at.elapsed() > IDLE,
            State::Open | State::Doubted => self.opened.elapsed() > IDLE,
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Records in the database that an account's credential was refused, so that nothing of it is tried
/// for a while; `lease_id` is the work that was refused.
pub async fn report_refusal(database: &Database, account_id: Uuid, lease_id: Uuid, error: &Error) {
    let Error::NeedsReconnect(reason) = error else { return };
    if let Err(error) = database.report_refusal(account_id, reason, lease_id).await {
        tracing::warn!(%error, account = %account_id, "cannot store that a credential was refused");
    }
}

impl<'a> Deref for Entered<'a> {
    type Target = dyn Connector + 'a;

    fn deref(&self) -> &Self::Target {
        self.connector
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}
