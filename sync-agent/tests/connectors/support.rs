use async_trait::async_trait;
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, parse_instant};
use providers::{Kind, Known, Look, OwnEvent, Page, Person};
use providers::{Place, Pull, Pulled};
use sync_agent::Result;
use sync_agent::connector::{Connector, Pages, Versions};
use sync_agent::net::http::{Http, Limits};
use uuid::Uuid;

pub(crate) fn client() -> Http {
    Http::new(Limits { allow_private_networks: true, ..Limits::default() }).unwrap()
}

/// All pages as one.
#[derive(Default)]
pub(crate) struct Received {
    pub(crate) page: Page,
    /// The events of the fullest page.
    pub(crate) fullest: usize,
    pub(crate) restarts: usize,
}

#[async_trait]
impl Pages for Received {
    async fn page(&mut self, page: Page) -> Result<()> {
        assert_eq!(page.rejected, []);
        self.fullest = self.fullest.max(page.events.len());
        self.page.events.extend(page.events);
        self.page.deleted.extend(page.deleted);
        Ok(())
    }

    async fn restart(&mut self) -> Result<()> {
        *self = Self { restarts: self.restarts + 1, ..Self::default() };
        Ok(())
    }

    async fn known(&mut self) -> Result<Versions> {
        Ok(Versions::new())
    }
}

pub(crate) async fn pull(
    connector: &dyn Connector,
    calendar: &str,
    token: Option<String>,
) -> (Pulled, Received) {
    let mut received = Received::default();
    let pulled = connector.pull(&asked(calendar, token), &mut received).await.unwrap();
    (pulled, received)
}

/// Removes every event of `own` that a look finds, as after a write whose answer was lost. Returns how
/// many there were.
pub(crate) async fn remove_found(connector: &dyn Connector, calendar: &str, own: &OwnEvent) -> u32 {
    let mut removed = 0;
    let look = async || connector.look(&place(calendar), &[], own, None).await.unwrap();
    while let Look::Found { version, .. } = look().await {
        let known = Known { version, written: None };
        connector.remove(&place(calendar), own, &known).await.unwrap();
        removed += 1;
    }
    removed
}

pub(crate) fn asked(calendar: &str, token: Option<String>) -> Pull {
    Pull { calendar: place(calendar), owner_emails: Vec::new(), token, window: window() }
}

/// In which everything here takes place.
pub(crate) fn window() -> Interval {
    Interval::new(instant("2026-12-01T00:00:00Z"), instant("2027-06-01T00:00:00Z"))
}

pub(crate) fn place(calendar: &str) -> Place {
    Place { external_calendar_id: calendar.into(), timezone: "America/New_York".into() }
}

/// The token after everything was pulled.
pub(crate) fn token(pulled: &Pulled) -> Option<String> {
    match pulled {
        Pulled::Everything { token, .. } => token.clone(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn titles(page: &Page) -> Vec<String> {
    let mut titles: Vec<_> = page.events.iter().filter_map(|event| event.title.clone()).collect();
    titles.sort();
    titles
}

pub(crate) fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(crate) fn booking() -> OwnEvent {
    OwnEvent {
        id: Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(
            instant("2026-12-10T15:00:00Z"),
            instant("2026-12-10T16:00:00Z"),
        )),
        timezone: "America/New_York".into(),
        title: "Viewing".into(),
        notes: Some("Bring keys".into()),
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: vec![Person {
            name: Some("Lee Lead".into()),
            email: Some("lead@example.com".into()),
            phone: None,
        }],
        owner: Person::default(),
    }
}
