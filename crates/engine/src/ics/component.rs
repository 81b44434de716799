//! What can be written: a VCALENDAR and its VEVENTs.

use crate::event::{Span, Status, Transparency, When};
use crate::rfc5545::Duration;
use crate::time::{Instant, Zone};

/// A VCALENDAR (RFC 5545 section 3.4) to write.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calendar {
    /// METHOD (RFC 5546 section 1.4): for a message to someone; not for a
    /// resource on a CalDAV server (RFC 4791 section 4.1).
    pub method: Option<Method>,
    /// The calendar's name (NAME of RFC 7986 section 5.1, and X-WR-CALNAME).
    pub name: Option<String>,
    /// Its VEVENTs.
    pub components: Vec<Component>,
    /// How far a series without an end is to be true where only dates can say what it is:
    /// EXRULE and a second RRULE are written as dates up to here. Without it, for 20 years from
    /// the start of the series.
    pub until: Option<Instant>,
}

/// METHOD of a VCALENDAR (RFC 5546 section 1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// For anyone to take note of.
    Publish,
    /// An invitation, or a change of one.
    Request,
    /// The withdrawal of an invitation.
    Cancel,
}

impl Method {
    /// The value of METHOD, and of `method` in a mail's Content-Type (RFC 6047 section 2.4).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A VEVENT (RFC 5545 section 3.6.1) to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// UID: the same in every version of the event.
    pub uid: String,
    /// SEQUENCE: higher after each change that matters to those invited.
    pub sequence: i32,
    /// DTSTAMP: when this version was written.
    pub stamp: Instant,
    /// LAST-MODIFIED.
    pub last_modified: Option<Instant>,
    /// DTSTART and DTEND.
    pub span: Span,
    /// In whose local time it recurs. Times of an event that recurs, or that
    /// replaces an occurrence of one, are written in it; all others in UTC. Of an
    /// all-day event, the zone of its dates.
    pub timezone: Option<Zone>,
    /// RRULE, RDATE, EXDATE and EXRULE lines; other lines are left out. They are
    /// written in DTSTART's form.
    pub recurrence: Option<String>,
    /// RECURRENCE-ID: which occurrence it replaces.
    pub recurrence_id: Option<When>,
    /// Whether it replaces all later ones too (`RANGE=THISANDFUTURE`).
    pub this_and_future: bool,
    /// DURATION, in place of DTEND: [`crate::event::Event::duration`].
    pub duration: Option<Duration>,
    /// SUMMARY.
    pub summary: Option<String>,
    /// DESCRIPTION.
    pub description: Option<String>,
    /// LOCATION.
    pub location: Option<String>,
    /// URL.
    pub url: Option<String>,
    /// STATUS.
    pub status: Status,
    /// TRANSP.
    pub transparency: Transparency,
    /// ORGANIZER.
    pub organizer: Option<Person>,
    /// ATTENDEEs.
    pub attendees: Vec<Attendee>,
    /// A VALARM (section 3.6.6) that shows SUMMARY for each: how many minutes before the start.
    pub alarms: Vec<u32>,
}

impl Component {
    /// A confirmed, opaque event with nothing else.
    pub fn new(uid: impl Into<String>, stamp: Instant, span: Span) -> Self {
        Self {
            uid: uid.into(),
            sequence: 0,
            stamp,
            last_modified: None,
            span,
            timezone: None,
            recurrence: None,
            recurrence_id: None,
            this_and_future: false,
            duration: None,
            summary: None,
            description: None,
            location: None,
            url: None,
            status: Status::Confirmed,
            transparency: Transparency::Opaque,
            organizer: None,
            attendees: Vec::new(),
            alarms: Vec::new(),
        }
    }
}

/// A calendar user (RFC 5545 section 3.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// CN (section 3.2.2).
    pub name: Option<String>,
    /// The e-mail address, without `mailto:`.
    pub email: String,
}

/// An ATTENDEE (RFC 5545 section 3.8.4.1) that has not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendee {
    /// CN (section 3.2.2).
    pub name: Option<String>,
    /// The e-mail address, without `mailto:`.
    pub email: String,
    /// RSVP (section 3.2.17): whether an answer is asked for.
    pub rsvp: bool,
    /// Whether the calendar server is to leave the invitation to us
    /// (`SCHEDULE-AGENT=CLIENT`, RFC 6638 section 7.1).
    pub invited_by_client: bool,
}
