//! Events of our own.

use super::super::writing::{
    Attempts, Judged, Reduced, Search, Sent, denied_occurrence, refuse_series,
};
use super::{Google, MAX_PAGES, error};
use crate::{Error, Result};
use ::http::{Request, StatusCode};
use providers::answers::{Asked, Reaction};
use providers::google::{self, Existing};
use providers::{Known, OwnEvent};

impl Google {
    /// Whether an event of a calendar can have a Google Meet link.
    pub(super) async fn allows_meet(&self, calendar: &str) -> Result<bool> {
        let mut known = self.meet.lock().await;
        if let Some(&allowed) = known.get(calendar) {
            return Ok(allowed);
        }
        let answer = self.send(google::calendar(&self.base, calendar)).await?;
        let allowed = match answer.status() {
            StatusCode::OK => google::allows_meet(answer.body())?,
            // One that can be written to without being in the list.
            StatusCode::NOT_FOUND => false,
            // The write itself may be granted.
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                return Ok(false);
            }
            _ => return Err(error(&answer)),
        };
        known.insert(calendar.to_owned(), allowed);
        Ok(allowed)
    }

    /// Sends a request about one event.
    pub(super) async fn judge(&self, asked: Asked, request: Request<Vec<u8>>) -> Result<Judged> {
        Ok(Judged::read(asked, self.send(request).await?, google::answer, error))
    }

    /// An event that exists. [`Error::NotFound`] if it was deleted.
    pub(super) async fn existing(
        &self,
        asked: Asked,
        calendar: &str,
        id: &str,
    ) -> Result<Existing> {
        let existing = self.existing_or_deleted(asked, calendar, id).await?;
        if existing.is_cancelled() {
            return Err(Error::NotFound("the event was deleted".into()));
        }
        Ok(existing)
    }

    pub(super) async fn existing_or_deleted(
        &self,
        asked: Asked,
        calendar: &str,
        id: &str,
    ) -> Result<Existing> {
        let answer = self.judge(asked, google::get(&self.base, calendar, id)).await?.done()?;
        Ok(Existing::read(answer.body())?)
    }

    /// The event itself, or the first occurrence of the series that a booking's has become.
    pub(super) async fn own_occurrence(
        &self,
        asked: Asked,
        calendar: &str,
        existing: Existing,
        own: &OwnEvent,
    ) -> Result<Existing> {
        let Some(first) = existing.first_occurrence().filter(|_| own.obligation().is_none()) else {
            return Ok(existing);
        };
        // Google shows a deleted occurrence as cancelled.
        let occurrence = self.existing_or_deleted(asked, calendar, &first).await;
        match occurrence.map_err(denied_occurrence)? {
            deleted if deleted.is_cancelled() => {
                Err(Error::NotFound("the first occurrence of the series was deleted".into()))
            }
            occurrence => Ok(occurrence),
        }
    }

    pub(super) async fn create(&self, calendar: &str, own: &OwnEvent) -> Result<Reduced<Existing>> {
        let meet = own.obligation().is_none() && self.allows_meet(calendar).await?;
        let mut attempts = Attempts::new(own, None);
        loop {
            let form = attempts.next()?;
            let sent = self.insert(calendar, &form, meet).await?;
            if let Some(created) = attempts.result(sent) {
                return Ok(created);
            }
        }
    }

    async fn insert(&self, calendar: &str, own: &OwnEvent, meet: bool) -> Result<Sent<Existing>> {
        let request = google::insert(&self.base, calendar, own, meet);
        let judged = self.judge(Asked::Create, request).await?;
        match judged.reaction {
            Reaction::Done => Ok(Sent::Written(Existing::read_created(judged.body(), own)?)),
            // Created earlier, and the answer was lost; or deleted since.
            Reaction::Look => {
                let id = google::event_id(own);
                let existing = self.existing_or_deleted(Asked::Look, calendar, &id).await?;
                if !existing.is_of(own) {
                    let reason = "the id of our event belongs to another event".into();
                    return Err(Error::Refused { status: StatusCode::CONFLICT.as_u16(), reason });
                }
                let is_series = existing.first_occurrence().is_some() && !existing.is_cancelled();
                refuse_series(is_series, own)?;
                self.change(calendar, existing, own, None, meet).await
            }
            Reaction::Reduce => Ok(Sent::Refused(judged.error)),
            Reaction::Wait => Err(judged.error),
        }
    }

    pub(super) async fn update(
        &self,
        calendar: &str,
        known: &Known,
        own: &OwnEvent,
    ) -> Result<Reduced<Existing>> {
        let id = &known.version.external_event_id;
        let existing = self.existing(Asked::Read, calendar, id).await?;
        let existing = self.own_occurrence(Asked::Read, calendar, existing, own).await?;
        let written = known.written.as_ref();
        let mut attempts = Attempts::new(own, written);
        loop {
            let form = attempts.next()?;
            let sent = self.change(calendar, existing.clone(), &form, written, false).await?;
            if let Some(changed) = attempts.result(sent) {
                return Ok(changed);
            }
        }
    }

    /// Writes what has changed here since `written`, once more if the event changes at the same
    /// time.
    async fn change(
        &self,
        calendar: &str,
        mut existing: Existing,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
        meet: bool,
    ) -> Result<Sent<Existing>> {
        for _ in 0..2 {
            let Some(request) = existing.patch(&self.base, calendar, own, written, meet) else {
                return Ok(Sent::Written(existing));
            };
            let judged = self.judge(Asked::Change, request).await?;
            match judged.reaction {
                Reaction::Done => {
                    let changed = existing.read_changed(judged.body(), own, written)?;
                    return Ok(Sent::Written(changed));
                }
                // Gone, or another version: it says which.
                Reaction::Look => {
                    existing = self.existing(Asked::Read, calendar, existing.id()).await?;
                }
                Reaction::Reduce => return Ok(Sent::Refused(judged.error)),
                Reaction::Wait => return Err(judged.error),
            }
        }
        Err(Error::Interrupted("the event keeps changing at the provider".into()))
    }

    /// The booking's event in a calendar, by a name or by its mark, and the part of it that the
    /// booking is. The list of marked events also proves that the calendar itself answers.
    pub(super) async fn search(
        &self,
        calendar: &str,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Search<(Existing, Existing)>> {
        let known = known.map(|known| known.version.external_event_id.as_str());
        let chosen = google::event_id(own);
        let mut found = Vec::new();
        for name in known.into_iter().chain(Some(chosen.as_str()).filter(|id| known != Some(id))) {
            match self.existing(Asked::Look, calendar, name).await {
                Ok(existing) if known == Some(name) || existing.is_of(own) => found.push(existing),
                Ok(_) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            if !found.is_empty() {
                break;
            }
            let request = google::marked(&self.base, calendar, own, next.as_deref());
            let (marked, after) = google::read_marked(self.ask(request).await?.body(), own)?;
            found.extend(marked);
            next = after;
            if next.is_none() {
                break;
            }
        }
        let mut search = Search::Nowhere;
        for existing in found {
            // A series without its first occurrence is not the booking's event any more.
            match self.own_occurrence(Asked::Look, calendar, existing.clone(), own).await {
                Ok(occurrence) => return Ok(Search::Found((existing, occurrence))),
                Err(Error::NotFound(_)) => search = Search::Excluded,
                Err(error) => return Err(error),
            }
        }
        Ok(search)
    }
}
