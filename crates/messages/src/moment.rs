//! Instants as people read them: in their language and time zone, by ICU.

use crate::{Error, Result};
use chrono::{Datelike as _, Timelike as _};
use engine::time::{Instant, Offsets as _, Zone};
use icu_calendar::{Date, Gregorian};
use icu_datetime::fieldsets::{Combo, YMDE, YMDET, zone};
use icu_datetime::input::{Time, ZonedDateTime};
use icu_datetime::{DateTimeFormatterLoadError, FixedCalendarDateTimeFormatter};
use icu_locale_core::Locale;
use icu_time::zone::{IanaParser, UtcOffset, ZoneNameTimestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// An instant as its recipient reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// In full: `Tuesday, December 1, 2026 at 2:30 PM Eastern Standard Time`.
    pub long: String,
    /// Short, for subjects and SMS: `Tue, Dec 1, 2026, 2:30 PM EST`.
    pub short: String,
}

impl Moment {
    /// An instant in a language (BCP 47) and an IANA zone. A language that is not known is English.
    pub fn new(at: Instant, zone: &Zone, locale: &str) -> Result<Self> {
        let at = zoned(at, zone)?;
        FORMATTERS.with_borrow_mut(|formatters| {
            if formatters.len() >= LOCALES {
                formatters.clear();
            }
            let formatters = match formatters.entry(locale.to_owned()) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(Formatters::new(locale)?),
            };
            Ok(Self {
                long: with_plain_spaces(&formatters.long.format(&at).to_string()),
                short: with_plain_spaces(&formatters.short.format(&at).to_string()),
            })
        })
    }
}

/// What writes instants in a language. To make one takes longer than to use it.
struct Formatters {
    long: Formatter<zone::SpecificLong>,
    short: Formatter<zone::SpecificShort>,
}

type Formatter<Z> = FixedCalendarDateTimeFormatter<Gregorian, Combo<YMDET, Z>>;

impl Formatters {
    fn new(locale: &str) -> Result<Self> {
        let language = language(locale);
        let unusable = |e: DateTimeFormatterLoadError| {
            Error::Notification(format!("no dates in {locale}: {e}"))
        };
        let long = YMDE::long().with_time_hm().with_zone(zone::SpecificLong);
        let short = YMDE::medium().with_time_hm().with_zone(zone::SpecificShort);
        Ok(Self {
            long: Formatter::try_new((&language).into(), long).map_err(unusable)?,
            short: Formatter::try_new((&language).into(), short).map_err(unusable)?,
        })
    }
}

/// The most languages whose formatters a thread keeps.
const LOCALES: usize = 64;

thread_local! {
    static FORMATTERS: RefCell<HashMap<String, Formatters>> = RefCell::default();
}

/// A locale for dates.
fn language(locale: &str) -> Locale {
    locale.parse().unwrap_or(Locale::UNKNOWN)
}

type Zoned = ZonedDateTime<Gregorian, icu_time::TimeZoneInfo<icu_time::zone::models::AtTime>>;

fn zoned(at: Instant, zone: &Zone) -> Result<Zoned> {
    let local = zone.instant_to_local(at);
    let impossible = |_| Error::Notification("a time that no calendar has".into());
    let (month, day) = (local.month() as u8, local.day() as u8);
    let date = Date::try_new_gregorian(local.year(), month, day).map_err(impossible)?;
    let time = Time::try_new(local.hour() as u8, local.minute() as u8, 0, 0)
        .map_err(|_| Error::Notification("a time that no clock shows".into()))?;
    let name = zone.name().unwrap_or("Etc/UTC");
    let offset = UtcOffset::try_from_seconds(zone.offset_at(at)).ok();
    let stamp = ZoneNameTimestamp::from_epoch_seconds(at.0.div_euclid(1_000_000));
    let zone = IanaParser::new().parse(name).with_offset(offset).with_zone_name_timestamp(stamp);
    Ok(ZonedDateTime { date, time, zone })
}

/// ICU puts narrow spaces before AM and PM, which an SMS cannot hold.
fn with_plain_spaces(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ")
}
