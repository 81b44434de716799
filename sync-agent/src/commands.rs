//! What the commands do.

mod calendars;
mod connect;
mod disconnect;
mod doctor;
mod failures;
pub mod import;
mod link;
mod notify_test;
mod once;
mod resync;
mod rotate_key;
mod run;
mod set_primary;
mod signals;
mod status;
mod stdin;
mod supervisor;
mod sync;

use crate::Error;
use crate::cli::{Cli, Command, Notify};
use crate::config::{self, Config, LogFormat};
use crate::database::{self, Database};
use crate::logging::subscriber;
use crate::output::Output;
use crate::store::spool::{self, Spool};
use crate::sync::accounts::{Providers, StoredAccounts};
use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

/// How a command ended that could start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// As it should.
    Done,
    /// Something failed; what was printed says what.
    Failed,
}

/// What commands work with.
#[derive(Clone)]
struct Context {
    config: Config,
    /// The file that it was read from.
    file: Option<PathBuf>,
    output: Output,
    /// When the program began.
    begun: Instant,
}

/// Does what the command line says.
pub async fn run(cli: Cli) -> ExitCode {
    let begun = Instant::now();
    let output = Output::new(cli.json);
    let outcome = match read(cli.config.as_deref()) {
        Ok(config) => {
            // What `run` prints is its log.
            let is_json_log = cli.json && matches!(cli.command, Command::Run);
            let format = if is_json_log { LogFormat::Json } else { config.log_format };
            let logs = subscriber(config.log_level, format, std::io::stderr);
            // Only a test that runs two commands in one process has one already.
            let _ = tracing::subscriber::set_global_default(logs);
            for name in config::unknown_variables(std::env::vars_os().map(|(name, _)| name)) {
                tracing::warn!("the environment variable {name} is unknown; it is ignored");
            }
            execute(cli.command, &Context { config, file: cli.config, output, begun }).await
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

fn read(file: Option<&Path>) -> config::Result<Config> {
    Config::load(file, |name| std::env::var(name).ok())
}

async fn execute(command: Command, context: &Context) -> anyhow::Result<Outcome> {
    match command {
        Command::Once(how) => once::run(context, how.verbose).await,
        Command::Run => run::run(context).await,
        Command::Connect(provider) => connect::run(context, provider).await,
        Command::Link(what) => link::run(context, &what).await,
        Command::Status => status::run(context).await,
        Command::Doctor => doctor::run(context).await,
        Command::Calendars(how) => calendars::run(context, &how).await,
        Command::Import(what) => import::run(context, &what).await,
        Command::SetPrimary(what) => set_primary::run(context, &what).await,
        Command::Disconnect(what) => disconnect::run(context, &what).await,
        Command::Sync(what) => sync::run(context, &what).await,
        Command::Resync(what) => resync::run(context, &what).await,
        Command::Failures(what) => failures::run(context, &what).await,
        Command::Notify(Notify::Test(what)) => notify_test::run(context, &what).await,
        Command::RotateKey => rotate_key::run(context).await,
    }
}

/// Whether it was refused what it asked for, rather than the means to ask.
fn could_start(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| match (cause.downcast_ref(), cause.downcast_ref()) {
        (Some(error), _) => !matches!(error, Error::Misconfigured(_) | Error::Database(_)),
        // Our own functions' refusals; others mean that these are not there, or not for us.
        (_, Some(database::Error::Refused { code, .. })) => {
            code.starts_with("PT") || code == "22023"
        }
        (_, error) => matches!(error, Some(database::Error::LeaseLost)),
    })
}

impl Context {
    async fn database(&self) -> anyhow::Result<Database> {
        let (database, _) = Database::connect(self.config.database_url()?.expose_secret()).await?;
        Ok(database)
    }

    fn providers(&self) -> anyhow::Result<Arc<Providers>> {
        Ok(Arc::new(Providers::new(self.config.clone())?))
    }

    /// What opens the accounts of a database.
    fn accounts(&self) -> anyhow::Result<impl Fn(&Database) -> StoredAccounts + use<>> {
        let (providers, keyring) = (self.providers()?, Arc::new(self.config.keyring()?));
        Ok(move |database: &Database| {
            StoredAccounts::new(Arc::clone(&providers), Arc::clone(&keyring), database.clone())
        })
    }

    /// With what the configuration says now.
    fn read_again(&self) -> anyhow::Result<Self> {
        Ok(Self { config: read(self.file.as_deref())?, ..self.clone() })
    }

    /// What keeps things while the database is away: in memory where the file cannot be used. A file
    /// that another user could have put there is refused.
    fn spool(&self) -> anyhow::Result<Spool> {
        let Some(path) = &self.config.spool else { return Ok(Spool::in_memory()) };
        let opened = match path.parent().map(std::fs::create_dir_all) {
            Some(Err(error)) => Err(error.into()),
            _ => Spool::open(path),
        };
        let wrong = || format!("spool: {} cannot be opened", path.display());
        match opened {
            Err(spool::Error::Open(error)) if error.kind() == ErrorKind::InvalidInput => {
                Err(error).with_context(wrong)
            }
            Err(error) => {
                let spool = Spool::in_memory();
                spool.go_on_in_memory(&format_args!("{}: {error}", wrong()));
                Ok(spool)
            }
            Ok(spool) => Ok(spool),
        }
    }
}
