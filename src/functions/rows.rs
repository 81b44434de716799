//! The rows that a function returns as a set.

use crate::convert;
use crate::scan::Row;
use engine::Interval;
use pgrx::pg_sys::{self, Datum};

/// The tuplestore of a set-returning function that is called in FROM: filling it
/// costs a third of being called for each row.
pub(super) struct Rows(*mut pg_sys::ReturnSetInfo);

impl Rows {
    /// # Safety
    /// `fcinfo` must be that of a set-returning function.
    pub(super) unsafe fn of(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        // SAFETY: InitMaterializedSRF checks that a set can be returned and makes its store.
        unsafe {
            pg_sys::InitMaterializedSRF(fcinfo, pg_sys::MAT_SRF_USE_EXPECTED_DESC);
            Self((*fcinfo).resultinfo.cast())
        }
    }

    /// Adds a row.
    ///
    /// # Safety
    /// The values must be as many as the function has columns, and of their types.
    pub(super) unsafe fn put<const N: usize>(&self, values: [Option<Datum>; N]) {
        let nulls = values.map(|value| value.is_none());
        let values = values.map(|value| value.unwrap_or(Datum::null()));
        // SAFETY: as the caller's.
        unsafe { self.put_values(&values, &nulls) }
    }

    /// Adds a row of a table.
    ///
    /// # Safety
    /// The function must be declared with the table's row type.
    pub(super) unsafe fn put_row(&self, row: &Row<'_>) {
        // SAFETY: as the caller's; a store has a description of its rows.
        unsafe {
            // The table may have got a column since the statement was planned.
            let columns = (*(*self.0).setDesc).natts;
            if usize::try_from(columns) != Ok(row.values().len()) {
                row.report_changed();
            }
            self.put_values(row.values(), row.nulls());
        }
    }

    /// Adds rows of two instants. They differ by their values alone, so that one row is
    /// laid out and copied for each.
    ///
    /// # Safety
    /// The function must be declared with two columns of type timestamptz.
    pub(super) unsafe fn put_intervals(&self, intervals: &[Interval]) {
        // SAFETY: the caller's word on the columns, so that the row's two values lie
        // where its header ends, aligned. The slot has the row until it is dropped.
        unsafe {
            let (store, description) = ((*self.0).setResult, (*self.0).setDesc);
            let row = one_row(description);
            let slot = pg_sys::MakeSingleTupleTableSlot(
                description,
                &raw const pg_sys::TTSOpsMinimalTuple,
            );
            pg_sys::ExecStoreMinimalTuple(row, slot, false);
            let header = usize::from((*row).t_hoff) - HEADER_LEFT_OUT;
            let values = row.cast::<u8>().add(header).cast::<[i64; 2]>();
            put_each(store, slot, values, intervals);
            pg_sys::ExecDropSingleTupleTableSlot(slot);
        }
    }

    unsafe fn put_values(&self, values: &[Datum], nulls: &[bool]) {
        // SAFETY: the store reads the values and copies them.
        unsafe {
            let Self(result) = *self;
            pg_sys::tuplestore_putvalues(
                (*result).setResult,
                (*result).setDesc,
                values.as_ptr().cast_mut(),
                nulls.as_ptr().cast_mut(),
            );
        }
    }
}

/// How much of a row's usual header a minimal row does not have.
const HEADER_LEFT_OUT: usize = (std::mem::offset_of!(pg_sys::HeapTupleHeaderData, t_infomask2)
    - size_of::<u32>())
    / align_of::<u64>()
    * align_of::<u64>();

/// A minimal row of two values.
///
/// # Safety
/// The columns must be two of type timestamptz.
unsafe fn one_row(description: pg_sys::TupleDesc) -> pg_sys::MinimalTuple {
    let mut values = [Datum::from(0_i64); 2];
    let mut nulls = [false; 2];
    let (values, nulls) = (values.as_mut_ptr(), nulls.as_mut_ptr());
    // SAFETY: as the caller's; the values are copied.
    unsafe {
        #[cfg(not(feature = "pg18"))]
        return pg_sys::heap_form_minimal_tuple(description, values, nulls);
        #[cfg(feature = "pg18")]
        return pg_sys::heap_form_minimal_tuple(description, values, nulls, 0);
    }
}

/// Adds the slot's row to the store once for each interval, with that as its values.
///
/// # Safety
/// `values` must be where the slot's row has them.
#[allow(ffi_unwind_calls, reason = "the guard turns PostgreSQL's jump into a panic")]
unsafe fn put_each(
    store: *mut pg_sys::Tuplestorestate,
    slot: *mut pg_sys::TupleTableSlot,
    values: *mut [i64; 2],
    intervals: &[Interval],
) {
    unsafe extern "C-unwind" {
        fn tuplestore_puttupleslot(
            store: *mut pg_sys::Tuplestorestate,
            slot: *mut pg_sys::TupleTableSlot,
        );
    }
    // SAFETY: as the caller's. One guard serves for all rows: nothing to drop is in the
    // closure.
    unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| {
            for interval in intervals {
                values.write([interval.start, interval.end].map(convert::timestamptz));
                tuplestore_puttupleslot(store, slot);
            }
        });
    }
}
