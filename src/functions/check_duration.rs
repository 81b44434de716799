//! `calendar_private.check_duration`.

use super::slot::MINUTE;
use crate::{convert, report};
use engine::availability::check_duration;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_check_duration(
    durations: Vec<i32>,
    slot_start: TimestampWithTimeZone,
    slot_end: TimestampWithTimeZone,
) {
    let start = convert::argument("slot_start", slot_start.into());
    let end = convert::argument("slot_end", slot_end.into());
    let durations: Vec<i64> = durations.into_iter().map(i64::from).collect();
    report::or_raise(check_duration(&durations, (end.0 - start.0) / MINUTE));
}
