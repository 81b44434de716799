//! The commands, by the program itself, as a role that is `calendar_agent` and no more.

use calendar_tests::{Cluster, Database, fixture};
use postgres::Client;
use provider_fakes::google::{Calendar, Google};
use provider_fakes::server::Server;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use sync_agent::store::spool::{Call, Spool};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW_KEY: &str = "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=";
const FEED: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\n\
    UID:1\r\nDTSTAMP:20260301T000000Z\r\nDTSTART:20260303T150000Z\r\nDTEND:20260303T160000Z\r\n\
    SUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// A database, and the variables to reach it with.
struct World {
    db: Database<'static>,
    admin: Client,
    directory: TempDir,
    variables: BTreeMap<String, String>,
    /// All that was ever printed.
    printed: String,
}

impl World {
    fn new() -> Self {
        let db = Database::new();
        let mut admin = db.connect();
        admin
            .batch_execute(
                "do $$ begin create role agent_login login in role calendar_agent;
                 exception when duplicate_object or unique_violation then null; end $$",
            )
            .unwrap();
        let directory = TempDir::new().unwrap();
        let mut world =
            Self { db, admin, directory, variables: BTreeMap::new(), printed: String::new() };
        let url = Cluster::shared().url_as("agent_login", world.db.name());
        world.set("DATABASE_URL", &url);
        world.set("SYNC_AGENT_KEY", KEY);
        world.set("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true");
        // Whatever is logged at all must be fit to be seen.
        world.set("SYNC_AGENT_LOG_LEVEL", "trace");
        world
    }

    fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.into(), value.into());
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn broker(&mut self) -> String {
        fixture::broker(&mut self.admin, &[]).to_string()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        command.args(arguments).env_clear().envs(&self.variables);
        command
    }

    /// Runs a command with `--json`; gives its exit code and what it printed.
    fn run(&mut self, arguments: &[&str], stdin: &str) -> (i32, Value) {
        let mut child = self
            .command(&[&["--json"], arguments].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, err) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        self.printed += &format!("{out}{err}");
        let value = out.lines().next().and_then(|line| serde_json::from_str(line).ok());
        (output.status.code().unwrap(), value.unwrap_or_else(|| panic!("{out}{err}")))
    }

    /// What a command prints to people.
    fn say(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
        let output = command.args(arguments).env_clear().envs(&self.variables).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command prints that is to go well.
    fn ok(&mut self, arguments: &[&str], stdin: &str) -> Value {
        let (code, value) = self.run(arguments, stdin);
        assert_eq!(code, 0, "{arguments:?}: {value}");
        value
    }

    fn connect_feed(&mut self, broker: &str, name: &str) -> Value {
        let feed = self.file(name, FEED);
        self.ok(&["connect", "ics", "--broker", broker, "--url", feed.to_str().unwrap()], "")
    }

    fn count(&mut self, table: &str) -> i64 {
        self.admin.query_one(&format!("select count(*) from calendar.{table}"), &[]).unwrap().get(0)
    }

    fn google(&mut self, google: &Google) {
        let origin = google.server().origin();
        self.set("SYNC_AGENT_GOOGLE_BASE_URL", &google.base());
        self.set("SYNC_AGENT_GOOGLE_TOKEN_URL", &format!("{origin}/token"));
        self.set("SYNC_AGENT_GOOGLE_CLIENT_ID", "calendar.apps.googleusercontent.com");
        self.set("SYNC_AGENT_GOOGLE_CLIENT_SECRET", "GOCSPX-secret");
    }
}

/// The checks of a doctor that are not ok.
fn complaints(checks: &Value) -> Vec<(String, String, String)> {
    let text = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    checks
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["state"] != "ok")
        .map(|check| (text(check, "state"), text(check, "check"), text(check, "advice")))
        .collect()
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_feed_is_connected_listed_synced_and_brought_anew() {
    let mut world = World::new();
    let broker = world.broker();
    let connected = world.connect_feed(&broker, "a.ics");
    let calendar = connected["calendars"][0]["calendar_id"].as_str().unwrap().to_owned();

    let (code, status) = world.run(&["status"], "");
    assert_eq!((code, status[0]["problem"].as_str()), (1, Some("not synced yet")));
    let listed = world.ok(&["calendars", "--discover"], "");
    assert_eq!(listed["calendars"][0]["calendar_id"], calendar.as_str());
    assert_eq!(listed["calendars"][0]["is_new"], false);

    assert_eq!(world.ok(&["once"], "")["created"], 1);
    assert_eq!(world.ok(&["status"], "")[0]["problem"], Value::Null);
    world.ok(&["resync", "--calendar", &calendar], "");
    let (code, error) = world.run(&["resync", "--calendar", &broker], "");
    assert_eq!(code, 1);
    assert!(error["error"].as_str().unwrap().contains("calendar_not_found"), "{error}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_account_that_no_booking_reaches_is_reported_until_its_calendar_is_the_primary_one() {
    let mut world = World::new();
    let broker = world.broker();
    let local = fixture::calendar(&mut world.admin, broker.parse().unwrap(), &[]).to_string();
    // A feed is read-only: no booking could be written to it.
    assert!(world.connect_feed(&broker, "a.ics").get("problem").is_none());

    let register =
        "select calendar_sync.register_calendars(calendar_sync.connect_account($1::text::uuid, 'caldav'),
                        '[{\"external_calendar_id\": \"main\", \"is_writable\": true}]')";
    world.admin.execute(register, &[&broker]).unwrap();
    let (code, status) = world.run(&["status"], "");
    assert_eq!(code, 1, "{status}");
    let unreached = |status: &Value| {
        let calendars = status.as_array().unwrap().iter();
        let found = calendars.filter(|calendar| calendar["is_unreached"] == true);
        found
            .map(|calendar| calendar["calendar_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let [main] = &unreached(&status)[..] else { panic!("{status}") };

    world.ok(&["set-primary", "--calendar", main], "");
    let (_, status) = world.run(&["status"], "");
    assert_eq!(unreached(&status), [""; 0], "{status}");
    let (code, error) = world.run(&["set-primary", "--calendar", &broker], "");
    assert!(
        code == 1 && error["error"].as_str().unwrap().contains("calendar_not_found"),
        "{error}"
    );
    // And back.
    world.ok(&["set-primary", "--calendar", &local], "");
    let (_, status) = world.run(&["status"], "");
    assert_eq!(unreached(&status).len(), 1, "{status}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn who_connects_again_gets_the_same_account() {
    let mut world = World::new();
    let broker = world.broker();
    let first = world.connect_feed(&broker, "a.ics");
    let again = world.connect_feed(&broker, "a.ics");
    let other = world.connect_feed(&broker, "b.ics");
    assert_eq!(first["account_id"], again["account_id"]);
    assert_ne!(first["account_id"], other["account_id"]);
    assert_eq!(world.count("accounts"), 2);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn what_does_not_answer_is_not_stored() {
    let mut world = World::new();
    let broker = world.broker();
    let page = world.file("page.ics", "<html>Log in</html>");
    let page = page.to_str().unwrap().to_owned();
    let (code, error) = world.run(&["connect", "ics", "--broker", &broker, "--url", &page], "");
    assert_eq!(code, 1, "{error}");
    let feed = world.file("a.ics", FEED);
    let nobody = Uuid::from_u128(1).to_string();
    let url = feed.to_str().unwrap();
    let (code, error) = world.run(&["connect", "ics", "--broker", &nobody, "--url", url], "");
    assert_eq!(code, 1);
    assert!(error["error"].as_str().unwrap().contains("broker_not_found"), "{error}");
    assert_eq!(world.count("accounts"), 0);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn google_is_connected_by_a_refresh_token_and_again_after_it_was_withdrawn() {
    let runtime = Runtime::new().unwrap();
    let google = runtime.block_on(Google::start(0)).unwrap();
    google.add_calendar(Calendar::new("ann@example.com", "Europe/Zurich".parse().unwrap()));
    let mut world = World::new();
    world.google(&google);
    let broker = world.broker();
    let connect = ["connect", "google", "--broker", &broker, "--refresh-token-stdin"];
    let token = google.refresh_token();
    let connected = world.ok(&connect, &format!("{token}\n"));
    world.ok(&["once"], "");

    google.withdraw_consent();
    let (code, _) = world.run(&["once"], "");
    assert_eq!(code, 1);
    let (code, checks) = world.run(&["doctor"], "");
    assert_eq!(code, 1);
    let complaints = complaints(&checks);
    assert_eq!(complaints.len(), 1, "{checks}");
    assert_eq!(complaints[0].2, "run sync-agent connect google");

    let second = google.refresh_token();
    let again = world.ok(&connect, &format!("{second}\n"));
    assert_eq!(again["account_id"], connected["account_id"]);
    world.ok(&["once"], "");
    for secret in [&token, &second, &google.access_token(), "GOCSPX-secret", KEY] {
        assert!(!world.printed.contains(secret), "{}", world.printed);
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_sync_says_how_many_bookings_and_deadlines_will_be_written() {
    let mut world = World::new();
    let broker = world.broker();
    let wait = "with account as (
            select calendar_sync.connect_account($1::text::uuid, 'google') as id
        ), registered as materialized (
            select c.calendar_id from account, calendar_sync.register_calendars(account.id,
                   '[{\"external_calendar_id\": \"main\", \"is_writable\": true}]') as c
        )
        select calendar.set_obligation_calendars($1::text::uuid, array(select calendar_id from registered))";
    world.admin.query_one(wait, &[&broker]).unwrap();
    let upsert =
        "select calendar.upsert_obligation($1::text::uuid, 'tax', 'Tax return', '2126-03-10')";
    world.admin.query_one(upsert, &[&broker]).unwrap();
    let later = "update calendar.outbox set next_attempt_at = now() + interval '1 hour'";
    assert_eq!(world.admin.execute(later, &[]).unwrap(), 1);
    let output = world.command(&["sync", "--broker", &broker]).output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    let counts = "Bookings to be written now: 0\nDeadlines to be written now: 1\n";
    assert!(shown.ends_with(counts), "{shown}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn what_failed_is_shown_retried_and_dismissed() {
    let mut world = World::new();
    let broker = world.broker();
    assert_eq!(world.ok(&["failures"], ""), serde_json::json!([]));
    let log = "insert into calendar.failure_logs (broker_id, operation, reason) values ($1::text::uuid, 'push', $2)";
    for reason in ["the first", "the second"] {
        world.admin.execute(log, &[&broker, &reason]).unwrap();
    }
    let open = world.ok(&["failures"], "");
    assert_eq!(
        (&open[0]["reason"], &open[1]["reason"]),
        (&"the second".into(), &"the first".into())
    );
    let [second, first] = [0, 1].map(|at| open[at]["id"].to_string());
    assert_eq!(world.ok(&["failures", "--most", "1"], "").as_array().unwrap().len(), 1);
    assert_eq!(world.ok(&["failures", "retry", &first], "")["retries"], "nothing");
    world.ok(&["failures", "dismiss", &second, "--note", "done by hand"], "");
    assert_eq!(world.ok(&["failures"], ""), serde_json::json!([]));
    let all = world.ok(&["failures", "--all"], "");
    assert_eq!(
        (&all[0]["resolution"], &all[0]["note"]),
        (&"dismissed".into(), &"done by hand".into())
    );
    assert_eq!(all[1]["resolution"], "retried");
    let text = format!(
        "insert into calendar.notifications (broker_id, subject, kind, channel, recipient, due_at, next_attempt_at, state)
         values ('{broker}', '1', 'recovered', 'webhook', 'operator', now(), now(), 'failed');
         insert into calendar.failure_logs (broker_id, notification_id, operation, reason)
         select broker_id, id, 'message', 'the endpoint answered 500' from calendar.notifications"
    );
    world.admin.batch_execute(&text).unwrap();
    let open = world.ok(&["failures"], "");
    assert_eq!(open[0]["message"]["channel"], "webhook");
    let id = open[0]["id"].to_string();
    assert_eq!(world.ok(&["failures", "retry", &id], "")["retries"], "message");
    let state = "select state from calendar.notifications";
    assert_eq!(world.admin.query_one(state, &[]).unwrap().get::<_, String>(0), "due");
    let shown = world.say(&["failures", "--all"]);
    assert!(shown.contains("message (recovered, webhook)"), "{shown}");
    let (code, told) = world.run(&["failures", "retry", "4711"], "");
    assert!(code != 0 && told["error"].as_str().unwrap().contains("failure_not_found"), "{told}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn a_healthy_world_leaves_the_doctor_nothing_to_do() {
    let mut world = World::new();
    let broker = world.broker();
    world.connect_feed(&broker, "a.ics");
    let checks = world.ok(&["doctor"], "");
    assert!(complaints(&checks).is_empty(), "{checks}");
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_doctor_knows_what_to_do() {
    let mut world = World::new();
    let broker = world.broker();
    world.connect_feed(&broker, "a.ics");
    fs::remove_file(world.directory.path().join("a.ics")).unwrap();
    world.set("SYNC_AGENT_KEY", NEW_KEY);
    let (code, checks) = world.run(&["doctor"], "");
    assert_eq!(code, 1);
    assert!(complaints(&checks).iter().any(|(_, _, advice)| advice.contains("rotate-key")));
    world.set("SYNC_AGENT_OLD_KEYS", KEY);
    let (code, checks) = world.run(&["doctor"], "");
    let states: Vec<_> = complaints(&checks).into_iter().map(|(state, ..)| state).collect();
    assert_eq!((code, states), (1, vec!["warning".into(), "problem".into()]), "{checks}");

    let stranger = Cluster::shared().url_as("stranger", world.db.name());
    world.admin.batch_execute("create role stranger login").unwrap();
    world.set("DATABASE_URL", &stranger);
    let (code, checks) = world.run(&["doctor"], "");
    assert_eq!(code, 2);
    assert!(complaints(&checks)[0].2.starts_with("grant calendar_agent"), "{checks}");
    world.admin.batch_execute("drop role stranger").unwrap();
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn the_doctor_reports_what_waits_in_the_spool_and_what_was_set_aside() {
    let mut world = World::new();
    let path = world.directory.path().join("spool.sqlite");
    world.set("SYNC_AGENT_SPOOL", path.to_str().unwrap());
    let found = |world: &mut World| {
        let checks = world.ok(&["doctor"], "");
        let spool = checks.as_array().unwrap().iter().find(|check| check["check"] == "spool");
        spool.unwrap()["found"].as_str().unwrap().to_owned()
    };
    assert_eq!(found(&mut world), "empty");
    assert!(!path.exists(), "it only looks");
    Spool::open(&path).unwrap().push(&Call::FinishLook { lease_id: Uuid::nil(), found: None });
    assert!(found(&mut world).starts_with("1 changes wait in "));
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute_batch(
            "delete from calls;
             insert into unreadable_calls (id, call, problem) values (1, 'x', 'not JSON')",
        )
        .unwrap();
    assert!(found(&mut world).contains(" could not be read and were set aside"));
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn keys_rotate_and_the_old_one_is_no_longer_needed() {
    let mut world = World::new();
    let broker = world.broker();
    for name in ["a.ics", "b.ics", "c.ics"] {
        world.connect_feed(&broker, name);
    }
    world.set("SYNC_AGENT_KEY", NEW_KEY);
    let (code, summary) = world.run(&["rotate-key"], "");
    assert_eq!((code, summary["failed"].as_array().unwrap().len()), (1, 3));

    world.set("SYNC_AGENT_OLD_KEYS", KEY);
    let summary = world.ok(&["rotate-key"], "");
    assert_eq!((&summary["encrypted"], &summary["already"]), (&3.into(), &0.into()));
    let summary = world.ok(&["rotate-key"], "");
    assert_eq!((&summary["encrypted"], &summary["already"]), (&0.into(), &3.into()));
    world.variables.remove("SYNC_AGENT_OLD_KEYS");
    assert_eq!(world.ok(&["once"], "")["pulls_failed"], 0);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn brokers_are_imported_with_hours_and_accounts() {
    let mut world = World::new();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(serve_feed());
    let file = world.file(
        "brokers.csv",
        &format!(
            "external_id,name,email,timezone,hours,provider,url\n\
             1,Ann,ann@example.com,Europe/Zurich,mon-fri 09:00-12:00; sat 10:00-24:00,ics,{}/private-zq1f/basic.ics\n\
             2,Bob,,America/Toronto,,,\n",
            server.origin()
        ),
    );
    let import = ["import", file.to_str().unwrap()];
    let summary = world.ok(&import, "");
    assert_eq!(
        summary,
        serde_json::json!({"brokers": 2, "known": 0, "accounts": 1, "calendars": 1})
    );
    assert_eq!(world.count("working_hours"), 6);
    assert_eq!(world.ok(&["once"], "")["created"], 1);
    let again = world.ok(&import, "");
    assert_eq!(again, serde_json::json!({"brokers": 0, "known": 2, "accounts": 1, "calendars": 1}));
    assert_eq!(world.count("accounts"), 1);
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn an_import_is_all_or_nothing() {
    let mut world = World::new();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(serve_feed());
    let feed = format!("{}/private-zq1f/basic.ics", server.origin());
    let missing = format!("{}/missing.ics", server.origin());
    // A file that the importing machine can read, the author of the CSV perhaps not.
    let local = world.file("a.ics", FEED);
    let local = local.to_str().unwrap();
    for (last, line) in [
        ("Bob,Mars/Olympus,,,".to_owned(), 3),
        (format!("Bob,UTC,,ics,{missing}"), 3),
        (format!("Bob,UTC,,ics,{local}"), 3),
        (format!("Bob,UTC,,ics,file://{local}"), 3),
        ("Bob,UTC,mon 9-17,,".to_owned(), 3),
    ] {
        let csv = format!("name,timezone,hours,provider,url\nAnn,UTC,,ics,{feed}\n{last}\n");
        let file = world.file("brokers.csv", &csv);
        let (code, summary) = world.run(&["import", file.to_str().unwrap()], "");
        assert_eq!((code, &summary["problems"][0]["line"]), (1, &line.into()), "{summary}");
        assert_eq!((world.count("brokers"), world.count("accounts")), (0, 0), "{summary}");
    }
}

#[test]
#[ignore = "needs CALENDAR_TEST_PG_BIN"]
fn no_secret_stands_in_the_clear_anywhere() {
    let mut world = World::new();
    let broker = world.broker();
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(serve_feed());
    let url = format!("{}/private-zq1f/basic.ics", server.origin());
    world.ok(&["connect", "ics", "--broker", &broker, "--url", &url], "");
    let file = world.file(
        "brokers.csv",
        &format!(
            "name,timezone,provider,url,username,password\n\
             Ann,UTC,caldav,http://127.0.0.1:1/,ann,hunter2-zq1f\n\
             Bob,UTC,ics,{}/missing-zq1f.ics,,\n",
            server.origin()
        ),
    );
    let (code, _) = world.run(&["import", file.to_str().unwrap()], "");
    assert_eq!(code, 1);
    world.ok(&["once"], "");
    drop(server);
    for command in ["once", "status", "doctor", "calendars"] {
        world.run(&[command], "");
    }
    assert!(!world.printed.contains("zq1f"), "{}", world.printed);

    let dump = dump(&world.db);
    assert!(dump.contains("COPY calendar.accounts"));
    assert!(!dump.contains("zq1f"), "{dump}");
}

/// A feed at any address that says `private`.
async fn serve_feed() -> Server {
    use axum::Router;
    use axum::routing::get;
    Server::start(Router::new().route("/private-zq1f/{file}", get(async || FEED)), 0).await.unwrap()
}

/// All rows, as pg_dump writes them.
fn dump(db: &Database) -> String {
    let bin = std::env::var_os("CALENDAR_TEST_PG_BIN").unwrap();
    let dump = Command::new(Path::new(&bin).join("pg_dump"))
        .args(["--data-only", "--dbname", &db.url()])
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    String::from_utf8(dump.stdout).unwrap()
}
