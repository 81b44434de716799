//! Reading writes nothing.

use calendar_tests::{Scene, fixture};

#[test]
fn reading_needs_no_transaction_id_and_a_read_only_transaction_is_enough() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    fixture::event(&mut client, calendar, "e", "2026-03-03T14:30:00Z", "2026-03-03T16:30:00Z");
    for mode in ["read write", "read only"] {
        let mut transaction = client.transaction().unwrap();
        transaction.batch_execute(&format!("set transaction {mode}")).unwrap();
        for call in [
            format!("get_available_slots('{broker}')"),
            // Beyond what is stored, blocks are derived.
            format!("get_available_slots('{broker}', '2027-02-01', '2027-09-01')"),
            format!("get_busy('{broker}', '2026-03-02', '2026-03-09')"),
            format!("explain_slot('{broker}', '2026-03-03T15:00Z', '2026-03-03T15:30Z')"),
            "check_timezones(null, timestamptz '2026-03-03')".to_owned(),
        ] {
            transaction.query(&format!("select * from calendar.{call}"), &[]).unwrap();
        }
        let id: Option<String> = transaction
            .query_one("select pg_current_xact_id_if_assigned()::text", &[])
            .unwrap()
            .get(0);
        assert_eq!(id, None, "{mode}");
        transaction.commit().unwrap();
    }
    let volatility: Vec<String> = client
        .query(
            "select distinct provolatile::text from pg_proc
              where oid::regproc::text in
                    ('calendar.get_available_slots', 'calendar.get_busy', 'calendar.explain_slot')",
            &[],
        )
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(volatility, ["s"]);
}
