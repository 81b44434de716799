//! `calendar.availability_overrides` and what is derived from it,
//! `calendar.override_occurrences`.

use super::BrokerRow;
use crate::report;
use crate::scan::{Key, Table, Type};
use engine::Interval;
use engine::availability::{Override, OverrideKind};
use engine::blocking::{MAX_PIECE_MINUTES, pieces};
use engine::recurrence::{Recurrence, wall_clock_occurrences};
use engine::time::Zone;
use pgrx::Uuid;

static OCCURRENCES: Table = Table {
    name: c"override_occurrences",
    columns: &[
        (c"broker_id", Type::Uuid),
        (c"override_id", Type::Uuid),
        (c"kind", Type::Text),
        (c"starts_at", Type::Instant),
        (c"ends_at", Type::Instant),
    ],
    keys: &[0, 3],
    predicate: None,
    may_read_whole: true,
};

static OVERRIDES: Table = Table {
    name: c"availability_overrides",
    columns: &[
        (c"broker_id", Type::Uuid),
        (c"id", Type::Uuid),
        (c"kind", Type::Text),
        (c"starts_at", Type::Instant),
        (c"ends_at", Type::Instant),
        (c"rrule", Type::Text),
    ],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

/// What applies to the broker within `range`: from the stored occurrences where
/// they reach far enough, else from the overrides themselves.
pub(super) fn within(row: &BrokerRow, range: Interval) -> Vec<(Uuid, Override)> {
    if row.derived.contains(range) {
        stored_occurrences(&row.id, range)
    } else {
        derive_occurrences(&row.id, &row.broker.zone, None, range)
    }
}

fn stored_occurrences(broker_id: &Uuid, range: Interval) -> Vec<(Uuid, Override)> {
    let mut occurrences = Vec::new();
    let keys = [
        Key::uuid(0, broker_id),
        Key::after(3, range.start.plus_minutes(-MAX_PIECE_MINUTES)),
        Key::before(3, range.end),
    ];
    OCCURRENCES.scan_index_only(&keys, |row| {
        let interval = Interval::new(row.instant(3), row.instant(4));
        if interval.end > range.start {
            let kind = kind(row.get(2));
            report::keep(&mut occurrences, (row.uuid(1), Override { kind, interval }));
        }
    });
    occurrences
}

/// When the broker's overrides apply within `range`: all of them, or `only` one.
pub(crate) fn derive_occurrences(
    broker_id: &Uuid,
    zone: &Zone,
    only: Option<Uuid>,
    range: Interval,
) -> Vec<(Uuid, Override)> {
    let mut occurrences = Vec::new();
    OVERRIDES.scan(&[Key::uuid(0, broker_id)], |row| {
        let id = row.uuid(1);
        if only.is_some_and(|only| only != id) {
            return;
        }
        let kind = kind(row.get(2));
        let first = Interval::new(row.instant(3), row.instant(4));
        let intervals = match row.get::<&str>(5) {
            None => vec![first],
            Some(rule) => report::or_raise(Recurrence::parse(rule).and_then(|recurrence| {
                let (start, end) = (first.start, first.end);
                wall_clock_occurrences(&recurrence, start, end, zone, range, &mut report::tick)
            })),
        };
        let pieces = intervals.into_iter().flat_map(|interval| pieces(interval, range));
        for interval in pieces {
            report::keep(&mut occurrences, (id, Override { kind, interval }));
        }
    });
    occurrences
}

/// The kind of this name; a constraint allows no others.
fn kind(word: Option<&str>) -> OverrideKind {
    match word {
        Some("open") => OverrideKind::Open,
        Some("replace") => OverrideKind::Replace,
        _ => OverrideKind::Block,
    }
}
