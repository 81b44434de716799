//! Answers that are lost, and providers that are away.

use crate::world::{Start, World};
use crate::{caldav, google, microsoft};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use provider_fakes::server::Fault;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const ACCOUNTS: [Start; 3] = [google::start, microsoft::start, caldav::standin];

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_lost_answer_makes_no_second_event() {
    for start in ACCOUNTS {
        let mut world = World::new(start, "America/New_York");
        // Each calendar's first answer is lost, after the event has been made.
        let lost = Arc::new(Mutex::new(BTreeSet::new()));
        let creates = world.account.creates();
        let calendars = Arc::clone(&lost);
        world.account.server().unwrap().faults().judge(move |request| {
            let line = format!("{} {}", request.method(), request.uri().path());
            match line.starts_with(creates) && calendars.lock().unwrap().insert(line) {
                true => Fault::LoseAnswer,
                false => Fault::None,
            }
        });
        world.upsert("tax", "'Tax return', '2026-03-10'");
        let summary = world.round();
        assert_eq!((summary.written, summary.pushes_failed), (0, 2));
        assert_eq!(lost.lock().unwrap().len(), 2);
        assert_eq!(world.shown().map(|events| events.len()), [1, 1]);
        assert_eq!(world.one("select count(*) from calendar.obligation_mappings"), "0");
        // It has changed before it is written again.
        world.upsert("tax", "'Tax return 2025', '2026-03-10'");
        world.later(2);
        assert_eq!(world.round().written, 2);
        for calendar in world.account.calendars() {
            assert_eq!(world.only(&calendar).1.title, "Tax return 2025");
        }
        assert_eq!(world.open(), "0");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn after_an_hour_without_the_provider_all_is_written_and_bookings_first() {
    for start in ACCOUNTS {
        let mut world = World::new(start, "America/New_York");
        let is_away = Arc::new(Mutex::new(true));
        let away = Arc::clone(&is_away);
        world.account.server().unwrap().faults().judge(move |_| match *away.lock().unwrap() {
            true => Fault::Refuse(Box::new(StatusCode::SERVICE_UNAVAILABLE.into_response())),
            false => Fault::None,
        });
        for number in 0..5 {
            world
                .upsert(&format!("{number}"), &format!("'Deadline {number}', '2026-03-1{number}'"));
        }
        for _ in 0..4 {
            assert_eq!(world.round().written, 0);
            world.later(15);
        }
        world.book("2026-03-03T15:00Z");
        *is_away.lock().unwrap() = false;
        world.later(61);
        let summary = world.round();
        assert_eq!((summary.written, summary.pushes_failed), (11, 0));
        assert_eq!(world.open(), "0");
        let shown = world.shown();
        assert_eq!(shown.each_ref().map(Vec::len), [6, 5]);
        if world.account.provider() != "caldav" {
            assert!(!shown[0][0].is_free, "the booking was the first: {shown:?}");
        }
    }
}
