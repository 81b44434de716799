//! Events of our own.

use super::super::writing::{
    Attempts, Judged, Reduced, Search, Sent, denied_occurrence, refuse_series,
};
use super::{MAX_PAGES, Microsoft, error};
use crate::{Error, Result};
use ::http::Request;
use providers::answers::{Asked, Reaction};
use providers::microsoft::{
    self, Existing, read_created, read_existing, read_existing_list, read_occurrence, transactions,
};
use providers::{Known, OwnEvent};

impl Microsoft {
    /// Sends a request about one event.
    pub(super) async fn judge(&self, asked: Asked, request: Request<Vec<u8>>) -> Result<Judged> {
        Ok(Judged::read(asked, self.send(request).await?, microsoft::answer, error))
    }

    /// An event that exists. [`Error::NotFound`] if it was deleted or cancelled.
    pub(super) async fn existing(
        &self,
        asked: Asked,
        calendar: &str,
        id: &str,
    ) -> Result<Existing> {
        let answer = self.judge(asked, self.graph.event(calendar, id)?).await?.done()?;
        let existing = read_existing(answer.body())?;
        if existing.is_cancelled {
            return Err(Error::NotFound("the event was cancelled".into()));
        }
        Ok(existing)
    }

    /// The event itself, or the first occurrence of the series that a booking's has become.
    pub(super) async fn own_occurrence(
        &self,
        calendar: &str,
        existing: Existing,
        own: &OwnEvent,
    ) -> Result<Existing> {
        let is_series = existing.is_series && own.obligation().is_none();
        let Some(times) = existing.times.filter(|_| is_series) else {
            return Ok(existing);
        };
        let series = &existing.written.version.external_event_id;
        let mut request = self.graph.first_occurrence(calendar, times.start)?;
        for _ in 0..MAX_PAGES {
            let answer = self.ask(request).await.map_err(denied_occurrence)?;
            let (first, next) = read_occurrence(answer.body(), series, times.start)?;
            if let Some(first) = first {
                return Ok(first);
            }
            match next {
                Some(link) => request = self.graph.follow(&link)?,
                None => break,
            }
        }
        Err(Error::NotFound("the first occurrence of the series was deleted".into()))
    }

    /// The events in a calendar that were made for a booking: one, unless Graph failed to see
    /// that a request was the same again. The list also proves that the calendar itself answers.
    pub(super) async fn find(&self, calendar: &str, own: &OwnEvent) -> Result<Vec<Existing>> {
        let mut found = Vec::new();
        let mut request = self.graph.find(calendar, own)?;
        for _ in 0..MAX_PAGES {
            let answer = self.ask(request).await?;
            let (existing, next) = read_existing_list(answer.body())?;
            found.extend(existing.into_iter().filter(|existing| !existing.is_cancelled));
            match next {
                Some(link) => request = self.graph.follow(&link)?,
                None => return Ok(found),
            }
        }
        Err(Error::Malformed(format!("a list with more than {MAX_PAGES} pages")))
    }

    pub(super) async fn create(&self, calendar: &str, own: &OwnEvent) -> Result<Reduced<Existing>> {
        let teams = own.obligation().is_none() && self.allows_teams(calendar).await?;
        let mut attempts = Attempts::new(own, None);
        loop {
            let form = attempts.next()?;
            let sent = self.insert(calendar, &form, teams).await?;
            if let Some(created) = attempts.result(sent) {
                return Ok(created);
            }
        }
    }

    pub(super) async fn insert(
        &self,
        calendar: &str,
        own: &OwnEvent,
        teams: bool,
    ) -> Result<Sent<Existing>> {
        for transaction in transactions(own, calendar) {
            // How long Graph remembers transactions is not said, so a look comes first. It also
            // finds what was created although an error was the answer.
            if let Some(existing) = self.find(calendar, own).await?.into_iter().next() {
                refuse_series(existing.is_series, own)?;
                return self.change(calendar, existing, own, None).await;
            }
            let request = self.graph.create(calendar, own, &transaction, teams)?;
            let judged = self.judge(Asked::Create, request).await?;
            match judged.reaction {
                Reaction::Done => {
                    return Ok(Sent::Written(read_created(judged.body(), own)?));
                }
                Reaction::Look => {}
                Reaction::Reduce => {
                    return match self.find(calendar, own).await?.into_iter().next() {
                        Some(existing) => Ok(Sent::Written(existing)),
                        None => Ok(Sent::Refused(judged.error)),
                    };
                }
                Reaction::Wait => return Err(judged.error),
            }
        }
        Err(Error::Interrupted(
            "Graph reports that the event exists, but does not return it".into(),
        ))
    }

    pub(super) async fn update(
        &self,
        calendar: &str,
        known: &Known,
        own: &OwnEvent,
    ) -> Result<Reduced<Existing>> {
        let id = &known.version.external_event_id;
        let existing = self.existing(Asked::Read, calendar, id).await?;
        let existing = self.own_occurrence(calendar, existing, own).await?;
        let written = known.written.as_ref();
        let mut attempts = Attempts::new(own, written);
        loop {
            let form = attempts.next()?;
            let sent = self.change(calendar, existing.clone(), &form, written).await?;
            if let Some(changed) = attempts.result(sent) {
                return Ok(changed);
            }
        }
    }

    /// Writes what has changed here since `written`, once more if the event changes at the same
    /// time.
    pub(super) async fn change(
        &self,
        calendar: &str,
        mut existing: Existing,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Sent<Existing>> {
        for _ in 0..2 {
            let Some(changes) = existing.changes(own, written) else {
                return Ok(Sent::Written(existing));
            };
            let version = &existing.written.version;
            let request = self.graph.update(calendar, version, changes)?;
            let judged = self.judge(Asked::Change, request).await?;
            match judged.reaction {
                Reaction::Done => {
                    return Ok(Sent::Written(existing.read_changed(
                        judged.body(),
                        own,
                        written,
                    )?));
                }
                // Gone, or another version: it says which.
                Reaction::Look => {
                    let id = &version.external_event_id;
                    existing = self.existing(Asked::Read, calendar, id).await?;
                }
                Reaction::Reduce => return Ok(Sent::Refused(judged.error)),
                Reaction::Wait => return Err(judged.error),
            }
        }
        Err(Error::Interrupted("the event keeps changing at the provider".into()))
    }

    /// The booking's event in a calendar: under its own name, or by its mark; and what the booking
    /// is of it, the event itself or the first occurrence of a series.
    pub(super) async fn search(
        &self,
        calendar: &str,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Search<(Existing, Existing)>> {
        let mut found = Vec::new();
        if let Some(known) = known {
            let id = &known.version.external_event_id;
            match self.existing(Asked::Look, calendar, id).await {
                Ok(existing) => found.push(existing),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if found.is_empty() {
            found = self.find(calendar, own).await?;
        }
        let mut search = Search::Nowhere;
        for existing in found {
            // A series without its first occurrence is not the booking's event any more.
            match self.own_occurrence(calendar, existing.clone(), own).await {
                Ok(occurrence) => return Ok(Search::Found((existing, occurrence))),
                Err(Error::NotFound(_)) => search = Search::Excluded,
                Err(error) => return Err(error),
            }
        }
        Ok(search)
    }
}
