//! `time_cases.json`: inputs from public bug reports and their neighbours, each with the
//! reason for what it means. Exports are read by other programs, too.

use calendar_tests::{Database, fixture};
use postgres::{Client, Error};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use uuid::Uuid;

/// What a case came to: what was expected, and what was found.
type Outcome = (Vec<Value>, Value);

struct World<'c> {
    client: &'c mut Client,
    broker: Uuid,
    calendar: Uuid,
    setup: &'c Value,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// Intervals without those that touch another, which are one.
fn merged(intervals: &Value) -> Value {
    let mut merged: Vec<(String, String)> = Vec::new();
    let mut all: Vec<_> =
        intervals.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    all.sort_unstable();
    for (start, end) in all.into_iter().map(|one| one.split_once('/').unwrap()) {
        match merged.last_mut() {
            Some((_, last)) if start <= last.as_str() => *last = end.max(last).to_owned(),
            _ => merged.push((start.into(), end.into())),
        }
    }
    merged.into_iter().map(|(start, end)| format!("{start}/{end}")).collect()
}

impl<'c> World<'c> {
    fn new(client: &'c mut Client, setup: &'c Value) -> Self {
        let zone = text(setup, "zone");
        client
            .execute("select set_config('calendar.now', $1, false)", &[&text(setup, "now")])
            .unwrap();
        let broker = fixture::broker(client, &[("timezone", zone)]);
        let calendar = fixture::calendar(client, broker, &[("timezone", zone)]);
        Self { client, broker, calendar, setup }
    }

    fn import(&mut self) -> Result<(), Error> {
        let eol = self.setup["eol"].as_str().unwrap_or("\r\n");
        let ics = text(self.setup, "ics").replace('\n', eol);
        let ics = text(self.setup, "head").to_owned() + &ics + text(self.setup, "tail");
        self.client.query_one("select calendar.import_ics($1, $2)", &[&self.calendar, &ics])?;
        Ok(())
    }

    fn window(&self) -> [&'c str; 2] {
        [0, 1].map(|at| self.setup["window"][at].as_str().unwrap())
    }

    fn busy(&mut self) -> Result<Value, Error> {
        let [start, end] = self.window();
        let busy = "select to_char(starts_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')
                        || to_char(ends_at at time zone 'UTC', '/YYYY-MM-DD\"T\"HH24:MI')
                      from calendar.get_busy($1, $2::text::date::timestamptz, $3::text::date::timestamptz)";
        let rows = self.client.query(busy, &[&self.broker, &start, &end])?;
        Ok(rows.iter().map(|row| row.get::<_, String>(0)).collect())
    }

    fn export(&mut self) -> Result<String, Error> {
        let [start, end] = self.window();
        let export = "select calendar.export_ics($1, $2::text::date::timestamptz, $3::text::date::timestamptz)";
        Ok(self.client.query_one(export, &[&self.broker, &start, &end])?.get(0))
    }

    fn rows(&mut self) -> Result<i64, Error> {
        let count = "select count(*) from calendar.busy_blocks where broker_id = $1";
        let rows = self.client.query_one(count, &[&self.broker])?.get(0);
        // Some hundred thousand rows of one case would slow down all others.
        self.client.execute("delete from calendar.brokers where id = $1", &[&self.broker])?;
        Ok(rows)
    }
}

/// What a phrase means by the clocks of its zone.
fn phrase(client: &mut Client, setup: &Value) -> Result<Value, Error> {
    let [phrase, zone, reference] = ["phrase", "zone", "reference"].map(|key| text(setup, key));
    let meaning = "select kind || to_char(starts_at at time zone $2, ' YYYY-MM-DD\"T\"HH24:MI')
                       || case when kind = 'window'
                               then to_char(ends_at at time zone $2, '/YYYY-MM-DD\"T\"HH24:MI') else '' end
                     from calendar.parse_when($1, $2, $3::text::timestamptz)";
    let rows = client.query(meaning, &[&phrase, &zone, &reference])?;
    Ok(rows.iter().map(|row| row.get::<_, String>(0)).collect())
}

fn run(client: &mut Client, case: &Value) -> Result<Outcome, Error> {
    let (setup, expected) = (&case["setup"], &case["expect"]);
    if case["op"] == "phrase" {
        let also = setup["also"].as_array().cloned().unwrap_or_default();
        let allowed = std::iter::once(expected.clone()).chain(also).collect();
        return Ok((allowed, phrase(client, setup)?));
    }
    let mut world = World::new(client, setup);
    match case["op"].as_str().unwrap() {
        "sync" => {
            fixture::apply_sync(world.client, world.calendar, &setup["batch"])?;
            Ok((vec![merged(expected)], world.busy()?))
        }
        "busy" => {
            world.import()?;
            Ok((vec![merged(expected)], world.busy()?))
        }
        "rows" => {
            world.import()?;
            let rows = world.rows()?;
            let most = expected["max_rows"].as_i64().unwrap();
            Ok((vec![json!(rows.min(most))], json!(rows)))
        }
        op => panic!("{op} is not a known kind of case"),
    }
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("../time_cases.json")).unwrap()
}

fn database<'c>() -> (Database<'c>, Client) {
    let db = Database::new();
    let mut client = db.connect();
    client.batch_execute("set timezone = 'UTC'; set statement_timeout = '60s'").unwrap();
    (db, client)
}

#[test]
fn every_case_means_what_it_should() {
    let (_db, mut client) = database();
    let mut failed = Vec::new();
    let cases = cases();
    for case in cases.iter().filter(|case| case["op"] != "export") {
        match run(&mut client, case) {
            Ok((allowed, found)) if allowed.contains(&found) => {}
            outcome => {
                failed.push(format!("{}: {}\n  {outcome:?}", text(case, "id"), text(case, "why")))
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// What calendar programs read in streams.
fn read(questions: &[Value]) -> Vec<Value> {
    let python = std::env::var("CALENDAR_TEST_PYTHON")
        .expect("CALENDAR_TEST_PYTHON: the python of scripts/python-venv");
    let mut reader = Command::new(python)
        .args(["-c", include_str!("../time_cases.py")])
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = reader.stdin.take().unwrap();
    stdin.write_all(serde_json::to_string(questions).unwrap().as_bytes()).unwrap();
    drop(stdin);
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn other_programs_read_an_export_as_get_busy_answers() {
    let (_db, mut client) = database();
    let mut exports = cases();
    exports.retain(|case| case["op"] == "export");
    let mut questions = Vec::new();
    let mut busy = Vec::new();
    for case in &exports {
        let mut world = World::new(&mut client, &case["setup"]);
        world.import().unwrap();
        busy.push(world.busy().unwrap());
        let stream = world.export().unwrap();
        questions.push(json!({"stream": stream, "zone": case["setup"]["zone"],
                              "window": case["setup"]["window"]}));
    }
    let mut failed = Vec::new();
    for (index, (case, answer)) in exports.iter().zip(read(&questions)).enumerate() {
        assert_ne!(busy[index], json!([]), "{case}");
        if answer != json!({"busy": busy[index], "wrong": []}) {
            let (id, why) = (text(case, "id"), text(case, "why"));
            let stream = text(&questions[index], "stream");
            failed.push(format!("{id}: {why}\n  busy {}\n  read {answer}\n{stream}", busy[index]));
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), exports.len(), failed.join("\n"));
}
