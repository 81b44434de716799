//! What commands print: a table for people, or one JSON value for programs.

mod visible;

pub use visible::{visible, visible_lines};

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::{IsTerminal as _, Write as _};

/// Where a command's result goes.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    is_json: bool,
}

impl Output {
    /// As JSON, or as text.
    pub fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Prints a result.
    pub fn print<T: Serialize>(&self, result: &T, text: impl FnOnce(&T) -> String) {
        let shown = if self.is_json {
            let json = serde_json::to_string(result).unwrap_or_default();
            visible::visible_json(&json).into_owned()
        } else {
            visible_lines(&text(result)).into_owned()
        };
        // Ignore a closed pipe.
        let _ = writeln!(std::io::stdout().lock(), "{}", shown.trim_end());
    }

    /// Whether a result is for a program that reads it, or for a person at a terminal.
    pub fn is_read(&self) -> bool {
        self.is_json || std::io::stdout().is_terminal()
    }

    /// Whether results are JSON.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Prints what is wrong beside a result.
    pub fn print_problem(&self, problem: &str) {
        let _ = writeln!(std::io::stderr().lock(), "sync-agent: {}", visible(problem));
    }

    /// Prints why there is no result.
    pub fn print_error(&self, error: &anyhow::Error) {
        let error = format!("{error:#}");
        if self.is_json {
            self.print(&serde_json::json!({ "error": error }), |_| String::new());
        }
        let _ = writeln!(std::io::stderr().lock(), "sync-agent: {}", visible_lines(&error));
    }

    /// A bar on a terminal; elsewhere nothing.
    pub fn progress(&self, total: usize, what: &'static str) -> ProgressBar {
        if self.is_json || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        ProgressBar::new(total as u64)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message(what)
    }
}

/// A table whose columns are separated by spaces.
pub fn table<R>(head: &[&str], rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item = String>,
{
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(head.iter().map(|name| name.to_uppercase()));
    for row in rows {
        // A line break in a cell would look like another row.
        table.add_row(row.into_iter().map(|cell| visible(&cell).into_owned()));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}
