//! The SQL of the documents does what it says, and returns what they show.

use calendar_tests::Database;
use calendar_tests::answer::{detail, refused};
use calendar_tests::shown::assert_shown;
use postgres::{Client, SimpleQueryMessage};

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
    assert_eq!(run(&mut client, readme), 3);
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
