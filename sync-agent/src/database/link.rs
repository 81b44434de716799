//! The connection to the server.

use super::{Error, Result};
use crate::net::tls;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long what was sent may go without a sign that the server's machine has received it.
const UNHEARD: Duration = Duration::from_secs(30);

/// What is sent as `application_name`.
const NAME: &str = "sync-agent";

/// What a connection reports by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A calendar is due: its provider has reported a change, or an agent has given it back.
    Pull,
    /// A booking has changed.
    Push,
    /// The connection was lost.
    Lost,
}

/// What arrives by itself.
pub type Notifications = mpsc::UnboundedReceiver<Notice>;

/// A connection that can be replaced.
#[derive(Debug)]
pub(super) struct Link {
    client: Mutex<Option<Arc<Held>>>,
    /// How to connect again; none = a [`super::Pool`]'s connection.
    way: Option<Way>,
    is_in_transaction: AtomicBool,
}

/// Whose a connection is.
#[derive(Debug)]
pub(super) enum Held {
    /// The agent's own.
    Own(Client),
    /// A [`super::Pool`]'s, which gets it back.
    Pooled(deadpool_postgres::Object),
}

#[derive(Debug)]
struct Way {
    url: secrecy::SecretString,
    sender: mpsc::UnboundedSender<Notice>,
}

impl Link {
    /// Connects.
    pub(super) async fn open(url: &str) -> Result<(Self, Notifications)> {
        let (link, notifications) = Self::closed(url)?;
        link.open_again().await?;
        Ok((link, notifications))
    }

    /// Connects when [`Self::open_again`] is called.
    pub(super) fn closed(url: &str) -> Result<(Self, Notifications)> {
        parse(url)?;
        let (sender, notifications) = mpsc::unbounded_channel();
        let way = Some(Way { url: url.into(), sender });
        let link =
            Self { client: Mutex::default(), way, is_in_transaction: AtomicBool::new(false) };
        Ok((link, notifications))
    }

    /// A connection of a pool.
    pub(super) fn pooled(client: deadpool_postgres::Object) -> Self {
        let client = Mutex::new(Some(Arc::new(Held::Pooled(client))));
        Self { client, way: None, is_in_transaction: AtomicBool::new(false) }
    }

    /// Connects again, if the connection was lost.
    pub(super) async fn open_again(&self) -> Result<()> {
        if let (Some(way), Err(_)) = (&self.way, self.client()) {
            let client = way.connect().await?;
            *self.held() = Some(client);
        }
        Ok(())
    }

    /// The connection.
    pub(super) fn client(&self) -> Result<Arc<Held>> {
        match &*self.held() {
            Some(client) if !client.is_closed() => Ok(Arc::clone(client)),
            _ => Err(Error::Away("the connection was lost".into())),
        }
    }

    /// Closes a connection that does not answer.
    pub(super) fn give_up(&self, client: &Client) {
        let mut held = self.held();
        if held.as_ref().is_some_and(|held| std::ptr::eq::<Client>(&***held, client)) {
            *held = None;
            if let Some(way) = &self.way {
                let _ = way.sender.send(Notice::Lost);
            }
        }
    }

    /// Whether several calls are one transaction now.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.is_in_transaction.load(Ordering::Relaxed)
    }

    pub(super) fn set_in_transaction(&self, is_so: bool) {
        self.is_in_transaction.store(is_so, Ordering::Relaxed);
    }

    fn held(&self) -> MutexGuard<'_, Option<Arc<Held>>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way {
    async fn connect(&self) -> Result<Arc<Held>> {
        use secrecy::ExposeSecret as _;
        let (config, tls) = parse(self.url.expose_secret())?;
        // The server's own limit is for the transport alone.
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, config.connect(tls)).await;
        let (client, mut connection) = connected.map_err(|_| {
            Error::Away(format!("no connection within {} seconds", CONNECT_TIMEOUT.as_secs()))
        })??;
        let sender = self.sender.clone();
        tokio::spawn(async move {
            loop {
                let note =
                    match std::future::poll_fn(|context| connection.poll_message(context)).await {
                        Some(Ok(AsyncMessage::Notification(note))) => match note.channel() {
                            "calendar_pull" => Notice::Pull,
                            _ => Notice::Push,
                        },
                        Some(Ok(_)) => continue,
                        // Pending calls receive the error themselves.
                        Some(Err(_)) | None => Notice::Lost,
                    };
                if sender.send(note).is_err() || note == Notice::Lost {
                    return;
                }
            }
        });
        Ok(Arc::new(Held::Own(client)))
    }
}

impl Deref for Held {
    type Target = Client;

    fn deref(&self) -> &Client {
        match self {
            Self::Own(client) => client,
            Self::Pooled(client) => client,
        }
    }
}

/// How to connect, from a URL with libpq's meanings of `sslmode`.
pub(super) fn parse(url: &str) -> Result<(Config, MakeRustlsConnect)> {
    let (url, trust) = tls::split(url);
    let tls = tls::client(&trust).map_err(|e| Error::Url(e.to_string()))?;
    let mut config: Config = url.parse().map_err(|e: tokio_postgres::Error| {
        Error::Url(e.into_source().map_or_else(|| "it cannot be parsed".into(), |e| e.to_string()))
    })?;
    config
        .application_name(NAME)
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_user_timeout(UNHEARD)
        .keepalives_idle(UNHEARD);
    Ok((config, MakeRustlsConnect::new(tls)))
}
