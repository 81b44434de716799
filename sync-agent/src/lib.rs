//! Keeps `calendar_ext` and the calendars at the providers true to each other.

pub mod account;
pub mod accounts;
pub mod authorized;
pub mod channels;
pub mod cli;
pub mod commands;
pub mod config;
pub mod connector;
pub mod daemon;
pub mod database;
pub mod error;
pub mod http;
pub mod import;
pub mod logging;
pub mod oauth;
pub mod output;
pub mod pull;
pub mod push;
pub mod round;
pub mod secret;
pub mod spool;
pub mod store;
pub mod tls;
pub mod webhooks;

pub use error::{Error, Result};
