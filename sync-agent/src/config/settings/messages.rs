//! The settings of what is sent to people and programs.

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

const NO_MAIL: Default = Default::Unset("this agent sends no e-mail");
const NO_SMS: Default = Default::Unset("this agent sends no SMS");

/// How many there are.
pub(super) const NUMBER: usize = 17;

/// The settings of messages, SMTP and Twilio.
pub(super) const MESSAGES: [Setting; NUMBER] = [
    setting(
        "messages.templates",
        "SYNC_AGENT_MESSAGES_TEMPLATES",
        Kind::Path,
        Default::Unset("the built-in templates alone"),
        "/etc/sync-agent/templates",
        "The directory of your own templates: `LANGUAGE.toml`, `layout.html` and `layout.txt`, which \
         replace the built-in ones, text by text. They are read and tried when the agent starts and \
         at SIGHUP.",
    ),
    setting(
        "messages.booking_url",
        "SYNC_AGENT_MESSAGES_BOOKING_URL",
        Kind::Url,
        Default::Unset(
            "`booking.html` below `http.public_url` if `http.pages` is set, else messages have no link",
        ),
        "https://book.example.com/booking.html",
        "The booking page, to which messages link so that leads move, cancel and book again.",
    ),
    setting(
        "messages.connections_url",
        "SYNC_AGENT_MESSAGES_CONNECTIONS_URL",
        Kind::Url,
        Default::Unset(
            "`connections.html` below `http.public_url` if `http.pages` is set, else messages have no link",
        ),
        "https://book.example.com/connections.html",
        "The page on which brokers see their connections, to which messages about a refused \
         credential link.",
    ),
    setting(
        "messages.operators",
        "SYNC_AGENT_MESSAGES_OPERATORS",
        Kind::Text,
        Default::Unset("operators get no e-mail"),
        "ops@example.com",
        "The e-mail addresses of those who operate the system, separated by commas. They get alerts.",
    ),
    setting(
        "messages.redirect_to",
        "SYNC_AGENT_MESSAGES_REDIRECT_TO",
        Kind::Text,
        Default::Unset("e-mails go to their recipients"),
        "tester@example.com",
        "An e-mail address that gets every e-mail instead of its recipient, to try things out.",
    ),
    setting(
        "messages.redirect_sms_to",
        "SYNC_AGENT_MESSAGES_REDIRECT_SMS_TO",
        Kind::Text,
        Default::Unset(
            "text messages go to their recipients; with `messages.redirect_to`, none is sent",
        ),
        "+15005550006",
        "A telephone number that gets every SMS instead of its recipient, to try things out.",
    ),
    setting(
        "smtp.host",
        "SYNC_AGENT_SMTP_HOST",
        Kind::Text,
        NO_MAIL,
        "smtp.example.com",
        "The mail server that takes messages in (submission, RFC 6409).",
    ),
    setting(
        "smtp.port",
        "SYNC_AGENT_SMTP_PORT",
        Kind::Number { least: 1, most: 65535 },
        Default::Unset("587 for `starttls`, 465 for `implicit`, 25 for `none`"),
        "587",
        "The port of the mail server.",
    ),
    setting(
        "smtp.tls",
        "SYNC_AGENT_SMTP_TLS",
        Kind::Choice(&["starttls", "implicit", "none"]),
        Default::Value("starttls"),
        "",
        "How the connection to the mail server is encrypted: from the first command after the \
         greeting (`starttls`), from the first byte (`implicit`), or not at all (`none`, for a server \
         on this machine only).",
    ),
    setting(
        "smtp.username",
        "SYNC_AGENT_SMTP_USERNAME",
        Kind::Text,
        Default::Unset("the agent does not sign in"),
        "bookings@example.com",
        "The user name at the mail server.",
    ),
    setting(
        "smtp.password",
        "SYNC_AGENT_SMTP_PASSWORD",
        Kind::Secret,
        Default::Unset("the agent does not sign in"),
        "example",
        "The password at the mail server.",
    ),
    setting(
        "smtp.from",
        "SYNC_AGENT_SMTP_FROM",
        Kind::Text,
        Default::Unset("required with `smtp.host`"),
        "Bookings <bookings@example.com>",
        "Who sends the e-mails: an address, with a name or without. Leads see the broker's name with \
         this address, and their answers go to the broker.",
    ),
    setting(
        "smtp.connections",
        "SYNC_AGENT_SMTP_CONNECTIONS",
        Kind::Number { least: 1, most: 100 },
        Default::Value("4"),
        "",
        "How many connections to the mail server there are at most.",
    ),
    setting(
        "twilio.account_sid",
        "SYNC_AGENT_TWILIO_ACCOUNT_SID",
        Kind::Text,
        NO_SMS,
        "AC00000000000000000000000000000000",
        "The id of your account at Twilio.",
    ),
    setting(
        "twilio.auth_token",
        "SYNC_AGENT_TWILIO_AUTH_TOKEN",
        Kind::Secret,
        Default::Unset("required with `twilio.account_sid`"),
        "example",
        "The secret of your account at Twilio, with which it also signs what it reports.",
    ),
    setting(
        "twilio.from",
        "SYNC_AGENT_TWILIO_FROM",
        Kind::Text,
        Default::Unset("required with `twilio.account_sid`"),
        "+15005550001",
        "The telephone number that sends, or the id of a messaging service, which begins with `MG`.",
    ),
    setting(
        "twilio.base_url",
        "SYNC_AGENT_TWILIO_BASE_URL",
        Kind::Url,
        Default::Value("https://api.twilio.com"),
        "",
        "The Twilio API.",
    ),
];
