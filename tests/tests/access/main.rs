//! Who may do what.

mod agent;
mod anon;
mod authenticated;
mod grants;
mod secrets;
mod service;
mod world;
