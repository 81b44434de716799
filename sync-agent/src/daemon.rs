//! Pulls, pushes and channels without an end, woken by NOTIFY, whatever the database does.

mod alerts;
mod pace;

use self::pace::{Complaint, Endless, MESSAGES_TICK, TICK};
use crate::database::{self, Database, Keep, Notice, Notifications};
use crate::health::Health;
use crate::notify::{Counts, Notifier, notify};
use crate::store::Store;
use crate::store::spool::Spool;
use crate::sync::channels::{Renewed, end_accounts, end_channels, renew_channels};
use crate::sync::open_account::Accounts;
use crate::sync::round::{Progress, Round, Summary};
use crate::sync::{pull, push};
use chrono::{DateTime, Utc};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

/// How often stored horizons, logs and channels are renewed.
const RENEWAL: Duration = Duration::from_secs(3600);

/// How often to look for accounts that were disconnected, whose credentials are to be forgotten.
const ENDING: Duration = Duration::from_secs(60);

/// How long to wait after that has failed.
const PAUSE: Duration = Duration::from_secs(60);

/// How often it says that it runs.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// How often what was done is logged.
const TELL: Duration = Duration::from_secs(5);

/// How often the database is asked for what is measured.
const MEASURING: Duration = Duration::from_secs(10);

/// How often the database is tried while it is away.
const RETRY: Duration = Duration::from_secs(1);

/// How long pushes that are under way may take to end after a signal.
const GRACE: Duration = Duration::from_secs(5);

/// How a daemon works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How old a calendar's last pull may get.
    pub max_age: Duration,
    /// Things to do at once.
    pub concurrency: usize,
    /// How long old log rows are kept.
    pub keep: Keep,
    /// Whether to listen for notifications. Without them, it looks once a second.
    pub listens: bool,
    /// Where the internet reaches [`crate::server`]; none = it does not.
    pub public_url: Option<Url>,
    /// The URL at which browsers reach its pages, with a slash at the end; none = it serves none.
    pub pages_url: Option<String>,
    /// Whether its metrics are served.
    pub is_measured: bool,
    /// The providers whose accounts its pages can connect.
    pub connects: Vec<&'static str>,
    /// What it is known by while it runs.
    pub id: Uuid,
    /// Hears how it does.
    pub health: Arc<Health>,
    /// What sends messages; none = it sends none.
    pub notifier: Option<Arc<Notifier>>,
}

/// Works until `stop` is cancelled. Then pulls are broken off, pushes get a little time to end, and
/// the leases of what has not ended are given back.
pub async fn run(
    connected: (Database, Notifications),
    accounts: &dyn Accounts,
    spool: Arc<Spool>,
    settings: &Settings,
    stop: &CancellationToken,
) {
    let (database, notifications) = connected;
    // Else all would report at first that there is no connection. Where it fails, they do.
    let _ = stop.run_until_cancelled(database.reconnect()).await;
    let daemon = Daemon {
        store: Store::new(database.clone(), spool),
        database,
        accounts,
        settings,
        pull: Notify::new(),
        push: Notify::new(),
        notify: Notify::new(),
        summary: RefCell::default(),
        counts: RefCell::default(),
    };
    let rest = async {
        tokio::join!(
            daemon.keep_connected(notifications),
            daemon.database.keep_leases(),
            daemon.replays(),
            daemon.pulls(),
            daemon.renewals(),
            daemon.channels(),
            daemon.endings(),
            daemon.heartbeats(),
            daemon.measures(),
            daemon.alerts(),
            daemon.absences(),
            daemon.tell(),
        )
    };
    // What was pulled half is pulled again; what was written half would have to be looked for.
    let pushes = async {
        tokio::select! {
            _ = async { tokio::join!(daemon.pushes(stop), daemon.notifications(stop)) } => {}
            () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => {}
        }
    };
    let rest = async {
        stop.run_until_cancelled(rest).await;
        said(daemon.database.give_back_pulls().await);
        said(daemon.database.sign_off(settings.id).await);
    };
    tokio::join!(rest, pushes);
    said(daemon.database.give_back_leases().await);
}

struct Daemon<'a> {
    database: Database,
    store: Store,
    accounts: &'a dyn Accounts,
    settings: &'a Settings,
    pull: Notify,
    push: Notify,
    notify: Notify,
    summary: RefCell<Summary>,
    counts: RefCell<Counts>,
}

impl Daemon<'_> {
    /// Connects again whenever the connection is lost, whatever is under way at providers.
    async fn keep_connected(&self, mut notifications: Notifications) {
        let mut complaint = Complaint::default();
        let mut is_heard = false;
        loop {
            if !self.database.is_connected() {
                is_heard = false;
                if let Err(error) = self.database.reconnect().await {
                    complaint.about(&error);
                    tokio::time::sleep(RETRY).await;
                    continue;
                }
            }
            if !is_heard {
                let listening =
                    if self.settings.listens { self.database.listen().await } else { Ok(()) };
                match listening {
                    Ok(()) => is_heard = true,
                    Err(error) => {
                        complaint.about(&error);
                        tokio::time::sleep(RETRY).await;
                        continue;
                    }
                }
                complaint.is_over();
                let all = [&self.pull, &self.push, &self.notify];
                all.into_iter().for_each(Notify::notify_one);
            }
            match notifications.recv().await {
                Some(Notice::Pull) => self.pull.notify_one(),
                Some(Notice::Push) => {
                    self.push.notify_one();
                    self.notify.notify_one();
                }
                Some(Notice::Lost) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Stores what the database did not take before.
    async fn replays(&self) {
        loop {
            tokio::time::sleep(TICK).await;
            if self.database.is_connected() && !self.store.spool().is_empty() {
                match self.store.replay().await {
                    Ok(replayed) => tracing::info!(replayed, "stored the calls from the spool"),
                    // Its turn comes again; the loops say what is wrong.
                    Err(error) => tracing::debug!(%error, "calls stay in the spool"),
                }
            }
        }
    }

    async fn pulls(&self) {
        let turns = Turns("pulls", &self.settings.health);
        let round = self.round_with(&turns);
        // Before every pull, and a time that the database has, too.
        let started = Cell::new(DateTime::<Utc>::UNIX_EPOCH);
        let mut pace = Endless::new(self, &self.pull, Some(&started));
        let max_age = self.settings.max_age;
        endless(round.pulls(&started, max_age, &mut pace, &self.summary).await);
    }

    async fn pushes(&self, stop: &CancellationToken) {
        let turns = Turns("pushes", &self.settings.health);
        let round = self.round_with(&turns);
        let mut pace = Endless::new(self, &self.push, None);
        pace.stop = Some(stop);
        endless(round.pushes(&mut pace, &self.summary).await);
    }

    /// Sends messages.
    async fn notifications(&self, stop: &CancellationToken) {
        let Some(notifier) = &self.settings.notifier else { return };
        let mut pace = Endless::new(self, &self.notify, None);
        (pace.stop, pace.tick) = (Some(stop), MESSAGES_TICK);
        let turned = || self.settings.health.turned("notifications");
        let places = self.settings.concurrency;
        let sent = notify(&self.database, notifier, places, &mut pace, &self.counts, turned);
        endless(sent.await);
    }

    /// Renews stored horizons and logs.
    async fn renewals(&self) {
        let mut complaint = Complaint::default();
        loop {
            let wait = match self.database.renew(&self.settings.keep).await {
                Ok(()) => RENEWAL,
                Err(error) => {
                    complaint.about(&error);
                    self.pause()
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn channels(&self) {
        let Some(public_url) = &self.settings.public_url else { return };
        let mut complaint = Complaint::default();
        loop {
            let wait = match renew_channels(&self.round(), public_url).await {
                Ok(renewed) => {
                    if renewed != Renewed::default() {
                        tracing::info!(
                            renewed.opened,
                            renewed.impossible,
                            renewed.failed,
                            "renewed channels"
                        );
                    }
                    RENEWAL
                }
                Err(error) => {
                    complaint.about(&error);
                    self.pause()
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Sees to accounts that were disconnected.
    async fn endings(&self) {
        let mut complaint = Complaint::default();
        loop {
            let ended = async {
                end_channels(&self.round()).await?;
                end_accounts(&self.round()).await
            };
            let wait = match ended.await {
                Ok(_) => ENDING,
                Err(error) => {
                    complaint.about(&error);
                    self.pause()
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Says that it runs, so that browsers are sent to its pages.
    async fn heartbeats(&self) {
        loop {
            let Settings { id, pages_url, connects, .. } = self.settings;
            // Other loops say what is wrong with the database.
            let wait = match self.database.heartbeat(*id, pages_url.as_deref(), connects).await {
                Ok(()) => HEARTBEAT,
                Err(_) => RETRY,
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Measures how the calendars do, for the metrics.
    async fn measures(&self) {
        if !self.settings.is_measured {
            return;
        }
        loop {
            // Other loops say what is wrong with the database.
            let measured = self.database.measure().await.ok();
            self.settings.health.metrics().measured(measured.as_deref());
            tokio::time::sleep(MEASURING).await;
        }
    }

    /// How long to wait after something failed.
    fn pause(&self) -> Duration {
        if self.database.is_connected() { PAUSE } else { RETRY }
    }

    /// Says from time to time what was done.
    async fn tell(&self) {
        loop {
            tokio::time::sleep(TELL).await;
            let summary = self.summary.take();
            if summary != Summary::default() {
                let summary = serde_json::to_string(&summary).unwrap_or_default();
                tracing::info!(summary, "synced");
            }
            let Counts { sent, delayed, failed, .. } = self.counts.take();
            if sent + delayed + failed > 0 {
                tracing::info!(sent, delayed, failed, "sent messages");
            }
        }
    }

    fn round(&self) -> Round<'_> {
        self.round_with(&())
    }

    fn round_with<'a>(&'a self, progress: &'a dyn Progress) -> Round<'a> {
        Round::new(&self.store, self.accounts, progress, self.settings.concurrency)
    }
}

/// A loop that notes that it turns.
struct Turns<'a>(&'static str, &'a Health);

impl Progress for Turns<'_> {
    fn at(&self, _: u64, _: u64) {}

    fn turned(&self) {
        self.1.turned(self.0);
    }

    fn pulled(&self, provider: &str, outcome: &pull::Outcome, took: Duration) {
        self.1.metrics().pulled(provider, outcome.name(), took);
    }

    fn pushed(&self, provider: &str, outcome: &push::Outcome) {
        self.1.metrics().pushed(provider, outcome.name());
    }
}

fn said(given_back: database::Result<()>) {
    if let Err(error) = given_back {
        tracing::warn!(%error, "cannot sign off; leases end by themselves");
    }
}

/// The work of a daemon ends with it, or when it is stopped.
fn endless(ended: database::Result<()>) {
    if let Err(error) = ended {
        tracing::error!(%error, "work has ended");
    }
}
