//! Text messages: what fits in how many segments (3GPP TS 23.038 and 23.040).

use unicode_normalization::UnicodeNormalization as _;

/// The basic characters of GSM-7.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
                     ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Those that take two places.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How a text travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// How many parts it is sent and charged as.
    pub number: usize,
    /// Whether each character takes 7 bits (160 in a part) rather than 16 (70).
    pub is_gsm: bool,
}

/// How a text travels. A character that takes two places is not split over two parts.
pub fn segments(text: &str) -> Segments {
    let septets: Option<Vec<usize>> = text.chars().map(septets).collect();
    match septets {
        Some(widths) => Segments { number: parts(&widths, 160, 153), is_gsm: true },
        None => {
            let widths: Vec<usize> = text.chars().map(char::len_utf16).collect();
            Segments { number: parts(&widths, 70, 67), is_gsm: false }
        }
    }
}

/// A text as it is sent: typographic characters become plain ones, and accents that GSM-7 lacks
/// are left out where that saves a part.
pub(crate) fn fit(text: &str) -> String {
    let text: String = text.chars().map(plain).collect::<String>().replace('…', "...");
    let unaccented: String = text.chars().map(unaccented).collect();
    if segments(&unaccented).number < segments(&text).number { unaccented } else { text }
}

fn parts(widths: &[usize], single: usize, each: usize) -> usize {
    if widths.iter().sum::<usize>() <= single {
        return 1;
    }
    let (mut parts, mut used) = (1, 0);
    for width in widths {
        if used + width > each {
            parts += 1;
            used = 0;
        }
        used += width;
    }
    parts
}

fn septets(character: char) -> Option<usize> {
    if BASIC.contains(character) { Some(1) } else { EXTENDED.contains(character).then_some(2) }
}

fn plain(character: char) -> char {
    match character {
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => ' ',
        '‘' | '’' | '‚' | '′' | '`' | '´' => '\'',
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        other => other,
    }
}

fn unaccented(character: char) -> char {
    if septets(character).is_some() {
        return character;
    }
    let base = character.nfd().next().filter(|&base| septets(base).is_some());
    base.unwrap_or(character)
}
