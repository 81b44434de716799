//! Rows straight from an index, without a query.
//!
//! An answer needs a handful of rows from six tables. Planning and starting a
//! query for each costs several times what reading them does, and a kept plan
//! is thrown away whenever the role or the search_path changes, which they do
//! on every request of PostgREST. So the rows are read as PostgreSQL reads its
//! own catalogues. Row security does not apply here: [`crate::caller`] decides.
//!
//! Nothing is trusted because of its name: [`shape`] finds out what a table is
//! and which index serves, and again after every change of either.

mod index;
mod key;
mod row;
mod shape;
mod whole;

pub(crate) use key::Key;
pub(crate) use row::{Row, Type};

use pgrx::pg_sys;
use shape::Shape;
use std::ffi::CStr;
use std::rc::Rc;

/// A table and the columns to read.
pub(crate) struct Table {
    /// Its name in schema `calendar`.
    pub(crate) name: &'static CStr,
    /// Callers name a column by its place here.
    pub(crate) columns: &'static [(&'static CStr, Type)],
    /// The columns that it is searched by. Any btree index serves that begins
    /// with them, in this order.
    pub(crate) keys: &'static [usize],
    /// The predicate that such an index may have, as `pg_get_expr` writes it,
    /// where callers want no other rows: they get others as well without it.
    pub(crate) predicate: Option<&'static str>,
    /// Whether the whole table is read where no index serves.
    pub(crate) may_read_whole: bool,
}

/// Keys of one scan at most.
const MAX_KEYS: usize = 4;

const NO_LOCK: pg_sys::LOCKMODE = pg_sys::NoLock as pg_sys::LOCKMODE;
const SHARED: pg_sys::LOCKMODE = pg_sys::AccessShareLock as pg_sys::LOCKMODE;
const FORWARD: pg_sys::ScanDirection::Type = pg_sys::ScanDirection::ForwardScanDirection;

impl Table {
    /// Calls `each` with every row that meets all keys and that the active
    /// snapshot sees; in the order of the keys where [`Table::may_read_whole`]
    /// is not set.
    pub(crate) fn scan(&'static self, keys: &[Key<'_>], mut each: impl FnMut(&Row<'_>)) {
        self.scan_each(std::iter::once(keys), |_, row| each(row));
    }

    /// As [`Table::scan`] for many sets of keys, one after the other; passes to
    /// `each` which set a row belongs to.
    pub(crate) fn scan_each<'k, K: AsRef<[Key<'k>]>>(
        &'static self,
        sets: impl Iterator<Item = K>,
        each: impl FnMut(usize, &Row<'_>),
    ) {
        let open = Open::new(self);
        if open.shape.index.is_some() {
            open.scan_index(sets, each);
        } else {
            open.scan_whole(sets, each);
        }
        open.close();
    }

    /// As [`Table::scan`], from the index alone where it has all columns: the
    /// table is read only for rows that the visibility map does not show as all-visible.
    pub(crate) fn scan_index_only(&'static self, keys: &[Key<'_>], mut each: impl FnMut(&Row<'_>)) {
        let open = Open::new(self);
        match &open.shape.index {
            Some(index) if index.has_all_columns => open.scan_index_only(keys, each),
            Some(_) => open.scan_index(std::iter::once(keys), |_, row| each(row)),
            None => open.scan_whole(std::iter::once(keys), |_, row| each(row)),
        }
        open.close();
    }
}

/// A table, locked and open. Where it is not closed because an error was raised,
/// the resource owner closes it.
struct Open {
    table: &'static Table,
    shape: Rc<Shape>,
    heap: pg_sys::Relation,
}

impl Open {
    /// Locks the table and the index as they are now until the transaction ends, as
    /// every reader does. No session can change them meanwhile.
    fn new(table: &'static Table) -> Self {
        let shape = Shape::locked(table);
        // SAFETY: the table exists, for it is locked.
        let heap = unsafe { pg_sys::table_open(shape.heap, NO_LOCK) };
        Self { table, shape, heap }
    }

    fn close(self) {
        // SAFETY: opened by `new`.
        unsafe { pg_sys::table_close(self.heap, NO_LOCK) };
    }
}
