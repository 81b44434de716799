//! A phrase cut into tokens.

use super::words::{Portion, Token, longest_idiom, meaning};
use std::ops::Range;

/// The tokens of a phrase, without those that say nothing; `None` where an
/// unknown word may change what the words beside it mean.
pub(super) fn tokens(phrase: &str) -> Option<Vec<Token>> {
    let (text, words) = words(phrase);
    let mut read = read(&text, &words);
    forget_names(&mut read);
    let clear = !beside_unknown(&read)
        && !counts_nouns(&read)
        && !takes_back(&read)
        && moves_to_what_is_said(&read);
    clear.then(|| {
        let mut tokens = Vec::with_capacity(read.len());
        for token in read {
            push(&mut tokens, token);
        }
        forget_verbs(&mut tokens);
        tokens
    })
}

/// What the words mean, one after the other, the longest idioms first.
fn read(text: &str, words: &[Range<usize>]) -> Vec<Token> {
    let mut read = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let word = &text[words[at].clone()];
        let longest = longest_idiom(word).min(words.len() - at);
        let known = (1..=longest).rev().find_map(|count| {
            let idiom = &text[words[at].start..words[at + count - 1].end];
            meaning(idiom).map(|token| (token, count))
        });
        // "Midweek", "midafternoon".
        if known.is_none()
            && let Some(middle) = word.strip_prefix("mid").and_then(meaning)
        {
            read.extend([Token::Which(Portion::Middle), middle]);
            at += 1;
            continue;
        }
        let (token, count) = known.unwrap_or_else(|| (number(word), 1));
        read.push(token);
        at += count;
    }
    read
}

/// The phrase in lower case with one space between its words, signs that mean
/// something being words of their own; and where the words are.
fn words(phrase: &str) -> (String, Vec<Range<usize>>) {
    let mut text = String::with_capacity(phrase.len() + 16);
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut last = ' ';
    // Whether the word is of letters with stops between.
    let mut dotted = false;
    let mut chars = phrase.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let word = words.last().map_or("", |word| &text[word.clone()]);
        let c = match c {
            '\'' | '’' => continue,
            '–' | '—' => '-',
            // The end of a sentence parts what is said, as a comma does.
            '?' | '!' | ';' => ',',
            '.' if next.is_whitespace() && last != ' ' && !is_abbreviation(word) => ',',
            c => c.to_ascii_lowercase(),
        };
        let sign = match c {
            // "P.M." is one word, "3.30" three, and other stops end a word.
            '.' if last.is_alphabetic() && (word.len() == 1 || dotted) => {
                dotted = true;
                continue;
            }
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
                dotted = false;
            }
            text.push(c);
            last = if sign { ' ' } else { c };
        } else {
            last = ' ';
        }
    }
    (text, words)
}

/// Whether a full stop after this word may be that of an abbreviation.
fn is_abbreviation(word: &str) -> bool {
    use Token::{Am, At, Month, OrdinalSuffix, Pm, Title, Unit, Weekday, Zone};
    word.len() == 1
        || word == "jr"
        || matches!(
            meaning(word),
            Some(Am | At | Month(_) | OrdinalSuffix | Pm | Title | Unit(_) | Weekday(_) | Zone(_))
        )
}

/// A number in digits, a word with "ish" after it, or a word that is not known.
fn number(word: &str) -> Token {
    use Token::{Noon, Number, Other, Part};
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Number(word.parse().unwrap_or(u32::MAX), word.len());
    }
    match word.strip_suffix("ish").and_then(meaning) {
        Some(token @ (Noon | Number(..) | Part(..))) => token,
        _ => Other,
    }
}

/// A name after "Dr." or "with" says nothing about time.
fn forget_names(read: &mut [Token]) {
    use Token::{Filler, Other, Title, With};
    for at in 0..read.len() {
        let names = match read[at] {
            Title => 1,
            With => 2,
            _ => continue,
        };
        read[at] = Filler;
        // Of "with Dr. Smith" the name follows the title.
        let name = read[at + 1..].iter_mut().take(names);
        name.take_while(|token| **token == Other).for_each(|token| *token = Filler);
    }
}

/// Whether an unknown word is next to one that says something about time, or
/// parted from it only by words that join: "Kwanzaa Monday", "3 pm in Ruritania".
fn beside_unknown(read: &[Token]) -> bool {
    let mut unknown = false;
    let mut timely = false;
    for &token in read {
        match kind(token) {
            Kind::Joins => {}
            Kind::Parts => (unknown, timely) = (false, false),
            Kind::Timely => timely = true,
            Kind::Unknown => unknown = true,
        }
        if unknown && timely {
            return true;
        }
    }
    false
}

/// Whether a number counts what is booked: "two appointments".
fn counts_nouns(read: &[Token]) -> bool {
    use Token::{Colon, Couple, Few, Noun, Number};
    let counts = |at: usize| match read[at] {
        Couple | Few => true,
        Number(..) => at == 0 || read[at - 1] != Colon,
        _ => false,
    };
    (1..read.len()).any(|at| read[at] == Noun && counts(at - 1))
}

/// What a token does to the meaning of those beside it.
enum Kind {
    Timely,
    Unknown,
    /// Belongs to what follows or comes before: "on", "of", "to".
    Joins,
    /// Parts what comes before from what follows.
    Parts,
}

fn kind(token: Token) -> Kind {
    use Token::{
        A, And, Any, At, But, By, Comma, Correction, Filler, For, From, In, Move, No, Not, Noun,
        Of, Oh, Or, Other, Particle, This, Title, To, With,
    };
    match token {
        Other => Kind::Unknown,
        A | And | Any | At | But | By | From | In | Of | Oh | Or | Particle | This | To => {
            Kind::Joins
        }
        Comma | Correction | Filler | For | Move | No | Not | Noun | Title | With => Kind::Parts,
        _ => Kind::Timely,
    }
}

fn is_timely(token: Token) -> bool {
    matches!(kind(token), Kind::Timely)
}

/// Whether words such as "actually" follow a time: which of the times is meant
/// is not known.
fn takes_back(read: &[Token]) -> bool {
    let first = read.iter().position(|&token| is_timely(token));
    first.is_some_and(|first| read[first..].contains(&Token::Correction))
}

/// Whether the first time in a phrase that moves an appointment is the one that
/// it is moved to: not so in "move my Monday appointment to Tuesday".
fn moves_to_what_is_said(read: &[Token]) -> bool {
    use Token::{At, For, In, Move, Particle, To};
    let Some(moved) = read.iter().position(|&token| token == Move) else { return true };
    let Some(first) = read.iter().position(|&token| is_timely(token)) else { return true };
    let mut before = read[..first].iter().rev();
    let joined = before.find(|token| !matches!(token, At | In | Particle));
    moved < first && matches!(joined, Some(To | For))
}

/// Adds a token that says something, joined with those before it into one number
/// where they are one.
fn push(tokens: &mut Vec<Token>, token: Token) {
    use Token::{
        Correction, Filler, Hundred, Move, Noun, Number, Oh, Ordinal, OrdinalSuffix, Particle,
    };
    let joined = match (tokens.last().copied(), token) {
        (_, Correction | Filler | Move | Noun | Particle) => return,
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
    use Token::{In, Month, Next, Number, Of, Oh, Ordinal, Other, This, Which};
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
    tokens.retain(|&token| token != Oh);
}
