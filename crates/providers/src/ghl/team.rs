//! The blocked time of a calendar with several users.

use crate::Page;
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency};
use engine::interval::{merge, overlapping};
use engine::time::Zone;

/// From the blocked slots of each user to those of the calendar, which offers a time while one of
/// its users is free: only the time of `window` at which all are blocked counts. A series of any of
/// them counts as it is, because its times are not listed.
pub fn blocked_for_all(users: Vec<Page>, window: Interval, zone: &Zone) -> Page {
    let mut together = Page::default();
    let mut common = vec![window];
    for page in users {
        let (series, single): (Vec<Event>, Vec<Event>) =
            page.events.into_iter().partition(|event| event.recurrence.is_some());
        together.events.extend(series);
        together.rejected.extend(page.rejected);
        let spans = single.iter().filter(|event| takes_time(event));
        let blocked = merge(spans.map(|event| event.span.interval(zone)).collect());
        common = common
            .iter()
            .flat_map(|&own| overlapping(&blocked, own).iter().map(move |b| b.intersect(own)))
            .collect();
    }
    together.events.extend(common.into_iter().map(event));
    together
}

fn takes_time(event: &Event) -> bool {
    event.status != Status::Cancelled && event.transparency == Transparency::Opaque
}

fn event(span: Interval) -> Event {
    Event {
        external_event_id: format!("blocked {}", span.start.utc().format("%FT%TZ")),
        recurrence_id: None,
        this_and_future: false,
        title: None,
        span: Span::Times(span),
        status: Status::Confirmed,
        transparency: Transparency::Opaque,
        declined: false,
        recurrence: None,
        timezone: None,
        vtimezone: None,
        duration: None,
        sequence: 0,
        repairs: Vec::new(),
        etag: None,
        updated_at: None,
        booking_id: None,
    }
}
