//! `get_available_slots`: 14 days, 30 minutes.

use crate::data::{BROKERS, Data};
use crate::measure::{Line, median, pair, ratio};
use crate::pgbench;
use postgres::{Client, Row};
use std::time::{Duration, Instant, SystemTime};
use uuid::Uuid;

const SLOTS: &str = "select slot_start, slot_end from calendar.get_available_slots($1)";

/// The same for the broker of pgbench's variable i.
pub(crate) const SLOTS_OF_I: &str =
    "select slot_start, slot_end from calendar.get_available_slots(md5('broker ' || :i)::uuid)";

const ONE_STATEMENT: &str = include_str!("one_statement.sql");

fn now(client: &mut Client) -> SystemTime {
    client.query_one("select calendar_private.current_instant()", &[]).unwrap().get(0)
}

/// By pgbench, as its reading of the rows costs least.
pub(crate) fn against_bare_index_read(data: &Data<'_>) -> Line {
    let now = "timestamptz '2026-03-02T14:00:00Z'";
    let blocks = format!(
        "select starts_at, ends_at from calendar.busy_blocks
          where broker_id = md5('broker ' || :i)::uuid and starts_at > {now} - interval '24 hours'
            and starts_at < {now} + interval '14 days'"
    )
    .replace('\n', " ");
    let [one, other] = pgbench::pair(
        (data.database, &pgbench::of_brokers(BROKERS, SLOTS_OF_I)),
        (data.database, &pgbench::of_brokers(BROKERS, &blocks)),
    );
    let detail = format!("{one:.1?} against {other:.1?}");
    Line::at_most("slots against a bare index read", ratio(one, other), 2.5, "at most 2.5", &detail)
}

pub(crate) fn against_one_statement(data: &Data<'_>) -> Line {
    let mut client = data.database.connect();
    let now = now(&mut client);
    // Both must say the same before it matters which is faster.
    let starts =
        |rows: Vec<Row>| -> Vec<SystemTime> { rows.iter().map(|row| row.get(0)).collect() };
    for broker in data.brokers.iter().step_by(7) {
        let ours = starts(client.query(SLOTS, &[broker]).unwrap());
        let theirs = starts(client.query(ONE_STATEMENT, &[broker, &now]).unwrap());
        assert!(ours == theirs, "broker {broker}: the statement lists other slots");
    }
    let mut other = data.database.connect();
    let (slots, statement) =
        (client.prepare(SLOTS).unwrap(), other.prepare(ONE_STATEMENT).unwrap());
    let [ours, theirs] = pair(
        100,
        |n| drop(client.query(&slots, &[data.broker(n)]).unwrap()),
        |n| drop(other.query(&statement, &[data.broker(n), &now]).unwrap()),
    );
    let detail = format!("{ours:.1?} against {theirs:.1?}");
    Line::at_least(
        "slots against one SQL statement: faster",
        ratio(theirs, ours),
        3.0,
        "at least 3",
        &detail,
    )
}

const INSIDE: &str = "select count(*) from unnest($1::uuid[]) as i (id),
     lateral calendar.get_available_slots(i.id, $2, $2::timestamptz + interval '14 days')";

const BLOCKS_INSIDE: &str = "select count(*) from unnest($1::uuid[]) as i (id),
     lateral (select starts_at, ends_at from calendar.busy_blocks
               where broker_id = i.id and starts_at > $2::timestamptz - interval '24 hours'
                 and starts_at < $2::timestamptz + interval '14 days' offset 0) as blocks";

/// How long two statements over many brokers take, each with the brokers and the present.
fn inside(data: &Data<'_>, statements: [&str; 2]) -> [Duration; 2] {
    let mut clients = [data.database.connect(), data.database.connect()];
    let now = now(&mut clients[0]);
    let brokers = &data.brokers[..500];
    let [left, right] = &mut clients;
    let (one, other) =
        (left.prepare(statements[0]).unwrap(), right.prepare(statements[1]).unwrap());
    pair(
        1,
        |_| drop(left.query(&one, &[&brokers, &now]).unwrap()),
        |_| drop(right.query(&other, &[&brokers, &now]).unwrap()),
    )
}

pub(crate) fn inside_against_index_read(data: &Data<'_>) -> Line {
    let [ours, read] = inside(data, [INSIDE, BLOCKS_INSIDE]);
    let detail = format!("500 brokers, {ours:.1?} against {read:.1?}");
    Line::at_most(
        "slots inside one statement against an index-only read",
        ratio(ours, read),
        4.0,
        "at most 4",
        &detail,
    )
}

pub(crate) fn inside_against_flat_statement(data: &Data<'_>) -> Line {
    const FLAT: &str = include_str!("flat_statement.sql");
    let mut client = data.database.connect();
    for statement in include_str!("flat.sql").split_inclusive(";\n") {
        client.batch_execute(statement).unwrap();
    }
    let now = now(&mut client);
    // Both must say the same before it matters which is faster.
    for broker in data.brokers.iter().step_by(37) {
        let [ours, theirs] = [INSIDE, FLAT].map(|statement| -> i64 {
            client.query_one(statement, &[&std::slice::from_ref(broker), &now]).unwrap().get(0)
        });
        assert_eq!(ours, theirs, "broker {broker}: the statement lists other slots");
    }
    let [ours, theirs] = inside(data, [INSIDE, FLAT]);
    let detail = format!("500 brokers, {ours:.1?} against {theirs:.1?}");
    Line::at_least(
        "slots inside one statement against range_agg over a flat table: faster",
        ratio(theirs, ours),
        10.0,
        "at least 10",
        &detail,
    )
}

pub(crate) fn calls_a_minute(data: &Data<'_>) -> Line {
    let script = pgbench::of_brokers(BROKERS, SLOTS_OF_I);
    let rate = 60.0 * pgbench::transactions_a_second(data.database, &script, 2, 15);
    Line {
        what: "calls a minute by pgbench, 2 clients on this machine's cores",
        result: format!("{rate:.0}"),
        goal: "1000000",
        reached: rate >= 1e6,
    }
}

/// The call alone is timed, inside the transaction that PostgREST would open.
pub(crate) fn with_changing_role(data: &Data<'_>) -> Line {
    let mut client = data.database.connect();
    client.batch_execute("update calendar.brokers set public_booking = true where true").unwrap();
    let slots = client.prepare(SLOTS).unwrap();
    let set = client
        .prepare("select set_config('role', $1, true), set_config('search_path', $2, true), set_config('request.jwt.claims', $3, true)")
        .unwrap();
    let mut call = |n: u32, role: &str, path: &str| -> Duration {
        let sub = Uuid::from_u128(u128::from(n));
        let claims = format!(r#"{{"role": "{role}", "sub": "{sub}"}}"#);
        client.batch_execute("begin").unwrap();
        client.query(&set, &[&role, &path, &claims]).unwrap();
        let start = Instant::now();
        drop(client.query(&slots, &[data.broker(n)]).unwrap());
        let elapsed = start.elapsed();
        client.batch_execute("commit").unwrap();
        elapsed
    };
    let roles = ["anon", "authenticated", "service_role"];
    let (mut changing, mut steady) = (Vec::new(), Vec::new());
    for n in 0..6_000_u32 {
        let path = if n % 2 == 0 { "calendar, public" } else { "calendar" };
        changing.push(call(n, roles[n as usize % 3], path));
    }
    for n in 0..6_000_u32 {
        steady.push(call(n, "authenticated", "calendar"));
    }
    let [one, other] = [changing, steady].map(median);
    let detail = format!("{one:.1?} against {other:.1?}");
    Line::at_most(
        "slots while role and search_path change",
        ratio(one, other),
        1.3,
        "at most 1.3",
        &detail,
    )
}
