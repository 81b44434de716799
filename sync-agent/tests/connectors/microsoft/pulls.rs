//! Pulls: deltas, series and windows.

use super::{
    daily, event, everything, is_malformed, is_throttled, is_unavailable, pass, point, pull, start,
};
use crate::support::{Received, asked, booking, place, remove_found, titles, token};
use engine::event::Transparency;
use provider_fakes::microsoft::Microsoft as Server;
use provider_fakes::server::sign_in_page;
use providers::{OwnEvent, Pulled};
use serde_json::{Value, json};
use std::time::Duration;
use sync_agent::Error;
use sync_agent::connector::Connector;

#[tokio::test]
async fn every_request_asks_for_utc_and_lasting_ids() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    server.add(&calendar, daily("Daily", 60));
    graph.calendars().await.unwrap();
    let (first, _) = pull(&graph, &calendar, None).await;
    pull(&graph, &calendar, token(&first)).await;
    let written = graph.write(&place(&calendar), &booking(), None).await.unwrap();
    let moved = OwnEvent { title: "Moved".into(), ..booking() };
    graph.write(&place(&calendar), &moved, Some(&written.known(&booking()))).await.unwrap();
    assert_eq!(remove_found(&graph, &calendar, &moved).await, 1);
    let preferences = server.preferences();
    assert!(preferences.len() > 12, "{preferences:?}");
    for prefer in preferences {
        for wanted in [r#"outlook.timezone="UTC""#, r#"IdType="ImmutableId""#] {
            assert!(prefer.contains(wanted), "{prefer}");
        }
    }
}

#[tokio::test]
async fn occurrences_have_from_their_master_what_a_delta_leaves_out() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    // The master comes with the second page: for the first, it is asked for.
    let mut free = daily("Free", 60);
    free["showAs"] = "free".into();
    server.add(&calendar, free);
    let mut days = daily("Days off", 2);
    days["isAllDay"] = true.into();
    days["responseStatus"] = json!({"response": "declined"});
    days["start"] = point("2026-12-24T00:00:00");
    days["end"] = point("2026-12-25T00:00:00");
    let days = server.add(&calendar, days);
    let (_, page) = pull(&graph, &calendar, None).await;
    let (free, days): (Vec<_>, Vec<_>) =
        page.events.iter().partition(|event| !event.external_event_id.starts_with(&days));
    assert_eq!((free.len(), days.len()), (60, 2));
    for event in free {
        assert_eq!(event.title.as_deref(), Some("Free"));
        assert_eq!(event.transparency, Transparency::Transparent);
    }
    for event in days {
        assert!(event.declined && matches!(event.span, engine::event::Span::Dates(..)));
    }
}

#[tokio::test]
async fn what_a_delta_cannot_tell_of_a_series_is_brought_with_everything() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let series = server.add(&calendar, daily("Daily", 4));
    let (mut last, page) = pull(&graph, &calendar, None).await;
    assert_eq!(page.events.len(), 4);
    let second = server.occurrence(&series, 1);
    let steps: [(&dyn Fn(), usize); 4] = [
        (&|| server.change(&calendar, &second, json!({"subject": "Another", "showAs": "oof"})), 4),
        (&|| server.remove(&calendar, &server.occurrence(&series, 2)), 3),
        (&|| server.change(&calendar, &series, daily("Shorter", 2)), 2),
        (&|| server.remove(&calendar, &series), 0),
    ];
    for (step, left) in steps {
        step();
        let (pulled, page) = pull(&graph, &calendar, token(&last)).await;
        assert_eq!(pulled, everything(&pulled));
        assert_eq!(page.events.len(), left);
        last = pulled;
    }
}

#[tokio::test]
async fn of_an_occurrence_that_alone_has_changed_the_series_is_looked_for() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    let series = server.add(&calendar, daily("Daily", 4));
    let (last, _) = pull(&graph, &calendar, None).await;
    let mut occurrence = event("Daily", "2026-12-07T18:00:00");
    occurrence["id"] = server.occurrence(&series, 0).into();
    occurrence["type"] = "exception".into();
    occurrence["seriesMasterId"] = series.clone().into();
    let delta = json!({"value": [occurrence], "@odata.deltaLink": token(&last)});
    let mut answer = Server::refusal(200, "", None);
    *answer.body_mut() = delta.to_string().into();
    server.server().faults().refuse(answer);
    let (pulled, page) = pull(&graph, &calendar, token(&last)).await;
    assert!(matches!(pulled, Pulled::Changes { .. }), "{pulled:?}");
    assert_eq!(titles(&page), ["Daily"]);
    let gone: Vec<_> = page.deleted.iter().map(|gone| &gone.external_event_id).collect();
    assert_eq!(gone, [&series]);
}

#[tokio::test]
async fn what_changes_outside_the_window_changes_nothing() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    server.add(&calendar, event("Inside", "2026-12-07T10:00:00"));
    let (first, before) = pull(&graph, &calendar, None).await;
    // A tombstone, of an event that was never seen.
    server.add(&calendar, event("Outside", "2030-12-07T10:00:00"));
    let (second, after) = pull(&graph, &calendar, token(&first)).await;
    assert_eq!((second.clone(), after), (everything(&second), before));
    let (third, page) = pull(&graph, &calendar, token(&second)).await;
    assert!(matches!(third, Pulled::Unchanged { token: Some(_) }), "{third:?}");
    assert!(page.is_empty());
}

#[tokio::test]
async fn a_link_that_is_no_longer_taken_brings_everything() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    server.add(&calendar, event("Stays", "2026-12-07T10:00:00"));
    let (first, _) = pull(&graph, &calendar, None).await;
    let nested = json!({"error": {"code": "ErrorInvalidRequest", "message": "",
        "innererror": {"code": "RESYNCREQUIRED"}}});
    for answer in [
        Server::refusal(410, "SyncStateNotFound", None),
        Server::refusal(410, "SomethingElse", None),
        Server::refusal(400, "syncStateNotFound", None),
        {
            let mut answer = Server::refusal(400, "", None);
            *answer.body_mut() = nested.to_string().into();
            answer
        },
    ] {
        server.server().faults().refuse(answer);
        let (pulled, page) = pull(&graph, &calendar, token(&first)).await;
        assert_eq!(pulled, everything(&pulled));
        assert_eq!(titles(&page), ["Stays"]);
    }
    // From before the base URL was changed.
    let link = Some("https://graph.microsoft.com/v1.0/me?$deltatoken=x".to_owned());
    let (pulled, page) = pull(&graph, &calendar, link).await;
    assert_eq!((pulled.clone(), titles(&page)), (everything(&pulled), vec!["Stays".to_owned()]));
}

#[tokio::test]
async fn links_to_other_hosts_are_not_followed() {
    let (server, graph) = start().await;
    let (elsewhere, _) = start().await;
    let calendar = server.calendar();
    for key in ["@odata.nextLink", "@odata.deltaLink"] {
        let link = format!("{}/me/calendars?$skiptoken=x", elsewhere.base());
        let mut answer = Server::refusal(200, "", None);
        *answer.body_mut() = json!({"value": [], key: link}).to_string().into();
        server.server().faults().refuse(answer);
        let answer = graph.pull(&asked(&calendar, None), &mut Received::default()).await;
        assert!(matches!(answer, Err(Error::Malformed(_))), "{answer:?}");
    }
    assert!(elsewhere.preferences().is_empty(), "it was asked");
}

#[tokio::test]
async fn a_pull_that_breaks_off_is_no_pull() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    server.add(&calendar, daily("Daily", 60));
    // An empty page, a page, the master, the last page.
    for passed in 0..4 {
        for (answer, is_expected) in [
            (sign_in_page(), is_malformed as fn(&Error) -> bool),
            (Server::refusal(500, "InternalServerError", None), is_unavailable),
            (Server::refusal(429, "ApplicationThrottled", Some("2.5")), is_throttled),
        ] {
            pass(&server, passed);
            server.server().faults().refuse(answer);
            let answer = graph.pull(&asked(&calendar, None), &mut Received::default()).await;
            let error = answer.expect_err("it broke off");
            assert!(is_expected(&error), "after {passed} answers: {error:?}");
        }
        pass(&server, passed);
        server.server().faults().lose_answer();
        let answer = graph.pull(&asked(&calendar, None), &mut Received::default()).await;
        assert!(is_unavailable(&answer.expect_err("it broke off")));
    }
    let gone = graph.pull(&asked("no such calendar", None), &mut Received::default()).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn a_refused_link_is_given_up_and_everything_is_read() {
    let (server, graph) = start().await;
    let calendar = server.calendar();
    server.add(&calendar, event("Lunch", "2026-12-07T15:00:00"));
    for status in [400, 403, 404, 410, 422] {
        let (first, _) = pull(&graph, &calendar, None).await;
        server.server().faults().refuse(Server::refusal(status, "BadRequest", None));
        let (again, page) = pull(&graph, &calendar, token(&first)).await;
        assert_eq!(again, everything(&again), "{status}");
        assert_eq!(titles(&page), ["Lunch"], "{status}");
    }
    // A limit or an outage says nothing about the link.
    for (status, is_expected) in [(429, is_throttled as fn(&Error) -> bool), (504, is_unavailable)]
    {
        let (first, _) = pull(&graph, &calendar, None).await;
        server.server().faults().refuse(Server::refusal(status, "UnknownError", None));
        let answer = graph.pull(&asked(&calendar, token(&first)), &mut Received::default()).await;
        let error = answer.expect_err("it was refused");
        assert!(is_expected(&error), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn an_invitation_is_declined_by_the_accounts_own_address() {
    let (server, graph) = start().await;
    let says = |body: Value| {
        let mut answer = Server::refusal(200, "", None);
        *answer.body_mut() = body.to_string().into();
        server.server().faults().refuse(answer);
    };
    let calendar = server.calendar();
    let invitation = |address: &str| {
        let mut event = event("Invitation", "2026-12-07T15:00:00");
        event["id"] = address.into();
        event["attendees"] = json!([
            {"emailAddress": {"address": address}, "status": {"response": "declined"}},
        ]);
        event
    };
    says(json!({
        "value": [invitation("ADA@example.org"), invitation("bob@example.org")],
        "@odata.deltaLink": format!("{}/delta?$deltatoken=1", server.base()),
    }));
    says(json!({"mail": "ada@example.com", "userPrincipalName": "ada@example.org"}));
    let (_, page) = pull(&graph, &calendar, None).await;
    let declined: Vec<_> = page.events.iter().map(|event| event.declined).collect();
    assert_eq!(declined, [true, false]);
}

#[tokio::test]
async fn a_fraction_of_a_second_is_waited_too() {
    let (server, graph) = start().await;
    for (status, code) in [(429, "ApplicationThrottled"), (503, "ErrorServerBusy")] {
        server.server().faults().refuse(Server::refusal(status, code, Some("2.128")));
        match graph.calendars().await {
            Err(Error::Throttled { status: said, retry_after }) => {
                assert_eq!(said, status);
                assert_eq!(retry_after, Some(Duration::from_millis(2128)));
            }
            other => panic!("{other:?}"),
        }
    }
}
