//! `calendar_private.occurs_within`.

use crate::read::{self, CalendarRow};
use crate::{convert, report};
use engine::Interval;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{Uuid, pg_extern};

#[pg_extern(sql = false)]
fn calendar_occurs_within(
    calendar_id: Uuid,
    external_event_id: &str,
    range_start: TimestampWithTimeZone,
    range_end: TimestampWithTimeZone,
) -> bool {
    let range = Interval::new(
        convert::argument("window_start", range_start.into()),
        convert::argument("window_end", range_end.into()),
    );
    let calendar = CalendarRow::find(&calendar_id)
        .unwrap_or_else(|| report::invalid_parameter("calendar_id must be the id of a calendar"));
    read::occurs_within(&calendar, external_event_id, range)
}
