//! The spool's file: who can read it, and what becomes of it where it cannot be used.
#![cfg(unix)]

use calendar_tests::{Database, Synced};
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use sync_agent::database::Database as Agent;
use sync_agent::store::spool::{Call, Spool, inspect};
use tempfile::TempDir;
use uuid::Uuid;

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn call() -> Call {
    Call::FinishPull { lease_id: Uuid::nil(), outcome: json!({}) }
}

#[test]
fn only_the_owner_can_read_it() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spool.sqlite");
    // One that was made with a careless mode is mended.
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    let spool = Spool::open(&path).unwrap();
    spool.push(&call());
    for entry in fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_link_is_not_followed() {
    let directory = TempDir::new().unwrap();
    let (path, victim) = (directory.path().join("spool.sqlite"), directory.path().join("victim"));
    for content in [None, Some("precious")] {
        if let Some(content) = content {
            fs::write(&victim, content).unwrap();
            fs::set_permissions(&victim, fs::Permissions::from_mode(0o644)).unwrap();
        }
        let _ = fs::remove_file(&path);
        symlink(&victim, &path).unwrap();
        let error = Spool::open(&path).unwrap_err().to_string();
        assert!(error.contains("symbolic link"), "{error}");
        assert_eq!(fs::read_to_string(&victim).ok().as_deref(), content);
    }
    assert_eq!(mode(&victim), 0o644);
    // A directory may be a link: the state directory often is one.
    let linked = directory.path().join("linked");
    symlink(directory.path(), &linked).unwrap();
    Spool::open(&linked.join("other.sqlite")).unwrap();
}

#[test]
fn what_is_not_a_file_is_refused() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    Spool::open(&path).unwrap_err();
    Spool::open(directory.path()).unwrap_err();
}

#[test]
fn a_file_that_is_no_spool_is_set_aside_and_a_new_one_begun() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spool.sqlite");
    let of_another_release = |path: &std::path::Path| {
        let other = rusqlite::Connection::open(path).unwrap();
        other
            .execute_batch("create table calls (what text); insert into calls values ('x')")
            .unwrap();
    };
    let garbage =
        |path: &std::path::Path| fs::write(path, "no database at all".repeat(99)).unwrap();
    for (number, spoil) in
        [&garbage as &dyn Fn(&std::path::Path), &of_another_release].iter().enumerate()
    {
        spoil(&path);
        let spool = Spool::open(&path).unwrap();
        spool.push(&call());
        assert_eq!(spool.len(), 1);
        drop(spool);
        let aside = format!("spool.sqlite.unreadable-{}", number + 1);
        assert!(directory.path().join(aside).exists());
        assert_eq!(inspect(&path).unwrap(), (1, 0));
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_file_that_cannot_be_used_any_more_is_replaced_by_memory() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spool.sqlite");
    let spool = Spool::open(&path).unwrap();
    spool.push(&call());
    assert_eq!(spool.trouble(), None);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("drop table calls").unwrap();
    spool.push(&call());
    assert_eq!(spool.len(), 1);
    assert!(spool.trouble().unwrap().contains("calls"), "{:?}", spool.trouble());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn a_row_that_cannot_be_read_is_set_aside() {
    let db = tokio::task::block_in_place(Database::new);
    let (agent, _) = Agent::connect(&db.url()).await.unwrap();
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spool.sqlite");
    let spool = Spool::open(&path).unwrap();
    let raw = rusqlite::Connection::open(&path).unwrap();
    for bad in ["'not JSON'", "'{\"call\": \"unknown\"}'", "x'ff00'", "7"] {
        raw.execute_batch(&format!("insert into calls (call) values ({bad})")).unwrap();
    }
    spool.push(&call());
    // The call behind them is made; no such lease exists any more, so it is done.
    spool.replay(&agent).await.unwrap();
    assert!(spool.is_empty());
    assert_eq!(spool.set_aside(), 4);
    let aside: i64 = raw
        .query_row("select count(*) from unreadable_calls where problem <> ''", [], |r| r.get(0))
        .unwrap();
    assert_eq!(aside, 4);
}

/// A calendar with two events, and the calls of a full pull that brings both again, in two pages.
fn half_read(synced: &mut Synced) -> [Call; 3] {
    let event = |id: &str, hour: u8| {
        json!({"external_event_id": id, "starts_at": format!("2026-03-05T{hour:02}:00:00Z"),
               "ends_at": format!("2026-03-05T{:02}:00:00Z", hour + 1)})
    };
    let both = json!({"events": [event("a", 10), event("b", 12)]});
    synced.pull(&[both], &json!({"full": true, "sync_token": "1"}));
    let lease_id: Uuid = synced.begin_pull().parse().unwrap();
    let page = |number: i32, event| Call::StagePage {
        lease_id,
        number,
        page: json!({"events": [event]}).to_string(),
    };
    let outcome = json!({"full": true, "sync_token": "2", "pages": 2});
    [page(0, event("a", 10)), page(1, event("b", 12)), Call::FinishPull { lease_id, outcome }]
}

const KNOWN: &str = "select concat_ws(' ', (select count(*) from calendar.events), sync_token, failures, lease_id is null)
                       from calendar.sync_state";

#[test]
#[ignore = "needs PostgreSQL"]
fn nothing_is_deleted_because_a_page_cannot_be_read() {
    let mut synced = Synced::new(&[]);
    let [first, _, last] = half_read(&mut synced);
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("spool.sqlite");
    let spool = Spool::open(&path).unwrap();
    spool.push(&first);
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.execute_batch("insert into calls (call) values ('{\"call\": \"a page of tomorrow\"}')")
        .unwrap();
    spool.push(&last);
    replay(&synced, &spool).unwrap();
    assert!(spool.is_empty());
    assert_eq!(spool.set_aside(), 1);
    // The pull has failed; the next one brings everything.
    assert_eq!(synced.texts(KNOWN), ["2 1 1 t"]);
}

#[test]
#[ignore = "needs PostgreSQL"]
fn a_page_that_the_database_does_not_take_now_waits_with_all_that_follow() {
    let mut synced = Synced::new(&[]);
    let calls = half_read(&mut synced);
    let spool = Spool::in_memory();
    calls.iter().for_each(|call| spool.push(call));
    synced.db.set("lock_timeout", "50ms");
    synced.admin.batch_execute("begin; lock table calendar.sync_pages").unwrap();
    let error = replay(&synced, &spool).unwrap_err();
    assert!(error.is_passing(), "{error}");
    assert_eq!(spool.len(), 3);
    synced.admin.batch_execute("rollback").unwrap();
    replay(&synced, &spool).unwrap();
    assert!(spool.is_empty());
    assert_eq!(synced.texts(KNOWN), ["2 2 0 t"]);
}

fn replay(synced: &Synced, spool: &Spool) -> sync_agent::database::Result<usize> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (agent, _) = Agent::connect(&synced.db.url()).await.unwrap();
        spool.replay(&agent).await
    })
}
