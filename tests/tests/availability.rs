//! `get_available_slots` through SQL: the rules of availability.

use calendar_tests::{Database, fixture};

#[test]
fn a_broker_without_hours_works_from_nine_to_five() {
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let slots = fixture::slots(&mut client, broker, "2026-03-03", "2026-03-04").unwrap();
    assert_eq!(slots.len(), 16);
    assert_eq!(slots[0], "2026-03-03T14:00:00Z");
}
