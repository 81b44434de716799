//! `sync-agent resync`.

use super::{Context, Outcome};
use crate::cli::Resync;
use serde_json::json;

pub(super) async fn run(context: &Context, what: &Resync) -> anyhow::Result<Outcome> {
    context.database().await?.request_resync(what.calendar).await?;
    context.output.print(&json!({ "calendar_id": what.calendar }), |_| {
        "The next pull brings everything.".into()
    });
    Ok(Outcome::Done)
}
