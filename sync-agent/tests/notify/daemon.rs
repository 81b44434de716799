//! A daemon in the test's own process, on a clock that the test moves.

use crate::smtp::Smtp;
use crate::support;
use async_trait::async_trait;
use calendar_tests::{Cluster, Database, fixture};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_agent::Result;
use sync_agent::connector::Connector;
use sync_agent::daemon::{self, Settings};
use sync_agent::database::{Account, Database as Agents, Keep};
use sync_agent::health::Health;
use sync_agent::notify::Notifier;
use sync_agent::store::spool::Spool;
use sync_agent::sync::open_account::Accounts;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long something may take, on the clock of the machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A proxy in front of a server, which cannot be reached while it is shut.
pub(crate) struct Gate {
    port: u16,
    is_open: watch::Sender<bool>,
}

impl Gate {
    async fn before(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (is_open, seen) = watch::channel(true);
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let mut seen = seen.clone();
                tokio::spawn(async move {
                    if !*seen.borrow_and_update() {
                        return;
                    }
                    let mut server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = seen.wait_for(|is_open| !is_open) => {}
                    }
                });
            }
        });
        Self { port, is_open }
    }

    pub(crate) fn open(&self) {
        self.is_open.send_replace(true);
    }

    pub(crate) fn shut(&self) {
        self.is_open.send_replace(false);
    }
}

struct NoAccounts;

#[async_trait]
impl Accounts for NoAccounts {
    async fn open(&self, account: &Account) -> Result<Arc<dyn Connector>> {
        panic!("there is no account, but {account:?}")
    }
}

/// A daemon, with a gate before its database and one before its mail server.
pub(crate) struct World {
    pub(crate) database: Gate,
    pub(crate) mail_server: Gate,
    pub(crate) smtp: Smtp,
    pub(crate) agents: Agents,
    pub(crate) health: Arc<Health>,
    db: Database<'static>,
    broker: Uuid,
}

/// Runs a daemon for as long as the story lasts.
pub(crate) fn while_it_runs(story: impl AsyncFnOnce(&World)) {
    let db = Cluster::shared().database();
    let only_leads = r#"{"broker": {"email": [], "sms": []}}"#;
    let broker = fixture::broker(&mut db.connect(), &[("notify", only_leads)]);
    support::runtime().block_on(async {
        let server = Cluster::shared().port();
        let smtp = Smtp::start(&[]);
        let (database, mail_server) = (Gate::before(server).await, Gate::before(smtp.port).await);
        let url = db.url().replace(&format!(":{server}/"), &format!(":{}/", database.port));
        let connected =
            Agents::offline(&format!("{url}?options=-c%20role%3Dcalendar_agent")).unwrap();
        let health = Arc::<Health>::default();
        let config = support::mail(
            mail_server.port,
            &[("SYNC_AGENT_MESSAGES_OPERATORS", "ops@example.com")],
        );
        let settings = Settings {
            max_age: Duration::from_secs(900),
            concurrency: 2,
            keep: Keep { logs_days: 30, audit_days: None, holds_days: None },
            listens: true,
            public_url: None,
            pages_url: None,
            is_measured: true,
            connects: Vec::new(),
            id: Uuid::new_v4(),
            notifier: Some(Arc::new(Notifier::new(&config, Arc::clone(&health)).unwrap())),
            health: Arc::clone(&health),
        };
        let agents = connected.0.clone();
        let world = World { database, mail_server, smtp, agents, health, db, broker };
        let (spool, stop) = (Arc::new(Spool::in_memory()), CancellationToken::new());
        // Both are large, for the stack of a test.
        let runs = Box::pin(daemon::run(connected, &NoAccounts, spool, &settings, &stop));
        tokio::select! {
            () = runs => panic!("it ended"),
            () = Box::pin(story(&world)) => {}
        }
    });
}

impl World {
    /// The clock of the agent moves on, and it does what is due by then.
    pub(crate) async fn pass(&self, seconds: u64) {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    pub(crate) async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "it never happens: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Books for a lead. The broker has no provider, so PostgreSQL notifies no agent.
    fn book(&self, start: &str) {
        let book = "select calendar.book_calendar_slot($1, $2::text::timestamptz, lead_email => 'zoe@example.com')";
        // Its client is for threads without a runtime.
        std::thread::scope(|scope| {
            let (db, broker) = (&self.db, &self.broker);
            let books = move || db.connect().execute(book, &[broker, &start]).unwrap();
            scope.spawn(books).join().unwrap()
        });
    }

    /// Whether an e-mail is sent within this time on the clock of the machine.
    async fn sends_within(&self, limit: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < limit {
            if !self.smtp.rest().is_empty() {
                return true;
            }
            let pause = || std::thread::sleep(Duration::from_millis(10));
            tokio::task::spawn_blocking(pause).await.unwrap();
        }
        false
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_message_is_sent_within_a_second_where_no_agent_is_notified() {
    const STEP: Duration = Duration::from_millis(100);
    while_it_runs(async |world| {
        world.book("2026-03-03T15:00Z");
        assert!(world.sends_within(PATIENCE).await, "the agent does not run");
        // While a thread is blocked, only the test moves the clock.
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let blocked = tokio::task::spawn_blocking(move || ended.recv());
        tokio::time::pause();
        // It looks once more, and waits from then on.
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(!world.sends_within(Duration::from_millis(500)).await);
        world.book("2026-03-03T16:00Z");
        let mut passed = STEP;
        tokio::time::advance(STEP).await;
        while !world.sends_within(Duration::from_millis(500)).await {
            passed += STEP;
            tokio::time::advance(STEP).await;
            assert!(passed < Duration::from_secs(1), "it has not looked");
        }
        println!("sent at {passed:?} of its clock");
        drop(end);
        let _ = blocked.await;
    });
}
