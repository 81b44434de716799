//! From a TZID to a zone (RFC 5545 section 3.2.19).

use super::vtimezone::{Definition, LAST_YEAR};
use crate::Result;
use crate::rfc5545::{Line, Lines};
use crate::time::{CustomZone, Instant, Offsets, Zone, fixed_iana_zone, zone_named};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::sync::Arc;

/// The zones most calendars are in; tried before all others, so that a
/// VTIMEZONE gets the name that people expect.
const COMMON: [Tz; 32] = [
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Los_Angeles,
    Tz::America__Phoenix,
    Tz::America__Anchorage,
    Tz::Pacific__Honolulu,
    Tz::America__Halifax,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::America__Mexico_City,
    Tz::America__Bogota,
    Tz::Europe__London,
    Tz::Europe__Berlin,
    Tz::Europe__Athens,
    Tz::Europe__Istanbul,
    Tz::Europe__Moscow,
    Tz::Africa__Cairo,
    Tz::Africa__Johannesburg,
    Tz::Africa__Lagos,
    Tz::Asia__Jerusalem,
    Tz::Asia__Dubai,
    Tz::Asia__Karachi,
    Tz::Asia__Kolkata,
    Tz::Asia__Dhaka,
    Tz::Asia__Bangkok,
    Tz::Asia__Singapore,
    Tz::Asia__Tokyo,
    Tz::Australia__Brisbane,
    Tz::Australia__Adelaide,
    Tz::Australia__Sydney,
    Tz::Pacific__Auckland,
];

/// The zone that a TZID (RFC 5545 section 3.2.19) means: what `vtimezone` (section
/// 3.6.5) defines, or else what its name does ([`zone_named`]).
///
/// A definition is taken for the IANA zone that has the same offsets, preferably the
/// one that the TZID names, and is otherwise a [`Zone::Custom`]. `None` where neither
/// is of use: the calendar's own zone is meant.
pub fn resolve_zone(tzid: &str, vtimezone: Option<&str>) -> Option<Zone> {
    let named = zone_named(tzid);
    let defined = vtimezone.and_then(|text| {
        let lines: Vec<_> = Lines::new(text).map(Line::new).collect();
        let definition = Definition::parse(lines.iter()).ok()?;
        let custom = definition.zone(&mut || true).ok()?;
        Some(match iana_alike(&definition, &custom, [named.as_ref(), None]) {
            Some(zone) => Zone::Iana(zone),
            None => Zone::Custom(Arc::new(custom)),
        })
    });
    defined.or(named)
}

/// The IANA zone with the offsets of a VTIMEZONE. Those `preferred` are taken where
/// they are some of several.
pub(super) fn iana_alike(
    definition: &Definition,
    custom: &CustomZone,
    preferred: [Option<&Zone>; 2],
) -> Option<Tz> {
    let iana = |zone: &Zone| match zone {
        Zone::Iana(zone) => Some(*zone),
        Zone::Custom(_) => None,
    };
    let hint = definition.location.as_deref().and_then(zone_named);
    let [named, calendar] = preferred.map(|zone| zone.and_then(iana));
    if let Some(named) = named.filter(|named| definition.is_excerpt_of(&Zone::Iana(*named))) {
        return Some(named);
    }
    let fixed = definition.only_offset().and_then(fixed_iana_zone);
    let samples = samples(definition, custom)?;
    let alike = |zone: &Tz| {
        let zone = Zone::Iana(*zone);
        samples.iter().all(|&(instant, offset)| zone.offset_at(instant) == offset)
    };
    // A zone that never changes is that alone: one that happens to have had no
    // change of late may yet get one.
    let told = named.into_iter().chain(hint.as_ref().and_then(iana)).chain(fixed).chain(calendar);
    told.chain(COMMON).chain(TZ_VARIANTS).find(alike)
}

/// Whether a VTIMEZONE has the offsets of the zone that it is named by, which most
/// have; found out with little work. False also where that takes more.
pub(super) fn is_named_rightly(
    definition: &Definition,
    named: &Zone,
    tick: &mut dyn FnMut() -> bool,
) -> Result<bool> {
    // Its changes of the two years before tell the offset at the beginning.
    let custom = match definition.zone_within(YEARS.start - 2..YEARS.end + 1, tick) {
        Ok(custom) => custom,
        Err(error) if error.is_interrupted() => return Err(error),
        Err(_) => return Ok(false),
    };
    let [before, first, end] = [YEARS.start - 2, YEARS.start, YEARS.end].map(new_year);
    let changes: Vec<Instant> =
        custom.changes().filter(|change| before <= *change && *change < end).collect();
    if changes.first().is_none_or(|change| *change >= first) {
        return Ok(false);
    }
    let weeks = std::iter::successors(Some(first), |at| Some(*at + TimeDelta::weeks(2)));
    let beside = changes.iter().flat_map(|at| [*at + TimeDelta::seconds(-1), *at]);
    Ok(weeks
        .take_while(|at| *at < end)
        .chain(beside.filter(|at| *at >= first))
        .all(|at| custom.offset_at(at) == named.offset_at(at)))
}

fn new_year(year: i32) -> Instant {
    let date = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    Instant::from_utc(date.and_time(NaiveTime::MIN))
}

/// The years in which two zones must agree to be taken for the same. Earlier
/// ones matter to no booking, and Outlook writes today's rules as if they had
/// been in force since 1601; many programs write the rules up to 2037 only.
const YEARS: std::ops::Range<i32> = 2020..2037;

/// For how many years they must agree where a VTIMEZONE begins later.
const FEW_YEARS: i32 = 5;

/// Offsets that distinguish zones: around each change, and once a week.
/// `None` if these years would extend beyond `LAST_YEAR`.
fn samples(definition: &Definition, custom: &CustomZone) -> Option<Vec<(Instant, i32)>> {
    let first_year = definition.first_onset().map_or(0, |onset| onset.year() + 1).max(YEARS.start);
    let end_year = YEARS.end.max(first_year + FEW_YEARS);
    if end_year > LAST_YEAR {
        return None;
    }
    let (mut at, end) = (new_year(first_year), new_year(end_year));
    let mut samples = Vec::new();
    while at < end {
        let offset = custom.offset_at(at);
        samples.push((at, offset));
        let next = at + TimeDelta::weeks(1);
        if custom.offset_at(next) != offset {
            let change = super::changes::change_between(custom, at, next);
            samples.push((change + TimeDelta::seconds(-1), offset));
            samples.push((change, custom.offset_at(change)));
        }
        at = next;
    }
    // What differs in summer only is told apart by few samples: a year's
    // quarter first, so that most zones fail early.
    samples.sort_by_key(|&(at, _)| (at.0 / 604_800_000_000) % 13);
    Some(samples)
}
