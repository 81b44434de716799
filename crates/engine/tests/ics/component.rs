//! Events as components, to write what was read.

use calendar_engine::event::Event;
use calendar_engine::ics::{Component, custom_zone};
use calendar_engine::time::{Instant, Zone};
use std::sync::Arc;

/// The zone in whose local time an event of a calendar recurs.
pub(crate) fn zone_of(event: &Event, calendar_zone: &Zone) -> Zone {
    match (&event.vtimezone, &event.timezone) {
        (Some(text), _) => Zone::Custom(Arc::new(custom_zone(text, &mut || true).unwrap())),
        (None, Some(name)) => Zone::iana(name).unwrap(),
        (None, None) => calendar_zone.clone(),
    }
}

/// An event of a calendar, to write.
pub(crate) fn component(event: &Event, calendar_zone: &Zone) -> Component {
    Component {
        timezone: Some(zone_of(event, calendar_zone)),
        recurrence: event.recurrence.clone(),
        recurrence_id: event.recurrence_id,
        this_and_future: event.this_and_future,
        duration: event.duration,
        sequence: event.sequence,
        summary: event.title.clone(),
        status: event.status,
        transparency: event.transparency,
        last_modified: event.updated_at,
        ..Component::new(event.external_event_id.clone(), Instant(0), event.span)
    }
}
