//! CalDAV servers that do as few others do.

mod changes;
mod discovery;
mod listings;
mod looks;
mod members;
mod passwords;
mod support;
mod tokens;
mod writes;
