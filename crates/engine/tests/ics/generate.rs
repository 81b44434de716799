//! Random calendars to write.

use crate::support::{self, zone};
use calendar_engine::Interval;
use calendar_engine::event::{Span, Status, Transparency, When};
use calendar_engine::ics::{Attendee, Calendar, Component, Method, Person, custom_zone};
use calendar_engine::time::{CustomZone, Instant, Offsets, Zone, local_to_instant};
use chrono::{NaiveDate, TimeDelta};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;

pub(crate) const ZONES: [&str; 14] = [
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Dublin",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Antarctica/Troll",
    "America/Nuuk",
];

/// The zone of those recurrence dates that have one of their own.
pub(crate) const OTHER_ZONE: &str = "Pacific/Chatham";

const RULES: [&str; 9] = [
    "RRULE:FREQ=DAILY;COUNT=20",
    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,SU;UNTIL=20991231T235959Z",
    "RRULE:FREQ=WEEKLY;INTERVAL=2",
    "RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=12",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
    "RRULE:FREQ=YEARLY;COUNT=5",
    "FREQ=HOURLY;INTERVAL=7;COUNT=50",
    "RRULE:FREQ=WEEKLY;COUNT=30\nRRULE:FREQ=MONTHLY;BYMONTHDAY=13;COUNT=9",
    "RRULE:FREQ=DAILY;BYSETPOS=1;BYHOUR=1,2,3;COUNT=30\nEXRULE:FREQ=WEEKLY",
];

/// A text as a reader shows it.
pub(crate) fn plain(text: &str) -> String {
    let text: String =
        text.chars().filter(|&c| !c.is_control() || c == '\n' || c == '\t').collect();
    text.trim().to_owned()
}

fn instant(year: i32, month: u32) -> Instant {
    Instant::from_utc(
        NaiveDate::from_ymd_opt(year, month, 1).unwrap().and_hms_opt(0, 0, 0).unwrap(),
    )
}

/// Instants of the years 1975 to 2095; many where clocks change in most zones.
fn instants() -> impl Strategy<Value = Instant> {
    let any = instant(1975, 1).0..instant(2095, 1).0;
    let near_changes =
        (2015..2040, prop_oneof![Just(3), Just(4), Just(10), Just(11)], 0..31 * 96_i64)
            .prop_map(|(year, month, quarters)| instant(year, month).plus_minutes(quarters * 15).0);
    prop_oneof![any, near_changes].prop_map(|at| Instant(at / 1_000_000 * 1_000_000))
}

fn spans() -> impl Strategy<Value = Span> {
    let times =
        (instants(), prop_oneof![0..600_i64, 0..20_000_i64]).prop_map(|(start, minutes)| {
            Span::Times(Interval::new(start, start.plus_minutes(minutes)))
        });
    let dates = (instants(), 1..30_i64).prop_map(|(start, days)| {
        let first = start.utc().date();
        Span::Dates(first, first + TimeDelta::days(days))
    });
    prop_oneof![4 => times, 1 => dates]
}

/// Zones with offsets that no IANA zone has now.
pub(crate) fn custom_zones() -> impl Strategy<Value = CustomZone> {
    let offset = (-11..12_i32, 1..15_i32).prop_map(|(hours, minutes)| hours * 3600 + minutes * 60);
    let yearly = (offset.clone(), 1..6_u32, 7..13_u32, -1..5_i32, 0..24_u32).prop_map(
        |(offset, spring, autumn, nth, hour)| {
            let nth = if nth == 0 { 1 } else { nth };
            let form = |seconds: i32| {
                let sign = if seconds < 0 { '-' } else { '+' };
                format!("{sign}{:02}{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60)
            };
            let part = |name, month, from: i32, to: i32| {
                format!(
                    "BEGIN:{name}\nDTSTART:19700101T{hour:02}0000\nTZOFFSETFROM:{}\nTZOFFSETTO:{}\n\
                     RRULE:FREQ=YEARLY;BYMONTH={month};BYDAY={nth}SU\nEND:{name}\n",
                    form(from),
                    form(to)
                )
            };
            let summer = offset + 3600;
            let text = part("DAYLIGHT", spring, offset, summer)
                + &part("STANDARD", autumn, summer, offset);
            custom_zone(&format!("BEGIN:VTIMEZONE\nTZID:X\n{text}END:VTIMEZONE\n"), &mut || true)
                .unwrap()
        },
    );
    let irregular =
        (offset.clone(), vec((1..3500_i64, offset), 0..6)).prop_map(|(first, changes)| {
            // At least two weeks apart.
            let at = |fortnights: i64| instant(1971, 1).plus_minutes(fortnights * 14 * 24 * 60);
            CustomZone::new(first, changes.into_iter().map(|(n, offset)| (at(n), offset)).collect())
        });
    prop_oneof![yearly, irregular]
}

fn zones() -> impl Strategy<Value = Option<Zone>> {
    prop_oneof![
        1 => Just(None),
        6 => proptest::sample::select(&ZONES[..]).prop_map(|name| Some(zone(name))),
        3 => custom_zones().prop_map(|custom| Some(Zone::Custom(Arc::new(custom)))),
    ]
}

/// A rule and some dates; half of these are where the rule may have an occurrence.
fn recurrences() -> impl Strategy<Value = Recurs> {
    let dates = || vec((1..100_i64, prop_oneof![Just(0), 1..5_000_i64]), 0..4);
    (option::of(proptest::sample::select(&RULES[..])), dates(), dates(), 0..4_u8)
        .prop_map(|(rule, exdates, rdates, form)| Recurs { rule, exdates, rdates, form })
}

#[derive(Debug)]
struct Recurs {
    rule: Option<&'static str>,
    /// Days and seconds after the start, by the clock.
    exdates: Vec<(i64, i64)>,
    rdates: Vec<(i64, i64)>,
    form: u8,
}

impl Recurs {
    fn text(&self, span: Span, zone: &Zone) -> Option<String> {
        let start = zone.instant_to_local(span.interval(zone).start);
        let mut lines: Vec<String> = self.rule.iter().map(|&rule| rule.to_owned()).collect();
        for (name, dates) in [("EXDATE", &self.exdates), ("RDATE", &self.rdates)] {
            let of = |other: &Zone, format: &str| {
                let dates = dates.iter().map(|&(days, seconds)| {
                    let local = start + TimeDelta::days(days) + TimeDelta::seconds(seconds);
                    other.instant_to_local(local_to_instant(zone, local)).format(format).to_string()
                });
                dates.collect::<Vec<_>>().join(",")
            };
            if dates.is_empty() {
                continue;
            }
            lines.push(match self.form {
                _ if span.is_all_day() => format!("{name};VALUE=DATE:{}", of(zone, "%Y%m%d")),
                0 => format!("{name}:{}", of(zone, "%Y%m%dT%H%M%S")),
                1 => format!("{name}:{}", of(&Zone::UTC, "%Y%m%dT%H%M%SZ")),
                2 => {
                    let times = of(&support::zone(OTHER_ZONE), "%Y%m%dT%H%M%S");
                    format!("{name};TZID={OTHER_ZONE}:{times}")
                }
                _ if name == "RDATE" => {
                    format!("{name};VALUE=PERIOD:{}", of(&Zone::UTC, "%Y%m%dT%H%M%SZ/PT50M"))
                }
                _ => format!("{name};VALUE=DATE:{}", of(zone, "%Y%m%d")),
            });
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

fn statuses() -> impl Strategy<Value = (Status, Transparency)> {
    let status = [Status::Confirmed, Status::Tentative, Status::Cancelled];
    let transparency = [Transparency::Opaque, Transparency::Transparent];
    (proptest::sample::select(status.to_vec()), proptest::sample::select(transparency.to_vec()))
}

prop_compose! {
    /// A component with nothing but what an event keeps.
    fn component()(
        (span, timezone, recurs) in (spans(), zones(), recurrences()),
        kind in 0..3_u8,
        (original, this_and_future) in (spans(), any::<bool>()),
        last_modified in option::of(instants()),
        summary in option::of("[A-Za-z;,:\\\\\"é☕]{1,100}"),
        (status, transparency) in statuses(),
    ) -> Component {
        let mut component = Component::new("", Instant(0), span);
        match kind {
            0 => {}
            1 => component.recurrence = recurs.text(span, timezone.as_ref().unwrap_or(&Zone::UTC)),
            _ => {
                // An id of another kind than its component may be read as a date.
                component.recurrence_id = Some(match (span, original) {
                    (Span::Dates(..), _) => When::Date(original.interval(&Zone::UTC).start.utc().date()),
                    (Span::Times(_), original) => original.start(),
                });
                component.this_and_future = this_and_future;
            }
        }
        component.timezone = timezone;
        component.last_modified = last_modified;
        component.summary = summary;
        component.status = status;
        component.transparency = transparency;
        component
    }
}

/// Several components, each with a UID of its own.
pub(crate) fn calendar() -> impl Strategy<Value = Calendar> {
    vec(component(), 1..5).prop_map(|mut components| {
        for (index, component) in components.iter_mut().enumerate() {
            component.uid = format!("{index};\\,\"x");
        }
        Calendar { components, ..Default::default() }
    })
}

/// Texts that try to be more than text.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = [
        "\r\nBEGIN:VEVENT\r\nUID:evil\r\nEND:VEVENT\r\n",
        "\nATTENDEE:mailto:evil@example.com",
        "\rX-EVIL:1",
        "\r\n X",
        "\";X-EVIL=1;CN=\"",
        "\":mailto:evil@example.com",
        "\\n\\nEND:VCALENDAR",
        ";,:=\\",
        "\0\u{1}\u{7f}\u{85}\u{2028}",
        "☕😀é",
        "^n^'^^",
        "\t  ",
        "\\",
        "%0d%0aX-EVIL:1",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    vec(
        prop_oneof![
            proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned),
            any::<String>()
        ],
        0..5,
    )
    .prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn hostile_component()(
        summary in hostile(),
        (uid, description, location, url) in (hostile(), hostile(), hostile(), hostile()),
        (organizer, organizer_email) in (option::of(hostile()), hostile()),
        (attendee, attendee_email) in (option::of(hostile()), hostile()),
        recurrence in hostile(),
        (rsvp, invited_by_client) in any::<(bool, bool)>(),
    ) -> Component {
        let start = instant(2026, 12);
        let span = Span::Times(Interval::new(start, start.plus_minutes(30)));
        Component {
            summary: Some(summary),
            description: Some(description),
            location: Some(location),
            url: Some(url),
            organizer: Some(Person { name: organizer, email: organizer_email }),
            attendees: vec![Attendee {
                name: attendee,
                email: attendee_email,
                rsvp,
                invited_by_client,
            }],
            recurrence: Some(format!("RRULE:FREQ=DAILY;COUNT=2\n{recurrence}\nEXDATE;{recurrence}:20261202T000000Z")),
            ..Component::new(uid, Instant(0), span)
        }
    }
}

/// Components whose every text is hostile.
pub(crate) fn hostile_calendar() -> impl Strategy<Value = Calendar> {
    (vec(hostile_component(), 1..4), hostile()).prop_map(|(mut components, name)| {
        for (index, component) in components.iter_mut().enumerate() {
            component.uid = format!("{index}{}", component.uid);
        }
        Calendar { method: Some(Method::Request), name: Some(name), components, until: None }
    })
}
