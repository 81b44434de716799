//! How many slots visitors may hold.

use crate::support::{Page, TEN, text};
use calendar_tests::answer::{detail, refused};
use calendar_tests::{Caller, Postgrest, fixture};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::thread;

fn at(hour: usize) -> String {
    format!("2026-03-{:02}T{}:00:00Z", 3 + hour / 7, 14 + hour % 7)
}

#[test]
fn an_address_holds_three_slots_of_a_broker() {
    let mut page = Page::new(&[]);
    page.come_from("203.0.113.7");
    let tokens: Vec<_> = (0..3).map(|hour| page.token(&at(hour))).collect();
    let error = refused(page.hold(&at(3)), "PT429", "rate_limited");
    assert_eq!(detail(&error), json!({"retry_after": 600}));
    // A hold that moves is the same one.
    page.move_hold(&tokens[0], &at(3)).unwrap();
    // Another broker's slots, and another address, are no concern of it.
    fixture::broker(&mut page.admin, &[("slug", "eve"), ("public_booking", "true")]);
    page.call(&format!("hold_slot('eve', '{TEN}')")).unwrap();
    page.come_from("203.0.113.8");
    page.hold(&at(4)).unwrap();
    page.come_from("203.0.113.7");
    // What has become a booking is no hold any more, nor is one that was let go.
    page.complete(&tokens[1]).unwrap();
    page.hold(&at(5)).unwrap();
    refused(page.hold(&at(6)), "PT429", "rate_limited");
    page.call(&format!("cancel_own_booking('{}')", tokens[2])).unwrap();
    page.hold(&at(6)).unwrap();
    assert_eq!(
        page.read("select count(*)::text from calendar.booking_links where address_digest is null"),
        "1"
    );
    page.set_now("2026-03-02T14:10:00Z");
    page.come_from("203.0.113.7");
    page.hold(&at(7)).unwrap();
}

#[test]
fn visitors_hold_a_tenth_of_what_is_free() {
    // Ten days of 16 half hours, the first of which is over in part.
    let mut page = Page::new(&[]);
    let free: i64 = {
        let count = format!("select count(*) from calendar.get_available_slots('{}')", page.broker);
        page.admin.query_one(&count, &[]).unwrap().get(0)
    };
    let mut held = 0;
    let error = loop {
        page.come_from(&format!("203.0.113.{held}"));
        match page.hold(&at(held)) {
            Ok(_) => held += 1,
            Err(error) => break error,
        }
    };
    refused(Err::<(), _>(error), "PT429", "rate_limited");
    let (held, free) = (i64::try_from(held).unwrap(), free);
    // The n-th may be made while n - 1 are fewer than a tenth of what is then free.
    assert!(held >= (free - held) / 10 && held - 1 < (free - held + 1) / 10, "{held} of {free}");
    // Bookings are counted apart: the broker's own are not hindered.
    fixture::book(&mut page.admin, page.broker, "2026-03-12T14:00Z").unwrap();
}

#[test]
fn a_broker_with_few_free_slots_has_three_holds() {
    let mut page = Page::new(&[("booking_horizon_days", "1")]);
    for hour in 0..3 {
        page.come_from(&format!("203.0.113.{hour}"));
        page.hold(&format!("2026-03-02T{}:00:00Z", 17 + hour)).unwrap();
    }
    page.come_from("203.0.113.9");
    refused(page.hold("2026-03-02T20:00:00Z"), "PT429", "rate_limited");
}

#[test]
fn many_at_once_hold_no_more_than_the_limit() {
    let page = Page::new(&[]);
    let barrier = Barrier::new(8);
    let held = thread::scope(|scope| {
        let running: Vec<_> = (0..8)
            .map(|n| {
                let (db, barrier) = (&page.db, &barrier);
                scope.spawn(move || {
                    let mut visitor = db.connect_as(Caller::Anon);
                    let headers = json!({"x-forwarded-for": "203.0.113.7"}).to_string();
                    visitor
                        .execute("select set_config('request.headers', $1, false)", &[&headers])
                        .unwrap();
                    barrier.wait();
                    fixture::call(&mut visitor, &format!("hold_slot('ada', '{}')", at(n))).is_ok()
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).filter(|&held| held).count()
    });
    assert_eq!(held, 3);
}

#[test]
fn holds_do_not_use_up_the_bookings_of_an_hour() {
    let mut page = Page::new(&[("public_bookings_per_hour", "2")]);
    let tokens: Vec<_> = (0..3).map(|hour| page.token(&at(hour))).collect();
    page.complete(&tokens[0]).unwrap();
    page.complete(&tokens[1]).unwrap();
    let error = refused(page.complete(&tokens[2]), "PT429", "rate_limited");
    assert_eq!(detail(&error), json!({"retry_after": 3600}));
    // What is done already is said again.
    assert_eq!(page.complete(&tokens[0]).unwrap()["status"], "confirmed");
}

#[test]
fn a_browser_can_read_how_long_to_wait() {
    let page = Page::new(&[]);
    let postgrest = Postgrest::start(&page.db);
    let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", "203.0.113.7")];
    let hold = |hour| {
        let body = json!({"page": "ada", "slot_start": at(hour)}).to_string();
        postgrest.exchange("POST", "rpc/hold_slot", &headers, &body)
    };
    for hour in 0..3 {
        assert_eq!(hold(hour).status(), 200);
    }
    let refused = hold(3);
    assert_eq!(refused.status(), 429);
    let error: Value = serde_json::from_str(refused.body()).unwrap();
    let details: Value = serde_json::from_str(&text(&error["details"])).unwrap();
    assert_eq!(details, json!({"retry_after": 600}));
}
