//! The clock of each series in a VCALENDAR, which its overrides refer to.

use super::calendar_zones::{Place, Time, Zones};
use super::lines::Vevent;
use super::times::{Times, time};
use crate::Result;
use crate::event::{Span, When};
use crate::time::{Zone, local_to_instant};
use chrono::{NaiveTime, TimeDelta};
use std::collections::{HashMap, HashSet};

/// By which clock a series is written.
#[derive(Clone)]
struct Clock {
    /// Where its local times are; `None` where it has dates.
    place: Option<Place>,
    /// How far its occurrences were moved from where they are written.
    moved_by: TimeDelta,
}

/// The clocks of the series that have overrides, by UID.
#[derive(Default)]
pub(super) struct SeriesClocks(HashMap<String, Clock>);

impl SeriesClocks {
    pub(super) fn of(
        events: &[Vevent<'_>],
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Self> {
        let is_override = |event: &&Vevent<'_>| event.first("RECURRENCE-ID").is_some();
        let overridden: HashSet<String> =
            events.iter().filter(is_override).filter_map(Vevent::written_uid).collect();
        let mut clocks = HashMap::new();
        if overridden.is_empty() {
            return Ok(Self(clocks));
        }
        for event in events.iter().filter(|event| !is_override(event)) {
            let Some(uid) = event.written_uid().filter(|uid| overridden.contains(uid)) else {
                continue;
            };
            match Times::of(event, false, zones, &mut Vec::new(), tick) {
                Ok(Times { place, moved_by, .. }) => clocks.insert(uid, Clock { place, moved_by }),
                Err(error) if error.is_interrupted() => return Err(error),
                // It is rejected where it is read.
                Err(_) => None,
            };
        }
        Ok(Self(clocks))
    }

    /// The RECURRENCE-ID of an override that takes place at `own`. It has the form
    /// of its series' DTSTART (section 3.8.4.4): a local time without a TZID is by
    /// that clock, and in a series of dates any local time is a date.
    pub(super) fn recurrence_id(
        &self,
        event: &Vevent<'_>,
        own: &Times,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Option<When>> {
        let Some(line) = event.first("RECURRENCE-ID") else { return Ok(None) };
        let clock = event.written_uid().and_then(|uid| self.0.get(&uid));
        let beside = match clock {
            Some(clock) => clock.place.as_ref(),
            None => own.place.as_ref(),
        };
        let moved_by = clock.map_or(TimeDelta::zero(), |clock| clock.moved_by);
        let has_dates = match clock {
            Some(clock) => clock.place.is_none(),
            None => matches!(own.span, Span::Dates(..)),
        };
        Ok(Some(match time(line, beside, zones, tick)? {
            Time::Date(date) => {
                let days = if has_dates { moved_by } else { TimeDelta::zero() };
                When::Date(date.checked_add_signed(days).unwrap_or(date))
            }
            Time::At { local, place, .. }
                if has_dates
                    && place.zone != Zone::UTC
                    && (clock.is_some() || local.time() == NaiveTime::MIN) =>
            {
                When::Date(local.date())
            }
            Time::At { instant, .. } if moved_by.is_zero() => When::At(instant),
            Time::At { local, place, .. } => {
                When::At(local_to_instant(&place.zone, local + moved_by))
            }
        }))
    }
}
