//! From a booking to what arrives: the program, a database, a mail server and Twilio.

use crate::server::Answers;
use crate::smtp::Smtp;
use calendar_tests::peers::CaldavServer;
use calendar_tests::{Cluster, Database, fixture};
use chrono::{DateTime, TimeDelta, Utc};
use postgres::Client;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

const START: &str = "2026-03-03T15:00:00Z";

/// How long something may take.
const PATIENCE: Duration = Duration::from_secs(30);

struct World {
    db: Database<'static>,
    admin: Client,
    broker: Uuid,
    smtp: Smtp,
    twilio: Answers,
    now: DateTime<Utc>,
    directory: TempDir,
    _runtime: Runtime,
}

/// A program that is killed in the end.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl World {
    fn new(notify: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let accepted = r#"{"sid":"SM1","status":"queued"}"#;
        let twilio = runtime.block_on(Answers::start(201, accepted, &[]));
        let db = Cluster::shared().database();
        let mut admin = db.connect();
        let columns = [
            ("name", "Ada Brooks"),
            ("email", "ada@example.com"),
            ("business_phone", "+15005550001"),
            ("notify", notify),
        ];
        let broker = fixture::broker(&mut admin, &columns);
        Self {
            smtp: Smtp::start(&[]),
            now: calendar_tests::NOW.parse().unwrap(),
            directory: TempDir::new().unwrap(),
            db,
            admin,
            broker,
            twilio,
            _runtime: runtime,
        }
    }

    fn book(&mut self, email: &str, phone: &str) -> String {
        let book = format!(
            "select (calendar.book_calendar_slot('{}', '{START}', lead_name => 'Zoë Müller',
                         lead_email => '{email}', lead_phone => '{phone}')).id::text",
            self.broker
        );
        self.admin.query_one(&book, &[]).unwrap().get(0)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", format!("{}?options=-c%20role%3Dcalendar_agent", self.db.url()))
            .env("SYNC_AGENT_KEY", KEY)
            .env("SYNC_AGENT_SPOOL", self.directory.path().join("spool.sqlite"))
            .env("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true")
            .env("SYNC_AGENT_SMTP_HOST", "127.0.0.1")
            .env("SYNC_AGENT_SMTP_PORT", self.smtp.port.to_string())
            .env("SYNC_AGENT_SMTP_TLS", "none")
            .env("SYNC_AGENT_SMTP_FROM", "Bookings <bookings@example.com>")
            .env("SYNC_AGENT_TWILIO_ACCOUNT_SID", "AC1")
            .env("SYNC_AGENT_TWILIO_AUTH_TOKEN", "secret")
            .env("SYNC_AGENT_TWILIO_FROM", "+15005550009")
            .env("SYNC_AGENT_TWILIO_BASE_URL", &self.twilio.base)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Sends what is due; gives the counts.
    fn once(&self) -> Value {
        let output = self.command(&["--json", "once"]).output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        report["messages"].clone()
    }

    fn run(&self) -> Running {
        Running(self.command(&["run"]).spawn().unwrap())
    }

    fn later(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.db.set_now(&self.now.to_rfc3339());
        self.admin = self.db.connect();
    }

    /// The state of each message of a kind and channel to a recipient.
    fn states(&mut self, channel: &str, recipient: &str) -> Vec<String> {
        let query = "select state from calendar.notifications
                     where channel = $1 and recipient = $2 and kind <> 'reminder' order by id";
        let rows = self.admin.query(query, &[&channel, &recipient]).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn wait_until(&mut self, channel: &str, recipient: &str, state: &str) {
        let begun = Instant::now();
        while self.states(channel, recipient) != [state] {
            assert!(begun.elapsed() < PATIENCE, "the state is not {state}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn both_hear_of_a_booking_once() {
    let mut world = World::new("{}");
    world.book("zoe@example.com", "+15005550006");
    let counts = world.once();
    assert_eq!((&counts["sent"], &counts["failed"]), (&2.into(), &0.into()), "{counts}");
    let mut mails = [world.smtp.next(), world.smtp.next()];
    mails.sort_by_key(|mail| mail["to"].to_string());
    let [broker, lead] = &mails;
    assert_eq!(broker["to"][0], "ada@example.com");
    assert_eq!(lead["to"][0], "zoe@example.com");
    assert!(lead["text/plain"].as_str().unwrap().contains("is confirmed"), "{lead}");
    // There is no provider that invites.
    assert_eq!(lead["calendar"]["method"], "REQUEST", "{lead}");
    assert_eq!(lead["calendar"]["organizer"], "mailto:bookings@example.com");
    assert_eq!(world.states("email", "lead"), ["sent"]);
    assert_eq!(world.once()["sent"], 0);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn a_daemon_sends_within_a_second() {
    let mut world = World::new("{}");
    let _agent = world.run();
    // It has started once it has sent the first.
    world.book("zoe@example.com", "+15005550006");
    let first = [world.smtp.next(), world.smtp.next()];
    assert!(first.iter().any(|mail| mail["to"][0] == "zoe@example.com"));
    // A message waits for an earlier one that is still being sent, by a clock that does not move here.
    for recipient in ["broker", "lead"] {
        world.wait_until("email", recipient, "sent");
    }
    let cancel = "select calendar.cancel_booking(id) from calendar.bookings";
    let begun = Instant::now();
    world.admin.execute(cancel, &[]).unwrap();
    let mails = [world.smtp.next(), world.smtp.next()];
    let took = begun.elapsed();
    println!("from the cancellation to both e-mails: {took:?}");
    assert!(mails.iter().all(|mail| {
        mail["headers"]["subject"].as_str().is_some_and(|subject| subject.contains("Cancelled"))
    }));
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn an_address_that_does_not_exist_gets_nothing_more() {
    let mut world = World::new("{}");
    world.book("gone@example.com", "+15005550006");
    let counts = world.once();
    assert_eq!((&counts["sent"], &counts["failed"]), (&1.into(), &1.into()), "{counts}");
    assert_eq!(world.states("email", "lead"), ["failed"]);
    world.admin.execute("select calendar.cancel_booking(id) from calendar.bookings", &[]).unwrap();
    let counts = world.once();
    assert_eq!((&counts["sent"], &counts["failed"]), (&1.into(), &0.into()), "{counts}");
    assert_eq!(world.states("email", "lead"), ["failed", "skipped"]);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn what_is_refused_for_now_is_sent_later() {
    let mut world = World::new("{}");
    world.book("later@example.com", "+15005550006");
    assert_eq!(world.once()["delayed"], 1);
    assert_eq!(world.states("email", "lead"), ["due"]);
    assert_eq!(world.once()["delayed"], 0, "it waits");
    world.later(2);
    assert_eq!(world.once()["delayed"], 1);
}

/// Ends the calls that wait for a lock, with their connections: a dead agent's would go on.
const END_WAITING: &str = "select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()";

/// Killed after the mail server has taken it in, and before the database knows.
#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn after_a_crash_an_email_is_repeated_under_the_same_id() {
    let mut world = World::new(r#"{"broker": {"email": [], "sms": []}}"#);
    world.book("slow@example.com", "+15005550006");
    let agent = world.run();
    world.wait_until("email", "lead", "sending");
    let mut other = world.db.connect();
    let mut lock = other.transaction().unwrap();
    lock.execute("select from calendar.notifications for update", &[]).unwrap();
    let first = world.smtp.next();
    drop(agent);
    lock.execute(END_WAITING, &[]).unwrap();
    lock.rollback().unwrap();
    assert_eq!(world.states("email", "lead"), ["sending"]);
    world.later(2);
    assert_eq!(world.once()["sent"], 1);
    let second = world.smtp.next();
    assert_eq!(first["headers"]["message-id"], second["headers"]["message-id"]);
    assert_eq!(world.states("email", "lead"), ["sent"]);
}

/// Killed after Twilio has accepted it, and before the database knows.
#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn after_a_crash_an_sms_is_not_repeated() {
    let notify = r#"{"lead": {"email": [], "sms": ["booked"]}, "broker": {"email": [], "sms": []},
                     "quiet_from": "00:00", "quiet_until": "00:00"}"#;
    let mut world = World::new(notify);
    let mut other = world.db.connect();
    world.book("zoe@example.com", "+15005550006");
    // Its lease is committed before it is sent; the end of the lease waits for us.
    let trigger = "
        create function public.wait() returns trigger language plpgsql as $$
        begin perform pg_advisory_xact_lock(7); return new; end $$;
        create trigger wait before update on calendar.notifications for each row
            when (old.state = 'sending') execute function public.wait()";
    other.batch_execute(trigger).unwrap();
    other.execute("select pg_advisory_lock(7)", &[]).unwrap();
    let agent = world.run();
    let begun = Instant::now();
    while world.twilio.asked().is_empty() {
        assert!(begun.elapsed() < PATIENCE, "it is not sent");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(agent);
    other.execute(END_WAITING, &[]).unwrap();
    other.batch_execute("drop trigger wait on calendar.notifications").unwrap();
    assert_eq!(world.states("sms", "lead"), ["sending"]);
    world.later(2);
    let counts = world.once();
    assert_eq!(counts["sent"], 0, "{counts}");
    assert_eq!(world.states("sms", "lead"), ["failed"]);
    assert_eq!(world.twilio.asked().len(), 1);
}

/// The lines of a calendar's objects that begin so.
fn lines(server: &CaldavServer, begin: &str) -> Vec<String> {
    let files = fs::read_dir(server.files("main")).unwrap().map(|file| file.unwrap().path());
    let objects = files.filter(|file| file.extension().is_some_and(|kind| kind == "ics"));
    let texts = objects.map(|file| fs::read_to_string(file).unwrap());
    texts.flat_map(|ics| values(&ics, begin)).collect()
}

fn values(ics: &str, begin: &str) -> Vec<String> {
    let unfolded = ics.replace("\r\n", "\n").replace("\n ", "");
    unfolded.lines().filter_map(|line| line.strip_prefix(begin).map(str::to_owned)).collect()
}

/// The broker's event and what the lead's calendar makes of the e-mails are one appointment, by its UID.
#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN and CALENDAR_TEST_PYTHON"]
fn the_invitations_of_a_booking_are_one_object_in_the_lead_s_calendar() {
    let mut world = World::new(r#"{"broker": {"email": [], "sms": []}}"#);
    let (brokers, leads) = (CaldavServer::radicale(), CaldavServer::radicale());
    brokers.make_calendar("main");
    let calendar = leads.make_calendar("main");
    let broker = world.broker.to_string();
    let mut connect =
        world.command(&["connect", "caldav", "--broker", &broker, "--password-stdin"]);
    connect.args(["--url", &brokers.origin(), "--username", &brokers.username]);
    let mut connect = connect.stdin(Stdio::piped()).spawn().unwrap();
    writeln!(connect.stdin.take().unwrap(), "{}", brokers.password).unwrap();
    assert!(connect.wait_with_output().unwrap().status.success());
    world.once();
    let id = world.book("zoe@example.com", "+15005550006");
    let uid = format!("bk-{id}@calendar-ext");
    let move_it =
        "select calendar.reschedule_booking(id, '2026-03-03T17:00Z') from calendar.bookings";
    let cancel = "select calendar.cancel_booking(id) from calendar.bookings";
    for (change, method, starts, status) in [
        (None, "REQUEST", "20260303T150000Z", "CONFIRMED"),
        (Some(move_it), "REQUEST", "20260303T170000Z", "CONFIRMED"),
        (Some(cancel), "CANCEL", "20260303T170000Z", "CANCELLED"),
    ] {
        if let Some(change) = change {
            world.admin.execute(change, &[]).unwrap();
            world.later(2);
        }
        world.once();
        let mail = world.smtp.next();
        assert_eq!(mail["calendar"]["method"], method);
        let ics = mail["calendar"]["ics"].as_str().unwrap();
        // Clients call an object by its UID.
        let member = format!("{}.ics", values(ics, "UID:")[0]);
        leads.put(&calendar, &member, ics);
        assert_eq!(lines(&leads, "UID:"), [uid.as_str()], "{method}");
        assert_eq!(lines(&leads, "STATUS:"), [status]);
        let start = |ics: &str| format!("{ics:?}").contains(starts);
        assert!(start(&leads.get(&calendar, &member)), "{ics}");
        // The broker's event has the same UID, for as long as it is there.
        match method {
            "CANCEL" => assert_eq!(lines(&brokers, "UID:"), [""; 0]),
            _ => assert_eq!(lines(&brokers, "UID:"), [uid.as_str()]),
        }
    }
    assert!(world.smtp.rest().is_empty());
}
