//! `sync-agent run`.

use super::{Context, Outcome};
use crate::daemon::{self, Settings};
use crate::database::Database;
use crate::server::{Server, Waker};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

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
            let server = Server::bind(settings).await;
            Some(
                server
                    .with_context(|| format!("webhooks.listen: {listen} cannot be listened on"))?,
            )
        }
        None => None,
    };
    let webhooks = async {
        match server {
            Some(server) => server.serve(Waker::new(url.clone())).await,
            None => std::future::pending().await,
        }
    };
    let works = daemon::run(
        async || Database::connect(url.expose_secret()).await,
        accounts,
        spool,
        settings,
    );
    let mut terminated = signal(SignalKind::terminate())?;
    tracing::info!("running");
    // Leases of what is cut short lapse; what was not stored is brought again.
    tokio::select! {
        never = works => match never {},
        never = webhooks => match never {},
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tracing::info!("stopped");
    Ok(Outcome::Done)
}
