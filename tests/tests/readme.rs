//! The SQL of the documents does what it says.

use calendar_tests::Database;
use postgres::Client;

/// Runs the blocks of a document one after the other.
#[track_caller]
fn run(client: &mut Client, document: &str, at_least: usize) {
    let blocks: Vec<&str> = document
        .split("```sql\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("a block has an end").0)
        .collect();
    assert!(blocks.len() >= at_least, "{} blocks", blocks.len());
    for block in blocks {
        client.batch_execute(block).unwrap_or_else(|error| panic!("{error:?} in\n{block}"));
    }
}

fn bookings(client: &mut Client) -> Vec<String> {
    let statuses = "select status from calendar.bookings order by created_at, status";
    client.query(statuses, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_tour_of_the_readme_runs() {
    let db = Database::new();
    let mut client = db.connect();
    run(&mut client, include_str!("../../README.md"), 4);
    assert_eq!(bookings(&mut client), ["cancelled"]);
}

#[test]
fn the_cookbook_runs() {
    let db = Database::new();
    let mut client = db.connect();
    run(&mut client, include_str!("../../docs/cookbook.md"), 9);
    assert_eq!(bookings(&mut client), ["cancelled", "confirmed"]);
}
