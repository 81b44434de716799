//! `calendar_private.parse_events`.

use super::rows::Rows;
use super::{V1, required};
use crate::read::{self, CalendarRow};
use crate::{convert, report};
use engine::Interval;
use engine::batch::{Item, Rejected, parse_events};
use engine::blocks::Budget;
use engine::event::{Event, Span};
use engine::recurrence::{Master, Recurrence, Series};
use engine::time::Zone;
use pgrx::{IntoDatum, JsonB, pg_guard, pg_sys};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_parse_events() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
#[pg_guard]
unsafe extern "C-unwind" fn calendar_parse_events(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: the arguments and columns as declared in SQL.
    unsafe {
        let calendar =
            CalendarRow::find(&required(fcinfo, 0, "calendar_id")).unwrap_or_else(|| {
                report::invalid_parameter("calendar_id must be the id of a calendar")
            });
        let events = report::bounded("events", required(fcinfo, 1, "events"), super::MAX_JSON);
        let zone = calendar.zone();
        let rows = Rows::of(fcinfo);
        let mut budget = Budget::default();
        for item in report::or_raise(parse_events(events, &mut report::tick)) {
            rows.put(columns(bounded(item, &zone, calendar.derived, &mut budget), &zone));
        }
    }
    pg_sys::Datum::null()
}

/// The columns of the function: those of `calendar.events`, and the problem.
fn columns(item: Item, zone: &Zone) -> [Option<pg_sys::Datum>; 22] {
    match item {
        Item::Event(event, raw) => {
            let event: Event = *event;
            let [start, end] = super::instants(event.span.interval(zone));
            let (first, last) = match event.span {
                Span::Dates(first, end) => (Some(date(first)), Some(date(end))),
                Span::Times(_) => (None, None),
            };
            let repairs = (!event.repairs.is_empty()).then(|| JsonB(event.repairs.into()));
            let updated_at = event.updated_at.map(convert::timestamptz);
            [
                event.external_event_id.into_datum(),
                event.recurrence_id.map(|id| id.to_string()).into_datum(),
                event.this_and_future.into_datum(),
                event.title.into_datum(),
                start,
                end,
                first,
                last,
                event.status.as_str().into_datum(),
                event.transparency.as_str().into_datum(),
                event.declined.into_datum(),
                event.recurrence.into_datum(),
                event.timezone.into_datum(),
                event.vtimezone.into_datum(),
                event.duration.map(|duration| duration.to_string()).into_datum(),
                event.sequence.into_datum(),
                event.etag.into_datum(),
                updated_at.into_datum(),
                raw.map(|raw| raw.get().to_owned()).into_datum(),
                event.booking_id.into_datum(),
                repairs.into_datum(),
                None,
            ]
        }
        Item::Rejected(rejected) => {
            let mut columns = [None; 22];
            columns[0] = rejected.external_event_id.into_datum();
            columns[21] = rejected.reason.into_datum();
            columns
        }
    }
}

/// Rejects a series that takes more time than can be kept.
fn bounded(item: Item, zone: &Zone, derived: Interval, budget: &mut Budget) -> Item {
    match item {
        Item::Event(event, raw) => match expand(&event, zone, derived, budget) {
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
/// starts later is expanded from its start. Once the budget of
/// the batch is spent, the event is kept: it then blocks all the time that it may take.
fn expand(
    event: &Event,
    zone: &Zone,
    derived: Interval,
    budget: &mut Budget,
) -> engine::Result<()> {
    let Some(lines) = event.recurrence.as_ref().filter(|_| !budget.is_spent()) else {
        return Ok(());
    };
    let start = event.span.interval(zone).start.max(derived.start);
    let series = Series {
        master: Some(Master {
            recurrence: Some(Recurrence::parse(lines)?),
            duration: event.duration,
            ..Master::new((), event.span)
        }),
        overrides: vec![],
        zone: &read::event_zone(event.timezone.as_deref(), event.vtimezone.as_deref(), zone)?,
        calendar_zone: zone,
    };
    let range = Interval::new(start, start + (derived.end - derived.start));
    budget.busy(&series, range, &mut report::tick).map(|_| ())
}

fn date(date: chrono::NaiveDate) -> pg_sys::Datum {
    pg_sys::Datum::from(convert::date_adt(date))
}
