//! One stream in every encoding and with every line break and fold that calendar
//! programs use.

use crate::support::{Fixture, events_of};
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
