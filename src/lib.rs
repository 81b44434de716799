//! Availability and booking inside PostgreSQL: the thin face of
//! `calendar_engine` towards SQL.
//!
//! * `scan` and `read`: the facts about a broker, read straight from indexes.
//! * `functions`: the C functions, a file each; their SQL declarations are
//!   in `sql/functions`.
//! * `caller`: the caller's rights. `clock`: the present time. `report`: errors.
#![recursion_limit = "512"]
#![allow(unsafe_code, reason = "PostgreSQL's C interface; the engine has none")]

mod caller;
mod clock;
mod convert;
mod functions;
mod install;
mod read;
mod report;
mod scan;
#[cfg(any(test, feature = "pg_test"))]
mod tests;

::pgrx::pg_module_magic!();

/// Runs when the library is loaded.
#[pgrx::pg_guard]
pub extern "C-unwind" fn _PG_init() {
    report::take_no_backtraces();
    clock::declare_setting();
    caller::declare_settings();
    // SAFETY: a C string constant, copied by the callee.
    unsafe { pgrx::pg_sys::MarkGUCPrefixReserved(c"calendar".as_ptr()) };
}

/// What `pgrx-tests` asks for.
#[cfg(test)]
pub mod pg_test {
    /// Called once before the tests.
    pub fn setup(_options: Vec<&str>) {}

    /// Settings of the server.
    pub fn postgresql_conf_options() -> Vec<&'static str> {
        vec!["timezone = 'UTC'"]
    }
}
