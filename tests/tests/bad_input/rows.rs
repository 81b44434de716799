//! Rows that constraints refuse.

use crate::support::{execute, world};
use calendar_tests::answer::sqlstate;
use calendar_tests::{Database, fixture};

#[test]
fn wrong_rows_are_impossible() {
    let db = Database::new();
    let mut client = db.connect();
    let (broker, calendar, booking) = world(&mut client);
    let other = fixture::broker(&mut client, &[]);
    let hours = "calendar.working_hours (broker_id, weekday, start_local, end_local)";
    let slot = "calendar.bookings (broker_id, status, slot_start, slot_end)";
    let event = "calendar.events (calendar_id, external_event_id, starts_at, ends_at)";
    for (state, statement) in [
        (
            "23514",
            format!("update calendar.brokers set timezone = 'Mars/Base' where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set timezone = 'america/new_york' where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set timezone = 'EST5EDT4' where id = '{broker}'"),
        ),
        (
            "23514",
            format!("update calendar.brokers set slot_duration_minutes = 0 where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set slot_increment_minutes = 1441 where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set buffer_before_minutes = -1 where id = '{broker}'"),
        ),
        (
            "23514",
            format!(
                "update calendar.brokers set minimum_notice_minutes = -1 where id = '{broker}'"
            ),
        ),
        (
            "23514",
            format!("update calendar.brokers set booking_horizon_days = 0 where id = '{broker}'"),
        ),
        (
            "23514",
            format!("update calendar.brokers set max_bookings_per_day = 0 where id = '{broker}'"),
        ),
        ("23514", format!("update calendar.calendars set timezone = '' where id = '{calendar}'")),
        (
            "23505",
            format!(
                "insert into calendar.calendars (broker_id, timezone, is_primary) values ('{broker}', 'UTC', true)"
            ),
        ),
        (
            "23514",
            format!(
                "insert into calendar.accounts (broker_id, provider) values ('{broker}', 'aol')"
            ),
        ),
        (
            "23514",
            format!(
                "insert into calendar.accounts (broker_id, provider, secret) values ('{broker}', 'ics', 'x')"
            ),
        ),
        ("23514", format!("insert into {hours} values ('{broker}', 0, '09:00', '17:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 8, '09:00', '17:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 1, '17:00', '09:00')")),
        ("23514", format!("insert into {hours} values ('{broker}', 1, '09:00', '09:00')")),
        ("23503", format!("insert into {hours} values ('{calendar}', 1, '09:00', '17:00')")),
        (
            "23514",
            format!(
                "insert into {slot} values ('{broker}', 'confirmed', '2026-03-06', '2026-03-05')"
            ),
        ),
        (
            "23514",
            format!("insert into {slot} values ('{broker}', 'maybe', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23514",
            format!("insert into {slot} values ('{broker}', 'held', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23514",
            format!(
                "insert into {slot} values ('{broker}', 'confirmed', '2026-03-05', '2026-03-07')"
            ),
        ),
        (
            "23P01",
            format!(
                "insert into {slot} values ('{broker}', 'pending', '2026-03-03T15:29Z', '2026-03-03T15:40Z')"
            ),
        ),
        (
            "23514",
            format!("insert into {event} values ('{calendar}', 'x', '2026-03-06', '2026-03-05')"),
        ),
        (
            "23514",
            format!("insert into {event} values ('{calendar}', '', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23505",
            format!("insert into {event} values ('{calendar}', 'e', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23503",
            format!("insert into {event} values ('{broker}', 'x', '2026-03-05', '2026-03-06')"),
        ),
        (
            "23503",
            format!(
                "update calendar.bookings set broker_id = '{other}', calendar_id = '{calendar}' where id = '{booking}'"
            ),
        ),
        ("23514", "update calendar.busy_blocks set ends_at = starts_at where true".to_owned()),
        (
            "23514",
            "update calendar.busy_blocks set ends_at = ends_at + interval '2 days' where true"
                .to_owned(),
        ),
    ] {
        let error = client.batch_execute(&statement).expect_err(&statement);
        assert_eq!(sqlstate(&error), state, "{statement}: {error:?}");
    }
    // What looks wrong and is not.
    execute(&mut client, &format!("insert into {hours} values ('{broker}', 7, '00:00', '24:00')"));
    execute(
        &mut client,
        &format!(
            "insert into {slot} values ('{broker}', 'cancelled', '2026-03-03T15:00Z', '2026-03-03T15:30Z')"
        ),
    );
    execute(
        &mut client,
        &format!(
            "insert into {slot} values ('{broker}', 'pending', '2026-03-03T15:30Z', '2026-03-03T16:00Z')"
        ),
    );
}
