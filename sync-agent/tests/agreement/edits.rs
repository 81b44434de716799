//! What the broker does to their calendars, and what others do there.

use crate::history::{History, Outcome};
use crate::provider::{Provider, Seen};
use crate::time::{self, Span};
use std::collections::BTreeMap;
use uuid::Uuid;

impl History<'_> {
    pub(crate) fn edit_theirs(&mut self) -> Outcome {
        let span = time::any(&mut self.rng);
        let one = self.some_event(|event| event.booking.is_none());
        match (self.rng.u32(0..12), one) {
            (0..3, Some(event)) => {
                self.note(format!("their event {} moved to {}", event.id, span.0));
                self.provider.shift(&event.id, span);
            }
            (3..6, Some(event)) => {
                self.note(format!("their event {} deleted", event.id));
                self.provider.delete(&event.id);
            }
            (6, _) => {
                self.note("tokens forgotten".into());
                self.provider.forget_tokens();
            }
            (7, _) => {
                let count = self.rng.u32(2..5);
                if self.provider.add_series("theirs", span, count) {
                    self.note(format!("their series added at {}, {count} times", span.0));
                }
            }
            (8, Some(Seen { series: Some(series), .. })) => self.delete_series(&series),
            _ => {
                self.note(format!("their event added at {}", span.0));
                self.provider.add("theirs", span);
            }
        }
        Ok(())
    }

    fn delete_series(&mut self, series: &str) {
        self.note(format!("series {series} deleted"));
        let is_own =
            |event: &Seen| event.series.as_deref() == Some(series) && event.booking.is_some();
        if let Some(Seen { booking: Some(id), .. }) = self.some_event(is_own) {
            self.memory.deleted(id);
            self.deleted.push((id, series.to_owned()));
        }
        self.provider.delete_series(series);
    }

    pub(crate) fn shift_ours(&mut self) -> Outcome {
        let span = time::any(&mut self.rng);
        if let Some((id, event)) = self.some_event_of_ours() {
            let is_settled = self.has_written_time(id, event.span);
            self.note(format!("event of {id} moved to {}", span.0));
            self.provider.shift(&event.id, span);
            self.memory.shifted(id, span, is_settled);
        }
        Ok(())
    }

    pub(crate) fn make_ours_all_day(&mut self) -> Outcome {
        let days = time::any_day(&mut self.rng);
        if let Some((id, event)) = self.some_event_of_ours()
            && self.provider.make_all_day(&event.id, days)
        {
            self.note(format!("event of {id} takes the whole day from {}", days.0));
            self.memory.made_all_day(id);
        }
        Ok(())
    }

    /// The user has an event of ours take place again on the days after.
    pub(crate) fn make_ours_a_series(&mut self) -> Outcome {
        let count = self.rng.u32(2..5);
        if let Some((id, event)) = self.some_event_of_ours()
            && event.series.is_none()
            && !time::is_all_day(event.span)
            && self.provider.make_series(&event, count)
        {
            self.note(format!("event of {id} takes place {count} times"));
            self.memory.made_series(id, &event);
        }
        Ok(())
    }

    /// The user copies an event of ours to the account's other calendar, or changes or deletes
    /// such a copy.
    pub(crate) fn edit_marked(&mut self) -> Outcome {
        let owns = self.owns();
        let copies = self.provider.events().into_iter();
        let copies = copies.filter(|event| {
            event.booking.is_some() && !owns.has(event) && self.theirs.contains(&event.id)
        });
        let copy = self.rng.choice(copies.collect::<Vec<_>>());
        let span = time::any(&mut self.rng);
        match (self.rng.u32(0..6), copy) {
            (0, Some(copy)) => {
                self.note(format!("marked copy {} moved to {}", copy.id, span.0));
                self.provider.shift(&copy.id, span);
            }
            (1..4, Some(copy)) => {
                self.note(format!("marked copy {} deleted", copy.id));
                self.provider.delete(&copy.id);
            }
            _ => {
                // Of two that are not known yet, either may become the booking's.
                if let Some((id, event)) = self.some_event_of_ours()
                    && event.series.is_none()
                    && owns.has(&event)
                    && self.is_only_one(&event)
                    && let Some(copy) = self.provider.copy(&event)
                {
                    self.note(format!("event of {id} copied: {copy}"));
                    self.theirs.insert(copy);
                }
            }
        }
        Ok(())
    }

    /// Whether no other event has the mark of its booking.
    fn is_only_one(&self, event: &Seen) -> bool {
        let events = self.provider.events();
        event.booking.is_none() || events.iter().filter(|e| e.booking == event.booking).count() == 1
    }

    pub(crate) fn delete_ours(&mut self) -> Outcome {
        if let Some((id, event)) = self.some_event_of_ours() {
            self.note(format!("event of {id} deleted"));
            self.provider.delete(&event.id);
            self.memory.deleted(id);
            self.deleted.push((id, event.id));
        }
        Ok(())
    }

    /// The user puts back an event of ours that they had deleted.
    pub(crate) fn put_back_ours(&mut self) -> Outcome {
        let there = self.provider.events();
        self.deleted.retain(|(_, event)| there.iter().all(|there| &there.id != event));
        if let Some((id, event)) = self.rng.choice(&self.deleted).cloned()
            && self.provider.put_back(&event)
        {
            let is_live =
                "select status in ('confirmed', 'pending') from calendar.bookings where id = $1";
            let is_live = self.stage.base.query_one(is_live, &[&id]).unwrap().get(0);
            self.note(format!("event of {id} put back"));
            let owns = self.owns();
            let is_back =
                |there: &&Seen| there.id == event || there.series.as_ref() == Some(&event);
            let there = self.provider.events();
            if owns.0.contains_key(&id) && !there.iter().find(is_back).is_some_and(|e| owns.has(e))
            {
                self.theirs.insert(event);
            }
            self.memory.put_back(id, is_live);
        }
        Ok(())
    }

    /// The user moves an event, of ours or not, from one of the account's calendars to the other.
    pub(crate) fn refile(&mut self) -> Outcome {
        if let Some(event) = self.some_event(|event| event.series.is_none())
            && self.is_only_one(&event)
            && self.provider.refile(&event.id)
        {
            self.note(format!("event {} filed in the other calendar", event.id));
        }
        Ok(())
    }

    pub(crate) fn remark_ours(&mut self) -> Outcome {
        if let Some((id, event)) = self.some_event_of_ours() {
            self.number += 1;
            self.note(format!("event of {id} remarked {}", self.number));
            self.provider.remark(&event.id, self.number);
            self.memory.remarked(id, self.provider.remarked(self.number));
        }
        Ok(())
    }

    /// Someone publishes, changes or takes back a copy of an event of ours: an export that the
    /// broker subscribes to, say.
    pub(crate) fn edit_copy(&mut self) -> Outcome {
        let ours = self.some_event_of_ours();
        let Some(copies) = &self.copies else { return Ok(()) };
        let there = copies.events();
        let one = self.rng.choice(&there);
        let span = time::any(&mut self.rng);
        match (self.rng.u32(0..8), one, ours) {
            (0, Some(copy), _) => {
                copies.shift(&copy.id, span);
                self.log.push(format!("copy {} moved to {}", copy.id, span.0));
            }
            (1..3, Some(copy), _) => {
                copies.delete(&copy.id);
                self.log.push(format!("copy {} deleted", copy.id));
            }
            (_, _, Some((id, event))) => {
                copies.publish(&format!("bk-{id}@calendar-ext"), "a copy", event.span);
                self.log.push(format!("copy of {id} at {}", event.span.0));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the provider has the booking's time from us, and we know it.
    fn has_written_time(&mut self, id: Uuid, (start, _): Span) -> bool {
        let query = "select coalesce((m.written ->> 'start')::timestamptz = b.slot_start, false) and b.slot_start = $2
                       from calendar.bookings as b
                       left join calendar.event_mappings as m on m.booking_id = b.id
                      where b.id = $1";
        self.stage.base.query_one(query, &[&id, &start]).unwrap().get(0)
    }

    fn some_event(&mut self, of: impl Fn(&Seen) -> bool) -> Option<Seen> {
        let events = self.provider.events().into_iter().filter(of);
        self.rng.choice(events.collect::<Vec<_>>())
    }

    /// An event that is a booking's own, or that may still become it.
    fn some_event_of_ours(&mut self) -> Option<(Uuid, Seen)> {
        let (owns, theirs) = (self.owns(), self.theirs.clone());
        let event = self.some_event(|event| {
            event.booking.is_some() && (owns.has(event) || !theirs.contains(&event.id))
        })?;
        Some((event.booking?, event))
    }

    /// The bookings' own events, as we know them.
    pub(crate) fn owns(&mut self) -> Owns {
        let query = "select m.booking_id, m.external_event_id, c.external_calendar_id <> $1
                       from calendar.event_mappings as m
                       join calendar.calendars as c on c.id = m.calendar_id";
        let rows = self.stage.base.query(query, &[&self.provider.calendar()]).unwrap();
        Owns(rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect())
    }
}

/// The ids of the bookings' own events, and whether the account's other calendar has them.
pub(crate) struct Owns(BTreeMap<Uuid, (String, bool)>);

impl Owns {
    /// Whether an event is known as its booking's own.
    pub(crate) fn has(&self, event: &Seen) -> bool {
        let own = event.booking.and_then(|id| self.0.get(&id));
        let id = event.series.as_ref().unwrap_or(&event.mirrored);
        own.is_some_and(|(own, is_elsewhere)| id == own && event.is_elsewhere == *is_elsewhere)
    }
}
