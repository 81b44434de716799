//! `sync-agent`: the command.

fn main() {}
