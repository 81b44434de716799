//! A phrase cut into tokens.

use super::words::{LONGEST_IDIOM, Portion, Token, meaning};
use super::zones;
use std::ops::Range;

/// The tokens of a phrase, without those that say nothing.
pub(super) fn tokens(phrase: &str) -> Vec<Token> {
    let (text, words) = words(phrase);
    let mut tokens = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let known = (1..=LONGEST_IDIOM.min(words.len() - at)).rev().find_map(|count| {
            let idiom = &text[words[at].start..words[at + count - 1].end];
            zones::named(idiom).map(Token::Zone).or_else(|| meaning(idiom)).map(|t| (t, count))
        });
        let word = &text[words[at].clone()];
        // "Midweek", "midafternoon".
        if known.is_none()
            && let Some(middle) = word.strip_prefix("mid").and_then(meaning)
        {
            tokens.extend([Token::Which(Portion::Middle), middle]);
            at += 1;
            continue;
        }
        let (token, count) = known.unwrap_or_else(|| (number(word), 1));
        if token != Token::Filler {
            push(&mut tokens, token);
        }
        at += count;
    }
    forget_verbs(&mut tokens);
    tokens
}

/// The phrase in lower case with one space between its words, signs that mean
/// something being words of their own; and where the words are.
fn words(phrase: &str) -> (String, Vec<Range<usize>>) {
    let mut text = String::with_capacity(phrase.len() + 16);
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut last = ' ';
    let mut chars = phrase.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let c = match c {
            '\'' | '’' => continue,
            '–' | '—' => '-',
            c => c.to_ascii_lowercase(),
        };
        let word = words.last().map_or("", |word| &text[word.clone()]);
        let sign = match c {
            // "P.M." is one word, "3.30" three, and other stops end a word.
            '.' if last.is_alphabetic() && word.len() == 1 => continue,
            '.' if last.is_ascii_digit() && next.is_ascii_digit() => true,
            // "Half-past" is two words, "Mon-Fri" and "2-4" are three.
            '-' if last.is_alphabetic() && next.is_alphabetic() => {
                matches!(meaning(word), Some(Token::Weekday(_)))
            }
            '-' | ',' | ':' | '/' | '@' | '$' | '#' | '%' | '+' | '*' | '=' | '_' => true,
            _ => false,
        };
        let inside = c.is_alphanumeric() && !c.is_ascii_digit();
        let joins = (inside && last.is_alphanumeric() && !last.is_ascii_digit())
            || (c.is_ascii_digit() && last.is_ascii_digit());
        if sign || c.is_alphanumeric() {
            if joins {
                words.last_mut().expect("joins a word").end += c.len_utf8();
            } else {
                if !text.is_empty() {
                    text.push(' ');
                }
                words.push(text.len()..text.len() + c.len_utf8());
            }
            text.push(c);
            last = if sign { ' ' } else { c };
        } else {
            last = ' ';
        }
    }
    (text, words)
}

/// A number in digits, or a word that is not known.
fn number(word: &str) -> Token {
    match word.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Token::Number(word.parse().unwrap_or(u32::MAX), word.len()),
        false => Token::Other,
    }
}

/// Adds a token, joined with those before it into one number where they are one.
fn push(tokens: &mut Vec<Token>, token: Token) {
    use Token::{Hundred, Number, Oh, Ordinal, OrdinalSuffix};
    let joined = match (tokens.last().copied(), token) {
        (Some(Number(tens @ 20..=90, 0)), Number(ones @ 1..=9, 0)) if tens % 10 == 0 => {
            Number(tens + ones, 0)
        }
        (Some(Number(tens @ 20..=90, 0)), Ordinal(ones @ 1..=9)) if tens % 10 == 0 => {
            Ordinal(tens + ones)
        }
        (Some(Number(2000, 0)), Number(rest @ 1..=99, 0)) => Number(2000 + rest, 0),
        (Some(Number(hour @ 1..=24, digits)), Hundred) => {
            Number(hour * 100, if digits == 2 || hour > 12 { 4 } else { 3 })
        }
        (Some(Number(value, 1..)), OrdinalSuffix) => Ordinal(value),
        (Some(Oh), Number(value @ 0..=9, 0 | 1)) => Number(value, 2),
        _ => return tokens.push(token),
    };
    tokens.pop();
    tokens.push(joined);
}

/// "May" is a month only where something about it says so.
fn forget_verbs(tokens: &mut Vec<Token>) {
    use Token::{In, Month, Next, Number, Of, Ordinal, Other, This, Which};
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).map(|before| tokens[before]);
        let after = tokens.get(at + 1).copied();
        if tokens[at] == Month(5)
            && !matches!(before, Some(Number(..) | Ordinal(_) | In | Of | Next | This | Which(_)))
            && !matches!(after, Some(Number(..) | Ordinal(_)))
            && tokens.len() > 1
        {
            tokens[at] = Other;
        }
    }
    tokens.retain(|&token| token != Token::Oh);
}
