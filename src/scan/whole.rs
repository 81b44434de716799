//! Rows from the whole table, where no index serves: slow, but right.

use super::key::scan_keys;
use super::{FORWARD, Key, Open, Row};
use pgrx::pg_sys;

impl Open {
    /// Reads the rows of each set of keys, in no order.
    pub(super) fn scan_whole<'k, K: AsRef<[Key<'k>]>>(
        &self,
        sets: impl Iterator<Item = K>,
        mut each: impl FnMut(usize, &Row<'_>),
    ) {
        const FLAGS: u32 = pg_sys::ScanOptions::SO_TYPE_SEQSCAN
            | pg_sys::ScanOptions::SO_ALLOW_STRAT
            | pg_sys::ScanOptions::SO_ALLOW_PAGEMODE;
        // SAFETY: the slot is of the table's kind and is dropped after the last use.
        let slot = unsafe { pg_sys::table_slot_create(self.heap, std::ptr::null_mut()) };
        for (place, keys) in sets.enumerate() {
            let keys = keys.as_ref();
            let mut scan_keys = scan_keys(self.table, keys, |column| self.shape.numbers[column]);
            // SAFETY: `Shape` found that the table is a heap. A snapshot is active
            // whenever a function is called. The scan copies the keys.
            unsafe {
                let scan = pg_sys::heap_beginscan(
                    self.heap,
                    pg_sys::GetActiveSnapshot(),
                    keys.len() as i32,
                    scan_keys.as_mut_ptr(),
                    std::ptr::null_mut(),
                    FLAGS,
                );
                while pg_sys::heap_getnextslot(scan, FORWARD, slot) {
                    self.pass_slot(slot, |row| each(place, row));
                }
                pg_sys::heap_endscan(scan);
            }
        }
        // SAFETY: made above.
        unsafe { pg_sys::ExecDropSingleTupleTableSlot(slot) };
    }
}
