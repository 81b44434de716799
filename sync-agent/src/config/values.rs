//! The values of settings: from a file and, above it, the environment.

use super::error::{Error, Result, missing, wrong};
use super::private;
use super::settings::{Default, Kind, SETTINGS, Setting};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use url::Url;

/// How the names of most variables begin.
const PREFIX: &str = "SYNC_AGENT_";

/// The variable that names the file; the command line reads it.
pub const FILE: &str = "SYNC_AGENT_CONFIG";

/// Values by key: those that were set, and the defaults.
#[derive(Debug)]
pub(super) struct Values(BTreeMap<&'static str, Value>);

/// What a value is read as; none = it is not of the kind.
pub(super) trait FromValue: Sized {
    fn from_value(value: &Value, kind: Kind) -> Option<Self>;
}

impl Values {
    /// Reads a TOML file, if one is given, and the environment.
    pub(super) fn load(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut table = match file {
            Some(path) => read(path)?,
            None => Table::new(),
        };
        let mut values = BTreeMap::new();
        for setting in SETTINGS {
            let Setting { key, kind, .. } = setting;
            let in_file = take(&mut table, key)?;
            // An empty one is not set, as shells and Compose files have it.
            let text = variable(setting.variable).filter(|value| !value.is_empty());
            let value = match (text, in_file, setting.default) {
                (Some(text), ..) => kind.parse(&text).ok_or_else(|| wrong(key, &kind.wanted()))?,
                (None, Some(value), _) => value,
                (None, None, Default::Value(text)) => {
                    kind.parse(text).ok_or_else(|| wrong(key, &kind.wanted()))?
                }
                (None, None, Default::Unset(_)) => continue,
            };
            values.insert(*key, value);
        }
        // What no setting has taken.
        match table.into_iter().find_map(|(name, value)| left_over(&name, &value)) {
            Some(key) => Err(unknown(&key)),
            None => Ok(Self(values)),
        }
    }

    /// A setting that need not be set.
    pub(super) fn optional<T: FromValue>(&self, key: &str) -> Result<Option<T>> {
        let Some(value) = self.0.get(key) else { return Ok(None) };
        let kind = Setting::of(key).map_or(Kind::Text, |setting| setting.kind);
        match T::from_value(value, kind) {
            Some(value) => Ok(Some(value)),
            None => Err(wrong(key, &kind.wanted())),
        }
    }

    /// A setting that has a default.
    pub(super) fn get<T: FromValue>(&self, key: &str) -> Result<T> {
        self.optional(key)?.ok_or_else(|| missing(key, "set it"))
    }
}

/// The environment variables whose names begin as ours do and that nothing reads, because they are
/// misspelt for example.
pub fn unknown_variables(names: impl Iterator<Item = OsString>) -> Vec<String> {
    let is_known =
        |name: &str| name == FILE || SETTINGS.iter().any(|setting| setting.variable == name);
    let names = names.filter_map(|name| name.into_string().ok());
    names.filter(|name| name.starts_with(PREFIX) && !is_known(name)).collect()
}

/// The key of something that no setting has taken.
fn left_over(name: &str, value: &Value) -> Option<String> {
    match value {
        Value::Table(inner) => inner.keys().next().map(|key| format!("{name}.{key}")),
        _ => Some(name.into()),
    }
}

fn unknown(key: &str) -> Error {
    let section = key.split_once('.').map_or("", |(section, _)| section);
    let mut known: Vec<_> = SETTINGS.iter().filter(|known| known.section() == section).collect();
    if known.is_empty() {
        known = SETTINGS.iter().collect();
    }
    let known: Vec<_> = known.iter().map(|known| known.key).collect();
    Error(format!("unknown setting {key}: it must be one of {}", known.join(", ")))
}

fn take(table: &mut Table, key: &str) -> Result<Option<Value>> {
    let Some((section, key)) = key.split_once('.') else { return Ok(table.remove(key)) };
    match table.get_mut(section) {
        None => Ok(None),
        Some(Value::Table(inner)) => Ok(inner.remove(key)),
        Some(_) => Err(wrong(section, "a table")),
    }
}

fn read(path: &Path) -> Result<Table> {
    let shown = path.display();
    let unreadable = |e: std::io::Error| Error(format!("cannot read {shown}: {e}"));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    let table = text.parse().map_err(|e: toml::de::Error| {
        // toml's own words would show the line, and the key in it.
        let start = e.span().map_or(0, |span| span.start);
        let line = text.as_bytes()[..start.min(text.len())].iter().filter(|&&b| b == b'\n').count();
        Error(format!("{shown}, line {}: this is not valid TOML", line + 1))
    })?;
    private::check(&file, path, &table)?;
    Ok(table)
}

impl Kind {
    /// A variable's text as the file would hold it.
    fn parse(self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self {
            Self::Number { .. } => text.parse().ok().map(Value::Integer),
            Self::Switch => text.parse().ok().map(Value::Boolean),
            Self::Secrets => {
                let items = text.split(',').map(|item| Value::String(item.trim().into()));
                Some(Value::Array(items.collect()))
            }
            _ => Some(Value::String(text.into())),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value, kind: Kind) -> Option<Self> {
        let text = value.as_str()?;
        let is_allowed = match kind {
            Kind::Choice(words) => words.contains(&text),
            _ => true,
        };
        is_allowed.then(|| text.into())
    }
}

impl FromValue for SecretString {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_str().map(Self::from)
    }
}

impl FromValue for Vec<SecretString> {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_array()?.iter().map(|item| item.as_str().map(SecretString::from)).collect()
    }
}

impl FromValue for Url {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl FromValue for SocketAddr {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl FromValue for PathBuf {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_str().map(Self::from)
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value, kind: Kind) -> Option<Self> {
        let number = Self::try_from(value.as_integer()?).ok()?;
        let is_allowed = match kind {
            Kind::Number { least, most } => (least..=most).contains(&number),
            _ => true,
        };
        is_allowed.then_some(number)
    }
}

impl FromValue for bool {
    fn from_value(value: &Value, _: Kind) -> Option<Self> {
        value.as_bool()
    }
}
