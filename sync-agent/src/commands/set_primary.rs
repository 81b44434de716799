//! `sync-agent set-primary`.

use super::{Context, Outcome};
use crate::cli::SetPrimary;
use serde_json::json;

pub(super) async fn run(context: &Context, what: &SetPrimary) -> anyhow::Result<Outcome> {
    context.database().await?.set_primary_calendar(what.calendar).await?;
    context.output.print(&json!({ "calendar_id": what.calendar }), |_| {
        "Bookings are written to this calendar from now on.".into()
    });
    Ok(Outcome::Done)
}
