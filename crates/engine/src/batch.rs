//! A batch of provider events, as `apply_sync` takes it.

mod reading;
mod wire;

use crate::error::{cut, quoted};
use crate::event::{Event, When};
use crate::time::{Offsets, YEARS, Zone, local_to_instant, zone_named};
use crate::{Error, Result};
use chrono::{Datelike, TimeDelta};
use reading::{Zones, event};
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use wire::Wire;

/// One element of a batch.
#[derive(Debug)]
pub enum Item {
    /// An event that was understood, and what the provider sent for it (JSON).
    Event(Box<Event>, Option<Box<RawValue>>),
    /// One that was not.
    Rejected(Rejected),
}

/// An event that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its id, where it has one.
    pub external_event_id: Option<String>,
    /// What is wrong: names the key, the value and what would be allowed.
    pub reason: String,
}

/// Reads the `events` array of a batch. A malformed element becomes
/// [`Item::Rejected`], unless it can be understood when it takes place: then what is
/// wrong is left out, and is in [`Event::repairs`]. Of several with the same id and
/// recurrence id, the one with the highest sequence counts, then the one that was
/// updated last, or else the later in the array.
///
/// `tick` is called for each element; where it returns false, the work ends with
/// [`Error::interrupted`].
pub fn parse_events(json: &str, tick: &mut dyn FnMut() -> bool) -> Result<Vec<Item>> {
    let elements: Vec<&RawValue> = serde_json::from_str(json)
        .map_err(|e| Error::invalid(format!("batch: \"events\" must be an array ({e})")))?;
    let mut items: Vec<Item> = Vec::with_capacity(elements.len());
    let mut seen: HashMap<(String, Option<When>), usize> = HashMap::new();
    let mut moved: HashMap<String, (TimeDelta, Zone)> = HashMap::new();
    let mut zones = Zones::new(tick);
    for element in elements {
        let (item, moved_by) = parse_event(element.get(), &mut zones)?;
        if let Item::Event(event, _) = &item {
            if event.recurrence.is_some() && !moved_by.is_zero() {
                let zone = event.timezone.as_deref().and_then(zone_named).unwrap_or(Zone::UTC);
                moved.insert(event.external_event_id.clone(), (moved_by, zone));
            }
            match seen.entry((event.external_event_id.clone(), event.recurrence_id)) {
                Entry::Vacant(entry) => {
                    entry.insert(items.len());
                }
                Entry::Occupied(entry) => {
                    let earlier = &mut items[*entry.get()];
                    if !matches!(earlier, Item::Event(e, _) if e.revision() > event.revision()) {
                        *earlier = item;
                    }
                    continue;
                }
            }
        }
        items.push(item);
    }
    if !moved.is_empty() {
        move_overrides(&mut items, &moved);
    }
    Ok(items)
}

/// Has overrides replace the occurrences of series whose start was moved.
fn move_overrides(items: &mut [Item], moved: &HashMap<String, (TimeDelta, Zone)>) {
    for item in items {
        if let Item::Event(event, _) = item
            && let Some((by, zone)) = moved.get(&event.external_event_id)
        {
            event.recurrence_id = event.recurrence_id.map(|id| match id {
                When::Date(date) if *by == TimeDelta::days(by.num_days()) => {
                    let moved = date.checked_add_signed(*by);
                    When::Date(moved.filter(|to| YEARS.contains(&to.year())).unwrap_or(date))
                }
                When::Date(date) => When::Date(date),
                When::At(instant) => {
                    let local = zone.instant_to_local(instant).checked_add_signed(*by);
                    let moved = local.filter(|to| YEARS.contains(&to.year()));
                    When::At(moved.map_or(instant, |local| local_to_instant(zone, local)))
                }
            });
        }
    }
}

/// The `events` array of a batch, as JSON.
pub fn write_events(events: &[Event]) -> String {
    let wires: Vec<Wire<'_>> = events.iter().map(Wire::from).collect();
    serde_json::to_string(&wires).unwrap_or_default()
}

fn parse_event(json: &str, zones: &mut Zones<'_>) -> Result<(Item, TimeDelta)> {
    if !(zones.tick)() {
        return Err(Error::interrupted());
    }
    // Serde would also read an array, by position.
    let (wire, repairs) = match serde_json::from_str(json) {
        Ok(wire) if json.starts_with('{') => (wire, Vec::new()),
        _ => match member_by_member(json) {
            Ok(read) => read,
            Err(rejected) => return Ok((Item::Rejected(rejected), TimeDelta::zero())),
        },
    };
    match event(&wire, repairs, zones) {
        Ok((event, moved_by)) => {
            Ok((Item::Event(Box::new(event), wire.raw.map(ToOwned::to_owned)), moved_by))
        }
        Err(error) if error.is_interrupted() => Err(error),
        Err(error) => {
            let external_event_id = wire.external_event_id.map(Cow::into_owned);
            let rejected = Rejected { external_event_id, reason: error.to_string() };
            Ok((Item::Rejected(rejected), TimeDelta::zero()))
        }
    }
}

/// An element that does not have the form of an event, without its members that are
/// wrong; and what is wrong about them. Without a valid id and start it is rejected.
fn member_by_member(json: &str) -> std::result::Result<(Wire<'_>, Vec<String>), Rejected> {
    let Ok(members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json) else {
        let reason = format!("an event must be a JSON object, not {}", cut(json));
        return Err(Rejected { external_event_id: None, reason });
    };
    let is_right = |(key, value): &(&String, &&RawValue)| {
        let member = std::iter::once((key.as_str(), **value));
        Wire::deserialize(MapDeserializer::<_, serde_json::Error>::new(member)).is_ok()
    };
    let (right, wrong): (Vec<_>, Vec<_>) = members.iter().partition(is_right);
    let mut repairs = Vec::new();
    let mut lacks_needed = false;
    for (key, value) in &wrong {
        if !is_right(&(*key, &RawValue::NULL)) {
            repairs.push(format!("an event has no key {}: it was left out", quoted(key)));
            continue;
        }
        let allowed = match key.as_str() {
            "is_all_day" | "declined" => "true or false",
            "sequence" => "a whole number",
            "repairs" => "a list of strings",
            _ => "a string",
        };
        repairs.push(format!("{key} must be {allowed} or null, not {}", cut(value.get())));
        lacks_needed |= matches!(key.as_str(), "external_event_id" | "starts_at");
    }
    if wrong.is_empty() {
        repairs.push(format!("an event must have each key once, unlike {}", cut(json)));
    }
    let right = right.into_iter().map(|(key, value)| (key.as_str(), *value));
    let wire = Wire::deserialize(MapDeserializer::<_, serde_json::Error>::new(right));
    match wire {
        Ok(wire) if !lacks_needed => Ok((wire, repairs)),
        _ => {
            let id = members.get("external_event_id");
            let external_event_id = id.and_then(|id| serde_json::from_str(id.get()).ok());
            Err(Rejected { external_event_id, reason: repairs.join("; ") })
        }
    }
}
