//! What owners do with a booking's event, and what comes of it at the next write.

use crate::support::{booking, instant, place};
use crate::{ghl, google, microsoft};
use axum::response::IntoResponse;
use engine::Interval;
use engine::event::{Span, When};
use http::StatusCode;
use provider_fakes::google::Calendar;
use provider_fakes::server::{Fault, Faults};
use providers::{Look, OwnEvent};
use serde_json::json;
use sync_agent::Error;
use sync_agent::connector::Connector;

fn an_hour_later() -> OwnEvent {
    let Interval { start, end } = booking().interval();
    let span = Span::Times(Interval::new(start.plus_minutes(60), end.plus_minutes(60)));
    OwnEvent { span, sequence: 1, ..booking() }
}

fn is_gone<T: std::fmt::Debug>(answer: &Result<T, Error>) {
    let Err(Error::NotFound(_)) = answer else { panic!("{answer:?}") };
}

/// Fails for an answer that is anything but a call to look again.
#[track_caller]
fn is_interrupted<T: std::fmt::Debug>(answer: &Result<T, Error>) {
    let Err(Error::Interrupted(_)) = answer else { panic!("{answer:?}") };
}

/// Answers 404 to what is asked of a path: for a moment, providers do not find what they have.
fn deny(faults: &Faults, path: &'static str) {
    faults.judge(move |request| match request.uri().path().contains(path) {
        true => Fault::Refuse(Box::new(StatusCode::NOT_FOUND.into_response())),
        false => Fault::None,
    });
}

#[tokio::test]
async fn a_booking_is_the_first_occurrence_of_a_series_at_google() {
    let (server, google) = google::start().await;
    let here = place(google::CALENDAR);
    let written = google.write(&here, &booking(), None).await.unwrap();
    let id = written.version.external_event_id.clone();
    let known = written.known(&booking());
    let rule = json!({"recurrence": ["RRULE:FREQ=DAILY"]});
    server.change(google::CALENDAR, &id, &rule).unwrap();

    let moved = an_hour_later();
    let again = google.write(&here, &moved, Some(&known)).await.unwrap();
    assert_eq!(again.version.external_event_id, id);
    let master = server.event(google::CALENDAR, &id).unwrap();
    assert_eq!(master["start"]["dateTime"], "2026-12-10T16:00:00+01:00", "the series stays");
    assert_eq!(master["recurrence"], rule["recurrence"]);
    let first = format!("{id}_20261210T150000Z");
    let first = || server.event(google::CALENDAR, &first).unwrap();
    assert_eq!(first()["start"]["dateTime"], "2026-12-10T17:00:00+01:00");
    let look = google.look(&here, &[], &moved, Some(&again.known(&moved))).await;
    let Ok(Look::Found { page, .. }) = &look else { panic!("{look:?}") };
    let [_, occurrence] = page.events.as_slice() else { panic!("{page:?}") };
    assert_eq!(occurrence.span.start(), moved.span.start());
    assert_eq!(occurrence.recurrence_id, Some(booking().span.start()));
    assert_eq!(found(look), (google::CALENDAR.into(), id.clone()));
    deny(server.server().faults(), "_20261210T150000Z");
    google.look(&here, &[], &moved, Some(&again.known(&moved))).await.unwrap_err();
    server.server().faults().judge(|_| Fault::None);

    google.remove(&here, &moved, &again.known(&moved)).await.unwrap();
    assert_eq!(first()["status"], "cancelled");
    assert_eq!(server.event(google::CALENDAR, &id).unwrap()["status"], "confirmed");
    // Its exclusion is a deletion, whoever excluded it.
    is_gone(&google.write(&here, &booking(), Some(&known)).await);
    is_gone(&google.remove(&here, &booking(), &known).await);
    for known in [Some(&known), None] {
        let look = google.look(&here, &[], &booking(), known).await.unwrap();
        assert_eq!(look, Look::Excluded);
    }
    is_interrupted(&google.write(&here, &booking(), None).await);
}

#[tokio::test]
async fn a_booking_is_the_first_occurrence_of_a_series_at_microsoft() {
    let (server, graph) = microsoft::start().await;
    let calendar = server.calendar();
    let here = place(&calendar);
    let written = graph.write(&here, &booking(), None).await.unwrap();
    let id = written.version.external_event_id.clone();
    let known = written.known(&booking());
    let rule = json!({"recurrence": {
        "pattern": {"type": "daily", "interval": 1},
        "range": {"type": "numbered", "startDate": "2026-12-10", "numberOfOccurrences": 3},
    }});
    server.change(&calendar, &id, rule);

    let moved = an_hour_later();
    let again = graph.write(&here, &moved, Some(&known)).await.unwrap();
    assert_eq!(again.version.external_event_id, id);
    let events = server.events(&calendar);
    let [master] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(master["start"]["dateTime"], "2026-12-10T15:00:00.0000000", "the series stays");
    let (_, page) = crate::support::pull(&graph, &calendar, None).await;
    let mut starts: Vec<_> = page.page.events.iter().map(|event| event.span.start()).collect();
    starts.sort();
    let at = |text| When::At(instant(text));
    assert_eq!(
        starts,
        [at("2026-12-10T16:00:00Z"), at("2026-12-11T15:00:00Z"), at("2026-12-12T15:00:00Z")]
    );
    let look = graph.look(&here, &[], &moved, Some(&again.known(&moved))).await;
    let Ok(Look::Found { page, .. }) = &look else { panic!("{look:?}") };
    let [occurrence] = page.events.as_slice() else { panic!("{page:?}") };
    assert_eq!(occurrence.span.start(), moved.span.start());
    assert_eq!(found(look), (calendar.clone(), id.clone()));
    deny(server.server().faults(), "/calendarView");
    graph.look(&here, &[], &moved, Some(&again.known(&moved))).await.unwrap_err();
    server.server().faults().judge(|_| Fault::None);

    graph.remove(&here, &moved, &again.known(&moved)).await.unwrap();
    let (_, page) = crate::support::pull(&graph, &calendar, None).await;
    assert_eq!(page.page.events.len(), 2);
    is_gone(&graph.write(&here, &booking(), Some(&known)).await);
    is_gone(&graph.remove(&here, &booking(), &known).await);
    for known in [Some(&known), None] {
        let look = graph.look(&here, &[], &booking(), known).await.unwrap();
        assert_eq!(look, Look::Excluded);
    }
    is_interrupted(&graph.write(&here, &booking(), None).await);
}

/// Where a look found an event.
fn found(look: Result<Look, Error>) -> (String, String) {
    let Ok(Look::Found { external_calendar_id, version, page }) = look else { panic!("{look:?}") };
    assert_eq!(page.events[0].external_event_id, version.external_event_id);
    (external_calendar_id, version.external_event_id)
}

#[tokio::test]
async fn an_event_that_was_filed_elsewhere_is_found_there() {
    let (server, google) = google::start().await;
    server.add_calendar(Calendar::new("other", "UTC".parse().unwrap()));
    let (here, other) = (place(google::CALENDAR), [place("other"), place("gone")]);
    let written = google.write(&here, &booking(), None).await.unwrap();
    let id = written.version.external_event_id.clone();
    let known = written.known(&booking());
    server.file(google::CALENDAR, &id, "other").unwrap();
    is_gone(&google.write(&here, &an_hour_later(), Some(&known)).await);
    let look = google.look(&here, &other, &booking(), Some(&known)).await;
    assert_eq!(found(look), ("other".into(), id.clone()));
    assert_eq!(google.look(&here, &[], &booking(), Some(&known)).await.unwrap(), Look::Nowhere);
    // A calendar that does not answer itself proves nothing, wherever the event is.
    is_gone(&google.look(&place("gone"), &[], &booking(), Some(&known)).await);
    let again = google.write(&other[0], &an_hour_later(), Some(&known)).await.unwrap();
    assert_eq!(again.version.external_event_id, id);
    assert_eq!(server.event("other", &id).unwrap()["start"]["dateTime"], "2026-12-10T16:00:00Z");

    let (server, graph) = microsoft::start().await;
    let other = server.add_calendar("Other", true);
    let here = place(&server.calendar());
    let written = graph.write(&here, &booking(), None).await.unwrap();
    let id = written.version.external_event_id.clone();
    let known = written.known(&booking());
    server.file(&id, &other);
    is_gone(&graph.write(&here, &an_hour_later(), Some(&known)).await);
    let elsewhere = [place("gone"), place(&other)];
    for known in [Some(&known), None] {
        let look = graph.look(&here, &elsewhere, &booking(), known).await;
        assert_eq!(found(look), (other.clone(), id.clone()));
    }
    assert_eq!(graph.look(&here, &[], &booking(), Some(&known)).await.unwrap(), Look::Nowhere);
    is_gone(&graph.look(&place("gone"), &[], &booking(), Some(&known)).await);
}

/// A page of a proxy in the place of each answer to a write.
#[tokio::test]
async fn a_sign_in_page_is_no_proof_of_a_write() {
    let page = || provider_fakes::server::sign_in_page();
    let unproven = |answer: Result<String, Error>| {
        assert!(matches!(answer, Err(Error::Unproven(_))), "{answer:?}");
    };
    let id = |written: providers::Written| written.version.external_event_id;
    let (server, google) = google::start().await;
    let here = place(google::CALENDAR);
    // Whether the calendar can have Meet links is asked first.
    google
        .write(&here, &OwnEvent { id: uuid::Uuid::from_u128(9), ..booking() }, None)
        .await
        .unwrap();
    server.server().faults().refuse(page());
    unproven(google.write(&here, &booking(), None).await.map(id));
    let (server, graph) = microsoft::start().await;
    let here = place(&server.calendar());
    for _ in 0..2 {
        server.server().faults().pass();
    }
    server.server().faults().refuse(page());
    unproven(graph.write(&here, &booking(), None).await.map(id));
    let (server, leads) = ghl::start().await;
    for _ in 0..3 {
        server.server().faults().pass();
    }
    server.server().faults().refuse(page());
    unproven(leads.write(&place(provider_fakes::ghl::CALENDAR), &booking(), None).await.map(id));
}

/// A refusal for a moment costs no guest; one that stays costs the guest alone.
#[tokio::test]
async fn a_guest_is_left_out_only_where_the_refusal_stays() {
    for (refusals, guests, status) in [
        (1, 1, StatusCode::FORBIDDEN),
        (2, 0, StatusCode::FORBIDDEN),
        (1, 1, StatusCode::INTERNAL_SERVER_ERROR),
        (2, 0, StatusCode::INTERNAL_SERVER_ERROR),
        (1, 0, StatusCode::BAD_REQUEST),
    ] {
        let (server, google) = google::start().await;
        server.server().faults().pass();
        for _ in 0..refusals {
            server.server().faults().refuse((status, "no").into_response());
        }
        let written = google.write(&place(google::CALENDAR), &booking(), None).await.unwrap();
        let event = server.events(google::CALENDAR).remove(0);
        let invited = event["attendees"].as_array().map_or(0, Vec::len);
        assert_eq!(invited, guests, "{refusals} × {status}");
        assert_eq!(written.refused.is_some(), guests == 0, "{:?}", written.refused);
        assert_eq!(event["summary"], "Viewing");
    }
}
