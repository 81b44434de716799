//! Round after round, woken by NOTIFY, whatever the database does.

use crate::database::{self, Database, Notifications};
use crate::store::Store;
use crate::store::spool::{self, Spool};
use crate::sync::channels::{Renewed, renew_channels};
use crate::sync::open_account::Accounts;
use crate::sync::round::{Round, Summary};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How often to look for what is due.
const TICK: Duration = Duration::from_secs(5);

/// Bookings and notifications often come in twos and threes.
const GATHER: Duration = Duration::from_millis(200);

/// How often stored horizons, logs and channels are renewed.
const RENEWAL: Duration = Duration::from_secs(3600);

/// The longest wait before the database is tried again.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// How a daemon works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How old a calendar's last pull may get.
    pub max_age: Duration,
    /// Things to do at once.
    pub concurrency: usize,
    /// Where the internet reaches [`crate::server`]; none = it does not.
    pub public_url: Option<Url>,
}

/// Works until `stop` is cancelled, and ends once what is under way is done.
pub async fn run<A: Accounts>(
    connect: impl AsyncFn() -> database::Result<(Database, Notifications)>,
    accounts: impl Fn(&Database) -> A,
    spool: Arc<Spool>,
    settings: Settings,
    stop: &CancellationToken,
) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let connected = connect().await;
        match connected {
            Ok((database, notifications)) => {
                failures = 0;
                let store = Store::new(database.clone(), Arc::clone(&spool));
                let accounts = accounts(&database);
                match serve(&store, &accounts, &spool, notifications, &settings, stop).await {
                    Ok(()) => return,
                    Err(error) => {
                        tracing::warn!(%error, "the connection to the database was lost; reconnecting");
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot connect to the database; retrying");
            }
        }
        let wait = Duration::from_secs(1 << failures.min(6)).min(MAX_WAIT);
        failures += 1;
        stop.run_until_cancelled(tokio::time::sleep(wait)).await;
    }
}

/// Works for as long as the connection lasts; an error says why it was lost.
async fn serve(
    store: &Store,
    accounts: &dyn Accounts,
    spool: &Spool,
    notifications: Notifications,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<(), spool::Error> {
    let begin = async {
        store.database().listen().await?;
        spool.replay(store.database()).await
    };
    match begin.await? {
        0 => {}
        replayed => tracing::info!(replayed, "stored the calls from the spool"),
    }
    let (pull, push) = (Notify::new(), Notify::new());
    // The loop that finds the database lost stops the others, once what they are at is done:
    // what has arrived goes to the spool.
    let lost = stop.child_token();
    let until_lost = async |works: Pin<Box<dyn Future<Output = Result<(), spool::Error>> + '_>>| {
        let result = works.await;
        lost.cancel();
        result
    };
    // A slow provider must not keep bookings waiting.
    let (listened, pulled, pushed, watched) = tokio::join!(
        until_lost(Box::pin(listen(notifications, &pull, &push, &lost))),
        until_lost(Box::pin(pulls(store, accounts, spool, &pull, settings, &lost))),
        until_lost(Box::pin(pushes(store, accounts, &push, settings, &lost))),
        until_lost(Box::pin(channels(store, accounts, settings, &lost))),
    );
    pulled.and(pushed).and(watched).and(listened)
}

/// Wakes the loop that a notification is for.
async fn listen(
    mut notifications: Notifications,
    pull: &Notify,
    push: &Notify,
    stop: &CancellationToken,
) -> Result<(), spool::Error> {
    loop {
        tokio::select! {
            channel = notifications.recv() => match channel.as_deref() {
                Some("calendar_pull") => pull.notify_one(),
                Some(_) => push.notify_one(),
                None => return Err(database::Error::Away("the server closed the connection".into()).into()),
            },
            () = stop.cancelled() => return Ok(()),
        }
    }
}

/// Waits until there may be something to do; false = the loop is to end.
async fn rest(woken: &Notify, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(TICK) => true,
        () = woken.notified() => {
            tokio::time::sleep(GATHER).await;
            true
        }
    }
}

async fn pulls(
    store: &Store,
    accounts: &dyn Accounts,
    spool: &Spool,
    woken: &Notify,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<(), spool::Error> {
    let mut renewal = Instant::now();
    loop {
        // What could not be stored during the last round.
        spool.replay(store.database()).await?;
        let mut summary = Summary::default();
        let round = Round::new(store, accounts, &(), settings.concurrency);
        round.pulls(settings.max_age, &mut summary).await?;
        tell(&summary);
        if renewal <= Instant::now() {
            store.database().renew().await?;
            renewal = Instant::now() + RENEWAL;
        }
        if !rest(woken, stop).await {
            return Ok(());
        }
    }
}

async fn pushes(
    store: &Store,
    accounts: &dyn Accounts,
    woken: &Notify,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<(), spool::Error> {
    loop {
        let mut summary = Summary::default();
        let round = Round::new(store, accounts, &(), settings.concurrency);
        round.pushes(&mut summary).await?;
        tell(&summary);
        if !rest(woken, stop).await {
            return Ok(());
        }
    }
}

async fn channels(
    store: &Store,
    accounts: &dyn Accounts,
    settings: &Settings,
    stop: &CancellationToken,
) -> Result<(), spool::Error> {
    loop {
        if let Some(public_url) = &settings.public_url {
            let round = Round::new(store, accounts, &(), settings.concurrency);
            let renewed = renew_channels(&round, public_url).await?;
            if renewed != Renewed::default() {
                tracing::info!(
                    renewed.opened,
                    renewed.impossible,
                    renewed.failed,
                    "renewed channels"
                );
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(RENEWAL) => {}
        }
    }
}

fn tell(summary: &Summary) {
    if *summary != Summary::default() {
        let summary = serde_json::to_string(summary).unwrap_or_default();
        tracing::info!(summary, "finished a round");
    }
}
