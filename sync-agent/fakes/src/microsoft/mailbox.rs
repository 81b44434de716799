//! The account's calendars and events.

use super::event::{Event, Times, occurrence_id, series_of};
use super::refusal::Refusal;
use chrono::NaiveDateTime;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

/// All that the account has.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    calendars: Vec<Calendar>,
    events: BTreeMap<String, Event>,
    /// What lies among the deleted items.
    deleted: BTreeMap<String, Event>,
    /// Ids of what has changed, in order: what a delta tells.
    pub(super) changes: Vec<Change>,
    /// What was asked for in parts, and from where deltas go on, by the mark in links.
    pub(super) rounds: HashMap<String, Round>,
    transactions: HashMap<String, String>,
    pub(super) refuses_repeats: bool,
    /// Counts changes, and stands for the clock.
    version: u64,
}

#[derive(Debug)]
struct Calendar {
    id: String,
    name: String,
    can_edit: bool,
}

/// Something changed.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) calendar: String,
    /// Of a single event, of a series, or of an occurrence.
    pub(super) id: String,
}

/// What a link stands for.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) calendar: String,
    pub(super) window: Times,
    /// What is still to be told.
    pub(super) ids: Vec<String>,
    /// How many changes of the mailbox it takes into account.
    pub(super) changes: usize,
}

/// A window that everything lies in.
const ALWAYS: Times = (NaiveDateTime::MIN, NaiveDateTime::MAX);

impl Mailbox {
    pub(super) fn add_calendar(&mut self, name: &str, can_edit: bool) -> String {
        let id = format!("AAMkAGI{}=", self.calendars.len());
        self.calendars.push(Calendar { id: id.clone(), name: name.into(), can_edit });
        id
    }

    pub(super) fn first_calendar(&self) -> String {
        self.calendars[0].id.clone()
    }

    pub(super) fn calendars(&self) -> Vec<Value> {
        self.calendars.iter().enumerate().map(|(at, calendar)| calendar.json(at == 0)).collect()
    }

    pub(super) fn calendar(&self, id: &str) -> Result<Value, Refusal> {
        let at = self.calendars.iter().position(|calendar| calendar.id == id);
        at.map(|at| self.calendars[at].json(at == 0)).ok_or_else(Refusal::not_found)
    }

    fn editable(&self, id: &str) -> Result<(), Refusal> {
        let calendar = self.calendar(id)?;
        if calendar["canEdit"] == true {
            Ok(())
        } else {
            Err(Refusal::new(403, "ErrorAccessDenied"))
        }
    }

    /// Gives the id of the event, a new one or that of an earlier request with the same
    /// transaction id.
    pub(super) fn create(&mut self, calendar: &str, mut body: Value) -> Result<String, Refusal> {
        self.calendar(calendar)?;
        let transaction = body["transactionId"].as_str().map(str::to_owned);
        if let Some(known) = transaction.as_ref().and_then(|id| self.transactions.get(id)) {
            if self.refuses_repeats {
                return Err(Refusal::new(409, "ErrorDuplicateTransactionId"));
            }
            if self.events.contains_key(known) {
                return Ok(known.clone());
            }
        }
        if body["isOnlineMeeting"] == true
            && self.calendar(calendar)?["allowedOnlineMeetingProviders"] == json!([])
        {
            body["isOnlineMeeting"] = false.into();
        }
        let event = Event::new(calendar, body, self.version + 1)?;
        let id = format!("AAkALgAA{:06}=", self.version + 1);
        self.events.insert(id.clone(), event);
        self.transactions.extend(transaction.map(|transaction| (transaction, id.clone())));
        self.note(calendar, &id);
        Ok(id)
    }

    /// Of a version, if one is given.
    pub(super) fn update(
        &mut self,
        calendar: &str,
        id: &str,
        changes: Value,
        etag: Option<&str>,
    ) -> Result<(), Refusal> {
        if changes.get("transactionId").is_some() {
            return Err(Refusal::invalid());
        }
        let (series, index) = self.locate(calendar, id, etag)?;
        if let Some(event) = self.events.get_mut(&series) {
            match index {
                Some(index) => event.except(index, changes)?,
                None => event.set(changes)?,
            }
        }
        if index.is_some() {
            self.note(calendar, id);
        }
        self.note(calendar, &series);
        Ok(())
    }

    /// Of a version, if one is given.
    pub(super) fn delete(
        &mut self,
        calendar: &str,
        id: &str,
        etag: Option<&str>,
    ) -> Result<(), Refusal> {
        let (series, index) = self.locate(calendar, id, etag)?;
        match (index, self.events.get_mut(&series)) {
            (Some(index), Some(event)) => {
                event.deleted.insert(index);
                self.note(calendar, id);
            }
            _ => self.deleted.extend(self.events.remove(&series).map(|e| (series.clone(), e))),
        }
        self.note(calendar, &series);
        Ok(())
    }

    /// Moves an event, or one that was deleted, to a calendar. Its immutable id stays.
    pub(super) fn file(&mut self, id: &str, to: &str) -> Result<(), Refusal> {
        self.editable(to)?;
        let event = self.events.remove(id).or_else(|| self.deleted.remove(id));
        let mut event = event.ok_or_else(Refusal::not_found)?;
        let from = std::mem::replace(&mut event.calendar, to.to_owned());
        self.note(&from, id);
        self.events.insert(id.to_owned(), event);
        self.note(to, id);
        Ok(())
    }

    /// The id beneath which an event is kept, and which occurrence it is.
    fn locate(
        &self,
        calendar: &str,
        id: &str,
        etag: Option<&str>,
    ) -> Result<(String, Option<u32>), Refusal> {
        self.editable(calendar)?;
        let (series, index) = match series_of(id) {
            Some((series, index)) => (series, Some(index)),
            None => (id, None),
        };
        let event = self.events.get(series).filter(|event| event.calendar == calendar);
        let event = event.ok_or_else(Refusal::not_found)?;
        if index.is_some_and(|index| !event.has_occurrence(index)) {
            return Err(Refusal::not_found());
        }
        if etag.is_some_and(|etag| etag != "*" && etag != event.etag()) {
            return Err(Refusal::new(412, "ErrorIrresolvableConflict"));
        }
        Ok((series.to_owned(), index))
    }

    fn note(&mut self, calendar: &str, id: &str) {
        self.version += 1;
        let version = self.version;
        if let Some(event) = self.events.get_mut(id) {
            event.version = version;
        }
        self.changes.push(Change { calendar: calendar.into(), id: id.into() });
    }

    /// A single event, a series' master or an occurrence of it.
    pub(super) fn get(&self, calendar: &str, id: &str) -> Result<Value, Refusal> {
        self.show(calendar, id, false).ok_or_else(Refusal::not_found)
    }

    pub(super) fn events(&self, calendar: &str) -> Vec<Value> {
        let own = self.events.iter().filter(|(_, event)| event.calendar == calendar);
        own.map(|(id, event)| with_meeting(event.json(id, &now(event.version)))).collect()
    }

    pub(super) fn occurrences(&self, calendar: &str, series: &str) -> Vec<Value> {
        let indexes = self.events.get(series).map(|event| event.within(ALWAYS));
        let ids = indexes.unwrap_or_default().into_iter().map(|index| occurrence_id(series, index));
        ids.filter_map(|id| self.show(calendar, &id, false)).collect()
    }

    pub(super) fn property(&self, id: &str, name: &str) -> Option<String> {
        self.events.get(id)?.properties.get(name).cloned()
    }

    /// Those with an extended property of this value.
    pub(super) fn with_property(&self, calendar: &str, id: &str, value: &str) -> Vec<Value> {
        let mut own = self.events(calendar);
        own.retain(|event| {
            let event = event["id"].as_str().and_then(|id| self.events.get(id));
            event.is_some_and(|event| event.properties.get(id).is_some_and(|own| own == value))
        });
        own
    }

    /// The ids of all that takes place in a window: single events and occurrences, by
    /// their start, and after the first of a series its master, if wanted.
    pub(super) fn view(&self, calendar: &str, window: Times, with_masters: bool) -> Vec<String> {
        let mut found = Vec::new();
        for (id, event) in self.events.iter().filter(|(_, event)| event.calendar == calendar) {
            let indexes = event.within(window);
            if !event.is_series() {
                found.extend(indexes.iter().map(|_| id.clone()));
                continue;
            }
            found.extend(indexes.iter().map(|&index| occurrence_id(id, index)));
            if with_masters && !indexes.is_empty() {
                found.push(id.clone());
            }
        }
        found
    }

    /// What a delta says of an id; none where it is not there, or not in the window.
    pub(super) fn in_window(&self, calendar: &str, id: &str, window: Times) -> Option<Value> {
        let (series, index) = series_of(id).map_or((id, None), |(id, index)| (id, Some(index)));
        let within = self.events.get(series)?.within(window);
        let is_within = index.map_or(!within.is_empty(), |index| within.contains(&index));
        is_within.then(|| self.show(calendar, id, true)).flatten()
    }

    fn show(&self, calendar: &str, id: &str, stub: bool) -> Option<Value> {
        let (series, index) = series_of(id).map_or((id, None), |(id, index)| (id, Some(index)));
        let event = self.events.get(series).filter(|event| event.calendar == calendar)?;
        let now = now(event.version);
        let event = match index {
            Some(index) if event.has_occurrence(index) => {
                event.occurrence(series, index, stub, &now)
            }
            Some(_) => return None,
            None => event.json(id, &now),
        };
        Some(with_meeting(event))
    }
}

impl Calendar {
    fn json(&self, is_default: bool) -> Value {
        // Only the account's own mailbox comes with Teams here.
        let providers = if is_default { json!(["teamsForBusiness"]) } else { json!([]) };
        json!({
            "id": self.id,
            "name": self.name,
            "color": "auto",
            "hexColor": "",
            "changeKey": "nfZyf7VcrEKLNoU37KWlkQAAA0x0",
            "isDefaultCalendar": is_default,
            "canShare": is_default,
            "canViewPrivateItems": true,
            "canEdit": self.can_edit,
            "isTallyingResponses": is_default,
            "isRemovable": !is_default,
            "allowedOnlineMeetingProviders": providers,
            "defaultOnlineMeetingProvider": if is_default { "teamsForBusiness" } else { "unknown" },
            "owner": {"name": "Max Muster", "address": "max@example.com"},
        })
    }
}

/// With the way into its online meeting, where it is one.
fn with_meeting(mut event: Value) -> Value {
    let link = (event["isOnlineMeeting"] == true).then(
        || json!({"joinUrl": format!("https://teams.microsoft.com/l/meetup-join/{}", event["id"])}),
    );
    event["onlineMeeting"] = link.unwrap_or_default();
    event
}

/// A second later with each change.
fn now(version: u64) -> String {
    let start = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_777);
    let passed = chrono::TimeDelta::seconds(i64::try_from(version).unwrap_or_default());
    (start + passed).format("%FT%TZ").to_string()
}
