//! iCalendar feeds: a URL or a file (RFC 5545).

use crate::{Malformed, Page, Rejected};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use engine::fingerprint::Fingerprint;
use engine::ics;
use engine::time::Zone;
use http::{HeaderName, HeaderValue, Request, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

/// The state of a feed at the last pull.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The ETag of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The Last-Modified of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// A digest of what matters in the stream, because many hosts send neither header.
    pub digest: u64,
    /// Which address was read, as the id of a calendar; empty = not known.
    #[serde(default)]
    pub of: String,
}

impl Seen {
    /// Reads what [`Seen::to_token`] writes.
    pub fn parse(token: &str) -> Option<Self> {
        serde_json::from_str(token).ok()
    }

    /// The state as the token of a pull.
    pub fn to_token(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The URL of a feed as users enter it. Calendar programs read `webcal:` as `https:`.
pub fn url(address: &str) -> Result<Url, Malformed> {
    let address = address.trim();
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let url = match scheme.to_ascii_lowercase().as_str() {
        "webcal" | "webcals" => Url::parse(&format!("https://{rest}")),
        _ => Url::parse(address),
    };
    url.map_err(|_| Malformed("the feed's address is not a valid URL".into()))
}

/// The URL without TLS of an address whose scheme does not say whether its host has TLS.
pub fn plain_url(address: &str) -> Option<Url> {
    let (scheme, rest) = address.trim().split_once("://")?;
    scheme.eq_ignore_ascii_case("webcal").then(|| Url::parse(&format!("http://{rest}")).ok())?
}

/// Asks for a feed, if it has changed. A user name and password in the URL are sent
/// in a header.
pub fn request(url: &Url, seen: Option<&Seen>) -> Request<Vec<u8>> {
    let mut bare = url.clone();
    // A URL with a host can always lose its user.
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.set_fragment(None);
    let mut request = Request::new(Vec::new());
    // Whatever stands in a URL may stand in a request.
    *request.uri_mut() = bare.as_str().parse().unwrap_or_default();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(name == header::AUTHORIZATION);
            request.headers_mut().insert(name, value);
        }
    };
    set(header::ACCEPT, "text/calendar, */*;q=0.5");
    if !url.username().is_empty() || url.password().is_some() {
        set(header::AUTHORIZATION, &basic(url));
    }
    match seen {
        Some(Seen { etag: Some(etag), .. }) => set(header::IF_NONE_MATCH, etag),
        Some(Seen { last_modified: Some(date), .. }) => set(header::IF_MODIFIED_SINCE, date),
        _ => {}
    }
    request
}

/// Reads a whole feed.
pub fn read(body: &[u8], zone: &Zone, owner: &[&str]) -> Result<Page, Malformed> {
    let parsed = ics::parse_feed(&ics::decode(body), zone, owner, &mut || true)
        .map_err(|error| Malformed(error.to_string()))?;
    let rejected = parsed
        .rejected
        .into_iter()
        .map(|rejected| Rejected { external_event_id: rejected.uid, reason: rejected.reason });
    Ok(Page { events: parsed.events, rejected: rejected.collect(), ..Page::default() })
}

/// A digest (see [`Fingerprint`]) of a feed without the properties that change each time it is
/// generated.
pub fn digest(body: &[u8]) -> u64 {
    let mut fingerprint = Fingerprint::new();
    let mut is_volatile = false;
    for line in body.split(|&octet| octet == b'\n') {
        // What is folded belongs to the line before.
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = line.split(|octet| matches!(octet, b':' | b';')).next().unwrap_or_default();
            is_volatile = changes_each_time(&name.to_ascii_uppercase());
        }
        if !is_volatile {
            fingerprint.add(line.trim_ascii_end());
        }
    }
    fingerprint.finish()
}

fn changes_each_time(name: &[u8]) -> bool {
    const GENERATED: &[u8] = b"GENERATED";
    matches!(name, b"DTSTAMP" | b"LAST-MODIFIED")
        || name.starts_with(b"X-") && name.windows(GENERATED.len()).any(|part| part == GENERATED)
}

fn basic(url: &Url) -> String {
    let decoded = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    let mut pair = decoded(url.username());
    pair.push(b':');
    pair.extend(decoded(url.password().unwrap_or_default()));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}
