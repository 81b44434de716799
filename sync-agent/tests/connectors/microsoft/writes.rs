//! Events of our own.

use super::{bookings, is_unavailable, pass, pull, start};
use crate::support::{booking, place};
use engine::Interval;
use engine::event::{Span, Status};
use provider_fakes::microsoft::Microsoft as Server;
use providers::OwnEvent;
use serde_json::json;
use sync_agent::Error;
use sync_agent::connector::Connector;
use uuid::Uuid;

#[tokio::test]
async fn whichever_answer_is_lost_one_event_is_made() {
    // The calendar, the search, the event and its meeting.
    for passed in 0..4 {
        let (server, graph) = start().await;
        let calendar = server.calendar();
        pass(&server, passed);
        server.server().faults().lose_answer();
        let lost = graph.write(&place(&calendar), &booking(), None).await;
        assert!(is_unavailable(&lost.expect_err("it was lost")), "after {passed} answers");
        let written = graph.write(&place(&calendar), &booking(), None).await.unwrap();
        let events = server.events(&calendar);
        assert_eq!(events.len(), 1, "after {passed} answers");
        assert_eq!(events[0]["id"], written.version.external_event_id.as_str());
        assert!(written.meeting_link.is_some());
        // A pull tells whose event it is, even if no answer ever came.
        let (_, page) = pull(&graph, &calendar, None).await;
        assert_eq!(bookings(&page), [Some(booking().id.to_string())]);
    }
}

#[tokio::test]
async fn an_event_that_a_search_overlooks_is_made_once() {
    let (server, graph) = start().await;
    server.refuse_repeated_transactions();
    let calendar = server.calendar();
    let first = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    // The search comes first here, for what the calendar allows is known.
    let mut nothing = Server::refusal(200, "", None);
    *nothing.body_mut() = json!({"value": []}).to_string().into();
    server.server().faults().refuse(nothing);
    let Interval { start, end } = booking().interval();
    let span = Span::Times(Interval::new(start, end.plus_minutes(30)));
    let moved = OwnEvent { span, ..booking() };
    let again = graph.write(&place(&calendar), &moved, None).await.unwrap();
    assert_eq!(again.version.external_event_id, first.version.external_event_id);
    assert_eq!(server.events(&calendar).len(), 1);
    let end = &server.events(&calendar)[0]["end"]["dateTime"];
    assert_eq!(end, "2026-12-10T16:30:00.0000000");
}

#[tokio::test]
async fn an_event_that_was_deleted_can_be_made_again() {
    for is_refused in [false, true] {
        let (server, graph) = start().await;
        if is_refused {
            server.refuse_repeated_transactions();
        }
        let calendar = server.calendar();
        let first = graph.write(&place(&calendar), &booking(), None).await.unwrap();
        server.remove(&calendar, &first.version.external_event_id);
        let second = graph.write(&place(&calendar), &booking(), None).await.unwrap();
        assert_ne!(second.version.external_event_id, first.version.external_event_id);
        let (_, page) = pull(&graph, &calendar, None).await;
        assert_eq!(bookings(&page), [Some(booking().id.to_string())]);
    }
}

#[tokio::test]
async fn a_conflict_is_solved_once() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let written = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    let moved = OwnEvent { title: "Moved".into(), ..booking() };
    let conflict = || Server::refusal(412, "ErrorIrresolvableConflict", None);
    // It also happens for no reason.
    pass(&server, 1);
    server.server().faults().refuse(conflict());
    graph.write(&place(&calendar), &moved, Some(&written.known(&booking()))).await.unwrap();
    assert_eq!(server.events(&calendar)[0]["subject"], "Moved");

    for _ in 0..2 {
        pass(&server, 1);
        server.server().faults().refuse(conflict());
    }
    let again = OwnEvent { title: "Moved again".into(), ..booking() };
    let answer = graph.write(&place(&calendar), &again, Some(&written.known(&moved))).await;
    assert!(matches!(answer, Err(Error::Interrupted(_))), "{answer:?}");
    assert_eq!(server.events(&calendar)[0]["subject"], "Moved");
}

#[tokio::test]
async fn an_event_that_says_what_it_should_is_left_alone() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let first = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    let known = first.known(&booking());
    for known in [None, Some(&known)] {
        // Its attendees would be told.
        let again = graph.write(&place(&calendar), &booking(), known).await.unwrap();
        assert_eq!(again, first);
    }
}

#[tokio::test]
async fn what_the_broker_has_added_stays() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let first = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    let id = &first.version.external_event_id;
    let attendees = json!([{"type": "optional", "emailAddress": {"address": "co@example.com"}}]);
    let body = json!({"contentType": "text", "content": "Join here"});
    server.change(&calendar, id, json!({"attendees": attendees, "body": body}));
    let moved = OwnEvent { title: "Moved".into(), ..booking() };
    graph.write(&place(&calendar), &moved, Some(&first.known(&booking()))).await.unwrap();
    let event = server.events(&calendar).remove(0);
    assert_eq!(
        (&event["subject"], &event["attendees"], &event["body"]),
        (&json!("Moved"), &attendees, &body)
    );
}

#[tokio::test]
async fn a_cancelled_event_is_gone() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let written = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    server.change(&calendar, &written.version.external_event_id, json!({"isCancelled": true}));
    let (_, page) = pull(&graph, &calendar, None).await;
    assert_eq!(page.events[0].status, Status::Cancelled);
    let answer = graph.write(&place(&calendar), &booking(), Some(&written.known(&booking()))).await;
    assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
}

#[tokio::test]
async fn a_meeting_is_asked_for_where_the_calendar_allows_it() {
    let (server, graph) = start().await;
    let written = graph.write(&place(&server.calendar()), &booking(), None).await.unwrap();
    assert!(written.meeting_link.unwrap().starts_with("https://teams.microsoft.com/"));
    let other = server.add_calendar("Without Teams", true);
    let another = OwnEvent { id: Uuid::from_u128(7), ..booking() };
    let written = graph.write(&place(&other), &another, None).await.unwrap();
    assert_eq!(written.meeting_link, None);
    assert_eq!(server.events(&other)[0]["isOnlineMeeting"], false);
}
