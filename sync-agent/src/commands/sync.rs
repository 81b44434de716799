//! `sync-agent sync`.

use super::{Context, Outcome};
use crate::cli::Sync;
use crate::output::table;
use serde_json::Value;

pub(super) async fn run(context: &Context, what: &Sync) -> anyhow::Result<Outcome> {
    let database = context.database().await?;
    let requested = database.request_sync(what.broker, what.calendar, &what.direction).await?;
    context.output.print(&requested, text);
    Ok(Outcome::Done)
}

fn text(requested: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let calendars = requested["calendars"].as_array().into_iter().flatten();
    let rows = calendars.map(|one| {
        let until = text(&one["paused_until"]);
        let state = match &*text(&one["state"]) {
            "under_way" => "being read".into(),
            "paused" => format!("paused by the provider until {until}"),
            "off" => "not kept in sync".into(),
            other => other.to_owned(),
        };
        [text(&one["display_name"]), text(&one["calendar_id"]), state]
    });
    let calendars = table(&["calendar", "id", ""], rows);
    let (bookings, deadlines) = (&requested["bookings"], &requested["obligations"]);
    format!(
        "{calendars}\nBookings to be written now: {bookings}\nDeadlines to be written now: {deadlines}"
    )
}
