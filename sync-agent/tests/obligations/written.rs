//! What users see of deadlines, and what becomes of what they do with them.

use crate::account::Shown;
use crate::world::{Start, World};
use crate::{caldav, google, microsoft};
use engine::Interval;
use engine::event::Span;
use engine::time::parse_instant;

/// East and west of Greenwich.
const ZONES: [&str; 2] = ["Pacific/Auckland", "America/Los_Angeles"];

const ACCOUNTS: [Start; 3] = [google::start, microsoft::start, caldav::radicale];

fn everywhere(test: impl Fn(&mut World)) {
    for start in ACCOUNTS {
        test(&mut World::new(start, ZONES[0]));
    }
}

fn tax() -> Shown {
    Shown {
        title: "Tax return".into(),
        notes: "Form 1040".into(),
        span: Span::Dates("2026-03-10".parse().unwrap(), "2026-03-11".parse().unwrap()),
        is_free: true,
        // From 9:00 in the morning: the day before.
        reminders: vec![900],
        guests: 0,
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_date_stays_the_date_east_and_west_of_greenwich_and_takes_no_time() {
    for (start, zone) in ACCOUNTS.into_iter().flat_map(|start| ZONES.map(|zone| (start, zone))) {
        let mut world = World::new(start, zone);
        world.upsert("tax", "'Tax return', '2026-03-10', notes => 'Form 1040'");
        world.upsert("call", "'Call', due_at => '2026-03-12T00:30Z', reminder_minutes => '{60}'");
        let summary = world.round();
        assert_eq!((summary.written, summary.pushes_failed), (4, 0));
        let times = Interval::new(
            parse_instant("2026-03-12T00:30:00Z").unwrap(),
            parse_instant("2026-03-12T01:00:00Z").unwrap(),
        );
        let call = Shown {
            title: "Call".into(),
            notes: String::new(),
            span: Span::Times(times),
            reminders: vec![60],
            ..tax()
        };
        for mut shown in world.shown() {
            shown.sort_by(|a, b| b.title.cmp(&a.title));
            assert_eq!(shown, [tax(), call.clone()], "each calendar has one");
        }
        // What comes back is known, and takes no time.
        world.later(10);
        assert_eq!(world.round().pulls_failed, 0);
        assert_eq!(world.one("select count(*) from calendar.busy_blocks"), "0");
        assert_eq!(
            world.one("select count(*) from calendar.events where booking_id is not null"),
            "0"
        );
        assert_eq!(world.one("select count(*) from calendar.obligation_mappings"), "4");
        assert_eq!(world.open(), "0");
        world.book("2026-03-12T00:30Z");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_the_user_changes_is_put_right_at_the_next_change() {
    everywhere(|world| {
        world.upsert("tax", "'Tax return', '2026-03-10'");
        world.round();
        let [calendar, _] = world.account.calendars();
        let (id, _) = world.only(&calendar);
        world.account.change(&calendar, &id);
        world.later(10);
        let summary = world.round();
        assert_eq!((summary.pulls_failed, summary.written), (0, 0));
        let (_, shown) = world.only(&calendar);
        assert_eq!(
            (shown.title.as_str(), shown.is_free),
            ("Mine", false),
            "it is not followed yet"
        );
        assert_eq!(world.one("select title from calendar.obligations"), "Tax return");
        world.upsert("tax", "'Tax return', '2026-03-10', notes => 'Form 1040'");
        assert_eq!(world.round().written, 2);
        let (again, shown) = world.only(&calendar);
        assert_eq!((again, shown), (id, tax()));
        // From a date to a time, and back.
        world.upsert("tax", "'Tax return', due_at => '2026-03-10T05:00Z'");
        world.round();
        assert!(!world.only(&calendar).1.span.is_all_day());
        world.upsert("tax", "'Tax return', '2026-03-10', notes => 'Form 1040'");
        world.round();
        assert_eq!(world.only(&calendar).1, tax());
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_the_user_deletes_stays_deleted_until_the_next_change() {
    everywhere(|world| {
        world.upsert("tax", "'Tax', '2026-03-10'");
        world.round();
        let [calendar, other] = world.account.calendars();
        // More than once: providers remember ids of what was deleted.
        for title in ["Tax return", "Tax return 2", "Tax return 3"] {
            let (id, _) = world.only(&calendar);
            world.account.delete(&calendar, &id);
            for _ in 0..2 {
                world.later(10);
                let summary = world.round();
                assert_eq!((summary.pulls_failed, summary.written), (0, 0));
                assert!(world.account.events(&calendar).is_empty(), "it stays deleted");
            }
            let problems =
                "select count(*) from calendar.obligation_mappings where problem is not null";
            assert_eq!(world.one(problems), "1");
            world.upsert("tax", &format!("'{title}', '2026-03-10'"));
            assert_eq!(world.round().written, 2);
            assert_eq!(world.only(&calendar).1.title, title);
            assert_eq!(world.only(&other).1.title, title);
            assert_eq!(world.one(problems), "0");
        }
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_the_user_deletes_while_a_change_waits_is_made_again() {
    everywhere(|world| {
        world.upsert("tax", "'Tax', '2026-03-10'");
        world.round();
        let [calendar, _] = world.account.calendars();
        let (id, _) = world.only(&calendar);
        world.account.delete(&calendar, &id);
        world.upsert("tax", "'Tax return', '2026-03-10'");
        world.round();
        assert_eq!(world.only(&calendar).1.title, "Tax return");
        assert_eq!(world.open(), "0");
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_is_done_or_not_chosen_any_more_is_gone() {
    everywhere(|world| {
        world.upsert("tax", "'Tax return', '2026-03-10'");
        world.upsert("fee", "'Fee', '2026-03-11'");
        world.round();
        world.upsert("tax", "'Tax return', '2026-03-10', status => 'done'");
        assert_eq!(world.round().removed, 2);
        for shown in world.shown() {
            assert_eq!(shown.iter().map(|event| event.title.as_str()).collect::<Vec<_>>(), ["Fee"]);
        }
        world.choose(&["team"]);
        assert_eq!(world.round().removed, 1);
        assert_eq!(world.shown().map(|events| events.len()), [0, 1]);
        // What was gone is put back under the same ids.
        world.choose(&["main", "team"]);
        assert_eq!(world.round().written, 1);
        assert_eq!(world.shown().map(|events| events.len()), [1, 1]);
        // A user may have deleted what goes.
        let [calendar, _] = world.account.calendars();
        let (id, _) = world.only(&calendar);
        world.account.delete(&calendar, &id);
        let broker = world.broker;
        world.one(&format!("select calendar.remove_obligation('{broker}', 'fee')"));
        assert_eq!(world.round().pushes_failed, 0);
        assert_eq!(world.shown().map(|events| events.len()), [0, 0]);
        assert_eq!(world.open(), "0");
    });
}
