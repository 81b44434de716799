//! Which calendars an agent is given to pull, and for how long.

use calendar_tests::answer::{detail, refused};
use calendar_tests::synced::{connect, finish_pull, lease, register, stage, text};
use calendar_tests::{Caller, Synced, fixture};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use uuid::Uuid;

/// A round that begins now.
const ROUND: &str = "calendar_sync.begin_round()";

fn calendars(leased: &[Value]) -> Vec<String> {
    leased.iter().map(|lease| text(lease, "calendar_id")).collect()
}

#[test]
fn agents_that_come_at_once_share_the_calendars() {
    const AGENTS: usize = 6;
    const CALENDARS: usize = 40;
    let mut synced = Synced::new(&[]);
    for n in 1..CALENDARS {
        register(&mut synced.agent, synced.account, &format!("calendar {n}"));
    }
    for _ in 0..5 {
        let start = Barrier::new(AGENTS);
        let given: Vec<Vec<Value>> = thread::scope(|scope| {
            let agents: Vec<_> = (0..AGENTS)
                .map(|_| {
                    let mut client = synced.db.connect_as(Caller::Agent);
                    let start = &start;
                    scope.spawn(move || {
                        let arguments = format!("{ROUND}, max_calendars => 3");
                        let mut given = Vec::new();
                        start.wait();
                        loop {
                            let leased = lease(&mut client, &arguments);
                            // None is left, or all that are left are being given away.
                            if leased.is_empty() {
                                return given;
                            }
                            given.extend(leased);
                        }
                    })
                })
                .collect();
            agents.into_iter().map(|agent| agent.join().unwrap()).collect()
        });
        let all: Vec<String> = given.iter().flat_map(|leased| calendars(leased)).collect();
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "a calendar was given twice");
        // Nobody else can have them; what was passed over is there for whoever asks next.
        let rest = synced.lease("calendar_sync.begin_round(), max_calendars => 100");
        assert_eq!(all.len() + rest.len(), CALENDARS);
        assert!(synced.lease("calendar_sync.begin_round()").is_empty());
        for lease in given.iter().flatten().chain(&rest) {
            finish_pull(&mut synced.agent, &text(lease, "lease_id"), &json!({"nothing_new": true}))
                .unwrap();
        }
    }
}

#[test]
fn a_round_leaves_out_what_ended_after_it_began_whoever_pulled_it() {
    let mut synced = Synced::new(&[]);
    register(&mut synced.agent, synced.account, "other");
    let round = |synced: &mut Synced| -> String {
        synced.texts(&format!("select quote_literal({ROUND})")).remove(0)
    };
    let (ours, theirs) = (round(&mut synced), round(&mut synced));
    let end = |synced: &mut Synced, lease: &Value| {
        let nothing = json!({"nothing_new": true});
        finish_pull(&mut synced.agent, &text(lease, "lease_id"), &nothing).unwrap();
    };
    let first = synced.lease(&format!("{ours}, max_calendars => 1"));
    let second = synced.lease(&format!("{theirs}, max_calendars => 1"));
    assert_ne!(calendars(&first), calendars(&second));
    end(&mut synced, &first[0]);
    assert!(synced.lease(&theirs).is_empty(), "the other round has brought it");
    let fail =
        format!("select calendar_sync.fail_pull('{}', 'away')", text(&second[0], "lease_id"));
    synced.agent.batch_execute(&fail).unwrap();
    let again = "update calendar.sync_state set next_attempt_at = null where true";
    synced.admin.batch_execute(again).unwrap();
    assert!(synced.lease(&ours).is_empty(), "it has ended, although it failed");
    assert_eq!(synced.lease(ROUND).len(), 2, "the next round");
    refused(
        synced.agent.batch_execute("select calendar_sync.lease_calendars(null)"),
        "22023",
        "round_started_at",
    );
}

#[test]
fn an_account_gets_no_more_than_its_share() {
    let mut synced = Synced::new(&[]);
    for n in 1..20 {
        register(&mut synced.agent, synced.account, &format!("slow {n}"));
    }
    let other = connect(&mut synced.agent, synced.broker, "ics");
    register(&mut synced.agent, other, "quick");
    let accounts =
        |leased: &[Value]| leased.iter().map(|lease| text(lease, "account_id")).collect::<Vec<_>>();
    let first = synced.lease(&format!("{ROUND}, max_calendars => 8, max_per_account => 4"));
    let slow = synced.account.to_string();
    assert_eq!(first.len(), 5);
    assert_eq!(accounts(&first).iter().filter(|account| **account == slow).count(), 4);
    let under_way = |number| vec![slow.as_str(); number].join(",");
    let next = |number| {
        let under_way = under_way(number);
        format!("{ROUND}, max_per_account => 4, under_way => '{{{under_way}}}'")
    };
    assert!(synced.lease(&next(4)).is_empty());
    assert_eq!(synced.lease(&next(3)).len(), 1, "one has ended");
    for (arguments, name) in
        [("under_way => '{null}'", "under_way"), ("max_per_account => 0", "max_per_account")]
    {
        let lease = format!("select calendar_sync.lease_calendars({ROUND}, {arguments})");
        refused(synced.agent.batch_execute(&lease), "22023", name);
    }
}

#[test]
fn leases_are_renewed_while_work_goes_on_and_given_back_when_it_stops() {
    let mut synced = Synced::new(&[]);
    let mine = text(&synced.lease(ROUND)[0], "lease_id");
    let renew =
        format!("select renew_leases::text from calendar_sync.renew_leases(array['{mine}'::uuid])");
    synced.at("2026-03-02T14:00:50Z");
    assert_eq!(synced.texts(&renew), [mine.as_str()]);
    synced.at("2026-03-02T14:01:49Z");
    assert!(synced.lease(ROUND).is_empty());
    let release = format!("select calendar_sync.release_leases(array['{mine}'::uuid])");
    synced.agent.batch_execute(&release).unwrap();
    // At once, however lately it was tried.
    let taken = synced.lease(&format!("{ROUND}, max_age => '1 day'"));
    assert_eq!(taken.len(), 1);
    assert!(synced.texts(&renew).is_empty(), "it is another's");
    synced.agent.batch_execute(&release).unwrap();
    assert!(synced.lease(ROUND).is_empty(), "another's lease is not given back");
}

#[test]
fn what_was_pulled_lately_is_not_due() {
    let mut synced = Synced::new(&[]);
    synced.pull(&[], &json!({"sync_token": "t"}));
    let due = "calendar_sync.begin_round(), max_age => '10 minutes'";
    synced.at("2026-03-02T14:09:59Z");
    assert!(synced.lease(due).is_empty());
    synced.at("2026-03-02T14:10:00Z");
    assert_eq!(synced.lease(due).len(), 1);
}

#[test]
fn the_one_that_has_waited_longest_comes_first() {
    let mut synced = Synced::new(&[]);
    let other = register(&mut synced.agent, synced.account, "other");
    synced.pull(&[], &json!({}));
    let one = "calendar_sync.begin_round(), max_calendars => 1";
    assert_eq!(calendars(&synced.lease(one)), [other.to_string()], "never pulled");
    synced.at("2026-03-02T15:00:00Z");
    assert_eq!(calendars(&synced.lease(&format!("{ROUND}, max_calendars => 1"))).len(), 1);
    assert_eq!(synced.lease(&format!("{ROUND}, max_calendars => 1")).len(), 1);
    assert!(synced.lease(ROUND).is_empty());
}

#[test]
fn a_lapsed_lease_is_taken_over_and_its_holder_is_told() {
    let mut synced = Synced::new(&[]);
    let lost = text(&synced.lease(ROUND)[0], "lease_id");
    let page = json!({"events": [{"external_event_id": "of the dead", "starts_at": "2026-03-05T15:00:00Z",
                                  "ends_at": "2026-03-05T16:00:00Z"}]});
    stage(&mut synced.agent, &lost, 0, &page).unwrap();
    synced.at("2026-03-02T14:00:59Z");
    assert!(synced.lease(ROUND).is_empty());
    synced.at("2026-03-02T14:01:00Z");
    let taken = text(&synced.lease(ROUND)[0], "lease_id");
    assert_eq!(
        synced.texts("select lease_id::text from calendar.sync_pages"),
        [""; 0],
        "abandoned"
    );

    let agent = &mut synced.agent;
    refused(stage(agent, &lost, 1, &page), "PT409", "lease_lost");
    let error =
        refused(finish_pull(agent, &lost, &json!({"sync_token": "x"})), "PT409", "lease_lost");
    assert_eq!(detail(&error), json!({"reason": "state", "alternatives": []}));
    let fail = format!("select calendar_sync.fail_pull('{lost}', 'late')");
    refused(agent.batch_execute(&fail), "PT409", "lease_lost");

    let answer = finish_pull(agent, &taken, &json!({"sync_token": "y"})).unwrap();
    assert_eq!(answer["created"], 0);
    refused(finish_pull(agent, &taken, &json!({"sync_token": "z"})), "PT409", "lease_lost");
    assert_eq!(synced.texts("select sync_token || failures from calendar.sync_state"), ["y0"]);
}

#[test]
fn a_lapsed_lease_that_nobody_wants_is_still_good() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    synced.at("2026-03-02T18:00:00Z");
    finish_pull(&mut synced.agent, &lease, &json!({"sync_token": "late"})).unwrap();
    assert_eq!(synced.texts("select sync_token from calendar.sync_state"), ["late"]);
}

#[test]
fn whoever_brings_a_page_keeps_the_lease() {
    let mut synced = Synced::new(&[]);
    let lease = synced.begin_pull();
    synced.at("2026-03-02T14:00:50Z");
    stage(&mut synced.agent, &lease, 0, &json!({})).unwrap();
    synced.at("2026-03-02T14:01:49Z");
    assert!(synced.lease("calendar_sync.begin_round()").is_empty());
    synced.at("2026-03-02T14:01:50Z");
    assert_eq!(synced.lease("calendar_sync.begin_round()").len(), 1);
}

#[test]
fn one_calendar_may_be_asked_for_out_of_turn() {
    let mut synced = Synced::new(&[]);
    register(&mut synced.agent, synced.account, "other");
    let only = format!("{ROUND}, max_age => '1 day', only_calendar => '{}'", synced.calendar);
    let calendar = [synced.calendar.to_string()];
    let first = synced.lease(&only);
    assert_eq!(calendars(&first), calendar);
    assert!(synced.lease(&only).is_empty(), "it is leased");
    // Neither the round nor a failure keeps it back.
    let fail = format!("select calendar_sync.fail_pull('{}', 'away')", text(&first[0], "lease_id"));
    synced.agent.batch_execute(&fail).unwrap();
    let second = synced.lease(&only);
    assert_eq!(calendars(&second), calendar);
    finish_pull(&mut synced.agent, &text(&second[0], "lease_id"), &json!({})).unwrap();
    synced
        .agent
        .batch_execute(&format!(
            "select calendar.set_account_status('{}', 'paused')",
            synced.account
        ))
        .unwrap();
    assert!(synced.lease(&only).is_empty());
}

#[test]
fn no_calendars_of_accounts_that_rest_are_given() {
    let mut synced = Synced::new(&[]);
    let broker = synced.broker;
    fixture::calendar(&mut synced.admin, broker, &[("is_primary", "false")]);
    for status in ["paused", "disconnected"] {
        let set = format!("select calendar.set_account_status('{}', '{status}')", synced.account);
        synced.agent.batch_execute(&set).unwrap();
        assert!(synced.lease("calendar_sync.begin_round()").is_empty(), "{status}");
    }
    synced
        .agent
        .batch_execute(&format!(
            "select calendar.set_account_status('{}', 'active')",
            synced.account
        ))
        .unwrap();
    assert_eq!(
        calendars(&synced.lease("calendar_sync.begin_round()")),
        [synced.calendar.to_string()]
    );
}

#[test]
fn a_lease_says_what_a_pull_needs() {
    let mut synced = Synced::new(&[("email", "ada@example.org")]);
    synced
        .admin
        .batch_execute(
            "update calendar.calendars set sync_past_days = 2, sync_future_days = 30 where true;
         update calendar.accounts set settings = '{\"url\": \"https://dav\"}' where true",
        )
        .unwrap();
    let lease = synced.lease("calendar_sync.begin_round()").remove(0);
    let expected = json!({
        "lease_id": lease["lease_id"], "calendar_id": synced.calendar.to_string(),
        "account_id": synced.account.to_string(), "provider": "caldav", "settings": {"url": "https://dav"},
        "external_calendar_id": "main", "timezone": "UTC", "owner_email": "ada@example.org",
        "sync_token": null, "window_start": "2026-02-28T14:00:00+00:00",
        "window_end": "2026-04-01T14:00:00+00:00",
    });
    assert_eq!(lease, expected);
}

#[test]
fn everything_is_brought_once_a_day_and_whenever_it_is_asked_for() {
    let mut synced = Synced::new(&[]);
    let token = |synced: &mut Synced| synced.lease("calendar_sync.begin_round()").remove(0);
    let finish = |synced: &mut Synced, lease: &Value, outcome: Value| {
        finish_pull(&mut synced.agent, &text(lease, "lease_id"), &outcome).unwrap();
    };
    let first = token(&mut synced);
    assert_eq!(first["sync_token"], Value::Null);
    finish(&mut synced, &first, json!({"full": true, "sync_token": "1"}));
    synced.at("2026-03-03T13:59:00Z");
    let second = token(&mut synced);
    assert_eq!(second["sync_token"], "1");
    finish(&mut synced, &second, json!({"sync_token": "2"}));
    // An incremental one does not put the full one off.
    synced.at("2026-03-03T14:00:00Z");
    let third = token(&mut synced);
    assert_eq!(third["sync_token"], Value::Null);
    finish(&mut synced, &third, json!({"full": true, "sync_token": "3"}));
    let fourth = token(&mut synced);
    assert_eq!(fourth["sync_token"], "3");
    finish(&mut synced, &fourth, json!({"nothing_new": true}));

    let resync = format!("select calendar.request_resync('{}')", synced.calendar);
    synced.agent.batch_execute(&resync).unwrap();
    let fifth = synced.lease("calendar_sync.begin_round(), max_age => '1 day'").remove(0);
    assert_eq!(fifth["sync_token"], Value::Null, "at once, and everything");
    finish(&mut synced, &fifth, json!({"full": true, "sync_token": "5"}));

    // One that is under way does not swallow the request.
    let sixth = token(&mut synced);
    assert_eq!(sixth["sync_token"], "5");
    synced.agent.batch_execute(&resync).unwrap();
    finish(&mut synced, &sixth, json!({"sync_token": "6"}));
    assert_eq!(token(&mut synced)["sync_token"], Value::Null);
    let unknown = format!("select calendar.request_resync('{}')", Uuid::nil());
    refused(synced.agent.batch_execute(&unknown), "PT404", "calendar_not_found");
}
