//! `calendar.now`, the clock.

use crate::support::slots;
use calendar_tests::answer::refused;
use calendar_tests::{Caller, Database, fixture};
use postgres::{Client, NoTls};

#[test]
fn the_clock_is_the_superusers_alone() {
    let db = Database::new();
    let broker = fixture::broker(&mut db.connect(), &[("public_booking", "true")]);
    let first = |client: &mut Client| slots(client, broker, "max_slots => 1");
    let mut client = db.connect_as(Caller::Anon);
    assert_eq!(first(&mut client), ["Mon 09:00"]);
    let refusal = client.batch_execute("set calendar.now = '2026-03-04T14:00:00Z'");
    refused(refusal, "42501", "calendar.now");

    // Nor does it help to be quicker than the library, which declares the setting.
    let url = db.cluster().url_as("authenticator", db.name());
    let mut client = Client::connect(&url, NoTls).unwrap();
    client.batch_execute("set role anon; set calendar.now = '2026-03-04T14:00:00Z'").unwrap();
    assert_eq!(first(&mut client), ["Mon 09:00"]);
    let mut superuser = db.connect();
    superuser.batch_execute("set calendar.now = '2026-03-04T14:00:00Z'").unwrap();
    assert_eq!(first(&mut superuser), ["Wed 09:00"]);
}

#[test]
fn the_clock_is_the_real_one_where_the_setting_is_empty_and_must_be_an_instant() {
    let db = Database::new();
    let mut client = db.connect();
    let now = "select calendar_private.current_instant() = statement_timestamp()";
    client.batch_execute("set calendar.now = ''").unwrap();
    let is_real: bool = client.query_one(now, &[]).unwrap().get(0);
    assert!(is_real);
    for wrong in ["tomorrow", "2026-03-02", "2026-03-02T14:00", "infinity"] {
        client.batch_execute(&format!("set calendar.now = '{wrong}'")).unwrap();
        refused(client.query(now, &[]), "22023", "calendar.now must be empty or an instant");
    }
}
