//! Deadlines: what the requests for their events say, and what is put right in an event that its
//! user has changed.

use calendar_providers::google::{self, delete, event_id, insert, marked};
use calendar_providers::microsoft::{self, Graph, transactions};
use calendar_providers::{Kind, Obligation, OwnEvent, Person, caldav, forms};
use engine::Interval;
use engine::event::{Span, Transparency};
use engine::ics::parse_resource;
use engine::time::{Instant, Zone, parse_instant};
use http::Request;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// East and west of Greenwich, and on it.
const ZONES: [&str; 4] = ["Pacific/Auckland", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"];

#[test]
fn a_date_stays_the_date_at_google() {
    for zone in ZONES {
        let own = OwnEvent { timezone: zone.into(), ..due_on() };
        let request = insert(&base(), "c", &own, false);
        assert_eq!(
            request.uri().query(),
            Some("conferenceDataVersion=1&sendUpdates=none"),
            "no one gets mails"
        );
        assert_eq!(
            body(&request),
            json!({
                "id": "ob0f8fad5bd9cb469fa16570867728950e",
                "summary": "Tax return",
                "description": "Form 1040\n\nhttps://example.com/tax",
                "status": "confirmed",
                "start": {"date": "2026-12-01"},
                "end": {"date": "2026-12-02"},
                "transparency": "transparent",
                // 9:00 the day before, and midnight in place of 9:00.
                "reminders": {"useDefault": false, "overrides": [
                    {"method": "popup", "minutes": 900}, {"method": "popup", "minutes": 0},
                ]},
                "extendedProperties": {"private": {"syncAgentObligation": ID}},
            })
        );
    }
}

#[test]
fn a_date_stays_the_date_at_microsoft() {
    for zone in ZONES {
        let own = OwnEvent { timezone: zone.into(), ..due_on() };
        let request = graph().create("C", &own, "T", false).unwrap();
        assert_eq!(
            body(&request),
            json!({
                "subject": "Tax return",
                "body": {"contentType": "text", "content": "Form 1040\n\nhttps://example.com/tax"},
                "isAllDay": true,
                "start": {"dateTime": "2026-12-01T00:00:00", "timeZone": "UTC"},
                "end": {"dateTime": "2026-12-02T00:00:00", "timeZone": "UTC"},
                "showAs": "free",
                "isReminderOn": true,
                "reminderMinutesBeforeStart": 900,
                "categories": ["Deadline"],
                "transactionId": "T",
                "singleValueExtendedProperties": [{
                    "id": "String {74b68200-f69e-4dbf-ba29-1bd56cdceb33} Name CalendarObligation",
                    "value": ID,
                }],
            })
        );
    }
    let find = graph().find("C", &due_on()).unwrap();
    let query = find.uri().query().unwrap();
    assert!(
        query.contains("Name%20CalendarObligation") && query.contains("0f8fad5b%2D"),
        "{query}"
    );
}

#[test]
fn a_date_stays_the_date_on_a_caldav_server() {
    for zone in ZONES {
        let own = OwnEvent { timezone: zone.into(), sequence: 4, ..due_on() };
        assert_eq!(caldav::event_id(&own), format!("ob-{ID}@calendar-ext.ics"));
        let text = caldav::resource(&own, at("2026-11-20T23:59:00Z"));
        for lines in [
            "UID:ob-0f8fad5b-d9cb-469f-a165-70867728950e@calendar-ext",
            "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261202",
            "SEQUENCE:4",
            "SUMMARY:Tax return",
            "DESCRIPTION:Form 1040",
            "URL:https://example.com/tax",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Tax return\r\nTRIGGER:-PT900M\r\nEND:VALARM",
            "TRIGGER:-PT0M\r\nEND:VALARM\r\nEND:VEVENT",
        ] {
            assert!(text.contains(&format!("{lines}\r\n")), "{lines} is not in\n{text}");
        }
        for absent in ["ATTENDEE", "ORGANIZER", "TZID"] {
            assert!(!text.contains(absent), "{text}");
        }
        let zone = Zone::iana(zone).unwrap();
        let [event] = &parse_resource(&text, &zone, &[], &mut || true).unwrap().events[..] else {
            panic!("one event: {text}");
        };
        assert_eq!((event.span, event.transparency), (own.span, Transparency::Transparent));
        assert_eq!(OwnEvent::id_in(&event.external_event_id), None, "it is not a booking's");
    }
}

#[test]
fn one_with_a_time_is_free_too_and_its_reminders_count_from_it() {
    let google = body(&insert(&base(), "c", &due_at(), false));
    assert_eq!(
        google["start"],
        json!({"dateTime": "2026-12-01T04:00:00Z", "timeZone": "Pacific/Auckland"})
    );
    assert_eq!(google["transparency"], "transparent");
    assert_eq!(google["reminders"]["overrides"][0]["minutes"], 1440);
    let graph = body(&graph().create("C", &due_at(), "T", false).unwrap());
    assert_eq!(graph["start"], json!({"dateTime": "2026-12-01T04:00:00", "timeZone": "UTC"}));
    assert_eq!(
        (&graph["showAs"], &graph["reminderMinutesBeforeStart"]),
        (&json!("free"), &json!(1440))
    );
    assert!(graph.get("isAllDay").is_none());
    let text = caldav::resource(&due_at(), at("2026-11-20T00:00:00Z"));
    assert!(text.contains("DTSTART:20261201T040000Z\r\n") && text.contains("TRIGGER:-PT1440M\r\n"));
}

#[test]
fn reminders_are_the_earliest_that_a_provider_holds() {
    let of = |reminders: &[u32]| OwnEvent {
        kind: Kind::Obligation(Obligation { url: None, reminders: reminders.to_vec() }),
        ..due_at()
    };
    let google = |own: &OwnEvent| {
        let overrides = body(&insert(&base(), "c", own, false))["reminders"]["overrides"].clone();
        let list = overrides.as_array().unwrap().clone();
        list.iter().map(|one| one["minutes"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let many = of(&[10, 50_000, 40_320, 20, 20, 30, 40, 50, 60]);
    assert_eq!(google(&many), [40_320, 60, 50, 40, 30]);
    assert_eq!(many.reminders(), [50_000, 40_320, 60, 50, 40, 30, 20, 10]);
    let none = of(&[]);
    assert_eq!(google(&none), [0_u64; 0]);
    let none = body(&graph().create("C", &none, "T", false).unwrap());
    assert_eq!(none["isReminderOn"], false);
    assert!(none.get("reminderMinutesBeforeStart").is_none());
    assert!(!caldav::resource(&of(&[]), at("2026-11-20T00:00:00Z")).contains("VALARM"));
}

#[test]
fn what_its_user_has_changed_is_put_right_at_google() {
    let mut event = body(&insert(&base(), "c", &due_on(), false));
    event["kind"] = "calendar#event".into();
    event["etag"] = "\"12\"".into();
    let patch = |event: &Value, own: &OwnEvent, written: Option<&OwnEvent>| {
        let existing = google::Existing::read(event.to_string().as_bytes()).unwrap();
        existing.patch(&base(), "c", own, written, false).as_ref().map(body)
    };
    assert_eq!(patch(&event, &due_on(), None), None, "it says so already");
    event["summary"] = "Later".into();
    event["description"] = "Mine".into();
    event["location"] = "At home".into();
    event["colorId"] = "7".into();
    event["start"] = json!({"dateTime": "2026-12-03T08:00:00Z", "timeZone": "UTC"});
    event["end"] = json!({"dateTime": "2026-12-03T09:00:00Z", "timeZone": "UTC"});
    event["transparency"] = "opaque".into();
    event["reminders"] = json!({"useDefault": true});
    event["recurrence"] = json!(["RRULE:FREQ=DAILY"]);
    event["attendees"] = json!([{"email": "guest@example.com"}]);
    // What is known of the last write makes no difference; what is not ours stays.
    for written in [None, Some(&due_on())] {
        assert_eq!(
            patch(&event, &due_on(), written).unwrap(),
            json!({
                "summary": "Tax return",
                "description": "Form 1040\n\nhttps://example.com/tax",
                "start": {"date": "2026-12-01", "dateTime": null, "timeZone": null},
                "end": {"date": "2026-12-02", "dateTime": null, "timeZone": null},
                "transparency": "transparent",
                "reminders": {"useDefault": false, "overrides": [
                    {"method": "popup", "minutes": 900}, {"method": "popup", "minutes": 0},
                ]},
                "recurrence": null,
            })
        );
    }
    // From a date to a time, without notes.
    let bare = OwnEvent { notes: None, kind: Kind::Obligation(Obligation::default()), ..due_at() };
    let mut event = body(&insert(&base(), "c", &due_on(), false));
    event["kind"] = "calendar#event".into();
    let change = patch(&event, &bare, None).unwrap();
    assert_eq!(change["start"]["date"], Value::Null);
    assert_eq!(change["start"]["dateTime"], "2026-12-01T04:00:00Z");
    assert_eq!(change["description"], "");
    // One that was deleted.
    event["status"] = "cancelled".into();
    let revived = patch(&event, &due_on(), None).unwrap();
    assert_eq!(
        (&revived["status"], &revived["summary"]),
        (&json!("confirmed"), &json!("Tax return"))
    );
    let gone = delete(&base(), "c", &event_id(&due_on()), &due_on());
    assert_eq!(gone.uri().query(), Some("sendUpdates=none"));
    let asked = marked(&base(), "c", &due_on(), None).uri().to_string();
    assert!(asked.contains(&format!("syncAgentObligation%3D{ID}")), "{asked}");
}

#[test]
fn what_its_user_has_changed_is_put_right_at_microsoft() {
    let mut event = body(&graph().create("C", &due_on(), "T", false).unwrap());
    event["id"] = "E".into();
    let changes = |event: &Value, own: &OwnEvent| -> Option<Value> {
        let existing = microsoft::read_existing(event.to_string().as_bytes()).unwrap();
        let changes = existing.changes(own, Some(own));
        changes.map(|body| serde_json::from_slice(&body).unwrap())
    };
    assert_eq!(changes(&event, &due_on()), None, "it says so already");
    let timed = changes(&event, &due_at()).unwrap();
    assert_eq!(
        timed,
        json!({
            "isAllDay": false,
            "start": {"dateTime": "2026-12-01T04:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-01T04:30:00", "timeZone": "UTC"},
            "reminderMinutesBeforeStart": 1440,
        })
    );
    event["subject"] = "Later".into();
    event["body"] = json!({"contentType": "text", "content": "Mine"});
    event["isAllDay"] = false.into();
    event["showAs"] = "busy".into();
    event["isReminderOn"] = false.into();
    event["location"] = json!({"displayName": "At home"});
    event["type"] = "seriesMaster".into();
    assert_eq!(
        changes(&event, &due_on()).unwrap(),
        json!({
            "subject": "Tax return",
            "body": {"contentType": "text", "content": "Form 1040\n\nhttps://example.com/tax"},
            "isAllDay": true,
            "start": {"dateTime": "2026-12-01T00:00:00", "timeZone": "UTC"},
            "end": {"dateTime": "2026-12-02T00:00:00", "timeZone": "UTC"},
            "showAs": "free",
            "isReminderOn": true,
            "recurrence": null,
        })
    );
}

#[test]
fn each_calendar_and_each_version_is_another_transaction_at_microsoft() {
    let changed = OwnEvent { sequence: 1, ..due_on() };
    let all: Vec<_> = [(due_on(), "A"), (due_on(), "B"), (changed, "A")]
        .iter()
        .flat_map(|(own, calendar)| transactions(own, calendar))
        .collect();
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 6, "{all:?}");
    assert_eq!(transactions(&due_on(), "A"), all[..2], "the same again");
}

#[test]
fn a_title_that_is_refused_is_left_out() {
    let own = OwnEvent { title: "Tax\nreturn".into(), ..due_on() };
    let forms = forms(&own, Some(&own));
    let titles: Vec<_> =
        forms.iter().map(|form| (form.event.title.as_str(), form.without)).collect();
    assert_eq!(
        titles,
        [
            ("Tax\nreturn", None),
            ("Tax return", Some("the line breaks of the title")),
            ("Deadline", Some("the title")),
        ]
    );
}

fn due_on() -> OwnEvent {
    let date = |text: &str| text.parse().unwrap();
    OwnEvent {
        id: Uuid::parse_str(ID).unwrap(),
        kind: Kind::Obligation(Obligation {
            url: Some("https://example.com/tax".into()),
            reminders: vec![0, 1440],
        }),
        span: Span::Dates(date("2026-12-01"), date("2026-12-02")),
        timezone: "Pacific/Auckland".into(),
        title: "Tax return".into(),
        notes: Some("Form 1040".into()),
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: Vec::new(),
        owner: Person { email: Some("broker@example.com".into()), ..Person::default() },
    }
}

/// At 17:00 in Auckland.
fn due_at() -> OwnEvent {
    let times = Interval::new(at("2026-12-01T04:00:00Z"), at("2026-12-01T04:30:00Z"));
    OwnEvent { span: Span::Times(times), ..due_on() }
}

fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

fn base() -> Url {
    google::BASE.parse().unwrap()
}

fn graph() -> Graph {
    Graph::new(microsoft::BASE.parse().unwrap())
}

fn body(request: &Request<Vec<u8>>) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}
