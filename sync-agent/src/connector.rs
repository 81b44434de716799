//! The requests that every provider supports.

pub mod caldav;
pub mod feed;
pub mod ghl;
pub mod google;
pub mod microsoft;
pub mod observed;
pub(crate) mod writing;

use crate::Result;
use async_trait::async_trait;
use providers::{
    Channel, Known, Look, OwnEvent, Page, Place, Pull, Pulled, RemoteCalendar, Watch, Written,
};
use std::collections::HashMap;

/// One account at a provider.
#[async_trait]
pub trait Connector: Send + Sync {
    /// How many requests may be under way to the account: Graph allows four to a mailbox.
    fn at_once(&self) -> usize {
        4
    }

    /// Whether the provider may refuse the credential at one calendar alone. Where one token opens
    /// everything, a refusal concerns the account.
    fn refuses_single_calendars(&self) -> bool {
        false
    }

    /// The account's calendars.
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>>;

    /// Whether the account's list lacks a calendar. Only then is one gone that was not found: a
    /// provider on a bad day finds nothing.
    async fn lacks(&self, external_calendar_id: &str) -> Result<bool> {
        let listed = self.calendars().await?;
        Ok(listed.iter().all(|calendar| calendar.external_calendar_id != external_calendar_id))
    }

    /// The names of the account's calendars whose events may not be read.
    async fn unreadable(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }

    /// Reads what has changed in a calendar since the token, or everything in the window. If the
    /// provider no longer accepts the token, the connector calls [`Pages::restart`] and reads
    /// everything; this is not an error.
    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled>;

    /// Creates or updates an event of ours. Without `known`, the connector first searches for an
    /// event with our UID in the calendar. A repeated call makes no second event, even if the first
    /// response was lost. A booking's event that `known` names keeps what its owner has changed; if
    /// it was deleted, the result is [`crate::Error::NotFound`]. An obligation's is put right, and
    /// created again if it was deleted.
    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written>;

    /// Deletes an event of ours under the name that `known` contains. [`crate::Error::NotFound`]
    /// proves nothing yet: [`Self::look`] searches for the event, and says where it is.
    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: &Known) -> Result<()>;

    /// Searches for an event of ours: under the name that `known` contains, then by our UID
    /// in its calendar, then by our UID in `elsewhere`, the other writable calendars of the
    /// account. Returns [`Look::Nowhere`] only if the provider proves it.
    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look>;

    /// Subscribes an address to the changes of a calendar: extends the current channel, or opens a
    /// new one. None if the provider does not send notifications for this calendar.
    async fn watch(&self, _calendar: &Place, _watch: &Watch) -> Result<Option<Channel>> {
        Ok(None)
    }

    /// Ends a channel, if it is there.
    async fn unwatch(&self, _channel: &Channel) -> Result<()> {
        Ok(())
    }
}

/// Takes the pages of a pull as they arrive.
#[async_trait]
pub trait Pages: Send {
    /// Keeps a page.
    async fn page(&mut self, page: Page) -> Result<()>;

    /// Forgets the pages so far: what follows is everything.
    async fn restart(&mut self) -> Result<()>;

    /// The versions of the events that are known, by id; none where everything is to be read.
    async fn known(&mut self) -> Result<Versions>;
}

/// Versions of events by their ids; `None` where the version is not known.
pub type Versions = HashMap<String, Option<String>>;
