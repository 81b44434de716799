//! iCalendar feeds: what is read, and what is asked.

mod support;

use calendar_providers::feed::{self, Seen};
use engine::time::Zone;
use serde_json::json;
use support::read_as_expected;

#[test]
fn feeds_are_read_as_expected() {
    let zone = Zone::iana("America/New_York").unwrap();
    read_as_expected("feed", 2, |_, body| match feed::read(body, &zone, &[]) {
        Ok(page) => serde_json::from_str(&page.to_json()).unwrap(),
        Err(malformed) => json!({"malformed": malformed.0}),
    });
}

#[test]
fn addresses_are_taken_as_people_give_them() {
    for (given, url) in [
        ("webcal://example.com/a.ics", "https://example.com/a.ics"),
        (" WEBCALS://example.com/a.ics\n", "https://example.com/a.ics"),
        ("https://example.com/a.ics?x=1", "https://example.com/a.ics?x=1"),
        ("http://example.com", "http://example.com/"),
    ] {
        assert_eq!(feed::url(given).unwrap().as_str(), url);
    }
    for given in ["", "example.com/a.ics", "webcal://"] {
        feed::url(given).unwrap_err();
    }
}

#[test]
fn a_request_bears_what_was_seen() {
    let url = feed::url("https://us%20er:pass@example.com/a.ics?k=1#part").unwrap();
    let request = feed::request(&url, None);
    assert_eq!(request.uri(), "https://example.com/a.ics?k=1");
    assert_eq!(request.headers()["authorization"], "Basic dXMgZXI6cGFzcw==");
    assert!(request.headers()["authorization"].is_sensitive());
    let seen = Seen {
        etag: Some("W/\"1\"".into()),
        last_modified: Some("Sat".into()),
        digest: 1,
        of: "host/1".into(),
    };
    let request = feed::request(&url, Some(&seen));
    assert_eq!(request.headers()["if-none-match"], "W/\"1\"");
    assert!(!request.headers().contains_key("if-modified-since"));
    let request = feed::request(&url, Some(&Seen { etag: None, ..seen.clone() }));
    assert_eq!(request.headers()["if-modified-since"], "Sat");
    assert_eq!(Seen::parse(&seen.to_token()), Some(seen));
    assert_eq!(Seen::parse("other"), None);
    // As earlier versions wrote it.
    assert_eq!(Seen::parse(r#"{"digest":1}"#), Some(Seen { digest: 1, ..Seen::default() }));
}

#[test]
fn what_changes_each_time_does_not_count() {
    let digest = |lines: &[&str]| feed::digest(lines.join("\r\n").as_bytes());
    let one = digest(&["BEGIN:VEVENT", "DTSTAMP:1", "SUMMARY:a", " b", "END:VEVENT"]);
    assert_eq!(one, digest(&["BEGIN:VEVENT", "DTSTAMP:2", " 3", "SUMMARY:a", " b", "END:VEVENT"]));
    assert_eq!(
        one,
        digest(&[
            "BEGIN:VEVENT",
            "x-feed-generated-at;TZ=b:2",
            "LAST-MODIFIED:1",
            "SUMMARY:a",
            " b",
            "END:VEVENT"
        ])
    );
    // What is stored must be found again by every later version.
    assert_eq!(one, 3952837620770920176);
    for other in [
        vec!["BEGIN:VEVENT", "SUMMARY:a", " c", "END:VEVENT"],
        vec!["BEGIN:VEVENT", "SUMMARY:a", "DTSTAMP:1", " b", "END:VEVENT"],
        vec!["BEGIN:VEVENT", "X-BUSY:1", "SUMMARY:a", " b", "END:VEVENT"],
    ] {
        assert_ne!(one, digest(&other), "{other:?}");
    }
}
