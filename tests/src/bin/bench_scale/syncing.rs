//! What a pull writes.

use crate::data::Data;
use crate::measure::{Line, best};
use calendar_tests::Caller;
use postgres::Client;
use serde_json::{Value, json};
use std::time::Duration;

const MILLISECOND: Duration = Duration::from_millis(1);

/// An agent's session.
pub(crate) fn agent(data: &Data<'_>, settings: &str) -> Client {
    let mut agent = data.database.connect();
    agent.batch_execute(settings).unwrap();
    Caller::Agent.assume(&mut agent);
    agent
}

/// A batch of one event, which differs from call to call.
pub(crate) fn one_event(n: u32) -> Value {
    let end = format!("2026-03-05T16:{:02}:00Z", n % 60);
    json!({"events": [{"external_event_id": "one", "starts_at": "2026-03-05T15:00:00Z", "ends_at": end}]})
}

/// Applies a batch to the first calendar of a broker.
pub(crate) fn apply(agent: &mut Client, broker: i32, batch: &Value) {
    let sync = "select calendar.apply_sync(bench.calendar($1, 1), $2)";
    agent.query_one(sync, &[&broker, batch]).unwrap();
}

fn pull(data: &[&Data<'_>; 2], settings: &str, broker: i32) -> [Duration; 2] {
    data.map(|data| {
        let mut agent = agent(data, settings);
        // The first call of a session also plans.
        apply(&mut agent, broker, &one_event(60));
        best(30, |n| apply(&mut agent, broker, &one_event(n)))
    })
}

pub(crate) fn pull_of_one_event(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = pull(&[tenth, full], "", 7);
    Line::times("apply_sync of one event", times, 10 * MILLISECOND, true, "at most 10 ms, flat")
}

pub(crate) fn pull_with_jit(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = pull(&[tenth, full], "set jit = on", 8);
    Line::times("the same with jit", times, 10 * MILLISECOND, true, "at most 10 ms, flat")
}

pub(crate) fn pull_into_a_large_calendar(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = pull(&[tenth, full], "", 1);
    let what = "apply_sync of one event into a calendar with a tenth of all events";
    Line::times(what, times, 15 * MILLISECOND, true, "at most 15 ms, flat")
}

pub(crate) fn deletion_after_a_large_one(tenth: &Data<'_>, full: &Data<'_>) -> Line {
    let times = [tenth, full].map(|data| {
        let mut agent = agent(data, "");
        let last = data.more_events;
        let ids: Vec<String> = (last - 2999..=last).map(|n| format!("more {n}")).collect();
        apply(&mut agent, 1, &json!({"deleted": ids}));
        best(30, |n| {
            let id = format!("more {}", last - 3000 - i32::try_from(n).unwrap());
            apply(&mut agent, 1, &json!({"deleted": [id]}));
        })
    });
    let what = "deletion of one event after that of 3,000 in the same session";
    Line::times(what, times, 50 * MILLISECOND, true, "at most 50 ms")
}
