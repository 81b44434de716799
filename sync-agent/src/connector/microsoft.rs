//! Microsoft Graph v1.0, calendars.

mod own_events;

use super::writing::{self, Reduced, if_there, owner_of};
use super::{Connector, Pages, Place, Pull, Pulled};
use crate::net::authorized::Authorized;
use crate::net::http;
use crate::net::http::Answer;
use crate::{Error, Result};
use ::http::{Request, StatusCode};
use async_trait::async_trait;
use engine::Interval;
use providers::answers::Asked;
use providers::microsoft::{
    DeltaPage, Graph, Item, Link, Master, Occurrence, Problem, allows_teams, read_addresses,
    read_calendars, read_delta, read_master, read_subscription,
};
use providers::{
    Channel, Deleted, Known, Look, OwnEvent, Owner, Page, RemoteCalendar, Watch, Written,
};
use std::collections::HashMap;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

/// Pages of one pull at most: a server that never ends must not keep us for ever.
const MAX_PAGES: usize = 2000;

/// How many times a pull restarts because series disappear while it reads them.
const MAX_ROUNDS: usize = 3;

/// Masters that are remembered within a pull.
const MAX_MASTERS: usize = 2000;

/// An account at Microsoft.
pub struct Microsoft {
    authorized: Authorized,
    graph: Graph,
    /// Which calendars can have Teams meetings.
    teams: Mutex<HashMap<String, bool>>,
    /// The user's own addresses, once they were asked for.
    addresses: OnceCell<Vec<String>>,
}

impl Microsoft {
    /// An account whose API is at `base`, usually [`providers::microsoft::BASE`].
    pub fn new(authorized: Authorized, base: Url) -> Self {
        Self {
            authorized,
            graph: Graph::new(base),
            teams: Mutex::default(),
            addresses: OnceCell::new(),
        }
    }

    /// The user's own e-mail addresses.
    async fn addresses(&self) -> Result<&[String]> {
        let ask = async || match self.ask(self.graph.user()?).await {
            Ok(answer) => Ok(read_addresses(answer.body())?),
            // An account may have calendars without a user who may be asked for.
            Err(Error::NotFound(_) | Error::Refused { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        };
        self.addresses.get_or_try_init(ask).await.map(Vec::as_slice)
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        self.authorized.send(request).await
    }

    /// Sends a request whose answer can only be good or an error.
    async fn ask(&self, request: Request<Vec<u8>>) -> Result<Answer> {
        let answer = self.send(request).await?;
        if answer.status().is_success() { Ok(answer) } else { Err(error(&answer)) }
    }

    /// Brings what has changed since a delta link; none where everything must be
    /// brought instead.
    async fn changes(
        &self,
        pull: &Pull,
        link: &str,
        pages: &mut dyn Pages,
    ) -> Result<Option<Round>> {
        // A link of another endpoint is from before the account's base URL was changed.
        let Ok(first) = self.graph.follow(link) else {
            return Ok(None);
        };
        self.round(pull, first, true, pages).await
    }

    /// Reads pages up to the delta link. None if a full resync is necessary.
    async fn round(
        &self,
        pull: &Pull,
        first: Request<Vec<u8>>,
        is_incremental: bool,
        pages: &mut dyn Pages,
    ) -> Result<Option<Round>> {
        let calendar = &pull.calendar.external_calendar_id;
        let mut owner = pull.owner();
        let mut masters = Masters::default();
        let mut request = first;
        let mut is_empty = true;
        for _ in 0..MAX_PAGES {
            let answer = self.send(request).await?;
            if is_lost_sync_state(&answer) || is_incremental && is_given_up(answer.status()) {
                return Ok(None);
            }
            if answer.status() != StatusCode::OK {
                return Err(error(&answer));
            }
            if Owner::is_asked_by(answer.body()) {
                owner.add(self.addresses().await?);
            }
            let DeltaPage { items, link } = read_delta(answer.body(), &owner)?;
            drop(answer);
            masters.learn(&items);
            let mut page = Page::default();
            for item in items {
                match item {
                    Item::Event(event) => page.events.push(*event),
                    Item::Exception { event, series } => {
                        page.events.push(*event);
                        // If the series is the event of a booking, its first occurrence may have moved:
                        // the database has it looked for then. A series has no event of its own id.
                        if is_incremental {
                            let gone = Deleted { external_event_id: series, recurrence_id: None };
                            page.deleted.push(gone);
                        }
                    }
                    Item::Occurrence(stub) => {
                        let master = self.master_of(calendar, &stub, &mut masters).await?;
                        match stub.fill(&master, &owner) {
                            Ok(event) => page.events.push(event),
                            Err(rejected) => page.rejected.push(rejected),
                        }
                    }
                    // Graph does not report which of its occurrences are gone.
                    Item::Master { .. } if is_incremental => return Ok(None),
                    Item::Master { .. } => {}
                    Item::Removed { id, is_single } => {
                        if !is_single && (is_incremental || masters.0.contains_key(&id)) {
                            return Ok(None);
                        }
                        page.deleted.push(Deleted { external_event_id: id, recurrence_id: None });
                    }
                    Item::Rejected(rejected) => page.rejected.push(rejected),
                }
            }
            if !page.is_empty() {
                is_empty = false;
                pages.page(page).await?;
            }
            match link {
                Link::Next(link) => request = self.graph.follow(&link)?,
                Link::Delta(link) => {
                    // It is the token of the next pull: better to know now.
                    self.graph.follow(&link)?;
                    return Ok(Some(Round { link, is_empty }));
                }
            }
        }
        Err(Error::Malformed(format!("a list with more than {MAX_PAGES} pages")))
    }

    /// What an occurrence has from its master.
    async fn master_of(
        &self,
        calendar: &str,
        stub: &Occurrence,
        masters: &mut Masters,
    ) -> Result<Master> {
        if let Some(master) = masters.0.get(stub.series()) {
            return Ok(master.clone());
        }
        let answer = self.send(self.graph.event(calendar, stub.series())?).await?;
        let master = match answer.status() {
            StatusCode::OK => read_master(answer.body())?,
            // Deleted just now: the next delta will tell. Until then it takes up its time.
            StatusCode::NOT_FOUND => Master::default(),
            _ => return Err(error(&answer)),
        };
        masters.keep(stub.series().to_owned(), master.clone());
        Ok(master)
    }

    /// Whether an event of a calendar can be a Teams meeting.
    async fn allows_teams(&self, calendar: &str) -> Result<bool> {
        let mut known = self.teams.lock().await;
        if let Some(&allowed) = known.get(calendar) {
            return Ok(allowed);
        }
        let allowed = match self.ask(self.graph.calendar(calendar)?).await {
            Ok(answer) => allows_teams(answer.body())?,
            // The write itself may be granted.
            Err(Error::Refused { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        known.insert(calendar.to_owned(), allowed);
        Ok(allowed)
    }
}

/// Pages that were brought.
struct Round {
    link: String,
    is_empty: bool,
}

/// The masters of a pull, by their ids.
#[derive(Default)]
struct Masters(HashMap<String, Master>);

impl Masters {
    fn learn(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Master { id, master: Some(master) } = item {
                self.keep(id.clone(), master.clone());
            }
        }
    }

    fn keep(&mut self, id: String, master: Master) {
        if self.0.len() >= MAX_MASTERS {
            self.0.clear();
        }
        self.0.insert(id, master);
    }
}

#[async_trait]
impl Connector for Microsoft {
    async fn calendars(&self) -> Result<Vec<RemoteCalendar>> {
        let mut calendars = Vec::new();
        let mut request = self.graph.calendars()?;
        for _ in 0..MAX_PAGES {
            let answer = self.ask(request).await.map_err(|error| match error {
                // Not of one calendar, but of all.
                Error::Refused { status: 403, reason } => {
                    Error::NeedsReconnect(format!("access was denied ({reason})"))
                }
                other => other,
            })?;
            let page = read_calendars(answer.body())?;
            calendars.extend(page.calendars);
            match page.next {
                Some(link) => request = self.graph.follow(&link)?,
                None => return Ok(calendars),
            }
        }
        Err(Error::Malformed(format!("a list with more than {MAX_PAGES} pages")))
    }

    async fn pull(&self, pull: &Pull, pages: &mut dyn Pages) -> Result<Pulled> {
        if let Some(link) = &pull.token {
            if let Some(Round { link, is_empty }) = self.changes(pull, link, pages).await? {
                let token = Some(link);
                return Ok(if is_empty {
                    Pulled::Unchanged { token }
                } else {
                    Pulled::Changes { token }
                });
            }
            pages.restart().await?;
        }
        let window: Interval = Graph::window(pull.window);
        for _ in 0..MAX_ROUNDS {
            let first = self.graph.delta(&pull.calendar.external_calendar_id, window)?;
            if let Some(Round { link, .. }) = self.round(pull, first, false, pages).await? {
                return Ok(Pulled::Everything { token: Some(link), window: Some(window) });
            }
            pages.restart().await?;
        }
        Err(Error::Interrupted("the calendar keeps changing at the provider".into()))
    }

    async fn write(
        &self,
        calendar: &Place,
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Written> {
        let calendar = &calendar.external_calendar_id;
        let updated = match known {
            Some(known) => if_there(self.update(calendar, known, own).await, own)?,
            None => None,
        };
        let Reduced { event: mut existing, refused } = match updated {
            Some(updated) => updated,
            None => self.create(calendar, own).await?,
        };
        if existing.is_link_pending() {
            let id = &existing.written.version.external_event_id;
            existing = self.existing(Asked::Read, calendar, id).await?;
        }
        let mut written = Written { refused, ..existing.written };
        if let Some(known) = known.filter(|_| own.obligation().is_none()) {
            // Of a series, an occurrence was written.
            written.version.external_event_id.clone_from(&known.version.external_event_id);
        }
        Ok(written)
    }

    async fn remove(&self, calendar: &Place, own: &OwnEvent, known: &Known) -> Result<()> {
        let calendar = &calendar.external_calendar_id;
        let id = &known.version.external_event_id;
        let existing = self.existing(Asked::Read, calendar, id).await?;
        let existing = self.own_occurrence(calendar, existing, own).await?;
        let id = &existing.written.version.external_event_id;
        self.judge(Asked::Remove, self.graph.delete(calendar, id)?).await?.done().map(|_| ())
    }

    async fn look(
        &self,
        calendar: &Place,
        elsewhere: &[Place],
        own: &OwnEvent,
        known: Option<&Known>,
    ) -> Result<Look> {
        writing::look(self, calendar, elsewhere, |place| async move {
            let found = self.search(&place.external_calendar_id, own, known).await?;
            found.map(|(existing, occurrence)| {
                let mut page = occurrence.page(&owner_of(place, own))?;
                let version = existing.written.version;
                // A delta has no masters of series, only their occurrences.
                for event in &mut page.events {
                    event.external_event_id.clone_from(&version.external_event_id);
                }
                Ok((version, page))
            })
        })
        .await
    }

    async fn watch(&self, calendar: &Place, watch: &Watch) -> Result<Option<Channel>> {
        if let Some(current) = &watch.current {
            match self.ask(self.graph.prolong(&current.id, watch.now)?).await {
                Ok(answer) => {
                    let subscription = read_subscription(answer.body())?;
                    // Otherwise it leads to where the agent was before.
                    if subscription.address.is_none_or(|address| address == watch.address.as_str())
                    {
                        return Ok(Some(subscription.channel));
                    }
                }
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let request = self.graph.subscribe(&calendar.external_calendar_id, watch)?;
        let answer = self.ask(request).await?;
        Ok(Some(read_subscription(answer.body())?.channel))
    }

    async fn unwatch(&self, channel: &Channel) -> Result<()> {
        let answer = self.send(self.graph.unsubscribe(&channel.id)?).await?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            _ => Err(error(&answer)),
        }
    }
}

/// Whether an answer says that a delta link is of no use any more: 410, or another
/// refusal with a code that says so.
fn is_lost_sync_state(answer: &Answer) -> bool {
    answer.status() == StatusCode::GONE
        || answer.status().is_client_error() && Problem::read(answer.body()).is_lost_sync_state()
}

/// Whether the refusal of a delta link may be about the link: everything is read instead, and if
/// the refusal is about the calendar, that will be refused, too.
fn is_given_up(status: StatusCode) -> bool {
    let is_temporary =
        matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    status.is_client_error() && !is_temporary
}

fn error(answer: &Answer) -> Error {
    let problem = Problem::read(answer.body());
    if answer.status() == StatusCode::FORBIDDEN && problem.is_lack_of_consent() {
        return Error::NeedsReconnect(format!("consent is missing ({problem})"));
    }
    http::error(answer, problem.to_string())
}
