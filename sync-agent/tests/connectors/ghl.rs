use super::support::{
    self, Received, asked, booking, client, place, remove_found, titles, token, window,
};
use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, TimeDelta};
use http::Request;
use provider_fakes::ghl::{
    Blocked, CALENDAR, Ghl as Server, LOCATION, OTHER_USER, ROUND_ROBIN, Time, USER, refusal,
    throttled,
};
use provider_fakes::server::sign_in_page;
use providers::Pulled;
use providers::ghl::Location;
use providers::{Known, Look, OwnEvent, Page, Version};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::connector::ghl::Ghl;
use sync_agent::net::authorized::{AccessTokens, Authorized};
use sync_agent::{Error, Result};

#[tokio::test]
async fn blocked_slots_of_the_calendar_and_of_its_owner_are_brought() {
    let (server, ghl) = start().await;
    server.add(CALENDAR, "Appointment", time("2026-12-07T10:00:00Z"));
    server.add(ROUND_ROBIN, "In another calendar", time("2026-12-07T10:00:00Z"));
    server.block(Blocked::Calendar(CALENDAR), "Lunch", time("2026-12-07T12:00:00Z"));
    server.block(Blocked::Calendar(ROUND_ROBIN), "Off", time("2026-12-07T12:00:00Z"));
    server.block(Blocked::User(USER), "Busy", time("2026-12-07T14:00:00Z"));
    server.block(Blocked::User(OTHER_USER), "Busy, another", time("2026-12-07T14:00:00Z"));
    assert_eq!(titles(&pull(&ghl, CALENDAR, None).await.1), ["Appointment", "Busy", "Lunch"]);
    // A shared calendar blocks as a whole, or not at all.
    assert_eq!(titles(&pull(&ghl, ROUND_ROBIN, None).await.1), ["In another calendar", "Off"]);
}

#[tokio::test]
async fn what_is_listed_as_deleted_is_gone() {
    let (server, ghl) = start().await;
    server.list_deleted();
    let goes = server.add(CALENDAR, "Goes", time("2026-12-07T10:00:00Z"));
    let (first, _) = pull(&ghl, CALENDAR, None).await;
    server.remove(&goes);
    let (second, page) = pull(&ghl, CALENDAR, token(&first)).await;
    assert!(matches!(second, Pulled::Everything { .. }), "{second:?}");
    assert_eq!(titles(&page), [""; 0]);
    assert_eq!(page.deleted[0].external_event_id, goes);
}

/// One answer of 404 to a look ends no booking while the list shows its appointment.
#[tokio::test]
async fn what_is_listed_and_denied_is_not_gone() {
    let (server, ghl) = start().await;
    let here = place(CALENDAR);
    let known = ghl.write(&here, &booking(), None).await.unwrap().known(&booking());
    // The calendar itself answers.
    server.server().faults().pass();
    server.server().faults().refuse(refusal(404, "Not found"));
    let look = ghl.look(&here, &[], &booking(), Some(&known)).await;
    assert!(matches!(look, Err(Error::Interrupted(_))), "{look:?}");
    assert!(server.remove(&known.version.external_event_id));
    let look = ghl.look(&here, &[], &booking(), Some(&known)).await.unwrap();
    assert_eq!(look, Look::Nowhere);
}

#[tokio::test]
async fn what_reaches_from_one_request_into_the_next_comes_once() {
    let (server, ghl) = start().await;
    // The window starts on 1 December; a request asks for 92 days.
    let (start, _) = time("2027-03-02T00:00:00Z");
    let trip = (start, start + TimeDelta::days(3));
    server.block(Blocked::User(USER), "Trip", trip);
    server.add(CALENDAR, "Earlier", time("2026-12-07T10:00:00Z"));
    let (first, page) = pull(&ghl, CALENDAR, None).await;
    assert_eq!(titles(&page), ["Earlier", "Trip"]);
    let (second, page) = pull(&ghl, CALENDAR, token(&first)).await;
    assert_eq!(second, Pulled::Unchanged { token: None });
    assert!(page.is_empty());
}

#[tokio::test]
async fn a_full_calendar_is_not_kept_back() {
    let (server, ghl) = start().await;
    let (first, _) = time("2026-12-01T00:00:00Z");
    for index in 0..2_100 {
        let start = first + TimeDelta::minutes(30 * index);
        server.add(CALENDAR, "One of many", (start, start + TimeDelta::minutes(30)));
    }
    for _ in 0..2 {
        let (pulled, page) = pull(&ghl, CALENDAR, None).await;
        assert_eq!(pulled, Pulled::Everything { token: None, window: Some(window()) });
        assert_eq!(page.events.len(), 2_100);
    }
}

#[tokio::test]
async fn a_pull_that_breaks_off_is_no_pull() {
    let (server, ghl) = start().await;
    server.add(CALENDAR, "Stays", time("2026-12-07T10:00:00Z"));
    // The calendar, its appointments, its blocked slots and those of its user.
    for passed in 0..4 {
        for (answer, is_expected) in [
            (sign_in_page(), is_malformed as fn(&Error) -> bool),
            (refusal(500, "Internal server error"), is_unavailable),
            (refusal(404, "Not found"), is_not_found),
        ] {
            for _ in 0..passed {
                server.server().faults().pass();
            }
            server.server().faults().refuse(answer);
            let answer = ghl.pull(&asked(CALENDAR, None), &mut Received::default()).await;
            let error = answer.expect_err("it broke off");
            assert!(is_expected(&error), "after {passed} answers: {error:?}");
        }
        for _ in 0..passed {
            server.server().faults().pass();
        }
        server.server().faults().lose_answer();
        let answer = ghl.pull(&asked(CALENDAR, None), &mut Received::default()).await;
        assert!(is_unavailable(&answer.expect_err("it broke off")));
    }
    let gone = ghl.pull(&asked("no such calendar", None), &mut Received::default()).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn whichever_answer_is_lost_one_appointment_is_made() {
    let (server, ghl) = start().await;
    // The search, the calendar, the contact and the appointment.
    for passed in 0..4 {
        for _ in 0..passed {
            server.server().faults().pass();
        }
        server.server().faults().lose_answer();
        let answer = ghl.write(&place(CALENDAR), &booking(), None).await;
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(server.events().len(), 1, "the last was made, and its answer lost");
    let written = ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    assert_eq!(server.events().len(), 1);
    assert_eq!(server.events()[0]["id"], written.version.external_event_id);
    assert_eq!(server.contacts().len(), 1);
    // Pulls know it again, though nobody here knows its id yet.
    let (_, page) = pull(&ghl, CALENDAR, None).await;
    assert_eq!(page.events[0].booking_id, Some(booking().id.to_string()));
}

#[tokio::test]
async fn what_stands_there_is_not_written_again() {
    let (server, ghl) = start().await;
    let written = ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    let before = server.events();
    ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    ghl.write(&place(CALENDAR), &booking(), Some(&written.known(&booking()))).await.unwrap();
    assert_eq!(server.events(), before);
}

#[tokio::test]
async fn what_was_called_off_is_not_revived() {
    let (server, ghl) = start().await;
    let written = ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    let id = &written.version.external_event_id;
    server.change(id, json!({"appointmentStatus": "cancelled"}).as_object().unwrap());
    let moved = OwnEvent { title: "Too late".into(), ..booking() };
    let known = written.known(&booking());
    for known in [Some(&known), None] {
        let answer = ghl.write(&place(CALENDAR), &moved, known).await;
        assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
    }
    assert_eq!(server.events()[0]["title"], "Viewing");
}

#[tokio::test]
async fn what_its_user_says_of_the_outcome_stays() {
    let (server, ghl) = start().await;
    let written = ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    let id = &written.version.external_event_id;
    let said = json!({"appointmentStatus": "showed", "assignedUserId": OTHER_USER});
    server.change(id, said.as_object().unwrap());
    let named = OwnEvent { title: "Viewing at last".into(), ..booking() };
    ghl.write(&place(CALENDAR), &named, Some(&written.known(&booking()))).await.unwrap();
    let [event] = server.events().try_into().unwrap();
    assert_eq!(event["title"], "Viewing at last");
    assert_eq!(event["appointmentStatus"], "showed");
    assert_eq!(event["assignedUserId"], OTHER_USER);
}

#[tokio::test]
async fn a_shared_calendar_is_written_to_by_one_of_its_users() {
    let (server, ghl) = start().await;
    server.add(ROUND_ROBIN, "In the way", time("2026-12-10T15:00:00Z"));
    ghl.write(&place(ROUND_ROBIN), &booking(), None).await.unwrap();
    let ours = server.events().into_iter().find(|event| event["title"] == "Viewing").unwrap();
    assert_eq!(ours["assignedUserId"], USER);
    let elsewhere = ghl.write(&place("no such calendar"), &booking(), None).await;
    assert!(matches!(elsewhere, Err(Error::NotFound(_))), "{elsewhere:?}");
}

#[tokio::test]
async fn all_that_bears_the_mark_is_removed() {
    let (server, ghl) = start().await;
    ghl.write(&place(CALENDAR), &booking(), None).await.unwrap();
    // Two requests that overtook each other.
    let twin = server.add(CALENDAR, "Viewing", time("2026-12-10T15:00:00Z"));
    let said = json!({"description": format!("booking {}", booking().id)});
    server.change(&twin, said.as_object().unwrap());
    server.add(CALENDAR, "Another", time("2026-12-10T15:00:00Z"));
    assert_eq!(remove_found(&ghl, CALENDAR, &booking()).await, 2);
    assert_eq!(server.events().len(), 1);
    let version = Version { external_event_id: twin, etag: None };
    let gone = Known { version, written: None };
    let answer = ghl.remove(&place(CALENDAR), &booking(), &gone).await;
    assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
}

#[tokio::test]
async fn it_is_left_alone_for_as_long_as_it_asks() {
    let (server, ghl) = start().await;
    for (left_today, seconds) in [(4_711, 10), (0, 3600)] {
        server.server().faults().refuse(throttled(left_today));
        let answer = ghl.calendars().await;
        let wait = Some(Duration::from_secs(seconds));
        assert!(
            matches!(answer, Err(Error::Throttled { status: 429, retry_after }) if retry_after == wait),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn refusals_are_told_without_personal_data() {
    let (server, ghl) = start().await;
    let message = json!(["email lead@example.com is taken", "+12025550123 is no phone"]);
    server.server().faults().refuse(refusal(422, message));
    let answer = ghl.write(&place(CALENDAR), &booking(), None).await;
    let Err(Error::Refused { status: 422, reason }) = answer else { panic!("{answer:?}") };
    assert_eq!(reason, "appointments: email … is taken; … is no phone");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let (server, _) = start().await;
    let code = server.authorize();
    let form = format!("grant_type=authorization_code&code={code}");
    let tokens = Arc::new(Rotating::default());
    tokens.take(&exchange(&server, &form).await.unwrap());
    let ghl = connector(&server, tokens.clone());
    let first = tokens.pair();
    assert_eq!(ghl.calendars().await.unwrap().len(), 2);
    assert_eq!(tokens.pair(), first);

    server.expire_access_tokens();
    tokens.server.lock().unwrap().replace(server.server().origin());
    assert_eq!(ghl.calendars().await.unwrap().len(), 2);
    assert_ne!(tokens.pair(), first);

    // A refresh token is good for one use.
    let used = format!("grant_type=refresh_token&refresh_token={}", first.1);
    assert_eq!(exchange(&server, &used).await.unwrap_err(), "invalid_grant");

    server.revoke();
    let answer = ghl.calendars().await;
    assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
}

#[tokio::test]
async fn a_private_token_that_is_refused_needs_another() {
    let (server, _) = start().await;
    let ghl = connector(&server, Arc::new(SecretString::from("pit-another")));
    let answer = ghl.calendars().await;
    assert!(matches!(answer, Err(Error::NeedsReconnect(_))), "{answer:?}");
}

/// The requests that we make are those that GoHighLevel describes: `scripts/check-fakes`
/// puts Prism before the stand-in, at the origin that CALENDAR_TEST_GHL names.
#[tokio::test]
#[ignore = "needs Prism: scripts/check-fakes ghl"]
async fn through_prism() {
    let origin = std::env::var("CALENDAR_TEST_GHL").expect("CALENDAR_TEST_GHL");
    let token = Arc::new(SecretString::from(Server::TOKEN));
    let location = Location::new(origin.parse().unwrap(), LOCATION);
    let ghl = Ghl::new(Authorized::new(client(), token), location);
    assert_eq!(ghl.calendars().await.unwrap().len(), 2);
    for calendar in [CALENDAR, ROUND_ROBIN] {
        let written = ghl.write(&place(calendar), &booking(), None).await.unwrap();
        let moved = OwnEvent { is_tentative: true, attendees: Vec::new(), ..booking() };
        let again =
            ghl.write(&place(calendar), &moved, Some(&written.known(&booking()))).await.unwrap();
        assert_eq!(again.version, written.version);
        let (_, page) = pull(&ghl, calendar, None).await;
        assert_eq!(titles(&page), ["Viewing"]);
        assert_eq!(remove_found(&ghl, calendar, &moved).await, 1);
        assert_eq!(titles(&pull(&ghl, calendar, None).await.1), [""; 0]);
    }
}

/// Tokens that are renewed, as by the agent's own account.
#[derive(Default)]
struct Rotating {
    pair: Mutex<(String, String)>,
    server: Mutex<Option<String>>,
}

impl Rotating {
    fn take(&self, answer: &Value) {
        let text = |key: &str| answer[key].as_str().unwrap().to_owned();
        *self.pair.lock().unwrap() = (text("access_token"), text("refresh_token"));
    }

    fn pair(&self) -> (String, String) {
        self.pair.lock().unwrap().clone()
    }
}

#[async_trait]
impl AccessTokens for Rotating {
    async fn access_token(&self) -> Result<SecretString> {
        Ok(self.pair().0.into())
    }

    async fn instead_of(&self, refused: &SecretString) -> Result<SecretString> {
        assert_eq!(refused.expose_secret(), self.pair().0);
        let form = format!("grant_type=refresh_token&refresh_token={}", self.pair().1);
        let origin = self.server.lock().unwrap().clone().unwrap();
        match exchange_at(&origin, &form).await {
            Ok(answer) => self.take(&answer),
            Err(error) => return Err(Error::NeedsReconnect(error)),
        }
        self.access_token().await
    }
}

async fn exchange(server: &Server, form: &str) -> std::result::Result<Value, String> {
    exchange_at(&server.server().origin(), form).await
}

async fn exchange_at(origin: &str, form: &str) -> std::result::Result<Value, String> {
    let form = format!("client_id=i&client_secret=s&user_type=Location&{form}");
    let request = Request::post(format!("{origin}/oauth/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes());
    let answer = client().send(request.unwrap()).await.unwrap();
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    match body["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(body),
    }
}

pub(crate) async fn start() -> (Server, Ghl) {
    let server = Server::start(0).await.unwrap();
    let ghl = connector(&server, Arc::new(SecretString::from(Server::TOKEN)));
    (server, ghl)
}

fn connector(server: &Server, tokens: Arc<dyn AccessTokens>) -> Ghl {
    let location = Location::new(server.server().origin().parse().unwrap(), LOCATION);
    Ghl::new(Authorized::new(client(), tokens), location)
}

async fn pull(ghl: &Ghl, calendar: &str, token: Option<String>) -> (Pulled, Page) {
    let (pulled, received) = support::pull(ghl, calendar, token).await;
    assert!(received.fullest <= 500, "{} events in one page", received.fullest);
    assert_eq!(received.restarts, 0, "nothing is brought anew");
    (pulled, received.page)
}

fn is_malformed(error: &Error) -> bool {
    matches!(error, Error::Malformed(_))
}

fn is_unavailable(error: &Error) -> bool {
    matches!(error, Error::Unavailable(_))
}

fn is_not_found(error: &Error) -> bool {
    matches!(error, Error::NotFound(_))
}

/// Half an hour.
fn time(start: &str) -> Time {
    let start: DateTime<FixedOffset> = start.parse().unwrap();
    (start, start + TimeDelta::minutes(30))
}
