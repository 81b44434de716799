//! Pages, as the database gets them.

use calendar_providers::{Deleted, MAX_EVENTS, Page, Rejected, feed};
use engine::time::Zone;
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

#[test]
fn no_part_of_a_large_page_has_memory_for_the_others() {
    let text = "BEGIN:VCALENDAR\r\n".to_owned()
        + &(0..5_000)
            .map(|n| {
                format!("BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:20260302T100000Z\r\nEND:VEVENT\r\n")
            })
            .collect::<String>()
        + "END:VCALENDAR\r\n";
    let mut page = feed::read(text.as_bytes(), &Zone::UTC, &[]).unwrap();
    page.deleted = vec![Deleted { external_event_id: "x".into(), recurrence_id: None }];
    let whole = page.clone();
    let parts: Vec<Page> = page.into_parts().collect();
    assert_eq!(parts.len(), 5_000 / MAX_EVENTS);
    for part in &parts {
        assert!(part.events.capacity() <= 2 * MAX_EVENTS, "{}", part.events.capacity());
    }
    // Together they are the page.
    assert_eq!(parts[0].deleted, whole.deleted);
    assert!(parts[1..].iter().all(|part| part.deleted.is_empty()));
    let events: Vec<_> = parts.into_iter().flat_map(|part| part.events).collect();
    assert_eq!(events, whole.events);
    assert_eq!(Page::default().into_parts().count(), 0);
}
