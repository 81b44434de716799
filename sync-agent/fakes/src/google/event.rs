//! An event: what Google makes of what it is told.

use super::answer::Refusal;
use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, TimeZone,
    Utc,
};
use chrono_tz::Tz;
use serde_json::{Value, json};

/// Whether an id may be chosen: base32hex, 5 to 1024 characters.
pub(super) fn is_valid_id(id: &str) -> bool {
    (5..=1024).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'v').contains(&byte))
}

/// What is Google's own to say.
pub(super) fn is_read_only(key: &str) -> bool {
    matches!(
        key,
        "kind"
            | "id"
            | "etag"
            | "created"
            | "updated"
            | "creator"
            | "organizer"
            | "iCalUID"
            | "htmlLink"
            | "hangoutLink"
            | "eventType"
            | "recurringEventId"
            | "originalStartTime"
    )
}

/// JSON merge patch (RFC 7396).
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in patch {
        if value.is_null() {
            target.as_object_mut().map(|object| object.remove(key));
        } else {
            merge(&mut target[key], value);
        }
    }
}

/// Refuses what Google refuses, and writes times as Google does.
pub(super) fn check(event: &mut Value, zone: Tz) -> Result<(), Refusal> {
    if !matches!(event["status"].as_str(), Some("confirmed" | "tentative" | "cancelled")) {
        return Err(Refusal::invalid("Invalid value for: status"));
    }
    let repeats = event["recurrence"].is_array();
    for key in ["start", "end"] {
        normalize(&mut event[key], key, zone, repeats)?;
    }
    let is_all_day = |key: &str| event[key].get("date").is_some();
    if is_all_day("start") != is_all_day("end") {
        return Err(Refusal::invalid("Start and end times must either both be date or dateTime."));
    }
    let (start, end) = times(event, zone);
    if end < start {
        let message = "The specified time range is empty.";
        return Err(Refusal::new(axum::http::StatusCode::BAD_REQUEST, "timeRangeEmpty", message));
    }
    let attendees = event.get_mut("attendees").and_then(Value::as_array_mut);
    for attendee in attendees.into_iter().flatten() {
        if !attendee["email"].as_str().is_some_and(|email| email.contains('@')) {
            return Err(Refusal::invalid("Invalid attendee email."));
        }
        if attendee["responseStatus"].is_null() {
            attendee["responseStatus"] = "needsAction".into();
        }
    }
    Ok(())
}

/// Times are shown with the calendar's offset, whatever they were given with.
fn normalize(point: &mut Value, key: &str, calendar: Tz, repeats: bool) -> Result<(), Refusal> {
    let named = point["timeZone"].as_str();
    let zone: Option<Tz> = named
        .map(|name| name.parse())
        .transpose()
        .map_err(|_| Refusal::invalid(&format!("Invalid time zone definition for {key} time.")))?;
    match (point["date"].as_str(), point["dateTime"].as_str()) {
        (Some(date), None) if date.parse::<NaiveDate>().is_ok() => Ok(()),
        (None, Some(_)) if repeats && zone.is_none() => {
            Err(Refusal::invalid(&format!("Missing time zone definition for {key} time.")))
        }
        (None, Some(time)) => {
            let time = instant(time, zone)
                .ok_or_else(|| Refusal::invalid(&format!("Invalid {key} time.")))?;
            let shown = time.with_timezone(&calendar).to_rfc3339_opts(SecondsFormat::Secs, true);
            point["dateTime"] = shown.into();
            point["timeZone"] = zone.unwrap_or(calendar).name().into();
            Ok(())
        }
        (None, None) => {
            let message = format!("Missing {key} time.");
            Err(Refusal::new(axum::http::StatusCode::BAD_REQUEST, "required", &message))
        }
        _ => Err(Refusal::invalid(&format!("Invalid {key} time."))),
    }
}

fn instant(text: &str, zone: Option<Tz>) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let local = text.parse::<NaiveDateTime>().ok()?;
    Some(first(zone?, local))
}

/// The instant at which a zone's clocks first show a time.
fn first(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => first(zone, local + TimeDelta::hours(1)),
    }
}

/// When an event starts and ends; a cancelled one may not say.
pub(super) fn times(event: &Value, zone: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let at = |key: &str| {
        let point = &event[key];
        let midnight = |date: NaiveDate| first(zone, date.and_time(NaiveTime::MIN));
        let time = point["dateTime"].as_str().and_then(|time| instant(time, None));
        let date = point["date"].as_str().and_then(|date| date.parse().ok());
        time.or_else(|| date.map(midnight)).unwrap_or_default()
    };
    (at("start"), at("end"))
}

/// An occurrence of a series, as its id names it: `MASTER_20261201T080000Z` or
/// `MASTER_20261201`. The stand-in knows no recurrence rules: it takes every time
/// for one at which the series takes place.
#[derive(Debug)]
pub(super) struct Instance<'a> {
    pub(super) master: &'a str,
    original: Original,
}

#[derive(Debug)]
enum Original {
    Date(NaiveDate),
    Time(DateTime<Utc>),
}

impl<'a> Instance<'a> {
    pub(super) fn parse(id: &'a str) -> Option<Self> {
        let (master, time) = id.rsplit_once('_')?;
        let original = match NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%SZ") {
            Ok(time) => Original::Time(time.and_utc()),
            Err(_) => Original::Date(NaiveDate::parse_from_str(time, "%Y%m%d").ok()?),
        };
        Some(Self { master, original })
    }

    /// The occurrence as an event.
    pub(super) fn of(&self, master: &Value) -> Value {
        let zone = master["start"]["timeZone"].as_str().unwrap_or("UTC");
        let tz: Tz = zone.parse().unwrap_or(Tz::UTC);
        let (start, end) = times(master, tz);
        let length = end - start;
        let at = |moved: TimeDelta| match self.original {
            Original::Date(date) => json!({"date": date + moved}),
            Original::Time(time) => {
                let shown = (time + moved).with_timezone(&tz);
                json!({"dateTime": shown.to_rfc3339_opts(SecondsFormat::Secs, true), "timeZone": zone})
            }
        };
        let suffix = match self.original {
            Original::Date(date) => date.format("%Y%m%d").to_string(),
            Original::Time(time) => time.format("%Y%m%dT%H%M%SZ").to_string(),
        };
        let mut event = master.clone();
        event.as_object_mut().map(|event| event.remove("recurrence"));
        event["id"] = format!("{}_{suffix}", self.master).into();
        event["recurringEventId"] = self.master.into();
        event["originalStartTime"] = at(TimeDelta::zero());
        event["start"] = at(TimeDelta::zero());
        event["end"] = at(length);
        event
    }
}
