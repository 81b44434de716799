//! Holds that lapse meanwhile.

use crate::support::{Arena, assert_tally, book, book_with, race, slot};
use calendar_tests::fixture;

#[test]
fn a_lapsed_hold_goes_to_one_of_confirmation_and_booking() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let broker = fixture::broker(&mut admin, &[]);
        let holds: Vec<_> = (0..8)
            .map(|n| book_with(&mut admin, broker, n, "hold_minutes => 5").unwrap())
            .collect();
        arena.db.set_now("2026-03-02T14:10:00Z");
        let mut clients = arena.clients(8);
        for (n, hold) in holds.iter().enumerate() {
            let outcomes = race(&mut clients, |at, client| match at {
                0 => arena.confirm(client, hold),
                _ => arena.book_beside_change(client, broker, n),
            });
            assert_tally(&outcomes, &[("ok", 1), ("taken", 7)]);
        }
    });
}

#[test]
fn a_hold_that_lapses_meanwhile_is_never_given_twice() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        // One client still sees the hold in force, the others see it lapsed.
        let mut clients = arena.clients(1);
        arena.db.set_now("2026-03-02T14:10:00Z");
        clients.extend(arena.clients(7));
        for n in 0..8 {
            let hold = book_with(&mut clients[0], broker, n, "hold_minutes => 5").unwrap();
            let outcomes = race(&mut clients, |at, client| match at {
                0 => arena.confirm(client, &hold),
                _ => arena.book_beside_change(client, broker, n),
            });
            assert_tally(&outcomes, &[("ok", 1), ("taken", 7)]);
        }
    });
}

#[test]
fn the_halves_of_a_lapsed_hold_go_to_two_bookings() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let broker = fixture::broker(&mut admin, &[]);
        for n in [0, 2, 4, 6] {
            let end = format!("'{}', hold_minutes => 5", slot(n + 2));
            book_with(&mut admin, broker, n, &end).unwrap();
        }
        arena.db.set_now("2026-03-02T14:10:00Z");
        let mut clients = arena.clients(2);
        for n in [0, 2, 4, 6] {
            let outcomes = race(&mut clients, |at, client| book(client, broker, n + at));
            assert_tally(&outcomes, &[("ok", 2)]);
        }
    });
}
