//! What is particular to each provider, against its stand-in. What they have in common is
//! in `conformance`.

mod ghl;
mod google;
mod microsoft;
mod owners;
mod support;
