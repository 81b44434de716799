//! Input that no calendar program writes: large, deep, endless. How much work it
//! makes is told by how often the caller's tick function is called.

use crate::support::zone;
use calendar_engine::ics::{Parsed, parse};
use calendar_engine::{Error, Result};

const MEGABYTE: usize = 1 << 20;

/// Reads a VCALENDAR with these lines; tells the ticks too.
fn read(lines: &str) -> (Result<Parsed>, usize) {
    let mut ticks = 0;
    let text = format!("BEGIN:VCALENDAR\r\n{lines}END:VCALENDAR\r\n");
    let parsed = parse(&text, &zone("America/New_York"), &["a@example.com"], &mut || {
        ticks += 1;
        true
    });
    (parsed, ticks)
}

fn event(uid: usize, lines: &str) -> String {
    format!("BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;TZID=X:20261201T090000\r\n{lines}END:VEVENT\r\n")
}

fn bomb(tzid: &str, rules: usize) -> String {
    let rule = "BEGIN:STANDARD\r\nDTSTART:00010101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
        RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366\r\nEND:STANDARD\r\n";
    format!("BEGIN:VTIMEZONE\r\nTZID:{tzid}\r\n{}END:VTIMEZONE\r\n", rule.repeat(rules))
}

#[test]
fn a_long_text_is_cut() {
    for text in ["a;\\,", "\"", "a\r\n ", "X:", "é"] {
        let lines = format!("SUMMARY:{}\r\n", text.repeat(10 * MEGABYTE / text.len()));
        let parsed = read(&event(1, &lines)).0.unwrap();
        assert!(parsed.events[0].title.as_ref().unwrap().chars().count() <= 1000);
    }
}

#[test]
fn a_long_name_or_list_of_parameters_is_read() {
    let name = format!("{}:1\r\n", "X-".repeat(MEGABYTE));
    let parameters = format!("SUMMARY{}:1\r\n", ";X=1".repeat(MEGABYTE));
    for lines in [name, parameters] {
        assert_eq!(read(&event(1, &lines)).0.unwrap().events.len(), 1);
    }
}

#[test]
fn a_recurrence_of_megabytes_is_rejected() {
    let dates = format!("EXDATE:{}\r\n", "20261201T090000,".repeat(MEGABYTE / 4));
    let (parsed, ticks) = read(&event(1, &dates));
    let parsed = parsed.unwrap();
    assert!(parsed.rejected[0].reason.contains("give at most 1048576"), "{parsed:?}");
    assert!(ticks > 200, "{ticks}");
}

#[test]
fn any_number_of_components_is_read() {
    let events: String = (0..50_000).map(|uid| event(uid, "")).collect();
    let (parsed, ticks) = read(&events);
    assert_eq!(parsed.unwrap().events.len(), 50_000);
    assert!(ticks > 500, "{ticks}");
    assert_eq!(read(&event(1, "").repeat(50_000)).0.unwrap().events.len(), 1);
    assert_eq!(read(&"BEGIN:X\r\n".repeat(300_000)).0.unwrap(), Parsed::default());
    assert_eq!(read(&"END:X\r\n".repeat(300_000)).0.unwrap(), Parsed::default());
    assert!(read(&"BEGIN:VCALENDAR\r\n".repeat(300_000)).0.is_err());
    let attendees = "ATTENDEE;PARTSTAT=DECLINED:mailto:b@example.com\r\n".repeat(50_000);
    assert!(!read(&event(1, &attendees)).0.unwrap().events[0].declined);
}

#[test]
fn a_vtimezone_cannot_make_much_work() {
    let (parsed, ticks) = read(&(bomb("X", 250) + &event(1, "")));
    assert_eq!(parsed.unwrap().events.len(), 1);
    // A tick is about a thousand steps, of which one rule needs 400 000.
    assert!((100..30_000).contains(&ticks), "{ticks}");
    let (parsed, ticks) = read(&(bomb("X", 5000) + &event(1, "")));
    assert_eq!(parsed.unwrap().events.len(), 1);
    assert!(ticks < 1000, "{ticks}");
}

/// What no event needs is not worked out, and what many need only once.
#[test]
fn a_vtimezone_is_worked_out_once_and_only_when_needed() {
    let unused: String = (0..100).map(|n| bomb(&format!("Unused-{n}"), 250)).collect();
    let (parsed, ticks) = read(&(unused + &event(1, "")));
    assert_eq!(parsed.unwrap().events.len(), 1);
    assert!(ticks < 1000, "{ticks}");
    let once = read(&(bomb("X", 100) + &event(1, ""))).1;
    let events: String = (0..100).map(|uid| event(uid, "")).collect();
    let often = read(&(bomb("X", 100) + &events)).1;
    assert!(often < once + 100, "{once} {often}");
}

#[test]
fn the_caller_can_interrupt_at_any_tick() {
    let text = format!(
        "BEGIN:VCALENDAR\r\n{}{}{}END:VCALENDAR\r\n",
        bomb("X", 5),
        event(1, &format!("RDATE:{}\r\n", "20261201T090000,".repeat(5000))),
        (2..1000).map(|uid| event(uid, "")).collect::<String>(),
    );
    let interrupted = |at: usize| {
        let mut ticks = 0;
        let parsed = parse(&text, &zone("UTC"), &[], &mut || {
            ticks += 1;
            ticks < at
        });
        (parsed, ticks)
    };
    let (parsed, ticks) = interrupted(usize::MAX);
    assert_eq!(parsed.unwrap().events.len(), 999);
    for at in [1, 2, 10, 50, ticks / 2, ticks] {
        let (parsed, made) = interrupted(at);
        assert_eq!(parsed.map_err(|error: Error| error.is_interrupted()), Err(true), "{at}");
        assert_eq!(made, at);
    }
}
