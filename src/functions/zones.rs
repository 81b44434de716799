//! What SQL asks about zones and recurrence.

use crate::{convert, report};
use engine::recurrence::Recurrence;
use engine::time::{Instant, Offsets, Zone, date_start};
use pgrx::datum::{Date, TimestampWithTimeZone};
use pgrx::pg_extern;

#[pg_extern(sql = false)]
fn calendar_is_timezone(name: &str) -> bool {
    Zone::iana(name).is_ok()
}

#[pg_extern(sql = false)]
fn calendar_is_recurrence(lines: &str) -> bool {
    // The reason is worth more than a violated constraint.
    if let Err(error) = Recurrence::parse(lines) {
        report::invalid_parameter(&format!("rrule: {error}"));
    }
    true
}

#[pg_extern(sql = false)]
fn calendar_date_start(date: Date, timezone: &str) -> TimestampWithTimeZone {
    let zone = super::zone_argument("timezone", timezone);
    let date = convert::date(date.to_pg_epoch_days())
        .unwrap_or_else(|| report::invalid_parameter("date must be finite"));
    super::timestamptz(convert::timestamptz(date_start(&zone, date)))
}

#[pg_extern(sql = false)]
fn calendar_utc_offset(timezone: &str, at: TimestampWithTimeZone) -> i32 {
    let at: Instant = convert::argument("at", at.into());
    super::zone_argument("timezone", timezone).offset_at(at)
}

#[pg_extern(sql = false)]
fn calendar_timezone_version() -> &'static str {
    engine::time::IANA_VERSION
}

#[pg_extern(sql = false)]
fn calendar_is_instant(value: &str) -> bool {
    engine::time::parse_instant(value).is_some()
}

#[pg_extern(sql = false)]
fn calendar_recurrence_key(recurrence_id: &str) -> String {
    report::or_raise(recurrence_id.parse::<engine::event::When>()).to_string()
}
