//! What the tests of pushes share.

use calendar_tests::{Synced, fixture};
use serde_json::Value;

pub(crate) const TEN: &str = "2026-03-03T15:00:00Z";
pub(crate) const NOON: &str = "2026-03-03T17:00:00Z";

pub(crate) const FAILURES: &str = "select concat_ws(' ', operation, reason, booking_id is not null) from calendar.failure_logs order by id";
pub(crate) const MAPPINGS: &str = "select concat_ws(' ', booking_id, external_event_id, etag) from calendar.event_mappings order by 1";

/// The one booking that is to be pushed.
#[track_caller]
pub(crate) fn only(synced: &mut Synced) -> Value {
    let mut pushes = synced.pushes();
    assert_eq!(pushes.len(), 1, "{pushes:?}");
    pushes.remove(0)
}

pub(crate) fn change(synced: &mut Synced, function: &str) -> Value {
    fixture::call(&mut synced.admin, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

#[track_caller]
pub(crate) fn agent(synced: &mut Synced, call: &str) -> Value {
    fixture::call(&mut synced.agent, call).unwrap_or_else(|e| panic!("{call}: {e:?}"))
}

pub(crate) fn is_free(synced: &mut Synced, slot: &str) -> bool {
    let slots =
        fixture::slots(&mut synced.admin, synced.broker, "2026-03-03", "2026-03-04").unwrap();
    slots.iter().any(|start| start == slot)
}
