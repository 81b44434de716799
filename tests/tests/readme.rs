//! The SQL of the documents does what it says, and returns what they show.

use calendar_tests::answer::{detail, refused};
use calendar_tests::shown::assert_shown;
use calendar_tests::{Cluster, Database};
use postgres::{Client, SimpleQueryMessage};
use std::fs;
use std::path::Path;

/// The blocks of a document.
fn blocks(document: &str) -> Vec<&str> {
    let blocks = document.split("```sql\n").skip(1);
    blocks.map(|rest| rest.split_once("```").expect("a block has an end").0).collect()
}

/// Runs the SQL of a document, block by block, and compares what a statement
/// returns with the comment right below it. Returns the number of those.
#[track_caller]
fn run(client: &mut Client, document: &str) -> usize {
    let mut compared = 0;
    for block in blocks(document) {
        let mut lines = block.lines().peekable();
        while lines.peek().is_some() {
            let (mut sql, mut shown) = (String::new(), String::new());
            for line in lines.by_ref() {
                sql += &format!("{line}\n");
                if line.ends_with(';') {
                    break;
                }
            }
            while let Some(line) = lines.next_if(|line| line.starts_with("--")) {
                shown += line.trim_start_matches("--");
            }
            let answers = client.simple_query(&sql).unwrap_or_else(|e| panic!("{e:?} in\n{sql}"));
            if !shown.is_empty() {
                let [row] = answers.iter().filter_map(row).collect::<Vec<_>>()[..] else {
                    panic!("one row is shown for {sql}");
                };
                assert_shown(&shown, &serde_json::from_str(row).unwrap());
                compared += 1;
            }
        }
    }
    compared
}

/// The only column of a row.
fn row(message: &SimpleQueryMessage) -> Option<&str> {
    match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    }
}

fn bookings(client: &mut Client) -> Vec<String> {
    let statuses = "select status from calendar.bookings order by created_at, status";
    client.query(statuses, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_tour_of_the_readme_runs_and_returns_what_it_shows() {
    let db = Database::new();
    let mut client = db.connect();
    let readme = include_str!("../../README.md");
    assert_eq!(run(&mut client, readme), 6);
    assert_eq!(bookings(&mut client), ["cancelled"]);
}

/// The refusal is shown below the booking that it refuses to make again.
#[test]
fn the_refusal_of_the_readme_is_the_one_that_comes() {
    let db = Database::new();
    let mut client = db.connect();
    let (tour, rest) = include_str!("../../README.md").split_once("```json\n").unwrap();
    run(&mut client, tour);
    let again = "select calendar.book_calendar_slot(broker_id, slot_start, lead_name => 'Eve')
                   from calendar.bookings";
    let error = refused(client.batch_execute(again), "PT409", "slot_unavailable");
    assert_shown(rest.split_once("```").unwrap().0, &detail(&error));
}

#[test]
fn the_cookbook_runs() {
    let db = Database::new();
    let mut client = db.connect();
    let cookbook = include_str!("../../docs/cookbook.md");
    assert!(blocks(cookbook).len() >= 9);
    run(&mut client, cookbook);
    assert_eq!(bookings(&mut client), ["cancelled", "confirmed"]);
}

/// As it is read, from what is wrong to a broker who leaves.
#[test]
fn the_runbook_runs() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = calendar_tests::fixture::broker(&mut client, &[("name", "Ann")]);
    calendar_tests::fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let runbook = include_str!("../../docs/runbook.md");
    assert!(blocks(runbook).len() >= 8);
    let (before, last) = runbook.rsplit_once("```sql").unwrap();
    run(&mut client, before);
    assert_eq!(bookings(&mut client), ["cancelled"]);
    run(&mut client, &format!("```sql{last}"));
    assert_eq!(bookings(&mut client), [""; 0]);
}

/// Roles, extension, PostgREST's access, and the way back, on a server that has none of it.
#[test]
fn the_pages_on_postgrest_and_the_agent_run_on_a_new_server() {
    let cluster = Cluster::bare(&[]);
    let db = cluster.empty_database();
    let mut client = db.connect();
    let agent = include_str!("../../docs/agent.md");
    let (set_up, uninstalling) = agent.split_once("## Uninstalling").unwrap();
    run(&mut client, include_str!("../../docs/postgrest.md"));
    run(&mut client, set_up);
    let may = "select has_function_privilege('anon', 'calendar.feed(text)', 'execute')
                      and pg_has_role('sync_agent', 'calendar_agent', 'member')";
    assert!(client.query_one(may, &[]).unwrap().get::<_, bool>(0));
    run(&mut client, uninstalling);
    let left = "select (select count(*) from pg_namespace where nspname like 'calendar%')
                     + (select count(*) from pg_roles where rolname like 'calendar%')";
    assert_eq!(client.query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
}

/// An UPDATE, a DELETE or a call for each row of a table names which rows it means.
#[test]
fn no_example_changes_every_row() {
    for (page, text) in [
        ("README.md", include_str!("../../README.md")),
        ("docs/cookbook.md", include_str!("../../docs/cookbook.md")),
        ("docs/agent.md", include_str!("../../docs/agent.md")),
        ("docs/runbook.md", include_str!("../../docs/runbook.md")),
    ] {
        for block in blocks(text) {
            for statement in block.split(";\n") {
                let changes =
                    ["update ", "delete ", "cancel_booking(", "revoke_feed(", "confirm_booking("]
                        .iter()
                        .any(|word| statement.contains(word));
                let reads_table = statement.contains("from calendar.bookings")
                    || statement.contains("from calendar.feeds");
                assert!(
                    !changes
                        || !reads_table
                        || statement.contains("where") && statement.contains('='),
                    "{page}: {statement}"
                );
            }
        }
    }
}

/// Links between documents lead somewhere.
#[test]
fn no_link_between_the_documents_is_broken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for page in [
        "README.md",
        "CONTRIBUTING.md",
        "DESIGN.md",
        "SECURITY.md",
        "n8n/README.md",
        "examples/hooks/README.md",
        "examples/supabase-js/README.md",
        "docs/agent.md",
        "docs/command-line.md",
        "docs/cookbook.md",
        "docs/connecting.md",
        "docs/errors.md",
        "docs/messages.md",
        "docs/postgrest.md",
        "docs/runbook.md",
        "docs/settings.md",
        "docs/widget.md",
        "docs/reference/functions.md",
        "docs/reference/tables.md",
    ] {
        let text = fs::read_to_string(root.join(page)).unwrap_or_else(|e| panic!("{page}: {e}"));
        for link in text.split("](").skip(1) {
            let (link, _) = link.split_once(')').unwrap();
            let (file, _) = link.split_once('#').unwrap_or((link, ""));
            let is_there = file.is_empty()
                || file.contains("://")
                || root.join(page).with_file_name(file).exists();
            assert!(is_there, "{page} links to {link}");
        }
    }
}
