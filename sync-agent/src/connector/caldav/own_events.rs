//! Finding, writing and removing an event of ours.

use super::listing::{Collection, is_multistatus, refusal};
use super::{error, etag, now};
use crate::connector::writing::{Attempts, Judged, Search, Sent};
use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::{StatusCode, header};
use engine::ics::{self, Existing};
use engine::time::Zone;
use providers::answers::{self, Asked, Reaction};
use providers::caldav::{self, Member, Precondition, Reading, member_url};
use providers::{Known, OwnEvent, Page, Place, Version, Written};

/// How often to begin again when the event changes meanwhile.
const ATTEMPTS: usize = 3;

/// Members that are fetched by one request.
const CHUNK: usize = 100;

/// An event in one calendar.
pub(super) struct Own<'a> {
    pub(super) collection: Collection<'a>,
    pub(super) zone: Zone,
    pub(super) event: &'a OwnEvent,
}

/// A member as it is now.
#[derive(Debug, Clone)]
struct Found {
    id: String,
    etag: Option<String>,
    text: String,
}

/// What came of a write.
enum Put {
    Done(Version),
    /// The member has changed, or is another one.
    Again(Option<Found>),
    Refused(Error),
}

impl<'a> Own<'a> {
    pub(super) fn new(
        collection: Collection<'a>,
        place: &Place,
        event: &'a OwnEvent,
    ) -> Result<Self> {
        let zone = Zone::iana(&place.timezone).map_err(|e| Error::Misconfigured(e.to_string()))?;
        Ok(Self { collection, zone, event })
    }

    pub(super) async fn write(&self, known: Option<&Known>) -> Result<Written> {
        let mut found = self.named(known).await?;
        if found.is_none() {
            if known.is_some() && !self.is_replaced() {
                return Err(Error::NotFound("the event".into()));
            }
            found = self.with_uid().await?;
        }
        let written = known.and_then(|known| known.written.as_ref());
        let mut attempts = Attempts::new(self.event, written);
        loop {
            let form = attempts.next()?;
            let sent = self.send(&form, written, &mut found).await?;
            if let Some(reduced) = attempts.result(sent) {
                let version = reduced.event;
                return Ok(Written { version, meeting_link: None, refused: reduced.refused });
            }
        }
    }

    /// Removes the event, or excludes the first occurrence of the series that it has become.
    pub(super) async fn remove(&self, known: &Known) -> Result<()> {
        let mut found = self.named(Some(known)).await?;
        for _ in 0..ATTEMPTS {
            let Some(member) = found else {
                // It may have another name, or be elsewhere.
                return Err(Error::NotFound("the event".into()));
            };
            let text = match self.is_replaced() {
                true => None,
                false => match self.existing(&member)? {
                    Some(existing) => existing.remove(now()),
                    None => return Ok(()),
                },
            };
            match text {
                None => return self.delete(&member).await,
                Some(text) => match self.put(&text, Some(member)).await? {
                    Put::Done(_) => return Ok(()),
                    Put::Again(now) => found = now,
                    Put::Refused(error) => return Err(error),
                },
            }
        }
        Err(Error::Interrupted("the event keeps changing at the provider".into()))
    }

    /// The event as it is now, under the name that is known or else by its UID. Without it only
    /// where the calendar itself answers.
    pub(super) async fn look(&self, known: Option<&Known>) -> Result<Search<(Version, Page)>> {
        // Else a server that has lost everything would seem to have lost this event.
        self.collection.state().await?;
        let named = self.named(known).await?;
        let is_named = named.is_some();
        let found = match named {
            Some(found) if self.existing(&found)?.is_some() => found,
            _ => match self.with_uid().await? {
                Some(found) => found,
                None if is_named => return Ok(Search::Excluded),
                None => return Ok(Search::Nowhere),
            },
        };
        let reading = Reading {
            zone: self.zone.clone(),
            owner_emails: self.event.owner.email.iter().cloned().collect(),
            window: None,
        };
        let Found { id, etag, text } = found;
        let member = Member { href: String::new(), id: id.clone(), version: etag.clone() };
        let page = reading.read_member(&member, text.as_bytes()).page;
        Ok(Search::Found((Version { external_event_id: id, etag }, page)))
    }

    /// Sends one form of the event.
    async fn send(
        &self,
        form: &OwnEvent,
        written: Option<&OwnEvent>,
        found: &mut Option<Found>,
    ) -> Result<Sent<Version>> {
        for _ in 0..ATTEMPTS {
            let text = match found.as_ref() {
                None => caldav::resource(form, now()),
                Some(member) if self.is_replaced() => self.replacement(form, member),
                Some(member) => {
                    let Some(existing) = self.existing(member)? else {
                        return Err(Error::NotFound("the event".into()));
                    };
                    match caldav::edited(existing, form, written, now()) {
                        Some(text) => text,
                        None => return Ok(Sent::Written(member.version())),
                    }
                }
            };
            match self.put(&text, found.clone()).await? {
                Put::Done(version) => return Ok(Sent::Written(version)),
                Put::Again(now) => *found = now,
                Put::Refused(error) => return Ok(Sent::Refused(error)),
            }
        }
        Err(Error::Interrupted("the event keeps changing at the provider".into()))
    }

    /// Writes a text in the place of what was found, or as a new member.
    async fn put(&self, text: &str, found: Option<Found>) -> Result<Put> {
        let id = found.as_ref().map_or_else(|| caldav::event_id(self.event), |f| f.id.clone());
        let url = member_url(self.collection.url, &id);
        let etag = found.as_ref().and_then(|found| found.etag.as_deref());
        // Strong comparison fails for a weak ETag (RFC 9110 section 13.1.1), and some servers fail
        // it for every ETag: then what was read is compared instead.
        let strong = etag.map(|etag| etag.strip_prefix("W/").unwrap_or(etag));
        let preconditions = match (&found, strong) {
            (None, _) => vec![Precondition::IsNew],
            (Some(_), Some(etag)) => vec![Precondition::Is(etag), Precondition::Nothing],
            (Some(_), None) => vec![Precondition::Nothing],
        };
        let mut refusal = None;
        for precondition in preconditions {
            let answer = self.client().send(caldav::put(&url, text, precondition)).await?;
            if answer.status() != StatusCode::PRECONDITION_FAILED {
                return self.judge(answer, &id, text, found.as_ref()).await;
            }
            refusal = Some(answer);
            let now = self.get(&id).await?;
            if found.is_none() || now.as_ref().map(|f| &f.text) != found.as_ref().map(|f| &f.text) {
                return match now {
                    Some(now) => Ok(Put::Again(Some(now))),
                    None => self.elsewhere(refused(refusal.as_ref()), found.is_some()).await,
                };
            }
        }
        Err(refused(refusal.as_ref()))
    }

    /// What an answer to a write means.
    async fn judge(
        &self,
        answer: Answer,
        id: &str,
        text: &str,
        found: Option<&Found>,
    ) -> Result<Put> {
        let asked = if found.is_some() { Asked::Change } else { Asked::Create };
        let status = answer.status();
        if matches!(status, StatusCode::CREATED | StatusCode::NO_CONTENT) {
            return self.version(&answer, id).await.map(Put::Done);
        }
        // Another success proves nothing, and some servers report a fault after they have stored
        // the event.
        if status.is_success() || status.is_server_error() {
            if let Ok(Some(now)) = self.get(id).await
                && self.says(&now, text)?
            {
                return Ok(Put::Done(now.version()));
            }
            if status.is_success() {
                return Err(Error::Unproven(format!("a page of another kind ({status})")));
            }
        }
        let kind = answers::of_status(status);
        let problem = error(&answer);
        if is_uid_conflict(&answer) && found.is_none() {
            return self.elsewhere(problem, false).await;
        }
        let judged = Judged::new(asked, kind, answer, problem);
        match judged.reaction {
            Reaction::Reduce => Ok(Put::Refused(judged.error)),
            Reaction::Look if found.is_none() => self.elsewhere(judged.error, false).await,
            _ => Err(judged.error),
        }
    }

    /// After a conflict: our UID may be under another name.
    async fn elsewhere(&self, problem: Error, was_there: bool) -> Result<Put> {
        if was_there {
            return Err(Error::NotFound("the event".into()));
        }
        match self.with_uid().await? {
            Some(found) => Ok(Put::Again(Some(found))),
            None => Err(problem),
        }
    }

    /// Whether a member says what was sent.
    fn says(&self, found: &Found, text: &str) -> Result<bool> {
        let read = |text: &str| {
            let parsed = ics::parse_resource(text, &self.zone, &[], &mut || true);
            parsed.map(|parsed| {
                let events = parsed.events.into_iter();
                events.map(|e| (e.recurrence_id, e.span, e.title, e.recurrence)).collect::<Vec<_>>()
            })
        };
        Ok(self.existing(found)?.is_some() && read(&found.text).ok() == read(text).ok())
    }

    /// The version of what was written: some servers keep it under another name.
    async fn version(&self, answer: &Answer, id: &str) -> Result<Version> {
        let location = answer.headers().get(header::LOCATION).and_then(|v| v.to_str().ok());
        let moved = location.and_then(|location| caldav::member_at(self.collection.url, location));
        let name = moved.as_deref().unwrap_or(id);
        if let (Some(etag), true) = (etag(answer), name == id) {
            return Ok(Version { external_event_id: id.to_owned(), etag: Some(etag) });
        }
        // The server has changed what it was given (RFC 4791 section 5.3.4).
        let found = match self.get(name).await.ok().flatten() {
            Some(found) => Some(found),
            None => self.with_uid().await.ok().flatten(),
        };
        let unknown = Version { external_event_id: name.to_owned(), etag: None };
        Ok(found.map_or(unknown, |found| found.version()))
    }

    async fn delete(&self, found: &Found) -> Result<()> {
        let url = member_url(self.collection.url, &found.id);
        let answer = self.client().send(caldav::delete(&url)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status if status.is_success() => match self.get(&found.id).await? {
                None => Ok(()),
                Some(_) => Err(Error::Unproven(format!("a page of another kind ({status})"))),
            },
            // It was there just before, and the calendar itself answers.
            StatusCode::NOT_FOUND | StatusCode::GONE if self.get(&found.id).await?.is_none() => {
                self.collection.state().await.map(drop)
            }
            _ => Err(error(&answer)),
        }
    }

    /// The event in a member, if it still is there.
    fn existing(&self, found: &Found) -> Result<Option<Existing<'_>>> {
        Existing::find(&found.text, &self.event.uid(), &self.zone)
            .map_err(|error| Error::Malformed(format!("the event cannot be changed: {error}")))
    }

    /// Whether what others have changed in it is replaced.
    fn is_replaced(&self) -> bool {
        self.event.obligation().is_some()
    }

    /// The text that replaces a member, as a later version of it (RFC 5545 section 3.8.7.4).
    fn replacement(&self, form: &OwnEvent, member: &Found) -> String {
        let parsed = ics::parse_resource(&member.text, &self.zone, &[], &mut || true);
        let versions = parsed.into_iter().flat_map(|parsed| parsed.events);
        let next = versions.map(|event| event.sequence.saturating_add(1)).max();
        let sequence = form.sequence.max(next.unwrap_or_default());
        caldav::resource(&OwnEvent { sequence, ..form.clone() }, now())
    }

    /// The member under the name that is known, or else that we choose. One that is to be replaced
    /// must still have our UID.
    async fn named(&self, known: Option<&Known>) -> Result<Option<Found>> {
        let found = match known {
            Some(known) => self.get(&known.version.external_event_id).await,
            None => self.get(&caldav::event_id(self.event)).await,
        };
        let is_ours = |found: &Found| !self.is_replaced() || found.text.contains(&self.event.uid());
        found.map(|found| found.filter(is_ours))
    }

    async fn get(&self, id: &str) -> Result<Option<Found>> {
        let answer = self.client().send(caldav::get(&member_url(self.collection.url, id))).await?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            StatusCode::OK => {
                let text = ics::decode(answer.body()).into_owned();
                if !text.to_ascii_uppercase().contains("BEGIN:VCALENDAR") {
                    return Err(Error::Unproven("a page instead of the event".into()));
                }
                Ok(Some(Found { id: id.to_owned(), etag: etag(&answer), text }))
            }
            _ => Err(error(&answer)),
        }
    }

    /// The member with our UID, whatever its name.
    async fn with_uid(&self) -> Result<Option<Found>> {
        let url = self.collection.url;
        let answer = self.client().send(caldav::with_uid(url, &self.event.uid())).await?;
        if is_multistatus(&answer)
            && let Ok(texts) = caldav::read_texts(url, answer.body())
        {
            return self.among(texts).await;
        }
        if !is_multistatus(&answer) {
            refusal(&answer)?;
        }
        // The server cannot search: all members are read.
        let members = self.collection.list(&self.collection.state().await?).await?.members;
        for chunk in members.chunks(CHUNK) {
            let hrefs = chunk.iter().map(|member| member.href.as_str());
            let answer = self.client().send(caldav::fetch(url, hrefs)).await?;
            let texts = match is_multistatus(&answer) {
                true => caldav::read_texts(url, answer.body())?,
                false => return Err(error(&answer)),
            };
            if let Some(found) = self.among(texts).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn among(&self, texts: Vec<(Member, Option<String>)>) -> Result<Option<Found>> {
        let uid = self.event.uid();
        for (member, text) in texts {
            // Some servers answer with more than they were asked for.
            if text.is_none_or(|text| text.contains(&uid))
                && let Some(found) = self.get(&member.id).await?
                && matches!(self.existing(&found), Ok(Some(_)))
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn client(&self) -> &super::client::Client {
        self.collection.client
    }
}

impl Found {
    fn version(&self) -> Version {
        Version { external_event_id: self.id.clone(), etag: self.etag.clone() }
    }
}

/// The error for a write whose precondition failed.
fn refused(answer: Option<&Answer>) -> Error {
    let reason = answer.and_then(|answer| caldav::problem(answer.body()));
    Error::Refused {
        status: StatusCode::PRECONDITION_FAILED.as_u16(),
        reason: reason.unwrap_or_else(|| "the event's UID is in use".into()),
    }
}

fn is_uid_conflict(answer: &Answer) -> bool {
    caldav::problem(answer.body()).is_some_and(|problem| problem == "no-uid-conflict")
}
