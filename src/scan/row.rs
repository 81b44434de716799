//! Rows and their values.

use crate::{convert, report};
use chrono::NaiveDate;
use engine::time::Instant;
use pgrx::{FromDatum, Uuid, pg_sys};

/// The types of columns that are read; a domain counts as what it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Date,
    Instant,
    Integer,
    Integers,
    Text,
    Time,
    Uuid,
}

impl Type {
    /// The type of PostgreSQL.
    pub(super) fn oid(self) -> pg_sys::Oid {
        match self {
            Self::Bool => pg_sys::BOOLOID,
            Self::Date => pg_sys::DATEOID,
            Self::Instant => pg_sys::TIMESTAMPTZOID,
            Self::Integer => pg_sys::INT4OID,
            Self::Integers => pg_sys::INT4ARRAYOID,
            Self::Text => pg_sys::TEXTOID,
            Self::Time => pg_sys::TIMEOID,
            Self::Uuid => pg_sys::UUIDOID,
        }
    }

    /// Its name in SQL.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Date => "date",
            Self::Instant => "timestamptz",
            Self::Integer => "integer",
            Self::Integers => "integer[]",
            Self::Text => "text",
            Self::Time => "time",
            Self::Uuid => "uuid",
        }
    }

    /// The operator family of its default btree operator class, by the number
    /// that PostgreSQL assigns in `pg_opfamily.dat`; of types that a [`super::Key`]
    /// can be on.
    pub(super) fn btree_family(self) -> Option<pg_sys::Oid> {
        match self {
            Self::Instant => Some(434.into()),
            Self::Text => Some(1994.into()),
            Self::Uuid => Some(2968.into()),
            _ => None,
        }
    }
}

/// A value of a column.
pub(crate) trait Value<'r>: Sized {
    /// The columns that have such values.
    const TYPE: Type;

    /// The value; `None` where it is one that Rust's type does not have.
    ///
    /// # Safety
    /// `datum` must be a value of [`Value::TYPE`] that lives for `'r`.
    unsafe fn of(datum: pg_sys::Datum) -> Option<Self>;
}

/// Values that pgrx reads.
macro_rules! value {
    ($rust:ty, $of:expr) => {
        impl<'r> Value<'r> for $rust {
            const TYPE: Type = $of;

            unsafe fn of(datum: pg_sys::Datum) -> Option<Self> {
                // SAFETY: as the caller's.
                unsafe { Self::from_datum(datum, false) }
            }
        }
    };
}

value!(bool, Type::Bool);
value!(i32, Type::Integer);
value!(Uuid, Type::Uuid);
value!(Vec<i32>, Type::Integers);
value!(&'r str, Type::Text);

/// Microseconds since midnight.
impl Value<'_> for i64 {
    const TYPE: Type = Type::Time;

    unsafe fn of(datum: pg_sys::Datum) -> Option<Self> {
        // SAFETY: a `time` is a 64-bit number.
        unsafe { Self::from_datum(datum, false) }
    }
}

impl Value<'_> for Instant {
    const TYPE: Type = Type::Instant;

    unsafe fn of(datum: pg_sys::Datum) -> Option<Self> {
        // SAFETY: a `timestamptz` is a 64-bit number.
        unsafe { i64::from_datum(datum, false) }.map(convert::instant)
    }
}

/// `None` for an infinite date.
impl Value<'_> for NaiveDate {
    const TYPE: Type = Type::Date;

    unsafe fn of(datum: pg_sys::Datum) -> Option<Self> {
        // SAFETY: a `date` is a 32-bit number.
        unsafe { i32::from_datum(datum, false) }.and_then(convert::date)
    }
}

/// One row; columns by their place in `Table::columns`.
pub(crate) struct Row<'r> {
    pub(super) table: &'static super::Table,
    /// Where each column is among the values, counted from 1.
    pub(super) numbers: &'r [pg_sys::AttrNumber],
    pub(super) values: &'r [pg_sys::Datum],
    pub(super) nulls: &'r [bool],
}

impl<'r> Row<'r> {
    /// The value of a column; text is borrowed from the row.
    ///
    /// # Panics
    /// Where the column has other values.
    pub(crate) fn get<T: Value<'r>>(&self, column: usize) -> Option<T> {
        assert!(self.table.columns[column].1 == T::TYPE);
        let at = usize::from(self.numbers[column].unsigned_abs()) - 1;
        if self.nulls[at] {
            return None;
        }
        // SAFETY: `Shape` found the column to have the type that the table's
        // declaration names, which is the value's; the values live for 'r.
        unsafe { T::of(self.values[at]) }
    }

    /// The value of a `not null` column.
    pub(crate) fn value<T: Value<'r>>(&self, column: usize) -> T {
        self.get(column).unwrap_or_else(|| {
            let column = self.table.columns[column].0;
            report::unusable_table(self.table.name, &format!("have no null in column {column:?}"))
        })
    }

    /// The value of a `timestamptz not null` column.
    pub(crate) fn instant(&self, column: usize) -> Instant {
        self.value(column)
    }

    /// The value of a `uuid not null` column.
    pub(crate) fn uuid(&self, column: usize) -> Uuid {
        self.value(column)
    }

    /// Ends the statement because the table has other columns than the caller was planned for.
    pub(crate) fn report_changed(&self) -> ! {
        report::unusable_table(self.table.name, "not change while a statement reads it")
    }

    /// The values of all columns, in the table's order where a table was read.
    pub(crate) fn values(&self) -> &[pg_sys::Datum] {
        self.values
    }

    /// Which of them are null.
    pub(crate) fn nulls(&self) -> &[bool] {
        self.nulls
    }
}
