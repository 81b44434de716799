//! A broker at a stand-in for Google, a database, and the program.

use calendar_tests::{Cluster, Database, fixture};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::Client;
use provider_fakes::google::{Calendar, Google};
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

pub(crate) struct World {
    /// Of its own, for it may be killed.
    pub(crate) db: Database<'static>,
    pub(crate) google: Google,
    /// Where the program reaches the database.
    pub(crate) database_url: String,
    admin: Client,
    broker: Uuid,
    now: DateTime<Utc>,
    directory: TempDir,
    _runtime: Runtime,
}

/// The program, ready to start.
pub(crate) struct Agent(Command);

impl World {
    /// The broker's calendar at Google.
    pub(crate) const CALENDAR: &str = "broker@example.com";

    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let google = runtime.block_on(Google::start(0)).unwrap();
        google.add_calendar(Calendar::new(Self::CALENDAR, "America/New_York".parse().unwrap()));
        let cluster: &'static Cluster = Box::leak(Box::new(Cluster::start(&[])));
        let db = cluster.database();
        let mut admin = db.connect();
        let broker = fixture::broker(&mut admin, &[]);
        let now = calendar_tests::NOW.parse().unwrap();
        let directory = TempDir::new().unwrap();
        let database_url = format!("{}?options=-c%20role%3Dcalendar_agent", db.url());
        Self { db, google, database_url, admin, broker, now, directory, _runtime: runtime }
    }

    /// The program with arguments.
    pub(crate) fn agent(&self, arguments: &[&str]) -> Agent {
        let origin = self.google.server().origin();
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &self.database_url)
            .env("SYNC_AGENT_KEY", KEY)
            .env("SYNC_AGENT_SPOOL", self.spool())
            .env("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true")
            .env("SYNC_AGENT_GOOGLE_BASE_URL", self.google.base())
            .env("SYNC_AGENT_GOOGLE_TOKEN_URL", format!("{origin}/token"))
            .env("SYNC_AGENT_GOOGLE_REVOKE_URL", format!("{origin}/revoke"))
            .env("SYNC_AGENT_GOOGLE_CLIENT_ID", Google::CLIENT_ID)
            .env("SYNC_AGENT_GOOGLE_CLIENT_SECRET", Google::CLIENT_SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Agent(command)
    }

    #[track_caller]
    pub(crate) fn succeed(&self, arguments: &[&str]) {
        let output = self.agent(arguments).output();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// Connects the broker's account; gives its refresh token.
    pub(crate) fn connect(&self) -> String {
        let token = self.google.refresh_token();
        self.connect_by(&["google", "--refresh-token-stdin"], &token, &[]);
        token
    }

    /// Connects an account of the broker.
    pub(crate) fn connect_by(
        &self,
        arguments: &[&str],
        secret: &str,
        variables: &[(&str, String)],
    ) {
        let broker = self.broker.to_string();
        let mut agent = self.agent(&["connect"]);
        agent.0.args(arguments).args(["--broker", &broker]).stdin(Stdio::piped());
        agent.envs(variables);
        let mut child = agent.0.spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{secret}").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    pub(crate) fn book(&mut self, start: &str) -> String {
        let book = format!(
            "select (calendar.book_calendar_slot('{}', '{start}', lead_name => 'Jo Smith',
                                                 lead_email => 'jo@example.org')).id::text",
            self.broker
        );
        self.admin.query_one(&book, &[]).unwrap().get(0)
    }

    /// The broker's own event, for half an hour.
    pub(crate) fn foreign(&self, start: &str) {
        let start: DateTime<Utc> = start.parse().unwrap();
        let point = |at: DateTime<Utc>| json!({"dateTime": at.to_rfc3339(), "timeZone": "UTC"});
        let end = start + TimeDelta::minutes(30);
        let event = json!({"summary": "theirs", "start": point(start), "end": point(end)});
        self.google.create(Self::CALENDAR, &event).unwrap();
    }

    /// The ids of the events at the provider.
    pub(crate) fn events(&self) -> Vec<String> {
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        self.google.events(Self::CALENDAR).iter().map(id).collect()
    }

    /// One value as text.
    pub(crate) fn one(&mut self, query: &str) -> String {
        let query = format!("select ({query})::text");
        let row = self.admin.query_one(&query, &[]).unwrap();
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// The address of a page on which the broker connects an account.
    pub(crate) fn begin_connection(&mut self) -> String {
        self.one(&format!("calendar.begin_connection('caldav', '{}')", self.broker))
    }

    /// A booking's status.
    pub(crate) fn booking(&mut self, id: &str) -> String {
        self.one(&format!("select status from calendar.bookings where id = '{id}'"))
    }

    /// Minutes pass.
    pub(crate) fn later(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.db.set_now(&self.now.to_rfc3339());
        self.reconnect();
    }

    pub(crate) fn reconnect(&mut self) {
        self.admin = self.db.connect();
    }

    pub(crate) fn spool(&self) -> PathBuf {
        self.directory.path().join("spool.sqlite")
    }
}

impl Agent {
    pub(crate) fn env(&mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> &mut Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn envs(&mut self, variables: &[(&str, String)]) -> &mut Self {
        self.0.envs(variables.iter().cloned());
        self
    }

    /// Starts it. What it says is of no interest.
    pub(crate) fn spawn(&mut self) -> Child {
        self.0.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) fn output(&mut self) -> Output {
        self.0.output().unwrap()
    }
}
