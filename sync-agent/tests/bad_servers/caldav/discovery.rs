//! Finding the calendars of an account.

use crate::script::{Asked, Script, answer, http, multistatus, response};
use axum::response::{IntoResponse, Redirect};
use http::StatusCode;
use sync_agent::connector::Connector;
use sync_agent::connector::caldav::CalDav;

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
