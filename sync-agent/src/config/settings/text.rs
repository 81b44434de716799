//! The list of settings as texts: for `--help`, as the sample file and as a document.

use super::{SETTINGS, Setting};
use std::fmt::Write as _;

/// The settings as `--help` lists them.
pub fn help() -> String {
    let mut text =
        String::from("Settings (a variable overrides the key of the file that --config names):\n");
    for setting in SETTINGS {
        let _ = writeln!(text, "  {:<36}{}", setting.variable, setting.key);
    }
    text.push_str(
        "docs/settings.md describes each, sync-agent.toml.example is a file to begin with.",
    );
    text
}

/// The document `docs/settings.md`.
pub fn document() -> String {
    let mut text = String::from(
        "# Settings of sync-agent\n\n\
         Each setting is a key of a TOML file or an environment variable. A variable overrides the \
         file, and an empty variable counts as not set. Name the file with `--config FILE` or \
         `SYNC_AGENT_CONFIG`; [sync-agent.toml.example](../sync-agent/sync-agent.toml.example) is a \
         file to begin with. An error in a setting ends `sync-agent` with exit code 2.\n\n\
         `cargo run --package sync-agent --example settings` writes this page and the sample file \
         from the list in the code.\n",
    );
    let mut section = "-";
    for setting in SETTINGS {
        if setting.section() != section {
            section = setting.section();
            let title = if section.is_empty() { "General" } else { section };
            let _ = write!(
                text,
                "\n## {title}\n\n| Key | Variable | Value | Default | Meaning |\n\
                 | --- | --- | --- | --- | --- |\n"
            );
        }
        let Setting { key, variable, kind, about, .. } = setting;
        let (wanted, default) = (kind.wanted(), setting.default());
        let _ = writeln!(text, "| `{key}` | `{variable}` | {wanted} | {default} | {about} |");
    }
    text
}

/// The file `sync-agent.toml.example`: every setting, commented out.
pub fn sample() -> String {
    let mut text = String::from(
        "# A configuration of sync-agent. Remove the # before a setting to change it. Only its \
         owner should be\n# able to read this file, because it holds secrets. docs/settings.md \
         describes every setting.\n",
    );
    let mut section = "";
    for setting in SETTINGS {
        if setting.section() != section {
            section = setting.section();
            let _ = write!(text, "\n[{section}]\n");
        }
        text.push('\n');
        let mut line = String::from("#");
        for word in setting.about.split(' ') {
            if line.len() + word.len() >= 100 {
                let _ = writeln!(text, "{line}");
                line = String::from("#");
            }
            let _ = write!(line, " {word}");
        }
        let _ = write!(text, "{line}\n#{}\n", setting.sample());
    }
    text
}
