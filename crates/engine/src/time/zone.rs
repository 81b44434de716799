//! Named time zones.

use super::{CustomZone, Instant, Offsets};
use crate::error::quoted;
use crate::{Error, Result};
use chrono::{Offset, TimeZone};
use chrono_tz::Tz;
use std::sync::Arc;

/// A time zone: one of the IANA database, or one that a calendar defined.
#[derive(Debug, Clone, PartialEq)]
pub enum Zone {
    /// A zone of the IANA database, such as `America/New_York`.
    Iana(Tz),
    /// A zone given by a VTIMEZONE that no IANA zone matches.
    Custom(Arc<CustomZone>),
}

impl Zone {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self::Iana(Tz::UTC);

    /// The IANA zone of this exact name.
    pub fn iana(name: &str) -> Result<Self> {
        name.parse().map(Self::Iana).map_err(|_| {
            Error::invalid(format!(
                "unknown time zone {}: give an IANA name such as \"America/New_York\"",
                quoted(name)
            ))
        })
    }

    /// The IANA name, or `None` for a zone that a calendar defined.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Iana(tz) => Some(tz.name()),
            Self::Custom(_) => None,
        }
    }
}

impl Offsets for Zone {
    fn offset_at(&self, instant: Instant) -> i32 {
        match self {
            Self::Iana(tz) => tz.offset_from_utc_datetime(&instant.utc()).fix().local_minus_utc(),
            Self::Custom(zone) => zone.offset_at(instant),
        }
    }
}

/// The release of the IANA time zone database that this crate holds, such as `2026a`.
pub const IANA_VERSION: &str = chrono_tz::IANA_TZDB_VERSION;
