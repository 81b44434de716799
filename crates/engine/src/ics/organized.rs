//! The organizer of a message that someone else sends.

use super::component::Person;
use super::write::organizer_line;
use crate::rfc5545::{Line, Lines, push_line};

/// A stream of ours whose events have this organizer: mail programs show an invitation's
/// buttons only if its organizer is who sent it. Nothing else is changed.
pub fn organized_by(text: &str, organizer: &Person) -> String {
    let line_of_organizer = organizer_line(organizer);
    let mut out = String::with_capacity(text.len() + line_of_organizer.len());
    let mut is_in_event = false;
    for line in Lines::new(text) {
        let (is_organizer, starts, ends) = {
            let line = Line::new(&*line);
            let is_of_event = line.value().eq_ignore_ascii_case("VEVENT");
            (
                is_in_event && line.is("ORGANIZER"),
                is_of_event && line.is("BEGIN"),
                is_of_event && line.is("END"),
            )
        };
        if is_organizer {
            continue;
        }
        push_line(&mut out, &line);
        if starts {
            push_line(&mut out, &line_of_organizer);
        }
        is_in_event = (is_in_event || starts) && !ends;
    }
    out
}
