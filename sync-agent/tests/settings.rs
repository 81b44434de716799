//! The list of settings, the sample file and the document agree.

use clap::CommandFactory as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use sync_agent::cli::Cli;
use sync_agent::config::Config;
use sync_agent::config::settings::{Kind, SETTINGS, document, sample};

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn the_document_and_the_sample_say_what_the_code_says() {
    for (path, expected) in [
        ("../docs/settings.md", document()),
        ("../docs/command-line.md", sync_agent::cli::document()),
        ("sync-agent.toml.example", sample()),
    ] {
        let found = fs::read_to_string(Path::new(PACKAGE).join(path)).unwrap();
        assert_eq!(found, expected, "{path}: cargo run --package sync-agent --example settings");
    }
}

#[test]
fn the_sample_can_be_loaded_as_it_is_and_with_every_setting() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sync-agent.toml");
    let load = |text: &str| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        Config::load(Some(&path), |_| None)
    };
    let config = load(&sample()).unwrap();
    assert!(config.database_url().is_err(), "nothing is set yet");
    let all: Vec<_> = sample()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting.to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    let all = all.join("\n");
    let table: toml::Table = all.parse().unwrap();
    for setting in SETTINGS {
        let value = setting
            .key
            .split('.')
            .try_fold(&toml::Value::Table(table.clone()), |v, k| v.get(k))
            .cloned();
        assert!(value.is_some(), "{}", setting.key);
    }
    let config = load(&all).unwrap();
    config.database_url().unwrap();
    assert!(config.keyring().is_err(), "no example is a key that somebody could leave there");
    config.http.settings().unwrap().unwrap();
    for provider in ["google", "microsoft", "ghl"] {
        config.application(provider).unwrap();
    }
}

#[test]
fn every_variable_is_read_and_named_in_the_help() {
    let help = Cli::command().render_long_help().to_string();
    for setting in SETTINGS {
        assert!(help.contains(setting.variable) && help.contains(setting.key), "{}", setting.key);
        if matches!(setting.kind, Kind::Text | Kind::Secret | Kind::Secrets | Kind::Path) {
            continue;
        }
        let blank = |name: &str| (name == setting.variable).then(|| " ".into());
        let error = Config::load(None, blank).unwrap_err().to_string();
        let expected = format!("{} ({}) must be ", setting.key, setting.variable);
        assert!(error.starts_with(&expected), "{error}");
    }
}
