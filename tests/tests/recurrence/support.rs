//! A series, and what is stored of it.

use calendar_tests::{Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const NEW_YORK: &str = "America/New_York";

/// A broker and its calendar, in this zone.
pub(crate) fn start(zone: &str) -> (Client, Uuid, Uuid) {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[("timezone", zone)]);
    (client, broker, calendar)
}

pub(crate) fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// When time is taken, by the clocks of a zone, up to a date.
pub(crate) fn blocks(client: &mut Client, zone: &str, until: &str) -> Vec<String> {
    let query = format!(
        "select to_char(starts_at at time zone '{zone}', 'MM-DD HH24:MI')
                || to_char(ends_at at time zone '{zone}', '-HH24:MI')
           from calendar.busy_blocks where starts_at < '{until}' order by starts_at, ends_at"
    );
    texts(client, &query)
}

pub(crate) fn execute(client: &mut Client, statement: &str) {
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement}: {e:?}"));
}

/// Asserts that the stored blocks are those that the events would give now, for
/// each event and each calendar.
#[track_caller]
pub(crate) fn assert_blocks_are_true(client: &mut Client) {
    let untrue = texts(
        client,
        "with stored as (
             select k.calendar_id, k.event_id,
                    range_agg(tstzrange(k.starts_at, k.ends_at))
                        * tstzmultirange(tstzrange(c.blocks_from, c.blocks_until)) as busy,
                    bool_and(k.broker_id = c.broker_id) as of_broker
               from calendar.busy_blocks as k join calendar.calendars as c on c.id = k.calendar_id
              group by k.calendar_id, k.event_id, c.blocks_from, c.blocks_until
         ), fresh as (
             select c.id as calendar_id, d.event_id,
                    range_agg(tstzrange(d.starts_at, d.ends_at)) as busy
               from calendar.calendars as c,
                    calendar_private.derive_blocks(c.id, null, c.blocks_from, c.blocks_until) as d
              where d.problem is null
              group by c.id, d.event_id
         )
         select concat_ws(E'\n', event_id, 'stored', stored.busy, 'fresh', fresh.busy)
           from stored full join fresh using (calendar_id, event_id)
          where coalesce(stored.busy, '{}') <> coalesce(fresh.busy, '{}')
             or not stored.of_broker",
    );
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}

/// Asserts that a broker is busy within a window when its events say so.
#[track_caller]
pub(crate) fn assert_busy_is_true(client: &mut Client, broker: Uuid, start: &str, end: &str) {
    let row = client
        .query_one(
            &format!(
                "select (select range_agg(tstzrange(starts_at, ends_at))
                           from calendar.get_busy('{broker}', '{start}', '{end}'))::text,
                        (select range_agg(tstzrange(d.starts_at, d.ends_at))
                           from calendar.calendars as c,
                                calendar_private.derive_blocks(c.id, null, '{start}', '{end}') as d
                          where c.broker_id = '{broker}' and d.problem is null)::text"
            ),
            &[],
        )
        .unwrap();
    assert_eq!(row.get::<_, Option<&str>>(0), row.get(1), "{start} to {end}");
}

/// A series of half hours from 10:00 on Tuesday, March 3rd, in New York.
pub(crate) fn series(rule: &str) -> Value {
    json!({"external_event_id": "series", "starts_at": "2026-03-03T15:00:00Z",
           "ends_at": "2026-03-03T15:30:00Z", "recurrence": rule, "timezone": NEW_YORK})
}

/// An override of an occurrence of that series.
pub(crate) fn occurrence(recurrence_id: &str, start: &str, end: &str) -> Value {
    json!({"external_event_id": "series", "recurrence_id": recurrence_id, "starts_at": start,
           "ends_at": end})
}
