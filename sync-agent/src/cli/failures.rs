//! `sync-agent failures`.

use clap::{Args, Subcommand};

/// What failed.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Failures {
    /// What to do about one; without it, those that are open are shown
    #[command(subcommand)]
    pub action: Option<FailureAction>,
    /// Show those that were retried or dismissed, too
    #[arg(long)]
    pub all: bool,
    /// Show at most so many, 1 to 1000, the newest first
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub most: i32,
}

/// What to do about a failure.
#[derive(Debug, Subcommand)]
pub enum FailureAction {
    /// Write its booking to the provider again, or read its whole calendar again
    Retry {
        /// The failure's number
        #[arg(value_name = "NUMBER")]
        id: i64,
    },
    /// Show it no more
    Dismiss {
        /// The failure's number
        #[arg(value_name = "NUMBER")]
        id: i64,
        /// Why, for others to read
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
}
