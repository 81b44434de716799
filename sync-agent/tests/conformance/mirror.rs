//! What an agent knows of a calendar, by pulls alone.

use crate::peer::{Peer, instant, zone};
use async_trait::async_trait;
use engine::Interval;
use engine::event::{Event, Status, When};
use engine::recurrence::{Master, Override, Recurrence, Series};
use engine::time::Zone;
use providers::Page;
use providers::{Pull, Pulled};
use std::collections::{BTreeMap, BTreeSet};
use sync_agent::connector::{Pages, Versions};

/// Applies pulls as the database does.
#[derive(Default)]
pub(crate) struct Mirror {
    token: Option<String>,
    events: BTreeMap<(String, Option<When>), Event>,
    /// Versions of what is outside of the window.
    outside: BTreeMap<String, Option<String>>,
    /// How many pages the last pull had.
    pub(crate) pages: usize,
}

/// How a pull ended, without its token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Brought {
    Nothing,
    Changes,
    Everything,
}

impl Mirror {
    /// Pulls what is new.
    pub(crate) async fn pull(&mut self, peer: &dyn Peer) -> Brought {
        let window =
            Interval::new(instant("2026-12-01T00:00:00Z"), instant("2027-02-01T00:00:00Z"));
        let pull = Pull {
            calendar: peer.place(),
            owner_emails: Vec::new(),
            token: self.token.clone(),
            window,
        };
        let known = self
            .events
            .values()
            .map(|event| (event.external_event_id.clone(), event.etag.clone()))
            .chain(self.outside.clone())
            .collect();
        let mut received = Received { known, ..Received::default() };
        let pulled = peer.connector().pull(&pull, &mut received).await.expect("a pull succeeds");
        self.pages = received.pages.len();
        let (brought, token) = match pulled {
            Pulled::Unchanged { token } => {
                assert!(
                    received.pages.iter().all(Page::is_empty),
                    "unchanged, yet it brings something"
                );
                (Brought::Nothing, token.or(self.token.take()))
            }
            Pulled::Changes { token } => {
                assert!(!received.restarted, "all was to be brought anew");
                (Brought::Changes, token)
            }
            Pulled::Everything { token, .. } => {
                let unchanged: BTreeSet<&String> =
                    received.pages.iter().flat_map(|page| &page.unchanged).collect();
                self.events.retain(|(id, _), _| unchanged.contains(id));
                self.outside.retain(|id, _| unchanged.contains(id));
                (Brought::Everything, token)
            }
        };
        self.token = token;
        for page in received.pages {
            self.apply(page);
        }
        brought
    }

    fn apply(&mut self, page: Page) {
        assert_eq!(page.rejected, [], "nothing here is beyond understanding");
        assert!(page.events.len() <= 500, "{} events in one page", page.events.len());
        let whole: BTreeSet<&String> = page.whole.iter().collect();
        self.events.retain(|(id, _), _| !whole.contains(id));
        for event in page.events {
            self.events.insert((event.external_event_id.clone(), event.recurrence_id), event);
        }
        for outside in page.outside {
            self.outside.insert(outside.external_event_id, Some(outside.etag));
        }
        for deleted in page.deleted {
            let recurrence_id: Option<When> =
                deleted.recurrence_id.map(|id| id.parse().expect("a recurrence id"));
            self.events.retain(|(id, recurrence), _| {
                *id != deleted.external_event_id
                    || (recurrence_id.is_some() && *recurrence != recurrence_id)
            });
        }
    }

    /// The ids of all events.
    pub(crate) fn ids(&self) -> BTreeSet<&str> {
        self.events.keys().map(|(id, _)| id.as_str()).collect()
    }

    /// All that takes place: titles and times, sorted.
    pub(crate) fn occurrences(&self) -> Vec<(String, Interval)> {
        let mut all: Vec<_> =
            self.ids().into_iter().flat_map(|id| self.occurrences_of(id)).collect();
        all.sort();
        all
    }

    fn occurrences_of(&self, id: &str) -> Vec<(String, Interval)> {
        let family: Vec<&Event> =
            self.events.values().filter(|event| event.external_event_id == id).collect();
        let master = family.iter().find(|event| event.recurrence_id.is_none());
        if master.is_some_and(|master| master.status == Status::Cancelled) {
            return Vec::new();
        }
        let calendar_zone = zone();
        let own_zone = master.and_then(|master| master.timezone.as_deref());
        let zone = own_zone.map_or(calendar_zone.clone(), |name| Zone::iana(name).unwrap());
        let series = Series {
            master: master.map(|&event| Master {
                recurrence: event.recurrence.as_deref().map(|r| Recurrence::parse(r).unwrap()),
                duration: event.duration,
                revision: event.revision(),
                ..Master::new(event, event.span)
            }),
            overrides: family
                .iter()
                .filter_map(|&event| {
                    Some(Override {
                        this_and_future: event.this_and_future,
                        cancelled: event.status == Status::Cancelled,
                        duration: event.duration,
                        revision: event.revision(),
                        ..Override::new(event, event.recurrence_id?, event.span)
                    })
                })
                .collect(),
            zone: &zone,
            calendar_zone: &calendar_zone,
        };
        let all_time =
            Interval::new(instant("2020-01-01T00:00:00Z"), instant("2040-01-01T00:00:00Z"));
        let occurrences = series.occurrences(all_time, &mut || true).unwrap();
        let title = |event: &Event| event.title.clone().unwrap_or_default();
        occurrences.into_iter().map(|found| (title(found.key), found.interval)).collect()
    }
}

/// The pages of one pull.
#[derive(Default)]
struct Received {
    pages: Vec<Page>,
    restarted: bool,
    known: Versions,
}

#[async_trait]
impl Pages for Received {
    async fn page(&mut self, page: Page) -> sync_agent::Result<()> {
        self.pages.push(page);
        Ok(())
    }

    async fn restart(&mut self) -> sync_agent::Result<()> {
        self.pages.clear();
        self.restarted = true;
        Ok(())
    }

    async fn known(&mut self) -> sync_agent::Result<Versions> {
        Ok(self.known.clone())
    }
}
