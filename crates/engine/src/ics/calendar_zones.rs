//! The zones of one VCALENDAR.

use super::observances::definition_of;
use super::property::Property;
use super::vtimezone::Definition;
use super::zone::{iana_alike, is_named_rightly};
use crate::Result;
use crate::rfc5545::{Line, Moment};
use crate::time::{Instant, Zone, local_to_instant, zone_named};
use chrono::NaiveDateTime;
use std::collections::HashMap;
use std::sync::Arc;

/// A zone, and how to name it outside the calendar that it came in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) zone: Zone,
    /// The IANA name; `None` where the zone is custom or the calendar's own.
    pub(super) name: Option<&'static str>,
    /// The text of a custom zone.
    pub(super) vtimezone: Option<Arc<str>>,
}

impl Place {
    /// A zone that a name means: one with an IANA name, or else a fixed offset.
    pub(super) fn named(zone: Zone) -> Self {
        let vtimezone = zone.name().is_none().then(|| fixed_zone_text(&zone).into());
        Self { name: zone.name(), vtimezone, zone }
    }
}

/// The VTIMEZONE of a zone that always has one offset.
pub(crate) fn fixed_zone_text(zone: &Zone) -> String {
    definition_of(zone, "Fixed", Instant(0)).text()
}

/// A DATE, or a DATE-TIME with the instant that it means.
#[derive(Debug, Clone)]
pub(super) enum Time {
    Date(chrono::NaiveDate),
    At { instant: Instant, local: NaiveDateTime, place: Place },
}

/// Resolves the TZIDs of one VCALENDAR; each VTIMEZONE is worked out once, and
/// only when an event needs it.
pub(super) struct Zones<'a, 'z> {
    default: &'z Zone,
    /// X-WR-TIMEZONE, which many programs write: what an unknown TZID means.
    calendar: Option<Place>,
    definitions: HashMap<String, Vec<Line<'a>>>,
    resolved: HashMap<String, Place>,
}

impl<'a, 'z> Zones<'a, 'z> {
    pub(super) fn new(default: &'z Zone) -> Self {
        Self { default, calendar: None, definitions: HashMap::new(), resolved: HashMap::new() }
    }

    /// Takes note of X-WR-TIMEZONE.
    pub(super) fn set_calendar_zone(&mut self, name: &str) {
        self.calendar = zone_named(name).map(Place::named);
    }

    /// Takes note of the lines of a VTIMEZONE. Of two with one TZID the first counts.
    pub(super) fn define(&mut self, lines: Vec<Line<'a>>) {
        let tzid = lines.iter().find(|line| line.name().eq_ignore_ascii_case("TZID"));
        if let Some(key) = tzid.map(|line| key(Property::of(line).text())) {
            self.definitions.entry(key).or_insert(lines);
        }
    }

    /// The zone of floating times (section 3.3.5).
    pub(super) fn floating(&self) -> Place {
        Place { zone: self.default.clone(), name: None, vtimezone: None }
    }

    /// The zone that a TZID means.
    fn resolve(&mut self, tzid: &str, tick: &mut dyn FnMut() -> bool) -> Result<Place> {
        let key = key(tzid);
        if let Some(place) = self.resolved.get(&key) {
            return Ok(place.clone());
        }
        // A TZID is what the stream defines (section 3.6.5); its name is a hint.
        let named = zone_named(tzid);
        let defined = self.defined(&key, named.as_ref(), tick)?;
        let otherwise = || named.map(Place::named).or_else(|| self.calendar.clone());
        let place = defined.or_else(otherwise).unwrap_or_else(|| self.floating());
        self.resolved.insert(key, place.clone());
        Ok(place)
    }

    /// The zone of a VTIMEZONE, unless that is missing or of no use.
    fn defined(
        &self,
        key: &str,
        named: Option<&Zone>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Place>> {
        let Some(lines) = self.definitions.get(key) else { return Ok(None) };
        let Ok(definition) = Definition::parse(lines.iter()) else { return Ok(None) };
        if let Some(zone @ Zone::Iana(_)) = named
            && is_named_rightly(&definition, zone, tick)?
        {
            return Ok(Some(Place::named(zone.clone())));
        }
        let custom = match definition.zone(tick) {
            Ok(custom) => custom,
            Err(error) if error.is_interrupted() => return Err(error),
            Err(_) => return Ok(None),
        };
        let preferred = [named, Some(self.default)];
        Ok(Some(match iana_alike(&definition, &custom, preferred) {
            Some(zone) => Place::named(Zone::Iana(zone)),
            None => Place {
                zone: Zone::Custom(Arc::new(custom)),
                name: None,
                vtimezone: Some(definition.text().into()),
            },
        }))
    }

    /// Where the local times of a property are. Without a TZID they are by the clock
    /// of the property `beside` it, or else floating.
    pub(super) fn place(
        &mut self,
        line: &Line<'_>,
        beside: Option<&Place>,
        tick: &mut dyn FnMut() -> bool,
    ) -> Result<Place> {
        match line.tzid() {
            Some(tzid) => self.resolve(tzid, tick),
            None => Ok(beside.cloned().unwrap_or_else(|| self.floating())),
        }
    }
}

impl Time {
    /// What a moment at a place means.
    pub(super) fn new(moment: Moment, place: impl FnOnce() -> Result<Place>) -> Result<Self> {
        Ok(match moment {
            Moment::Date(date) => Self::Date(date),
            Moment::Utc(local) => Self::At {
                instant: Instant::from_utc(local),
                local,
                place: Place::named(Zone::UTC),
            },
            Moment::Local(local) => {
                let place = place()?;
                Self::At { instant: local_to_instant(&place.zone, local), local, place }
            }
        })
    }
}

/// A TZID to look up by: some programs quote or space it differently where it
/// is defined and where it is used.
fn key(tzid: &str) -> String {
    let plain = tzid.chars().filter(|c| !c.is_whitespace() && *c != '"');
    plain.collect::<String>().to_lowercase()
}
