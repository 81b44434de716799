//! Keeps `calendar_ext` and the calendars at the providers true to each other.

pub mod authorized;
pub mod connector;
pub mod database;
pub mod error;
pub mod http;

pub use error::{Error, Result};
