//! What the tests that need a real PostgreSQL share.
//!
//! * [`Cluster`]: a throw-away server; [`Database`]: a fresh database in it, with
//!   the extension.
//! * [`Postgrest`]: HTTP in front of it.
//! * [`peers`]: calendar servers.
//! * [`fixture`]: rows to test with, and calls in short form.
//! * [`Population`]: rows in every table. [`Snapshot`]: all rows there are.
//! * [`Scene`]: a broker to book.
//! * [`Synced`]: a broker with a calendar at a provider, and an agent.
//! * [`beside()`]: two sessions, one of which waits for the other.
//! * [`answer`]: what came back, taken apart.
//! * [`shown`]: JSON as documents show it. [`document`]: commands and configuration.
//! * [`mod@reference`]: the pages of `docs/reference`.
//! * [`random`]: random numbers that can be had again.
//!
//! `scripts/with-env postgres -- cargo test -p calendar_tests` prepares what they
//! need.

pub mod answer;
mod beside;
mod cluster;
mod database;
pub mod document;
pub mod fixture;
pub mod peers;
mod population;
pub mod postgrest;
pub mod random;
pub mod reference;
mod scene;
pub mod shown;
mod snapshot;
pub mod synced;

pub use beside::{Outcome, beside};
pub use cluster::Cluster;
pub use database::{Caller, Database, NOW};
pub use population::Population;
pub use postgrest::Postgrest;
pub use scene::Scene;
pub use snapshot::Snapshot;
pub use synced::Synced;
