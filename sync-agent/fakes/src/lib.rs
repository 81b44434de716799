//! Stand-ins for the providers of which no real server can be had.
//!
//! Each keeps its state in memory, listens on a free port of 127.0.0.1, and can be
//! told to misbehave as the real one does. Tests hold them to the providers'
//! published schemas and drive them with the providers' own clients.

pub mod caldav;
pub mod ghl;
pub mod google;
pub mod microsoft;
pub mod server;

mod notify;
