//! Hostile input: what is wrong is refused in words, and nothing takes for ever.

mod arguments;
mod batches;
mod limits;
mod rows;
mod support;
