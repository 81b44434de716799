//! Transactions that lock each other out.

use crate::support::{Arena, Outcome, assert_tally, book, outcome, race, slot};
use calendar_tests::{Cluster, Database, Scene, answer, fixture, random};
use postgres::Client;
use std::sync::Barrier;

/// Lets two transactions have the same two things in opposite order.
fn cross(
    clients: &mut [Client],
    part: impl Fn(usize, &mut Client) -> Outcome + Sync,
) -> Vec<Outcome> {
    let half = Barrier::new(2);
    race(clients, |at, client| {
        client.batch_execute("begin").unwrap();
        let first = part(at, client);
        half.wait();
        let second = first.and_then(|_| part(1 - at, client));
        client.batch_execute(if second.is_ok() { "commit" } else { "rollback" }).unwrap();
        second
    })
}

/// The answer to a deadlock: whether the slot is taken is not known before the
/// other transaction ends.
const AGAIN: &str = "40001 another transaction came first";

#[test]
fn bookings_that_lock_each_other_out_are_to_be_tried_again() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let brokers = [(); 2].map(|()| fixture::broker(&mut admin, &[]));
        let outcomes = cross(&mut arena.clients(2), |at, client| book(client, brokers[at], 0));
        assert_tally(&outcomes, &[("ok", 1), (AGAIN, 1)]);
    });
}

#[test]
fn changes_that_lock_each_other_out_are_to_be_tried_again() {
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let bookings = [(); 2].map(|()| {
            let broker = fixture::broker(&mut admin, &[]);
            arena.booked(broker, 0)
        });
        for change in ["confirm_booking", "cancel_booking"] {
            let outcomes = cross(&mut arena.clients(2), |at, client| {
                outcome(fixture::call(client, &format!("{change}('{}')", bookings[at])))
            });
            assert_tally(&outcomes, &[("ok", 1), (AGAIN, 1)]);
        }
    });
}

#[test]
fn a_conflict_that_postgresql_finds_has_the_reason_that_is_true() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    fixture::book(&mut client, broker, &slot(0)).unwrap();
    let mut reason = |state: &str, constraint: &str, n: usize| -> Outcome<Option<String>> {
        let query = "select calendar_private.conflict_reason(
            $1, $2, $3, $4::text::timestamptz, $4::text::timestamptz + interval '30 minutes', false, null, null)";
        match client.query_one(query, &[&state, &constraint, &broker, &slot(n)]) {
            Ok(row) => Ok(row.get(0)),
            Err(error) => Err(format!("{} {}", answer::sqlstate(&error), answer::message(&error))),
        }
    };
    let some = |reason: &str| Ok(Some(reason.to_owned()));
    assert_eq!(reason("23P01", "bookings_no_overlap", 1), some("taken"));
    assert_eq!(reason("23505", "bookings_lead_at_one_place", 1), some("lead_busy"));
    for unknown in ["bookings_pkey", "bookings_idempotency", ""] {
        assert_eq!(reason("23505", unknown, 0), Ok(None), "{unknown}");
    }
    assert_eq!(reason("40P01", "", 0), some("taken"));
    assert_eq!(reason("40P01", "", 1), Err(AGAIN.to_owned()));
}

#[test]
fn transactions_over_many_brokers_go_wholly_or_not_at_all() {
    let mut random = random::generator();
    Arena::each(|arena| {
        let mut admin = arena.db.connect();
        let brokers = [(); 4].map(|()| fixture::broker(&mut admin, &[]));
        // Three for each client.
        let wanted: Vec<_> =
            (0..24).map(|_| (brokers[random.usize(..4)], random.usize(..16))).collect();
        let outcomes = race(&mut arena.clients(8), |at, client| {
            arena.insist(|| {
                client.batch_execute("begin").unwrap();
                let booked: Result<Vec<_>, _> = wanted[3 * at..3 * (at + 1)]
                    .iter()
                    .map(|(broker, n)| book(client, *broker, *n))
                    .collect();
                let end = if booked.is_ok() { "commit" } else { "rollback" };
                client.batch_execute(end).map_err(|e| answer::sqlstate(&e).to_owned())?;
                booked
            })
        });
        let mut booked = 0;
        for outcome in outcomes {
            match outcome {
                Ok(bookings) => booked += bookings.len(),
                Err(reason) => assert!(reason == "taken" || reason == AGAIN, "{reason}"),
            }
        }
        let found = admin.query_one("select count(*) from calendar.bookings", &[]).unwrap();
        assert_eq!(found.get::<_, i64>(0), i64::try_from(booked).unwrap());
    });
}

#[test]
fn databases_of_one_server_may_be_given_the_extension_at_once() {
    let cluster = Cluster::bare(&[]);
    cluster.connect("postgres").batch_execute("create role service_role").unwrap();
    let databases = [(); 4].map(|()| cluster.empty_database());
    let mut clients = databases.each_ref().map(Database::connect);
    race(&mut clients, |_, client| {
        client.batch_execute("create extension calendar_ext cascade").unwrap();
    });
}
