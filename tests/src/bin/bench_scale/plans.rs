//! How many rows our statements read for one that they return, by `auto_explain`.

use crate::data::Data;
use crate::measure::Line;
use postgres::{Client, Config, NoTls};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// Rows that may be read for one.
const MOST: f64 = 20.0;

const EXPLAIN: &str = "load 'auto_explain';
    set auto_explain.log_min_duration = 0;
    set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on;
    set auto_explain.log_timing = off;
    set auto_explain.log_format = json;
    set client_min_messages = log;";

/// Calls of callers and of agents. Each is made ten times and rolled back.
const CALLS: [&str; 13] = [
    "select calendar.get_available_slots(bench.broker(11))",
    "select calendar.try_book(bench.broker(12), '2026-03-10T15:00Z')",
    "select calendar.cancel_booking(bench.booking(13, 99))",
    "select calendar.reschedule_booking(bench.booking(14, 99), '2026-03-10T16:00Z')",
    "select calendar.apply_sync(bench.calendar(15, 1), '{\"events\": [{\"external_event_id\": \"event 7\",
         \"starts_at\": \"2026-03-05T15:00:00Z\"}]}')",
    "select calendar.apply_sync(bench.calendar(1, 1), '{\"events\": [{\"external_event_id\": \"event 7\",
         \"starts_at\": \"2026-03-05T15:00:00Z\"}]}')",
    "select calendar.apply_sync(bench.calendar(1, 1), '{\"deleted\": [\"more 5000\"]}')",
    "select calendar_sync.lease_calendars(calendar_sync.begin_round(), '0')",
    "select calendar_sync.lease_pushes()",
    "select calendar.export_ics(bench.broker(1), '2026-03-02', '2026-03-09')",
    "select calendar_sync.extend_horizon()",
    "select calendar_sync.prune_logs()",
    "select * from calendar.upcoming_bookings order by slot_start limit 50",
];

/// A plan's part that runs by itself: what it reads from tables, what it returns, and the parts in it.
struct Part {
    read: f64,
    returned: f64,
}

fn number(node: &Value, key: &str) -> f64 {
    node[key].as_f64().unwrap_or(0.0)
}

/// What a node returns to what asks it; of what puts rows together, what that gets.
fn returned(node: &Value) -> f64 {
    let own = number(node, "Actual Rows") * number(node, "Actual Loops").max(1.0);
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let gathers = [
        "Aggregate",
        "Limit",
        "Unique",
        "Sort",
        "ModifyTable",
        "LockRows",
        "WindowAgg",
        "Subquery Scan",
    ];
    let children = node["Plans"].as_array().into_iter().flatten();
    let below = children
        .filter(|child| {
            child["Parent Relationship"] != "InitPlan" && child["Parent Relationship"] != "SubPlan"
        })
        .map(returned)
        .fold(0.0, f64::max);
    if gathers.contains(&kind) { own.max(below) } else { own }
}

/// Adds up what a part reads, and lists the parts within.
fn walk(node: &Value, read: &mut f64, parts: &mut Vec<Part>) {
    if node["Relation Name"].is_string() && node["Node Type"] != "ModifyTable" {
        let loops = number(node, "Actual Loops");
        *read += loops
            * (number(node, "Actual Rows")
                + number(node, "Rows Removed by Filter")
                + number(node, "Rows Removed by Index Recheck"));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        let relationship = child["Parent Relationship"].as_str().unwrap_or_default();
        if matches!(relationship, "InitPlan" | "SubPlan") {
            let mut own = 0.0;
            walk(child, &mut own, parts);
            // Asked several times, it returns at least the answer that there is nothing.
            parts.push(Part {
                read: own,
                returned: returned(child).max(number(child, "Actual Loops")),
            });
        } else {
            walk(child, read, parts);
        }
    }
}

/// The worst part of a plan: rows read for one, and the query.
fn worst(plan: &Value) -> f64 {
    let mut parts = Vec::new();
    let root = &plan["Plan"];
    let mut read = 0.0;
    walk(root, &mut read, &mut parts);
    parts.push(Part { read, returned: returned(root) });
    parts.iter().map(|part| part.read / part.returned.max(1.0)).fold(0.0, f64::max)
}

fn plans_of(client: &mut Client, heard: &Mutex<Vec<String>>, call: &str) -> Vec<Value> {
    heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let mut transaction = client.transaction().unwrap();
    transaction.query(call, &[]).unwrap_or_else(|e| panic!("{call}: {e:?}"));
    transaction.rollback().unwrap();
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    heard
        .iter()
        .filter_map(|message| message.split_once("plan:\n"))
        .filter_map(|(_, plan)| serde_json::from_str(plan).ok())
        .collect()
}

pub(crate) fn rows_read_for_one(_: &Data<'_>, full: &Data<'_>) -> Line {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let mut most = 0.0;
    let mut seen = 0;
    let mut bad = Vec::new();
    for call in CALLS {
        let mut config: Config = full.database.url().parse().unwrap();
        let said = Arc::clone(&heard);
        config.notice_callback(move |notice| {
            said.lock().unwrap_or_else(PoisonError::into_inner).push(notice.message().to_owned());
        });
        let mut client = config.connect(NoTls).unwrap();
        client.batch_execute(EXPLAIN).unwrap();
        for n in 1..=10 {
            let plans = plans_of(&mut client, &heard, call);
            if n == 1 || n == 10 {
                for plan in &plans {
                    seen += 1;
                    let reads = worst(plan);
                    most = f64::max(most, reads);
                    if reads > MOST {
                        let query = plan["Query Text"].as_str().unwrap_or_default();
                        let query: String = query.split_whitespace().collect::<Vec<_>>().join(" ");
                        bad.push(format!(
                            "\n         {reads:.0} for one in call {n} of {call}: {query:.160}"
                        ));
                    }
                }
            }
        }
    }
    Line {
        what: "rows read for one that a plan returns, first and tenth call",
        result: format!("at most {most:.0} in {seen} plans{}", bad.concat()),
        goal: "at most 20",
        reached: most <= MOST && seen > 0,
    }
}
