//! Pages, as the database gets them.

use calendar_providers::{Deleted, Page, Rejected};
use serde_json::{Value, json};

#[test]
fn no_text_holds_what_postgresql_cannot() {
    let page = |text: &str| Page {
        deleted: vec![Deleted { external_event_id: text.into(), recurrence_id: None }],
        rejected: vec![Rejected { external_event_id: Some(text.into()), reason: text.into() }],
        whole: vec![text.into()],
        ..Page::default()
    };
    for (text, stored) in [
        ("a\0b", "a\u{fffd}b"),
        ("\0", "\u{fffd}"),
        ("\0\0ä\0", "\u{fffd}\u{fffd}ä\u{fffd}"),
        (r"\u0000", r"\u0000"),
        (r"\\u0000", r"\\u0000"),
        ("\\\0\\", "\\\u{fffd}\\"),
        ("\"\0\n\u{1}", "\"\u{fffd}\n\u{1}"),
    ] {
        let read: Value = serde_json::from_str(&page(text).to_json()).unwrap();
        let expected = json!({
            "events": [],
            "deleted": [{"external_event_id": stored}],
            "rejected": [{"external_event_id": stored, "reason": stored}],
            "whole": [stored],
        });
        assert_eq!(read, expected, "{text:?}");
    }
}
