//! Credentials, and what may be known of an account.

use crate::world::{ADA, STRANGER, World, forbidden, texts};
use calendar_tests::Caller;
use calendar_tests::answer::sqlstate;
use uuid::Uuid;

#[test]
fn neither_credentials_nor_how_to_reach_a_provider_can_be_read_by_brokers_or_visitors() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let mark = r#"update calendar.accounts set secret = 'hush-hush', settings = '{"url": "https://hush-hush"}' where true"#;
    superuser.batch_execute(mark).unwrap();
    let hidden = ["hush-hush", "687573682d68757368"];
    let all = texts(
        &mut superuser,
        "select format('select t::text from calendar.%I as t', c.relname) from pg_class as c
          where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'v', 'm')",
    );
    let calls = |id: Uuid| {
        [
            format!(
                "select to_jsonb(x)::text from calendar.explain_slot('{id}', '2026-03-03T15:00Z', '2026-03-03T16:00Z') as x"
            ),
            format!("select calendar.export_ics('{id}', '2026-03-01', '2026-04-01')"),
        ]
    };
    for caller in [Caller::Anon, Caller::User(ADA)] {
        let mut client = world.connect_as(caller);
        for statement in all.iter().cloned().chain(calls(world.ours.id)) {
            match client.query(&statement, &[]) {
                Ok(rows) => {
                    for row in rows {
                        let text: String = row.get(0);
                        let found = hidden.iter().any(|secret| text.contains(secret));
                        assert!(!found, "{caller:?} {statement}: {text}");
                    }
                }
                Err(error) => {
                    assert_eq!(sqlstate(&error), "42501", "{statement}");
                    let words = format!("{error:?}");
                    assert!(!hidden.iter().any(|secret| words.contains(secret)), "{words}");
                }
            }
        }
        for column in ["secret", "settings", "secret_key_id", "secret_version"] {
            for statement in [
                format!("select {column} from calendar.accounts"),
                format!("select 1 from calendar.accounts where {column} is not null"),
                format!("select 1 from calendar.accounts order by {column}"),
                format!("update calendar.accounts set {column} = {column} where true"),
                format!(
                    "update calendar.accounts set status = 'active' where true returning {column}"
                ),
            ] {
                forbidden(&mut client, &statement);
            }
        }
        // Nor by way of the planner's statistics.
        superuser.batch_execute("analyze calendar.accounts").unwrap();
        let statistics = "select s::text from pg_stats as s
                           where s.schemaname = 'calendar' and s.tablename = 'accounts'";
        assert_eq!(texts(&mut client, statistics), [""; 0], "{caller:?}");
    }
}

#[test]
fn health_is_shown_to_whom_the_calendar_belongs() {
    let world = World::new();
    let shown = "select calendar_id::text from calendar.sync_health order by 1";
    forbidden(&mut world.connect_as(Caller::Anon), shown);
    forbidden(&mut world.connect_as(Caller::Agent), shown);
    let ours = [world.ours.calendar.to_string()];
    assert_eq!(texts(&mut world.connect_as(Caller::User(ADA)), shown), ours);
    assert_eq!(texts(&mut world.connect_as(Caller::User(STRANGER)), shown), [""; 0]);
    assert_eq!(texts(&mut world.connect_as(Caller::Service), shown).len(), 2);
    let report = "select calendar_id::text from calendar_sync.sync_report()";
    assert_eq!(texts(&mut world.connect_as(Caller::Agent), report).len(), 2);
}
