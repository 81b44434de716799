//! Who gets a slot.

use crate::support::{Arena, DAY, assert_tally, book, outcome, race, taken};
use calendar_tests::{fixture, random};

#[test]
fn one_slot_has_one_winner() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(32);
        for n in 0..8 {
            let outcomes = race(&mut clients, |_, client| book(client, broker, n));
            assert_tally(&outcomes, &[("ok", 1), ("taken", 31)]);
        }
    });
}

#[test]
fn different_slots_of_a_broker_all_go() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(16);
        let outcomes = race(&mut clients, |at, client| book(client, broker, at));
        assert_tally(&outcomes, &[("ok", 16)]);
    });
}

#[test]
fn different_brokers_do_not_disturb_each_other() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let brokers = [(); 8].map(|()| fixture::broker(&mut admin, &[]));
        let mut clients = arena.clients(8);
        for n in 0..8 {
            let outcomes =
                race(&mut clients, |at, client| arena.insist(|| book(client, brokers[at], n)));
            assert_tally(&outcomes, &[("ok", 8)]);
        }
    });
}

#[test]
fn of_overlapping_slots_only_disjoint_ones_are_booked() {
    let mut random = random::generator();
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(16);
        // Six for each client, as minutes from 14:00 and length.
        let wanted: Vec<_> = (0..96).map(|_| (random.u32(..480), random.u32(1..90))).collect();
        let outcomes = race(&mut clients, |at, client| {
            let book = |&(start, length): &(u32, u32)| {
                let start = format!("timestamptz '{DAY} 14:00Z' + interval '{start} minutes'");
                let end = format!("{start} + interval '{length} minutes'");
                let arguments = format!("'{broker}', {start}, {end}, outside_hours => true");
                outcome(fixture::call(client, &format!("book_calendar_slot({arguments})")))
            };
            wanted[6 * at..6 * (at + 1)].iter().map(book).collect::<Vec<_>>()
        });
        let (won, lost): (Vec<_>, Vec<_>) =
            wanted.iter().zip(outcomes.iter().flatten()).partition(|(_, outcome)| outcome.is_ok());
        for (&(start, length), outcome) in lost {
            assert_eq!(*outcome, taken());
            // Refused for a booking that is there, not for one that did not come about.
            assert!(
                won.iter().any(|(other, _)| other.0 < start + length && start < other.0 + other.1),
                "{start}+{length} was refused for nothing"
            );
        }
    });
}
