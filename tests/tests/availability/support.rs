//! Brokers and calls that the tests of availability share.

use calendar_tests::answer::refused;
use calendar_tests::{Database, Scene, fixture};
use postgres::Client;
use uuid::Uuid;

/// A whole local day of New York, five hours behind UTC.
pub(crate) const TUESDAY: &str = "'2026-03-03T05:00Z', '2026-03-04T05:00Z'";

/// What New York's clocks show at the start of each slot of a broker.
pub(crate) fn slots(client: &mut Client, broker: Uuid, arguments: &str) -> Vec<String> {
    fixture::local_slots(client, "America/New_York", &format!("'{broker}', {arguments}")).unwrap()
}

/// A broker whose only hours are Tuesdays from 09:00 to 12:00 in New York, so
/// that its Tuesday can be written out: slots at 9:00, 9:30, … 11:30.
pub(crate) fn tuesday_broker(client: &mut Client, columns: &[(&str, &str)]) -> Uuid {
    let broker = fixture::broker(client, columns);
    fixture::working_hours(client, broker, 2, "09:00", "12:00");
    broker
}

/// Such a broker in a database of its own.
pub(crate) fn tuesdays(columns: &[(&str, &str)]) -> Scene {
    let db = Database::new();
    let mut client = db.connect();
    let broker = tuesday_broker(&mut client, columns);
    Scene { db, client, broker }
}

pub(crate) fn set(client: &mut Client, table: &str, id: Uuid, assignment: &str) {
    let statement = format!("update calendar.{table} set {assignment} where id = '{id}'");
    assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
}

/// Refused with 22023; the message holds these words.
#[track_caller]
pub(crate) fn invalid(client: &mut Client, call: &str, words: &str) {
    refused(client.query(&format!("select * from calendar.{call}"), &[]), "22023", words);
}
