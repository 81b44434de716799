//! Google Calendar: what it says, and what is said to it.

mod support;

use calendar_providers::google::{
    Access, BASE, Events, Existing, Next, Problem, Since, allows_meet, calendar, calendars, delete,
    event_id, events, get, insert, marked, read_calendars, read_marked,
};
use calendar_providers::{Kind, OwnEvent, Owner, Person};
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, Zone, parse_instant};
use http::{Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::read_as_expected;
use url::Url;
use uuid::Uuid;

#[test]
fn answers_are_read_as_expected() {
    read_as_expected("google", 25, |kind, body| match kind {
        "events" => read_events(body),
        "calendars" => match read_calendars(body) {
            Ok((calendars, next)) => json!({"calendars": calendars, "next": next}),
            Err(malformed) => json!({"malformed": malformed.0}),
        },
        "event" => read_event(body),
        "error" => {
            let problem = Problem::read(body);
            json!({
                "problem": problem.to_string(),
                "is_usage_limit": problem.is_usage_limit(),
                "lacks_scope": problem.lacks_scope(),
            })
        }
        other => panic!("{other} is no kind of answer"),
    });
}

fn read_events(body: &[u8]) -> Value {
    let listing = match Events::new(owner()).read(body) {
        Ok(listing) => listing,
        Err(malformed) => return json!({"malformed": malformed.0}),
    };
    let mut read: Value = serde_json::from_str(&listing.page.to_json()).unwrap();
    read["next"] = match listing.next {
        Next::Page(token) => json!({"page": token}),
        Next::End(token) => json!({"token": token}),
    };
    read
}

fn read_event(body: &[u8]) -> Value {
    let existing = match Existing::read(body) {
        Ok(existing) => existing,
        Err(malformed) => return json!({"malformed": malformed.0}),
    };
    let written = existing.written();
    json!({
        "id": written.version.external_event_id,
        "etag": written.version.etag,
        "meeting_link": written.meeting_link,
        "is_link_pending": existing.is_link_pending(),
        "is_cancelled": existing.is_cancelled(),
        "is_of_the_booking": existing.is_of(&booking()),
    })
}

#[test]
fn an_older_version_on_a_later_page_is_left_out() {
    let page = |title: &str, updated: &str| {
        let event = json!({
            "id": "a", "summary": title, "updated": updated,
            "start": {"date": "2026-12-01"}, "end": {"date": "2026-12-02"},
        });
        json!({"kind": "calendar#events", "nextPageToken": "n", "items": [event]}).to_string()
    };
    let mut events = Events::new(owner());
    let mut titles = |body: String| -> Vec<String> {
        let page = events.read(body.as_bytes()).unwrap().page;
        page.events.into_iter().filter_map(|event| event.title).collect()
    };
    assert_eq!(titles(page("First", "2026-11-01T00:00:02Z")), ["First"]);
    assert_eq!(titles(page("Before", "2026-11-01T00:00:01Z")), [""; 0]);
    assert_eq!(titles(page("After", "2026-11-01T00:00:03Z")), ["After"]);
    assert_eq!(titles(page("Between", "2026-11-01T00:00:02Z")), [""; 0]);
}

#[test]
fn with_a_token_all_but_the_window_is_asked_as_without() {
    let window = Interval::new(at("2026-11-01T00:00:00Z"), at("2027-05-01T00:00:00Z"));
    let everything = events(&base(), "a#b@group.example", Since::Ever(window), None);
    assert_eq!(
        everything.uri().path(),
        "/calendar/v3/calendars/a%23b@group.example/events",
        "the calendar's id is one segment"
    );
    let mut asked = query(&everything);
    assert_eq!(asked.remove("timeMin").unwrap(), "2026-11-01T00:00:00Z");
    assert_eq!(asked.remove("timeMax").unwrap(), "2027-05-01T00:00:00Z");
    assert_eq!(asked["singleEvents"], "false");
    assert!(asked["maxResults"].parse::<usize>().unwrap() <= 500);
    for field in
        ["kind", "nextPageToken", "nextSyncToken", "originalStartTime", "attendees(email,self"]
    {
        assert!(asked["fields"].contains(field), "{field}");
    }
    let changes = events(&base(), "a#b@group.example", Since::Token("t=="), None);
    let mut asked_with_token = query(&changes);
    assert_eq!(asked_with_token.remove("syncToken").unwrap(), "t==");
    assert_eq!(asked_with_token, asked);
    let next = events(&base(), "a#b@group.example", Since::Token("t=="), Some("p&q"));
    let mut asked_for_page = query(&next);
    assert_eq!(asked_for_page.remove("pageToken").unwrap(), "p&q");
    assert_eq!(asked_for_page.remove("syncToken").unwrap(), "t==");
    assert_eq!(asked_for_page, asked);
}

#[test]
fn a_booking_is_created_under_an_id_of_ours() {
    let request = insert(&base(), "broker@example.com", &booking(), true);
    assert_eq!(request.method(), "POST");
    assert_eq!(
        request.uri(),
        "https://www.googleapis.com/calendar/v3/calendars/broker@example.com/events\
         ?conferenceDataVersion=1&sendUpdates=all"
    );
    assert_eq!(request.headers()[header::CONTENT_TYPE], "application/json");
    assert_eq!(
        body(&request),
        json!({
            "id": "bk0f8fad5bd9cb469fa16570867728950e",
            "summary": "Viewing",
            "description": "Second floor",
            "status": "confirmed",
            "start": {"dateTime": "2026-12-01T08:00:00Z", "timeZone": "Europe/Zurich"},
            "end": {"dateTime": "2026-12-01T08:30:00Z", "timeZone": "Europe/Zurich"},
            "attendees": [{"email": "ann@example.com", "displayName": "Ann Lee", "responseStatus": "needsAction"}],
            "extendedProperties": {"private": {"syncAgentBooking": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
            "conferenceData": {"createRequest": {
                "requestId": "0f8fad5b-d9cb-469f-a165-70867728950e-3",
                "conferenceSolutionKey": {"type": "hangoutsMeet"},
            }},
        })
    );
    let unknown = OwnEvent { attendees: Vec::new(), is_tentative: true, notes: None, ..booking() };
    let body = body(&insert(&base(), "c", &unknown, false));
    assert_eq!(body["status"], "tentative");
    for absent in ["attendees", "description", "conferenceData"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
}

#[test]
fn an_event_that_says_what_the_booking_says_is_left_alone() {
    let event = stored();
    assert_eq!(patch(&event, &booking(), None), None);
    let mut elsewhere = event;
    elsewhere["start"] =
        json!({"dateTime": "2026-12-01T09:00:00+01:00", "timeZone": "Europe/Berlin"});
    elsewhere["attendees"][0]["email"] = "Ann@Example.com".into();
    elsewhere["location"] = "Main street".into();
    elsewhere.as_object_mut().unwrap().remove("status");
    assert_eq!(patch(&elsewhere, &booking(), None), None, "the same in other words");
}

#[test]
fn only_what_differs_is_changed() {
    let moved = OwnEvent {
        span: Span::Times(Interval::new(at("2026-12-02T08:00:00Z"), at("2026-12-02T08:30:00Z"))),
        is_tentative: true,
        ..booking()
    };
    let existing = Existing::read(stored().to_string().as_bytes()).unwrap();
    let request = existing.patch(&base(), "c", &moved, Some(&booking()), true).unwrap();
    assert_eq!(request.method(), "PATCH");
    assert_eq!(request.headers()[header::IF_MATCH], "\"12\"");
    assert_eq!(
        request.uri(),
        "https://www.googleapis.com/calendar/v3/calendars/c/events/\
         bk0f8fad5bd9cb469fa16570867728950e?conferenceDataVersion=1&sendUpdates=all"
    );
    assert_eq!(
        body(&request),
        json!({
            "status": "tentative",
            "start": {"dateTime": "2026-12-02T08:00:00Z", "timeZone": "Europe/Zurich"},
            "end": {"dateTime": "2026-12-02T08:30:00Z", "timeZone": "Europe/Zurich"},
        })
    );

    let mut all_day = stored();
    all_day["start"] = json!({"date": "2026-12-01"});
    all_day["end"] = json!({"date": "2026-12-02"});
    assert_eq!(
        patch(&all_day, &booking(), None).unwrap()["start"],
        json!({"date": null, "dateTime": "2026-12-01T08:00:00Z", "timeZone": "Europe/Zurich"})
    );
}

#[test]
fn what_the_broker_has_changed_stays() {
    let mut event = stored();
    event["start"] = json!({"dateTime": "2026-12-03T08:00:00Z"});
    event["end"] = json!({"dateTime": "2026-12-03T09:00:00Z"});
    event["status"] = "tentative".into();
    event["summary"] = "Viewing with Ann".into();
    event["description"] = Value::Null;
    event["location"] = "At the corner".into();
    event["attendees"] = json!([]);
    // The booking has changed in every text, and neither in its time nor in its state.
    let renamed = OwnEvent {
        title: "Second viewing".into(),
        notes: Some("Third floor".into()),
        place: Some("4 Oak Lane".into()),
        attendees: vec![Person { email: Some("joe@example.com".into()), ..Person::default() }],
        ..booking()
    };
    assert_eq!(patch(&event, &renamed, Some(&booking())), None);
    // Where nothing was altered, all of it is written.
    let change = patch(&stored(), &renamed, Some(&booking())).unwrap();
    assert_eq!(change["summary"], "Second viewing");
    assert_eq!(change["description"], "Third floor");
    assert_eq!(change["location"], "4 Oak Lane");
    let joe = json!({"email": "joe@example.com", "responseStatus": "needsAction"});
    assert_eq!(change["attendees"], json!([joe]));
    assert_eq!(change.as_object().unwrap().len(), 4);
    // What we wrote is not known: time and state are ours.
    let change = patch(&event, &renamed, None).unwrap();
    assert_eq!(change.as_object().unwrap().keys().collect::<Vec<_>>(), ["end", "start", "status"]);
}

#[test]
fn guests_that_the_broker_invited_stay_invited() {
    let mut event = stored();
    let guest =
        json!({"email": "guest@example.com", "responseStatus": "accepted", "comment": "Gladly"});
    event["attendees"] = json!([guest]);
    let before = booking().uninvited();
    assert_eq!(
        patch(&event, &booking(), Some(&before)).unwrap(),
        json!({"attendees": [guest, {"email": "ann@example.com", "displayName": "Ann Lee", "responseStatus": "needsAction"}]})
    );
    event["attendeesOmitted"] = true.into();
    assert_eq!(patch(&event, &booking(), Some(&before)), None, "the list is replaced as a whole");
}

#[test]
fn of_a_series_the_booking_is_the_first_occurrence() {
    let mut event = stored();
    let first =
        |event: &Value| Existing::read(event.to_string().as_bytes()).unwrap().first_occurrence();
    assert_eq!(first(&event), None);
    event["recurrence"] = json!([]);
    assert_eq!(first(&event), None);
    event["recurrence"] = json!(["RRULE:FREQ=DAILY"]);
    let id = event_id(&booking());
    assert_eq!(first(&event), Some(format!("{id}_20261201T080000Z")));
    event["start"] = json!({"date": "2026-12-01"});
    assert_eq!(first(&event), Some(format!("{id}_20261201")));
}

#[test]
fn a_list_of_marked_events_is_read_by_their_marks() {
    let request = marked(&base(), "c", &booking(), Some("p"));
    let asked = query(&request);
    assert_eq!(
        asked["privateExtendedProperty"],
        "syncAgentBooking=0f8fad5b-d9cb-469f-a165-70867728950e"
    );
    assert_eq!(asked["pageToken"], "p");
    let mut ours = stored();
    ours["id"] = "another".into();
    ours["extendedProperties"] = json!({"private": {"syncAgentBooking": booking().id}});
    let mut cancelled = ours.clone();
    cancelled["status"] = "cancelled".into();
    let list = json!({
        "kind": "calendar#events", "nextPageToken": "q",
        "items": [null, stored(), cancelled, ours],
    });
    let (found, next) = read_marked(list.to_string().as_bytes(), &booking()).unwrap();
    assert_eq!(found.iter().map(Existing::id).collect::<Vec<_>>(), ["another"]);
    assert_eq!(next.as_deref(), Some("q"));
    read_marked(b"<html>Sign in</html>", &booking()).unwrap_err();
}

#[test]
fn a_deleted_event_is_revived_as_a_whole() {
    let deleted =
        json!({"kind": "calendar#event", "id": event_id(&booking()), "status": "cancelled"});
    let existing = Existing::read(deleted.to_string().as_bytes()).unwrap();
    let revived = body(&existing.patch(&base(), "c", &booking(), None, true).unwrap());
    let mut created = body(&insert(&base(), "c", &booking(), true));
    created.as_object_mut().unwrap().remove("id");
    assert_eq!(revived, created);
}

#[test]
fn other_requests_name_what_they_are_about() {
    let uri = |request: Request<Vec<u8>>| format!("{} {}", request.method(), request.uri());
    let event = "https://www.googleapis.com/calendar/v3/calendars/c%2Fd/events/e";
    assert_eq!(
        uri(delete(&base(), "c/d", "e", &booking())),
        format!("DELETE {event}?sendUpdates=all")
    );
    assert!(uri(get(&base(), "c/d", "e")).starts_with(&format!("GET {event}?fields=kind%2Cid")));
    let list = calendars(&base(), Access::Events, Some("p"));
    assert_eq!(list.uri().path(), "/calendar/v3/users/me/calendarList");
    assert_eq!(query(&list)["pageToken"], "p");
    let one = calendar(&base(), "c/d");
    assert_eq!(one.uri().path(), "/calendar/v3/users/me/calendarList/c%2Fd");
}

#[test]
fn a_calendar_says_whether_it_allows_google_meet() {
    let allows = |types: Value| {
        let properties = json!({"allowedConferenceSolutionTypes": types});
        let entry =
            json!({"kind": "calendar#calendarListEntry", "conferenceProperties": properties});
        allows_meet(entry.to_string().as_bytes())
    };
    assert_eq!(allows(json!(["eventHangout", "hangoutsMeet"])), Ok(true));
    assert_eq!(allows(json!(["eventHangout"])), Ok(false));
    assert_eq!(allows(Value::Null), Ok(false));
    assert!(allows_meet(b"{}").is_err());
}

proptest! {
    /// No answer makes it panic, however wrong.
    #[test]
    fn any_answer_is_survived(changes in changes(), body in any::<Vec<u8>>()) {
        let _ = (Events::new(owner()).read(&body), read_calendars(&body), Existing::read(&body));
        let _ = Problem::read(&body).to_string();
        let mut event = stored();
        event["recurringEventId"] = "m".into();
        event["originalStartTime"] = event["start"].clone();
        event["updated"] = "2026-11-19T10:00:00.000Z".into();
        for (key, value) in changes {
            event[key] = value;
        }
        let list = json!({"kind": "calendar#events", "items": [event]}).to_string();
        let page = Events::new(owner()).read(list.as_bytes()).unwrap().page;
        prop_assert_eq!(page.events.len() + page.deleted.len() + page.rejected.len(), 1);
        if let Ok(existing) = Existing::read(event.to_string().as_bytes()) {
            existing.written();
            existing.patch(&base(), "c", &booking(), None, true);
        }
    }
}

/// Members of an event that are something else.
fn changes() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let keys = prop::sample::select(vec![
        "id",
        "status",
        "updated",
        "summary",
        "start",
        "end",
        "recurrence",
        "attendees",
        "recurringEventId",
        "originalStartTime",
        "conferenceData",
        "etag",
        "transparency",
    ]);
    let values = prop::sample::select(vec![
        Value::Null,
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!([null]),
        json!("cancelled"),
        json!({"date": "9999-12-31"}),
        json!({"date": "0001-01-01", "dateTime": "0000-01-01T00:00:00Z"}),
        json!({"dateTime": "9999-12-31T23:59:60Z", "timeZone": "UTC"}),
        json!([{"self": true, "responseStatus": "declined", "email": null}]),
    ]);
    prop::collection::vec((keys, values), 0..4)
}

fn owner() -> Owner {
    Owner { zone: Zone::iana("Asia/Tokyo").unwrap(), emails: vec!["Ada@Example.com".into()] }
}

fn base() -> Url {
    BASE.parse().unwrap()
}

fn at(time: &str) -> Instant {
    parse_instant(time).unwrap()
}

fn booking() -> OwnEvent {
    OwnEvent {
        id: Uuid::parse_str("0f8fad5b-d9cb-469f-a165-70867728950e").unwrap(),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(at("2026-12-01T08:00:00Z"), at("2026-12-01T08:30:00Z"))),
        timezone: "Europe/Zurich".into(),
        title: "Viewing".into(),
        notes: Some("Second floor".into()),
        place: None,
        is_tentative: false,
        sequence: 3,
        attendees: vec![Person {
            name: Some("Ann Lee".into()),
            email: Some("ann@example.com".into()),
            phone: None,
        }],
        owner: Person::default(),
    }
}

/// The booking's event, as Google has it.
fn stored() -> Value {
    json!({
        "kind": "calendar#event",
        "id": event_id(&booking()),
        "etag": "\"12\"",
        "status": "confirmed",
        "summary": "Viewing",
        "description": "Second floor",
        "start": {"dateTime": "2026-12-01T09:00:00+01:00", "timeZone": "Europe/Zurich"},
        "end": {"dateTime": "2026-12-01T09:30:00+01:00", "timeZone": "Europe/Zurich"},
        "attendees": [{"email": "ann@example.com", "responseStatus": "declined"}],
    })
}

fn patch(event: &Value, booking: &OwnEvent, written: Option<&OwnEvent>) -> Option<Value> {
    let existing = Existing::read(event.to_string().as_bytes()).unwrap();
    Some(body(&existing.patch(&base(), "c", booking, written, true)?))
}

fn body(request: &Request<Vec<u8>>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

fn query(request: &Request<Vec<u8>>) -> std::collections::BTreeMap<String, String> {
    let url = Url::parse(&request.uri().to_string()).unwrap();
    url.query_pairs().into_owned().collect()
}
