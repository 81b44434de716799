//! Events of bookings that their users have take place again on the days after, in iCalendar.
//! Unlike [`crate::series::Series`], these are also written by the agent, so what they say is read.

use crate::ics::{self, rewritten, unfolded};
use crate::provider::Seen;
use crate::time::{Span, days_later};
use chrono::{DateTime, Utc};

/// What a member's text has.
struct Parts {
    /// The lines before and after the events.
    around: [Vec<String>; 2],
    /// The event or series, as a stream of its own.
    master: String,
    /// Its occurrences that are unlike the rest, by the times that they would have.
    unlike: Vec<(DateTime<Utc>, String)>,
}

impl Parts {
    fn of(text: &str) -> Self {
        let (mut around, mut events) = <([Vec<String>; 2], Vec<Vec<String>>)>::default();
        let mut is_within = false;
        for line in unfolded(text) {
            if line == "BEGIN:VEVENT" {
                is_within = true;
                events.push(Vec::new());
            }
            let is_end = line == "END:VEVENT";
            match events.last_mut() {
                Some(event) if is_within => event.push(line),
                Some(_) => around[1].push(line),
                None => around[0].push(line),
            }
            is_within &= !is_end;
        }
        let stream = |event: &Vec<String>| ics::stream(&(event.join("\r\n") + "\r\n"));
        let planned = |event: &Vec<String>| line(event, "RECURRENCE-ID").map(instant);
        let unlike = events.iter().filter_map(|event| Some((planned(event)?, stream(event))));
        let unlike = unlike.collect();
        let master = events.iter().find(|event| planned(event).is_none()).map(stream).unwrap();
        Self { around, master, unlike }
    }

    fn text(&self) -> String {
        let events = std::iter::once(&self.master).chain(self.unlike.iter().map(|(_, text)| text));
        let events = events.flat_map(|text| event_of(text));
        let [before, after] = &self.around;
        let lines = before.iter().cloned().chain(events).chain(after.iter().cloned());
        lines.map(|line| line + "\r\n").collect()
    }

    fn first(&self) -> Span {
        ics::seen("", &self.master).span
    }

    /// How often it takes place; none for a single event.
    fn count(&self) -> Option<u32> {
        let lines = unfolded(&self.master);
        let rule = line(&lines, "RRULE")?;
        Some(rule.split_once("COUNT=")?.1.split(';').next()?.parse().unwrap())
    }

    fn excluded(&self) -> Vec<DateTime<Utc>> {
        let lines = event_of(&self.master);
        let excluded = lines.iter().filter(|line| line.starts_with("EXDATE"));
        let values = excluded.flat_map(|line| {
            let (name, values) = line.split_once(':').unwrap();
            values.split(',').map(move |value| instant(&format!("{name}:{value}")))
        });
        values.collect()
    }
}

/// What takes place of a member. If the event of a booking has become a series, it is the first.
pub(crate) fn seen(member: &str, text: &str) -> Vec<Seen> {
    let parts = Parts::of(text);
    let Some(count) = parts.count() else { return vec![ics::seen(member, text)] };
    let (first, excluded) = (parts.first(), parts.excluded());
    let occurrence = |index| {
        let planned = days_later(first, index);
        let unlike = parts.unlike.iter().find(|(at, _)| *at == planned.0).map(|(_, text)| text);
        let is_gone = |text: &String| unfolded(text).iter().any(|line| line == "STATUS:CANCELLED");
        if excluded.contains(&planned.0) || unlike.is_some_and(is_gone) {
            return None;
        }
        let seen = ics::seen(member, unlike.unwrap_or(&parts.master));
        Some(Seen {
            id: format!("{member}#{index}"),
            series: Some(member.to_owned()),
            booking: seen.booking.filter(|_| index == 0),
            span: if unlike.is_some() { seen.span } else { planned },
            ..seen
        })
    };
    (0..count).filter_map(occurrence).collect()
}

/// The text in which the event takes place so often.
pub(crate) fn repeated(text: &str, count: u32) -> String {
    rewritten(text, &["RRULE"], &[format!("RRULE:FREQ=DAILY;COUNT={count}")])
}

/// The text in which an occurrence has another time.
pub(crate) fn shifted(text: &str, index: u32, span: Span) -> String {
    let mut parts = Parts::of(text);
    let (planned, _) = days_later(parts.first(), index);
    let unlike = match parts.unlike.iter_mut().find(|(at, _)| *at == planned) {
        Some((_, unlike)) => unlike,
        None => {
            let id = format!("RECURRENCE-ID:{}", ics::basic(planned));
            parts.unlike.push((planned, rewritten(&parts.master, &["RRULE", "EXDATE"], &[id])));
            &mut parts.unlike.last_mut().unwrap().1
        }
    };
    *unlike = ics::shifted(unlike, span);
    parts.text()
}

/// The text without an occurrence.
pub(crate) fn without(text: &str, index: u32) -> String {
    let mut parts = Parts::of(text);
    let (planned, _) = days_later(parts.first(), index);
    parts.unlike.retain(|(at, _)| *at != planned);
    parts.master = rewritten(&parts.master, &[], &[format!("EXDATE:{}", ics::basic(planned))]);
    parts.text()
}

/// The text in which each event is edited, as a stream of its own.
pub(crate) fn each(text: &str, edit: impl Fn(&str) -> String) -> String {
    let mut parts = Parts::of(text);
    parts.master = edit(&parts.master);
    parts.unlike.iter_mut().for_each(|(_, unlike)| *unlike = edit(unlike));
    parts.text()
}

/// The lines of a stream's event.
fn event_of(stream: &str) -> Vec<String> {
    let lines = unfolded(stream);
    let begin = lines.iter().position(|line| line == "BEGIN:VEVENT").unwrap();
    let end = lines.iter().position(|line| line == "END:VEVENT").unwrap();
    lines[begin..=end].to_vec()
}

fn line<'a>(event: &'a [String], name: &str) -> Option<&'a str> {
    let mut lines = event.iter();
    lines.find(|line| line.split([':', ';']).next() == Some(name)).map(String::as_str)
}

/// The time that a property has.
fn instant(line: &str) -> DateTime<Utc> {
    let value = &line[line.find([':', ';']).unwrap()..];
    let event = format!(
        "BEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20261101T000000Z\r\nDTSTART{value}\r\nEND:VEVENT\r\n"
    );
    ics::seen("", &ics::stream(&event)).span.0
}
