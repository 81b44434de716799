//! One stream in every encoding and with every line break and fold that calendar
//! programs use.

use crate::support::{Fixture, events_of, parse};
use calendar_engine::ics::decode;

/// The text of a fixture, its lines not folded.
fn unfolded(fixture: &Fixture) -> String {
    String::from_utf8(fixture.stream.clone()).unwrap().replace("\r\n ", "").replace("\r\n\t", "")
}

/// Folds every line so that no part has more than `octets`, wherever that is in
/// a character.
fn folded(text: &str, octets: usize, fold: &[u8]) -> Vec<u8> {
    let mut stream = Vec::new();
    for line in text.split_inclusive("\r\n") {
        let line = line.strip_suffix("\r\n").unwrap_or(line).as_bytes();
        stream.extend(line.chunks(octets).collect::<Vec<_>>().join(fold));
        stream.extend(b"\r\n");
    }
    stream
}

#[test]
fn line_breaks_and_byte_order_marks_change_nothing() {
    for fixture in Fixture::all() {
        let text = String::from_utf8(fixture.stream.clone()).unwrap();
        let lf = text.replace("\r\n", "\n");
        let cr = text.replace("\r\n", "\r");
        let blank = text.replace("\r\n", "\r\n\r\n").replace("\r\n\r\n ", "\r\n ");
        let blank = blank.replace("\r\n\r\n\t", "\r\n\t");
        for (context, text) in [("LF", lf), ("CR", cr), ("blank lines", blank)] {
            fixture.assert_meaning(fixture.parse(text.as_bytes()), context);
            let marked = format!("\u{FEFF}{text}");
            fixture.assert_meaning(fixture.parse(marked.as_bytes()), &format!("{context}, BOM"));
        }
    }
}

/// Two events, the text between whose parts is one of these.
fn two_events(after_first: &str, after_begin: &str) -> String {
    let event = |uid: u32, begin: &str| {
        format!(
            "BEGIN:VEVENT{begin}UID:{uid}\r\nDTSTART:2026030{uid}T140000Z\r\nDURATION:PT1H\r\nEND:VEVENT"
        )
    };
    format!(
        "BEGIN:VCALENDAR\r\n{}{after_first}{}\r\nEND:VCALENDAR\r\n",
        event(1, "\r\n"),
        event(2, after_begin)
    )
}

/// What the events of a stream are called, and what was wrong.
fn uids(text: &str) -> (Vec<String>, Vec<String>) {
    let parsed = parse(text).unwrap();
    let wrong = parsed.events.iter().flat_map(|event| event.repairs.clone());
    let wrong = wrong.chain(parsed.rejected.iter().map(|rejected| rejected.reason.clone()));
    (parsed.events.iter().map(|event| event.external_event_id.clone()).collect(), wrong.collect())
}

#[test]
fn a_lone_cr_ends_a_line_and_a_mark_inside_is_skipped() {
    for line_break in [
        "\r",
        "\n",
        "\r\n",
        "\r\r\n",
        "\n\r",
        "\r\r",
        "\r\n\u{FEFF}",
        "\u{FEFF}\r\n",
        "\r\u{FEFF}",
        "\r\n\u{200B}",
        "\r\n\0",
        "\r\nX-A:1\rX-B:2\r",
    ] {
        for text in [two_events(line_break, "\r\n"), two_events("\r\n", line_break)] {
            assert_eq!(uids(&text).0, ["1", "2"], "{text:?}");
            assert_eq!(uids(&text.replace("\r\n", "\n")).0, ["1", "2"], "{text:?}");
            assert_eq!(uids(&text.replace("\r\n", "\r")).0, ["1", "2"], "{text:?}");
            assert_eq!(uids(&(text.replace("\r\n", "\r") + "\n")).0, ["1", "2"], "{text:?}");
        }
    }
    for (from, to) in [
        ("BEGIN:VEVENT", "BEGIN:\u{FEFF}VEVENT"),
        ("BEGIN:VEVENT", "BEGIN\u{FEFF}:VEVENT"),
        ("DTSTART:", "DTSTART:\u{FEFF}"),
        ("UID:", "U\u{FEFF}ID:"),
        ("BEGIN:VCALENDAR", "\u{FEFF}\u{FEFF}BEGIN:VCALENDAR"),
    ] {
        assert_eq!(uids(&two_events("\r\n", "\r\n").replace(from, to)).0, ["1", "2"], "{to:?}");
    }
    let joined = two_events("\r\n", "\r\n")
        + "\u{FEFF}"
        + &two_events("\r\n", "\r\n").replace("UID:", "UID:b");
    assert_eq!(uids(&joined).0, ["1", "2", "b1", "b2"]);
    // Folded by CR alone, and by more than one.
    for fold in ["\r ", "\r\r\n ", "\r\t"] {
        let text = two_events("\r\n", "\r\n").replace("140000Z", &format!("14{fold}0000Z"));
        assert_eq!(uids(&text), (vec!["1".into(), "2".into()], vec![]), "{fold:?}");
    }
}

/// No event is lost without a word where a BEGIN or END is too few or too many.
#[test]
fn a_missing_or_needless_begin_or_end_loses_no_event() {
    let plain = two_events("\r\n", "\r\n");
    let first = |from: &str, to: &str| plain.replacen(from, to, 1);
    for (text, problem) in [
        (first("END:VEVENT", "END:VEVENT\r\nEND:VEVENT"), ""),
        (first("END:VEVENT", "END:VALARM\r\nEND:VEVENT"), ""),
        (first("END:VEVENT", "END:VEVENT\r\nEND:VCALENDAR"), ""),
        (first("BEGIN:VEVENT", "END:VEVENT\r\nBEGIN:VEVENT"), ""),
        (first("BEGIN:VEVENT", "END:VTIMEZONE\r\nBEGIN:VEVENT"), ""),
        (first("BEGIN:VEVENT", "END:VCALENDAR\r\nBEGIN:VEVENT"), ""),
        (first("BEGIN:VEVENT", "BEGIN:VTODO\r\nBEGIN:VEVENT"), ""),
        (
            first(
                "BEGIN:VEVENT",
                "BEGIN:VTODO\r\nEND:VALARM\r\nDTSTART:20260301\r\nEND:VTODO\r\nBEGIN:VEVENT",
            ),
            "",
        ),
        (first("BEGIN:VEVENT\r\n", ""), "BEGIN:VEVENT is missing"),
        (first("END:VEVENT\r\n", ""), "END:VEVENT is missing before BEGIN:VEVENT"),
        (
            first("END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2", "END:VEVENT\r\nUID:2"),
            "BEGIN:VEVENT is missing",
        ),
        (
            plain.replace("END:VEVENT\r\nEND:VCALENDAR", "END:VCALENDAR"),
            "END:VEVENT is missing before END:VCALENDAR",
        ),
        (
            first("BEGIN:VEVENT", "BEGIN:VALARM\r\nBEGIN:VEVENT").replacen(
                "DURATION",
                "END:VALARM\r\nDURATION",
                1,
            ),
            "",
        ),
    ] {
        let (uids, wrong) = uids(&text);
        assert_eq!(uids, ["1", "2"], "{text}");
        assert_eq!(wrong.join("; "), problem, "{text}");
    }
    let swallowed = first("BEGIN:VEVENT", "BEGIN:X-OWN\r\nBEGIN:VEVENT");
    assert_eq!(
        uids(&swallowed).1,
        ["END:X-OWN is missing before END:VCALENDAR, so its events were not read"]
    );
    assert!(parse(&plain.replace("END:VCALENDAR", "")).is_err());
    assert!(parse(&(plain + "BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20260303\r\n")).is_err());
}

#[test]
fn utf_16_is_read_without_a_byte_order_mark() {
    let text = two_events("\r\n", "\r\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(decode(&little), text);
    assert_eq!(decode(&big), text);
}

#[test]
fn utf_16_is_read_by_its_byte_order_mark() {
    for fixture in Fixture::all() {
        let text = format!("\u{FEFF}{}", String::from_utf8(fixture.stream.clone()).unwrap());
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        fixture.assert_meaning(fixture.parse(&little), "UTF-16LE");
        fixture.assert_meaning(fixture.parse(&big), "UTF-16BE");
    }
}

/// RFC 5545 section 3.1 counts octets, so that a fold may stand in a character.
#[test]
fn folds_may_stand_anywhere() {
    for fixture in Fixture::all() {
        let text = unfolded(&fixture);
        for octets in [1, 2, 3, 5, 74] {
            for fold in ["\r\n ", "\r\n\t", "\n "] {
                let stream = folded(&text, octets, fold.as_bytes());
                fixture.assert_meaning(fixture.parse(&stream), &format!("{octets} {fold:?}"));
            }
        }
    }
}

#[test]
fn what_is_no_utf_8_is_read_as_iso_8859_1() {
    let fixture = Fixture::named("exchange");
    let text = unfolded(&fixture).replace("SUMMARY:Away", "SUMMARY:Über allen Gipfeln");
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(decode(&latin), text);
    let parsed = fixture.parse(&latin).unwrap();
    assert_eq!(parsed, fixture.parse(text.as_bytes()).unwrap());
    assert_eq!(parsed.events[2].title.as_deref(), Some("Über allen Gipfeln"));
}

/// Some programs cut a text in the middle of a character.
#[test]
fn one_wrong_octet_spoils_no_other_character() {
    let stream = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261201T090000Z\r\n\
        SUMMARY:Caf\xC3\xA9 \xE2\x98\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let parsed = Fixture::named("empty").parse(stream).unwrap();
    assert_eq!(parsed.events[0].title.as_deref(), Some("Café â"));
}

#[test]
fn control_characters_are_left_out() {
    let stream = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:\0a\u{1}b\r\nDTSTART:20261201T090000Z\r\n\
        SUMMARY:\0One\u{7} \rtwo\\nthree\tfour\u{85}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let parsed = Fixture::named("empty").parse(stream.as_bytes()).unwrap();
    assert_eq!(parsed.events[0].external_event_id, "ab");
    assert_eq!(parsed.events[0].title.as_deref(), Some("One two\nthree\tfour"));
}

/// It is cut before blanks, which a reader would leave out.
#[test]
fn a_long_title_is_cut() {
    let summary = format!("SUMMARY:{}   {}", "é".repeat(998), "x".repeat(10));
    let lines = ["BEGIN:VEVENT", "UID:1", "DTSTART:20261201T090000Z", &summary, "END:VEVENT"];
    assert_eq!(events_of(&lines).unwrap()[0].title, Some("é".repeat(998)));
}

/// No index takes more; two that differ at the end only stay different.
#[test]
fn a_long_uid_is_cut() {
    let uid = |last: &str| {
        let line = format!("UID:{}{last}", "☕".repeat(500));
        let events = events_of(&["BEGIN:VEVENT", &line, "DTSTART:20261201T090000Z", "END:VEVENT"]);
        events.unwrap().remove(0).external_event_id
    };
    assert!(uid("1").len() <= 1000);
    assert!(uid("1").starts_with("☕☕☕"));
    assert_ne!(uid("1"), uid("2"));
}
