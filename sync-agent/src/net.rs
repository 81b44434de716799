//! The network: bounded HTTP to the providers, and TLS to the database.

mod addresses;
pub mod authorized;
mod body;
pub mod http;
pub mod proxy;
pub mod serving;
pub mod tls;
