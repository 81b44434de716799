//! Every setting: what the reader of the configuration, `--help`, the sample file and the
//! document `docs/settings.md` are made from.

mod all;
mod messages;
mod text;

pub use text::{document, help, sample};

/// All settings, by section.
pub const SETTINGS: &[Setting] = &{
    let mut settings = [all::AGENT[0]; all::AGENT.len() + messages::NUMBER];
    let mut at = 1;
    while at < settings.len() {
        let agent = all::AGENT.len();
        settings[at] = if at < agent { all::AGENT[at] } else { messages::MESSAGES[at - agent] };
        at += 1;
    }
    settings
};

/// A setting: a key of the TOML file, and the environment variable that overrides it.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key, `section.key` in a section.
    pub key: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What it is if it is not set.
    pub default: Default,
    /// A value to show in the sample file if there is no default.
    pub example: &'static str,
    /// What it does, with units.
    pub about: &'static str,
}

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text.
    Text,
    /// Text that no message, log or listing shows.
    Secret,
    /// Several secrets: an array in the file, separated by commas in the variable.
    Secrets,
    /// An absolute URL.
    Url,
    /// An IP address and a port.
    Address,
    /// A path of a file.
    Path,
    /// A whole number.
    Number {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// True or false.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// What a setting is if it is not set.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This value, as a variable would hold it.
    Value(&'static str),
    /// No value; this is what follows from that.
    Unset(&'static str),
}

impl Kind {
    /// What a value must be, for "… must be …".
    pub fn wanted(self) -> String {
        match self {
            Self::Text | Self::Secret => "text".into(),
            Self::Secrets => "a list of texts".into(),
            Self::Url => "a URL, such as https://example.com/".into(),
            Self::Address => "an IP address and a port, such as 127.0.0.1:8085".into(),
            Self::Path => "a path".into(),
            Self::Number { least, most } => format!("a whole number from {least} to {most}"),
            Self::Switch => "true or false".into(),
            Self::Choice(words) => match words {
                [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => words.concat(),
            },
        }
    }

    /// Whether the value is written without quotes in TOML.
    fn is_bare(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Switch | Self::Secrets)
    }
}

impl Setting {
    /// The setting with a key.
    pub fn of(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// The section of the file, or nothing for the top.
    pub fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    fn sample(&self) -> String {
        let (_, name) = self.key.rsplit_once('.').unwrap_or(("", self.key));
        let value = match self.default {
            Default::Value(value) => value,
            Default::Unset(_) => self.example,
        };
        if self.kind.is_bare() {
            format!("{name} = {value}")
        } else {
            format!("{name} = \"{value}\"")
        }
    }

    fn default(&self) -> String {
        match self.default {
            Default::Value(value) => format!("`{value}`"),
            Default::Unset(consequence) => consequence.into(),
        }
    }
}
