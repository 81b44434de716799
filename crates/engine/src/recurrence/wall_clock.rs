//! Recurrence of opening hours, which keep both their clock times.

use super::property::Recurrence;
use super::series::{civil_bounds, is_in};
use super::set::RecurrenceSet;
use super::value::moved;
use super::work::{MAX_OCCURRENCES, Work, too_many};
use crate::event::When;
use crate::time::{Instant, Offsets, Zone, local_to_instant};
use crate::{Interval, Result};
use chrono::TimeDelta;

/// Every occurrence that overlaps `range`, sorted, of something that takes
/// place from `start` to `end` and recurs in local wall-clock time: start and
/// end keep their local times, so that 9:00 to 17:00 stays so across a change
/// of the clocks, and 22:00 to 6:00 lasts an hour less or more in that night.
///
/// RDATE, EXDATE, COUNT, UNTIL and the bounds are as in
/// [`Series::occurrences`](super::Series::occurrences); an RDATE with a period
/// lasts as long as it says.
pub fn wall_clock_occurrences(
    recurrence: &Recurrence,
    start: Instant,
    end: Instant,
    zone: &Zone,
    range: Interval,
    tick: &mut dyn FnMut() -> bool,
) -> Result<Vec<Interval>> {
    if range.is_empty() {
        return Ok(Vec::new());
    }
    let mut work = Work::new(tick);
    let end = end.max(start);
    let length = zone.instant_to_local(end) - zone.instant_to_local(start);
    let set = RecurrenceSet { recurrence, start: When::At(start), zone, calendar_zone: zone };
    // Clocks that go back can make the local end come before the local start.
    let from = moved(civil_bounds(zone, range.start).0, -length.max(TimeDelta::zero()));
    let to = civil_bounds(zone, range.end).1;
    let mut found = Vec::new();
    for instance in set.instances((from, to), &mut work)? {
        work.pause()?;
        let When::At(at) = instance.id else { continue };
        let interval = match instance.end {
            Some(end) => Interval::new(at, end),
            None if at == start => Interval::new(at, end),
            None => {
                Interval::new(at, local_to_instant(zone, moved(instance.civil, length)).max(at))
            }
        };
        if is_in(interval, range) {
            found.push(interval);
        }
    }
    if found.len() > MAX_OCCURRENCES {
        return Err(too_many("RDATE"));
    }
    found.sort_unstable();
    Ok(found)
}
