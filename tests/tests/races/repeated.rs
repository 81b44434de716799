//! Keys, leads and the daily limit.

use crate::support::{Arena, assert_tally, book, book_with, race, slot};
use calendar_tests::{answer, fixture};

#[test]
fn a_key_makes_one_booking_for_all_who_use_it() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(8);
        for n in 0..8 {
            let key = format!("idempotency_key => '{n}'");
            let outcomes = race(&mut clients, |_, client| book_with(client, broker, n, &key));
            assert_tally(&outcomes, &[("ok", 8)]);
            assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
        }
    });
}

#[test]
fn a_lead_who_asks_twice_gets_one_booking() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(8);
        for n in 0..8 {
            let outcomes =
                race(&mut clients, |_, client| book_with(client, broker, n, "lead_id => 'lead'"));
            assert_tally(&outcomes, &[("ok", 8)]);
            assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]));
        }
    });
}

#[test]
fn a_lead_may_have_one_booking_of_each_broker() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let brokers = [(); 8].map(|()| fixture::broker(&mut admin, &[]));
        let outcomes = race(&mut arena.clients(8), |at, client| {
            arena.insist(|| book_with(client, brokers[at], 0, "lead_id => 'lead'"))
        });
        assert_tally(&outcomes, &[("ok", 8)]);
    });
}

#[test]
fn a_global_lead_is_at_one_place_at_a_time() {
    Arena::each(|arena| {
        arena.db.set("calendar.lead_scope", "global");
        let mut admin = arena.db.connect();
        let brokers = [(); 8].map(|()| fixture::broker(&mut admin, &[]));
        let mut clients = arena.clients(8);
        for n in 0..8 {
            let outcomes = race(&mut clients, |at, client| {
                arena.insist(|| book_with(client, brokers[at], n, "lead_id => 'lead'"))
            });
            assert_tally(&outcomes, &[("ok", 1), ("lead_busy", 7)]);
        }
    });
}

#[test]
fn the_daily_limit_holds() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[("max_bookings_per_day", "3")]);
        let outcomes = race(&mut arena.clients(16), |at, client| book(client, broker, at));
        assert_tally(&outcomes, &[("ok", 3), ("daily_limit", 13)]);
    });
}

#[test]
fn what_is_offered_instead_is_free() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let answers = race(&mut arena.clients(2), |_, client| {
            fixture::book(client, broker, &slot(4)).map_err(|e| answer::detail(&e))
        });
        let detail = answers.into_iter().find_map(Result::err).expect("one was refused");
        let offered = detail["alternatives"].as_array().unwrap();
        let near = ["2026-03-03T15:30:00Z", "2026-03-03T16:30:00Z", "2026-03-03T15:00:00Z"];
        assert_eq!(offered.iter().map(|slot| &slot["slot_start"]).collect::<Vec<_>>(), near);
    });
}
