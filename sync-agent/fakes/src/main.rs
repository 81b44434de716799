//! `provider_fakes google|microsoft|ghl PORT`: serves a stand-in on 127.0.0.1.

fn main() {}
