//! Any text as a batch: what is understood is the same when it is written and
//! read again.

#![no_main]

use calendar_engine::batch::{Item, parse_events, write_events};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| {
    let Ok(items) = parse_events(json, &mut || true) else { return };
    let events: Vec<_> = items
        .into_iter()
        .filter_map(|item| match item {
            Item::Event(event, _) => Some(*event),
            Item::Rejected(_) => None,
        })
        .collect();
    let again: Vec<_> = parse_events(&write_events(&events), &mut || true)
        .unwrap()
        .into_iter()
        .map(|item| match item {
            Item::Event(event, _) => *event,
            Item::Rejected(rejected) => panic!("{rejected:?}"),
        })
        .collect();
    assert_eq!(again, events);
});
