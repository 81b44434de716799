//! Overrides of working hours: `block`, `open` and `replace`, once and recurring.

use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, Scene, fixture, random};
use postgres::Client;
use uuid::Uuid;

const NEW_YORK: &str = "America/New_York";

/// A broker that works from 09:00 to 11:00 on Tuesdays and Wednesdays.
fn start(db: &Database<'_>) -> (Client, Uuid) {
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    fixture::working_hours(&mut client, broker, 2, "09:00", "11:00");
    fixture::working_hours(&mut client, broker, 3, "09:00", "11:00");
    (client, broker)
}

/// An override with its times by New York's clocks.
fn change(client: &mut Client, broker: Uuid, kind: &str, start: &str, end: &str) -> Uuid {
    let [start, end] = [start, end].map(|time| format!("2026-{time} {NEW_YORK}"));
    fixture::hours_override(client, broker, kind, &start, &end, &[])
}

/// The same, recurring.
fn recurring(
    client: &mut Client,
    broker: Uuid,
    kind: &str,
    start: &str,
    end: &str,
    rule: &str,
) -> Uuid {
    let [start, end] = [start, end].map(|time| format!("2026-{time} {NEW_YORK}"));
    fixture::hours_override(client, broker, kind, &start, &end, &[("rrule", rule)])
}

/// The slots of a broker from Monday, March 2nd, to Sunday the 8th.
fn week(client: &mut Client, broker: Uuid) -> String {
    let window = format!("'{broker}', '2026-03-02T05:00Z', '2026-03-09T04:00Z'");
    fixture::local_slots(client, NEW_YORK, &window).unwrap().join(" ")
}

fn texts(client: &mut Client, query: &str) -> Vec<String> {
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// When overrides apply, by New York's clocks.
fn occurrences(client: &mut Client) -> Vec<String> {
    texts(
        client,
        "select to_char(starts_at at time zone 'America/New_York', 'MM-DD HH24:MI')
                || to_char(ends_at at time zone 'America/New_York', '-HH24:MI')
           from calendar.override_occurrences order by starts_at",
    )
}

/// Asserts that what is stored is what the overrides give now.
#[track_caller]
fn assert_occurrences_are_true(client: &mut Client) {
    let untrue = texts(
        client,
        "with stored as (
             select o.override_id, range_agg(tstzrange(o.starts_at, o.ends_at)) as applies,
                    bool_and(o.broker_id = v.broker_id and o.kind = v.kind) as alike
               from calendar.override_occurrences as o
               join calendar.availability_overrides as v on v.id = o.override_id
              group by o.override_id
         ), fresh as (
             select d.override_id, range_agg(tstzrange(d.starts_at, d.ends_at)) as applies
               from calendar.brokers as b,
                    calendar_private.derive_override_occurrences(
                        b.id, null, b.overrides_from, b.overrides_until) as d
              group by d.override_id
         )
         select concat_ws(E'\\n', override_id, 'stored', stored.applies, 'fresh', fresh.applies)
           from stored full join fresh using (override_id)
          where stored.applies is distinct from fresh.applies or not stored.alike",
    );
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}

// Kinds.

#[test]
fn open_adds_time_with_a_grid_of_its_own() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    change(&mut client, broker, "open", "03-07 10:10", "03-07 11:10");
    let usual = "Tue 09:00 Tue 09:30 Tue 10:00 Tue 10:30 Wed 09:00 Wed 09:30 Wed 10:00 Wed 10:30";
    assert_eq!(week(&mut client, broker), format!("{usual} Sat 10:10 Sat 10:40"));
    // Where it touches the hours they are one, and the grid starts where it does.
    change(&mut client, broker, "open", "03-03 08:40", "03-03 09:00");
    let tuesday = "Tue 08:40 Tue 09:10 Tue 09:40 Tue 10:10";
    assert!(week(&mut client, broker).starts_with(tuesday), "{}", week(&mut client, broker));
}

#[test]
fn replace_stands_in_place_of_the_hours_of_every_date_it_touches() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    let wednesday = "Wed 09:00 Wed 09:30 Wed 10:00 Wed 10:30";
    change(&mut client, broker, "replace", "03-03 14:00", "03-03 15:00");
    assert_eq!(week(&mut client, broker), format!("Tue 14:00 Tue 14:30 {wednesday}"));
    // Several on one date, which is in a local sense: 23:00 is Wednesday in UTC.
    change(&mut client, broker, "replace", "03-03 23:00", "03-04 00:00");
    let tuesday = "Tue 14:00 Tue 14:30 Tue 23:00 Tue 23:30";
    assert_eq!(week(&mut client, broker), format!("{tuesday} {wednesday}"));
    // A minute after midnight, Wednesday is touched, and open for that minute alone.
    change(&mut client, broker, "replace", "03-03 23:59", "03-04 00:01");
    assert_eq!(week(&mut client, broker), tuesday);
    // What is opened besides stays open.
    change(&mut client, broker, "open", "03-04 12:00", "03-04 12:30");
    assert_eq!(week(&mut client, broker), format!("{tuesday} Wed 12:00"));
}

#[test]
fn block_wins_over_everything() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    change(&mut client, broker, "replace", "03-03 09:00", "03-03 10:30");
    change(&mut client, broker, "open", "03-03 12:00", "03-03 13:00");
    change(&mut client, broker, "block", "03-03 09:10", "03-03 09:20");
    change(&mut client, broker, "block", "03-03 12:30", "03-04 10:15");
    assert_eq!(week(&mut client, broker), "Tue 09:30 Tue 10:00 Tue 12:00 Wed 10:30");
}

#[test]
fn an_override_may_last_for_weeks() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    change(&mut client, broker, "block", "03-03 10:00", "03-24 10:00");
    let window = format!("'{broker}', '2026-03-03', '2026-03-25'");
    let slots = fixture::local_slots(&mut client, NEW_YORK, &window).unwrap();
    assert_eq!(slots.join(" "), "Tue 09:00 Tue 09:30 Tue 10:00 Tue 10:30");
    client.execute("update calendar.availability_overrides set kind = 'replace'", &[]).unwrap();
    // Open day and night on every date from the 3rd to the 24th; then Wednesday's hours.
    let slots = fixture::local_slots(&mut client, NEW_YORK, &window).unwrap();
    assert_eq!(slots.len(), 28 + 20 * 48 - 2 + 20);
    assert_occurrences_are_true(&mut client);
}

#[test]
fn explain_slot_names_the_override() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    let id = change(&mut client, broker, "block", "03-03 09:00", "03-03 09:30");
    let update = "update calendar.availability_overrides set reason = 'Dentist' where id = $1";
    client.execute(update, &[&id]).unwrap();
    let explained: serde_json::Value = client
        .query_one(
            "select calendar.explain_slot($1, '2026-03-03T14:00Z', '2026-03-03T14:30Z')",
            &[&broker],
        )
        .unwrap()
        .get(0);
    assert_eq!(explained["reason"], "outside_hours");
    let obstacle = &explained["obstacles"][0];
    let named = ["source", "id", "kind", "title"].map(|key| obstacle[key].as_str().unwrap());
    assert_eq!(named, ["override", id.to_string().as_str(), "block", "Dentist"]);
}

// Recurring ones.

#[test]
fn a_recurring_override_keeps_its_local_times_over_a_change_of_the_clocks() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    recurring(&mut client, broker, "block", "03-03 09:30", "03-03 10:00", "FREQ=WEEKLY;COUNT=3");
    let local = ["03-03 09:30-10:00", "03-10 09:30-10:00", "03-17 09:30-10:00"];
    assert_eq!(occurrences(&mut client), local);
    assert!(week(&mut client, broker).starts_with("Tue 09:00 Tue 10:00 Tue 10:30 Wed 09:00"));
}

#[test]
fn a_recurring_night_is_an_hour_shorter_when_the_clocks_go_forward() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    recurring(
        &mut client,
        broker,
        "open",
        "03-07 22:00",
        "03-08 06:00",
        "RRULE:FREQ=DAILY;COUNT=2",
    );
    assert_eq!(occurrences(&mut client), ["03-07 22:00-06:00", "03-08 22:00-06:00"]);
    let lengths =
        "select (ends_at - starts_at)::text from calendar.override_occurrences order by starts_at";
    assert_eq!(texts(&mut client, lengths), ["07:00:00", "08:00:00"]);
}

#[test]
fn exceptions_and_added_dates_count() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    let lines = "RRULE:FREQ=DAILY;UNTIL=20260306T045959Z\nEXDATE:20260304T090000\n\
                 RDATE;TZID=America/New_York:20260310T120000";
    recurring(&mut client, broker, "open", "03-03 09:00", "03-03 09:30", lines);
    let local = ["03-03 09:00-09:30", "03-05 09:00-09:30", "03-10 12:00-12:30"];
    assert_eq!(occurrences(&mut client), local);
}

#[test]
fn beyond_what_is_stored_the_answer_is_the_same() {
    let Scene { db, mut client, broker } = Scene::new(&[("booking_horizon_days", "1500")]);
    recurring(&mut client, broker, "block", "03-03 09:30", "03-03 12:00", "FREQ=WEEKLY");
    recurring(&mut client, broker, "open", "03-07 09:30", "03-07 12:00", "FREQ=MONTHLY;BYDAY=1SA");
    recurring(&mut client, broker, "replace", "12-24 09:00", "12-24 12:00", "FREQ=YEARLY");
    let answers = |client: &mut Client| {
        [("2027-11-20", "2028-01-15"), ("2027-03-28", "2027-04-12"), ("2026-10-01", "2026-11-20")]
            .map(|(start, end)| fixture::slots(client, broker, start, end).unwrap())
    };
    let before = answers(&mut client);
    assert!(!before[0].contains(&"2027-12-24T18:00:00Z".to_owned()), "replaced");
    db.set_now("2026-10-01T00:00:00Z");
    let mut client = db.connect();
    assert_eq!(answers(&mut client), before);
    assert_eq!(texts(&mut client, "select calendar_sync.extend_horizon()::text"), ["1"]);
    assert_eq!(answers(&mut client), before);
    assert_occurrences_are_true(&mut client);
}

// Changes.

#[test]
fn occurrences_follow_overrides_and_their_brokers() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    let other = fixture::broker(&mut client, &[("timezone", "Europe/London")]);
    let id = recurring(
        &mut client,
        broker,
        "block",
        "03-03 09:00",
        "03-03 10:00",
        "FREQ=WEEKLY;COUNT=2",
    );
    let mut after = |statement: &str| {
        client.batch_execute(statement).unwrap();
        assert_occurrences_are_true(&mut client);
        occurrences(&mut client).join(" ")
    };
    assert_eq!(after(""), "03-03 09:00-10:00 03-10 09:00-10:00");
    // London's clocks have not changed by then.
    let london =
        format!("update calendar.brokers set timezone = 'Europe/London' where id = '{broker}'");
    assert_eq!(after(&london), "03-03 09:00-10:00 03-10 10:00-11:00");
    let set = |assignment: &str| {
        format!("update calendar.availability_overrides set {assignment} where id = '{id}'")
    };
    assert_eq!(after(&set("rrule = null")), "03-03 09:00-10:00");
    assert_eq!(
        after(&set("ends_at = ends_at + interval '1 hour', kind = 'open'")),
        "03-03 09:00-11:00"
    );
    assert_eq!(after(&set(&format!("broker_id = '{other}'"))), "03-03 09:00-11:00");
    assert_eq!(after("delete from calendar.availability_overrides"), "");
}

#[test]
fn occurrences_are_true_to_overrides_whatever_happens() {
    let db = Database::new();
    let mut rng = random::generator();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    let one_of = |rng: &mut fastrand::Rng, of: &[&str]| of[rng.usize(..of.len())].to_owned();
    let (mut now, mut last) = (0, Uuid::nil());
    for _ in 0..60 {
        match rng.u8(..6) {
            0..=2 => {
                let start = format!(
                    "2026-{:02}-{:02}T{:02}:30Z",
                    rng.u32(1..=12),
                    rng.u32(1..=28),
                    rng.u32(..24)
                );
                let minutes = one_of(&mut rng, &["30", "600", "1440", "9000"]);
                let rules = [
                    "FREQ=DAILY;INTERVAL=3",
                    "FREQ=WEEKLY;BYDAY=SA,SU",
                    "FREQ=YEARLY",
                    "FREQ=MONTHLY;COUNT=7",
                ];
                let kind = one_of(&mut rng, &["block", "open", "replace"]);
                let rule = if rng.bool() {
                    format!("'{}'", one_of(&mut rng, &rules))
                } else {
                    "null".to_owned()
                };
                let insert = format!(
                    "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
                     values ('{broker}', '{kind}', '{start}',
                             timestamptz '{start}' + make_interval(mins => {minutes}), {rule})
                     returning id"
                );
                last = client.query_one(&insert, &[]).unwrap().get(0);
            }
            3 => {
                let zone = one_of(&mut rng, &[NEW_YORK, "Europe/London", "Pacific/Apia"]);
                let statement = "update calendar.brokers set timezone = $1::text where id = $2";
                client.execute(statement, &[&zone, &broker]).unwrap();
            }
            4 => {
                let statement = "update calendar.availability_overrides
                                    set starts_at = starts_at - interval '90 minutes' where id = $1";
                client.execute(statement, &[&last]).unwrap();
            }
            _ => {
                now += rng.u32(..100);
                let later = format!(
                    "select set_config('calendar.now', to_char(timestamptz '2026-03-02T14:00Z'
                                + make_interval(days => {now}), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), false);
                     select calendar_sync.extend_horizon()"
                );
                client.batch_execute(&later).unwrap();
            }
        }
        assert_occurrences_are_true(&mut client);
    }
}

#[test]
fn every_change_of_hours_and_overrides_is_audited() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    change(&mut client, broker, "block", "03-03 09:00", "03-03 10:00");
    client
        .batch_execute(
            "update calendar.availability_overrides set reason = 'Leave';
             delete from calendar.availability_overrides;
             update calendar.working_hours set is_active = false where weekday = 3;
             delete from calendar.working_hours where weekday = 2",
        )
        .unwrap();
    let log = "select concat_ws(' ', operation, table_name, old_row ->> 'reason',
                                new_row ->> 'reason', old_row ->> 'weekday')
                 from calendar.audit_log order by id";
    assert_eq!(
        texts(&mut client, log),
        [
            "insert working_hours",
            "insert working_hours",
            "insert availability_overrides",
            "update availability_overrides Leave",
            "delete availability_overrides Leave",
            "update working_hours 3",
            "delete working_hours 2",
        ]
    );
}

// What is not allowed.

#[test]
fn a_wrong_override_is_refused() {
    let db = Database::new();
    let (mut client, broker) = start(&db);
    let mut insert = |kind: &str, start: &str, end: &str, rule: &str| {
        let statement = format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{broker}', '{kind}', {start}, {end}, {rule})"
        );
        client.batch_execute(&statement)
    };
    let (start, end) = ("'2026-03-03T10:00Z'", "'2026-03-03T10:01Z'");
    for (kind, start, end) in [
        ("close", start, end),
        ("block", end, start),
        ("block", start, start),
        ("block", start, "'2037-03-03'"),
        ("block", "'-infinity'", end),
        ("block", start, "'infinity'"),
        ("block", "'294276-01-01'", "'294276-01-02'"),
        ("block", "'0100-01-01 BC'", "'0100-01-02 BC'"),
    ] {
        let words =
            if kind == "close" { "kind must be block, open or replace" } else { " must be " };
        refused(insert(kind, start, end, "null"), "23514", words);
    }
    for (rule, words) in [
        ("'every day'", "not a recurrence property"),
        ("'FREQ=SOMETIMES'", "FREQ"),
        ("'FREQ=DAILY;INTERVAL=0'", "INTERVAL"),
        ("'FREQ=SECONDLY'", "yields more than 20000 occurrences"),
        ("'FREQ=MINUTELY;BYSECOND=0,30'", "yields more than 20000 occurrences"),
        // It could be followed today, yet not in four years.
        ("'FREQ=MINUTELY;BYSETPOS=2;COUNT=9'", "needs more than 2000000 steps"),
        ("repeat('EXDATE:20260303T100000Z' || chr(10), 50000)", "give at most 1048576"),
    ] {
        refused(insert("block", start, end, rule), "22023", words);
    }
    // Nor does it help to begin in some years.
    let far = insert("block", "'2031-01-01'", "'2031-01-02'", "'FREQ=SECONDLY'");
    refused(far, "22023", "yields more than 20000 occurrences");
    insert("block", "'2031-01-01'", "'2031-01-02'", "'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'")
        .unwrap();
    assert_eq!(texts(&mut client, "select rrule from calendar.availability_overrides").len(), 1);
}

#[test]
fn what_one_broker_may_write_is_bounded() {
    let db = Database::new();
    let mut admin = db.connect();
    let user = Uuid::from_u128(0xada);
    let broker = fixture::broker(&mut admin, &[("user_id", &user.to_string())]);
    let other = fixture::broker(&mut admin, &[]);
    let mut owner = db.connect_as(Caller::User(user));
    let blocks = |broker: Uuid, count: u32| {
        format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at)
             select '{broker}', 'block', t, t + interval '1 hour'
               from generate_series(0, {count} - 1) as n, lateral (values (timestamptz '2026-03-02Z' + n * interval '2 hours')) as v (t)"
        )
    };
    let hours = |count: u32| {
        format!(
            "insert into calendar.working_hours (broker_id, weekday, start_local, end_local, valid_from)
             select '{broker}', 1, '09:00', '10:00', date '2026-01-01' + n from generate_series(1, {count}) as n"
        )
    };
    let hint = |error: postgres::Error| error.as_db_error().unwrap().hint().unwrap().to_owned();
    for (insert, table, remedy) in [
        (
            &(|count| blocks(broker, count)) as &dyn Fn(u32) -> String,
            "availability_overrides",
            "rrule",
        ),
        (&hours, "working_hours", "valid_until"),
    ] {
        let words = format!("{table} must have at most 1000 rows for one broker");
        let error = refused(owner.batch_execute(&insert(1001)), "22023", &words);
        assert!(hint(error).contains(remedy));
        refused(owner.batch_execute(&insert(20_000)), "22023", &words);
        owner.batch_execute(&insert(1000)).unwrap();
        refused(owner.batch_execute(&insert(1)), "22023", &words);
        owner
            .batch_execute(&format!("update calendar.{table} set broker_id = broker_id where true"))
            .unwrap();
        let one = format!(
            "delete from calendar.{table} where id = (select id from calendar.{table} limit 1)"
        );
        owner.batch_execute(&one).unwrap();
        owner.batch_execute(&insert(1)).unwrap();
    }
    // Each broker has its own; nor can rows be moved to one that is full.
    admin.batch_execute(&blocks(other, 1)).unwrap();
    let move_one = format!(
        "update calendar.availability_overrides set broker_id = '{broker}' where broker_id = '{other}'"
    );
    refused(admin.batch_execute(&move_one), "22023", "availability_overrides");
    // Many occurrences by few rules.
    let often = "FREQ=MINUTELY;INTERVAL=30;UNTIL=20270301T000000Z";
    let insert = |client: &mut Client| {
        client.batch_execute(&format!(
            "insert into calendar.availability_overrides (broker_id, kind, starts_at, ends_at, rrule)
             values ('{other}', 'block', '2026-03-02Z', '2026-03-02T00:10Z', '{often}')"
        ))
    };
    insert(&mut admin).unwrap();
    insert(&mut admin).unwrap();
    let words = "the overrides of one broker must have at most 50000 occurrences";
    let error = refused(insert(&mut admin), "22023", words);
    assert!(hint(error).contains("rrule"));
    // Nor may texts grow without end.
    for (table, column, most) in [
        ("availability_overrides", "reason", 1000),
        ("availability_overrides", "created_by", 100),
        ("brokers", "name", 200),
        ("brokers", "email", 320),
        ("brokers", "phone", 40),
    ] {
        let set = |length: i32| {
            format!("update calendar.{table} set {column} = repeat('é', {length}) where true")
        };
        let words = format!("{column} must be at most {most} characters long, not ");
        refused(admin.batch_execute(&set(most + 1)), "23514", &words);
        admin.batch_execute(&set(most)).unwrap();
    }
    // All of it is still answered at once.
    let slots =
        "select count(*) from calendar.get_available_slots($1, '2026-03-02Z', '2027-03-02Z')";
    for broker in [broker, other] {
        admin.query_one(slots, &[&broker]).unwrap();
    }
}
