//! `sync-agent once`.

use super::signals::Stop;
use super::{Context, Outcome};
use crate::database::{Database, Health};
use crate::notify::{Counts, Notifier, notify};
use crate::output::Output;
use crate::store::Store;
use crate::sync::channels::{end_accounts, end_channels, renew_channels};
use crate::sync::round::{Progress, Round, Summary, UntilDry};
use chrono::TimeDelta;
use indicatif::ProgressBar;
use serde::Serialize;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

/// What is printed.
#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    summary: Summary,
    /// What was sent to people and programs.
    messages: Counts,
    /// What is not as it should be, as whole sentences.
    problems: Vec<String>,
}

pub(super) async fn run(context: &Context, verbose: bool) -> anyhow::Result<Outcome> {
    let mut stop = Stop::new()?;
    let accounts = context.accounts()?;
    let notifier = Notifier::new(&context.config, Arc::default())?;
    let database = context.database().await?;
    // The round begins with the program: those that start at the same moment share one.
    let age = TimeDelta::from_std(context.begun.elapsed()).unwrap_or_default();
    let started = database.begin_round().await? - age;
    let spool = Arc::new(context.spool()?);
    let store = Store::new(database.clone(), spool);
    store.replay().await?;
    let accounts = accounts(&database);
    let bar = Bar(context.output.progress(0, "calendars and events"));
    let round = Round::new(&store, &accounts, &bar, context.config.concurrency);
    let counts = RefCell::new(Counts::default());
    let work = async {
        let summary = round.run_since(started, Duration::ZERO).await?;
        if let Some(url) = &context.config.http.public_url {
            renew_channels(&round, url).await?;
        }
        end_channels(&round).await?;
        end_accounts(&round).await?;
        // What was kept while the database did not take it.
        database.reconnect().await?;
        store.replay().await?;
        database.check_alerts().await?;
        let places = context.config.concurrency;
        notify(&database, &notifier, places, &mut UntilDry, &counts, || {}).await?;
        database.renew(&context.config.keep).await?;
        anyhow::Ok(summary)
    };
    let summary = tokio::select! {
        summary = work => summary?,
        () = database.keep_leases() => unreachable!("it has no end"),
        () = stop.wait() => {
            bar.0.finish_and_clear();
            tokio::select! {
                given_back = database.give_back_leases() => given_back?,
                () = stop.wait() => {}
            }
            context.output.print_problem("it was stopped by a signal, and gave back what was under way");
            return Ok(Outcome::Failed);
        }
    };
    bar.0.finish_and_clear();
    let messages = counts.take();
    let mut problems = problems(&database, &store, &summary).await?;
    problems.extend(unsent(messages));
    let is_well = problems.is_empty();
    report(&context.output, verbose, &Report { summary, messages, problems });
    Ok(if is_well { Outcome::Done } else { Outcome::Failed })
}

/// What is not as it should be, whether this round came upon it or not.
async fn problems(
    database: &Database,
    store: &Store,
    summary: &Summary,
) -> anyhow::Result<Vec<String>> {
    let report = database.sync_report().await?;
    let mut problems: Vec<String> = report.iter().filter_map(Health::wrong).collect();
    let Summary { pulls_failed, pushes_failed, .. } = summary;
    if *pushes_failed > 0 {
        problems.push(format!(
            "{pushes_failed} bookings or deadlines could not be written to their providers"
        ));
    }
    if *pulls_failed > 0 && problems.is_empty() {
        problems.push(format!("{pulls_failed} calendars could not be read"));
    }
    let waiting = store.spool().len();
    if waiting > 0 {
        problems.push(format!(
            "{waiting} changes wait in the spool, because the database does not take them now"
        ));
    }
    Ok(problems)
}

/// What was not sent, as sentences.
fn unsent(messages: Counts) -> Option<String> {
    let Counts { delayed, failed, .. } = messages;
    (delayed + failed > 0)
        .then(|| format!("{delayed} messages could not be sent yet, and {failed} will not be sent"))
}

/// Cron mails what is printed: if all is well, that mail would be noise.
fn report(output: &Output, verbose: bool, report: &Report) {
    if verbose || output.is_read() {
        output.print(report, |report| text(&report.summary, report.messages));
    }
    if !output.is_json() {
        for problem in &report.problems {
            output.print_problem(problem);
        }
    }
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn at(&self, begun: u64, done: u64) {
        self.0.set_length(begun);
        self.0.set_position(done);
    }
}

fn text(summary: &Summary, messages: Counts) -> String {
    let Summary { pulled, unchanged, pulls_failed, created, updated, deleted, rejected, .. } =
        summary;
    let Summary { written, removed, found, conflicts, gone, pushes_failed, .. } = summary;
    let Counts { sent, delayed, failed, skipped } = messages;
    format!(
        "calendars: {pulled} changed, {unchanged} unchanged, {pulls_failed} failed\n\
         events:    {created} new, {updated} changed, {deleted} deleted, {rejected} not understood\n\
         written:   {written} bookings and deadlines, {removed} removed, {found} found again, \
         {conflicts} in conflict, {gone} deleted at the provider, {pushes_failed} failed\n\
         messages:  {sent} sent, {delayed} delayed, {failed} failed, {skipped} skipped"
    )
}
