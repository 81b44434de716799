//! Pulls of changes: tokens, ctags, ETags.

use super::support::{body, href, is_listing, listing, token, token_of, usual, without_state};
use crate::script::{Script, ics, multistatus, response, status};
use providers::Pulled;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOTHING_NEW: Pulled = Pulled::Unchanged { token: None };

#[tokio::test]
async fn what_has_not_changed_costs_one_request() {
    let server = Script::start(usual).await;
    let (pulled, received) = server.pull(None).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { window: Some(_), .. }), "{pulled:?}");
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    assert_eq!(server.asked().len(), 5, "state, two listings, the user's addresses, bodies");

    let (pulled, _) = server.pull(Some(token_of(&pulled))).await.unwrap();
    assert_eq!(pulled, NOTHING_NEW);
    assert_eq!(server.asked().len(), 1);
}

/// Servers have been seen to forget one of the two.
#[tokio::test]
async fn what_has_not_changed_is_said_by_the_token_and_by_the_ctag() {
    let server = Script::start(usual).await;
    let (pulled, _) = server.pull(Some(&token("new", Some("ctag")))).await.unwrap();
    assert_eq!(pulled, NOTHING_NEW);
    // The ctag is the same, and yet there are changes.
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => multistatus(&(listing(&["a"]) + "<sync-token>new</sync-token>")),
        false => usual(asked),
    })
    .await;
    let (pulled, received) = server.pull(Some(&token("old", Some("ctag")))).await.unwrap();
    assert_eq!(pulled, Pulled::Changes { token: Some(token("new", Some("ctag"))) });
    assert_eq!(received.ids(), ["a.ics"]);
    // The token is the same, or brings no change, but the ctag is another one.
    for old in ["new", "old"] {
        let server = Script::start(|asked| match asked.is_about("sync-collection") {
            true => multistatus("<sync-token>new</sync-token>"),
            false => usual(asked),
        })
        .await;
        let (pulled, received) = server.pull(Some(&token(old, Some("other")))).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
        assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    }
}

#[tokio::test]
async fn a_token_without_a_ctag_is_enough() {
    for ctag in ["", "<x:getctag/>"] {
        let server = Script::start(move |asked| {
            let state = format!("<sync-token>new</sync-token>{ctag}");
            match asked.is_about("getctag") {
                true => multistatus(&response("/cal/", &state)),
                false => usual(asked),
            }
        })
        .await;
        let (pulled, _) = server.pull(Some(&token("new", None))).await.unwrap();
        assert_eq!(pulled, NOTHING_NEW);
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn only_what_is_new_or_changed_is_read() {
    let server = Script::start(usual).await;
    for token in [None, Some("{\"ctag\":\"old\"}".to_owned()), Some(token("dead", None))] {
        let known = [("a.ics", "\"1\""), ("b.ics", "\"0\""), ("gone.ics", "\"1\"")];
        let (pulled, received) = server.pull_knowing(&known, token.as_deref()).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
        assert_eq!(received.ids(), ["b.ics"]);
        assert_eq!(received.page.unchanged, ["a.ics"]);
        assert_eq!(received.page.deleted, []);
        let asked = server.asked();
        let bodies = asked.iter().find(|asked| asked.is_about("calendar-multiget")).unwrap();
        assert!(!bodies.body.contains(&href("a")), "{}", bodies.body);
    }
}

/// A server may answer a token that it does not know with everything: then it does not say what is
/// gone.
#[tokio::test]
async fn a_list_of_changes_with_what_is_known_is_not_believed() {
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => multistatus(&(listing(&["a", "b"]) + "<sync-token>new</sync-token>")),
        false => usual(asked),
    })
    .await;
    let known = [("a.ics", "\"1\""), ("gone.ics", "\"1\"")];
    let (pulled, received) = server.pull_knowing(&known, Some(&token("old", None))).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!((received.ids(), received.page.unchanged.len()), (vec!["b.ics"], 1));
}

#[tokio::test]
async fn a_list_of_changes_that_shows_removals_is_not_believed() {
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => {
            let gone = status(&href("a"), 404) + &status(&href("b"), 404);
            multistatus(&(gone + "<sync-token>new</sync-token>"))
        }
        false => usual(asked),
    })
    .await;
    let known = [("a.ics", "\"1\""), ("b.ics", "\"1\"")];
    let (pulled, received) = server.pull_knowing(&known, Some(&token("old", None))).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!((received.page.unchanged.len(), received.page.deleted.len()), (2, 0));
}

#[tokio::test]
async fn a_list_of_changes_without_a_token_is_not_believed() {
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => multistatus(&listing(&["a"])),
        false => usual(asked),
    })
    .await;
    let (pulled, received) = server.pull(Some(&token("old", None))).await.unwrap();
    assert_eq!(token_of(&pulled), token("new", Some("ctag")));
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
}

#[tokio::test]
async fn a_ctag_does_where_there_is_no_sync_token() {
    static VERSION: AtomicUsize = AtomicUsize::new(1);
    let server = Script::start(|asked| {
        if asked.is_about("getctag") {
            let ctag = format!("<x:getctag>{}</x:getctag>", VERSION.load(Ordering::Relaxed));
            return multistatus(&response("/cal/", &ctag));
        }
        without_state(asked)
    })
    .await;
    let (first, _) = server.pull(None).await.unwrap();
    server.asked();
    let (pulled, _) = server.pull(Some(token_of(&first))).await.unwrap();
    assert_eq!(pulled, NOTHING_NEW);
    assert_eq!(server.asked().len(), 1);

    VERSION.store(2, Ordering::Relaxed);
    let (pulled, received) = server.pull(Some(token_of(&first))).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
}

#[tokio::test]
async fn etags_do_where_there_is_no_ctag_either() {
    static VERSION: AtomicUsize = AtomicUsize::new(1);
    let server = Script::start(|asked| {
        if asked.is_about("sync-token") {
            return multistatus(&response("/cal/", ""));
        }
        if is_listing(asked) {
            let etag = format!("<getetag>\"{}\"</getetag>", VERSION.load(Ordering::Relaxed));
            return multistatus(&response(&href("a"), &etag));
        }
        without_state(asked)
    })
    .await;
    let (first, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics"]);
    server.asked();
    let (pulled, _) = server.pull(Some(token_of(&first))).await.unwrap();
    assert_eq!(pulled, NOTHING_NEW);
    assert_eq!(server.asked().len(), 2, "state, listing");

    VERSION.store(2, Ordering::Relaxed);
    let (pulled, received) = server.pull(Some(token_of(&first))).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!(received.ids(), ["a.ics"]);
    assert_ne!(token_of(&first), token_of(&pulled));
}

/// Without any version, nothing shows that an event is still the same.
#[tokio::test]
async fn members_without_a_version_are_read_each_time() {
    for (properties, version) in [
        ("<getetag/>", None),
        ("", None),
        (
            "<getetag/><getlastmodified>Tue, 01 Dec 2026 08:00:00 GMT</getlastmodified>",
            Some("modified Tue, 01 Dec 2026 08:00:00 GMT"),
        ),
    ] {
        let server = Script::start(move |asked| match is_listing(asked) {
            true => multistatus(&response(&href("a"), properties)),
            false if asked.is_about("sync-token") => multistatus(&response("/cal/", "")),
            false => usual(asked),
        })
        .await;
        let (first, received) = server.pull(None).await.unwrap();
        assert_eq!(received.page.events[0].etag.as_deref(), version);
        let known = [("a.ics", version.unwrap_or("unknown"))];
        let (pulled, received) = server.pull_knowing(&known, Some(token_of(&first))).await.unwrap();
        match version {
            Some(_) => assert_eq!(pulled, NOTHING_NEW),
            None => assert_eq!(received.ids(), ["a.ics"], "{pulled:?}"),
        }
    }
}

#[tokio::test]
async fn what_lies_outside_of_the_window_is_remembered() {
    let server = Script::start(|asked| {
        if is_listing(asked) {
            return multistatus(&listing(&["past", "future", "yearly", "task", "bk", "a"]));
        }
        if asked.is_about("calendar-multiget") {
            let of = |name: &str, uid: &str, start: &str, more: &str| {
                let data = ics(uid).replace("20261207", start).replace("SUMMARY", more);
                let data = format!(
                    "<getetag>\"1\"</getetag><cal:calendar-data>{data}</cal:calendar-data>"
                );
                response(&href(name), &data)
            };
            let task = "<getetag>\"1\"</getetag><cal:calendar-data>BEGIN:VCALENDAR\nBEGIN:VTODO\n\
                        UID:t\nEND:VTODO\nEND:VCALENDAR</cal:calendar-data>";
            let own = "bk-00000000-0000-0000-0000-000000000001@calendar-ext";
            return multistatus(
                &[
                    of("past", "past", "20251207", "SUMMARY"),
                    of("future", "future", "20270407", "SUMMARY"),
                    of("yearly", "yearly", "20200607", "RRULE:FREQ=YEARLY\r\nSUMMARY"),
                    response(&href("task"), task),
                    of("bk", own, "20280407", "SUMMARY"),
                    body("a"),
                ]
                .concat(),
            );
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "bk.ics"], "our own events are followed everywhere");
    let mut outside: Vec<_> = received
        .page
        .outside
        .iter()
        .map(|outside| {
            let at = outside.occurs_at.map(|at| at.utc().format("%Y-%m-%d").to_string());
            (outside.external_event_id.as_str(), at)
        })
        .collect();
    outside.sort_unstable();
    assert_eq!(
        outside,
        [
            ("future.ics", Some("2027-04-07".into())),
            ("past.ics", None),
            ("task.ics", None),
            ("yearly.ics", Some("2027-06-07".into())),
        ]
    );
}
