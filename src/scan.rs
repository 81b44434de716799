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

    /// The column, of collation "C", equals this text, a datum that outlives the
    /// scan.
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

/// Keys of one scan at most.
const MAX_KEYS: usize = 4;

/// One row; columns by their place in `Table::columns`.
pub(crate) struct Row<'a> {
    numbers: &'a [pg_sys::AttrNumber],
    values: &'a [pg_sys::Datum],
    nulls: &'a [bool],
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

    /// The values of all columns, in the table's order.
    pub(crate) fn values(&self) -> &[pg_sys::Datum] {
        self.values
    }

    /// Which of them are null.
    pub(crate) fn nulls(&self) -> &[bool] {
        self.nulls
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
        self.scan_each(std::iter::once(keys), |_, row| each(row));
    }

    /// As [`Table::scan`] for many sets of keys, one after the other; tells
    /// `each` which set a row belongs to.
    pub(crate) fn scan_each<K: AsRef<[Key]>>(
        &'static self,
        sets: impl Iterator<Item = K>,
        mut each: impl FnMut(usize, &Row<'_>),
    ) {
        // SAFETY: what is opened is closed, and after an error by the resource owner.
        unsafe {
            let scan = OpenScan::begin(self, false);
            let numbers = self.numbers((*scan.heap).rd_id);
            let slot = pg_sys::table_slot_create(scan.heap, std::ptr::null_mut());
            for (place, keys) in sets.enumerate() {
                scan.restart(keys.as_ref());
                while pg_sys::index_getnext_slot(scan.scan, FORWARD, slot) {
                    pg_sys::slot_getallattrs(slot);
                    let columns = usize::try_from((*slot).tts_nvalid).unwrap_or(0);
                    let values = std::slice::from_raw_parts((*slot).tts_values, columns);
                    let nulls = std::slice::from_raw_parts((*slot).tts_isnull, columns);
                    each(place, &Row { numbers: &numbers, values, nulls });
                }
            }
            pg_sys::ExecDropSingleTupleTableSlot(slot);
            scan.end();
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

const FORWARD: pg_sys::ScanDirection::Type = pg_sys::ScanDirection::ForwardScanDirection;

/// A scan of an index, with its relations open.
struct OpenScan {
    heap: pg_sys::Relation,
    index: pg_sys::Relation,
    scan: pg_sys::IndexScanDesc,
    /// The numbers of the columns in the index.
    numbers: Vec<pg_sys::AttrNumber>,
}

impl OpenScan {
    /// Opens the relations and makes a scan, which starts with [`OpenScan::restart`].
    ///
    /// # Safety
    /// A snapshot is active.
    unsafe fn begin<const N: usize>(table: &'static Table<N>, index_only: bool) -> Self {
        let (heap, index) = table.relations();
        let numbers = table.numbers(index);
        // SAFETY: relations of the extension, locked as any reader does.
        unsafe {
            let heap = pg_sys::table_open(heap, pg_sys::AccessShareLock as i32);
            let index = pg_sys::index_open(index, pg_sys::AccessShareLock as i32);
            let snapshot = pg_sys::GetActiveSnapshot();
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(heap, index, snapshot, MAX_KEYS as i32, 0);
            #[cfg(feature = "pg18")]
            let scan = {
                let instrument = std::ptr::null_mut();
                pg_sys::index_beginscan(heap, index, snapshot, instrument, MAX_KEYS as i32, 0)
            };
            (*scan).xs_want_itup = index_only;
            Self { heap, index, scan, numbers }
        }
    }

    /// Goes to the first row that meets the keys.
    unsafe fn restart(&self, keys: &[Key]) {
        // SAFETY: plain data; the scan copies the keys that there are.
        unsafe {
            let mut scan_keys: [pg_sys::ScanKeyData; MAX_KEYS] = std::mem::zeroed();
            for (scan_key, key) in scan_keys.iter_mut().zip(keys) {
                pg_sys::ScanKeyInit(
                    scan_key,
                    self.numbers[key.column],
                    key.strategy as pg_sys::StrategyNumber,
                    key.function.into(),
                    key.argument,
                );
                scan_key.sk_collation = pg_sys::C_COLLATION_OID;
            }
            (*self.scan).numberOfKeys = keys.len() as i32;
            let none = std::ptr::null_mut();
            pg_sys::index_rescan(self.scan, scan_keys.as_mut_ptr(), keys.len() as i32, none, 0);
        }
    }

    unsafe fn end(self) {
        // SAFETY: opened by `begin`.
        unsafe {
            pg_sys::index_endscan(self.scan);
            pg_sys::index_close(self.index, pg_sys::AccessShareLock as i32);
            pg_sys::table_close(self.heap, pg_sys::AccessShareLock as i32);
        }
    }
}
