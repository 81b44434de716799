//! A broker with rows, and calls whose errors are looked at.

use calendar_tests::answer::{message, sqlstate};
use calendar_tests::fixture;
use postgres::{Client, Error};
use uuid::Uuid;

/// What a caller may hear: that an argument is wrong, or any answer of the
/// contract. Never an internal error, an overflow or a violated constraint.
pub(crate) const ALLOWED: [&str; 7] =
    ["22023", "PT401", "PT404", "PT409", "PT422", "PT429", "42501"];

pub(crate) fn execute(client: &mut Client, statement: &str) {
    client.batch_execute(statement).unwrap_or_else(|e| panic!("{statement:.500}: {e:?}"));
}

/// A broker with a calendar, an event and a booking.
pub(crate) fn world(client: &mut Client) -> (Uuid, Uuid, String) {
    let broker = fixture::broker(
        client,
        &[("booking_horizon_days", "3660"), ("slug", "ada"), ("public_booking", "true")],
    );
    let calendar = fixture::calendar(client, broker, &[]);
    fixture::event(client, calendar, "e", "2026-03-04T15:00:00Z", "2026-03-04T16:00:00Z");
    let beat =
        "select calendar_sync.heartbeat(gen_random_uuid(), '1', 'https://agent.example.com/')";
    execute(client, beat);
    let booking = fixture::book(client, broker, "2026-03-03T15:00Z").unwrap();
    (broker, calendar, booking["id"].as_str().unwrap().to_owned())
}

/// Calls a function in a transaction that is rolled back, and looks at the error
/// if there is one.
#[track_caller]
pub(crate) fn call(client: &mut Client, call: &str) -> Result<(), Error> {
    let mut transaction = client.transaction().unwrap();
    let result = transaction.batch_execute(&format!("select * from {}", fixture::qualified(call)));
    transaction.rollback().unwrap();
    if let Err(error) = &result {
        assert!(ALLOWED.contains(&sqlstate(error)), "{call:.500}: {error:?}");
        let message = message(error);
        assert!(message.len() <= 300, "{call:.500}: {message}");
        assert!(message.bytes().all(|b| (b' '..=b'~').contains(&b)), "{call:.500}: {message:?}");
    }
    result
}
