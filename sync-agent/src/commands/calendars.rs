//! `sync-agent calendars`.

use super::{Context, Outcome};
use crate::cli::Calendars;
use crate::database::{Database, KnownAccount};
use crate::output::table;
use crate::sync::accounts::StoredAccounts;
use crate::sync::open_account::Accounts as _;
use futures_util::StreamExt as _;
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug, Serialize)]
struct Listing {
    calendars: Vec<Calendar>,
    failed: Vec<Failure>,
}

#[derive(Debug, Serialize)]
struct Calendar {
    calendar_id: Uuid,
    account_id: Uuid,
    broker_name: String,
    provider: String,
    display_name: Option<String>,
    is_new: bool,
}

#[derive(Debug, Serialize)]
struct Failure {
    account_id: Uuid,
    broker_name: String,
    provider: String,
    problem: String,
}

pub(super) async fn run(context: &Context, how: &Calendars) -> anyhow::Result<Outcome> {
    let database = context.database().await?;
    let (new, failed) =
        if how.discover { discover(context, &database).await? } else { Default::default() };
    let calendars = database.sync_report().await?.into_iter().map(|calendar| Calendar {
        is_new: new.contains(&calendar.calendar_id),
        calendar_id: calendar.calendar_id,
        account_id: calendar.account_id,
        broker_name: calendar.broker_name,
        provider: calendar.provider,
        display_name: calendar.display_name,
    });
    let listing = Listing { calendars: calendars.collect(), failed };
    context.output.print(&listing, text);
    Ok(if listing.failed.is_empty() { Outcome::Done } else { Outcome::Failed })
}

/// Asks the providers. Returns the new calendars and the failures.
async fn discover(
    context: &Context,
    database: &Database,
) -> anyhow::Result<(Vec<Uuid>, Vec<Failure>)> {
    let keyring = Arc::new(context.config.keyring()?);
    let accounts = StoredAccounts::new(context.providers()?, keyring, database.clone());
    let known: Vec<KnownAccount> = database.list_accounts().await?;
    let known: Vec<_> = known.into_iter().filter(|account| account.status == "active").collect();
    let bar = context.output.progress(known.len(), "accounts");
    let results = futures_util::stream::iter(&known)
        .map(async |known| {
            let found = ask(database, &accounts, known).await;
            bar.inc(1);
            (known, found)
        })
        .buffered(context.config.concurrency)
        .collect::<Vec<_>>()
        .await;
    bar.finish_and_clear();
    let (mut new, mut failed) = (Vec::new(), Vec::new());
    for (known, found) in results {
        match found {
            Ok(ids) => new.extend(ids),
            Err(error) => failed.push(Failure {
                account_id: known.account.id,
                broker_name: known.broker_name.clone(),
                provider: known.account.provider.clone(),
                problem: error.to_string(),
            }),
        }
    }
    Ok((new, failed))
}

async fn ask(
    database: &Database,
    accounts: &StoredAccounts,
    known: &KnownAccount,
) -> crate::Result<Vec<Uuid>> {
    let found = accounts.open(&known.account).await?.calendars().await?;
    let registered = database.register_calendars(known.account.id, &found).await?;
    Ok(registered.iter().filter(|c| c.is_new).map(|c| c.calendar_id).collect())
}

fn text(listing: &Listing) -> String {
    let rows = listing.calendars.iter().map(|calendar| {
        [
            calendar.broker_name.clone(),
            calendar.provider.clone(),
            calendar.display_name.clone().unwrap_or_default(),
            calendar.calendar_id.to_string(),
            if calendar.is_new { "new".into() } else { String::new() },
        ]
    });
    let mut text = table(&["broker", "provider", "calendar", "id", ""], rows);
    for Failure { broker_name, provider, problem, .. } in &listing.failed {
        text += &format!("\n{broker_name}, {provider}: {problem}");
    }
    text
}
