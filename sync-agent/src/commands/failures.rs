//! `sync-agent failures`.

use super::{Context, Outcome};
use crate::cli::{FailureAction, Failures};
use crate::output::table;
use serde_json::{Value, json};

pub(super) async fn run(context: &Context, what: &Failures) -> anyhow::Result<Outcome> {
    let database = context.database().await?;
    match &what.action {
        None => {
            let failures = database.list_failures(!what.all, what.most).await?;
            context.output.print(&failures, list);
        }
        Some(FailureAction::Retry { id }) => {
            let retried = database.retry_failure(*id).await?;
            context.output.print(&retried, |retried| {
                match retried["retries"].as_str() {
                    Some("booking") => "Its booking will be written again.",
                    Some("message") => "Its message will be sent again.",
                    Some("calendar") => "Its whole calendar will be read again.",
                    _ => "There is nothing to try again: the booking is over, the calendar is at no provider, or the \
                          message may have been sent or must not be sent any more.",
                }
                .to_owned()
            });
        }
        Some(FailureAction::Dismiss { id, note }) => {
            database.dismiss_failure(*id, note.as_deref()).await?;
            context.output.print(&json!({"dismissed": id}), |_| "Dismissed.".to_owned());
        }
    }
    Ok(Outcome::Done)
}

fn list(failures: &Value) -> String {
    let failures = failures.as_array().map(Vec::as_slice).unwrap_or_default();
    if failures.is_empty() {
        return "Nothing has failed that is still open.".to_owned();
    }
    let rows = failures.iter().map(|failure| {
        let message = &failure["message"];
        let mut row =
            ["id", "logged_at", "broker_name", "operation", "reason", "resolution"].map(|key| {
                match &failure[key] {
                    Value::String(text) => text.clone(),
                    Value::Null => String::new(),
                    other => other.to_string(),
                }
            });
        if let (Some(kind), Some(channel)) = (message["kind"].as_str(), message["channel"].as_str())
        {
            row[3] = format!("{} ({kind}, {channel})", row[3]);
        }
        row
    });
    table(&["number", "since", "broker", "operation", "reason", ""], rows)
}
