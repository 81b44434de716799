//! What the agent can ask of a provider, whichever it is.

pub mod caldav;
pub mod feed;
pub mod ghl;
pub mod google;
pub mod microsoft;

use crate::Result;
use async_trait::async_trait;
use providers::{
    Channel, OwnEvent, Page, Place, Pull, Pulled, RemoteCalendar, Version, Watch, Written,
};

/// One account at a provider.
#[async_trait]
pub trait Connector: Send + Sync {
    /// How many requests may be under way to the account: Graph allows four to a mailbox.
    fn at_once(&self) -> usize {
        4
    }

    /// The account's calendars.
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>>;

    /// Brings what has changed in a calendar since the token, or everything in
    /// the window. A token that the provider no longer takes is not an error: all
    /// is brought anew, after [`Pages::restart`].
    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled>;

    /// Makes a booking's event say what the booking says, creating it where there
    /// is none. Doing so again changes nothing, even if the first answer was lost.
    /// [`crate::Error::NotFound`]: somebody deleted the event that `known` names.
    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Version>,
    ) -> Result<Written>;

    /// Takes a booking's event away, if it is there. Where `known` is none, it is
    /// looked for: an earlier answer may have been lost.
    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: Option<&Version>)
    -> Result<()>;

    /// Has the provider tell an address when a calendar changes: through the present
    /// channel for longer, or through a new one. None where it never tells.
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
}
