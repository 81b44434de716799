//! Calls, events and rows that the tests of `apply_sync` share.

use calendar_tests::{Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

/// A broker and its calendar, in UTC.
pub(crate) fn start() -> (Client, Uuid, Uuid) {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    (client, broker, calendar)
}

#[track_caller]
pub(crate) fn sync(client: &mut Client, calendar: Uuid, batch: &Value) -> Value {
    fixture::apply_sync(client, calendar, batch).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Created, updated, deleted, unchanged.
pub(crate) fn counts(answer: &Value) -> [u64; 4] {
    ["created", "updated", "deleted", "unchanged"]
        .map(|key| answer[key].as_u64().unwrap_or_else(|| panic!("{answer} has no {key}")))
}

/// An hour on a day of March 2026.
pub(crate) fn hour(id: &str, day: u32, hour: u32) -> Value {
    json!({"external_event_id": id, "starts_at": format!("2026-03-{day:02}T{hour:02}:00:00Z"),
           "ends_at": format!("2026-03-{day:02}T{:02}:00:00Z", hour + 1)})
}

pub(crate) fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// What is stored of each event: its id, and its recurrence id if it has one.
pub(crate) fn ids(client: &mut Client) -> Vec<String> {
    let query = "select concat_ws(' ', external_event_id, recurrence_id)
                   from calendar.events order by 1";
    texts(client, query)
}

/// When time is taken.
pub(crate) fn blocks(client: &mut Client) -> Vec<String> {
    let query = "select to_char(starts_at, 'DD HH24:MI-') || to_char(ends_at, 'HH24:MI')
                   from calendar.busy_blocks order by starts_at, ends_at";
    texts(client, query)
}

/// The ids of rejected events, and the reasons.
pub(crate) fn rejected(answer: &Value) -> Vec<(&str, &str)> {
    let rejected = answer.get("rejected").and_then(Value::as_array);
    rejected
        .into_iter()
        .flatten()
        .map(|item| {
            (
                item["external_event_id"].as_str().unwrap_or("?"),
                item["reason"].as_str().unwrap_or("?"),
            )
        })
        .collect()
}
