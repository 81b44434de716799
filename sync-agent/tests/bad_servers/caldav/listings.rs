//! Listings that are odd or not complete.

use super::support::{is_listing, listing, token, usual};
use crate::script::{Script, answer, multistatus, response, status};
use http::StatusCode;
use providers::Pulled;
use sync_agent::Error;

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
