//! Rows from an index that has all the columns (`INCLUDE`), without the table.

use super::{FORWARD, Key, OpenScan, Row, Table};
use pgrx::pg_sys;

impl<const N: usize> Table<N> {
    /// As [`Table::scan`], where the index has all columns: the table is looked
    /// at only for rows that the visibility map does not vouch for.
    pub(crate) fn scan_index_only(&'static self, keys: &[Key], mut each: impl FnMut(&Row<'_>)) {
        // SAFETY: as PostgreSQL does in nodeIndexonlyscan.c: what is opened is
        // closed, and after an error by the resource owner.
        unsafe {
            let open = OpenScan::begin(self, true);
            let OpenScan { heap, scan, ref numbers, .. } = open;
            open.restart(keys);
            let snapshot = (*scan).xs_snapshot;
            let mut map_buffer = pg_sys::InvalidBuffer as pg_sys::Buffer;
            let mut slot: *mut pg_sys::TupleTableSlot = std::ptr::null_mut();
            let mut values = [pg_sys::Datum::null(); N];
            let mut nulls = [true; N];
            loop {
                let tid = pg_sys::index_getnext_tid(scan, FORWARD);
                if tid.is_null() {
                    break;
                }
                let block = pgrx::itemptr::item_pointer_get_block_number(tid);
                let map = pg_sys::visibilitymap_get_status(heap, block, &raw mut map_buffer);
                if u32::from(map) & pg_sys::VISIBILITYMAP_ALL_VISIBLE == 0 {
                    if slot.is_null() {
                        slot = pg_sys::table_slot_create(heap, std::ptr::null_mut());
                    }
                    if !pg_sys::index_fetch_heap(scan, slot) {
                        continue;
                    }
                } else {
                    predicate_lock_page(heap, block, snapshot);
                }
                pg_sys::index_deform_tuple(
                    (*scan).xs_itup,
                    (*scan).xs_itupdesc,
                    values.as_mut_ptr(),
                    nulls.as_mut_ptr(),
                );
                each(&Row { numbers, values: &values, nulls: &nulls });
            }
            if !slot.is_null() {
                pg_sys::ExecDropSingleTupleTableSlot(slot);
            }
            if map_buffer != pg_sys::InvalidBuffer as pg_sys::Buffer {
                pg_sys::ReleaseBuffer(map_buffer);
            }
            open.end();
        }
    }
}

/// Takes the lock that a serializable transaction needs on a page it did not read.
///
/// # Safety
/// The relation is open and the snapshot active.
unsafe fn predicate_lock_page(
    relation: pg_sys::Relation,
    block: pg_sys::BlockNumber,
    snapshot: pg_sys::Snapshot,
) {
    unsafe extern "C-unwind" {
        fn PredicateLockPage(
            relation: pg_sys::Relation,
            block: pg_sys::BlockNumber,
            snapshot: pg_sys::Snapshot,
        );
    }
    #[allow(ffi_unwind_calls, reason = "the guard turns PostgreSQL's jump into a panic")]
    // SAFETY: as the caller's; nothing to drop is in the closure.
    unsafe {
        pg_sys::ffi::pg_guard_ffi_boundary(|| PredicateLockPage(relation, block, snapshot));
    }
}
