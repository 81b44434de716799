//! `calendar_private.related_bookings`.

use super::rows::Rows;
use super::slot::on_fresh_snapshot;
use super::{V1, required};
use crate::{convert, read};
use engine::Interval;
use pgrx::fcinfo::pg_getarg_datum;
use pgrx::{Uuid, pg_guard, pg_sys};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_related_bookings() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
#[pg_guard]
unsafe extern "C-unwind" fn calendar_related_bookings(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: the arguments as declared in SQL, and the executor's set-returning call.
    unsafe {
        let broker_id: Uuid = required(fcinfo, 0, "broker_id");
        let instant = |at, name| convert::argument(name, required(fcinfo, at, name));
        let slot = Interval::new(instant(1, "slot_start"), instant(2, "slot_end"));
        let keys = (pg_getarg_datum(fcinfo, 3), pg_getarg_datum(fcinfo, 4));
        let rows = Rows::of(fcinfo);
        on_fresh_snapshot(|| {
            read::related_bookings(&broker_id, slot, keys.0, keys.1, |row| rows.put_row(row));
        });
    }
    pg_sys::Datum::null()
}
