//! `calendar_private.derive_blocks` and `calendar_private.max_blocks`.

use super::rows::Rows;
use super::{V1, argument, instants, required};
use crate::read::{self, CalendarRow};
use crate::{convert, report};
use engine::Interval;
use engine::blocks::MAX_BLOCKS;
use pgrx::{Array, IntoDatum, pg_extern, pg_guard, pg_sys};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_derive_blocks() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
#[pg_guard]
unsafe extern "C-unwind" fn calendar_derive_blocks(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: the arguments and columns as declared in SQL.
    unsafe {
        let calendar =
            CalendarRow::find(&required(fcinfo, 0, "calendar_id")).unwrap_or_else(|| {
                report::invalid_parameter("calendar_id must be the id of a calendar")
            });
        let ids: Option<Array<'_, &str>> = argument(fcinfo, 1);
        let ids: Option<Vec<&str>> = ids.as_ref().map(|ids| ids.iter().flatten().collect());
        let instant = |at, name| convert::argument(name, required(fcinfo, at, name));
        let range = Interval::new(instant(2, "range_start"), instant(3, "range_end"));
        let mut derived = read::derive_blocks(&calendar, ids.as_deref(), range);
        let rows = Rows::of(fcinfo);
        let is_merged = derived.merged_for();
        let failures = std::mem::take(&mut derived.failures);
        for block in derived.finish() {
            let [start, end] = instants(block.interval);
            rows.put([block.key.into_datum(), start, end, None, false.into_datum()]);
        }
        for (id, error) in failures {
            let problem = error.to_string().into_datum();
            rows.put([id.into_datum(), None, None, problem, false.into_datum()]);
        }
        if let Some((id, count)) = is_merged {
            let problem = format!(
                "the calendar has more than {MAX_BLOCKS} busy blocks, this event alone {count}: \
                 its busy time is stored without saying which event takes it"
            );
            rows.put([id.into_datum(), None, None, problem.into_datum(), true.into_datum()]);
        }
    }
    pg_sys::Datum::null()
}

#[pg_extern(sql = false)]
fn calendar_max_blocks() -> i32 {
    i32::try_from(MAX_BLOCKS).unwrap_or(i32::MAX)
}
