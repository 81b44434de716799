//! What the tests of deadlines share.

use calendar_tests::synced::text;
use calendar_tests::{Synced, fixture};
use postgres::Client;
use serde_json::{Value, json};

/// Now, by the clock of the tests.
pub(crate) const NOW: &str = "2026-03-02T14:00:00Z";

/// A broker with a calendar at CalDAV, at [`NOW`].
pub(crate) fn scene() -> Synced {
    let mut synced = Synced::new(&[("email", "ada@example.org"), ("phone", "1")]);
    synced.at(NOW);
    synced
}

/// Calls a function of schema `calendar` as the superuser.
#[track_caller]
pub(crate) fn call(client: &mut Client, function: &str) -> Value {
    fixture::call(client, function).unwrap_or_else(|e| panic!("{function}: {e:?}"))
}

/// Makes or changes the deadline `external_id`, and returns its row; what follows `title` is written in SQL.
#[track_caller]
pub(crate) fn upsert(synced: &mut Synced, external_id: &str, rest: &str) -> Value {
    let broker = synced.broker;
    call(&mut synced.admin, &format!("upsert_obligation('{broker}', '{external_id}', {rest})"))
}

/// The deadlines' rows of the outbox that are open: the deadline's key and the operation.
pub(crate) fn open(synced: &mut Synced) -> Vec<String> {
    synced.texts(
        "select concat_ws(' ', b.external_id, o.operation) from calendar.outbox as o
           join calendar.obligations as b on b.id = o.obligation_id
          where o.done_at is null order by 1",
    )
}

/// The one push that is due.
#[track_caller]
pub(crate) fn only(synced: &mut Synced) -> Value {
    let mut pushes = synced.pushes();
    assert_eq!(pushes.len(), 1, "{pushes:#?}");
    pushes.remove(0)
}

/// Ends a push as the agent does: the event is there, or is gone.
#[track_caller]
pub(crate) fn finish(synced: &mut Synced, push: &Value) {
    let id = format!("ob-{}@calendar-ext", text(push, "obligation_id"));
    let (id, written) = match push["operation"].as_str() {
        Some("write") => (Some(id), Some(&push["event"])),
        Some("remove") => (None, None),
        other => panic!("{other:?}"),
    };
    let finish = "select calendar_sync.finish_push($1::text::uuid, $2, 'v1', written => $3)";
    synced.agent.execute(finish, &[&text(push, "lease_id"), &id, &written]).unwrap();
}

/// Writes all that is due, and returns the operations with the deadlines' titles.
#[track_caller]
pub(crate) fn work(synced: &mut Synced) -> Vec<String> {
    let mut done = Vec::new();
    loop {
        let pushes = synced.pushes();
        if pushes.is_empty() {
            return done;
        }
        for push in pushes {
            finish(synced, &push);
            done.push(format!("{} {}", text(&push, "operation"), text(&push["event"], "title")));
        }
    }
}

/// The mappings: the deadline's key, the sequence that was written, and the problem.
pub(crate) fn mappings(synced: &mut Synced) -> Vec<String> {
    synced.texts(
        "select concat_ws(' ', b.external_id, m.pushed_sequence, m.problem) from calendar.obligation_mappings as m
           join calendar.obligations as b on b.id = m.obligation_id
           join calendar.calendars as c on c.id = m.calendar_id
          order by b.external_id, c.external_calendar_id",
    )
}

/// `n` deadlines as a JSON argument, one for each of the days from 3 March 2026 on.
pub(crate) fn many(n: i64) -> Value {
    (0..n)
        .map(|i| {
            let day = i % 28 + 1;
            json!({"external_id": format!("k{i:05}"), "title": format!("Deadline {i}"),
                   "due_on": format!("2026-{:02}-{day:02}", 4 + i / 28 % 9), "notes": "Read the file."})
        })
        .collect()
}
