//! An invitation whose organizer is who sends it.

use calendar_engine::ics::{Person, organized_by};

const INVITATION: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\n\
    ORGANIZER;CN=Ada:mailto:ada@example.com\r\nSUMMARY:A long summary with ORGANIZER:in it, which \r\n \
    goes on in a second line and says Zoë\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn sender() -> Person {
    Person { name: Some("Ada; \"B\"".into()), email: "bookings@example.com".into() }
}

#[test]
fn the_organizer_is_replaced_and_nothing_else() {
    let organized = organized_by(INVITATION, &sender());
    assert!(!organized.contains("ada@example.com"), "{organized}");
    let line = organized.lines().find(|line| line.starts_with("ORGANIZER")).expect("an organizer");
    assert!(line.ends_with(":mailto:bookings@example.com"), "{line}");
    let rest = |text: &str| {
        let text = text.replace("\r\n ", "");
        let lines = text.lines().filter(|line| !line.starts_with("ORGANIZER"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rest(&organized), rest(INVITATION));
}

#[test]
fn one_is_added_where_there_was_none() {
    let without = INVITATION.replace("ORGANIZER;CN=Ada:mailto:ada@example.com\r\n", "");
    let organized = organized_by(&without, &sender());
    assert_eq!(organized.matches("\r\nORGANIZER").count(), 1, "{organized}");
    assert_eq!(organized_by(&organized, &sender()), organized);
}
