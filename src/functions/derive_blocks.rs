//! `calendar_private.derive_blocks`.

use crate::read::{self, CalendarRow};
use crate::{convert, report};
use engine::Interval;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{Array, Uuid, name, pg_extern};

#[pg_extern(sql = false)]
fn calendar_derive_blocks<'a>(
    calendar_id: Uuid,
    external_event_ids: Option<Array<'a, &'a str>>,
    range_start: TimestampWithTimeZone,
    range_end: TimestampWithTimeZone,
) -> TableIterator<
    'a,
    (
        name!(event_id, Uuid),
        name!(starts_at, Option<TimestampWithTimeZone>),
        name!(ends_at, Option<TimestampWithTimeZone>),
        name!(problem, Option<String>),
    ),
> {
    let range = Interval::new(
        convert::argument("range_start", range_start.into()),
        convert::argument("range_end", range_end.into()),
    );
    let calendar = CalendarRow::find(&calendar_id)
        .unwrap_or_else(|| report::invalid_parameter("calendar_id names no calendar"));
    let ids: Option<Vec<&str>> =
        external_event_ids.as_ref().map(|ids| ids.iter().flatten().collect());
    let derived = read::derive_blocks(&calendar, ids.as_deref(), range);
    let blocks = derived.blocks.into_iter().map(|block| {
        let [start, end] = super::bounds(block.interval).map(Some);
        (block.event_id, start, end, None)
    });
    let failures =
        derived.failures.into_iter().map(|(id, error)| (id, None, None, Some(error.to_string())));
    TableIterator::new(blocks.chain(failures))
}
