//! Answers that are not what they should be: none may look like an empty calendar.

use crate::script::{Asked, Script, answer, http, multistatus, pull, status};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use provider_fakes::server::sign_in_page;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use sync_agent::Error;
use sync_agent::connector::Connector;
use sync_agent::connector::feed::Feed;

/// What a CalDAV server and a feed make of an answer to all.
async fn errors(answer: impl Fn(&Asked) -> Response + Clone + Send + Sync + 'static) -> Vec<Error> {
    let server = Script::start(answer).await;
    let mut errors = Vec::new();
    for token in [None, Some("sync:1"), Some("ctag:1"), Some("etags:1")] {
        errors.push(server.pull(token).await.expect_err("a pull fails"));
    }
    errors.push(server.caldav().calendars().await.expect_err("a discovery fails"));
    let feed = Feed::new(http(), &format!("{}/a.ics", server.origin())).unwrap();
    errors.push(pull(&feed, "", None).await.expect_err("a pull fails"));
    errors.push(feed.calendars().await.expect_err("a discovery fails"));
    errors
}

fn assert_malformed(errors: &[Error]) {
    for error in errors {
        let is_right = matches!(error, Error::Malformed(_) | Error::NotFound(_));
        assert!(is_right, "{error:?}");
    }
}

#[tokio::test]
async fn a_page_for_people() {
    assert_malformed(&errors(|_| sign_in_page()).await);
    let page = "<!DOCTYPE html><html><p>Please sign in&nbsp;…</html>";
    assert_malformed(&errors(move |_| answer(207, "text/html", page)).await);
}

#[tokio::test]
async fn nothing() {
    assert_malformed(&errors(|_| answer(200, "text/calendar", "")).await);
    assert_malformed(&errors(|_| answer(207, "application/xml", "")).await);
    assert_malformed(&errors(|_| answer(204, "application/xml", "")).await);
}

#[tokio::test]
async fn xml_that_is_broken() {
    let broken = [
        "<multistatus xmlns=\"DAV:\">",
        "<multistatus xmlns=\"DAV:\"><response></multistatus>",
        "<multistatus xmlns=\"DAV:\"><response><href>/cal/a.ics</href>",
        "<multistatus xmlns=\"DAV:\"/><multistatus xmlns=\"DAV:\"/>",
        "<multistatus xmlns=\"DAV:\">&unknown;</multistatus>",
        "<multistatus xmlns=\"DAV:\">&#x110000;</multistatus>",
        "<multistatus xmlns=\"other\"/>",
        "<d:multistatus/>",
        "{}",
    ];
    for body in broken {
        assert_malformed(&errors(move |_| answer(207, "application/xml", body)).await);
    }
    assert_malformed(&errors(|_| answer(207, "application/xml", vec![0xff, 0xfe, b'<'])).await);
    assert_malformed(
        &errors(|_| answer(207, "application/xml", "<a xmlns=\"DAV:\">".repeat(10_000))).await,
    );
}

/// A small text that would become billions.
#[tokio::test]
async fn entities_that_grow() {
    let mut body = "<!DOCTYPE multistatus [<!ENTITY a0 \"ha\">".to_owned();
    for n in 1..40 {
        body += &format!("<!ENTITY a{n} \"&a{};&a{};\">", n - 1, n - 1);
    }
    body += "]><multistatus xmlns=\"DAV:\"><sync-token>&a39;</sync-token></multistatus>";
    assert_malformed(&errors(move |_| answer(207, "application/xml", body.clone())).await);
    let file = "<!DOCTYPE m [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
                <multistatus xmlns=\"DAV:\"><sync-token>&x;</sync-token></multistatus>";
    assert_malformed(&errors(move |_| answer(207, "application/xml", file)).await);
}

#[tokio::test]
async fn bodies_without_end() {
    let start = Instant::now();
    let endless = |_: &Asked| {
        let chunk = "<!-- and so on, up to a gigabyte -->".repeat(1000);
        let stream = futures_util::stream::repeat(chunk).map(Ok::<_, std::io::Error>);
        answer(207, "application/xml", Body::from_stream(stream))
    };
    assert_malformed(&errors(endless).await);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn silence_and_slowness() {
    let start = Instant::now();
    let silent = |_: &Asked| {
        let stream = futures_util::stream::pending::<Result<String, std::io::Error>>();
        answer(207, "application/xml", Body::from_stream(stream))
    };
    for error in errors(silent).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    // Never silent for long, and never done.
    let slow = |_: &Asked| {
        let ticks = futures_util::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Some((Ok::<_, std::io::Error>(" "), ()))
        });
        answer(207, "application/xml", Body::from_stream(ticks))
    };
    for error in errors(slow).await {
        assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn redirects_in_a_circle() {
    let circle = |_: &Asked| axum::response::Redirect::temporary("/cal/").into_response();
    assert_malformed(&errors(circle).await);
}

#[tokio::test]
async fn changes_without_end() {
    static PART: AtomicUsize = AtomicUsize::new(0);
    let cut_off = |token: String| {
        multistatus(&format!("{}<sync-token>{token}</sync-token>", status("/cal/", 507)))
    };
    let server = Script::start(move |_| cut_off("same".into())).await;
    let error = server.pull(Some("sync:1")).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    assert!(server.asked().len() <= 2);

    let server =
        Script::start(move |_| cut_off(PART.fetch_add(1, Ordering::Relaxed).to_string())).await;
    let error = server.pull(Some("sync:1")).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
}
