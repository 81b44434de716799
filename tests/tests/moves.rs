//! What the user does to the time of bookings' events, and what becomes of the bookings.

use calendar_tests::synced::{finish_pull, stage, text};
use calendar_tests::{Synced, fixture};
use serde_json::{Value, json};

const TEN: &str = "2026-03-03T15:00:00Z";
const ELEVEN: &str = "2026-03-03T16:00:00Z";
const NOON: &str = "2026-03-03T17:00:00Z";

/// The times of a booking, its status and its revision.
const TIMES: &str =
    "to_char(slot_start, 'HH24:MI'), to_char(slot_end, 'HH24:MI'), status, sequence";

const FAILURES: &str = "select concat_ws(' ', operation, external_event_id, reason) from calendar.failure_logs order by id";

const ANOTHER: &str = "the event was moved to the time of another booking: the booking keeps its time until that time is free";

/// The event of a booking, half an hour long.
fn event(id: &str, start: &str) -> Value {
    json!({"external_event_id": id, "starts_at": start, "ends_at": start.replace(":00:00Z", ":30:00Z")})
}

fn change(synced: &mut Synced, function: &str) {
    fixture::call(&mut synced.admin, function).unwrap_or_else(|e| panic!("{function}: {e:?}"));
}

/// Ends all writes that are due as the agent does, which says what it wrote.
fn write_all(synced: &mut Synced) {
    for push in synced.pushes() {
        assert_eq!(push["operation"], "write");
        let id = push["external_event_id"]
            .as_str()
            .map_or_else(|| text(&push, "booking_id"), str::to_owned);
        let finish = "select calendar_sync.finish_push($1::text::uuid, $2, 'v', written => $3)";
        let lease = text(&push, "lease_id");
        synced.agent.execute(finish, &[&lease, &id, &push["event"]]).unwrap();
    }
}

/// A booking and the id of its event.
fn booked(synced: &mut Synced, start: &str) -> String {
    let booking = synced.book(start);
    write_all(synced);
    booking
}

#[test]
fn a_move_onto_another_booking_waits_until_it_fits() {
    for end in ["cancel_booking('ID')", "reschedule_booking('ID', '2026-03-03T20:00Z')"] {
        let mut synced = Synced::new(&[]);
        let (one, other) = (booked(&mut synced, TEN), booked(&mut synced, NOON));
        synced.at("2026-03-02T14:01:00Z");
        synced.pull_events(&json!([event(&one, NOON), event(&other, NOON)]));
        assert_eq!(synced.booking(&one, TIMES), "15:00 15:30 confirmed 0");
        assert_eq!(synced.booking(&one, "problem"), ANOTHER);
        assert_eq!(synced.texts(FAILURES), [format!("follow_events {one} {ANOTHER}")]);
        assert!(synced.pushes().is_empty(), "it is not moved back");
        let conflicts = "select booking_id::text from calendar.booking_conflicts";
        assert_eq!(
            synced.texts(conflicts),
            std::slice::from_ref(&other),
            "the event takes its own time, too"
        );
        // A write about something else changes nothing of it.
        let notes = format!("update calendar.bookings set notes = 'Keys' where id = '{one}'");
        synced.admin.batch_execute(&notes).unwrap();
        write_all(&mut synced);
        assert_eq!(synced.booking(&one, "problem"), ANOTHER);
        change(&mut synced, &end.replace("ID", &other));
        assert_eq!(synced.booking(&one, TIMES), "17:00 17:30 confirmed 1", "{end}");
        assert_eq!(synced.booking(&one, "problem"), "");
        let pushes = synced.pushes();
        let due: Vec<_> = pushes.iter().map(|push| text(push, "booking_id")).collect();
        assert_eq!(due, [other], "the provider knows where the other is");
    }
}

#[test]
fn a_booking_that_is_over_follows_its_event_to_a_time_to_come_alone() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-03T15:31:00Z");
    synced.pull_events(&json!([event(&booking, NOON)]));
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
    synced.at("2026-03-03T17:31:00Z");
    synced.pull_events(&json!([event(&booking, ELEVEN)]));
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
    assert_eq!(synced.booking(&booking, "problem"), "");
}

#[test]
fn a_move_back_is_no_longer_a_problem() {
    let mut synced = Synced::new(&[]);
    let (one, _) = (booked(&mut synced, TEN), booked(&mut synced, NOON));
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event(&one, NOON)]));
    assert_eq!(synced.booking(&one, "problem"), ANOTHER);
    synced.pull_events(&json!([event(&one, TEN)]));
    assert_eq!(synced.booking(&one, "problem"), "");
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30"]);
    // And where we move it, it is written.
    synced.pull_events(&json!([event(&one, NOON)]));
    change(&mut synced, &format!("reschedule_booking('{one}', '{ELEVEN}')"));
    write_all(&mut synced);
    assert_eq!(synced.booking(&one, "problem"), "");
    assert_eq!(synced.busy(), ["16:00-16:30", "17:00-17:30"]);
}

#[test]
fn a_time_that_no_booking_can_have_is_not_followed_and_taken_all_the_same() {
    let days = json!({"starts_at": TEN, "ends_at": "2026-03-05T15:00:00Z"});
    let all_day = json!({"is_all_day": true, "starts_at": "2026-03-03", "ends_at": "2026-03-04"});
    let none = json!({"starts_at": NOON, "ends_at": NOON});
    for (times, taken) in [
        (&days, vec!["15:00-23:00"]),
        (&all_day, vec!["12:00-23:00"]),
        (&none, vec!["15:00-15:30"]),
    ] {
        let mut synced = Synced::new(&[]);
        let booking = booked(&mut synced, TEN);
        synced.at("2026-03-02T14:01:00Z");
        let mut changed = times.clone();
        changed["external_event_id"] = json!(booking);
        for _ in 0..2 {
            synced.pull_events(&json!([changed]));
            assert_eq!(synced.booking(&booking, TIMES), "15:00 15:30 confirmed 0");
            assert!(synced.booking(&booking, "problem").ends_with(": the booking keeps its time"));
            assert_eq!(synced.busy(), taken);
        }
        assert_eq!(synced.open(), 0, "nothing is undone");
        assert_eq!(synced.texts(FAILURES).len(), 1);
    }
}

#[test]
fn bookings_that_are_swapped_change_their_times_together() {
    let mut synced = Synced::new(&[]);
    let [a, b, c, d] =
        [TEN, ELEVEN, NOON, "2026-03-03T19:00:00Z"].map(|start| booked(&mut synced, start));
    synced.at("2026-03-02T14:01:00Z");
    // Three in a ring; the fourth wants the time of one that moves there, and has to wait.
    synced.pull_events(&json!([
        event(&a, ELEVEN),
        event(&b, NOON),
        event(&c, TEN),
        event(&d, TEN)
    ]));
    let times =
        [&a, &b, &c, &d].map(|id| synced.booking(id, "to_char(slot_start, 'HH24:MI'), sequence"));
    assert_eq!(times, ["16:00 1", "17:00 1", "15:00 1", "19:00 0"]);
    assert_eq!(synced.booking(&d, "problem"), ANOTHER);
    assert_eq!(synced.open(), 0);
    // A booking that does not move holds up those that depend on it.
    let mut synced = Synced::new(&[]);
    let [a, b, c] = [TEN, ELEVEN, NOON].map(|start| booked(&mut synced, start));
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event(&a, ELEVEN), event(&b, NOON), event(&c, NOON)]));
    let times = [&a, &b, &c].map(|id| synced.booking(id, "to_char(slot_start, 'HH24:MI')"));
    assert_eq!(times, ["15:00", "16:00", "17:00"]);
    // Until it does.
    change(&mut synced, &format!("cancel_booking('{c}')"));
    let times = [&a, &b].map(|id| synced.booking(id, "to_char(slot_start, 'HH24:MI'), problem"));
    assert_eq!(times, ["16:00", "17:00"]);
}

#[test]
fn the_halves_of_a_swap_can_come_one_by_one() {
    let mut synced = Synced::new(&[]);
    let (one, other) = (booked(&mut synced, TEN), booked(&mut synced, NOON));
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event(&one, NOON)]));
    assert_eq!(synced.booking(&one, "problem"), ANOTHER);
    synced.pull_events(&json!([event(&other, TEN)]));
    let both =
        [&one, &other].map(|id| synced.booking(id, "to_char(slot_start, 'HH24:MI'), problem"));
    assert_eq!(both, ["17:00", "15:00"]);
    assert_eq!(synced.open(), 0);
}

#[test]
fn a_hold_gives_way_whether_it_has_lapsed_or_not() {
    for minutes in [0, 5] {
        let mut synced = Synced::new(&[]);
        let booking = booked(&mut synced, TEN);
        let hold = format!("book_calendar_slot('{}', '{NOON}', hold_minutes => 5)", synced.broker);
        let hold = text(&fixture::call(&mut synced.admin, &hold).unwrap(), "id");
        synced.at(&format!("2026-03-02T14:0{minutes}:00Z"));
        synced.pull_events(&json!([event(&booking, NOON)]));
        assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
        assert_eq!(synced.texts(FAILURES), [""; 0]);
        assert_eq!(synced.booking(&hold, "status, cancel_reason"), "cancelled hold_expired");
        calendar_tests::answer::refused(
            fixture::call(&mut synced.admin, &format!("confirm_booking('{hold}')")),
            "PT409",
            "slot_unavailable",
        );
    }
}

#[test]
fn a_write_about_something_else_undoes_no_move() {
    let notes = |synced: &mut Synced, booking: &str, notes: &str| {
        let set = format!("update calendar.bookings set notes = '{notes}' where id = '{booking}'");
        synced.admin.batch_execute(&set).unwrap();
    };
    // The pull comes first: the write that follows carries the new time, and says that it is known.
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    notes(&mut synced, &booking, "Keys");
    synced.pull_events(&json!([event(&booking, NOON)]));
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
    let push = synced.pushes().remove(0);
    assert_eq!(push["event"]["start"], push["written"]["start"]);
    assert_eq!(push["event"]["start"], "2026-03-03T17:00:00+00:00");
    assert_eq!(
        (&push["event"]["notes"], &push["written"]["notes"]),
        (&json!("Keys"), &Value::Null)
    );

    // The write is under way meanwhile: its agent has lost it.
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    notes(&mut synced, &booking, "Keys");
    let push = synced.pushes().remove(0);
    synced.pull_events(&json!([event(&booking, NOON)]));
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
    let finish = "select calendar_sync.finish_push($1::text::uuid, $2, 'v', written => $3)";
    let lease = text(&push, "lease_id");
    calendar_tests::answer::refused(
        synced.agent.execute(finish, &[&lease, &booking, &push["event"]]),
        "PT409",
        "lease_lost",
    );
    write_all(&mut synced);
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");

    // The write comes first, between the question of a pull and its end.
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let lease = synced.begin_pull();
    notes(&mut synced, &booking, "Keys");
    synced.at("2026-03-02T14:02:00Z");
    write_all(&mut synced);
    stage(&mut synced.agent, &lease, 0, &json!({"events": [event(&booking, NOON)]})).unwrap();
    finish_pull(&mut synced.agent, &lease, &json!({})).unwrap();
    assert_eq!(synced.booking(&booking, TIMES), "17:00 17:30 confirmed 1");
    assert_eq!(synced.open(), 0);
}

#[test]
fn where_both_sides_move_it_the_database_holds_and_says_so() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    change(&mut synced, &format!("reschedule_booking('{booking}', '{ELEVEN}')"));
    // The event as it was is no move.
    synced.pull_events(&json!([event(&booking, TEN)]));
    assert_eq!(synced.texts(FAILURES), [""; 0]);
    assert_eq!(synced.busy(), ["15:00-15:30", "16:00-16:30"], "as long as it is there");
    synced.pull_events(&json!([event(&booking, NOON)]));
    assert_eq!(synced.booking(&booking, TIMES), "16:00 16:30 confirmed 1");
    assert_eq!(synced.busy(), ["16:00-16:30", "17:00-17:30"]);
    let both = format!(
        "follow_events {booking} moved here and at the provider: the time of the booking is kept"
    );
    assert_eq!(synced.texts(FAILURES), [both]);
    // It can be moved back before it was written.
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    change(&mut synced, &format!("reschedule_booking('{booking}', '{ELEVEN}')"));
    write_all(&mut synced);
    assert_eq!(synced.busy(), ["16:00-16:30"]);
}

#[test]
fn of_a_series_the_booking_is_the_first_occurrence() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let mut series = event(&booking, TEN);
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3");
    synced.pull_events(&json!([series]));
    assert_eq!(synced.booking(&booking, TIMES), "15:00 15:30 confirmed 0");
    assert_eq!(synced.busy(), ["15:00-15:30", "17:00-17:30", "19:00-19:30"]);
    // Moved by the user.
    let mut first = event(&booking, ELEVEN);
    first["recurrence_id"] = json!(TEN);
    synced.pull_events(&json!([series, first]));
    assert_eq!(synced.booking(&booking, TIMES), "16:00 16:30 confirmed 1");
    assert_eq!(synced.busy(), ["16:00-16:30", "17:00-17:30", "19:00-19:30"]);
    assert_eq!(synced.open(), 0);
    // Moved by us: an override is written, and the next pull shows it.
    change(&mut synced, &format!("reschedule_booking('{booking}', '2026-03-03T20:00:00Z')"));
    write_all(&mut synced);
    assert_eq!(synced.busy(), ["16:00-16:30", "17:00-17:30", "19:00-19:30", "20:00-20:30"]);
    first["starts_at"] = json!("2026-03-03T20:00:00Z");
    first["ends_at"] = json!("2026-03-03T20:30:00Z");
    synced.pull_events(&json!([series, first]));
    assert_eq!(synced.busy(), ["17:00-17:30", "19:00-19:30", "20:00-20:30"]);
    // Excluded by the user: a look has to prove that.
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3\nEXDATE:20260303T150000Z");
    synced.pull(&[json!({"events": [series], "whole": [booking]})], &json!({}));
    assert_eq!(synced.booking(&booking, "status"), "confirmed");
    synced.look(None);
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
    assert_eq!(synced.busy(), ["17:00-17:30", "19:00-19:30"]);
}

#[test]
fn a_series_without_its_first_occurrence_goes_on_taking_time_when_a_copy_takes_its_place() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let mut series = event(&booking, TEN);
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3\nEXDATE:20260303T150000Z");
    synced.pull(&[json!({"events": [series], "whole": [booking]})], &json!({}));
    synced.look(Some(&event("copy", ELEVEN)));
    assert_eq!(synced.booking(&booking, TIMES), "16:00 16:30 confirmed 1");
    assert_eq!(synced.busy(), ["16:00-16:30", "17:00-17:30", "19:00-19:30"]);
}

#[test]
fn a_series_that_a_look_does_not_find_takes_its_time_until_everything_is_read_again() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let mut series = event(&booking, TEN);
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3");
    let full = json!({"sync_token": "t", "full": true});
    synced.pull(&[json!({"events": [series]})], &full);
    let token =
        "select concat_ws(' ', sync_token, last_full_at is not null) from calendar.sync_state";
    synced.pull(&[json!({"deleted": [booking]})], &json!({"sync_token": "t"}));
    assert_eq!(synced.texts(token), ["t t"]);
    synced.look(None);
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
    assert_eq!(synced.busy(), ["17:00-17:30", "19:00-19:30"]);
    assert_eq!(synced.texts(token), ["f"]);
    synced.pull(&[json!({"events": [event("another", NOON)]})], &full);
    assert_eq!(synced.busy(), ["17:00-17:30"]);
}

#[test]
fn of_a_series_the_first_occurrence_alone_is_deleted_by_us() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let mut series = event(&booking, TEN);
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=2");
    synced.pull_events(&json!([series]));
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert_eq!(synced.busy(), ["17:00-17:30"]);
    let lease = text(&synced.pushes()[0], "lease_id");
    synced.agent.batch_execute(&format!("select calendar_sync.finish_push('{lease}')")).unwrap();
    assert_eq!(synced.busy(), ["17:00-17:30"]);
}

#[test]
fn the_first_occurrence_is_deleted_where_it_is_and_not_where_it_was_to_be() {
    let mut synced = Synced::new(&[]);
    let booking = booked(&mut synced, TEN);
    synced.at("2026-03-02T14:01:00Z");
    let mut series = event(&booking, TEN);
    series["recurrence"] = json!("RRULE:FREQ=HOURLY;INTERVAL=2;COUNT=3");
    // The move to the time of what is to be the second occurrence is never written.
    change(&mut synced, &format!("reschedule_booking('{booking}', '2026-03-03T17:00:00Z')"));
    synced.pull_events(&json!([series]));
    change(&mut synced, &format!("cancel_booking('{booking}')"));
    assert_eq!(synced.busy(), ["17:00-17:30", "19:00-19:30"]);
    // Its user moves it meanwhile.
    let mut first = event(&booking, ELEVEN);
    first["recurrence_id"] = json!(TEN);
    let mut second = event(&booking, "2026-03-03T21:00:00Z");
    second["recurrence_id"] = json!("2026-03-03T17:00:00Z");
    synced.pull_events(&json!([series, first, second]));
    assert_eq!(synced.busy(), ["19:00-19:30", "21:00-21:30"]);
    let lease = text(&synced.pushes()[0], "lease_id");
    synced.agent.batch_execute(&format!("select calendar_sync.finish_push('{lease}')")).unwrap();
    assert_eq!(synced.busy(), ["19:00-19:30", "21:00-21:30"]);
}
