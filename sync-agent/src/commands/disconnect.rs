//! `sync-agent disconnect`.

use super::{Context, Outcome};
use crate::cli::Disconnect;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct Disconnected {
    account_id: Uuid,
    keep_events: bool,
}

pub(super) async fn run(context: &Context, what: &Disconnect) -> anyhow::Result<Outcome> {
    let database = context.database().await?;
    database.disconnect_account(what.account, what.keep_events).await?;
    let done = Disconnected { account_id: what.account, keep_events: what.keep_events };
    context.output.print(&done, text);
    Ok(Outcome::Done)
}

fn text(done: &Disconnected) -> String {
    let events = if done.keep_events {
        "Its events stay, and take time as they last were."
    } else {
        "The time of its events to come is free."
    };
    format!(
        "Account {} is disconnected. {events} An agent forgets its credential at its next round.",
        done.account_id
    )
}
