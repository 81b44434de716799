//! Callers at every isolation level beside each other and beside agents, which work at READ COMMITTED: what
//! PostgreSQL refuses is to be repeated (40001), no other error is seen, and no change is lost.

use crate::support::{NOW, finish, only, scene, upsert, work};
use calendar_tests::answer::sqlstate;
use calendar_tests::synced::text;
use calendar_tests::{Caller, Synced, fixture};
use postgres::{Client, Error};
use serde_json::Value;
use std::sync::Barrier;
use std::thread;

const LEVELS: [&str; 3] = ["read committed", "repeatable read", "serializable"];

/// A caller whose transactions are at this level.
fn caller(synced: &Synced, level: &str) -> Client {
    let mut client = synced.db.connect();
    let set = format!("set calendar.now = '{NOW}'; set default_transaction_isolation = '{level}'");
    client.batch_execute(&set).unwrap();
    client
}

/// Repeats what ends with 40001, except at READ COMMITTED.
#[track_caller]
fn insist(level: &str, mut attempt: impl FnMut() -> Result<Value, Error>) -> Value {
    loop {
        match attempt() {
            Ok(value) => return value,
            Err(error) if level != LEVELS[0] && sqlstate(&error) == "40001" => {}
            Err(error) => panic!("{level}: {error:?}"),
        }
    }
}

/// What is at the calendar is what each deadline says last, and nothing waits.
#[track_caller]
fn assert_written(synced: &mut Synced, level: &str) {
    work(synced);
    let wrong = "select concat_ws(' ', o.external_id, o.title, o.status, m.written ->> 'title')
                   from calendar.obligations as o
                   left join calendar.obligation_mappings as m on m.obligation_id = o.id
                  where case when o.status = 'pending'
                             then m.pushed_sequence is distinct from o.sequence or m.written ->> 'title' is distinct from o.title
                             else m.obligation_id is not null end";
    assert_eq!(synced.texts(wrong), [""; 0], "{level}");
    assert_eq!(synced.open(), 0, "{level}");
}

#[test]
fn changes_and_agents_at_once_lose_nothing() {
    const DEADLINES: usize = 4;
    for level in LEVELS {
        let mut synced = scene();
        let broker = synced.broker;
        // All but one are new to the callers.
        upsert(&mut synced, "k0", "'first', '2026-04-30'");
        let barrier = Barrier::new(4);
        thread::scope(|scope| {
            for who in 0..2 {
                let (mut client, barrier) = (caller(&synced, level), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    for n in 0..60 {
                        let status = if n % 7 == who { "done" } else { "pending" };
                        let change = format!(
                            "upsert_obligation('{broker}', 'k{}', '{who} {n}', '2026-04-30', status => '{status}')",
                            n % DEADLINES
                        );
                        insist(level, || fixture::call(&mut client, &change));
                    }
                });
            }
            for _ in 0..2 {
                let (mut agent, barrier) = (caller(&synced, LEVELS[0]), &barrier);
                scope.spawn(move || {
                    Caller::Agent.assume(&mut agent);
                    barrier.wait();
                    for _ in 0..80 {
                        let lease = "select to_jsonb(l) from calendar_sync.lease_pushes(2) as l";
                        for row in agent.query(lease, &[]).unwrap() {
                            let push: Value = row.get(0);
                            let (id, written) = if push["operation"] == "write" {
                                (Some(text(&push, "obligation_id")), Some(&push["event"]))
                            } else {
                                (None, None)
                            };
                            let end = "select calendar_sync.finish_push($1::text::uuid, $2, written => $3)";
                            agent.execute(end, &[&text(&push, "lease_id"), &id, &written]).unwrap();
                        }
                    }
                });
            }
        });
        assert_written(&mut synced, level);
    }
}

/// What another transaction commits after a caller's has begun.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    Change,
    Lease,
    Write,
    Finish,
    FinishAndChange,
}

#[test]
fn a_change_by_an_older_snapshot_is_made_or_to_be_repeated() {
    use Meanwhile::{Change, Finish, FinishAndChange, Lease, Write};
    for level in LEVELS {
        for meanwhile in [Change, Lease, Write, Finish, FinishAndChange] {
            for is_new in [true, false] {
                for status in ["pending", "done"] {
                    let case = format!("{level} {meanwhile:?} {is_new} {status}");
                    let mut synced = scene();
                    let broker = synced.broker;
                    let by_others = "'theirs', '2026-04-30'";
                    let mut push = None;
                    if !(is_new && matches!(meanwhile, Change)) {
                        upsert(&mut synced, "k", "'first', '2026-04-30'");
                        if !is_new {
                            work(&mut synced);
                            upsert(&mut synced, "k", "'second', '2026-04-30'");
                        }
                    }
                    if matches!(meanwhile, Finish | FinishAndChange) {
                        push = Some(only(&mut synced));
                    }
                    let mut client = caller(&synced, level);
                    client.batch_execute("begin; select from calendar.brokers").unwrap();
                    match meanwhile {
                        Change => drop(upsert(&mut synced, "k", by_others)),
                        Lease => push = Some(only(&mut synced)),
                        Write => {
                            let push = only(&mut synced);
                            finish(&mut synced, &push);
                        }
                        Finish => finish(&mut synced, &push.take().unwrap()),
                        FinishAndChange => {
                            finish(&mut synced, &push.take().unwrap());
                            upsert(&mut synced, "k", by_others);
                        }
                    }
                    let change = format!(
                        "upsert_obligation('{broker}', 'k', 'mine', '2026-04-30', status => '{status}')"
                    );
                    let mut is_first = true;
                    let mine = insist(level, || {
                        if !std::mem::take(&mut is_first) {
                            client.batch_execute("rollback; begin").unwrap();
                        }
                        fixture::call(&mut client, &change)
                    });
                    assert_eq!(mine["title"], "mine", "{case}");
                    // SERIALIZABLE may refuse at the end, too; nothing was changed then.
                    if let Err(error) = client.batch_execute("commit") {
                        assert_eq!((level, sqlstate(&error)), (LEVELS[2], "40001"), "{case}");
                        insist(level, || fixture::call(&mut client, &change));
                    }
                    if let Some(push) = push {
                        finish(&mut synced, &push);
                    }
                    assert_written(&mut synced, &case);
                    let stored = "select title || ' ' || status from calendar.obligations";
                    assert_eq!(synced.texts(stored), [format!("mine {status}")], "{case}");
                }
            }
        }
    }
}

#[test]
fn an_agent_beside_a_change_that_is_not_committed_loses_nothing() {
    for level in LEVELS {
        for is_leased in [false, true] {
            let mut synced = scene();
            let broker = synced.broker;
            upsert(&mut synced, "k", "'first', '2026-04-30'");
            let push = is_leased.then(|| only(&mut synced));
            let mut client = caller(&synced, level);
            let change = format!(
                "begin; select calendar.upsert_obligation('{broker}', 'k', 'mine', '2026-04-30')"
            );
            client.batch_execute(&change).unwrap();
            let Some(push) = push else {
                assert!(synced.pushes().is_empty(), "{level}");
                client.batch_execute("commit").unwrap();
                assert_written(&mut synced, level);
                continue;
            };
            // It ends without waiting, or once the change is committed.
            thread::scope(|scope| {
                let mut agent = caller(&synced, LEVELS[0]);
                Caller::Agent.assume(&mut agent);
                let push = &push;
                let ends = scope.spawn(move || {
                    let end =
                        "select calendar_sync.finish_push($1::text::uuid, 'e', written => $2)";
                    agent.execute(end, &[&text(push, "lease_id"), &push["event"]]).unwrap();
                });
                thread::sleep(std::time::Duration::from_millis(50));
                client.batch_execute("commit").unwrap();
                ends.join().unwrap();
            });
            assert_written(&mut synced, level);
        }
    }
}
