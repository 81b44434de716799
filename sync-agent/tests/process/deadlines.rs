//! Deadlines whose agent is killed when the provider has made their event and no one knows it.

use crate::gate::Gate;
use crate::world::World;
use calendar_tests::peers::CaldavServer;
use provider_fakes::caldav::Caldav;
use provider_fakes::google::Google;
use provider_fakes::microsoft::Microsoft;
use serde_json::Value;
use std::fs;
use tokio::runtime::Runtime;

/// A provider behind a gate that holds the answer to the first creation of an event.
struct Provider {
    gate: Gate,
    /// What `sync-agent connect` is told, and the secret.
    connect: Vec<String>,
    secret: String,
    variables: Vec<(&'static str, String)>,
    /// What its events are called.
    titles: Box<Titles>,
}

type Titles = dyn Fn(&World) -> Vec<String>;

type Start = fn(&World, &Runtime) -> Provider;

const PROVIDERS: [Start; 4] = [google, microsoft, standin, radicale];

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn texts(events: &[Value], key: &str) -> Vec<String> {
    events.iter().map(|event| event[key].as_str().unwrap().to_owned()).collect()
}

/// The SUMMARY of an event.
fn summary(ics: &str) -> String {
    ics.lines().find_map(|line| line.strip_prefix("SUMMARY:")).unwrap().to_owned()
}

fn google(world: &World, _: &Runtime) -> Provider {
    let gate = Gate::before(&world.google.server().origin(), "POST /calendar/v3/calendars/");
    Provider {
        connect: words(&["google", "--refresh-token-stdin"]),
        secret: world.google.refresh_token(),
        variables: vec![("SYNC_AGENT_GOOGLE_BASE_URL", gate.base())],
        gate,
        titles: Box::new(|world| texts(&Google::events(&world.google, World::CALENDAR), "summary")),
    }
}

fn microsoft(_: &World, runtime: &Runtime) -> Provider {
    let server = runtime.block_on(Microsoft::start(0)).unwrap();
    let origin = server.server().origin();
    let gate = Gate::before(&origin, "POST /v1.0/me/calendars/");
    let base = server.base().replace(&origin, &gate.origin());
    server.is_reached_at(&base);
    Provider {
        connect: words(&["microsoft", "--refresh-token-stdin"]),
        secret: server.refresh_token(),
        variables: vec![
            ("SYNC_AGENT_MICROSOFT_BASE_URL", base),
            ("SYNC_AGENT_MICROSOFT_LOGIN_URL", format!("{origin}/")),
            ("SYNC_AGENT_MICROSOFT_CLIENT_ID", "client".to_owned()),
        ],
        gate,
        titles: Box::new(move |_| texts(&server.events(&server.calendar()), "subject")),
    }
}

fn at_caldav(home: &str, origin: &str, titles: impl Fn() -> Vec<String> + 'static) -> Provider {
    let gate = Gate::before(origin, "PUT /");
    let home = home.replace(origin, &gate.origin());
    Provider {
        connect: words(&["caldav", "--url", &home, "--username", "alice", "--password-stdin"]),
        secret: "wonderland".to_owned(),
        variables: Vec::new(),
        gate,
        titles: Box::new(move |_| titles()),
    }
}

fn standin(_: &World, runtime: &Runtime) -> Provider {
    let server = runtime.block_on(Caldav::start(0)).unwrap();
    server.add_calendar("main");
    let (home, origin) = (server.home(), server.server().origin());
    let titles = move || server.members("main").iter().map(|(_, ics)| summary(ics)).collect();
    at_caldav(&home, &origin, titles)
}

fn radicale(_: &World, _: &Runtime) -> Provider {
    let server = CaldavServer::radicale();
    server.make_calendar("main");
    let origin = server.origin();
    let titles = move || {
        let files = fs::read_dir(server.files("main")).unwrap().map(|file| file.unwrap().path());
        let events = files.filter(|file| file.extension().is_some_and(|kind| kind == "ics"));
        events.map(|file| summary(&fs::read_to_string(file).unwrap())).collect()
    };
    at_caldav(&origin, &origin, titles)
}

/// A deadline whose agent has died: its event is there, and is not mapped.
fn killed(start: Start, runtime: &Runtime) -> (World, Provider) {
    let mut world = World::new();
    let provider = start(&world, runtime);
    let connect: Vec<_> = provider.connect.iter().map(String::as_str).collect();
    world.connect_by(&connect, &provider.secret, &provider.variables);
    round(&world, &provider);
    upsert(&mut world, "Tax return");
    let mut agent = world.agent(&["once"]).envs(&provider.variables).spawn();
    provider.gate.wait();
    agent.kill().unwrap();
    agent.wait().unwrap();
    assert_eq!((provider.titles)(&world), ["Tax return"], "{:?}", provider.connect);
    assert_eq!(world.one("select count(*) from calendar.obligation_mappings"), "0");
    (world, provider)
}

fn round(world: &World, provider: &Provider) {
    let output = world.agent(&["once"]).envs(&provider.variables).output();
    assert!(output.status.success(), "{:?}: {output:?}", provider.connect);
}

fn upsert(world: &mut World, title: &str) {
    world.one(&format!(
        "select calendar.upsert_obligation(id, 'tax', '{title}', '2026-03-10') from calendar.brokers"
    ));
}

const MAPPED: &str = "select concat_ws(' ', count(external_event_id), count(problem), \
                      (select count(*) from calendar.outbox where done_at is null)) \
                      from calendar.obligation_mappings";

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn an_agent_that_dies_over_a_deadline_leaves_one_event_which_is_mapped() {
    let runtime = Runtime::new().unwrap();
    for start in PROVIDERS {
        // What has changed before an agent comes again is what is written.
        for title in ["Tax return", "Tax return 2025"] {
            let (mut world, provider) = killed(start, &runtime);
            let titles = |world: &World| (provider.titles)(world);
            if title != "Tax return" {
                upsert(&mut world, title);
            }
            world.later(6);
            round(&world, &provider);
            assert_eq!(titles(&world), [title], "{:?}", provider.connect);
            assert_eq!(world.one(MAPPED), "1 0 0");
            // It is the event that is mapped.
            upsert(&mut world, "Paid");
            round(&world, &provider);
            assert_eq!(titles(&world), ["Paid"], "{:?}", provider.connect);
            assert_eq!(world.one(MAPPED), "1 0 0");
        }
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_deadline_that_is_removed_after_its_agent_died_leaves_no_event() {
    let runtime = Runtime::new().unwrap();
    for start in PROVIDERS {
        let (mut world, provider) = killed(start, &runtime);
        world.one("select calendar.remove_obligation(id, 'tax') from calendar.brokers");
        world.later(6);
        round(&world, &provider);
        assert_eq!((provider.titles)(&world), [""; 0], "{:?}", provider.connect);
        assert_eq!(world.one(MAPPED), "0 0 0");
    }
}
