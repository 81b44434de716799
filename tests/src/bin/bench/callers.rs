//! What voice agents and callers through PostgREST see.

use crate::data::{BROKERS, Data};
use crate::measure::{Line, ratio};
use crate::pgbench;
use calendar_tests::{Caller, Postgrest};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// `check_availability` with a phrase, whose answer needs a week on both sides of what
/// is asked for.
pub(crate) fn phrase_against_slots(data: &Data<'_>) -> Line {
    let broker = "md5('broker ' || :i)::uuid";
    let phrase = format!("select calendar.check_availability({broker}, 'next Tuesday at 3 pm')");
    let slots = format!(
        "select slot_start, slot_end from calendar.get_available_slots({broker}, '2026-03-03T20:00Z', '2026-03-17T20:00Z')"
    );
    let [one, other] = pgbench::pair(
        (data.database, &pgbench::of_brokers(BROKERS, &phrase)),
        (data.database, &pgbench::of_brokers(BROKERS, &slots)),
    );
    let detail = format!("{one:.1?} against {other:.1?}");
    Line::at_most(
        "check_availability with a phrase against the slots of the same days",
        ratio(one, other),
        1.5,
        "at most 1.5",
        &detail,
    )
}

const CLIENTS: u32 = 8;

/// Requests a second through PostgREST, against a function that returns what it was
/// made with.
pub(crate) fn http_against_a_constant(data: &Data<'_>) -> Line {
    let mut client = data.database.connect();
    let broker = data.broker(0);
    let slots: String = client
        .query_one(
            "select jsonb_agg(to_jsonb(s))::text from calendar.get_available_slots($1) as s",
            &[&broker],
        )
        .unwrap()
        .get(0);
    client
        .batch_execute(&format!(
            "create function calendar.constant() returns json language sql immutable
             return '{slots}'::json;
             grant execute on function calendar.constant() to service_role"
        ))
        .unwrap();
    let postgrest = Postgrest::start(data.database);
    let ask = |n: u32| ("get_available_slots", json!({"broker_id": data.broker(n)}));
    let constant = |_: u32| ("constant", json!({}));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..6 {
        let rates = [requests_a_second(&postgrest, &ask), requests_a_second(&postgrest, &constant)];
        // The first round warms up.
        if round > 0 {
            ours.push(rates[0]);
            theirs.push(rates[1]);
        }
    }
    client.batch_execute("drop function calendar.constant()").unwrap();
    let [ours, theirs] = [ours, theirs].map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    let detail = format!("{ours:.0} against {theirs:.0} requests a second, {} bytes", slots.len());
    Line::at_least(
        "slots through PostgREST, 8 clients, against a constant of the same size",
        ours / theirs,
        0.6,
        "at least 0.6",
        &detail,
    )
}

fn requests_a_second(
    postgrest: &Postgrest,
    request: &(impl Fn(u32) -> (&'static str, Value) + Sync),
) -> f64 {
    let count = AtomicU32::new(0);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                while start.elapsed() < Duration::from_secs(3) {
                    let (function, arguments) = request(count.fetch_add(1, Ordering::Relaxed));
                    let answer = postgrest.call(Caller::Service, function, &arguments);
                    assert_eq!(answer.status, 200, "{answer:?}");
                }
            });
        }
    });
    f64::from(count.into_inner()) / start.elapsed().as_secs_f64()
}
