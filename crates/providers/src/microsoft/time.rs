//! `dateTimeTimeZone`: local time and the name of a zone.

use crate::lenient;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use engine::time::{
    Instant, Zone, date_of, local_to_instant, parse_instant, parse_local, zone_named,
};
use serde::Deserialize;

/// A point in time, without an offset.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DateTimeTimeZone {
    date_time: String,
    #[serde(default, deserialize_with = "lenient::value")]
    time_zone: Option<String>,
}

impl DateTimeTimeZone {
    /// The local time, as written.
    pub(super) fn local(&self) -> Option<NaiveDateTime> {
        parse_local(self.date_time.trim())
    }

    /// The date. A time of day that is not midnight is that of another zone than the date's, which
    /// is taken to be `otherwise`.
    pub(super) fn date(&self, otherwise: &Zone) -> Option<NaiveDate> {
        match self.local() {
            Some(local) if local.time() == NaiveTime::MIN => Some(local.date()),
            _ => self.instant(otherwise).map(|instant| date_of(otherwise, instant)),
        }
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
