//! `calendar.sync_state`.

use crate::scan::{Key, Table, Type};
use engine::time::Instant;
use pgrx::Uuid;

/// The age at which what is known of a calendar becomes stale, in minutes.
const STALE_MINUTES: i64 = 15;

static CALENDARS: Table = Table {
    name: c"calendars",
    columns: &[(c"id", Type::Uuid), (c"broker_id", Type::Uuid), (c"account_id", Type::Uuid)],
    keys: &[1],
    predicate: None,
    may_read_whole: true,
};

static SYNC_STATE: Table = Table {
    name: c"sync_state",
    columns: &[(c"calendar_id", Type::Uuid), (c"last_success_at", Type::Instant)],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

/// Whether a calendar whose last success was then is stale.
pub(crate) fn is_stale(last_success_at: Option<Instant>, now: Instant) -> bool {
    last_success_at.is_none_or(|at| at < now.plus_minutes(-STALE_MINUTES))
}

/// When each of the broker's calendars at a provider was last known to agree with the
/// provider.
pub(crate) fn last_successes(broker_id: &Uuid) -> Vec<Option<Instant>> {
    let mut calendars = Vec::with_capacity(4);
    CALENDARS.scan(&[Key::uuid(1, broker_id)], |row| {
        if row.get::<Uuid>(2).is_some() {
            calendars.push(row.uuid(0));
        }
    });
    let mut successes = vec![None; calendars.len()];
    SYNC_STATE.scan_each(calendars.iter().map(|id| [Key::uuid(0, id)]), |place, row| {
        successes[place] = row.get(1);
    });
    successes
}
