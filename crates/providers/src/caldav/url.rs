//! URLs of collections and their members.

use super::multistatus::{Element, Namespace};
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
    /// What shows whether it has changed: its ETag, or when it was modified last. `None` if the
    /// server says neither.
    pub version: Option<String>,
}

/// Before the time of the last change, where that is the version: no ETag looks like this.
const MODIFIED: &str = "modified ";

impl Member {
    /// The member that a server's href names. `None` for a collection: some servers list
    /// the calendar itself among its members. Only the file name counts, because servers
    /// change how they escape it, and some name other hosts.
    pub(super) fn at(href: &str) -> Option<Self> {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
        let id = percent_decode_str(name).decode_utf8_lossy().into_owned();
        Some(Self { href: href.to_owned(), id, version: None })
    }

    /// The member that a `response` is about.
    pub(super) fn of(response: &Element) -> Option<Self> {
        let property = |name| response.property(Namespace::Dav, name)?.text();
        let etag = property("getetag").map(str::to_owned);
        let modified = || Some(format!("{MODIFIED}{}", property("getlastmodified")?));
        let member = Self::at(response.href()?)?;
        Some(Self { version: etag.or_else(modified), ..member })
    }

    /// Whether this is the calendar itself, which some servers list without the slash that marks a
    /// collection.
    pub(super) fn is(&self, calendar: &Url) -> bool {
        let path = |url: &Url| {
            let path = url.path().trim_end_matches('/');
            percent_decode_str(path).decode_utf8_lossy().into_owned()
        };
        calendar.join(&self.href).is_ok_and(|url| path(&url) == path(calendar))
    }
}

/// The URL of a member of a calendar.
pub fn member_url(calendar: &Url, id: &str) -> Url {
    let mut url = calendar.clone();
    let directory = calendar.path().trim_end_matches('/');
    url.set_path(&format!("{directory}/{}", utf8_percent_encode(id, SEGMENT)));
    url
}

/// The id of the member of a calendar that a URL names, absolute or relative to the calendar.
pub fn member_at(calendar: &Url, location: &str) -> Option<String> {
    let url = calendar.join(location).ok()?;
    let (directory, _) = url.path().rsplit_once('/')?;
    let is_in = directory == calendar.path().trim_end_matches('/');
    Member::at(url.path()).filter(|_| is_in).map(|member| member.id)
}
