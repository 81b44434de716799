//! The spool's file: who can read it, and what becomes of it where it cannot be used.
#![cfg(unix)]

use calendar_tests::Database;
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
