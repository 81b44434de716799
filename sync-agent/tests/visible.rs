//! What others wrote cannot move the cursor, hide text or look like a line of ours.

use std::io::Write;
use std::sync::{Arc, Mutex};
use sync_agent::config::LogFormat;
use sync_agent::logging::subscriber;
use sync_agent::output::{table, visible, visible_lines};
use tracing::Level;

const HOSTILE: &str =
    "a\u{1b}]0;title\u{7}\u{9b}2J\r\nb\u{202e}c\u{2066}d\u{200f}e\u{2028}f\t\u{7f}";

fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| {
        c.is_control()
            || ('\u{200e}'..='\u{200f}').contains(&c)
            || ('\u{2028}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    })
}

#[test]
fn hidden_characters_are_shown() {
    assert_eq!(visible("Zoë 日本 👩‍👩‍👧 שלום"), "Zoë 日本 👩‍👩‍👧 שלום");
    assert!(is_plain(&visible(HOSTILE)), "{:?}", visible(HOSTILE));
    assert_eq!(visible("a\u{1b}b\u{202e}\n"), "a\\u{1b}b\\u{202e}\\u{a}");
    assert_eq!(visible_lines("a\nb\r"), "a\nb\\u{d}");
}

#[test]
fn a_cell_stays_in_its_row() {
    let shown = table(&["name"], [[HOSTILE.to_owned()], ["next".to_owned()]]);
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 3, "{shown:?}");
    assert!(lines.iter().all(|line| is_plain(line)), "{shown:?}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_event_is_one_line_of_the_log() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = subscriber(Level::INFO, format, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::warn!(target: "sync_agent::test", error = %HOSTILE, name = HOSTILE, "it says {HOSTILE}");
            tracing::warn!(target: "sync_agent::test", "next");
        });
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text:?}");
        if matches!(format, LogFormat::Text) {
            assert!(lines.iter().all(|line| is_plain(line)), "{text:?}");
            assert!(lines[0].contains("it says a\\u{1b}]0"), "{text:?}");
            assert!(lines[0].contains(" error=a\\u{1b}"), "{text:?}");
        }
    }
}
