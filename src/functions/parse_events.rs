//! `calendar_private.parse_events`.

use crate::read::{self, CalendarRow};
use crate::{convert, report};
use engine::Interval;
use engine::batch::{Item, Rejected, parse_events};
use engine::event::{Event, Span};
use engine::recurrence::{Master, Recurrence, Series};
use engine::time::Zone;
use pgrx::datum::{Date, TimestampWithTimeZone};
use pgrx::iter::TableIterator;
use pgrx::{Uuid, name, pg_extern};

#[pg_extern(sql = false)]
#[allow(clippy::type_complexity, reason = "pgrx reads the columns from the type")]
fn calendar_parse_events(
    calendar_id: Uuid,
    events: &str,
) -> TableIterator<
    'static,
    (
        name!(external_event_id, Option<String>),
        name!(recurrence_id, Option<String>),
        name!(recurrence_this_and_future, bool),
        name!(title, Option<String>),
        name!(starts_at, Option<TimestampWithTimeZone>),
        name!(ends_at, Option<TimestampWithTimeZone>),
        name!(start_date, Option<Date>),
        name!(end_date, Option<Date>),
        name!(status, Option<&'static str>),
        name!(transparency, Option<&'static str>),
        name!(declined, bool),
        name!(recurrence, Option<String>),
        name!(timezone, Option<String>),
        name!(vtimezone, Option<String>),
        name!(etag, Option<String>),
        name!(provider_updated_at, Option<TimestampWithTimeZone>),
        name!(raw, Option<String>),
        name!(problem, Option<String>),
    ),
> {
    let calendar = CalendarRow::find(&calendar_id)
        .unwrap_or_else(|| report::invalid_parameter("calendar_id names no calendar"));
    let zone = calendar.zone();
    let items = report::or_raise(parse_events(events));
    TableIterator::new(items.into_iter().map(move |item| {
        match bounded(item, &zone, calendar.derived) {
            Item::Event(event, raw) => {
                let event: Event = *event;
                let [start, end] = super::bounds(event.span.interval(&zone)).map(Some);
                let (first, last) = match event.span {
                    Span::Dates(first, end) => (Some(date(first)), Some(date(end))),
                    Span::Times(_) => (None, None),
                };
                (
                    Some(event.external_event_id),
                    event.recurrence_id.map(|id| id.to_string()),
                    event.this_and_future,
                    event.title,
                    start,
                    end,
                    first,
                    last,
                    Some(event.status.as_str()),
                    Some(event.transparency.as_str()),
                    event.declined,
                    event.recurrence,
                    event.timezone,
                    event.vtimezone,
                    event.etag,
                    event.updated_at.map(|at| super::timestamptz(convert::timestamptz(at))),
                    raw.map(|raw| raw.get().to_owned()),
                    None,
                )
            }
            Item::Rejected(rejected) => (
                rejected.external_event_id,
                None,
                false,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                false,
                None,
                None,
                None,
                None,
                None,
                None,
                Some(rejected.reason),
            ),
        }
    }))
}

/// Rejects a series that has more occurrences than can be kept.
fn bounded(item: Item, zone: &Zone, derived: Interval) -> Item {
    match item {
        Item::Event(event, raw) => match expand(&event, zone, derived) {
            Ok(()) => Item::Event(event, raw),
            Err(error) => Item::Rejected(Rejected {
                external_event_id: Some(event.external_event_id),
                reason: error.to_string(),
            }),
        },
        rejected => rejected,
    }
}

/// Expands a series over as long a time as its blocks are stored for. One that
/// starts later is looked at from there: its time will come.
fn expand(event: &Event, zone: &Zone, derived: Interval) -> engine::Result<()> {
    let Some(lines) = &event.recurrence else { return Ok(()) };
    let start = event.span.interval(zone).start.max(derived.start);
    let series = Series {
        master: Some(Master {
            key: (),
            span: event.span,
            recurrence: Some(Recurrence::parse(lines)?),
        }),
        overrides: vec![],
        zone: &read::event_zone(event.timezone.as_deref(), event.vtimezone.as_deref(), zone)?,
        calendar_zone: zone,
    };
    let range = Interval::new(start, start + (derived.end - derived.start));
    series.occurrences(range, &mut report::tick).map(|_| ())
}

fn date(date: chrono::NaiveDate) -> Date {
    // SAFETY: days since 2000-01-01 are what a `date` is.
    unsafe { Date::from_pg_epoch_days(convert::date_adt(date)) }
}
