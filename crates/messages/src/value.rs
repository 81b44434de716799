//! What people have written, made safe for every place where it is shown.

use icu_properties::props::BidiClass;
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};

/// The directions of characters.
const DIRECTIONS: CodePointMapDataBorrowed<'static, BidiClass> =
    CodePointMapData::<BidiClass>::new();

/// The longest value that a message shows on one line, in characters.
const LONGEST: usize = 200;

/// A text as one line without control characters and without characters that change the direction
/// of what follows. A longer one than 200 characters is cut.
pub fn one_line(text: &str) -> String {
    shorten(&words(text), LONGEST)
}

/// The lines of a text, each as [`one_line`], at most so many.
pub(crate) fn lines(text: &str, most: usize) -> Vec<String> {
    let lines = text.lines().map(words).filter(|line| !line.is_empty());
    lines.take(most).map(|line| shorten(&line, 5 * LONGEST)).collect()
}

/// A text as one line of at most so many characters.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

/// A value inside a sentence: isolated (Unicode Standard Annex 9) if it could turn the sentence
/// around. Others stay as they are, because isolates do not fit in the alphabet of an SMS.
pub(crate) fn isolated(text: &str) -> String {
    if text.chars().any(is_right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text.into() }
}

fn is_right_to_left(character: char) -> bool {
    matches!(
        DIRECTIONS.get(character),
        BidiClass::RightToLeft | BidiClass::ArabicLetter | BidiClass::ArabicNumber
    )
}

fn words(text: &str) -> String {
    tidy(&text.chars().filter(|&c| !is_hidden(c)).collect::<String>())
}

/// A text as one line without control characters.
pub(crate) fn tidy(text: &str) -> String {
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character changes the direction of what follows, or is a line separator.
fn is_hidden(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2028}' | '\u{2029}')
}
