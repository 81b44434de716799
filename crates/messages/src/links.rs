//! The addresses that messages link to.

use url::Url;

/// The addresses that messages link to; without one, messages have no such link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The booking page, `booking.html`.
    pub booking: Option<Url>,
    /// The page on which brokers see their connections.
    pub connections: Option<Url>,
    /// Where one-click unsubscribing is answered, with a slash at the end.
    pub unsubscribe: Option<Url>,
}

impl Links {
    /// Where a lead changes a booking.
    pub(crate) fn manage(&self, token: &str) -> Option<String> {
        let mut url = self.booking.clone()?;
        url.set_fragment(Some(token));
        Some(url.into())
    }

    /// Where a lead books.
    pub(crate) fn page(&self, page: &str) -> Option<String> {
        let mut url = self.booking.clone()?;
        url.query_pairs_mut().append_pair("page", page);
        Some(url.into())
    }

    /// Where reminders are ended.
    pub(crate) fn unsubscribe(&self, token: &str) -> Option<String> {
        self.unsubscribe.as_ref()?.join(token).ok().map(Into::into)
    }
}
