//! Writes docs/settings.md and sync-agent.toml.example from the list of settings, and
//! docs/command-line.md from `--help`.

use std::path::Path;
use sync_agent::config::settings;

fn main() -> std::io::Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::write(package.join("../docs/settings.md"), settings::document())?;
    std::fs::write(package.join("../docs/command-line.md"), sync_agent::cli::document())?;
    std::fs::write(package.join("sync-agent.toml.example"), settings::sample())
}
