//! What the functions about one slot share.

use crate::read::{self, BrokerRow, Known};
use crate::{clock, convert, report};
use engine::Interval;
use engine::availability::{Grid, Reach, Schedule};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{Uuid, pg_sys};

/// Microseconds in a minute.
pub(super) const MINUTE: i64 = 60_000_000;

/// A slot of a broker, as an argument.
pub(super) struct SlotQuestion {
    broker_id: Uuid,
    meeting_type: Option<Uuid>,
    pub(super) slot: Interval,
    pub(super) grid: Grid,
    reach: Reach,
}

impl SlotQuestion {
    /// The slot `[slot_start, slot_end)` of a broker that must exist, by the rules of one of its
    /// meeting types where one is named.
    pub(super) fn new(
        broker_id: &Uuid,
        meeting_type: Option<Uuid>,
        slot_start: TimestampWithTimeZone,
        slot_end: TimestampWithTimeZone,
    ) -> Self {
        let slot = Interval::new(
            convert::argument("slot_start", slot_start.into()),
            convert::argument("slot_end", slot_end.into()),
        );
        let length = slot.end.0 - slot.start.0;
        if length % MINUTE != 0 || !(1..=Grid::MAX_MINUTES).contains(&(length / MINUTE)) {
            report::invalid_parameter(&format!(
                "slot_end must lie 1 to {} whole minutes after slot_start, not at {}",
                Grid::MAX_MINUTES,
                convert::shown(convert::timestamptz(slot.end))
            ));
        }
        let row = broker(broker_id, meeting_type.as_ref());
        let grid = report::or_raise(Grid::new(&row.broker, Some(length / MINUTE), None));
        let reach = Reach::of(&row.broker, slot);
        Self { broker_id: *broker_id, meeting_type, slot, grid, reach }
    }

    /// All facts that decide, as the active snapshot sees them.
    pub(super) fn facts(&self, except: Option<Uuid>) -> Known {
        let row = broker(&self.broker_id, self.meeting_type.as_ref());
        read::facts(row, &self.reach, clock::now(), except)
    }

    /// The broker's time around the slot.
    pub(super) fn schedule<'a>(&self, known: &'a Known) -> Schedule<'a> {
        Schedule::new(&known.facts, &self.reach)
    }
}

/// Whether the meeting type has slots of the length is asked when a slot is chosen
/// (`calendar_private.check_duration`): a booking keeps its length.
fn broker(id: &Uuid, meeting_type: Option<&Uuid>) -> BrokerRow {
    BrokerRow::of_type(id, meeting_type)
        .map(BrokerRow::of_any_length)
        .unwrap_or_else(|| report::invalid_parameter("broker_id must be the id of a broker"))
}

/// Runs `body` on a snapshot taken now: after a wait for a lock it sees what the
/// holder has committed, at every isolation level.
pub(super) fn on_fresh_snapshot<T>(body: impl FnOnce() -> T) -> T {
    // SAFETY: pushed and popped in pairs; after an error the transaction's end pops.
    unsafe { pg_sys::PushActiveSnapshot(pg_sys::GetLatestSnapshot()) };
    let result = body();
    // SAFETY: see above.
    unsafe { pg_sys::PopActiveSnapshot() };
    result
}
