//! Members that are missing, refused or malformed.

use super::support::{body, href, is_listing, listing, token, usual};
use crate::script::{Script, answer, ics, multistatus, response, status};
use axum::response::IntoResponse;
use http::StatusCode;
use providers::Pulled;

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

/// A sign-in page in place of an event is not what the event says: it is asked for again.
#[tokio::test]
async fn a_web_page_is_no_member() {
    let server = Script::start(|asked| match asked.what.as_str() {
        "GET /cal/a.ics" => answer(200, "text/html; charset=utf-8", "<p>Sign in</p>"),
        "REPORT /cal/" if asked.is_about("calendar-multiget") => {
            answer(200, "text/html", "<p>Sign in</p>")
        }
        "GET /cal/b.ics" => answer(200, "text/calendar", ics("b")),
        _ => usual(asked),
    })
    .await;
    let (pulled, received) = server.pull(None).await.unwrap();
    assert_eq!(received.ids(), ["b.ics"]);
    assert_eq!(received.page.rejected[0].external_event_id.as_deref(), Some("a.ics"));
    assert!(matches!(pulled, Pulled::Everything { token: None, .. }), "{pulled:?}");
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
