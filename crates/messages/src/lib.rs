//! What people are sent about bookings: e-mails, text messages and the bodies of webhooks, in the
//! recipient's language and time zone. This crate has no IO and no clock; `sync-agent` sends.
//!
//! [`Notification`] is what the database says. [`Templates`] turns one into an [`Email`] or the
//! text of an SMS. What people have written (names, titles, notes) is data at each step: HTML is
//! escaped by the one layout that writes it, and no value can add a line to a header or a subject.

mod error;
mod links;
mod moment;
mod notification;
mod render;
mod sample;
mod sms;
mod templates;
mod value;

pub use error::{Error, Result};
pub use links::Links;
pub use moment::Moment;
pub use notification::{
    Account, Alert, Booking, Broker, Channel, Invitation, Kind, Lead, Manage, Method, Notification,
    Rebook, Recipient, Request, Span, To, Unwritten, Webhook,
};
pub use render::Email;
pub use sample::samples;
pub use sms::{Segments, segments};
pub use templates::{LANGUAGES, Templates};
pub use value::one_line;
