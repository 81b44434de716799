//! Messages: what is written with a booking, what is sent of it, and when.

mod alerts;
mod decided;
mod failed;
mod histories;
mod leases;
mod model;
mod others;
mod quiet;
mod settings;
mod support;
mod webhooks;
mod written;
