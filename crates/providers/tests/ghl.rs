//! GoHighLevel: what is made of its answers, and what it is asked.

mod support;

use calendar_providers::ghl::{
    Appointment, Calendar, Candidates, Contact, Location, Of, blocked_for_all, calendars, chunks,
    leads, page, reason, surroundings, wait,
};
use calendar_providers::{Kind, OwnEvent, Page, Person};
use engine::Interval;
use engine::event::{Event, Span, Status};
use engine::time::{Instant, Zone, parse_instant};
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use std::time::Duration;
use support::read_as_expected;
use uuid::Uuid;

#[test]
fn answers_are_read_as_expected() {
    read_as_expected("ghl", 13, |kind, body| match kind {
        "page" => serde_json::from_str(&page(body, &zone()).unwrap().to_json()).unwrap(),
        "calendars" => serde_json::to_value(calendars(body).unwrap()).unwrap(),
        "refusal" => json!(reason(body)),
        other => panic!("what is {other:?}?"),
    });
}

#[test]
fn what_is_no_answer_is_never_an_empty_one() {
    let no_answers: [&[u8]; 8] = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html><body>Sign in</body></html>",
        br#"{"events": [{"id": "a", "#,
        br#"{"events": {}}"#,
        br#"{"event": [], "calendar": {}, "contact": {}}"#,
    ];
    for body in no_answers {
        let text = String::from_utf8_lossy(body);
        assert!(page(body, &zone()).is_err(), "{text}");
        assert!(calendars(body).is_err(), "{text}");
        assert!(Calendar::read(body).is_err(), "{text}");
        assert!(Contact::read(body).is_err(), "{text}");
        assert!(Appointment::read(body).is_err(), "{text}");
        assert!(Appointment::read_created(body, &booking()).is_err(), "{text}");
        assert!(Candidates::read(body, &booking()).is_err(), "{text}");
        assert!(!reason(body).is_empty(), "{text}");
    }
}

#[test]
fn reads_ask_for_what_is_wanted() {
    let window = Interval::new(at("2026-12-01T00:00:00Z"), at("2026-12-31T00:00:00.0005Z"));
    let url = |request: &Request<Vec<u8>>| {
        assert_eq!(request.method(), "GET");
        assert_eq!(request.headers()["version"], "2021-04-15");
        assert!(request.body().is_empty());
        request.uri().to_string()
    };
    assert_eq!(
        url(&location().calendars().unwrap()),
        "https://api.example.com/calendars/?locationId=here"
    );
    assert_eq!(
        url(&location().calendar("a/b?c").unwrap()),
        "https://api.example.com/calendars/a%2Fb%3Fc"
    );
    assert_eq!(
        url(&location().appointments("a&b", window).unwrap()),
        "https://api.example.com/calendars/events?locationId=here&calendarId=a%26b\
         &startTime=1796083200000&endTime=1798675200000"
    );
    assert_eq!(
        url(&location().blocked_slots(Of::Calendar("c"), window).unwrap()),
        "https://api.example.com/calendars/blocked-slots?locationId=here&calendarId=c\
         &startTime=1796083200000&endTime=1798675200000"
    );
    assert_eq!(
        url(&location().blocked_slots(Of::User("u"), window).unwrap()),
        "https://api.example.com/calendars/blocked-slots?locationId=here&userId=u\
         &startTime=1796083200000&endTime=1798675200000"
    );
    assert_eq!(
        url(&location().appointment("x").unwrap()),
        "https://api.example.com/calendars/events/appointments/x"
    );
    let elsewhere = Location::new("http://127.0.0.1:1/proxy/ghl/".parse().unwrap(), "here");
    assert_eq!(
        url(&elsewhere.appointment("x").unwrap()),
        "http://127.0.0.1:1/proxy/ghl/calendars/events/appointments/x"
    );
    let nowhere = Location::new("mailto:somebody@example.com".parse().unwrap(), "here");
    assert!(nowhere.appointment("x").is_err());
}

#[test]
fn a_contact_is_who_is_to_be_met() {
    let lead = &booking().attendees[0];
    let request = location().upsert_contact(&booking(), lead).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.example.com/contacts/upsert");
    assert_eq!(request.headers()["version"], "2021-07-28");
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(
        body(&request),
        json!({"locationId": "here", "name": "Lee Lead", "email": "lead@example.com"})
    );
    let nobody = OwnEvent { attendees: Vec::new(), ..booking() };
    assert_eq!(
        body(&location().upsert_contact(&nobody, &leads(&nobody)[0].0).unwrap()),
        json!({"locationId": "here", "name": "Viewing"})
    );
}

#[test]
fn a_contact_that_is_refused_is_tried_with_less() {
    let lead = Person { phone: Some("555".into()), ..booking().attendees[0].clone() };
    let tried = |lead: &Person| {
        let booking = OwnEvent { attendees: vec![lead.clone()], ..booking() };
        let leads = leads(&booking).into_iter();
        leads.map(|(lead, _)| (lead.email.is_some(), lead.phone.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(tried(&lead), [(true, true), (true, false), (false, true), (false, false)]);
    assert_eq!(tried(&booking().attendees[0]), [(true, false), (false, false)]);
    assert_eq!(tried(&Person::default()), [(false, false)]);
}

#[test]
fn an_appointment_is_created_whole() {
    let calendar = br#"{"calendar": {"id": "c", "teamMembers": [{"userId": "u"}]}}"#;
    let calendar = Calendar::read(calendar).unwrap();
    assert_eq!(calendar.users().collect::<Vec<_>>(), ["u"]);
    let contact = Contact::read(br#"{"new": true, "contact": {"id": "k"}}"#).unwrap();
    let request = location().create(&calendar, &contact, &booking()).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.example.com/calendars/events/appointments");
    assert_eq!(request.headers()["version"], "2021-04-15");
    assert_eq!(
        body(&request),
        json!({
            "calendarId": "c", "locationId": "here", "contactId": "k", "assignedUserId": "u",
            "title": "Viewing", "appointmentStatus": "confirmed", "toNotify": true,
            "startTime": "2026-12-10T15:00:00+00:00", "endTime": "2026-12-10T16:00:00+00:00",
            "description": "Bring keys\n\nbooking 0190a000-0000-7000-8000-000000000001",
            "ignoreFreeSlotValidation": true, "ignoreDateRange": true,
        })
    );
    let pending = OwnEvent { is_tentative: true, notes: None, attendees: Vec::new(), ..booking() };
    let request = body(&location().create(&calendar, &contact, &pending).unwrap());
    assert_eq!(request["appointmentStatus"], "new");
    assert_eq!(request["toNotify"], false);
    assert_eq!(request["description"], "booking 0190a000-0000-7000-8000-000000000001");
}

#[test]
fn an_appointment_goes_to_the_first_of_its_team() {
    let assigned = |members: &Value| {
        let calendar = json!({"calendar": {"id": "c", "teamMembers": members}}).to_string();
        let calendar = Calendar::read(calendar.as_bytes()).unwrap();
        let contact = Contact { id: "k".into() };
        let request = location().create(&calendar, &contact, &booking()).unwrap();
        body(&request)["assignedUserId"].clone()
    };
    let by_priority = json!([
        {"userId": "low", "priority": 0}, {"userId": "high", "priority": 1},
        {"userId": "as high", "priority": 1}, {"userId": "middle"}
    ]);
    assert_eq!(assigned(&by_priority), json!("high"));
    let primary = json!([
        {"userId": "high", "priority": 1}, {"userId": "primary", "priority": 0, "isPrimary": true}
    ]);
    assert_eq!(assigned(&primary), json!("primary"));
    for nobody in [json!([]), Value::Null, json!([null, {"userId": null}, "u"])] {
        assert_eq!(assigned(&nobody), Value::Null);
    }
}

#[test]
fn an_update_says_what_has_changed() {
    let written = booking();
    let updated = |members: Value, booking: &OwnEvent| {
        let current = current(members);
        let changes = current.changes(booking, Some(&written))?;
        let request = location().update(&current, changes, booking).unwrap();
        assert_eq!(request.method(), "PUT");
        assert_eq!(
            request.uri(),
            "https://api.example.com/calendars/events/appointments/ocQHyuzHvysMo5N5VsXc"
        );
        Some(body(&request))
    };
    let as_written = || {
        json!({
            "title": "Viewing", "appointmentStatus": "confirmed",
            "startTime": "2026-12-10T10:00:00-05:00", "endTime": "2026-12-10T16:00:00Z",
            "description": "Bring keys\n\nbooking 0190a000-0000-7000-8000-000000000001",
        })
    };
    assert_eq!(updated(as_written(), &booking()), None);
    let hour = Interval::new(at("2026-12-11T15:00:00Z"), at("2026-12-11T16:00:00Z"));
    let moved = OwnEvent { span: Span::Times(hour), ..booking() };
    assert_eq!(
        updated(as_written(), &moved).unwrap(),
        json!({
            "startTime": "2026-12-11T15:00:00+00:00", "endTime": "2026-12-11T16:00:00+00:00",
            "toNotify": true, "ignoreFreeSlotValidation": true, "ignoreDateRange": true,
        })
    );
    let renamed = OwnEvent {
        title: "Second viewing".into(),
        notes: Some("Bring all".into()),
        place: Some("4 Oak Lane".into()),
        ..booking()
    };
    let said = updated(as_written(), &renamed).unwrap();
    assert_eq!(said["title"], "Second viewing");
    assert_eq!(said["address"], "4 Oak Lane");
    let mark = "booking 0190a000-0000-7000-8000-000000000001";
    assert_eq!(said["description"], format!("Bring all\n\n{mark}"));
    assert_eq!(said.get("startTime"), None);
    // What its user has altered stays, and so does what they said of the outcome.
    let mut altered = as_written();
    altered["title"] = "Viewing with Lee".into();
    altered["description"] = format!("Bring no keys\n\n{mark}").into();
    altered["address"] = "At the corner".into();
    altered["startTime"] = "2026-12-12T15:00:00Z".into();
    altered["appointmentStatus"] = "showed".into();
    assert_eq!(updated(altered, &renamed), None);
    let pending = OwnEvent { is_tentative: true, ..booking() };
    assert_eq!(updated(as_written(), &pending).unwrap()["appointmentStatus"], "new");
    // What we wrote is not known: the time is ours.
    let elsewhere = current(json!({"startTime": "2026-12-10T14:00:00Z", "title": "Theirs"}));
    let changes = elsewhere.changes(&booking(), None).unwrap();
    assert_eq!(changes.keys().collect::<Vec<_>>(), ["endTime", "startTime"]);

    let request = location().delete("x").unwrap();
    assert_eq!(request.method(), "DELETE");
    assert_eq!(request.uri(), "https://api.example.com/calendars/events/x");
    assert_eq!(body(&request), json!({}));
}

#[test]
fn what_was_called_off_is_gone() {
    for (members, is_gone) in [
        (json!({"appointmentStatus": "cancelled"}), true),
        (json!({"appointmentStatus": "invalid"}), true),
        (json!({"deleted": true}), true),
        (json!({"appointmentStatus": "noshow"}), false),
        (json!({}), false),
    ] {
        assert_eq!(current(members.clone()).is_gone(), is_gone, "{members}");
    }
}

#[test]
fn a_place_online_is_told() {
    let link = |address: &Value| {
        let body = json!({"id": "x", "address": address}).to_string();
        let written = Appointment::read_created(body.as_bytes(), &booking()).unwrap().written();
        assert_eq!((written.version.external_event_id.as_str(), written.version.etag), ("x", None));
        written.meeting_link
    };
    assert_eq!(
        link(&json!("https://meet.example.com/x")).as_deref(),
        Some("https://meet.example.com/x")
    );
    assert_eq!(link(&json!("12 Elm Street")), None);
    assert_eq!(link(&Value::Null), None);
}

#[test]
fn ours_are_found_by_their_mark() {
    let ours = booking().id;
    let list = json!({"events": [
        {"id": "none"},
        {"id": "another", "description": format!("booking {}", Uuid::nil())},
        {"id": "quoted", "description": format!("like booking {ours}\n\nbooking {}", Uuid::nil())},
        {"id": "cut", "description": "booking 0190a000-0000-7000"},
        {"id": "ours", "description": format!("äöü\n\nbooking {ours}")},
        {"id": "as HTML", "description": format!("<p>booking {ours}</p>")},
        {"id": "deleted", "deleted": true, "description": format!("booking {ours}")},
        "no object",
    ]});
    let booking = booking();
    let found = Candidates::read(list.to_string().as_bytes(), &booking).unwrap();
    let ids = |found: &[Appointment]| found.iter().map(|a| a.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&found.marked), ["ours", "as HTML"]);
    assert_eq!(ids(&found.bare), [""; 0]);
    // A list without descriptions.
    let at = |id: &str, start: &str, title: &str| {
        json!({"id": id, "title": title, "startTime": start, "endTime": "2026-12-10T16:00:00Z",
               "contactId": "k"})
    };
    let list = json!({"events": [
        at("ours", "2026-12-10T15:00:00Z", "Viewing"), at("later", "2026-12-10T15:30:00Z", "Viewing"),
        at("theirs", "2026-12-10T15:00:00Z", "Dentist"),
    ]});
    let found = Candidates::read(list.to_string().as_bytes(), &booking).unwrap();
    assert_eq!((ids(&found.marked), ids(&found.bare)), (vec![], vec!["ours".to_owned()]));
    assert!(found.bare[0].is_of(&booking, &Contact { id: "k".into() }));
    assert!(!found.bare[0].is_of(&booking, &Contact { id: "l".into() }));
    assert!(surroundings(&booking).contains(Interval::new(
        booking.interval().start.plus_minutes(-40 * 24 * 60),
        booking.interval().end.plus_minutes(40 * 24 * 60),
    )));
}

#[test]
fn a_time_is_understood_in_every_form_that_the_lists_have_been_seen_with() {
    let nine = |start: Value, end: Value| {
        let event = json!({"id": "a", "title": "Viewing", "startTime": start, "endTime": end});
        let list = json!({"events": [null, event]}).to_string();
        page(list.as_bytes(), &zone()).unwrap()
    };
    let (start, end) = (at("2026-12-07T14:00:00Z"), at("2026-12-07T15:00:00Z"));
    for (from, to) in [
        (json!("2026-12-07T09:00:00-05:00"), json!("2026-12-07T10:00:00-05:00")),
        (json!("2026-12-07T14:00:00.000Z"), json!("2026-12-07T15:00:00.000Z")),
        (json!("2026-12-07T09:00:00-0500"), json!("2026-12-07 10:00:00-05")),
        (json!("2026-12-07 09:00:00"), json!("2026-12-07T10:00:00")),
        (json!(" 2026-12-07T09:00 "), json!("2026-12-07 10:00:00.000")),
        (json!(1_796_652_000_000_u64), json!("1796655600000")),
        (json!(1_796_652_000), json!("1796655600")),
        (json!(1_796_652_000_000.0), json!({"_seconds": 1_796_655_600, "_nanoseconds": 0})),
    ] {
        let page = nine(from.clone(), to.clone());
        assert_eq!(page.rejected, [], "{from} {to}");
        assert_eq!(page.events[0].span, Span::Times(Interval::new(start, end)), "{from} {to}");
        assert_eq!(page.events[0].repairs, [""; 0], "{from} {to}");
    }
    // Only the start decides whether it is understood.
    for end in [Value::Null, json!("soon"), json!(true)] {
        let Page { events, rejected, .. } = nine(json!("2026-12-07 09:00:00"), end);
        assert_eq!(rejected, []);
        let hour = Span::Times(Interval::new(start, start.plus_minutes(60)));
        assert_eq!((events[0].span, events[0].repairs.len()), (hour, 1));
    }
    for start in [Value::Null, json!("soon"), json!(""), json!(1e300), json!([]), json!({})] {
        let Page { events, rejected, .. } = nine(start, json!("2026-12-07T10:00:00-05:00"));
        assert_eq!(events, []);
        assert_eq!(rejected[0].external_event_id.as_deref(), Some("a"));
        assert!(rejected[0].reason.starts_with("Viewing: "), "{}", rejected[0].reason);
    }
    // Dates are whole days, the last one too where it is that of the start.
    let days = |from: &str, to: &str| nine(json!(from), json!(to)).events[0].span;
    let date = |text: &str| text.parse().unwrap();
    let day = Span::Dates(date("2026-12-07"), date("2026-12-08"));
    assert_eq!(days("2026-12-07", "2026-12-08"), day);
    assert_eq!(days("2026-12-07", "2026-12-07"), day);
    let rest = Span::Times(Interval::new(start, at("2026-12-08T05:00:00Z")));
    assert_eq!(days("2026-12-07T14:00:00Z", "2026-12-07"), rest);
}

#[test]
fn a_status_counts_in_either_spelling() {
    let takes_time = |members: Value| {
        let mut event = json!({"id": 7, "startTime": "2026-12-07T09:00:00Z"});
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let list = json!({"events": [event]}).to_string();
        let Page { mut events, .. } = page(list.as_bytes(), &zone()).unwrap();
        let Event { status, external_event_id, .. } = events.remove(0);
        assert_eq!(external_event_id, "7");
        status != Status::Cancelled
    };
    assert!(!takes_time(json!({"appointmentStatus": "cancelled"})));
    assert!(!takes_time(json!({"appoinmentStatus": "Cancelled"})));
    assert!(!takes_time(json!({"appointmentStatus": null, "appoinmentStatus": "invalid"})));
    assert!(takes_time(json!({"appointmentStatus": "confirmed", "appoinmentStatus": "cancelled"})));
    assert!(takes_time(json!({"appointmentStatus": 7})));
}

#[test]
fn a_team_is_blocked_where_all_of_it_is() {
    let window = Interval::new(at("2026-12-07T00:00:00Z"), at("2026-12-08T00:00:00Z"));
    let user = |blocked: &[(&str, &str)]| {
        let events = blocked
            .iter()
            .enumerate()
            .map(|(id, (start, end))| json!({"id": id, "startTime": start, "endTime": end}));
        let list = json!({"events": events.collect::<Vec<_>>()}).to_string();
        page(list.as_bytes(), &zone()).unwrap()
    };
    let first = user(&[
        ("2026-12-06T20:00:00Z", "2026-12-07T02:00:00Z"),
        ("2026-12-07T09:00:00Z", "2026-12-07T12:00:00Z"),
        ("2026-12-07T12:00:00Z", "2026-12-07T13:00:00Z"),
        ("2026-12-07T20:00:00Z", "2026-12-07T21:00:00Z"),
    ]);
    let second = user(&[
        ("2026-12-07T10:00:00Z", "2026-12-07T12:30:00Z"),
        ("2026-12-06T00:00:00Z", "2026-12-07T01:00:00Z"),
    ]);
    let spans = |users: Vec<Page>| {
        let page = blocked_for_all(users, window, &zone());
        page.events.iter().map(|event| event.span).collect::<Vec<_>>()
    };
    let span = |start: &str, end: &str| Span::Times(Interval::new(at(start), at(end)));
    assert_eq!(
        spans(vec![first.clone(), second]),
        [
            span("2026-12-07T00:00:00Z", "2026-12-07T01:00:00Z"),
            span("2026-12-07T10:00:00Z", "2026-12-07T12:30:00Z"),
        ]
    );
    assert_eq!(spans(vec![first, user(&[])]), []);
}

#[test]
fn chunks_make_up_the_window() {
    let window = Interval::new(at("2026-11-20T10:00:00Z"), at("2027-11-21T00:00:00Z"));
    let all: Vec<Interval> = chunks(window).collect();
    assert_eq!(all.len(), 4);
    assert_eq!((all[0].start, all[3].end), (window.start, window.end));
    for pair in all.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        assert_eq!((pair[0].end - pair[0].start).num_days(), 92);
    }
    assert_eq!(chunks(Interval::new(window.end, window.start)).count(), 0);
}

#[test]
fn the_wait_after_too_many_requests() {
    let wait = |headers: &[(&'static str, &'static str)]| {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        wait(&headers)
    };
    let burst = ("X-RateLimit-Interval-Milliseconds", "10000");
    assert_eq!(wait(&[]), None);
    assert_eq!(wait(&[burst]), Some(Duration::from_secs(10)));
    assert_eq!(
        wait(&[burst, ("X-RateLimit-Daily-Remaining", "17")]),
        Some(Duration::from_secs(10))
    );
    assert_eq!(
        wait(&[burst, ("X-RateLimit-Daily-Remaining", "0")]),
        Some(Duration::from_secs(3600))
    );
    assert_eq!(wait(&[("X-RateLimit-Interval-Milliseconds", "soon")]), None);
}

/// Local times are those of this zone.
fn zone() -> Zone {
    Zone::iana("America/New_York").unwrap()
}

fn location() -> Location {
    Location::new("https://api.example.com".parse().unwrap(), "here")
}

fn current(mut members: Value) -> Appointment {
    members["id"] = json!("ocQHyuzHvysMo5N5VsXc");
    Appointment::read(json!({"event": members}).to_string().as_bytes()).unwrap()
}

fn body(request: &Request<Vec<u8>>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn booking() -> OwnEvent {
    OwnEvent {
        id: Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(at("2026-12-10T15:00:00Z"), at("2026-12-10T16:00:00Z"))),
        timezone: "America/New_York".into(),
        title: "Viewing".into(),
        notes: Some("Bring keys".into()),
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: vec![Person {
            name: Some("Lee Lead".into()),
            email: Some("lead@example.com".into()),
            phone: None,
        }],
        owner: Person::default(),
    }
}
