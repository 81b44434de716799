//! Opens accounts with the connector of their provider and their credential.

use super::open_account::Accounts;
use crate::config::Config;
use crate::connector::Connector;
use crate::connector::caldav::CalDav;
use crate::connector::feed::Feed;
use crate::connector::ghl::Ghl;
use crate::connector::google::Google;
use crate::connector::microsoft::Microsoft;
use crate::connector::observed::Observed;
use crate::database::{Account, Database};
use crate::health::{Health, Part};
use crate::net::authorized::{AccessTokens, Authorized};
use crate::net::http::{Http, Limits};
use crate::oauth::{Application, DatabaseSecrets, SecretStore, Sessions};
use crate::secret::{Credential, Keyring};
use crate::{Error, Result};
use async_trait::async_trait;
use providers::ghl::Location;
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// The providers, as they are configured.
pub struct Providers {
    config: Config,
    http: Http,
    sessions: Sessions,
    health: Arc<Health>,
}

impl Providers {
    /// Reaches providers where the configuration says that they are.
    pub fn new(config: Config) -> Result<Self> {
        let limits = Limits {
            allow_private_networks: config.allow_private_networks,
            max_body: config.max_response,
            ..Limits::default()
        };
        Ok(Self {
            http: Http::through(limits, config.proxy.as_ref())?,
            config,
            sessions: Sessions::default(),
            health: Arc::default(),
        })
    }

    /// What sends requests to them.
    pub fn http(&self) -> &Http {
        &self.http
    }

    /// What came of the calls to them.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// Opens an account with the credential that is in a store.
    pub async fn open(
        &self,
        account: &Account,
        secrets: Arc<dyn SecretStore>,
    ) -> Result<Arc<dyn Connector>> {
        let connector = self.connector(account, secrets).await?;
        let Some(part) = Part::named(&account.provider) else { return Ok(connector) };
        Ok(Arc::new(Observed { connector, part, health: Arc::clone(&self.health) }))
    }

    async fn connector(
        &self,
        account: &Account,
        secrets: Arc<dyn SecretStore>,
    ) -> Result<Arc<dyn Connector>> {
        let credential = secrets.load().await?.credential;
        Ok(match (account.provider.as_str(), credential) {
            ("caldav", Credential::Password(password)) => {
                let url = setting(account, "url")?.parse().map_err(|_| {
                    Error::Misconfigured("the account's url is not a valid URL".into())
                })?;
                let username = setting(account, "username")?;
                Arc::new(CalDav::new(self.http.clone(), url, username, &password)?)
            }
            ("ics", Credential::Url(url)) => {
                Arc::new(Feed::new(self.http.clone(), url.expose_secret())?)
            }
            ("google", Credential::RefreshToken(_)) => {
                let authorized = self.authorized(account, secrets)?;
                Arc::new(Google::new(authorized, self.config.google.base_url.clone()))
            }
            ("microsoft", Credential::RefreshToken(_)) => {
                let authorized = self.authorized(account, secrets)?;
                Arc::new(Microsoft::new(authorized, self.config.microsoft.base_url.clone()))
            }
            ("ghl", credential) => {
                let authorized = match credential {
                    Credential::Token(token) => Authorized::new(self.http.clone(), Arc::new(token)),
                    _ => self.authorized(account, secrets)?,
                };
                let base = self.config.ghl.base_url.clone();
                Arc::new(Ghl::new(authorized, Location::new(base, setting(account, "location")?)))
            }
            (provider, _) => {
                let reason = format!("the stored credential is not valid for {provider}");
                return Err(Error::NeedsReconnect(reason));
            }
        })
    }

    /// Ends the consent of a credential, where the provider lets us.
    pub async fn revoke(&self, account: &Account, secrets: &dyn SecretStore) -> Result<()> {
        match secrets.load().await?.credential {
            Credential::RefreshToken(token) => {
                let application = self.application(&account.provider)?;
                application.revoke(&self.http, &token).await
            }
            _ => Ok(()),
        }
    }

    /// The application that we are to a provider.
    pub fn application(&self, provider: &str) -> Result<Application> {
        self.config.application(provider).map_err(|e| Error::Misconfigured(e.to_string()))
    }

    fn authorized(&self, account: &Account, secrets: Arc<dyn SecretStore>) -> Result<Authorized> {
        let application = self.application(&account.provider)?;
        let http = self.http.clone();
        let tokens = self.sessions.tokens(account.id, application, http.clone(), secrets);
        Ok(Authorized::new(http, Arc::new(tokens) as Arc<dyn AccessTokens>))
    }
}

/// Accounts with their credentials in the database.
pub struct StoredAccounts {
    providers: Arc<Providers>,
    keyring: Arc<Keyring>,
    database: Database,
}

impl StoredAccounts {
    /// The accounts of a database.
    pub fn new(providers: Arc<Providers>, keyring: Arc<Keyring>, database: Database) -> Self {
        Self { providers, keyring, database }
    }
}

#[async_trait]
impl Accounts for StoredAccounts {
    async fn open(&self, account: &Account) -> Result<Arc<dyn Connector>> {
        let keyring = Arc::clone(&self.keyring);
        let secrets = DatabaseSecrets::new(self.database.clone(), keyring, account.id);
        self.providers.open(account, Arc::new(secrets)).await
    }

    async fn revoke(&self, account: &Account) -> Result<()> {
        let keyring = Arc::clone(&self.keyring);
        let secrets = DatabaseSecrets::new(self.database.clone(), keyring, account.id);
        self.providers.revoke(account, &secrets).await
    }
}

fn setting<'a>(account: &'a Account, name: &str) -> Result<&'a str> {
    account
        .settings
        .get(name)
        .and_then(|value| value.as_str())
        .ok_or_else(|| Error::Misconfigured(format!("the account's settings have no {name}")))
}
