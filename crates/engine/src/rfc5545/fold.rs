//! Content lines: decoding, unfolding and folding (RFC 5545 section 3.1).

use std::borrow::Cow;

/// The most octets of a written line, without its line break.
const MAX_OCTETS: usize = 75;

/// The text of an iCalendar stream as it came over the wire.
///
/// UTF-8, or UTF-16 with or without a byte order mark. Lines are unfolded where that is
/// needed to decode: RFC 5545 counts octets when it folds, so a fold may
/// be inside a character. Bytes that are not valid UTF-8 even then are read as
/// ISO 8859-1, which old programs write.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes).into(),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes).into(),
        // The B of BEGIN, without a mark.
        [b'B', 0, ..] => return utf16(bytes, u16::from_le_bytes).into(),
        [0, b'B', ..] => return utf16(bytes, u16::from_be_bytes).into(),
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let unfolded = unfold_octets(bytes);
    let mut text = String::with_capacity(unfolded.len());
    for chunk in unfolded.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().copied().map(char::from));
    }
    text.into()
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks().0.iter().map(|&pair| unit(pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn unfold_octets(bytes: &[u8]) -> Vec<u8> {
    let mut unfolded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&octet, tail)) = rest.split_first() {
        rest = match rest {
            [b'\r', b'\n', b' ' | b'\t', after @ ..] | [b'\n', b' ' | b'\t', after @ ..] => after,
            _ => {
                unfolded.push(octet);
                tail
            }
        };
    }
    unfolded
}

/// The unfolded lines of a text, without blank ones. Breaks may be CRLF, LF, or a CR
/// that another content line follows; what is invisible at the start of a line is
/// skipped.
pub(crate) struct Lines<'a> {
    rest: &'a str,
    /// Whether the text has no LF, so that every CR is a break, as of old Macs.
    by_cr: bool,
}

/// Characters that no line starts with, but some programs put there: a byte order
/// mark, as of files that were joined, and other characters without a width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\0' | '\u{1A}')
}

/// Whether a text starts with the name of a property, or goes on with a line.
fn is_line(text: &str) -> bool {
    let text = text.trim_start_matches(is_invisible);
    let name = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    text.starts_with([' ', '\t', '\r', '\n'])
        || text.is_empty()
        || name > 0 && text[name..].starts_with([':', ';'])
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, by_cr: !text.contains('\n') }
    }

    fn physical(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        let (end, next) = loop {
            let Some(at) = bytes[from..].iter().position(|b| matches!(b, b'\r' | b'\n')) else {
                break (bytes.len(), bytes.len());
            };
            let at = from + at;
            let crs = bytes[at..].iter().take_while(|b| **b == b'\r').count();
            let after = at + crs;
            if bytes.get(after) == Some(&b'\n') {
                break (at, after + 1);
            }
            if self.by_cr || is_line(&self.rest[after..]) {
                break (at, after);
            }
            from = after;
        };
        let line = &self.rest[..end];
        self.rest = &self.rest[next..];
        Some(line.trim_start_matches(is_invisible))
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Cow<'a, str>> {
        let mut line = loop {
            let line = self.physical()?;
            if !line.is_empty() {
                break Cow::Borrowed(line);
            }
        };
        while self.rest.starts_with([' ', '\t']) {
            if let Some(continuation) = self.physical() {
                line.to_mut().push_str(&continuation[1..]);
            }
        }
        Some(line)
    }
}

/// Appends a content line: folded at 75 octets, between characters, and ended.
///
/// A line break inside `line` would start a line of its own, so none is let
/// through, nor is any other control character but the tab.
pub(crate) fn push_line(out: &mut String, line: &str) {
    let mut octets = 0;
    for c in line.chars().filter(|&c| c == '\t' || !c.is_control()) {
        if octets + c.len_utf8() > MAX_OCTETS {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_split_by_a_fold_is_whole_again() {
        assert_eq!(decode(b"SUMMARY:B\xC3\r\n \xBCro"), "SUMMARY:Büro");
        assert_eq!(decode(b"SUMMARY:B\xFCro"), "SUMMARY:Büro");
        assert_eq!(decode(b"\xFF\xFEB\0\xFC\0"), "Bü");
    }

    #[test]
    fn lines_unfold_at_crlf_and_lf_with_space_and_tab() {
        let lines: Vec<_> = Lines::new("\u{FEFF}A:1\r\n 2\n\t3\n\n\nB:\r\n  4").collect();
        assert_eq!(lines, ["A:123", "B: 4"]);
    }

    #[test]
    fn folding_counts_octets_and_keeps_characters() {
        let mut out = String::new();
        push_line(&mut out, &format!("SUMMARY:{}", "ü".repeat(80)));
        assert!(out.lines().all(|line| line.len() <= MAX_OCTETS));
        assert_eq!(Lines::new(&out).next().unwrap(), format!("SUMMARY:{}", "ü".repeat(80)));
    }
}
