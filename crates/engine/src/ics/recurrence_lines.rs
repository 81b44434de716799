//! RRULE, RDATE, EXDATE and EXRULE, rewritten so that they can be read without
//! the VTIMEZONEs of their calendar (RFC 5545 section 3.8.5).

use super::calendar_zones::Place;
use super::wrong;
use crate::rfc5545::{Duration, Line, Moment, format_date, format_local, format_utc};
use crate::time::{Zone, local_to_instant};
use crate::{Error, Result};

/// The property as one or more content lines, each followed by `\n`. Its local
/// times are at `place`; the occurrences of an all-day event are dates. A value that
/// cannot be understood is left out, and is one of `repairs`.
pub(super) fn rewrite(
    line: &Line<'_>,
    place: &Place,
    is_all_day: bool,
    out: &mut String,
    repairs: &mut Vec<String>,
    tick: &mut dyn FnMut() -> bool,
) -> Result<()> {
    let name = line.name().to_ascii_uppercase();
    if name.ends_with("RULE") {
        let rule: String = line.value().chars().filter(|c| !c.is_control()).collect();
        out.push_str(&format!("{name}:{rule}\n"));
        return Ok(());
    }
    let is_date = line.has_type("DATE");
    let mut forms = Forms::default();
    for (index, item) in line.value().split(',').map(str::trim).enumerate() {
        if index.is_multiple_of(1024) && !tick() {
            return Err(Error::interrupted());
        }
        if !item.is_empty() && forms.add(item, is_date, is_all_day, place).is_none() {
            repairs.push(wrong(&name, item, "dates, date-times or periods").to_string());
        }
    }
    forms.write(&name, place, out);
    Ok(())
}

/// The values of one property, by the form in which they are written.
#[derive(Default)]
struct Forms {
    dates: Vec<String>,
    local: Vec<String>,
    utc: Vec<String>,
    periods: Vec<String>,
}

impl Forms {
    /// A DATE-TIME in UTC among an all-day event's dates stays as it is: its date
    /// depends on the calendar's zone.
    fn add(&mut self, item: &str, is_date: bool, is_all_day: bool, place: &Place) -> Option<()> {
        if let Some((start, end)) = item.split_once('/') {
            if is_all_day {
                // An all-day occurrence lasts as long as all others.
                return self.add(start, is_date, is_all_day, place);
            }
            let start = in_utc(Moment::parse(start)?, place);
            let end = match Duration::parse(end) {
                Some(_) => end.trim().to_owned(),
                None => in_utc(Moment::parse(end)?, place),
            };
            self.periods.push(format!("{start}/{end}"));
            return Some(());
        }
        match Moment::parse(item)? {
            Moment::Date(date) => self.dates.push(format_date(date)),
            Moment::Local(local) if is_date || is_all_day => {
                self.dates.push(format_date(local.date()));
            }
            Moment::Utc(utc) if is_date => self.dates.push(format_date(utc.date())),
            Moment::Local(local) if can_be_local(place) => self.local.push(format_local(local)),
            moment => self.utc.push(in_utc(moment, place)),
        }
        Some(())
    }

    fn write(self, name: &str, place: &Place, out: &mut String) {
        let tzid = place.name.map(|tzid| format!(";TZID={tzid}")).unwrap_or_default();
        let lines = [
            (";VALUE=DATE", self.dates),
            (tzid.as_str(), self.local),
            ("", self.utc),
            (";VALUE=PERIOD", self.periods),
        ];
        for (parameter, values) in lines {
            if !values.is_empty() {
                out.push_str(&format!("{name}{parameter}:{}\n", values.join(",")));
            }
        }
    }
}

/// Whether a reader finds the zone by its name or, without one, means the
/// series' own.
fn can_be_local(place: &Place) -> bool {
    matches!(place.zone, Zone::Iana(_)) && place.name != Zone::UTC.name()
}

fn in_utc(moment: Moment, place: &Place) -> String {
    let local = match moment {
        Moment::Date(date) => date.and_time(chrono::NaiveTime::MIN),
        Moment::Local(local) => local,
        Moment::Utc(utc) => return format!("{}Z", format_local(utc)),
    };
    format_utc(local_to_instant(&place.zone, local))
}
