//! Conditions on columns.

use super::{Table, Type};
use crate::convert;
use engine::time::Instant;
use pgrx::pg_sys;
use std::marker::PhantomData;

/// A condition on a column that the table is searched by, named by its place in
/// `Table::columns`.
pub(crate) struct Key<'a> {
    column: usize,
    of: Type,
    strategy: u32,
    function: u32,
    argument: pg_sys::Datum,
    borrowed: PhantomData<&'a ()>,
}

impl<'a> Key<'a> {
    /// The column equals this UUID.
    pub(crate) fn uuid(column: usize, uuid: &'a pgrx::Uuid) -> Self {
        let argument = pg_sys::Datum::from(uuid.as_bytes().as_ptr());
        Self::equal(column, Type::Uuid, pg_sys::F_UUID_EQ, argument)
    }

    /// The column, of collation "C", equals this text.
    ///
    /// # Safety
    /// `argument` must be a `text` that is not null and outlives the key.
    pub(crate) unsafe fn text(column: usize, argument: pg_sys::Datum) -> Self {
        Self::equal(column, Type::Text, pg_sys::F_TEXTEQ, argument)
    }

    /// The column equals this instant.
    pub(crate) fn at(column: usize, instant: Instant) -> Self {
        Self::equal(column, Type::Instant, pg_sys::F_TIMESTAMPTZ_EQ, datum(instant))
    }

    /// The column lies after this instant.
    pub(crate) fn after(column: usize, instant: Instant) -> Self {
        let strategy = pg_sys::BTGreaterStrategyNumber;
        Self { strategy, function: pg_sys::F_TIMESTAMPTZ_GT, ..Self::at(column, instant) }
    }

    /// The column lies before this instant.
    pub(crate) fn before(column: usize, instant: Instant) -> Self {
        let strategy = pg_sys::BTLessStrategyNumber;
        Self { strategy, function: pg_sys::F_TIMESTAMPTZ_LT, ..Self::at(column, instant) }
    }

    fn equal(column: usize, of: Type, function: u32, argument: pg_sys::Datum) -> Self {
        let strategy = pg_sys::BTEqualStrategyNumber;
        Self { column, of, strategy, function, argument, borrowed: PhantomData }
    }
}

fn datum(instant: Instant) -> pg_sys::Datum {
    pg_sys::Datum::from(convert::timestamptz(instant))
}

/// The keys as PostgreSQL takes them; `number` is the number that the relation
/// to scan has for the column at a place in `Table::columns`.
///
/// # Panics
/// Where a key is not on a column that the table is searched by, or of another
/// type, or where keys are not in the order of those columns: btree needs that.
pub(super) fn scan_keys(
    table: &Table,
    keys: &[Key<'_>],
    number: impl Fn(usize) -> pg_sys::AttrNumber,
) -> [pg_sys::ScanKeyData; super::MAX_KEYS] {
    let place = |key: &Key<'_>| table.keys.iter().position(|&column| column == key.column);
    assert!(keys.len() <= super::MAX_KEYS && keys.is_sorted_by_key(place));
    // SAFETY: plain data, for which zeros stand for a key that is not there.
    let mut scan_keys: [pg_sys::ScanKeyData; super::MAX_KEYS] = unsafe { std::mem::zeroed() };
    for (scan_key, key) in scan_keys.iter_mut().zip(keys) {
        assert!(place(key).is_some() && table.columns[key.column].1 == key.of);
        // SAFETY: the function compares two values of the column's type, and is of
        // the operator family that `Shape` requires of an index.
        unsafe {
            pg_sys::ScanKeyInit(
                scan_key,
                number(key.column),
                key.strategy as pg_sys::StrategyNumber,
                key.function.into(),
                key.argument,
            );
        }
        scan_key.sk_collation = pg_sys::C_COLLATION_OID;
    }
    scan_keys
}
