//! `apply_sync`.

use crate::data::Data;
use crate::measure::{Line, median, ratio, time};
use calendar_tests::fixture;
use serde_json::{Value, json};

/// What `apply_sync` takes of an event.
const COLUMNS: &str = "external_event_id text, recurrence_id text, title text, is_all_day boolean,
    status text, transparency text, declined boolean, recurrence text, timezone text, etag text,
    updated_at timestamptz, starts_at timestamptz, ends_at timestamptz";

/// A batch of 10,000 events against the same rows in a plain table.
pub(crate) fn against_plain_insert(data: &Data<'_>) -> Line {
    const ROUNDS: usize = 7;
    let mut client = data.database.connect();
    let batch: Value = client
        .query_one(
            "select jsonb_build_object('events', jsonb_agg(jsonb_build_object(
                        'external_event_id', 'event ' || k, 'recurrence_id', null, 'title', 'Meeting ' || k,
                        'is_all_day', false, 'status', 'confirmed', 'transparency', 'opaque', 'declined', false,
                        'recurrence', null, 'timezone', 'Europe/Zurich', 'etag', md5(k::text),
                        'updated_at', '2026-02-19T10:00:00.000Z',
                        'starts_at', to_char(starts, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
                        'ends_at', to_char(starts + interval '30 minutes', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))))
               from generate_series(1, 10000) as k, lateral (select bench.meeting_start(1, k, 365) as starts) as s",
            &[],
        )
        .unwrap()
        .get(0);
    client.batch_execute(&format!("create table bench.plain ({COLUMNS})")).unwrap();
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let broker = fixture::broker(&mut client, &[]);
        let calendar = fixture::calendar(&mut client, broker, &[]);
        let synced = time(|| {
            let answer = fixture::apply_sync(&mut client, calendar, &batch).unwrap();
            assert_eq!(answer["created"], json!(10_000), "{answer}");
        });
        let inserted = time(|| {
            client
                .execute(
                    &format!(
                        "insert into bench.plain
                         select r.* from jsonb_to_recordset($1::jsonb -> 'events') as r ({COLUMNS})"
                    ),
                    &[&batch],
                )
                .unwrap();
        });
        client.batch_execute("truncate bench.plain").unwrap();
        if round > 0 {
            ours.push(synced);
            plain.push(inserted);
        }
    }
    let [one, other] = [ours, plain].map(median);
    let detail = format!("{one:.0?} against {other:.0?}");
    Line::at_most(
        "apply_sync of 10,000 events against a plain insert",
        ratio(one, other),
        4.0,
        "at most 4",
        &detail,
    )
}
