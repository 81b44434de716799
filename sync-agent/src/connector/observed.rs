//! A connector whose calls are noted for the agent's health.

use super::{Connector, Pages};
use crate::health::{Health, Part};
use crate::{Error, Result};
use async_trait::async_trait;
use providers::{
    Channel, Known, Look, OwnEvent, Place, Pull, Pulled, RemoteCalendar, Watch, Written,
};
use std::sync::Arc;
use tokio::time::Instant;

/// A connector, and who hears what came of its calls.
pub struct Observed {
    /// What makes the calls.
    pub connector: Arc<dyn Connector>,
    /// Its provider.
    pub part: Part,
    /// Who hears of them.
    pub health: Arc<Health>,
}

impl Observed {
    async fn note<T>(&self, call: impl Future<Output = Result<T>>) -> Result<T> {
        let begun = Instant::now();
        let called = call.await;
        let note = |problem: Option<String>| {
            self.health.metrics().called(self.part, problem.is_none(), begun.elapsed());
            self.health.called(self.part, problem);
        };
        match &called {
            // The provider is not as it should be.
            Err(
                error @ (Error::Unavailable(_)
                | Error::Throttled { .. }
                | Error::Malformed(_)
                | Error::Unproven(_)),
            ) => note(Some(error.to_string())),
            // Says nothing of the provider.
            Err(
                Error::Interrupted(_)
                | Error::Forbidden(_)
                | Error::Misconfigured(_)
                | Error::Refraining(_)
                | Error::Database(_),
            ) => {}
            // It has answered, if only to refuse something to an account.
            _ => note(None),
        }
        called
    }
}

#[async_trait]
impl Connector for Observed {
    fn at_once(&self) -> usize {
        self.connector.at_once()
    }

    fn refuses_single_calendars(&self) -> bool {
        self.connector.refuses_single_calendars()
    }

    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        self.note(self.connector.calendars()).await
    }

    async fn unreadable(&self) -> Result<Vec<String>> {
        self.note(self.connector.unreadable()).await
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        self.note(self.connector.pull(pull, pages)).await
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        self.note(self.connector.write(calendar, own, known)).await
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: &Known) -> Result<()> {
        self.note(self.connector.remove(calendar, own, known)).await
    }

    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        self.note(self.connector.look(calendar, elsewhere, own, known)).await
    }

    async fn watch(&self, calendar: &Place, watch: &Watch) -> Result<Option<Channel>> {
        self.note(self.connector.watch(calendar, watch)).await
    }

    async fn unwatch(&self, channel: &Channel) -> Result<()> {
        self.note(self.connector.unwatch(channel)).await
    }
}
