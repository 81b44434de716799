//! What sync-agent must know: from a file and, above it, the environment.

mod error;
mod messages;
mod private;
pub mod settings;
mod values;

pub use self::messages::{Messages, Smtp, Tls, Twilio};
pub use error::{Error, Result};
pub use values::{FILE, unknown_variables};

use self::error::{missing, wrong};
use self::values::Values;
use crate::database::Keep;
use crate::net::proxy::Proxy;
use crate::net::serving::{self, Key, PublicUrl};
use crate::oauth::Application;
use crate::secret::{self, Keyring};
use providers::{AuthorizationServer, ghl, google, microsoft};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing::Level;
use url::Url;

/// All that can be set; [`settings::SETTINGS`] describes each.
#[derive(Debug, Clone)]
pub struct Config {
    database_url: Option<SecretString>,
    key: Option<SecretString>,
    old_keys: Vec<SecretString>,
    /// Whether providers may have internal addresses and be reached without TLS.
    pub allow_private_networks: bool,
    /// Calendars and bookings that are worked on at the same time.
    pub concurrency: usize,
    /// The largest response of a provider, in bytes.
    pub max_response: usize,
    /// How old a calendar's last pull may become before `run` pulls again, in seconds.
    pub max_age_seconds: u64,
    /// How long old log rows are kept.
    pub keep: Keep,
    /// Whether `run` listens for notifications of the database.
    pub listens: bool,
    /// What requests to providers go through; none = nothing.
    pub proxy: Option<Proxy>,
    /// The file that keeps what arrives while the database is unavailable; none = memory.
    pub spool: Option<PathBuf>,
    /// The least severe messages that are logged.
    pub log_level: Level,
    /// The form of a logged message.
    pub log_format: LogFormat,
    /// Google Calendar.
    pub google: Google,
    /// Microsoft Graph.
    pub microsoft: Microsoft,
    /// GoHighLevel.
    pub ghl: Ghl,
    /// What `run` serves.
    pub http: HttpServer,
    /// What is sent to people and programs.
    pub messages: Messages,
}

/// The form of a logged message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line of text.
    Text,
    /// A JSON object on a line.
    Json,
}

/// The application that is registered with a provider.
#[derive(Debug, Clone)]
struct Client {
    id: Option<String>,
    secret: Option<SecretString>,
}

/// Google Calendar.
#[derive(Debug, Clone)]
pub struct Google {
    /// The API.
    pub base_url: Url,
    authorize_url: Url,
    token_url: Url,
    revoke_url: Url,
    client: Client,
}

/// Microsoft Graph.
#[derive(Debug, Clone)]
pub struct Microsoft {
    /// The API.
    pub base_url: Url,
    login_url: Url,
    tenant: String,
    client: Client,
}

/// GoHighLevel.
#[derive(Debug, Clone)]
pub struct Ghl {
    /// The API, which includes the token endpoint.
    pub base_url: Url,
    client: Client,
}

/// What `run` serves: notifications of providers, pages and its health.
#[derive(Debug, Clone)]
pub struct HttpServer {
    listen: Option<SocketAddr>,
    internal_listen: Option<SocketAddr>,
    /// The URL at which browsers and providers reach the server.
    pub public_url: Option<Url>,
    client_address_header: String,
    pages: Option<PathBuf>,
    api_origins: Option<String>,
    ghl_key: String,
}

/// The directory of the user's state.
const NAME: &str = "sync-agent";

/// The spool's file.
const SPOOL: &str = "spool.sqlite";

impl Config {
    /// Reads a TOML file, if one is given, and the environment.
    pub fn load(file: Option<&Path>, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let values = Values::load(file, &variable)?;
        let client = |id, secret| {
            Ok::<_, Error>(Client { id: values.optional(id)?, secret: values.optional(secret)? })
        };
        Ok(Self {
            database_url: values.optional("database_url")?,
            key: values.optional("key")?,
            old_keys: values.optional("old_keys")?.unwrap_or_default(),
            allow_private_networks: values.get("allow_private_networks")?,
            concurrency: values.get::<u32>("concurrency")? as usize,
            max_response: (values.get::<u32>("max_response_mib")? as usize) << 20,
            max_age_seconds: values.get::<u32>("max_age_seconds")?.into(),
            keep: Keep {
                logs_days: values.get::<u32>("keep_logs_days")?,
                audit_days: Some(values.get::<u32>("keep_audit_days")?).filter(|&days| days > 0),
                holds_days: Some(values.get::<u32>("keep_holds_days")?).filter(|&days| days > 0),
            },
            listens: values.get("listen")?,
            proxy: proxy(&values)?,
            spool: values
                .optional("spool")?
                .or_else(|| Some(state_directory(&variable)?.join(SPOOL))),
            log_level: level(&values.get::<String>("log_level")?),
            log_format: match values.get::<String>("log_format")?.as_str() {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            google: Google {
                base_url: values.get("google.base_url")?,
                authorize_url: values.get("google.authorize_url")?,
                token_url: values.get("google.token_url")?,
                revoke_url: values.get("google.revoke_url")?,
                client: client("google.client_id", "google.client_secret")?,
            },
            microsoft: Microsoft {
                base_url: values.get("microsoft.base_url")?,
                login_url: values.get("microsoft.login_url")?,
                tenant: values.get("microsoft.tenant")?,
                client: client("microsoft.client_id", "microsoft.client_secret")?,
            },
            ghl: Ghl {
                base_url: values.get("ghl.base_url")?,
                client: client("ghl.client_id", "ghl.client_secret")?,
            },
            http: HttpServer {
                listen: values.optional("http.listen")?,
                internal_listen: values.optional("http.internal_listen")?,
                public_url: values.optional("http.public_url")?,
                client_address_header: values.get("http.client_address_header")?,
                pages: values.optional("http.pages")?,
                api_origins: values.optional("http.api_origins")?,
                ghl_key: values.get("webhooks.ghl_key")?,
            },
            messages: Messages::read(&values)?,
        })
    }

    /// The URL of the database.
    pub fn database_url(&self) -> Result<&SecretString> {
        let example = "set it to a URL such as postgres://sync_agent@db.example.com/calendar";
        self.database_url.as_ref().ok_or_else(|| missing("database_url", example))
    }

    /// What credentials are encrypted with.
    pub fn keyring(&self) -> Result<Keyring> {
        let advice = "set it to the output of `openssl rand -base64 32`, and keep a copy, because \
                      no credential can be read without it";
        let key = self.key.as_ref().ok_or_else(|| missing("key", advice))?;
        Keyring::new(key, &self.old_keys).map_err(|error| match error {
            secret::Error::NoKey => wrong("key or old_keys", "the base64 of 32 bytes"),
            other => Error(other.to_string()),
        })
    }

    /// The providers whose accounts a page can connect: those that need no client id, and those
    /// whose client id is set.
    pub fn connects(&self) -> Vec<&'static str> {
        let applications = [("google", &self.google.client), ("microsoft", &self.microsoft.client)];
        let applications = applications.into_iter().filter(|(_, client)| client.id.is_some());
        applications.map(|(name, _)| name).chain(["caldav", "ics", "ghl"]).collect()
    }

    /// The application that sync-agent is to a provider with OAuth.
    pub fn application(&self, provider: &str) -> Result<Application> {
        let (client, server) = match provider {
            "google" => {
                let Google { authorize_url, token_url, revoke_url, client, .. } = &self.google;
                (client, google::authorization_server(authorize_url, token_url, revoke_url))
            }
            "microsoft" => {
                let Microsoft { login_url, tenant, client, .. } = &self.microsoft;
                let server = microsoft::authorization_server(login_url, tenant);
                (client, server.ok_or_else(|| wrong("microsoft.login_url", "a URL with a path"))?)
            }
            "ghl" => {
                let server = ghl::authorization_server(&self.ghl.base_url);
                (
                    &self.ghl.client,
                    server.ok_or_else(|| wrong("ghl.base_url", "a URL with a path"))?,
                )
            }
            other => return Err(Error(format!("{other} does not use OAuth"))),
        };
        client.application(provider, server)
    }
}

impl Client {
    fn application(&self, provider: &str, server: AuthorizationServer) -> Result<Application> {
        let advice = "register an application with the provider and set its client id";
        let client_id =
            self.id.clone().ok_or_else(|| missing(&format!("{provider}.client_id"), advice))?;
        Ok(Application { client_id, client_secret: self.secret.clone(), server })
    }
}

impl HttpServer {
    /// How to listen; none = there is no server.
    pub fn settings(&self) -> Result<Option<serving::Settings>> {
        if self.listen.is_none() && self.internal_listen.is_none() {
            return Ok(None);
        }
        let ghl_key = self.ghl_key.parse().map_err(|_| wrong("webhooks.ghl_key", Key::FORM))?;
        let public_url = self.public_url.as_ref().map(PublicUrl::new);
        let header = self.client_address_header.parse();
        let origins = self.api_origins.as_deref().unwrap_or_default().split(',').map(str::trim);
        let origins = origins.filter(|origin| !origin.is_empty()).map(|text| {
            let origin = Url::parse(text).ok().map(|url| url.origin());
            origin.filter(url::Origin::is_tuple).map(|origin| origin.ascii_serialization())
        });
        Ok(Some(serving::Settings {
            listen: self.listen,
            internal_listen: self.internal_listen,
            public_url: public_url
                .transpose()
                .map_err(|_| wrong("http.public_url", PublicUrl::FORM))?,
            client_address_header: header
                .map_err(|_| wrong("http.client_address_header", "the name of an HTTP header"))?,
            pages: self.pages.clone(),
            api_origins: origins.collect::<Option<_>>().ok_or_else(|| {
                wrong("http.api_origins", "origins such as https://api.example.com")
            })?,
            ghl_key,
        }))
    }
}

fn proxy(values: &Values) -> Result<Option<Proxy>> {
    let Some(url) = values.optional::<SecretString>("http.proxy")? else { return Ok(None) };
    let except = values.optional::<String>("http.no_proxy")?;
    Proxy::new(&url, except.as_deref())
        .map(Some)
        .ok_or_else(|| wrong("http.proxy", "a URL such as http://proxy.example.com:3128"))
}

fn level(name: &str) -> Level {
    match name {
        "error" => Level::ERROR,
        "warn" => Level::WARN,
        "debug" => Level::DEBUG,
        "trace" => Level::TRACE,
        _ => Level::INFO,
    }
}

/// The directory for what must outlive the process: systemd's, or the user's (XDG Base Directory
/// Specification).
fn state_directory(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("STATE_DIRECTORY")
        .or_else(|| Some(path("XDG_STATE_HOME")?.join(NAME)))
        .or_else(|| Some(path("HOME")?.join(".local/state").join(NAME)))
}
