//! Access tokens against a token endpoint that takes each refresh token once.

mod consent;
mod endpoint;
mod secrets;
mod tokens;
