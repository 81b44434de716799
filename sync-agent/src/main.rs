//! `sync-agent`: the command.

use clap::Parser as _;
use std::process::ExitCode;
use sync_agent::cli::Cli;
use sync_agent::commands;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    commands::run(Cli::parse()).await
}
