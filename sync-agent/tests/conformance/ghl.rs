//! GoHighLevel, of which there is a stand-in.

use crate::peer::{Abilities, Daily, Held, Peer, Planned, ZONE, instant, zone};
use crate::suite::conforms;
use async_trait::async_trait;
use chrono::{DateTime, FixedOffset};
use engine::Interval;
use engine::event::Span;
use engine::time::Instant;
use provider_fakes::ghl::{CALENDAR, Ghl as Server, LOCATION, Occurrence, Time};
use providers::Place;
use providers::ghl::Location;
use secrecy::SecretString;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use sync_agent::connector::Connector;
use sync_agent::connector::ghl::Ghl;
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Http, Limits};

conforms!(start);

struct HighLevel {
    server: Server,
    connector: Ghl,
}

async fn start() -> HighLevel {
    let server = Server::start(0).await.unwrap();
    let http = Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap();
    let token = Arc::new(SecretString::from(Server::TOKEN));
    let location = Location::new(server.server().origin().parse().unwrap(), LOCATION);
    let connector = Ghl::new(Authorized::new(http, token), location);
    HighLevel { server, connector }
}

#[async_trait]
impl Peer for HighLevel {
    fn abilities(&self) -> Abilities {
        Abilities {
            unchanged: true,
            changes: false,
            all_day: false,
            series: true,
            writes: true,
            preconditions: false,
            keeps_changes: true,
            telling_ids: false,
            many: 510,
        }
    }

    fn connector(&self) -> &dyn Connector {
        &self.connector
    }

    fn place(&self) -> Place {
        Place { external_calendar_id: CALENDAR.into(), timezone: ZONE.into() }
    }

    async fn add(&self, event: &Planned) -> String {
        match &event.daily {
            None => self.server.add(CALENDAR, &event.title, time(event.span)),
            Some(daily) => {
                self.server.add_series(CALENDAR, &event.title, &occurrences(event, daily))
            }
        }
    }

    async fn change(&self, external_event_id: &str, event: &Planned) {
        if let Some(daily) = &event.daily {
            let occurrences = occurrences(event, daily);
            return self.server.change_series(
                external_event_id,
                CALENDAR,
                &event.title,
                &occurrences,
            );
        }
        let (start, end) = time(event.span);
        let said = json!({
            "title": event.title,
            "startTime": start.to_rfc3339(),
            "endTime": end.to_rfc3339(),
        });
        assert!(self.server.change(external_event_id, said.as_object().unwrap()));
    }

    async fn remove(&self, external_event_id: &str) {
        assert!(self.server.remove(external_event_id));
    }

    async fn held(&self) -> Vec<Held> {
        let contacts = self.server.contacts();
        let mut seen = HashSet::new();
        let events = self.server.events().into_iter();
        let all = events.map(|event| {
            let text = |key: &str| event[key].as_str().unwrap_or_default();
            let id = event["masterEventId"].as_str().unwrap_or_else(|| text("id"));
            let contact = contacts.iter().find(|contact| contact["id"] == event["contactId"]);
            let email = contact.and_then(|contact| contact["email"].as_str());
            Held {
                external_event_id: id.to_owned(),
                title: text("title").to_owned(),
                span: Span::Times(Interval::new(
                    instant(text("startTime")),
                    instant(text("endTime")),
                )),
                is_tentative: event["appointmentStatus"] == "new",
                invited: email.into_iter().map(str::to_owned).collect(),
            }
        });
        all.filter(|held| seen.insert(held.external_event_id.clone())).collect()
    }

    async fn forget_tokens(&self) {
        unreachable!("it has none")
    }
}

fn occurrences(event: &Planned, daily: &Daily) -> Vec<Occurrence> {
    (0..daily.count)
        .filter(|index| Some(*index) != daily.cancelled)
        .map(|index| {
            let regular = time(event.regular(index));
            let moved = daily.moved.filter(|(which, _)| *which == index);
            let time = moved.map_or(regular, |(_, interval)| time(Span::Times(interval)));
            Occurrence { original: regular.0, time }
        })
        .collect()
}

fn time(span: Span) -> Time {
    let Interval { start, end } = span.interval(&zone());
    (at(start), at(end))
}

fn at(instant: Instant) -> DateTime<FixedOffset> {
    instant.utc().and_utc().fixed_offset()
}
