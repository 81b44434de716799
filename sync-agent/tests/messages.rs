//! Every error message is a whole sentence in plain English. `cargo test -p sync-agent --test
//! messages -- --nocapture` prints them all for a reader.

use http::{Response, StatusCode};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use sync_agent::net::http::error;
use sync_agent::{Error, database, secret};

#[test]
fn every_message_is_a_whole_sentence() {
    let mut messages = BTreeSet::new();
    for file in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(file).unwrap();
        for (variant, reason) in reasons(&text) {
            messages.insert(provider_error(&variant, &reason).to_string());
        }
    }
    assert!(messages.len() > 40, "the reasons in the sources are no longer found");
    messages.insert(Error::Throttled { status: 429, retry_after: None }.to_string());
    for status in [204, 206, 302, 400, 403, 404, 408, 409, 410, 429, 499, 500, 503, 599] {
        for reason in ["", "quotaExceeded"] {
            let mut answer = Response::new(bytes::Bytes::new());
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            messages.insert(error(&answer, reason).to_string());
        }
    }
    let refused = database::Error::Refused {
        code: "PT404".into(),
        message: "broker_not_found".into(),
        detail: None,
    };
    for error in [
        database::Error::Url("unexpected EOF".into()),
        database::Error::Away("Connection refused (os error 111)".into()),
        database::Error::LeaseLost,
        refused,
    ] {
        let message = error.to_string();
        assert_eq!(Error::from(error).to_string(), message, "made in one place");
        messages.insert(message);
    }
    for error in [
        secret::Error::NoKey,
        secret::Error::UnknownKey("0123456789abcdef".into()),
        secret::Error::Tampered,
        secret::Error::NoCredential,
    ] {
        messages.insert(Error::Misconfigured(error.to_string()).to_string());
        messages.insert(error.to_string());
    }
    for message in &messages {
        println!("{message}");
    }
    let wrong: Vec<_> =
        messages.iter().filter_map(|message| Some((message, fault(message)?))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn glued_halves_are_noticed() {
    for message in [
        "unexpected response from the provider: of the token endpoint",
        "unexpected response from the provider: it has no refresh token",
        "refusing to contact what is no URL",
        "the provider refused the request (400): by the token endpoint",
        "sync-agent is not configured correctly: the account's url is none",
        "the requested resource was not found at the provider: ",
        "the provider is unavailable: : no answer",
        "the database: the database cannot be reached",
    ] {
        assert!(fault(message).is_some(), "{message}");
    }
}

/// What is wrong with a message, if anything.
fn fault(message: &str) -> Option<&'static str> {
    let words: Vec<_> =
        message.split(|c: char| !c.is_alphanumeric() && c != '\'').map(str::to_lowercase).collect();
    let has = |word: &str| words.iter().any(|w| w == word);
    let banned =
        ["anew", "whoever", "told", "tells", "tell", "stands", "gives", "nobody", "somebody"];
    let halves: Vec<_> = message.split(": ").collect();
    let starts_badly = |half: &&str| {
        ["it ", "of ", "by ", "what ", "in ", "that "].iter().any(|start| half.starts_with(start))
    };
    let repeats = halves.iter().enumerate().any(|(at, half)| {
        halves[at + 1..].iter().any(|later| !half.is_empty() && later.starts_with(*half))
    });
    if banned.iter().any(|word| has(word))
        || message.contains("is none")
        || message.contains("is no ")
    {
        Some("words that user-visible text does without")
    } else if halves.iter().any(starts_badly) {
        Some("a part that does not continue the sentence")
    } else if repeats {
        Some("a part that repeats the one before")
    } else if halves.iter().any(|half| half.trim().is_empty()) || message.contains("  ") {
        Some("an empty part")
    } else if message.ends_with(['.', ':', ' ']) || message.starts_with(char::is_uppercase) {
        // A name may begin a sentence.
        (!message.starts_with("DATABASE_URL")).then_some("its beginning or its end")
    } else {
        None
    }
}

/// The variants and literal reasons of the errors that a source file makes; values are samples.
fn reasons(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in source.split("Error::").skip(1) {
        let Some((variant, rest)) = part.split_once(['(', ' ']) else { continue };
        let is_known = ["NeedsReconnect", "NotFound", "Refused", "Unavailable", "Interrupted"]
            .iter()
            .chain(&["Malformed", "Forbidden", "NotGranted", "Misconfigured"])
            .any(|known| *known == variant);
        let statement = rest.split(';').next().unwrap_or_default();
        let literal = match (variant, statement.find("reason: \""), statement.find('"')) {
            ("Refused", Some(at), _) => &statement[at + "reason: \"".len()..],
            (_, _, Some(at)) if is_reason(&statement[..at]) => &statement[at + 1..],
            _ => continue,
        };
        let Some(end) = literal.find('"') else { continue };
        if is_known {
            found.push((variant.to_owned(), filled(&literal[..end])));
        }
    }
    found
}

/// Whether a literal that follows this is the reason of the error.
fn is_reason(before: &str) -> bool {
    matches!(before.trim(), "" | "format!(" | "(")
        || before.split_whitespace().collect::<String>() == "format!("
}

/// A format string with a sample for each value.
fn filled(format: &str) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once('{') {
        text += before;
        text += "sample";
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    text + rest
}

fn provider_error(variant: &str, reason: &str) -> Error {
    let reason = reason.to_owned();
    match variant {
        "NeedsReconnect" => Error::NeedsReconnect(reason),
        "NotFound" => Error::NotFound(reason),
        "Refused" => Error::Refused { status: 400, reason },
        "Unavailable" => Error::Unavailable(reason),
        "Interrupted" => Error::Interrupted(reason),
        "Malformed" => Error::Malformed(reason),
        "Forbidden" => Error::Forbidden(reason),
        "NotGranted" => Error::NotGranted(reason),
        _ => Error::Misconfigured(reason),
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
