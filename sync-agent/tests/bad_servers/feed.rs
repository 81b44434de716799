//! Feeds that are odd.

use crate::script::{Script, answer, http, ics, pull};
use axum::response::{IntoResponse, Redirect};
use http::StatusCode;
use providers::Pulled;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use sync_agent::Error;
use sync_agent::connector::Connector;
use sync_agent::connector::feed::Feed;
use sync_agent::net::http::{Http, Limits};

#[tokio::test]
async fn what_is_not_the_whole_feed_is_an_error() {
    let whole = ics("1");
    let cut_off = whole[..whole.len() - "VCALENDAR\r\n".len()].to_owned();
    for (status, body) in [
        (206, whole.clone()),
        (200, cut_off),
        (200, String::new()),
        (200, "{}".into()),
        (204, String::new()),
        (304, String::new()),
    ] {
        let server = Script::start(move |_| answer(status, "text/calendar", body.clone())).await;
        let feed = feed_at(&server, "/a.ics");
        let error = pull(&feed, "", None).await.unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn refusals_say_what_is_to_be_done() {
    for (status, is_right) in [
        (401, (|error| matches!(error, Error::NeedsReconnect(_))) as fn(&Error) -> bool),
        (403, |error| matches!(error, Error::Refused { .. })),
        (404, |error| matches!(error, Error::NotFound(_))),
        (410, |error| matches!(error, Error::NotFound(_))),
        (429, |error| matches!(error, Error::Throttled { .. })),
        (500, |error| matches!(error, Error::Unavailable(_))),
    ] {
        let server = Script::start(move |_| answer(status, "text/html", "no")).await;
        let error = pull(&feed_at(&server, "/a.ics"), "", None).await.unwrap_err();
        assert!(is_right(&error), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn versions_are_sent_back_as_they_were_told() {
    static WITH_ETAG: AtomicBool = AtomicBool::new(true);
    let date = "Sat, 21 Nov 2026 15:00:00 +0000";
    let server = Script::start(move |asked| {
        if asked.headers.contains_key("if-none-match")
            || asked.headers.contains_key("if-modified-since")
        {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let mut response = answer(200, "text/plain", ics("1"));
        response.headers_mut().insert("last-modified", date.parse().unwrap());
        if WITH_ETAG.load(Ordering::Relaxed) {
            response.headers_mut().insert("etag", "W/\"odd, etag".parse().unwrap());
        }
        response
    })
    .await;
    let feed = feed_at(&server, "/a.ics");
    for (name, value, other) in [
        ("if-none-match", "W/\"odd, etag", "if-modified-since"),
        ("if-modified-since", date, "if-none-match"),
    ] {
        let (first, _) = pull(&feed, "", None).await.unwrap();
        let Pulled::Everything { token, window: None } = first else { panic!("{first:?}") };
        server.asked();
        let (second, _) = pull(&feed, "", token.as_deref()).await.unwrap();
        assert_eq!(second, Pulled::Unchanged { token: None });
        let asked = &server.asked()[0];
        assert_eq!(asked.header(name), Some(value));
        assert_eq!(asked.header(other), None);
        WITH_ETAG.store(false, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_stream_that_only_was_made_anew_is_unchanged() {
    static CONTENT: Mutex<String> = Mutex::new(String::new());
    let publish = |text: String| *CONTENT.lock().unwrap() = text;
    publish(ics("1"));
    let server = Script::start(|_| CONTENT.lock().unwrap().clone()).await;
    let feed = feed_at(&server, "/a.ics");
    let (first, _) = pull(&feed, "", None).await.unwrap();
    let Pulled::Everything { token, .. } = first else { panic!("{first:?}") };

    let again = ics("1").replace("DTSTAMP:20261101T000000Z", "dtstamp;X-A=b:2026\r\n 1121T000000Z");
    publish(
        again
            .replace("VERSION:2.0\r\n", "VERSION:2.0\r\nX-FEED-GENERATED:now\r\n")
            .replace("\r\n", "\n"),
    );
    let (second, _) = pull(&feed, "", token.as_deref()).await.unwrap();
    assert!(matches!(second, Pulled::Unchanged { .. }), "{second:?}");

    publish(again.replace("SUMMARY:1", "SUMMARY:2"));
    let (third, received) = pull(&feed, "", token.as_deref()).await.unwrap();
    assert!(matches!(third, Pulled::Everything { .. }), "{third:?}");
    assert_eq!(received.page.events[0].title.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_user_in_the_url_is_told_to_its_host_alone() {
    let other = Script::start(|_| ics("1")).await;
    let target = format!("{}/b.ics", other.origin().replace("127.0.0.1", "localhost"));
    let server = Script::start(move |_| Redirect::temporary(&target)).await;
    let address = server.origin().replace("http://", "http://al%40ice:wonder%3Aland@");
    let feed = Feed::new(http(), &format!("{address}/a.ics")).unwrap();
    let (_, received) = pull(&feed, "", None).await.unwrap();
    assert_eq!(received.ids(), ["1"]);
    let asked = &server.asked()[0];
    assert_eq!(asked.header("authorization"), Some("Basic YWxAaWNlOndvbmRlcjpsYW5k"));
    assert_eq!(other.asked()[0].header("authorization"), None);
}

#[tokio::test]
async fn internal_addresses_are_not_asked_unless_allowed() {
    let server = Script::start(|_| ics("1")).await;
    let port = server.origin().rsplit_once(':').unwrap().1.to_owned();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "10.0.0.1", "169.254.169.254"]
    {
        for scheme in ["http", "https", "webcal"] {
            let address = format!("{scheme}://{host}:{port}/a.ics");
            let feed = Feed::new(Http::new(Limits::default()).unwrap(), &address).unwrap();
            let error = feed.calendars().await.unwrap_err();
            assert!(matches!(error, Error::Forbidden(_)), "{address}: {error:?}");
        }
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_webcal_address_is_read_without_tls_where_that_is_allowed() {
    let server = Script::start(|_| ics("1")).await;
    let at = |scheme: &str| server.origin().replace("http:", scheme) + "/a.ics";
    let feed = Feed::new(http(), &at("webcal:")).unwrap();
    let (_, received) = pull(&feed, "", None).await.unwrap();
    assert_eq!(received.ids(), ["1"]);
    // Where the scheme asks for TLS, nothing else is sent.
    server.asked();
    for scheme in ["https:", "webcals:"] {
        let error = pull(&Feed::new(http(), &at(scheme)).unwrap(), "", None).await.unwrap_err();
        assert!(matches!(error, Error::Unavailable(_)), "{scheme}: {error:?}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn only_files_are_read_as_files() {
    for path in ["/dev/zero", "/tmp", "file:///dev/zero"] {
        let error = Feed::new(http(), path).unwrap().calendars().await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{path}: {error:?}");
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.ics");
    let address = path.to_string_lossy().into_owned();
    let error = Feed::new(http(), &address).unwrap().calendars().await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    std::fs::write(&path, "x".repeat(2 << 20)).unwrap();
    let error = Feed::new(http(), &address).unwrap().calendars().await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    std::fs::write(&path, ics("1")).unwrap();
    let feed = Feed::new(http(), &format!("file://{address}")).unwrap();
    assert_eq!(feed.calendars().await.unwrap()[0].display_name, "a");
}

#[tokio::test]
async fn the_id_does_not_tell_a_secret_url() {
    let id = |address: &str| Feed::new(http(), address).unwrap().id();
    let one = id("webcal://user:secret@example.com/private-secret/a.ics?key=secret");
    assert!(one.starts_with("example.com/") && !one.contains("secret"), "{one}");
    assert_eq!(one, id("https://user:secret@example.com/private-secret/a.ics?key=secret"));
    assert_ne!(one, id("https://example.com/another/a.ics"));
}

fn feed_at(server: &Script, path: &str) -> Feed {
    Feed::new(http(), &format!("{}{path}", server.origin())).unwrap()
}
