//! `calendar_private.lack_of_slots`, which `check_availability` shares.

use crate::read::{self, BrokerRow};
use crate::{clock, convert, report};
use engine::Interval;
use engine::availability::{Grid, Reach, Schedule};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{Uuid, pg_extern};

#[pg_extern(sql = false)]
fn calendar_lack_of_slots(
    broker_id: Uuid,
    window_start: TimestampWithTimeZone,
    window_end: TimestampWithTimeZone,
    duration_minutes: Option<i32>,
    meeting_type: Option<Uuid>,
) -> Option<&'static str> {
    let window = Interval::new(
        convert::argument("window_start", window_start.into()),
        convert::argument("window_end", window_end.into()),
    );
    let row = BrokerRow::of_type(&broker_id, meeting_type.as_ref())?;
    lack_of_slots(row, window, duration_minutes.map(i64::from))
}

/// Why a window has no slot; `None` where it has one.
pub(super) fn lack_of_slots(
    row: BrokerRow,
    window: Interval,
    duration_minutes: Option<i64>,
) -> Option<&'static str> {
    let now = clock::now();
    if !row.broker.booking_enabled {
        return Some("disabled");
    }
    let grid = report::or_raise(Grid::new(&row.broker, duration_minutes, None));
    let Some(window) = Schedule::bookable_window(&row.broker, now, window, grid) else {
        return Some("horizon");
    };
    let reach = Reach::of(&row.broker, window);
    let known = read::facts(row, &reach, now, None);
    let lack = Schedule::new(&known.facts, &reach).lack(grid, &mut report::tick);
    report::or_raise(lack).map(|lack| lack.as_str())
}
