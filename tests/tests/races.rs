//! Many clients at once, at every isolation level: nobody books twice, and no
//! error of the database's own making reaches a caller.
//!
//! One has to, at the stricter levels: PostgreSQL itself refuses with 40001, even
//! at commit, and asks the client to repeat. [`Arena::insist`] does so. A booking at
//! REPEATABLE READ never needs it, nor one at SERIALIZABLE among rivals for the
//! same broker; a change of a booking that has just been changed does, and so do
//! bookings at SERIALIZABLE whose rivals are at other brokers. At every level, two
//! transactions over several brokers may lock each other out: one of them is ended
//! with 40001.

use calendar_tests::{Caller, Cluster, Database, answer, fixture, random};
use postgres::{Client, Error};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use uuid::Uuid;

const LEVELS: [&str; 3] = ["read committed", "repeatable read", "serializable"];

/// A Tuesday on which the brokers of these tests are open from 14:00 to 22:00 UTC.
const DAY: &str = "2026-03-03";

/// A database, and the isolation level at which its clients work.
struct Arena {
    db: Database<'static>,
    level: &'static str,
}

impl Arena {
    /// Runs a test at each isolation level, each time in a new database, and looks
    /// at what the clients left behind.
    fn each(mut test: impl FnMut(&Self)) {
        for level in LEVELS {
            println!("isolation level {level}");
            let arena = Self { db: Database::new(), level };
            test(&arena);
            arena.assert_sound();
        }
    }

    fn clients(&self, count: usize) -> Vec<Client> {
        let client = |_| {
            let mut client = self.db.connect_as(Caller::Service);
            let level = format!("set default_transaction_isolation = '{}'", self.level);
            client.batch_execute(&level).unwrap();
            client
        };
        (0..count).map(client).collect()
    }

    /// Repeats what the isolation level refuses, as its clients are asked to.
    fn insist<T>(&self, mut attempt: impl FnMut() -> Outcome<T>) -> Outcome<T> {
        loop {
            match attempt() {
                Err(reason) if self.level != LEVELS[0] && reason.starts_with("40001") => {}
                outcome => return outcome,
            }
        }
    }

    fn reschedule(&self, client: &mut Client, booking: &str, n: usize) -> Outcome {
        let function = format!("reschedule_booking('{booking}', '{}')", slot(n));
        self.insist(|| outcome(fixture::call(client, &function)))
    }

    fn confirm(&self, client: &mut Client, booking: &str) -> Outcome {
        self.insist(|| outcome(fixture::call(client, &format!("confirm_booking('{booking}')"))))
    }

    fn cancel(&self, client: &mut Client, booking: &str) -> Outcome {
        self.insist(|| outcome(fixture::call(client, &format!("cancel_booking('{booking}')"))))
    }

    /// A booking for a test to start with.
    fn booked(&self, broker: Uuid, n: usize) -> String {
        book(&mut self.db.connect(), broker, n).unwrap()
    }

    /// No two bookings that take their broker's time overlap, and each one has the
    /// outbox row and the audit row of its making.
    fn assert_sound(&self) {
        let row = self.db.connect().query_one(
            "select (select count(*)
                       from calendar.bookings as a join calendar.bookings as b
                         on a.broker_id = b.broker_id and a.id < b.id
                        and a.slot_start < b.slot_end and b.slot_start < a.slot_end
                      where a.status in ('held', 'pending', 'confirmed')
                        and b.status in ('held', 'pending', 'confirmed')),
                    (select count(*) from calendar.bookings as b
                      where (select count(*) from calendar.outbox as o
                              where o.booking_id = b.id and o.operation = 'create') <> 1
                         or (select count(*) from calendar.audit_log as a
                              where a.row_id = b.id and a.operation = 'insert') <> 1)",
            &[],
        );
        let row = row.unwrap();
        assert_eq!(row.get::<_, i64>(0), 0, "bookings overlap");
        assert_eq!(row.get::<_, i64>(1), 0, "a booking lacks its outbox or audit row");
    }
}

/// Lets every client do its part at the same moment; gives what each got.
fn race<T: Send>(clients: &mut [Client], part: impl Fn(usize, &mut Client) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(clients.len());
    thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter_mut()
            .enumerate()
            .map(|(at, client)| {
                let (start, part) = (&start, &part);
                scope.spawn(move || {
                    start.wait();
                    part(at, client)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// A booking's id, or why there is none: the reason of a PT409, else the error.
type Outcome<T = String> = Result<T, String>;

fn outcome(result: Result<Value, Error>) -> Outcome {
    match result {
        Ok(booking) => Ok(booking["id"].as_str().unwrap().to_owned()),
        Err(error) if answer::sqlstate(&error) == "PT409" => {
            Err(answer::detail(&error)["reason"].as_str().unwrap().to_owned())
        }
        Err(error) => Err(format!("{} {}", answer::sqlstate(&error), answer::message(&error))),
    }
}

/// Asserts how often each reason was given; "ok" stands for a booking.
#[track_caller]
fn assert_tally(outcomes: &[Outcome], expected: &[(&str, usize)]) {
    let mut tally = BTreeMap::new();
    for outcome in outcomes {
        *tally.entry(outcome.as_ref().map_or_else(String::as_str, |_| "ok")).or_insert(0) += 1;
    }
    let expected: BTreeMap<_, _> = expected.iter().copied().filter(|(_, n)| *n > 0).collect();
    assert_eq!(tally, expected);
}

/// The n-th slot of 30 minutes of the day, 16 in all.
fn slot(n: usize) -> String {
    format!("{DAY} {:02}:{:02}Z", 14 + n / 2, n % 2 * 30)
}

/// Books the n-th slot.
fn book(client: &mut Client, broker: Uuid, n: usize) -> Outcome {
    outcome(fixture::book(client, broker, &slot(n)))
}

/// Books the n-th slot with further arguments.
fn book_with(client: &mut Client, broker: Uuid, n: usize, arguments: &str) -> Outcome {
    let function = format!("book_calendar_slot('{broker}', '{}', {arguments})", slot(n));
    outcome(fixture::call(client, &function))
}

fn taken() -> Outcome {
    Err("taken".to_owned())
}

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
                _ => book(client, broker, n),
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
                _ => book(client, broker, n),
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

#[test]
fn a_slot_goes_to_one_of_rescheduling_and_booking() {
    Arena::each(|arena| {
        let broker = fixture::broker(&mut arena.db.connect(), &[]);
        let mut clients = arena.clients(6);
        for n in 0..6 {
            let moved = arena.booked(broker, n);
            let outcomes = race(&mut clients, |at, client| match at {
                0 => arena.reschedule(client, &moved, 8 + n),
                _ => book(client, broker, 8 + n),
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
                _ => book(client, broker, n),
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
        let near =
            ["2026-03-03T15:30:00+00:00", "2026-03-03T16:30:00+00:00", "2026-03-03T15:00:00+00:00"];
        assert_eq!(offered.iter().map(|slot| &slot["slot_start"]).collect::<Vec<_>>(), near);
    });
}

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
    let db = Database::new();
    let mut client = db.connect();
    let broker = fixture::broker(&mut client, &[]);
    fixture::book(&mut client, broker, &slot(0)).unwrap();
    let mut reason = |state: &str, constraint: &str, n: usize| -> Outcome<Option<String>> {
        let query = "select calendar_private.conflict_reason(
            $1, $2, $3, $4::text::timestamptz, $4::text::timestamptz + interval '30 minutes', false, null)";
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
