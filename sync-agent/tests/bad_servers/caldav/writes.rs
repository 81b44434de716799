//! Writing an event.

use super::support::{UID, booking, without_events, write};
use crate::script::{Script, answer, ics, place};
use axum::response::IntoResponse;
use http::StatusCode;
use providers::{OwnEvent, Person};
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_agent::Error;
use sync_agent::connector::Connector;

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
