//! Events that mirror bookings.

use crate::support::{blocks, counts, hour, start, sync, texts};
use calendar_tests::fixture;
use serde_json::json;
use uuid::Uuid;

#[test]
fn an_event_that_mirrors_a_booking_knows_it() {
    let (mut client, broker, calendar) = start();
    let other = fixture::broker(&mut client, &[]);
    let mut booked = |broker: Uuid, start: &str| {
        let booking = fixture::book(&mut client, broker, start).unwrap();
        booking["id"].as_str().unwrap().to_owned()
    };
    let ours = booked(broker, "2026-03-03T15:00Z");
    let foreign = booked(other, "2026-03-03T15:00Z");
    let batch = json!({"events": [
        hour(&format!("bk-{ours}@calendar-ext"), 3, 15),
        hour(&format!("bk-{foreign}@calendar-ext"), 3, 17),
        hour(&format!("bk-{}@calendar-ext", Uuid::nil()), 3, 18),
        hour("bk-not-a-uuid@calendar-ext", 3, 19),
        hour(&format!("x-bk-{ours}@calendar-ext"), 3, 20),
    ]});
    sync(&mut client, calendar, &batch);
    let mirrors = "select booking_id::text from calendar.events where booking_id is not null";
    assert_eq!(texts(&mut client, mirrors), std::slice::from_ref(&ours));
    // It lasts longer than the booking.
    let taken =
        ["03 15:30-16:00", "03 17:00-18:00", "03 18:00-19:00", "03 19:00-20:00", "03 20:00-21:00"];
    assert_eq!(blocks(&mut client), taken);
    assert_eq!(counts(&sync(&mut client, calendar, &batch))[3], 5);
    // When the booking is gone for good, what is left is an event like others.
    client.execute("delete from calendar.bookings where id::text = $1", &[&ours]).unwrap();
    assert_eq!(blocks(&mut client)[0], "03 15:00-16:00");
}

#[test]
fn an_event_known_by_its_mapping_is_a_mirror() {
    let (mut client, broker, calendar) = start();
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let booking = booking["id"].as_str().unwrap();
    let map = "insert into calendar.event_mappings (booking_id, calendar_id, external_event_id)
               values ($1::text::uuid, $2, 'provider-7')";
    client.execute(map, &[&booking, &calendar]).unwrap();
    sync(&mut client, calendar, &json!({"events": [hour("provider-7", 3, 15)]}));
    assert_eq!(blocks(&mut client), ["03 15:30-16:00"]);
    // In another calendar the same id is another event.
    let second = fixture::calendar(&mut client, broker, &[("is_primary", "false")]);
    sync(&mut client, second, &json!({"events": [hour("provider-7", 3, 15)]}));
    assert_eq!(blocks(&mut client), ["03 15:00-16:00", "03 15:30-16:00"]);
}
