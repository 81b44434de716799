//! `calendar_private.slot_obstacles`.

use super::slot::SlotQuestion;
use engine::availability::Source;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::iter::TableIterator;
use pgrx::{Uuid, name, pg_extern};

#[pg_extern(sql = false)]
fn calendar_slot_obstacles(
    broker_id: Uuid,
    slot_start: TimestampWithTimeZone,
    slot_end: TimestampWithTimeZone,
    meeting_type: Option<Uuid>,
) -> TableIterator<
    'static,
    (
        name!(reason, &'static str),
        name!(source, Option<&'static str>),
        name!(source_id, Option<Uuid>),
    ),
> {
    let question = SlotQuestion::new(&broker_id, meeting_type, slot_start, slot_end);
    let known = question.facts(None);
    let obstacles = question.schedule(&known).obstacles(question.slot, question.grid);
    let row = |source| match source {
        Source::Event(at) => ("event", known.event_ids[at]),
        Source::Booking(at) => ("booking", known.booking_ids[at]),
        Source::Override(at) => ("override", known.override_ids[at]),
        Source::Calendar(at) => ("calendar", known.calendar_ids[at]),
    };
    let rows: Vec<_> = obstacles
        .into_iter()
        .map(|obstacle| {
            let (source, id) = obstacle.source.map(row).unzip();
            (obstacle.reason.as_str(), source, id)
        })
        .collect();
    TableIterator::new(rows)
}
