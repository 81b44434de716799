//! Access tokens of an account: kept while they last, renewed one at a time.

use super::{Application, SecretStore, Stored};
use crate::net::authorized::AccessTokens;
use crate::net::http::Http;
use crate::secret::Credential;
use crate::{Error, Result};
use async_trait::async_trait;
use oauth2::TokenResponse;
use oauth2::basic::BasicTokenResponse;
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

/// How long before its end an access token is renewed.
const MARGIN: Duration = Duration::from_secs(60);

/// Returns the current time.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// The access tokens of all accounts that this process uses.
pub struct Sessions {
    sessions: std::sync::Mutex<HashMap<Uuid, Arc<Mutex<Session>>>>,
    clock: Clock,
}

/// What is known of an account's tokens, beyond what is stored.
#[derive(Debug, Default)]
struct Session {
    access: Option<Access>,
    /// The provider gave it, but it could not be stored: the next renewal begins
    /// with that.
    unsaved: Option<Renewed>,
}

#[derive(Debug)]
struct Access {
    token: SecretString,
    renew_at: Option<Instant>,
}

#[derive(Debug)]
struct Renewed {
    access: Access,
    /// The refresh token that it was renewed with.
    used: SecretString,
    /// The one that the provider gave in its place.
    rotated: Option<SecretString>,
    /// The version that held the one used.
    version: i64,
}

/// The access tokens of one account.
#[derive(Clone)]
pub struct Tokens {
    application: Application,
    http: Http,
    secrets: Arc<dyn SecretStore>,
    session: Arc<Mutex<Session>>,
    clock: Clock,
}

impl Sessions {
    /// None yet; `clock` says when tokens end.
    pub fn new(clock: Clock) -> Self {
        Self { sessions: std::sync::Mutex::default(), clock }
    }

    /// The access tokens of an account, shared by all who ask for them here.
    pub fn tokens(
        &self,
        account_id: Uuid,
        application: Application,
        http: Http,
        secrets: Arc<dyn SecretStore>,
    ) -> Tokens {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = Arc::clone(sessions.entry(account_id).or_default());
        Tokens { application, http, secrets, session, clock: Arc::clone(&self.clock) }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new(Arc::new(Instant::now))
    }
}

#[async_trait]
impl AccessTokens for Tokens {
    async fn access_token(&self) -> Result<SecretString> {
        self.token_other_than(None).await
    }

    async fn instead_of(&self, refused: &SecretString) -> Result<SecretString> {
        self.token_other_than(Some(refused)).await
    }
}

impl Tokens {
    async fn token_other_than(&self, refused: Option<&SecretString>) -> Result<SecretString> {
        let session = Arc::clone(&self.session).lock_owned().await;
        let is_refused = |token: &SecretString| {
            refused.is_some_and(|refused| refused.expose_secret() == token.expose_secret())
        };
        match &session.access {
            Some(access) if !is_refused(&access.token) && !self.is_ending(access) => {
                return Ok(access.token.clone());
            }
            _ => {}
        }
        // The caller may time out; a refresh token that has been used must be replaced all the
        // same.
        tokio::spawn(self.clone().renew(session))
            .await
            .map_err(|e| Error::Interrupted(format!("the renewal of the token ended: {e}")))?
    }

    fn is_ending(&self, access: &Access) -> bool {
        access.renew_at.is_some_and(|at| at <= (self.clock)())
    }

    async fn renew(self, mut session: OwnedMutexGuard<Session>) -> Result<SecretString> {
        self.secrets.lock().await?;
        let renewed = self.renew_locked(&mut session).await;
        if let Err(error) = self.secrets.unlock().await {
            tracing::debug!(%error, "cannot release the account's lock; it ends by itself");
        }
        renewed
    }

    async fn renew_locked(&self, session: &mut Session) -> Result<SecretString> {
        session.access = None;
        self.keep(session).await?;
        if session.access.as_ref().is_none_or(|access| self.is_ending(access)) {
            session.unsaved = Some(self.ask().await?);
            self.keep(session).await?;
        }
        session.access.as_ref().map(|access| access.token.clone()).ok_or_else(nothing)
    }

    /// Makes the access token usable that was renewed and not saved.
    async fn keep(&self, session: &mut Session) -> Result<()> {
        if let Some(renewed) = &session.unsaved {
            self.save(renewed).await?;
        }
        if let Some(renewed) = session.unsaved.take() {
            session.access = Some(renewed.access);
        }
        Ok(())
    }

    async fn ask(&self) -> Result<Renewed> {
        let (stored, token) = self.refresh_token().await?;
        let answer = match self.application.refresh(&self.http, &token).await {
            Err(Error::NeedsReconnect(reason)) => {
                // Unless it has been connected again in the meantime.
                let (now, other) = self.refresh_token().await?;
                if now.version == stored.version {
                    return Err(Error::NeedsReconnect(reason));
                }
                let answer = self.application.refresh(&self.http, &other).await?;
                return Ok(self.renewed(&answer, other, now.version));
            }
            other => other?,
        };
        Ok(self.renewed(&answer, token, stored.version))
    }

    fn renewed(&self, answer: &BasicTokenResponse, used: SecretString, version: i64) -> Renewed {
        let renew_at =
            answer.expires_in().map(|left| (self.clock)() + (left - MARGIN.min(left / 2)));
        let access = Access { token: answer.access_token().secret().as_str().into(), renew_at };
        let rotated = answer
            .refresh_token()
            .filter(|token| token.secret() != used.expose_secret())
            .map(|token| token.secret().as_str().into());
        Renewed { access, used, rotated, version }
    }

    /// Stores what the provider gave in place of the refresh token. Only then may the
    /// access token be used: should this process end, the other is not lost.
    async fn save(&self, renewed: &Renewed) -> Result<()> {
        let Some(rotated) = &renewed.rotated else {
            return Ok(());
        };
        let credential = Credential::RefreshToken(rotated.clone());
        let mut version = renewed.version;
        while !self.secrets.store(&credential, version).await? {
            // The same may have been encrypted with another key. One that is not the
            // same comes from another consent, and is as good as ours.
            let (now, token) = self.refresh_token().await?;
            if token.expose_secret() != renewed.used.expose_secret() {
                return Ok(());
            }
            version = now.version;
        }
        Ok(())
    }

    async fn refresh_token(&self) -> Result<(Stored, SecretString)> {
        let stored = self.secrets.load().await?;
        match &stored.credential {
            Credential::RefreshToken(token) => {
                let token = token.clone();
                Ok((stored, token))
            }
            _ => Err(nothing()),
        }
    }
}

fn nothing() -> Error {
    Error::NeedsReconnect("the account has no refresh token".into())
}
