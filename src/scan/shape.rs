//! What a table is, and which index serves: found out once a session, and again
//! after every change of either.

use super::{NO_LOCK, SHARED, Table, Type};
use crate::report;
use pgrx::{PgList, pg_sys};
use std::cell::{Cell, RefCell};
use std::ffi::CStr;
use std::rc::Rc;

const SCHEMA: &CStr = c"calendar";

/// A table as it is.
pub(super) struct Shape {
    pub(super) heap: pg_sys::Oid,
    /// The columns' numbers in the table.
    pub(super) numbers: Vec<pg_sys::AttrNumber>,
    pub(super) index: Option<IndexShape>,
}

/// An index that begins with the columns that the table is searched by.
pub(super) struct IndexShape {
    pub(super) oid: pg_sys::Oid,
    /// The columns' numbers in the index, 0 for those that it does not have.
    pub(super) numbers: Vec<pg_sys::AttrNumber>,
    pub(super) has_all_columns: bool,
    /// Whether only snapshots from now on may use it, so that it must be looked
    /// at again before the next use.
    is_provisional: bool,
}

thread_local! {
    /// What is known, by the address of the declaration.
    static KNOWN: RefCell<Vec<(*const Table, Rc<Shape>)>> = const { RefCell::new(Vec::new()) };
    /// Whether some of it may be out of date.
    static IS_STALE: Cell<bool> = const { Cell::new(false) };
    static IS_LISTENING: Cell<bool> = const { Cell::new(false) };
}

impl Shape {
    /// The table as it is now, locked together with the index.
    pub(super) fn locked(table: &'static Table) -> Rc<Self> {
        loop {
            let shape = Self::known(table);
            lock(shape.heap);
            if let Some(index) = &shape.index {
                lock(index.oid);
            }
            // Getting a lock hears of all changes made before it.
            if !IS_STALE.get() {
                return shape;
            }
        }
    }

    fn known(table: &'static Table) -> Rc<Self> {
        listen();
        if IS_STALE.replace(false) {
            KNOWN.with_borrow_mut(Vec::clear);
        }
        let known = KNOWN.with_borrow(|known| {
            known.iter().find(|(of, _)| std::ptr::eq(*of, table)).map(|(_, shape)| shape.clone())
        });
        known.unwrap_or_else(|| {
            let shape = Rc::new(Self::of(table));
            if shape.index.as_ref().is_none_or(|index| !index.is_provisional) {
                KNOWN.with_borrow_mut(|known| known.push((table, shape.clone())));
            }
            shape
        })
    }

    /// Looks at the table and its indexes.
    fn of(table: &Table) -> Self {
        let heap = locked_by_name(table.name);
        // SAFETY: the relation exists, for it is locked; what is opened is closed,
        // after an error by the resource owner.
        unsafe {
            let relation = pg_sys::relation_open(heap, NO_LOCK);
            check_kind(table.name, relation);
            let numbers = numbers(table, relation);
            let index = best_index(table, relation, &numbers);
            pg_sys::relation_close(relation, NO_LOCK);
            if index.is_none() {
                report_no_index(table);
            }
            Self { heap, numbers, index }
        }
    }
}

fn lock(relation: pg_sys::Oid) {
    // SAFETY: any number may be locked; whether it is still a relation's shows then.
    unsafe { pg_sys::LockRelationOid(relation, SHARED) };
}

/// The relation that has this name once it is locked.
fn locked_by_name(name: &CStr) -> pg_sys::Oid {
    // SAFETY: catalogue lookups by constant strings.
    let find = || unsafe {
        let schema = pg_sys::get_namespace_oid(SCHEMA.as_ptr(), false);
        pg_sys::get_relname_relid(name.as_ptr(), schema)
    };
    loop {
        let found = find();
        if found == pg_sys::InvalidOid {
            report::unusable_table(name, "exist");
        }
        lock(found);
        if find() == found {
            return found;
        }
    }
}

/// Ends the statement where the relation is not a plain table.
///
/// # Safety
/// The relation is open.
unsafe fn check_kind(name: &CStr, relation: pg_sys::Relation) {
    // SAFETY: an open relation has its row of pg_class.
    let class = unsafe { &*(*relation).rd_rel };
    if class.relkind.cast_unsigned() != pg_sys::RELKIND_RELATION {
        report::unusable_table(name, "be an ordinary table");
    }
    if class.relam != pg_sys::HEAP_TABLE_AM_OID {
        report::unusable_table(name, "have the access method \"heap\"");
    }
    // SAFETY: the relation is locked.
    if class.relhassubclass && unsafe { has_children((*relation).rd_id) } {
        report::unusable_table(name, "have no tables that inherit from it");
    }
}

/// Whether tables inherit from this one. `relhassubclass` may still be set when
/// there are none any more.
unsafe fn has_children(relation: pg_sys::Oid) -> bool {
    unsafe extern "C-unwind" {
        fn find_inheritance_children(
            parent: pg_sys::Oid,
            lockmode: pg_sys::LOCKMODE,
        ) -> *mut pg_sys::List;
    }
    #[allow(ffi_unwind_calls, reason = "the guard turns PostgreSQL's jump into a panic")]
    // SAFETY: a catalogue lookup; nothing to drop is in the closure. No list is an empty one.
    unsafe {
        !pg_sys::ffi::pg_guard_ffi_boundary(|| find_inheritance_children(relation, NO_LOCK))
            .is_null()
    }
}

/// The numbers of the columns in the table.
///
/// # Safety
/// The relation is open.
unsafe fn numbers(table: &Table, relation: pg_sys::Relation) -> Vec<pg_sys::AttrNumber> {
    let find = |&(name, of): &(&CStr, Type)| {
        // SAFETY: catalogue lookups. The number of a dropped column is not found by name.
        unsafe {
            let heap = (*relation).rd_id;
            let number = pg_sys::get_attnum(heap, name.as_ptr());
            let is_there =
                number > 0 && pg_sys::getBaseType(pg_sys::get_atttype(heap, number)) == of.oid();
            is_there.then_some(number)
        }
    };
    let columns = table.columns.iter().map(|column| {
        find(column).unwrap_or_else(|| {
            let (name, of) = (column.0.to_string_lossy(), column.1.name());
            report::unusable_table(
                table.name,
                &format!(
                    "have a column \"{name}\" of type {of}; after an update of the extension, \
                     sessions from before it must connect again"
                ),
            )
        })
    });
    columns.collect()
}

/// An index that serves: one with all the columns, or else the first.
///
/// # Safety
/// The relation is open and locked.
unsafe fn best_index(
    table: &Table,
    relation: pg_sys::Relation,
    heap_numbers: &[pg_sys::AttrNumber],
) -> Option<IndexShape> {
    // SAFETY: the list is a copy, of indexes that stay while the table is locked.
    let indexes: Vec<pg_sys::Oid> = unsafe {
        PgList::<pg_sys::Oid>::from_pg(pg_sys::RelationGetIndexList(relation)).iter_oid().collect()
    };
    let mut best = None;
    for oid in indexes {
        // SAFETY: what is opened is closed, after an error by the resource owner.
        let found = unsafe {
            let index = pg_sys::index_open(oid, SHARED);
            let found = index_shape(table, index, heap_numbers);
            pg_sys::index_close(index, NO_LOCK);
            found
        };
        match found {
            Some(index) if index.has_all_columns => return Some(index),
            found => best = best.or(found),
        }
    }
    best
}

/// The shape of an index, where it serves.
///
/// # Safety
/// The index is open.
unsafe fn index_shape(
    table: &Table,
    index: pg_sys::Relation,
    heap_numbers: &[pg_sys::AttrNumber],
) -> Option<IndexShape> {
    // SAFETY: an open index has its rows of pg_class and pg_index, and as many
    // operator families, types and collations as key columns.
    unsafe {
        let (class, form) = (&*(*index).rd_rel, &*(*index).rd_index);
        if class.relkind.cast_unsigned() != pg_sys::RELKIND_INDEX
            || class.relam != pg_sys::BTREE_AM_OID
            || !form.indisvalid
            || !form.indisready
            || !form.indislive
        {
            return None;
        }
        let key_columns = usize::try_from(form.indnkeyatts).unwrap_or(0);
        let all_columns = usize::try_from(form.indnatts).unwrap_or(0);
        // An expression has the number 0, and no column has.
        let of_index = std::slice::from_raw_parts(form.indkey.values.as_ptr(), all_columns);
        let serves = |(at, &column): (usize, &usize)| {
            let of = table.columns[column].1;
            at < key_columns
                && of_index[at] == heap_numbers[column]
                && Some(*(*index).rd_opfamily.add(at)) == of.btree_family()
                && *(*index).rd_opcintype.add(at) == of.oid()
                && (of != Type::Text
                    || *(*index).rd_indcollation.add(at) == pg_sys::C_COLLATION_OID)
        };
        if !table.keys.iter().enumerate().all(serves) || !has_predicate(table, index) {
            return None;
        }
        let is_provisional = form.indcheckxmin;
        if is_provisional && !is_old_enough(index) {
            return None;
        }
        let number = |number: &pg_sys::AttrNumber| {
            of_index.iter().position(|of_index| of_index == number).map_or(0, |at| at as i16 + 1)
        };
        let numbers: Vec<_> = heap_numbers.iter().map(number).collect();
        let has_all_columns = !numbers.contains(&0);
        Some(IndexShape { oid: form.indexrelid, numbers, has_all_columns, is_provisional })
    }
}

/// Whether an index that was made while older versions of rows were chained
/// otherwise is right for all snapshots of this transaction.
///
/// # Safety
/// The index is open.
unsafe fn is_old_enough(index: pg_sys::Relation) -> bool {
    // SAFETY: an open index has its row of pg_index, with its header.
    unsafe {
        let header = (*(*index).rd_indextuple).t_data;
        let is_frozen =
            u32::from((*header).t_infomask) & pg_sys::HEAP_XMIN_FROZEN == pg_sys::HEAP_XMIN_FROZEN;
        is_frozen
            || pg_sys::TransactionIdPrecedes(
                (*header).t_choice.t_heap.t_xmin,
                pg_sys::TransactionXmin,
            )
    }
}

/// Whether the index has all rows that callers want.
///
/// # Safety
/// The index is open.
unsafe fn has_predicate(table: &Table, index: pg_sys::Relation) -> bool {
    let mut is_null = false;
    // SAFETY: an open index has its row of pg_index, and pg_get_expr takes a column of
    // that and the table.
    unsafe {
        let predicate = pg_sys::SysCacheGetAttr(
            pg_sys::SysCacheIdentifier::INDEXRELID as i32,
            (*index).rd_indextuple,
            pg_sys::Anum_pg_index_indpred as pg_sys::AttrNumber,
            &raw mut is_null,
        );
        if is_null {
            return true;
        }
        let arguments = [Some(predicate), Some((*(*index).rd_index).indrelid.into())];
        let text = pgrx::direct_function_call::<String>(pg_sys::pg_get_expr, &arguments);
        table.predicate.is_some() && text.as_deref() == table.predicate
    }
}

/// Reports that an index is missing: an error if a scan of the table would be too slow.
fn report_no_index(table: &Table) {
    let keys: Vec<_> =
        table.keys.iter().map(|&column| table.columns[column].0.to_string_lossy()).collect();
    let wanted = format!("have a btree index on ({})", keys.join(", "));
    if table.may_read_whole {
        report::slow_table(table.name, &wanted);
    } else {
        report::unusable_table(table.name, &wanted);
    }
}

/// Has PostgreSQL report changes to this session.
fn listen() {
    if IS_LISTENING.replace(true) {
        return;
    }
    let nothing = pg_sys::Datum::null();
    // SAFETY: the functions stay, for PostgreSQL unloads no library.
    unsafe {
        pg_sys::CacheRegisterRelcacheCallback(Some(relation_changed), nothing);
        let schemas = pg_sys::SysCacheIdentifier::NAMESPACEOID as i32;
        pg_sys::CacheRegisterSyscacheCallback(schemas, Some(schema_changed), nothing);
    }
}

/// A relation changed, or any may have. Called in the middle of almost anything:
/// it calls nothing of PostgreSQL and cannot panic.
unsafe extern "C-unwind" fn relation_changed(_: pg_sys::Datum, relation: pg_sys::Oid) {
    let concerns = |shape: &Shape| {
        relation == pg_sys::InvalidOid
            || relation == shape.heap
            || shape.index.as_ref().is_some_and(|index| index.oid == relation)
    };
    let is_concerned = KNOWN.try_with(|known| {
        // The code that has borrowed it is about to change it.
        known.try_borrow().map_or(true, |known| known.iter().any(|(_, shape)| concerns(shape)))
    });
    if is_concerned.unwrap_or(true) {
        let _ = IS_STALE.try_with(|is_stale| is_stale.set(true));
    }
}

/// A schema changed: its name may be another's now.
unsafe extern "C-unwind" fn schema_changed(_: pg_sys::Datum, _: i32, _: u32) {
    let _ = IS_STALE.try_with(|is_stale| is_stale.set(true));
}
