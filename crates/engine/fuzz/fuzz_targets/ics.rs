//! Any bytes as an iCalendar stream: what is understood is a valid batch, and is
//! the same when it is written and read again.

#![no_main]

use calendar_engine::batch::{Item, parse_events, write_events};
use calendar_engine::event::Event;
use calendar_engine::ics::{Calendar, Parsed, decode, parse, write};
use calendar_engine::time::Zone;
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/ics/component.rs"]
mod component;

fn read(text: &str, zone: &Zone) -> Option<Parsed> {
    parse(text, zone, &["broker@example.com"], &mut || true).ok()
}

fn written(events: &[Event], zone: &Zone) -> String {
    let components = events.iter().map(|event| component::component(event, zone)).collect();
    write(&Calendar { components, ..Default::default() })
}

fuzz_target!(|bytes: &[u8]| {
    let zone = Zone::iana("America/New_York").unwrap();
    let Some(parsed) = read(&decode(bytes), &zone) else { return };

    let items = parse_events(&write_events(&parsed.events), &mut || true).unwrap();
    assert_eq!(items.len(), parsed.events.len());
    for (item, event) in items.into_iter().zip(&parsed.events) {
        let Item::Event(item, _) = item else { panic!("{item:?}: {event:?}") };
        assert_eq!(*item, *event);
    }

    let text = written(&parsed.events, &zone);
    let again = read(&text, &zone).unwrap();
    assert_eq!(again.rejected, []);
    assert_eq!(again.events.len(), parsed.events.len(), "{text}");
    assert_eq!(written(&again.events, &zone), text);
});
