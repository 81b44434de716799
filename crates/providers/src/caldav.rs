//! CalDAV (RFC 4791) with collection synchronisation (RFC 6578).
//!
//! A calendar is a collection, known by its URL. Its members are resources, each
//! with one event: a master with all its overrides. A member is identified by its id,
//! the decoded file name of its URL.

mod bodies;
mod discovery;
mod listing;
mod multistatus;
mod own_events;
mod request;
mod token;
mod url;

pub use bodies::{Bodies, Reading, read_texts};
pub use discovery::{Found, read_calendars, read_found};
pub use listing::{Changes, Listing, State, read_changes, read_listing, read_state};
pub use multistatus::problem;
pub use own_events::{edited, event_id, resource};
pub use request::{
    Precondition, calendars, changes, delete, fetch, find, get, list, list_within, put, state,
    with_uid,
};
pub use token::Token;
pub use url::{Member, member_at, member_url};
