//! The one error of this crate.

use std::fmt;

/// What was wrong with an input: the message names the offending value and
/// what would have been allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    kind: Kind,
    message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Invalid,
    Interrupted,
}

/// The result of a fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An input that is not allowed.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind: Kind::Invalid, message: message.into() }))
    }

    /// The caller's tick function requested an interruption.
    pub fn interrupted() -> Self {
        Self(Box::new(Inner { kind: Kind::Interrupted, message: "interrupted".into() }))
    }

    /// Whether the caller's tick function requested an interruption.
    pub fn is_interrupted(&self) -> bool {
        self.0.kind == Kind::Interrupted
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

/// A value for a message: in quotes, control characters escaped, and cut after 80
/// characters.
pub fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// A value for a message as it is, cut after 80 characters.
pub(crate) fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
