//! `get_busy`.

use crate::support::invalid;
use calendar_tests::{Scene, fixture};
use postgres::Client;

#[test]
fn busy_time_is_merged_clipped_and_without_buffers() {
    let Scene { db, mut client, broker } =
        Scene::new(&[("buffer_before_minutes", "15"), ("buffer_after_minutes", "15")]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let quiet = [("is_primary", "false"), ("blocks_availability", "false")];
    let quiet = fixture::calendar(&mut client, broker, &quiet);
    let at = |time: &str| format!("2026-03-03T{time}:00Z");
    for (id, start, end) in
        [("a", "10:00", "14:30"), ("b", "14:00", "14:45"), ("c", "17:00", "23:00")]
    {
        fixture::event(&mut client, calendar, id, &at(start), &at(end));
    }
    fixture::event(&mut client, quiet, "d", &at("10:00"), &at("23:00"));
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    fixture::call(
        &mut client,
        &format!("book_calendar_slot('{broker}', '2026-03-03T16:00Z', hold_minutes => 5)"),
    )
    .unwrap();
    let busy = |client: &mut Client| -> Vec<String> {
        let query = "select to_char(starts_at, 'HH24:MI-') || to_char(ends_at, 'HH24:MI')
                       from calendar.get_busy($1, '2026-03-03T12:00Z', '2026-03-03T20:00Z')";
        client.query(query, &[&broker]).unwrap().iter().map(|row| row.get(0)).collect()
    };
    let expected = ["12:00-14:45", "15:00-15:30", "16:00-16:30", "17:00-20:00"];
    assert_eq!(busy(&mut client), expected);
    db.set_now("2026-03-02T14:05:00Z");
    let after_the_hold = ["12:00-14:45", "15:00-15:30", "17:00-20:00"];
    assert_eq!(busy(&mut db.connect()), after_the_hold);
}

#[test]
fn get_busy_needs_all_its_arguments() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    for (arguments, words) in [
        ("null, '2026-03-02', '2026-03-03'".to_owned(), "broker_id must not be null"),
        (format!("'{broker}', null, '2026-03-03'"), "window_start must not be null"),
        (format!("'{broker}', '2026-03-02', null"), "window_end must not be null"),
    ] {
        invalid(&mut client, &format!("get_busy({arguments})"), words);
    }
}
