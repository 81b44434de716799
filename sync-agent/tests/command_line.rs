//! The command line where it needs no database: what it says when it cannot start.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Nobody listens there: it is reserved (RFC 6335 section 6).
const AWAY: &str = "postgres://agent:hunter2@127.0.0.1:1/calendar?connect_timeout=2";
const BROKER: &str = "018f3a5c-0000-7000-8000-000000000001";

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(arguments: &[&str], variables: &[(&str, &str)], stdin: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sync-agent"));
    command.args(arguments).env_clear().envs(variables.iter().copied());
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
}

/// What it says when it fails with a code.
fn fails(code: i32, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let ran = run(arguments, variables, "hunter2\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{}", ran.stderr);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn who_cannot_start_says_why_and_exits_with_2() {
    let key = ("SYNC_AGENT_KEY", KEY);
    let away = ("DATABASE_URL", AWAY);
    assert_eq!(
        fails(2, &["status"], &[]),
        "sync-agent: database_url (DATABASE_URL) is not set: set it to a URL such as \
         postgres://sync_agent@db.example.com/calendar\n"
    );
    assert_eq!(
        fails(2, &["rotate-key"], &[away]),
        "sync-agent: key (SYNC_AGENT_KEY) is not set: set it to the output of `openssl rand \
         -base64 32`, and keep a copy, because no credential can be read without it\n"
    );
    assert_eq!(
        fails(2, &["rotate-key"], &[away, ("SYNC_AGENT_KEY", "hunter2")]),
        "sync-agent: key or old_keys must be the base64 of 32 bytes\n"
    );
    assert_eq!(
        fails(2, &["status"], &[("DATABASE_URL", "mysql://u:hunter2@h/d")]),
        "sync-agent: DATABASE_URL is not a valid PostgreSQL URL: unexpected EOF\n"
    );
    assert_eq!(
        fails(2, &["status"], &[("DATABASE_URL", "postgres://u:hunter2@h/d?sslmode=sometimes")]),
        "sync-agent: DATABASE_URL is not a valid PostgreSQL URL: invalid value for option `sslmode`\n"
    );
    assert_eq!(
        fails(2, &["status"], &[away, ("SYNC_AGENT_LOG_FORMAT", "xml")]),
        "sync-agent: log_format (SYNC_AGENT_LOG_FORMAT) must be text or json\n"
    );
    assert_eq!(
        fails(2, &["status", "--config", "/nowhere.toml"], &[]),
        "sync-agent: cannot read /nowhere.toml: No such file or directory (os error 2)\n"
    );
    for command in [
        &["once"][..],
        &["status"],
        &["calendars"],
        &["rotate-key"],
        &["set-primary", "--calendar", BROKER],
        &["resync", "--calendar", BROKER],
        &["connect", "ics", "--broker", BROKER, "--url", "https://example.com/a.ics"],
    ] {
        assert_eq!(
            fails(2, command, &[away, key]),
            "sync-agent: the database cannot be reached: Connection refused (os error 111)\n",
            "{command:?}"
        );
    }
}

#[test]
fn json_has_the_error_too() {
    let ran = run(&["--json", "status"], &[("DATABASE_URL", AWAY)], "");
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stdout,
        "{\"error\":\"the database cannot be reached: Connection refused (os error 111)\"}\n"
    );
}

#[test]
fn a_doctor_without_a_database_says_what_to_do() {
    let ran = run(&["doctor", "--json"], &[("DATABASE_URL", AWAY), ("SYNC_AGENT_KEY", KEY)], "");
    assert_eq!(ran.code, 2);
    let checks: serde_json::Value =
        serde_json::from_str(ran.stdout.lines().next().unwrap()).unwrap();
    let names = ["key", "spool", "database"];
    for (place, name) in names.into_iter().enumerate() {
        assert_eq!(checks[place]["check"], name);
        assert_eq!(checks[place]["state"], if name == "database" { "problem" } else { "ok" });
    }
    assert!(checks[2]["advice"].as_str().unwrap().contains("DATABASE_URL"));
}

#[test]
fn wrong_usage_is_explained_with_2() {
    for (arguments, said) in [
        (&["connect", "caldav", "--broker", BROKER][..], "--password-stdin"),
        (&["connect", "caldav", "--broker", "ann"], "invalid value 'ann' for '--broker <ID>'"),
        (&["connect", "ghl", "--broker", BROKER, "--location", "x"], "--token-stdin"),
        (
            &[
                "connect",
                "ghl",
                "--broker",
                BROKER,
                "--location",
                "x",
                "--token-stdin",
                "--refresh-token-stdin",
            ],
            "cannot be used with",
        ),
        (
            &["connect", "caldav", "--broker", BROKER, "--url", "cloud.example.com"],
            "give a URL that begins with https://, such as https://cloud.example.com/",
        ),
        (&["resync"], "--calendar <ID>"),
        (&["synch"], "unrecognized subcommand 'synch'"),
    ] {
        let told = fails(2, arguments, &[]);
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}

#[test]
fn every_command_has_examples() {
    let commands = [
        &["once"][..],
        &["run"],
        &["status"],
        &["doctor"],
        &["calendars"],
        &["import"],
        &["set-primary"],
        &["resync"],
        &["rotate-key"],
        &["connect", "caldav"],
        &["connect", "ics"],
        &["connect", "google"],
        &["connect", "microsoft"],
        &["connect", "ghl"],
    ];
    for command in commands {
        let help = run(&[command, &["--help"]].concat(), &[], "");
        assert_eq!(help.code, 0);
        assert!(help.stdout.contains("Example"), "{command:?}: {}", help.stdout);
        assert!(help.stdout.contains("sync-agent"), "{command:?}");
    }
}

#[test]
fn an_import_that_is_wrong_asks_nobody() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("brokers.csv");
    std::fs::write(&file, "name,timezone,password\nAnn,,hunter2\n,UTC,hunter2\n").unwrap();
    let variables = [("SYNC_AGENT_KEY", KEY), ("DATABASE_URL", AWAY)];
    let ran = run(&["import", file.to_str().unwrap()], &variables, "");
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stdout,
        "Nothing was imported.\nline 2: timezone is missing\nline 3: name is missing\n"
    );
    let ran = run(&["--json", "import", file.to_str().unwrap()], &variables, "");
    assert_eq!(
        ran.stdout,
        "{\"problems\":[{\"line\":2,\"problem\":\"timezone is missing\"},\
         {\"line\":3,\"problem\":\"name is missing\"}]}\n"
    );
}

/// The command lines of the documents, and of `--help`, are ones that the program takes.
#[test]
fn documented_command_lines_are_understood() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut compared = 0;
    for page in [
        "README.md",
        "docs/agent.md",
        "docs/command-line.md",
        "docs/cookbook.md",
        "docs/runbook.md",
    ] {
        let text = std::fs::read_to_string(format!("{root}/{page}")).unwrap();
        let blocks = text.split("\n```").skip(1).step_by(2);
        for line in blocks.flat_map(|block| {
            block.replace("\\\n", " ").lines().map(str::to_owned).collect::<Vec<_>>()
        }) {
            let command = line.trim().trim_start_matches("$ ");
            let Some(at) = command.find("sync-agent ").filter(|at| {
                *at == 0 || command[..*at].ends_with(' ') && !command.starts_with("Usage:")
            }) else {
                continue;
            };
            // A sentence, a list of services, or the line of a cron table.
            if command.contains("systemctl")
                || command.contains("cargo ")
                || command.contains("create ")
            {
                continue;
            }
            let words = command[at..].split(['#', '|', '<', '&', ';']).next().unwrap();
            let words: Vec<String> = words
                .split_whitespace()
                .map(|word| if word == "ID" { BROKER.to_owned() } else { word.to_owned() })
                .collect();
            let parsed = <sync_agent::cli::Cli as clap::Parser>::try_parse_from(&words);
            assert!(parsed.is_ok(), "{page}: {line}\n{}", parsed.unwrap_err());
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}

/// The program's commands in the documents, the crontab and the unit.
#[test]
fn the_commands_of_the_documents_are_understood() {
    let agent = include_str!("../../docs/agent.md");
    let pages = [include_str!("../../README.md"), agent].concat().replace("\\\n", " ");
    let mut checked = 0;
    for line in pages.lines() {
        let line = line.split("  #").next().unwrap_or(line);
        let command =
            ["$ sync-agent ", "*/5 * * * * sync-agent ", "ExecStart=/usr/local/bin/sync-agent "]
                .iter()
                .find_map(|start| line.strip_prefix(start));
        let Some(command) = command else { continue };
        let command = command.split(" < ").next().unwrap_or(command).replace(" ID", " BROKER");
        let arguments: Vec<&str> = command
            .split_whitespace()
            .map(|word| if word == "BROKER" { BROKER } else { word })
            .collect();
        let said = fails(2, &arguments, &[("SYNC_AGENT_KEY", KEY)]);
        let is_understood = said.starts_with("sync-agent: database_url (DATABASE_URL) is not set")
            || said.starts_with("sync-agent: cannot read /etc/sync-agent/sync-agent.toml");
        assert!(is_understood, "{line}: {said}");
        checked += 1;
    }
    assert_eq!(checked, 8);
}

/// Each variable that the documents set means something to the program.
#[test]
fn the_variables_of_the_documents_are_read() {
    let settings = include_str!("../../docs/settings.md");
    for page in [include_str!("../../README.md"), include_str!("../../docs/agent.md")] {
        for line in page.lines().filter_map(|line| line.strip_prefix("$ export ")) {
            let (name, _) = line.split_once('=').unwrap();
            assert!(settings.contains(&format!("`{name}`")), "{line}");
        }
    }
}
