//! The C functions, a file each; `sql/functions` declares them.

mod available_slots;
mod busy;
mod caller;
mod check_availability;
mod check_duration;
mod clock;
mod derive_blocks;
mod derive_override_occurrences;
mod free_days;
mod ics;
mod is_stale;
mod lack_of_slots;
mod mac;
mod nearest_slots;
mod notifications;
mod occurs_within;
mod parse_events;
mod related_bookings;
mod restoring;
mod rows;
mod slot;
mod slot_obstacles;
mod slot_verdict;
mod spoken;
mod utilisation;
mod uuid_v7;
mod zones;

use crate::{convert, report};
use chrono::TimeDelta;
use engine::Interval;
use engine::availability::MAX_WINDOW_DAYS;
use engine::time::Zone;
use pgrx::datum::TimestampWithTimeZone;
use pgrx::{FromDatum, fcinfo::pg_getarg, pg_sys};
use rows::Rows;

const DAY_MINUTES: i64 = 24 * 60;

/// The longest JSON that is read, in bytes: as long as a `jsonb` can be.
const MAX_JSON: usize = 256 << 20;

/// The version of PostgreSQL's calling convention that C functions announce.
const V1: pg_sys::Pg_finfo_record = pg_sys::Pg_finfo_record { api_version: 1 };

/// An argument of a C function.
///
/// # Safety
/// `T` must be the Rust type of the argument's SQL type.
unsafe fn argument<T: FromDatum>(fcinfo: pg_sys::FunctionCallInfo, at: usize) -> Option<T> {
    // SAFETY: as the caller's.
    unsafe { pg_getarg(fcinfo, at) }
}

/// A text argument without blanks around it; an empty one means null.
///
/// # Safety
/// The argument's SQL type must be text.
unsafe fn text<'a>(fcinfo: pg_sys::FunctionCallInfo, at: usize) -> Option<&'a str> {
    // SAFETY: as the caller's.
    unsafe { argument::<&str>(fcinfo, at) }.map(str::trim).filter(|text| !text.is_empty())
}

/// An argument that must not be null.
///
/// # Safety
/// `T` must be the Rust type of the argument's SQL type.
unsafe fn required<T: FromDatum>(fcinfo: pg_sys::FunctionCallInfo, at: usize, name: &str) -> T {
    // SAFETY: as the caller's.
    or_required(unsafe { argument(fcinfo, at) }, name)
}

/// The value of an argument that must not be null.
fn or_required<T>(value: Option<T>, name: &str) -> T {
    value.unwrap_or_else(|| report::invalid_parameter(&format!("{name} must not be null")))
}

/// Returns intervals as the set of rows (timestamptz, timestamptz) of a function
/// that is called in FROM.
///
/// # Safety
/// `fcinfo` must be that of a set-returning function declared with two columns of
/// type timestamptz.
unsafe fn return_intervals(fcinfo: pg_sys::FunctionCallInfo, intervals: &[Interval]) {
    // SAFETY: as the caller's; the columns are two instants.
    unsafe {
        Rows::of(fcinfo).put_intervals(intervals);
    }
}

/// Start and end of an interval as columns.
fn instants(interval: Interval) -> [Option<pg_sys::Datum>; 2] {
    [interval.start, interval.end].map(|at| Some(pg_sys::Datum::from(convert::timestamptz(at))))
}

/// A zone argument.
fn zone_argument(name: &str, zone: &str) -> Zone {
    Zone::iana(zone).unwrap_or_else(|error| report::invalid_parameter(&format!("{name}: {error}")))
}

/// Ends the statement if a window that lasts `length`, from the first named argument
/// to the second, is too long or ends before it starts; `shown` is the second's value.
fn check_window([start, end]: [&str; 2], shown: impl FnOnce() -> String, length: TimeDelta) {
    if length < TimeDelta::zero() {
        report::invalid_parameter(&format!("{end} must not be before {start}, not {}", shown()));
    }
    if length > TimeDelta::days(MAX_WINDOW_DAYS) {
        report::invalid_parameter(&format!(
            "{end} must be at most {MAX_WINDOW_DAYS} days after {start}, not {}",
            shown()
        ));
    }
}

/// A `timestamptz` as pgrx passes it.
fn timestamptz(at: pg_sys::TimestampTz) -> TimestampWithTimeZone {
    TimestampWithTimeZone::try_from(at)
        .unwrap_or_else(|_| report::invalid_parameter("an instant is out of range"))
}

/// Start and end of an interval as pgrx passes them.
fn bounds(interval: Interval) -> [TimestampWithTimeZone; 2] {
    [interval.start, interval.end].map(|at| timestamptz(convert::timestamptz(at)))
}
