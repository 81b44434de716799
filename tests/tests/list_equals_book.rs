//! A slot can be booked exactly when it is listed, and `explain_slot` says why not.

use calendar_tests::{Database, answer, fixture, random};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::Client;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const BROKERS: usize = 40;
const CANDIDATES: usize = 60;

/// Zones whose clocks change in every way, at and away from midnight, or never.
const ZONES: [&str; 10] = [
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "UTC",
];

const DURATIONS: [i64; 7] = [5, 15, 30, 45, 60, 90, 240];

/// A broker with everything that decides about its time.
struct Case {
    id: Uuid,
    /// The present, but for some seconds.
    now: DateTime<Utc>,
    horizon_days: i64,
    /// The lengths of the meeting type asked for, if there is one.
    durations: Option<Vec<i64>>,
}

impl Case {
    /// The last arguments of a call.
    fn of_type(&self) -> &'static str {
        if self.durations.is_some() { ", meeting_type => 'call'" } else { "" }
    }
}

fn one_of<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

/// Now and then.
fn sometimes(rng: &mut Rng) -> bool {
    rng.u8(..4) == 0
}

/// An instant on a multiple of five minutes, from some days after `now` to others.
fn within(rng: &mut Rng, now: DateTime<Utc>, from_days: i64, to_days: i64) -> DateTime<Utc> {
    now + TimeDelta::minutes(rng.i64(from_days * 288..to_days * 288) * 5)
}

fn set_now(client: &mut Client, now: DateTime<Utc>) {
    client.batch_execute(&format!("set calendar.now = '{}'", now.to_rfc3339())).unwrap();
}

fn random_broker(client: &mut Client, rng: &mut Rng) -> Case {
    // Near the days when clocks change in March, April and autumn.
    let day = one_of(rng, &["2026-03-01", "2026-03-25", "2026-10-20"]);
    let now: DateTime<Utc> = format!("{day}T00:00:00Z").parse().unwrap();
    let now = within(rng, now, 0, 7);
    set_now(client, now + TimeDelta::seconds(rng.i64(0..60)));
    // The stored blocks end after 400 days.
    let horizon_days = one_of(rng, &[2, 14, 60, 450]);
    let mut columns = vec![
        ("timezone", one_of(rng, &ZONES).to_owned()),
        ("slot_duration_minutes", one_of(rng, &DURATIONS).to_string()),
        ("buffer_before_minutes", one_of(rng, &[0, 0, 5, 60]).to_string()),
        ("buffer_after_minutes", one_of(rng, &[0, 0, 10, 90]).to_string()),
        ("minimum_notice_minutes", one_of(rng, &[0, 60, 1441]).to_string()),
        ("booking_horizon_days", horizon_days.to_string()),
        ("booking_enabled", (rng.u8(..20) > 0).to_string()),
    ];
    if sometimes(rng) {
        columns.push(("slot_increment_minutes", one_of(rng, &[5, 10, 20, 25, 60]).to_string()));
    }
    if sometimes(rng) {
        columns.push(("max_bookings_per_day", one_of(rng, &[1, 2, 3]).to_string()));
    }
    let columns: Vec<_> = columns.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut case =
        Case { id: fixture::broker(client, &columns), now, horizon_days, durations: None };
    if rng.bool() {
        case.durations = Some(random_type(client, rng, &case));
    }
    random_hours(client, rng, &case);
    random_events(client, rng, &case);
    random_bookings(client, rng, &case);
    case
}

/// Makes the meeting type `call`, and returns the lengths that it has.
fn random_type(client: &mut Client, rng: &mut Rng, case: &Case) -> Vec<i64> {
    let durations = vec![one_of(rng, &[5, 15, 30]), one_of(rng, &[45, 60, 90])];
    let mut rules = json!({"slug": "call", "name": "Call", "durations": durations});
    let choices = [
        ("increment_minutes", &[5, 20, 60][..]),
        ("buffer_before_minutes", &[0, 5, 60]),
        ("buffer_after_minutes", &[0, 10, 90]),
        ("minimum_notice_minutes", &[0, 60, 1441]),
        ("booking_horizon_days", &[2, 14, 60]),
        ("max_bookings_per_day", &[1, 2]),
    ];
    for (rule, values) in choices {
        if sometimes(rng) {
            rules[rule] = json!(one_of(rng, values));
        }
    }
    let save = "select calendar.save_meeting_type($1, $2)";
    client.execute(save, &[&case.id, &rules]).unwrap();
    if sometimes(rng) {
        let hours: Vec<Value> = (0..6)
            .map(|_| {
                let start = rng.u32(0..23);
                let time = |hour: u32| format!("{hour:02}:00");
                json!({"weekday": rng.u32(1..=7), "start_local": time(start), "end_local": time(rng.u32(start + 1..=24))})
            })
            .collect();
        let set = "select from calendar.set_working_hours($1, $2, 'call')";
        client.execute(set, &[&case.id, &json!(hours)]).unwrap();
    }
    durations
}

fn random_hours(client: &mut Client, rng: &mut Rng, case: &Case) {
    for _ in 0..one_of(rng, &[0, 5, 14]) {
        let start = rng.u32(0..23 * 12);
        let end = if sometimes(rng) { 288 } else { rng.u32(start + 1..=288) };
        let time = |fives: u32| format!("{:02}:{:02}", fives / 12, fives % 12 * 5);
        fixture::working_hours(client, case.id, rng.u32(1..=7), &time(start), &time(end));
    }
    for _ in 0..rng.usize(..6) {
        let kind = one_of(rng, &["block", "open", "replace"]);
        let start = within(rng, case.now, -3, 20);
        let end = start + TimeDelta::minutes(one_of(rng, &[5, 60, 300, 1440, 4000]));
        let rule = one_of(rng, &["FREQ=DAILY;INTERVAL=4", "FREQ=WEEKLY", "FREQ=MONTHLY;COUNT=3"]);
        let recurring = [("rrule", rule)];
        let columns = if sometimes(rng) { &recurring[..] } else { &[] };
        let (start, end) = (start.to_rfc3339(), end.to_rfc3339());
        fixture::hours_override(client, case.id, kind, &start, &end, columns);
    }
}

fn random_events(client: &mut Client, rng: &mut Rng, case: &Case) {
    let zone = one_of(rng, &ZONES);
    let calendar = fixture::calendar(client, case.id, &[("timezone", zone)]);
    let mut event = |number: usize| {
        let start = within(rng, case.now, -10, 30);
        let end = start + TimeDelta::minutes(one_of(rng, &[0, 5, 30, 60, 700, 2000]));
        let mut event = json!({
            "external_event_id": number.to_string(),
            "starts_at": start.to_rfc3339(), "ends_at": end.to_rfc3339(),
            "status": one_of(rng, &["confirmed", "confirmed", "tentative", "cancelled"]),
            "transparency": one_of(rng, &["opaque", "opaque", "opaque", "transparent"]),
            "timezone": one_of(rng, &ZONES),
        });
        if sometimes(rng) {
            event["recurrence"] = json!(one_of(
                rng,
                &["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY;COUNT=9", "RRULE:FREQ=MONTHLY;BYDAY=-1FR"]
            ));
        }
        if sometimes(rng) {
            event["starts_at"] = json!(start.date_naive().to_string());
            event["ends_at"] = json!(end.date_naive().to_string());
            event["is_all_day"] = json!(true);
        }
        event
    };
    let events: Vec<Value> = (0..12).map(&mut event).collect();
    fixture::events(client, calendar, &json!(events));
}

fn random_bookings(client: &mut Client, rng: &mut Rng, case: &Case) {
    for _ in 0..12 {
        let start = within(rng, case.now, 0, 15);
        let end = start + TimeDelta::minutes(one_of(rng, &DURATIONS));
        // Buffers are copied, so that each booking has its own.
        let buffers = format!(
            "update calendar.brokers set buffer_before_minutes = {}, buffer_after_minutes = {}
              where id = '{}'",
            one_of(rng, &[0, 5, 60]),
            one_of(rng, &[0, 10, 90]),
            case.id
        );
        client.batch_execute(&buffers).unwrap();
        let hold = if sometimes(rng) { ", hold_minutes => 1" } else { "" };
        let of_type = match &case.durations {
            Some(durations) if durations.contains(&(end - start).num_minutes()) => case.of_type(),
            _ => "",
        };
        let book = format!(
            "book_calendar_slot('{}', '{start}', '{end}', outside_hours => true{hold}{of_type})",
            case.id
        );
        if let Ok(booking) = fixture::call(client, &book)
            && sometimes(rng)
        {
            let id = booking["id"].as_str().unwrap();
            let status = one_of(rng, &["cancelled", "completed", "no_show", "failed"]);
            let change =
                format!("update calendar.bookings set status = '{status}' where id = '{id}'");
            client.batch_execute(&change).unwrap();
        }
    }
    // The holds have lapsed by then.
    if sometimes(rng) {
        set_now(client, case.now + TimeDelta::minutes(2));
    }
}

/// Slots that would be free without events, bookings and notice, the first of them too, their
/// neighbours, and slots at any time.
fn candidates(
    client: &mut Client,
    rng: &mut Rng,
    case: &Case,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let duration = one_of(rng, case.durations.as_deref().unwrap_or(&DURATIONS));
    let reach = if sometimes(rng) { case.horizon_days } else { case.horizon_days.min(10) };
    let from = within(rng, case.now, -1, reach);
    let mut transaction = client.transaction().unwrap();
    let free = format!(
        "delete from calendar.bookings where broker_id = '{0}';
         update calendar.calendars set blocks_availability = false where broker_id = '{0}';
         update calendar.meeting_types set minimum_notice_minutes = 0 where broker_id = '{0}';
         update calendar.brokers set minimum_notice_minutes = 0 where id = '{0}'",
        case.id
    );
    transaction.batch_execute(&free).unwrap();
    let mut free_from = |from: DateTime<Utc>| -> Vec<DateTime<Utc>> {
        let query = format!(
            r#"select to_char(slot_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 from calendar.get_available_slots('{}', '{from}', '{}', duration_minutes => {duration}{})"#,
            case.id,
            from + TimeDelta::days(10),
            case.of_type()
        );
        let rows = transaction.query(&query, &[]).unwrap();
        rows.iter().map(|row| row.get::<_, &str>(0).parse().unwrap()).collect()
    };
    let (open, first) = (free_from(from), free_from(case.now).first().copied());
    transaction.rollback().unwrap();
    let mut candidate = || {
        if open.is_empty() || sometimes(rng) {
            return within(rng, case.now, -1, case.horizon_days + 2);
        }
        let moved = one_of(rng, &[0, 0, 5, -duration, duration, 1440]);
        open[rng.usize(..open.len())] + TimeDelta::minutes(moved)
    };
    let starts = (0..CANDIDATES).map(|_| candidate()).chain(first);
    starts.map(|start| (start, start + TimeDelta::minutes(duration))).collect()
}

/// Tries to book, and undoes it: the reason of the refusal, if there was one.
fn refusal(client: &mut Client, call: &str) -> Option<String> {
    let mut transaction = client.transaction().unwrap();
    let mut savepoint = transaction.transaction().unwrap();
    let result = savepoint.query_one(&format!("select calendar.{call}"), &[]);
    savepoint.rollback().unwrap();
    transaction.rollback().unwrap();
    let error = result.err()?;
    assert_eq!(answer::sqlstate(&error), "PT409", "{error:?}");
    Some(answer::detail(&error)["reason"].as_str().unwrap().to_owned())
}

#[test]
fn bookable_exactly_when_listed_and_explained_when_not() {
    let db = Database::new();
    let mut client = db.connect();
    let mut rng = random::generator();
    let mut outcomes = BTreeMap::<String, usize>::new();
    for _ in 0..BROKERS {
        let case = random_broker(&mut client, &mut rng);
        for (start, end) in candidates(&mut client, &mut rng, &case) {
            let slot = format!("'{}', '{start}', '{end}'{}", case.id, case.of_type());
            let window = format!(
                "'{}', '{}'",
                start - TimeDelta::minutes(rng.i64(0..4000)),
                end + TimeDelta::minutes(rng.i64(0..4000))
            );
            let duration = (end - start).num_minutes();
            let row = client
                .query_one(
                    &format!(
                        "select exists (
                             select from calendar.get_available_slots(
                                 '{}', {window}, duration_minutes => {duration}{}) as s
                              where (s.slot_start, s.slot_end) = ('{start}', '{end}')),
                             calendar.explain_slot({slot})",
                        case.id,
                        case.of_type()
                    ),
                    &[],
                )
                .unwrap();
            let (listed, explained): (bool, Value) = (row.get(0), row.get(1));
            let refused = refusal(&mut client, &format!("book_calendar_slot({slot})"));
            let context = || format!("{slot}, now {}: {explained}", case.now);
            assert_eq!(listed, refused.is_none(), "{refused:?}: {}", context());
            assert_eq!(explained["bookable"], listed, "{}", context());
            assert_eq!(explained["reason"].as_str(), refused.as_deref(), "{}", context());
            let outcome = refused.unwrap_or_else(|| "booked".to_owned());
            *outcomes.entry(outcome).or_default() += 1;
        }
    }
    println!("{outcomes:?}");
    for outcome in ["booked", "taken", "outside_hours", "off_grid", "notice"] {
        assert!(outcomes.contains_key(outcome), "no candidate was {outcome}: {outcomes:?}");
    }
}
