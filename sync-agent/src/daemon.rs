//! Round after round, woken by NOTIFY, whatever the database does.

use crate::database::{self, Database, Notifications};
use crate::store::Store;
use crate::store::spool::{self, Spool};
use crate::sync::channels::{Renewed, renew_channels};
use crate::sync::open_account::Accounts;
use crate::sync::round::{Round, Summary};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
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

/// Works until it is dropped.
pub async fn run<A: Accounts>(
    connect: impl AsyncFn() -> database::Result<(Database, Notifications)>,
    accounts: impl Fn(&Database) -> A,
    spool: Arc<Spool>,
    settings: Settings,
) -> Infallible {
    let mut failures = 0;
    loop {
        let connected = connect().await;
        match connected {
            Ok((database, notifications)) => {
                failures = 0;
                let store = Store::new(database.clone(), Arc::clone(&spool));
                let result =
                    serve(&store, &accounts(&database), &spool, notifications, &settings).await;
                tracing::warn!(error = %result, "the database is lost; connecting again");
            }
            Err(error) => {
                tracing::warn!(%error, "the database cannot be reached");
            }
        }
        let wait = Duration::from_secs(1 << failures.min(6)).min(MAX_WAIT);
        failures += 1;
        tokio::time::sleep(wait).await;
    }
}

/// Works for as long as the connection lasts.
async fn serve(
    store: &Store,
    accounts: &dyn Accounts,
    spool: &Spool,
    notifications: Notifications,
    settings: &Settings,
) -> spool::Error {
    let begin = async {
        store.database().listen().await?;
        spool.replay(store.database()).await
    };
    match begin.await {
        Ok(0) => {}
        Ok(replayed) => tracing::info!(replayed, "stored what had been kept"),
        Err(error) => return error,
    }
    let (pull, push) = (Notify::new(), Notify::new());
    let (stop, _) = watch::channel(false);
    // Whoever finds the database lost stops the others, once what they are at is done:
    // what has arrived goes to the spool.
    let until_lost = async |works: Pin<Box<dyn Future<Output = Result<(), spool::Error>> + '_>>| {
        let result = works.await;
        stop.send_replace(true);
        result.err()
    };
    // A slow provider must not keep bookings waiting.
    let (heard, pulled, pushed, watched) = tokio::join!(
        until_lost(Box::pin(listen(notifications, &pull, &push, stop.subscribe()))),
        until_lost(Box::pin(pulls(store, accounts, spool, &pull, settings, stop.subscribe()))),
        until_lost(Box::pin(pushes(store, accounts, &push, settings, stop.subscribe()))),
        until_lost(Box::pin(channels(store, accounts, settings, stop.subscribe()))),
    );
    let lost = pulled.or(pushed).or(watched).or(heard);
    lost.unwrap_or_else(|| database::Error::Away("it closed the connection".into()).into())
}

/// Wakes whom a notification is for.
async fn listen(
    mut notifications: Notifications,
    pull: &Notify,
    push: &Notify,
    mut stop: watch::Receiver<bool>,
) -> Result<(), spool::Error> {
    loop {
        tokio::select! {
            channel = notifications.recv() => match channel.as_deref() {
                Some("calendar_pull") => pull.notify_one(),
                Some(_) => push.notify_one(),
                None => return Err(database::Error::Away("it closed the connection".into()).into()),
            },
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Until there is something to do; false = nothing any more.
async fn rest(woken: &Notify, stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        _ = stop.wait_for(|stop| *stop) => false,
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
    mut stop: watch::Receiver<bool>,
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
        if !rest(woken, &mut stop).await {
            return Ok(());
        }
    }
}

async fn pushes(
    store: &Store,
    accounts: &dyn Accounts,
    woken: &Notify,
    settings: &Settings,
    mut stop: watch::Receiver<bool>,
) -> Result<(), spool::Error> {
    loop {
        let mut summary = Summary::default();
        let round = Round::new(store, accounts, &(), settings.concurrency);
        round.pushes(&mut summary).await?;
        tell(&summary);
        if !rest(woken, &mut stop).await {
            return Ok(());
        }
    }
}

async fn channels(
    store: &Store,
    accounts: &dyn Accounts,
    settings: &Settings,
    mut stop: watch::Receiver<bool>,
) -> Result<(), spool::Error> {
    loop {
        if let Some(public_url) = &settings.public_url {
            let round = Round::new(store, accounts, &(), settings.concurrency);
            let renewed = renew_channels(&round, public_url).await?;
            if renewed != Renewed::default() {
                tracing::info!(renewed.opened, renewed.impossible, renewed.failed, "channels");
            }
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
            () = tokio::time::sleep(RENEWAL) => {}
        }
    }
}

fn tell(summary: &Summary) {
    if *summary != Summary::default() {
        let summary = serde_json::to_string(summary).unwrap_or_default();
        tracing::info!(summary, "round");
    }
}
