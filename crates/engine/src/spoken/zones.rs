//! Time zones as people name them.

use crate::time::Zone;
use chrono_tz::{TZ_VARIANTS, Tz};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Zones that are known by a name of their own, the one it is read as first.
/// Zones of the same region without its summer time, such as Jamaica's, go by
/// their city.
const REGIONS: [(&str, &str); 9] = [
    (
        "Eastern",
        "America/New_York America/Toronto America/Detroit America/Montreal America/Nassau \
         America/Nipigon America/Thunder_Bay America/Iqaluit America/Pangnirtung \
         America/Fort_Wayne America/Indianapolis America/Louisville \
         America/Indiana/Indianapolis America/Indiana/Marengo America/Indiana/Petersburg \
         America/Indiana/Vevay America/Indiana/Vincennes America/Indiana/Winamac \
         America/Kentucky/Louisville America/Kentucky/Monticello \
         US/Eastern US/Michigan US/East-Indiana Canada/Eastern EST5EDT",
    ),
    (
        "Central",
        "America/Chicago America/Winnipeg America/Menominee America/Rainy_River \
         America/Rankin_Inlet America/Resolute America/Matamoros America/Ojinaga \
         America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN \
         America/North_Dakota/Beulah America/North_Dakota/Center \
         America/North_Dakota/New_Salem US/Central US/Indiana-Starke Canada/Central CST6CDT",
    ),
    (
        "Mountain",
        "America/Denver America/Edmonton America/Boise America/Cambridge_Bay \
         America/Yellowknife America/Inuvik America/Ciudad_Juarez America/Shiprock Navajo \
         US/Mountain Canada/Mountain MST7MDT",
    ),
    (
        "Pacific",
        "America/Los_Angeles America/Vancouver America/Tijuana America/Ensenada \
         America/Santa_Isabel US/Pacific Canada/Pacific PST8PDT",
    ),
    (
        "Alaska",
        "America/Anchorage America/Juneau America/Sitka America/Nome America/Yakutat \
         America/Metlakatla US/Alaska",
    ),
    ("Hawaii", "Pacific/Honolulu Pacific/Johnston US/Hawaii HST"),
    ("Arizona", "America/Phoenix America/Creston US/Arizona"),
    (
        "Atlantic",
        "America/Halifax America/Moncton America/Glace_Bay America/Goose_Bay America/Thule \
         Atlantic/Bermuda Canada/Atlantic",
    ),
    ("Newfoundland", "America/St_Johns Canada/Newfoundland"),
];

/// What else callers say for a region.
const SHORT: [(&str, &str); 8] = [
    ("Eastern", "et est edt"),
    ("Central", "ct cst cdt"),
    ("Mountain", "mt mst mdt"),
    ("Pacific", "pt pst pdt"),
    ("Alaska", "akst akdt"),
    ("Hawaii", "hst"),
    ("Atlantic", "ast adt"),
    ("Newfoundland", "nst ndt"),
];

static REGION_OF: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    REGIONS
        .iter()
        .flat_map(|&(region, zones)| zones.split(' ').map(move |zone| (zone, region)))
        .collect()
});

static NAMED: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let mut named: HashMap<_, _> =
        TZ_VARIANTS.iter().map(|&tz| (format!("{} time", city(tz).to_lowercase()), tz)).collect();
    for (region, zones) in REGIONS {
        let tz: Tz = zones.split(' ').next().and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC);
        let region_name = region.to_lowercase();
        for rest in ["", " time", " standard time", " daylight time", " standard", " daylight"] {
            named.insert(format!("{region_name}{rest}"), tz);
        }
        let short = SHORT.iter().filter(|(of, _)| *of == region);
        named.extend(short.flat_map(|(_, words)| words.split(' ')).map(|s| (s.to_owned(), tz)));
    }
    named.extend(["utc", "gmt", "z", "zulu"].map(|name| (name.to_owned(), Tz::UTC)));
    named
});

/// The zone that callers mean by these words, in lower case: "pacific",
/// "eastern standard time", "london time".
pub(super) fn named(words: &str) -> Option<Tz> {
    NAMED.get(words).copied()
}

/// How a zone is said: "Eastern", "London time".
pub fn spoken_zone(zone: &Zone) -> String {
    let Zone::Iana(tz) = zone else { return "local time".to_owned() };
    let name = tz.name().trim_start_matches("Etc/");
    match REGION_OF.get(name) {
        Some(region) => (*region).to_owned(),
        None if name.bytes().any(|byte| byte.is_ascii_lowercase()) => format!("{} time", city(*tz)),
        None => name.to_owned(),
    }
}

/// Of an IANA name, the part that names a city, in words.
fn city(tz: Tz) -> String {
    let name = tz.name();
    name.rsplit('/').next().unwrap_or(name).replace(['_', '-'], " ")
}

/// The zone that a phrase is read in: the one that it names, unless that is
/// only another name of the caller's.
pub(super) fn overridden(zone: &Zone, named: Tz) -> Zone {
    let named = Zone::Iana(named);
    if spoken_zone(&named) == spoken_zone(zone) { zone.clone() } else { named }
}
