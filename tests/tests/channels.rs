//! Channels through which providers tell of changes: who gets to renew them, and what a
//! notification may do.

use calendar_tests::answer::refused;
use calendar_tests::synced::{connect, finish_pull, register, text};
use calendar_tests::{Caller, Synced};
use postgres::Client;
use postgres::fallible_iterator::FallibleIterator as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use uuid::Uuid;

/// A calendar at Google, beside the one at CalDAV, which has no channels.
fn synced() -> (Synced, Uuid) {
    let mut synced = Synced::new(&[]);
    let account = connect(&mut synced.agent, synced.broker, "google");
    let calendar = register(&mut synced.agent, account, "ada@example.org");
    (synced, calendar)
}

fn lease(client: &mut Client, arguments: &str) -> Vec<Value> {
    let query = format!("select to_jsonb(l) from calendar_sync.lease_channels({arguments}) as l");
    client.query(&query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}

/// Calls `finish_channel`; the arguments after the calendar are written in SQL. Gives the
/// channel that was replaced.
fn finish(
    client: &mut Client,
    calendar: Uuid,
    arguments: &str,
) -> Result<Vec<String>, postgres::Error> {
    let call = format!(
        "select concat_ws(' ', f.replaced_channel_id, f.replaced_resource_id)
           from calendar_sync.finish_channel('{calendar}', {arguments}) as f"
    );
    Ok(client.query(&call, &[])?.iter().map(|row| row.get(0)).collect())
}

fn wake(client: &mut Client, arguments: &str) -> bool {
    let call = format!("select calendar_sync.wake_calendar({arguments})");
    client.query_one(&call, &[]).unwrap().get(0)
}

/// The calendars that nobody need wait for.
fn due(synced: &mut Synced) -> Vec<String> {
    synced.texts(
        "select calendar_id::text from calendar.sync_state where last_attempt_at is null order by 1",
    )
}

/// All calendars are pulled, and no longer due.
fn pull_all(synced: &mut Synced) {
    for lease in synced.lease("calendar_sync.begin_round()") {
        finish_pull(&mut synced.agent, &text(&lease, "lease_id"), &json!({"nothing_new": true}))
            .unwrap();
    }
    assert_eq!(due(synced), [""; 0]);
}

#[test]
fn calendars_without_a_channel_or_with_one_that_ends_are_given() {
    let (mut synced, calendar) = synced();
    let leased = lease(&mut synced.agent, "");
    assert_eq!(
        leased,
        [json!({
            "lease_id": leased[0]["lease_id"], "calendar_id": calendar.to_string(), "account_id": leased[0]["account_id"], "provider": "google",
            "settings": {}, "external_calendar_id": "ada@example.org", "timezone": "UTC",
            "channel_id": null, "resource_id": null, "expires_at": null,
            "leased_at": "2026-03-02T14:00:00+00:00",
        })]
    );
    assert!(lease(&mut synced.agent, "").is_empty(), "it is leased");
    let channel = "'c1', 'r1', '2026-03-09T14:00:00Z', 's1'";
    assert_eq!(finish(&mut synced.agent, calendar, channel).unwrap(), [""; 0]);
    synced.at("2026-03-08T13:59:59Z");
    assert!(lease(&mut synced.agent, "").is_empty());
    synced.at("2026-03-08T14:00:00Z");
    let leased = lease(&mut synced.agent, "");
    assert_eq!((&leased[0]["channel_id"], &leased[0]["resource_id"]), (&json!("c1"), &json!("r1")));
    assert_eq!(leased[0]["expires_at"], "2026-03-09T14:00:00+00:00");
    let next = "'c2', 'r2', '2026-03-15T14:00:00Z', 's2'";
    assert_eq!(finish(&mut synced.agent, calendar, next).unwrap(), ["c1 r1"]);
    assert!(wake(&mut synced.agent, "'c2', 's2'"));
    assert!(!wake(&mut synced.agent, "'c1', 's1'"));
}

/// What `lease_channels_to_end` gives of each: the account, the channel and its resource.
fn to_end(synced: &mut Synced) -> Vec<(Uuid, Uuid, String)> {
    let query = "select l.lease_id, l.account_id, concat_ws(' ', l.channel_id, l.resource_id)
                   from calendar_sync.lease_channels_to_end() as l";
    let rows = synced.agent.query(query, &[]).unwrap();
    // And what follows: accounts without channels.
    let forget = "select calendar_sync.forget_secret(l.lease_id) from calendar_sync.lease_accounts_to_end() as l";
    synced.agent.execute(forget, &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// The ids of the accounts that have a credential.
fn with_secret(synced: &mut Synced) -> BTreeSet<String> {
    synced
        .texts("select id::text from calendar.accounts where secret is not null")
        .into_iter()
        .collect()
}

#[test]
fn a_disconnected_account_ends_its_channels_and_then_loses_its_credential() {
    let (mut synced, calendar) = synced();
    let accounts = synced.texts("select id::text from calendar.accounts order by provider desc");
    let [google, caldav] = [&accounts[0], &accounts[1]];
    for account in &accounts {
        let store = format!("select calendar_sync.store_secret('{account}', 'secret', 'key')");
        synced.agent.batch_execute(&store).unwrap();
    }
    lease(&mut synced.agent, "");
    let channel = "'c1', 'r1', '2026-03-09T14:00:00Z', 's1'";
    finish(&mut synced.agent, calendar, channel).unwrap();
    assert!(to_end(&mut synced).is_empty(), "it is active");
    let both = BTreeSet::from([google.clone(), caldav.clone()]);
    assert_eq!(with_secret(&mut synced), both);

    for account in &accounts {
        let disconnect = format!("select calendar.disconnect_account('{account}')");
        synced.admin.batch_execute(&disconnect).unwrap();
    }
    let leased = to_end(&mut synced);
    let [(lease_id, account, channel)] = leased.as_slice() else { panic!("{leased:?}") };
    assert_eq!((account.to_string(), channel.as_str()), (google.clone(), "c1 r1"));
    assert!(to_end(&mut synced).is_empty(), "it is leased");
    assert_eq!(with_secret(&mut synced), BTreeSet::from([google.clone()]), "it is still needed");
    let end = "select calendar_sync.end_channel($1)";
    synced.agent.execute(end, &[lease_id]).unwrap();
    assert!(!wake(&mut synced.agent, "'c1', 's1'"));
    assert!(to_end(&mut synced).is_empty());
    assert!(with_secret(&mut synced).is_empty());
    refused(synced.agent.execute(end, &[lease_id]), "PT409", "lease_lost");
}

#[test]
fn a_channel_that_expires_or_is_being_opened_does_not_keep_the_credential_for_long() {
    let (mut synced, calendar) = synced();
    let google = synced.texts("select id::text from calendar.accounts where provider = 'google'");
    let store = format!("select calendar_sync.store_secret('{}', 'secret', 'key')", google[0]);
    synced.agent.batch_execute(&store).unwrap();
    lease(&mut synced.agent, "");
    let disconnect = format!("select calendar.disconnect_account('{}')", google[0]);
    synced.admin.batch_execute(&disconnect).unwrap();
    assert!(to_end(&mut synced).is_empty());
    assert_eq!(with_secret(&mut synced).len(), 1, "a channel is being opened");
    finish(&mut synced.agent, calendar, "'c1', 'r1', '2026-03-09T14:00:00Z', 's1'").unwrap();
    assert_eq!(to_end(&mut synced).len(), 1);
    synced.at("2026-03-09T14:00:00Z");
    assert!(to_end(&mut synced).is_empty(), "it has expired");
    assert!(with_secret(&mut synced).is_empty());
}

#[test]
fn agents_that_come_at_once_share_the_channels() {
    const AGENTS: usize = 4;
    const CALENDARS: usize = 24;
    let mut synced = Synced::new(&[]);
    let account = connect(&mut synced.agent, synced.broker, "microsoft");
    for n in 0..CALENDARS {
        register(&mut synced.agent, account, &format!("calendar {n}"));
    }
    let start = Barrier::new(AGENTS);
    let given: Vec<String> = thread::scope(|scope| {
        let agents: Vec<_> = (0..AGENTS)
            .map(|_| {
                let mut client = synced.db.connect_as(Caller::Agent);
                let start = &start;
                scope.spawn(move || {
                    let mut given = Vec::new();
                    start.wait();
                    loop {
                        let leased = lease(&mut client, "max_channels => 3");
                        if leased.is_empty() {
                            return given;
                        }
                        given.extend(leased.iter().map(|lease| text(lease, "calendar_id")));
                    }
                })
            })
            .collect();
        agents.into_iter().flat_map(|agent| agent.join().unwrap()).collect()
    });
    let distinct: BTreeSet<_> = given.iter().collect();
    assert_eq!(distinct.len(), given.len(), "a channel was given twice");
    let rest = lease(&mut synced.agent, "max_channels => 100");
    assert_eq!(given.len() + rest.len(), CALENDARS);
}

#[test]
fn what_failed_rests_and_what_cannot_be_rests_longer() {
    let (mut synced, calendar) = synced();
    assert_eq!(lease(&mut synced.agent, "").len(), 1);
    synced.at("2026-03-02T14:01:00Z");
    assert_eq!(lease(&mut synced.agent, "").len(), 1);
    finish(&mut synced.agent, calendar, "null").unwrap();
    synced.at("2026-03-03T14:00:59Z");
    assert!(lease(&mut synced.agent, "").is_empty());
    synced.at("2026-03-03T14:01:00Z");
    assert_eq!(lease(&mut synced.agent, "").len(), 1);
    // A provider that gives an hour only must not be asked in a loop.
    finish(&mut synced.agent, calendar, "'c', null, '2026-03-03T15:10Z', 's'").unwrap();
    assert!(lease(&mut synced.agent, "").is_empty());
    synced.at("2026-03-03T14:11:00Z");
    assert_eq!(lease(&mut synced.agent, "").len(), 1);
}

#[test]
fn only_accounts_that_are_active_get_channels() {
    let (mut synced, _) = synced();
    for (status, count) in
        [("paused", 0), ("needs_reconnect", 0), ("disconnected", 0), ("active", 1)]
    {
        let set = format!("update calendar.accounts set status = '{status}' where true");
        synced.admin.batch_execute(&set).unwrap();
        assert_eq!(lease(&mut synced.agent, "").len(), count, "{status}");
    }
}

#[test]
fn a_renewed_channel_keeps_its_secret() {
    let (mut synced, calendar) = synced();
    lease(&mut synced.agent, "");
    let agent = &mut synced.agent;
    finish(agent, calendar, "'c', null, '2026-03-05Z', 's'").unwrap();
    assert_eq!(finish(agent, calendar, "'c', null, '2026-03-08Z'").unwrap(), [""; 0]);
    assert!(wake(agent, "'c', 's'"));
    refused(finish(agent, calendar, "'other', null, '2026-03-08Z'"), "22023", "secret");
    refused(finish(agent, calendar, "'c', null, null, 's'"), "22023", "expires_at");
    refused(finish(agent, Uuid::nil(), "null"), "PT404", "calendar_not_found");
    let ends = "select expires_at = '2026-03-08Z' from calendar.webhook_channels";
    assert!(synced.admin.query_one(ends, &[]).unwrap().get::<_, bool>(0));
}

#[test]
fn a_new_channel_makes_the_calendar_due_and_a_renewed_one_does_not() {
    let (mut synced, calendar) = synced();
    pull_all(&mut synced);
    lease(&mut synced.agent, "");
    finish(&mut synced.agent, calendar, "'c', null, '2026-03-05Z', 's'").unwrap();
    assert_eq!(due(&mut synced), [calendar.to_string()]);
    pull_all(&mut synced);
    finish(&mut synced.agent, calendar, "'c', null, '2026-03-08Z'").unwrap();
    assert_eq!(due(&mut synced), [""; 0]);
}

#[test]
fn a_notification_with_the_right_secret_wakes_its_calendar_alone() {
    let (mut synced, calendar) = synced();
    lease(&mut synced.agent, "");
    finish(&mut synced.agent, calendar, "'c', 'r', '2026-03-09Z', 's'").unwrap();
    pull_all(&mut synced);
    let mut listener = synced.db.connect();
    listener.batch_execute("listen calendar_pull").unwrap();
    for wrong in [
        "'c', 'S'",
        "'c', ''",
        "'c', null",
        "'C', 's'",
        "'', ''",
        "null, null",
        "null, 's'",
        "'r', 's'",
        "'c', encode(sha256('s'), 'hex')",
    ] {
        assert!(!wake(&mut synced.agent, wrong), "{wrong}");
    }
    assert_eq!(due(&mut synced), [""; 0]);
    for _ in 0..2 {
        assert!(wake(&mut synced.agent, "'c', 's'"));
        let mut notifications = listener.notifications();
        let heard = notifications.timeout_iter(Duration::from_secs(10)).next().unwrap().unwrap();
        assert_eq!((heard.channel(), heard.payload()), ("calendar_pull", &*calendar.to_string()));
        assert_eq!(due(&mut synced), [calendar.to_string()]);
    }
    // Sooner than its age demands.
    let leased = synced.lease("calendar_sync.begin_round(), max_age => '1 day'");
    assert_eq!(leased.len(), 1);
    assert_eq!(text(&leased[0], "calendar_id"), calendar.to_string());
    // A change that comes during a pull is not lost.
    assert!(wake(&mut synced.agent, "'c', 's'"));
    let nothing = json!({"nothing_new": true});
    finish_pull(&mut synced.agent, &text(&leased[0], "lease_id"), &nothing).unwrap();
    assert_eq!(synced.lease("calendar_sync.begin_round(), max_age => '1 day'").len(), 1);
}

#[test]
fn a_provider_that_asked_to_wait_is_not_asked_earlier() {
    let (mut synced, calendar) = synced();
    lease(&mut synced.agent, "");
    finish(&mut synced.agent, calendar, "'c', 'r', '2026-03-09Z', 's'").unwrap();
    for lease in synced.lease("calendar_sync.begin_round()") {
        let fail = format!(
            "select calendar_sync.fail_pull('{}', 'throttled', '1 hour')",
            text(&lease, "lease_id")
        );
        synced.agent.batch_execute(&fail).unwrap();
    }
    assert!(wake(&mut synced.agent, "'c', 's'"));
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
}

#[test]
fn a_channel_that_was_ended_is_renewed_at_once() {
    let (mut synced, calendar) = synced();
    lease(&mut synced.agent, "");
    finish(&mut synced.agent, calendar, "'c', 'r', '2026-03-09Z', 's'").unwrap();
    synced.at("2026-03-02T14:10:00Z");
    assert!(!wake(&mut synced.agent, "'c', 'wrong', renew => true"));
    assert!(lease(&mut synced.agent, "").is_empty());
    assert!(wake(&mut synced.agent, "'c', 's', renew => true"));
    assert_eq!(lease(&mut synced.agent, "").len(), 1);
}

#[test]
fn a_signed_notification_wakes_every_calendar_that_it_means() {
    let mut synced = Synced::new(&[]);
    let accounts =
        ["ghl", "google"].map(|provider| connect(&mut synced.agent, synced.broker, provider));
    let calendars = accounts.map(|account| register(&mut synced.agent, account, "cal1"));
    register(&mut synced.agent, accounts[0], "cal2");
    pull_all(&mut synced);
    let mut call = |arguments: &str| -> bool {
        let call = format!("select calendar_sync.wake_provider_calendar({arguments})");
        synced.agent.query_one(&call, &[]).unwrap().get(0)
    };
    for unknown in ["'ghl', 'cal3'", "'ghl', null", "'caldav', 'cal1'"] {
        assert!(!call(unknown), "{unknown}");
    }
    assert!(call("'ghl', 'cal1'"));
    assert_eq!(due(&mut synced), [calendars[0].to_string()]);
}

#[test]
fn the_secret_stands_nowhere() {
    let (mut synced, calendar) = synced();
    lease(&mut synced.agent, "");
    finish(&mut synced.agent, calendar, "'c', 'r', '2026-03-09Z', 'hush hush'").unwrap();
    let row = synced.texts("select w::text from calendar.webhook_channels as w").remove(0);
    assert!(!row.contains("hush") && row.contains("\\x"), "{row}");
    // Gone with the calendar.
    synced.admin.batch_execute("delete from calendar.calendars where true").unwrap();
    assert_eq!(synced.texts("select calendar_id::text from calendar.webhook_channels"), [""; 0]);
}
