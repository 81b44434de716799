//! iCalendar feeds: what is read, and what is asked.

use calendar_providers::feed::{self, Seen};
use engine::time::Zone;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// What a page has of each feed in the fixtures' directory stands in the file of the
/// same name that ends in `.expected.json`. `CALENDAR_WRITE_FIXTURES=1` writes those,
/// to be read before they are kept.
#[test]
fn feeds_are_read_as_expected() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/feed");
    let mut seen = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "ics") {
            continue;
        }
        let zone = Zone::iana("America/New_York").unwrap();
        let read = match feed::read(&fs::read(&path).unwrap(), &zone, None) {
            Ok(page) => serde_json::from_str(&page.to_json()).unwrap(),
            Err(malformed) => json!({"malformed": malformed.0}),
        };
        let expected = path.with_extension("expected.json");
        if std::env::var_os("CALENDAR_WRITE_FIXTURES").is_some() {
            fs::write(&expected, serde_json::to_string_pretty(&read).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&fs::read(expected).unwrap()).unwrap();
        assert_eq!(read, expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 2, "{seen} fixtures");
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
    let seen = Seen { etag: Some("W/\"1\"".into()), last_modified: Some("Sat".into()), digest: 1 };
    let request = feed::request(&url, Some(&seen));
    assert_eq!(request.headers()["if-none-match"], "W/\"1\"");
    assert!(!request.headers().contains_key("if-modified-since"));
    let request = feed::request(&url, Some(&Seen { etag: None, ..seen.clone() }));
    assert_eq!(request.headers()["if-modified-since"], "Sat");
    assert_eq!(Seen::parse(&seen.to_token()), Some(seen));
    assert_eq!(Seen::parse("other"), None);
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
    for other in [
        vec!["BEGIN:VEVENT", "SUMMARY:a", " c", "END:VEVENT"],
        vec!["BEGIN:VEVENT", "SUMMARY:a", "DTSTAMP:1", " b", "END:VEVENT"],
        vec!["BEGIN:VEVENT", "X-BUSY:1", "SUMMARY:a", " b", "END:VEVENT"],
    ] {
        assert_ne!(one, digest(&other), "{other:?}");
    }
}
