//! Two time zone databases, the engine's and PostgreSQL's, and what
//! `check_timezones` says of them.

use calendar_tests::answer::refused;
use calendar_tests::{Database, random};
use postgres::Client;
use std::collections::BTreeMap;

/// A zone, and what it is about: the instant in seconds since 1970 and the offsets
/// of the engine and of PostgreSQL.
type Report = BTreeMap<String, (f64, i32, i32)>;

fn report(client: &mut Client, arguments: &str) -> Report {
    let query = format!(
        "select timezone, extract(epoch from at)::float8, engine_offset_seconds,
                postgres_offset_seconds from calendar.check_timezones({arguments})"
    );
    let rows = client.query(&query, &[]).unwrap();
    rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3)))).collect()
}

/// The zones that both know.
fn zones(client: &mut Client) -> Vec<String> {
    let query = "select name from pg_timezone_names where calendar_private.is_timezone(name)
                  order by name";
    client.query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// PostgreSQL's offset, as a session in that zone sees it.
fn offset(client: &mut Client, zone: &str, epoch: f64) -> i32 {
    client.batch_execute(&format!("set timezone = '{zone}'")).unwrap();
    let local = "select extract(epoch from to_timestamp($1)::timestamp - to_timestamp($1) at time zone 'UTC')::int";
    client.query_one(local, &[&epoch]).unwrap().get(0)
}

#[test]
fn the_engine_knows_the_zones_of_postgresql() {
    let db = Database::new();
    let mut client = db.connect();
    let unknown: Vec<String> = client
        .query(
            // Copies in a folder of their own, with and without leap seconds, and
            // what is no zone of the world.
            "select name from pg_timezone_names
              where not calendar_private.is_timezone(name) and name !~ '^(posix|right)/'
                and name not in ('Factory', 'localtime', 'posixrules')",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(unknown, [""; 0]);
    let version: String =
        client.query_one("select calendar_private.timezone_version()", &[]).unwrap().get(0);
    assert!(version.len() == 5 && version.starts_with("20"), "{version}");
}

#[test]
fn both_agree_from_2020_to_2040_but_for_what_is_reported() {
    let db = Database::new();
    let mut client = db.connect();
    let report = report(&mut client, "'2020-01-01', '2040-01-01'");
    println!("differences: {report:?}");
    // A few zones change their minds every year; hardly more can differ.
    assert!(report.len() < 20, "{report:?}");
    let zones = zones(&mut client);
    // Debian 13 keeps old names, such as US/Eastern, in a package of their own.
    assert!(zones.len() > 400, "{} zones", zones.len());
    let mut rng = random::generator();
    let mut session = db.connect();
    for zone in &zones {
        for _ in 0..10 {
            let epoch = rng.i64(1_577_836_800..2_208_988_800);
            let engine: i32 = client
                .query_one(
                    "select calendar_private.utc_offset($1, to_timestamp($2))",
                    &[zone, &(epoch as f64)],
                )
                .unwrap()
                .get(0);
            let postgres = offset(&mut session, zone, epoch as f64);
            let reported = report.get(zone).is_some_and(|first| first.0 - 43_200.0 <= epoch as f64);
            assert!(engine == postgres || reported, "{zone} at {epoch}: {engine}, {postgres}");
        }
    }
}

#[test]
fn every_difference_is_reported_where_it_begins() {
    let db = Database::new();
    let mut client = db.connect();
    // PostgreSQL keeps history before 1970 that the engine's database leaves out.
    let report = report(&mut client, "'1935-01-01', '1936-01-01'");
    assert!(report.contains_key("Africa/Accra"), "{report:?}");
    let mut session = db.connect();
    for zone in zones(&mut client) {
        session.batch_execute(&format!("set timezone = '{zone}'")).unwrap();
        let first = session
            .query_opt(
                "select extract(epoch from at)::float8, calendar_private.utc_offset($1, at),
                        extract(epoch from at::timestamp - at at time zone 'UTC')::int
                   from generate_series(timestamptz '1935-01-01Z', '1936-01-01Z', '12 hours') as at
                  where calendar_private.utc_offset($1, at)
                        <> extract(epoch from at::timestamp - at at time zone 'UTC')
                  order by at limit 1",
                &[&zone],
            )
            .unwrap()
            .map(|row| (row.get(0), row.get(1), row.get(2)));
        assert_eq!(report.get(&zone).copied(), first, "{zone}");
    }
}

#[test]
fn a_name_that_is_also_an_abbreviation_means_the_zone() {
    let db = Database::new();
    let mut client = db.connect();
    // CET has summer time as a zone, and none as an abbreviation.
    let report = report(&mut client, "'2026-06-01', '2026-06-02'");
    for zone in ["CET", "EET", "MET", "WET"] {
        assert_eq!(report.get(zone), None);
    }
}

#[test]
fn the_range_is_two_years_from_now_and_at_most_twenty() {
    let db = Database::new();
    let mut client = db.connect();
    let two_years = report(&mut client, "'2026-03-02T14:00Z', '2028-03-02T14:00Z'");
    assert_eq!(report(&mut client, ""), two_years);
    for (arguments, words) in [
        ("'2000-01-01', '2021-01-01'", "range_end must lie at most 7400 days after range_start"),
        ("'2026-01-02', '2026-01-01'", "range_end must not be before range_start"),
        ("'infinity'", "range_start must be a finite instant"),
        ("'2026-01-01', '-infinity'", "range_end must be a finite instant"),
    ] {
        let query = format!("select * from calendar.check_timezones({arguments})");
        refused(client.query(&query, &[]), "22023", words);
    }
    let zone: String = client.query_one("show timezone", &[]).unwrap().get(0);
    assert_eq!(zone, "UTC", "the session's own is left alone");
}

#[test]
fn a_broker_may_work_in_every_zone() {
    let db = Database::new();
    let mut client = db.connect();
    client
        .batch_execute(
            "insert into calendar.brokers (name, timezone)
             select name, name from pg_timezone_names where calendar_private.is_timezone(name)",
        )
        .unwrap();
    let reported: Vec<String> = report(&mut client, "").into_keys().collect();
    let late: Vec<String> = client
        .query(
            "select b.name || ' ' || s.starts
               from calendar.brokers as b
              cross join lateral (
                    select string_agg(slot_start::text, ' ' order by slot_start) as starts,
                           count(*) as slots
                      from calendar.get_available_slots(b.id, '2026-03-09', '2026-03-14')) as s
              where s.slots < 4 * 16 and b.name <> all ($1)",
            &[&reported],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(late, [""; 0]);
    // Nine o'clock by the clocks of a session in that zone.
    for zone in zones(&mut client).into_iter().filter(|zone| !reported.contains(zone)) {
        client.batch_execute(&format!("set timezone = '{zone}'")).unwrap();
        let first: String = client
            .query_one(
                "select to_char(min(slot_start), 'HH24:MI')
                   from calendar.brokers as b,
                        calendar.get_available_slots(b.id, '2026-03-11', '2026-03-12')
                  where b.name = $1",
                &[&zone],
            )
            .unwrap()
            .get(0);
        assert_eq!(first, "09:00", "{zone}");
    }
}
