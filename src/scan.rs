//! Rows straight from an index, without a query.
//!
//! An answer needs a handful of rows from six tables. Planning and starting a
//! query for each costs several times what reading them does, and a kept plan
//! is thrown away whenever the role or the search_path changes, which they do
//! on every request of PostgREST. So the rows are read as PostgreSQL reads its
//! own catalogues. Row security does not apply here: [`crate::caller`] decides.

mod index_only;

use crate::convert;
use engine::time::Instant;
use pgrx::{FromDatum, pg_sys};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;

/// A table, an index of it, and the columns to read.
pub(crate) struct Table<const N: usize> {
    pub(crate) name: &'static CStr,
    pub(crate) index: &'static CStr,
    pub(crate) columns: [&'static CStr; N],
}

/// A condition on an indexed column, named by its place in `Table::columns`.
pub(crate) struct Key {
    column: usize,
    strategy: u32,
    function: u32,
    argument: pg_sys::Datum,
}

impl Key {
    /// The column equals this UUID, which must outlive the scan.
    pub(crate) fn uuid(column: usize, uuid: &pgrx::Uuid) -> Self {
        let argument = pg_sys::Datum::from(uuid.as_bytes().as_ptr());
        Self {
            column,
            strategy: pg_sys::BTEqualStrategyNumber,
            function: pg_sys::F_UUID_EQ,
            argument,
        }
    }

    /// The column equals this text, a datum that outlives the scan.
    pub(crate) fn text(column: usize, argument: pg_sys::Datum) -> Self {
        Self {
            column,
            strategy: pg_sys::BTEqualStrategyNumber,
            function: pg_sys::F_TEXTEQ,
            argument,
        }
    }

    /// The column equals this instant.
    pub(crate) fn at(column: usize, instant: Instant) -> Self {
        let strategy = pg_sys::BTEqualStrategyNumber;
        Self { column, strategy, function: pg_sys::F_TIMESTAMPTZ_EQ, argument: datum(instant) }
    }

    /// The column lies after this instant.
    pub(crate) fn after(column: usize, instant: Instant) -> Self {
        let strategy = pg_sys::BTGreaterStrategyNumber;
        Self { column, strategy, function: pg_sys::F_TIMESTAMPTZ_GT, argument: datum(instant) }
    }

    /// The column lies before this instant.
    pub(crate) fn before(column: usize, instant: Instant) -> Self {
        let strategy = pg_sys::BTLessStrategyNumber;
        Self { column, strategy, function: pg_sys::F_TIMESTAMPTZ_LT, argument: datum(instant) }
    }
}

fn datum(instant: Instant) -> pg_sys::Datum {
    pg_sys::Datum::from(convert::timestamptz(instant))
}

/// Column numbers by relation, for the life of the backend: a relation keeps them.
type Numbers = HashMap<(pg_sys::Oid, &'static CStr), Vec<pg_sys::AttrNumber>>;

thread_local! {
    static NUMBERS: RefCell<Numbers> = RefCell::new(HashMap::new());
}

/// More columns than any of our tables has.
const MAX_COLUMNS: usize = 64;

/// One row; columns by their place in `Table::columns`.
pub(crate) struct Row<'a> {
    numbers: &'a [pg_sys::AttrNumber],
    values: &'a [pg_sys::Datum; MAX_COLUMNS],
    nulls: &'a [bool; MAX_COLUMNS],
}

impl Row<'_> {
    /// The value of a column, copied where it is text.
    pub(crate) fn get<T: FromDatum>(&self, column: usize) -> Option<T> {
        let at = usize::try_from(self.numbers[column] - 1).unwrap_or(0);
        // SAFETY: the caller names the column's type, as in the table's definition.
        unsafe { T::from_datum(self.values[at], self.nulls[at]) }
    }

    /// The value of a `not null` column.
    pub(crate) fn value<T: FromDatum + Default>(&self, column: usize) -> T {
        self.get(column).unwrap_or_default()
    }

    /// The value of a `timestamptz not null` column.
    pub(crate) fn instant(&self, column: usize) -> Instant {
        convert::instant(self.value::<i64>(column))
    }

    /// Adds the whole row to the result of a set-returning function that is
    /// declared with the table's row type.
    pub(crate) fn put(&self, result: &pg_sys::ReturnSetInfo) {
        let (mut values, mut nulls) = (*self.values, *self.nulls);
        // SAFETY: the store copies as many values as the row type has columns.
        unsafe {
            pg_sys::tuplestore_putvalues(
                result.setResult,
                result.setDesc,
                values.as_mut_ptr(),
                nulls.as_mut_ptr(),
            );
        }
    }

    /// The value of a `uuid not null` column.
    pub(crate) fn uuid(&self, column: usize) -> pgrx::Uuid {
        self.get(column).unwrap_or_else(|| pgrx::Uuid::from_bytes([0; 16]))
    }
}

impl<const N: usize> Table<N> {
    /// Calls `each` with every row that meets all keys and that the active
    /// snapshot sees.
    pub(crate) fn scan(&'static self, keys: &[Key], mut each: impl FnMut(&Row<'_>)) {
        // SAFETY: PostgreSQL's way of reading its own tables, as in genam.c: what
        // is opened is closed, and after an error by the resource owner.
        unsafe {
            let (table, index) = self.relations();
            let numbers = self.numbers(table);
            let mut scan_keys = scan_keys(&numbers, keys);
            let relation = pg_sys::table_open(table, pg_sys::AccessShareLock as i32);
            let scan = pg_sys::systable_beginscan(
                relation,
                index,
                true,
                pg_sys::GetActiveSnapshot(),
                keys.len() as i32,
                scan_keys.as_mut_ptr(),
            );
            let mut values = [pg_sys::Datum::null(); MAX_COLUMNS];
            let mut nulls = [true; MAX_COLUMNS];
            loop {
                let tuple = pg_sys::systable_getnext(scan);
                if tuple.is_null() {
                    break;
                }
                pg_sys::heap_deform_tuple(
                    tuple,
                    (*relation).rd_att,
                    values.as_mut_ptr(),
                    nulls.as_mut_ptr(),
                );
                each(&Row { numbers: &numbers, values: &values, nulls: &nulls });
            }
            pg_sys::systable_endscan(scan);
            pg_sys::table_close(relation, pg_sys::NoLock as i32);
        }
    }

    /// The table and the index.
    fn relations(&self) -> (pg_sys::Oid, pg_sys::Oid) {
        // SAFETY: catalogue lookups by constant strings.
        unsafe {
            let schema = pg_sys::get_namespace_oid(c"calendar".as_ptr(), false);
            let named = |name: &CStr| pg_sys::get_relname_relid(name.as_ptr(), schema);
            (named(self.name), named(self.index))
        }
    }

    /// The numbers of the columns in the table, or in the index.
    fn numbers(&'static self, relation: pg_sys::Oid) -> Vec<pg_sys::AttrNumber> {
        NUMBERS.with_borrow_mut(|known| {
            known
                .entry((relation, self.index))
                .or_insert_with(|| {
                    // SAFETY: a catalogue lookup by constant strings.
                    let number = |c: &&CStr| unsafe { pg_sys::get_attnum(relation, c.as_ptr()) };
                    self.columns.iter().map(number).collect()
                })
                .clone()
        })
    }
}

/// The keys as PostgreSQL has them, at most four.
fn scan_keys(numbers: &[pg_sys::AttrNumber], keys: &[Key]) -> [pg_sys::ScanKeyData; 4] {
    // SAFETY: plain data, of which as many are used as there are keys.
    let mut scan_keys: [pg_sys::ScanKeyData; 4] = unsafe { std::mem::zeroed() };
    for (scan_key, key) in scan_keys.iter_mut().zip(keys) {
        // SAFETY: fills in what it is given.
        unsafe {
            pg_sys::ScanKeyInit(
                scan_key,
                numbers[key.column],
                key.strategy as pg_sys::StrategyNumber,
                key.function.into(),
                key.argument,
            );
        }
        scan_key.sk_collation = if key.function == pg_sys::F_TEXTEQ {
            pg_sys::DEFAULT_COLLATION_OID
        } else {
            pg_sys::InvalidOid
        };
    }
    scan_keys
}
