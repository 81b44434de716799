//! The lines of one VEVENT.

use super::busy_status::BUSY_STATUS;
use super::property::Property;
use crate::fingerprint::Fingerprint;
use crate::rfc5545::Line;

/// Outlook's mark of an all-day event that is written with times.
pub(super) const ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";

/// The longest title that is kept, in characters.
const MAX_TITLE: usize = 1_000;

/// The longest UID, in bytes.
const MAX_UID: usize = 1_000;

/// The properties that matter for time. The lines of all others are not kept while
/// the stream is read.
const PROPERTIES: [&str; 22] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "SUMMARY",
    "STATUS",
    "TRANSP",
    "SEQUENCE",
    "DTSTAMP",
    "LAST-MODIFIED",
    "RECURRENCE-ID",
    "RRULE",
    "RDATE",
    "EXDATE",
    "EXRULE",
    "ATTENDEE",
    "ORGANIZER",
    "FREEBUSY",
    BUSY_STATUS[0],
    BUSY_STATUS[1],
    BUSY_STATUS[2],
    ALL_DAY,
];

/// Properties that change each time a calendar is written.
const VOLATILE: [&str; 4] = ["DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"];

/// The lines of one VEVENT or VFREEBUSY.
pub(super) struct Vevent<'a> {
    pub(super) lines: Vec<(&'static str, Line<'a>)>,
    fingerprint: Fingerprint,
    /// What is wrong about where it begins and ends.
    pub(super) repairs: Vec<String>,
}

impl<'a> Vevent<'a> {
    pub(super) fn new() -> Self {
        Self { lines: Vec::new(), fingerprint: Fingerprint::new(), repairs: Vec::new() }
    }

    pub(super) fn push(&mut self, line: Line<'a>) {
        let name = line.name();
        if !VOLATILE.iter().any(|volatile| name.eq_ignore_ascii_case(volatile)) {
            self.fingerprint.add(line.text().as_bytes());
        }
        if let Some(known) = PROPERTIES.iter().find(|known| name.eq_ignore_ascii_case(known)) {
            self.lines.push((known, line));
        }
    }

    pub(super) fn all(&self, name: &'static str) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(move |(own, _)| *own == name).map(|(_, line)| line)
    }

    /// The first counts of a property that is allowed once.
    pub(super) fn first(&self, name: &'static str) -> Option<&Line<'a>> {
        self.all(name).next()
    }

    /// TEXT of a property, without control characters.
    fn text(&self, name: &'static str) -> Option<String> {
        let property = Property::of(self.first(name)?);
        let text = property.text().chars().filter(|&c| !c.is_control() || c == '\n' || c == '\t');
        let text = text.collect::<String>().trim().to_owned();
        Some(text).filter(|text| !text.is_empty())
    }

    /// The SUMMARY, cut where it is very long.
    pub(super) fn title(&self) -> Option<String> {
        let mut title = self.text("SUMMARY")?;
        if let Some((end, _)) = title.char_indices().nth(MAX_TITLE) {
            title.truncate(title[..end].trim_end().len());
        }
        Some(title)
    }

    /// Whether the TEXT of a property is one of these.
    pub(super) fn is(&self, name: &'static str, values: &[&str]) -> bool {
        self.first(name).is_some_and(|line| {
            let property = Property::of(line);
            values.iter().any(|value| property.text().trim().eq_ignore_ascii_case(value))
        })
    }

    /// The UID, if there is one, cut where it is longer than any index would take.
    pub(super) fn written_uid(&self) -> Option<String> {
        let mut uid = self.text("UID")?;
        if uid.len() > MAX_UID {
            let fingerprint = format!("{:016x}", Fingerprint::of([uid.as_bytes()]));
            uid.truncate(uid.floor_char_boundary(MAX_UID - fingerprint.len()));
            uid.push_str(&fingerprint);
        }
        Some(uid)
    }

    /// The UID; without one, a name by the event's content: the same in every
    /// download until it changes.
    pub(super) fn uid(&self) -> String {
        self.written_uid().unwrap_or_else(|| format!("no-uid-{:016x}", self.fingerprint.finish()))
    }
}
