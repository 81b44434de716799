//! GoHighLevel (LeadConnector) API 2.0, calendars.

use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::authorized::Authorized;
use crate::net::http::{Answer, error};
use crate::{Error, Result};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::Interval;
use engine::time::Zone;
use http::Request;
use providers::ghl::{
    Appointment, Calendar, Contact, Location, Of, blocked_for_all, calendars, chunks, marked, page,
    reason, surroundings, wait,
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
    async fn ask(&self, request: Made, what: &str) -> Result<Answer> {
        let answer = self.http.send(request?).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let reason = reason(answer.body());
        Err(match error(&answer, format!("{what}: {reason}")) {
            Error::Throttled { status, retry_after } => Error::Throttled {
                status,
                retry_after: retry_after.or_else(|| wait(answer.headers())),
            },
            other => other,
        })
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

    /// The appointment of a booking, by its mark.
    async fn find(&self, calendar: &Place, own: &OwnEvent) -> Result<Vec<Appointment>> {
        let window = surroundings(own);
        let request = self.location.appointments(&calendar.external_calendar_id, window);
        let answer = self.ask(request, "appointments").await?;
        Ok(marked(answer.body(), own.id)?)
    }

    async fn create(&self, calendar: &Place, own: &OwnEvent) -> Result<Written> {
        let calendar = self.calendar(&calendar.external_calendar_id).await?;
        let answer = self.ask(self.location.upsert_contact(own), "contact").await?;
        let contact = Contact::read(answer.body())?;
        let request = self.location.create(&calendar, &contact, own);
        let answer = self.ask(request, "new appointment").await?;
        Ok(Appointment::read_written(answer.body())?.written())
    }

    async fn update(&self, current: Appointment, own: &OwnEvent) -> Result<Written> {
        if current.is_gone() {
            return Err(Error::NotFound("the appointment was cancelled".into()));
        }
        if current.says(own) {
            return Ok(current.written());
        }
        let request = self.location.update(&current, own);
        let answer = self.ask(request, "appointment").await?;
        Ok(Appointment::read_written(answer.body())?.written())
    }

    async fn delete(&self, id: &str) -> Result<()> {
        match self.ask(self.location.delete(id), "appointment").await {
            Ok(_) | Err(Error::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
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
        let current = match known {
            Some(known) => {
                let request = self.location.appointment(&known.version.external_event_id);
                let answer = self.ask(request, "appointment").await?;
                Some(Appointment::read(answer.body())?)
            }
            None => self.find(calendar, own).await?.into_iter().next(),
        };
        match current {
            Some(current) => self.update(current, own).await,
            None => self.create(calendar, own).await,
        }
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: Option<&Known>) -> Result<()> {
        if let Some(known) = known {
            return self.delete(&known.version.external_event_id).await;
        }
        for appointment in self.find(calendar, own).await? {
            self.delete(&appointment.id).await?;
        }
        Ok(())
    }

    async fn look(&self, _: &Place, _: &[Place], _: &OwnEvent, _: Option<&Known>) -> Result<Look> {
        Err(Error::Interrupted("the event cannot be searched for yet".into()))
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
