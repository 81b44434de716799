//! Text of others that is safe to show.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character can change what a terminal or a log shows around it: control
/// characters (escape sequences, line breaks) and the bidirectional ones of UAX #9.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// A text with its hidden characters written as `\u{…}`: one line, whatever it says.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_hidden, |c| c.escape_unicode().to_string())
}

/// As [`visible`], but line feeds stay: for what was laid out in lines here.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_hidden(c), |c| c.escape_unicode().to_string())
}

/// JSON with the hidden characters of its strings as JSON's own escapes (RFC 8259
/// section 7). A compact JSON text has such characters in strings alone.
pub(super) fn visible_json(json: &str) -> Cow<'_, str> {
    escaped(json, is_hidden, |c| {
        c.encode_utf16(&mut [0; 2]).iter().fold(String::new(), |mut escape, unit| {
            let _ = write!(escape, "\\u{unit:04x}");
            escape
        })
    })
}

fn escaped(
    text: &str,
    is_hidden: impl Fn(char) -> bool + Copy,
    escape: impl Fn(char) -> String,
) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.push_str(&escape(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}
