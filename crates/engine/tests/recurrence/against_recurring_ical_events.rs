//! Whole series against the Python package recurring-ical-events.
//! `scripts/test` runs these tests.

use crate::python::{ask, samples};
use crate::random_series::{Change, Form, OTHER_ZONE, RandomSeries, series_with};
use crate::support::random_ranges;
use calendar_engine::Interval;
use calendar_engine::event::Span;
use calendar_engine::time::{Instant, Offsets, Zone, local_to_instant};
use chrono::{Datelike, NaiveDateTime, TimeDelta};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use std::collections::BTreeSet;

/// A rule that dateutil, on which recurring-ical-events is built, follows as RFC
/// 5545 does: DTSTART matches those with a COUNT.
fn rules(zone: Zone, start: NaiveDateTime, is_date: bool) -> impl Strategy<Value = Vec<String>> {
    let weekday = &start.weekday().to_string()[..2].to_uppercase();
    let mut rules = vec![
        "FREQ=DAILY".to_owned(),
        "FREQ=DAILY;INTERVAL=3;COUNT=20".to_owned(),
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR".to_owned(),
        format!("FREQ=WEEKLY;BYDAY={weekday},SA;COUNT=15"),
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH,SU".to_owned(),
        "FREQ=MONTHLY".to_owned(),
        "FREQ=MONTHLY;BYMONTHDAY=1,15,-1".to_owned(),
        "FREQ=MONTHLY;BYDAY=2TU,-1FR".to_owned(),
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1".to_owned(),
        format!("FREQ=YEARLY;BYMONTH={};BYDAY=SU", start.month()),
        "FREQ=YEARLY;COUNT=3".to_owned(),
    ];
    if !is_date {
        rules.push("FREQ=HOURLY;INTERVAL=7;COUNT=60".to_owned());
        rules.push("FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30".to_owned());
    }
    let until = proptest::option::weighted(0.3, (-2..80_i64, 0..2_i64));
    (select(rules), until).prop_map(move |(rule, until)| {
        let until = until.filter(|_| !rule.contains("COUNT")).map(|(days, minutes)| {
            let until = start + TimeDelta::days(days) - TimeDelta::minutes(minutes);
            if is_date {
                until.format(";UNTIL=%Y%m%d").to_string()
            } else {
                let utc = local_to_instant(&zone, until).utc();
                utc.format(";UNTIL=%Y%m%dT%H%M%SZ").to_string()
            }
        });
        vec![format!("RRULE:{rule}{}", until.unwrap_or_default())]
    })
}

/// The series without what the package reads otherwise than we do.
fn comparable(mut series: RandomSeries) -> RandomSeries {
    // It looks occurrences up by their time in UTC and by their local time, and
    // so takes one for another where these two are equal. No offset is a part of a
    // quarter of an hour, so times of different odd minutes are never equal. A
    // rule that fires several times a day has no changes at all.
    let several_a_day = series.rules.iter().any(|rule| rule.contains("HOUR"));
    if several_a_day {
        series.rdates.clear();
        series.exdates.clear();
        series.changes.clear();
    }
    let whole_days = |time: TimeDelta| TimeDelta::days(time.num_seconds().div_euclid(86_400));
    let is_odd = |time: TimeDelta| time != whole_days(time);
    for (index, date) in series.rdates.iter_mut().enumerate() {
        if is_odd(date.after) {
            date.after = whole_days(date.after) + TimeDelta::minutes(15 * 7 + 1 + index as i64);
        }
    }
    let of_rdate = series.rdates.first().map(|date| date.after);
    let ids = series.changes.iter_mut().map(|change| &mut change.id);
    for (index, date) in series.exdates.iter_mut().chain(ids).enumerate() {
        if is_odd(date.after) {
            let odd = whole_days(date.after) + TimeDelta::minutes(15 * 3 + 5 + index as i64);
            date.after = of_rdate.unwrap_or(odd);
        }
    }
    // It does not know that a DATE means DTSTART's time of day.
    series.rdates.retain(|date| series.is_date || date.form != Form::Date);
    series.changes.retain(|change| series.is_date || change.id.form != Form::Date);
    // Of two periods that start together, it takes the first.
    let mut starts = BTreeSet::new();
    series.rdates.retain(|date| starts.insert(date.after));
    // Of two for one occurrence, it forgets one even as THISANDFUTURE.
    let is_date = series.is_date;
    let place = |time: TimeDelta| if is_date { whole_days(time) } else { time };
    let mut ids = BTreeSet::new();
    series.changes.retain(|change| ids.insert(place(change.id.after)));
    // It drops an override whose occurrence an EXDATE takes away, also by the local time
    // of a day that the zone skipped, which stands for that time of the next day.
    let (zone, start) = (series.zone.clone(), series.start);
    let instant = |after: TimeDelta| local_to_instant(&zone, start + after);
    series.exdates.retain(|date| {
        ids.iter().all(|id| {
            whole_days(*id) != whole_days(date.after)
                && (is_date || instant(*id) != instant(date.after))
        })
    });
    // By an EXDATE with a DATE it also takes away what starts at midnight in UTC then.
    series.exdates.retain(|date| {
        let midnight = (start + date.after).date().and_time(chrono::NaiveTime::MIN).and_utc();
        let midnight = Instant(midnight.timestamp_micros());
        is_date
            || date.form != Form::Date
            || series.zone.instant_to_local(midnight).time() != start.time()
    });
    // It takes a local time that clocks skip for what it says, not for the time
    // that it stands for, and moves later occurrences by the difference.
    let is_shown = |series: &RandomSeries, civil| {
        series.is_date || series.zone.instant_to_local(series.instant(civil)) == civil
    };
    let mut changes = std::mem::take(&mut series.changes);
    changes.retain(|change| {
        let id = series.start + change.id.after;
        is_shown(&series, id) && is_shown(&series, id + change.moved)
    });
    let is_plain = |change: &Change| {
        let starts = [change.id.after, TimeDelta::zero(), of_rdate.unwrap_or_default()];
        !change.is_of_other_kind
            && starts.iter().flat_map(|after| [*after, *after + change.moved]).all(|after| {
                let on = |days| series.start + after + TimeDelta::days(days);
                (-60..400).all(|days| is_shown(&series, on(days)))
            })
    };
    // By a RECURRENCE-ID in UTC, it moves them in elapsed time.
    let changes: Vec<_> = changes
        .into_iter()
        .map(|mut change| {
            change.this_and_future &= is_plain(&change);
            if change.this_and_future {
                change.id.form = Form::Local;
            }
            change
        })
        .collect();
    // A date of another zone it moves by that zone's clocks; and it keeps the end
    // of a period where THISANDFUTURE gives another.
    if changes.iter().any(|change| change.this_and_future) {
        series.rdates.retain(|date| series.is_date || date.form == Form::Local);
    }
    // The day that an EXDATE with a DATE takes away is one of that zone too.
    if series.exdates.iter().any(|date| date.form == Form::Date) {
        series.rdates.retain(|date| series.is_date || date.form == Form::Local);
    }
    RandomSeries { changes, ..series }
}

/// DTSTART and the length in the form that the package reads without a mistake:
/// it adds a duration on the clock.
fn span_lines(series: &RandomSeries, civil: NaiveDateTime, span: Span) -> String {
    match span {
        Span::Dates(first, end) => format!(
            "DTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n",
            first.format("%Y%m%d"),
            end.format("%Y%m%d")
        ),
        Span::Times(Interval { start, end }) => format!(
            "DTSTART{}:{}\r\nDURATION:PT{}M\r\n",
            tzid(series),
            civil.format("%Y%m%dT%H%M%S"),
            (end - start).num_minutes()
        ),
    }
}

fn tzid(series: &RandomSeries) -> String {
    format!(";TZID={}", series.zone.name().unwrap())
}

fn stream(series: &RandomSeries) -> String {
    let mut stream = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:1\r\n".to_owned();
    let mut event = |key: usize, lines: &str| {
        stream += &format!(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20000101T000000Z\r\nSUMMARY:{key}\r\n{lines}END:VEVENT\r\n"
        );
    };
    let recurrence = series.lines(&tzid(series)).join("\r\n");
    let span = span_lines(series, series.start, series.master_span());
    event(0, &format!("{span}{recurrence}\r\n"));
    for (index, change) in series.changes.iter().enumerate() {
        let range = if change.this_and_future { ";RANGE=THISANDFUTURE" } else { "" };
        let id = series.line(&format!("RECURRENCE-ID{range}"), &change.id, &tzid(series));
        let start = series.start + change.id.after + change.moved;
        let span = span_lines(series, start, series.change_span(change));
        let status = if change.cancelled { "STATUS:CANCELLED\r\n" } else { "" };
        event(index + 1, &format!("{id}\r\n{span}{status}"));
    }
    stream + "END:VCALENDAR\r\n"
}

/// Whether no clock changes during an interval or nearby, so that a length on
/// the clock is one in elapsed time.
fn is_clear(zone: &Zone, interval: Interval) -> bool {
    let near = TimeDelta::hours(26);
    let zones = [zone, &Zone::iana(OTHER_ZONE).unwrap()];
    let times = [interval.start + -near, interval.start, interval.end, interval.end + near];
    zones.iter().all(|zone| times.iter().all(|at| zone.offset_at(*at) == zone.offset_at(times[0])))
}

/// What is compared of an occurrence: its component, its start, and its end where
/// no clock changes.
type Told = (usize, i64, Option<i64>);

#[test]
#[ignore = "needs CALENDAR_TEST_PYTHON"]
fn series_have_the_occurrences_of_recurring_ical_events() {
    let mut sampled = samples((series_with(rules), random_ranges()), 2500);
    let all = sampled.len();
    for (series, _) in &mut sampled {
        *series = comparable(series.clone());
    }
    // A DTSTART that its own clock skips is no start of a series.
    sampled.retain(|(series, _)| {
        series.is_date || series.zone.instant_to_local(series.instant(series.start)) == series.start
    });
    assert!(sampled.len() > all * 9 / 10);
    let wide = |series: &RandomSeries| {
        let at = |days| series.instant(series.start + TimeDelta::days(days));
        Interval::new(at(-40), at(300))
    };
    let seconds = |instant: Instant| instant.0.div_euclid(1_000_000);
    let questions: Vec<_> = sampled
        .iter()
        .map(|(series, _)| {
            let range = wide(series);
            json!({
                "stream": stream(series),
                "zone": series.zone.name().unwrap(),
                "start": seconds(range.start),
                "end": seconds(range.end),
            })
        })
        .collect();
    let answers: Vec<Vec<(String, i64, i64)>> = ask(include_str!("series.py"), &questions);
    let mut different = Vec::new();
    let mut by_key = [0; 2];
    for ((series, ranges), answer) in sampled.iter().zip(answers) {
        let spans = series.changes.iter().map(|change| series.change_span(change));
        let all_clear = spans
            .chain([series.master_span()])
            .all(|span| is_clear(&series.zone, span.interval(&series.zone)));
        let told = |key: usize, interval: Interval| -> Told {
            let has_end = all_clear && is_clear(&series.zone, interval);
            (key, seconds(interval.start), has_end.then_some(seconds(interval.end)))
        };
        let at = |second: i64| Instant(second * 1_000_000);
        let theirs: BTreeSet<_> = answer
            .iter()
            .map(|(key, start, end)| {
                told(key.parse().unwrap(), Interval::new(at(*start), at(*end)))
            })
            .collect();
        for (key, ..) in &theirs {
            by_key[usize::from(*key > 0)] += 1;
        }
        let Interval { start, end } = wide(series);
        for range in ranges.of(start, end) {
            // The lengths differ where clocks change, and so does what reaches
            // into a range.
            let starts_inside =
                |(_, start, _): &Told| (seconds(range.start)..seconds(range.end)).contains(start);
            let ours: BTreeSet<_> = series
                .series(&tzid(series))
                .occurrences(range, &mut || true)
                .unwrap()
                .iter()
                .map(|found| told(found.key, found.interval))
                .filter(starts_inside)
                .collect();
            let theirs: BTreeSet<_> = theirs.iter().copied().filter(starts_inside).collect();
            if ours != theirs {
                let only = |of: &BTreeSet<Told>, not: &BTreeSet<Told>| {
                    let only = of.difference(not).take(3);
                    only.map(|(key, start, end)| {
                        (*key, at(*start).utc(), end.map(|end| end - start))
                    })
                    .collect::<Vec<_>>()
                };
                different.push(format!(
                    "{}\n in {} to {}: only theirs {:?}, only ours {:?}",
                    stream(series),
                    range.start.utc(),
                    range.end.utc(),
                    only(&theirs, &ours),
                    only(&ours, &theirs)
                ));
                break;
            }
        }
    }
    let shown = &different[..different.len().min(5)];
    assert!(shown.is_empty(), "{} of {all}:\n{}", different.len(), shown.join("\n"));
    assert!(by_key[0] > 20 * all && by_key[1] > all / 2, "{by_key:?} of {all}");
}
