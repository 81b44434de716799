//! What calendar providers say and want to hear: requests are made and answers
//! read here, without any IO. `sync-agent` sends them.
//!
//! Each provider has a module. Its functions take what is wanted and give an
//! [`http::Request`], or take an answer's body and give a [`Page`], a
//! [`RemoteCalendar`] or an error.

pub mod caldav;
pub mod feed;
pub mod ghl;
pub mod google;
pub mod microsoft;

mod calendar;
mod channel;
mod oauth;
mod own_event;
mod page;
mod pull;

pub use calendar::RemoteCalendar;
pub use channel::{Channel, Watch};
pub use oauth::AuthorizationServer;
pub use own_event::{Kind, OwnEvent, Person, Version, Written};
pub use page::{Deleted, MAX_EVENTS, Page, Rejected};
pub use pull::{Place, Pull, Pulled};

/// An answer that is not what the provider's API describes: names what is wrong
/// with it, and holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);
