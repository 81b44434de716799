//! `dateTimeTimeZone`: local time and the name of a zone.

use chrono::NaiveDateTime;
use engine::time::{Instant, Zone, local_to_instant, parse_instant, zone_named};
use serde::Deserialize;

/// A point in time, without an offset.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DateTimeTimeZone {
    date_time: String,
    time_zone: Option<String>,
}

impl DateTimeTimeZone {
    /// The local time, as written.
    pub(super) fn local(&self) -> Option<NaiveDateTime> {
        // Seven digits of a second are usual.
        NaiveDateTime::parse_from_str(&self.date_time, "%Y-%m-%dT%H:%M:%S%.f")
            .ok()
            // Through the reader that knows which years can be reckoned with.
            .filter(|local| parse_instant(&format!("{}Z", local.format("%FT%T"))).is_some())
    }

    /// The instant. A zone that is not known counts as `otherwise`, because Microsoft
    /// adds new ones.
    pub(super) fn instant(&self, otherwise: &Zone) -> Option<Instant> {
        if let Some(instant) = parse_instant(&self.date_time) {
            return Some(instant);
        }
        let named = self.time_zone.as_deref().and_then(zone_named);
        Some(local_to_instant(named.as_ref().unwrap_or(otherwise), self.local()?))
    }
}
