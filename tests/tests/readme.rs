//! The SQL of README.md does what it says.

use calendar_tests::Database;

#[test]
fn the_tour_of_the_readme_runs() {
    let readme = include_str!("../../README.md");
    let db = Database::new();
    let mut client = db.connect();
    let blocks: Vec<&str> = readme
        .split("```sql\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("a block has an end").0)
        .collect();
    assert!(blocks.len() > 3);
    for block in blocks {
        client.batch_execute(block).unwrap_or_else(|error| panic!("{error:?} in\n{block}"));
    }
    let bookings = client.query("select status from calendar.bookings", &[]).unwrap();
    let statuses: Vec<String> = bookings.iter().map(|row| row.get(0)).collect();
    assert_eq!(statuses, ["cancelled"]);
}
