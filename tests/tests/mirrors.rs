//! Bookings and their events at the provider: the one follows the other.

use calendar_tests::synced::{finish_pull, finish_push, stage, text};
use calendar_tests::{Caller, Database, Synced, fixture};
use serde_json::{Value, json};
use std::thread::{self, sleep};
use std::time::Duration;

const TEN: &str = "2026-03-03T15:00:00Z";
const ELEVEN: &str = "2026-03-03T16:00:00Z";
const NOON: &str = "2026-03-03T17:00:00Z";

/// The times of a booking, its status and its revision.
const TOLD: &str = "to_char(slot_start, 'HH24:MI'), to_char(slot_end, 'HH24:MI'), status, sequence";

const AUDIT: &str = "select concat_ws(' ', operation, db_role) from calendar.audit_log
                      where table_name = 'bookings' order by id";

/// The event of a booking, half an hour long.
fn event(id: &str, start: &str) -> Value {
    json!({"external_event_id": id, "starts_at": start, "ends_at": start.replace(":00:00Z", ":30:00Z")})
}

fn change(synced: &mut Synced, function: &str) {
    fixture::call(&mut synced.admin, function).unwrap_or_else(|e| panic!("{function}: {e:?}"));
}

fn is_free(synced: &mut Synced, start: &str) -> bool {
    let free =
        fixture::slots(&mut synced.admin, synced.broker, "2026-03-03", "2026-03-04").unwrap();
    free.contains(&start.to_owned())
}

/// Pushes all that is to be pushed, as the event `e`, or away.
fn push_all(synced: &mut Synced) {
    for push in synced.pushes() {
        let lease = text(&push, "lease_id");
        if push["operation"] != "remove" {
            finish_push(&mut synced.agent, &lease, "e").unwrap();
        } else {
            synced
                .agent
                .batch_execute(&format!("select calendar_sync.finish_push('{lease}')"))
                .unwrap();
        }
    }
}

#[test]
fn the_echo_of_what_we_wrote_changes_nothing() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let row = "select concat(b.ctid, b.xmin) from calendar.bookings as b";
    let before = synced.texts(row);
    for _ in 0..2 {
        synced.pull_events(&json!([event("e", TEN)]));
        assert_eq!(synced.texts(row), before);
    }
    assert_eq!(synced.texts("select booking_id::text from calendar.events"), [booking]);
    assert_eq!(
        synced.texts("select 'x' from calendar.busy_blocks"),
        [""; 0],
        "it takes no time itself"
    );
    assert!(synced.pushes().is_empty());
}

#[test]
fn a_booking_moves_with_its_event() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    let moved =
        json!({"external_event_id": "e", "starts_at": NOON, "ends_at": "2026-03-03T18:15:00Z"});
    let lease = synced.begin_pull();
    stage(&mut synced.agent, &lease, 0, &json!({"events": [moved]})).unwrap();
    {
        // Along with the events, or not at all.
        let mut dying = synced.db.connect_as(Caller::Agent);
        dying.batch_execute("begin").unwrap();
        finish_pull(&mut dying, &lease, &json!({})).unwrap();
        let seen: String = {
            dying.batch_execute("reset role").unwrap();
            let status = "select to_char(slot_start, 'HH24:MI') from calendar.bookings";
            dying.query_one(status, &[]).unwrap().get(0)
        };
        assert_eq!(seen, "17:00");
    }
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 0");
    finish_pull(&mut synced.agent, &lease, &json!({})).unwrap();
    assert_eq!(synced.booking(&booking, TOLD), "17:00 18:15 confirmed 1");
    assert_eq!(synced.texts(AUDIT)[2..], ["update calendar_agent"]);
    assert_eq!(synced.open(), 0, "the provider knows");
    assert!(synced.pushes().is_empty());
    let free =
        fixture::slots(&mut synced.admin, synced.broker, "2026-03-03", "2026-03-04").unwrap();
    assert!(free.contains(&TEN.to_owned()) && !free.contains(&NOON.to_owned()));
    // Once.
    synced.pull_events(
        &json!([{"external_event_id": "e", "starts_at": NOON, "ends_at": "2026-03-03T18:15:00Z"}]),
    );
    assert_eq!(synced.booking(&booking, TOLD), "17:00 18:15 confirmed 1");
}

#[test]
fn a_booking_ends_with_its_event_once_a_look_proves_it() {
    let cancelled = json!({"external_event_id": "e", "starts_at": TEN, "ends_at": "2026-03-03T15:30:00Z", "status": "cancelled"});
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    for (how, page, outcome) in [
        ("cancelled", json!({"events": [cancelled]}), json!({})),
        ("deleted", json!({"deleted": ["e"]}), json!({})),
        ("absent", json!({"events": [event("other", NOON)]}), json!({"full": true})),
        ("absent from a window", json!({"events": [event("other", NOON)]}), window),
    ] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        synced.at("2026-03-02T14:01:00Z");
        synced.pull_events(&json!([event("e", TEN)]));
        synced.pull(&[page], &outcome);
        assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 0", "{how}");
        assert!(!is_free(&mut synced, TEN), "{how}");
        synced.look(None);
        let told = synced.booking(&booking, "status, cancel_reason, sequence");
        assert_eq!(told, "cancelled deleted at the provider 1", "{how}");
        assert_eq!(synced.texts(AUDIT)[2..], ["update calendar_agent"], "{how}");
        assert_eq!(synced.open(), 0, "{how}");
        assert_eq!(
            synced.texts("select 'x' from calendar.events where booking_id is not null"),
            [""; 0]
        );
        assert!(is_free(&mut synced, TEN), "{how}");
    }
}

#[test]
fn a_deletion_is_heard_even_where_the_event_was_never_seen() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    synced.pull(&[json!({"deleted": ["e"]})], &json!({}));
    synced.look(None);
    assert_eq!(
        synced.booking(&booking, "status, cancel_reason"),
        "cancelled deleted at the provider"
    );
    // Of an occurrence is not of the whole; and what comes back under another id is not gone.
    let booking = synced.book_and_push(TEN, "f");
    synced.at("2026-03-02T14:02:00Z");
    synced.pull(
        &[json!({"deleted": [{"external_event_id": "f", "recurrence_id": TEN}]})],
        &json!({}),
    );
    assert_eq!(synced.open(), 0);
    let mut back = event("g", TEN);
    back["booking_id"] = json!(booking);
    synced.pull(&[json!({"deleted": ["f"], "events": [back]})], &json!({}));
    assert_eq!(synced.booking(&booking, "status"), "confirmed");
    synced.look(Some(&back));
    assert_eq!(synced.booking(&booking, "status, provider_event_id"), "confirmed g");
    assert_eq!(synced.texts("select external_event_id from calendar.event_mappings"), ["g"]);
}

#[test]
fn an_event_that_came_and_went_between_two_pulls_is_missed() {
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    let elsewhere = json!({"full": true, "window_start": "2026-03-04T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    let other = json!({"events": [event("other", "2026-03-05T16:00:00Z")]});
    let refused = json!({"events": [event("other", "2026-03-05T16:00:00Z")],
                         "rejected": [{"external_event_id": "e", "reason": "odd"}]});
    for (how, minute, page, outcome, looks) in [
        ("all time", 15, &other, &json!({"full": true}), 1),
        ("a window", 15, &other, &window, 1),
        ("another window", 15, &other, &elsewhere, 0),
        ("what is new", 15, &other, &json!({}), 0),
        ("not understood", 15, &refused, &window, 0),
        ("just written", 10, &other, &window, 1),
        ("nothing at all", 15, &json!({}), &window, 0),
    ] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        synced.at(&format!("2026-03-02T14:{minute}:00Z"));
        synced.pull(std::slice::from_ref(page), outcome);
        assert_eq!(synced.booking(&booking, "status"), "confirmed", "{how}");
        assert_eq!(synced.open(), looks, "{how}");
        // As often as the list says so, it is asked for once.
        synced.pull(std::slice::from_ref(page), &json!({"full": true, "window_start": outcome["window_start"], "window_end": outcome["window_end"]}));
        assert!(synced.open() <= 1, "{how}");
    }
}

#[test]
fn what_is_outside_of_a_window_is_not_absent() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event("e", TEN)]));
    let window = json!({"full": true, "window_start": "2026-03-04T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    synced.pull(&[json!({"events": [event("other", "2026-03-05T16:00:00Z")]})], &window);
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 0");

    // Nor is what we have moved out of it, though the last pull saw it inside.
    fixture::cover(&mut synced.admin, synced.calendar);
    change(&mut synced, &format!("reschedule_booking('{booking}', '2026-06-02T15:00Z')"));
    push_all(&mut synced);
    synced.at("2026-03-02T14:02:00Z");
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-05-01T00:00:00Z"});
    synced.pull(&[json!({"events": [event("other", "2026-03-05T16:00:00Z")]})], &window);
    assert_eq!(synced.booking(&booking, "status, slot_start::date"), "confirmed 2026-06-02");
    // But there it is when the window has come so far.
    let window = json!({"full": true, "window_start": "2026-03-01T00:00:00Z", "window_end": "2026-07-01T00:00:00Z"});
    synced.pull(&[json!({"events": [event("other", "2026-03-05T16:00:00Z")]})], &window);
    synced.look(None);
    assert_eq!(synced.booking(&booking, "status"), "cancelled");
}

#[test]
fn what_an_old_pull_saw_moves_nothing_back() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event("e", TEN)]));
    change(&mut synced, &format!("reschedule_booking('{booking}', '{NOON}')"));
    push_all(&mut synced);
    synced.at("2026-03-02T14:02:00Z");
    // The provider takes its time to tell of it.
    synced.pull_events(&json!([event("other", ELEVEN)]));
    assert_eq!(synced.booking(&booking, TOLD), "17:00 17:30 confirmed 1");

    // A pull that began before the push may still bring what was before.
    let lease = synced.begin_pull();
    change(&mut synced, &format!("reschedule_booking('{booking}', '{TEN}')"));
    synced.at("2026-03-02T14:03:00Z");
    push_all(&mut synced);
    stage(&mut synced.agent, &lease, 0, &json!({"events": [event("e", NOON)]})).unwrap();
    finish_pull(&mut synced.agent, &lease, &json!({})).unwrap();
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 2");
    // Or what came after: nothing but a look can say.
    synced.look(Some(&event("e", TEN)));
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 2");
    assert_eq!(synced.open(), 0);
}

#[test]
fn what_is_over_stays_as_it_was_unless_it_is_put_off() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-03T15:29:00Z");
    synced.pull_events(&json!([event("e", TEN)]));
    synced.at("2026-03-03T15:30:00Z");
    synced.pull(&[json!({"deleted": ["e"]})], &json!({}));
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 0");
    synced.pull_events(&json!([event("e", "2026-03-03T14:00:00Z")]));
    assert_eq!(synced.booking(&booking, TOLD), "15:00 15:30 confirmed 0");
    synced.pull_events(&json!([event("e", NOON)]));
    assert_eq!(synced.booking(&booking, TOLD), "17:00 17:30 confirmed 1");
}

#[test]
fn what_we_have_to_say_goes_first() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book_and_push(TEN, "e");
    synced.at("2026-03-02T14:01:00Z");
    synced.pull_events(&json!([event("e", TEN)]));
    change(&mut synced, &format!("reschedule_booking('{booking}', '{ELEVEN}')"));
    for page in [json!({"events": [event("e", NOON)]}), json!({"deleted": ["e"]})] {
        synced.pull(&[page], &json!({}));
        assert_eq!(synced.booking(&booking, TOLD), "16:00 16:30 confirmed 1");
        assert_eq!(synced.open(), 1, "it is still to be told");
        assert_eq!(synced.booking(&booking, "problem"), "");
    }
}

#[test]
fn what_is_said_while_a_pull_lands_goes_first_too() {
    for (function, told) in [
        ("reschedule_booking('ID', '2026-03-03T16:00Z')", "16:00 16:30 confirmed 1"),
        ("cancel_booking('ID')", "15:00 15:30 cancelled 1"),
    ] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        synced.at("2026-03-02T14:01:00Z");
        synced.pull_events(&json!([event("e", TEN)]));
        let lease = synced.begin_pull();
        stage(&mut synced.agent, &lease, 0, &json!({"events": [event("e", NOON)]})).unwrap();
        synced.admin.batch_execute("begin").unwrap();
        change(&mut synced, &function.replace("ID", &booking));
        let Synced { db, admin, agent, .. } = &mut synced;
        thread::scope(|scope| {
            let pull = scope.spawn(|| finish_pull(agent, &lease, &json!({})).unwrap());
            wait_for_a_lock(db);
            admin.batch_execute("commit").unwrap();
            pull.join().unwrap();
        });
        assert_eq!(synced.booking(&booking, TOLD), told, "{function}");
        assert_eq!(synced.open(), 1, "{function}");
    }
}

#[test]
fn what_is_said_while_a_pull_waits_for_its_broker_counts() {
    for (function, told, taken) in [
        ("reschedule_booking('ID', '2026-03-03T16:00Z')", "16:00 16:30 confirmed 1", "17:00-17:30"),
        ("cancel_booking('ID')", "15:00 15:30 cancelled 1", ""),
    ] {
        let mut synced = Synced::new(&[]);
        let booking = synced.book_and_push(TEN, "e");
        synced.at("2026-03-02T14:01:00Z");
        synced.pull_events(&json!([event("e", TEN)]));
        let lease = synced.begin_pull();
        stage(&mut synced.agent, &lease, 0, &json!({"events": [event("e", NOON)]})).unwrap();
        synced
            .admin
            .batch_execute("begin; select from calendar.brokers for no key update")
            .unwrap();
        let Synced { db, admin, agent, .. } = &mut synced;
        thread::scope(|scope| {
            let pull = scope.spawn(|| finish_pull(agent, &lease, &json!({})).unwrap());
            // The pull has written the event: the booking's transaction must not wait for it.
            wait_for_a_lock(db);
            fixture::call(admin, &function.replace("ID", &booking)).unwrap();
            admin.batch_execute("commit").unwrap();
            pull.join().unwrap();
        });
        assert_eq!(synced.booking(&booking, TOLD), told, "{function}");
        let blocks = "select to_char(starts_at, 'HH24:MI-') || to_char(ends_at, 'HH24:MI') from calendar.busy_blocks";
        let expected = Vec::from_iter(Some(taken).filter(|taken| !taken.is_empty()));
        assert_eq!(synced.texts(blocks), expected, "{function}");
    }
}

/// Until somebody waits for a lock in the database.
fn wait_for_a_lock(db: &Database<'_>) {
    let waiting = "select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'";
    let mut client = db.connect();
    for _ in 0..1000 {
        if client.query_one(waiting, &[]).unwrap().get::<_, i64>(0) > 0 {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("nobody waits for a lock");
}

#[test]
fn several_bookings_follow_at_once() {
    let mut synced = Synced::new(&[]);
    let bookings =
        [(TEN, "e"), (ELEVEN, "f"), (NOON, "g")].map(|(start, id)| synced.book_and_push(start, id));
    synced.at("2026-03-02T14:01:00Z");
    let late = "2026-03-03T20:00:00Z";
    synced.pull(
        &[json!({"events": [event("e", late), event("f", ELEVEN)], "deleted": ["g"]})],
        &json!({}),
    );
    synced.look(None);
    let told = bookings.map(|booking| synced.booking(&booking, TOLD));
    assert_eq!(
        told,
        ["20:00 20:30 confirmed 1", "16:00 16:30 confirmed 0", "17:00 17:30 cancelled 1"]
    );
    assert_eq!(synced.open(), 0);
}

// Whose event it is.

#[test]
fn an_event_may_say_whose_it_is_to_its_own_broker_alone() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    let theirs = {
        let other = fixture::broker(&mut synced.admin, &[]);
        text(&fixture::book(&mut synced.admin, other, TEN).unwrap(), "id")
    };
    let named = |id: &str, booking: &str| {
        let mut event = event(id, TEN);
        event["booking_id"] = json!(booking);
        event
    };
    synced.pull_events(&json!([
        named("ours", &booking),
        named("theirs", &theirs),
        named("nobody's", "not even an id"),
        event(&format!("bk-{theirs}@calendar-ext.ics"), ELEVEN),
    ]));
    let marked = "select concat_ws(' ', external_event_id, booking_id) from calendar.events where booking_id is not null";
    assert_eq!(synced.texts(marked), [format!("ours {booking}")]);
    let blocking = "select e.external_event_id from calendar.busy_blocks join calendar.events as e on e.id = event_id order by 1";
    assert_eq!(synced.texts(blocking).len(), 3);
    // What others say of their bookings' times is not heard here.
    assert_eq!(synced.booking(&theirs, TOLD), "15:00 15:30 confirmed 0");
}

#[test]
fn a_series_with_a_booking_in_its_name_is_stored_once() {
    let mut synced = Synced::new(&[]);
    let booking = synced.book(TEN);
    for (id, key) in [("bkoccasional", Value::Null), ("named", json!(booking))] {
        let mut master = event(id, "2026-03-04T15:00:00Z");
        master["recurrence"] = json!("RRULE:FREQ=DAILY;COUNT=3");
        master["booking_id"] = key;
        let mut moved = event(id, "2026-03-05T18:00:00Z");
        moved["recurrence_id"] = json!("2026-03-05T15:00:00Z");
        let answer = synced.pull_events(&json!([master, moved]));
        assert_eq!((&answer["created"], answer.get("rejected")), (&json!(2), None), "{id}");
        let again = synced.pull_events(&json!([master, moved]));
        assert_eq!(again["unchanged"], 2, "{id}");
    }
}
