//! When leads are sent no SMS.

use crate::time::{Instant, Offsets, local_to_instant};
use chrono::{Days, NaiveTime};

/// Local hours, which may go over midnight. Where they end as they begin, there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin.
    pub from: NaiveTime,
    /// When they end.
    pub until: NaiveTime,
}

/// From 21:00 to 08:00.
impl Default for QuietHours {
    fn default() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self { from: hour(21), until: hour(8) }
    }
}

const DAY: Days = Days::new(1);

impl QuietHours {
    /// The end of the quiet hours that an instant is in; `None` where it is not in them.
    pub fn end(self, zone: &impl Offsets, instant: Instant) -> Option<Instant> {
        let local = zone.instant_to_local(instant);
        let date = if local.time() < self.until { local.date() } else { local.date() + DAY };
        let end = local_to_instant(zone, date.and_time(self.until));
        (self.contains(local.time()) && end > instant).then_some(end)
    }

    /// An instant, or the last minute before the quiet hours that it is in.
    pub fn before(self, zone: &impl Offsets, instant: Instant) -> Instant {
        let local = zone.instant_to_local(instant);
        if !self.contains(local.time()) {
            return instant;
        }
        let date = if self.from <= local.time() { local.date() } else { local.date() - DAY };
        local_to_instant(zone, date.and_time(self.from)).plus_minutes(-1)
    }

    fn contains(self, local: NaiveTime) -> bool {
        if self.from <= self.until {
            self.from <= local && local < self.until
        } else {
            self.from <= local || local < self.until
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Zone, parse_instant};

    fn hours(from: &str, until: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), until: until.parse().unwrap() }
    }

    #[test]
    fn quiet_hours_are_left_in_both_directions() {
        let zone = Zone::iana("America/New_York").unwrap();
        let at = |text| parse_instant(text).unwrap();
        let usual = QuietHours::default();
        for (instant, before, end) in [
            // 20:59, 21:00, 07:59 and 08:00.
            ("2026-03-05T01:59:00Z", "2026-03-05T01:59:00Z", None),
            ("2026-03-05T02:00:00Z", "2026-03-05T01:59:00Z", Some("2026-03-05T13:00:00Z")),
            ("2026-03-05T12:59:00Z", "2026-03-05T01:59:00Z", Some("2026-03-05T13:00:00Z")),
            ("2026-03-05T13:00:00Z", "2026-03-05T13:00:00Z", None),
            // The clocks change in between.
            ("2026-03-08T11:59:00Z", "2026-03-08T01:59:00Z", Some("2026-03-08T12:00:00Z")),
            ("2026-03-08T02:30:00Z", "2026-03-08T01:59:00Z", Some("2026-03-08T12:00:00Z")),
            ("2026-11-01T02:30:00Z", "2026-11-01T00:59:00Z", Some("2026-11-01T13:00:00Z")),
        ] {
            assert_eq!(usual.before(&zone, at(instant)), at(before), "{instant}");
            assert_eq!(usual.end(&zone, at(instant)), end.map(at), "{instant}");
        }
        let noon = at("2026-03-05T17:00:00Z");
        assert_eq!(hours("12:00:00", "12:00:00").end(&zone, noon), None);
        assert_eq!(
            hours("11:00:00", "13:00:00").end(&zone, noon),
            Some(at("2026-03-05T18:00:00Z"))
        );
        assert_eq!(hours("11:00:00", "13:00:00").before(&zone, noon), at("2026-03-05T15:59:00Z"));
    }
}
