//! Rows through an index, or from it alone.

use super::key::scan_keys;
use super::{FORWARD, Key, MAX_KEYS, NO_LOCK, Open, Row};
use pgrx::pg_sys;

/// A scan of an index. Where it is not ended because an error was raised, the
/// resource owner releases what it holds.
struct IndexScan<'o> {
    open: &'o Open,
    index: pg_sys::Relation,
    scan: pg_sys::IndexScanDesc,
    /// Where the index has the columns.
    numbers: &'o [pg_sys::AttrNumber],
}

impl<'o> IndexScan<'o> {
    /// A scan, which starts with [`IndexScan::restart`]; `None` where no index serves.
    fn begin(open: &'o Open, index_only: bool) -> Option<Self> {
        let shape = open.shape.index.as_ref()?;
        // SAFETY: the index is locked, and is one of the table's. A snapshot is
        // active whenever a function is called.
        unsafe {
            let index = pg_sys::index_open(shape.oid, NO_LOCK);
            let (heap, snapshot) = (open.heap, pg_sys::GetActiveSnapshot());
            #[cfg(not(feature = "pg18"))]
            let scan = pg_sys::index_beginscan(heap, index, snapshot, MAX_KEYS as i32, 0);
            #[cfg(feature = "pg18")]
            let scan = {
                let instrument = std::ptr::null_mut();
                pg_sys::index_beginscan(heap, index, snapshot, instrument, MAX_KEYS as i32, 0)
            };
            (*scan).xs_want_itup = index_only;
            Some(Self { open, index, scan, numbers: &shape.numbers })
        }
    }

    /// Goes to the first row that meets the keys.
    fn restart(&self, keys: &[Key<'_>]) {
        let mut scan_keys = scan_keys(self.open.table, keys, |column| self.numbers[column]);
        // SAFETY: the scan has room for MAX_KEYS keys and copies those that there are;
        // they are on the columns that the index begins with, in its order.
        unsafe {
            (*self.scan).numberOfKeys = keys.len() as i32;
            let none = std::ptr::null_mut();
            pg_sys::index_rescan(self.scan, scan_keys.as_mut_ptr(), keys.len() as i32, none, 0);
        }
    }

    fn end(self) {
        // SAFETY: opened by `begin`.
        unsafe {
            pg_sys::index_endscan(self.scan);
            pg_sys::index_close(self.index, NO_LOCK);
        }
    }
}

impl Open {
    /// Reads the rows of each set of keys from the table, through the index.
    pub(super) fn scan_index<'k, K: AsRef<[Key<'k>]>>(
        &self,
        sets: impl Iterator<Item = K>,
        mut each: impl FnMut(usize, &Row<'_>),
    ) {
        let Some(scan) = IndexScan::begin(self, false) else { return };
        // SAFETY: the slot is of the table's kind and is dropped after the last use.
        let slot = unsafe { pg_sys::table_slot_create(self.heap, std::ptr::null_mut()) };
        for (place, keys) in sets.enumerate() {
            scan.restart(keys.as_ref());
            // SAFETY: the scan is under way.
            while unsafe { pg_sys::index_getnext_slot(scan.scan, FORWARD, slot) } {
                // SAFETY: the slot has a row, until the next is fetched.
                unsafe { self.pass_slot(slot, |row| each(place, row)) };
            }
        }
        // SAFETY: made above.
        unsafe { pg_sys::ExecDropSingleTupleTableSlot(slot) };
        scan.end();
    }

    /// Passes the row that a slot has to `each`.
    ///
    /// # Safety
    /// The slot must have a row of the table.
    pub(super) unsafe fn pass_slot(
        &self,
        slot: *mut pg_sys::TupleTableSlot,
        each: impl FnOnce(&Row<'_>),
    ) {
        // SAFETY: `slot_getallattrs` fills in as many values as the table has
        // columns, dropped ones included; the slot keeps them while `each` runs.
        unsafe {
            pg_sys::slot_getallattrs(slot);
            let columns = usize::try_from((*slot).tts_nvalid).unwrap_or(0);
            let values = std::slice::from_raw_parts((*slot).tts_values, columns);
            let nulls = std::slice::from_raw_parts((*slot).tts_isnull, columns);
            each(&Row { table: self.table, numbers: &self.shape.numbers, values, nulls });
        }
    }

    /// Reads rows from an index that has all columns, as PostgreSQL does in
    /// nodeIndexonlyscan.c.
    pub(super) fn scan_index_only(&self, keys: &[Key<'_>], mut each: impl FnMut(&Row<'_>)) {
        let Some(scan) = IndexScan::begin(self, true) else { return };
        scan.restart(keys);
        let mut values = [pg_sys::Datum::null(); _];
        let mut nulls = [true; _];
        // SAFETY: the scan is under way and was told to return index tuples. The
        // values of one point into it until the next is fetched. What the cursor holds
        // is released after the last use.
        unsafe {
            let mut cursor = Cursor {
                heap: self.heap,
                scan: scan.scan,
                map_buffer: pg_sys::InvalidBuffer as pg_sys::Buffer,
                slot: std::ptr::null_mut(),
            };
            while cursor.next(&mut values, &mut nulls) {
                let numbers = scan.numbers;
                each(&Row { table: self.table, numbers, values: &values, nulls: &nulls });
            }
            if !cursor.slot.is_null() {
                pg_sys::ExecDropSingleTupleTableSlot(cursor.slot);
            }
            if cursor.map_buffer != pg_sys::InvalidBuffer as pg_sys::Buffer {
                pg_sys::ReleaseBuffer(cursor.map_buffer);
            }
        }
        scan.end();
    }
}

/// As many values as an index can have columns.
type Values = [pg_sys::Datum; pg_sys::INDEX_MAX_KEYS as usize];
type Nulls = [bool; pg_sys::INDEX_MAX_KEYS as usize];

/// Where a scan of an index alone is.
struct Cursor {
    heap: pg_sys::Relation,
    scan: pg_sys::IndexScanDesc,
    map_buffer: pg_sys::Buffer,
    /// For rows that must be looked up in the table; null until there is one.
    slot: *mut pg_sys::TupleTableSlot,
}

impl Cursor {
    /// Goes to the next row that the snapshot sees; `false` after the last.
    ///
    /// # Safety
    /// The scan must be under way, and be one that returns index tuples.
    unsafe fn next(&mut self, values: &mut Values, nulls: &mut Nulls) -> bool {
        // SAFETY: as the caller's. One guard serves for all calls that a row takes:
        // nothing to drop is in the closure.
        unsafe { pg_sys::ffi::pg_guard_ffi_boundary(|| self.next_unguarded(values, nulls)) }
    }

    /// # Safety
    /// As [`Cursor::next`], and inside a guard.
    #[allow(ffi_unwind_calls, reason = "the caller's guard turns PostgreSQL's jump into a panic")]
    unsafe fn next_unguarded(&mut self, values: &mut Values, nulls: &mut Nulls) -> bool {
        // SAFETY: as the caller's; the steps of nodeIndexonlyscan.c.
        unsafe {
            loop {
                let tid = raw::index_getnext_tid(self.scan, FORWARD);
                if tid.is_null() {
                    return false;
                }
                let block = pgrx::itemptr::item_pointer_get_block_number(tid);
                let map = raw::visibilitymap_get_status(self.heap, block, &raw mut self.map_buffer);
                if u32::from(map) & pg_sys::VISIBILITYMAP_ALL_VISIBLE == 0 {
                    if self.slot.is_null() {
                        self.slot = raw::table_slot_create(self.heap, std::ptr::null_mut());
                    }
                    if !raw::index_fetch_heap(self.scan, self.slot) {
                        continue;
                    }
                } else {
                    // What a serializable transaction needs on a page it did not read.
                    raw::PredicateLockPage(self.heap, block, (*self.scan).xs_snapshot);
                }
                let (row, columns) = ((*self.scan).xs_itup, (*self.scan).xs_itupdesc);
                raw::index_deform_tuple(row, columns, values.as_mut_ptr(), nulls.as_mut_ptr());
                return true;
            }
        }
    }
}

/// PostgreSQL's functions without pgrx's guard around each.
mod raw {
    use pgrx::pg_sys::{
        BlockNumber, Buffer, Datum, IndexScanDesc, IndexTuple, ItemPointer, List, Relation,
        ScanDirection, Snapshot, TupleDesc, TupleTableSlot,
    };

    unsafe extern "C-unwind" {
        pub(super) fn index_getnext_tid(
            scan: IndexScanDesc,
            direction: ScanDirection::Type,
        ) -> ItemPointer;
        pub(super) fn visibilitymap_get_status(
            relation: Relation,
            block: BlockNumber,
            buffer: *mut Buffer,
        ) -> u8;
        pub(super) fn table_slot_create(
            relation: Relation,
            register: *mut *mut List,
        ) -> *mut TupleTableSlot;
        pub(super) fn index_fetch_heap(scan: IndexScanDesc, slot: *mut TupleTableSlot) -> bool;
        pub(super) fn PredicateLockPage(relation: Relation, block: BlockNumber, snapshot: Snapshot);
        pub(super) fn index_deform_tuple(
            row: IndexTuple,
            columns: TupleDesc,
            values: *mut Datum,
            nulls: *mut bool,
        );
    }
}
