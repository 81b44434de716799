//! A file with secrets must not be open to every user of the machine.

use super::{Error, Result};
use std::fs::File;
use std::path::Path;
use toml::{Table, Value};
use url::Url;

/// Keys whose values are secrets, in any table of the file.
const SECRETS: [&str; 3] = ["key", "old_keys", "client_secret"];

/// Refuses a file that other users than its owner and its group can read or change, if it has a
/// secret.
#[cfg(unix)]
pub(super) fn check(file: &File, path: &Path, table: &Table) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let shown = path.display();
    let unreadable = |error| Error(format!("cannot read {shown}: {error}"));
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    match secret(table) {
        Some(key) if mode & 0o007 != 0 => Err(Error(format!(
            "{shown} is open to every user of this machine, and it holds {key}: \
             run chmod o= {shown}"
        ))),
        _ => Ok(()),
    }
}

/// Other systems have other means.
#[cfg(not(unix))]
pub(super) fn check(_: &File, _: &Path, _: &Table) -> Result<()> {
    Ok(())
}

/// The name of a key with a secret.
fn secret(table: &Table) -> Option<String> {
    table.iter().find_map(|(key, value)| match value {
        Value::Table(inner) => Some(format!("{key}.{}", secret(inner)?)),
        _ if SECRETS.contains(&key.as_str()) => Some(key.clone()),
        Value::String(url) if key == "database_url" => {
            Url::parse(url).ok()?.password().map(|_| "a password in database_url".to_owned())
        }
        _ => None,
    })
}
