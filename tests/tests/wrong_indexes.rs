//! What a live session answers when a table or an index that it reads from becomes something
//! else under the same name: the right answer, or an error that says what is wrong.

use calendar_tests::answer::{message, sqlstate};
use calendar_tests::{Database, fixture};
use postgres::{Client, Config, Error, NoTls};
use serde_json::json;
use std::sync::Mutex;
use uuid::Uuid;

/// What a session is asked, with `B` for the broker and `C` for its calendar.
const QUESTIONS: [&str; 6] = [
    "select slot_start::text from calendar.get_available_slots('B', '2026-03-02Z', '2026-03-09Z')",
    "select starts_at::text from calendar.get_busy('B', '2026-03-02Z', '2026-03-09Z')",
    // Beyond what is derived in advance.
    "select starts_at::text from calendar.get_busy('B', '2030-03-02Z', '2030-05-09Z')",
    "select calendar.explain_slot('B', '2026-03-03 15:00Z', '2026-03-03 15:30Z')::text",
    "select calendar.check_availability('B', 'tomorrow')::text",
    "select calendar.try_book('B', '2026-03-04 15:00Z', lead_email => 'Ada@example.org', idempotency_key => 'again') #>> '{booking,id}'",
];

/// A broker with something in every table that is read, and a session that has read it all.
struct Scene {
    db: Database<'static>,
    admin: Client,
    session: Client,
    questions: [String; 6],
    answers: Vec<Vec<String>>,
}

impl Scene {
    fn new() -> Self {
        let db = Database::new();
        let (mut admin, session) = (db.connect(), db.connect());
        // Another broker's rows must not be taken for this one's.
        let [_, broker] = ["Other", "Ada"].map(|name| Self::broker(&mut admin, name));
        let questions = QUESTIONS.map(|query| query.replace("'B'", &format!("'{broker}'")));
        let mut scene = Self { db, admin, session, questions, answers: vec![] };
        scene.answers = scene.ask().into_iter().map(Result::unwrap).collect();
        assert!(scene.answers.iter().all(|answer| !answer.is_empty()), "{:?}", scene.answers);
        scene
    }

    fn broker(admin: &mut Client, name: &str) -> Uuid {
        let broker = fixture::broker(admin, &[("name", name)]);
        let calendar = fixture::calendar(admin, broker, &[]);
        for weekday in 1..=5 {
            fixture::working_hours(admin, broker, weekday, "09:00", "17:00");
        }
        let noon = ["2026-03-05 17:00Z", "2026-03-05 18:00Z"];
        fixture::hours_override(admin, broker, "block", noon[0], noon[1], &[]);
        let events = json!([
            {"external_event_id": "one", "starts_at": "2026-03-03T15:00:00Z", "ends_at": "2026-03-03T16:00:00Z"},
            {"external_event_id": "series", "starts_at": "2026-03-02T18:00:00Z", "ends_at": "2026-03-02T19:00:00Z",
             "timezone": "America/New_York", "recurrence": "RRULE:FREQ=WEEKLY"},
        ]);
        fixture::events(admin, calendar, &events);
        fixture::call(
            admin,
            &format!(
                "book_calendar_slot('{broker}', '2026-03-04T15:00Z', lead_email => '{name}@example.org',
                                    idempotency_key => 'again')"
            ),
        )
        .unwrap();
        broker
    }

    fn ask(&mut self) -> Vec<Result<Vec<String>, Error>> {
        let ask = |question: &String| {
            let rows = self.session.query(question, &[])?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        };
        self.questions.iter().map(ask).collect()
    }

    /// Asserts that every answer is right, or is an error that names the table.
    #[track_caller]
    fn assert_right_or_refused(&mut self, change: &str, refusal: Option<&str>) {
        let mut refused = 0;
        for (answer, right) in self.ask().into_iter().zip(self.answers.clone()) {
            match answer {
                Ok(answer) => assert_eq!(answer, right, "{change}"),
                Err(error) => {
                    let refusal = refusal.unwrap_or_else(|| panic!("{change}: {error:?}"));
                    assert_eq!(sqlstate(&error), "55000", "{change}: {error:?}");
                    assert!(message(&error).contains(refusal), "{change}: {error:?}");
                    refused += 1;
                }
            }
        }
        assert_eq!(refused > 0, refusal.is_some(), "{change}");
    }

    /// Makes a change while the session lives, and then its opposite.
    fn change(&mut self, change: &str, back: &str, refusal: Option<&str>) {
        self.admin.batch_execute(change).unwrap_or_else(|e| panic!("{change}: {e:?}"));
        self.assert_right_or_refused(change, refusal);
        self.admin.batch_execute(back).unwrap_or_else(|e| panic!("{back}: {e:?}"));
        self.assert_right_or_refused(back, None);
    }
}

/// Indexes that do not serve, or not as the usual one does; `I` is its name.
const INDEXES: [&str; 14] = [
    "create index I on calendar.busy_blocks using hash (broker_id)",
    "create index I on calendar.busy_blocks using gist (broker_id, starts_at) include (ends_at, event_id)",
    "create index I on calendar.busy_blocks using brin (broker_id, starts_at)",
    "create index I on calendar.busy_blocks (broker_id, starts_at) include (ends_at, event_id) where starts_at < '2026-03-03Z'",
    "create index I on calendar.busy_blocks (broker_id, starts_at) include (ends_at, event_id) where broker_id is null",
    "create index I on calendar.busy_blocks (starts_at, broker_id) include (ends_at, event_id)",
    "create index I on calendar.busy_blocks (broker_id, (starts_at at time zone 'UTC')) include (ends_at, event_id)",
    "create index I on calendar.busy_blocks (broker_id, ends_at) include (starts_at, event_id)",
    "create index I on calendar.busy_blocks (broker_id) include (starts_at, ends_at, event_id)",
    "create index I on calendar.busy_blocks (broker_id, starts_at)",
    "create index I on calendar.busy_blocks (broker_id desc, starts_at desc nulls last) include (event_id, ends_at)",
    "create index I on calendar.busy_blocks (broker_id, starts_at, ends_at, event_id, calendar_id)",
    "create index I on calendar.bookings (broker_id, slot_start)",
    "create view calendar.I as select 1",
];

#[test]
fn an_index_that_became_another_is_not_read_as_if_it_were_the_same() {
    let mut scene = Scene::new();
    const NAME: &str = "busy_blocks_broker_id_starts_at_idx";
    let right = format!(
        "create index {NAME} on calendar.busy_blocks (broker_id, starts_at) include (ends_at, event_id)"
    );
    scene.change(&format!("drop index calendar.{NAME}"), &right, None);
    for index in INDEXES {
        let change = format!(
            "drop index calendar.{NAME}; {}",
            index.replace(" I ", &format!(" {NAME} ")).replace(".I ", &format!(".{NAME} "))
        );
        let kind = if index.starts_with("create view") { "view" } else { "index" };
        scene.change(&change, &format!("drop {kind} calendar.{NAME}; {right}"), None);
    }
    let rename = |from: &str, to: &str| format!("alter index calendar.{from} rename to {to}");
    scene.change(&rename(NAME, "other"), &rename("other", NAME), None);
    for valid in ["indisvalid", "indisready"] {
        let set = |value| {
            format!(
                "update pg_index set {valid} = {value} where indexrelid = 'calendar.{NAME}'::regclass"
            )
        };
        scene.change(&set(false), &set(true), None);
    }
}

#[test]
fn indexes_that_are_built_again_serve_at_once() {
    let mut scene = Scene::new();
    for statement in [
        "reindex index concurrently calendar.busy_blocks_broker_id_starts_at_idx",
        "reindex table concurrently calendar.bookings",
        "reindex schema calendar",
        "vacuum full calendar.busy_blocks",
        "cluster calendar.bookings using bookings_pkey",
    ] {
        scene.change(statement, "select 1", None);
    }
}

#[test]
fn keys_of_text_are_read_by_an_index_of_their_own_order_alone() {
    let mut scene = Scene::new();
    const KEY: &str = "alter table calendar.events add constraint events_external_event_id_key
                       unique nulls not distinct (calendar_id, external_event_id, recurrence_id)";
    for index in [
        r#"create unique index K on calendar.events (calendar_id, external_event_id collate "und-x-icu", recurrence_id) nulls not distinct"#,
        "create unique index K on calendar.events (calendar_id, external_event_id text_pattern_ops, recurrence_id) nulls not distinct",
        "create unique index K on calendar.events (external_event_id, calendar_id, recurrence_id) nulls not distinct",
    ] {
        let index = index.replace(" K ", " events_external_event_id_key ");
        let change = format!(
            "alter table calendar.events drop constraint events_external_event_id_key; {index}"
        );
        let back = format!("drop index calendar.events_external_event_id_key; {KEY}");
        scene.change(
            &change,
            &back,
            Some("calendar.events must have a btree index on (calendar_id, external_event_id)"),
        );
    }
    let wider = "drop index calendar.bookings_idempotency;
                 create unique index bookings_idempotency on calendar.bookings (broker_id, idempotency_key)
                  where idempotency_key is not null and status <> 'confirmed'";
    let back = "drop index calendar.bookings_idempotency;
                create unique index bookings_idempotency on calendar.bookings (broker_id, idempotency_key)
                 where idempotency_key is not null";
    scene.change(wider, back, None);
}

#[test]
fn what_is_no_plain_table_is_refused_by_name() {
    let mut scene = Scene::new();
    let away = "alter table calendar.busy_blocks rename to blocks_away;";
    let back = |kind: &str| {
        format!(
            "drop {kind} calendar.busy_blocks; alter table calendar.blocks_away rename to busy_blocks"
        )
    };
    let columns = "(like calendar.blocks_away)";
    for (kind, make, refusal) in [
        ("view", "create view calendar.busy_blocks as select * from calendar.blocks_away".to_owned(), "be an ordinary table"),
        ("materialized view", "create materialized view calendar.busy_blocks as select * from calendar.blocks_away".to_owned(), "be an ordinary table"),
        ("table", "create table calendar.busy_blocks (like calendar.blocks_away) partition by range (starts_at)".to_owned(), "be an ordinary table"),
        ("sequence", "create sequence calendar.busy_blocks".to_owned(), "be an ordinary table"),
        ("table", format!("create table calendar.busy_blocks {columns}; alter table calendar.busy_blocks drop column ends_at"), "have a column \"ends_at\" of type timestamptz"),
        ("table", format!("create table calendar.busy_blocks {columns}; alter table calendar.busy_blocks alter starts_at type timestamp"), "have a column \"starts_at\" of type timestamptz"),
        ("table", format!("create table calendar.busy_blocks {columns}; alter table calendar.busy_blocks rename ends_at to until"), "have a column \"ends_at\" of type timestamptz"),
    ] {
        let refusal = format!("calendar.busy_blocks must {refusal}");
        scene.change(&format!("{away} {make}"), &back(kind), Some(&refusal));
    }
    scene.change(
        away,
        "alter table calendar.blocks_away rename to busy_blocks",
        Some("calendar.busy_blocks must exist"),
    );
    scene.change(
        "create table calendar.child () inherits (calendar.busy_blocks)",
        "drop table calendar.child",
        Some("calendar.busy_blocks must have no tables that inherit from it"),
    );
    scene.change(
        "alter table calendar.busy_blocks drop constraint busy_blocks_pkey;
         alter table calendar.busy_blocks alter starts_at drop not null",
        "alter table calendar.busy_blocks alter starts_at set not null;
         alter table calendar.busy_blocks add primary key (event_id, starts_at)",
        None,
    );
}

#[test]
fn a_column_more_harms_no_session() {
    let mut scene = Scene::new();
    for table in ["busy_blocks", "bookings", "brokers", "calendars", "working_hours", "events"] {
        let change =
            format!("alter table calendar.{table} add column more text not null default 'x'");
        scene.change(&change, &format!("alter table calendar.{table} drop column more"), None);
    }
}

#[test]
fn a_transaction_sees_what_it_changed_itself() {
    let mut scene = Scene::new();
    scene.session.batch_execute("begin").unwrap();
    for statement in [
        "drop index calendar.busy_blocks_broker_id_starts_at_idx",
        "create index other on calendar.busy_blocks (broker_id, starts_at)",
        "savepoint s; drop index calendar.other; drop index calendar.bookings_idempotency",
        "rollback to s",
        "reindex table calendar.bookings",
    ] {
        scene.session.batch_execute(statement).unwrap();
        scene.assert_right_or_refused(statement, None);
    }
    scene.session.batch_execute("rollback").unwrap();
    scene.assert_right_or_refused("rollback", None);
}

#[test]
fn an_old_snapshot_does_not_use_an_index_that_does_not_know_its_rows() {
    let mut scene = Scene::new();
    let Scene { admin, session, .. } = &mut scene;
    for statement in [
        "drop index calendar.busy_blocks_broker_id_starts_at_idx",
        // No index may have a column that changes.
        "alter table calendar.busy_blocks drop constraint busy_blocks_pkey",
        // Room for the new versions beside the old ones.
        "alter table calendar.busy_blocks set (fillfactor = 30)",
        "vacuum full calendar.busy_blocks",
    ] {
        admin.batch_execute(statement).unwrap();
    }
    session.batch_execute("begin isolation level repeatable read").unwrap();
    scene.assert_right_or_refused("a new snapshot", None);
    // The new index has only the new versions of rows that stay in their chains.
    for statement in [
        "update calendar.busy_blocks
            set starts_at = starts_at + interval '2 hours', ends_at = ends_at + interval '2 hours'",
        "create index blocks on calendar.busy_blocks (broker_id, starts_at) include (ends_at, event_id)",
    ] {
        scene.admin.batch_execute(statement).unwrap();
    }
    let waits = "select indcheckxmin from pg_index where indexrelid = 'calendar.blocks'::regclass";
    assert!(scene.admin.query_one(waits, &[]).unwrap().get::<_, bool>(0));
    scene.assert_right_or_refused("an old snapshot", None);
    scene.session.batch_execute("rollback").unwrap();
    let [old, new] = [scene.answers[1].clone(), scene.ask().swap_remove(1).unwrap()];
    assert!(!new.is_empty() && old != new, "{new:?}");
}

#[test]
fn a_slow_table_is_warned_of_once() {
    static WARNINGS: Mutex<Vec<String>> = Mutex::new(vec![]);
    let mut scene = Scene::new();
    let mut config: Config = scene.db.url().parse().unwrap();
    config.notice_callback(|notice| WARNINGS.lock().unwrap().push(notice.message().to_owned()));
    let mut session = config.connect(NoTls).unwrap();
    session.query(&scene.questions[0], &[]).unwrap();
    assert!(WARNINGS.lock().unwrap().is_empty());
    scene.admin.batch_execute("drop index calendar.busy_blocks_broker_id_starts_at_idx").unwrap();
    for _ in 0..2 {
        session.query(&scene.questions[0], &[]).unwrap();
    }
    let warning = "calendar.busy_blocks should have a btree index on (broker_id, starts_at); \
                   without it the whole table is read";
    assert_eq!(*WARNINGS.lock().unwrap(), [warning]);
}
