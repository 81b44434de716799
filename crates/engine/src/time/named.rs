//! From the names of zones that programs write to zones.

use super::{CustomZone, Zone};
use chrono_tz::{TZ_VARIANTS, Tz};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// The IANA name of each Windows zone name, by CLDR's `windowsZones.xml`.
const WINDOWS: &str = include_str!("windows_zones.tsv");

/// The Windows zone name of each display name of Outlook.
const OUTLOOK: &str = include_str!("outlook_zones.tsv");

/// Zones by their names in the form of [`key`].
static ZONES: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let iana = || TZ_VARIANTS.iter().map(|zone| (key(zone.name()), *zone));
    let mut zones: HashMap<String, Tz> = iana().collect();
    for table in [WINDOWS, OUTLOOK] {
        for (name, known_as) in rows(table) {
            if let Some(zone) = zones.get(&key(known_as)).copied() {
                zones.insert(key(name), zone);
            }
        }
    }
    // A name of several kinds is the IANA zone.
    zones.extend(iana());
    zones
});

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// A name to look up by: in lower case, with single blanks; IANA names have
/// underscores for them.
fn key(name: &str) -> String {
    let name = name.to_lowercase().replace('_', " ").replace(" and ", " & ");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The IANA name of a Windows zone name, by CLDR's `windowsZones.xml`.
pub fn windows_zone(name: &str) -> Option<&'static str> {
    rows(WINDOWS).find(|(windows, _)| *windows == name).map(|(_, iana)| iana)
}

/// The zone that a name means, as calendar programs write it; in any case, and
/// with or without quotes:
///
/// * an IANA name, such as `America/New_York`, also behind a prefix, such as
///   `/freeassociation.sourceforge.net/America/New_York`;
/// * a Windows name, such as `Eastern Standard Time`, or with `Daylight`;
/// * a display name of Outlook, such as `(UTC-05:00) Eastern Time (US & Canada)`;
/// * an offset from UTC, such as `UTC+2`, `GMT+0200`, `+02:00` or, with its sign
///   reversed as POSIX has it, `Etc/GMT-2`. It is a zone without clock changes:
///   one of the IANA database for whole hours from -12 to +14, else a
///   [`Zone::Custom`].
///
/// `None` for any other name.
pub fn zone_named(name: &str) -> Option<Zone> {
    let name = name.trim().trim_matches(['"', '\'']).trim();
    // Nobody's name of a zone is this long.
    if name.is_empty() || name.len() > 200 {
        return None;
    }
    let known = || known(name).or_else(|| prefixed(name)).map(Zone::Iana);
    known().or_else(|| displayed(name)).or_else(|| parse_offset(name).and_then(fixed_zone))
}

/// A name of the tables.
fn known(name: &str) -> Option<Tz> {
    let key = key(name);
    let own = |key: &str| ZONES.get(key).copied();
    own(&key)
        // Outlook numbers a zone that a stream defines twice.
        .or_else(|| own(key.trim_end_matches(|c: char| c.is_ascii_digit()).strip_suffix(' ')?))
        .or_else(|| own(&key.replace(" daylight time", " standard time")))
        .or_else(|| own(&key.replace(" summer time", " standard time")))
        .or_else(|| own(&key.replace(" standard time", " time").replace(" daylight time", " time")))
}

/// An IANA name at the end of a path.
fn prefixed(name: &str) -> Option<Tz> {
    // IANA names have at most three parts.
    let parts: Vec<&str> = name.rsplitn(4, '/').take(3).collect();
    (1..=parts.len()).rev().find_map(|count| {
        let suffix: Vec<&str> = parts[..count].iter().rev().copied().collect();
        // A single word behind a slash, such as Cuba, may be anything else.
        let is_clear = count > 1 || name.contains('/') && suffix[0].eq_ignore_ascii_case("UTC");
        if is_clear { ZONES.get(&key(&suffix.join("/"))).copied() } else { None }
    })
}

/// A display name: an offset in parentheses and then what the zone is called.
/// The offset is the standard one, which many programs do not keep up to date:
/// it counts only where the rest is not known.
fn displayed(name: &str) -> Option<Zone> {
    let (offset, rest) = name.strip_prefix('(')?.split_once(')')?;
    let offset = parse_offset(offset)?;
    let rest = rest.trim();
    let zone = known(rest).or_else(|| {
        // A list of cities that is not in the table, or is spelt in another way.
        rest.split(',').find_map(|city| city_zone(city, offset))
    });
    zone.map(Zone::Iana).or_else(|| fixed_zone(offset))
}

/// The IANA zone of a city with this standard offset.
fn city_zone(city: &str, offset: i32) -> Option<Tz> {
    use chrono_tz::OffsetComponents;
    let city = key(city);
    let is_it = |zone: &&Tz| {
        let own = zone.name().rsplit_once('/').is_some_and(|(_, own)| key(own) == city);
        own && {
            let utc = chrono::DateTime::UNIX_EPOCH.naive_utc() + chrono::TimeDelta::days(19_000);
            let standard = chrono::TimeZone::offset_from_utc_datetime(*zone, &utc);
            standard.base_utc_offset().num_seconds() == i64::from(offset)
        }
    };
    TZ_VARIANTS.iter().find(is_it).copied()
}

/// Seconds east of UTC: an optional `UTC` or `GMT`, a sign, hours, and minutes
/// with or without a colon. What follows in parentheses is a comment.
fn parse_offset(text: &str) -> Option<i32> {
    let text = text.split('(').next()?.trim().to_ascii_uppercase().replace(['\u{2212}', '–'], "-");
    let text = match ["UTC", "GMT"].iter().find_map(|name| text.strip_prefix(name)) {
        Some("") => return Some(0),
        Some(offset) => offset.trim(),
        None if text == "Z" => return Some(0),
        None => text.trim(),
    };
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+')?),
    };
    let text = text.trim();
    let (hours, minutes) = match text.split_once([':', '.']) {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return None,
        None if text.len() > 2 => text.split_at_checked(text.len() - 2)?,
        None => (text, "0"),
    };
    let number = |text: &str| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_number { text.parse::<i32>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    // No clock is further from UTC.
    (hours <= 14 && minutes < 60 && hours * 60 + minutes <= 14 * 60)
        .then_some(sign * (hours * 3600 + minutes * 60))
}

/// A zone that always has this offset.
fn fixed_zone(offset: i32) -> Option<Zone> {
    let custom = || Zone::Custom(Arc::new(CustomZone::new(offset, Vec::new())));
    Some(fixed_iana_zone(offset).map_or_else(custom, Zone::Iana))
}

/// `Etc/GMT-1` and its like, for whole hours: POSIX counts them west.
pub(crate) fn fixed_iana_zone(offset: i32) -> Option<Tz> {
    match offset / 3600 {
        _ if offset % 3600 != 0 => None,
        0 => Some(Tz::UTC),
        hours => ZONES.get(&format!("etc/gmt{:+}", -hours)).copied(),
    }
}
