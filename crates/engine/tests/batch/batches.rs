//! Several elements of one batch.

use crate::support::{event, times};
use calendar_engine::batch::{Item, parse_events};

#[test]
fn the_rest_of_a_batch_lands_in_order() {
    let items = parse_events(
        r#"[{"external_event_id": "a", "starts_at": "2026-03-02"}, 7, {"external_event_id": "b"},
            {"external_event_id": "c", "starts_at": 7},
            {"external_event_id": "d", "starts_at": "2026-03-02"}]"#,
        &mut || true,
    );
    let told: Vec<_> = items
        .unwrap()
        .into_iter()
        .map(|item| match item {
            Item::Event(event, _) => Ok(event.external_event_id),
            Item::Rejected(rejected) => Err(rejected.external_event_id),
        })
        .collect();
    let name = |name: &str| name.to_owned();
    assert_eq!(
        told,
        [Ok(name("a")), Err(None), Err(Some(name("b"))), Err(Some(name("c"))), Ok(name("d"))]
    );
}

#[test]
fn of_several_versions_of_an_event_the_last_updated_counts() {
    let version = |title: &str, updated_at: &str| {
        format!(
            r#"{{"external_event_id": "a", "starts_at": "2026-03-02", "title": "{title}",
                "updated_at": {updated_at}}}"#
        )
    };
    let (old, new) = (r#""2026-01-01T00:00:00Z""#, r#""2026-01-02T00:00:00Z""#);
    for (first, second, title) in [
        (old, new, "second"),
        (new, old, "first"),
        (new, new, "second"),
        ("null", "null", "second"),
        ("null", old, "second"),
        (old, "null", "first"),
    ] {
        let json = format!("[{},{}]", version("first", first), version("second", second));
        let [Item::Event(event, _)] = &parse_events(&json, &mut || true).unwrap()[..] else {
            panic!("{json}")
        };
        assert_eq!(event.title.as_deref(), Some(title), "{first} {second}");
    }
}

#[test]
fn a_master_and_its_overrides_are_several_events() {
    let items = parse_events(
        r#"[{"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z",
             "recurrence_id": "2026-03-02T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T09:00:00Z",
             "recurrence_id": "2026-03-03T09:00:00Z"},
            {"external_event_id": "a", "starts_at": "2026-03-02T10:00:00Z",
             "recurrence_id": "2026-03-03T04:00:00-05:00"}]"#,
        &mut || true,
    );
    let starts: Vec<_> = items.unwrap().into_iter().map(|item| event(item).span).collect();
    let (nine, ten) = ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z");
    assert_eq!(starts, [times(nine, nine), times(nine, nine), times(ten, ten)]);
}

#[test]
fn a_batch_that_is_no_array_is_an_error() {
    for json in ["", "null", "{}", "7", "[", "[1,]", "[1] 2", r#"{"events": []}"#, "\0"] {
        let error = parse_events(json, &mut || true).unwrap_err().to_string();
        assert!(error.contains("\"events\" must be an array"), "{json}: {error}");
    }
    assert!(parse_events(" [ ] ", &mut || true).unwrap().is_empty());
}
