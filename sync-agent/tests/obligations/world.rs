//! A broker with deadlines, the broker's account at a provider, and the agent.

use crate::account::{Account, Shown};
use async_trait::async_trait;
use calendar_tests::{Database, fixture};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::Client;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use sync_agent::connector::Connector;
use sync_agent::database;
use sync_agent::net::http::{Http, Limits};
use sync_agent::store::Store;
use sync_agent::store::spool::Spool;
use sync_agent::sync::open_account::Accounts;
use sync_agent::sync::round::{Round, Summary};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Makes an account whose calendars are in a zone.
pub(crate) type Start = fn(&Runtime, &str) -> Box<dyn Account>;

pub(crate) struct World {
    pub(crate) account: Box<dyn Account>,
    pub(crate) broker: Uuid,
    db: Database<'static>,
    admin: Client,
    connector: Only,
    now: DateTime<Utc>,
    // Ends last: the stand-ins run in it.
    runtime: Runtime,
}

/// The connector of the only account.
struct Only(Arc<dyn Connector>);

#[async_trait]
impl Accounts for Only {
    async fn open(&self, _: &database::Account) -> sync_agent::Result<Arc<dyn Connector>> {
        Ok(Arc::clone(&self.0))
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(1)
    }
}

impl World {
    /// Both calendars receive deadlines, and have been pulled.
    pub(crate) fn new(start: Start, zone: &str) -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build().unwrap();
        let account = start(&runtime, zone);
        let limits = Limits {
            allow_private_networks: true,
            max_pause: Duration::from_secs(1),
            max_time: Duration::from_secs(2),
            ..Limits::default()
        };
        let connector = Only(account.connector(Http::new(limits).unwrap()));
        let db = Database::new();
        let mut admin = db.connect();
        let broker = fixture::broker(&mut admin, &[("timezone", zone)]);
        for weekday in 1..=7 {
            fixture::working_hours(&mut admin, broker, weekday, "00:00", "24:00");
        }
        let connect = "select calendar_sync.connect_account($1, $2)";
        let row = admin.query_one(connect, &[&broker, &account.provider()]).unwrap();
        let calendars: Vec<_> = account
            .calendars()
            .iter()
            .map(|id| {
                json!({"external_calendar_id": id, "display_name": id, "timezone": zone,
                       "is_primary": *id == account.calendars()[0], "is_writable": true})
            })
            .collect();
        let register = "select calendar_id from calendar_sync.register_calendars($1, $2)";
        admin.query(register, &[&row.get::<_, Uuid>(0), &json!(calendars)]).unwrap();
        let now = calendar_tests::NOW.parse().unwrap();
        let mut world = Self { account, broker, db, admin, connector, now, runtime };
        world.choose(&["main", "team"]);
        assert_eq!(world.round().pulls_failed, 0);
        world
    }

    /// The calendars that receive deadlines from now on: `main`, `team`.
    pub(crate) fn choose(&mut self, names: &[&str]) {
        let [main, team] = self.account.calendars();
        let chosen: Vec<_> =
            names.iter().map(|name| if *name == "main" { &main } else { &team }.clone()).collect();
        let choose = "select calendar.set_obligation_calendars($1, array(
            select c.id from calendar.calendars as c where c.external_calendar_id = any ($2)))";
        self.admin.query_one(choose, &[&self.broker, &chosen]).unwrap();
    }

    /// `upsert_obligation` with these arguments after the external id.
    pub(crate) fn upsert(&mut self, external_id: &str, arguments: &str) {
        let call = format!(
            "select calendar.upsert_obligation('{}', '{external_id}', {arguments})",
            self.broker
        );
        self.admin.query_one(&call, &[]).unwrap_or_else(|error| panic!("{call}: {error:?}"));
    }

    pub(crate) fn book(&mut self, start: &str) {
        let book = format!("select calendar.book_calendar_slot('{}', '{start}')", self.broker);
        self.admin.query_one(&book, &[]).unwrap();
    }

    /// The agent does what is due.
    pub(crate) fn round(&mut self) -> Summary {
        let url = format!("{}?options=-c%20role%3Dcalendar_agent", self.db.url());
        self.runtime.block_on(async {
            let database = database::Database::connect(&url).await.unwrap().0;
            let store = Store::new(database, Arc::new(Spool::in_memory()));
            Round::new(&store, &self.connector, &(), 1).run(Duration::ZERO).await.unwrap()
        })
    }

    /// Minutes pass.
    pub(crate) fn later(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.db.set_now(&self.now.to_rfc3339());
        self.admin = self.db.connect();
    }

    /// One value as text.
    pub(crate) fn one(&mut self, query: &str) -> String {
        let row = self.admin.query_one(&format!("select ({query})::text"), &[]).unwrap();
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// What is open in the outbox.
    pub(crate) fn open(&mut self) -> String {
        self.one("select count(*) from calendar.outbox where done_at is null")
    }

    /// The events of the calendars.
    pub(crate) fn shown(&self) -> [Vec<Shown>; 2] {
        let shown = |id: String| self.account.events(&id).into_iter().map(|(_, shown)| shown);
        self.account.calendars().map(|id| shown(id).collect())
    }

    /// What the only event of a calendar says, and its id.
    pub(crate) fn only(&self, calendar: &str) -> (String, Shown) {
        let mut events = self.account.events(calendar);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    }
}
