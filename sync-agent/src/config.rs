//! What sync-agent has to be told: from a file and, above it, the environment.

mod private;

use crate::oauth::Application;
use crate::secret::{self, Keyring};
use crate::server;
use secrecy::SecretString;
use serde::Deserialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use tracing::Level;
use url::Url;

/// The result of reading a configuration.
pub type Result<T> = std::result::Result<T, Error>;

/// What is wrong with a configuration: names the key and what it may be, and never
/// repeats what it is, for that may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// All that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    database_url: Option<SecretString>,
    key: Option<SecretString>,
    old_keys: Vec<SecretString>,
    /// Whether providers may be at internal addresses, and be asked without TLS.
    pub allow_private_networks: bool,
    /// Calendars and bookings that are worked on at the same time.
    #[serde(deserialize_with = "concurrency")]
    pub concurrency: usize,
    /// How many seconds old a calendar's last pull may get before `run` pulls again.
    pub max_age_seconds: u64,
    /// The file where what arrives is kept while the database is away; none = memory.
    pub spool: Option<PathBuf>,
    /// What is logged.
    pub log_level: LogLevel,
    /// How it is logged.
    pub log_format: LogFormat,
    /// Google Calendar.
    pub google: Google,
    /// Microsoft Graph.
    pub microsoft: Microsoft,
    /// GoHighLevel.
    pub ghl: Ghl,
    /// How providers tell of changes.
    pub webhooks: Webhooks,
}

/// What is logged: this and what is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the usual levels")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// How it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Google Calendar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Google {
    /// The API.
    pub base_url: Url,
    authorize_url: Url,
    token_url: Url,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
}

/// Microsoft Graph.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Microsoft {
    /// The API.
    pub base_url: Url,
    login_url: Url,
    tenant: String,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
}

/// GoHighLevel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ghl {
    /// The API, tokens included.
    pub base_url: Url,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
}

/// How providers tell of changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    listen: Option<SocketAddr>,
    /// Where the internet reaches what listens there.
    pub public_url: Option<Url>,
    ghl_key: Option<String>,
}

/// The directory of the user's state.
const NAME: &str = "sync-agent";

/// The spool's file.
const SPOOL: &str = "spool.sqlite";

/// How a variable is written.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Switch,
    /// Between commas.
    List,
}

/// Variables, and the keys that they stand above.
const VARIABLES: &[(&str, &str, Kind)] = &[
    ("DATABASE_URL", "database_url", Kind::Text),
    ("SYNC_AGENT_KEY", "key", Kind::Text),
    ("SYNC_AGENT_OLD_KEYS", "old_keys", Kind::List),
    ("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "allow_private_networks", Kind::Switch),
    ("SYNC_AGENT_CONCURRENCY", "concurrency", Kind::Number),
    ("SYNC_AGENT_MAX_AGE_SECONDS", "max_age_seconds", Kind::Number),
    ("SYNC_AGENT_SPOOL", "spool", Kind::Text),
    ("SYNC_AGENT_LOG_LEVEL", "log_level", Kind::Text),
    ("SYNC_AGENT_LOG_FORMAT", "log_format", Kind::Text),
    ("SYNC_AGENT_GOOGLE_BASE_URL", "google.base_url", Kind::Text),
    ("SYNC_AGENT_GOOGLE_AUTHORIZE_URL", "google.authorize_url", Kind::Text),
    ("SYNC_AGENT_GOOGLE_TOKEN_URL", "google.token_url", Kind::Text),
    ("SYNC_AGENT_GOOGLE_CLIENT_ID", "google.client_id", Kind::Text),
    ("SYNC_AGENT_GOOGLE_CLIENT_SECRET", "google.client_secret", Kind::Text),
    ("SYNC_AGENT_MICROSOFT_BASE_URL", "microsoft.base_url", Kind::Text),
    ("SYNC_AGENT_MICROSOFT_LOGIN_URL", "microsoft.login_url", Kind::Text),
    ("SYNC_AGENT_MICROSOFT_TENANT", "microsoft.tenant", Kind::Text),
    ("SYNC_AGENT_MICROSOFT_CLIENT_ID", "microsoft.client_id", Kind::Text),
    ("SYNC_AGENT_MICROSOFT_CLIENT_SECRET", "microsoft.client_secret", Kind::Text),
    ("SYNC_AGENT_GHL_BASE_URL", "ghl.base_url", Kind::Text),
    ("SYNC_AGENT_GHL_CLIENT_ID", "ghl.client_id", Kind::Text),
    ("SYNC_AGENT_GHL_CLIENT_SECRET", "ghl.client_secret", Kind::Text),
    ("SYNC_AGENT_WEBHOOKS_LISTEN", "webhooks.listen", Kind::Text),
    ("SYNC_AGENT_WEBHOOKS_PUBLIC_URL", "webhooks.public_url", Kind::Text),
    ("SYNC_AGENT_WEBHOOKS_GHL_KEY", "webhooks.ghl_key", Kind::Text),
];

impl Config {
    /// Reads a TOML file, if one is given, and the environment.
    pub fn load(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let mut table = match file {
            Some(path) => read(path)?,
            None => Table::new(),
        };
        for &(name, key, kind) in VARIABLES {
            // An empty one is not set, as shells and Compose files have it.
            if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
                let value = kind.parse(&value).ok_or_else(|| wrong(key, kind.wanted()))?;
                set(&mut table, key, value)?;
            }
        }
        let mut config: Self =
            serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
                let key = error.path().to_string();
                explain(&key, &error.into_inner().to_string())
            })?;
        config.spool = config.spool.or_else(|| Some(state_directory(variable)?.join(SPOOL)));
        Ok(config)
    }

    /// Where the database is.
    pub fn database_url(&self) -> Result<&SecretString> {
        self.database_url.as_ref().ok_or_else(|| {
            missing("database_url", "such as postgres://sync_agent@db.example.com/calendar")
        })
    }

    /// What credentials are encrypted with.
    pub fn keyring(&self) -> Result<Keyring> {
        let advice = "such as `openssl rand -base64 32` gives; keep it, for no credential can be \
                      read without it";
        let key = self.key.as_ref().ok_or_else(|| missing("key", advice))?;
        Keyring::new(key, &self.old_keys).map_err(|error| match error {
            secret::Error::NoKey => wrong("key or old_keys", "the base64 of 32 bytes"),
            other => Error(other.to_string()),
        })
    }

    /// What sync-agent is to a provider that works with OAuth.
    pub fn application(&self, provider: &str) -> Result<Application> {
        match provider {
            "google" => self.google.application(),
            "microsoft" => self.microsoft.application(),
            "ghl" => self.ghl.application(),
            other => Err(Error(format!("{other} does not work with OAuth"))),
        }
    }
}

/// Where programs keep what must outlive them: systemd's, or the user's (XDG Base
/// Directory Specification).
fn state_directory(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("STATE_DIRECTORY")
        .or_else(|| Some(path("XDG_STATE_HOME")?.join(NAME)))
        .or_else(|| Some(path("HOME")?.join(".local/state").join(NAME)))
}

impl Webhooks {
    /// How to listen; none = nobody does.
    pub fn settings(&self) -> Result<Option<server::Settings>> {
        let Some(listen) = self.listen else { return Ok(None) };
        let key = self.ghl_key.as_deref().unwrap_or(providers::ghl::WEBHOOK_KEY);
        let ghl_key = key
            .parse()
            .map_err(|error: server::NoKey| wrong("webhooks.ghl_key", &error.to_string()))?;
        Ok(Some(server::Settings { listen, ghl_key }))
    }
}

impl Google {
    fn application(&self) -> Result<Application> {
        Ok(Application {
            client_id: client_id("google", self.client_id.as_ref())?,
            client_secret: self.client_secret.clone(),
            authorize_url: Some(self.authorize_url.clone()),
            token_url: self.token_url.clone(),
            scopes: vec![
                "https://www.googleapis.com/auth/calendar.events".into(),
                "https://www.googleapis.com/auth/calendar.calendarlist.readonly".into(),
            ],
            refreshes_with_scopes: false,
            token_parameters: Vec::new(),
            authorize_parameters: vec![("access_type", "offline")],
            // Not at first: each consent takes one of a user's 100 refresh tokens.
            insistent_parameters: vec![("prompt", "consent")],
            redirect_host: "127.0.0.1",
        })
    }
}

impl Microsoft {
    fn application(&self) -> Result<Application> {
        let endpoint = |name: &str| {
            let path = format!("{}/oauth2/v2.0/{name}", self.tenant);
            self.login_url.join(&path).map_err(|_| wrong("microsoft.login_url", "a URL"))
        };
        Ok(Application {
            client_id: client_id("microsoft", self.client_id.as_ref())?,
            client_secret: self.client_secret.clone(),
            authorize_url: Some(endpoint("authorize")?),
            token_url: endpoint("token")?,
            scopes: ["offline_access", "Calendars.ReadWrite", "User.Read"].map(Into::into).into(),
            refreshes_with_scopes: true,
            token_parameters: Vec::new(),
            authorize_parameters: Vec::new(),
            insistent_parameters: Vec::new(),
            // Of the names of this machine, the one that it takes with any port.
            redirect_host: "localhost",
        })
    }
}

impl Ghl {
    fn application(&self) -> Result<Application> {
        let token_url = self.base_url.join("oauth/token");
        Ok(Application {
            client_id: client_id("ghl", self.client_id.as_ref())?,
            client_secret: self.client_secret.clone(),
            authorize_url: None,
            token_url: token_url.map_err(|_| wrong("ghl.base_url", "a URL"))?,
            scopes: Vec::new(),
            refreshes_with_scopes: false,
            token_parameters: vec![("user_type", "Location")],
            authorize_parameters: Vec::new(),
            insistent_parameters: Vec::new(),
            redirect_host: "127.0.0.1",
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database_url: None,
            key: None,
            old_keys: Vec::new(),
            allow_private_networks: false,
            concurrency: 8,
            max_age_seconds: 60,
            spool: None,
            log_level: LogLevel::Info,
            log_format: LogFormat::Text,
            google: Google::default(),
            microsoft: Microsoft::default(),
            ghl: Ghl::default(),
            webhooks: Webhooks::default(),
        }
    }
}

impl Default for Google {
    fn default() -> Self {
        Self {
            base_url: known(providers::google::BASE),
            authorize_url: known("https://accounts.google.com/o/oauth2/v2/auth"),
            token_url: known("https://oauth2.googleapis.com/token"),
            client_id: None,
            client_secret: None,
        }
    }
}

impl Default for Microsoft {
    fn default() -> Self {
        Self {
            base_url: known(providers::microsoft::BASE),
            login_url: known("https://login.microsoftonline.com/"),
            tenant: "common".into(),
            client_id: None,
            client_secret: None,
        }
    }
}

impl Default for Ghl {
    fn default() -> Self {
        Self { base_url: known(providers::ghl::BASE), client_id: None, client_secret: None }
    }
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

impl Kind {
    fn parse(self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            Self::Text => Some(Value::String(text.into())),
            Self::Number => text.parse().ok().map(Value::Integer),
            Self::Switch => text.parse().ok().map(Value::Boolean),
            Self::List => {
                let items = text.split(',').map(|item| Value::String(item.trim().into()));
                Some(Value::Array(items.collect()))
            }
        }
    }

    fn wanted(self) -> &'static str {
        match self {
            Self::Text | Self::List => "text",
            Self::Number => "a whole number",
            Self::Switch => "true or false",
        }
    }
}

fn read(path: &Path) -> Result<Table> {
    let shown = path.display();
    let unreadable = |e: std::io::Error| Error(format!("cannot read {shown}: {e}"));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    let table = text.parse().map_err(|e: toml::de::Error| {
        // toml's own words would show the line, and the key in it.
        let start = e.span().map_or(0, |span| span.start);
        let line = text.as_bytes()[..start.min(text.len())].iter().filter(|&&b| b == b'\n').count();
        Error(format!("{shown}, line {}: this is not TOML", line + 1))
    })?;
    private::check(&file, path, &table)?;
    Ok(table)
}

fn set(table: &mut Table, key: &str, value: Value) -> Result<()> {
    match key.split_once('.') {
        None => {
            table.insert(key.into(), value);
            Ok(())
        }
        Some((section, key)) => {
            let section_value = table.entry(section).or_insert_with(|| Table::new().into());
            let inner = section_value.as_table_mut();
            set(inner.ok_or_else(|| wrong(section, "a table"))?, key, value)
        }
    }
}

fn concurrency<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<usize, D::Error> {
    usize::deserialize(from)
        .ok()
        .filter(|number| (1..=256).contains(number))
        .ok_or_else(|| serde::de::Error::custom("expected 1 to 256"))
}

/// serde's words, without the value.
fn explain(key: &str, told: &str) -> Error {
    let told = told.lines().next().unwrap_or_default();
    if told.starts_with("unknown field") {
        let place = if key.contains('.') { format!("{key}: ") } else { String::new() };
        return Error(format!("{place}{told}"));
    }
    match told.rsplit_once("expected ") {
        Some((_, "u64")) => wrong(key, Kind::Number.wanted()),
        Some((_, wanted)) => wrong(key, wanted),
        None => wrong(key, "a URL such as https://example.com/"),
    }
}

fn wrong(key: &str, wanted: &str) -> Error {
    Error(format!("{}must be {wanted}", named(key)))
}

fn missing(key: &str, advice: &str) -> Error {
    Error(format!("{}is not set: {advice}", named(key)))
}

/// A key, by both its names.
fn named(key: &str) -> String {
    let mut name = format!("{key} ");
    if let Some((variable, ..)) = VARIABLES.iter().find(|(_, of, _)| *of == key) {
        let _ = write!(name, "({variable}) ");
    }
    name
}

fn client_id(provider: &str, id: Option<&String>) -> Result<String> {
    id.cloned().ok_or_else(|| {
        let key = format!("{provider}.client_id");
        missing(&key, "register an application with the provider")
    })
}

fn known(url: &str) -> Url {
    url.parse().expect("a URL that is written here")
}
