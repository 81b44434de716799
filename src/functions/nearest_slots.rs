//! `calendar_private.nearest_slots`.

use super::available_slots::SlotQuery;
use super::slot::{MINUTE, on_fresh_snapshot};
use crate::read::BrokerRow;
use crate::report::NotFound;
use crate::{clock, convert};
use engine::Interval;
use engine::availability::{Alternatives, Offer};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{Uuid, name, pg_extern};

/// How many to return.
const MOST: usize = 3;

#[pg_extern(sql = false)]
fn calendar_nearest_slots(
    broker_id: Uuid,
    wanted_start: TimestampWithTimeZone,
    wanted_end: Option<TimestampWithTimeZone>,
    meeting_type: Option<Uuid>,
    avoid: Vec<TimestampWithTimeZone>,
) -> TableIterator<
    'static,
    (name!(slot_start, TimestampWithTimeZone), name!(slot_end, TimestampWithTimeZone)),
> {
    let start = convert::argument("slot_start", wanted_start.into());
    let end = wanted_end.map(|end| convert::argument("slot_end", end.into()));
    let minutes = end.map(|end| (end.0 - start.0) / MINUTE);
    let avoid: Vec<_> = avoid.into_iter().map(|at| convert::argument("avoid", at.into())).collect();
    let list = |window: Interval| {
        let row = BrokerRow::of_type(&broker_id, meeting_type.as_ref())
            .ok_or(NotFound::Broker)?
            .of_any_length();
        let query =
            SlotQuery { window: Some(window), duration_minutes: minutes, ..Default::default() };
        let mut slots = query.list(row);
        slots.retain(|slot| !avoid.contains(&slot.start));
        Ok::<_, NotFound>(slots)
    };
    let wanted = [Interval::new(start, start)];
    let question =
        Alternatives { wanted: Some(&wanted), now: clock::now(), most: MOST, period: None };
    let others = match on_fresh_snapshot(|| question.offer(list)) {
        Ok(Offer { others, .. }) => others,
        Err(_) => vec![],
    };
    TableIterator::new(others.into_iter().map(|slot| {
        let [start, end] = super::bounds(slot);
        (start, end)
    }))
}
