//! What the commands do.

mod calendars;
mod candidate;
mod connect;
mod doctor;
mod import;
mod resync;
mod rotate_key;
mod status;

use crate::cli::{Cli, Command};
use crate::config::{self, Config};
use crate::database::{self, Database};
use crate::logging::subscriber;
use crate::output::Output;
use crate::{Error, accounts::Providers};
use secrecy::ExposeSecret as _;
use std::process::ExitCode;
use std::sync::Arc;

/// How a command ended that could start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// As it should.
    Done,
    /// Something failed; what was printed says what.
    Failed,
}

/// What commands work with.
struct Context {
    config: Config,
    output: Output,
}

/// Does what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    let output = Output::new(cli.json);
    let outcome = match Config::load(cli.config.as_deref(), |name| std::env::var(name).ok()) {
        Ok(config) => {
            let logs = subscriber(config.log_level, config.log_format, std::io::stderr);
            // Only a test that runs two commands in one process has one already.
            let _ = tracing::subscriber::set_global_default(logs);
            execute(cli.command, &Context { config, output }).await
        }
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Err(error) => {
            output.print_error(&error);
            ExitCode::from(if could_start(&error) { 1 } else { 2 })
        }
    }
}

async fn execute(command: Command, context: &Context) -> anyhow::Result<Outcome> {
    match command {
        Command::Connect(provider) => connect::run(context, provider).await,
        Command::Status => status::run(context).await,
        Command::Doctor => doctor::run(context).await,
        Command::Calendars(how) => calendars::run(context, &how).await,
        Command::Import(what) => import::run(context, &what).await,
        Command::Resync(what) => resync::run(context, &what).await,
        Command::RotateKey => rotate_key::run(context).await,
    }
}

/// Whether it was refused what it asked for, rather than the means to ask.
fn could_start(error: &anyhow::Error) -> bool {
    let cannot = error.chain().any(|cause| {
        cause.is::<config::Error>()
            || matches!(
                cause.downcast_ref(),
                Some(database::Error::Away(_) | database::Error::Url(_))
            )
            || matches!(cause.downcast_ref(), Some(Error::Misconfigured(_) | Error::Database(_)))
    });
    !cannot
}

impl Context {
    async fn database(&self) -> anyhow::Result<Database> {
        let (database, _) = Database::connect(self.config.database_url()?.expose_secret()).await?;
        Ok(database)
    }

    fn providers(&self) -> anyhow::Result<Arc<Providers>> {
        Ok(Arc::new(Providers::new(self.config.clone())?))
    }
}
