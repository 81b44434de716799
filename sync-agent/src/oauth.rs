//! OAuth 2.0 (RFC 6749): access tokens from refresh tokens.

mod answer;
mod application;
mod consent;
mod page;
mod secrets;
mod tokens;

pub use application::Application;
pub use consent::consent;
pub use page::{Granted, Question};
pub use secrets::{DatabaseSecrets, MemorySecrets, SecretStore, Stored};
pub use tokens::{Clock, Sessions, Tokens};
