//! `sync-agent once`.

use super::{Context, Outcome};
use crate::store::Store;
use crate::sync::channels::renew_channels;
use crate::sync::round::{Progress, Round, Summary};
use indicatif::ProgressBar;
use std::sync::Arc;
use std::time::Duration;

pub(super) async fn run(context: &Context) -> anyhow::Result<Outcome> {
    let accounts = context.accounts()?;
    let database = context.database().await?;
    let spool = Arc::new(context.spool()?);
    spool.replay(&database).await?;
    let store = Store::new(database.clone(), Arc::clone(&spool));
    let accounts = accounts(&database);
    let bar = Bar(context.output.progress(0, "calendars and bookings"));
    let round = Round::new(&store, &accounts, &bar, context.config.concurrency);
    let summary = round.run(Duration::ZERO).await?;
    bar.0.finish_and_clear();
    if let Some(url) = &context.config.webhooks.public_url {
        renew_channels(&round, url).await?;
    }
    // What was kept while the database was away for a moment.
    spool.replay(&database).await?;
    database.renew().await?;
    context.output.print(&summary, text);
    Ok(if summary.has_failures() { Outcome::Failed } else { Outcome::Done })
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn at(&self, begun: u64, done: u64) {
        self.0.set_length(begun);
        self.0.set_position(done);
    }
}

fn text(summary: &Summary) -> String {
    let Summary { pulled, unchanged, pulls_failed, created, updated, deleted, rejected, .. } =
        summary;
    let Summary { written, removed, found, conflicts, gone, pushes_failed, .. } = summary;
    format!(
        "calendars: {pulled} changed, {unchanged} unchanged, {pulls_failed} failed\n\
         events:    {created} new, {updated} changed, {deleted} deleted, {rejected} not understood\n\
         bookings:  {written} written, {removed} removed, {found} found again, {conflicts} in conflict, \
         {gone} deleted at the provider, {pushes_failed} failed{}",
        if summary.has_failures() { "\nrun sync-agent status to see why" } else { "" }
    )
}
