//! The commands and the configuration that the documents show do what the documents say.

use calendar_tests::document::{blocks, commands};
use calendar_tests::postgrest::token;
use calendar_tests::shown::assert_shown;
use calendar_tests::{Caller, Cluster, Database, Postgrest, fixture};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use uuid::Uuid;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const AGENT: &str = include_str!("../../docs/agent.md");
const POSTGREST: &str = include_str!("../../docs/postgrest.md");

/// Every page with commands.
const PAGES: [&str; 4] =
    [include_str!("../../README.md"), include_str!("../../CONTRIBUTING.md"), AGENT, POSTGREST];

/// A command without the remark behind it.
fn bare(command: &str) -> &str {
    command.split("  #").next().unwrap_or(command).trim()
}

/// Each kind of command is held by a test: a new kind fails here.
#[test]
fn every_command_is_of_a_kind_that_is_checked() {
    let kinds: BTreeSet<String> = PAGES
        .iter()
        .flat_map(|page| commands(page))
        .map(|(command, _)| command.split([' ', '/']).next().unwrap().to_owned())
        .collect();
    // sync-agent's own tests run its commands and check the variables that are set.
    let checked = [
        "cargo",
        "curl",
        "export",
        "make",
        "pg_dump",
        "pg_restore",
        "scripts",
        "sync-agent",
        "systemctl",
    ];
    assert_eq!(kinds, checked.map(str::to_owned).into());
    for (page, kinds) in [(AGENT, 1), (POSTGREST, 1)] {
        assert_eq!(blocks(page, "ini").len(), kinds);
    }
}

#[test]
fn what_is_built_and_tested_by_name_is_there() {
    let makefile = fs::read_to_string(Path::new(ROOT).join("Makefile")).unwrap();
    let mut checked = 0;
    for (command, _) in PAGES.iter().flat_map(|page| commands(page)) {
        let words: Vec<&str> = bare(&command).split_whitespace().collect();
        let after =
            |flag: &str| words.iter().position(|word| *word == flag).map(|at| words[at + 1]);
        match words[0] {
            "make" => {
                let target = format!("\n{}:", words[1]);
                assert!(makefile.contains(&target), "{command}");
            }
            "cargo" => {}
            script if script.starts_with("scripts/") => {
                assert!(Path::new(ROOT).join(script).exists(), "{command}");
            }
            _ => continue,
        }
        checked += 1;
        if let Some(package) = after("--package") {
            let folders = ["tests", "sync-agent", "crates/engine", "crates/providers"];
            let is_there = folders.iter().any(|folder| {
                let manifest = Path::new(ROOT).join(folder).join("Cargo.toml");
                let manifest = fs::read_to_string(manifest).unwrap();
                manifest.contains(&format!("name = \"{package}\""))
            });
            assert!(is_there, "{command}");
        }
        if let Some(test) = after("--test") {
            let tests = Path::new(ROOT).join("tests/tests");
            let is_there = tests.join(format!("{test}.rs")).exists() || tests.join(test).is_dir();
            assert!(is_there, "{command}");
        }
    }
    assert!(checked > 8, "{checked}");
}

/// The backup of the page brings a database back.
#[test]
fn the_backup_is_taken_and_restored() {
    let cluster = Cluster::start(&[]);
    let mut client = cluster.connect("postgres");
    client.batch_execute("create database calendar template pattern").unwrap();
    fixture::broker(&mut cluster.connect("calendar"), &[("name", "Ann")]);
    for (command, _) in commands(AGENT) {
        let words: Vec<&str> = bare(&command).split_whitespace().collect();
        if words[0] == "pg_restore" {
            client.batch_execute("drop database calendar").unwrap();
            client.batch_execute("create database calendar").unwrap();
        } else if words[0] != "pg_dump" {
            continue;
        }
        let url = cluster.url("postgres");
        let mut program = cluster.command(words[0]);
        let port = cluster.port().to_string();
        program.args(&words[1..]).env("PGHOST", "127.0.0.1").env("PGPORT", port);
        program.env("PGUSER", "postgres").current_dir(cluster.directory());
        let done = program.output().unwrap();
        assert!(done.status.success(), "{command} at {url}: {done:?}");
    }
    let names = "select string_agg(name, ' ') from calendar.brokers";
    let mut restored = cluster.connect("calendar");
    assert_eq!(restored.query_one(names, &[]).unwrap().get::<_, String>(0), "Ann");
}

#[test]
fn the_calls_of_the_page_on_postgrest_are_answered() {
    let db = Database::new();
    let mut client = db.connect();
    let user = Uuid::from_u128(7);
    let (id, user_id) = ("11111111-1111-4111-8111-111111111111", user.to_string());
    let columns = [("id", id), ("user_id", user_id.as_str()), ("public_booking", "true")];
    let broker = fixture::broker(&mut client, &columns);
    fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let postgrest = Postgrest::start(&db);
    let token = token(Caller::User(user)).unwrap();
    let mut answers = Vec::new();
    for (command, shown) in commands(POSTGREST) {
        let command = bare(&command).replace("https://api.example.com", postgrest.url());
        let done = Command::new("sh")
            .args(["-c", &format!("{command} --silent --show-error --fail-with-body")])
            .env("TOKEN", &token)
            .output()
            .unwrap();
        let answer = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success(), "{command}: {answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        if !shown.is_empty() {
            assert_shown(&shown, &answer);
        }
        answers.push(answer);
    }
    assert_eq!(answers.len(), 2);
}

/// PostgREST knows each setting, and understands it as it is written.
#[test]
fn the_configuration_of_postgrest_is_understood() {
    let db = Database::new();
    let [block] = blocks(POSTGREST, "ini")[..] else { panic!("one block") };
    let understood = Postgrest::dump_config(&db, block);
    for line in block.lines() {
        let expected = line.replace(" = ", "=").replace(' ', "");
        let is_there = understood.lines().any(|found| found.replace(' ', "") == expected);
        assert!(is_there, "{line} is not in\n{understood}");
    }
}

/// systemd knows each directive of the unit, and the unit that the page disables is that one.
#[test]
fn the_unit_of_the_agent_is_one() {
    let [block] = blocks(AGENT, "ini")[..] else { panic!("one block") };
    let (path, unit) = block.split_once('\n').unwrap();
    let name = path.rsplit('/').next().unwrap();
    let disable = "systemctl disable --now ";
    let disabled = commands(AGENT).into_iter().find_map(|(command, _)| {
        command.strip_prefix(disable).map(|name| format!("{name}.service"))
    });
    assert_eq!(disabled.as_deref(), Some(name));
    let known = [
        ("Unit", "Description After Wants"),
        (
            "Service",
            "Type WatchdogSec User StateDirectory ExecStart ExecReload Restart NoNewPrivileges ProtectSystem ProtectHome",
        ),
        ("Install", "WantedBy"),
    ];
    let mut section = "";
    for line in unit.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            continue;
        }
        let (directive, _) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
        let is_known = known
            .iter()
            .any(|(name, all)| *name == section && all.split(' ').any(|one| one == directive));
        assert!(is_known, "{line} in {section}");
    }
}
