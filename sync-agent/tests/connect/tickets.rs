//! What begins it: a ticket, once, for a while, from a page of ours.

use crate::world::{Browser, World};
use calendar_tests::NOW;
use chrono::{DateTime, TimeDelta, Utc};
use http::Method;

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn tickets_end_and_forms_of_other_sites_are_refused() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let broker = world.broker;
    let address = world.begin(&format!("'caldav', '{broker}'"));
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    for headers in [
        vec![],
        vec![("Origin", "https://evil.example")],
        vec![("Origin", "null")],
        vec![("Sec-Fetch-Site", "cross-site"), ("Origin", desk.origin.as_str())],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Sec-Fetch-Site", "same-origin"), ("Origin", "https://evil.example")],
    ] {
        let headers = [&form[..], &headers].concat();
        browser.send(Method::POST, &address, &headers, "").says(403, "sent from another site");
    }
    browser.get(&address).says(200, "Continue");
    let now: DateTime<Utc> = NOW.parse().unwrap();
    world.db.set_now(&(now + TimeDelta::seconds(601)).to_rfc3339());
    // The pool's sessions have the old clock: this is another agent's.
    let later = world.desk();
    let address = address.replace(&desk.origin, &later.origin);
    browser.get(&address).says(404, "This link works no longer");
    browser.post(&address, &[]).says(404, "This link works no longer");
    browser
        .get(&format!("{}/calendar/connect/{}", later.origin, "x".repeat(5000)))
        .says(404, "no longer");
    // Styles are there for every page.
    for style in ["calendar.css", "connect.css"] {
        let style = browser.get(&format!("{}/calendar/connect/{style}", later.origin));
        assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_address_that_asks_too_often_waits() {
    let world = World::new();
    let desk = world.desk();
    let browser = world.browser();
    let url = format!("{}/calendar/oauth/google/callback?state=x", desk.origin);
    let refused = (0..30).filter(|_| browser.get(&url).status() == 429).count();
    assert_eq!(refused, 10);
    browser.get(&url).says(429, "too often");
    let other = Browser { address: "192.0.2.2".into(), ..world.browser() };
    other.get(&url).says(404, "");
    // Only what the proxy added counts.
    let forged = Browser { address: "198.51.100.7, 192.0.2.1".into(), ..world.browser() };
    forged.get(&url).says(429, "too often");
}
