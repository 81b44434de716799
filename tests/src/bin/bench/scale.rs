//! How the time of a call depends on what else is there.

use crate::data::{Data, brokers};
use crate::measure::{Line, pair, ratio};
use calendar_tests::Database;

const SLOTS: &str = "select slot_start, slot_end from calendar.get_available_slots($1)";

/// Blocks that stand in their table as a sync would have left them; through
/// apply_sync itself ten million would take an hour.
const BLOCKS: &str = "
    create temporary table made as
    select gen_random_uuid() as id, md5('calendar ' || i || ' ' || 1 + k % 2)::uuid as calendar_id,
           bench.broker(i) as broker_id, k,
           bench.meeting_start(i, k, 365) at time zone bench.zone(i) as starts_at
      from generate_series($first, $last) as i, generate_series(1, 1000) as k;
    set session_replication_role = replica;
    insert into calendar.events (id, calendar_id, external_event_id, starts_at, ends_at)
    select id, calendar_id, 'event ' || k, starts_at, starts_at + interval '30 minutes' from made;
    insert into calendar.busy_blocks (broker_id, calendar_id, event_id, starts_at, ends_at)
    select broker_id, calendar_id, id, starts_at, starts_at + interval '30 minutes' from made;
    drop table made;";

fn fill<'c>(data: &Data<'c>, count: i32) -> Database<'c> {
    eprintln!("==> making {count} brokers with 1,000 busy blocks each");
    let database = data.database.cluster().database();
    let mut client = database.connect();
    client.batch_execute(include_str!("data.sql")).unwrap();
    client.execute("call bench.make_brokers(1, $1)", &[&count]).unwrap();
    for first in (1..=count).step_by(500) {
        let last = (first + 499).min(count).to_string();
        let blocks = BLOCKS.replace("$first", &first.to_string()).replace("$last", &last);
        client.batch_execute(&blocks).unwrap();
    }
    client.batch_execute("vacuum (analyze)").unwrap();
    database
}

pub(crate) fn few_against_many_brokers(data: &Data<'_>) -> Line {
    let (few, many) = (fill(data, 100), fill(data, 10_000));
    let (mut few_client, mut many_client) = (few.connect(), many.connect());
    let few = brokers(&mut few_client, 100);
    let many = brokers(&mut many_client, 10_000);
    let (few_slots, many_slots) =
        (few_client.prepare(SLOTS).unwrap(), many_client.prepare(SLOTS).unwrap());
    // What was written minutes ago may have left the machine's memory.
    for broker in &many {
        many_client.query(&many_slots, &[broker]).unwrap();
    }
    let [one, other] = pair(
        1_000,
        |n| drop(many_client.query(&many_slots, &[&many[n as usize * 7919 % many.len()]]).unwrap()),
        |n| drop(few_client.query(&few_slots, &[&few[n as usize * 7919 % few.len()]]).unwrap()),
    );
    let detail = format!("{one:.1?} against {other:.1?}");
    Line::at_most(
        "slots among 10,000 brokers against 100",
        ratio(one, other),
        1.3,
        "at most 1.3",
        &detail,
    )
}

/// 100 brokers whose events all recur, and 100 with a single event for each of
/// the same blocks.
pub(crate) fn recurring_against_single(data: &Data<'_>) -> Line {
    let database = data.database.cluster().database();
    let mut client = database.connect();
    client.batch_execute(include_str!("data.sql")).unwrap();
    client
        .batch_execute(
            "call bench.make_brokers(1, 200);
             update calendar.brokers as b set timezone = 'America/New_York' where true;
             select calendar.apply_sync(md5('calendar ' || i || ' 1')::uuid, jsonb_build_object('events', (
                 select jsonb_agg(jsonb_build_object(
                            'external_event_id', 'event ' || k, 'timezone', 'America/New_York',
                            'starts_at', starts, 'ends_at', starts + interval '30 minutes',
                            'recurrence', 'RRULE:FREQ=WEEKLY;COUNT=50'))
                   from generate_series(1, 20) as k,
                        lateral (select bench.meeting_start(i, k, 14) at time zone 'America/New_York' as starts) as s)))
               from generate_series(1, 100) as i;
             select calendar.apply_sync(md5('calendar ' || i + 100 || ' 1')::uuid, jsonb_build_object('events', (
                 select jsonb_agg(jsonb_build_object(
                            'external_event_id', 'event ' || event_id || starts_at,
                            'starts_at', starts_at, 'ends_at', ends_at))
                   from calendar.busy_blocks where broker_id = bench.broker(i))))
               from generate_series(1, 100) as i",
        )
        .unwrap();
    client.batch_execute("vacuum (analyze)").unwrap();
    let brokers = brokers(&mut client, 200);
    let mut other = database.connect();
    let (ours, theirs) = (client.prepare(SLOTS).unwrap(), other.prepare(SLOTS).unwrap());
    let [recurring, single] = pair(
        1_000,
        |n| drop(client.query(&ours, &[&brokers[n as usize * 7919 % 100]]).unwrap()),
        |n| drop(other.query(&theirs, &[&brokers[100 + n as usize * 7919 % 100]]).unwrap()),
    );
    let detail = format!("{recurring:.1?} against {single:.1?}");
    let ratio = ratio(recurring, single);
    Line::at_most(
        "slots among recurring events against single ones",
        ratio,
        1.1,
        "at most 1.1",
        &detail,
    )
}
