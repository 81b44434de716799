//! Where a pull ended.

use std::fmt;

/// What shows whether a calendar has changed since a pull; it depends on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A sync token (RFC 6578), which requests the changes, and a `getctag` that is at
    /// most as new, if the server has one. The `getctag` shows sooner that nothing changed.
    Sync(String, Option<String>),
    /// `getctag`: changes with the calendar.
    Ctag(String),
    /// A digest of the ETags of all members.
    Etags(u64),
}

impl Token {
    /// Reads what [`Token`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once(':')?;
        match kind {
            // A sync token is a URI, and has no line end.
            "sync" => Some(match value.split_once('\n') {
                Some((token, ctag)) => Self::Sync(token.to_owned(), Some(ctag.to_owned())),
                None => Self::Sync(value.to_owned(), None),
            }),
            "ctag" => Some(Self::Ctag(value.to_owned())),
            "etags" => u64::from_str_radix(value, 16).ok().map(Self::Etags),
            _ => None,
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sync(token, None) => write!(f, "sync:{token}"),
            Self::Sync(token, Some(ctag)) => write!(f, "sync:{token}\n{ctag}"),
            Self::Ctag(ctag) => write!(f, "ctag:{ctag}"),
            Self::Etags(digest) => write!(f, "etags:{digest:x}"),
        }
    }
}
