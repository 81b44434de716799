//! Pushes: which bookings are written to their providers, and what comes of it.

mod conflicts;
mod ends;
mod leases;
mod support;
