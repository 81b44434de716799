//! `calendarView/delta`.

use super::event::{Times, series_of};
use super::mailbox::{Mailbox, Round};
use super::refusal::Refusal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A page, and the mark of the link that goes on.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) items: Vec<Value>,
    pub(super) mark: String,
    pub(super) is_last: bool,
}

impl Mailbox {
    /// All that is in a window. The first page is empty.
    pub(super) fn begin(&mut self, calendar: &str, window: Times) -> Result<Page, Refusal> {
        self.calendar(calendar)?;
        let ids = self.view(calendar, window, true);
        let round = Round { calendar: calendar.into(), window, ids, changes: self.changes.len() };
        Ok(Page { items: Vec::new(), mark: self.remember(round), is_last: false })
    }

    /// What has changed since a delta link was given.
    pub(super) fn since(&mut self, mark: &str, size: usize) -> Result<Page, Refusal> {
        let last = self.recall(mark)?;
        let mut ids = Vec::new();
        let mut seen = BTreeSet::new();
        let changes = self.changes[last.changes..].iter();
        for change in changes.filter(|change| change.calendar == last.calendar) {
            if !seen.insert(change.id.clone()) {
                continue;
            }
            // A series comes with its occurrences; those that it has no more are not
            // told.
            ids.extend(
                self.view(&last.calendar, last.window, false)
                    .into_iter()
                    .filter(|id| series_of(id).is_some_and(|(series, _)| series == change.id)),
            );
            ids.push(change.id.clone());
        }
        let round = Round { ids, changes: self.changes.len(), ..last };
        self.page(round, size)
    }

    /// Further pages.
    pub(super) fn go_on(&mut self, mark: &str, size: usize) -> Result<Page, Refusal> {
        let round = self.recall(mark)?;
        self.page(round, size)
    }

    fn page(&mut self, mut round: Round, size: usize) -> Result<Page, Refusal> {
        let rest = round.ids.split_off(size.min(round.ids.len()));
        let items = round.ids.iter().map(|id| {
            let found = self.in_window(&round.calendar, id, round.window);
            found.unwrap_or_else(|| json!({"@removed": {"reason": "deleted"}, "id": id}))
        });
        let items = items.collect();
        let is_last = rest.is_empty();
        Ok(Page { items, mark: self.remember(Round { ids: rest, ..round }), is_last })
    }

    fn remember(&mut self, round: Round) -> String {
        let mark = Uuid::new_v4().simple().to_string();
        self.rounds.insert(mark.clone(), round);
        mark
    }

    fn recall(&self, mark: &str) -> Result<Round, Refusal> {
        self.rounds.get(mark).cloned().ok_or_else(|| Refusal::new(410, "SyncStateNotFound"))
    }
}
