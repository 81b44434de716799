//! Batches of provider events: what is understood, and what is refused, by name.

mod batches;
mod limits;
mod random;
mod support;
mod values;
mod wrong_values;
