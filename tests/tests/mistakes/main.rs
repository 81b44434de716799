//! Typical mistakes of callers, and what they are told: each message names the argument or column and
//! its value, and says what is allowed, in SQL and through PostgREST alike. `mistakes.txt` has all
//! messages, for a reader.

mod calls;
mod rows;

use calendar_tests::answer::{message, sqlstate};
use calendar_tests::{Scene, fixture};
use std::fs;

/// A statement, the argument or column that is wrong, and its value as the message shows it.
///
/// `{broker}`, `{calendar}` and `{booking}` are ids; what is no INSERT or UPDATE is a function
/// of schema `calendar`.
type Mistake = (&'static str, &'static str, &'static str);

/// All messages there are.
const MESSAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/mistakes.txt");

/// Words that say what is allowed.
const ALLOWED: [&str; 3] = [" must ", "give ", " is missing"];

/// What a mistake is told, and what is wrong with that.
fn judge(
    (statement, argument, _): Mistake,
    value: &str,
    error: (&str, &str, &str),
) -> Option<String> {
    let (code, text, hint) = error;
    let told = format!("{text} {hint}");
    let words = |name: &str| {
        told.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    };
    let complaint = if !["22023", "23514"].contains(&code) {
        "is no error about an argument"
    } else if told.contains("violates check constraint") || told.contains("violates not-null") {
        "speaks of a constraint"
    } else if !words(argument) {
        "does not name the argument"
    } else if !told.contains(value) {
        "does not show the value"
    } else if !ALLOWED.iter().any(|word| told.contains(word)) {
        "does not say what is allowed"
    } else {
        return None;
    };
    Some(format!("{statement}\n    {code} {text}\n    {complaint}"))
}

/// `CALENDAR_TEST_BLESS=1` writes the messages again: read the difference.
#[test]
fn a_mistake_is_told_with_argument_value_and_what_is_allowed() {
    let Scene { mut client, broker, .. } = Scene::new(&[]);
    let calendar = fixture::calendar(&mut client, broker, &[]);
    let booking = fixture::book(&mut client, broker, "2026-03-03T15:00Z").unwrap();
    let ids = |text: &str| {
        let booking = booking["id"].as_str().unwrap();
        text.replace("{broker}", &broker.to_string())
            .replace("{calendar}", &calendar.to_string())
            .replace("{booking}", booking)
    };
    let (mut messages, mut wrong) = (String::new(), Vec::new());
    let all: Vec<Mistake> = calls::MISTAKES.iter().chain(rows::MISTAKES).copied().collect();
    assert!(all.len() >= 200, "{}", all.len());
    for mistake in all {
        let (text, _, value) = mistake;
        let statement = match text.split_whitespace().next() {
            Some("insert" | "update") => ids(text),
            _ => format!("select * from {}", fixture::qualified(&ids(text))),
        };
        let mut transaction = client.transaction().unwrap();
        let result = transaction.batch_execute(&statement);
        transaction.rollback().unwrap();
        let Err(error) = result else {
            wrong.push(format!("{text}\n    is not refused"));
            continue;
        };
        let (code, told) = (sqlstate(&error), message(&error));
        let hint = error.as_db_error().and_then(|error| error.hint()).unwrap_or_default();
        // An id is another one in each run.
        let shown = |text: &str| {
            let text = text.replace(&broker.to_string(), "{broker}");
            text.replace(&calendar.to_string(), "{calendar}")
        };
        messages += &format!("{text}\n    {code} {}\n", shown(told));
        if !hint.is_empty() {
            messages += &format!("    HINT {}\n", shown(hint));
        }
        wrong.extend(judge(mistake, &ids(value), (code, told, hint)));
    }
    if std::env::var_os("CALENDAR_TEST_BLESS").is_some() {
        fs::write(MESSAGES, &messages).unwrap();
    }
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
    let found = fs::read_to_string(MESSAGES).unwrap_or_default();
    let different = found.lines().zip(messages.lines()).find(|(found, told)| found != told);
    assert!(found == messages, "tests/mistakes.txt is out of date: {different:?}");
}
