//! `calendar_private.slot_verdict`.

use super::slot::SlotQuestion;
use engine::availability::Scope;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{Uuid, pg_extern};

#[pg_extern(sql = false)]
fn calendar_slot_verdict(
    broker_id: Uuid,
    slot_start: TimestampWithTimeZone,
    slot_end: TimestampWithTimeZone,
    outside_hours: bool,
    except_booking: Option<Uuid>,
    meeting_type: Option<Uuid>,
) -> Option<&'static str> {
    let scope = if outside_hours { Scope::OutsideHours } else { Scope::Listed };
    let question = SlotQuestion::new(&broker_id, meeting_type, slot_start, slot_end);
    super::slot::on_fresh_snapshot(|| {
        let known = question.facts(except_booking);
        let reason = question.schedule(&known).verdict(question.slot, question.grid, scope);
        reason.map(|reason| reason.as_str())
    })
}
