//! From a change at a provider to the pull that it causes.

use async_trait::async_trait;
use calendar_tests::{Database, fixture, synced};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::Client;
use provider_fakes::google::{Calendar, Google};
use provider_fakes::microsoft::Microsoft;
use providers::ghl::WEBHOOK_KEY;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_agent::connector::{self, Connector};
use sync_agent::daemon;
use sync_agent::database::{self, Database as Agent, Keep, Pool};
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Http, Limits};
use sync_agent::server::{Server, Services, Settings};
use sync_agent::store::Store;
use sync_agent::store::spool::Spool;
use sync_agent::sync::channels::{Renewed, end_accounts, end_channels, renew_channels};
use sync_agent::sync::open_account::Accounts;
use sync_agent::sync::round::{Round, Summary};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

const CALENDAR: &str = "broker@example.com";

/// A broker with one calendar at a provider, an agent, and its webhook server.
struct World {
    runtime: Runtime,
    db: Database<'static>,
    connector: Arc<dyn Connector>,
    public_url: Url,
    now: DateTime<Utc>,
}

#[derive(Clone)]
struct One(Arc<dyn Connector>);

#[async_trait]
impl Accounts for One {
    async fn open(&self, _account: &database::Account) -> sync_agent::Result<Arc<dyn Connector>> {
        Ok(Arc::clone(&self.0))
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn authorized(token: String) -> Authorized {
    let limits = Limits { allow_private_networks: true, ..Limits::default() };
    Authorized::new(Http::new(limits).unwrap(), Arc::new(SecretString::from(token)))
}

fn google() -> (World, Google) {
    let runtime = runtime();
    let google = runtime.block_on(Google::start(0)).unwrap();
    google.add_calendar(Calendar::new(CALENDAR, "UTC".parse().unwrap()));
    let authorized = authorized(google.access_token());
    let connector = connector::google::Google::new(authorized, google.base().parse().unwrap());
    (World::new(runtime, "google", Arc::new(connector), CALENDAR), google)
}

fn microsoft() -> (World, Microsoft) {
    let runtime = runtime();
    let microsoft = runtime.block_on(Microsoft::start(0)).unwrap();
    let authorized = authorized(microsoft.access_token());
    let base = microsoft.base().parse().unwrap();
    let connector = connector::microsoft::Microsoft::new(authorized, base);
    let calendar = microsoft.calendar();
    (World::new(runtime, "microsoft", Arc::new(connector), &calendar), microsoft)
}

impl World {
    fn new(runtime: Runtime, provider: &str, connector: Arc<dyn Connector>, id: &str) -> Self {
        let db = Database::new();
        let mut admin = db.connect();
        let broker = fixture::broker(&mut admin, &[("email", CALENDAR)]);
        let account = synced::connect(&mut admin, broker, provider);
        synced::register(&mut admin, account, id);
        let pool = Pool::new(&agent_url(&db), 1).unwrap();
        let public_url = runtime.block_on(async {
            let ghl_key = WEBHOOK_KEY.parse().unwrap();
            let settings = Settings::new((Ipv4Addr::LOCALHOST, 0).into(), ghl_key);
            let server = Server::bind(settings).await.unwrap();
            let address = server.address().unwrap();
            let services = Services {
                wake: Arc::new(pool),
                health: Arc::default(),
                connecting: None,
                reporting: None,
            };
            tokio::spawn(server.serve(services, std::future::pending()));
            Url::parse(&format!("http://{address}")).unwrap()
        });
        Self { runtime, db, connector, public_url, now: calendar_tests::NOW.parse().unwrap() }
    }

    fn admin(&self) -> Client {
        self.db.connect()
    }

    fn texts(&self, query: &str) -> Vec<String> {
        self.admin().query(query, &[]).unwrap().iter().map(|row| row.get(0)).collect()
    }

    fn pass(&mut self, time: TimeDelta) {
        self.now += time;
        self.db.set_now(&self.now.to_rfc3339());
    }

    /// What an agent does in a round of its own.
    fn round<T>(&self, work: impl AsyncFnOnce(&Round<'_>) -> T) -> T {
        let accounts = One(Arc::clone(&self.connector));
        self.runtime.block_on(async {
            let (agent, _) = Agent::connect(&agent_url(&self.db)).await.unwrap();
            let store = Store::new(agent, Arc::new(Spool::in_memory()));
            work(&Round::new(&store, &accounts, &(), 2)).await
        })
    }

    fn renew(&self) -> Renewed {
        self.renew_at(&self.public_url)
    }

    fn renew_at(&self, public_url: &Url) -> Renewed {
        self.round(async |round| renew_channels(round, public_url).await.unwrap())
    }

    /// Pulls what somebody asked for, or has not been pulled for a year.
    fn pull_due(&self) -> Summary {
        let year = Duration::from_secs(365 * 86400);
        self.round(async |round| round.run(year).await.unwrap())
    }
}

fn agent_url(db: &Database<'_>) -> String {
    format!("{}?options=-c%20role%3Dcalendar_agent", db.url())
}

fn opened(opened: u64) -> Renewed {
    Renewed { opened, ..Renewed::default() }
}

const FAILED: Renewed = Renewed { opened: 0, impossible: 0, failed: 1 };

fn at_google(hour: u32) -> Value {
    let at = |hour: u32| json!({"dateTime": format!("2026-03-03T{hour:02}:00:00Z")});
    json!({"summary": "theirs", "start": at(hour), "end": at(hour + 1)})
}

fn at_microsoft(hour: u32) -> Value {
    let at =
        |hour: u32| json!({"dateTime": format!("2026-03-03T{hour:02}:00:00"), "timeZone": "UTC"});
    json!({"subject": "theirs", "start": at(hour), "end": at(hour + 1)})
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_change_at_google_is_pulled_because_google_says_so() {
    let (mut world, google) = google();
    assert_eq!(world.renew(), opened(1));
    assert_eq!(google.channels(), 1);
    assert_eq!(world.renew(), opened(0), "it is there");
    assert_eq!(world.pull_due().pulled, 1, "once, to begin with");
    assert_eq!(world.runtime.block_on(google.notify()), [0; 0]);

    google.create(CALENDAR, &at_google(10)).unwrap();
    assert_eq!(world.pull_due(), Summary::default(), "nobody knows");
    assert_eq!(world.runtime.block_on(google.notify()), [204]);
    assert_eq!(world.pull_due().created, 1);
    assert_eq!(world.pull_due(), Summary::default());

    // Another takes its place before it ends.
    world.pass(TimeDelta::days(6) - TimeDelta::seconds(1));
    assert_eq!(world.renew(), opened(0));
    world.pass(TimeDelta::seconds(1));
    assert_eq!(world.renew(), opened(1));
    assert_eq!(google.channels(), 1);
    world.pull_due();
    google.create(CALENDAR, &at_google(12)).unwrap();
    assert_eq!(world.runtime.block_on(google.notify()), [204]);
    assert_eq!(world.pull_due().created, 1);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn google_tells_a_channel_that_nobody_knows_nothing_twice() {
    let (world, google) = google();
    world.renew();
    world.pull_due();
    // Restored from before: the channel at Google is another's.
    world.admin().batch_execute("delete from calendar.webhook_channels where true").unwrap();
    google.create(CALENDAR, &at_google(10)).unwrap();
    assert_eq!(world.runtime.block_on(google.notify()), [404]);
    assert_eq!(world.pull_due(), Summary::default());
    assert_eq!(world.renew(), opened(1));
    assert_eq!(world.pull_due().created, 1, "what was told to nobody");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn calendars_of_which_google_never_tells_are_left_to_their_age() {
    let (world, google) = google();
    let id = "en.german#holiday@group.v.calendar.google.com";
    google.add_calendar(Calendar::new(id, "UTC".parse().unwrap()));
    let other = format!("update calendar.calendars set external_calendar_id = '{id}' where true");
    world.admin().batch_execute(&other).unwrap();
    assert_eq!(world.renew(), Renewed { impossible: 1, ..Renewed::default() });
    assert_eq!(world.renew(), Renewed::default());
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_channel_that_cannot_be_noted_down_is_stopped() {
    let (world, google) = google();
    world
        .admin()
        .batch_execute("alter table calendar.webhook_channels add check (channel_id is null)")
        .unwrap();
    assert_eq!(world.renew(), FAILED);
    assert_eq!(google.channels(), 0);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_disconnected_account_loses_its_channels_whatever_the_provider_says() {
    for is_refused in [false, true] {
        let (world, google) = google();
        world.renew();
        let mut admin = world.admin();
        let account = "select id from calendar.accounts";
        let account: Uuid = admin.query_one(account, &[]).unwrap().get(0);
        let store = "select calendar_sync.store_secret($1, 'secret', 'key')";
        admin.execute(store, &[&account]).unwrap();
        assert_eq!(world.round(async |round| end_channels(round).await.unwrap()), 0);
        admin.execute("select calendar.disconnect_account($1)", &[&account]).unwrap();
        if is_refused {
            google.withdraw_consent();
        }
        assert_eq!(world.round(async |round| end_channels(round).await.unwrap()), 1);
        assert_eq!(google.channels(), usize::from(is_refused));
        assert_eq!(world.round(async |round| end_accounts(round).await.unwrap()), 1);
        let left =
            "select (select count(secret) from calendar.accounts) + (select count(channel_id)
                              from calendar.webhook_channels)";
        let left: i64 = admin.query_one(left, &[]).unwrap().get(0);
        assert_eq!(left, 0);
        assert_eq!(world.round(async |round| end_channels(round).await.unwrap()), 0);
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_change_at_microsoft_is_pulled_because_microsoft_says_so() {
    let (mut world, microsoft) = microsoft();
    assert_eq!(world.renew(), opened(1));
    assert_eq!(microsoft.subscriptions(), 1);
    world.pull_due();
    let calendar = microsoft.calendar();
    microsoft.add(&calendar, at_microsoft(10));
    microsoft.add(&calendar, at_microsoft(12));
    assert_eq!(world.pull_due(), Summary::default(), "nobody knows");
    assert_eq!(world.runtime.block_on(microsoft.notify()), [202]);
    assert_eq!(world.pull_due().created, 2);

    // It lasts longer, with the same secret.
    let ids = "select channel_id from calendar.webhook_channels";
    let before = world.texts(ids);
    world.pass(TimeDelta::minutes(4230 - 1440));
    assert_eq!(world.renew(), opened(1));
    assert_eq!(world.texts(ids), before);
    assert_eq!(microsoft.subscriptions(), 1);
    microsoft.add(&calendar, at_microsoft(14));
    assert_eq!(world.runtime.block_on(microsoft.notify()), [202]);
    assert_eq!(world.pull_due().created, 1);

    // Unless the agent has moved: then it is another one.
    world.pass(TimeDelta::minutes(4230 - 1440));
    let moved = world.public_url.join("?v=2").unwrap();
    assert_eq!(world.renew_at(&moved), opened(1));
    assert_ne!(world.texts(ids), before);
    assert_eq!(microsoft.subscriptions(), 1);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_subscription_that_microsoft_ends_is_made_anew() {
    let (mut world, microsoft) = microsoft();
    world.renew();
    world.pull_due();
    let quiet = TimeDelta::minutes(10);
    for (event, stays) in
        [("missed", true), ("reauthorizationRequired", true), ("subscriptionRemoved", false)]
    {
        world.pass(quiet);
        let before = world.texts("select channel_id from calendar.webhook_channels");
        assert_eq!(world.runtime.block_on(microsoft.tell(event)), [202]);
        assert_eq!(world.pull_due().unchanged, 1, "{event}");
        assert_eq!(world.renew(), opened(u64::from(event != "missed")), "{event}");
        assert_eq!(microsoft.subscriptions(), 1, "{event}");
        let after = world.texts("select channel_id from calendar.webhook_channels");
        assert_eq!(before == after, stays, "{event}");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn microsoft_subscribes_nobody_who_does_not_answer() {
    let (mut world, microsoft) = microsoft();
    let elsewhere = Url::parse(&microsoft.server().origin()).unwrap();
    assert_eq!(world.renew_at(&elsewhere), FAILED);
    assert_eq!(microsoft.subscriptions(), 0);
    world.pass(TimeDelta::minutes(9));
    assert_eq!(world.renew(), opened(0), "it rests");
    world.pass(TimeDelta::minutes(1));
    assert_eq!(world.renew(), opened(1));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_daemon_opens_channels_and_does_not_wait_for_its_tick() {
    let (world, google) = google();
    let settings = daemon::Settings {
        pages_url: None,
        is_measured: false,
        connects: Vec::new(),
        id: Uuid::new_v4(),
        health: Arc::default(),
        notifier: None,
        max_age: Duration::from_secs(365 * 86400),
        concurrency: 2,
        keep: Keep { logs_days: 30, audit_days: None, holds_days: None },
        listens: true,
        public_url: Some(world.public_url.clone()),
    };
    let stop = CancellationToken::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let database = Agent::offline(&agent_url(&world.db)).unwrap();
            let accounts = One(Arc::clone(&world.connector));
            let spool = Arc::new(Spool::in_memory());
            world.runtime.block_on(daemon::run(database, &accounts, spool, &settings, &stop));
        });
        // Ends the daemon, whatever is found.
        let _stop = stop.clone().drop_guard();
        until(|| {
            !world
                .texts("select 1::text from calendar.webhook_channels where channel_id is not null")
                .is_empty()
        });
        let count = "select count(*)::text from calendar.events";
        let change = |hour: u32| {
            google.create(CALENDAR, &at_google(hour)).unwrap();
            assert_eq!(world.runtime.block_on(google.notify()), [204]);
            until(|| world.texts(count) == [(hour - 9).to_string()]);
        };
        change(10);
        // The tick has just been, and the next would be five seconds later.
        let start = Instant::now();
        change(11);
        change(12);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(8), "{elapsed:?}");
    });
}

fn until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it never comes");
        std::thread::sleep(Duration::from_millis(50));
    }
}
