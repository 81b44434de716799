//! VFREEBUSY (RFC 5545 section 3.6.4): busy time without events.

use super::calendar_zones::{Time, Zones};
use super::lines::Vevent;
use super::version::Version;
use super::vevent::address;
use super::wrong;
use crate::event::{Event, Span, Status, Transparency, When};
use crate::interval::{merge, subtract};
use crate::rfc5545::{Line, Period, PeriodEnd, is_in_range};
use crate::time::{Instant, local_to_instant};
use crate::{Error, Interval, Result};
use chrono::NaiveTime;

/// The busy time of one VFREEBUSY.
pub(super) struct FreeBusy {
    /// Its UID, or else a name by whose time it is: the same in the next download.
    pub(super) id: String,
    /// A stretch of busy time each: an occurrence of an event that is otherwise unknown.
    pub(super) versions: Vec<Version>,
    /// What could not be understood of it.
    pub(super) problems: Vec<Error>,
}

impl FreeBusy {
    /// Reads the FREEBUSY properties (section 3.8.2.6). What FBTYPE does not call free
    /// is busy (section 3.2.9).
    pub(super) fn read(
        component: &Vevent<'_>,
        zones: &mut Zones<'_, '_>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Self> {
        let (mut busy, mut tentative, mut problems) = (Vec::new(), Vec::new(), Vec::new());
        for line in component.all("FREEBUSY") {
            let is =
                |name: &str| line.parameter("FBTYPE").is_some_and(|x| x.eq_ignore_ascii_case(name));
            if is("FREE") {
                continue;
            }
            let intervals = if is("BUSY-TENTATIVE") { &mut tentative } else { &mut busy };
            for (index, item) in line.value().split(',').map(str::trim).enumerate() {
                if index.is_multiple_of(256) && !tick() {
                    return Err(Error::interrupted());
                }
                match interval(line, item, zones, tick) {
                    Ok(interval) => intervals.push(interval),
                    Err(error) if error.is_interrupted() => return Err(error),
                    Err(error) => problems.push(error),
                }
            }
        }
        let busy = merge(busy);
        let tentative = subtract(&merge(tentative), &busy);
        let id = component.written_uid().unwrap_or_else(|| {
            let organizer = component.first("ORGANIZER").map(|line| address(line.value()));
            format!("free-busy-{}", organizer.unwrap_or_default())
        });
        let age = component.age();
        let version = |interval: Interval, status| Version {
            event: Event {
                external_event_id: id.clone(),
                recurrence_id: Some(When::At(interval.start)),
                status,
                transparency: Transparency::Opaque,
                ..component.event(Span::Times(interval))
            },
            age,
        };
        let versions = busy.into_iter().map(|interval| version(interval, Status::Confirmed));
        let tentative = tentative.into_iter().map(|interval| version(interval, Status::Tentative));
        Ok(Self { versions: versions.chain(tentative).collect(), id, problems })
    }
}

fn interval(
    line: &Line<'_>,
    item: &str,
    zones: &mut Zones<'_, '_>,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Interval> {
    let not_allowed = || wrong("FREEBUSY", item, "periods in the years 1 to 9999");
    let period = Period::parse(item).ok_or_else(not_allowed)?;
    let place = zones.place(line, None, tick)?;
    let instant = |moment| match Time::new(moment, || Ok(place.clone()))? {
        Time::At { instant, .. } => Ok(instant),
        Time::Date(date) => Ok(local_to_instant(&place.zone, date.and_time(NaiveTime::MIN))),
    };
    let start: Instant = instant(period.start)?;
    let end = match period.end {
        PeriodEnd::At(moment) => instant(moment)?,
        PeriodEnd::After(duration) => duration.after(start, &place.zone),
    };
    if !is_in_range(start.utc()) || !is_in_range(end.utc()) {
        return Err(not_allowed());
    }
    // An end before the start is the start of what was meant.
    Ok(Interval::new(start.min(end), start.max(end)))
}
