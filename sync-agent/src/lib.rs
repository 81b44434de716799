//! Keeps `calendar_ext` and the calendars at the providers true to each other.

pub mod account;
pub mod authorized;
pub mod channels;
pub mod connector;
pub mod daemon;
pub mod database;
pub mod error;
pub mod http;
pub mod pull;
pub mod push;
pub mod round;
pub mod spool;
pub mod store;
pub mod webhooks;

pub use error::{Error, Result};
