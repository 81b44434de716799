//! URLs of collections and their members.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// Characters that need no escape in a segment of a path (RFC 3986 section 3.3).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// A member of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The path as the server writes it.
    pub href: String,
    /// Its file name, decoded: the id of its event.
    pub id: String,
}

impl Member {
    /// The member that a server's href names. `None` for a collection: some servers list
    /// the calendar itself among its members. Only the file name counts, because servers
    /// change how they escape it, and some name other hosts.
    pub(super) fn at(href: &str) -> Option<Self> {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
        let id = percent_decode_str(name).decode_utf8_lossy().into_owned();
        Some(Self { href: href.to_owned(), id })
    }
}

/// The URL of a member of a calendar.
pub fn member_url(calendar: &Url, id: &str) -> Url {
    let mut url = calendar.clone();
    let directory = calendar.path().trim_end_matches('/');
    url.set_path(&format!("{directory}/{}", utf8_percent_encode(id, SEGMENT)));
    url
}
