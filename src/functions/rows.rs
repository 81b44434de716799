//! The rows that a function returns as a set.

use crate::scan::Row;
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
