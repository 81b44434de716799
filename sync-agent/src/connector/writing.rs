//! What the connectors have in common when they write.

use super::Connector;
use crate::net::http::Answer as Response;
use crate::{Error, Result};
use ::http::StatusCode;
use engine::time::Zone;
use providers::answers::{Answer, Asked, Reaction, reaction};
use providers::{Form, Look, OwnEvent, Owner, Page, Place, Version, forms};

/// An answer about one event, and what it means.
pub(super) struct Judged {
    pub(super) reaction: Reaction,
    pub(super) response: Response,
    /// The same as an error. Meaningless if the request is done.
    pub(super) error: Error,
}

impl Judged {
    /// Judges a response to what was asked. `error` is the provider's own account of it.
    pub(super) fn new(asked: Asked, kind: Answer, response: Response, error: Error) -> Self {
        let error = match kind {
            Answer::OtherPage => {
                Error::Unproven(format!("a page of another kind ({})", response.status()))
            }
            _ => error,
        };
        Self { reaction: reaction(asked, kind), response, error }
    }

    /// Judges a response by what its provider's module reads of it: the kind of the answer, and
    /// the error that it reports.
    pub(super) fn read(
        asked: Asked,
        response: Response,
        kind: fn(Asked, StatusCode, &[u8]) -> Answer,
        error: impl FnOnce(&Response) -> Error,
    ) -> Self {
        let kind = kind(asked, response.status(), response.body());
        let error = error(&response);
        Self::new(asked, kind, response, error)
    }

    /// The body of the response.
    pub(super) fn body(&self) -> &[u8] {
        self.response.body()
    }

    /// The body of a request that is done, otherwise the error.
    pub(super) fn done(self) -> Result<Response> {
        match self.reaction {
            Reaction::Done => Ok(self.response),
            Reaction::Wait | Reaction::Look | Reaction::Reduce => Err(self.error),
        }
    }
}

/// What a search for an event of ours found, where the calendars answer.
pub(crate) enum Search<T> {
    Found(T),
    /// Nothing.
    Nowhere,
    /// What the event has become, without what the booking was of it: see [`Look::Excluded`].
    ///
    /// [`Look::Excluded`]: providers::Look::Excluded
    Excluded,
}

impl<T> Search<T> {
    /// The same, with something else found.
    pub(super) fn map<U>(self, found: impl FnOnce(T) -> Result<U>) -> Result<Search<U>> {
        Ok(match self {
            Self::Found(it) => Search::Found(found(it)?),
            Self::Nowhere => Search::Nowhere,
            Self::Excluded => Search::Excluded,
        })
    }
}

/// Searches for an event of ours in its calendar, then in the other writable calendars of the account.
pub(super) async fn look<'a, F: Future<Output = Result<Search<(Version, Page)>>>>(
    connector: &dyn Connector,
    calendar: &'a Place,
    elsewhere: &'a [Place],
    search: impl Fn(&'a Place) -> F,
) -> Result<Look> {
    let mut look = Ok(Look::Nowhere);
    for (at, place) in std::iter::once(calendar).chain(elsewhere).enumerate() {
        match search(place).await {
            Ok(Search::Found((version, page))) => {
                let external_calendar_id = place.external_calendar_id.clone();
                return Ok(Look::Found { external_calendar_id, version, page });
            }
            Ok(Search::Nowhere) => {}
            Ok(Search::Excluded) => look = look.map(|_| Look::Excluded),
            // That of the event must answer. Another that is gone contains nothing, and one that
            // refuses, or that is denied although it is listed, proves nothing.
            Err(Error::NotFound(_)) if at > 0 => {
                if !connector.lacks(&place.external_calendar_id).await? {
                    let reason = "the provider denies a calendar that it lists";
                    look = Err(Error::Interrupted(reason.into()));
                }
            }
            Err(error @ Error::Refused { .. }) if at > 0 => look = Err(error),
            Err(error) => return Err(error),
        }
    }
    look
}

/// An error if an event that an earlier request made has become a series: what the booking is of it
/// is for a look to find.
pub(super) fn refuse_series(is_series: bool, own: &OwnEvent) -> Result<()> {
    if is_series && own.obligation().is_none() {
        return Err(Error::Interrupted("the event has become a series".into()));
    }
    Ok(())
}

/// The error where the first occurrence of a series was not found. That proves nothing: providers
/// show that it was deleted.
pub(super) fn denied_occurrence(error: Error) -> Error {
    match error {
        Error::NotFound(_) => Error::Interrupted(
            "the provider denies the first occurrence of a series that it has".into(),
        ),
        other => other,
    }
}

/// What came of one form of an event.
pub(super) enum Sent<T> {
    /// The event says it.
    Written(T),
    /// The provider refused it. It may accept less.
    Refused(Error),
}

/// What was written.
pub(super) struct Reduced<T> {
    pub(super) event: T,
    /// What was left out, and why. A noun phrase.
    pub(super) refused: Option<String>,
}

/// The forms of something to write, from the whole one to what every provider accepts.
pub(super) struct Attempts<F> {
    forms: std::iter::Peekable<std::vec::IntoIter<(F, Option<&'static str>)>>,
    /// The form that was tried last, if it may be tried again.
    again: Option<F>,
    without: Option<&'static str>,
    refusal: Error,
}

impl Attempts<OwnEvent> {
    /// Attempts to write an event. `written` is what it says already; `None` = it is new.
    pub(super) fn new(own: &OwnEvent, written: Option<&OwnEvent>) -> Self {
        let forms = forms(own, written).into_iter();
        Self::of(forms.map(|Form { event, without }| (event, without)).collect())
    }
}

impl<F: Clone> Attempts<F> {
    /// Attempts to write forms, each with what it leaves out.
    pub(super) fn of(forms: Vec<(F, Option<&'static str>)>) -> Self {
        let refusal = Error::Interrupted("nothing was sent".into());
        Self { forms: forms.into_iter().peekable(), again: None, without: None, refusal }
    }

    /// The next form, or the last refusal if no form is left.
    pub(super) fn next(&mut self) -> Result<F> {
        // Unless the answer says that it is about the contents, the whole form is tried once
        // more: a refusal for another reason may be over.
        let is_about_contents = matches!(self.refusal, Error::Refused { status: 400 | 422, .. });
        if let Some(form) = self.again.take().filter(|_| !is_about_contents)
            && self.forms.peek().is_some()
        {
            return Ok(form);
        }
        let Some((form, without)) = self.forms.next() else {
            return Err(std::mem::replace(&mut self.refusal, Error::Interrupted(String::new())));
        };
        self.again = without.is_none().then(|| form.clone());
        self.without = without;
        Ok(form)
    }

    /// What was refused is tried with less; what was written is the result.
    pub(super) fn result<T>(&mut self, sent: Sent<T>) -> Option<Reduced<T>> {
        match sent {
            Sent::Written(event) => {
                let refused = self.without.map(|what| format!("{what} ({})", why(&self.refusal)));
                Some(Reduced { event, refused })
            }
            Sent::Refused(error) => {
                self.refusal = error;
                None
            }
        }
    }
}

/// Why something was refused, as an addition to what was refused.
fn why(error: &Error) -> String {
    match error {
        Error::Refused { status, reason } => format!("{status}: {reason}"),
        other => other.to_string(),
    }
}

/// What came of an update; none if the event is to be created (again). A booking's is not: that it
/// is gone is for a look to prove.
pub(super) fn if_there<T>(updated: Result<T>, own: &OwnEvent) -> Result<Option<T>> {
    match updated {
        Err(Error::NotFound(_)) if own.obligation().is_some() => Ok(None),
        updated => updated.map(Some),
    }
}

/// The owner of a calendar that contains an event of ours.
pub(super) fn owner_of(calendar: &Place, own: &OwnEvent) -> Owner {
    Owner {
        zone: Zone::iana(&calendar.timezone).unwrap_or(Zone::UTC),
        emails: own.owner.email.iter().cloned().collect(),
    }
}
