//! `sync-agent run`.

use super::signals::Stop;
use super::{Context, Outcome, supervisor};
use crate::config::Config;
use crate::daemon::{self, Settings};
use crate::database::{Database, Pool};
use crate::notify::Notifier;
use crate::server::{Connecting, Reporting, Server, Services};
use crate::sync::accounts::StoredAccounts;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Connections for notifications, which are handled in a millisecond each.
const CONNECTIONS: usize = 4;

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let mut signals = Signals { stop: Stop::new()?, reload: signal(SignalKind::hangup())? };
    let mut context = context.clone();
    while let Some(next) = until_signal(&context, &mut signals).await? {
        tracing::info!("the configuration was read again");
        context = next;
    }
    tracing::info!("stopped");
    Ok(Outcome::Done)
}

struct Signals {
    stop: Stop,
    reload: Signal,
}

/// Runs until a signal. Returns the configuration to go on with; none = none, it is over.
async fn until_signal(context: &Context, signals: &mut Signals) -> anyhow::Result<Option<Context>> {
    let token = CancellationToken::new();
    let mut works = std::pin::pin!(serve(context, &token));
    tracing::info!("running");
    let next = loop {
        tokio::select! {
            ended = &mut works => return ended.map(|()| None),
            () = signals.stop.wait() => break None,
            _ = signals.reload.recv() => {
                supervisor::reloading();
                match next(context) {
                    Ok(next) => break Some(next),
                    Err(error) => {
                        tracing::error!("{error:#}; sync-agent goes on with the configuration that it has");
                        supervisor::ready();
                    }
                }
            }
        }
    };
    tracing::info!("stopping");
    if next.is_none() {
        supervisor::stopping();
    }
    token.cancel();
    tokio::select! {
        ended = works => ended.map(|()| next),
        // The leases of what is cut short end by themselves.
        () = signals.stop.wait() => Ok(None),
    }
}

/// What to work with after SIGHUP.
fn next(context: &Context) -> anyhow::Result<Context> {
    let next = context.read_again()?;
    drop(next.accounts()?);
    Database::offline(next.config.database_url()?.expose_secret())?;
    next.config.http.settings()?;
    drop(Notifier::new(&next.config, Arc::default())?);
    Ok(next)
}

async fn serve(context: &Context, stop: &CancellationToken) -> anyhow::Result<()> {
    let config: &Config = &context.config;
    let url = config.database_url()?.clone();
    let connected = Database::offline(url.expose_secret())?;
    let providers = context.providers()?;
    let keyring = Arc::new(config.keyring()?);
    let (shared, database) = (Arc::clone(&providers), connected.0.clone());
    let accounts = StoredAccounts::new(shared, Arc::clone(&keyring), database);
    let health = Arc::clone(providers.health());
    let spool = Arc::new(context.spool()?);
    let http = config.http.settings()?;
    // Its pages are not on the address for our own monitoring.
    let pages = http.as_ref().filter(|http| http.listen.is_some());
    let settings = Settings {
        max_age: Duration::from_secs(config.max_age_seconds),
        concurrency: config.concurrency,
        keep: config.keep,
        listens: config.listens,
        public_url: config.http.public_url.clone(),
        pages_url: pages.and_then(|http| Some(http.public_url.as_ref()?.as_str().into())),
        is_measured: http.as_ref().is_some_and(|http| http.internal_listen.is_some()),
        connects: config.connects(),
        id: Uuid::new_v4(),
        health: Arc::clone(&health),
        notifier: Some(Arc::new(Notifier::new(config, Arc::clone(&health))?)),
    };
    let server = match http {
        Some(settings) => {
            let server = Server::bind(settings).await?;
            let pool = Pool::new(url.expose_secret(), CONNECTIONS)?;
            let connecting = Connecting { pool: pool.clone(), providers, keyring };
            let connecting = Some(Arc::new(connecting));
            let reporting = Some(Reporting {
                reports: Arc::new(pool.clone()),
                twilio: config.messages.twilio.as_ref().map(|twilio| twilio.auth_token.clone()),
            });
            Some((server, Services { wake: Arc::new(pool), health, connecting, reporting }))
        }
        None => None,
    };
    let served = async {
        if let Some((server, services)) = server {
            server.serve(services, stop.clone().cancelled_owned()).await;
        }
    };
    let watched = async {
        supervisor::ready();
        stop.run_until_cancelled(supervisor::watch(&settings.health)).await;
    };
    tokio::join!(daemon::run(connected, &accounts, spool, &settings, stop), served, watched);
    Ok(())
}
