//! Any text as a VTIMEZONE: the zone that it defines can be used and written.

#![no_main]

use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::ics::{Calendar, Component, custom_zone, parse, resolve_zone, write};
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let resolved = resolve_zone("Somewhere", Some(text));
    let Ok(custom) = custom_zone(text, &mut || true) else {
        assert_eq!(resolved, None);
        return;
    };
    // Every 30 days from 1970 to 2100.
    for days in (0..47_500).step_by(30) {
        let instant = Instant(0).plus_minutes(days * 1440);
        let local = custom.instant_to_local(instant);
        let _ = local_to_instant(&custom, local);
        assert!(custom.offset_at(instant).abs() < 86_400);
    }
    let start = Instant(0).plus_minutes(56 * 365 * 1440);
    let mut component = Component::new("1", start, Span::Times(Interval::new(start, start)));
    component.timezone = Some(Zone::Custom(Arc::new(custom)));
    component.recurrence = Some("RRULE:FREQ=YEARLY".into());
    let written = write(&Calendar { components: vec![component], ..Default::default() });
    let parsed = parse(&written, &Zone::UTC, &[], &mut || true).unwrap();
    assert_eq!(parsed.rejected, []);
});
