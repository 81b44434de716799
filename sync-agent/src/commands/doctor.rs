//! `sync-agent doctor`.

mod messages;

use super::{Context, Outcome};
use crate::Error;
use crate::config::Config;
use crate::database::{self, Database, Health, KnownAccount};
use crate::output::table;
use crate::secret::Keyring;
use crate::store::spool::inspect;
use crate::sync::accounts::StoredAccounts;
use crate::sync::open_account::Accounts as _;
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::SystemTime;

/// A clock difference in seconds above which doctor warns, or reports a problem.
const SUSPICIOUS_DRIFT: i64 = 5;
const WRONG_DRIFT: i64 = 60;

/// How full PostgreSQL's queue of notifications may be, from 0 to 1. It is all but empty
/// unless a session keeps it from being emptied; when it is full, no booking succeeds.
const FILLING_QUEUE: f64 = 0.05;
const FULL_QUEUE: f64 = 0.5;

#[derive(Debug, Serialize)]
struct Check {
    check: String,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warning,
    Problem,
}

/// The answer of `calendar_sync.check_agent`.
#[derive(Debug, Deserialize)]
struct Server {
    extension_version: String,
    now: DateTime<Utc>,
    postgres: String,
    is_in_recovery: bool,
    is_read_only: bool,
    iana_version: String,
    notification_queue_usage: f64,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let mut checks = Vec::new();
    let keyring = key(&context.config, &mut checks);
    checks.push(spool(&context.config));
    let database = server(context, &mut checks).await;
    let is_reached = database.is_some();
    if let Some(database) = &database {
        credentials(database, keyring.as_ref(), &mut checks).await?;
        if let Some(keyring) = keyring {
            accounts(context, database, keyring, &mut checks).await?;
        }
    }
    messages::check(context, &mut checks).await;
    context.output.print(&checks, |checks| text(checks));
    if !is_reached {
        anyhow::bail!(database::Error::Away("see the database check above".into()));
    }
    let is_well = checks.iter().all(|check| check.state != State::Problem);
    Ok(if is_well { Outcome::Done } else { Outcome::Failed })
}

fn key(config: &Config, checks: &mut Vec<Check>) -> Option<Arc<Keyring>> {
    match config.keyring() {
        Ok(keyring) => {
            checks.push(ok("key", format!("key {}", keyring.key_id())));
            Some(Arc::new(keyring))
        }
        Err(error) => {
            checks.push(problem("key", &error, "set it to the key that the other agents use"));
            None
        }
    }
}

/// What waits until the database takes it, and what could not be read.
fn spool(config: &Config) -> Check {
    let Some(path) = &config.spool else { return ok("spool", "in memory".into()) };
    match inspect(path) {
        Ok((0, 0)) => ok("spool", "empty".into()),
        Ok((waiting, 0)) => warning(
            "spool",
            format!("{waiting} changes wait in {}", path.display()),
            "check that sync-agent runs and that the database takes calls",
        ),
        Ok((_, aside)) => warning(
            "spool",
            format!("{aside} changes in {} could not be read and were set aside", path.display()),
            "their calendars and bookings were synced again; delete the rows of unreadable_calls",
        ),
        Err(error) => warning(
            "spool",
            format!("{}: {error}", path.display()),
            "run doctor as the user that sync-agent runs as",
        ),
    }
}

async fn server(context: &Context, checks: &mut Vec<Check>) -> Option<Database> {
    let database = match context.database().await {
        Ok(database) => database,
        Err(error) => {
            let advice = "check that DATABASE_URL is right, and that the server is running and accepts this role";
            checks.push(problem("database", &format!("{error:#}"), advice));
            return None;
        }
    };
    let before = DateTime::<Utc>::from(SystemTime::now());
    let answer = match database.check_agent().await {
        Ok(answer) => answer,
        Err(error) => {
            let advice = match &error {
                database::Error::Refused { code, .. } if code == "42501" => {
                    "grant calendar_agent to the role that DATABASE_URL names"
                }
                database::Error::Refused { .. } => {
                    "run create extension calendar_ext cascade, or alter extension calendar_ext update"
                }
                _ => "check that the server is running",
            };
            checks.push(problem("database", &error, advice));
            return None;
        }
    };
    let after = DateTime::<Utc>::from(SystemTime::now());
    match serde_json::from_value(answer) {
        Ok(server) => judge(&server, before, after, checks),
        Err(error) => {
            checks.push(problem("database", &error, "run alter extension calendar_ext update"));
        }
    }
    Some(database)
}

fn judge(server: &Server, before: DateTime<Utc>, after: DateTime<Utc>, checks: &mut Vec<Check>) {
    let found = format!("PostgreSQL {}", server.postgres);
    checks.push(if server.is_in_recovery {
        problem("database", &(found + ", a standby"), "set DATABASE_URL to the primary server")
    } else if server.is_read_only {
        problem("database", &(found + ", read-only"), "set default_transaction_read_only to off")
    } else {
        ok("database", found)
    });

    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), &server.extension_version);
    let found = format!("extension {theirs}, agent {ours}");
    checks.push(if ours == theirs {
        ok("version", found)
    } else {
        warning(
            "version",
            found,
            "install the same release of both, then run alter extension calendar_ext update",
        )
    });

    // Between the two, the server looked at its clock.
    let drift = if server.now < before {
        (server.now - before).num_seconds()
    } else {
        (server.now - after).num_seconds().max(0)
    };
    let found = format!("the database is {drift} s ahead of this machine");
    checks.push(match drift.abs() {
        0..=SUSPICIOUS_DRIFT => ok("clock", "same as the database".to_owned()),
        drift if drift <= WRONG_DRIFT => {
            warning("clock", found, "synchronize both clocks with NTP")
        }
        _ => problem("clock", &found, "synchronize both clocks with NTP"),
    });

    let used = format!("{:.0} % full", server.notification_queue_usage * 100.0);
    let advice = "find the session that listens inside a long transaction, and end it";
    checks.push(match server.notification_queue_usage {
        usage if usage >= FULL_QUEUE => problem("notifications", &used, advice),
        usage if usage >= FILLING_QUEUE => warning("notifications", used, advice),
        _ => ok("notifications", used),
    });

    let (ours, theirs) = (engine::time::IANA_VERSION, &server.iana_version);
    let found = format!("extension {theirs}, agent {ours}");
    checks.push(if ours == theirs {
        ok("zone data", found)
    } else {
        warning("zone data", found, "install the same release of both")
    });
}

/// Checks how many credentials are encrypted with the current key.
async fn credentials(
    database: &Database,
    keyring: Option<&Arc<Keyring>>,
    checks: &mut Vec<Check>,
) -> anyhow::Result<()> {
    let stored = database.list_secrets().await?;
    let Some(keyring) = keyring else {
        return Ok(());
    };
    let old = stored.iter().filter(|(_, key_id, _)| key_id != keyring.key_id()).count();
    let found = format!("{} of {} encrypted with this key", stored.len() - old, stored.len());
    checks.push(if old == 0 {
        ok("credentials", found)
    } else {
        warning(
            "credentials",
            found,
            "run sync-agent rotate-key with the old key in SYNC_AGENT_OLD_KEYS",
        )
    });
    Ok(())
}

async fn accounts(
    context: &Context,
    database: &Database,
    keyring: Arc<Keyring>,
    checks: &mut Vec<Check>,
) -> anyhow::Result<()> {
    let known = database.list_accounts().await?;
    let health = database.sync_report().await?;
    let accounts = StoredAccounts::new(context.providers()?, keyring, database.clone());
    let bar = context.output.progress(known.len(), "accounts");
    let found: Vec<Check> = futures_util::stream::iter(&known)
        .map(async |known| {
            let check = account(&accounts, known, &health).await;
            bar.inc(1);
            check
        })
        .buffered(context.config.concurrency)
        .collect()
        .await;
    bar.finish_and_clear();
    checks.extend(found);
    Ok(())
}

async fn account(accounts: &StoredAccounts, known: &KnownAccount, health: &[Health]) -> Check {
    let name = known.display_name.as_deref().unwrap_or(&known.broker_name);
    let name = format!("{} {name} ({})", known.account.provider, known.account.id);
    let connect = format!("run sync-agent connect {}", known.account.provider);
    match known.status.as_str() {
        "active" => {}
        "needs_reconnect" => {
            let reason = known.problem.as_deref().unwrap_or("the provider rejected the credential");
            return problem(&name, &reason, &connect);
        }
        other => return warning(&name, format!("the account is {other}"), &connect),
    }
    let asked = match accounts.open(&known.account).await {
        Ok(connector) => connector.calendars().await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(calendars) => {
            let of_account = |health: &&Health| health.account_id == known.account.id;
            let rejected: i64 =
                health.iter().filter(of_account).map(|health| health.rejected).sum();
            let calendars = calendars.len();
            if let Some(unreached) =
                health.iter().filter(of_account).find(|health| health.is_unreached)
            {
                let found =
                    "no booking is written to it: the broker's primary calendar is a local one";
                return warning(&name, found.into(), &format!("run {}", unreached.set_primary()));
            }
            if rejected == 0 {
                return ok(&name, format!("{calendars} calendars, all events are understood"));
            }
            let found = format!("{calendars} calendars, {rejected} events could not be understood");
            problem(&name, &found, "correct the events that sync-agent status names")
        }
        Err(error) => {
            let advice = match &error {
                Error::NeedsReconnect(_) | Error::Refused { .. } | Error::NotGranted(_) => {
                    connect.as_str()
                }
                Error::Throttled { .. }
                | Error::Refraining(_)
                | Error::Interrupted(_)
                | Error::Unproven(_) => "wait; sync-agent retries automatically",
                Error::Unavailable(_) => "check that this machine can reach the provider",
                Error::Misconfigured(_) => "correct the configuration",
                Error::Forbidden(_) => "set allow_private_networks if this address is intended",
                Error::NotFound(_) | Error::Malformed(_) => "check that the address is right",
                Error::Database(_) => "run doctor again",
            };
            problem(&name, &error, advice)
        }
    }
}

fn ok(check: &str, found: String) -> Check {
    Check { check: check.into(), state: State::Ok, found, advice: None }
}

fn warning(check: &str, found: String, advice: &str) -> Check {
    Check { check: check.into(), state: State::Warning, found, advice: Some(advice.into()) }
}

fn problem(check: &str, found: &impl ToString, advice: &str) -> Check {
    let found = found.to_string();
    Check { check: check.into(), state: State::Problem, found, advice: Some(advice.into()) }
}

fn text(checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        let state = match check.state {
            State::Ok => "ok",
            State::Warning => "warning",
            State::Problem => "PROBLEM",
        };
        let advice = check.advice.clone().unwrap_or_default();
        [state.to_owned(), check.check.clone(), check.found.clone(), advice]
    });
    table(&["", "check", "found", "what to do"], rows)
}
