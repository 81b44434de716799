//! `calendar.get_available_slots`.

use super::{
    DAY_MINUTES, V1, argument, check_window, required, return_intervals, text, zone_argument,
};
use crate::read::{self, BrokerRow};
use crate::report::{self, NotFound};
use crate::{clock, convert};
use engine::Interval;
use engine::availability::{Grid, Period, Preference, Reach, Schedule, Weekdays};
use engine::error::quoted;
use engine::time::{Instant, Zone};
use pgrx::{Array, pg_sys};

/// The length of the window if the caller names no end, in days.
const DEFAULT_WINDOW_DAYS: i64 = 14;

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

unsafe fn get_available_slots(fcinfo: pg_sys::FunctionCallInfo) -> Result<pg_sys::Datum, NotFound> {
    // SAFETY: the arguments as declared in SQL.
    let (row, query) = unsafe {
        let broker_id = required(fcinfo, 0, "broker_id");
        let (row, access) = BrokerRow::for_caller_of_type(&broker_id, text(fcinfo, 9))?;
        row.check_duration(access, argument(fcinfo, 3));
        (row, SlotQuery::from_arguments(fcinfo))
    };
    let slots = query.list(row);
    // SAFETY: the executor's set-returning call.
    unsafe { return_intervals(fcinfo, &slots) };
    Ok(pg_sys::Datum::null())
}

/// Which slots of a broker to list.
#[derive(Default)]
pub(super) struct SlotQuery {
    /// The window that contains them; by default the coming 14 days.
    pub(super) window: Option<Interval>,
    /// Their length; by default the broker's.
    pub(super) duration_minutes: Option<i64>,
    /// How far apart they start; by default the broker's increment, or else their
    /// length.
    pub(super) increment_minutes: Option<i64>,
    /// The weekdays that they start on.
    pub(super) days: Option<Weekdays>,
    /// The part of the day that they start in.
    pub(super) period: Option<Period>,
    /// The zone of days and period; by default the broker's.
    pub(super) zone: Option<Zone>,
    /// The most slots to list.
    pub(super) max_slots: Option<usize>,
}

impl SlotQuery {
    /// The arguments of `get_available_slots` after the first.
    ///
    /// # Safety
    /// They must have the types of its SQL declaration.
    unsafe fn from_arguments(fcinfo: pg_sys::FunctionCallInfo) -> Self {
        // SAFETY: as the caller's.
        let (window, duration, increment, days, period, zone, max_slots) = unsafe {
            let minutes = |at| argument::<i32>(fcinfo, at).map(i64::from);
            (
                (argument(fcinfo, 1), argument(fcinfo, 2)),
                minutes(3),
                minutes(4),
                argument::<Array<'_, i32>>(fcinfo, 5),
                text(fcinfo, 6),
                text(fcinfo, 7),
                argument::<i32>(fcinfo, 8),
            )
        };
        Self {
            window: window_argument(window),
            duration_minutes: duration,
            increment_minutes: increment,
            days: days.map(|days| weekdays_argument(&days)),
            period: period.map(period_argument),
            zone: zone.map(|name| zone_argument("timezone", name)),
            max_slots: max_slots.map(max_slots_argument),
        }
    }

    /// The slots of a broker that the caller may ask about.
    pub(super) fn list(self, row: BrokerRow) -> Vec<Interval> {
        let now = clock::now();
        let window = self.window.unwrap_or_else(|| default_window(now));
        let broker = &row.broker;
        let grid =
            report::or_raise(Grid::new(broker, self.duration_minutes, self.increment_minutes));
        let preference = Preference {
            days: self.days,
            period: self.period,
            zone: self.zone.unwrap_or_else(|| broker.zone.clone()),
        };
        let Some(window) = Schedule::bookable_window(broker, now, window, grid) else {
            return vec![];
        };
        let reach = Reach::of(broker, window);
        let known = read::facts(row, &reach, now, None);
        let schedule = Schedule::new(&known.facts, &reach);
        let most = self.max_slots.unwrap_or(usize::MAX);
        report::or_raise(schedule.slots(grid, &preference, most, &mut report::tick))
    }
}

fn default_window(start: Instant) -> Interval {
    Interval::new(start, start.plus_minutes(DEFAULT_WINDOW_DAYS * DAY_MINUTES))
}

fn window_argument((start, end): (Option<i64>, Option<i64>)) -> Option<Interval> {
    let start = start.map(|at| convert::argument("window_start", at));
    let end = end.map(|at| convert::argument("window_end", at));
    let window = match (start, end) {
        (None, None) => return None,
        (Some(start), None) => default_window(start),
        (None, Some(end)) => {
            let now = clock::now();
            Interval::new(now, end.max(now))
        }
        (Some(start), Some(end)) => Interval::new(start, end),
    };
    let shown = || convert::shown(convert::timestamptz(window.end));
    check_window(["window_start", "window_end"], shown, window.end - window.start);
    Some(window)
}

fn max_slots_argument(most: i32) -> usize {
    usize::try_from(most).ok().filter(|&most| most >= 1).unwrap_or_else(|| {
        report::invalid_parameter(&format!("max_slots must be at least 1, not {most}"))
    })
}

fn period_argument(name: &str) -> Period {
    Period::from_name(name).unwrap_or_else(|| {
        report::invalid_parameter(&format!(
            "preferred_period must be morning, afternoon or evening, not {}",
            quoted(name)
        ))
    })
}

fn weekdays_argument(days: &Array<'_, i32>) -> Weekdays {
    let mut weekdays = Weekdays::default();
    for day in days.iter() {
        let is_day = day.is_some_and(|day| weekdays.insert(day));
        if !is_day {
            report::invalid_parameter(&format!(
                "preferred_days must be ISO weekdays from 1 (Monday) to 7 (Sunday), not {}",
                day.map_or_else(|| "null".into(), |day| day.to_string())
            ));
        }
    }
    weekdays
}
