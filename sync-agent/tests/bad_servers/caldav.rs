//! CalDAV servers that do as few others do.

use crate::script::{Asked, Script, answer, ics, multistatus, place, response, status};
use axum::response::{IntoResponse, Redirect, Response};
use engine::Interval;
use engine::time::parse_instant;
use http::StatusCode;
use providers::Pulled;
use providers::{Kind, Known, OwnEvent, Person, Version};
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_agent::Error;
use sync_agent::connector::Connector;
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
    if asked.is_about("calendar-query") {
        return multistatus(&listing(&["a", "b"]));
    }
    if asked.is_about("calendar-multiget") {
        let names = ["a", "b"].iter().filter(|name| asked.body.contains(&href(name)));
        return multistatus(&names.map(|name| body(name)).collect::<String>());
    }
    StatusCode::BAD_REQUEST.into_response()
}

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
    assert_eq!(server.asked().len(), 3, "state, listing, bodies");

    let (pulled, _) = server.pull(Some(token_of(&pulled))).await.unwrap();
    assert!(matches!(pulled, Pulled::Unchanged { .. }), "{pulled:?}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_ctag_tells_sooner_that_nothing_has_changed() {
    let server = Script::start(usual).await;
    let (pulled, _) = server.pull(Some("sync:new\nctag")).await.unwrap();
    assert_eq!(pulled, Pulled::Unchanged { token: None });
    assert!(server.asked().iter().all(|asked| !asked.is_about("sync-collection")));

    // Another one may tell of what is known already.
    let (pulled, _) = server.pull(Some("sync:new\nold")).await.unwrap();
    assert_eq!(pulled, Pulled::Unchanged { token: Some("sync:new\nctag".into()) });
    assert_eq!(server.asked().len(), 2);

    // Who does not tell it any more, or tells nothing, is not asked for it again.
    for ctag in ["", "<x:getctag/>"] {
        let server = Script::start(move |asked| match asked.is_about("getctag") {
            true => multistatus(&response("/cal/", ctag)),
            false => usual(asked),
        })
        .await;
        for token in ["sync:new\nold", "sync:new\n"] {
            let (pulled, _) = server.pull(Some(token)).await.unwrap();
            assert_eq!(pulled, Pulled::Unchanged { token: Some("sync:new".into()) });
        }
    }
    let (pulled, _) = server.pull(Some("sync:new")).await.unwrap();
    assert_eq!(pulled, Pulled::Unchanged { token: Some("sync:new".into()) });
    assert_eq!(server.asked().len(), 1);
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
    assert!(matches!(pulled, Pulled::Unchanged { .. }), "{pulled:?}");
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
        if asked.is_about("calendar-query") {
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
    assert!(matches!(pulled, Pulled::Unchanged { .. }), "{pulled:?}");
    assert_eq!(server.asked().len(), 1);

    VERSION.store(2, Ordering::Relaxed);
    let (pulled, received) = server.pull(Some(token_of(&first))).await.unwrap();
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!(received.ids(), ["a.ics"]);
    assert_ne!(token_of(&first), token_of(&pulled));
}

#[tokio::test]
async fn a_token_can_be_refused_in_many_ways() {
    for code in [400, 403, 405, 409, 410, 412, 422, 500, 501] {
        let server = Script::start(move |asked| {
            if asked.is_about("sync-collection") && asked.body.contains(">old<") {
                return answer(code, "text/plain", "no");
            }
            usual(asked)
        })
        .await;
        let (pulled, received) = server.pull(Some("sync:old")).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { .. }), "{code}: {pulled:?}");
        assert!(received.restarted, "{code}");
        assert_eq!(received.ids(), ["a.ics", "b.ics"], "{code}");
        assert_eq!(token_of(&pulled), "sync:new\nctag", "{code}");
    }
}

#[tokio::test]
async fn other_refusals_do_not_cost_a_full_pull() {
    for code in [401, 404, 429, 502, 503, 504] {
        let server = Script::start(move |_| answer(code, "text/plain", "no")).await;
        let error = server.pull(Some("sync:old")).await.unwrap_err();
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
    let server = Script::start(|asked| match count.fetch_add(1, Ordering::Relaxed) {
        0 => answer(500, "text/plain", "for once"),
        _ => usual(asked),
    })
    .await;
    let (pulled, _) = server.pull(Some("sync:new")).await.unwrap();
    assert!(matches!(pulled, Pulled::Unchanged { .. }), "{pulled:?}");
}

/// As some hosts do for ever.
#[tokio::test]
async fn a_token_that_is_refused_and_yet_current_is_not_used_again() {
    let server = Script::start(|asked| match asked.is_about("sync-collection") {
        true => answer(403, "text/plain", "no"),
        false => usual(asked),
    })
    .await;
    let (pulled, _) = server.pull(Some("sync:new")).await.unwrap();
    assert_eq!(token_of(&pulled), "ctag:ctag");
    // Though the server goes on to tell it.
    let (pulled, _) = server.pull(Some("ctag:old")).await.unwrap();
    assert_eq!(token_of(&pulled), "ctag:ctag");
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
            part(listing(&["b"]) + &status(&href("c"), 404), "third")
        }
    })
    .await;
    let (pulled, received) = server.pull(Some("sync:first")).await.unwrap();
    assert_eq!(pulled, Pulled::Changes { token: Some("sync:third".into()) });
    assert_eq!(received.ids(), ["a.ics", "b.ics"]);
    assert_eq!(received.page.deleted[0].external_event_id, "c.ics");
}

/// iCloud does so, and other servers with folders in calendars.
#[tokio::test]
async fn collections_are_no_members() {
    let server = Script::start(|asked| {
        if asked.is_about("calendar-query") {
            let collection = "<getetag>\"1\"</getetag><resourcetype><collection/></resourcetype>";
            return multistatus(
                &(response("/cal/", collection) + &response("/cal", collection) + &listing(&["a"])),
            );
        }
        usual(asked)
    })
    .await;
    let (_, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["a.ics"]);
    assert_eq!(received.page.rejected, []);
}

#[tokio::test]
async fn a_server_without_queries_lists_all() {
    for code in [400, 403, 405, 500, 501, 507] {
        let server = Script::start(move |asked| {
            if asked.is_about("calendar-query") {
                return answer(code, "text/plain", "no");
            }
            if asked.is_about("getetag") && asked.what.starts_with("PROPFIND") {
                return multistatus(&listing(&["a", "b"]));
            }
            usual(asked)
        })
        .await;
        let (pulled, received) = server.pull(None).await.unwrap();
        assert!(matches!(pulled, Pulled::Everything { window: None, .. }), "{code}: {pulled:?}");
        assert_eq!(received.ids(), ["a.ics", "b.ics"], "{code}");
    }
}

#[tokio::test]
async fn a_listing_that_is_cut_off_is_not_all() {
    let server = Script::start(|asked| {
        if asked.is_about("calendar-query") || asked.is_about("resourcetype") {
            return multistatus(&(listing(&["a"]) + &status("/cal/", 507)));
        }
        usual(asked)
    })
    .await;
    let error = server.pull(None).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
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
    let (_, received) = server.pull(Some("sync:old")).await.unwrap();
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
    let (_, received) = server.pull(Some("sync:old")).await.unwrap();
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
        if asked.is_about("calendar-query") {
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
    let (_, received) = server.pull(Some("sync:old")).await.unwrap();
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
            false => StatusCode::NOT_FOUND.into_response(),
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
    let server = Script::start(|asked| match asked.what.starts_with("PUT") {
        true => StatusCode::CREATED.into_response(),
        false => (StatusCode::OK, [("etag", "\"7\"")], ics("1")).into_response(),
    })
    .await;
    let version = write(&server, None).await.unwrap();
    assert_eq!(version.etag.as_deref(), Some("\"7\""));
    let asked = server.asked();
    assert_eq!(asked[0].header("if-none-match"), Some("*"));
    assert_eq!(asked[0].header("content-type"), Some("text/calendar; charset=utf-8"));
}

/// Cyrus does so, and nginx before any server. RFC 9110 section 13.1.1: a weak ETag is
/// that of no version.
#[tokio::test]
async fn an_etag_that_is_weak_when_compressed_does_not_keep_a_write_away() {
    let server = Script::start(|asked| {
        if !asked.what.starts_with("PUT") {
            let is_compressed = asked.header("accept-encoding").is_some_and(|e| e.contains("gzip"));
            let etag = if is_compressed { "W/\"7\"" } else { "\"7\"" };
            return (StatusCode::OK, [("etag", etag)], ics("1")).into_response();
        }
        match asked.header("if-match") {
            Some("\"7\"") => (StatusCode::NO_CONTENT, [("etag", "\"8\"")]).into_response(),
            _ => StatusCode::PRECONDITION_FAILED.into_response(),
        }
    })
    .await;
    let version = Version { external_event_id: "a.ics".into(), etag: Some("\"1\"".into()) };
    let known = Known { version, written: None };
    let version = write(&server, Some(&known)).await.unwrap();
    assert_eq!(version.etag.as_deref(), Some("\"8\""));
}

#[tokio::test]
async fn an_event_that_keeps_changing_is_left_for_later() {
    let server = Script::start(|asked| match asked.what.starts_with("PUT") {
        true => StatusCode::PRECONDITION_FAILED.into_response(),
        false => (StatusCode::OK, [("etag", "\"7\"")], ics("1")).into_response(),
    })
    .await;
    let version = Version { external_event_id: "a.ics".into(), etag: Some("\"1\"".into()) };
    let known = Known { version, written: None };
    let error = write(&server, Some(&known)).await.unwrap_err();
    assert!(matches!(error, Error::Interrupted(_)), "{error:?}");
    let asked = server.asked();
    assert_eq!(asked[0].header("if-match"), Some("\"1\""));
    assert_eq!(asked[2].header("if-match"), Some("\"7\""));
    assert_eq!(asked.len(), 3);
}

async fn write(server: &Script, known: Option<&Known>) -> Result<Version, Error> {
    let instant = |text| parse_instant(text).unwrap();
    let Interval { start, end } =
        Interval::new(instant("2026-12-10T15:00:00Z"), instant("2026-12-10T16:00:00Z"));
    let booking = OwnEvent {
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
    };
    let place = place(&format!("{}/cal/", server.origin()));
    server.caldav().write(&place, &booking, known).await.map(|written| written.version)
}
