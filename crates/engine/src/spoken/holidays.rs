//! Holidays of the United States, Canada and the United Kingdom, by name.

use crate::time::Zone;
use chrono::Weekday::{self, Mon, Sun, Thu};
use chrono::{Days, NaiveDate};

/// A country whose holidays are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    UnitedStates,
    Canada,
    UnitedKingdom,
}

use Country::{Canada, UnitedKingdom, UnitedStates};

/// How the date of a holiday is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A month and a day.
    On(u32, u32),
    /// A weekday of a month, counted from its start, and days after it.
    Nth(u32, Weekday, u8, i8),
    /// The last such weekday of a month.
    Last(u32, Weekday),
    /// Days after Easter Sunday of the western churches.
    Easter(i16),
    /// The Monday before May 25th.
    Victoria,
}

/// A holiday, in the countries where it is meant by its name; of the last, any.
pub(super) type Holiday = &'static [(Option<Country>, Rule)];

/// Names, separated by commas, as the words of a phrase are written: without
/// apostrophes.
pub(super) const HOLIDAYS: &[(&str, Holiday)] = &[
    ("new years day, new years, new year day", &[(None, Rule::On(1, 1))]),
    ("new years eve, new year eve", &[(None, Rule::On(12, 31))]),
    ("christmas, christmas day, xmas, xmas day", &[(None, Rule::On(12, 25))]),
    ("christmas eve, xmas eve", &[(None, Rule::On(12, 24))]),
    ("boxing day", &[(None, Rule::On(12, 26))]),
    ("valentines day, valentines, valentine day", &[(None, Rule::On(2, 14))]),
    ("groundhog day", &[(None, Rule::On(2, 2))]),
    ("st patricks day, saint patricks day, st paddys day", &[(None, Rule::On(3, 17))]),
    ("st georges day, saint georges day", &[(None, Rule::On(4, 23))]),
    ("st andrews day, saint andrews day", &[(None, Rule::On(11, 30))]),
    ("st davids day, saint davids day", &[(None, Rule::On(3, 1))]),
    ("april fools day, april fools", &[(None, Rule::On(4, 1))]),
    ("cinco de mayo", &[(None, Rule::On(5, 5))]),
    ("may day", &[(Some(UnitedStates), Rule::On(5, 1)), (Some(Canada), Rule::On(5, 1))]),
    ("juneteenth", &[(None, Rule::On(6, 19))]),
    ("canada day", &[(None, Rule::On(7, 1))]),
    ("independence day", &[(Some(UnitedStates), Rule::On(7, 4))]),
    ("halloween, halloween night", &[(None, Rule::On(10, 31))]),
    ("guy fawkes night, guy fawkes day, bonfire night", &[(None, Rule::On(11, 5))]),
    ("veterans day", &[(None, Rule::On(11, 11))]),
    ("remembrance day, armistice day", &[(None, Rule::On(11, 11))]),
    ("remembrance sunday", &[(Some(UnitedKingdom), Rule::Nth(11, Sun, 2, 0))]),
    (
        "truth and reconciliation day, national day for truth and reconciliation",
        &[(None, Rule::On(9, 30))],
    ),
    ("mardi gras, fat tuesday, shrove tuesday, pancake day", &[(None, Rule::Easter(-47))]),
    ("ash wednesday", &[(None, Rule::Easter(-46))]),
    ("palm sunday", &[(None, Rule::Easter(-7))]),
    ("maundy thursday, holy thursday", &[(None, Rule::Easter(-3))]),
    ("good friday", &[(None, Rule::Easter(-2))]),
    ("holy saturday, easter saturday", &[(None, Rule::Easter(-1))]),
    ("easter, easter sunday, easter day", &[(None, Rule::Easter(0))]),
    ("easter monday", &[(None, Rule::Easter(1))]),
    ("ascension day", &[(None, Rule::Easter(39))]),
    ("pentecost, whit sunday", &[(None, Rule::Easter(49))]),
    ("whit monday", &[(None, Rule::Easter(50))]),
    (
        "thanksgiving, thanksgiving day",
        &[(Some(UnitedStates), US_THANKSGIVING), (Some(Canada), CANADIAN_THANKSGIVING)],
    ),
    ("american thanksgiving, us thanksgiving", &[(None, US_THANKSGIVING)]),
    ("canadian thanksgiving", &[(None, CANADIAN_THANKSGIVING)]),
    ("black friday", &[(None, Rule::Nth(11, Thu, 4, 1))]),
    ("cyber monday", &[(None, Rule::Nth(11, Thu, 4, 4))]),
    (
        "labor day, labour day",
        &[(Some(UnitedStates), Rule::Nth(9, Mon, 1, 0)), (Some(Canada), Rule::Nth(9, Mon, 1, 0))],
    ),
    ("memorial day", &[(Some(UnitedStates), Rule::Last(5, Mon))]),
    (
        "martin luther king day, martin luther king jr day, martin luther king junior day, mlk day",
        &[(None, Rule::Nth(1, Mon, 3, 0))],
    ),
    (
        "presidents day, president day, washingtons birthday",
        &[(Some(UnitedStates), Rule::Nth(2, Mon, 3, 0))],
    ),
    ("columbus day, indigenous peoples day", &[(Some(UnitedStates), Rule::Nth(10, Mon, 2, 0))]),
    ("patriots day", &[(Some(UnitedStates), Rule::Nth(4, Mon, 3, 0))]),
    ("victoria day", &[(Some(Canada), Rule::Victoria)]),
    ("family day", &[(Some(Canada), Rule::Nth(2, Mon, 3, 0))]),
    ("thanksgiving monday", &[(Some(Canada), CANADIAN_THANKSGIVING)]),
    ("st jean baptiste day, saint jean baptiste day", &[(Some(Canada), Rule::On(6, 24))]),
    ("civic holiday", &[(Some(Canada), Rule::Nth(8, Mon, 1, 0))]),
    (
        "mothers day, mother day",
        &[
            (Some(UnitedStates), Rule::Nth(5, Sun, 2, 0)),
            (Some(Canada), Rule::Nth(5, Sun, 2, 0)),
            (Some(UnitedKingdom), Rule::Easter(-21)),
        ],
    ),
    ("mothering sunday", &[(None, Rule::Easter(-21))]),
    (
        "fathers day, father day",
        &[
            (Some(UnitedStates), Rule::Nth(6, Sun, 3, 0)),
            (Some(Canada), Rule::Nth(6, Sun, 3, 0)),
            (Some(UnitedKingdom), Rule::Nth(6, Sun, 3, 0)),
        ],
    ),
    (
        "early may bank holiday, may day bank holiday",
        &[(Some(UnitedKingdom), Rule::Nth(5, Mon, 1, 0))],
    ),
    ("spring bank holiday", &[(Some(UnitedKingdom), Rule::Last(5, Mon))]),
    ("summer bank holiday, august bank holiday", &[(Some(UnitedKingdom), Rule::Last(8, Mon))]),
    ("election day", &[(Some(UnitedStates), Rule::Nth(11, Mon, 1, 1))]),
];

const US_THANKSGIVING: Rule = Rule::Nth(11, Thu, 4, 0);
const CANADIAN_THANKSGIVING: Rule = Rule::Nth(10, Mon, 2, 0);

/// The date of a holiday in a year, for a caller in `zone`; `None` where the
/// caller's country has none of that name, or it is not known which country.
pub(super) fn date(holiday: Holiday, year: i32, zone: &Zone) -> Option<NaiveDate> {
    let country = country(zone);
    let (_, rule) = holiday.iter().find(|(of, _)| of.is_none() || *of == country)?;
    match *rule {
        Rule::On(month, day) => NaiveDate::from_ymd_opt(year, month, day),
        Rule::Nth(month, weekday, nth, days) => {
            let date = NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)?;
            date.checked_add_days(Days::new(u64::try_from(days).ok()?))
        }
        Rule::Last(month, weekday) => (4..=5)
            .rev()
            .find_map(|nth| NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth)),
        Rule::Easter(days) => {
            easter(year)?.checked_add_signed(chrono::TimeDelta::days(i64::from(days)))
        }
        Rule::Victoria => {
            let last = NaiveDate::from_ymd_opt(year, 5, 24)?;
            last.week(Mon).checked_first_day()
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher.
fn easter(year: i32) -> Option<NaiveDate> {
    let (century, of_century) = (year / 100, year % 100);
    let golden = year % 19;
    let epact =
        (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days = epact + weekday - 7 * late + 114;
    let part = |value: i32| u32::try_from(value).ok();
    NaiveDate::from_ymd_opt(year, part(days / 31)?, part(days % 31 + 1)?)
}

/// The country of a zone, where its holidays are known.
fn country(zone: &Zone) -> Option<Country> {
    let Zone::Iana(tz) = zone else { return None };
    let name = tz.name();
    if CANADIAN.contains(&name) || name.starts_with("Canada/") {
        Some(Canada)
    } else if AMERICAN.contains(&name)
        || ["US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/"]
            .iter()
            .any(|region| name.starts_with(region))
    {
        Some(UnitedStates)
    } else if BRITISH.contains(&name) {
        Some(UnitedKingdom)
    } else {
        None
    }
}

const AMERICAN: [&str; 28] = [
    "America/New_York",
    "America/Detroit",
    "America/Chicago",
    "America/Menominee",
    "America/Denver",
    "America/Boise",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Juneau",
    "America/Sitka",
    "America/Nome",
    "America/Yakutat",
    "America/Metlakatla",
    "America/Adak",
    "America/Atka",
    "America/Fort_Wayne",
    "America/Indianapolis",
    "America/Louisville",
    "America/Knox_IN",
    "America/Shiprock",
    "Pacific/Honolulu",
    "Navajo",
    "EST5EDT",
    "CST6CDT",
    "MST7MDT",
    "PST8PDT",
    "HST",
];

const CANADIAN: [&str; 30] = [
    "America/Toronto",
    "America/Montreal",
    "America/Vancouver",
    "America/Edmonton",
    "America/Winnipeg",
    "America/Halifax",
    "America/St_Johns",
    "America/Regina",
    "America/Moncton",
    "America/Glace_Bay",
    "America/Goose_Bay",
    "America/Thunder_Bay",
    "America/Nipigon",
    "America/Rainy_River",
    "America/Iqaluit",
    "America/Pangnirtung",
    "America/Rankin_Inlet",
    "America/Resolute",
    "America/Cambridge_Bay",
    "America/Yellowknife",
    "America/Inuvik",
    "America/Whitehorse",
    "America/Dawson",
    "America/Dawson_Creek",
    "America/Fort_Nelson",
    "America/Creston",
    "America/Swift_Current",
    "America/Blanc-Sablon",
    "America/Atikokan",
    "America/Coral_Harbour",
];

const BRITISH: [&str; 7] = [
    "Europe/London",
    "Europe/Belfast",
    "Europe/Jersey",
    "Europe/Guernsey",
    "Europe/Isle_of_Man",
    "GB",
    "GB-Eire",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Dates of public calendars: of the U.S. Office of Personnel Management, of
    /// the Government of Canada and of gov.uk.
    #[test]
    fn holidays_fall_on_their_dates() {
        for (name, zone, dates) in [
            (
                "easter",
                "UTC",
                &[
                    "2024-03-31",
                    "2025-04-20",
                    "2026-04-05",
                    "2027-03-28",
                    "2038-04-25",
                    "2285-03-22",
                ][..],
            ),
            ("good friday", "UTC", &["2026-04-03", "2027-03-26"]),
            ("ash wednesday", "UTC", &["2026-02-18"]),
            ("whit monday", "UTC", &["2026-05-25"]),
            ("thanksgiving", "America/New_York", &["2025-11-27", "2026-11-26", "2028-11-23"]),
            ("thanksgiving", "America/Toronto", &["2025-10-13", "2026-10-12"]),
            ("black friday", "America/Toronto", &["2026-11-27", "2024-11-29"]),
            ("cyber monday", "UTC", &["2026-11-30"]),
            ("labour day", "America/Vancouver", &["2026-09-07"]),
            ("memorial day", "US/Pacific", &["2026-05-25", "2027-05-31"]),
            ("mlk day", "America/Denver", &["2026-01-19"]),
            ("presidents day", "America/Chicago", &["2026-02-16"]),
            ("columbus day", "America/Chicago", &["2026-10-12"]),
            ("victoria day", "America/Halifax", &["2026-05-18", "2025-05-19", "2027-05-24"]),
            ("mothers day", "America/Toronto", &["2026-05-10"]),
            ("mothers day", "Europe/London", &["2026-03-15"]),
            ("fathers day", "Europe/London", &["2026-06-21"]),
            ("early may bank holiday", "Europe/London", &["2026-05-04"]),
            ("spring bank holiday", "Europe/London", &["2026-05-25"]),
            ("summer bank holiday", "Europe/London", &["2026-08-31"]),
            ("election day", "America/New_York", &["2026-11-03", "2022-11-08"]),
        ] {
            let named = |names: &str| names.split(", ").any(|one| one == name);
            let (_, holiday) = HOLIDAYS.iter().find(|(names, _)| named(names)).unwrap();
            let zone = Zone::iana(zone).unwrap();
            for expected in dates {
                let expected: NaiveDate = expected.parse().unwrap();
                let year = chrono::Datelike::year(&expected);
                assert_eq!(date(holiday, year, &zone), Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn what_differs_by_country_needs_one() {
        let of = |name: &str, zone: &str| {
            let (_, holiday) = HOLIDAYS.iter().find(|(names, _)| names.starts_with(name)).unwrap();
            date(holiday, 2026, &Zone::iana(zone).unwrap())
        };
        assert_eq!(of("thanksgiving", "Europe/Paris"), None);
        assert_eq!(of("labor day", "Europe/London"), None);
        assert_eq!(of("victoria day", "America/New_York"), None);
        assert!(of("christmas", "Asia/Tokyo").is_some());
    }
}
