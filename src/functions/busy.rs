//! `calendar.get_busy`.

use super::{V1, check_window, required, return_intervals};
use crate::caller::Access;
use crate::read::{self, BrokerRow};
use crate::report::{self, NotFound};
use crate::{clock, convert};
use engine::Interval;
use engine::availability::merged_busy;
use pgrx::{Uuid, pg_sys};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_get_busy() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_get_busy(fcinfo: pg_sys::FunctionCallInfo) -> pg_sys::Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(get_busy, fcinfo) }
}

unsafe fn get_busy(fcinfo: pg_sys::FunctionCallInfo) -> Result<pg_sys::Datum, NotFound> {
    // SAFETY: the arguments as declared in SQL.
    let (broker_id, window): (Uuid, _) = unsafe {
        let instant = |at, name| convert::argument(name, required(fcinfo, at, name));
        (
            required(fcinfo, 0, "broker_id"),
            Interval::new(instant(1, "window_start"), instant(2, "window_end")),
        )
    };
    let shown = || convert::shown(convert::timestamptz(window.end));
    check_window(["window_start", "window_end"], shown, window.end - window.start);
    let (row, access) = BrokerRow::for_caller(&broker_id)?;
    if access == Access::Public {
        report::insufficient_privilege("get_busy is for the broker and for calendar_service");
    }
    let events: Vec<_> =
        read::busy_blocks(&broker_id, window).into_iter().map(|(_, block)| block).collect();
    let bookings = read::booked(&row, window, clock::now());
    // SAFETY: the executor's set-returning call.
    unsafe { return_intervals(fcinfo, &merged_busy(&events, &bookings, window)) };
    Ok(pg_sys::Datum::null())
}
