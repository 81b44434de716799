use super::support::{self, booking, client, place, remove_found, token};
use async_trait::async_trait;
use engine::Interval;
use engine::event::Span;
use http::StatusCode;
use provider_fakes::google::{Calendar, Google as Server, Knobs};
use providers::{Look, OwnEvent, Page};
use providers::{Place, Pulled};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::connector::google::Google;
use sync_agent::net::authorized::{AccessTokens, Authorized};
use sync_agent::{Error, Result};
use uuid::Uuid;

pub(crate) const CALENDAR: &str = "broker@example.com";

#[tokio::test]
async fn calendars_come_in_pages_with_what_may_be_done() {
    let (server, google) = start().await;
    server.set(Knobs { page_size: Some(1), ..Knobs::default() });
    for (id, role) in [("reads", "reader"), ("busy", "freeBusyReader"), ("writes", "writer")] {
        let mut calendar = Calendar::new(id, "UTC".parse().unwrap());
        calendar.access_role = role.into();
        server.add_calendar(calendar);
    }
    let calendars = google.calendars().await.unwrap();
    let told: Vec<_> =
        calendars.iter().map(|c| (c.external_calendar_id.as_str(), c.is_writable)).collect();
    assert_eq!(told, [(CALENDAR, true), ("reads", false), ("writes", true)]);
    assert_eq!(google.unreadable().await.unwrap(), ["busy"]);
    assert!(calendars[0].is_primary);
    assert_eq!(calendars[0].timezone.as_deref(), Some("Europe/Zurich"));
}

#[tokio::test]
async fn an_invitation_is_declined_by_the_accounts_own_address() {
    let (server, google) = start().await;
    let mut invitation = event("Invitation");
    invitation["attendees"] = json!([{"email": CALENDAR, "responseStatus": "declined"}]);
    server.create(CALENDAR, &invitation).unwrap();
    let (_, page) = pull(&google, None).await;
    assert!(page.events[0].declined, "{:?}", page.events);
}

#[tokio::test]
async fn a_pull_that_brings_nothing_new_is_one_request() {
    let (server, google) = start().await;
    server.create(CALENDAR, &event("Lunch")).unwrap();
    let token = token(&pull(&google, None).await.0);
    let before = server.requests().len();
    let (pulled, page) = pull(&google, token).await;
    assert!(matches!(pulled, Pulled::Unchanged { token: Some(_) }), "{pulled:?}");
    assert!(page.is_empty());
    assert_eq!(server.requests().len(), before + 1);
}

#[tokio::test]
async fn a_token_that_is_no_token_brings_everything() {
    let (server, google) = start().await;
    server.create(CALENDAR, &event("Lunch")).unwrap();
    let (pulled, page) = pull(&google, Some("nonsense".into())).await;
    assert!(matches!(pulled, Pulled::Everything { .. }), "{pulled:?}");
    assert_eq!(page.events.len(), 1);
}

#[tokio::test]
async fn an_expired_access_token_is_renewed() {
    let server = server().await;
    let tokens = Arc::new(Renewing { server });
    let google = connector(&tokens.server, tokens.clone());
    tokens.server.expire_access_tokens();
    assert_eq!(google.calendars().await.unwrap().len(), 1);
    let (server, google) = start().await;
    server.expire_access_tokens();
    let error = google.calendars().await.unwrap_err();
    assert!(matches!(error, Error::NeedsReconnect(_)), "{error:?}");
}

#[tokio::test]
async fn being_asked_too_often_is_no_refusal() {
    let (server, google) = start().await;
    server.throttle(StatusCode::FORBIDDEN, "userRateLimitExceeded", Some(7));
    server.throttle(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded", None);
    let seven = Some(Duration::from_secs(7));
    for (status, wait) in [(403, seven), (429, None)] {
        match google.calendars().await.unwrap_err() {
            Error::Throttled { status: told, retry_after } => {
                assert_eq!((told, retry_after), (status, wait));
            }
            other => panic!("{other:?}"),
        }
    }
    google.calendars().await.unwrap();
}

#[tokio::test]
async fn a_calendar_that_is_only_read_refuses_for_good() {
    let (server, google) = start().await;
    let mut calendar = Calendar::new("reads", "UTC".parse().unwrap());
    calendar.access_role = "reader".into();
    server.add_calendar(calendar);
    let place = Place { external_calendar_id: "reads".into(), timezone: "UTC".into() };
    let error = google.write(&place, &booking(), None).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 403, .. }), "{error:?}");
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_event() {
    let (server, google) = start().await;
    // The first request asks what the calendar can do.
    google.write(&place(CALENDAR), &booking(), None).await.unwrap();
    assert_eq!(remove_found(&google, CALENDAR, &booking()).await, 1);

    let other = OwnEvent { id: Uuid::from_u128(2), ..booking() };
    server.server().faults().lose_answer();
    let error = google.write(&place(CALENDAR), &other, None).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert_eq!(server.events(CALENDAR).len(), 1, "it was created");
    let mails = server.mails().len();
    let written = google.write(&place(CALENDAR), &other, None).await.unwrap();
    assert_eq!(server.events(CALENDAR).len(), 1);
    assert_eq!(server.mails().len(), mails, "nobody is told twice");

    // The same for a change and a removal.
    let moved = OwnEvent { span: longer(&other), ..other.clone() };
    let (faults, known) = (server.server().faults(), written.known(&other));
    faults.pass();
    faults.lose_answer();
    google.write(&place(CALENDAR), &moved, Some(&known)).await.unwrap_err();
    let mails = server.mails().len();
    google.write(&place(CALENDAR), &moved, Some(&known)).await.unwrap();
    assert_eq!(server.mails().len(), mails, "nobody is told twice");
    faults.pass();
    faults.lose_answer();
    google.remove(&place(CALENDAR), &moved, &known).await.unwrap_err();
    assert_eq!(server.events(CALENDAR).len(), 0);
    let again = google.remove(&place(CALENDAR), &moved, &known).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
    let look = google.look(&place(CALENDAR), &[], &moved, Some(&known)).await.unwrap();
    assert_eq!(look, Look::Nowhere);
}

#[tokio::test]
async fn a_booking_that_comes_back_gets_its_event_back() {
    let (server, google) = start().await;
    let first = google.write(&place(CALENDAR), &booking(), None).await.unwrap();
    google.remove(&place(CALENDAR), &booking(), &first.known(&booking())).await.unwrap();
    assert!(server.mails().last().unwrap().is_cancellation);
    let again = OwnEvent { title: "Once more".into(), sequence: 1, ..booking() };
    let second = google.write(&place(CALENDAR), &again, None).await.unwrap();
    assert_eq!(second.version.external_event_id, first.version.external_event_id);
    assert_ne!(second.version.etag, first.version.etag);
    let events = server.events(CALENDAR);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["summary"], "Once more");
    assert_eq!(events[0]["attendees"][0]["email"], "lead@example.com");
    assert!(!server.mails().last().unwrap().is_cancellation);
}

#[tokio::test]
async fn an_id_that_is_another_event_s_is_left_alone() {
    let (server, google) = start().await;
    let mut other = event("Not ours");
    other["id"] = format!("bk{}", booking().id.simple()).into();
    server.create(CALENDAR, &other).unwrap();
    let error = google.write(&place(CALENDAR), &booking(), None).await.unwrap_err();
    assert!(matches!(error, Error::Refused { status: 409, .. }), "{error:?}");
    assert_eq!(server.events(CALENDAR)[0]["summary"], "Not ours");
}

#[tokio::test]
async fn a_meeting_link_is_given_where_the_calendar_allows_it() {
    let (server, google) = start().await;
    let written = google.write(&place(CALENDAR), &booking(), None).await.unwrap();
    let link = written.meeting_link.unwrap();
    assert!(link.starts_with("https://meet.google.com/"), "{link}");

    server.set(Knobs { slow_links: true, ..Knobs::default() });
    let slow = OwnEvent { id: Uuid::from_u128(2), ..booking() };
    let written = google.write(&place(CALENDAR), &slow, None).await.unwrap();
    assert_ne!(written.meeting_link.unwrap(), link);
    let event = server.event(CALENDAR, &written.version.external_event_id).unwrap();
    assert_eq!(written.version.etag.unwrap(), event["etag"], "the link has changed the event");

    let mut calendar = Calendar::new("without", "UTC".parse().unwrap());
    calendar.allows_meet = false;
    server.add_calendar(calendar);
    let place = Place { external_calendar_id: "without".into(), timezone: "UTC".into() };
    assert_eq!(google.write(&place, &booking(), None).await.unwrap().meeting_link, None);
}

#[tokio::test]
async fn a_change_at_the_same_time_is_read_before_ours_is_written() {
    let (server, google) = start().await;
    let written = google.write(&place(CALENDAR), &booking(), None).await.unwrap();
    let id = written.version.external_event_id.clone();
    let moved = OwnEvent { span: longer(&booking()), ..booking() };

    server.set(Knobs { rivals: 1, ..Knobs::default() });
    let again =
        google.write(&place(CALENDAR), &moved, Some(&written.known(&booking()))).await.unwrap();
    let event = server.event(CALENDAR, &id).unwrap();
    assert_eq!(event["location"], "Main street", "what the broker added stays");
    assert_eq!(event["end"]["dateTime"], "2026-12-10T17:30:00+01:00");
    assert_eq!(event["etag"], again.version.etag.clone().unwrap());

    // Somebody who never stops is left for later.
    server.set(Knobs { rivals: 9, ..Knobs::default() });
    let error = google.write(&place(CALENDAR), &booking(), Some(&again.known(&moved))).await;
    assert!(matches!(error, Err(Error::Interrupted(_))), "{error:?}");
}

fn event(title: &str) -> Value {
    json!({
        "summary": title,
        "start": {"dateTime": "2026-12-07T12:00:00Z"},
        "end": {"dateTime": "2026-12-07T13:00:00Z"},
    })
}

async fn server() -> Server {
    let server = Server::start(0).await.unwrap();
    let mut calendar = Calendar::new(CALENDAR, "Europe/Zurich".parse().unwrap());
    calendar.is_primary = true;
    server.add_calendar(calendar);
    server
}

pub(crate) async fn start() -> (Server, Google) {
    let server = server().await;
    let tokens = Arc::new(SecretString::from(server.access_token()));
    let google = connector(&server, tokens);
    (server, google)
}

fn connector(server: &Server, tokens: Arc<dyn AccessTokens>) -> Google {
    Google::new(Authorized::new(client(), tokens), server.base().parse().unwrap())
}

/// Tokens of which the first is refused.
struct Renewing {
    server: Server,
}

#[async_trait]
impl AccessTokens for Renewing {
    async fn access_token(&self) -> Result<SecretString> {
        Ok("expired".into())
    }

    async fn instead_of(&self, _refused: &SecretString) -> Result<SecretString> {
        Ok(self.server.access_token().into())
    }
}

async fn pull(google: &Google, token: Option<String>) -> (Pulled, Page) {
    let (pulled, received) = support::pull(google, CALENDAR, token).await;
    (pulled, received.page)
}

fn longer(own: &OwnEvent) -> Span {
    let Interval { start, end } = own.interval();
    Span::Times(Interval::new(start, end.plus_minutes(30)))
}
