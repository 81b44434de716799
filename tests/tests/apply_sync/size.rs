//! Large batches.

use crate::support::{counts, start, sync};
use serde_json::json;

#[test]
fn a_hundred_thousand_events_land_in_one_batch() {
    const EVENTS: usize = 100_000;
    let (mut client, _, calendar) = start();
    let event = |n: usize| {
        let (day, minute) = (n % 28 + 1, n / 28 % 1439);
        let at =
            |minute: usize| format!("2026-04-{day:02}T{:02}:{:02}:00Z", minute / 60, minute % 60);
        let mut event = json!({"external_event_id": format!("event {n}"), "title": "Meeting",
                               "starts_at": at(minute), "ends_at": at(minute + 1)});
        // As many malformed ones as a broken provider sends.
        if n.is_multiple_of(100) {
            event["starts_at"] = json!("maybe");
        }
        event
    };
    let batch = json!({"events": (0..EVENTS).map(event).collect::<Vec<_>>(), "full": true,
                       "window_start": "2026-01-01T00:00:00Z", "window_end": "2027-01-01T00:00:00Z"});
    client.batch_execute("set statement_timeout = '120s'").unwrap();
    let fine = (EVENTS - EVENTS / 100) as u64;
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [fine, 0, 0, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &batch)), [0, 0, 0, fine]);
    let half: Vec<_> = (0..EVENTS / 2).map(|n| format!("event {n}")).collect();
    let deleted = json!({"deleted": half});
    assert_eq!(counts(&sync(&mut client, calendar, &deleted)), [0, 0, fine / 2, 0]);
    assert_eq!(counts(&sync(&mut client, calendar, &json!({"full": true}))), [0, 0, fine / 2, 0]);
}
