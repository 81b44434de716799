//! Preferences and other arguments.

use crate::support::{TUESDAY, invalid, slots, tuesdays};
use calendar_tests::answer::refused;
use calendar_tests::{Database, Scene, fixture};
use uuid::Uuid;

#[test]
fn preferences_filter_by_local_start_in_the_callers_zone() {
    let Scene { mut client, broker, .. } = Scene::new(&[("slot_duration_minutes", "240")]);
    fixture::working_hours(&mut client, broker, 2, "04:00", "24:00");
    fixture::working_hours(&mut client, broker, 3, "00:00", "24:00");
    let window = "'2026-03-03T05:00Z', '2026-03-05T05:00Z'";
    let mut with = |options: &str| slots(&mut client, broker, &format!("{window}, {options}"));
    assert_eq!(with("preferred_period => 'morning'"), ["Tue 08:00", "Wed 08:00"]);
    assert_eq!(
        with("preferred_period => 'afternoon'").join(" "),
        "Tue 12:00 Tue 16:00 Wed 12:00 Wed 16:00"
    );
    assert_eq!(with("preferred_period => 'evening'"), ["Tue 20:00", "Wed 20:00"]);
    let tuesday = "Tue 04:00 Tue 08:00 Tue 12:00 Tue 16:00 Tue 20:00";
    assert_eq!(with("preferred_days => '{2}'").join(" "), tuesday);
    assert_eq!(with("preferred_days => '{2,3}'").len(), 11);
    assert_eq!(with("preferred_days => '{1,7}'"), [""; 0]);
    // In London it is Wednesday five hours earlier, and 9:00 at 04:00.
    let in_london = "preferred_days => '{3}', preferred_period => 'morning',
                     timezone => 'Europe/London'";
    assert_eq!(with(in_london), ["Wed 00:00", "Wed 04:00"]);
}

#[test]
fn max_slots_gives_the_first_that_are_preferred() {
    let Scene { mut client, broker, .. } = tuesdays(&[]);
    let first = slots(&mut client, broker, &format!("{TUESDAY}, max_slots => 2"));
    assert_eq!(first, ["Tue 09:00", "Tue 09:30"]);
    let preferred = "max_slots => 2, preferred_period => 'afternoon', timezone => 'Europe/London'";
    let first = slots(&mut client, broker, &format!("{TUESDAY}, {preferred}"));
    assert_eq!(first, ["Tue 09:00", "Tue 09:30"]);
}

#[test]
fn null_is_the_default_of_every_argument_but_the_broker() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let nulls = "null, null, null, null, null, null, null, null";
    let all = slots(&mut client, broker, nulls);
    assert_eq!(all, slots(&mut client, broker, "null"));
    assert_eq!(all.len(), 162);
    let call = "get_available_slots(null)";
    invalid(&mut client, call, "broker_id must not be null");
}

#[test]
fn a_wrong_argument_is_named_with_what_is_allowed() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    for (option, words) in [
        ("duration_minutes => 0", "duration_minutes must be from 1 to 1440, not 0"),
        ("duration_minutes => 1441", "duration_minutes must be from 1 to 1440, not 1441"),
        ("duration_minutes => -2147483648", "duration_minutes must be from 1 to 1440"),
        ("preferred_days => '{0}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_days => '{8}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_days => '{1,null}'", "preferred_days must be ISO weekdays from 1"),
        ("preferred_period => 'noon'", "preferred_period must be morning, afternoon or evening"),
        ("timezone => 'Mars/Base'", "timezone: unknown time zone \"Mars/Base\""),
        ("max_slots => 0", "max_slots must be at least 1, not 0"),
    ] {
        invalid(&mut client, &format!("get_available_slots('{broker}', {option})"), words);
    }
}

#[test]
fn an_unknown_broker_is_not_found() {
    let db = Database::new();
    let mut client = db.connect();
    let nobody = Uuid::nil();
    for call in [
        format!("get_available_slots('{nobody}')"),
        format!("get_busy('{nobody}', '2026-03-02', '2026-03-03')"),
    ] {
        let result = client.query(&format!("select * from calendar.{call}"), &[]);
        refused(result, "PT404", "broker_not_found");
    }
}

#[test]
fn a_broker_that_takes_no_bookings_has_no_slots() {
    let Scene { mut client, broker, .. } = Scene::new(&[("booking_enabled", "false")]);
    assert_eq!(slots(&mut client, broker, "null"), [""; 0]);
}

#[test]
fn one_query_may_ask_for_many_brokers() {
    let db = Database::new();
    let mut client = db.connect();
    for zone in ["America/New_York", "Europe/London", "Asia/Kathmandu"] {
        fixture::broker(&mut client, &[("timezone", zone)]);
    }
    let starts: Vec<String> = client
        .query(
            "select to_char(min(s.slot_start) at time zone b.timezone, 'HH24:MI')
               from calendar.brokers as b,
                    calendar.get_available_slots(b.id, '2026-03-04T00:00Z') as s
              group by b.id, b.timezone order by b.timezone",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(starts, ["09:00", "09:00", "09:00"].map(str::to_owned));
}
