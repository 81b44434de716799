//! Who may do what.

mod agent;
mod anon;
mod authenticated;
mod deputy;
mod grants;
mod leads;
mod operators;
mod secrets;
mod service;
mod world;
