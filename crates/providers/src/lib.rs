//! Requests to calendar providers and their answers. This crate makes the requests and
//! reads the answers without any IO; `sync-agent` sends them.
//!
//! Each provider has a module. Its functions either return an
//! [`http::Request`], or read an answer's body and return a [`Page`], a
//! [`RemoteCalendar`] or an error.

pub mod answers;
pub mod caldav;
pub mod feed;
pub mod ghl;
pub mod google;
pub mod microsoft;
pub mod standard_webhook;
pub mod twilio;

mod calendar;
mod changes;
mod channel;
mod lenient;
mod oauth;
mod own_event;
mod page;
mod proof;
mod pull;
mod times;

pub use calendar::RemoteCalendar;
pub use changes::{Changes, Form, Guests, forms};
pub use channel::{Channel, Watch};
pub use oauth::AuthorizationServer;
pub use own_event::{Kind, Known, Look, Obligation, OwnEvent, Person, Version, Written};
pub use page::{Deleted, MAX_EVENTS, Outside, Page, Rejected};
pub use pull::{Owner, Place, Pull, Pulled};

/// An answer that does not follow the provider's API. The text says what is wrong and
/// contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);
