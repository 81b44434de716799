//! `sync-agent rotate-key`.

use super::{Context, Outcome};
use crate::database::{Database, StoredSecret};
use crate::secret::{Envelope, Keyring};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Default, Serialize)]
struct Summary {
    key_id: String,
    encrypted: usize,
    already: usize,
    failed: Vec<Failure>,
}

#[derive(Debug, Serialize)]
struct Failure {
    account_id: Uuid,
    problem: String,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let keyring = context.config.keyring()?;
    let database = context.database().await?;
    let mut summary = Summary { key_id: keyring.key_id().into(), ..Summary::default() };
    let secrets = database.list_secrets().await?;
    let bar = context.output.progress(secrets.len(), "credentials");
    for (account_id, key_id, _) in secrets {
        if key_id == keyring.key_id() {
            summary.already += 1;
        } else {
            match rotate(&database, &keyring, account_id).await {
                Ok(()) => summary.encrypted += 1,
                Err(error) => {
                    let problem = format!("{error:#}");
                    summary.failed.push(Failure { account_id, problem });
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    context.output.print(&summary, text);
    Ok(if summary.failed.is_empty() { Outcome::Done } else { Outcome::Failed })
}

async fn rotate(database: &Database, keyring: &Keyring, account_id: Uuid) -> anyhow::Result<()> {
    // Repeats if another process has replaced the credential in between.
    while let Some(stored) = database.read_secret(account_id).await? {
        let StoredSecret { secret, key_id, version } = stored;
        if key_id == keyring.key_id() {
            break;
        }
        let credential = keyring.open(account_id, &Envelope { secret, key_id })?;
        let Envelope { secret, key_id } = keyring.seal(account_id, &credential);
        if database.store_secret(account_id, &secret, &key_id, Some(version)).await?.is_some() {
            break;
        }
    }
    Ok(())
}

fn text(summary: &Summary) -> String {
    let Summary { key_id, encrypted, already, failed } = summary;
    let mut text = format!(
        "{encrypted} credentials encrypted with key {key_id}; {already} already used it.\n"
    );
    for Failure { account_id, problem } in failed {
        text += &format!("account {account_id}: {problem}\n");
    }
    if failed.is_empty() {
        text += "Remove SYNC_AGENT_OLD_KEYS once all agents have the new key.\n";
    }
    text
}
