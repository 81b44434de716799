//! sync-agent, and what it alone calls.

use crate::world::{ADA, Broker, STRANGER, World, forbidden, texts};
use calendar_tests::answer::sqlstate;
use calendar_tests::{Caller, fixture};
use uuid::Uuid;

/// What only sync-agent and the service call; `CALENDAR` and `ACCOUNT` stand for ids.
pub(crate) const AGENT_CALLS: [&str; 56] = [
    "calendar_sync.begin_round()",
    "calendar_sync.check_agent()",
    "calendar_sync.check_push(null)",
    "calendar_sync.connect_account(null, 'ics')",
    "calendar_sync.count_awaited(null)",
    "calendar_sync.end_channel(null)",
    "calendar_sync.fail_notification(null, 'x')",
    "calendar_sync.fail_pull(null, 'x')",
    "calendar_sync.fail_push(null, 'x')",
    "calendar_sync.finish_channel('CALENDAR', null)",
    "calendar_sync.finish_look(null)",
    "calendar_sync.finish_notification(null)",
    "calendar_sync.finish_pull(null, '{}')",
    "calendar_sync.finish_push(null)",
    "import_brokers('[]')",
    "calendar_sync.lease_account('ACCOUNT')",
    "calendar_sync.lease_pushes()",
    "calendar_sync.lease_calendars(calendar_sync.begin_round())",
    "calendar_sync.lease_channels()",
    "calendar_sync.lease_channels_to_end()",
    "calendar_sync.lease_notifications()",
    "calendar_sync.list_accounts()",
    "calendar_sync.list_members(null, now())",
    "calendar_sync.list_secrets()",
    "calendar_sync.measure()",
    "calendar_sync.prune_logs()",
    "calendar_sync.read_secret('ACCOUNT')",
    "calendar_sync.register_calendars('ACCOUNT', '[]')",
    "calendar_sync.release_leases('{}')",
    "calendar_sync.renew_leases('{}')",
    "calendar_sync.check_alerts()",
    "calendar_sync.report_alert('x')",
    "calendar_sync.report_delivery(null, null, null)",
    "calendar_sync.report_opt_out('5550100')",
    "calendar_sync.report_refusal('ACCOUNT', 'x')",
    "calendar_sync.skip_notification(null, 'no_address')",
    "calendar_sync.unsubscribe('x')",
    "request_resync('CALENDAR')",
    "set_account_status('ACCOUNT', 'paused')",
    "calendar_sync.stage_page(null, 0, '{}')",
    "calendar_sync.store_secret('ACCOUNT', '\\x01', '2')",
    "calendar_sync.sync_report()",
    "calendar_sync.begin_consent(null, null, null, null)",
    "calendar_sync.choose_calendars(null, null, '{}')",
    "calendar_sync.finish_connection(null, null, null)",
    "calendar_sync.forget_secret(null)",
    "calendar_sync.heartbeat('ACCOUNT', '1')",
    "calendar_sync.lease_accounts_to_end()",
    "calendar_sync.list_choices(null, null)",
    "calendar_sync.read_connection(null, null)",
    "calendar_sync.read_ticket(null)",
    "calendar_sync.sign_off('ACCOUNT')",
    "calendar_sync.take_consent(null, null)",
    "calendar_sync.take_ticket(null, sha256('x'))",
    "calendar_sync.wake_calendar('channel', 'secret')",
    "calendar_sync.wake_provider_calendar('google', 'primary')",
];

/// The calls with ids of a broker in them.
fn agent_calls(world: &World, calendar: Uuid) -> [String; 56] {
    let account = "select account_id::text from calendar.calendars where id = $1";
    let account = world.db.connect().query_one(account, &[&calendar]).unwrap();
    let account: String = account.get(0);
    AGENT_CALLS.map(|call| {
        let call = call.replace("CALENDAR", &calendar.to_string()).replace("ACCOUNT", &account);
        format!("select {}", fixture::qualified(&call))
    })
}

#[test]
fn only_the_agent_and_the_service_may_call_what_the_agent_calls() {
    let world = World::new();
    let mut superuser = world.db.connect();
    let rows = "select count(*)::text from calendar.sync_pages union all
                select md5(string_agg(a::text, '|' order by a.id)) from calendar.accounts as a union all
                select md5(string_agg(s::text, '|' order by s.calendar_id)) from calendar.sync_state as s";
    let before = texts(&mut superuser, rows);
    for caller in [Caller::Anon, Caller::User(ADA), Caller::User(STRANGER)] {
        let mut client = world.connect_as(caller);
        for statement in agent_calls(&world, world.ours.calendar) {
            forbidden(&mut client, &statement);
        }
    }
    assert_eq!(texts(&mut superuser, rows), before);
    for caller in [Caller::Agent, Caller::Service] {
        let mut client = world.connect_as(caller);
        for statement in agent_calls(&world, world.ours.calendar) {
            if let Err(error) = client.batch_execute(&statement) {
                // A lease or a broker that is not there.
                let state = sqlstate(&error);
                assert!(["PT404", "PT409"].contains(&state), "{caller:?} {statement}: {error:?}");
            }
        }
    }
}

#[test]
fn the_agent_calls_its_functions_and_touches_no_table() {
    let world = World::new();
    let mut agent = world.connect_as(Caller::Agent);
    let Broker { calendar, booking, .. } = &world.ours;
    fixture::event(&mut agent, *calendar, "f", "2026-03-05T15:00:00Z", "2026-03-05T16:00:00Z");
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:g\r\n\
               DTSTAMP:20260301T000000Z\r\nDTSTART:20260305T170000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let import = "select calendar.import_ics($1, $2) ->> 'created'";
    let created: String = agent.query_one(import, &[calendar, &ics]).unwrap().get(0);
    assert_eq!(created, "1");
    let invitation = texts(&mut agent, &format!("select calendar.booking_ics('{booking}')"));
    assert!(invitation[0].contains(booking.as_str()));
    agent.batch_execute("select calendar_sync.extend_horizon()").unwrap();
    agent.batch_execute("select calendar.check_timezones(null, '2026-03-03')").unwrap();
    for statement in [
        "select from calendar.events",
        "select from calendar.accounts",
        "select from calendar.sync_pages",
        "select from calendar.remembered_members",
        "select from calendar.sync_state",
        "select from calendar.webhook_channels",
        "update calendar.outbox set done_at = created_at where true",
        "insert into calendar.events (calendar_id) values (null)",
        "select calendar.get_available_slots(null)",
        "select calendar.book_calendar_slot(null, null)",
        "select calendar.cancel_booking(null)",
        "select calendar_private.parse_events(null, null)",
        "select calendar_private.fail_booking(null, null)",
        "select calendar_private.follow_events(null, null, null)",
    ] {
        forbidden(&mut agent, statement);
    }
}
