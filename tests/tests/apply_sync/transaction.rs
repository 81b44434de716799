//! One call is one transaction.

use crate::support::{hour, start, sync, texts};
use calendar_tests::{Scene, fixture};
use postgres::Client;
use serde_json::{Value, json};

#[test]
fn events_token_and_log_land_together_or_not_at_all() {
    let Scene { db, mut client, broker } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let batch = json!({"events": [hour("a", 3, 10)], "sync_token": "1", "full": true});
    let state = |client: &mut Client| {
        texts(
            client,
            "select concat_ws(' ', (select count(*) from calendar.events),
                              (select count(*) from calendar.busy_blocks),
                              (select count(*) from calendar.sync_logs),
                              (select sync_token from calendar.sync_state),
                              (select last_success_at = last_full_at from calendar.sync_state))",
        )
        .remove(0)
    };
    let mut transaction = client.transaction().unwrap();
    transaction.query("select calendar.apply_sync($1, $2)", &[&calendar, &batch]).unwrap();
    transaction.rollback().unwrap();
    assert_eq!(state(&mut client), "0 0 0");
    sync(&mut client, calendar, &batch);
    assert_eq!(state(&mut client), "1 1 1 1 t");
    let token = |value: Value| json!({"events": [hour("b", 3, 12)], "sync_token": value});
    db.set_now("2026-03-02T14:05:00Z");
    let mut client = db.connect();
    sync(&mut client, calendar, &token(json!("2")));
    assert_eq!(state(&mut client), "2 2 2 2 f");
    // Without a word about it the token stays; null ends it.
    sync(&mut client, calendar, &json!({"events": []}));
    assert_eq!(state(&mut client), "2 2 2 2 f");
    sync(&mut client, calendar, &token(Value::Null));
    assert_eq!(state(&mut client), "2 2 2 f");
}

#[test]
fn the_log_tells_what_each_batch_did() {
    let (mut client, _, calendar) = start();
    sync(&mut client, calendar, &json!({"events": [hour("a", 3, 10), hour("b", 3, 12)]}));
    let second = json!({"events": [hour("b", 3, 13), {"external_event_id": "c"}],
                        "deleted": ["a"], "full": true});
    sync(&mut client, calendar, &second);
    let log = "select concat_ws(' ', is_full, created, updated, deleted, unchanged, rejected,
                                to_char(logged_at, 'YYYY-MM-DD HH24:MI'))
                 from calendar.sync_logs order by id";
    assert_eq!(
        texts(&mut client, log),
        ["f 2 0 0 0 0 2026-03-02 14:00", "t 0 1 1 0 1 2026-03-02 14:00"]
    );
}
