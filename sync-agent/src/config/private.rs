//! A file with secrets must not be open to every user of the machine.

use super::error::{Error, Result};
use super::settings::{Kind, SETTINGS, Setting};
use std::fs::File;
use std::path::Path;
use toml::Table;
use url::Url;

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
    let is_secret = |setting: &&Setting| matches!(setting.kind, Kind::Secret | Kind::Secrets);
    SETTINGS.iter().filter(is_secret).find_map(|Setting { key, .. }| {
        let value = match key.split_once('.') {
            Some((section, key)) => table.get(section)?.get(key)?,
            None => table.get(*key)?,
        };
        match value.as_str() {
            // Without a password in it, a URL may be read by all.
            Some(url) if matches!(*key, "database_url" | "http.proxy") => {
                Url::parse(url).ok()?.password().map(|_| format!("a password in {key}"))
            }
            _ => Some((*key).to_owned()),
        }
    })
}
