//! `sync-agent link`.

use super::{Context, Outcome};
use crate::cli::Link;
use serde::Serialize;

#[derive(Serialize)]
struct Printed {
    /// The address of the page.
    url: String,
}

pub(super) async fn run(context: &Context, what: &Link) -> anyhow::Result<Outcome> {
    let database = context.database().await?;
    let url = database.begin_connection(&what.provider, what.broker, what.account).await?;
    context.output.print(&Printed { url }, |printed| printed.url.clone());
    Ok(Outcome::Done)
}
