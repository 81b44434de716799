//! The one conversion from local time to an instant, and what follows from it.

use super::Instant;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

/// A table of UTC offsets: what a time zone is to this crate.
pub trait Offsets {
    /// Seconds to add to UTC at `instant` to get local time.
    fn offset_at(&self, instant: Instant) -> i32;

    /// The local date and time of day at `instant`.
    fn instant_to_local(&self, instant: Instant) -> NaiveDateTime {
        shift(instant.utc(), i64::from(self.offset_at(instant)))
    }
}

/// Longer than any two clocks on earth lie apart, so that one change of offset
/// near a local time has surely not happened this long before it, and surely
/// has this long after it.
const WELL_CLEAR: TimeDelta = TimeDelta::hours(26);

/// The instant of a local time, by RFC 5545 section 3.3.5: a time that occurs
/// twice is its first occurrence; a time that is skipped is read with the
/// offset before the gap. Both say: with the offset in force before the change,
/// unless the change lies before even so.
pub fn local_to_instant(zone: &impl Offsets, local: NaiveDateTime) -> Instant {
    let as_utc = Instant::from_utc(local);
    let before = zone.offset_at(as_utc + -WELL_CLEAR);
    let after = zone.offset_at(as_utc + WELL_CLEAR);
    let read_with = |offset: i32| as_utc + TimeDelta::seconds(-i64::from(offset));
    let early = read_with(before);
    if before == after || zone.offset_at(early) == before {
        return early;
    }
    let late = read_with(after);
    if zone.offset_at(late) == after { late } else { early }
}

/// The instant at which `date` begins; where the zone skipped it, as Samoa did
/// 2011-12-30, that at which the next one does.
pub fn date_start(zone: &impl Offsets, date: NaiveDate) -> Instant {
    local_to_instant(zone, date.and_time(NaiveTime::MIN))
}

/// The local date at `instant`.
pub fn date_of(zone: &impl Offsets, instant: Instant) -> NaiveDate {
    zone.instant_to_local(instant).date()
}

fn shift(time: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    time.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(time)
}
