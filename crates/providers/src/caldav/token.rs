//! Where a pull ended.

use std::fmt;

/// What tells whether a calendar has changed since a pull, by what its server can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A sync token (RFC 6578): tells what has changed.
    Sync(String),
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
            "sync" => Some(Self::Sync(value.to_owned())),
            "ctag" => Some(Self::Ctag(value.to_owned())),
            "etags" => u64::from_str_radix(value, 16).ok().map(Self::Etags),
            _ => None,
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sync(token) => write!(f, "sync:{token}"),
            Self::Ctag(ctag) => write!(f, "ctag:{ctag}"),
            Self::Etags(digest) => write!(f, "etags:{digest:x}"),
        }
    }
}
