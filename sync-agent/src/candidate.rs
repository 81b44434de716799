//! An account before it is stored: it must have answered with its calendars.

use crate::database::{self, Account, Database, RegisteredCalendar};
use crate::oauth::MemorySecrets;
use crate::secret::{Credential, Envelope, Keyring};
use crate::sync::accounts::Providers;
use crate::{Error, Result};
use providers::RemoteCalendar;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use url::Url;
use uuid::Uuid;

/// An account as the user describes it.
#[derive(Debug)]
pub(crate) struct Candidate {
    provider: &'static str,
    settings: Value,
    credential: Credential,
}

/// An account whose provider has listed its calendars.
#[derive(Debug)]
pub(crate) struct Verified {
    provider: &'static str,
    pub(crate) settings: Value,
    credential: Credential,
    calendars: Vec<RemoteCalendar>,
    /// The names of the account's calendars that cannot be read.
    pub(crate) unreadable: Vec<String>,
}

impl Candidate {
    pub(crate) fn caldav(url: &Url, username: &str, password: SecretString) -> Self {
        Self {
            provider: "caldav",
            settings: json!({ "url": url, "username": username }),
            credential: Credential::Password(password),
        }
    }

    /// A feed in the network.
    pub(crate) fn feed(url: &str) -> std::result::Result<Self, String> {
        match Url::parse(url) {
            Ok(url) if is_remote(&url) => Ok(Self::ics(url)),
            _ => Err("must be an https: or webcal: URL".into()),
        }
    }

    /// A feed in the network or in a file of this machine: `address` is a URL or a path.
    pub(crate) fn feed_or_file(address: &str) -> std::result::Result<Self, String> {
        match Url::parse(address) {
            Ok(url) if is_remote(&url) || url.scheme() == "file" => Ok(Self::ics(url)),
            Ok(_) => Err("must be an https:, webcal: or file: URL, or a path".into()),
            Err(_) => {
                let path = Path::new(address).canonicalize();
                let path = path.map_err(|e| format!("is neither a URL nor a file: {e}"))?;
                let url = Url::from_file_path(path);
                url.map(Self::ics).map_err(|()| "is not a valid path".to_owned())
            }
        }
    }

    fn ics(url: Url) -> Self {
        Self {
            provider: "ics",
            settings: json!({}),
            credential: Credential::Url(String::from(url).into()),
        }
    }

    /// Google's or Microsoft's.
    pub(crate) fn oauth(provider: &'static str, refresh_token: SecretString) -> Self {
        Self { provider, settings: json!({}), credential: Credential::RefreshToken(refresh_token) }
    }

    pub(crate) fn ghl(location: &str, credential: Credential) -> Self {
        Self { provider: "ghl", settings: json!({ "location": location }), credential }
    }

    /// Asks the provider for the account's calendars.
    pub(crate) async fn verify(self, providers: &Providers) -> Result<Verified> {
        let Self { provider, mut settings, credential } = self;
        // The id is new, so that it cannot be confused with a known account.
        let account =
            Account { id: Uuid::new_v4(), provider: provider.into(), settings: settings.clone() };
        let secrets = Arc::new(MemorySecrets::new(credential));
        let connector = providers.open(&account, secrets.clone()).await?;
        let calendars = connector.calendars().await?;
        let unreadable = connector.unreadable().await?;
        let Some(first) = calendars.iter().find(|c| c.is_primary).or(calendars.first()) else {
            return Err(Error::NotFound("the account has no calendar".into()));
        };
        if matches!(provider, "google" | "microsoft" | "ics") {
            // Only the calendar's id is stable, public, and different for each account.
            settings["calendar"] = json!(first.external_calendar_id);
        }
        // What was rotated meanwhile.
        let credential = secrets.credential();
        Ok(Verified { provider, settings, credential, calendars, unreadable })
    }
}

impl Verified {
    /// Whether it is the account with these settings, connected again. A feed becomes that at any
    /// address: hosts reset a secret address, and the id of its calendar is made of the first one.
    pub(crate) fn becomes(&mut self, known: &Value) -> bool {
        if let ("ics", Some(calendar)) = (self.provider, known["calendar"].as_str()) {
            self.settings = known.clone();
            self.calendars.iter_mut().for_each(|feed| feed.external_calendar_id = calendar.into());
        }
        self.settings == *known
    }

    /// Stores it as a broker's account; belongs into a transaction.
    pub(crate) async fn store(
        &self,
        database: &Database,
        keyring: &Keyring,
        broker_id: Uuid,
        name: Option<&str>,
    ) -> database::Result<(Uuid, Vec<RegisteredCalendar>)> {
        let account_id =
            database.connect_account(broker_id, self.provider, &self.settings, name).await?;
        let Envelope { secret, key_id } = keyring.seal(account_id, &self.credential);
        database.store_secret(account_id, &secret, &key_id, None).await?;
        let calendars = database.register_calendars(account_id, &self.calendars).await?;
        Ok((account_id, calendars))
    }
}

fn is_remote(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "webcal" | "webcals")
}
