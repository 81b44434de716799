//! `calendar.parse_when`, `calendar_private.said_timezone`, `calendar_private.spoken` and `calendar_private.spoken_refusal`.

use super::{V1, argument, rows::Rows, text, zone_argument};
use crate::{clock, convert};
use engine::Interval;
use engine::spoken::{Answer, When, parse_when, said_zone, spoken_instant};
use pgrx::datum::TimestampWithTimeZone;
use pgrx::pg_sys::{self, Datum};
use pgrx::{IntoDatum, pg_extern};

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_parse_when() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[pgrx::pg_guard]
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_parse_when(fcinfo: pg_sys::FunctionCallInfo) -> Datum {
    // SAFETY: the arguments and columns as declared in SQL.
    unsafe {
        let phrase: Option<&str> = argument(fcinfo, 0);
        let zone = zone_argument("timezone", super::or_required(text(fcinfo, 1), "timezone"));
        let reference =
            argument(fcinfo, 2).map_or_else(clock::now, |at| convert::argument("reference", at));
        let rows = Rows::of(fcinfo);
        let mut said = parse_when(phrase.unwrap_or_default(), &zone, reference);
        said.sort_unstable_by_key(|when| when.bounds());
        for when in said {
            rows.put(columns(when));
        }
    }
    Datum::null()
}

fn columns(when: When) -> [Option<Datum>; 3] {
    let instant = |at| Some(Datum::from(convert::timestamptz(at)));
    match when {
        When::Instant(at) => ["instant".into_datum(), instant(at), None],
        When::Window(window) => {
            let [start, end] = super::instants(window);
            ["window".into_datum(), start, end]
        }
    }
}

#[pg_extern(sql = false)]
fn calendar_said_timezone(said: &str, timezone: &str) -> Option<String> {
    let zone = said_zone(said, &zone_argument("timezone", timezone))?;
    zone.name().map(str::to_owned)
}

#[pg_extern(sql = false)]
fn calendar_spoken(at: TimestampWithTimeZone, timezone: &str) -> String {
    let at = convert::argument("instant", at.into());
    spoken_instant(at, &zone_argument("timezone", timezone), Some(clock::now()))
}

#[pg_extern(sql = false)]
fn calendar_spoken_refusal(
    at: TimestampWithTimeZone,
    alternatives: Vec<TimestampWithTimeZone>,
    timezone: &str,
) -> String {
    let at = convert::argument("instant", at.into());
    let alternatives: Vec<_> = alternatives
        .into_iter()
        .map(|start| convert::argument("alternatives", start.into()))
        .map(|start| Interval::new(start, start))
        .collect();
    let wanted = [When::Instant(at)];
    let answer = Answer {
        wanted: Some(&wanted),
        slot: None,
        alternatives: Some(&alternatives),
        is_synced: true,
    };
    answer.speech(&zone_argument("timezone", timezone), clock::now())
}
