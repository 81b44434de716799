//! Which calendars receive deadlines.

use crate::support::{call, mappings, open, scene, upsert, work};
use calendar_tests::answer::{message, sqlstate};
use calendar_tests::synced::{connect, register};
use calendar_tests::{Caller, fixture};
use serde_json::{Value, json};

#[test]
fn each_chosen_calendar_gets_one_and_others_lose_it() {
    let mut synced = scene();
    let (broker, main) = (synced.broker, synced.calendar);
    let team = register(&mut synced.agent, synced.account, "team");
    upsert(&mut synced, "q", "'VAT', '2026-04-30'");
    assert_eq!(work(&mut synced), ["write VAT"], "the primary one alone");
    let choose = |ids: &str| format!("set_obligation_calendars('{broker}', {ids})");
    let chosen = call(&mut synced.admin, &choose(&format!("'{{{main},{team}}}'")));
    let expected = json!([{"calendar_id": main.to_string(), "display_name": "main", "problem": null},
                          {"calendar_id": team.to_string(), "display_name": "team", "problem": null}]);
    assert_eq!(chosen, expected);
    assert_eq!(work(&mut synced), ["write VAT"]);
    assert_eq!(mappings(&mut synced), ["q 0", "q 0"]);
    // A change is written to both, each with its own lease.
    upsert(&mut synced, "q", "'VAT 2', '2026-04-30'");
    assert_eq!(work(&mut synced), ["write VAT 2", "write VAT 2"]);
    call(&mut synced.admin, &choose(&format!("'{{{team}}}'")));
    assert_eq!(work(&mut synced), ["remove VAT 2"]);
    assert_eq!(mappings(&mut synced), ["q 1"]);
    call(&mut synced.admin, &choose("'{}'"));
    assert_eq!(work(&mut synced), ["remove VAT 2"]);
    // Null is the primary one, also where another one becomes it.
    assert_eq!(call(&mut synced.admin, &choose("null")), json!([expected[0]]));
    assert_eq!(work(&mut synced), ["write VAT 2"]);
    call(&mut synced.admin, &format!("set_primary_calendar('{team}')"));
    let mut done = work(&mut synced);
    done.sort_unstable();
    assert_eq!(done, ["remove VAT 2", "write VAT 2"]);
}

#[test]
fn a_calendar_chosen_again_before_its_event_went_keeps_it() {
    let mut synced = scene();
    let (broker, main) = (synced.broker, synced.calendar);
    upsert(&mut synced, "q", "'VAT', '2026-04-30'");
    work(&mut synced);
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{}}')"));
    let removal = crate::support::only(&mut synced);
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{{main}}}')"));
    crate::support::finish(&mut synced, &removal);
    assert_eq!(work(&mut synced), ["write VAT"], "it is written again after it went");
    assert_eq!(mappings(&mut synced), ["q 0"]);
    // Not yet leased, the two cancel each other out.
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{}}')"));
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{{main}}}')"));
    assert_eq!(work(&mut synced), [""; 0]);
    assert_eq!((mappings(&mut synced), open(&mut synced)), (vec!["q 0".to_owned()], vec![]));
}

#[test]
fn a_calendar_that_is_chosen_gets_the_nearest_of_the_next_400_days() {
    let mut synced = scene();
    let broker = synced.broker;
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{}}')"));
    let list: Value = (0..600)
        .map(|i| json!({"external_id": format!("k{i:03}"), "title": format!("{i}"),
                        "due_at": format!("{}-{:02}-{:02}T12:00:00Z", 2026 + i / 336, i / 28 % 12 + 1, i % 28 + 1)}))
        .collect();
    let counts = call(&mut synced.admin, &format!("upsert_obligations('{broker}', '{list}')"));
    assert_eq!(counts["created"], 600);
    assert!(open(&mut synced).is_empty(), "no calendar is to have them");
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', null)"));
    let queued = "select concat_ws(' ', count(*), min(b.due_at at time zone 'UTC'), max(b.due_at at time zone 'UTC'))
                    from calendar.outbox as o join calendar.obligations as b on b.id = o.obligation_id where o.done_at is null";
    // From 30 days ago to 400 days from now, which are fewer than 500.
    assert_eq!(synced.texts(queued), ["398 2026-02-01 12:00:00 2027-04-06 12:00:00"]);
    let sync = format!("sync_obligations('{broker}')");
    let answer = call(&mut synced.admin, &sync);
    assert_eq!(
        answer["queued"],
        600 - 398 - 28,
        "all but those that were due more than 30 days ago"
    );
    assert_eq!(call(&mut synced.admin, &sync)["queued"], 0);
    // At most 500.
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', '{{}}')"));
    synced.pushes();
    let near = "update calendar.obligations set due_at = due_at - (due_at - timestamptz '2026-03-02Z') / 3";
    synced.admin.batch_execute(near).unwrap();
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', null)"));
    let open = open(&mut synced);
    assert_eq!(open.len(), 500);
    assert!(!open.contains(&"k599 update".to_owned()), "the farthest");
}

#[test]
fn a_calendar_connected_again_gets_what_changed() {
    let mut synced = scene();
    let account = synced.account;
    for key in ["a", "b"] {
        upsert(&mut synced, key, &format!("'{key}', '2026-04-30'"));
    }
    work(&mut synced);
    call(&mut synced.admin, &format!("disconnect_account('{account}')"));
    upsert(&mut synced, "b", "'b2', '2026-04-30'");
    upsert(&mut synced, "c", "'c', '2026-04-30'");
    assert_eq!(open(&mut synced), [""; 0]);
    assert!(synced.pushes().is_empty());
    connect(&mut synced.agent, synced.broker, "caldav");
    let mut done = work(&mut synced);
    done.sort_unstable();
    assert_eq!(done, ["write b2", "write c"]);
}

#[test]
fn what_cannot_hold_deadlines_says_so_and_gets_none() {
    let mut synced = scene();
    let broker = synced.broker;
    let mut chosen = Vec::new();
    for provider in ["ghl", "ics"] {
        let account = connect(&mut synced.agent, broker, provider);
        chosen.push(register(&mut synced.agent, account, provider).to_string());
    }
    let problems = "select obligations_problem from calendar.sync_health where obligations_problem is not null order by 1";
    assert_eq!(synced.texts(problems), [""; 0]);
    upsert(&mut synced, "q", "'VAT', '2026-04-30'");
    let answer = call(
        &mut synced.admin,
        &format!("set_obligation_calendars('{broker}', '{{{}}}')", chosen.join(",")),
    );
    let said = [
        "GoHighLevel cannot hold deadlines",
        "a feed cannot be written to, so it cannot hold deadlines",
    ];
    let mut problems_there: Vec<_> =
        answer.as_array().unwrap().iter().map(|c| c["problem"].as_str().unwrap()).collect();
    problems_there.sort_unstable();
    assert_eq!(problems_there, said);
    assert_eq!(synced.texts(problems), said);
    let connections = call(&mut synced.admin, &format!("get_connections('{broker}')"));
    let of_ghl = connections["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|a| a["provider"] == "ghl")
        .unwrap();
    assert_eq!(of_ghl["calendars"][0]["receives_obligations"], true);
    assert_eq!(of_ghl["calendars"][0]["obligations_problem"], said[0]);
    assert!(synced.pushes().is_empty());
    upsert(&mut synced, "q", "'VAT 2', '2026-04-30'");
    assert_eq!(open(&mut synced), [""; 0]);
    // The default, where the primary calendar is one of these.
    call(&mut synced.admin, &format!("set_obligation_calendars('{broker}', null)"));
    assert_eq!(synced.texts(problems), [""; 0]);
    call(&mut synced.admin, &format!("set_primary_calendar('{}')", chosen[0]));
    assert_eq!(synced.texts(problems), [said[0]]);
}

#[test]
fn another_brokers_calendars_cannot_be_chosen() {
    let mut synced = scene();
    let (broker, main) = (synced.broker, synced.calendar);
    let other =
        fixture::broker(&mut synced.admin, &[("user_id", &uuid::Uuid::from_u128(7).to_string())]);
    for ids in [main, uuid::Uuid::nil()] {
        let choose = format!("set_obligation_calendars('{other}', '{{{ids}}}')");
        let error = fixture::call(&mut synced.admin, &choose).unwrap_err();
        assert_eq!((sqlstate(&error), message(&error)), ("PT404", "calendar_not_found"));
    }
    let mut user = synced.db.connect_as(Caller::User(uuid::Uuid::from_u128(7)));
    call(&mut user, &format!("set_obligation_calendars('{other}', '{{}}')"));
    let error = fixture::call(&mut user, &format!("set_obligation_calendars('{broker}', '{{}}')"))
        .unwrap_err();
    assert_eq!(sqlstate(&error), "PT404");
    // What it may not write, it may read: its own.
    let error =
        fixture::call(&mut user, &format!("upsert_obligation('{other}', 'k', 'T', '2026-05-01')"))
            .unwrap_err();
    assert_eq!(sqlstate(&error), "42501");
    for (owner, key) in [(broker, "theirs"), (other, "own")] {
        call(
            &mut synced.admin,
            &format!("upsert_obligation('{owner}', '{key}', 'T', '2026-05-01')"),
        );
    }
    let rows = user.query("select external_id from calendar.obligations", &[]).unwrap();
    assert_eq!(rows.iter().map(|row| row.get::<_, &str>(0)).collect::<Vec<_>>(), ["own"]);
    for statement in [
        "insert into calendar.obligations (broker_id, external_id, title) select id, 'x', 'y' from calendar.brokers",
        "update calendar.obligations set title = 'y'",
        "delete from calendar.obligation_mappings",
    ] {
        assert_eq!(sqlstate(&user.batch_execute(statement).unwrap_err()), "42501");
        assert_eq!(
            sqlstate(&synced.db.connect_as(Caller::Service).batch_execute(statement).unwrap_err()),
            "42501"
        );
    }
}
