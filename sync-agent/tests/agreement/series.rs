//! Events that take place again on the days after, as iCalendar has them.

use crate::ics;
use crate::provider::Seen;
use crate::time::{self, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A series, and what its user has made of its occurrences.
#[derive(Clone)]
pub(crate) struct Series {
    title: String,
    first: Span,
    count: u32,
    moved: BTreeMap<u32, Span>,
    deleted: BTreeSet<u32>,
}

impl Series {
    pub(crate) fn new(title: &str, first: Span, count: u32) -> Self {
        let (moved, deleted) = (BTreeMap::new(), BTreeSet::new());
        Self { title: title.to_owned(), first, count, moved, deleted }
    }

    pub(crate) fn shift(&mut self, index: u32, span: Span) {
        self.moved.insert(index, span);
    }

    pub(crate) fn delete(&mut self, index: u32) {
        self.moved.remove(&index);
        self.deleted.insert(index);
    }

    /// Its occurrences, each with an id that [`occurrence`] reads.
    pub(crate) fn seen(&self, id: &str) -> Vec<Seen> {
        let indexes = (0..self.count).filter(|index| !self.deleted.contains(index));
        let seen = |index| Seen {
            mirrored: id.to_owned(),
            series: Some(id.to_owned()),
            ..Seen::single(&format!("{id}#{index}"), self.span(index))
        };
        indexes.map(seen).collect()
    }

    fn span(&self, index: u32) -> Span {
        let moved = self.moved.get(&index).copied();
        moved.unwrap_or_else(|| time::days_later(self.first, index))
    }

    /// Its VEVENTs.
    pub(crate) fn vevents(&self, uid: &str) -> String {
        let planned = |index| ics::basic(time::days_later(self.first, index).0);
        let mut rule = format!("RRULE:FREQ=DAILY;COUNT={}\r\n", self.count);
        for &index in &self.deleted {
            rule += &format!("EXDATE:{}\r\n", planned(index));
        }
        let mut vevents = ics::vevent(uid, &self.title, self.first, &rule);
        for (&index, &span) in &self.moved {
            let planned = format!("RECURRENCE-ID:{}\r\n", planned(index));
            vevents += &ics::vevent(uid, &self.title, span, &planned);
        }
        vevents
    }
}

/// The series of an occurrence, and which one it is.
pub(crate) fn occurrence(id: &str) -> Option<(&str, u32)> {
    let (series, index) = id.split_once('#')?;
    Some((series, index.parse().ok()?))
}
