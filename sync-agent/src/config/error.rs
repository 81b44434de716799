//! What is wrong with a configuration.

use super::settings::Setting;

/// The result of reading a configuration.
pub type Result<T> = std::result::Result<T, Error>;

/// What is wrong with a configuration. It names the key and what is allowed, and never repeats the
/// value, because that may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub(super) String);

/// "KEY (VARIABLE) must be …".
pub(super) fn wrong(key: &str, wanted: &str) -> Error {
    Error(format!("{} must be {wanted}", named(key)))
}

/// "KEY (VARIABLE) is not set: …".
pub(super) fn missing(key: &str, advice: &str) -> Error {
    Error(format!("{} is not set: {advice}", named(key)))
}

/// A key, by both its names.
fn named(key: &str) -> String {
    match Setting::of(key) {
        Some(setting) => format!("{key} ({})", setting.variable),
        None => key.into(),
    }
}
