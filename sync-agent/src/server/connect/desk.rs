//! What the pages need.

use super::problem::Problem;
use crate::candidate::{Candidate, Verified};
use crate::database::{Connection, Database, Pool};
use crate::oauth::Application;
use crate::secret::Keyring;
use crate::server::PublicUrl;
use crate::sync::accounts::Providers;
use crate::{Error, database};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// What connects accounts.
pub struct Connecting {
    /// The database.
    pub pool: Pool,
    /// The providers.
    pub providers: Arc<Providers>,
    /// What encrypts credentials.
    pub keyring: Arc<Keyring>,
}

/// What a page needs.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) public_url: PublicUrl,
    pub(super) connecting: Arc<Connecting>,
}

/// A browser at a connection.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) connection: Connection,
    pub(super) session: [u8; 32],
}

/// What came of an account that was tried.
pub(super) enum Tried {
    /// It is stored.
    Stored,
    /// It is another account than the one that is to be connected again: this one.
    Another(String),
    /// The provider did not list its calendars.
    Failed(Error),
}

impl Desk {
    pub(super) fn new(public_url: PublicUrl, connecting: Arc<Connecting>) -> Self {
        Self { public_url, connecting }
    }

    /// A path below the public URL's.
    pub(super) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.path())
    }

    pub(super) async fn database(&self) -> database::Result<Database> {
        self.connecting.pool.get().await
    }

    /// The application that we are to a provider; none = it is not set up.
    pub(super) fn application(&self, provider: &str) -> Option<Application> {
        self.connecting.providers.application(provider).ok()
    }

    /// Where a provider sends the browser back to.
    pub(super) fn redirect(&self, provider: &str) -> String {
        self.public_url.join(&format!("oauth/{provider}/callback"))
    }

    /// The connection of this id that the browser with this cookie has.
    pub(super) async fn visit(&self, id: Uuid, cookie: Option<&str>) -> Result<Visit, Problem> {
        let session = digest(cookie.ok_or(Problem::Ended)?);
        let connection = self.database().await?.read_connection(id, &session).await?;
        Ok(Visit { connection, session })
    }

    /// Tries an account, and stores it if its provider lists its calendars and it is the one that
    /// was meant. `expected` are the settings of the account that is to be connected again.
    pub(super) async fn try_account(
        &self,
        visit: &Visit,
        candidate: Candidate,
        expected: Option<&serde_json::Value>,
    ) -> Result<Tried, Problem> {
        let mut verified = match candidate.verify(&self.connecting.providers).await {
            Ok(verified) => verified,
            Err(error) => return Ok(Tried::Failed(error)),
        };
        if expected.is_some_and(|expected| !verified.becomes(expected)) {
            return Ok(Tried::Another(super::words::account(&verified.settings)));
        }
        // A browser that gives up must not leave half of it.
        let (connecting, visit) = (Arc::clone(&self.connecting), visit.clone());
        let stored = tokio::spawn(async move { store(&connecting, &visit, &verified).await });
        stored.await.map_err(|_| Problem::Failed)??;
        Ok(Tried::Stored)
    }
}

async fn store(
    connecting: &Connecting,
    visit: &Visit,
    verified: &Verified,
) -> database::Result<()> {
    let database = connecting.pool.get().await?;
    database.begin().await?;
    let stored = async {
        let broker = visit.connection.broker_id;
        let (account, _) = verified.store(&database, &connecting.keyring, broker, None).await?;
        database.finish_connection(visit.connection.id, &visit.session, account).await
    };
    match stored.await {
        Ok(()) => database.commit().await,
        Err(error) => {
            database.rollback().await?;
            Err(error)
        }
    }
}

/// What is stored of a secret.
pub(super) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
