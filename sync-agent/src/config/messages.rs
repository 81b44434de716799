//! What the configuration says of messages, of SMTP and of Twilio.

use super::error::{Result, missing, wrong};
use super::values::Values;
use lettre::message::Mailbox;
use messages::Links;
use secrecy::SecretString;
use std::path::PathBuf;
use url::{Host, Url};

/// What is sent to people and programs, and how.
#[derive(Debug, Clone)]
pub struct Messages {
    /// The directory of an operator's templates.
    pub templates: Option<PathBuf>,
    /// What messages link to.
    pub links: Links,
    /// Where Twilio reports what becomes of a message, with a slash at the end.
    pub twilio_status: Option<Url>,
    /// Who operates the system.
    pub operators: Vec<Mailbox>,
    /// Who gets all e-mails.
    pub redirect_to: Option<Mailbox>,
    /// Which number gets all text messages.
    pub redirect_sms_to: Option<String>,
    /// The mail server; none = no e-mail is sent.
    pub smtp: Option<Smtp>,
    /// Twilio; none = no SMS is sent.
    pub twilio: Option<Twilio>,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// User name and password.
    pub credentials: Option<(String, SecretString)>,
    /// Who sends.
    pub from: Mailbox,
    /// Connections at the same time.
    pub connections: u32,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// By the command STARTTLS.
    StartTls,
    /// From the first byte.
    Implicit,
    /// It is not: the server is on this machine.
    None,
}

/// An account at Twilio.
#[derive(Debug, Clone)]
pub struct Twilio {
    /// The API.
    pub base_url: Url,
    /// The account's id.
    pub account_sid: String,
    /// Its secret.
    pub auth_token: SecretString,
    /// The number or the messaging service that sends.
    pub from: String,
}

impl Messages {
    /// Reads the sections `messages`, `smtp` and `twilio`.
    pub(super) fn read(values: &Values) -> Result<Self> {
        let public_url = values.optional::<Url>("http.public_url")?.map(|mut url| {
            if !url.path().ends_with('/') {
                url.set_path(&format!("{}/", url.path()));
            }
            url
        });
        let below = |path: &str| public_url.as_ref().and_then(|url| url.join(path).ok());
        let has_pages = values.optional::<PathBuf>("http.pages")?.is_some();
        let page = |path: &str| below(path).filter(|_| has_pages);
        let operators = values.optional::<String>("messages.operators")?.unwrap_or_default();
        let operators = operators.split(',').map(str::trim).filter(|text| !text.is_empty());
        Ok(Self {
            templates: values.optional("messages.templates")?,
            links: Links {
                booking: values.optional("messages.booking_url")?.or_else(|| page("booking.html")),
                connections: values
                    .optional("messages.connections_url")?
                    .or_else(|| page("connections.html")),
                unsubscribe: below("unsubscribe/"),
            },
            twilio_status: below("twilio/status/"),
            operators: operators
                .map(|text| mailbox("messages.operators", text))
                .collect::<Result<_>>()?,
            redirect_to: values
                .optional::<String>("messages.redirect_to")?
                .map(|text| mailbox("messages.redirect_to", &text))
                .transpose()?,
            redirect_sms_to: values
                .optional::<String>("messages.redirect_sms_to")?
                .map(|text| number("messages.redirect_sms_to", text))
                .transpose()?,
            smtp: Smtp::read(values)?,
            twilio: Twilio::read(values)?,
        })
    }
}

impl Smtp {
    fn read(values: &Values) -> Result<Option<Self>> {
        // A wrong value is one without a server, too.
        let port = values.optional::<u32>("smtp.port")?;
        let tls = values.get::<String>("smtp.tls")?;
        let connections = values.get("smtp.connections")?;
        let Some(host) = values.optional::<String>("smtp.host")? else { return Ok(None) };
        let tls = match tls.as_str() {
            "implicit" => Tls::Implicit,
            "none" if is_this_machine(&host) => Tls::None,
            "none" => {
                let wanted = "starttls or implicit, because smtp.host is not this machine";
                return Err(wrong("smtp.tls", wanted));
            }
            _ => Tls::StartTls,
        };
        let usual = match tls {
            Tls::StartTls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        };
        let port = port.unwrap_or(usual);
        let username = values.optional::<String>("smtp.username")?;
        let password = values.optional::<SecretString>("smtp.password")?;
        let from = values.optional::<String>("smtp.from")?;
        let advice = "set it to the address that sends, such as Bookings <bookings@example.com>";
        let from = from.ok_or_else(|| missing("smtp.from", advice))?;
        let credentials = match (username, password) {
            (Some(username), Some(password)) => Some((username, password)),
            (None, None) => None,
            (Some(_), None) => return Err(missing("smtp.password", "smtp.username has one")),
            (None, Some(_)) => return Err(missing("smtp.username", "smtp.password needs it")),
        };
        Ok(Some(Self {
            host,
            port: u16::try_from(port).map_err(|_| wrong("smtp.port", "a port"))?,
            tls,
            credentials,
            from: mailbox("smtp.from", &from)?,
            connections,
        }))
    }
}

impl Twilio {
    fn read(values: &Values) -> Result<Option<Self>> {
        let base_url = values.get("twilio.base_url")?;
        let Some(account_sid) = values.optional::<String>("twilio.account_sid")? else {
            return Ok(None);
        };
        if !account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(wrong("twilio.account_sid", "letters and digits"));
        }
        let auth_token = values.optional("twilio.auth_token")?;
        let from = values.optional::<String>("twilio.from")?;
        let from = from.ok_or_else(|| missing("twilio.from", "set it to the number that sends"))?;
        let is_service = from.starts_with("MG");
        Ok(Some(Self {
            base_url,
            account_sid,
            auth_token: auth_token.ok_or_else(|| {
                missing("twilio.auth_token", "set it to the secret that Twilio's console shows")
            })?,
            from: if is_service { from } else { number("twilio.from", from)? },
        }))
    }
}

fn mailbox(key: &str, text: &str) -> Result<Mailbox> {
    text.parse().map_err(|_| wrong(key, "an e-mail address, such as ops@example.com"))
}

fn number(key: &str, text: String) -> Result<String> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let is_number = (4..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(text) } else { Err(wrong(key, "a number such as +15005550006")) }
}

/// Whether a host is this machine, by its name alone.
fn is_this_machine(host: &str) -> bool {
    match Host::parse(host).or_else(|_| Host::parse(&format!("[{host}]"))) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}
