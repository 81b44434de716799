//! Recurring events as they come through `apply_sync`: busy blocks are always what
//! the events say, near and far.

mod changes;
mod horizon;
mod overrides;
mod series;
mod support;
