//! What an export of a window contains does not depend on how its events are found.

use calendar_tests::random::generator;
use calendar_tests::{Database, fixture};
use fastrand::Rng;
use postgres::Client;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The UIDs of an export.
fn exported(client: &mut Client, broker: Uuid, window: &[String; 2]) -> BTreeSet<String> {
    let export =
        format!("select calendar.export_ics('{broker}', '{}', '{}')", window[0], window[1]);
    let ics: String = client.query_one(&export, &[]).unwrap().get(0);
    ics.lines().filter_map(|line| line.strip_prefix("UID:")).map(str::to_owned).collect()
}

/// The UIDs of all events that take place within a window, found one by one.
fn taking_place(client: &mut Client, broker: Uuid, window: &[String; 2]) -> BTreeSet<String> {
    let find = format!(
        "select distinct e.external_event_id
           from calendar.events as e
           join calendar.calendars as c on c.id = e.calendar_id
          where c.broker_id = '{broker}'
            and calendar_private.occurs_within(c.id, e.external_event_id, '{}', '{}')",
        window[0], window[1]
    );
    client.query(&find, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

fn one_of<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

#[test]
fn an_export_has_every_event_that_takes_place_within_it() {
    let db = Database::new();
    let mut client = db.connect();
    let mut rng = generator();
    let broker = fixture::broker(&mut client, &[]);
    let calendars = [
        fixture::calendar(&mut client, broker, &[]),
        fixture::calendar(
            &mut client,
            broker,
            &[("is_primary", "false"), ("blocks_availability", "false")],
        ),
        fixture::calendar(
            &mut client,
            broker,
            &[("is_primary", "false"), ("tentative_blocks", "false"), ("all_day_blocks", "false")],
        ),
    ];
    for n in 0..240 {
        let calendar = calendars[rng.usize(..3)];
        let hour = rng.u32(..24 * 40);
        let days = rng.u32(..4);
        let minutes = one_of(&mut rng, &["0", "30", "90", "1440", "4000"]).to_owned();
        let is_all_day = rng.u32(..5) == 0;
        let (status, transparency) = (
            one_of(&mut rng, &["confirmed", "confirmed", "tentative", "cancelled"]),
            one_of(&mut rng, &["opaque", "opaque", "transparent"]),
        );
        let declined = rng.u32(..6) == 0;
        let recurrence = match rng.u32(..8) {
            0 => "'RRULE:FREQ=WEEKLY;COUNT=3'",
            1 => "'RRULE:FREQ=DAILY;COUNT=9'",
            _ => "null",
        };
        let insert = if is_all_day {
            format!(
                "insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, start_date, end_date,
                                              is_all_day, status, transparency, declined)
                 select '{calendar}', 'e{n:03}', (d::timestamp at time zone c.timezone), ((d + {days} + 1)::timestamp at time zone c.timezone),
                        d, d + {days} + 1, true, '{status}', '{transparency}', {declined}
                   from calendar.calendars as c, lateral (select date '2026-02-20' + {hour} / 24 as d) as d
                  where c.id = '{calendar}'"
            )
        } else {
            format!(
                "insert into calendar.events (calendar_id, external_event_id, starts_at, ends_at, status, transparency,
                                              declined, recurrence)
                 select '{calendar}', 'e{n:03}', t, t + interval '{minutes} minutes', '{status}', '{transparency}',
                        {declined}, {recurrence}
                   from (select timestamptz '2026-02-20Z' + {hour} * interval '1 hour') as t (t)"
            )
        };
        client.batch_execute(&insert).unwrap();
    }
    client.batch_execute("analyze").unwrap();
    let mut found = 0;
    for _ in 0..60 {
        let (start, length) = (rng.u32(..24 * 50), rng.u32(1..24 * 9));
        let row = client
            .query_one(
                "select to_char(timestamptz '2026-02-15Z' + make_interval(hours => $1), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),
                        to_char(timestamptz '2026-02-15Z' + make_interval(hours => $2), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
                &[&i32::try_from(start).unwrap(), &i32::try_from(start + length).unwrap()],
            )
            .unwrap();
        let window = [row.get(0), row.get(1)];
        let wanted = taking_place(&mut client, broker, &window);
        assert_eq!(exported(&mut client, broker, &window), wanted, "{window:?}");
        found += wanted.len();
    }
    assert!(found > 300, "{found}");
    // Beyond what is stored as well.
    let window = ["2028-02-15T00:00:00Z".to_owned(), "2028-03-15T00:00:00Z".to_owned()];
    fixture::event(
        &mut client,
        calendars[0],
        "late",
        "2028-03-01T10:00:00Z",
        "2028-03-01T11:00:00Z",
    );
    assert_eq!(exported(&mut client, broker, &window), BTreeSet::from(["late".to_owned()]));
}
