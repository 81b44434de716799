//! The database is away: the agent tells operators so by itself, on a clock that is moved.

use crate::smtp::Smtp;
use crate::support;
use async_trait::async_trait;
use calendar_tests::Cluster;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use sync_agent::Result;
use sync_agent::connector::Connector;
use sync_agent::daemon::{self, Settings};
use sync_agent::database::{Account, Database, Keep};
use sync_agent::health::{Health, Part};
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

/// How often the agent looks whether the database is there.
const LOOK: u64 = 10;

const NOTHING_YET: &str = "nothing was sent";

/// Stands before a server, which is not reached while it is shut.
struct Gate {
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

    fn open(&self) {
        self.is_open.send_replace(true);
    }

    fn shut(&self) {
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
struct World {
    database: Gate,
    mail_server: Gate,
    smtp: Smtp,
    agents: Database,
    health: Arc<Health>,
}

/// Runs a daemon for as long as the story lasts.
fn while_it_runs(story: impl AsyncFnOnce(&World)) {
    let db = Cluster::shared().database();
    support::runtime().block_on(async {
        let server = Cluster::shared().port();
        let smtp = Smtp::start(&[]);
        let (database, mail_server) = (Gate::before(server).await, Gate::before(smtp.port).await);
        let url = db.url().replace(&format!(":{server}/"), &format!(":{}/", database.port));
        let connected =
            Database::offline(&format!("{url}?options=-c%20role%3Dcalendar_agent")).unwrap();
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
        let world = World { database, mail_server, smtp, agents, health };
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
    async fn pass(&self, seconds: u64) {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "it never happens: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The database goes away, and the agent has seen it.
    async fn lose_database(&self) {
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
        self.database.shut();
        self.until("the connection is lost", || !self.agents.is_connected()).await;
        self.pass(LOOK).await;
    }

    /// The database is back, and the agent has seen it.
    async fn find_database(&self) {
        self.database.open();
        self.until("there is a connection", || self.agents.is_connected()).await;
        self.pass(LOOK).await;
    }

    /// What the last attempt to send an e-mail came to.
    fn problem(&self) -> Option<String> {
        self.health.part(Part::Smtp).problem
    }

    #[track_caller]
    fn nothing_was_sent(&self) {
        assert_eq!(self.problem().as_deref(), Some(NOTHING_YET));
        assert_eq!(self.smtp.rest(), [Value::Null; 0]);
    }

    /// The e-mail that is being sent, once the agent knows that it was taken in.
    async fn mail(&self) -> Value {
        self.until("an e-mail is taken in", || self.problem().is_none()).await;
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
        let mail = self.smtp.next();
        assert_eq!(mail["to"], json!(["ops@example.com"]));
        assert!(text(&mail).contains("does not reach the database"), "{mail}");
        mail
    }

    /// An attempt to send an e-mail fails.
    async fn failure(&self) {
        let is_tried = || self.problem().is_none_or(|problem| problem != NOTHING_YET);
        self.until("an e-mail is tried", is_tried).await;
        assert!(self.problem().is_some(), "it was taken in");
        self.health.called(Part::Smtp, Some(NOTHING_YET.into()));
    }
}

fn text(mail: &Value) -> &str {
    mail["text/plain"].as_str().unwrap()
}

fn subject(mail: &Value) -> &str {
    mail["headers"]["subject"].as_str().unwrap()
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn operators_hear_of_it_after_five_minutes_an_hour_and_when_it_is_over() {
    while_it_runs(async |world| {
        // Less than five minutes, twice: each counts for itself.
        for _ in 0..2 {
            world.lose_database().await;
            world.pass(280).await;
            world.nothing_was_sent();
            world.find_database().await;
            world.nothing_was_sent();
        }
        world.lose_database().await;
        world.pass(280).await;
        world.nothing_was_sent();
        world.pass(20).await;
        let first = world.mail().await;
        for minutes in [20, 20, 14] {
            world.pass(minutes * 60).await;
            world.nothing_was_sent();
        }
        world.pass(90).await;
        let second = world.mail().await;
        world.find_database().await;
        let third = world.mail().await;
        assert!(subject(&first).starts_with("Alert: "), "{first}");
        assert_eq!(text(&first), text(&second), "since when");
        assert_ne!(first["headers"]["message-id"], second["headers"]["message-id"]);
        assert!(subject(&third).starts_with("Recovered: "), "{third}");
        world.pass(2 * 3600).await;
        world.nothing_was_sent();
    });
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_report_that_the_mail_server_does_not_take_in_is_sent_again() {
    while_it_runs(async |world| {
        world.mail_server.shut();
        world.lose_database().await;
        world.pass(300).await;
        world.failure().await;
        // Soon at first, then less often.
        for wait in [10, 20, 40, 80, 160, 300, 300] {
            world.pass(wait).await;
            world.failure().await;
        }
        world.mail_server.open();
        world.pass(300).await;
        world.mail().await;
        world.pass(300).await;
        world.nothing_was_sent();
        // That it is over is sent again as well, to its end.
        world.mail_server.shut();
        world.find_database().await;
        world.failure().await;
        world.mail_server.open();
        world.pass(LOOK).await;
        assert!(subject(&world.mail().await).starts_with("Recovered: "));
    });
}
