//! Calls and times that the tests of bookings share.

use calendar_tests::answer::{detail, refused};
use calendar_tests::fixture;
use postgres::Client;
use serde_json::Value;
use uuid::Uuid;

/// Calls a function that gives a booking; arguments are written in SQL.
#[track_caller]
pub(crate) fn call(client: &mut Client, function: &str) -> Value {
    fixture::call(client, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

/// Asserts a refusal with PT409 for this reason, and gives the starts of the
/// alternatives.
#[track_caller]
pub(crate) fn unavailable(client: &mut Client, function: &str, reason: &str) -> Vec<String> {
    let result = fixture::call(client, function);
    let detail = detail(&refused(result, "PT409", "slot_unavailable"));
    assert_eq!(detail["reason"], reason, "{function}");
    assert_eq!(detail.as_object().unwrap().len(), 2, "{detail}");
    detail["alternatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| text(&slot["slot_start"]))
        .collect()
}

/// Asserts that a booking in this status does not allow the change.
#[track_caller]
pub(crate) fn wrong_state(client: &mut Client, function: &str, status: &str) {
    let error = refused(fixture::call(client, function), "PT409", "wrong_state");
    let expected = serde_json::json!({"reason": "wrong_state", "status": status});
    assert_eq!(detail(&error), expected, "{function}");
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Tuesday in New York, where 10:00 is 15:00 UTC.
pub(crate) fn tuesday(time: &str) -> String {
    format!("2026-03-03T{time}:00+00:00")
}

/// The same in JSON of the extension.
pub(crate) fn utc(time: &str) -> String {
    format!("2026-03-03T{time}:00Z")
}

/// `book_calendar_slot` on Tuesday, with options in SQL.
pub(crate) fn booking_at(broker: Uuid, time: &str, options: &str) -> String {
    format!("book_calendar_slot('{broker}', '{}'{options})", tuesday(time))
}

pub(crate) fn count(client: &mut Client, table: &str) -> i64 {
    client.query_one(&format!("select count(*) from calendar.{table}"), &[]).unwrap().get(0)
}

pub(crate) fn set(client: &mut Client, table: &str, id: &str, assignment: &str) {
    let statement = format!("update calendar.{table} set {assignment} where id = '{id}'");
    assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
}
