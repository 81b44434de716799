//! `calendar.get_utilisation`.

use super::{V1, check_window, required, rows::Rows};
use crate::caller::{self, Access};
use crate::read::{self, BrokerRow};
use crate::report::{self, NotFound};
use crate::{clock, convert};
use chrono::{Days, NaiveDate};
use engine::Interval;
use engine::availability::{DayUse, Reach, Schedule};
use engine::time::{YEARS, date_start};
use pgrx::pg_sys::{self, Datum};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_get_utilisation() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_get_utilisation(fcinfo: pg_sys::FunctionCallInfo) -> Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(get_utilisation, fcinfo) }
}

unsafe fn get_utilisation(fcinfo: pg_sys::FunctionCallInfo) -> Result<Datum, NotFound> {
    // SAFETY: the arguments as declared in SQL.
    let (broker_id, first, last) = unsafe {
        (
            required(fcinfo, 0, "broker_id"),
            date(required(fcinfo, 1, "first_date"), "first_date"),
            date(required(fcinfo, 2, "last_date"), "last_date"),
        )
    };
    check_window(["first_date", "last_date"], || last.to_string(), last - first);
    let row = if caller::reads_everything() {
        BrokerRow::find(&broker_id).ok_or(NotFound::Broker)?
    } else {
        let (row, access) = BrokerRow::for_caller(&broker_id)?;
        if access == Access::Public {
            report::insufficient_privilege(
                "get_utilisation is for the broker, calendar_service and calendar_reader",
            );
        }
        row
    };
    let zone = &row.broker.zone;
    let window = Interval::new(date_start(zone, first), date_start(zone, last + Days::new(1)));
    let reach = Reach::of(&row.broker, window);
    let known = read::facts(row, &reach, clock::now(), None);
    // SAFETY: the executor's set-returning call, and its five columns.
    unsafe {
        let rows = Rows::of(fcinfo);
        for day in Schedule::new(&known.facts, &reach).utilisation() {
            rows.put(columns(day));
        }
    }
    Ok(Datum::null())
}

fn columns(day: DayUse) -> [Option<Datum>; 5] {
    let minutes = |part: chrono::TimeDelta| i32::try_from(part.num_minutes()).unwrap_or(i32::MAX);
    [
        convert::date_adt(day.date),
        minutes(day.open),
        minutes(day.busy),
        minutes(day.booked),
        minutes(day.free),
    ]
    .map(|value| Some(Datum::from(value)))
}

fn date(days: pg_sys::DateADT, name: &str) -> NaiveDate {
    // The day after it must be known, too.
    let years = *YEARS.start()..*YEARS.end();
    convert::date(days).filter(|date| years.contains(&chrono::Datelike::year(date))).unwrap_or_else(
        || {
            let shown = match days {
                pg_sys::DateADT::MAX => "infinity".into(),
                pg_sys::DateADT::MIN => "-infinity".into(),
                days => {
                    convert::date(days).map_or_else(|| "one beyond".into(), |date| date.to_string())
                }
            };
            report::invalid_parameter(&format!(
                "{name} must be a date within years 1 to 9998, not {shown}"
            ))
        },
    )
}
