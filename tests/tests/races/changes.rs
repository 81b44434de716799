//! Moving, cancelling and confirming.

use crate::support::{Arena, assert_tally, race, taken};
use calendar_tests::fixture;

#[test]
fn a_slot_goes_to_one_of_rescheduling_and_booking() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(6);
        for n in 0..6 {
            let moved = arena.booked(broker, n);
            let outcomes = race(&mut clients, |at, client| match at {
                0 => arena.reschedule(client, &moved, 8 + n),
                _ => arena.book_beside_change(client, broker, 8 + n),
            });
            assert_tally(&outcomes, &[("ok", 1), ("taken", 5)]);
        }
    });
}

#[test]
fn two_bookings_cannot_swap_their_slots() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let pair = [arena.booked(broker, 0), arena.booked(broker, 1)];
        let mut clients = arena.clients(2);
        for _ in 0..8 {
            let outcomes =
                race(&mut clients, |at, client| arena.reschedule(client, &pair[at], 1 - at));
            assert_tally(&outcomes, &[("taken", 2)]);
        }
    });
}

#[test]
fn a_booking_follows_into_a_slot_that_another_leaves() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(2);
        for _ in 0..8 {
            let queue = [arena.booked(broker, 1), arena.booked(broker, 0)];
            let outcomes =
                race(&mut clients, |at, client| arena.reschedule(client, &queue[at], 2 - at));
            assert!(outcomes[0].is_ok(), "{outcomes:?}");
            assert!(outcomes[1].is_ok() || outcomes[1] == taken(), "{outcomes:?}");
            for booking in &queue {
                arena.cancel(&mut clients[0], booking).unwrap();
            }
        }
    });
}

#[test]
fn a_booking_that_two_move_is_moved_twice() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(2);
        for _ in 0..8 {
            let moved = arena.booked(broker, 0);
            let outcomes =
                race(&mut clients, |at, client| arena.reschedule(client, &moved, 1 + at));
            assert_eq!(outcomes, [Ok(moved.clone()), Ok(moved.clone())]);
            arena.cancel(&mut clients[0], &moved).unwrap();
        }
    });
}

#[test]
fn a_cancelled_slot_is_taken_over_once() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(6);
        for n in 0..8 {
            let booking = arena.booked(broker, n);
            let outcomes = race(&mut clients, |at, client| match at {
                0 => arena.cancel(client, &booking),
                _ => arena.book_beside_change(client, broker, n),
            });
            assert_eq!(outcomes[0], Ok(booking));
            let won = outcomes[1..].iter().filter(|outcome| outcome.is_ok()).count();
            assert!(won <= 1);
            assert_tally(&outcomes[1..], &[("ok", won), ("taken", 5 - won)]);
        }
    });
}

#[test]
fn everyone_who_confirms_or_cancels_one_booking_gets_it() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[("requires_confirmation", "true")]);
        let mut clients = arena.clients(6);
        for n in 0..4 {
            let booking = arena.booked(broker, n);
            let outcomes = race(&mut clients, |_, client| arena.confirm(client, &booking));
            assert_eq!(outcomes, vec![Ok(booking.clone()); 6]);
            let outcomes = race(&mut clients, |_, client| arena.cancel(client, &booking));
            assert_eq!(outcomes, vec![Ok(booking); 6]);
        }
    });
}
