//! What each answer of a provider means.

use calendar_providers::answers::{Answer, Asked, Reaction, of_status, reaction};
use calendar_providers::{Kind, OwnEvent, Person, forms, ghl, google, microsoft};
use engine::Interval;
use engine::event::Span;
use engine::time::parse_instant;
use http::StatusCode;
use uuid::Uuid;

const ASKED: [Asked; 7] = [
    Asked::List,
    Asked::Check,
    Asked::Read,
    Asked::Look,
    Asked::Create,
    Asked::Change,
    Asked::Remove,
];

const ANSWERS: [Answer; 10] = [
    Answer::Proof,
    Answer::OtherPage,
    Answer::Gone,
    Answer::Conflict,
    Answer::Refused,
    Answer::RefusedContent,
    Answer::Credential,
    Answer::Throttled,
    Answer::Unavailable,
    Answer::Silence,
];

/// The rules, as they are said in words.
#[test]
fn the_table_says_what_the_rules_say() {
    for asked in ASKED {
        let is_write = matches!(asked, Asked::Create | Asked::Change | Asked::Remove);
        for answer in ANSWERS {
            let reaction = reaction(asked, answer);
            let case = format!("{asked:?}, {answer:?}: {reaction:?}");
            // Only a proof says that a write is done.
            assert_eq!(
                is_write && reaction == Reaction::Done,
                is_write && answer == Answer::Proof,
                "{case}"
            );
            // A sign-in page, silence, a limit and a refused credential decide nothing.
            if matches!(
                answer,
                Answer::OtherPage | Answer::Silence | Answer::Throttled | Answer::Credential
            ) {
                assert_eq!(reaction, Reaction::Wait, "{case}");
            }
            // Only contents that are written can be reduced.
            if reaction == Reaction::Reduce {
                assert!(matches!(asked, Asked::Create | Asked::Change), "{case}");
            }
        }
    }
    assert_eq!(reaction(Asked::Change, Answer::Gone), Reaction::Look);
    assert_eq!(reaction(Asked::Remove, Answer::Gone), Reaction::Look);
    assert_eq!(reaction(Asked::Create, Answer::Gone), Reaction::Wait, "the calendar is gone");
    assert_eq!(reaction(Asked::Create, Answer::Conflict), Reaction::Look);
    assert_eq!(reaction(Asked::Check, Answer::Refused), Reaction::Done, "the write is tried");
    assert_eq!(reaction(Asked::Remove, Answer::Refused), Reaction::Wait);
}

#[test]
fn every_status_has_a_kind() {
    let kinds = [
        (200, Answer::Proof),
        (207, Answer::Proof),
        (302, Answer::OtherPage),
        (304, Answer::OtherPage),
        (400, Answer::RefusedContent),
        (401, Answer::Credential),
        (403, Answer::RefusedContent),
        (404, Answer::Gone),
        (405, Answer::Refused),
        (408, Answer::Unavailable),
        (409, Answer::Conflict),
        (410, Answer::Gone),
        (412, Answer::Conflict),
        (418, Answer::Refused),
        (422, Answer::RefusedContent),
        (423, Answer::Refused),
        (429, Answer::Throttled),
        (451, Answer::Refused),
        (500, Answer::Unavailable),
        (503, Answer::Throttled),
        (507, Answer::Unavailable),
        (999, Answer::OtherPage),
    ];
    for (status, kind) in kinds {
        assert_eq!(of_status(StatusCode::from_u16(status).unwrap()), kind, "{status}");
    }
}

#[test]
fn a_success_without_proof_is_another_page() {
    let pages: [&[u8]; 4] = [b"<!DOCTYPE html><html>Sign in</html>", b"{}", b"[]", b"null"];
    for body in pages {
        for asked in [Asked::Read, Asked::Look, Asked::Create, Asked::Change] {
            for kind in [
                google::answer(asked, StatusCode::OK, body),
                microsoft::answer(asked, StatusCode::OK, body),
                ghl::answer(asked, StatusCode::OK, body),
            ] {
                assert_eq!(kind, Answer::OtherPage, "{asked:?} {}", String::from_utf8_lossy(body));
            }
        }
    }
    let removed = |status: u16, body: &[u8]| {
        let status = StatusCode::from_u16(status).unwrap();
        [google::answer, microsoft::answer, ghl::answer].map(|of| of(Asked::Remove, status, body))
    };
    assert_eq!(removed(204, b""), [Answer::Proof; 3]);
    assert_eq!(removed(200, b"<html>Sign in</html>"), [Answer::OtherPage; 3]);
    assert_eq!(removed(404, b""), [Answer::Gone; 3]);
    assert_eq!(
        ghl::answer(Asked::Remove, StatusCode::CREATED, br#"{"succeeded": true}"#),
        Answer::Proof
    );
}

#[test]
fn a_provider_says_by_its_codes_what_a_status_does_not_say() {
    let forbidden = StatusCode::FORBIDDEN;
    let google = |reason: &str, domain: &str| {
        let body = serde_json::json!({"error": {"errors": [{"domain": domain, "reason": reason}]}});
        google::answer(Asked::Create, forbidden, body.to_string().as_bytes())
    };
    assert_eq!(google("quotaExceeded", "usageLimits"), Answer::Throttled);
    assert_eq!(google("rateLimitExceeded", "usageLimits"), Answer::Throttled);
    assert_eq!(google("insufficientPermissions", "global"), Answer::Credential);
    assert_eq!(google("forbiddenForServiceAccounts", "global"), Answer::RefusedContent);
    let graph = |code: &str| {
        let body = serde_json::json!({"error": {"code": code}}).to_string();
        microsoft::answer(Asked::Create, forbidden, body.as_bytes())
    };
    assert_eq!(graph("InvalidAuthenticationToken"), Answer::Credential);
    assert_eq!(graph("ErrorAccessDenied"), Answer::RefusedContent);
    // The page of a gateway is not about a guest.
    let gateway = ghl::answer(Asked::Create, forbidden, b"<html>Cloudflare</html>");
    assert_eq!(gateway, Answer::Refused);
}

fn booking() -> OwnEvent {
    let at = |text: &str| parse_instant(text).unwrap();
    OwnEvent {
        id: Uuid::from_u128(1),
        kind: Kind::Booking,
        span: Span::Times(Interval::new(at("2026-12-10T15:00:00Z"), at("2026-12-10T16:00:00Z"))),
        timezone: "UTC".into(),
        title: "Viewing\n4 Oak\tLane".into(),
        notes: None,
        place: None,
        is_tentative: false,
        sequence: 0,
        attendees: vec![Person { email: Some("lead@example.com".into()), ..Person::default() }],
        owner: Person::default(),
    }
}

#[test]
fn less_and_less_is_written() {
    let said = |own: &OwnEvent, written: Option<&OwnEvent>| {
        let forms = forms(own, written).into_iter();
        forms.map(|f| (f.event.title.clone(), f.event.invited().count())).collect::<Vec<_>>()
    };
    let own = booking();
    let (plain, none) = ("Viewing 4 Oak Lane".to_owned(), "Appointment".to_owned());
    assert_eq!(
        said(&own, None),
        [(own.title.clone(), 1), (plain.clone(), 1), (plain.clone(), 0), (none.clone(), 0)]
    );
    let simple = OwnEvent { title: none.clone(), ..own.uninvited() };
    assert_eq!(said(&simple, None), [(none, 0)], "nothing is left to leave out");
    // Of a change, only what is new can be left out: a guest who is there stays.
    let moved = OwnEvent { sequence: 1, ..own.clone() };
    assert_eq!(said(&moved, Some(&own)), [(own.title.clone(), 1)]);
    let title = own.title.clone();
    assert_eq!(said(&own, Some(&own.uninvited())), [(title.clone(), 1), (title.clone(), 0)]);
    let renamed = OwnEvent { title: plain.clone(), ..own.clone() };
    assert_eq!(said(&renamed, Some(&own)), [(plain, 1), (title, 1)]);
}
