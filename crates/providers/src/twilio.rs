//! Twilio: text messages, and what it reports of them.
//!
//! <https://www.twilio.com/docs/messaging/api/message-resource>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde::Deserialize;
use sha1::Sha1;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// The base URL of the API.
pub const BASE: &str = "https://api.twilio.com";

/// The header with the signature of a request of Twilio's.
pub const SIGNATURE: &str = "x-twilio-signature";

/// The recipient has replied STOP.
const OPTED_OUT: u32 = 21610;

/// An account, and what sends its messages.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The API, [`BASE`] but for tests.
    pub base_url: &'a Url,
    /// The account's id, which begins with `AC`.
    pub account_sid: &'a str,
    /// The account's secret.
    pub auth_token: &'a str,
    /// A telephone number, or the id of a messaging service, which begins with `MG`.
    pub from: &'a str,
}

/// A text message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The recipient's number, in the form of E.164.
    pub to: &'a str,
    /// What it says.
    pub body: &'a str,
    /// Where Twilio reports what becomes of it.
    pub status_callback: Option<&'a str>,
    /// How long it may wait to be sent.
    pub valid: Duration,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Twilio sends it; the text is its id there.
    Accepted(String),
    /// It was not sent, and may be tried again.
    Later {
        /// Why.
        problem: String,
        /// When, if Twilio said so.
        retry_after: Option<Duration>,
    },
    /// It was not sent, and would not be sent another time.
    Never(String),
    /// It was not sent, because the recipient does not want messages.
    OptedOut,
    /// It is not known whether it was sent.
    Unknown(String),
}

/// What Twilio reports of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The message's id.
    pub sid: String,
    /// Its state, such as `delivered`.
    pub status: String,
    /// Twilio's code for what went wrong.
    pub error_code: Option<String>,
}

/// A text message that Twilio received for us, if it is about receiving any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// The sender's number.
    pub phone: String,
    /// Whether the sender wants no more messages, rather than messages again.
    pub is_out: bool,
}

/// The words that Twilio takes as an end of consent.
const STOP: [&str; 8] =
    ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"];

/// The words that Twilio takes as a new consent.
const START: [&str; 3] = ["START", "YES", "UNSTOP"];

/// The request that sends a message.
pub fn send(sender: &Sender<'_>, message: &Message<'_>) -> Option<Request<Vec<u8>>> {
    let mut form = Serializer::new(String::new());
    form.append_pair("To", message.to);
    let from = if sender.from.starts_with("MG") { "MessagingServiceSid" } else { "From" };
    form.append_pair(from, sender.from);
    form.append_pair("Body", message.body);
    if let Some(url) = message.status_callback {
        form.append_pair("StatusCallback", url);
    }
    let valid = message.valid.as_secs().clamp(1, 36000);
    form.append_pair("ValidityPeriod", &valid.to_string());
    let url = account(sender)?.join("Messages.json").ok()?;
    request(sender, Method::POST, &url, form.finish().into_bytes())
}

/// The request that shows the account, to check the credential.
pub fn show_account(sender: &Sender<'_>) -> Option<Request<Vec<u8>>> {
    let url = format!("2010-04-01/Accounts/{}.json", sender.account_sid);
    request(sender, Method::GET, &sender.base_url.join(&url).ok()?, Vec::new())
}

/// Reads the answer to [`send`]. The texts contain no personal data.
pub fn answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answer {
    #[derive(Deserialize)]
    struct Accepted {
        sid: String,
    }
    #[derive(Deserialize)]
    struct Refused {
        code: u32,
    }
    if status.is_success() {
        return match serde_json::from_slice(body) {
            Ok(Accepted { sid }) if !sid.is_empty() => Answer::Accepted(sid),
            _ => Answer::Unknown(format!("Twilio's answer ({status}) does not name a message")),
        };
    }
    // Its own texts repeat the number.
    let code = serde_json::from_slice(body).ok().map(|Refused { code }| code);
    let problem = match code {
        Some(code) => format!("Twilio refused the message ({}, error {code})", status.as_u16()),
        None => format!("Twilio refused the message ({})", status.as_u16()),
    };
    let seconds =
        headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let later = |problem| Answer::Later { problem, retry_after: seconds.map(Duration::from_secs) };
    match (status, code) {
        (_, Some(OPTED_OUT)) => Answer::OptedOut,
        (StatusCode::TOO_MANY_REQUESTS, _) => later(problem),
        // The configuration is wrong, not the message.
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => later(problem),
        (status, Some(_)) if status.is_server_error() => later(problem),
        (status, _) if status.is_client_error() => Answer::Never(problem),
        _ => {
            Answer::Unknown(format!("it is not known whether Twilio sent it ({})", status.as_u16()))
        }
    }
}

/// Whether Twilio has signed a request: its public URL, with the query, and the fields of its form.
/// A port that the scheme implies may be in the URL that Twilio has, or not.
///
/// <https://www.twilio.com/docs/usage/security#validating-requests>
pub fn has_signed(auth_token: &str, url: &Url, body: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = STANDARD.decode(signature) else { return false };
    let mut fields: Vec<_> = parse(body).into_owned().collect();
    fields.sort();
    let fields: String = fields.into_iter().flat_map(|(name, value)| [name, value]).collect();
    let with_port = url.port_or_known_default().filter(|_| url.port().is_none()).and_then(|port| {
        let host = url.host_str()?;
        Some(url.as_str().replacen(host, &format!("{host}:{port}"), 1))
    });
    let urls = [Some(url.as_str().to_owned()), with_port];
    urls.into_iter().flatten().any(|url| {
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(auth_token.as_bytes()) else { return false };
        mac.update(url.as_bytes());
        mac.update(fields.as_bytes());
        mac.verify_slice(&signature).is_ok()
    })
}

/// Reads what Twilio reports of a message.
pub fn status(body: &[u8]) -> Option<Status> {
    let field = |names: [&str; 2]| {
        let value = parse(body).find(|(name, _)| names.contains(&name.as_ref()));
        value.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
    };
    Some(Status {
        sid: field(["MessageSid", "SmsSid"])?,
        status: field(["MessageStatus", "SmsStatus"])?,
        error_code: field(["ErrorCode", "ErrorCode"]),
    })
}

/// Reads a text message that came in. `None` if it is about something else.
pub fn opt_out(body: &[u8]) -> Option<OptOut> {
    let field = |wanted: &str| {
        let value = parse(body).find(|(name, _)| name == wanted);
        value.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let phone = field("From")?;
    // With Advanced Opt-Out, Twilio says what it has understood.
    let word = field("OptOutType").or_else(|| field("Body"))?.to_ascii_uppercase();
    let is_out = STOP.contains(&word.as_str());
    (is_out || START.contains(&word.as_str())).then_some(OptOut { phone, is_out })
}

fn account(sender: &Sender<'_>) -> Option<Url> {
    sender.base_url.join(&format!("2010-04-01/Accounts/{}/", sender.account_sid)).ok()
}

fn request(
    sender: &Sender<'_>,
    method: Method,
    url: &Url,
    body: Vec<u8>,
) -> Option<Request<Vec<u8>>> {
    let credential = STANDARD.encode(format!("{}:{}", sender.account_sid, sender.auth_token));
    Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(header::AUTHORIZATION, format!("Basic {credential}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(body)
        .ok()
}
