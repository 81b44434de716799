//! A broker, a provider, and all that may happen between them.

use async_trait::async_trait;
use axum::http::StatusCode;
use calendar_tests::{Database, fixture, synced};
use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use postgres::Client;
use provider_fakes::google::{Calendar, Google, Knobs};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use sync_agent::connector::{self, Connector};
use sync_agent::database::{self, Database as Agent};
use sync_agent::net::authorized::Authorized;
use sync_agent::net::http::{Http, Limits};
use sync_agent::store::Store;
use sync_agent::store::spool::Spool;
use sync_agent::sync::open_account::Accounts;
use sync_agent::sync::round::{Round, Summary};
use tokio::runtime::Runtime;
use uuid::Uuid;

const CALENDAR: &str = "broker@example.com";

pub(crate) struct World {
    runtime: Runtime,
    db: Database<'static>,
    admin: Client,
    broker: Uuid,
    calendar: Uuid,
    google: Google,
    connector: Arc<dyn Connector>,
    now: DateTime<Utc>,
    /// Events that are not ours.
    foreign: Vec<String>,
    /// Bookings that this side cancelled itself.
    cancelled: Vec<Uuid>,
}

/// What came of it.
pub(crate) struct Seen {
    pub(crate) moved: usize,
    pub(crate) conflicts: usize,
}

struct One(Arc<dyn Connector>);

#[async_trait]
impl Accounts for One {
    async fn open(&self, _account: &database::Account) -> sync_agent::Result<Arc<dyn Connector>> {
        Ok(Arc::clone(&self.0))
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let google = runtime.block_on(Google::start(0)).unwrap();
        google.add_calendar(Calendar::new(CALENDAR, "America/New_York".parse().unwrap()));
        google.set(Knobs { page_size: Some(3), empty_pages: true, ..Knobs::default() });
        let connector = {
            let _inside = runtime.enter();
            let limits = Limits { allow_private_networks: true, ..Limits::default() };
            let tokens = Arc::new(SecretString::from(google.access_token()));
            let authorized = Authorized::new(Http::new(limits).unwrap(), tokens);
            Arc::new(connector::google::Google::new(authorized, google.base().parse().unwrap()))
        };
        let db = Database::new();
        let mut admin = db.connect();
        let broker = fixture::broker(&mut admin, &[("email", CALENDAR)]);
        let account = synced::connect(&mut admin, broker, "google");
        let calendar = synced::register(&mut admin, account, CALENDAR);
        let now = calendar_tests::NOW.parse().unwrap();
        Self {
            runtime,
            db,
            admin,
            broker,
            calendar,
            google,
            connector,
            now,
            foreign: vec![],
            cancelled: vec![],
        }
    }

    /// Something happens.
    pub(crate) fn step(&mut self, rng: &mut Rng) {
        match rng.u32(0..20) {
            0..2 => {
                let event = event("theirs", self.some_time(rng));
                self.foreign.push(self.google.create(CALENDAR, &event).unwrap());
            }
            2 => {
                if let Some(id) = rng.choice(&self.foreign) {
                    let event = event("theirs, moved", self.some_time(rng));
                    self.google.change(CALENDAR, id, &event).unwrap();
                }
            }
            3 => {
                if !self.foreign.is_empty() {
                    let id = self.foreign.swap_remove(rng.usize(0..self.foreign.len()));
                    self.google.delete(CALENDAR, &id).unwrap();
                }
            }
            4..7 => {
                let at = self.some_time(rng);
                // Taken by another booking: then so it is.
                let _ = fixture::book(&mut self.admin, self.broker, &at.to_rfc3339());
            }
            7 => {
                if let Some(id) = self.some_booking(rng) {
                    self.admin.execute("select calendar.cancel_booking($1)", &[&id]).unwrap();
                    self.cancelled.push(id);
                }
            }
            8 => {
                if let Some(id) = self.some_booking(rng) {
                    let at = self.some_time(rng);
                    let move_it = "select calendar.reschedule_booking($1, $2)";
                    let _ = self.admin.execute(move_it, &[&id, &at]);
                }
            }
            9..11 => {
                if let Some(id) = rng.choice(self.ours()) {
                    let times = event("ours, moved there", self.some_time(rng));
                    self.google.change(CALENDAR, &id, &times).unwrap();
                }
            }
            11 => {
                if let Some(id) = rng.choice(self.ours()) {
                    self.google.delete(CALENDAR, &id).unwrap();
                }
            }
            12 => self.google.server().faults().lose_answer(),
            13 => self.google.throttle(StatusCode::TOO_MANY_REQUESTS, "rateLimitExceeded", Some(1)),
            14 => self.google.throttle(StatusCode::INTERNAL_SERVER_ERROR, "backendError", None),
            15 => self.google.expire_sync_tokens(),
            16 => {
                self.round(Some(Duration::from_millis(rng.u64(1..40))));
            }
            _ => {
                self.round(None);
            }
        }
    }

    /// Lets all quarrels end, and checks that the sides agree.
    pub(crate) fn settle(&mut self) -> Seen {
        for _ in 0..12 {
            self.round(None);
        }
        let idle = self.round(None).unwrap();
        assert_eq!((idle.pulls_failed, idle.pushes_failed, idle.written), (0, 0, 0), "{idle:?}");
        self.check()
    }

    /// A round, of an agent that dies after a time. An hour passes: no wait after a failure is longer.
    fn round(&mut self, dies_after: Option<Duration>) -> Option<Summary> {
        self.now += TimeDelta::minutes(61);
        self.db.set_now(&self.now.to_rfc3339());
        self.admin = self.db.connect();
        let url = format!("{}?options=-c%20role%3Dcalendar_agent", self.db.url());
        let accounts = One(Arc::clone(&self.connector));
        self.runtime.block_on(async {
            let (agent, _) = Agent::connect(&url).await.unwrap();
            let store = Store::new(agent, Arc::new(Spool::in_memory()));
            let round = Round::new(&store, &accounts, &(), 2);
            let run = round.run(Duration::ZERO);
            match dies_after {
                None => Some(run.await.unwrap()),
                Some(after) => tokio::time::timeout(after, run).await.ok().map(Result::unwrap),
            }
        })
    }

    fn check(&mut self) -> Seen {
        let held: BTreeMap<String, (DateTime<Utc>, DateTime<Utc>)> = self
            .google
            .events(CALENDAR)
            .iter()
            .map(|event| (event["id"].as_str().unwrap().to_owned(), times(event)))
            .collect();
        let bookings = self.admin.query(
            "select b.id, b.status, b.slot_start, b.slot_end, b.cancel_reason,
                    (select array_agg(o.slot_start) from calendar.bookings as o
                      where o.id <> b.id and o.status = 'confirmed' and b.problem is not null)
               from calendar.bookings as b",
            &[],
        );
        let followed = "select count(*) from calendar.audit_log
             where table_name = 'bookings' and operation = 'update' and db_role = 'calendar_agent'
               and old_row ->> 'slot_start' <> new_row ->> 'slot_start'";
        let followed: i64 = self.admin.query_one(followed, &[]).unwrap().get(0);
        let mut seen = Seen { moved: usize::try_from(followed).unwrap(), conflicts: 0 };
        for row in bookings.unwrap() {
            let (id, status): (Uuid, String) = (row.get(0), row.get(1));
            let span = (row.get(2), row.get(3));
            let reason: Option<String> = row.get(4);
            let others: Vec<DateTime<Utc>> = row.get::<_, Option<_>>(5).unwrap_or_default();
            let there = held.get(&format!("bk{}", id.simple()));
            match status.as_str() {
                // One whose event was moved onto another booking keeps its time, and says so.
                "confirmed" if there.is_some_and(|(start, _)| others.contains(start)) => {}
                "confirmed" => assert_eq!(there, Some(&span), "booking {id}"),
                "cancelled" => {
                    assert_eq!(there, None, "booking {id} is cancelled: {reason:?}");
                    let is_told = reason.as_deref() == Some("deleted at the provider");
                    assert!(is_told || self.cancelled.contains(&id), "{id} is lost: {reason:?}");
                }
                "failed" => {
                    assert_eq!(there, None, "booking {id} has failed: {reason:?}");
                    assert_eq!(reason.as_deref(), Some("conflict"));
                    seen.conflicts += 1;
                }
                other => panic!("booking {id} is {other}"),
            }
        }
        let mirrored = self.admin.query(
            "select external_event_id, starts_at, ends_at from calendar.events where calendar_id = $1",
            &[&self.calendar],
        );
        let mirrored: BTreeMap<String, _> =
            mirrored.unwrap().iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect();
        assert_eq!(mirrored, held, "events here and there");
        seen
    }

    /// An hour's start within the weeks to come, in working hours.
    fn some_time(&self, rng: &mut Rng) -> DateTime<Utc> {
        let first: DateTime<Utc> = "2026-03-16T14:00:00Z".parse().unwrap();
        first + TimeDelta::days(rng.i64(0..4)) + TimeDelta::hours(rng.i64(0..6))
    }

    fn some_booking(&mut self, rng: &mut Rng) -> Option<Uuid> {
        let active =
            "select id from calendar.bookings where status = 'confirmed' order by slot_start, id";
        let active: Vec<Uuid> =
            self.admin.query(active, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        rng.choice(active)
    }

    /// The ids of our events at the provider.
    fn ours(&self) -> Vec<String> {
        let id = |event: &Value| event["id"].as_str().unwrap().to_owned();
        let events = self.google.events(CALENDAR);
        events.iter().map(id).filter(|id| id.starts_with("bk")).collect()
    }
}

fn event(title: &str, start: DateTime<Utc>) -> Value {
    let point = |at: DateTime<Utc>| json!({"dateTime": at.to_rfc3339(), "timeZone": "UTC"});
    json!({"summary": title, "start": point(start), "end": point(start + TimeDelta::minutes(30))})
}

fn times(event: &Value) -> (DateTime<Utc>, DateTime<Utc>) {
    let at = |key: &str| event[key]["dateTime"].as_str().unwrap().parse().unwrap();
    (at("start"), at("end"))
}
