//! Paths of the server's resources.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Where the user's calendars are; also the user's principal.
pub(super) const HOME: &str = "/alice/";

/// What a name contains as it is.
const NAME: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Home,
    Calendar(String),
    Member(String, String),
    Nowhere,
}

/// The path of a calendar, or of one of its members.
pub(super) fn href(calendar: &str, member: &str) -> String {
    let escaped = |name| utf8_percent_encode(name, NAME);
    format!("{HOME}{}/{}", escaped(calendar), escaped(member))
}

/// Of a path or a URL.
pub(super) fn place(href: &str) -> Place {
    let path = href
        .split_once("://")
        .map_or(href, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
    if path == "/" || path == "/.well-known/caldav" {
        return Place::Root;
    }
    let Some(rest) = path.strip_prefix(HOME) else {
        return if path == HOME.trim_end_matches('/') { Place::Home } else { Place::Nowhere };
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    match rest.split_once('/') {
        None if rest.is_empty() => Place::Home,
        None | Some((_, "")) => Place::Calendar(decoded(rest.trim_end_matches('/'))),
        Some((calendar, member)) => Place::Member(decoded(calendar), decoded(member)),
    }
}
