use super::support::{
    self, Received, asked, booking, client, instant, place, remove_found, titles, token, window,
};
use async_trait::async_trait;
use engine::Interval;
use engine::event::{Event, Span, Status, Transparency};
use http::{Request, StatusCode};
use provider_fakes::microsoft::Microsoft as Server;
use provider_fakes::server::sign_in_page;
use providers::Pulled;
use providers::{OwnEvent, Page};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::connector::microsoft::Microsoft;
use sync_agent::net::authorized::{AccessTokens, Authorized};
use sync_agent::{Error, Result};
use uuid::Uuid;

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

#[tokio::test]
async fn calendars_come_in_pages_and_say_what_they_are_for() {
    let (server, graph) = start().await;
    for index in 0..130 {
        server.add_calendar(&format!("Calendar {index}"), index % 2 == 0);
    }
    let calendars = graph.calendars().await.unwrap();
    assert_eq!(calendars.len(), 131);
    assert_eq!(calendars.iter().filter(|calendar| calendar.is_primary).count(), 1);
    assert_eq!(calendars.iter().filter(|calendar| calendar.is_writable).count(), 66);
}

#[tokio::test]
async fn a_calendar_that_can_only_be_read_refuses_for_good() {
    let (server, graph) = start().await;
    let holidays = server.add_calendar("Holidays", false);
    server.add(&holidays, event("New Year", "2027-01-01T10:00:00"));
    assert_eq!(titles(&pull(&graph, &holidays, None).await.1), ["New Year"]);
    let answer = graph.write(&place(&holidays), &booking(), None).await;
    assert!(matches!(answer, Err(Error::Refused { status: 403, .. })), "{answer:?}");
}

#[tokio::test]
async fn without_permission_the_account_must_be_connected_again() {
    let (server, graph) = start().await;
    for code in ["ErrorAccessDenied", "Authorization_RequestDenied"] {
        server.server().faults().refuse(Server::refusal(403, code, None));
        let answer = graph.calendars().await;
        assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
    }
    server.server().faults().refuse(Server::refusal(403, "authorization_requestdenied", None));
    let answer = graph.pull(&asked(&server.calendar(), None), &mut Received::default()).await;
    assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
}

#[tokio::test]
async fn tokens_are_renewed_until_they_are_revoked() {
    let server = Server::start(0).await.unwrap();
    let tokens = Arc::new(Renewing {
        url: format!("{}/common/oauth2/v2.0/token", server.server().origin()),
        pair: Mutex::new((server.access_token(), server.refresh_token())),
    });
    let graph = connector(&server, tokens.clone());
    for _ in 0..3 {
        let before = tokens.pair();
        server.expire_access_tokens();
        assert_eq!(graph.calendars().await.unwrap().len(), 1);
        let after = tokens.pair();
        assert!(before.0 != after.0 && before.1 != after.1);
    }
    server.revoke();
    let answer = graph.calendars().await;
    assert!(
        matches!(&answer, Err(Error::NeedsReconnect(why)) if why == "invalid_grant"),
        "{answer:?}"
    );
}

/// Tokens that are renewed, as by the agent's own account.
struct Renewing {
    url: String,
    pair: Mutex<(String, String)>,
}

impl Renewing {
    fn pair(&self) -> (String, String) {
        self.pair.lock().unwrap().clone()
    }
}

#[async_trait]
impl AccessTokens for Renewing {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.pair().0.into())
    }

    async fn instead_of(&self, _refused: &SecretString) -> Result<SecretString> {
        let form = format!("client_id=id&grant_type=refresh_token&refresh_token={}", self.pair().1);
        let request = Request::post(&self.url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes());
        let answer = client().send(request.unwrap()).await?;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        if answer.status() != StatusCode::OK {
            return Err(Error::NeedsReconnect(text("error")));
        }
        *self.pair.lock().unwrap() = (text("access_token"), text("refresh_token"));
        self.access_token().await
    }
}

pub(crate) async fn start() -> (Server, Microsoft) {
    let server = Server::start(0).await.unwrap();
    let graph = connector(&server, Arc::new(SecretString::from(server.access_token())));
    (server, graph)
}

fn connector(server: &Server, tokens: Arc<dyn AccessTokens>) -> Microsoft {
    Microsoft::new(Authorized::new(client(), tokens), server.base().parse().unwrap())
}

/// Lets requests be answered as ever.
fn pass(server: &Server, requests: usize) {
    for _ in 0..requests {
        server.server().faults().pass();
    }
}

async fn pull(graph: &Microsoft, calendar: &str, token: Option<String>) -> (Pulled, Page) {
    let (pulled, received) = support::pull(graph, calendar, token).await;
    assert!(received.fullest <= 50, "{} events in one page", received.fullest);
    (pulled, received.page)
}

/// What a pull of everything in the window gives, with the token of another.
fn everything(pulled: &Pulled) -> Pulled {
    let token = token(pulled);
    assert!(token.is_some());
    Pulled::Everything { token, window: Some(window()) }
}

fn bookings(page: &Page) -> Vec<Option<String>> {
    page.events.iter().map(|event: &Event| event.booking_id.clone()).collect()
}

fn is_malformed(error: &Error) -> bool {
    matches!(error, Error::Malformed(_))
}

fn is_unavailable(error: &Error) -> bool {
    matches!(error, Error::Unavailable(_))
}

fn is_throttled(error: &Error) -> bool {
    matches!(error, Error::Throttled { .. })
}

/// For half an hour.
fn event(subject: &str, start: &str) -> Value {
    let end = instant(&format!("{start}Z")).plus_minutes(30).utc().format("%FT%T").to_string();
    json!({"subject": subject, "start": point(start), "end": point(&end)})
}

fn daily(subject: &str, count: u32) -> Value {
    let mut event = event(subject, "2026-12-07T15:00:00");
    event["recurrence"] = json!({
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-12-07", "numberOfOccurrences": count},
    });
    event
}

fn point(at: &str) -> Value {
    json!({"dateTime": at, "timeZone": "UTC"})
}
