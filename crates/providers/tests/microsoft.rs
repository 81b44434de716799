//! Microsoft Graph: what it says, and what is said to it.

mod support;

use calendar_providers::microsoft::{
    BASE, Graph, Item, Link, Master, Problem, allows_teams, read_calendars, read_delta,
    read_existing, read_existing_list, read_master, read_occurrence,
};
use calendar_providers::{Deleted, Kind, OwnEvent, Owner, Page, Person, Version};
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, Zone, parse_instant};
use http::{Request, header};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use support::read_as_expected;
use url::Url;
use uuid::Uuid;

#[test]
fn answers_are_read_as_expected() {
    read_as_expected("microsoft", 15, |kind, body| match kind {
        "delta" => delta(body),
        "calendars" => read_calendars(body)
            .map(|page| json!({"calendars": page.calendars, "next": page.next}))
            .unwrap_or_else(|e| json!({"malformed": e.0})),
        "event" => {
            let found = read_existing(body).unwrap();
            let found_pending = found.is_link_pending();
            let version = found.written.version;
            json!({"id": version.external_event_id, "etag": version.etag,
                   "meeting_link": found.written.meeting_link, "is_cancelled": found.is_cancelled,
                   "is_link_pending": found_pending})
        }
        "error" => {
            let problem = Problem::read(body);
            json!({"problem": problem.to_string(), "lost_sync_state": problem.is_lost_sync_state(),
                   "lack_of_consent": problem.is_lack_of_consent()})
        }
        other => panic!("{other} is no kind of answer"),
    });
}

/// What a delta tells, with its stubs filled in from the masters of the same page.
fn delta(body: &[u8]) -> Value {
    let delta = match read_delta(body, &owner("Asia/Tokyo")) {
        Ok(delta) => delta,
        Err(malformed) => return json!({"malformed": malformed.0}),
    };
    let masters: HashMap<String, Option<Master>> = delta
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Master { id, master } => Some((id.clone(), master.clone())),
            _ => None,
        })
        .collect();
    let mut page = Page::default();
    for item in delta.items {
        match item {
            Item::Event(event) | Item::Exception { event, .. } => page.events.push(*event),
            Item::Occurrence(stub) => {
                let master = masters.get(stub.series()).cloned().flatten().unwrap_or_default();
                page.events.push(stub.fill(&master, &owner("UTC")).unwrap());
            }
            Item::Master { .. } => {}
            Item::Removed { id, is_single } => page.deleted.push(Deleted {
                external_event_id: format!(
                    "{id}, {}",
                    if is_single { "alone" } else { "perhaps more" }
                ),
                recurrence_id: None,
            }),
            Item::Rejected(rejected) => page.rejected.push(rejected),
        }
    }
    let mut read: Value = serde_json::from_str(&page.to_json()).unwrap();
    read["masters"] = masters.keys().filter(|id| masters[*id].is_some()).count().into();
    read["link"] = match delta.link {
        Link::Next(link) => json!({"next": link}),
        Link::Delta(link) => json!({"delta": link}),
    };
    read
}

const PREFER_TEXT: &str =
    "outlook.timezone=\"UTC\", IdType=\"ImmutableId\", outlook.body-content-type=\"text\"";
const PREFER: &str = r#"outlook.timezone="UTC", IdType="ImmutableId""#;
const PREFER_PAGES: &str = r#"outlook.timezone="UTC", IdType="ImmutableId", odata.maxpagesize=50, outlook.body-content-type="text""#;
const BOOKING: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn at(base: &str) -> Graph {
    Graph::new(Url::parse(base).unwrap())
}

fn owner(zone: &str) -> Owner {
    Owner { zone: Zone::iana(zone).unwrap(), emails: vec!["Ada@Example.com".into()] }
}

fn graph() -> Graph {
    at(BASE)
}

fn booking() -> OwnEvent {
    OwnEvent {
        id: Uuid::parse_str(BOOKING).unwrap(),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(
            parse_instant("2026-12-01T09:00:00+01:00").unwrap(),
            parse_instant("2026-12-01T09:30:00+01:00").unwrap(),
        )),
        timezone: "Europe/Zurich".into(),
        title: "Intro call – Ann Lee".into(),
        notes: Some("First-time buyer".into()),
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: vec![Person {
            name: Some("Ann Lee".into()),
            email: Some("ann@example.com".into()),
            phone: None,
        }],
        owner: Person::default(),
    }
}

/// A request in a line, and its body.
fn said(request: &Request<Vec<u8>>) -> (String, Value) {
    assert!([PREFER, PREFER_PAGES, PREFER_TEXT].iter().any(|p| request.headers()["prefer"] == *p));
    let body = request.body();
    assert_eq!(
        request.headers().get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap()),
        (!body.is_empty()).then_some("application/json")
    );
    let url = request.uri().to_string();
    let line = format!("{} {}", request.method(), url.strip_prefix(BASE).unwrap());
    (line, serde_json::from_slice(body).unwrap_or_default())
}

#[test]
fn requests_to_read_are_as_documented() {
    let graph = graph();
    let window = Interval::new(
        parse_instant("2026-11-01T00:00:00Z").unwrap(),
        parse_instant("2027-05-01T00:00:00.5Z").unwrap(),
    );
    let delta = graph.delta("AAMk/1=", window).unwrap();
    assert_eq!(delta.headers()["prefer"], PREFER_PAGES);
    assert_eq!(
        said(&delta).0,
        "GET /me/calendars/AAMk%2F1=/calendarView/delta\
         ?startDateTime=2026%2D10%2D31T00%3A00%3A00Z&endDateTime=2027%2D05%2D02T00%3A00%3A00%2E500Z"
    );
    assert_eq!(said(&graph.calendars().unwrap()).0, "GET /me/calendars?$top=100");
    assert_eq!(
        said(&graph.calendar("C").unwrap()).0,
        "GET /me/calendars/C?$select=id%2CallowedOnlineMeetingProviders"
    );
    assert_eq!(said(&graph.event("C", "E+/=").unwrap()).0, "GET /me/calendars/C/events/E+%2F=");
    let find = graph.find("C", &booking()).unwrap();
    let (line, _) = said(&find);
    let filter = line.strip_prefix("GET /me/calendars/C/events?$filter=").unwrap();
    let filter = percent_encoding::percent_decode_str(filter).decode_utf8().unwrap();
    let (mark, value) = filter
        .strip_prefix("singleValueExtendedProperties/Any(ep: ep/id eq '")
        .and_then(|rest| rest.split_once("' and ep/value eq '"))
        .unwrap();
    assert_eq!(value, format!("{BOOKING}')"));
    // The same property that new events get.
    let (_, body) = said(&graph.create("C", &booking(), BOOKING, false).unwrap());
    assert_eq!(body["singleValueExtendedProperties"], json!([{"id": mark, "value": BOOKING}]));
}

#[test]
fn a_base_url_may_end_in_a_slash_or_have_no_path() {
    for (base, url) in [
        ("https://graph.example/v1.0/", "https://graph.example/v1.0/me/calendars?$top=100"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/me/calendars?$top=100"),
    ] {
        assert_eq!(at(base).calendars().unwrap().uri(), url);
    }
}

#[test]
fn a_window_is_as_long_as_the_provider_allows() {
    let at = |text| parse_instant(text).unwrap();
    let window = Interval::new(instant("2026-01-01T00:00:00Z"), instant("2036-01-01T00:00:00Z"));
    let allowed = Graph::window(window);
    assert_eq!(allowed, Interval::new(window.start, at("2030-12-29T00:00:00Z")));
    let short = Interval::new(instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"));
    assert_eq!(Graph::window(short), short);
}

#[test]
fn links_are_followed_as_they_are_and_to_the_same_host_alone() {
    let graph = graph();
    let link = format!("{BASE}/users('x')/calendarView/delta?$skiptoken=a%2Bb_-$c");
    assert_eq!(graph.follow(&link).unwrap().uri(), &*link);
    for elsewhere in [
        "https://evil.example/v1.0/me",
        "http://graph.microsoft.com/v1.0/me",
        "https://graph.microsoft.com:8443/v1.0/me",
        "https://graph.microsoft.com@evil.example/",
        "/v1.0/me",
        "",
    ] {
        assert!(graph.follow(elsewhere).is_err(), "{elsewhere}");
    }
    assert!(graph.follow(&format!("{BASE}/{}", "x".repeat(100_000))).is_err());
}

#[test]
fn a_booking_becomes_an_event() {
    let create = graph().create("C", &booking(), BOOKING, true).unwrap();
    let (line, mut body) = said(&create);
    assert_eq!(line, "POST /me/calendars/C/events");
    body.as_object_mut().unwrap().remove("singleValueExtendedProperties");
    assert_eq!(
        body,
        json!({
            "subject": "Intro call – Ann Lee",
            "body": {"contentType": "text", "content": "First-time buyer"},
            "start": {"dateTime": "2026-12-01T08:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-01T08:30:00", "timeZone": "UTC"},
            "showAs": "busy",
            "attendees": [{"type": "required",
                           "emailAddress": {"address": "ann@example.com", "name": "Ann Lee"}}],
            "isOnlineMeeting": true,
            "onlineMeetingProvider": "teamsForBusiness",
            "transactionId": BOOKING,
            "categories": ["Booking"],
        })
    );
}

#[test]
fn a_booking_without_much_becomes_an_event() {
    let booking = OwnEvent { notes: None, is_tentative: true, attendees: Vec::new(), ..booking() };
    let (_, body) = said(&graph().create("C", &booking, BOOKING, false).unwrap());
    assert_eq!(body["showAs"], "tentative");
    assert_eq!(body["body"]["content"], "");
    for absent in ["attendees", "isOnlineMeeting", "onlineMeetingProvider"] {
        assert!(body.get(absent).is_none(), "{absent}");
    }
}

fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

/// The booking's event, as Graph has it.
fn stored() -> Value {
    json!({
        "id": "E", "@odata.etag": "W/\"1\"", "type": "singleInstance",
        "subject": "Intro call – Ann Lee", "showAs": "busy",
        "start": {"dateTime": "2026-12-01T08:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-12-01T08:30:00.0000000", "timeZone": "UTC"},
        "body": {"contentType": "text", "content": booking().notes},
        "attendees": [],
    })
}

fn changes(event: &Value, booking: &OwnEvent, written: Option<&OwnEvent>) -> Option<Value> {
    let existing = read_existing(event.to_string().as_bytes()).unwrap();
    existing.changes(booking, written).map(|body| serde_json::from_slice(&body).unwrap())
}

#[test]
fn a_change_says_what_has_changed_and_of_which_version() {
    let known = Version { external_event_id: "E".into(), etag: Some("W/\"1\"".into()) };
    let update = graph().update("C", &known, b"{}".to_vec()).unwrap();
    assert_eq!(update.headers()[header::IF_MATCH], "W/\"1\"");
    assert_eq!(said(&update).0, "PATCH /me/calendars/C/events/E");
    let unversioned = Version { etag: None, ..known };
    let update = graph().update("C", &unversioned, b"{}".to_vec()).unwrap();
    assert!(!update.headers().contains_key(header::IF_MATCH));
    assert_eq!(said(&graph().delete("C", "E").unwrap()).0, "DELETE /me/calendars/C/events/E");

    let written = booking().uninvited();
    assert_eq!(changes(&stored(), &written, Some(&written)), None);
    let moved = OwnEvent {
        span: Span::Times(Interval::new(
            instant("2026-12-02T08:00:00Z"),
            instant("2026-12-02T08:30:00Z"),
        )),
        is_tentative: true,
        ..written.clone()
    };
    assert_eq!(
        changes(&stored(), &moved, Some(&written)).unwrap(),
        json!({
            "start": {"dateTime": "2026-12-02T08:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-02T08:30:00", "timeZone": "UTC"},
            "showAs": "tentative",
        })
    );
    let mut all_day = stored();
    all_day["isAllDay"] = true.into();
    assert_eq!(changes(&all_day, &moved, Some(&written)).unwrap()["isAllDay"], false);
    // Texts and guests, where they are still as written.
    let renamed = OwnEvent {
        title: "Second call".into(),
        notes: Some("By phone".into()),
        place: Some("4 Oak Lane".into()),
        ..booking()
    };
    let change = changes(&stored(), &renamed, Some(&written)).unwrap();
    assert_eq!(change["subject"], "Second call");
    assert_eq!(change["body"], json!({"contentType": "text", "content": "By phone"}));
    assert_eq!(change["location"], json!({"displayName": "4 Oak Lane"}));
    assert_eq!(change["attendees"][0]["emailAddress"]["address"], "ann@example.com");
    assert_eq!(change.as_object().unwrap().len(), 4);
}

#[test]
fn what_the_broker_has_changed_stays() {
    let written = booking();
    let mut event = stored();
    event["subject"] = "Call with Ann".into();
    event["showAs"] = "oof".into();
    event["start"] = json!({"dateTime": "2026-12-01T07:00:00.0000000", "timeZone": "UTC"});
    event["end"] = Value::Null;
    event["body"] = json!({"contentType": "text", "content": "Join here"});
    event["location"] = json!({"displayName": "At the corner"});
    let renamed = OwnEvent {
        title: "Second call".into(),
        notes: Some("By phone".into()),
        place: Some("4 Oak Lane".into()),
        attendees: vec![Person { email: Some("joe@example.com".into()), ..Person::default() }],
        ..booking()
    };
    assert_eq!(changes(&event, &renamed, Some(&written)), None);
    // What we wrote is not known: time and state are ours.
    let change = changes(&event, &renamed, None).unwrap();
    assert_eq!(change.as_object().unwrap().keys().collect::<Vec<_>>(), ["end", "showAs", "start"]);
    // Those whom the broker has invited stay.
    let co = json!({"type": "optional", "emailAddress": {"address": "co@example.com"}});
    event["attendees"] = json!([co, {"emailAddress": {"address": "Ann@example.com"}}]);
    let change = changes(&event, &renamed, Some(&written)).unwrap();
    assert_eq!(change["attendees"][0], co);
    assert_eq!(change["attendees"][1]["emailAddress"]["address"], "joe@example.com");
    assert_eq!(change["attendees"].as_array().unwrap().len(), 2);
}

#[test]
fn events_that_were_found_are_read_page_by_page() {
    let list = json!({"value": [stored()], "@odata.nextLink": "https://graph.example/next"});
    let (found, next) = read_existing_list(list.to_string().as_bytes()).unwrap();
    assert_eq!(found[0].written.version.external_event_id, "E");
    assert_eq!(next.as_deref(), Some("https://graph.example/next"));
    assert!(read_existing_list(br#"{"value": []}"#).unwrap().0.is_empty());
    assert!(read_existing_list(b"<html>").is_err());
}

#[test]
fn of_a_series_the_booking_is_the_first_occurrence() {
    let mut master = stored();
    master["type"] = "seriesMaster".into();
    let master = read_existing(master.to_string().as_bytes()).unwrap();
    assert!(master.is_series);
    let first = master.times.unwrap().start;
    let (line, _) = said(&graph().first_occurrence("C", first).unwrap());
    assert!(
        line.starts_with("GET /me/calendars/C/calendarView?startDateTime=2026%2D09%2D30"),
        "{line}"
    );
    let occurrence = |id: &str, series: &str, day: u32, original: Value| {
        json!({
            "id": id, "type": "occurrence", "seriesMasterId": series, "originalStart": original,
            "start": {"dateTime": format!("2026-12-{day:02}T08:00:00.0000000"), "timeZone": "UTC"},
            "end": {"dateTime": format!("2026-12-{day:02}T08:30:00.0000000"), "timeZone": "UTC"},
        })
    };
    let found = |list: Value| {
        let body = json!({"value": list}).to_string();
        let (found, _) = read_occurrence(body.as_bytes(), "E", first).unwrap();
        found.map(|existing| existing.written.version.external_event_id)
    };
    let other = occurrence("x", "F", 1, Value::Null);
    let second = occurrence("2", "E", 2, Value::Null);
    assert_eq!(found(json!([other, second])), None);
    assert_eq!(found(json!([second, occurrence("1", "E", 1, Value::Null)])).as_deref(), Some("1"));
    let moved = occurrence("1", "E", 9, json!("2026-12-01T08:00:00Z"));
    assert_eq!(found(json!([second, moved])).as_deref(), Some("1"));
}

#[test]
fn teams_is_taken_where_the_calendar_allows_it() {
    assert!(
        allows_teams(br#"{"id": "C", "allowedOnlineMeetingProviders": ["teamsForBusiness"]}"#)
            .unwrap()
    );
    assert!(
        !allows_teams(
            br#"{"id": "C", "allowedOnlineMeetingProviders": ["skypeForConsumer", null]}"#
        )
        .unwrap()
    );
    assert!(!allows_teams(br#"{"id": "C"}"#).unwrap());
}

/// Values of every kind, in the places where Graph puts something.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[0-9]{1,6}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,9})?Z?"
            .prop_map(|time| json!({"dateTime": time, "timeZone": "Pacific Standard Time"})),
        prop::sample::select(vec!["occurrence", "seriesMaster", "exception", "declined", "busy"])
            .prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::from),
    ]
}

proptest! {
    #[test]
    fn nothing_that_is_said_ends_in_a_panic(
        members in prop::collection::vec(
            (prop::sample::select(vec![
                "id", "type", "seriesMasterId", "subject", "start", "end", "isAllDay", "showAs",
                "isCancelled", "responseStatus", "@removed", "@odata.etag", "lastModifiedDateTime",
                "onlineMeeting",
            ]), any_value()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let item = Value::from_iter(members);
        let body = json!({"value": [item], "@odata.deltaLink": "https://graph.example/"}).to_string();
        let page = read_delta(body.as_bytes(), &owner("UTC")).unwrap();
        prop_assert_eq!(page.items.len(), 1);
        for item in page.items {
            if let Item::Occurrence(stub) = item {
                let _ = stub.fill(&read_master(body.as_bytes()).unwrap_or_default(), &owner("UTC"));
            }
        }
        let part = &body.as_bytes()[..cut.index(body.len())];
        prop_assert!(read_delta(part, &owner("UTC")).is_err());
        let _ = (read_existing(part), read_existing_list(part), read_calendars(part), Problem::read(part));
    }
}
