//! `sync-agent run`.

use super::{Context, Outcome};
use crate::daemon::{self, Settings};
use crate::database::{Database, Pool};
use crate::server::Server;
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long what is under way may take to end after a signal.
const GRACE: Duration = Duration::from_secs(10);

/// Connections for notifications, which are handled in a millisecond each.
const CONNECTIONS: usize = 4;

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let config = &context.config;
    let url = config.database_url()?.clone();
    let accounts = context.accounts()?;
    let spool = Arc::new(context.spool()?);
    let settings = Settings {
        max_age: Duration::from_secs(config.max_age_seconds),
        concurrency: config.concurrency,
        public_url: config.webhooks.public_url.clone(),
    };
    let server = match config.webhooks.settings()? {
        Some(settings) => {
            let listen = settings.listen;
            let server = Server::bind(settings)
                .await
                .with_context(|| format!("webhooks.listen: cannot listen on {listen}"))?;
            Some((server, Pool::new(url.expose_secret(), CONNECTIONS)?))
        }
        None => None,
    };
    let stop = CancellationToken::new();
    let webhooks = async {
        if let Some((server, pool)) = server {
            server.serve(pool, stop.clone().cancelled_owned()).await;
        }
    };
    let works = daemon::run(
        async || Database::connect(url.expose_secret()).await,
        accounts,
        spool,
        settings,
        &stop,
    );
    let mut works = std::pin::pin!(async { tokio::join!(works, webhooks) });
    let mut terminated = signal(SignalKind::terminate())?;
    tracing::info!("running");
    tokio::select! {
        _ = &mut works => {}
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tracing::info!("stopping");
    stop.cancel();
    // Leases of what is cut short lapse; what was not stored is brought again.
    let _ = tokio::time::timeout(GRACE, works).await;
    tracing::info!("stopped");
    Ok(Outcome::Done)
}
