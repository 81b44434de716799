//! What only code inside the server can see: scans that are broken off, wrong
//! columns, changes in the middle. Run by `scripts/test-in-server`.

// What the attribute `pg_test` calls.
#[cfg(test)]
use pgrx_tests as _;

#[pgrx::pg_schema]
mod tests {
    use crate::read::BrokerRow;
    use crate::report;
    use crate::scan::{Key, Row, Table, Type};
    use engine::time::Instant;
    use pgrx::pg_sys::panic::CaughtError;
    use pgrx::{PgTryBuilder, Spi, Uuid, pg_sys, pg_test};
    use std::ffi::CStr;
    use std::panic::AssertUnwindSafe;

    static HOURS: Table = Table {
        name: c"working_hours",
        columns: &[
            (c"broker_id", Type::Uuid),
            (c"weekday", Type::Integer),
            (c"start_local", Type::Time),
            (c"valid_from", Type::Date),
        ],
        keys: &[0],
        predicate: None,
        may_read_whole: true,
    };

    static BLOCKS: Table = Table {
        name: c"busy_blocks",
        columns: &[(c"broker_id", Type::Uuid), (c"starts_at", Type::Instant)],
        keys: &[0, 1],
        predicate: None,
        may_read_whole: true,
    };

    fn broker_id() -> Uuid {
        Uuid::from_bytes([7; 16])
    }

    /// Runs statements, and lets the scans that follow see what they did.
    fn run(statements: &str) {
        Spi::run(statements).unwrap();
        // SAFETY: what is pushed is popped when the test's transaction ends.
        unsafe {
            pg_sys::CommandCounterIncrement();
            pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot());
        }
    }

    /// A broker with hours on five days.
    fn broker() {
        run("insert into calendar.brokers (id, name, timezone)
             values ('07070707-0707-0707-0707-070707070707', 'Ada', 'America/New_York');
             insert into calendar.working_hours (broker_id, weekday, start_local, end_local)
             select '07070707-0707-0707-0707-070707070707', day, '09:00', '17:00'
               from generate_series(1, 5) as day");
    }

    fn weekdays() -> Vec<i32> {
        let mut weekdays = Vec::new();
        HOURS.scan_index_only(&[Key::uuid(0, &broker_id())], |row| weekdays.push(row.value(1)));
        weekdays.sort_unstable();
        weekdays
    }

    /// How often the table and its indexes are open in this session.
    fn open_relations() -> i32 {
        // SAFETY: catalogue lookups by constant strings.
        let name = |name: &CStr| unsafe {
            let schema = pg_sys::get_namespace_oid(c"calendar".as_ptr(), false);
            pg_sys::get_relname_relid(name.as_ptr(), schema)
        };
        [c"working_hours", c"working_hours_broker_id_idx", c"working_hours_pkey"]
            .map(name)
            .into_iter()
            // SAFETY: the relations exist and are locked; each is closed again.
            .map(|oid| unsafe {
                let relation = pg_sys::RelationIdGetRelation(oid);
                let count = (*relation).rd_refcnt - 1;
                pg_sys::RelationClose(relation);
                count
            })
            .sum()
    }

    /// The message of the error that `body` ends with, in a subtransaction of its own,
    /// as PL/pgSQL's EXCEPTION has it.
    fn error_of(body: impl FnOnce()) -> String {
        // SAFETY: as PL/pgSQL does it; the subtransaction is always rolled back.
        unsafe {
            let (context, owner) = (pg_sys::CurrentMemoryContext, pg_sys::CurrentResourceOwner);
            pg_sys::BeginInternalSubTransaction(std::ptr::null());
            pg_sys::MemoryContextSwitchTo(context);
            let message = PgTryBuilder::new(AssertUnwindSafe(|| {
                body();
                "no error".to_owned()
            }))
            .catch_others(|error| match error {
                CaughtError::PostgresError(error)
                | CaughtError::ErrorReport(error)
                | CaughtError::RustPanic { ereport: error, .. } => error.message().to_owned(),
            })
            .execute();
            pg_sys::RollbackAndReleaseCurrentSubTransaction();
            pg_sys::MemoryContextSwitchTo(context);
            pg_sys::CurrentResourceOwner = owner;
            message
        }
    }

    #[pg_test]
    fn a_scan_that_an_error_breaks_off_leaves_nothing_open() {
        broker();
        assert_eq!(weekdays(), [1, 2, 3, 4, 5]);
        let before = open_relations();
        let id = broker_id();
        let key = [Key::uuid(0, &id)];
        let ours = |_: &Row<'_>| report::invalid_parameter("ours");
        let panics = |_: &Row<'_>| panic!("a panic");
        let theirs = |_: &Row<'_>| run("select 1 / 0");
        for _ in 0..100 {
            assert_eq!(error_of(|| HOURS.scan(&key, ours)), "ours");
            assert_eq!(error_of(|| HOURS.scan_index_only(&key, ours)), "ours");
            assert_eq!(error_of(|| HOURS.scan(&key, panics)), "a panic");
            assert_eq!(error_of(|| HOURS.scan_index_only(&key, panics)), "a panic");
            assert_eq!(error_of(|| HOURS.scan_index_only(&key, theirs)), "division by zero");
        }
        assert_eq!(open_relations(), before);
        assert_eq!(weekdays(), [1, 2, 3, 4, 5]);
    }

    #[pg_test]
    fn a_whole_table_that_an_error_breaks_off_leaves_nothing_open() {
        broker();
        run("drop index calendar.working_hours_broker_id_idx");
        run("create index working_hours_broker_id_idx on calendar.working_hours (weekday)");
        let before = open_relations();
        let id = broker_id();
        let key = [Key::uuid(0, &id)];
        for _ in 0..100 {
            let ours = |_: &Row<'_>| report::invalid_parameter("ours");
            assert_eq!(error_of(|| HOURS.scan(&key, ours)), "ours");
        }
        assert_eq!(open_relations(), before);
        assert_eq!(weekdays(), [1, 2, 3, 4, 5]);
    }

    #[pg_test]
    fn everything_may_become_invalid_in_the_middle_of_a_scan() {
        broker();
        let mut seen = 0;
        let mut each = |row: &Row<'_>| {
            // SAFETY: what PostgreSQL does itself when it has missed changes.
            unsafe { pg_sys::InvalidateSystemCaches() };
            // Scans within scans find out again what the tables are.
            assert_eq!(weekdays().len(), 5);
            assert!(BrokerRow::find(&row.uuid(0)).is_some());
            seen += 1;
        };
        HOURS.scan(&[Key::uuid(0, &broker_id())], &mut each);
        HOURS.scan_index_only(&[Key::uuid(0, &broker_id())], &mut each);
        assert_eq!(seen, 10);
    }

    #[pg_test]
    fn a_table_does_not_change_while_it_is_read() {
        broker();
        let message = error_of(|| {
            HOURS.scan(&[Key::uuid(0, &broker_id())], |_| {
                run("alter table calendar.working_hours drop column valid_from cascade");
            });
        });
        assert!(message.contains("being used by active queries"), "{message}");
        assert_eq!(weekdays().len(), 5);
    }

    #[pg_test]
    fn what_a_subtransaction_changed_is_forgotten_with_it() {
        broker();
        assert_eq!(weekdays().len(), 5);
        let message = error_of(|| {
            run("drop index calendar.working_hours_broker_id_idx;
                 delete from calendar.working_hours where weekday > 2;
                 create index other on calendar.working_hours (broker_id) include (weekday)");
            assert_eq!(weekdays(), [1, 2]);
            panic!("back");
        });
        assert_eq!(message, "back");
        assert_eq!(weekdays(), [1, 2, 3, 4, 5]);
    }

    #[pg_test]
    fn nulls_are_none_or_an_error_that_names_the_column() {
        broker();
        run("alter table calendar.working_hours alter start_local drop not null;
             update calendar.working_hours set start_local = null where weekday = 3");
        let id = broker_id();
        let key = [Key::uuid(0, &id)];
        let mut starts = Vec::new();
        HOURS.scan(&key, |row| starts.push((row.value::<i32>(1), row.get::<i64>(2))));
        starts.sort_unstable();
        let nine = Some(9 * 3_600_000_000);
        assert_eq!(starts, [(1, nine), (2, nine), (3, None), (4, nine), (5, nine)]);
        let message = error_of(|| HOURS.scan(&key, |row| _ = row.value::<i64>(2)));
        assert_eq!(message, "calendar.working_hours must have no null in column \"start_local\"");
    }

    #[pg_test]
    fn an_infinite_date_is_none() {
        broker();
        run("update calendar.working_hours set valid_from = '-infinity' where weekday = 1;
             update calendar.working_hours set valid_from = '2026-03-01' where weekday = 2");
        let mut dates = Vec::new();
        HOURS.scan(&[Key::uuid(0, &broker_id())], |row| {
            dates.push((row.value::<i32>(1), row.get::<chrono::NaiveDate>(3).is_some()));
        });
        dates.sort_unstable();
        assert_eq!(dates, [(1, false), (2, true), (3, false), (4, false), (5, false)]);
    }

    #[pg_test]
    fn a_column_is_not_read_as_another_type() {
        broker();
        let id = broker_id();
        let key = [Key::uuid(0, &id)];
        for message in [
            error_of(|| HOURS.scan(&key, |row| _ = row.get::<&str>(1))),
            error_of(|| HOURS.scan(&key, |row| _ = row.get::<Instant>(2))),
            error_of(|| HOURS.scan(&[Key::uuid(1, &broker_id())], |_| ())),
            error_of(|| HOURS.scan(&[Key::at(0, Instant(0))], |_| ())),
            error_of(|| {
                let backwards = [Key::after(1, Instant(0)), Key::uuid(0, &id)];
                BLOCKS.scan(&backwards, |_| ());
            }),
        ] {
            assert!(message.starts_with("assertion failed"), "{message}");
        }
        assert_eq!(weekdays().len(), 5);
    }

    #[pg_test]
    fn no_backtrace_is_taken() {
        use std::backtrace::{Backtrace, BacktraceStatus};
        assert_eq!(Backtrace::capture().status(), BacktraceStatus::Disabled);
        assert!(std::env::var_os("RUST_LIB_BACKTRACE").is_none());
    }
}
