//! What a message is to say: the document that `calendar_sync.lease_notifications` returns.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// A notification that is due.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Notification {
    /// The same in each attempt.
    pub id: Uuid,
    /// What it is about.
    pub kind: Kind,
    /// How it is sent.
    pub channel: Channel,
    /// To whom.
    pub recipient: Recipient,
    /// Where to; none for a webhook, and where the configuration knows it.
    pub to: Option<To>,
    /// The recipient's language, as BCP 47 writes it.
    pub locale: String,
    /// The recipient's IANA zone.
    pub timezone: String,
    /// The other party's IANA zone where it differs.
    pub other_timezone: Option<String>,
    /// When it became due first.
    pub created_at: DateTime<Utc>,
    /// The broker; none for alerts.
    pub broker: Option<Broker>,
    /// The person who has booked.
    pub lead: Option<Lead>,
    /// The booking.
    pub booking: Option<Booking>,
    /// Of a booking that was moved, the time that the recipient knew.
    pub previous: Option<Span>,
    /// How the lead changes the booking.
    pub manage: Option<Manage>,
    /// Where and when a lead may book instead.
    pub rebook: Option<Rebook>,
    /// The calendar part.
    pub invitation: Option<Invitation>,
    /// The token that ends reminders by e-mail.
    pub unsubscribe: Option<String>,
    /// The account that has a problem.
    pub account: Option<Account>,
    /// Where a booking could not be written.
    pub unwritten: Option<Unwritten>,
    /// What could not be booked automatically.
    pub request: Option<Request>,
    /// What is wrong with the system.
    pub alert: Option<Alert>,
    /// Where a webhook goes, and what it says.
    pub webhook: Option<Webhook>,
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A booking was made.
    Booked,
    /// A booking waits for its broker.
    Requested,
    /// The broker has confirmed it.
    Confirmed,
    /// The broker has declined it.
    Declined,
    /// It has another time.
    Rescheduled,
    /// It was cancelled.
    Cancelled,
    /// Its time was taken at the provider.
    BookingFailed,
    /// It could not be booked automatically.
    ManualBooking,
    /// It begins soon.
    Reminder,
    /// It is not at its provider.
    Unwritten,
    /// An account must be connected again.
    NeedsReconnect,
    /// A calendar cannot be pulled.
    SyncFailing,
    /// Something is wrong with the system.
    Alert,
    /// That is over.
    Recovered,
}

/// How a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    Sms,
    /// To a program.
    Webhook,
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// Who has booked.
    Lead,
    /// Whose time is booked.
    Broker,
    /// Who operates the system.
    Operator,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct To {
    /// The recipient's name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

/// A broker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Broker {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number that leads may know.
    pub phone: Option<String>,
}

/// The person who has booked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Lead {
    /// The id in the application.
    pub id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

/// A booking.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Booking {
    /// Its id.
    pub id: Uuid,
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// What it is called.
    pub title: Option<String>,
    /// Whether someone has called it so.
    #[serde(default = "yes")]
    pub has_title: bool,
    /// What the lead has written.
    pub notes: Option<String>,
    /// Where it takes place.
    pub location: Option<String>,
    /// Where to meet online.
    pub meeting_link: Option<String>,
    /// Why it was cancelled or declined.
    pub cancel_reason: Option<String>,
}

/// A time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Span {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
}

/// How a lead changes a booking.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Manage {
    /// The secret of the link.
    pub token: String,
    /// Whether it can still be changed.
    #[serde(default = "yes")]
    pub can_change: bool,
}

/// Where and when a lead may book instead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rebook {
    /// The page; none = the broker has no public one.
    pub page: Option<String>,
    /// The nearest free times.
    #[serde(default)]
    pub alternatives: Vec<Span>,
}

/// The calendar part of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invitation {
    /// The iTIP method: REQUEST, CANCEL or PUBLISH.
    pub method: Method,
    /// The iCalendar stream.
    pub ics: String,
}

/// An iTIP method (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Invites, or says what has changed.
    Request,
    /// Withdraws.
    Cancel,
    /// Informs.
    Publish,
}

/// An account that has a problem.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its provider.
    pub provider: String,
    /// What it is called.
    pub display_name: Option<String>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// Where a booking could not be written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Unwritten {
    /// The provider.
    pub provider: Option<String>,
    /// What is wrong.
    pub problem: Option<String>,
}

/// What could not be booked automatically.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Request {
    /// The time, in the caller's words.
    pub requested_time: Option<String>,
    /// Why it could not be booked.
    pub reason: Option<String>,
}

/// What is wrong with the system.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Alert {
    /// What it is about.
    pub key: String,
    /// What is wrong, as a sentence.
    pub problem: Option<String>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// Where a webhook goes, and what it says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Webhook {
    /// The address.
    pub url: String,
    /// The keys to sign with, in base64.
    pub keys: Vec<String>,
    /// What has happened, such as `booking.booked`.
    #[serde(rename = "type")]
    pub event: String,
    /// The body's data.
    pub data: Value,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Booked,
        Self::Requested,
        Self::Confirmed,
        Self::Declined,
        Self::Rescheduled,
        Self::Cancelled,
        Self::BookingFailed,
        Self::ManualBooking,
        Self::Reminder,
        Self::Unwritten,
        Self::NeedsReconnect,
        Self::SyncFailing,
        Self::Alert,
        Self::Recovered,
    ];

    /// Its name in the database and in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Requested => "requested",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Rescheduled => "rescheduled",
            Self::Cancelled => "cancelled",
            Self::BookingFailed => "booking_failed",
            Self::ManualBooking => "manual_booking",
            Self::Reminder => "reminder",
            Self::Unwritten => "unwritten",
            Self::NeedsReconnect => "needs_reconnect",
            Self::SyncFailing => "sync_failing",
            Self::Alert => "alert",
            Self::Recovered => "recovered",
        }
    }

    /// Those who get such messages.
    pub fn recipients(self) -> &'static [Recipient] {
        match self {
            Self::Unwritten => &[Recipient::Broker, Recipient::Operator],
            Self::NeedsReconnect | Self::SyncFailing => &[Recipient::Broker],
            Self::Alert | Self::Recovered => &[Recipient::Operator],
            _ => &[Recipient::Lead, Recipient::Broker],
        }
    }
}

impl Recipient {
    /// Its name in the database and in templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Broker => "broker",
            Self::Operator => "operator",
        }
    }
}

impl Method {
    /// Its name in iCalendar.
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

fn yes() -> bool {
    true
}
