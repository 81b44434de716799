//! `calendar_private.free_days`.

use super::available_slots::SlotQuery;
use super::{DAY_MINUTES, V1, argument, required, rows::Rows, text, zone_argument};
use crate::read::BrokerRow;
use crate::report::{self, NotFound};
use crate::{clock, convert};
use chrono::{Datelike, Days, Months, NaiveDate};
use engine::Interval;
use engine::availability::{MAX_WINDOW_DAYS, slots_by_day};
use engine::time::{Instant, Zone, date_of, date_start};
use pgrx::Uuid;
use pgrx::pg_sys::{self, Datum};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_free_days() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_free_days(fcinfo: pg_sys::FunctionCallInfo) -> Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(free_days, fcinfo) }
}

unsafe fn free_days(fcinfo: pg_sys::FunctionCallInfo) -> Result<Datum, NotFound> {
    // SAFETY: the arguments as declared in SQL.
    let (page, month, zone) = unsafe {
        let page = Page {
            broker_id: required(fcinfo, 0, "broker_id"),
            meeting_type: argument(fcinfo, 1),
            duration_minutes: argument::<i32>(fcinfo, 4).map(i64::from),
        };
        (page, first_of_month(required(fcinfo, 2, "month")), text(fcinfo, 3))
    };
    let row = page.broker()?;
    let zone = zone.map_or_else(|| row.broker.zone.clone(), |name| zone_argument("timezone", name));
    let last = clock::now().plus_minutes(row.broker.booking_horizon_days * DAY_MINUTES);
    let after = month + Months::new(1);
    let dates = u64::try_from((after - month).num_days()).unwrap_or(0);
    let slots =
        page.slots(row, Interval::new(date_start(&zone, month), date_start(&zone, after)), None);
    // SAFETY: the executor's set-returning call, and its two columns.
    unsafe {
        let rows = Rows::of(fcinfo);
        for (day, slots) in slots_by_day(&slots, &zone, month, dates) {
            rows.put(columns(day, slots));
        }
        if slots.is_empty()
            && let Some((day, slots)) = page.first_free_day(&zone, after, last)?
        {
            rows.put(columns(day, slots));
        }
    }
    Ok(Datum::null())
}

/// What can be booked on a page.
struct Page {
    broker_id: Uuid,
    meeting_type: Option<Uuid>,
    duration_minutes: Option<i64>,
}

impl Page {
    fn broker(&self) -> Result<BrokerRow, NotFound> {
        BrokerRow::of_type(&self.broker_id, self.meeting_type.as_ref()).ok_or(NotFound::Broker)
    }

    fn slots(&self, row: BrokerRow, window: Interval, most: Option<usize>) -> Vec<Interval> {
        let query = SlotQuery {
            window: Some(window),
            duration_minutes: self.duration_minutes,
            max_slots: most,
            ..Default::default()
        };
        query.list(row)
    }

    /// The first date from `from` on that has a slot, before `last`, and how many it has.
    fn first_free_day(
        &self,
        zone: &Zone,
        from: NaiveDate,
        last: Instant,
    ) -> Result<Option<(NaiveDate, usize)>, NotFound> {
        let mut start = date_start(zone, from).max(clock::now());
        while start < last {
            let end = start.plus_minutes(MAX_WINDOW_DAYS * DAY_MINUTES);
            if let [first, ..] = self.slots(self.broker()?, Interval::new(start, end), Some(1))[..]
            {
                let day = date_of(zone, first.start);
                let bounds = [day, day + Days::new(1)].map(|date| date_start(zone, date));
                let slots = self.slots(self.broker()?, Interval::new(bounds[0], bounds[1]), None);
                return Ok(Some((day, slots.len())));
            }
            start = end;
        }
        Ok(None)
    }
}

fn columns(day: NaiveDate, slots: usize) -> [Option<Datum>; 2] {
    let slots = i32::try_from(slots).unwrap_or(i32::MAX);
    [convert::date_adt(day), slots].map(|value| Some(Datum::from(value)))
}

fn first_of_month(days: pg_sys::DateADT) -> NaiveDate {
    let date = convert::date(days).filter(|date| (1..=9998).contains(&date.year()));
    date.and_then(|date| date.with_day(1))
        .unwrap_or_else(|| report::invalid_parameter("month must be a date within years 1 to 9998"))
}
