//! The pages on which a broker connects an account, with a browser's eyes.

mod accounts;
mod consent;
mod feeds;
mod tickets;
mod world;
