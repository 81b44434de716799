//! Rows to test with, and calls in short form.

use postgres::{Client, Error};
use serde_json::Value;
use uuid::Uuid;

/// Inserts a row of text values into a table of schema `calendar`, and gives its id.
///
/// # Panics
/// When the row is refused.
pub fn insert(client: &mut Client, table: &str, columns: &[(&str, &str)]) -> Uuid {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> =
        columns.iter().map(|(_, value)| format!("'{}'", value.replace('\'', "''"))).collect();
    let statement = format!(
        "insert into calendar.{table} ({}) values ({}) returning id",
        names.join(", "),
        values.join(", ")
    );
    client.query_one(&statement, &[]).unwrap_or_else(|e| panic!("{statement}: {e:?}")).get(0)
}

/// A broker in New York with Monday to Friday 09:00 to 17:00, slots of 30
/// minutes, a year's horizon; `columns` come in addition.
pub fn broker(client: &mut Client, columns: &[(&str, &str)]) -> Uuid {
    let mut all =
        vec![("name", "Ada"), ("timezone", "America/New_York"), ("booking_horizon_days", "365")];
    all.retain(|(name, _)| columns.iter().all(|(own, _)| own != name));
    all.extend_from_slice(columns);
    insert(client, "brokers", &all)
}

/// The primary calendar of a broker, in UTC; `columns` come in addition.
pub fn calendar(client: &mut Client, broker: Uuid, columns: &[(&str, &str)]) -> Uuid {
    let broker = broker.to_string();
    let mut all = vec![("broker_id", broker.as_str()), ("timezone", "UTC"), ("is_primary", "true")];
    all.retain(|(name, _)| columns.iter().all(|(own, _)| own != name));
    all.extend_from_slice(columns);
    insert(client, "calendars", &all)
}

/// Makes all events of a provider's calendar known, as a full pull of all time does.
///
/// # Panics
/// When that is refused.
pub fn cover(client: &mut Client, calendar: Uuid) {
    let cover = "insert into calendar.sync_state (calendar_id, covered_until)
                 values ($1, 'infinity')
                 on conflict (calendar_id) do update set covered_until = 'infinity'";
    client.execute(cover, &[&calendar]).unwrap();
}

/// Calls `apply_sync`.
pub fn apply_sync(client: &mut Client, calendar: Uuid, batch: &Value) -> Result<Value, Error> {
    let row = client.query_one("select calendar.apply_sync($1, $2)", &[&calendar, batch])?;
    Ok(row.get(0))
}

/// Writes one opaque event through `apply_sync`.
///
/// # Panics
/// When it is refused.
pub fn event(client: &mut Client, calendar: Uuid, id: &str, starts_at: &str, ends_at: &str) {
    let event =
        serde_json::json!({"external_event_id": id, "starts_at": starts_at, "ends_at": ends_at});
    let answer = apply_sync(client, calendar, &serde_json::json!({"events": [event]})).unwrap();
    assert_eq!(answer.get("rejected"), None, "{answer}");
}

/// Writes events of any kind through `apply_sync`, and gives its answer.
///
/// # Panics
/// When one is refused.
pub fn events(client: &mut Client, calendar: Uuid, events: &Value) -> Value {
    let answer = apply_sync(client, calendar, &serde_json::json!({"events": events})).unwrap();
    assert_eq!(answer.get("rejected"), None, "{answer}");
    answer
}

/// Open time of a broker on an ISO weekday, such as `09:00` to `17:00`.
pub fn working_hours(
    client: &mut Client,
    broker: Uuid,
    weekday: u32,
    start: &str,
    end: &str,
) -> Uuid {
    let (broker, weekday) = (broker.to_string(), weekday.to_string());
    let columns = [
        ("broker_id", broker.as_str()),
        ("weekday", weekday.as_str()),
        ("start_local", start),
        ("end_local", end),
    ];
    insert(client, "working_hours", &columns)
}

/// An override of a broker's hours; `columns` come in addition.
pub fn hours_override(
    client: &mut Client,
    broker: Uuid,
    kind: &str,
    starts_at: &str,
    ends_at: &str,
    columns: &[(&str, &str)],
) -> Uuid {
    let broker = broker.to_string();
    let mut all = vec![
        ("broker_id", broker.as_str()),
        ("kind", kind),
        ("starts_at", starts_at),
        ("ends_at", ends_at),
    ];
    all.extend_from_slice(columns);
    insert(client, "availability_overrides", &all)
}

/// The starts of slots as the clocks of a zone show them, such as `Tue 09:00`;
/// the arguments are written in SQL.
pub fn local_slots(client: &mut Client, zone: &str, arguments: &str) -> Result<Vec<String>, Error> {
    let query = format!(
        "select to_char(slot_start at time zone '{zone}', 'Dy HH24:MI')
           from calendar.get_available_slots({arguments})"
    );
    Ok(client.query(&query, &[])?.iter().map(|row| row.get(0)).collect())
}

/// The starts of the free slots of a broker within `[start, end)`, each as an
/// instant in ISO 8601.
pub fn slots(
    client: &mut Client,
    broker: Uuid,
    start: &str,
    end: &str,
) -> Result<Vec<String>, Error> {
    let rows = client.query(
        r#"select to_char(slot_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
             from calendar.get_available_slots($1, $2::text::timestamptz, $3::text::timestamptz)"#,
        &[&broker, &start, &end],
    )?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// A booking as JSON, made by calling a function that returns one; arguments are
/// written in SQL: `book_calendar_slot('…', '2026-03-03T15:00Z', hold_minutes => 5)`.
pub fn call(client: &mut Client, function: &str) -> Result<Value, Error> {
    let query = format!("select to_jsonb(x) from {} as x", qualified(function));
    Ok(client.query_one(&query, &[])?.get(0))
}

/// A call of a function, which is in schema `calendar` unless it names another.
pub fn qualified(call: &str) -> String {
    let name = call.split('(').next().unwrap_or(call);
    if name.contains('.') { call.to_owned() } else { format!("calendar.{call}") }
}

/// The row of a booking that a function returned.
///
/// # Panics
/// When there is none.
pub fn stored(client: &mut Client, booking: &Value) -> Value {
    let query = "select to_jsonb(b) from calendar.bookings as b where b.id = $1::text::uuid";
    client.query_one(query, &[&booking["id"].as_str()]).unwrap().get(0)
}

/// Books the slot that starts at `start`.
pub fn book(client: &mut Client, broker: Uuid, start: &str) -> Result<Value, Error> {
    call(client, &format!("book_calendar_slot('{broker}', '{start}')"))
}

/// An agent that serves pages, and a browser that was sent to a consent page for a broker.
///
/// # Panics
/// When a statement is refused.
pub fn connection(client: &mut Client, broker: Uuid) {
    let begin = "
        insert into calendar.operators values (gen_random_uuid());
        insert into calendar.page_origins
        select 'https://app' || count(*) || '.example.com' from calendar.page_origins;
        select calendar_sync.heartbeat(gen_random_uuid(), '1', 'https://agent.example.com/')";
    client.batch_execute(begin).unwrap();
    let address = "select calendar.begin_connection('google', $1)";
    let address: String = client.query_one(address, &[&broker]).unwrap().get(0);
    let ticket = address.rsplit('/').next().unwrap();
    let take = "select calendar_sync.begin_consent((t ->> 'id')::uuid, sha256('cookie'), sha256(convert_to($1, 'UTF8')), 'v')
                  from calendar_sync.take_ticket(sha256(convert_to($1, 'UTF8')), sha256('cookie')) as t";
    client.execute(take, &[&ticket]).unwrap();
}

/// A deadline of a broker, `vat`, that is written to one of its calendars as the event `ob-1`.
///
/// # Panics
/// When a statement is refused.
pub fn obligation(client: &mut Client, broker: Uuid, calendar: Uuid) {
    let make = "select calendar.upsert_obligation($1, 'vat', 'VAT return', '2026-04-30')";
    client.execute(make, &[&broker]).unwrap();
    let map = "insert into calendar.obligation_mappings
                      (obligation_id, calendar_id, external_event_id, pushed_sequence, expires_at)
               select id, $2, 'ob-1', 0, expires_at from calendar.obligations where broker_id = $1";
    client.execute(map, &[&broker, &calendar]).unwrap();
}

/// A hook that does nothing, an endpoint of webhooks for a broker, an alert, and a number
/// that gets no SMS.
///
/// # Panics
/// When a statement is refused.
pub fn messages(client: &mut Client, broker: Uuid) {
    let hook = "
        create schema if not exists app;
        grant usage on schema app to calendar_hooks;
        create or replace function app.ignore(booking calendar.booking) returns void
            language sql security definer return null;
        select calendar.add_hook('failed', 'app.ignore(calendar.booking)'),
               calendar.add_hook('completed', 'app.ignore(calendar.booking)')";
    client.batch_execute(hook).unwrap();
    let messages = "
        select calendar.add_webhook_endpoint('https://hooks.example.com/', $1),
               calendar_sync.report_alert('broker:' || $1, 'It is late.'),
               calendar_sync.report_opt_out((hashtext($1::text)::bigint + 10000000000)::text)";
    client.execute(messages, &[&broker]).unwrap();
}
