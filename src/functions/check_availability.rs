//! `calendar.check_availability`.

use super::lack_of_slots::lack_of_slots;
use super::{V1, argument, available_slots::SlotQuery, required, text, zone_argument};
use crate::clock;
use crate::read::{self, BrokerRow};
use crate::report::{self, NotFound};
use chrono::{SecondsFormat, Timelike};
use engine::Interval;
use engine::availability::{Alternatives, Lack, Offer, Period};
use engine::spoken::{Answer, When, parse_when, spoken_instant};
use engine::time::{Instant, Offsets, Zone};
use pgrx::{IntoDatum, JsonB, Uuid, pg_sys};
use serde_json::{Value, json};

/// The most alternatives.
const MOST_ALTERNATIVES: usize = 50;

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_check_availability() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

#[unsafe(no_mangle)]
extern "C-unwind" fn pg_finfo_calendar_answer_availability() -> &'static pg_sys::Pg_finfo_record {
    &V1
}

/// The C function for every caller.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_check_availability(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(|fcinfo| check_availability(fcinfo, false), fcinfo) }
}

/// The C function for callers that may ask about any broker.
///
/// # Safety
/// PostgreSQL calls it with the arguments that its SQL declaration names.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn calendar_answer_availability(
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: passed on.
    unsafe { report::or_not_found(|fcinfo| check_availability(fcinfo, true), fcinfo) }
}

unsafe fn check_availability(
    fcinfo: pg_sys::FunctionCallInfo,
    is_trusted: bool,
) -> Result<pg_sys::Datum, NotFound> {
    // SAFETY: the arguments as declared in SQL.
    let (broker_id, phrase, duration, timezone, most, meeting_type): (
        Uuid,
        Option<&str>,
        _,
        Option<&str>,
        _,
        _,
    ) = unsafe {
        (
            required(fcinfo, 0, "broker_id"),
            text(fcinfo, 1),
            argument::<i32>(fcinfo, 2),
            text(fcinfo, 3),
            argument::<i32>(fcinfo, 4),
            text(fcinfo, 5),
        )
    };
    let most = most.map_or(3, |most| {
        usize::try_from(most).ok().filter(|&most| most <= MOST_ALTERNATIVES).unwrap_or_else(|| {
            report::invalid_parameter(&format!(
                "max_alternatives must be 0 to {MOST_ALTERNATIVES}, not {most}"
            ))
        })
    });
    let row = if is_trusted {
        BrokerRow::of_named_type(&broker_id, meeting_type)?
    } else {
        let (row, access) = BrokerRow::for_caller_of_type(&broker_id, meeting_type)?;
        row.check_duration(access, duration);
        row
    };
    let meeting_type = row.meeting_type;
    let zone = timezone.map_or(row.broker.zone, |name| zone_argument("timezone", name));
    let asked = Asked { broker_id, meeting_type, duration, most };
    let answer = asked.answer(phrase, &zone, clock::now())?;
    Ok(JsonB(answer).into_datum().unwrap_or(pg_sys::Datum::null()))
}

const NOT_SYNCED: &str = Lack::NotSynced.as_str();

/// How far ahead to look for a reason where any time will do, in minutes.
const SOON_MINUTES: i64 = 14 * 24 * 60;

/// The parameters of the question besides the time.
struct Asked {
    broker_id: Uuid,
    meeting_type: Option<Uuid>,
    duration: Option<i32>,
    most: usize,
}

impl Asked {
    fn answer(&self, phrase: Option<&str>, zone: &Zone, now: Instant) -> Result<Value, NotFound> {
        let said = phrase.map(|phrase| parse_when(phrase, zone, now));
        let understood = said.as_ref().is_none_or(|said| !said.is_empty());
        let said = said.unwrap_or_default();
        let wanted: Vec<_> = said
            .iter()
            .map(|when| when.bounds())
            .map(|(start, end)| Interval::new(start, end))
            .collect();
        let question = Alternatives {
            wanted: phrase.map(|_| &wanted[..]),
            now,
            most: self.most,
            // Who comes after work cannot come in the afternoon instead.
            period: is_evening(&wanted, zone).then_some((Period::Evening, zone)),
        };
        let Offer { slot, others } = question.offer(|window| self.list(window))?;
        let synced = read::last_successes(&self.broker_id);
        let reason =
            if understood && slot.is_none() { self.reason(question.wanted, now)? } else { None };
        let described = |slot: &Interval| {
            json!({
                "slot_start": iso(slot.start),
                "slot_end": iso(slot.end),
                "spoken": spoken_instant(slot.start, zone, Some(now)),
            })
        };
        let windows = said.iter().filter_map(|said| match said {
            When::Window(window) => {
                Some(json!({"starts_at": iso(window.start), "ends_at": iso(window.end)}))
            }
            When::Instant(_) => None,
        });
        Ok(json!({
            "available": slot.is_some(),
            "understood": understood,
            "requested_time": match said[..] {
                [When::Instant(at)] => Some(iso(at)),
                _ => None,
            },
            "requested_windows": windows.collect::<Vec<_>>(),
            "reason": if understood { reason } else { Some("not_understood") },
            "slot": slot.as_ref().map(described),
            "alternatives": others.iter().map(described).collect::<Vec<_>>(),
            "timezone": zone.name(),
            "now": iso(now),
            "synced_at": synced.iter().min().copied().flatten().map(iso),
            "stale": synced.iter().any(|&at| read::is_stale(at, now)),
            "speech": Answer {
                wanted: phrase.map(|_| &said[..]),
                slot,
                alternatives: (self.most > 0).then_some(&others[..]),
                is_synced: reason != Some(NOT_SYNCED),
            }
            .speech(zone, now),
        }))
    }

    /// Why there is no slot as it was asked for.
    fn reason(
        &self,
        wanted: Option<&[Interval]>,
        now: Instant,
    ) -> Result<Option<&'static str>, NotFound> {
        let minutes = self.duration.map(i64::from);
        let mut reason = None;
        let soon = [Interval::new(now, now.plus_minutes(SOON_MINUTES))];
        for window in wanted.unwrap_or(&soon) {
            if window.end < now {
                reason = Some("past");
                continue;
            }
            let row = self.broker()?;
            let length = minutes.unwrap_or(row.broker.slot_duration_minutes);
            // A slot may start anywhere in what is asked for, and end after it.
            let window = Interval::new(window.start, window.end.plus_minutes(length));
            // Of several windows, what is known of one says more than what is not of another.
            if matches!(reason, None | Some("past" | NOT_SYNCED)) {
                reason = lack_of_slots(row, window, minutes).or(Some("full"));
            }
        }
        Ok(reason)
    }

    /// The broker, by the rules of the meeting type asked for.
    fn broker(&self) -> Result<BrokerRow, NotFound> {
        BrokerRow::of_type(&self.broker_id, self.meeting_type.as_ref()).ok_or(NotFound::Broker)
    }

    fn list(&self, window: Interval) -> Result<Vec<Interval>, NotFound> {
        let row = self.broker()?;
        let duration_minutes = self.duration.map(i64::from);
        Ok(SlotQuery { window: Some(window), duration_minutes, ..Default::default() }.list(row))
    }
}

/// Whether all that is asked for are evenings.
fn is_evening(wanted: &[Interval], zone: &Zone) -> bool {
    let hours = Period::Evening.hours();
    let minutes = i64::from(hours.end - hours.start) * 60;
    let is_one = |window: &Interval| {
        !window.is_empty()
            && hours.contains(&zone.instant_to_local(window.start).hour())
            && window.end <= window.start.plus_minutes(minutes)
    };
    !wanted.is_empty() && wanted.iter().all(is_one)
}

/// An instant as `calendar_private.json_instant` writes it.
fn iso(at: Instant) -> String {
    at.utc().and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
