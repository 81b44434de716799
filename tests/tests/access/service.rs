//! Trusted callers.

use crate::grants::tables;
use crate::world::{Broker, World, forbidden, texts};
use calendar_tests::answer::refused;
use calendar_tests::{Caller, fixture};
use postgres::{Client, NoTls};

#[test]
fn the_service_may_do_everything_for_every_broker() {
    let world = World::new();
    let mut client = world.db.connect();
    client.batch_execute("create role n8n login; grant calendar_service to n8n").unwrap();
    let url = world.db.cluster().url_as("n8n", world.db.name());
    let n8n = Client::connect(&url, NoTls).unwrap();
    for (who, mut client) in [("n8n", n8n), ("service_role", world.connect_as(Caller::Service))] {
        for table in tables(&mut client, "calendar_service", "SELECT") {
            let statement = format!("select 1 from calendar.{table}");
            assert!(client.query(&statement, &[]).unwrap().len() > 1, "{who} {table}");
        }
        let id = fixture::broker(&mut client, &[("name", "New")]);
        let calendar = fixture::calendar(&mut client, id, &[]);
        fixture::working_hours(&mut client, id, 2, "09:00", "17:00");
        fixture::event(&mut client, calendar, "e", "2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z");
        fixture::slots(&mut client, id, "2026-03-03", "2026-03-04").unwrap();
        let booking = fixture::book(&mut client, id, "2026-03-03T16:00Z").unwrap();
        let booking = booking["id"].as_str().unwrap();
        for call in [
            format!("get_busy('{id}', '2026-03-03', '2026-03-04')"),
            format!("explain_slot('{id}', '2026-03-03T16:00Z', '2026-03-03T16:30Z')"),
            format!("export_ics('{id}', '2026-03-03', '2026-03-04')"),
            format!("confirm_booking('{booking}')"),
            format!("booking_ics('{booking}')"),
            format!("reschedule_booking('{booking}', '2026-03-03T17:00Z')"),
            format!("cancel_booking('{booking}')"),
            "calendar_sync.extend_horizon()".to_owned(),
            "check_timezones(null, '2026-03-03')".to_owned(),
        ] {
            client
                .query(&format!("select {}", fixture::qualified(&call)), &[])
                .unwrap_or_else(|e| panic!("{who} {call}: {e:?}"));
        }
        let role = texts(
            &mut client,
            "select distinct db_role from calendar.audit_log where broker_id in (select id from calendar.brokers where name = 'New') order by 1",
        );
        assert!(role.contains(&who.to_owned()), "{role:?}");
        for statement in [
            "update calendar.bookings set slot_start = slot_end where true",
            "delete from calendar.bookings where true",
            "update calendar.events set title = '' where true",
            "insert into calendar.busy_blocks select * from calendar.busy_blocks",
            "delete from calendar.audit_log where true",
            "truncate calendar.working_hours",
            "create table calendar.mine ()",
            "select calendar_private.refresh_blocks(null, null)",
            "select calendar.grant_api_roles()",
        ] {
            forbidden(&mut client, statement);
        }
        let statement = format!("delete from calendar.brokers where id = '{id}'");
        assert_eq!(client.execute(&statement, &[]).unwrap(), 1);
    }
}

#[test]
fn the_service_may_write_every_column_but_the_bounds_of_derived_rows() {
    let world = World::new();
    let mut client = world.db.connect();
    let withheld = texts(
        &mut client,
        "select format('%s %s.%s', p.privilege, c.relname, a.attname)
           from pg_class as c
           join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          cross join (values ('INSERT'), ('UPDATE')) as p (privilege)
          where c.relnamespace = 'calendar'::regnamespace
            and has_any_column_privilege('calendar_service', c.oid, 'INSERT')
            and not has_column_privilege('calendar_service', c.oid, a.attnum, p.privilege)
          order by 1",
    );
    let bounds = [
        "brokers.overrides_from",
        "brokers.overrides_until",
        "calendars.blocks_from",
        "calendars.blocks_merged",
        "calendars.blocks_until",
        "calendars.covered_until",
        "calendars.gone_at",
    ];
    let expected =
        ["INSERT", "UPDATE"].map(|privilege| bounds.map(|bound| format!("{privilege} {bound}")));
    assert_eq!(withheld, expected.concat());
    let mut service = world.connect_as(Caller::Service);
    for statement in [
        "update calendar.calendars set blocks_until = 'infinity' where true",
        "update calendar.brokers set overrides_from = '-infinity' where true",
        "insert into calendar.calendars (broker_id, timezone, blocks_until) values (null, 'UTC', 'infinity')",
    ] {
        forbidden(&mut service, statement);
    }
    service
        .batch_execute("update calendar.calendars set tentative_blocks = false where true")
        .unwrap();
}

#[test]
fn only_functions_give_a_booking_a_status_that_takes_time() {
    let world = World::new();
    let mut client = world.connect_as(Caller::Service);
    let Broker { id, booking, .. } = &world.ours;
    let set = |booking: &str, status: &str| {
        format!("update calendar.bookings set status = '{status}' where id = '{booking}'")
    };
    let wrong = "status must be cancelled, completed, no_show or failed";
    for became in ["completed", "no_show", "failed", "cancelled"] {
        client.batch_execute(&set(booking, became)).unwrap();
        for active in ["held", "pending", "confirmed"] {
            refused(client.batch_execute(&set(booking, active)), "22023", wrong);
        }
    }
    // Not even where somebody else has the time now, which a constraint would tell otherwise.
    let other = fixture::book(&mut client, *id, "2026-03-03T15:00Z").unwrap();
    refused(client.batch_execute(&set(booking, "confirmed")), "22023", wrong);
    // What it has already it may be given.
    client.batch_execute(&set(other["id"].as_str().unwrap(), "confirmed")).unwrap();

    let hold = format!("book_calendar_slot('{id}', '2026-03-03T16:00Z', hold_minutes => 5)");
    let hold = fixture::call(&mut client, &hold).unwrap();
    let hold = hold["id"].as_str().unwrap();
    refused(client.batch_execute(&set(hold, "confirmed")), "22023", wrong);
    fixture::call(&mut client, &format!("confirm_booking('{hold}')")).unwrap();
}

#[test]
fn no_setting_of_a_session_keeps_its_bookings_from_the_log() {
    let world = World::new();
    let mut client = world.connect_as(Caller::Service);
    client.batch_execute("set row_security = off").unwrap();
    let before = texts(&mut world.db.connect(), "select count(*)::text from calendar.audit_log");
    // The function's own role is under row security, so that it refuses to go without.
    let result = fixture::book(&mut client, world.ours.id, "2026-03-03T16:00Z");
    let after = texts(&mut world.db.connect(), "select count(*)::text from calendar.audit_log");
    assert_eq!(result.is_ok(), before != after);
    forbidden(&mut client, "set session_replication_role = replica");
    forbidden(&mut client, "alter table calendar.bookings disable trigger all");
}
