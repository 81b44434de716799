//! The configuration: what it may be, and how it says what is wrong.

use secrecy::ExposeSecret;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use sync_agent::config::{Config, LogFormat};
use tempfile::TempDir;
use tracing::Level;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("sync-agent.toml");
    fs::write(&path, file).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let variables: HashMap<&str, &str> = variables.iter().copied().collect();
    Config::load(Some(&path), |name| variables.get(name).map(|&value| value.into()))
        .map_err(|e| e.to_string().replace(directory.path().to_str().unwrap(), ""))
}

#[test]
fn the_environment_stands_above_the_file() {
    let file = "database_url = 'postgres://file'\nconcurrency = 3\n[google]\nclient_id = 'file'\n";
    let config = load(
        file,
        &[
            ("DATABASE_URL", "postgres://environment"),
            ("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "true"),
            ("SYNC_AGENT_GOOGLE_CLIENT_SECRET", "environment"),
            ("SYNC_AGENT_LOG_FORMAT", "json"),
            ("SYNC_AGENT_CONCURRENCY", ""),
        ],
    )
    .unwrap();
    assert_eq!(config.database_url().unwrap().expose_secret(), "postgres://environment");
    assert!(config.allow_private_networks);
    assert_eq!(config.concurrency, 3);
    assert_eq!((config.log_level, config.log_format), (Level::INFO, LogFormat::Json));
    let google = config.application("google").unwrap();
    assert_eq!(google.client_id, "file");
    assert_eq!(google.client_secret.unwrap().expose_secret(), "environment");
}

#[test]
fn without_anything_it_says_what_is_missing_and_how_to_get_it() {
    let config = load("", &[]).unwrap();
    let database = config.database_url().unwrap_err().to_string();
    assert!(database.starts_with("database_url (DATABASE_URL) is not set: "), "{database}");
    let key = config.keyring().unwrap_err().to_string();
    assert!(key.contains("(SYNC_AGENT_KEY)") && key.contains("openssl rand -base64 32"), "{key}");
    let google = config.application("google").unwrap_err().to_string();
    assert!(google.contains("google.client_id (SYNC_AGENT_GOOGLE_CLIENT_ID)"), "{google}");
}

#[test]
fn each_of_the_two_addresses_is_enough_to_serve() {
    let addresses = |file: &str| {
        let http = load(file, &[]).unwrap().http.settings().unwrap();
        http.map(|http| (http.listen.is_some(), http.internal_listen.is_some()))
    };
    assert_eq!(addresses(""), None);
    assert_eq!(addresses("[http]\nlisten = '127.0.0.1:8085'"), Some((true, false)));
    assert_eq!(addresses("[http]\ninternal_listen = '127.0.0.1:8086'"), Some((false, true)));
}

#[test]
fn what_is_wrong_is_named_with_what_it_may_be() {
    for (file, expected) in [
        ("log_format = 'xml'", "log_format (SYNC_AGENT_LOG_FORMAT) must be text or json"),
        (
            "concurrency = 0",
            "concurrency (SYNC_AGENT_CONCURRENCY) must be a whole number from 1 to 256",
        ),
        (
            "concurrency = 'many'",
            "concurrency (SYNC_AGENT_CONCURRENCY) must be a whole number from 1 to 256",
        ),
        (
            "max_age_seconds = -1",
            "max_age_seconds (SYNC_AGENT_MAX_AGE_SECONDS) must be a whole number from 0 to 31536000",
        ),
        (
            "max_age_seconds = 4294967296",
            "max_age_seconds (SYNC_AGENT_MAX_AGE_SECONDS) must be a whole number from 0 to 31536000",
        ),
        (
            "max_age_seconds = 1.5",
            "max_age_seconds (SYNC_AGENT_MAX_AGE_SECONDS) must be a whole number from 0 to 31536000",
        ),
        (
            "log_level = 3",
            "log_level (SYNC_AGENT_LOG_LEVEL) must be error, warn, info, debug or trace",
        ),
        ("old_keys = [1]", "old_keys (SYNC_AGENT_OLD_KEYS) must be a list of texts"),
        (
            "[http]\nlisten = 'localhost'",
            "http.listen (SYNC_AGENT_HTTP_LISTEN) must be an IP address and a port, such as 127.0.0.1:8085",
        ),
        (
            "[http]\nproxy = 'proxy.example.com:3128'",
            "http.proxy (SYNC_AGENT_HTTP_PROXY) must be a URL such as http://proxy.example.com:3128",
        ),
        (
            "keep_logs_days = 0",
            "keep_logs_days (SYNC_AGENT_KEEP_LOGS_DAYS) must be a whole number from 1 to 36500",
        ),
        ("google = 1", "google must be a table"),
        (
            "[google]\nbase_url = 'over there'",
            "google.base_url (SYNC_AGENT_GOOGLE_BASE_URL) must be a URL, such as https://example.com/",
        ),
        ("key = '''\n\n  oops", "/sync-agent.toml, line 3: this is not valid TOML"),
        ("a = 1\nb = 2\nc = [\n", "/sync-agent.toml, line 3: this is not valid TOML"),
    ] {
        assert_eq!(load(file, &[]).unwrap_err(), expected);
    }
    let unknown = load("databse_url = 'x'", &[]).unwrap_err();
    assert!(
        unknown.starts_with(
            "unknown setting databse_url: it must be one of database_url, listen, key, "
        )
    );
    let unknown = load("[ghl]\ntoken_url = 'x'", &[]).unwrap_err();
    assert_eq!(
        unknown,
        "unknown setting ghl.token_url: it must be one of ghl.client_id, ghl.client_secret, ghl.base_url"
    );
    let unknown = load("[gogle]\nclient_id = 'x'", &[]).unwrap_err();
    assert!(
        unknown.starts_with("unknown setting gogle.client_id: it must be one of database_url, ")
    );
    let switch = load("", &[("SYNC_AGENT_ALLOW_PRIVATE_NETWORKS", "yes")]).unwrap_err();
    assert_eq!(
        switch,
        "allow_private_networks (SYNC_AGENT_ALLOW_PRIVATE_NETWORKS) must be true or false"
    );
}

#[test]
fn no_error_and_no_debug_shows_a_secret() {
    for file in [
        "key = 'hunter2",
        "key = 'hunter2'",
        "old_keys = 'hunter2'",
        "database_url = ['hunter2']",
        "google = 'hunter2'",
        "concurrency = 'hunter2'",
        "log_level = 'hunter2'",
        "[microsoft]\nbase_url = 'hunter2'",
        "[http]\nproxy = 'http://hunter2@proxy.example.com'",
        "[http]\nproxy = 'hunter2@proxy.example.com'",
        "key = 'a' hunter2",
    ] {
        let shown = match load(file, &[]) {
            Ok(config) => config.keyring().unwrap_err().to_string(),
            Err(error) => error,
        };
        assert!(!shown.contains("hunter2"), "{file}: {shown}");
    }
    let secrets = format!(
        "database_url = 'postgres://u:hunter2@h/d'\nkey = '{KEY}'\nold_keys = ['{KEY}']\n\
         [google]\nclient_secret = 'hunter2'"
    );
    let config = load(&secrets, &[]).unwrap();
    let shown = format!("{config:?} {:?}", config.keyring().unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains(KEY), "{shown}");
}

#[test]
fn old_keys_stand_between_commas() {
    let variables = [("SYNC_AGENT_KEY", KEY), ("SYNC_AGENT_OLD_KEYS", &format!("{KEY}, {KEY}"))];
    load("", &variables).unwrap().keyring().unwrap();
    let wrong = load("", &[("SYNC_AGENT_KEY", "short")]).unwrap().keyring().unwrap_err();
    assert_eq!(wrong.to_string(), "key or old_keys must be the base64 of 32 bytes");
}

#[test]
fn endpoints_follow_from_the_base_urls() {
    let config = load(
        "[microsoft]\nclient_id = 'm'\ntenant = 'contoso'\n[ghl]\nclient_id = 'g'\n\
         base_url = 'http://127.0.0.1:1/'",
        &[],
    )
    .unwrap();
    let microsoft = config.application("microsoft").unwrap();
    assert_eq!(
        microsoft.server.token_url.as_str(),
        "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
    );
    assert_eq!(
        config.application("ghl").unwrap().server.token_url.as_str(),
        "http://127.0.0.1:1/oauth/token"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::load(Some("/nowhere/sync-agent.toml".as_ref()), |_| None).unwrap_err();
    assert!(error.to_string().starts_with("cannot read /nowhere/sync-agent.toml: "), "{error}");
}

#[test]
fn a_file_with_a_secret_must_not_be_open_to_every_user() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("sync-agent.toml");
    let load = |file: &str, mode| {
        fs::write(&path, file).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        Config::load(Some(&path), |_| None).map(|_| ()).map_err(|e| e.to_string())
    };
    for (file, secret) in [
        (format!("key = '{KEY}'"), "key"),
        (format!("old_keys = ['{KEY}']"), "old_keys"),
        ("database_url = 'postgres://a:8d1f@db/c'".into(), "a password in database_url"),
        ("[microsoft]\nclient_secret = '8d1f'".into(), "microsoft.client_secret"),
    ] {
        for mode in [0o644, 0o604, 0o602] {
            let error = load(&file, mode).unwrap_err();
            assert!(error.contains(&format!("holds {secret}: run chmod o= ")), "{error}");
            assert!(!error.contains("8d1f") && !error.contains(KEY), "{error}");
        }
        load(&file, 0o640).unwrap();
        load(&file, 0o600).unwrap();
    }
    load("database_url = 'postgres://a@db/c'\nconcurrency = 2", 0o644).unwrap();
}
