//! The list of settings.

use super::{Default, Kind, Setting};

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

/// The settings of the agent itself and of providers.
pub(super) const AGENT: &[Setting] = &[
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
        "http.listen",
        "SYNC_AGENT_HTTP_LISTEN",
        Kind::Address,
        Default::Unset("`run` receives no notifications and serves no pages"),
        "127.0.0.1:8085",
        "The address on which `run` receives notifications and serves pages and `/health`, without \
         TLS: only your reverse proxy should reach it.",
    ),
    setting(
        "http.public_url",
        "SYNC_AGENT_HTTP_PUBLIC_URL",
        Kind::Url,
        Default::Unset("no channels are opened, and no calendar is connected by a page"),
        "https://agent.example.com/",
        "The URL at which browsers and providers reach that address. It may have a path; the \
         reverse proxy may pass the path on or remove it.",
    ),
    setting(
        "http.internal_listen",
        "SYNC_AGENT_HTTP_INTERNAL_LISTEN",
        Kind::Address,
        Default::Unset("details are in the log only"),
        "127.0.0.1:8086",
        "The address on which `run` serves `/health` with details and `/metrics`, also without \
         `http.listen`. Only your own monitoring should reach it.",
    ),
    setting(
        "http.client_address_header",
        "SYNC_AGENT_HTTP_CLIENT_ADDRESS_HEADER",
        Kind::Text,
        Default::Value("x-forwarded-for"),
        "",
        "The header to which the reverse proxy adds the address of the caller, last in a list. It \
         must be one that callers cannot write the end of themselves.",
    ),
    setting(
        "http.pages",
        "SYNC_AGENT_HTTP_PAGES",
        Kind::Path,
        Default::Unset("no static pages"),
        "/usr/local/share/calendar_ext/web",
        "The directory `web/` of calendar_ext, whose files `run` serves. They are read when it \
         starts and at SIGHUP.",
    ),
    setting(
        "http.api_origins",
        "SYNC_AGENT_HTTP_API_ORIGINS",
        Kind::Text,
        Default::Unset("the origin of the pages alone"),
        "https://api.example.com",
        "The origins that these pages may call, separated by commas: that of PostgREST, and that of \
         Supabase Auth if the pages use it.",
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
        "google.revoke_url",
        "SYNC_AGENT_GOOGLE_REVOKE_URL",
        Kind::Url,
        Default::Value(providers::google::REVOKE_URL),
        "",
        "The endpoint that ends a consent (RFC 7009), for accounts that are disconnected.",
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
        "webhooks.ghl_key",
        "SYNC_AGENT_WEBHOOKS_GHL_KEY",
        Kind::Text,
        Default::Value(providers::ghl::WEBHOOK_KEY),
        "",
        "The public key with which GoHighLevel signs its notifications: Ed25519, as the base64 of \
         its SubjectPublicKeyInfo (RFC 8410).",
    ),
];
