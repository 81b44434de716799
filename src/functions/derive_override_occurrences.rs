//! `calendar_private.derive_override_occurrences`.

use crate::read::{self, BrokerRow};
use crate::{convert, report};
use engine::Interval;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{Uuid, name, pg_extern};

#[pg_extern(sql = false)]
fn calendar_derive_override_occurrences(
    broker_id: Uuid,
    override_id: Option<Uuid>,
    range_start: TimestampWithTimeZone,
    range_end: TimestampWithTimeZone,
) -> TableIterator<
    'static,
    (
        name!(override_id, Uuid),
        name!(kind, &'static str),
        name!(starts_at, TimestampWithTimeZone),
        name!(ends_at, TimestampWithTimeZone),
    ),
> {
    let range = Interval::new(
        convert::argument("range_start", range_start.into()),
        convert::argument("range_end", range_end.into()),
    );
    let row = BrokerRow::find(&broker_id)
        .unwrap_or_else(|| report::invalid_parameter("broker_id must be the id of a broker"));
    let occurrences = read::derive_occurrences(&broker_id, &row.broker.zone, override_id, range);
    TableIterator::new(occurrences.into_iter().map(|(id, occurrence)| {
        let [start, end] = super::bounds(occurrence.interval);
        (id, occurrence.kind.as_str(), start, end)
    }))
}
