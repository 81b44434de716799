//! `calendar.get_available_slots`.

use super::{MAX_WINDOW_DAYS, V1, argument, required, return_intervals, zone_argument};
use crate::read::{self, BrokerRow};
use crate::report::{self, UnknownBroker};
use crate::{clock, convert};
use engine::Interval;
use engine::availability::{Grid, Period, Preference, Reach, Schedule};
use engine::error::quoted;
use engine::time::Instant;
use pgrx::pg_sys;

/// The window where the caller names no end, in days.
const DEFAULT_WINDOW_DAYS: i64 = 14;

const DAY_MINUTES: i64 = 24 * 60;

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_get_available_slots() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function: it fills a tuplestore, which is cheaper than a call per row.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_get_available_slots(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(get_available_slots, fcinfo) }
}

unsafe fn get_available_slots(
    fcinfo: pg_sys::FunctionCallInfo,
) -> Result<pg_sys::Datum, UnknownBroker> {
    // SAFETY: the arguments as declared in SQL.
    let slots = unsafe {
        let row = BrokerRow::find(&required(fcinfo, 0, "broker_id")).ok_or(UnknownBroker)?;
        let access = row.access().ok_or(UnknownBroker)?;
        row.check_duration(access, argument(fcinfo, 3));
        list(
            row,
            (argument(fcinfo, 1), argument(fcinfo, 2)),
            (argument(fcinfo, 3), argument(fcinfo, 4)),
            (argument(fcinfo, 5), argument(fcinfo, 6)),
            argument(fcinfo, 7),
            argument(fcinfo, 8),
        )
    };
    // SAFETY: the executor's set-returning call.
    unsafe { return_intervals(fcinfo, &slots) };
    Ok(pg_sys::Datum::null())
}

/// The slots of a broker about whom the caller may ask.
pub(super) fn list(
    row: BrokerRow,
    window: (Option<i64>, Option<i64>),
    (duration, increment): (Option<i32>, Option<i32>),
    (days, period): (Option<Vec<Option<i32>>>, Option<&str>),
    timezone: Option<&str>,
    max_slots: Option<i32>,
) -> Vec<Interval> {
    let now = clock::now();
    let window = window_of(window, now);
    let max_slots = max_slots.map_or(usize::MAX, |most| {
        usize::try_from(most).ok().filter(|&most| most >= 1).unwrap_or_else(|| {
            report::invalid_parameter(&format!("max_slots must be at least 1, not {most}"))
        })
    });
    let preference = Preference {
        days: days.map(weekdays),
        period: period.map(|name| {
            Period::from_name(name).unwrap_or_else(|| {
                report::invalid_parameter(&format!(
                    "preferred_period must be morning, afternoon or evening, not {}",
                    quoted(name)
                ))
            })
        }),
        zone: timezone
            .map_or_else(|| row.broker.zone.clone(), |name| zone_argument("timezone", name)),
    };
    let (duration, increment) = (duration.map(i64::from), increment.map(i64::from));
    let grid = report::or_raise(Grid::new(&row.broker, duration, increment));
    let Some(window) = Schedule::bookable_window(&row.broker, now, window, grid) else {
        return vec![];
    };
    let reach = Reach::of(&row.broker, window);
    let known = read::facts(row, &reach, now, None);
    let schedule = Schedule::new(&known.facts, &reach);
    report::or_raise(schedule.slots(grid, &preference, max_slots, &mut report::tick))
}

fn window_of(window: (Option<i64>, Option<i64>), now: Instant) -> Interval {
    let start = window.0.map(|at| convert::argument("window_start", at));
    let end = window.1.map(|at| convert::argument("window_end", at));
    let from = start.unwrap_or(now);
    let until = end.unwrap_or_else(|| from.plus_minutes(DEFAULT_WINDOW_DAYS * DAY_MINUTES));
    if start.is_some() && until < from {
        report::invalid_parameter("window_end must not lie before window_start");
    }
    if until > from.plus_minutes(MAX_WINDOW_DAYS * DAY_MINUTES) {
        report::invalid_parameter(&format!(
            "window_end must lie at most {MAX_WINDOW_DAYS} days after window_start"
        ));
    }
    Interval::new(from, until)
}

fn weekdays(days: Vec<Option<i32>>) -> Vec<u32> {
    let weekday = |day: Option<i32>| {
        day.and_then(|day| u32::try_from(day).ok()).filter(|day| (1..=7).contains(day))
    };
    days.into_iter()
        .map(|day| {
            weekday(day).unwrap_or_else(|| {
                report::invalid_parameter(
                    "preferred_days must be ISO weekdays from 1 (Monday) to 7 (Sunday)",
                )
            })
        })
        .collect()
}
