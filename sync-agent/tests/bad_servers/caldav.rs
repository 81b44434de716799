//! CalDAV servers that do as few others do.

use crate::script::{Asked, Script, answer, http, ics, multistatus, place, response, status};
use axum::response::{IntoResponse, Redirect, Response};
use engine::Interval;
use engine::time::parse_instant;
use http::StatusCode;
use providers::Pulled;
use providers::{Kind, Known, Look, OwnEvent, Person, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_agent::Error;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;
use uuid::Uuid;

/// A server that has events `a` and `b`, and tells a sync token and a ctag.
fn usual(asked: &Asked) -> Response {
    if asked.is_about("getctag") {
        let state = "<sync-token>new</sync-token><x:getctag>ctag</x:getctag>";
        return multistatus(&response("/cal/", state));
    }
    if asked.is_about("sync-collection") && asked.body.contains(">new<") {
        return multistatus("<sync-token>new</sync-token>");
    }
    without_state(asked)
}

/// Of [`usual`], what has nothing to do with changes.
fn without_state(asked: &Asked) -> Response {
    if is_listing(asked) {
        return multistatus(&listing(&["a", "b"]));
    }
    if asked.is_about("calendar-multiget") {
        let names = ["a", "b"].iter().filter(|name| asked.body.contains(&href(name)));
        return multistatus(&names.map(|name| body(name)).collect::<String>());
    }
    StatusCode::BAD_REQUEST.into_response()
}

/// Whether all members are asked for.
fn is_listing(asked: &Asked) -> bool {
    asked.is_about("calendar-query")
        || asked.what.starts_with("PROPFIND") && asked.is_about("getetag")
}

/// The token after a pull.
fn token(sync_token: &str, ctag: Option<&str>) -> String {
    let ctag = ctag.map(|ctag| format!(",\"ctag\":\"{ctag}\"")).unwrap_or_default();
    format!("{{\"sync_token\":\"{sync_token}\"{ctag}}}")
}

const NOTHING_NEW: Pulled = Pulled::Unchanged { token: None };

fn href(name: &str) -> String {
    format!("/cal/{name}.ics")
}

/// Members and their ETags.
fn listing(names: &[&str]) -> String {
    names.iter().map(|name| response(&href(name), "<getetag>\"1\"</getetag>")).collect()
}

/// A member and what it says.
fn body(name: &str) -> String {
    let data = format!("<cal:calendar-data>{}</cal:calendar-data>", ics(name));
    response(&href(name), &format!("<getetag>\"1\"</getetag>{data}"))
}

fn token_of(pulled: &Pulled) -> &str {
    match pulled {
        Pulled::Everything { token, .. }
        | Pulled::Changes { token }
        | Pulled::Unchanged { token } => token.as_deref().unwrap(),
    }
}

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

/// iCloud does so, and other servers with folders in calendars.
#[tokio::test]
async fn collections_are_no_members() {
    let server = Script::start(|asked| {
        if is_listing(asked) {
            let etag = "<getetag>\"1\"</getetag>";
            let folder = format!("{etag}<resourcetype><collection/></resourcetype>");
            return multistatus(
                &[
                    response("/cal/", etag),
                    response("/cal", etag),
                    response("/c%61l", etag),
                    response("/cal/folder", &folder),
                    listing(&["a"]),
                ]
                .concat(),
            );
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics"]);
    assert_eq!(received.page.rejected, []);
}

/// Some answer a query over a window by the first occurrence alone, refuse it, or take too long.
#[tokio::test]
async fn what_a_query_leaves_out_is_read_all_the_same() {
    for code in [207, 400, 403, 405, 500, 501, 504, 507] {
        let server = Script::start(move |asked| match asked.is_about("calendar-query") {
            true if code == 207 => multistatus(&listing(&["b"])),
            true => answer(code, "text/plain", "no"),
            false => usual(asked),
        })
        .await;
        let (pulled, received) = server.pull(None).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { window: Some(_), .. }), "{code}: {pulled:?}");
        assert_eq!(received.ids(), ["a.ics", "b.ics"], "{code}");
    }
}

#[tokio::test]
async fn members_that_one_of_two_listings_leaves_out_are_read_all_the_same() {
    let server = Script::start(|asked| match asked.what.starts_with("PROPFIND") {
        true if asked.is_about("getetag") => multistatus(""),
        _ => usual(asked),
    })
    .await;
    // Where there is nothing, the other question is asked each time.
    for token in [None, Some(token("new", Some("other")))] {
        let (_, received) = server.pull(token.as_deref()).await.unwrap();
        assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    }
}

#[tokio::test]
async fn a_server_that_refuses_listings_is_asked_for_all_changes() {
    for refusal in [403, 405, 507] {
        let server = Script::start(move |asked| {
            if is_listing(asked) {
                return match refusal {
                    507 => multistatus(&(listing(&["a"]) + &status("/cal/", 507))),
                    code => answer(code, "text/plain", "no"),
                };
            }
            if asked.is_about("sync-collection") && asked.body.contains("<d:sync-token></d:sync") {
                return multistatus(&(listing(&["a", "b"]) + "<sync-token>new</sync-token>"));
            }
            usual(asked)
        })
        .await;
        let (_, received) = server.pull(None).await.unwrap();
        assert_eq!(received.ids(), ["a.ics", "b.ics"], "{refusal}");
    }
}

#[tokio::test]
async fn a_listing_that_is_cut_off_is_not_all() {
    let server = Script::start(|asked| {
        if is_listing(asked) {
            return multistatus(&(listing(&["a"]) + &status("/cal/", 507)));
        }
        if asked.is_about("sync-collection") {
            return answer(403, "text/plain", "no");
        }
        usual(asked)
    })
    .await;
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
}

#[tokio::test]
async fn a_page_for_people_is_no_calendar() {
    for code in [200, 207] {
        let server =
            Script::start(move |_| answer(code, "text/html", "<!DOCTYPE html><p>Sign in</p>"))
                .await;
        let error = server.pull(None).await.unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_multistatus_may_come_with_200() {
    let server = Script::start(|asked| {
        let mut answer = usual(asked);
        *answer.status_mut() = StatusCode::OK;
        answer
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
}

/// DAViCal leaves them out.
#[tokio::test]
async fn members_that_an_answer_leaves_out_are_asked_for_singly() {
    let server = Script::start(|asked| {
        if asked.is_about("sync-collection") {
            let changes = listing(&["a", "b", "c"]) + "<sync-token>new</sync-token>";
            return multistatus(&changes);
        }
        if asked.is_about("calendar-multiget") {
            return multistatus(&body("a"));
        }
        match asked.what.as_str() {
            "GET /cal/b.ics" => answer(200, "text/calendar", ics("b")),
            "GET /cal/c.ics" => StatusCode::NOT_FOUND.into_response(),
            _ => usual(asked),
        }
    })
    .await;
    let (_, received) = server.pull(Some(&token("old", None))).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    assert_eq!(received.page.deleted.len(), 1);
    assert_eq!(received.page.deleted[0].external_event_id, "c.ics");
}

/// sabre refuses all where one is gone.
#[tokio::test]
async fn members_that_are_refused_together_are_asked_for_in_parts() {
    let server = Script::start(|asked| {
        if asked.is_about("sync-collection") {
            let changes = listing(&["a", "b", "c"]) + "<sync-token>new</sync-token>";
            return multistatus(&changes);
        }
        if asked.is_about("calendar-multiget") && asked.body.contains(&href("c"))
            || asked.what == "GET /cal/c.ics"
        {
            return StatusCode::NOT_FOUND.into_response();
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(Some(&token("old", None))).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    assert_eq!(received.page.deleted[0].external_event_id, "c.ics");
}

#[tokio::test]
async fn members_that_are_too_large_together_come_in_parts() {
    let server = Script::start(|asked| {
        let is_both = asked.body.contains(&href("a")) && asked.body.contains(&href("b"));
        if asked.is_about("calendar-multiget") && is_both {
            return multistatus(&"<!-- -->".repeat(200_000));
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
}

#[tokio::test]
async fn one_bad_event_does_not_keep_the_others_away() {
    let server = Script::start(|asked| {
        if is_listing(asked) {
            return multistatus(&listing(&["a", "broken", "unreadable", "huge"]));
        }
        if asked.is_about("calendar-multiget") {
            let broken =
                "<getetag>\"1\"</getetag><cal:calendar-data>BEGIN:VCALENDAR</cal:calendar-data>";
            return multistatus(&(body("a") + &response(&href("broken"), broken)));
        }
        match asked.what.as_str() {
            "GET /cal/unreadable.ics" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            "GET /cal/huge.ics" => answer(200, "text/calendar", "x".repeat(2 << 20)),
            _ => usual(asked),
        }
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics"]);
    let mut rejected: Vec<_> =
        received.page.rejected.iter().filter_map(|r| r.external_event_id.as_deref()).collect();
    rejected.sort_unstable();
    assert_eq!(rejected, ["broken.ics", "huge.ics", "unreadable.ics"]);
}

/// One body that breaks the XML of the whole answer, or the server.
#[tokio::test]
async fn members_that_spoil_an_answer_are_found_in_halves() {
    let names = || (0..40).map(|number| format!("e{number}")).collect::<Vec<_>>();
    for piece in [&b"a&#0;b"[..], b"a&nbsp;b", b"Caf\xe9", b"a<b", b"504", b"400"] {
        let server = Script::start(move |asked| {
            let all = names();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            if is_listing(asked) {
                return multistatus(&listing(&all));
            }
            if asked.what == "GET /cal/e7.ics" && piece.len() == 3 {
                return answer(504, "text/plain", "too hard");
            }
            if asked.what.starts_with("GET") {
                return answer(200, "text/calendar", ics("e7"));
            }
            if !asked.is_about("calendar-multiget") {
                return usual(asked);
            }
            let asked_for = all.iter().filter(|name| asked.body.contains(&href(name)));
            let bodies: String = asked_for.map(|name| body(name)).collect();
            if !bodies.contains("SUMMARY:e7\r") {
                return multistatus(&bodies);
            }
            if let Ok(status) = std::str::from_utf8(piece).unwrap_or_default().parse() {
                return answer(status, "text/plain", "too hard");
            }
            let (before, after) = bodies.split_once("SUMMARY:e7\r").unwrap();
            let xml = [
                "<multistatus xmlns=\"DAV:\" xmlns:cal=\"urn:ietf:params:xml:ns:caldav\">"
                    .as_bytes(),
                before.as_bytes(),
                b"SUMMARY:",
                piece,
                b"\r",
                after.as_bytes(),
                b"</multistatus>",
            ];
            answer(207, "application/xml", xml.concat())
        })
        .await;
        let (pulled, received) = server.pull(None).await.unwrap();
        let is_lost = piece.len() == 3;
        let is_asked_again = matches!(pulled, Pulled::Everything { token: None, .. });
        assert_eq!(is_asked_again, is_lost);
        assert_eq!(received.ids().len(), if is_lost { 39 } else { 40 });
        let rejected = received.page.rejected.iter().map(|r| r.external_event_id.as_deref());
        let expected: &[_] = if is_lost { &[Some("e7.ics")] } else { &[] };
        assert_eq!(rejected.collect::<Vec<_>>(), expected);
        let asked = server.asked().len();
        assert!(asked < 25, "{asked} requests");
    }
}

#[tokio::test]
async fn a_server_that_answers_a_part_is_asked_for_the_rest() {
    let names = || (0..24).map(|number| format!("e{number}")).collect::<Vec<_>>();
    let server = Script::start(move |asked| {
        let all = names();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        if is_listing(asked) {
            return multistatus(&listing(&all));
        }
        if asked.is_about("calendar-multiget") {
            let asked_for = all.iter().filter(|name| asked.body.contains(&href(name)));
            return multistatus(&asked_for.take(10).map(|name| body(name)).collect::<String>());
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids().len(), 24);
    assert!(server.asked().iter().all(|asked| !asked.what.starts_with("GET")));
}

/// DavMail says so of what is there.
#[tokio::test]
async fn members_that_are_denied_together_are_asked_for_singly() {
    for is_of_propstat in [true, false] {
        let server = Script::start(move |asked| {
            if asked.is_about("calendar-multiget") {
                let denied = |name: &str| match is_of_propstat {
                    true => format!(
                        "<response><href>{}</href><propstat><status>HTTP/1.1 404 Not Found</status>\
                         </propstat></response>",
                        href(name)
                    ),
                    false => status(&href(name), 404),
                };
                return multistatus(&(denied("a") + &denied("b")));
            }
            match asked.what.as_str() {
                "GET /cal/a.ics" => answer(200, "text/calendar", ics("a")),
                "GET /cal/b.ics" => StatusCode::NOT_FOUND.into_response(),
                _ => usual(asked),
            }
        })
        .await;
        let (pulled, received) = server.pull(None).await.unwrap();
        assert_eq!(received.ids(), ["a.ics"]);
        // The next pull asks again, whether or not anything has changed.
        assert!(matches!(pulled, Pulled::Everything { token: None, .. }), "{pulled:?}");
        // It is still listed.
        assert_eq!(received.page.rejected[0].external_event_id.as_deref(), Some("b.ics"));
        assert_eq!(received.page.deleted, []);
    }
}

#[tokio::test]
async fn events_of_one_uid_that_start_at_different_times_all_take_time() {
    let server = Script::start(|asked| {
        if !asked.is_about("calendar-multiget") {
            return usual(asked);
        }
        let other = ics("a").replace("20261207T15", "20261207T18").replace("T16", "T19");
        let (start, _) = other.split_once("END:VEVENT").unwrap();
        let (_, event) = start.split_once("BEGIN:VEVENT").unwrap();
        let both = ics("a")
            .replace("END:VCALENDAR", &format!("BEGIN:VEVENT{event}END:VEVENT\nEND:VCALENDAR"));
        let data = format!("<cal:calendar-data>{both}</cal:calendar-data>");
        multistatus(&(response(&href("a"), &data) + &body("b")))
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "a.ics", "b.ics"]);
    assert_eq!(received.page.rejected, []);
}

#[tokio::test]
async fn what_holds_no_event_any_more_is_deleted() {
    let server = Script::start(|asked| {
        if asked.is_about("sync-collection") {
            return multistatus(&(listing(&["a"]) + "<sync-token>new</sync-token>"));
        }
        let task = "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nEND:VTODO\nEND:VCALENDAR";
        let data = format!("<getetag>\"2\"</getetag><cal:calendar-data>{task}</cal:calendar-data>");
        multistatus(&response(&href("a"), &data))
    })
    .await;
    let (_, received) = server.pull(Some(&token("old", None))).await.unwrap();
    assert_eq!(received.page.deleted[0].external_event_id, "a.ics");
    assert_eq!(received.page.rejected, []);
}

#[tokio::test]
async fn calendars_are_found_from_any_start() {
    let answers = |asked: &Asked| {
        match asked.what.as_str() {
        "PROPFIND /.well-known/caldav" => Redirect::permanent("/dav/").into_response(),
        "PROPFIND /dav/" => multistatus(&response(
            "/dav/",
            "<current-user-principal><href>/dav/who/al%69ce/</href></current-user-principal>",
        )),
        "PROPFIND /dav/who/al%69ce/" => multistatus(&response(
            "/dav/other/name/",
            "<cal:calendar-home-set><href>../../home/</href></cal:calendar-home-set>",
        )),
        "PROPFIND /dav/home/" => multistatus(&[
            response("/dav/home/", "<resourcetype><collection/></resourcetype>"),
            response(
                "/dav/home/work/",
                "<resourcetype><collection/><cal:calendar/></resourcetype>\
                 <displayname>Work &amp; &#x50;lay</displayname>\
                 <cal:supported-calendar-component-set><cal:comp name=\"VEVENT\"/>\
                 </cal:supported-calendar-component-set>\
                 <cal:calendar-timezone>BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Berlin\n\
                 END:VTIMEZONE\nEND:VCALENDAR</cal:calendar-timezone>\
                 <current-user-privilege-set><privilege><read/></privilege></current-user-privilege-set>",
            ),
            response(
                "/dav/home/tasks/",
                "<resourcetype><collection/><cal:calendar/></resourcetype>\
                 <cal:supported-calendar-component-set><cal:comp name=\"VTODO\"/>\
                 </cal:supported-calendar-component-set>",
            ),
        ]
        .concat()),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
    };
    let server = Script::start(answers).await;
    let calendars = server.caldav().calendars().await.unwrap();
    assert_eq!(calendars.len(), 1, "{calendars:?}");
    let calendar = &calendars[0];
    assert_eq!(calendar.external_calendar_id, format!("{}/dav/home/work/", server.origin()));
    assert_eq!(calendar.display_name, "Work & Play");
    assert_eq!(calendar.timezone.as_deref(), Some("Europe/Berlin"));
    assert!(!calendar.is_writable);
    for asked in server.asked() {
        assert_eq!(asked.header("authorization"), Some("Basic YWxpY2U6d29uZGVybGFuZA=="));
    }
}

#[tokio::test]
async fn a_path_that_is_refused_is_not_replaced_by_another() {
    for code in [401, 403, 404, 405, 200] {
        let server = Script::start(move |asked| match asked.what.as_str() {
            "PROPFIND /my/calendar/" => answer(code, "text/html", "no"),
            _ => multistatus(&response(
                "/",
                "<cal:calendar-home-set><href>/home/</href></cal:calendar-home-set>",
            )),
        })
        .await;
        let url = format!("{}/my/calendar/", server.origin()).parse().unwrap();
        let account = CalDav::new(http(), url, "alice", &"wonderland".into()).unwrap();
        account.calendars().await.unwrap_err();
        assert!(server.asked().iter().all(|asked| asked.what == "PROPFIND /my/calendar/"));
    }
}

/// A calendar that can only be read is never written to; one of which nothing is known, where
/// there is no other.
#[tokio::test]
async fn calendars_are_written_to_as_far_as_is_known() {
    let privileges = |name: &str| {
        format!(
            "<current-user-privilege-set><privilege><{name}/></privilege></current-user-privilege-set>"
        )
    };
    let untold = "</prop><status>HTTP/1.1 200 OK</status></propstat><propstat><prop>\
                  <current-user-privilege-set/></prop><status>HTTP/1.1 403 No</status></propstat>\
                  <propstat><prop>";
    for (first, second, expected) in [
        (privileges("read"), privileges("write"), [false, true]),
        (privileges("read"), untold.to_owned(), [false, true]),
        (untold.to_owned(), privileges("write-content"), [false, true]),
        (untold.to_owned(), String::new(), [false, true]),
        (privileges("read"), privileges("write-properties"), [false, false]),
    ] {
        let list = [("a", first), ("b", second)].map(|(name, privileges)| {
            let kind = "<resourcetype><collection/><cal:calendar/></resourcetype>";
            response(&format!("/home/{name}/"), &format!("{kind}{privileges}"))
        });
        let list = list.concat() + "<response/><response><href/></response>";
        let server = Script::start(move |asked| match asked.what.as_str() {
            "PROPFIND /home/" => multistatus(&list),
            _ => multistatus(&response(
                "/",
                "<cal:calendar-home-set><href>/home/</href></cal:calendar-home-set>",
            )),
        })
        .await;
        let calendars = server.caldav().calendars().await.unwrap();
        let writable: Vec<_> = calendars.iter().map(|calendar| calendar.is_writable).collect();
        assert_eq!(writable, expected);
    }
}

/// Baïkal asks for nothing else unless it is told to.
#[tokio::test]
async fn digest_is_sent_to_who_asks_for_it() {
    let server = Script::start(|asked| {
        let authorization = asked.header("authorization").unwrap();
        if !authorization.starts_with("Digest ") {
            let challenges = [
                ("www-authenticate", "Digest realm=\"dav\", qop=\"auth\", nonce=\"n1\""),
                ("x-other", "-"),
            ];
            return (StatusCode::UNAUTHORIZED, challenges).into_response();
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    let asked = server.asked();
    let basic =
        asked.iter().filter(|asked| asked.header("authorization").unwrap().starts_with("Basic"));
    assert_eq!(basic.count(), 1, "it is remembered what the server wants");
    let last = asked.last().unwrap().header("authorization").unwrap();
    for part in ["username=\"alice\"", "uri=\"/cal/\"", "nonce=\"n1\"", "nc=00000005", "qop=auth"] {
        assert!(last.contains(part), "{part} is not in {last}");
    }
    // A wrong password is asked for twice, and no more.
    let server = Script::start(|_| {
        let challenge = [("www-authenticate", "Digest realm=\"dav\", qop=\"auth\", nonce=\"n1\"")];
        (StatusCode::UNAUTHORIZED, challenge)
    })
    .await;
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::NeedsReconnect(_)), "{error:?}");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn no_password_is_told_to_another_host() {
    let other = Script::start(|_| StatusCode::OK).await;
    // Another name for the same address is another host.
    let foreign = other.origin().replace("127.0.0.1", "localhost");
    let redirect = foreign.clone();
    let server = Script::start(move |_| Redirect::temporary(&redirect)).await;
    let error = server.caldav().calendars().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");

    let principal = foreign.clone();
    let server = Script::start(move |_| {
        let found =
            format!("<current-user-principal><href>{principal}/</href></current-user-principal>");
        multistatus(&response("/", &found))
    })
    .await;
    let error = server.caldav().calendars().await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn no_password_is_sent_to_another_port() {
    let other = Script::start(|_| StatusCode::OK).await;
    let target = other.origin();
    for redirect in [target.clone(), target.replace("http:", "https:")] {
        let server = Script::start(move |_| Redirect::temporary(&redirect)).await;
        let error = server.caldav().calendars().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
        let error = server.pull(None).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
    }
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_uid_that_is_taken_elsewhere_is_a_refusal() {
    let refusal =
        "<error xmlns=\"DAV:\"><no-uid-conflict xmlns=\"urn:ietf:params:xml:ns:caldav\"/></error>";
    for code in [403, 409, 412] {
        let server = Script::start(move |asked| match asked.what.starts_with("PUT") {
            true => answer(code, "application/xml", refusal),
            false => without_events(asked),
        })
        .await;
        let error = write(&server, None).await.unwrap_err();
        let Error::Refused { status, reason } = error else { panic!("{code}: {error:?}") };
        assert_eq!((status, reason.as_str()), (code, "no-uid-conflict"));
    }
}

/// A calendar without events.
fn without_events(asked: &Asked) -> Response {
    match asked.what.starts_with("GET") {
        true => StatusCode::NOT_FOUND.into_response(),
        false => multistatus(""),
    }
}

/// RFC 4791 section 5.3.4: the server has changed what it was given.
#[tokio::test]
async fn an_etag_that_is_not_told_is_asked_for() {
    let is_there = AtomicUsize::new(0);
    let is_there: &'static AtomicUsize = Box::leak(Box::new(is_there));
    let server = Script::start(|asked| {
        if asked.what.starts_with("PUT") {
            is_there.store(1, Ordering::Relaxed);
            return StatusCode::CREATED.into_response();
        }
        match is_there.load(Ordering::Relaxed) {
            0 => without_events(asked),
            _ => (StatusCode::OK, [("etag", "\"7\"")], ics(UID)).into_response(),
        }
    })
    .await;
    let version = write(&server, None).await.unwrap();
    assert_eq!(version.etag.as_deref(), Some("\"7\""));
    let asked = server.asked();
    let put = asked.iter().find(|asked| asked.what.starts_with("PUT")).unwrap();
    assert_eq!(put.header("if-none-match"), Some("*"));
    assert_eq!(put.header("content-type"), Some("text/calendar; charset=utf-8"));
}

/// Cyrus does so, and nginx before any server. RFC 9110 section 13.1.1: a weak ETag is
/// that of no version.
#[tokio::test]
async fn an_etag_that_is_weak_when_compressed_does_not_keep_a_write_away() {
    let server = Script::start(|asked| {
        if !asked.what.starts_with("PUT") {
            let is_compressed = asked.header("accept-encoding").is_some_and(|e| e.contains("gzip"));
            let etag = if is_compressed { "W/\"7\"" } else { "\"7\"" };
            return (StatusCode::OK, [("etag", etag)], ics(UID)).into_response();
        }
        match asked.header("if-match") {
            Some("\"7\"") => (StatusCode::NO_CONTENT, [("etag", "\"8\"")]).into_response(),
            _ => StatusCode::PRECONDITION_FAILED.into_response(),
        }
    })
    .await;
    let version = write(&server, Some("a.ics")).await.unwrap();
    assert_eq!(version.etag.as_deref(), Some("\"8\""));
}

/// Some servers send no ETags, always weak ones, or refuse every one that they sent. What was read
/// is compared then.
#[tokio::test]
async fn a_server_whose_etags_are_of_no_use_is_written_to() {
    for (etag, taken) in [
        ("W/\"7\"", Some("\"7\"")),
        ("W/\"7\"", None),
        ("\"7\"", None),
        ("7", Some("7")),
        ("", None),
    ] {
        let server = Script::start(move |asked| {
            if !asked.what.starts_with("PUT") {
                let mut answer = (StatusCode::OK, ics(UID)).into_response();
                if !etag.is_empty() {
                    answer.headers_mut().insert("etag", etag.parse().unwrap());
                }
                return answer;
            }
            match asked.header("if-match") == taken {
                true => StatusCode::NO_CONTENT.into_response(),
                false => StatusCode::PRECONDITION_FAILED.into_response(),
            }
        })
        .await;
        write(&server, Some("a.ics")).await.unwrap();
        let puts = server.asked().into_iter().filter(|asked| asked.what.starts_with("PUT"));
        assert!(puts.count() <= 2, "{etag}");
    }
}

#[tokio::test]
async fn an_event_that_keeps_changing_is_left_for_later() {
    static VERSION: AtomicUsize = AtomicUsize::new(0);
    let server = Script::start(|asked| match asked.what.starts_with("PUT") {
        true => StatusCode::PRECONDITION_FAILED.into_response(),
        false => {
            let version = VERSION.fetch_add(1, Ordering::Relaxed);
            let text = ics(UID).replace("SUMMARY:", &format!("X-N:{version}\r\nSUMMARY:"));
            (StatusCode::OK, [("etag", format!("\"{version}\""))], text).into_response()
        }
    })
    .await;
    let error = write(&server, Some("a.ics")).await.unwrap_err();
    assert!(matches!(error, Error::Interrupted(_)), "{error:?}");
    let asked = server.asked();
    let tags: Vec<_> = asked.iter().filter_map(|asked| asked.header("if-match")).collect();
    assert_eq!(tags, ["\"0\"", "\"1\"", "\"2\""]);
}

/// What the user has added stays.
#[tokio::test]
async fn a_write_changes_the_event_that_is_there() {
    let server = Script::start(|asked| match asked.what.starts_with("PUT") {
        true => StatusCode::NO_CONTENT.into_response(),
        false => {
            let text = ics(UID).replace("SUMMARY:", "X-COLOR:red\r\nSUMMARY:My own ");
            (StatusCode::OK, [("etag", "\"7\"")], text).into_response()
        }
    })
    .await;
    write(&server, Some("a.ics")).await.unwrap();
    let asked = server.asked();
    let put = asked.iter().find(|asked| asked.what.starts_with("PUT")).unwrap();
    assert_eq!(put.what, "PUT /cal/a.ics");
    assert!(put.body.contains("DTSTART:20261210T150000Z"), "{}", put.body);
    assert!(put.body.contains("X-COLOR:red\r\nSUMMARY:My own bk-"), "{}", put.body);
}

#[tokio::test]
async fn a_page_for_people_is_no_proof() {
    let page = "<!DOCTYPE html><p>Sign in</p>";
    for method in ["GET", "PUT", ""] {
        let server = Script::start(move |asked| match asked.what.starts_with(method) {
            true => (StatusCode::OK, [("etag", "\"login\"")], page).into_response(),
            false => without_events(asked),
        })
        .await;
        for known in [None, Some("a.ics")] {
            let error = write(&server, known).await.unwrap_err();
            let is_right = match (method, known) {
                ("PUT", Some(_)) => matches!(error, Error::NotFound(_)),
                _ => matches!(error, Error::Unproven(_)),
            };
            assert!(is_right, "{method} {known:?}: {error:?}");
        }
    }
}

/// Stored, but 500: the invitation could not be sent.
#[tokio::test]
async fn what_is_stored_with_a_fault_is_written() {
    for code in [500, 502, 200] {
        let stored = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let server = Script::start(move |asked| {
            if asked.what.starts_with("PUT") {
                stored.lock().unwrap().clone_from(&asked.body);
                return answer(code, "text/plain", "mail");
            }
            let text = stored.lock().unwrap().clone();
            match text.is_empty() {
                true => without_events(asked),
                false => (StatusCode::OK, [("etag", "\"7\"")], text).into_response(),
            }
        })
        .await;
        assert_eq!(write(&server, None).await.unwrap().etag.as_deref(), Some("\"7\""));
    }
}

#[tokio::test]
async fn a_refused_guest_costs_the_guest() {
    for code in [403, 500] {
        let server = Script::start(move |asked| match asked.what.starts_with("PUT") {
            true if asked.body.contains("ATTENDEE") => answer(code, "text/plain", "no"),
            true => (StatusCode::CREATED, [("etag", "\"7\"")]).into_response(),
            false => without_events(asked),
        })
        .await;
        let person = |email: &str| Person { email: Some(email.into()), ..Person::default() };
        let own = OwnEvent {
            attendees: vec![person("lead@example.com")],
            owner: person("broker@example.com"),
            ..booking()
        };
        let place = place(&format!("{}/cal/", server.origin()));
        let written = server.caldav().write(&place, &own, None).await.unwrap();
        assert!(written.refused.unwrap().contains("guests"), "{code}");
    }
}

/// The name of an event may be the server's own.
#[tokio::test]
async fn an_event_under_another_name_is_found() {
    let other = |name: &str| response(name, "<getetag>\"7\"</getetag>");
    for (location, is_searched) in [(Some("/cal/other.ics"), false), (None, true), (None, false)] {
        let is_there = AtomicUsize::new(0);
        let is_there: &'static AtomicUsize = Box::leak(Box::new(is_there));
        let server = Script::start(move |asked| {
            if asked.what.starts_with("PUT") {
                is_there.store(1, Ordering::Relaxed);
                let mut answer = StatusCode::CREATED.into_response();
                if let Some(location) = location {
                    answer.headers_mut().insert("location", location.parse().unwrap());
                }
                return answer;
            }
            if is_there.load(Ordering::Relaxed) == 0 {
                return without_events(asked);
            }
            if asked.what == "GET /cal/other.ics" {
                return (StatusCode::OK, [("etag", "\"7\"")], ics(UID)).into_response();
            }
            if asked.what.starts_with("GET") {
                return StatusCode::NOT_FOUND.into_response();
            }
            if asked.is_about("calendar-query") && !is_searched {
                return StatusCode::NOT_IMPLEMENTED.into_response();
            }
            multistatus(&other("/cal/other.ics"))
        })
        .await;
        let version = write(&server, None).await.unwrap();
        assert_eq!(version.external_event_id, "other.ics");
        let place = place(&format!("{}/cal/", server.origin()));
        let look = server.caldav().look(&place, &[], &booking(), None).await.unwrap();
        assert!(matches!(look, Look::Found { version: found, .. } if found == version));
    }
}

#[tokio::test]
async fn only_a_healthy_look_finds_nothing() {
    let known = |id: &str| Known {
        version: Version { external_event_id: id.into(), etag: None },
        written: None,
    };
    let server = Script::start(without_events).await;
    let here = place(&format!("{}/cal/", server.origin()));
    let look = server.caldav().look(&here, &[], &booking(), Some(&known("a.ics"))).await;
    assert_eq!(look.unwrap(), Look::Nowhere);
    // It was cancelled, or filed in another calendar.
    let server = Script::start(|asked| {
        let is_there = asked.what.starts_with("GET /other/");
        match asked.what.as_str() {
            "GET /cal/a.ics" => {
                let text = ics(UID).replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY");
                (StatusCode::OK, text).into_response()
            }
            _ if is_there => (StatusCode::OK, ics(UID)).into_response(),
            _ => without_events(asked),
        }
    })
    .await;
    let here = place(&format!("{}/cal/", server.origin()));
    let other = place(&format!("{}/other/", server.origin()));
    let known = known("a.ics");
    let look = async |elsewhere: &[_]| {
        server.caldav().look(&here, elsewhere, &booking(), Some(&known)).await.unwrap()
    };
    assert_eq!(look(&[]).await, Look::Nowhere);
    let Look::Found { external_calendar_id, page, .. } = look(std::slice::from_ref(&other)).await
    else {
        panic!("it is elsewhere")
    };
    assert_eq!(external_calendar_id, other.external_calendar_id);
    assert_eq!(page.events.len(), 1);
    for code in [401, 403, 404, 500, 503] {
        let server = Script::start(move |_| answer(code, "text/plain", "no")).await;
        let here = place(&format!("{}/cal/", server.origin()));
        server.caldav().look(&here, &[], &booking(), Some(&known)).await.unwrap_err();
        server.caldav().remove(&here, &booking(), Some(&known)).await.unwrap_err();
        write(&server, None).await.unwrap_err();
    }
}

#[tokio::test]
async fn an_event_that_is_still_there_is_not_removed() {
    for code in [200, 404, 410, 403, 500] {
        let server = Script::start(move |asked| match asked.what.starts_with("DELETE") {
            true => answer(code, "text/plain", "no"),
            false if asked.what.starts_with("GET") => (StatusCode::OK, ics(UID)).into_response(),
            false => multistatus(""),
        })
        .await;
        let here = place(&format!("{}/cal/", server.origin()));
        server.caldav().remove(&here, &booking(), None).await.unwrap_err();
    }
}

#[tokio::test]
async fn of_an_event_that_has_become_a_series_one_occurrence_goes() {
    let server = Script::start(|asked| match asked.what.as_str() {
        "GET /cal/a.ics" => {
            let text = ics(UID).replace("SUMMARY", "RRULE:FREQ=DAILY;COUNT=3\r\nSUMMARY");
            (StatusCode::OK, [("etag", "\"7\"")], text).into_response()
        }
        _ => StatusCode::NO_CONTENT.into_response(),
    })
    .await;
    let here = place(&format!("{}/cal/", server.origin()));
    let version = Version { external_event_id: "a.ics".into(), etag: None };
    let known = Known { version, written: None };
    server.caldav().remove(&here, &booking(), Some(&known)).await.unwrap();
    let asked = server.asked();
    assert!(asked.iter().all(|asked| !asked.what.starts_with("DELETE")));
    let put = asked.iter().find(|asked| asked.what.starts_with("PUT")).unwrap();
    assert!(put.body.contains("EXDATE:20261207T150000Z"), "{put:?}");
}

/// The UID of [`booking`].
const UID: &str = "bk-00000000-0000-0000-0000-000000000001@calendar-ext";

async fn write(server: &Script, known: Option<&str>) -> Result<Version, Error> {
    let known = known.map(|id| Known {
        version: Version { external_event_id: id.into(), etag: Some("\"1\"".into()) },
        written: None,
    });
    let place = place(&format!("{}/cal/", server.origin()));
    let written = server.caldav().write(&place, &booking(), known.as_ref()).await;
    written.map(|written| written.version)
}

fn booking() -> OwnEvent {
    let instant = |text| parse_instant(text).unwrap();
    let Interval { start, end } =
        Interval::new(instant("2026-12-10T15:00:00Z"), instant("2026-12-10T16:00:00Z"));
    OwnEvent {
        id: Uuid::from_u128(1),
        kind: Kind::Booking,
        span: Interval::new(start, end),
        timezone: "America/New_York".into(),
        title: "Viewing".into(),
        notes: None,
        is_tentative: false,
        sequence: 0,
        attendees: Vec::new(),
        owner: Person::default(),
    }
}
