//! What the tests that need a real PostgreSQL share.
//!
//! * [`Cluster`]: a throw-away server; [`Database`]: a fresh database in it, with
//!   the extension.
//! * [`fixture`]: rows to test with, and calls in short form.
//! * [`answer`]: what came back, taken apart.
//! * [`random`]: random numbers that can be had again.
//!
//! `scripts/with-env postgres -- cargo test -p calendar_tests` prepares what they
//! need.

pub mod answer;
mod cluster;
mod database;
pub mod fixture;
pub mod random;

pub use cluster::Cluster;
pub use database::{Caller, Database, NOW};
