//! Events that land meanwhile.

use crate::support::{Arena, book, race, slot, taken};
use calendar_tests::fixture;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn an_event_that_has_landed_is_never_booked_over() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let broker = fixture::broker(&mut admin, &[]);
        let calendar = fixture::calendar(&mut admin, broker, &[]);
        let mut clients = arena.clients(4);
        for n in 0..8 {
            let [start, end] = [n, n + 1].map(|n| slot(n).replace(' ', "T").replace('Z', ":00Z"));
            let landed = AtomicBool::new(false);
            let outcomes = race(&mut clients, |at, client| {
                if at == 0 {
                    fixture::event(client, calendar, &start, &start, &end);
                    landed.store(true, Ordering::SeqCst);
                    return (false, Err("the event".to_owned()));
                }
                (landed.load(Ordering::SeqCst), book(client, broker, n))
            });
            let (late, early): (Vec<_>, Vec<_>) =
                outcomes.into_iter().skip(1).partition(|(late, _)| *late);
            assert!(late.iter().all(|(_, outcome)| *outcome == taken()), "{late:?}");
            let won = early.iter().filter(|(_, outcome)| outcome.is_ok()).count();
            assert!(won <= 1, "{early:?}");
            assert_eq!(book(&mut clients[0], broker, n), taken());
        }
    });
}

#[test]
fn an_event_that_is_still_being_written_is_not_waited_for() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let broker = fixture::broker(&mut admin, &[]);
        let calendar = fixture::calendar(&mut admin, broker, &[]);
        let [writer, booker] = &mut arena.clients(2)[..] else { unreachable!() };
        writer.batch_execute("begin").unwrap();
        fixture::event(writer, calendar, "1", "2026-03-03T14:00:00Z", "2026-03-03T15:00:00Z");
        book(booker, broker, 0).unwrap();
        writer.batch_execute("commit").unwrap();
        assert_eq!(book(booker, broker, 1), taken());
    });
}
