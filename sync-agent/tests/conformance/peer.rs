//! A provider, and its user.

use async_trait::async_trait;
use chrono::TimeDelta;
use engine::Interval;
use engine::event::{Span, When};
use engine::time::{Instant, Offsets, Zone, local_to_instant, parse_instant};
use providers::Place;
use sync_agent::connector::Connector;

/// The zone of every calendar here.
pub(crate) const ZONE: &str = "America/New_York";

/// A provider with a calendar that is empty at first. Times are in December 2026
/// and January 2027.
#[async_trait]
pub(crate) trait Peer: Send + Sync {
    /// What can be asked of it.
    fn abilities(&self) -> Abilities;

    /// Whether it tells which events are gone and what becomes of a series; where it
    /// does not, everything is brought.
    fn tells_removals(&self) -> bool {
        true
    }

    /// Whether the agent believes what it says of removals; else everything is brought.
    fn is_believed(&self) -> bool {
        self.tells_removals()
    }

    /// Whether a list of changes may show what was shown before. The agent cannot tell that from a dead
    /// token, and brings everything.
    fn shows_again(&self) -> bool {
        false
    }

    /// The agent's way to it.
    fn connector(&self) -> &dyn Connector;

    /// Its calendar, in the zone [`ZONE`].
    fn place(&self) -> Place;

    /// Its user adds an event. Gives the id that pulls tell.
    async fn add(&self, event: &Planned) -> String;

    /// Its user makes an event, maybe one of the agent's, into this one.
    async fn change(&self, external_event_id: &str, event: &Planned);

    /// Its user removes an event, maybe one of the agent's.
    async fn remove(&self, external_event_id: &str);

    /// All events that it holds now; of a series, one.
    async fn held(&self) -> Vec<Held>;

    /// It forgets all tokens it has given. Called only where it tells changes.
    async fn forget_tokens(&self);
}

/// What can be asked of a provider.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Abilities {
    /// It can tell that nothing has changed.
    pub(crate) unchanged: bool,
    /// It can tell what has changed since a token.
    pub(crate) changes: bool,
    /// It has all-day events.
    pub(crate) all_day: bool,
    /// It has recurring events.
    pub(crate) series: bool,
    /// It takes bookings.
    pub(crate) writes: bool,
    /// It refuses a write that rests on an old version.
    pub(crate) preconditions: bool,
    /// What its user has changed in a booking's event stays when the agent writes again.
    pub(crate) keeps_changes: bool,
    /// The ids of the agent's events there tell the booking.
    pub(crate) telling_ids: bool,
    /// So many events need more than one page.
    pub(crate) many: usize,
}

/// An event as a user plans it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Planned {
    pub(crate) title: String,
    /// The first occurrence, where it repeats.
    pub(crate) span: Span,
    pub(crate) daily: Option<Daily>,
}

/// An event repeats each day, at the same time of day in [`ZONE`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Daily {
    /// How often it takes place.
    pub(crate) count: u32,
    /// Which of them, counted from 0, takes place at another time.
    pub(crate) moved: Option<(u32, Interval)>,
    /// Which does not take place.
    pub(crate) cancelled: Option<u32>,
}

/// An event as a provider holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    pub(crate) external_event_id: String,
    pub(crate) title: String,
    pub(crate) span: Span,
    pub(crate) is_tentative: bool,
    /// E-mail addresses of those who are invited, without the calendar's owner.
    pub(crate) invited: Vec<String>,
}

impl Planned {
    /// From `start`, for an hour.
    pub(crate) fn at(title: &str, start: &str) -> Self {
        Self { title: title.into(), span: Span::Times(hour(start)), daily: None }
    }

    /// All day long, for a number of days.
    pub(crate) fn all_day(title: &str, first: &str, days: i64) -> Self {
        let first = first.parse().unwrap();
        let span = Span::Dates(first, first + TimeDelta::days(days));
        Self { title: title.into(), span, daily: None }
    }

    /// Repeats each day.
    pub(crate) fn daily(mut self, count: u32) -> Self {
        self.daily = Some(Daily { count, moved: None, cancelled: None });
        self
    }

    /// With one occurrence at another time, for an hour.
    pub(crate) fn with_moved(mut self, index: u32, start: &str) -> Self {
        self.daily.as_mut().unwrap().moved = Some((index, hour(start)));
        self
    }

    /// Without one occurrence.
    pub(crate) fn with_cancelled(mut self, index: u32) -> Self {
        self.daily.as_mut().unwrap().cancelled = Some(index);
        self
    }

    /// Where the occurrence with this index, counted from 0, starts by the rule: its
    /// recurrence id.
    pub(crate) fn original(&self, index: u32) -> When {
        self.regular(index).start()
    }

    /// When the occurrence with this index takes place by the rule.
    pub(crate) fn regular(&self, index: u32) -> Span {
        let days = TimeDelta::days(index.into());
        match self.span {
            Span::Dates(first, end) => Span::Dates(first + days, end + days),
            Span::Times(Interval { start, end }) => {
                let zone = zone();
                let local = start.utc() + TimeDelta::seconds(zone.offset_at(start).into());
                let moved = local_to_instant(&zone, local + days);
                Span::Times(Interval::new(moved, moved + (end - start)))
            }
        }
    }

    /// All times at which it takes place.
    pub(crate) fn intervals(&self) -> Vec<Interval> {
        let zone = zone();
        let Some(Daily { count, moved, cancelled }) = &self.daily else {
            return vec![self.span.interval(&zone)];
        };
        (0..*count)
            .filter(|index| Some(*index) != *cancelled)
            .map(|index| match moved {
                Some((which, interval)) if *which == index => *interval,
                _ => self.regular(index).interval(&zone),
            })
            .collect()
    }
}

/// [`ZONE`].
pub(crate) fn zone() -> Zone {
    Zone::iana(ZONE).unwrap()
}

/// An hour from `start`.
pub(crate) fn hour(start: &str) -> Interval {
    let start = instant(start);
    Interval::new(start, start.plus_minutes(60))
}

/// An instant, as in `2026-12-07T15:00:00Z`.
pub(crate) fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap()
}
