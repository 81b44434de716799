//! An operator's templates.

use anyhow::Context as _;
use messages::Templates;
use std::path::Path;

/// The largest file.
const MAX_FILE: u64 = 1 << 20;

/// The built-in templates with those of a directory, all tried with sample data.
pub fn templates(directory: Option<&Path>) -> anyhow::Result<Templates> {
    let mut files = Vec::new();
    if let Some(directory) = directory {
        let unreadable = || format!("messages.templates: {} cannot be read", directory.display());
        for entry in std::fs::read_dir(directory).with_context(unreadable)? {
            let entry = entry.with_context(unreadable)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || !entry.path().is_file() {
                continue;
            }
            let path = entry.path();
            let unreadable = || format!("messages.templates: {} cannot be read", path.display());
            let size = entry.metadata().with_context(unreadable)?.len();
            anyhow::ensure!(size <= MAX_FILE, "messages.templates: {name} is larger than 1 MiB");
            files.push((name, std::fs::read_to_string(&path).with_context(unreadable)?));
        }
    }
    files.sort();
    Templates::new(files).context("messages.templates")
}
