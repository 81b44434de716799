//! Secrets, and tokens that are renewed with them.

use crate::endpoint::{application, http};
use async_trait::async_trait;
use secrecy::ExposeSecret;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use sync_agent::net::authorized::AccessTokens;
use sync_agent::oauth::{MemorySecrets, SecretStore, Sessions, Stored, Tokens};
use sync_agent::secret::Credential;
use sync_agent::{Error, Result};
use url::Url;
use uuid::Uuid;

/// A clock that is moved by hand.
#[derive(Clone)]
pub(crate) struct Time(Arc<Mutex<Instant>>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    pub(crate) fn pass(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    pub(crate) fn sessions(&self) -> Sessions {
        let time = self.clone();
        Sessions::new(Arc::new(move || *time.0.lock().unwrap()))
    }
}

/// Secrets that know what was asked of them, and can fail.
pub(crate) struct Secrets {
    pub(crate) inner: MemorySecrets,
    pub(crate) log: Arc<Mutex<Vec<&'static str>>>,
    pub(crate) failures: Mutex<usize>,
    /// Comes between the load and the store.
    pub(crate) meanwhile: Mutex<Option<Credential>>,
}

impl Secrets {
    pub(crate) fn new(token: &str) -> Arc<Self> {
        Arc::new(Self {
            inner: MemorySecrets::new(refresh(token)),
            log: Arc::default(),
            failures: Mutex::new(0),
            meanwhile: Mutex::default(),
        })
    }

    pub(crate) fn token(&self) -> String {
        match self.inner.credential() {
            Credential::RefreshToken(token) => token.expose_secret().into(),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn note(&self, what: &'static str) {
        self.log.lock().unwrap().push(what);
    }

    pub(crate) fn log(&self) -> Vec<&'static str> {
        self.log.lock().unwrap().clone()
    }
}

#[async_trait]
impl SecretStore for Secrets {
    async fn load(&self) -> Result<Stored> {
        self.note("load");
        self.inner.load().await
    }

    async fn store(&self, credential: &Credential, replaces: i64) -> Result<bool> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(other) = meanwhile {
            let version = self.inner.load().await?.version;
            assert!(self.inner.store(&other, version).await?);
        }
        {
            let mut failures = self.failures.lock().unwrap();
            if *failures > 0 {
                *failures -= 1;
                self.note("fail");
                return Err(Error::Database("it is away".into()));
            }
        }
        self.note("store");
        self.inner.store(credential, replaces).await
    }

    async fn lock(&self) -> Result<()> {
        self.note("lock");
        Ok(())
    }

    async fn unlock(&self) -> Result<()> {
        self.note("unlock");
        Ok(())
    }
}

pub(crate) fn refresh(token: &str) -> Credential {
    Credential::RefreshToken(token.into())
}

pub(crate) fn tokens(sessions: &Sessions, url: &Url, secrets: &Arc<Secrets>) -> Tokens {
    let secrets = Arc::clone(secrets) as Arc<dyn SecretStore>;
    sessions.tokens(Uuid::from_u128(1), application(url.clone()), http(), secrets)
}

pub(crate) async fn access(tokens: &Tokens) -> String {
    tokens.access_token().await.unwrap().expose_secret().into()
}
