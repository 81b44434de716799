//! Every setting: what the reader of the configuration, `--help`, the sample file and the
//! document `docs/settings.md` are made from.

mod text;

pub use text::{document, help, sample};

/// A setting: a key of the TOML file, and the environment variable that overrides it.
#[derive(Debug)]
pub struct Setting {
    /// The key, `section.key` in a section.
    pub key: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is if it is not set.
    pub default: Default,
    /// A value to show in the sample file if there is no default.
    pub example: &'static str,
    /// What it does, with units.
    pub about: &'static str,
}

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that no message, log or listing shows.
    Secret,
    /// Several secrets: an array in the file, separated by commas in the variable.
    Secrets,
    /// An absolute URL.
    Url,
    /// An IP address and a port.
    Address,
    /// A path of a file.
    Path,
    /// A whole number.
    Number {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// True or false.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// What a setting is if it is not set.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This value, as a variable would hold it.
    Value(&'static str),
    /// No value; this is what follows from that.
    Unset(&'static str),
}

impl Kind {
    /// What a value must be, for "… must be …".
    pub fn wanted(self) -> String {
        match self {
            Self::Text | Self::Secret => "text".into(),
            Self::Secrets => "a list of texts".into(),
            Self::Url => "a URL, such as https://example.com/".into(),
            Self::Address => "an IP address and a port, such as 127.0.0.1:8085".into(),
            Self::Path => "a path".into(),
            Self::Number { least, most } => format!("a whole number from {least} to {most}"),
            Self::Switch => "true or false".into(),
            Self::Choice(words) => match words {
                [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => words.concat(),
            },
        }
    }

    /// Whether the value is written without quotes in TOML.
    fn is_bare(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Switch | Self::Secrets)
    }
}

impl Setting {
    /// The setting with a key.
    pub fn of(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The section of the file, or nothing for the top.
    pub fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    fn sample(&self) -> String {
        let (_, name) = self.key.rsplit_once('.').unwrap_or(("", self.key));
        let value = match self.default {
            Default::Value(value) => value,
            Default::Unset(_) => self.example,
        };
        if self.kind.is_bare() {
            format!("{name} = {value}")
        } else {
            format!("{name} = \"{value}\"")
        }
    }

    fn default(&self) -> String {
        match self.default {
            Default::Value(value) => format!("`{value}`"),
            Default::Unset(consequence) => consequence.into(),
        }
    }
}

const fn setting(
    key: &'static str,
    variable: &'static str,
    kind: Kind,
    default: Default,
    example: &'static str,
    about: &'static str,
) -> Setting {
    Setting { key, variable, kind, default, example, about }
}

const REQUIRED: Default = Default::Unset("required");
const FOR_CONSENT: Default = Default::Unset("required for accounts with OAuth");
const PUBLIC_CLIENT: Default = Default::Unset("a public client, without a secret");

/// All settings, by section.
pub const SETTINGS: &[Setting] = &[
    setting(
        "database_url",
        "DATABASE_URL",
        Kind::Secret,
        REQUIRED,
        "postgres://sync_agent@db.example.com/calendar?sslmode=verify-full",
        "The PostgreSQL database, as a URL with libpq's parameters. Its role must be granted \
         calendar_agent.",
    ),
    setting(
        "listen",
        "SYNC_AGENT_LISTEN",
        Kind::Switch,
        Default::Value("true"),
        "",
        "Whether `run` listens for notifications of PostgreSQL. Turn it off behind PgBouncer in \
         transaction mode, which does not pass them on and logs a warning for each; `run` looks \
         once a second in any case.",
    ),
    setting(
        "key",
        "SYNC_AGENT_KEY",
        Kind::Secret,
        REQUIRED,
        "the output of openssl rand -base64 32",
        "The key that encrypts the credentials of accounts: 32 random bytes in base64, as \
         `openssl rand -base64 32` prints them. Keep a copy: no credential can be read without it.",
    ),
    setting(
        "old_keys",
        "SYNC_AGENT_OLD_KEYS",
        Kind::Secrets,
        Default::Unset("no other key"),
        "[]",
        "Earlier keys, which still decrypt. Separate them by commas in the variable.",
    ),
    setting(
        "allow_private_networks",
        "SYNC_AGENT_ALLOW_PRIVATE_NETWORKS",
        Kind::Switch,
        Default::Value("false"),
        "",
        "Whether providers may have loopback, private and link-local addresses and use http \
         without TLS. Leave it off if strangers can enter addresses.",
    ),
    setting(
        "concurrency",
        "SYNC_AGENT_CONCURRENCY",
        Kind::Number { least: 1, most: 256 },
        Default::Value("8"),
        "",
        "How many calendars and bookings are worked on at the same time.",
    ),
    setting(
        "max_response_mib",
        "SYNC_AGENT_MAX_RESPONSE_MIB",
        Kind::Number { least: 1, most: 1024 },
        Default::Value("64"),
        "",
        "The largest response of a provider and the largest feed, in MiB. A larger one is an error.",
    ),
    setting(
        "max_age_seconds",
        "SYNC_AGENT_MAX_AGE_SECONDS",
        Kind::Number { least: 0, most: 31_536_000 },
        Default::Value("60"),
        "",
        "How old the last pull of a calendar may become before `run` pulls it again, in seconds.",
    ),
    setting(
        "keep_logs_days",
        "SYNC_AGENT_KEEP_LOGS_DAYS",
        Kind::Number { least: 1, most: 36_500 },
        Default::Value("30"),
        "",
        "How long `calendar.sync_logs`, `calendar.failure_logs` and finished rows of \
         `calendar.outbox` are kept, in days. Use the same value for all agents of a database.",
    ),
    setting(
        "keep_audit_days",
        "SYNC_AGENT_KEEP_AUDIT_DAYS",
        Kind::Number { least: 0, most: 36_500 },
        Default::Value("400"),
        "",
        "How long `calendar.audit_log` is kept, in days; 0 keeps it without end. Use the same value \
         for all agents of a database.",
    ),
    setting(
        "keep_holds_days",
        "SYNC_AGENT_KEEP_HOLDS_DAYS",
        Kind::Number { least: 0, most: 36_500 },
        Default::Value("400"),
        "",
        "How long holds that have lapsed are kept in `calendar.bookings`, in days; 0 keeps them without \
         end. Use the same value for all agents of a database.",
    ),
    setting(
        "spool",
        "SYNC_AGENT_SPOOL",
        Kind::Path,
        Default::Unset(
            "`spool.sqlite` in `$STATE_DIRECTORY`, else in `$XDG_STATE_HOME/sync-agent`, else in \
             `~/.local/state/sync-agent`; memory if none of them is set",
        ),
        "/var/lib/sync-agent/spool.sqlite",
        "The file that keeps what arrives while the database is unavailable. It is created \
         readable by its owner only.",
    ),
    setting(
        "log_level",
        "SYNC_AGENT_LOG_LEVEL",
        Kind::Choice(&["error", "warn", "info", "debug", "trace"]),
        Default::Value("info"),
        "",
        "The least severe messages that are logged, to standard error.",
    ),
    setting(
        "log_format",
        "SYNC_AGENT_LOG_FORMAT",
        Kind::Choice(&["text", "json"]),
        Default::Value("text"),
        "",
        "The form of a logged message: a line of text, or a JSON object on a line.",
    ),
    setting(
        "http.proxy",
        "SYNC_AGENT_HTTP_PROXY",
        Kind::Secret,
        Default::Unset("requests go out directly, even if `HTTPS_PROXY` is set"),
        "http://proxy.example.com:3128",
        "The proxy between this machine and the providers, as an http or https URL, with user name \
         and password if it needs them. It resolves the names of the providers, so it decides \
         which addresses can be reached. The database is reached without it.",
    ),
    setting(
        "http.no_proxy",
        "SYNC_AGENT_HTTP_NO_PROXY",
        Kind::Text,
        Default::Unset("the proxy is used for all"),
        "calendar.example.com,10.0.0.0/8",
        "Which hosts are reached without the proxy: names with all names below them, addresses and \
         networks, separated by commas.",
    ),
    setting(
        "google.client_id",
        "SYNC_AGENT_GOOGLE_CLIENT_ID",
        Kind::Text,
        FOR_CONSENT,
        "1234567890-abc.apps.googleusercontent.com",
        "The client id of your application at Google.",
    ),
    setting(
        "google.client_secret",
        "SYNC_AGENT_GOOGLE_CLIENT_SECRET",
        Kind::Secret,
        PUBLIC_CLIENT,
        "GOCSPX-example",
        "The client secret of your application at Google, which Google requires of desktop \
         applications too.",
    ),
    setting(
        "google.base_url",
        "SYNC_AGENT_GOOGLE_BASE_URL",
        Kind::Url,
        Default::Value(providers::google::BASE),
        "",
        "The Google Calendar API.",
    ),
    setting(
        "google.authorize_url",
        "SYNC_AGENT_GOOGLE_AUTHORIZE_URL",
        Kind::Url,
        Default::Value(providers::google::AUTHORIZE_URL),
        "",
        "The page on which users give their consent.",
    ),
    setting(
        "google.token_url",
        "SYNC_AGENT_GOOGLE_TOKEN_URL",
        Kind::Url,
        Default::Value(providers::google::TOKEN_URL),
        "",
        "The token endpoint (RFC 6749).",
    ),
    setting(
        "microsoft.client_id",
        "SYNC_AGENT_MICROSOFT_CLIENT_ID",
        Kind::Text,
        FOR_CONSENT,
        "00000000-0000-0000-0000-000000000000",
        "The client id of your application at Microsoft.",
    ),
    setting(
        "microsoft.client_secret",
        "SYNC_AGENT_MICROSOFT_CLIENT_SECRET",
        Kind::Secret,
        PUBLIC_CLIENT,
        "example",
        "The client secret of your application at Microsoft, if it has one.",
    ),
    setting(
        "microsoft.tenant",
        "SYNC_AGENT_MICROSOFT_TENANT",
        Kind::Text,
        Default::Value(providers::microsoft::TENANT),
        "",
        "The tenant of your application: a domain, an id, or `common` for all.",
    ),
    setting(
        "microsoft.base_url",
        "SYNC_AGENT_MICROSOFT_BASE_URL",
        Kind::Url,
        Default::Value(providers::microsoft::BASE),
        "",
        "Microsoft Graph.",
    ),
    setting(
        "microsoft.login_url",
        "SYNC_AGENT_MICROSOFT_LOGIN_URL",
        Kind::Url,
        Default::Value(providers::microsoft::LOGIN_URL),
        "",
        "The Microsoft identity platform, without the tenant.",
    ),
    setting(
        "ghl.client_id",
        "SYNC_AGENT_GHL_CLIENT_ID",
        Kind::Text,
        FOR_CONSENT,
        "65a0-example",
        "The client id of your application at GoHighLevel.",
    ),
    setting(
        "ghl.client_secret",
        "SYNC_AGENT_GHL_CLIENT_SECRET",
        Kind::Secret,
        PUBLIC_CLIENT,
        "example",
        "The client secret of your application at GoHighLevel.",
    ),
    setting(
        "ghl.base_url",
        "SYNC_AGENT_GHL_BASE_URL",
        Kind::Url,
        Default::Value(providers::ghl::BASE),
        "",
        "The GoHighLevel API, which includes the token endpoint.",
    ),
    setting(
        "webhooks.listen",
        "SYNC_AGENT_WEBHOOKS_LISTEN",
        Kind::Address,
        Default::Unset("`run` receives no notifications"),
        "127.0.0.1:8085",
        "The address on which `run` receives notifications, without TLS: only your reverse proxy \
         should reach it.",
    ),
    setting(
        "webhooks.public_url",
        "SYNC_AGENT_WEBHOOKS_PUBLIC_URL",
        Kind::Url,
        Default::Unset("no channels are opened"),
        "https://agent.example.com/",
        "The URL at which the internet reaches that address. Google and Microsoft send their \
         notifications to paths below it.",
    ),
    setting(
        "webhooks.ghl_key",
        "SYNC_AGENT_WEBHOOKS_GHL_KEY",
        Kind::Text,
        Default::Value(providers::ghl::WEBHOOK_KEY),
        "",
        "The public key with which GoHighLevel signs its notifications: Ed25519, as the base64 of \
         its SubjectPublicKeyInfo (RFC 8410).",
    ),
];
