//! Tokens that are refused or forgotten.

use super::support::{listing, token, token_of, usual};
use crate::script::{Script, answer, multistatus, status};
use providers::Pulled;
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_agent::Error;

#[tokio::test]
async fn a_token_can_be_refused_in_many_ways() {
    for code in [400, 403, 404, 405, 409, 410, 412, 415, 418, 422, 500, 501, 504] {
        let server = Script::start(move |asked| match asked.is_about("sync-collection") {
            true => answer(code, "text/plain", "no"),
            false => usual(asked),
        })
        .await;
        let (pulled, received) = server.pull(Some(&token("old", None))).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { .. }), "{code}: {pulled:?}");
        assert_eq!(received.ids(), ["a.ics", "b.ics"], "{code}");
        assert!(token_of(&pulled).contains("\"new\""), "{code}");
    }
}

#[tokio::test]
async fn other_refusals_do_not_cost_a_full_pull() {
    for code in [401, 404, 429, 502, 503, 504] {
        let server = Script::start(move |_| answer(code, "text/plain", "no")).await;
        let error = server.pull(Some(&token("old", None))).await.unwrap_err();
        let is_right = match code {
            401 => matches!(error, Error::NeedsReconnect(_)),
            404 => matches!(error, Error::NotFound(_)),
            429 | 503 => matches!(error, Error::Throttled { .. }),
            _ => matches!(error, Error::Unavailable(_)),
        };
        assert!(is_right, "{code}: {error:?}");
        assert_eq!(server.asked().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn one_fault_does_not_kill_a_token() {
    let count = AtomicUsize::new(0);
    let count: &'static AtomicUsize = Box::leak(Box::new(count));
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true if count.fetch_add(1, Ordering::Relaxed) == 0 => answer(500, "text/plain", "for once"),
        true => multistatus(&(listing(&["a"]) + "<sync-token>new</sync-token>")),
        false => usual(asked),
    })
    .await;
    let (pulled, _) = server.pull(Some(&token("old", None))).await.unwrap();
    assert!(matches!(pulled, Pulled::Changes { .. }), "{pulled:?}");
}

/// As some hosts do for ever.
#[tokio::test]
async fn tokens_that_are_always_refused_are_not_used_again() {
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => answer(403, "text/plain", "no"),
        false => usual(asked),
    })
    .await;
    let mut last = token("old", None);
    for asked in [1, 1, 0] {
        let (pulled, _) = server.pull(Some(&last)).await.unwrap();
        let reports = server.asked().into_iter().filter(|a| a.is_about("sync-collection")).count();
        assert_eq!(reports, asked);
        last = token_of(&pulled).replace("\"new\"", "\"old\"");
    }
}

#[tokio::test]
async fn changes_that_are_cut_off_are_asked_for_until_they_end() {
    let server = Script::start(|asked| {
        if !asked.is_about("sync-collection") {
            return usual(asked);
        }
        let part =
            |rows: String, token| multistatus(&format!("{rows}<sync-token>{token}</sync-token>"));
        if asked.body.contains(">first<") {
            part(listing(&["a"]) + &status("/cal/", 507), "second")
        } else {
            assert!(asked.body.contains(">second<"), "{}", asked.body);
            part(listing(&["b"]), "third")
        }
    })
    .await;
    let (pulled, received) = server.pull(Some(&token("first", Some("ctag")))).await.unwrap();
    assert_eq!(pulled, Pulled::Changes { token: Some(token("third", Some("ctag"))) });
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
}
