//! GoHighLevel (LeadConnector) API 2.0, calendars.

use super::writing::{Attempts, Judged, Reduced, Sent, owner_of};
use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::authorized::Authorized;
use crate::net::http::{Answer as Response, error};
use crate::{Error, Result};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::Interval;
use engine::event::{Event, Status};
use engine::time::Zone;
use http::{Request, StatusCode};
use providers::answers::{Answer, Asked, Reaction, of_status, reaction};
use providers::ghl::{
    self, Appointment, Calendar, Candidates, Contact, Location, Of, blocked_for_all, calendars,
    chunks, leads, page, page_of_one, reason, surroundings, wait,
};
use providers::{Known, Look, Malformed, OwnEvent, Page, Rejected, RemoteCalendar, Written};
use sha2::{Digest, Sha256};

/// As many events are kept back until it is known whether they are those of the last
/// pull.
const KEPT: usize = 2_000;

/// A request, where one can be made of the ids.
type Made = std::result::Result<Request<Vec<u8>>, Malformed>;

/// The calendars of one location.
pub struct Ghl {
    http: Authorized,
    location: Location,
}

impl Ghl {
    /// Asks for a location's calendars with a token that may read and write them, and
    /// write contacts.
    pub fn new(http: Authorized, location: Location) -> Self {
        Self { http, location }
    }

    /// Sends a request that is expected to be granted. `what` names the resource in errors.
    async fn ask(&self, request: Made, what: &str) -> Result<Response> {
        let answer = self.http.send(request?).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        Err(refuse(&answer, what))
    }

    /// The blocked slots of a calendar or of a user. Some calendars do not have such a list: that
    /// it was refused is reported beside the events.
    async fn blocked(&self, of: Of<'_>, window: Interval, zone: &Zone) -> Result<Page> {
        match self.ask(self.location.blocked_slots(of, window), "blocked slots").await {
            Ok(answer) => Ok(page(answer.body(), zone)?),
            Err(error @ Error::Refused { status: 400 | 422, .. }) => {
                let rejected = Rejected::new(None, None, &error.to_string());
                Ok(Page { rejected: vec![rejected], ..Page::default() })
            }
            Err(error) => Err(error),
        }
    }

    async fn calendar(&self, id: &str) -> Result<Calendar> {
        let answer = self.ask(self.location.calendar(id), "calendar").await?;
        Ok(Calendar::read(answer.body())?)
    }

    /// Sends a request about one appointment.
    async fn judge(&self, asked: Asked, request: Made) -> Result<Judged> {
        let answer = self.http.send(request?).await?;
        Ok(Judged::read(asked, answer, ghl::answer, |answer| refuse(answer, "appointment")))
    }

    /// An appointment that exists. [`Error::NotFound`] if it was deleted or cancelled.
    async fn existing(&self, asked: Asked, id: &str) -> Result<(Appointment, Response)> {
        let answer = self.judge(asked, self.location.appointment(id)).await?.done()?;
        let appointment = Appointment::read(answer.body())?;
        if appointment.is_gone() {
            return Err(Error::NotFound("the appointment was cancelled".into()));
        }
        Ok((appointment, answer))
    }

    /// The appointments of a booking: by its mark, or where the list shows none, by contact,
    /// calendar, time and title.
    async fn find(&self, calendar: &Place, own: &OwnEvent) -> Result<Vec<Appointment>> {
        let window = surroundings(own);
        let request = self.location.appointments(&calendar.external_calendar_id, window);
        let answer = self.ask(request, "appointments").await?;
        let Candidates { mut marked, bare } = Candidates::read(answer.body(), own)?;
        if marked.is_empty() && !bare.is_empty() {
            let contact = self.contact(own).await?.event;
            for candidate in bare {
                match self.existing(Asked::Look, &candidate.id).await {
                    Ok((existing, _)) if existing.is_of(own, &contact) => marked.push(existing),
                    Ok(_) | Err(Error::NotFound(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(marked)
    }

    /// Whether the calendar's list shows an appointment. One answer that denies it may be wrong.
    async fn is_listed(&self, calendar: &Place, own: &OwnEvent, id: &str) -> Result<bool> {
        let request = self.location.appointments(&calendar.external_calendar_id, surroundings(own));
        let answer = self.ask(request, "appointments").await?;
        let listed = page(answer.body(), &owner_of(calendar, own).zone)?.events;
        let is_it =
            |event: &Event| event.external_event_id == id && event.status != Status::Cancelled;
        Ok(listed.iter().any(is_it))
    }

    /// The contact of the lead, with as much of it as the provider accepts.
    async fn contact(&self, own: &OwnEvent) -> Result<Reduced<Contact>> {
        let mut attempts = Attempts::of(leads(own));
        loop {
            let lead = attempts.next()?;
            let answer = self.http.send(self.location.upsert_contact(own, &lead)?).await?;
            let sent = match (Contact::read(answer.body()), of_status(answer.status())) {
                (Ok(contact), Answer::Proof) => Sent::Written(contact),
                (Err(malformed), Answer::Proof) => return Err(Error::Unproven(malformed.0)),
                (_, kind) if reaction(Asked::Create, kind) == Reaction::Reduce => {
                    Sent::Refused(refuse(&answer, "contact"))
                }
                _ => return Err(refuse(&answer, "contact")),
            };
            if let Some(contact) = attempts.result(sent) {
                return Ok(contact);
            }
        }
    }

    async fn create(&self, place: &Place, own: &OwnEvent) -> Result<Written> {
        let calendar = self.calendar(&place.external_calendar_id).await?;
        let Reduced { event: contact, refused } = self.contact(own).await?;
        // The contact is the guest, so only the title's form is left to be refused.
        let mut attempts = Attempts::new(&own.uninvited(), None);
        let created = loop {
            let form = attempts.next()?;
            let event = OwnEvent { attendees: own.attendees.clone(), ..form };
            let request = self.location.create(&calendar, &contact, &event);
            let judged = self.judge(Asked::Create, request).await?;
            let sent = match judged.reaction {
                Reaction::Done => Sent::Written(Appointment::read_created(judged.body(), own)?),
                // An answer of failure does not prove that it was not created.
                Reaction::Reduce => match self.find(place, own).await?.into_iter().next() {
                    Some(existing) => Sent::Written(existing),
                    None => Sent::Refused(judged.error),
                },
                Reaction::Look | Reaction::Wait => return Err(judged.error),
            };
            if let Some(created) = attempts.result(sent) {
                break created;
            }
        };
        let refused = [refused, created.refused].into_iter().flatten();
        let refused = refused.reduce(|a, b| format!("{a}, {b}"));
        Ok(Written { refused, ..created.event.written() })
    }

    /// Writes what has changed here since `written`.
    async fn update(
        &self,
        current: Appointment,
        own: &OwnEvent,
        written: Option<&OwnEvent>,
    ) -> Result<Written> {
        let without_guests = written.map(OwnEvent::uninvited);
        let mut attempts = Attempts::new(&own.uninvited(), without_guests.as_ref());
        loop {
            let form = attempts.next()?;
            let Some(changes) = current.changes(&form, written) else {
                return Ok(current.written());
            };
            let request = self.location.update(&current, changes, own);
            let judged = self.judge(Asked::Change, request).await?;
            let sent = match judged.reaction {
                Reaction::Done => {
                    let body = judged.body();
                    Sent::Written(current.read_changed(body, own, written)?)
                }
                Reaction::Reduce => Sent::Refused(judged.error),
                Reaction::Look | Reaction::Wait => return Err(judged.error),
            };
            if let Some(Reduced { event, refused }) = attempts.result(sent) {
                return Ok(Written { refused, ..event.written() });
            }
        }
    }
}

#[async_trait]
impl Connector for Ghl {
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        let answer = self.ask(self.location.calendars(), "calendars").await?;
        Ok(calendars(answer.body())?)
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        // Fails where it is gone: its lists would merely be empty.
        let calendar = self.calendar(&pull.calendar.external_calendar_id).await?;
        let zone = Zone::iana(&pull.calendar.timezone).unwrap_or(Zone::UTC);
        let mut gathered = Gathered::new(pages);
        for chunk in chunks(pull.window) {
            let request = self.location.appointments(&calendar.id, chunk);
            let answer = self.ask(request, "appointments").await?;
            gathered.add(page(answer.body(), &zone)?).await?;
            gathered.add(self.blocked(Of::Calendar(&calendar.id), chunk, &zone).await?).await?;
            let mut users = Vec::new();
            for user in calendar.users() {
                users.push(self.blocked(Of::User(user), chunk, &zone).await?);
            }
            if users.len() > 1 && !calendar.needs_all_users() {
                users = vec![blocked_for_all(users, chunk, &zone)];
            }
            for page in users {
                gathered.add(page).await?;
            }
        }
        gathered.finish(pull).await
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        if own.obligation().is_some() {
            let reason = "GoHighLevel has appointments with contacts only, and no deadlines";
            let status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
            return Err(Error::Refused { status, reason: reason.into() });
        }
        if let Some(known) = known {
            let id = &known.version.external_event_id;
            let (current, _) = self.existing(Asked::Read, id).await?;
            return self.update(current, own, known.written.as_ref()).await;
        }
        match self.find(calendar, own).await?.into_iter().next() {
            Some(current) if current.is_gone() => {
                Err(Error::NotFound("the appointment was cancelled".into()))
            }
            Some(current) => self.update(current, own, None).await,
            None => self.create(calendar, own).await,
        }
    }

    async fn remove(&self, _: &Place, _: &OwnEvent, known: &Known) -> Result<()> {
        let request = self.location.delete(&known.version.external_event_id);
        self.judge(Asked::Remove, request).await?.done().map(|_| ())
    }

    /// An appointment keeps its id wherever it is, so nothing is searched for elsewhere.
    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        // Fails where the calendar does not answer: its lists would merely be empty.
        self.calendar(&calendar.external_calendar_id).await?;
        let id = match known {
            Some(known) => known.version.external_event_id.clone(),
            None => match self.find(calendar, own).await?.into_iter().next() {
                Some(appointment) => appointment.id,
                None => return Ok(Look::Nowhere),
            },
        };
        let (appointment, answer) = match self.existing(Asked::Look, &id).await {
            Ok(existing) => existing,
            Err(Error::NotFound(_)) => {
                return match self.is_listed(calendar, own, &id).await? {
                    false => Ok(Look::Nowhere),
                    true => Err(Error::Interrupted(
                        "the provider denies an appointment that it lists".into(),
                    )),
                };
            }
            Err(error) => return Err(error),
        };
        let page = page_of_one(answer.body(), &owner_of(calendar, own).zone)?;
        let place = std::iter::once(calendar)
            .chain(elsewhere)
            .find(|place| appointment.calendar_id.as_ref() == Some(&place.external_calendar_id))
            .unwrap_or(calendar);
        Ok(Look::Found {
            external_calendar_id: place.external_calendar_id.clone(),
            version: appointment.written().version,
            page,
        })
    }
}

/// The error for an answer that reports a failure. `what` names the resource.
fn refuse(answer: &Response, what: &str) -> Error {
    let reason = reason(answer.body());
    match error(answer, format!("{what}: {reason}")) {
        Error::Throttled { status, retry_after } => {
            Error::Throttled { status, retry_after: retry_after.or_else(|| wait(answer.headers())) }
        }
        other => other,
    }
}

/// What a pull has brought. While it is not too much, it is kept back: if it is what the
/// last pull brought, none of it is passed on.
struct Gathered<'p> {
    pages: &'p mut dyn Pages,
    page: Page,
    /// Some of it has been passed on.
    is_flowing: bool,
}

impl<'p> Gathered<'p> {
    fn new(pages: &'p mut dyn Pages) -> Self {
        Self { pages, page: Page::default(), is_flowing: false }
    }

    async fn add(&mut self, page: Page) -> Result<()> {
        self.page.events.extend(page.events);
        self.page.deleted.extend(page.deleted);
        self.page.rejected.extend(page.rejected);
        let count = self.page.events.len() + self.page.deleted.len() + self.page.rejected.len();
        if self.is_flowing || count > KEPT {
            self.pass_on().await?;
        }
        Ok(())
    }

    async fn finish(mut self, pull: &Pull) -> Result<Pulled> {
        let token = (!self.is_flowing).then(|| self.fingerprint());
        if token.is_some() && token == pull.token {
            return Ok(Pulled::Unchanged { token: None });
        }
        self.pass_on().await?;
        Ok(Pulled::Everything { token, window: Some(pull.window) })
    }

    /// The same for the same events, in whatever order and however often they came.
    fn fingerprint(&mut self) -> String {
        let Page { events, deleted, rejected, .. } = &mut self.page;
        // What reaches from one chunk into the next has come twice.
        events.sort_by(|a, b| a.external_event_id.cmp(&b.external_event_id));
        events.dedup();
        deleted.sort_by(|a, b| a.external_event_id.cmp(&b.external_event_id));
        deleted.dedup();
        rejected.sort_by(|a, b| a.external_event_id.cmp(&b.external_event_id));
        rejected.dedup();
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.page.to_json()))
    }

    async fn pass_on(&mut self) -> Result<()> {
        self.is_flowing = true;
        for part in std::mem::take(&mut self.page).into_parts() {
            self.pages.page(part).await?;
        }
        Ok(())
    }
}
