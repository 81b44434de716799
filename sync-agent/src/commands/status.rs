//! `sync-agent status`.

use super::{Context, Outcome};
use crate::database::Health;
use crate::output::table;
use chrono::{DateTime, Utc};

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let report = context.database().await?.sync_report().await?;
    context.output.print(&report, |report| text(report));
    let is_well =
        report.iter().all(|calendar| calendar.problem.is_none() && !calendar.is_unreached);
    Ok(if is_well { Outcome::Done } else { Outcome::Failed })
}

fn text(report: &[Health]) -> String {
    if report.is_empty() {
        return "No calendars yet: sync-agent connect --help".into();
    }
    let rows = report.iter().map(|calendar| {
        [
            calendar.broker_name.clone(),
            calendar.provider.clone(),
            calendar.display_name.clone().unwrap_or_default(),
            time(calendar.last_success_at),
            calendar.failures.to_string(),
            time(calendar.next_attempt_at),
            problem(calendar),
        ]
    });
    let head =
        ["broker", "provider", "calendar", "last success", "failures", "next attempt", "problem"];
    table(&head, rows)
}

fn problem(calendar: &Health) -> String {
    let problem = calendar.problem.clone().or(calendar.unreached());
    problem.or(calendar.obligations_problem.clone()).unwrap_or_else(|| "-".into())
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "-".into(), |at| at.format("%Y-%m-%d %H:%M:%SZ").to_string())
}
