//! Keeps `calendar_ext` and the calendars at the providers in sync.

mod candidate;
pub mod cli;
pub mod commands;
pub mod config;
pub mod connector;
pub mod daemon;
pub mod database;
pub mod error;
pub mod health;
pub mod logging;
pub mod metrics;
pub mod net;
pub mod notify;
pub mod oauth;
pub mod output;
mod part;
pub mod secret;
pub mod server;
pub mod store;
pub mod sync;

pub use error::{Error, Result};
