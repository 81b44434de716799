//! What an answer of a provider means: the one table that decides it, for all providers.
//!
//! A connector says what it asked and what kind of answer came. The table says how to go on. An
//! answer never ends a booking: only a healthy look does (see [`crate::Look`]).

use http::StatusCode;

/// What a provider was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// What has changed in a calendar, or which calendars an account has.
    List,
    /// A calendar, once more, before the first write of a booking.
    Check,
    /// An event by its own name, to change it.
    Read,
    /// An event by its own name or by our UID, to find out where it is.
    Look,
    /// To create an event.
    Create,
    /// To change an event.
    Change,
    /// To delete an event.
    Remove,
}

/// The kinds of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Success, and the answer itself proves it: by its form, its id or its version mark.
    Proof,
    /// Success or a redirect, but with a page of another kind, such as a sign-in page.
    OtherPage,
    /// It does not exist (any more): 404, 410, or an event that is marked as cancelled.
    Gone,
    /// Another version is there: 409, 412.
    Conflict,
    /// A refusal that is not about the contents, such as 405 or 423.
    Refused,
    /// A refusal that may be about the contents: a guest, an organizer, a telephone number, a
    /// title.
    RefusedContent,
    /// The credential is refused.
    Credential,
    /// The provider limits the rate of requests, or asks for patience: 429, 503.
    Throttled,
    /// The provider reports a fault of its own. Some report one for a guest that they cannot
    /// invite.
    Unavailable,
    /// There is no answer: a time limit, a lost connection.
    Silence,
}

/// How to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// The state of the booking stays, and the same is tried again later.
    Wait,
    /// Find out where the event is and what it says now, then decide.
    Look,
    /// Try again with less that may be refused; where nothing is left to leave out: wait.
    Reduce,
    /// It is decided: go on.
    Done,
}

use Reaction::{Done, Look, Reduce, Wait};

/// For each [`Asked`], the reactions to each [`Answer`], both in the order of their definitions.
#[rustfmt::skip]
const TABLE: [(Asked, [Reaction; 10]); 7] = [
    //                Proof OtherPage Gone Conflict Refused RefusedContent Credential Throttled Unavailable Silence
    (Asked::List,   [Done, Wait,     Wait, Wait,   Wait,   Wait,          Wait,      Wait,     Wait,       Wait]),
    // A refusal to be read decides nothing: the write is tried.
    (Asked::Check,  [Done, Wait,     Wait, Done,   Done,   Done,          Wait,      Wait,     Wait,       Wait]),
    (Asked::Read,   [Done, Wait,     Look, Wait,   Wait,   Wait,          Wait,      Wait,     Wait,       Wait]),
    (Asked::Look,   [Done, Wait,     Look, Wait,   Wait,   Wait,          Wait,      Wait,     Wait,       Wait]),
    (Asked::Create, [Done, Wait,     Wait, Look,   Wait,   Reduce,        Wait,      Wait,     Reduce,     Wait]),
    (Asked::Change, [Done, Wait,     Look, Look,   Wait,   Reduce,        Wait,      Wait,     Reduce,     Wait]),
    (Asked::Remove, [Done, Wait,     Look, Look,   Wait,   Wait,          Wait,      Wait,     Wait,       Wait]),
];

/// How to go on after an answer.
pub const fn reaction(asked: Asked, answer: Answer) -> Reaction {
    TABLE[asked as usize].1[answer as usize]
}

/// The kind of an answer by its status, for every provider. A success is [`Answer::Proof`] here, so
/// its body must be looked at first.
pub fn of_status(status: StatusCode) -> Answer {
    match status.as_u16() {
        200..=299 => Answer::Proof,
        404 | 410 => Answer::Gone,
        409 | 412 => Answer::Conflict,
        401 | 407 => Answer::Credential,
        429 | 503 => Answer::Throttled,
        408 | 425 | 500..=599 => Answer::Unavailable,
        // Of these, some providers say why and most do not.
        400 | 403 | 406 | 411 | 413 | 414 | 415 | 417 | 422 => Answer::RefusedContent,
        402..=499 => Answer::Refused,
        _ => Answer::OtherPage,
    }
}
