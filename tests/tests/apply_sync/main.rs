//! `apply_sync`: how events enter.

mod batches;
mod deletions;
mod mirrors;
mod size;
mod support;
mod transaction;
mod wrong_values;
