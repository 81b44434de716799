//! The templates: what messages say, by language, and the layouts of e-mails.

use crate::notification::{Kind, Recipient};
use crate::{Error, Result, samples};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use toml::Table;

/// The languages that are built in.
pub const LANGUAGES: [&str; 4] = ["en", "de", "es", "fr"];

/// The built-in files.
const FILES: [(&str, &str); 6] = [
    ("en.toml", include_str!("../templates/en.toml")),
    ("de.toml", include_str!("../templates/de.toml")),
    ("es.toml", include_str!("../templates/es.toml")),
    ("fr.toml", include_str!("../templates/fr.toml")),
    (HTML, include_str!("../templates/layout.html")),
    (TEXT, include_str!("../templates/layout.txt")),
];

/// The layout of HTML.
pub(crate) const HTML: &str = "layout.html";

/// The layout of plain text.
pub(crate) const TEXT: &str = "layout.txt";

/// The language of those whose own is missing.
const FALLBACK: &str = "en";

/// What a template says of one message.
const PARTS: [&str; 3] = ["subject", "text", "sms"];

/// How many steps a template may take.
const FUEL: u64 = 100_000;

/// What messages say.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    words: BTreeMap<String, Value>,
}

impl Templates {
    /// The built-in templates, without those of an operator.
    pub fn built_in() -> Result<Self> {
        Self::new([])
    }

    /// The built-in templates, with the files of an operator, each with its name: `layout.html`,
    /// `layout.txt`, and `LANGUAGE.toml`, whose values replace single ones of the built-in
    /// language. Other languages must be complete. Every template is rendered with sample
    /// data, so that a bad one is an error here.
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut environment = strict();
        let (mut languages, mut layouts) = (BTreeMap::new(), BTreeMap::new());
        let built_in = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
        for (name, text) in built_in.into_iter().chain(files) {
            match name.rsplit_once('.') {
                Some((language, "toml")) => {
                    let table: Table = text.parse().map_err(|e: toml::de::Error| {
                        bad(&name, format!("is not valid TOML: {}", e.message()))
                    })?;
                    merge(languages.entry(language.to_ascii_lowercase()).or_default(), table);
                }
                _ if name == HTML || name == TEXT => {
                    layouts.insert(name, text);
                }
                _ => {
                    let known = "is not known: it must be layout.html, layout.txt or LANGUAGE.toml";
                    return Err(bad(&name, known.into()));
                }
            }
        }
        for (name, text) in layouts {
            add(&mut environment, name, text)?;
        }
        // What is built in is complete.
        let reference: Table = FILES[0].1.parse().unwrap_or_default();
        let mut words = BTreeMap::new();
        for (language, table) in languages {
            complete(&language, &table, &reference)?;
            for (name, text) in messages(&language, &table) {
                add(&mut environment, name, text)?;
            }
            let spoken = serde_json::to_value(table.get("words")).unwrap_or_default();
            words.insert(language, spoken);
        }
        let templates = Self { environment, words };
        templates.try_all()?;
        Ok(templates)
    }

    /// The languages, by the names of their files.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// The language of a locale that has templates: `fr` for `fr-CA`, `en` for others.
    pub(crate) fn language(&self, locale: &str) -> &str {
        let locale = locale.replace('_', "-").to_ascii_lowercase();
        let mut name = locale.as_str();
        loop {
            if let Some((known, _)) = self.words.get_key_value(name) {
                return known;
            }
            match name.rsplit_once('-') {
                Some((shorter, _)) => name = shorter,
                None => return FALLBACK,
            }
        }
    }

    /// The words of a language.
    pub(crate) fn words(&self, language: &str) -> &Value {
        self.words.get(language).unwrap_or(&Value::Null)
    }

    /// Renders a template.
    pub(crate) fn render(&self, name: &str, context: &Value) -> Result<String> {
        let template = self.environment.get_template(name).map_err(|e| failed(name, &e))?;
        template.render(Serde(context)).map_err(|e| failed(name, &e))
    }

    fn try_all(&self) -> Result<()> {
        for language in self.words.keys() {
            for sample in samples(language) {
                self.email(&sample, &crate::Links::default())?;
                self.sms(&sample, &crate::Links::default())?;
            }
        }
        Ok(())
    }
}

/// The name of the template of one part of a message.
pub(crate) fn message(language: &str, kind: Kind, recipient: Recipient, part: &str) -> String {
    format!("{language}.toml: {}.{}.{part}", kind.name(), recipient.name())
}

/// Templates may show only what is known, and escape HTML in HTML.
fn strict() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        if name == HTML { AutoEscape::Html } else { AutoEscape::None }
    });
    // What is not known must not be shown as a word.
    environment.set_formatter(|out, state, value| {
        if value.is_none() {
            let reason = "it shows a value that may be missing; test it by {% if %} first";
            return Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, reason));
        }
        match (state.auto_escape(), value.as_str()) {
            // minijinja would escape the slashes of URLs as well.
            (AutoEscape::Html, Some(text)) if !value.is_safe() => Ok(out.write_str(&html(text))?),
            _ => minijinja::escape_formatter(out, state, value),
        }
    });
    environment
}

/// Text as HTML, also between quotation marks.
fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn add(environment: &mut Environment<'static>, name: String, text: String) -> Result<()> {
    let shown = name.clone();
    environment.add_template_owned(name, text).map_err(|e| failed(&shown, &e))
}

fn merge(into: &mut Table, from: Table) {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Checks that a language has exactly what English has.
fn complete(language: &str, table: &Table, reference: &Table) -> Result<()> {
    let (has, must) = (keys("", table), keys("", reference));
    let file = format!("{language}.toml");
    if let Some(missing) = must.difference(&has).next() {
        return Err(bad(&format!("{file}: {missing}"), "is missing".into()));
    }
    if let Some(unknown) = has.difference(&must).next() {
        return Err(bad(&format!("{file}: {unknown}"), "is not known".into()));
    }
    Ok(())
}

/// The keys of all texts.
fn keys(prefix: &str, table: &Table) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (key, value) in table {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            toml::Value::Table(inner) => found.extend(keys(&name, inner)),
            toml::Value::String(_) => {
                found.insert(name);
            }
            _ => {
                found.insert(format!("{name} (which must be text)"));
            }
        }
    }
    found
}

/// The templates of a language, with their names.
fn messages(language: &str, table: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for kind in Kind::ALL {
        for &recipient in kind.recipients() {
            for part in PARTS {
                let text = table
                    .get(kind.name())
                    .and_then(|kind| kind.get(recipient.name())?.get(part)?.as_str());
                let name = message(language, kind, recipient, part);
                found.push((name, text.unwrap_or_default().into()));
            }
        }
    }
    let other_zone = table.get("words").and_then(|words| words.get("other_zone")?.as_str());
    let name = format!("{language}.toml: words.other_zone");
    found.push((name, other_zone.unwrap_or_default().into()));
    found
}

fn bad(name: &str, problem: String) -> Error {
    Error::Template { name: name.into(), problem }
}

fn failed(name: &str, error: &minijinja::Error) -> Error {
    let line = error.line().map(|line| format!(" in line {line}")).unwrap_or_default();
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    bad(name, format!("fails{line}: {}{detail}", error.kind()))
}
