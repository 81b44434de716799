//! `calendar_private.nearest_slots`.

use super::available_slots::list;
use super::slot::{MINUTE, on_fresh_snapshot};
use crate::convert;
use crate::read::BrokerRow;
use engine::Interval;
use engine::availability::nearest;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{Uuid, name, pg_extern};

/// How far from the slot to look, in minutes.
const REACH_MINUTES: i64 = 7 * 24 * 60;

/// How many to give.
const MOST: usize = 3;

#[pg_extern(sql = false)]
fn calendar_nearest_slots(
    broker_id: Uuid,
    wanted_start: TimestampWithTimeZone,
    wanted_end: Option<TimestampWithTimeZone>,
) -> TableIterator<
    'static,
    (name!(slot_start, TimestampWithTimeZone), name!(slot_end, TimestampWithTimeZone)),
> {
    let start = convert::argument("slot_start", wanted_start.into());
    let end = wanted_end.map(|end| convert::argument("slot_end", end.into()));
    let minutes = end.map(|end| i32::try_from((end.0 - start.0) / MINUTE).unwrap_or(i32::MAX));
    let window = (
        Some(convert::timestamptz(start.plus_minutes(-REACH_MINUTES))),
        Some(convert::timestamptz(end.unwrap_or(start).plus_minutes(REACH_MINUTES))),
    );
    let slots = on_fresh_snapshot(|| {
        BrokerRow::find(&broker_id)
            .map(|row| list(row, window, (minutes, None), (None, None), None, None))
    });
    let wanted = [Interval::new(start, start)];
    TableIterator::new(nearest(slots.unwrap_or_default(), &wanted, MOST).into_iter().map(|slot| {
        let [start, end] = super::bounds(slot);
        (start, end)
    }))
}
