//! Looking for an event, and removing it.

use super::support::{UID, booking, without_events, write};
use crate::script::{Script, answer, ics, multistatus, place, response};
use axum::response::IntoResponse;
use http::StatusCode;
use providers::{Known, Look, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_agent::Error;
use sync_agent::connector::Connector;

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
    assert_eq!(look(&[]).await, Look::Excluded);
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
        server.caldav().remove(&here, &booking(), &known).await.unwrap_err();
        write(&server, None).await.unwrap_err();
    }
}

#[tokio::test]
async fn a_calendar_that_refuses_does_not_hide_what_the_next_one_has() {
    let server = Script::start(|asked| {
        let (method, path) = asked.what.split_once(' ').unwrap();
        match path.split('/').nth(1) {
            Some("refused") => answer(403, "text/plain", "no"),
            Some("silent") => answer(503, "text/plain", "no"),
            Some("other") if method == "GET" => (StatusCode::OK, ics(UID)).into_response(),
            _ => without_events(asked),
        }
    })
    .await;
    let known = known("a.ics");
    let look = async |names: &[&str]| {
        let places = names.iter().map(|name| place(&format!("{}/{name}/", server.origin())));
        let places: Vec<_> = places.collect();
        server.caldav().look(&places[0], &places[1..], &booking(), Some(&known)).await
    };
    let found = look(&["cal", "refused", "other"]).await.unwrap();
    assert!(matches!(found, Look::Found { external_calendar_id, .. }
        if external_calendar_id.ends_with("/other/")));
    // It may be there.
    let error = look(&["cal", "refused", "empty"]).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 403, .. }), "{error}");
    // Its own calendar must answer, and a server that does not is not asked again.
    look(&["refused", "other"]).await.unwrap_err();
    look(&["cal", "silent", "other"]).await.unwrap_err();
}

/// It may be there: the provider does not find the calendar, and lists it or cannot list anything.
#[tokio::test]
async fn another_calendar_is_gone_only_if_the_list_of_the_account_lacks_it_too() {
    let look = async |listed: Result<&'static str, &'static str>| {
        let server = Script::start(move |asked| match (asked.what.as_str(), listed) {
            (what, _) if what.contains(" /other/") => answer(404, "text/plain", "no"),
            (what, Err(denied)) if what == denied => answer(404, "text/plain", "no"),
            ("PROPFIND /", _) => multistatus(&response(
                "/",
                "<current-user-principal><href>/me/</href></current-user-principal>",
            )),
            ("PROPFIND /me/", _) => multistatus(&response(
                "/me/",
                "<cal:calendar-home-set><href>/home/</href></cal:calendar-home-set>",
            )),
            ("PROPFIND /home/", Ok(name)) => multistatus(&response(
                &format!("/{name}/"),
                "<resourcetype><collection/><cal:calendar/></resourcetype>",
            )),
            _ => without_events(asked),
        })
        .await;
        let places = ["cal", "other"].map(|name| place(&format!("{}/{name}/", server.origin())));
        let known = known("a.ics");
        server.caldav().look(&places[0], &places[1..], &booking(), Some(&known)).await
    };
    assert_eq!(look(Ok("cal")).await.unwrap(), Look::Nowhere);
    for listed in [Ok("other"), Err("PROPFIND /"), Err("PROPFIND /me/"), Err("PROPFIND /home/")] {
        assert!(look(listed).await.is_err(), "{listed:?}");
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
        server.caldav().remove(&here, &booking(), &known("a.ics")).await.unwrap_err();
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
    server.caldav().remove(&here, &booking(), &known("a.ics")).await.unwrap();
    let asked = server.asked();
    assert!(asked.iter().all(|asked| !asked.what.starts_with("DELETE")));
    let put = asked.iter().find(|asked| asked.what.starts_with("PUT")).unwrap();
    assert!(put.body.contains("EXDATE:20261207T150000Z"), "{put:?}");
}

fn known(id: &str) -> Known {
    Known { version: Version { external_event_id: id.into(), etag: None }, written: None }
}
