//! Time zones as people name them.

use crate::time::Zone;
use chrono::{NaiveDate, TimeZone};
use chrono_tz::{OffsetName, TZ_VARIANTS, Tz};
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

/// Abbreviations, each with its zone; with none where people of several regions
/// use it for clocks that differ.
const ABBREVIATIONS: [(&str, &str); 28] = [
    ("America/New_York", "et est edt"),
    ("America/Chicago", "ct cst cdt"),
    ("America/Denver", "mt mst mdt"),
    ("America/Los_Angeles", "pt pst pdt"),
    ("America/Anchorage", "akst akdt"),
    ("Pacific/Honolulu", "hst"),
    ("America/Halifax", "ast adt"),
    ("America/St_Johns", "nst ndt"),
    ("Europe/Paris", "cet cest"),
    ("Europe/Athens", "eet eest"),
    ("Europe/Lisbon", "wet"),
    ("Europe/Moscow", "msk"),
    ("Africa/Johannesburg", "sast"),
    ("Asia/Karachi", "pkt"),
    ("Asia/Singapore", "sgt"),
    ("Asia/Hong_Kong", "hkt"),
    ("Asia/Manila", "pht"),
    ("Asia/Tokyo", "jst"),
    ("Asia/Seoul", "kst"),
    ("Australia/Sydney", "aest aedt"),
    ("Australia/Adelaide", "acst acdt"),
    ("Australia/Perth", "awst"),
    ("Pacific/Auckland", "nzst nzdt nzt"),
    ("America/Sao_Paulo", "brt"),
    ("America/Argentina/Buenos_Aires", "art"),
    ("America/Santiago", "clt"),
    ("America/Bogota", "cot"),
    ("", "bst ist gst"),
];

/// Names of larger regions, which name their zone even without "time".
const LARGE: [(&str, &str); 12] = [
    ("America/New_York", "east coast"),
    ("America/Los_Angeles", "west coast"),
    ("Europe/Paris", "central european, central europe"),
    ("Europe/Athens", "eastern european, eastern europe"),
    ("Europe/Lisbon", "western european"),
    ("Europe/London", "uk, united kingdom, great britain"),
    ("Australia/Sydney", "australian eastern, eastern australian"),
    ("Australia/Adelaide", "australian central"),
    ("Australia/Perth", "australian western"),
    ("Pacific/Auckland", "new zealand"),
    ("Africa/Johannesburg", "south african"),
    (
        "UTC",
        "utc, gmt, z, zulu, greenwich mean time, coordinated universal time, universal time, greenwich time",
    ),
];

/// Names of countries, states and cities that are no zone's, said with "time".
const PLACES: [(&str, &str); 27] = [
    ("America/New_York", "boston, philadelphia, atlanta, miami, washington dc, new jersey"),
    ("America/Toronto", "ottawa, ontario, quebec"),
    ("America/Chicago", "dallas, houston, austin, minneapolis, illinois, wisconsin"),
    ("America/Denver", "colorado, utah, salt lake, salt lake city"),
    ("America/Edmonton", "calgary, alberta"),
    ("America/Los_Angeles", "california, san francisco, seattle, san diego, las vegas"),
    ("America/Vancouver", "british columbia, bc"),
    ("America/Winnipeg", "manitoba"),
    ("America/Halifax", "nova scotia"),
    ("Europe/London", "british, britain, england, english, scotland, scottish, wales"),
    ("Europe/Dublin", "irish, ireland"),
    ("Europe/Paris", "france, french"),
    ("Europe/Berlin", "germany, german"),
    ("Europe/Madrid", "spanish"),
    ("Europe/Rome", "italy, italian"),
    ("Europe/Zurich", "switzerland, swiss"),
    ("Asia/Kolkata", "india, indian, mumbai, delhi, bangalore"),
    ("Asia/Tokyo", "japan, japanese"),
    ("Asia/Seoul", "korea, korean"),
    ("Asia/Shanghai", "china, chinese, beijing"),
    ("Asia/Jerusalem", "israel, israeli"),
    ("Asia/Dubai", "gulf, uae"),
    ("Asia/Manila", "philippine, philippines"),
    ("Africa/Lagos", "west africa, west african"),
    ("Africa/Nairobi", "east africa, east african"),
    ("Africa/Johannesburg", "south africa"),
    ("America/Sao_Paulo", "brasilia"),
];

/// Beginnings of names of zones whose last part names no city.
const NOT_CITIES: [&str; 11] = [
    "Australia/ACT",
    "Australia/LHI",
    "Australia/NSW",
    "Australia/North",
    "Australia/South",
    "Australia/West",
    "Brazil/",
    "Chile/",
    "Etc/",
    "Mexico/",
    "Pacific/Easter",
];

static REGION_OF: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    REGIONS
        .iter()
        .flat_map(|&(region, zones)| zones.split(' ').map(move |zone| (zone, region)))
        .collect()
});

/// A name that callers give a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ZoneName {
    Of(Tz),
    /// An abbreviation, in capitals: it is the caller's own zone where that goes
    /// by it, or else this one, if any.
    Short(&'static str, Option<Tz>),
}

impl ZoneName {
    /// The zone that a caller in `zone` means; `None` where it is ambiguous.
    pub(super) fn meant(self, zone: &Zone) -> Option<Tz> {
        match self {
            Self::Of(tz) => Some(tz),
            Self::Short(short, usual) => own(zone, short).or(usual),
        }
    }
}

/// The zone, if clocks in it go by this abbreviation in winter or in summer.
fn own(zone: &Zone, short: &str) -> Option<Tz> {
    let Zone::Iana(tz) = zone else { return None };
    let goes_by = |month| {
        let noon = NaiveDate::from_ymd_opt(2026, month, 1)?.and_hms_opt(12, 0, 0)?;
        let offset = tz.offset_from_utc_datetime(&noon);
        Some(offset.abbreviation()?.eq_ignore_ascii_case(short))
    };
    [1, 7].into_iter().any(|month| goes_by(month) == Some(true)).then_some(*tz)
}

/// Every name in lower case, with what it names: "pacific", "eastern standard
/// time", "london time", "cet". Of equal names the last counts.
pub(super) fn names() -> impl Iterator<Item = (String, ZoneName)> {
    let iana = |name: &str| name.parse::<Tz>().ok();
    let cities = TZ_VARIANTS.iter().filter(|tz| {
        tz.name().contains('/') && !NOT_CITIES.iter().any(|old| tz.name().starts_with(old))
    });
    let cities = cities.map(|&tz| (city(tz).to_lowercase(), tz));
    let places = listed(&PLACES).chain(cities).flat_map(|(name, tz)| with_time(&name, tz));
    let regions = REGIONS.iter().flat_map(move |(region, zones)| {
        let tz = zones.split(' ').next().and_then(iana).unwrap_or(Tz::UTC);
        let name = region.to_lowercase();
        let short = ["", " standard", " daylight"].map(|rest| (format!("{name}{rest}"), tz));
        short.into_iter().chain(with_time(&name, tz))
    });
    let large = listed(&LARGE).flat_map(|(name, tz)| {
        let alone = [(name.clone(), tz)];
        alone.into_iter().chain(with_time(&name, tz))
    });
    let abbreviations = ABBREVIATIONS.iter().flat_map(move |&(zone, words)| {
        words.split(' ').map(move |word| (word.to_owned(), ZoneName::Short(word, iana(zone))))
    });
    let of = |(name, tz)| (name, ZoneName::Of(tz));
    places.chain(large).chain(regions).map(of).chain(abbreviations)
}

fn listed(lists: &'static [(&str, &str)]) -> impl Iterator<Item = (String, Tz)> {
    lists.iter().flat_map(|&(zone, names)| {
        let tz: Option<Tz> = zone.parse().ok();
        names.split(", ").filter_map(move |name| Some((name.to_owned(), tz?)))
    })
}

/// A name with the words for its time after it.
fn with_time(name: &str, tz: Tz) -> impl Iterator<Item = (String, Tz)> + use<> {
    [
        "time",
        "standard time",
        "summer time",
        "daylight time",
        "daylight saving time",
        "daylight savings time",
        "mean time",
    ]
    .map(|rest| (format!("{name} {rest}"), tz))
    .into_iter()
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
