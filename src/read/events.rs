//! `calendar.events` and what is derived from it, `calendar.busy_blocks`.

use super::CalendarRow;
use crate::report;
use crate::scan::{Key, Row, Table, Type};
use chrono::NaiveDate;
use engine::Interval;
use engine::blocking::{Claim, MAX_PIECE_MINUTES};
use engine::blocks::{Block, Blocks, Budget};
use engine::event::{Revision, Span, Status, Transparency, When};
use engine::interval;
use engine::recurrence::{Master, Override, Recurrence, Series};
use engine::rfc5545::Duration;
use engine::time::{Instant, Zone};
use pgrx::{IntoDatum, Uuid, pg_sys};
use std::sync::Arc;

static BLOCKS: Table = Table {
    name: c"busy_blocks",
    columns: &[
        (c"broker_id", Type::Uuid),
        (c"event_id", Type::Uuid),
        (c"starts_at", Type::Instant),
        (c"ends_at", Type::Instant),
    ],
    keys: &[0, 2],
    predicate: None,
    may_read_whole: true,
};

/// The stored blocks of a broker that overlap `range`.
pub(super) fn stored_blocks(broker_id: &Uuid, range: Interval) -> Vec<(Uuid, Interval)> {
    let mut blocks = Vec::with_capacity(64);
    let keys = [
        Key::uuid(0, broker_id),
        Key::after(2, range.start.plus_minutes(-MAX_PIECE_MINUTES)),
        Key::before(2, range.end),
    ];
    BLOCKS.scan_index_only(&keys, |row| {
        let block = Interval::new(row.instant(2), row.instant(3));
        if block.end > range.start {
            report::keep(&mut blocks, (row.uuid(1), block));
        }
    });
    blocks
}

static EVENTS: Table = Table {
    name: c"events",
    columns: &[
        (c"calendar_id", Type::Uuid),
        (c"external_event_id", Type::Text),
        (c"id", Type::Uuid),
        (c"starts_at", Type::Instant),
        (c"ends_at", Type::Instant),
        (c"start_date", Type::Date),
        (c"end_date", Type::Date),
        (c"is_all_day", Type::Bool),
        (c"declined", Type::Bool),
        (c"recurrence_this_and_future", Type::Bool),
        (c"booking_id", Type::Uuid),
        (c"recurrence_id", Type::Text),
        (c"status", Type::Text),
        (c"transparency", Type::Text),
        (c"timezone", Type::Text),
        (c"recurrence", Type::Text),
        (c"vtimezone", Type::Text),
        (c"duration", Type::Text),
        (c"sequence", Type::Integer),
        (c"provider_updated_at", Type::Instant),
        (c"spared_from", Type::Instant),
        (c"spared_until", Type::Instant),
        (c"behind_from", Type::Instant),
        (c"behind_until", Type::Instant),
    ],
    keys: &[0, 1],
    predicate: None,
    // They are read family by family, which needs their order.
    may_read_whole: false,
};

static OF_BOOKING: Table = Table {
    name: c"events",
    columns: &[
        (c"booking_id", Type::Uuid),
        (c"id", Type::Uuid),
        (c"recurrence", Type::Text),
        (c"recurrence_id", Type::Text),
    ],
    keys: &[0],
    predicate: Some("(booking_id IS NOT NULL)"),
    may_read_whole: true,
};

/// The events of a booking that a move of the booking takes along: those that are not part of a
/// series.
pub(super) fn single_of(booking_id: &Uuid) -> Vec<Uuid> {
    let mut single = Vec::new();
    OF_BOOKING.scan(&[Key::uuid(0, booking_id)], |row| {
        if row.get::<&str>(2).is_none() && row.get::<&str>(3).is_none() {
            report::keep(&mut single, row.uuid(1));
        }
    });
    single
}

/// The time that events of a calendar take.
pub(crate) struct Derived {
    others: Blocks<Uuid>,
    /// Those of events of bookings, which are not merged with others: what a booking changes
    /// must not concern the whole calendar.
    of_bookings: Blocks<Uuid>,
    /// Events that recur too often, or whose zone is not known any more: they take all
    /// time from their first occurrence to their last.
    pub(crate) failures: Vec<(Uuid, engine::Error)>,
}

impl Derived {
    /// The event with the most blocks and how many it has, where there were too many
    /// blocks to keep them event by event.
    pub(crate) fn merged_for(&self) -> Option<(Uuid, usize)> {
        self.others.merged_for()
    }

    /// The blocks, cut.
    pub(crate) fn finish(self) -> impl Iterator<Item = Block<Uuid>> {
        self.others.finish().chain(self.of_bookings.finish())
    }
}

/// One row: a single event, a master, or an override.
struct Component {
    id: Uuid,
    span: Span,
    blocks: bool,
    is_of_booking: bool,
    /// When it takes no time although it lasts, in order.
    spared: Vec<Interval>,
    cancelled: bool,
    this_and_future: bool,
    recurrence_id: Option<When>,
    recurrence: Option<String>,
    timezone: Option<String>,
    vtimezone: Option<String>,
    duration: Option<Duration>,
    revision: Revision,
}

/// When the events of a calendar take time within `range`: all of them, or those
/// of `external_event_ids`.
pub(crate) fn derive_blocks(
    calendar: &CalendarRow,
    external_event_ids: Option<&[&str]>,
    range: Interval,
) -> Derived {
    let zone = calendar.zone();
    let mut derived = Derived {
        others: Blocks::new(range),
        of_bookings: Blocks::new(range),
        failures: Vec::new(),
    };
    let mut budget = Budget::default();
    let mut derive = |family: &[Component]| {
        report::tick();
        if !family.iter().any(|component| component.blocks) {
            return;
        }
        let busy = series(family, &zone, |series| budget.busy(series, range, &mut report::tick));
        let busy = busy.unwrap_or_else(|error| {
            derived.failures.push((family[0].id, error));
            extents(family, &zone, range)
        });
        let taken = busy.into_iter().filter(|block| family[block.key].blocks);
        if family.iter().any(|component| component.is_of_booking) {
            let spared = taken.flat_map(|block| unspared(&family[block.key], block.interval));
            derived.of_bookings.add(spared.collect::<Vec<_>>());
        } else {
            let of_event =
                |block: Block<usize>| Block { key: family[block.key].id, interval: block.interval };
            derived.others.add(taken.map(of_event));
        }
    };
    let mut family = Vec::new();
    if let Some(ids) = external_event_ids {
        let mut place = 0;
        let keys = ids.iter().map(|id| keys(calendar, id));
        EVENTS.scan_each(keys, |of, row| {
            if of != place {
                derive(&std::mem::take(&mut family));
                place = of;
            }
            family.push(component(row, calendar));
        });
    } else {
        let mut family_id = String::new();
        // The index is ordered by external_event_id: families stand together.
        EVENTS.scan(&[Key::uuid(0, &calendar.id)], |row| {
            let id: &str = row.value(1);
            if id != family_id {
                derive(&std::mem::take(&mut family));
                id.clone_into(&mut family_id);
            }
            family.push(component(row, calendar));
        });
    }
    derive(&family);
    derived
}

/// What is left of the time of a component without what it is spared.
fn unspared(component: &Component, interval: Interval) -> impl Iterator<Item = Block<Uuid>> {
    let left = interval::subtract(&[interval], &component.spared).into_iter();
    left.map(|interval| Block { key: component.id, interval })
}

/// The time that the components of a family may take, where it cannot be expanded.
fn extents(family: &[Component], zone: &Zone, range: Interval) -> Vec<Block<usize>> {
    let all = series(family, zone, |series| Ok(series.extent(range)));
    let extents = family.iter().enumerate().map(|(key, component)| {
        let recurs = component.recurrence.is_some() || component.this_and_future;
        let own = component.span.interval(zone);
        let interval = all.as_ref().map_or(own, |&all| if recurs { all } else { own });
        Block { key, interval }
    });
    extents.collect()
}

/// Whether an event of a calendar, or any occurrence of it, lies within `range`.
/// An event with too many occurrences to be expanded does, wherever it may have one.
pub(crate) fn occurs_within(calendar: &CalendarRow, id: &str, range: Interval) -> bool {
    let family = family(calendar, id);
    let occurs = series(&family, &calendar.zone(), |series| {
        Ok(!series.occurrences(range, &mut report::tick)?.is_empty())
    });
    occurs.unwrap_or(true)
}

/// A single event, or a master and its overrides.
fn family(calendar: &CalendarRow, external_event_id: &str) -> Vec<Component> {
    let mut family = Vec::with_capacity(1);
    EVENTS.scan(&keys(calendar, external_event_id), |row| family.push(component(row, calendar)));
    family
}

fn keys<'a>(calendar: &'a CalendarRow, external_event_id: &str) -> [Key<'a>; 2] {
    let id = external_event_id.into_datum().unwrap_or(pg_sys::Datum::null());
    // SAFETY: a copy as a text, in memory that lives until the function has returned.
    [Key::uuid(0, &calendar.id), unsafe { Key::text(1, id) }]
}

/// Calls `then` with a family as a series, whose keys are places in `family`.
fn series<T>(
    family: &[Component],
    zone: &Zone,
    then: impl FnOnce(&Series<'_, usize>) -> engine::Result<T>,
) -> engine::Result<T> {
    let master = family.iter().position(|component| component.recurrence_id.is_none());
    let event_zone = match master.map(|at| &family[at]) {
        Some(master) => event_zone(master.timezone.as_deref(), master.vtimezone.as_deref(), zone)?,
        None => zone.clone(),
    };
    let overrides = family.iter().enumerate().filter_map(|(key, component)| {
        Some(Override {
            key,
            recurrence_id: component.recurrence_id?,
            this_and_future: component.this_and_future,
            span: component.span,
            cancelled: component.cancelled,
            duration: component.duration,
            revision: component.revision,
        })
    });
    let recurrence = |key: usize| family[key].recurrence.as_deref().map(Recurrence::parse);
    let series = Series {
        master: match master {
            Some(key) => {
                let Component { span, duration, revision, .. } = family[key];
                let recurrence = recurrence(key).transpose()?;
                Some(Master { key, span, recurrence, duration, revision })
            }
            None => None,
        },
        overrides: overrides.collect(),
        zone: &event_zone,
        calendar_zone: zone,
    };
    then(&series)
}

/// The zone in whose local time a master recurs.
pub(crate) fn event_zone(
    timezone: Option<&str>,
    vtimezone: Option<&str>,
    calendar_zone: &Zone,
) -> engine::Result<Zone> {
    match (vtimezone, timezone) {
        (Some(text), _) => {
            Ok(Zone::Custom(Arc::new(engine::ics::custom_zone(text, &mut report::tick)?)))
        }
        (None, Some(name)) => Zone::iana(name),
        (None, None) => Ok(calendar_zone.clone()),
    }
}

fn component(row: &Row<'_>, calendar: &CalendarRow) -> Component {
    let is_all_day = row.value(7);
    let date = |column| row.get::<NaiveDate>(column);
    let span = match (date(5), date(6)) {
        (Some(first), Some(end)) => Span::Dates(first, end),
        _ => Span::Times(Interval::new(row.instant(3), row.instant(4))),
    };
    let text = |column| row.get::<&str>(column).map(str::to_owned);
    // The table's constraints allow no other words than those.
    let status = row.get(12).and_then(Status::from_name).unwrap_or(Status::Confirmed);
    let transparency =
        row.get(13).and_then(Transparency::from_name).unwrap_or(Transparency::Opaque);
    let claim = Claim { status, transparency, declined: row.value(8), is_all_day };
    let spared = [(20, 21), (22, 23)].into_iter().filter_map(|(from, until)| {
        Some(Interval::new(row.get::<Instant>(from)?, row.get::<Instant>(until)?))
    });
    Component {
        id: row.uuid(2),
        span,
        blocks: calendar.policy.blocks(claim),
        is_of_booking: row.get::<Uuid>(10).is_some(),
        spared: interval::merge(spared.collect()),
        cancelled: status == Status::Cancelled,
        this_and_future: row.value(9),
        recurrence_id: row.get::<&str>(11).map(|id| report::or_raise(id.parse())),
        recurrence: text(15),
        timezone: text(14),
        vtimezone: text(16),
        duration: row.get::<&str>(17).and_then(Duration::parse),
        revision: Revision { sequence: row.value(18), updated_at: row.get(19) },
    }
}
