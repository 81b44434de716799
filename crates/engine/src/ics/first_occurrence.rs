//! When an event takes place next.

use super::custom_zone;
use crate::event::{Event, Status};
use crate::recurrence::{Master, Override, Recurrence, Series};
use crate::time::Zone;
use crate::{Interval, Result};
use std::sync::Arc;

/// The first occurrence within a range of a family: a single event, or a series with its
/// overrides. `None` if it has none there.
///
/// All-day events are in `calendar_zone`. Errors are those of [`Series::occurrences`], and of a
/// zone that is not known.
pub fn first_occurrence(
    family: &[Event],
    calendar_zone: &Zone,
    range: Interval,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Option<Interval>> {
    let master = family.iter().find(|event| event.recurrence_id.is_none());
    let zone = match master.map(|event| (event.vtimezone.as_deref(), event.timezone.as_deref())) {
        Some((Some(text), _)) => Zone::Custom(Arc::new(custom_zone(text, tick)?)),
        Some((None, Some(name))) => Zone::iana(name)?,
        _ => calendar_zone.clone(),
    };
    let recurrence = master.and_then(|event| event.recurrence.as_deref()).map(Recurrence::parse);
    let recurrence = recurrence.transpose()?;
    let own = |event: &Event| {
        Some(Override {
            key: (),
            recurrence_id: event.recurrence_id?,
            this_and_future: event.this_and_future,
            span: event.span,
            cancelled: event.status == Status::Cancelled,
            duration: event.duration,
            revision: event.revision(),
        })
    };
    let series = Series {
        master: master.map(|event| Master {
            key: (),
            span: event.span,
            recurrence,
            duration: event.duration,
            revision: event.revision(),
        }),
        overrides: family.iter().filter_map(own).collect(),
        zone: &zone,
        calendar_zone,
    };
    Ok(series.occurrences(range, tick)?.first().map(|occurrence| occurrence.interval))
}
