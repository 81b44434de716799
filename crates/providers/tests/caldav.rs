//! CalDAV: what is read from servers, and what is said to them.

mod support;

use calendar_providers::caldav::{
    self, Bodies, Listing, Member, Precondition, Reading, State, Token,
};
use calendar_providers::{Kind, Malformed, OwnEvent, Person, RemoteCalendar};
use engine::Interval;
use engine::event::Span;
use engine::time::{Instant, Zone, parse_instant};
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{fixtures, kind, read_as_expected};
use url::Url;
use uuid::Uuid;

#[test]
fn answers_are_read_as_expected() {
    read_as_expected("caldav", 13, |kind, body| {
        read(kind, body).unwrap_or_else(|malformed| json!({"malformed": malformed.0}))
    });
}

fn read(kind: &str, body: &[u8]) -> Result<Value, Malformed> {
    let url = Url::parse("https://dav.example.com/home/").unwrap();
    Ok(match kind {
        "found" => {
            let found = caldav::read_found(&url, body)?;
            json!({"principal": found.principal.map(String::from),
                   "homes": found.homes.into_iter().map(String::from).collect::<Vec<_>>(),
                   "is_calendar": found.is_calendar})
        }
        "calendars" => {
            let calendars: Vec<RemoteCalendar> = caldav::read_calendars(&url, body)?;
            json!(calendars)
        }
        "state" => {
            let state = caldav::read_state(body)?;
            json!({"sync_token": state.sync_token, "ctag": state.ctag})
        }
        "listing" => {
            let Listing { members, is_truncated, .. } = caldav::read_listing(&url, body)?;
            json!({"members": told(&members), "is_truncated": is_truncated})
        }
        "changes" => {
            let changes = caldav::read_changes(&url, body)?;
            json!({"changed": told(&changes.changed), "gone": changes.gone,
                   "is_truncated": changes.is_truncated, "token": changes.token})
        }
        "bodies" => {
            let asked = [
                "series",
                "declined",
                "task",
                "broken",
                "two",
                "gone",
                "gone-in-the-other-form",
                "left-out",
            ];
            let Bodies { page, without_event, denied, missing } =
                reading().read(body, asked.map(member).to_vec())?;
            let page: Value = serde_json::from_str(&page.to_json()).unwrap();
            json!({"page": page, "without_event": without_event, "denied": told(&denied), "missing": told(&missing)})
        }
        "problem" => json!(caldav::problem(body)),
        other => panic!("{other} is nothing that is said"),
    })
}

fn told(members: &[Member]) -> Value {
    members
        .iter()
        .map(|member| json!({"href": member.href, "id": member.id, "version": member.version}))
        .collect()
}

fn member(name: &str) -> Member {
    Member {
        href: format!("/c/{name}.ics"),
        id: format!("{name}.ics"),
        version: Some("\"1\"".into()),
    }
}

fn reading() -> Reading {
    Reading {
        zone: Zone::iana("America/New_York").unwrap(),
        owner_emails: vec!["alice@example.com".into()],
        window: None,
    }
}

proptest! {
    /// A broken answer is an error or is understood otherwise, and nothing worse.
    #[test]
    fn no_answer_is_too_broken(
        fixture in 0usize..13,
        at in any::<prop::sample::Index>(),
        length in 0usize..40,
        instead in prop::collection::vec(prop::sample::select(b"<>/&;\"'=:! a\xff\0[]".to_vec()), 0..10),
    ) {
        let (path, mut body) = fixtures("caldav").swap_remove(fixture);
        let at = at.index(body.len());
        let end = (at + length).min(body.len());
        body.splice(at..end, instead);
        let _ = read(kind(&path), &body);
    }
}

#[test]
fn a_listing_has_the_same_digest_in_every_order() {
    let row = |name: &str, etag: u32| {
        format!(
            "<response><href>/c/{name}</href><propstat><prop><getetag>\"{etag}\"</getetag></prop>\
             </propstat></response>"
        )
    };
    let digest = |rows: &[String]| {
        let body = format!("<multistatus xmlns=\"DAV:\">{}</multistatus>", rows.concat());
        let calendar = Url::parse("https://dav.example.com/c/").unwrap();
        caldav::read_listing(&calendar, body.as_bytes()).unwrap().digest().unwrap()
    };
    let one = digest(&[row("a", 1), row("b", 2)]);
    assert_eq!(one, digest(&[row("b", 2), row("a", 1)]));
    // What is stored must be found again by every later version.
    assert_eq!(one, 10385111649872858049);
    for other in [vec![row("a", 1)], vec![row("a", 1), row("b", 3)], vec![row("a", 2), row("b", 1)]]
    {
        assert_ne!(one, digest(&other));
    }
}

#[test]
fn tokens_are_read_as_they_were_written() {
    let state = |sync_token: Option<&str>, ctag: Option<&str>| State {
        sync_token: sync_token.map(str::to_owned),
        ctag: ctag.map(str::to_owned),
    };
    for token in [
        Token { state: state(Some("http://example.com/sync/1:2"), None), ..Token::default() },
        Token { state: state(Some("1"), Some("\"a\nb\"")), refusals: 2, ..Token::default() },
        Token { state: state(None, Some("")), ..Token::default() },
        Token { digest: Some(u64::MAX), ..Token::default() },
        Token::default(),
    ] {
        assert_eq!(Token::parse(&token.to_string()), Some(token));
    }
    for other in ["", "sync", "sync:1", "{\"digest\":\"x\"}"] {
        assert_eq!(Token::parse(other), None, "{other}");
    }
}

#[test]
fn a_calendar_is_still_the_same_if_all_that_is_said_is() {
    let state = |sync_token: Option<&str>, ctag: Option<&str>| State {
        sync_token: sync_token.map(str::to_owned),
        ctag: ctag.map(str::to_owned),
    };
    let last = Token { state: state(Some("1"), Some("a")), ..Token::default() };
    assert!(last.is_still(&state(Some("1"), Some("a"))));
    for other in [
        state(Some("2"), Some("a")),
        state(Some("1"), Some("b")),
        state(Some("1"), None),
        state(None, Some("a")),
        state(None, None),
    ] {
        assert!(!last.is_still(&other), "{other:?}");
    }
    assert!(!Token::default().is_still(&State::default()), "nothing says so");
}

#[test]
fn requests_say_what_they_should() {
    let calendar = Url::parse("https://dav.example.com/c/").unwrap();
    let window = Interval::new(instant("2026-12-01T00:00:00Z"), instant("2027-02-01T00:00:00Z"));
    let hrefs = ["/c/a%20b.ics", "/c/<&>.ics"];
    let xml = "application/xml; charset=utf-8";
    for (request, line, depth, within) in [
        (caldav::find(&calendar), "PROPFIND", Some("0"), "<d:current-user-principal/>"),
        (caldav::calendars(&calendar, true), "PROPFIND", Some("1"), "<d:displayname/>"),
        (caldav::calendars(&calendar, false), "PROPFIND", Some("0"), "<d:displayname/>"),
        (caldav::state(&calendar), "PROPFIND", Some("0"), "<cs:getctag/>"),
        (
            caldav::changes(&calendar, "a<b&c"),
            "REPORT",
            Some("0"),
            "<d:sync-token>a&lt;b&amp;c</d:sync-token><d:sync-level>1</d:sync-level>",
        ),
        (
            caldav::list_within(&calendar, window),
            "REPORT",
            Some("1"),
            "<c:time-range start=\"20261201T000000Z\" end=\"20270201T000000Z\"/>",
        ),
        (caldav::list(&calendar), "PROPFIND", Some("1"), "<d:getetag/>"),
        (
            caldav::fetch(&calendar, hrefs),
            "REPORT",
            Some("1"),
            "<d:href>/c/a%20b.ics</d:href><d:href>/c/&lt;&amp;&gt;.ics</d:href>",
        ),
    ] {
        assert_eq!(request.method(), line);
        assert_eq!(request.uri().to_string(), calendar.as_str());
        assert_eq!(header(&request, "depth"), depth);
        assert_eq!(header(&request, "content-type"), Some(xml));
        let body = std::str::from_utf8(request.body()).unwrap();
        assert!(body.contains(within), "{body}");
        assert!(body.starts_with("<?xml "), "{body}");
    }
    let member = caldav::member_url(&calendar, "bk-1@calendar-ext.ics");
    assert_eq!(member.as_str(), "https://dav.example.com/c/bk-1@calendar-ext.ics");
    let request = caldav::put(&member, "text", Precondition::IsNew);
    assert_eq!(header(&request, "if-none-match"), Some("*"));
    assert_eq!(header(&request, "if-match"), None);
    let request = caldav::put(&member, "text", Precondition::Is("\"1\""));
    assert_eq!(header(&request, "if-match"), Some("\"1\""));
    assert_eq!(header(&request, "if-none-match"), None);
    assert_eq!(header(&request, "content-type"), Some("text/calendar; charset=utf-8"));
    assert_eq!(caldav::delete(&member).method(), "DELETE");
}

#[test]
fn a_members_name_is_escaped_and_stays_one() {
    let calendar = Url::parse("https://dav.example.com/c").unwrap();
    for (id, path) in [
        ("a b.ics", "/c/a%20b.ics"),
        ("../x/y.ics", "/c/..%2Fx%2Fy.ics"),
        ("ä?#%.ics", "/c/%C3%A4%3F%23%25.ics"),
    ] {
        assert_eq!(caldav::member_url(&calendar, id).path(), path);
    }
}

#[test]
fn a_booking_is_written_as_one_event() {
    let booking = OwnEvent {
        id: Uuid::from_u128(1),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(
            instant("2026-12-10T15:00:00Z"),
            instant("2026-12-10T15:30:00Z"),
        )),
        timezone: "America/New_York".into(),
        title: "Viewing; keys".into(),
        notes: Some("One\nTwo".into()),
        place: Some("4 Oak Lane, Albany".into()),
        is_tentative: true,
        sequence: 3,
        attendees: vec![person("Lee \"L\" Lead", "lead@example.com")],
        owner: person("Bo Broker", "broker@example.com"),
    };
    assert_eq!(
        caldav::event_id(&booking),
        "bk-00000000-0000-0000-0000-000000000001@calendar-ext.ics"
    );
    let text = caldav::resource(&booking, instant("2026-12-01T00:00:00Z"));
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.lines().collect();
    for line in [
        "UID:bk-00000000-0000-0000-0000-000000000001@calendar-ext",
        "DTSTAMP:20261201T000000Z",
        "DTSTART:20261210T150000Z",
        "DTEND:20261210T153000Z",
        "SEQUENCE:3",
        r"SUMMARY:Viewing\; keys",
        r"DESCRIPTION:One\nTwo",
        r"LOCATION:4 Oak Lane\, Albany",
        "STATUS:TENTATIVE",
    ] {
        assert!(lines.contains(&line), "{line} is not in\n{text}");
    }
    // RFC 4791 section 4.1.
    assert!(!text.contains("METHOD:"), "{text}");
    let with = |start: &str| lines.iter().find(|line| line.starts_with(start)).copied();
    assert!(with("ORGANIZER").is_some_and(|l| l.ends_with("mailto:broker@example.com")), "{text}");
    assert!(with("ATTENDEE").is_some_and(|l| l.ends_with("mailto:lead@example.com")), "{text}");

    // Nobody is invited by nobody.
    let anonymous = OwnEvent { owner: Person::default(), ..booking };
    let text = caldav::resource(&anonymous, instant("2026-12-01T00:00:00Z"));
    assert!(!text.contains("ATTENDEE") && !text.contains("ORGANIZER"), "{text}");
}

fn person(name: &str, email: &str) -> Person {
    Person { name: Some(name.into()), email: Some(email.into()), phone: None }
}

fn header<'a>(request: &'a Request<Vec<u8>>, name: &str) -> Option<&'a str> {
    request.headers().get(name).map(|value| value.to_str().unwrap())
}

fn instant(text: &str) -> Instant {
    parse_instant(text).unwrap()
}
